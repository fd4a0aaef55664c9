package phone

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/sandbox/meta"
	"prosa/internal/sandbox/telegram"
)

const (
	numberID = "106540352242922"
	token    = "EAAtoken"
	botToken = "123456789:AAHsecret-secret-secret"
	botID    = 123456789
)

type m = map[string]any

// world is both simulators with a webhook that takes everything, and the
// phones over them.
type world struct {
	t        *testing.T
	meta     *meta.Server
	telegram *telegram.Server
	api      *httptest.Server // the phones
	graph    *httptest.Server
	bot      *httptest.Server
}

func start(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(rw, r.URL.Query().Get("hub.challenge"))
	}))
	t.Cleanup(hook.Close)
	var err error
	if w.meta, err = meta.New(meta.Config{StatusDelays: meta.StatusDelays{Read: -1}}); err != nil {
		t.Fatal(err)
	}
	if w.telegram, err = telegram.New(telegram.Config{}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	for _, run := range []func(context.Context) error{w.meta.Run, w.telegram.Run} {
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = run(ctx)
		}()
		t.Cleanup(func() { cancel(); <-done })
	}
	if _, err = w.meta.PutApp(meta.App{ID: "900", Secret: "s", CallbackURL: hook.URL}); err != nil {
		t.Fatal(err)
	}
	if _, err = w.meta.PutWABA(meta.WABA{ID: "800", Subscriptions: map[string]string{"900": ""}}); err != nil {
		t.Fatal(err)
	}
	if _, err = w.meta.PutNumber(meta.Number{ID: numberID, WABA: "800", App: "900", Token: token, VerifiedName: "Loja", Display: "+55 11 4000-1234"}); err != nil {
		t.Fatal(err)
	}
	if _, err = w.telegram.PutBot(telegram.Bot{Token: botToken, Username: "loja_bot", Name: "Loja"}); err != nil {
		t.Fatal(err)
	}
	handler := New(Config{Meta: w.meta, Telegram: w.telegram})
	mux := http.NewServeMux()
	mux.Handle("/sandbox/phone/api/", handler)
	w.api, w.graph, w.bot = httptest.NewServer(mux), httptest.NewServer(w.meta), httptest.NewServer(w.telegram)
	t.Cleanup(func() { w.graph.Close(); w.bot.Close() })
	t.Cleanup(w.api.Close)
	w.botCall("setWebhook", m{"url": hook.URL, "secret_token": "x"})
	return w
}

// api calls the phone API and reads the answer into out.
func (w *world) call(method, path string, body, out any, want int) {
	w.t.Helper()
	raw, _ := json.Marshal(body)
	request, _ := http.NewRequest(method, w.api.URL+"/sandbox/phone/api/"+path, bytes.NewReader(raw))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, _ := io.ReadAll(response.Body)
	if response.StatusCode != want {
		w.t.Fatalf("%s %s: %d %s", method, path, response.StatusCode, answer)
	}
	if out != nil {
		if err := json.Unmarshal(answer, out); err != nil {
			w.t.Fatalf("%s: %v", answer, err)
		}
	}
}

func (w *world) send(chat string, body m) Bubble {
	w.t.Helper()
	var out struct{ Bubble Bubble }
	w.call("POST", "chats/"+chat+"/messages", body, &out, 201)
	return out.Bubble
}

func (w *world) bubbles(chat string) []Bubble {
	w.t.Helper()
	var out struct{ Bubbles []Bubble }
	w.call("GET", "chats/"+chat+"/messages", nil, &out, 200)
	return out.Bubbles
}

func (w *world) graphSend(to string, body m) string {
	w.t.Helper()
	body["messaging_product"], body["to"] = "whatsapp", to
	raw, _ := json.Marshal(body)
	request, _ := http.NewRequest("POST", w.graph.URL+"/v25.0/"+numberID+"/messages", bytes.NewReader(raw))
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct{ Messages []struct{ ID string } }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || len(answer.Messages) != 1 {
		w.t.Fatalf("%d %v", response.StatusCode, err)
	}
	return answer.Messages[0].ID
}

