package whatsapp

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/message"
)

func TestFetchTakesTwoStepsWithTheToken(t *testing.T) {
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+testToken || r.Header.Get("User-Agent") == "" {
			t.Errorf("%s without the token", r.URL)
		}
		switch r.URL.Path {
		case "/v25.0/8001":
			fmt.Fprintf(w, `{"url":"%s/first?ticket=abc","mime_type":"image/jpeg","sha256":"00","file_size":10,"id":"8001"}`, server.URL)
		case "/first":
			http.Redirect(w, r, "/second", http.StatusFound)
		default:
			_, _ = io.WriteString(w, "jpeg bytes")
		}
	}))
	defer server.Close()
	adapter, book := newAdapter(t, server.URL)
	download, err := adapter.Fetch(t.Context(), testAccount(), message.Media{Remote: "8001", Name: "x.jpg"})
	if err != nil {
		t.Fatal(err)
	}
	defer download.Body.Close()
	content, err := io.ReadAll(download.Body)
	if err != nil || string(content) != "jpeg bytes" || download.MIME != "image/jpeg" || download.Size != 10 || download.Name != "x.jpg" {
		t.Errorf("got %q, %+v, %v", content, download, err)
	}
	log := book.all()
	if len(log) != 3 || strings.Contains(log[1].Path, "ticket") {
		t.Errorf("recorded %+v", log)
	}
}

func TestFetchKeepsTheTokenAtHome(t *testing.T) {
	stranger := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the token went to a stranger: %q", r.Header.Get("Authorization"))
	}))
	defer stranger.Close()
	place := ""
	adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/go" {
			http.Redirect(w, r, stranger.URL, http.StatusFound)
			return
		}
		fmt.Fprintf(w, `{"url":%q}`, place)
	})
	for _, place = range []string{stranger.URL, adapter.config.BaseURL + "/go", "https://evil.example/x", "http://lookaside.fbsbx.com/x", "https://lookaside.fbsbx.com.evil.example/", "https://user@lookaside.fbsbx.com/", "::"} {
		if _, err := adapter.Fetch(t.Context(), testAccount(), message.Media{Remote: "1"}); !fault.Is(err, fault.Refused) {
			t.Errorf("%s: %v", place, err)
		}
	}
}

func TestAllowedHosts(t *testing.T) {
	adapter, _ := newAdapter(t, "https://graph.facebook.com")
	for address, want := range map[string]bool{
		"https://lookaside.fbsbx.com/whatsapp/1":    true,
		"https://scontent.xx.fbcdn.net/v/1":         true,
		"https://LOOKASIDE.fbsbx.com/1":             true,
		"https://graph.facebook.com/v25.0/1":        true,
		"http://graph.facebook.com/v25.0/1":         false,
		"https://notfbcdn.net/1":                    false,
		"https://lookaside.fbsbx.com:8443/1":        false,
		"https://fbsbx.com/1":                       false,
		"ftp://lookaside.fbsbx.com/1":               false,
		"https://lookaside.fbsbx.com@evil.example/": false,
	} {
		target, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := adapter.allowed(target); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

func TestFetchFailures(t *testing.T) {
	status := 0
	adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/v25.0/gone":
			w.WriteHeader(400)
			_, _ = io.WriteString(w, `{"error":{"code":100,"message":"no such object"}}`)
		case r.URL.Path == "/v25.0/busy":
			w.WriteHeader(400)
			_, _ = io.WriteString(w, `{"error":{"code":4}}`)
		case r.URL.Path == "/v25.0/blank":
			_, _ = io.WriteString(w, `{}`)
		case strings.HasPrefix(r.URL.Path, "/v25.0/"):
			fmt.Fprintf(w, `{"url":"http://%s/bytes"}`, r.Host)
		case status == 302:
			http.Redirect(w, r, "/bytes", 302)
		default:
			w.WriteHeader(status)
		}
	})
	for _, c := range []struct {
		remote string
		status int
		want   fault.Code
	}{
		{"", 0, fault.Invalid}, {"gone", 0, fault.Refused}, {"busy", 0, fault.RateLimited}, {"blank", 0, fault.Unavailable},
		{"1", 404, fault.NotFound}, {"1", 401, fault.Refused}, {"1", 429, fault.RateLimited}, {"1", 503, fault.Unavailable}, {"1", 302, fault.Unavailable},
	} {
		status = c.status
		if _, err := adapter.Fetch(t.Context(), testAccount(), message.Media{Remote: c.remote}); fault.CodeOf(err) != c.want {
			t.Errorf("%q, %d: %v", c.remote, c.status, err)
		}
	}
	nobody, _ := newAdapter(t, "http://127.0.0.1:1")
	if _, err := nobody.Fetch(t.Context(), testAccount(), message.Media{Remote: "1"}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("nobody: %v", err)
	}
}
