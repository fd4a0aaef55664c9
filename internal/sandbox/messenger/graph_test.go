package messenger

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"prosa/internal/sandbox/stage"
)

func TestATextGoesOutAndComesBackAsAnEcho(t *testing.T) {
	for _, account := range []string{pageID, igID, loginID} {
		t.Run(account, func(t *testing.T) {
			w := start(t, Config{})
			w.hear(account)
			status, raw := w.send(account, map[string]any{"message": map[string]any{"text": "Olá", "metadata": "pz_1"}})
			var answer sendAnswer
			if err := json.Unmarshal(raw, &answer); err != nil || status != 200 || answer.Recipient != scopedID(account, ana) {
				t.Fatalf("%d %s", status, raw)
			}
			item := w.item("")
			echo := item["message"].(map[string]any)
			if echo["mid"] != answer.Message || echo["text"] != "Olá" || item["sender"].(map[string]any)["id"] != account || item["recipient"].(map[string]any)["id"] != answer.Recipient {
				t.Fatalf("%v", item)
			}
			if page := account == pageID; (echo["metadata"] == "pz_1") != page || (echo["app_id"] != nil) != page {
				t.Fatalf("metadata and app are told by Messenger only: %v", echo)
			}
			ledger := w.server.Ledger(0)
			if len(ledger.Sends) != 1 || ledger.Sends[0].Reference != "pz_1" || ledger.Sends[0].Account != account {
				t.Fatalf("%+v", ledger.Sends)
			}
		})
	}
}

func many(n int, of any) []any {
	out := make([]any, n)
	for i := range out {
		out[i] = of
	}
	return out
}

func template(payload map[string]any) map[string]any {
	return map[string]any{"message": map[string]any{"attachment": map[string]any{"type": "template", "payload": payload}}}
}

func attach(kind string, payload any) map[string]any {
	return map[string]any{"message": map[string]any{"attachment": map[string]any{"type": kind, "payload": payload}}}
}