func (w *world) botCall(method string, body m) m {
	w.t.Helper()
	raw, _ := json.Marshal(body)
	response, err := http.Post(w.bot.URL+"/bot"+botToken+"/"+method, "application/json", bytes.NewReader(raw))
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		OK          bool
		Description string
		Result      any
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || !answer.OK {
		w.t.Fatalf("%s: %s %v", method, answer.Description, err)
	}
	result, _ := answer.Result.(m)
	return result
}

// ana makes a phone on both channels and gives its two chats.
func (w *world) ana() (phone Phone, onWhatsApp, onTelegram string) {
	w.t.Helper()
	w.call("POST", "phones", m{"name": "Ana Souza", "phone": "+55 11 98765-4321"}, &phone, 201)
	var list struct{ Chats []Chat }
	w.call("GET", "phones/"+phone.ID+"/chats", nil, &list, 200)
	for _, chat := range list.Chats {
		if chat.Channel == WhatsAppChannel {
			onWhatsApp = chat.ID
		} else {
			onTelegram = chat.ID
		}
	}
	if phone.ID != "5511987654321" || len(phone.Accounts) != 2 || onWhatsApp == "" || onTelegram == "" {
		w.t.Fatalf("%+v %+v", phone, list)
	}
	return phone, onWhatsApp, onTelegram
}

func TestWhatsAppChat(t *testing.T) {
	w := start(t)
	phone, chat, _ := w.ana()
	mine := w.send(chat, m{"kind": "text", "text": "oi"})
	if mine.Dir != Mine || mine.Kind != "text" || mine.Text != "oi" || mine.Chat != chat {
		t.Fatalf("%+v", mine)
	}
	w.graphSend(phone.ID, m{"type": "interactive", "interactive": m{"type": "list", "body": m{"text": "Escolha"}, "header": m{"type": "text", "text": "Menu"},
		"footer": m{"text": "rodapé"}, "action": m{"button": "Ver", "sections": []m{{"title": "A", "rows": []m{{"id": "bolos", "title": "Bolos", "description": "hoje"}}}}}}})
	menu := w.bubbles(chat)[1]
	if menu.Dir != Theirs || menu.Kind != "list" || menu.Header.Text != "Menu" || menu.Footer != "rodapé" || menu.List.Sections[0].Rows[0].ID != "bolos" || menu.Text != "Escolha" {
		t.Fatalf("%+v", menu)
	}
	tap := w.send(chat, m{"kind": "tap", "bubble": menu.ID, "choice": "bolos"})
	if tap.Kind != "list_reply" || tap.Text != "Bolos" || tap.ReplyTo == nil || tap.ReplyTo.ID != menu.ID {
		t.Fatalf("%+v", tap)
	}
	w.call("POST", "chats/"+chat+"/messages", m{"kind": "tap", "bubble": menu.ID, "choice": "nada"}, nil, 409)
	if again := w.bubbles(chat)[1]; !again.List.Sections[0].Rows[0].Chosen {
		t.Fatal("the choice is not marked")
	}
	w.graphSend(phone.ID, m{"type": "interactive", "interactive": m{"type": "location_request_message", "body": m{"text": "Onde?"}, "action": m{"name": "send_location"}}})
	ask := w.bubbles(chat)[3]
	if place := w.send(chat, m{"kind": "tap", "bubble": ask.ID, "choice": ask.Rows[0][0].ID}); place.Location == nil || place.ReplyTo.ID != ask.ID {
		t.Fatalf("%+v", place)
	}
	// A reply button may be called like one of those.
	w.graphSend(phone.ID, m{"type": "interactive", "interactive": m{"type": "button", "body": m{"text": "?"}, "action": m{"buttons": []m{{"type": "reply", "reply": m{"id": "location", "title": "Endereço"}}}}}})
	buttons := w.bubbles(chat)[5]
	if reply := w.send(chat, m{"kind": "tap", "bubble": buttons.ID, "choice": "location"}); reply.Kind != "button_reply" || reply.Text != "Endereço" {
		t.Fatalf("%+v", reply)
	}
	if changed := w.send(chat, m{"kind": "reaction", "bubble": menu.ID, "emoji": "👍"}); changed.ID != menu.ID || len(changed.Reactions) != 1 || changed.Reactions[0] != (Reaction{Mine, "👍"}) {
		t.Fatalf("%+v", changed)
	}
	if changed := w.send(chat, m{"kind": "edit", "bubble": mine.ID, "text": "olá"}); changed.ID != mine.ID || changed.Text != "olá" || !changed.Edited {
		t.Fatalf("%+v", changed)
	}
	if changed := w.send(chat, m{"kind": "revoke", "bubble": mine.ID}); !changed.Deleted {
		t.Fatalf("%+v", changed)
	}
	if order := w.send(chat, m{"kind": "order", "catalog_id": "c1", "items": []m{{"id": "sku", "quantity": 2, "price": 19.9, "currency": "BRL"}}}); order.Kind != "order" || order.Products[0] != (Product{ID: "sku", Quantity: 2, Price: 19.9, Currency: "BRL"}) {
		t.Fatalf("%+v", order)
	}
	var read struct{ Read int }
	if w.call("POST", "chats/"+chat+"/read", nil, &read, 200); read.Read != 3 {
		t.Fatalf("%+v", read)
	}
	var wire Wire
	w.call("GET", "wire/"+url.PathEscape(menu.ID), nil, &wire, 200)
	if len(wire.Steps) < 1 || wire.Steps[0].Title != "call" || wire.Steps[0].RequestHeaders["Authorization"] != "Bearer ***" || !strings.Contains(wire.Steps[0].RequestBody, `"bolos"`) || wire.Steps[0].Status != 200 {
		t.Fatalf("%+v", wire)
	}
	raw, _ := json.Marshal(wire)
	if strings.Contains(string(raw), token) {
		t.Fatal("the token is shown")
	}
	var blocked Chat
	if w.call("POST", "chats/"+chat+"/block", m{"blocked": true}, &blocked, 200); !blocked.Blocked {
		t.Fatalf("%+v", blocked)
	}
	w.call("POST", "chats/"+chat+"/messages", m{"kind": "text", "text": "x"}, nil, 409)
	w.call("GET", "chats/w.1.2", nil, nil, 404)
	w.call("GET", "chats/nada", nil, nil, 404)
	w.call("POST", "phones", m{"name": " "}, nil, 422)
}

