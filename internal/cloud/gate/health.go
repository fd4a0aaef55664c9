package gate

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"time"

	"prosa/internal/base/fault"
)

// Healthy waits until an address answers 200, for at most patience, asking every
// pause. Redirects are not followed: what is asked must answer itself.
func Healthy(ctx context.Context, address string, patience, pause time.Duration) error {
	if u, err := url.Parse(address); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return fault.New(fault.Invalid, "%.200q is no address that could tell of its health", address)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	client := &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	seen := "no answer"
	for {
		if status := ask(ctx, client, address); status != "" {
			seen = status
		}
		if seen == healthy {
			return nil
		}
		select {
		case <-ctx.Done():
			return fault.New(fault.Unavailable, "%s did not become healthy within %s; last: %s", address, patience, seen)
		case <-ticker.C:
		}
	}
}

const healthy = "200 OK"

// ask gives the status of an answer, or why there was none; empty when the time
// was up.
func ask(ctx context.Context, client *http.Client, address string) string {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err.Error()
	}
	response, err := client.Do(request)
	if ctx.Err() != nil {
		return ""
	}
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20))
	return response.Status
}