// TestWhatASendRefuses holds each rule of the documents against one call that
// breaks it; the message that fits just so is accepted.
func TestWhatASendRefuses(t *testing.T) {
	w := start(t, Config{Unlimited: true})
	w.hear(pageID)
	w.hear(igID)
	quick := map[string]any{"content_type": "text", "title": "Sim", "payload": "yes"}
	button := map[string]any{"type": "postback", "title": "Comprar", "payload": "buy"}
	card := map[string]any{"title": "Caneca", "subtitle": "R$ 30"}
	image := map[string]any{"type": "image", "payload": map[string]any{"url": "https://cdn.example/a.png"}}
	message := func(m map[string]any) map[string]any { return map[string]any{"message": m} }
	cases := []struct {
		name    string
		account string
		body    map[string]any
		code    int // 0: accepted
		subcode int
		words   string
	}{
		{"2000 characters", pageID, text(strings.Repeat("é", 2000)), 0, 0, ""},
		{"2001 characters", pageID, text(strings.Repeat("é", 2001)), 100, 0, "message[text]"},
		{"1000 bytes", igID, text(strings.Repeat("é", 500)), 0, 0, ""},
		{"1001 bytes", igID, text(strings.Repeat("é", 500) + "a"), 100, 0, "message[text]"},
		{"no text", pageID, text(""), 100, 0, "non-empty"},
		{"no message", pageID, map[string]any{}, 100, 0, "parameter message is required"},
		{"text and attachment", pageID, message(map[string]any{"text": "a", "attachment": image}), 100, 0, "exactly one"},
		{"a member of another API", pageID, message(map[string]any{"text": "a", "body": "b"}), 100, 0, "Invalid keys"},
		{"no recipient", pageID, map[string]any{"recipient": nil, "message": map[string]any{"text": "a"}}, 100, 0, "recipient"},
		{"two recipients", pageID, map[string]any{"recipient": map[string]any{"id": "1", "comment_id": "2"}, "message": map[string]any{"text": "a"}}, 100, 0, "exactly one"},
		{"an unknown person", pageID, map[string]any{"recipient": map[string]any{"id": "4"}, "message": map[string]any{"text": "a"}}, 100, 2018001, "No matching user"},
		{"a person of the other account", pageID, map[string]any{"recipient": map[string]any{"id": scopedID(loginID, ana)}, "message": map[string]any{"text": "a"}}, 100, 2018001, ""},
		{"no messaging type", pageID, map[string]any{"messaging_type": nil, "message": map[string]any{"text": "a"}}, 100, 0, "messaging_type"},
		{"an odd messaging type", pageID, map[string]any{"messaging_type": "REPLY", "message": map[string]any{"text": "a"}}, 100, 0, "messaging_type"},
		{"a tag without its type", pageID, map[string]any{"tag": "HUMAN_AGENT", "message": map[string]any{"text": "a"}}, 100, 0, "MESSAGE_TAG"},
		{"a type without its tag", pageID, map[string]any{"messaging_type": "MESSAGE_TAG", "message": map[string]any{"text": "a"}}, 100, 0, "tag"},
		{"a tag that Instagram lacks", igID, map[string]any{"messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE", "message": map[string]any{"text": "a"}}, 100, 2018034, ""},
		{"metadata of 1000", pageID, message(map[string]any{"text": "a", "metadata": strings.Repeat("m", 1000)}), 0, 0, ""},
		{"metadata of 1001", pageID, message(map[string]any{"text": "a", "metadata": strings.Repeat("m", 1001)}), 100, 0, "metadata"},
		{"13 quick replies", pageID, message(map[string]any{"text": "a", "quick_replies": many(13, quick)}), 0, 0, ""},
		{"14 quick replies", pageID, message(map[string]any{"text": "a", "quick_replies": many(14, quick)}), 100, 0, "at most 13"},
		{"a quick title of 21", pageID, message(map[string]any{"text": "a", "quick_replies": []any{map[string]any{"content_type": "text", "title": strings.Repeat("t", 21), "payload": "p"}}}), 100, 0, "title"},
		{"a quick payload of 1001", pageID, message(map[string]any{"text": "a", "quick_replies": []any{map[string]any{"content_type": "text", "title": "t", "payload": strings.Repeat("p", 1001)}}}), 100, 0, "payload"},
		{"asking for the number", pageID, message(map[string]any{"text": "a", "quick_replies": []any{map[string]any{"content_type": "user_phone_number"}}}), 0, 0, ""},
		{"asking for the number on Instagram", igID, message(map[string]any{"text": "a", "quick_replies": []any{map[string]any{"content_type": "user_phone_number"}}}), 100, 0, "content_type"},
		{"asking for the place, which was taken away", pageID, message(map[string]any{"text": "a", "quick_replies": []any{map[string]any{"content_type": "location"}}}), 100, 0, "content_type"},
		{"a button template", pageID, template(map[string]any{"template_type": "button", "text": strings.Repeat("a", 640), "buttons": many(3, button)}), 0, 0, ""},
		{"button text of 641", pageID, template(map[string]any{"template_type": "button", "text": strings.Repeat("a", 641), "buttons": many(3, button)}), 100, 0, "[text]"},
		{"four buttons", pageID, template(map[string]any{"template_type": "button", "text": "a", "buttons": many(4, button)}), 100, 0, "at most 3"},
		{"no buttons", pageID, template(map[string]any{"template_type": "button", "text": "a", "buttons": many(0, button)}), 100, 0, "non-empty"},
		{"a button of another kind", pageID, template(map[string]any{"template_type": "button", "text": "a", "buttons": []any{map[string]any{"type": "reply", "title": "x"}}}), 100, 0, "type"},
		{"a button that calls", pageID, template(map[string]any{"template_type": "button", "text": "a", "buttons": []any{map[string]any{"type": "phone_number", "title": "Ligar", "payload": "+551140032026"}}}), 0, 0, ""},
		{"a button that calls nobody", pageID, template(map[string]any{"template_type": "button", "text": "a", "buttons": []any{map[string]any{"type": "phone_number", "title": "Ligar", "payload": "11 4003"}}}), 100, 0, "phone number"},
		{"a button that opens a page", igID, template(map[string]any{"template_type": "button", "text": "a", "buttons": []any{map[string]any{"type": "web_url", "title": "Ver", "url": "https://loja.example"}}}), 0, 0, ""},
		{"a button that opens nothing", pageID, template(map[string]any{"template_type": "button", "text": "a", "buttons": []any{map[string]any{"type": "web_url", "title": "Ver", "url": "loja"}}}), 100, 0, "valid URL"},
		{"ten cards", pageID, template(map[string]any{"template_type": "generic", "elements": many(10, card)}), 0, 0, ""},
		{"eleven cards", pageID, template(map[string]any{"template_type": "generic", "elements": many(11, card)}), 100, 0, "at most 10"},
		{"a card title of 81", pageID, template(map[string]any{"template_type": "generic", "elements": []any{map[string]any{"title": strings.Repeat("t", 81), "subtitle": "s"}}}), 100, 0, "[title]"},
		{"a card of a title only", pageID, template(map[string]any{"template_type": "generic", "elements": []any{map[string]any{"title": "t"}}}), 100, 2018065, ""},
		{"an unknown template", pageID, template(map[string]any{"template_type": "list", "elements": many(1, card)}), 100, 0, "template_type"},
		{"a product", pageID, template(map[string]any{"template_type": "product", "elements": []any{map[string]any{"id": "77"}}}), 0, 0, ""},
		{"a receipt that says nothing", pageID, template(map[string]any{"template_type": "receipt"}), 100, 0, "recipient_name"},
		{"a picture by address", pageID, attach("image", map[string]any{"url": "https://cdn.example/a.png"}), 0, 0, ""},
		{"a picture of no address", pageID, attach("image", map[string]any{"url": "a.png"}), 100, 0, "valid URL"},
		{"an attachment nobody uploaded", pageID, attach("image", map[string]any{"attachment_id": "12"}), 100, 2018074, ""},
		{"a file of nothing", pageID, attach("image", map[string]any{}), 100, 0, "attachment_id"},
		{"an unknown attachment", pageID, attach("document", map[string]any{"url": "https://cdn.example/a.pdf"}), 100, 0, "type"},
		{"a heart", igID, map[string]any{"message": map[string]any{"attachment": map[string]any{"type": "like_heart"}}}, 0, 0, ""},
		{"a heart on Messenger", pageID, map[string]any{"message": map[string]any{"attachment": map[string]any{"type": "like_heart"}}}, 100, 0, "type"},
		{"several pictures", pageID, message(map[string]any{"attachments": many(3, image)}), 0, 0, ""},
		{"several pictures, one a film", pageID, message(map[string]any{"attachments": []any{image, map[string]any{"type": "video", "payload": map[string]any{"url": "https://cdn.example/a.mp4"}}}}), 100, 0, "type"},
		{"an answer to nothing", pageID, map[string]any{"reply_to": map[string]any{"mid": "m_none"}, "message": map[string]any{"text": "a"}}, 100, 0, "reply_to"},
		{"an answer inside the message", pageID, message(map[string]any{"text": "a", "reply_to": map[string]any{"mid": "m"}}), 100, 0, "Invalid keys"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			status, raw := w.send(c.account, c.body)
			if c.code == 0 {
				if status != http.StatusOK {
					t.Fatalf("%d %s", status, raw)
				}
				w.item("message")
				return
			}
			e := graphErr(t, raw)
			if status/100 != 4 || e.Code != c.code || e.Subcode != c.subcode || !strings.Contains(e.Message, c.words) {
				t.Fatalf("%d %s", status, raw)
			}
		})
	}
}

