package messenger

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/secret"
	"prosa/internal/modules/channel"
)

const (
	testToken = "EAAG-very-secret-token"
	testPage  = "104070001112223"
)

func testConfig(base string) Config {
	return Config{BaseURL: base, Version: "v25.0", Timeout: 2 * time.Second, UploadTimeout: 2 * time.Second, MediaHosts: []string{"fbsbx.com", "fbcdn.net"}}
}

func testAccount() channel.Account {
	return channel.Account{
		TenantID: "ten_1", ID: "cha_1", ExternalID: testPage, Settings: map[string]string{"app_id": "910"},
		Credentials: map[string]secret.Text{
			"token": secret.New(testToken), "app_secret": secret.New("app-secret"), "verify_token": secret.New("verify-me"),
		},
	}
}

// notebook keeps what was recorded.
type notebook struct {
	mu        sync.Mutex
	exchanges []channel.Exchange
}

func (n *notebook) Record(e channel.Exchange) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.exchanges = append(n.exchanges, e)
}

func (n *notebook) all() []channel.Exchange {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]channel.Exchange(nil), n.exchanges...)
}

// shelf is a store of blobs.
type shelf map[string][]byte

func (s shelf) Open(_ context.Context, tenantID, key string) (io.ReadCloser, int64, error) {
	content, ok := s[tenantID+"/"+key]
	if !ok {
		return nil, 0, errors.New("no such blob")
	}
	return io.NopCloser(bytes.NewReader(content)), int64(len(content)), nil
}

// serve starts a platform that answers with handler and an adapter that talks
// to it.
func serve(t *testing.T, handler http.HandlerFunc) (*Adapter, *notebook) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	book := &notebook{}
	return New(testConfig(server.URL), Deps{
		HTTP: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, Recorder: book,
		Clock: clock.NewManual(time.UnixMilli(1_763_800_000_000)), Logger: slog.New(slog.DiscardHandler), Blobs: shelf{"ten_1/photo": []byte("jpeg bytes")},
	}), book
}
