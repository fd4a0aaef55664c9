package messenger

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

var update = flag.Bool("update", false, "write the golden files")

var png = []byte("\x89PNG\r\n\x1a\n picture")

// TestWhatTheWebhookSays compares each kind of event with its golden file.
func TestWhatTheWebhookSays(t *testing.T) {
	film := Upload{Data: []byte("film"), MIME: "video/mp4", Kind: "video"}
	cases := []struct {
		name string
		act  Action
	}{
		{"text", Action{Do: "text", Text: "Olá, tudo bem? 😀"}},
		{"image", Action{Do: "image", Data: png, MIME: "image/png", Filename: "a.png", Text: "veja"}},
		{"images", Action{Do: "images", Data: png, MIME: "image/png", Files: []Upload{{Data: png, MIME: "image/png"}, film}}},
		{"audio", Action{Do: "audio", Data: []byte("x"), MIME: "audio/mp4"}},
		{"file", Action{Do: "file", Data: []byte("x"), MIME: "application/pdf", Filename: "nota fiscal.pdf"}},
		{"thumb", Action{Do: "sticker"}},
		{"heart", Action{Account: igID, Do: "heart"}},
		{"location", Action{Do: "location", Latitude: -23.5, Longitude: -46.6, Title: "Casa"}},
		{"share_page", Action{Do: "share", URL: "https://facebook.com/1", Title: "Promoção"}},
		{"share_instagram", Action{Account: igID, Do: "share", URL: "https://instagram.com/p/1"}},
		{"reel_page", Action{Do: "reel", URL: "https://facebook.com/reel/1", Title: "Bastidores"}},
		{"reel_instagram", Action{Account: igID, Do: "reel", URL: "https://instagram.com/reel/1"}},
		{"story_reply", Action{Account: igID, Do: "story_reply", Text: "quanto?", Data: png, MIME: "image/png"}},
		{"story_mention", Action{Account: loginID, Do: "story_mention", Data: png, MIME: "image/png"}},
		{"unsupported_page", Action{Do: "unsupported"}},
		{"unsupported_instagram", Action{Account: igID, Do: "unsupported"}},
		{"get_started", Action{Do: "get_started"}},
		{"postback_with_referral", Action{Do: "postback", Choice: "MENU", Title: "Menu", Referral: map[string]any{"ref": "promo", "source": "SHORTLINK", "type": "OPEN_THREAD"}}},
		{"referral_page", Action{Do: "referral", Referral: map[string]any{"ref": "promo", "source": "SHORTLINK", "type": "OPEN_THREAD"}}},
		{"referral_instagram", Action{Account: igID, Do: "referral", Referral: map[string]any{"ref": "promo", "source": "IGME-SOURCE-LINK", "type": "OPEN_THREAD"}}},
		{"ad", Action{Do: "text", Text: "quero", Referral: map[string]any{"source": "ADS", "type": "OPEN_THREAD", "ad_id": "61", "ads_context_data": map[string]any{"ad_title": "Canecas"}}}},
		{"product", Action{Account: igID, Do: "text", Text: "tem azul?", Product: "77"}},
		{"optin", Action{Do: "optin", Topic: "Novidades"}},
		{"optout", Action{Do: "optout", Topic: "Novidades"}},
		{"pass", Action{Do: "pass_control", Text: "atenda"}},
		{"take", Action{Do: "take_control"}},
		{"request", Action{Account: igID, Do: "request_control"}},
		{"roles", Action{Do: "app_roles"}},
		{"policy", Action{Do: "policy", Text: "The page breaks a rule."}},
		{"comment_page", Action{Do: "comment", Text: "preço?"}},
		{"comment_instagram", Action{Account: igID, Do: "comment", Text: "preço?"}},
		{"page_inbox", Action{Do: "page_reply", Text: "Boa tarde, aqui é a Bia"}},
		{"page_inbox_instagram", Action{Account: igID, Do: "page_reply", Text: "Boa tarde"}},
	}
	changing := []struct {
		from *regexp.Regexp
		to   string
	}{
		{regexp.MustCompile(`http://127\.0\.0\.1:\d+/media/\d+/[^/"]+/`), "CDN/"},
		{regexp.MustCompile(`(m_|aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlE)[A-Za-z0-9_-]{32}`), "${1}MID"},
		{regexp.MustCompile(`"(comment_id|id)": "(\d+_\d+_)?2\d{16}"`), `"$1": "${2}COMMENT"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := start(t, Config{})
			w.act(c.act)
			items := w.items()
			raw, err := json.MarshalIndent(items, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			for _, change := range changing {
				raw = change.from.ReplaceAll(raw, []byte(change.to))
			}
			golden := filepath.Join("testdata", c.name+".json")
			if *update {
				if err := os.WriteFile(golden, append(raw, '\n'), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || strings.TrimSpace(string(want)) != string(raw) {
				t.Fatalf("%v\n%s", err, raw)
			}
		})
	}
}

func TestTheBytesAreMetas(t *testing.T) {
	w := start(t, Config{})
	w.act(Action{Do: "text", Text: "ação/😀"})
	got := w.receiver.next(t)
	if !strings.Contains(string(got.body), `a\u00e7\u00e3o\/\ud83d\ude00`) || got.signature != Sign(secret, got.body) {
		t.Fatalf("%s", got.body)
	}
}

func TestReadsAndDeliveries(t *testing.T) {
	w := start(t, Config{DeliveryDelay: time.Millisecond})
	w.hear(pageID)
	status, raw := w.send(pageID, text("um"))
	if status != 200 {
		t.Fatalf("%s", raw)
	}
	var answer sendAnswer
	_ = json.Unmarshal(raw, &answer)
	var delivery map[string]any
	for range 2 { // the echo and the delivery, in either order
		item := w.item("")
		if found, ok := item["delivery"].(map[string]any); ok {
			delivery = found
		}
	}
	if delivery["mids"].([]any)[0] != answer.Message || delivery["watermark"] == nil {
		t.Fatalf("%v", delivery)
	}
	w.act(Action{Do: "read"})
	if read := w.item("read"); read["watermark"] == nil || read["mid"] != nil {
		t.Fatalf("%v", read)
	}
	if n, _ := w.server.Read(pageID, ana); n != 0 {
		t.Fatal("read twice")
	}
	settings := w.server.Settings()
	settings.DeliveryMids = false
	w.server.ChangeSettings(settings)
	if status, raw = w.send(pageID, text("dois")); status != 200 {
		t.Fatalf("%s", raw)
	}
	for range 2 {
		if found, ok := w.item("")["delivery"].(map[string]any); ok && found["mids"] != nil {
			t.Fatalf("%v", found)
		}
	}
	w.hear(igID)
	mid := w.sent(igID, text("oi"))
	w.act(Action{Account: igID, Do: "read"})
	if read := w.item("read"); read["mid"] != mid || read["watermark"] != nil {
		t.Fatalf("Instagram names the message and tells no delivery: %v", read)
	}
}

func TestTheEchoMayComeFirst(t *testing.T) {
	w := start(t, Config{})
	w.hear(pageID)
	settings := w.server.Settings()
	settings.EchoFirst = true
	w.server.ChangeSettings(settings)
	if status, raw := w.send(pageID, text("oi")); status != 200 {
		t.Fatalf("%s", raw)
	}
	select {
	case got := <-w.receiver.got:
		if !strings.Contains(string(got.body), "is_echo") {
			t.Fatalf("%s", got.body)
		}
	default:
		t.Fatal("the answer came before the echo")
	}
}

func TestChangesToEarlierMessages(t *testing.T) {
	w := start(t, Config{})
	first := w.hear(pageID)
	w.act(Action{Do: "edit", Message: first.ID, Text: "olá"})
	if edit := w.item("message_edit"); edit["text"] != "olá" || edit["num_edit"] != float64(1) || edit["mid"] != first.ID {
		t.Fatalf("%v", edit)
	}
	for range maxEdits - 1 {
		w.act(Action{Do: "edit", Message: first.ID, Text: "olá!"})
		w.item("message_edit")
	}
	if _, err := w.server.Act(ana, Action{Account: pageID, Do: "edit", Message: first.ID, Text: "x"}); fault.CodeOf(err) != fault.Refused {
		t.Fatalf("a sixth edit: %v", err)
	}
	if _, err := w.server.Act(ana, Action{Account: pageID, Do: "unsend", Message: first.ID}); fault.CodeOf(err) != fault.Refused {
		t.Fatalf("%v", err)
	}
	w.act(Action{Do: "reaction", Message: first.ID, Emoji: "🤠"})
	if reaction := w.item("reaction"); reaction["reaction"] != "other" || reaction["emoji"] != "🤠" {
		t.Fatalf("%v", reaction)
	}
	w.act(Action{Do: "reaction", Message: first.ID})
	if reaction := w.item("reaction"); reaction["action"] != "unreact" || reaction["emoji"] != nil {
		t.Fatalf("%v", reaction)
	}
	there := w.hear(igID)
	w.act(Action{Account: igID, Do: "unsend", Message: there.ID})
	if gone := w.item("message"); gone["is_deleted"] != true || gone["mid"] != there.ID {
		t.Fatalf("%v", gone)
	}
	w.act(Action{Do: "text", Text: "sobre isso", ReplyTo: first.ID})
	if reply := w.item("message"); reply["reply_to"].(map[string]any)["mid"] != first.ID {
		t.Fatalf("%v", reply)
	}
}

func TestTaps(t *testing.T) {
	w := start(t, Config{})
	w.hear(pageID)
	quick := []any{
		map[string]any{"content_type": "text", "title": "Sim", "payload": "yes"},
		map[string]any{"content_type": "user_phone_number"}, map[string]any{"content_type": "user_email"},
	}
	asked := w.sent(pageID, map[string]any{"message": map[string]any{"text": "Quer?", "quick_replies": quick}})
	if _, err := w.server.Act(ana, Action{Account: pageID, Do: "tap", Message: asked, Choice: "no"}); fault.CodeOf(err) != fault.Refused {
		t.Fatalf("%v", err)
	}
	w.act(Action{Do: "tap", Message: asked, Choice: "yes"})
	if tap := w.item("message"); tap["text"] != "Sim" || tap["quick_reply"].(map[string]any)["payload"] != "yes" {
		t.Fatalf("%v", tap)
	}
	if _, err := w.server.Act(ana, Action{Account: pageID, Do: "tap", Message: asked, Choice: "yes"}); fault.CodeOf(err) != fault.Refused {
		t.Fatalf("quick replies vanish: %v", err)
	}
	asked = w.sent(pageID, map[string]any{"message": map[string]any{"text": "Telefone?", "quick_replies": quick}})
	w.act(Action{Do: "tap", Message: asked, Choice: "user_phone_number"})
	if tap := w.item("message"); tap["text"] != "+5511900000000" {
		t.Fatalf("%v", tap)
	}
	cards := w.sent(igID2(w), template(map[string]any{"template_type": "generic", "elements": []any{
		map[string]any{"title": "Caneca", "buttons": []any{map[string]any{"type": "postback", "title": "Comprar", "payload": "buy-1"}}},
	}}))
	w.act(Action{Account: igID, Do: "tap", Message: cards, Choice: "buy-1"})
	if postback := w.item("postback"); postback["payload"] != "buy-1" || postback["title"] != "Comprar" {
		t.Fatalf("%v", postback)
	}
}

// igID2 lets Ana write to the Instagram account first.
func igID2(w *world) string {
	w.hear(igID)
	return igID
}

func TestAnotherAppHoldsTheThread(t *testing.T) {
	w := start(t, Config{})
	w.hear(pageID)
	recipient := map[string]any{"id": scopedID(pageID, ana)}
	if status, raw := w.graph("POST", "/me/pass_thread_control", map[string]any{"recipient": recipient, "target_app_id": pageInbox, "metadata": "x"}); status != 200 {
		t.Fatalf("%s", raw)
	}
	if _, raw := w.send(pageID, text("oi")); graphErr(t, raw).Subcode != 2018300 {
		t.Fatalf("%s", raw)
	}
	w.act(Action{Do: "text", Text: "alguém?"})
	got := w.receiver.next(t)
	if !strings.Contains(string(got.body), `"standby":[`) || strings.Contains(string(got.body), `"messaging"`) {
		t.Fatalf("%s", got.body)
	}
	if status, raw := w.graph("POST", "/me/take_thread_control", map[string]any{"recipient": recipient}); status != 200 {
		t.Fatalf("%s", raw)
	}
	w.sent(pageID, text("voltei"))
	w.graph("POST", "/me/release_thread_control", map[string]any{"recipient": recipient})
	if view, _ := w.server.View(pageID, ana); view.Owner != pageInbox {
		t.Fatalf("%+v", view)
	}
	if _, raw := w.graph("POST", "/me/pass_thread_control", map[string]any{"recipient": recipient, "target_app_id": "5"}); graphErr(t, raw).Code != 10 {
		t.Fatalf("%s", raw)
	}
	w.act(Action{Do: "pass_control"})
	if pass := w.item("pass_thread_control"); pass["new_owner_app_id"] != appID {
		t.Fatalf("%v", pass)
	}
	w.sent(pageID, text("de novo"))
}

func TestPrivateRepliesAndTopics(t *testing.T) {
	w := start(t, Config{})
	w.act(Action{Do: "comment", Text: "preço?"})
	comment := w.item("value")["comment_id"].(string)
	reply := map[string]any{"recipient": map[string]any{"comment_id": comment}, "message": map[string]any{"text": "R$ 30"}}
	w.sent(pageID, reply)
	if _, raw := w.send(pageID, reply); graphErr(t, raw).Code != 10900 {
		t.Fatalf("%s", raw)
	}
	w.act(Action{Do: "optin", Topic: "Ofertas"})
	news := map[string]any{"recipient": map[string]any{"notification_messages_token": w.item("optin")["notification_messages_token"]}, "messaging_type": "UPDATE", "message": map[string]any{"text": "Oferta"}}
	w.sent(pageID, news)
	w.act(Action{Do: "optout", Topic: "Ofertas"})
	w.item("optin")
	if _, raw := w.send(pageID, news); graphErr(t, raw).Subcode != 2018317 {
		t.Fatalf("%s", raw)
	}
}

func TestRepeatsAndFaultsOfWebhooks(t *testing.T) {
	t.Run("until it is answered", func(t *testing.T) {
		w := start(t, Config{WebhookGaps: []time.Duration{time.Millisecond}})
		w.receiver.answer = func(n int) int {
			if n < 4 {
				return http.StatusServiceUnavailable
			}
			return http.StatusOK
		}
		w.act(Action{Do: "text", Text: "oi"})
		first := w.receiver.next(t)
		for range 3 {
			if again := w.receiver.next(t); string(again.body) != string(first.body) || again.signature != first.signature {
				t.Fatalf("%s", again.body)
			}
		}
	})
	t.Run("twice", func(t *testing.T) {
		w := start(t, Config{})
		w.fault(stage.Rule{On: "webhook", Do: stage.DoDuplicate})
		w.act(Action{Do: "text", Text: "oi"})
		if a, b := w.receiver.next(t), w.receiver.next(t); string(a.body) != string(b.body) {
			t.Fatal("not the same")
		}
	})
	t.Run("never", func(t *testing.T) {
		w := start(t, Config{WebhookBatch: 1})
		w.fault(stage.Rule{On: "webhook", Do: stage.DoDrop, Count: 1})
		w.act(Action{Do: "text", Text: "um"})
		w.act(Action{Do: "text", Text: "dois"})
		if got := w.item("message"); got["text"] != "dois" {
			t.Fatalf("%v", got)
		}
	})
	t.Run("out of order", func(t *testing.T) {
		w := start(t, Config{WebhookBatch: 1})
		w.fault(stage.Rule{On: "webhook", Do: stage.DoReorder, Count: 1})
		w.act(Action{Do: "text", Text: "um"})
		w.act(Action{Do: "text", Text: "dois"})
		if a, b := w.item("message"), w.item("message"); a["text"] != "dois" || b["text"] != "um" {
			t.Fatalf("%v %v", a, b)
		}
	})
}

func TestABatchHoldsSeveralEntries(t *testing.T) {
	w := start(t, Config{WebhookLanes: 1})
	w.stop() // what is done now waits for the next run
	dir := t.TempDir()
	server, err := New(Config{Dir: dir, Clock: w.clock, WebhookLanes: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	_, _ = server.PutApp(App{ID: appID, Secret: secret, Callbacks: map[string]string{"page": "http://example.invalid"}})
	for _, id := range []string{"11", "12"} {
		if _, err := server.PutPage(Page{ID: id, App: appID, Subscriptions: map[string][]string{appID: nil}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := server.PutPerson(Person{ID: ana, Name: "Ana"}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"11", "11", "12"} {
		if _, err := server.Act(ana, Action{Account: id, Do: "text", Text: "oi"}); err != nil {
			t.Fatal(err)
		}
	}
	var batch []*event
	for _, l := range server.hooks.lanes {
		batch = append(batch, l.waiting...)
	}
	p := server.hooks.pack(&lane{app: appID}, batch)
	var body envelope
	if err := json.Unmarshal(p.body, &body); err != nil || len(body.Entry) != 2 || len(body.Entry[0].Messaging) != 2 || len(body.Entry[1].Messaging) != 1 {
		t.Fatalf("%s", p.body)
	}
}