func TestTheWindow(t *testing.T) {
	cases := []struct {
		after   time.Duration
		account string
		tag     string
		code    int
		subcode int
	}{
		{23 * time.Hour, pageID, "", 0, 0},
		{25 * time.Hour, pageID, "", 10, 2018278},
		{25 * time.Hour, igID, "", 10, 2534022},
		{25 * time.Hour, loginID, "", 10, 2534022},
		{25 * time.Hour, pageID, "HUMAN_AGENT", 0, 0},
		{25 * time.Hour, igID, "HUMAN_AGENT", 0, 0},
		{8 * 24 * time.Hour, pageID, "HUMAN_AGENT", 10, 2018278},
		{8 * 24 * time.Hour, pageID, "POST_PURCHASE_UPDATE", 0, 0},
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.after, c.account, c.tag), func(t *testing.T) {
			w := start(t, Config{})
			w.hear(c.account)
			w.clock.move(c.after)
			body := text("ainda aqui?")
			if c.tag != "" {
				body["messaging_type"], body["tag"] = "MESSAGE_TAG", c.tag
			}
			status, raw := w.send(c.account, body)
			if c.code == 0 {
				if status != 200 {
					t.Fatalf("%d %s", status, raw)
				}
				return
			}
			if e := graphErr(t, raw); e.Code != c.code || e.Subcode != c.subcode {
				t.Fatalf("%d %s", status, raw)
			}
		})
	}
	t.Run("not approved", func(t *testing.T) {
		w := start(t, Config{})
		w.put("/_sandbox/pages", Page{ID: pageID, NoHumanAgent: true})
		w.hear(pageID)
		_, raw := w.send(pageID, map[string]any{"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT", "message": map[string]any{"text": "a"}})
		if e := graphErr(t, raw); e.Subcode != 2018034 {
			t.Fatalf("%s", raw)
		}
	})
	t.Run("it counts from when a message was written", func(t *testing.T) {
		w := start(t, Config{})
		old := w.server.now().Add(-25 * time.Hour).UnixMilli()
		w.act(Action{Do: "text", Text: "de ontem", AtMS: old})
		if item := w.item("message"); len(item) == 0 {
			t.Fatal("the message that comes late was not told")
		}
		if _, raw := w.send(pageID, text("tarde")); graphErr(t, raw).Code != 10 {
			t.Fatalf("%s", raw)
		}
		w.hear(pageID)
		w.act(Action{Do: "text", Text: "chega depois", AtMS: old})
		w.item("message")
		w.sent(pageID, text("a tempo"))
	})
	t.Run("a reaction opens it", func(t *testing.T) {
		w := start(t, Config{})
		message := w.hear(pageID)
		w.clock.move(30 * time.Hour)
		w.act(Action{Do: "reaction", Message: message.ID, Emoji: "❤️"})
		if reaction := w.item("reaction"); reaction["reaction"] != "love" || reaction["action"] != "react" {
			t.Fatalf("%v", reaction)
		}
		w.sent(pageID, text("obrigado"))
	})
}