func TestTelegramChat(t *testing.T) {
	w := start(t)
	_, _, chat := w.ana()
	var state Chat
	if w.call("GET", "chats/"+chat, nil, &state, 200); state.Started {
		t.Fatal("started by itself")
	}
	if first := w.send(chat, m{"kind": "start", "payload": "promo"}); first.Text != "/start promo" {
		t.Fatalf("%+v", first)
	}
	user := strings.Split(chat, ".")[2]
	w.botCall("sendMessage", m{"chat_id": user, "text": "<b>Menu</b>", "parse_mode": "HTML", "reply_markup": m{"inline_keyboard": []any{[]m{{"text": "Bolos", "callback_data": "contact"}}, []m{{"text": "Site", "url": "https://example.com"}}}}})
	menu := w.bubbles(chat)[1]
	if menu.Kind != "buttons" || menu.Text != "Menu" || menu.Entities[0] != (Entity{Type: "bold", Length: 4}) || menu.Rows[0][0].Kind != "reply" || menu.Rows[1][0].Value != "https://example.com" {
		t.Fatalf("%+v", menu)
	}
	if press := w.send(chat, m{"kind": "tap", "bubble": menu.ID, "choice": "contact"}); press.Kind != "callback" || press.Text != "Bolos" || press.ReplyTo.ID != menu.ID {
		t.Fatalf("%+v", press)
	}
	w.botCall("sendMessage", m{"chat_id": user, "text": "Sim?", "reply_markup": m{"keyboard": []any{[]any{"Sim", m{"text": "Meu número", "request_contact": true}}}}})
	if w.call("GET", "chats/"+chat, nil, &state, 200); state.Keyboard == nil || state.Keyboard.Rows[0][0].Kind != "reply" || state.Keyboard.Rows[0][1].Kind != "contact" || state.Unread != 1 {
		t.Fatalf("%+v", state)
	}
	if key := w.send(chat, m{"kind": "key", "text": "Sim"}); key.Text != "Sim" {
		t.Fatalf("%+v", key)
	}
	if own := w.send(chat, m{"kind": "contact"}); own.Contacts[0].Phone != "5511987654321" {
		t.Fatalf("%+v", own)
	}
	w.call("POST", "chats/"+chat+"/messages", m{"kind": "revoke", "bubble": menu.ID}, nil, 409)
	if sticker := w.send(chat, m{"kind": "sticker", "emoji": "😀"}); sticker.Kind != "sticker" || sticker.Text != "😀" {
		t.Fatalf("%+v", sticker)
	}
}

