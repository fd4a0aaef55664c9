package telegram

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/message"
)

func TestFetch(t *testing.T) {
	adapter, book := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/bot" + testToken + "/getFile":
			_, _ = io.WriteString(w, `{"ok":true,"result":{"file_id":"p1","file_unique_id":"u","file_size":10,"file_path":"photos/a b.jpg"}}`)
		case "/file/bot" + testToken + "/photos/a b.jpg":
			_, _ = io.WriteString(w, "jpeg bytes")
		default:
			w.WriteHeader(404)
		}
	})
	download, err := adapter.Fetch(t.Context(), testAccount(), message.Media{Remote: "p1", MIME: "image/jpeg"})
	if err != nil {
		t.Fatal(err)
	}
	defer download.Body.Close()
	content, err := io.ReadAll(download.Body)
	if err != nil || string(content) != "jpeg bytes" || download.Size != 10 || download.MIME != "image/jpeg" {
		t.Errorf("%q, %+v, %v", content, download, err)
	}
	if log := book.all(); len(log) != 2 || log[1].Path != "/file/bot[secret]/photos/a%20b.jpg" {
		t.Errorf("recorded %+v", log)
	}
}

func TestFetchFailures(t *testing.T) {
	path, status, answer := "", 0, ""
	adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/file/") {
			if path != "photos/x.jpg" {
				t.Errorf("fetched %s", r.URL.Path)
			}
			w.WriteHeader(status)
			return
		}
		if answer != "" {
			w.WriteHeader(400)
			_, _ = io.WriteString(w, answer)
			return
		}
		fmt.Fprintf(w, `{"ok":true,"result":{"file_path":%q}}`, path)
	})
	for _, c := range []struct {
		path, answer string
		status       int
		want         fault.Code
	}{
		{"photos/x.jpg", "", 404, fault.NotFound}, {"photos/x.jpg", "", 401, fault.Refused},
		{"photos/x.jpg", "", 429, fault.RateLimited}, {"photos/x.jpg", "", 500, fault.Unavailable}, {"photos/x.jpg", "", 302, fault.Unavailable},
		{"", "", 200, fault.Unavailable}, {"/etc/passwd", "", 200, fault.Unavailable}, {"../../sendMessage", "", 200, fault.Unavailable},
		{"x?y", "", 200, fault.Unavailable}, {"x#y", "", 200, fault.Unavailable},
		{"", `{"ok":false,"error_code":400,"description":"Bad Request: file is too big"}`, 0, fault.Refused},
		{"", `{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":1}}`, 0, fault.RateLimited},
	} {
		path, answer, status = c.path, c.answer, c.status
		if _, err := adapter.Fetch(t.Context(), testAccount(), message.Media{Remote: "1"}); fault.CodeOf(err) != c.want {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if _, err := adapter.Fetch(t.Context(), testAccount(), message.Media{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("no handle: %v", err)
	}
	nobody, _ := newAdapter("http://127.0.0.1:1")
	if _, err := nobody.Fetch(t.Context(), testAccount(), message.Media{Remote: "1"}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("nobody: %v", err)
	}
}

func TestProbe(t *testing.T) {
	adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/getMe") {
			_, _ = io.WriteString(w, `{"ok":true,"result":{"id":123456,"is_bot":true,"first_name":"Loja Aurora","username":"aurora_bot"}}`)
			return
		}
		_, _ = io.WriteString(w, `{"ok":true,"result":{"url":"https://prosa.example/h","has_custom_certificate":false,"pending_update_count":3,"last_error_message":"Connection refused"}}`)
	})
	probe, err := adapter.Probe(t.Context(), testAccount())
	if err != nil || probe.ExternalID != "123456" || probe.Display != "@aurora_bot" || probe.Name != "Loja Aurora" ||
		probe.Facts["webhook"] != "https://prosa.example/h" || probe.Facts["pending_updates"] != "3" || probe.Facts["last_error"] != "Connection refused" {
		t.Errorf("%+v, %v", probe, err)
	}
	revoked, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(401)
		_, _ = io.WriteString(w, `{"ok":false,"error_code":401,"description":"Unauthorized"}`)
	})
	if _, err := revoked.Probe(t.Context(), testAccount()); !fault.Is(err, fault.Refused) || fault.MessageOf(err) != "Telegram refused the token: Unauthorized" {
		t.Errorf("revoked: %v", err)
	}
	nonsense := testAccount()
	nonsense.Credentials = map[string]secret.Text{Token: secret.New("nonsense")}
	if _, err := revoked.Probe(t.Context(), nonsense); !fault.Is(err, fault.Refused) || !strings.Contains(fault.MessageOf(err), "malformed") {
		t.Errorf("nonsense: %v", err)
	}
}

func TestSubscribe(t *testing.T) {
	adapter, book := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			URL     string   `json:"url"`
			Secret  string   `json:"secret_token"`
			Allowed []string `json:"allowed_updates"`
			Max     int      `json:"max_connections"`
			Drop    *bool    `json:"drop_pending_updates"`
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.URL != "https://prosa.example/h" || body.Secret != "hook-secret" ||
			body.Max != 40 || body.Drop != nil || !strings.Contains(fmt.Sprint(body.Allowed), "message_reaction") {
			t.Errorf("%+v, %v", body, err)
		}
		_, _ = io.WriteString(w, `{"ok":true,"result":true}`)
	})
	if err := adapter.Subscribe(t.Context(), testAccount(), "https://prosa.example/h"); err != nil {
		t.Fatal(err)
	}
	if log := book.all(); strings.Contains(log[0].Request, "hook-secret") {
		t.Errorf("recorded %+v", log)
	}
	for _, value := range []string{"", "with space", strings.Repeat("a", 257)} {
		account := testAccount()
		account.Credentials[HookSecret] = secret.New(value)
		if err := adapter.Subscribe(t.Context(), account, "https://prosa.example/h"); !fault.Is(err, fault.Invalid) {
			t.Errorf("secret %q: %v", value, err)
		}
	}
}

func TestConfigValidate(t *testing.T) {
	good := testConfig("https://api.telegram.org")
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Config){
		"no host":     func(c *Config) { c.BaseURL = "api" },
		"slash":       func(c *Config) { c.BaseURL += "/" },
		"timeout":     func(c *Config) { c.Timeout = 0 },
		"connections": func(c *Config) { c.MaxConnections = 101 },
	} {
		bad := good
		change(&bad)
		if bad.Validate() == nil {
			t.Errorf("%s passed", name)
		}
	}
}
