package meta

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/sandbox/stage"
)

func TestTokensAndObjects(t *testing.T) {
	w := start(t, Config{})
	cases := []struct {
		name, method, path, token string
		status, code, subcode     int
	}{
		{"no token", "POST", "/v25.0/" + numberID + "/messages", "", 400, 104, 0},
		{"wrong token", "POST", "/v25.0/" + numberID + "/messages", "x", 401, 190, 0},
		{"foreign number", "POST", "/v25.0/111/messages", token, 400, 100, 33},
		{"unknown edge", "POST", "/v25.0/" + numberID + "/nothing", token, 400, 2500, 0},
		{"unknown field", "GET", "/v25.0/" + numberID + "?fields=colour", token, 400, 100, 0},
		{"wrong app token", "GET", "/v25.0/" + appID + "/subscriptions", appID + "|no", 401, 190, 0},
		{"root", "GET", "/v25.0/", token, 400, 2500, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			status, raw := w.do(c.method, c.path, c.token, nil)
			if got := graphErr(t, raw); status != c.status || got.Code != c.code || got.Subcode != c.subcode {
				t.Fatalf("got %d %s", status, raw)
			}
		})
	}
}

func TestNumberFields(t *testing.T) {
	w := start(t, Config{})
	status, raw := w.graph("GET", "/v25.0/"+numberID+"?fields=display_phone_number,verified_name,quality_rating", nil)
	var got map[string]string
	if err := json.Unmarshal(raw, &got); err != nil || status != 200 {
		t.Fatalf("%d %s", status, raw)
	}
	want := map[string]string{"id": numberID, "display_phone_number": "+55 11 4000-1234", "verified_name": "Loja da Ana", "quality_rating": "GREEN"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("got %v", got)
	}
	if status, raw = w.graph("GET", "/"+wabaID+"/phone_numbers", nil); status != 200 || !strings.Contains(string(raw), numberID) {
		t.Fatalf("without a version: %d %s", status, raw)
	}
	if status, raw = w.graph("GET", "/v25.0/debug_token?input_token="+token, nil); status != 200 || !strings.Contains(string(raw), `"is_valid":true`) {
		t.Fatalf("debug_token: %d %s", status, raw)
	}
}

func TestSubscriptionShakesHands(t *testing.T) {
	w := start(t, Config{})
	path := "/v25.0/" + wabaID + "/subscribed_apps"
	status, raw := w.graph("GET", path, nil)
	if status != 200 || !strings.Contains(string(raw), w.receiver.server.URL) || !strings.Contains(string(raw), appID) {
		t.Fatalf("list: %d %s", status, raw)
	}
	status, raw = w.graph("POST", path, m{"override_callback_uri": w.receiver.server.URL, "verify_token": "wrong"})
	if status != 400 || graphErr(t, raw).Code != 2200 || !strings.Contains(string(raw), "403") {
		t.Fatalf("wrong verify token: %d %s", status, raw)
	}
	if status, raw = w.graph("DELETE", path, nil); status != 200 {
		t.Fatalf("delete: %d %s", status, raw)
	}
	if w.server.Ready(numberID) {
		t.Fatal("webhooks would still be sent")
	}
	// The app's own address, by the app's own token.
	status, raw = w.do("POST", "/v25.0/"+appID+"/subscriptions", appID+"|"+secret, m{
		"object": "whatsapp_business_account", "callback_url": w.receiver.server.URL + "/app", "verify_token": "verify-me", "fields": "messages"})
	if status != 200 {
		t.Fatalf("app subscription: %d %s", status, raw)
	}
	if status, raw = w.graph("POST", path, nil); status != 200 || !w.server.Ready(numberID) {
		t.Fatalf("subscribe without override: %d %s", status, raw)
	}
	w.act(Action{Do: "text", Text: "oi"})
	w.receiver.next(t)
	if hooks := w.server.Ledger(0).Webhooks; !strings.HasSuffix(hooks[0].URL, "/app") {
		t.Fatalf("sent to %s", hooks[0].URL)
	}
}

func TestNinthDigit(t *testing.T) {
	w := start(t, Config{})
	w.put("/_sandbox/customers", Customer{WaID: "554899887766", Name: "Conta antiga"}) // 12 digits
	for asked, want := range map[string]string{
		"5548999887766": "554899887766", "+55 (48) 9988-7766": "554899887766", "554899887766": "554899887766",
		"551187654321": ana, ana: ana, "551140009999": "551140009999",
	} {
		status, raw := w.send(m{"to": asked, "type": "text", "text": m{"body": "oi"}})
		var answer sendAnswer
		if err := json.Unmarshal(raw, &answer); err != nil || status != 200 {
			t.Fatalf("%s: %d %s", asked, status, raw)
		}
		if got := answer.Contacts[0]; got.WaID != want || got.Input != asked {
			t.Errorf("%s became %+v, wanted %s", asked, got, want)
		}
	}
}

