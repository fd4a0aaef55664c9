package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// hang is a server that takes the whole request and never answers.
func hang(t *testing.T) *httptest.Server {
	t.Helper()
	release := make(chan struct{})
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-release
	})
	t.Cleanup(func() { close(release) })
	return server
}

func TestDoReadsTheAnswer(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Seen", r.Header.Get("Authorization"))
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write(body)
	})
	header := http.Header{"Authorization": {"Bearer x"}}
	answer, err := Do(t.Context(), server.Client(), Request{Method: http.MethodPost, URL: server.URL, Header: header, Body: []byte("hello")})
	if err != nil || answer.Status != http.StatusTeapot || string(answer.Body) != "hello" || answer.Header.Get("X-Seen") != "Bearer x" {
		t.Fatalf("got %+v, %v", answer, err)
	}
}

func TestDoStreamsWithALength(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		if n != r.ContentLength {
			t.Errorf("read %d, announced %d", n, r.ContentLength)
		}
	})
	if _, err := Do(t.Context(), server.Client(), Request{Method: http.MethodPost, URL: server.URL, Stream: strings.NewReader("abc"), Size: 3}); err != nil {
		t.Fatal(err)
	}
}

func TestFailuresSayWhetherTheRequestLeft(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + closed.Addr().String() + "/bot123:secret/x"
	closed.Close()
	hangUp := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	})
	cut := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte("{"))
	})
	huge := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(make([]byte, MaxAnswer+1))
	})
	cases := map[string]struct {
		url     string
		stream  io.Reader
		sent    bool
		timeout bool
	}{
		"refused":         {url: nobody},
		"bad address":     {url: "http://bad host/bot123:secret"},
		"no answer":       {url: hang(t).URL, sent: true, timeout: true},
		"hung up":         {url: hangUp.URL, sent: true},
		"answer cut":      {url: cut.URL, sent: true},
		"answer too big":  {url: huge.URL, sent: true},
		"our file breaks": {url: cut.URL, stream: io.MultiReader(strings.NewReader("abc"), broken{})},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			request := Request{Method: http.MethodPost, URL: c.url, Body: []byte("hello")}
			if c.stream != nil {
				request.Stream, request.Size = c.stream, 1000
			}
			_, err := Do(ctx, http.DefaultClient, request)
			var failure *Failure
			if !errors.As(err, &failure) {
				t.Fatalf("got %v", err)
			}
			if failure.Sent != c.sent || failure.Timeout != c.timeout {
				t.Errorf("sent %v, timeout %v: %s", failure.Sent, failure.Timeout, failure.Reason)
			}
			if strings.Contains(failure.Error(), "secret") || strings.Contains(failure.Error(), "://") {
				t.Errorf("the reason shows the address: %s", failure.Reason)
			}
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("disk") }

func TestRedirectsAreNotFollowed(t *testing.T) {
	other := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the token travelled: %q", r.Header.Get("Authorization"))
	})
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	})
	response, err := Open(t.Context(), server.Client(), Request{Method: http.MethodGet, URL: server.URL, Header: http.Header{"Authorization": {"Bearer x"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusTemporaryRedirect {
		t.Errorf("status %d", response.StatusCode)
	}
}

func TestALongerAnswerIsReadWhereOneIsDue(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, MaxAnswer+1)) })
	answer, err := Do(t.Context(), server.Client(), Request{Method: http.MethodGet, URL: server.URL, MaxAnswer: 2 * MaxAnswer})
	if err != nil || len(answer.Body) != MaxAnswer+1 {
		t.Fatalf("%d bytes, %v", len(answer.Body), err)
	}
	if _, err := Do(t.Context(), server.Client(), Request{Method: http.MethodGet, URL: server.URL}); err == nil {
		t.Fatal("more than the usual was read")
	}
}
