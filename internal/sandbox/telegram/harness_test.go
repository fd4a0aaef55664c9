package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

const (
	botToken = "123456789:AAHsecret-secret-secret-secret-sec"
	botID    = 123456789
	bia      = 5550001
)

type m = map[string]any

// received is an update that a webhook got.
type received struct {
	body   m
	raw    string
	secret string
}

// world is a simulator with a bot, a webhook and a person who pressed START.
type world struct {
	t        *testing.T
	server   *Server
	http     *httptest.Server
	hook     *httptest.Server
	received chan received
	stop     func()

	mu     sync.Mutex
	answer func(update m) (int, string) // nil: 200 and no body
}

func start(t *testing.T, config Config) *world {
	t.Helper()
	w := &world{t: t, received: make(chan received, 1024)}
	w.hook = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		var body m
		_ = json.Unmarshal(raw, &body)
		w.mu.Lock()
		answer := w.answer
		w.mu.Unlock()
		status, text := 200, ""
		if answer != nil {
			status, text = answer(body)
		}
		rw.WriteHeader(status)
		_, _ = io.WriteString(rw, text)
		w.received <- received{body: body, raw: string(raw), secret: r.Header.Get("X-Telegram-Bot-Api-Secret-Token")}
	}))
	t.Cleanup(w.hook.Close)
	w.open(config)
	w.control("POST", "/_sandbox/bots", Bot{Token: botToken, Username: "loja_bot", Name: "Loja"})
	w.control("POST", "/_sandbox/users", User{ID: bia, FirstName: "Bia", Phone: "+55 11 98888-7777", Username: "bia"})
	w.must("setWebhook", m{"url": w.hook.URL, "secret_token": "s3cr3t", "allowed_updates": []string{"message", "edited_message", "callback_query", "my_chat_member", "message_reaction"}})
	w.act(Action{Do: "start"})
	if got := w.next(); got.secret != "s3cr3t" || got.body["message"].(m)["text"] != "/start" {
		t.Fatalf("start came as %s", got.raw)
	}
	return w
}

func (w *world) open(config Config) {
	w.t.Helper()
	server, err := New(config)
	if err != nil {
		w.t.Fatal(err)
	}
	w.server, w.http = server, httptest.NewServer(server)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Run(ctx)
	}()
	var once sync.Once
	stop := func() {
		once.Do(func() {
			cancel()
			<-done
			w.http.Close()
		})
	}
	w.stop = stop
	w.t.Cleanup(func() {
		stop()
		_ = server.Close()
	})
}

func (w *world) script(answer func(m) (int, string)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer = answer
}

func (w *world) next() received {
	w.t.Helper()
	select {
	case got := <-w.received:
		return got
	case <-time.After(10 * time.Second):
		w.t.Fatal("no update came")
		return received{}
	}
}

func (w *world) control(method, path string, body any) []byte {
	w.t.Helper()
	raw, _ := json.Marshal(body)
	request, _ := http.NewRequest(method, w.http.URL+path, bytes.NewReader(raw))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	out, _ := io.ReadAll(response.Body)
	if response.StatusCode >= 300 {
		w.t.Fatalf("%s %s: %d %s", method, path, response.StatusCode, out)
	}
	return out
}

// call runs a method of the Bot API.
func (w *world) call(method string, body any) envelope {
	w.t.Helper()
	raw, _ := json.Marshal(body)
	return w.post(botToken, method, "application/json", raw)
}

func (w *world) post(token, method, kind string, raw []byte) envelope {
	w.t.Helper()
	response, err := http.Post(w.http.URL+"/bot"+token+"/"+method, kind, bytes.NewReader(raw))
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	out, _ := io.ReadAll(response.Body)
	var answer envelope
	if err := json.Unmarshal(out, &answer); err != nil {
		w.t.Fatalf("%s: %s", method, out)
	}
	if answer.OK != (response.StatusCode == 200) || !answer.OK && answer.Code != response.StatusCode {
		w.t.Fatalf("%s: status %d and %s", method, response.StatusCode, out)
	}
	return answer
}

// must runs a method that must succeed and gives its result.
func (w *world) must(method string, body any) json.RawMessage {
	w.t.Helper()
	answer := w.call(method, body)
	if !answer.OK {
		w.t.Fatalf("%s: %s", method, answer.Description)
	}
	return answer.Result
}

// send sends to Bia and gives the Message.
func (w *world) send(method string, body m) m {
	w.t.Helper()
	body["chat_id"] = bia
	var out m
	if err := json.Unmarshal(w.must(method, body), &out); err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *world) act(a Action) Message {
	w.t.Helper()
	a.Bot = botID
	message, err := w.server.Act(bia, a)
	if err != nil {
		w.t.Fatal(err)
	}
	return message
}

// film gives the file id of a film that the bot sent before.
func (w *world) film(kind string) string {
	w.t.Helper()
	f, err := w.server.keepFile(kind, upload{name: "a.mp4", mime: "video/mp4", data: []byte("film")}, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return f.ID
}