func TestWhoMayWriteToWhom(t *testing.T) {
	w := start(t, Config{})
	if status, raw := w.send(pageID, text("oi")); graphErr(t, raw).Subcode != 2018001 {
		t.Fatalf("somebody who never wrote: %d %s", status, raw)
	}
	w.hear(pageID)
	w.act(Action{Do: "block"})
	if _, raw := w.send(pageID, text("oi")); graphErr(t, raw).Code != 551 || graphErr(t, raw).Subcode != 1545041 {
		t.Fatalf("%s", raw)
	}
	if _, err := w.server.Act(ana, Action{Account: pageID, Do: "text", Text: "oi"}); err == nil {
		t.Fatal("who blocked a page writes to it")
	}
	w.act(Action{Do: "unblock"})
	w.sent(pageID, text("oi"))
	w.act(Action{Do: "policy", Choice: "block", Text: "spam"})
	if news := w.item("policy_enforcement"); news["action"] != "block" {
		t.Fatalf("%v", news)
	}
	if _, raw := w.send(pageID, text("oi")); graphErr(t, raw).Code != 368 {
		t.Fatalf("%s", raw)
	}
}

func TestTokens(t *testing.T) {
	w := start(t, Config{})
	w.hear(pageID)
	body := text("oi")
	cases := []struct {
		name, base, path, token string
		code                    int
	}{
		{"none", w.http.URL, "/v25.0/me/messages", "", 104},
		{"a wrong one", w.http.URL, "/v25.0/me/messages", "nonsense", 190},
		{"of the other host", w.http.URL, "/v25.0/me/messages", igToken, 190},
		{"of a page at Instagram", w.ig.URL, "/v25.0/me/messages", token, 190},
		{"for another page", w.http.URL, "/v25.0/4242/messages", token, 100},
		{"for its Instagram account by that id", w.http.URL, "/v25.0/" + igID + "/messages", token, 100},
		{"an unknown edge", w.http.URL, "/v25.0/me/letters", token, 2500},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if status, raw := w.call(c.base, "POST", c.path, c.token, body); graphErr(t, raw).Code != c.code {
				t.Fatalf("%d %s", status, raw)
			}
		})
	}
	for state, subcode := range map[string]int{"expired": 463, "revoked": 460} {
		w.put("/_sandbox/pages", Page{ID: pageID, TokenState: state})
		if status, raw := w.send(pageID, body); status != 401 || graphErr(t, raw).Subcode != subcode {
			t.Fatalf("%s: %d %s", state, status, raw)
		}
	}
}