func TestMediaOfBothChannels(t *testing.T) {
	w := start(t)
	_, onWhatsApp, onTelegram := w.ana()
	w.send(onTelegram, m{"kind": "start"})
	for _, chat := range []string{onWhatsApp, onTelegram} {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		_ = form.WriteField("kind", "image")
		_ = form.WriteField("caption", "veja")
		part, _ := form.CreateFormFile("file", "a.png")
		_, _ = part.Write([]byte("\x89PNG\r\n\x1a\nrest"))
		_ = form.Close()
		response, err := http.Post(w.api.URL+"/sandbox/phone/api/chats/"+chat+"/media", form.FormDataContentType(), &body)
		if err != nil {
			t.Fatal(err)
		}
		var out struct{ Bubble Bubble }
		_ = json.NewDecoder(response.Body).Decode(&out)
		_ = response.Body.Close()
		if response.StatusCode != 201 || out.Bubble.Kind != "image" || out.Bubble.Text != "veja" || out.Bubble.Media == nil {
			t.Fatalf("%d %+v", response.StatusCode, out)
		}
		for _, bubble := range []Bubble{out.Bubble, w.send(chat, m{"kind": "voice", "seconds": 2}), w.send(chat, m{"kind": "sticker"})} {
			response, err := http.Get(w.api.URL + bubble.Media.URL)
			if err != nil {
				t.Fatal(err)
			}
			raw, _ := io.ReadAll(response.Body)
			_ = response.Body.Close()
			if response.StatusCode != 200 || len(raw) == 0 || response.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Fatalf("%s: %d", bubble.Media.URL, response.StatusCode)
			}
		}
	}
}

func TestBuiltInFilesAreWhatTheyClaim(t *testing.T) {
	if kind := http.DetectContentType(stickerFile()); kind != "image/webp" {
		t.Fatalf("sticker is %s", kind)
	}
	voice := voiceFile(2)
	if kind := http.DetectContentType(voice); kind != "application/ogg" || bytes.Count(voice, []byte("OggS")) != 4 || !bytes.Contains(voice, []byte("OpusHead")) {
		t.Fatalf("voice is %s", kind)
	}
}

