package messenger

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/sandbox/stage"
)

const (
	appID   = "900100200300"
	secret  = "app-secret"
	pageID  = "101010101010101"
	igID    = "17841400000000001"
	loginID = "17841400000000002"
	token   = "EAAtoken"
	igToken = "IGAAtoken"
	ana     = "ana"
)

// now is a clock that a test moves.
type hands struct {
	mu sync.Mutex
	at time.Time
}

func (h *hands) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hands) move(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

func newHands() *hands { return &hands{at: time.UnixMilli(1_790_000_000_000)} }

// receiver is a business's webhook: it verifies, keeps what came, and answers by
// a script.
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

// world is a simulator with an app, a page, an Instagram account of each
// flavour, a person and a webhook.
type world struct {
	t        *testing.T
	server   *Server
	http     *httptest.Server
	ig       *httptest.Server
	receiver *receiver
	clock    *hands
	stop     func()
}

func start(t *testing.T, config Config) *world {
	t.Helper()
	w := &world{t: t, receiver: newReceiver(t), clock: newHands()}
	if config.DeliveryDelay == 0 {
		config.DeliveryDelay = -1
	}
	config.Clock = w.clock
	w.open(config)
	w.put("/_sandbox/apps", App{ID: appID, Secret: secret, Name: "Loja"})
	w.put("/_sandbox/pages", Page{ID: pageID, Name: "Loja da Ana", Token: token})
	w.put("/_sandbox/instagrams", Instagram{ID: igID, Flavour: FlavourPage, Page: pageID, User: "loja.da.ana"})
	w.put("/_sandbox/instagrams", Instagram{ID: loginID, Flavour: FlavourLogin, User: "loja2", Token: igToken})
	w.put("/_sandbox/people", Person{ID: ana, Name: "Ana Souza", Username: "ana.souza"})
	for _, object := range []string{ObjectPage, ObjectInstagram} {
		status, body := w.do("POST", "/v25.0/"+appID+"/subscriptions", appID+"|"+secret, map[string]any{
			"object": object, "callback_url": w.receiver.server.URL, "verify_token": "verify-me", "fields": strings.Join(fieldsOf[object], ","),
		})
		if status != http.StatusOK {
			t.Fatalf("subscription: %d %s", status, body)
		}
	}
	for path, fields := range map[string][]string{"/v25.0/me/subscribed_apps": fieldsOf[ObjectPage]} {
		if status, body := w.graph("POST", path, map[string]any{"subscribed_fields": fields}); status != http.StatusOK {
			t.Fatalf("subscription: %d %s", status, body)
		}
	}
	if status, body := w.gram("POST", "/v25.0/me/subscribed_apps", map[string]any{"subscribed_fields": strings.Join(fieldsOf[ObjectInstagram], ",")}); status != http.StatusOK {
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
	w.http, w.ig = httptest.NewServer(server), httptest.NewServer(server.Instagram())
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
			w.ig.Close()
			_ = server.Close()
		})
	}
	w.t.Cleanup(w.stop)
}

