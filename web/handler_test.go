package web

import (
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func build() fstest.MapFS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"index.html":            file("<title>the application</title>"),
		"demo.html":             file("<title>the phones</title>"),
		"site.html":             file("<title>the prices</title>"),
		"favicon.svg":           file("<svg/>"),
		".keep":                 file("kept"),
		"assets/page-abc.js":    file("plain script"),
		"assets/page-abc.js.br": file("brotli script"),
		"assets/page-abc.js.gz": file("gzip script"),
	}
}

func TestHandler(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, method, target, encoding string
		demo                           bool
		status                         int
		body                           string
		header                         map[string]string
	}{
		{name: "root", target: "/", status: 200, body: "the application", header: map[string]string{"Cache-Control": "no-cache", "Content-Type": "text/html; charset=utf-8"}},
		{name: "address of the application", target: "/inbox/cnv_1", status: 200, body: "the application"},
		{name: "page of the demo", target: "/demo", demo: true, status: 200, body: "the phones"},
		{name: "demo switched off", target: "/demo", status: 200, body: "the application"},
		{name: "demo has no second address", target: "/demo.html", status: 200, body: "the application"},
		{name: "prices", target: "/planos", status: 200, body: "the prices", header: map[string]string{"X-Robots-Tag": ""}},
		{name: "terms", target: "/termos", status: 200, body: "the prices"},
		{name: "a purchase", target: "/assinar", status: 200, body: "the prices", header: map[string]string{"X-Robots-Tag": "noindex"}},
		{name: "a step of a purchase", target: "/assinar/retorno", status: 200, body: "the prices"},
		{name: "public pages have one address each", target: "/site.html", status: 200, body: "the application"},
		{name: "no public page", target: "/assinaturas", status: 200, body: "the application"},
		{name: "asset", target: "/assets/page-abc.js", status: 200, body: "plain script", header: map[string]string{"Cache-Control": "public, max-age=31536000, immutable", "Content-Encoding": ""}},
		{name: "asset, brotli first", target: "/assets/page-abc.js", encoding: "gzip, deflate, br", status: 200, body: "brotli script", header: map[string]string{"Content-Encoding": "br", "Vary": "Accept-Encoding", "Content-Type": "text/javascript; charset=utf-8"}},
		{name: "asset, brotli refused", target: "/assets/page-abc.js", encoding: "br;q=0, gzip;q=0.5", status: 200, body: "gzip script", header: map[string]string{"Content-Encoding": "gzip"}},
		{name: "unknown asset is no page", target: "/assets/old-123.js", status: 404, body: "404"},
		{name: "placeholder is not served", target: "/.keep", status: 404, body: "404"},
		{name: "folder", target: "/assets/../assets/", status: 200, body: "the application"},
		{name: "walking up stays inside", target: "/../../etc/passwd.txt", status: 404, body: "404"},
		{name: "outside of assets is asked for again", target: "/favicon.svg", status: 200, body: "<svg/>", header: map[string]string{"Cache-Control": "no-cache", "Content-Type": "image/svg+xml"}},
		{name: "write", method: http.MethodPost, target: "/", status: 405, body: "not allowed", header: map[string]string{"Allow": "GET, HEAD"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			method := c.method
			if method == "" {
				method = http.MethodGet
			}
			request := httptest.NewRequest(method, c.target, nil)
			request.Header.Set("Accept-Encoding", c.encoding)
			answer := httptest.NewRecorder()
			New(build(), Options{Demo: c.demo}).ServeHTTP(answer, request)
			if answer.Code != c.status || !strings.Contains(answer.Body.String(), c.body) {
				t.Fatalf("%s %s = %d %q, want %d with %q", method, c.target, answer.Code, answer.Body, c.status, c.body)
			}
			for name, want := range c.header {
				if got := answer.Header().Get(name); got != want {
					t.Errorf("%s = %q, want %q", name, got, want)
				}
			}
		})
	}
}

// Scripts run from our own files only, and nobody else frames a page.
func TestPolicy(t *testing.T) {
	t.Parallel()
	answer := httptest.NewRecorder()
	New(build(), Options{}).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/", nil))
	policy := answer.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'self'", "script-src 'self' 'wasm-unsafe-eval';", "frame-ancestors 'self'", "object-src 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("policy %q lacks %q", policy, want)
		}
	}
	if answer.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Error("types may be guessed")
	}
}

func TestUnchangedPageIsNotSentAgain(t *testing.T) {
	t.Parallel()
	handler := New(build(), Options{})
	first := httptest.NewRecorder()
	handler.ServeHTTP(first, httptest.NewRequest(http.MethodGet, "/", nil))
	tag := first.Header().Get("ETag")
	if tag == "" {
		t.Fatal("no tag")
	}
	again := httptest.NewRequest(http.MethodGet, "/", nil)
	again.Header.Set("If-None-Match", tag)
	second := httptest.NewRecorder()
	handler.ServeHTTP(second, again)
	if second.Code != http.StatusNotModified || second.Body.Len() != 0 {
		t.Fatalf("got %d with %d bytes, want 304 and none", second.Code, second.Body.Len())
	}
}

func TestCodedAssetStatesItsLength(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(New(build(), Options{}))
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/assets/page-abc.js", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", "br")
	answer, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if string(body) != "brotli script" || answer.ContentLength != int64(len(body)) {
		t.Fatalf("got %q with length %d", body, answer.ContentLength)
	}
}

func TestUnbuiltBinarySaysWhatToRun(t *testing.T) {
	t.Parallel()
	answer := httptest.NewRecorder()
	New(fstest.MapFS{}, Options{}).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/inbox", nil))
	if answer.Code != http.StatusServiceUnavailable || !strings.Contains(answer.Body.String(), "make web") {
		t.Fatalf("got %d %q", answer.Code, answer.Body)
	}
}

// The placeholder keeps the embed directive satisfied before the first build.
func TestDistIsEmbedded(t *testing.T) {
	t.Parallel()
	if _, err := fs.Stat(Dist(), ".keep"); err != nil {
		t.Fatal(err)
	}
}

func FuzzAccepts(f *testing.F) {
	f.Add("gzip, br;q=0")
	f.Add("br ; q=0.1")
	f.Add(";;q=,")
	f.Fuzz(func(t *testing.T, header string) {
		if accepts(header, "br") && !strings.Contains(strings.ToLower(header), "br") {
			t.Fatalf("%q takes br without naming it", header)
		}
	})
}
