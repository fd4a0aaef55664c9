package phone

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"prosa/internal/sandbox/messenger"
)

const (
	fbPage    = "940000000000001"
	instagram = "17841400000000001"
	pageToken = "EAApage"
)

// pageWorld is the simulator of Messenger and Instagram with the phones over it.
type pageWorld struct {
	*world
	pages *messenger.Server
}

func startPages(t *testing.T) *pageWorld {
	t.Helper()
	base := start(t)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	t.Cleanup(hook.Close)
	pages, err := messenger.New(messenger.Config{DeliveryDelay: -1})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = pages.Run(ctx)
	}()
	t.Cleanup(func() { cancel(); <-done })
	both := map[string]string{"page": hook.URL, "instagram": hook.URL}
	if _, err := pages.PutApp(messenger.App{ID: "901", Secret: "s", Callbacks: both}); err != nil {
		t.Fatal(err)
	}
	if _, err := pages.PutPage(messenger.Page{ID: fbPage, App: "901", Name: "Loja", Token: pageToken, Subscriptions: map[string][]string{"901": nil}}); err != nil {
		t.Fatal(err)
	}
	if _, err := pages.PutInstagram(messenger.Instagram{ID: instagram, Flavour: messenger.FlavourPage, Page: fbPage, User: "loja", Name: "Loja"}); err != nil {
		t.Fatal(err)
	}
	handler := New(Config{Meta: base.meta, Telegram: base.telegram, Pages: pages})
	base.api.Close()
	mux := http.NewServeMux()
	mux.Handle("/sandbox/phone/api/", handler)
	mux.Handle("/", pages)
	base.api = httptest.NewServer(mux)
	t.Cleanup(base.api.Close)
	return &pageWorld{base, pages}
}

// answer lets the business send a message on the channel.
func (w *pageWorld) answer(account, person string, body m) {
	w.t.Helper()
	var scoped struct{ ID string }
	w.call("GET", "../../../_sandbox/people/"+person+"/scoped/"+account, nil, &scoped, 200)
	w.call("POST", "../../../v25.0/me/messages?access_token="+pageToken, m{"recipient": m{"id": scoped.ID}, "messaging_type": "RESPONSE", "message": body}, nil, 200)
}

func (w *pageWorld) person(channels ...string) (phone Phone, chats map[string]Chat) {
	w.t.Helper()
	w.call("POST", "phones", m{"name": "Ana Souza", "phone": "+5511987654321", "channels": channels}, &phone, 201)
	var list struct{ Chats []Chat }
	w.call("GET", "phones/"+phone.ID+"/chats", nil, &list, 200)
	chats = map[string]Chat{}
	for _, chat := range list.Chats {
		chats[chat.Channel] = chat
	}
	return phone, chats
}

func TestOneTelephoneSpeaksAllFour(t *testing.T) {
	w := startPages(t)
	phone, chats := w.person("whatsapp", "telegram", "messenger", "instagram")
	if len(phone.Accounts) != 4 || len(chats) != 4 {
		t.Fatalf("%+v %+v", phone, chats)
	}
	var businesses struct{ Businesses []Business }
	w.call("GET", "businesses", nil, &businesses, 200)
	for _, business := range businesses.Businesses {
		if !business.Ready {
			t.Errorf("%+v", business)
		}
	}
	if chats["messenger"].Started || !chats["instagram"].Started {
		t.Error("Messenger begins with Get Started, Instagram does not")
	}
	w.call("PATCH", "phones/"+phone.ID, m{"name": "Ana Lima", "read_receipts": false}, &phone, 200)
	if person := w.pages.People()[0]; person.Name != "Ana Lima" || !person.NoReceipts {
		t.Fatalf("%+v", person)
	}
	var only Phone
	w.call("POST", "phones", m{"name": "Bia", "channels": []string{"messenger"}}, &only, 201)
	var mine struct{ Chats []Chat }
	w.call("GET", "phones/"+only.ID+"/chats", nil, &mine, 200)
	if len(only.Accounts) != 1 || len(mine.Chats) != 1 {
		t.Fatalf("%+v", only)
	}
}

