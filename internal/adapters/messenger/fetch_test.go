package messenger

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/message"
)

func TestFetchGoesWithoutTheToken(t *testing.T) {
	adapter, book := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("the token was sent")
		}
		if r.URL.Path == "/first" {
			http.Redirect(w, r, "/second?oh=ticket", http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = io.WriteString(w, "jpeg bytes")
	})
	download, err := adapter.Fetch(t.Context(), testAccount(), message.Media{Remote: adapter.hosts.Bases[0] + "/first", Name: "x.jpg"})
	if err != nil {
		t.Fatal(err)
	}
	defer download.Body.Close()
	content := make([]byte, 20)
	n, _ := io.ReadFull(readerOf(download.Body), content)
	if string(content[:n]) != "jpeg bytes" || download.MIME != "image/jpeg" || download.Size != 10 || download.Name != "x.jpg" {
		t.Errorf("%q %+v", content[:n], download)
	}
	if log := fmt.Sprint(book.all()); strings.Contains(log, "ticket") || strings.Contains(log, "jpeg bytes") || len(book.all()) != 2 {
		t.Errorf("recorded %s", log)
	}
}

// readerOf makes an io.Reader of what a download has.
func readerOf(body interface{ Read([]byte) (int, error) }) io.Reader { return body }

func TestFetchStaysOnTheList(t *testing.T) {
	adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://evil.example/steal", http.StatusFound)
	})
	base := adapter.hosts.Bases[0]
	for _, address := range []string{
		"https://evil.example/x", "http://scontent.fbcdn.net/x", "https://fbcdn.net.evil.example/x", "https://evilfbcdn.net/x",
		"https://user@scontent.fbcdn.net/x", "https://scontent.fbcdn.net:8443/x", "file:///etc/passwd", "http://127.0.0.1:1/x", "::", base + "/redirects/away",
	} {
		if _, err := adapter.Fetch(t.Context(), testAccount(), message.Media{Remote: address}); !fault.Is(err, fault.Refused) {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"https://scontent-gru1-1.xx.fbcdn.net/v/x.jpg?oh=1", "https://cdn.fbsbx.com/x", "https://LOOKASIDE.fbsbx.com/x", base + "/x"} {
		if !adapter.hosts.HoldsFile(address) {
			t.Errorf("%s is no file", address)
		}
	}
	if _, err := adapter.Fetch(t.Context(), testAccount(), message.Media{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("no address: %v", err)
	}
}

func TestFetchTellsWhatIsGoneFromWhatMayCome(t *testing.T) {
	for status, code := range map[int]fault.Code{
		404: fault.NotFound, 410: fault.NotFound, 403: fault.NotFound, 429: fault.RateLimited, 500: fault.Unavailable,
	} {
		adapter, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		if _, err := adapter.Fetch(t.Context(), testAccount(), message.Media{Remote: adapter.hosts.Bases[0] + "/x"}); !fault.Is(err, code) {
			t.Errorf("%d: %v", status, err)
		}
	}
	adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", http.StatusFound) })
	if _, err := adapter.Fetch(t.Context(), testAccount(), message.Media{Remote: adapter.hosts.Bases[0] + "/x"}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a circle: %v", err)
	}
	adapter, _ = serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "999999999") })
	if _, err := adapter.Fetch(t.Context(), testAccount(), message.Media{Remote: adapter.hosts.Bases[0] + "/x"}); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too large: %v", err)
	}
}