func TestPeopleWithoutNumber(t *testing.T) {
	w := start(t, Config{})
	person, err := w.server.PutCustomer(Customer{Username: "bia", Name: "Bia"})
	if err != nil || person.WaID != "" || person.ID != person.UserID {
		t.Fatalf("%+v %v", person, err)
	}
	if _, err := w.server.Act(person.ID, Action{Do: "text", Number: numberID, Text: "oi"}); err != nil {
		t.Fatal(err)
	}
	v := w.receiver.next(t).values(t)[0]
	if v.Contacts[0].WaID != "" || v.Contacts[0].UserID != person.UserID || v.Contacts[0].Profile.Username != "bia" || strings.Contains(string(v.Messages[0]), `"from":`) {
		t.Fatalf("%+v %s", v.Contacts, v.Messages[0])
	}
	status, raw := w.send(m{"to": nil, "recipient": person.UserID, "type": "text", "text": m{"body": "olá"}})
	var answer sendAnswer
	if err := json.Unmarshal(raw, &answer); err != nil || status != 200 || answer.Contacts[0].UserID != person.UserID || answer.Contacts[0].WaID != "" {
		t.Fatalf("%d %s", status, raw)
	}
}

func TestWhatFailsByStatus(t *testing.T) {
	now := clock.NewManual(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	w := start(t, Config{Clock: now, StatusDelays: StatusDelays{Delivered: -1, Read: -1}})
	failure := func(name string, want int) {
		t.Helper()
		for {
			for _, v := range w.receiver.next(t).values(t) {
				for _, status := range v.Statuses {
					if status.Status != "failed" {
						continue
					}
					if len(status.Errors) != 1 || status.Errors[0].Code != want || status.Errors[0].Data.Details == "" || len(v.Contacts) != 0 {
						t.Fatalf("%s: %+v", name, status)
					}
					return
				}
			}
		}
	}
	w.sent(text("ninguém escreveu ainda"))
	failure("no window", 131047)
	old := now.Now().Add(-25 * time.Hour).UnixMilli()
	if late := w.act(Action{Do: "text", Text: "de ontem", AtMS: old}); late.AtMS != old {
		t.Fatalf("written at %d", late.AtMS)
	}
	w.sent(text("tarde também"))
	failure("a message that came late opens no window", 131047)
	w.act(Action{Do: "text", Text: "oi"})
	now.Advance(24*time.Hour + time.Second)
	w.sent(text("tarde demais"))
	failure("window over", 131047)
	w.sent(m{"to": "5521999990000", "type": "text", "text": m{"body": "oi"}})
	failure("not on WhatsApp", 131026)
	w.act(Action{Do: "text", Text: "oi de novo"})
	w.act(Action{Do: "block"})
	w.sent(text("bloqueado"))
	failure("blocked", 131026)
	if _, err := w.server.Act(ana, Action{Do: "text", Number: numberID, Text: "x"}); err == nil {
		t.Fatal("who blocked can write")
	}
	w.act(Action{Do: "unblock"})
	w.act(Action{Do: "text", Text: "voltei"})
	if id := w.sent(text("bem-vinda")); id == "" {
		t.Fatal("not sent")
	}
	w.put("/_sandbox/templates", Template{WABA: wabaID, Name: "aviso", Language: "pt_BR", Body: "Oi {{1}}, pedido {{2}}"})
	now.Advance(48 * time.Hour)
	parameters := []m{{"type": "text", "text": "Ana"}, {"type": "text", "text": "42"}}
	use := func(n int) m {
		return m{"type": "template", "template": m{"name": "aviso", "language": m{"code": "pt_BR"}, "components": []m{{"type": "body", "parameters": parameters[:n]}}}}
	}
	id := w.sent(use(2))
	if message, _ := w.server.Message(id); message.Text != "Oi Ana, pedido 42" || message.Category != "utility" {
		t.Fatalf("%+v", message)
	}
	if status, raw := w.send(use(1)); status != 400 || graphErr(t, raw).Code != 132000 {
		t.Fatalf("%d %s", status, raw)
	}
}

func TestRateLimits(t *testing.T) {
	now := clock.NewManual(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	w := start(t, Config{Clock: now})
	w.act(Action{Do: "text", Text: "oi"})
	for i := range pairBurst {
		if status, raw := w.send(text("x")); status != 200 {
			t.Fatalf("message %d: %s", i, raw)
		}
	}
	status, raw := w.send(text("x"))
	if status != 429 || graphErr(t, raw).Code != 131056 {
		t.Fatalf("pair: %d %s", status, raw)
	}
	now.Advance(6 * time.Second)
	if status, raw = w.send(text("x")); status != 200 {
		t.Fatalf("after 6 s: %d %s", status, raw)
	}
	for i := range 100 {
		status, raw = w.send(m{"to": fmt.Sprintf("55219%08d", i), "type": "text", "text": m{"body": "x"}})
		if status != 200 {
			break
		}
	}
	if status != 429 || graphErr(t, raw).Code != 130429 {
		t.Fatalf("number: %d %s", status, raw)
	}
	if status, raw = w.do("PUT", "/_sandbox/settings", "", m{"rate_limits": false}); status != 200 {
		t.Fatalf("%d %s", status, raw)
	}
	if status, raw = w.send(text("x")); status != 200 {
		t.Fatalf("limits off: %d %s", status, raw)
	}
}

func TestCallFaults(t *testing.T) {
	w := start(t, Config{})
	w.act(Action{Do: "text", Text: "oi"})
	fault := func(rule stage.Rule) {
		rule.On, rule.Path, rule.Count = "call", "/messages", 1
		w.put("/_sandbox/faults", rule)
	}
	raw := func() error {
		request, _ := http.NewRequest("POST", w.http.URL+"/v25.0/"+numberID+"/messages", strings.NewReader(`{"messaging_product":"whatsapp","to":"`+ana+`","type":"text","text":{"body":"x"}}`))
		request.Header.Set("Authorization", "Bearer "+token)
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		response, err := client.Do(request)
		if err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
			return fmt.Errorf("answered %d", response.StatusCode)
		}
		if errors.Is(err, io.EOF) || strings.Contains(err.Error(), "reset") {
			return nil
		}
		return err
	}
	sends := func() int64 { return w.server.Ledger(0).Counts.Sends }

	fault(stage.Rule{Do: stage.DoStatus, Status: 429, RetryAfter: 3})
	if status, body := w.send(text("x")); status != 429 || graphErr(t, body).Code != 130429 || sends() != 0 {
		t.Fatalf("%d %s, %d sends", status, body, sends())
	}
	fault(stage.Rule{Do: stage.DoStatus, Status: 500})
	if status, body := w.send(text("x")); status != 500 || !graphErr(t, body).IsTransient || sends() != 0 {
		t.Fatalf("%d %s", status, body)
	}
	fault(stage.Rule{Do: stage.DoCutBefore})
	if err := raw(); err != nil || sends() != 0 {
		t.Fatalf("cut before: %v, %d sends", err, sends())
	}
	fault(stage.Rule{Do: stage.DoCutAfter})
	if err := raw(); err != nil || sends() != 1 {
		t.Fatalf("lost answer: %v, %d sends", err, sends())
	}
	if id := w.sent(text("limpo")); id == "" {
		t.Fatal("a spent rule still fires")
	}
}

func TestMarkReadAndTyping(t *testing.T) {
	w := start(t, Config{})
	first := w.act(Action{Do: "text", Text: "a"})
	second := w.act(Action{Do: "text", Text: "b"})
	mark := m{"messaging_product": "whatsapp", "status": "read", "message_id": second.ID, "typing_indicator": m{"type": "text"}}
	if status, raw := w.graph("POST", "/v25.0/"+numberID+"/messages", mark); status != 200 || string(raw) != `{"success":true}` {
		t.Fatalf("%d %s", status, raw)
	}
	view, err := w.server.View(numberID, ana)
	if err != nil || view.TypingUntilMS == 0 {
		t.Fatalf("%+v %v", view, err)
	}
	for _, id := range []string{first.ID, second.ID} {
		if message, _ := w.server.Message(id); message.Status != "read" {
			t.Fatalf("%+v", message)
		}
	}
	mark["message_id"] = "wamid.unknown"
	if status, raw := w.graph("POST", "/v25.0/"+numberID+"/messages", mark); status != 400 || graphErr(t, raw).Code != 131009 {
		t.Fatalf("%d %s", status, raw)
	}
	w.sent(text("pronto"))
	if view, _ = w.server.View(numberID, ana); view.TypingUntilMS != 0 {
		t.Fatal("still typing after the message")
	}
}