// TestWhatATelephoneSendsToAPage sends each kind and looks at its bubble.
func TestWhatATelephoneSendsToAPage(t *testing.T) {
	w := startPages(t)
	_, chats := w.person("messenger", "instagram")
	page, gram := chats["messenger"].ID, chats["instagram"].ID
	cases := []struct {
		chat string
		send m
		kind string
		ok   func(Bubble) bool
	}{
		{page, m{"kind": "start"}, "button_reply", func(b Bubble) bool { return b.Text == "Começar" }},
		{page, m{"kind": "text", "text": "oi"}, "text", func(b Bubble) bool { return b.Dir == Mine && b.Text == "oi" }},
		{page, m{"kind": "sticker"}, "sticker", func(b Bubble) bool { return b.Text == "👍" }},
		{gram, m{"kind": "sticker"}, "sticker", func(b Bubble) bool { return b.Text == "❤️" }},
		{gram, m{"kind": "voice"}, "voice", func(b Bubble) bool { return b.Media.Voice && b.Media.URL != "" }},
		{page, m{"kind": "location", "latitude": -23.5, "longitude": -46.6, "name": "Casa"}, "location", func(b Bubble) bool { return b.Location.Name == "Casa" && b.Location.Latitude == -23.5 }},
		{page, m{"kind": "share", "url": "https://facebook.com/1", "name": "Promo"}, "share", func(b Bubble) bool { return b.Share.Kind == "post" && b.Share.Title == "Promo" }},
		{gram, m{"kind": "reel", "url": "https://instagram.com/reel/1"}, "share", func(b Bubble) bool { return b.Share.Kind == "reel" }},
		{gram, m{"kind": "story_reply", "text": "quanto?"}, "story_reply", func(b Bubble) bool { return b.Story.Media.MIME == "image/png" && b.Text == "quanto?" }},
		{gram, m{"kind": "story_mention"}, "story_mention", func(b Bubble) bool { return b.Story.Media != nil }},
		{gram, m{"kind": "link", "payload": "promo"}, "system", func(b Bubble) bool { return b.Notice == "promo" }},
		{page, m{"kind": "ad", "text": "quero", "name": "Canecas"}, "text", func(b Bubble) bool { return b.Text == "quero" }},
		{gram, m{"kind": "unsupported"}, "unsupported", func(Bubble) bool { return true }},
	}
	for _, c := range cases {
		if b := w.send(c.chat, c.send); b.Kind != c.kind || !c.ok(b) {
			t.Errorf("%v: %+v", c.send, b)
		}
	}
	w.call("POST", "chats/"+page+"/messages", m{"kind": "order"}, nil, 409)
	own := w.send(gram, m{"kind": "text", "text": "um"})
	if b := w.send(gram, m{"kind": "edit", "bubble": own.ID, "text": "dois"}); !b.Edited || b.Text != "dois" || b.ID != own.ID {
		t.Errorf("%+v", b)
	}
	if b := w.send(gram, m{"kind": "reaction", "bubble": own.ID, "emoji": "👍"}); len(b.Reactions) != 1 {
		t.Errorf("%+v", b)
	}
	if b := w.send(gram, m{"kind": "revoke", "bubble": own.ID}); !b.Deleted {
		t.Errorf("%+v", b)
	}
	if b := w.send(gram, m{"kind": "text", "text": "sobre", "reply_to": own.ID}); b.ReplyTo == nil || b.ReplyTo.Dir != Mine {
		t.Errorf("%+v", b)
	}
	var wire Wire
	// The webhook leaves after the answer: what stands behind a bubble comes with it.
	for deadline := time.Now().Add(10 * time.Second); len(wire.Steps) == 0 && time.Now().Before(deadline); {
		w.call("GET", "wire/"+own.ID, nil, &wire, 200)
	}
	if len(wire.Steps) == 0 || wire.Steps[0].Direction != "to_business" {
		t.Errorf("%+v", wire)
	}
}

// TestWhatAPageOffers draws quick replies, buttons and cards, and taps them.
func TestWhatAPageOffers(t *testing.T) {
	w := startPages(t)
	phone, chats := w.person("messenger", "instagram")
	page, gram := chats["messenger"].ID, chats["instagram"].ID
	w.send(page, m{"kind": "text", "text": "oi"})
	w.send(gram, m{"kind": "text", "text": "oi"})
	last := func(chat string) Bubble { bubbles := w.bubbles(chat); return bubbles[len(bubbles)-1] }

	w.answer(fbPage, phone.ID, m{"text": "Quer?", "quick_replies": []m{{"content_type": "text", "title": "Sim", "payload": "yes"}, {"content_type": "user_phone_number"}}})
	asked := last(page)
	if len(asked.Quick) != 2 || asked.Quick[0].Text != "Sim" || asked.Quick[1].Kind != "contact" {
		t.Fatalf("%+v", asked)
	}
	if b := w.send(page, m{"kind": "tap", "bubble": asked.ID, "choice": "yes"}); b.Kind != "button_reply" || b.Text != "Sim" {
		t.Fatalf("%+v", b)
	}
	w.answer(fbPage, phone.ID, m{"attachment": m{"type": "template", "payload": m{"template_type": "button", "text": "E agora?", "buttons": []m{
		{"type": "postback", "title": "Comprar", "payload": "buy"}, {"type": "web_url", "title": "Ver", "url": "https://loja.example"}, {"type": "phone_number", "title": "Ligar", "payload": "+551140032026"},
	}}}})
	buttons := last(page)
	if buttons.Kind != "buttons" || len(buttons.Rows) != 3 || buttons.Rows[1][0].Kind != "url" || buttons.Rows[2][0].Value != "+551140032026" {
		t.Fatalf("%+v", buttons)
	}
	w.send(page, m{"kind": "tap", "bubble": buttons.ID, "choice": "buy"})
	w.answer(instagram, phone.ID, m{"attachment": m{"type": "template", "payload": m{"template_type": "generic", "elements": []m{
		{"title": "Caneca", "subtitle": "R$ 30", "image_url": "https://loja.example/a.png", "buttons": []m{{"type": "postback", "title": "Quero", "payload": "c1"}}},
	}}}})
	cards := last(gram)
	if cards.Kind != "carousel" || cards.Cards[0].Title != "Caneca" || cards.Cards[0].Header.Media == nil || cards.Cards[0].Rows[0][0].ID != "c1" {
		t.Fatalf("%+v", cards)
	}
	w.answer(fbPage, phone.ID, m{"attachments": []m{{"type": "image", "payload": m{"url": "https://loja.example/a.png"}}, {"type": "image", "payload": m{"url": "https://loja.example/b.png"}}}})
	if b := last(page); b.Kind != "image" || len(b.Images) != 2 {
		t.Fatalf("%+v", b)
	}
	var chat Chat
	w.call("GET", "chats/"+page, nil, &chat, 200)
	if chat.Unread != 3 || chat.WindowUntil == 0 {
		t.Fatalf("%+v", chat)
	}
	w.call("POST", "chats/"+page+"/read", m{}, nil, 200)
	w.call("POST", "chats/"+page+"/block", m{"blocked": true}, &chat, 200)
	if chat.Unread != 0 || !chat.Blocked {
		t.Fatalf("%+v", chat)
	}
	if raw := buttons.ID; !strings.HasPrefix(raw, messengerID) {
		t.Fatal(raw)
	}
}
