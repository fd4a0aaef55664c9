package telegram

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestControlAPI(t *testing.T) {
	w := start(t, Config{})
	w.send("sendMessage", m{"text": "olá"})
	var list struct {
		Bots  []Bot
		Users []User
	}
	for _, path := range []string{"bots", "users"} {
		if err := json.Unmarshal(w.control("GET", "/_sandbox/"+path, nil), &list); err != nil {
			t.Fatal(err)
		}
	}
	if len(list.Bots) != 1 || list.Bots[0].WebhookURL != w.hook.URL || len(list.Users) != 1 || list.Users[0].Phone != "5511988887777" {
		t.Fatalf("%+v", list)
	}
	w.control("POST", "/_sandbox/users/5550001/actions", Action{Bot: botID, Do: "text", Text: "pelo controle"})
	if got := w.next(); text(got) != "pelo controle" {
		t.Fatalf("%s", got.raw)
	}
	raw := string(w.control("GET", "/_sandbox/chats/123456789/5550001", nil))
	if !strings.Contains(raw, `/bot123456789:***/sendMessage`) || strings.Contains(raw, "secret-secret") || !strings.Contains(raw, "pelo controle") {
		t.Fatal(raw)
	}
	if raw := string(w.control("GET", "/_sandbox/counts", nil)); !strings.Contains(raw, `"sends":1`) {
		t.Fatal(raw)
	}
	bad := []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/_sandbox/bots", `{}`, 422}, {"POST", "/_sandbox/bots", `{"token":"x"}`, 422}, {"POST", "/_sandbox/users", `{}`, 422},
		{"POST", "/_sandbox/users", `{"first_name":"A","id":-1}`, 422}, {"POST", "/_sandbox/users/x/actions", `{}`, 422},
		{"POST", "/_sandbox/users/9/actions", `{"bot":1,"do":"text"}`, 404}, {"GET", "/_sandbox/chats/1/2", ``, 404}, {"GET", "/_sandbox/chats/a/2", ``, 422},
		{"GET", "/_sandbox/ledger?after=-", ``, 422}, {"DELETE", "/_sandbox/faults/x", ``, 404}, {"GET", "/nothing", ``, 404},
		{"POST", "/_sandbox/users/5550001/actions", `{"bot":123456789,"do":"dance"}`, 422},
		{"POST", "/_sandbox/users/5550001/actions", `{"bot":123456789,"do":"photo"}`, 422},
		{"POST", "/_sandbox/users/5550001/actions", `{"bot":123456789,"do":"text","text":"a","reply_to":99}`, 404},
		{"POST", "/_sandbox/users/5550001/actions", `{"bot":123456789,"do":"edit","message":2,"text":"a"}`, 409},
	}
	for _, c := range bad {
		request, _ := http.NewRequest(c.method, w.http.URL+c.path, strings.NewReader(c.body))
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != c.status {
			t.Errorf("%s %s %s: %d", c.method, c.path, c.body, response.StatusCode)
		}
	}
}

func TestSetUpIsIdempotent(t *testing.T) {
	w := start(t, Config{})
	bot, err := w.server.PutBot(Bot{Username: "@nova_bot"})
	if err != nil || bot.ID == 0 || !tokenForm.MatchString(bot.Token) {
		t.Fatalf("%+v %v", bot, err)
	}
	if again, _ := w.server.PutBot(Bot{Username: "nova_bot", Name: "Nova"}); again.ID != bot.ID || again.Token != bot.Token || again.Name != "Nova" {
		t.Fatalf("%+v", again)
	}
	if same, _ := w.server.PutUser(User{FirstName: "Bia S.", Phone: "5511988887777"}); same.ID != bia || same.Username != "bia" {
		t.Fatalf("%+v", same)
	}
	if same, _ := w.server.PutUser(User{FirstName: "Bia", Username: "@bia"}); same.ID != bia {
		t.Fatalf("%+v", same)
	}
	// Who has not pressed START cannot write, nor be written to.
	other, _ := w.server.PutUser(User{FirstName: "Caio", Username: "caio"})
	if _, err := w.server.Act(other.ID, Action{Bot: botID, Do: "text", Text: "oi"}); err == nil {
		t.Fatal("wrote before START")
	}
}

