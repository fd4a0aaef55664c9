package telegram

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/secret"
	"prosa/internal/modules/channel"
)

const testToken = "123456:AAF-very_secret"

func testConfig(base string) Config {
	return Config{BaseURL: base, Timeout: 2 * time.Second, UploadTimeout: 2 * time.Second, MaxConnections: 40}
}

func testAccount() channel.Account {
	return channel.Account{TenantID: "ten_1", ID: "cha_1", ExternalID: "123456", Credentials: map[string]secret.Text{
		Token: secret.New(testToken), HookSecret: secret.New("hook-secret"),
	}}
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

// web is the public web: every address has the same picture, but for those that
// say otherwise.
type web struct{}

func (web) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	if strings.Contains(r.URL.Path, "gone") {
		recorder.WriteHeader(http.StatusNotFound)
	} else {
		recorder.Header().Set("Content-Type", "image/jpeg")
		_, _ = recorder.WriteString("public picture")
	}
	return recorder.Result(), nil
}

// serve starts a platform that answers with handler and an adapter that talks
// to it.
func serve(t *testing.T, handler http.HandlerFunc) (*Adapter, *notebook) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return newAdapter(server.URL)
}

func newAdapter(base string) (*Adapter, *notebook) {
	book := &notebook{}
	adapter := New(testConfig(base), Deps{
		HTTP: &http.Client{}, Recorder: book, Clock: clock.NewManual(time.UnixMilli(1_763_800_000_000)),
		Logger: slog.New(slog.DiscardHandler), Blobs: shelf{"ten_1/photo": []byte("jpeg bytes")},
	})
	adapter.web = &http.Client{Transport: web{}}
	return adapter, book
}