func TestPeopleWithoutNumberAndWithTwoSpellings(t *testing.T) {
	w := start(t)
	if _, err := w.meta.PutCustomer(meta.Customer{Username: "bia", Name: "Bia"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.meta.PutCustomer(meta.Customer{WaID: "554899887766", Name: "Conta antiga"}); err != nil {
		t.Fatal(err)
	}
	var made Phone
	w.call("POST", "phones", m{"name": "Conta antiga", "phone": "5548999887766"}, &made, 201)
	if made.ID != "554899887766" || len(made.Accounts) != 2 {
		t.Fatalf("%+v", made)
	}
	var list struct{ Phones []Phone }
	w.call("GET", "phones", nil, &list, 200)
	if len(list.Phones) != 2 || list.Phones[0].Phone != "" || list.Phones[0].Accounts[0].Address != "@bia" {
		t.Fatalf("%+v", list)
	}
	bia := list.Phones[0]
	var chats struct{ Chats []Chat }
	w.call("GET", "phones/"+bia.ID+"/chats", nil, &chats, 200)
	if sent := w.send(chats.Chats[0].ID, m{"kind": "text", "text": "oi"}); sent.Dir != Mine {
		t.Fatalf("%+v", sent)
	}
	var random Phone
	w.call("POST", "phones", m{"name": "Caio", "channels": []string{"telegram"}}, &random, 201)
	var renamed Phone
	if w.call("PATCH", "phones/"+random.ID, m{"name": "Caio Lima"}, &renamed, 200); renamed.Name != "Caio Lima" {
		t.Fatalf("%+v", renamed)
	}
}

// TestEvents reads a live stream while both sides act.
func TestEvents(t *testing.T) {
	w := start(t)
	phone, onWhatsApp, onTelegram := w.ana()
	w.send(onTelegram, m{"kind": "start"})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	request, _ := http.NewRequestWithContext(ctx, "GET", w.api.URL+"/sandbox/phone/api/events?phone="+phone.ID, nil)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatal(response.Header)
	}
	lines := bufio.NewScanner(response.Body)
	untilAny := func(want func(event string, body m) bool) {
		t.Helper()
		kind := ""
		for lines.Scan() {
			line := lines.Text()
			if name, ok := strings.CutPrefix(line, "event: "); ok {
				kind = name
			}
			if data, ok := strings.CutPrefix(line, "data: "); ok {
				var body m
				if err := json.Unmarshal([]byte(data), &body); err != nil {
					t.Fatalf("%s: %v", data, err)
				}
				if want(kind, body) {
					return
				}
			}
		}
		t.Fatalf("what was waited for did not come: %v", lines.Err())
	}
	until := func(event string, want func(m) bool) {
		t.Helper()
		untilAny(func(kind string, body m) bool { return kind == event && want(body) })
	}
	tick := func(want string) func(m) bool {
		return func(body m) bool { return body["bubble"].(m)["tick"] == want }
	}
	until("hello", func(m) bool { return true })
	mine := w.send(onWhatsApp, m{"kind": "text", "text": "oi"})
	until("bubble", tick("delivered"))
	raw, _ := json.Marshal(m{"messaging_product": "whatsapp", "status": "read", "message_id": strings.TrimPrefix(mine.ID, whatsappID), "typing_indicator": m{"type": "text"}})
	read, _ := http.NewRequest("POST", w.graph.URL+"/v25.0/"+numberID+"/messages", bytes.NewReader(raw))
	read.Header.Set("Authorization", "Bearer "+token)
	if answer, err := http.DefaultClient.Do(read); err != nil || answer.StatusCode != 200 {
		t.Fatalf("%v %v", answer, err)
	}
	// Both are told at once, in any order.
	begun, seen := false, false
	untilAny(func(event string, body m) bool {
		begun = begun || event == "typing" && body["typing"] == true && body["chat"] == onWhatsApp
		seen = seen || event == "bubble" && tick("read")(body)
		return begun && seen
	})
	w.graphSend(phone.ID, m{"type": "text", "text": m{"body": "olá"}})
	until("typing", func(body m) bool { return body["typing"] == false })
	until("bubble", func(body m) bool {
		return body["bubble"].(m)["tick"] == "delivered" && body["bubble"].(m)["dir"] == Theirs
	})
	until("chat", func(body m) bool { return body["chat"].(m)["unread"] == float64(1) })
	w.botCall("sendMessage", m{"chat_id": strings.Split(onTelegram, ".")[2], "text": "oi"})
	until("bubble", func(body m) bool { return body["chat"] == onTelegram })
	w.call("POST", "phones", m{"name": "Outra"}, nil, 201)
	until("phones", func(m) bool { return true })
}

func TestPaging(t *testing.T) {
	w := start(t)
	_, chat, _ := w.ana()
	for i := range 7 {
		w.send(chat, m{"kind": "text", "text": fmt.Sprint(i)})
	}
	var page struct {
		Bubbles []Bubble
		More    bool
	}
	w.call("GET", "chats/"+chat+"/messages?limit=3", nil, &page, 200)
	if !page.More || page.Bubbles[0].Text != "4" {
		t.Fatalf("%+v", page)
	}
	w.call("GET", "chats/"+chat+"/messages?limit=10&before="+url.QueryEscape(page.Bubbles[0].ID), nil, &page, 200)
	if page.More || len(page.Bubbles) != 4 || page.Bubbles[3].Text != "3" {
		t.Fatalf("%+v", page)
	}
	w.call("GET", "chats/"+chat+"/messages?limit=0", nil, nil, 422)
}

// Customers who get a telephone in the same moment get a number each: with one
// number they would be one customer to the platforms.
func TestTelephonesOfOneMomentHaveNumbersOfTheirOwn(t *testing.T) {
	w := start(t)
	const people = 200
	var making sync.WaitGroup
	for n := range people {
		making.Go(func() {
			body := fmt.Sprintf(`{"name":"Pessoa %d","channels":["whatsapp"]}`, n)
			response, err := http.Post(w.api.URL+"/sandbox/phone/api/phones", "application/json", strings.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			_ = response.Body.Close()
		})
	}
	making.Wait()
	if made := len(w.meta.Customers()); made != people {
		t.Fatalf("%d people are %d customers", people, made)
	}
}