func (w *world) call(base, method, path, bearer string, body any) (int, []byte) {
	w.t.Helper()
	var raw []byte
	if text, ok := body.(string); ok {
		raw = []byte(text)
	} else if body != nil {
		raw, _ = json.Marshal(body)
	}
	request, err := http.NewRequest(method, base+path, bytes.NewReader(raw))
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

func (w *world) do(method, path, bearer string, body any) (int, []byte) {
	w.t.Helper()
	return w.call(w.http.URL, method, path, bearer, body)
}

// graph calls graph.facebook.com with the page's token.
func (w *world) graph(method, path string, body any) (int, []byte) {
	w.t.Helper()
	return w.do(method, path, token, body)
}

// gram calls graph.instagram.com with the token of the login flavour.
func (w *world) gram(method, path string, body any) (int, []byte) {
	w.t.Helper()
	return w.call(w.ig.URL, method, path, igToken, body)
}

func (w *world) put(path string, body any) {
	w.t.Helper()
	if status, answer := w.do("POST", path, "", body); status != http.StatusCreated {
		w.t.Fatalf("POST %s: %d %s", path, status, answer)
	}
}

// act lets Ana do something with the page, unless the action names an account.
func (w *world) act(a Action) Message {
	w.t.Helper()
	a.Account = or(a.Account, pageID)
	message, err := w.server.Act(ana, a)
	if err != nil {
		w.t.Fatalf("%s: %v", a.Do, err)
	}
	return message
}

// hear lets Ana write and drops the webhook of it.
func (w *world) hear(account string) Message {
	w.t.Helper()
	message := w.act(Action{Account: account, Do: "text", Text: "oi"})
	w.item("message")
	return message
}

// item waits for the next webhook, which must hold one item, and gives the
// member of it; "" gives the item.
func (w *world) item(member string) map[string]any {
	w.t.Helper()
	items := w.items()
	if len(items) != 1 {
		w.t.Fatalf("%d items", len(items))
	}
	if member == "" {
		return items[0]
	}
	inside, ok := items[0][member].(map[string]any)
	if !ok {
		w.t.Fatalf("no %s in %v", member, items[0])
	}
	return inside
}

func (w *world) items() []map[string]any {
	w.t.Helper()
	got := w.receiver.next(w.t)
	if got.signature != Sign(secret, got.body) {
		w.t.Fatal("the signature is not of these bytes")
	}
	var body struct {
		Entry []struct {
			ID                          string
			Messaging, Standby, Changes []map[string]any
		}
	}
	if err := json.Unmarshal(got.body, &body); err != nil {
		w.t.Fatal(err)
	}
	var out []map[string]any
	for _, entry := range body.Entry {
		out = append(append(append(out, entry.Messaging...), entry.Standby...), entry.Changes...)
	}
	return out
}

// send posts a message to Ana as the account; members overlay the usual ones.
func (w *world) send(account string, body map[string]any) (int, []byte) {
	w.t.Helper()
	whole := map[string]any{"recipient": map[string]any{"id": scopedID(account, ana)}, "messaging_type": "RESPONSE"}
	if account != pageID {
		delete(whole, "messaging_type")
	}
	for name, value := range body {
		if value == nil {
			delete(whole, name)
			continue
		}
		whole[name] = value
	}
	if account == loginID {
		return w.gram("POST", "/v25.0/"+loginID+"/messages", whole)
	}
	return w.graph("POST", "/v25.0/"+pageID+"/messages", whole)
}

// sent sends a message that must be accepted, drops its echo, and gives its id.
func (w *world) sent(account string, body map[string]any) string {
	w.t.Helper()
	status, raw := w.send(account, body)
	var answer sendAnswer
	if err := json.Unmarshal(raw, &answer); err != nil || status != http.StatusOK || answer.Message == "" {
		w.t.Fatalf("send: %d %s", status, raw)
	}
	if echo := w.item("message"); echo["mid"] != answer.Message || echo["is_echo"] != true {
		w.t.Fatalf("no echo: %v", echo)
	}
	return answer.Message
}

func text(words string) map[string]any {
	return map[string]any{"message": map[string]any{"text": words}}
}

// graphErr reads an error body.
func graphErr(t *testing.T, raw []byte) graphError {
	t.Helper()
	var body struct{ Error graphError }
	if err := json.Unmarshal(raw, &body); err != nil || body.Error.TraceID == "" {
		t.Fatalf("not an error body: %s", raw)
	}
	return body.Error
}

// upload posts a file by multipart.
func (w *world) upload(path string, fields map[string]string, mime, name string, data []byte) (int, []byte) {
	w.t.Helper()
	var buffer bytes.Buffer
	form := multipart.NewWriter(&buffer)
	for field, value := range fields {
		_ = form.WriteField(field, value)
	}
	header := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="filedata"; filename="` + name + `"`}, "Content-Type": {mime}}
	part, _ := form.CreatePart(header)
	_, _ = part.Write(data)
	_ = form.Close()
	request, _ := http.NewRequest("POST", w.http.URL+path, &buffer)
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	out, _ := io.ReadAll(response.Body)
	return response.StatusCode, out
}

// fault adds a rule.
func (w *world) fault(rule stage.Rule) {
	w.t.Helper()
	if _, err := w.server.AddFault(rule); err != nil {
		w.t.Fatal(err)
	}
}