func TestRetryAfterOfAWebhookIsObeyed(t *testing.T) {
	w := start(t, Config{WebhookGaps: []time.Duration{time.Hour}})
	posts := make(chan int, 10)
	n := 0
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		n++
		if n == 1 {
			rw.Header().Set("Retry-After", "1")
			rw.WriteHeader(http.StatusServiceUnavailable)
		}
		posts <- n
	}))
	defer hook.Close()
	w.must("setWebhook", m{"url": hook.URL})
	w.act(Action{Do: "text", Text: "oi"})
	for want := 1; want <= 2; want++ {
		select {
		case got := <-posts:
			if got != want {
				t.Fatalf("post %d", got)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("not repeated after the second that was asked for")
		}
	}
}

func TestANewWebhookFreesWhatIsStuck(t *testing.T) {
	w := start(t, Config{WebhookGaps: []time.Duration{time.Hour}})
	w.script(func(m) (int, string) { return 500, "" })
	w.act(Action{Do: "text", Text: "preso"})
	w.next()
	w.act(Action{Do: "text", Text: "atrás"})
	w.script(nil)
	w.must("setWebhook", m{"url": w.hook.URL + "/novo", "secret_token": "outro"})
	for _, want := range []string{"preso", "atrás"} {
		if got := w.next(); text(got) != want || got.secret != "outro" {
			t.Fatalf("%s with %q", got.raw, got.secret)
		}
	}
	w.script(func(m) (int, string) { return 500, "" })
	w.act(Action{Do: "text", Text: "some"})
	w.next()
	w.script(nil)
	w.must("setWebhook", m{"url": w.hook.URL, "drop_pending_updates": true})
	w.act(Action{Do: "text", Text: "fica"})
	if got := w.next(); text(got) != "fica" {
		t.Fatalf("%s", got.raw)
	}
}

func TestLinksAreFetchedWhenTold(t *testing.T) {
	files := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/a.jpg":
			rw.Header().Set("Content-Type", "image/jpeg")
			_, _ = rw.Write([]byte("pixels"))
		case "/big.jpg":
			_, _ = rw.Write(bytes.Repeat([]byte("x"), 5<<20+1))
		default:
			rw.WriteHeader(http.StatusNotFound)
		}
	}))
	defer files.Close()
	w := start(t, Config{FetchLinks: true})
	sent := w.send("sendPhoto", m{"photo": files.URL + "/a.jpg"})
	data, kind, address, err := w.server.File(sent["photo"].([]any)[1].(m)["file_id"].(string))
	if err != nil || string(data) != "pixels" || kind != "image/jpeg" || address != "" {
		t.Fatalf("%s %s %s %v", data, kind, address, err)
	}
	for _, path := range []string{"/big.jpg", "/none"} {
		if answer := w.call("sendPhoto", m{"chat_id": bia, "photo": files.URL + path}); answer.Description != "Bad Request: failed to get HTTP URL content" {
			t.Errorf("%s: %+v", path, answer)
		}
	}
}

// FuzzReadMarkup: no keyboard makes the rules panic.
func FuzzReadMarkup(f *testing.F) {
	for _, seed := range []string{`{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}`, `{"keyboard":[["a"]]}`, `{"inline_keyboard":[[null]]}`, `{"inline_keyboard":{}}`, `{"remove_keyboard":true}`, `{"keyboard":[[1]]}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		markup, err := readMarkup(raw)
		if err != nil || markup == nil {
			return
		}
		for _, row := range markup.Inline {
			for _, button := range row {
				if button.Text == "" || button.CallbackData != nil && len(*button.CallbackData) > maxCallback {
					t.Fatalf("accepted %s", raw)
				}
			}
		}
	})
}
