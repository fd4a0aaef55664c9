package httpclient

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"prosa/internal/base/fault"
)

func TestProviderIsPinnedToItsHosts(t *testing.T) {
	other, hits := counting(t)
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, other.URL, http.StatusFound)
			return
		}
		if r.Header.Get("User-Agent") != "prosa/1" {
			t.Errorf("user agent %q", r.Header.Get("User-Agent"))
		}
	}))
	t.Cleanup(provider.Close)
	client, err := Provider(Limits{}, provider.URL+"/v1", "https://api.example.com")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := get(t, client, provider.URL+"/v1/x"); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{
		other.URL, provider.URL + "/away", strings.Replace(provider.URL, "http:", "https:", 1), strings.Replace(provider.URL, "127.0.0.1", "localhost", 1),
		"http://api.example.com/", "https://api.example.com.evil.example/", "https://api.example.com:444/", "https://evil.example/api.example.com",
	} {
		_, err := get(t, client, target)
		wantRefused(t, err, "host_not_configured", target)
	}
	if hits.Load() > 0 {
		t.Fatal("another host was reached")
	}
}

func TestProviderRefusesHalfABase(t *testing.T) {
	for _, base := range []string{"", "api.example.com", "ftp://api.example.com", "https://", "https:///x", "://"} {
		if _, err := Provider(Limits{}, base); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", base, err)
		}
	}
}

func TestOrigin(t *testing.T) {
	for text, want := range map[string]string{
		"https://API.Example.com./x": "https://api.example.com:443",
		"http://api.example.com":     "http://api.example.com:80",
		"https://[2001:db8::1]:8443": "https://[2001:db8::1]:8443",
	} {
		target, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := origin(target); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestRedact(t *testing.T) {
	const token = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
	for text, want := range map[string]string{
		"https://api.telegram.org/bot" + token + "/sendMessage":               "https://api.telegram.org/[secret]/sendMessage",
		"https://api.telegram.org/file/bot" + token + "/photos/file_1.jpg":    "https://api.telegram.org/file/[secret]/photos/file_1.jpg",
		"https://graph.facebook.com/v21.0/106540352242922/messages?fields=id": "https://graph.facebook.com/v21.0/106540352242922/messages?fields=id",
		"https://graph.facebook.com/debug?input_token=EAAG&access_token=EAAG": "https://graph.facebook.com/debug?input_token=[secret]&access_token=[secret]",
		"https://user:pass@shop.example/a":                                    "https://[secret]@shop.example/a",
		"https://hooks.example/AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdEFGH":  "https://hooks.example/[secret]",
		"http://bad host/" + token:                                            "[secret]",
	} {
		if got := RedactURL(text); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
	client, err := Provider(Limits{}, "https://api.telegram.org")
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Get("https://elsewhere.example/bot" + token + "/getMe")
	if err == nil || !strings.Contains(err.Error(), token) {
		t.Fatalf("the library no longer shows the URL: %v", err)
	}
	redacted := Redact(err)
	if strings.Contains(redacted.Error(), "AAHd") || !fault.Is(redacted, fault.Refused) {
		t.Fatalf("got %v", redacted)
	}
	plain := errors.New("x")
	if Redact(plain) != plain {
		t.Error("an error without a URL was changed")
	}
}

func FuzzRedactURL(f *testing.F) {
	const token = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
	f.Add("https://api.telegram.org/", "/sendMessage?chat_id=1")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, before, after string) {
		if strings.ContainsAny(before, "?#") { // what follows is a value then
			before, _, _ = strings.Cut(before, "?")
			before, _, _ = strings.Cut(before, "#")
		}
		if after != "" && after[0] != '/' && after[0] != '?' && after[0] != '#' {
			after = "/" + after
		}
		if got := RedactURL(strings.TrimSuffix(before, "/") + "/bot" + token + after); strings.Contains(got, "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw") && !strings.Contains(before+after, "AAHdq") {
			t.Fatalf("%q%q shows the token: %s", before, after, got)
		}
	})
}
