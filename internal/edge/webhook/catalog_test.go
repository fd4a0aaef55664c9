package webhook

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// paperVendor takes what is signed "good" and reads a catalog and a handle.
type paperVendor struct{}

func (paperVendor) Challenge(query url.Values, _ []channel.Account) ([]byte, error) {
	if query.Get("hub.verify_token") != "known" {
		return nil, fault.New(fault.Forbidden, "an unknown token")
	}
	return []byte(query.Get("hub.challenge")), nil
}

func (paperVendor) Verify(header http.Header, _ []byte, accounts []channel.Account) ([]channel.Account, error) {
	if header.Get("X-Hub-Signature-256") != "good" {
		return nil, fault.New(fault.Unauthorized, "a wrong signature")
	}
	return accounts, nil
}

func (paperVendor) Notices(body []byte, fn func(catalogID, handle string) error) error {
	catalogID, handle, ok := strings.Cut(string(body), "/")
	if !ok {
		return fault.New(fault.Invalid, "about something else")
	}
	return fn(catalogID, handle)
}

// oneHook knows the hook "known", and may be stale.
type oneHook struct{ fresh bool }

func (o oneHook) ByHook(ch message.Channel, hook string) ([]channel.Account, bool) {
	if ch == message.WhatsApp && hook == "known" {
		return []channel.Account{{ID: "cha_1"}}, o.fresh
	}
	return nil, o.fresh
}

func (oneHook) ByExternal(message.Channel, string) (channel.Account, bool) {
	return channel.Account{}, false
}

func TestNoticesAboutCatalogs(t *testing.T) {
	for name, c := range map[string]struct {
		method, path, body, signature string
		stale                         bool
		broken                        error
		status                        int
		heard                         string
	}{
		"a batch is over":      {http.MethodPost, "known", "700/h1", "good", false, nil, http.StatusOK, "700/h1"},
		"a wrong signature":    {http.MethodPost, "known", "700/h1", "bad", false, nil, http.StatusUnauthorized, ""},
		"an unknown hook":      {http.MethodPost, "other", "700/h1", "good", false, nil, http.StatusNotFound, ""},
		"a stale directory":    {http.MethodPost, "other", "700/h1", "good", true, nil, http.StatusServiceUnavailable, ""},
		"about something else": {http.MethodPost, "known", "x", "good", false, nil, http.StatusOK, ""},
		"the database is away": {http.MethodPost, "known", "700/h1", "good", false, errors.New("away"), http.StatusServiceUnavailable, "700/h1"},
		"too large":            {http.MethodPost, "known", strings.Repeat("x", callbackMax+1), "good", false, nil, http.StatusRequestEntityTooLarge, ""},
		"a handshake":          {http.MethodGet, "known?hub.verify_token=known&hub.challenge=42", "", "", false, nil, http.StatusOK, ""},
		"a wrong handshake":    {http.MethodGet, "known?hub.verify_token=x&hub.challenge=42", "", "", false, nil, http.StatusForbidden, ""},
	} {
		heard := ""
		handler := NewCatalogs(paperVendor{}, oneHook{!c.stale}, func(_ context.Context, catalogID, handle string) error {
			heard = catalogID + "/" + handle
			return c.broken
		}, slog.New(slog.DiscardHandler))
		mux := http.NewServeMux()
		mux.Handle("/webhooks/metacatalog/{hook}", handler)
		request := httptest.NewRequest(c.method, "/webhooks/metacatalog/"+c.path, bytes.NewBufferString(c.body))
		request.Header.Set("X-Hub-Signature-256", c.signature)
		answer := httptest.NewRecorder()
		mux.ServeHTTP(answer, request)
		if answer.Code != c.status || heard != c.heard {
			t.Errorf("%s: %d, heard %q; want %d and %q", name, answer.Code, heard, c.status, c.heard)
		}
		if name == "a handshake" && answer.Body.String() != "42" {
			t.Errorf("the handshake says %q", answer.Body)
		}
	}
}
