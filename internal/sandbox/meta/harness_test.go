package meta

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
	appID    = "900100200300"
	secret   = "app-secret"
	wabaID   = "419561257915477"
	numberID = "106540352242922"
	token    = "EAAtoken"
	ana      = "5511987654321"
)

// receiver is a business's webhook: it verifies, keeps what came, and answers
// by a script.
type receiver struct {
	server *httptest.Server
	got    chan received

	mu     sync.Mutex
	answer func(n int) int // status of the n-th post, from 1; nil: 200
	posts  int
}

type received struct {
	body      []byte
	signature string
	status    int
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{got: make(chan received, 4096)}
	r.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.Method == http.MethodGet {
			if q.URL.Query().Get("hub.verify_token") != "verify-me" || q.URL.Query().Get("hub.mode") != "subscribe" {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			_, _ = io.WriteString(w, q.URL.Query().Get("hub.challenge"))
			return
		}
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		r.posts++
		status := http.StatusOK
		if r.answer != nil {
			status = r.answer(r.posts)
		}
		r.mu.Unlock()
		w.WriteHeader(status)
		r.got <- received{body: body, signature: q.Header.Get("X-Hub-Signature-256"), status: status}
	}))
	t.Cleanup(r.server.Close)
	return r
}

// next waits for the next post.
func (r *receiver) next(t *testing.T) received {
	t.Helper()
	select {
	case got := <-r.got:
		return got
	case <-time.After(10 * time.Second):
		t.Fatal("no webhook came")
		return received{}
	}
}

// values gives the change values of a post.
func (got received) values(t *testing.T) []value {
	t.Helper()
	var body envelope
	if err := json.Unmarshal(got.body, &body); err != nil {
		t.Fatalf("webhook body: %v", err)
	}
	var out []value
	for _, entry := range body.Entry {
		for _, change := range entry.Changes {
			var v value
			if err := json.Unmarshal(change.Value, &v); err != nil {
				t.Fatal(err)
			}
			out = append(out, v)
		}
	}
	return out
}

// world is a simulator with an app, a number, a customer and a webhook.
type world struct {
	t        *testing.T
	server   *Server
	http     *httptest.Server
	receiver *receiver
	stop     func()
}

// start runs a simulator; its statuses come by hand unless the test says
// otherwise.
func start(t *testing.T, config Config) *world {
	t.Helper()
	w := &world{t: t, receiver: newReceiver(t)}
	if config.StatusDelays == (StatusDelays{}) {
		config.StatusDelays = StatusDelays{Sent: -1, Delivered: -1, Read: -1}
	}
	w.open(config)
	w.put("/_sandbox/apps", App{ID: appID, Secret: secret})
	w.put("/_sandbox/wabas", WABA{ID: wabaID})
	w.put("/_sandbox/numbers", Number{ID: numberID, WABA: wabaID, App: appID, Token: token, Display: "+55 11 4000-1234", VerifiedName: "Loja da Ana"})
	w.put("/_sandbox/customers", Customer{WaID: ana, Name: "Ana Souza"})
	status, body := w.graph("POST", "/v25.0/"+wabaID+"/subscribed_apps", map[string]any{
		"override_callback_uri": w.receiver.server.URL, "verify_token": "verify-me",
	})
	if status != http.StatusOK {
		t.Fatalf("subscription: %d %s", status, body)
	}
	return w
}

// open makes the server and runs it until the test ends or w.stop.
func (w *world) open(config Config) {
	w.t.Helper()
	server, err := New(config)
	if err != nil {
		w.t.Fatal(err)
	}
	w.server = server
	w.http = httptest.NewServer(server)
	server.config.PublicURL = w.http.URL
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Run(ctx)
	}()
	var once sync.Once
	w.stop = func() {
		once.Do(func() {
			cancel()
			<-done
			w.http.Close()
		})
	}
	stop := w.stop
	w.t.Cleanup(func() {
		stop()
		_ = server.Close()
	})
}

func (w *world) do(method, path, bearer string, body any) (int, []byte) {
	w.t.Helper()
	var raw []byte
	if body != nil {
		if text, ok := body.(string); ok {
			raw = []byte(text)
		} else {
			raw, _ = json.Marshal(body)
		}
	}
	request, err := http.NewRequest(method, w.http.URL+path, bytes.NewReader(raw))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if bearer != "" {
		request.Header.Set("Authorization", "Bearer "+bearer)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	out, _ := io.ReadAll(response.Body)
	return response.StatusCode, out
}

func (w *world) graph(method, path string, body any) (int, []byte) {
	w.t.Helper()
	return w.do(method, path, token, body)
}

func (w *world) put(path string, body any) {
	w.t.Helper()
	if status, answer := w.do("POST", path, "", body); status != http.StatusCreated {
		w.t.Fatalf("POST %s: %d %s", path, status, answer)
	}
}

// act lets Ana do something.
func (w *world) act(a Action) Message {
	w.t.Helper()
	a.Number = numberID
	message, err := w.server.Act(ana, a)
	if err != nil {
		w.t.Fatal(err)
	}
	return message
}

// send posts a message to Ana; the members given overlay the usual ones.
func (w *world) send(body map[string]any) (int, []byte) {
	w.t.Helper()
	whole := map[string]any{"messaging_product": "whatsapp", "recipient_type": "individual", "to": ana}
	for name, value := range body {
		if value == nil {
			delete(whole, name)
			continue
		}
		whole[name] = value
	}
	return w.graph("POST", "/v25.0/"+numberID+"/messages", whole)
}

// sent sends a message that must be accepted and gives its id.
func (w *world) sent(body map[string]any) string {
	w.t.Helper()
	status, raw := w.send(body)
	var answer sendAnswer
	if err := json.Unmarshal(raw, &answer); err != nil || status != http.StatusOK || len(answer.Messages) != 1 {
		w.t.Fatalf("send: %d %s", status, raw)
	}
	return answer.Messages[0].ID
}

func text(body string) map[string]any {
	return map[string]any{"type": "text", "text": map[string]any{"body": body}}
}

// graphErr reads an error body.
func graphErr(t *testing.T, raw []byte) graphError {
	t.Helper()
	var body struct{ Error graphError }
	if err := json.Unmarshal(raw, &body); err != nil {
		t.Fatalf("not an error body: %s", raw)
	}
	return body.Error
}

// newRequest is a send call's request, for what is called without HTTP.
func newRequest(body string) *http.Request {
	request := httptest.NewRequest(http.MethodPost, "/v25.0/"+numberID+"/messages", bytes.NewReader([]byte(body)))
	request.Header.Set("Authorization", "Bearer "+token)
	return request
}