func TestATokenOfTheLoginFlavourIsRenewed(t *testing.T) {
	w := start(t, Config{})
	refresh := func(old string) (int, []byte) {
		return w.call(w.ig.URL, "GET", "/refresh_access_token?grant_type=ig_refresh_token&access_token="+old, "", nil)
	}
	if _, raw := refresh(igToken); graphErr(t, raw).Code != 100 {
		t.Fatalf("renewed within a day: %s", raw)
	}
	w.clock.move(25 * time.Hour)
	status, raw := refresh(igToken)
	var answer struct {
		Token string `json:"access_token"`
		Ends  int64  `json:"expires_in"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil || status != 200 || answer.Token == igToken || answer.Ends != 60*24*3600 {
		t.Fatalf("%d %s", status, raw)
	}
	me := func(token string) int {
		status, _ := w.call(w.ig.URL, "GET", "/v25.0/me?fields=id,user_id,username", token, nil)
		return status
	}
	if me(igToken) != 200 || me(answer.Token) != 200 {
		t.Fatal("the old token works until its end, and the new one")
	}
	w.clock.move(59*24*time.Hour + time.Minute)
	if me(igToken) != 401 || me(answer.Token) != 200 {
		t.Fatal("only the new one works after sixty days")
	}
	if status, raw := refresh(igToken); status != 401 || graphErr(t, raw).Code != 190 {
		t.Fatalf("an expired token was renewed: %s", raw)
	}
}

func TestSetUp(t *testing.T) {
	w := start(t, Config{})
	w.hear(pageID)
	get := func(path string) string {
		t.Helper()
		_, raw := w.graph("GET", path, nil)
		return string(raw)
	}
	for path, want := range map[string]string{
		"/v25.0/me?fields=id,name,instagram_business_account":       `{"id":"` + pageID + `","instagram_business_account":{"id":"` + igID + `"},"name":"Loja da Ana"}`,
		"/v25.0/" + igID + "?fields=username":                       `{"id":"` + igID + `","username":"loja.da.ana"}`,
		"/" + scopedID(pageID, ana) + "?fields=first_name":          `{"first_name":"Ana","id":"` + scopedID(pageID, ana) + `"}`,
		"/v25.0/me/messenger_profile?fields=get_started":            `{"data":[]}`,
		"/v25.0/me/thread_owner?recipient=" + scopedID(pageID, ana): `{"data":[{"thread_owner":{"app_id":"` + appID + `"}}]}`,
	} {
		if got := get(path); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
	_, raw := w.gram("GET", "/v25.0/me?fields=user_id,username", nil)
	if string(raw) != `{"id":"`+hashDigits("instagram"+loginID, 16)+`","user_id":"`+loginID+`","username":"loja2"}` {
		t.Errorf("%s", raw)
	}
	if e := graphErr(t, []byte(get("/v25.0/"+scopedID(igID, ana)))); e.Subcode != 33 {
		t.Errorf("a person who never wrote: %+v", e)
	}
	if got := get("/v25.0/debug_token?input_token=" + token); !strings.Contains(got, `"is_valid":true`) || !strings.Contains(got, "instagram_manage_messages") {
		t.Error(got)
	}
	if got := get("/v25.0/debug_token?input_token=nonsense"); !strings.Contains(got, `"is_valid":false`) {
		t.Error(got)
	}
	if _, raw := w.graph("POST", "/me/subscribed_apps", map[string]any{"subscribed_fields": []string{"messages", "letters"}}); !strings.Contains(graphErr(t, raw).Message, "subscribed_fields[1]") {
		t.Errorf("%s", raw)
	}
	if got := get("/me/subscribed_apps"); !strings.Contains(got, appID) || !strings.Contains(got, "message_echoes") {
		t.Error(got)
	}
	if status, _ := w.graph("DELETE", "/me/subscribed_apps", nil); status != 200 || strings.Contains(get("/me/subscribed_apps"), appID) {
		t.Error("still subscribed")
	}
	if w.server.Ready(pageID) || w.server.Ready(igID) || !w.server.Ready(loginID) {
		t.Error("a page without subscriptions tells nobody anything")
	}
}

func TestAHandshakeThatFails(t *testing.T) {
	w := start(t, Config{})
	wrong := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte(`"1"`)) }))
	defer wrong.Close()
	for _, c := range []struct{ url, verify, words string }{
		{w.receiver.server.URL, "other", "403"},
		{wrong.URL, "verify-me", "does not match the challenge"},
		{"ftp://nowhere", "verify-me", "Invalid callback URI"},
	} {
		_, raw := w.do("POST", "/v25.0/"+appID+"/subscriptions", appID+"|"+secret, map[string]any{"object": "page", "callback_url": c.url, "verify_token": c.verify, "fields": "messages"})
		if !strings.Contains(graphErr(t, raw).Message, c.words) {
			t.Errorf("%s: %s", c.url, raw)
		}
	}
	if _, raw := w.do("POST", "/v25.0/"+appID+"/subscriptions", appID+"|wrong", map[string]any{"object": "page"}); graphErr(t, raw).Code != 190 {
		t.Errorf("%s", raw)
	}
}

func TestTheMessengerProfile(t *testing.T) {
	w := start(t, Config{})
	post := func(body map[string]any) (int, []byte) { return w.graph("POST", "/v25.0/me/messenger_profile", body) }
	menu := []any{map[string]any{"locale": "default", "call_to_actions": []any{map[string]any{"type": "postback", "title": "Falar", "payload": "talk"}}}}
	if _, raw := post(map[string]any{"persistent_menu": menu}); graphErr(t, raw).Subcode != 2018145 {
		t.Fatalf("a menu without Get Started: %s", raw)
	}
	if status, raw := post(map[string]any{"get_started": map[string]any{"payload": "START"}, "persistent_menu": menu}); status != 200 {
		t.Fatalf("%s", raw)
	}
	if _, raw := post(map[string]any{"ice_breakers": many(5, map[string]any{"question": "q", "payload": "p"})}); graphErr(t, raw).Code != 100 {
		t.Fatalf("%s", raw)
	}
	_, raw := w.graph("GET", "/me/messenger_profile?fields=get_started,greeting", nil)
	if string(raw) != `{"data":[{"get_started":{"payload":"START"}}]}` {
		t.Fatalf("%s", raw)
	}
	w.act(Action{Do: "get_started"})
	if postback := w.item("postback"); postback["payload"] != "START" || postback["mid"] == "" {
		t.Fatalf("%v", postback)
	}
	if _, err := w.server.Act(ana, Action{Account: pageID, Do: "get_started"}); err == nil {
		t.Fatal("a conversation starts once")
	}
	if status, _ := w.graph("DELETE", "/me/messenger_profile", map[string]any{"fields": []string{"get_started", "persistent_menu"}}); status != 200 {
		t.Fatal(status)
	}
}

func TestSenderActions(t *testing.T) {
	w := start(t, Config{})
	message := w.hear(pageID)
	to := map[string]any{"id": scopedID(pageID, ana)}
	do := func(body map[string]any) (int, []byte) {
		body["recipient"] = to
		return w.graph("POST", "/me/messages", body)
	}
	if status, raw := do(map[string]any{"sender_action": "typing_on"}); status != 200 || string(raw) != `{"recipient_id":"`+scopedID(pageID, ana)+`"}` {
		t.Fatalf("%d %s", status, raw)
	}
	if view, _ := w.server.View(pageID, ana); view.TypingUntilMS == 0 {
		t.Fatal("nobody types")
	}
	if _, raw := do(map[string]any{"sender_action": "typing_on", "message": map[string]any{"text": "a"}}); graphErr(t, raw).Code != 100 {
		t.Fatalf("%s", raw)
	}
	if _, raw := do(map[string]any{"sender_action": "dance"}); graphErr(t, raw).Code != 100 {
		t.Fatalf("%s", raw)
	}
	if status, raw := do(map[string]any{"sender_action": "react", "payload": map[string]any{"message_id": message.ID, "reaction": "love"}}); status != 200 {
		t.Fatalf("%s", raw)
	}
	if status, raw := do(map[string]any{"sender_action": "mark_seen"}); status != 200 {
		t.Fatalf("%s", raw)
	}
	kept, _ := w.server.Message(message.ID)
	if kept.ReactionOut != "❤" || kept.Status != "read" {
		t.Fatalf("%+v", kept)
	}
	if status, _ := do(map[string]any{"sender_action": "unreact", "payload": map[string]any{"message_id": message.ID}}); status != 200 {
		t.Fatal(status)
	}
	if _, raw := do(map[string]any{"sender_action": "react", "payload": map[string]any{"message_id": "m_none", "reaction": "love"}}); graphErr(t, raw).Code != 100 {
		t.Fatalf("%s", raw)
	}
}

func TestRates(t *testing.T) {
	w := start(t, Config{})
	w.hear(pageID)
	refused := 0
	for range threadBurst + 1 {
		status, raw := w.send(pageID, text("oi"))
		if status != 200 {
			refused++
			if e := graphErr(t, raw); e.Code != 613 || e.Subcode != 1893016 {
				t.Fatalf("%s", raw)
			}
		}
	}
	if refused != 1 {
		t.Fatalf("%d refused", refused)
	}
	w.clock.move(time.Second)
	if status, raw := w.send(pageID, text("oi")); status != 200 {
		t.Fatalf("%s", raw)
	}
}

func TestInjectedFaults(t *testing.T) {
	cases := []struct {
		rule      stage.Rule
		status    int
		code      int
		transient bool
	}{
		{stage.Rule{Status: 500}, 500, 2, true},
		{stage.Rule{Status: 400, Code: 1200}, 400, 1200, true},
		{stage.Rule{Status: 429, RetryAfter: 7}, 429, 4, false},
		{stage.Rule{Status: 400, Code: 613}, 400, 613, false},
		{stage.Rule{Status: 401}, 401, 190, false},
	}
	w := start(t, Config{})
	w.hear(pageID)
	for _, c := range cases {
		c.rule.On, c.rule.Do, c.rule.Kind, c.rule.Count = "call", stage.DoStatus, "messages", 1
		w.fault(c.rule)
		status, raw := w.send(pageID, text("oi"))
		if e := graphErr(t, raw); status != c.status || e.Code != c.code || e.IsTransient != c.transient {
			t.Errorf("%+v: %d %s", c.rule, status, raw)
		}
	}
	if n := len(w.server.Ledger(0).Sends); n != 0 {
		t.Fatalf("%d messages went out all the same", n)
	}
	w.fault(stage.Rule{On: "call", Do: stage.DoCutAfter, Kind: "messages", Count: 1})
	request, _ := http.NewRequest("POST", w.http.URL+"/me/messages", strings.NewReader(`{"recipient":{"id":"`+scopedID(pageID, ana)+`"},"messaging_type":"RESPONSE","message":{"text":"oi","metadata":"pz_9"}}`))
	request.Header.Set("Authorization", "Bearer "+token)
	if response, err := http.DefaultClient.Do(request); err == nil {
		_ = response.Body.Close()
		t.Fatal("the answer was not lost")
	}
	if echo := w.item("message"); echo["metadata"] != "pz_9" {
		t.Fatalf("the echo settles what the answer did not: %v", echo)
	}
}

func TestOwnsOnlyWhatIsItsOwn(t *testing.T) {
	w := start(t, Config{})
	for path, want := range map[string]bool{
		"/v25.0/" + pageID + "/messages": true, "/v25.0/" + igID: true, "/v25.0/" + appID + "/subscriptions": true,
		"/v25.0/930000000000001/messages": false, "/v25.0/me/messages": false, "/": false,
	} {
		if got := w.server.Owns(httptest.NewRequest("POST", path, nil)); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
	mine := httptest.NewRequest("POST", "/v25.0/me/messages", nil)
	mine.Header.Set("Authorization", "Bearer "+token)
	if !w.server.Owns(mine) {
		t.Error("me, with a page's token")
	}
}
