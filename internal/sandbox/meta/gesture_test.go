package meta

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"prosa/internal/base/fault"
)

// first gives the first element of a list of a value.
func first(t *testing.T, v map[string]any, list string) map[string]any {
	t.Helper()
	items, _ := v[list].([]any)
	if len(items) == 0 {
		t.Fatalf("no %s in %v", list, v)
	}
	return items[0].(map[string]any)
}

func TestCalls(t *testing.T) {
	w := start(t, Config{})
	ringing := w.act(Action{Do: "call", State: "ringing"})
	field, v := w.told()
	call := first(t, v, "calls")
	if field != "calls" || call["event"] != "connect" || call["id"] != ringing.ID || call["from"] != ana || call["direction"] != "USER_INITIATED" {
		t.Errorf("%s %v", field, call)
	}
	ended := w.act(Action{Do: "call", State: "ended", Message: ringing.ID, Seconds: 30})
	if _, v = w.told(); ended.ID != ringing.ID || fmt.Sprint(first(t, v, "calls")["duration"]) != "30" {
		t.Errorf("%v", v)
	}
	w.act(Action{Do: "call", State: "missed"})
	if _, v = w.told(); first(t, v, "calls")["status"] != "FAILED" {
		t.Errorf("%v", v)
	}
	w.sent(text("ligaremos de volta")) // a call opens the window
	if _, err := w.server.Act(ana, Action{Do: "call", Number: numberID, State: "dancing"}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

func TestWishesAreObeyed(t *testing.T) {
	w := start(t, Config{Unlimited: true})
	w.put("/_sandbox/templates", Template{WABA: wabaID, Name: "oferta", Language: "pt_BR", Body: "Hoje!", Category: "MARKETING"})
	w.put("/_sandbox/templates", Template{WABA: wabaID, Name: "aviso", Language: "pt_BR", Body: "Pago.", Category: "UTILITY"})
	use := func(name string) string {
		return w.sent(m{"type": "template", "template": m{"name": name, "language": m{"code": "pt_BR"}}})
	}
	w.act(Action{Do: "preference", State: "stop", Text: "chega"})
	field, v := w.told()
	if wish := first(t, v, "user_preferences"); field != "user_preferences" || wish["value"] != "stop" || wish["detail"] != "chega" || wish["category"] != "marketing_messages" || wish["wa_id"] != ana {
		t.Errorf("%s %v", field, v)
	}
	refused, passed := use("oferta"), use("aviso")
	for id, code := range map[string]int{refused: 131050, passed: 0} {
		w.server.mu.Lock()
		doom := w.server.messages[id].doom
		w.server.mu.Unlock()
		if code == 0 && doom != nil || code != 0 && (doom == nil || doom.Code != code) {
			t.Errorf("%s: %+v", id, doom)
		}
	}
	w.act(Action{Do: "preference", State: "resume"})
	w.told()
	id := use("oferta")
	if _, err := w.server.Act(ana, Action{Do: "link_click", Number: numberID, Message: passed}); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	w.act(Action{Do: "link_click", Message: id})
	if field, v = w.told(); field != "messages" || first(t, v, "user_actions")["type"] != "marketing_messages_link_click" {
		t.Errorf("%s %v", field, v)
	}
}

func TestRareMessages(t *testing.T) {
	w := start(t, Config{})
	note := w.act(Action{Do: "text", Text: "oi"})
	w.told()
	asked := w.sent(interactive("location_request_message", m{"name": "send_location"}))
	for name, c := range map[string]struct {
		action Action
		want   []string
	}{
		"forwarded":   {Action{Do: "text", Text: "x", Forwarded: true}, []string{`"forwarded":true`}},
		"often":       {Action{Do: "text", Text: "x", Often: true}, []string{`"frequently_forwarded":true`}},
		"animated":    {Action{Do: "sticker", MIME: "image/webp", Data: []byte("x"), Animated: true}, []string{`"animated":true`, `\/media\/?mid=`}},
		"place":       {Action{Do: "location", Latitude: 1, Longitude: 2, Message: asked}, []string{`"id":"` + strings.ReplaceAll(asked, "/", `\/`)}},
		"own contact": {Action{Do: "share_contact", Message: asked}, []string{`"origin":"contact_request"`, `"wa_id":"` + ana}},
		"address":     {Action{Do: "address", Content: []byte(`{"values":{}}`)}, []string{`"address_message"`}},
		"permission":  {Action{Do: "call_permission", State: "accept"}, []string{`"call_permission_reply"`, `"expiration_timestamp"`}},
		"no":          {Action{Do: "call_permission", State: "reject"}, []string{`"reject"`}},
		"group":       {Action{Do: "group", Text: "de todos"}, []string{`"group_id"`}},
		"empty":       {Action{Do: "empty"}, []string{`"code":131000`, `"type":"interactive"`}},
		"poll":        {Action{Do: "poll"}, []string{`"unsupported"`, `"poll_creation"`}},
		"view once":   {Action{Do: "unsupported", Type: "view_once"}, []string{`"view_once"`}},
		"identity":    {Action{Do: "identity"}, []string{`"customer_identity_changed"`, `"hash"`}},
		"edit":        {Action{Do: "edit", Message: note.ID, Text: "oi, corrigido"}, []string{`"edit"`, "corrigido"}},
	} {
		w.act(c.action)
		raw := string(w.receiver.next(t).body)
		for _, want := range c.want {
			if !strings.Contains(raw, want) {
				t.Errorf("%s: no %s in %s", name, want, raw)
			}
		}
	}
	photo := w.act(Action{Do: "image", MIME: "image/jpeg", Data: []byte("x"), Caption: "antes"})
	w.told()
	w.act(Action{Do: "edit", Message: photo.ID, Text: "depois"})
	if raw := string(w.receiver.next(t).body); !strings.Contains(raw, `"caption":"depois"`) || !strings.Contains(raw, `"image"`) {
		t.Errorf("%s", raw)
	}
	before := w.server.Customers()[0].UserID
	w.act(Action{Do: "change_user_id"})
	_, v := w.told()
	message := first(t, v, "messages")
	if system := message["system"].(map[string]any); message["from_user_id"] != before || system["user_id"] == before || system["type"] != "user_changed_user_id" {
		t.Errorf("%v", message)
	}
	for _, wrong := range []Action{{Do: "call_permission", State: "maybe"}, {Do: "preference", State: "maybe"}, {Do: "edit", Message: note.ID}, {Do: "dance"}} {
		wrong.Number = numberID
		if _, err := w.server.Act(ana, wrong); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
}

func TestTheCompanysOwnApp(t *testing.T) {
	w := start(t, Config{})
	in := w.act(Action{Do: "text", Text: "oi"})
	w.told()
	echo := func(a Action) Message {
		t.Helper()
		a.Number = numberID
		message, err := w.server.Echo(ana, a)
		if err != nil {
			t.Fatal(err)
		}
		return message
	}
	written := echo(Action{Do: "text", Text: "bom dia", ReplyTo: in.ID})
	field, v := w.told()
	said := first(t, v, "message_echoes")
	if field != "smb_message_echoes" || said["to"] != ana || said["from"] != "551140001234" || said["id"] != written.ID || said["context"].(map[string]any)["id"] != in.ID {
		t.Errorf("%s %v", field, said)
	}
	for _, action := range []Action{
		{Do: "image", MIME: "image/png", Data: []byte("x")}, {Do: "edit", Message: written.ID, Text: "boa tarde"},
		{Do: "revoke", Message: written.ID}, {Do: "reaction", Message: in.ID, Emoji: "👍"},
	} {
		echo(action)
		if field, v = w.told(); field != "smb_message_echoes" || first(t, v, "message_echoes")["type"] == nil {
			t.Errorf("%s: %s %v", action.Do, field, v)
		}
	}
	if _, err := w.server.Echo(ana, Action{Do: "revoke", Number: numberID, Message: in.ID}); !fault.Is(err, fault.Refused) {
		t.Error(err)
	}
	if _, err := w.server.Echo(ana, Action{Do: "order", Number: numberID}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	status, raw := w.do("POST", "/_sandbox/customers/"+ana+"/echoes", "", Action{Do: "text", Text: "x", Number: numberID})
	if status != 201 || !strings.Contains(string(raw), `"message"`) {
		t.Errorf("%d %s", status, raw)
	}
}

func TestHistoryAndNews(t *testing.T) {
	w := start(t, Config{})
	post := func(path string, body any, want int) {
		t.Helper()
		if status, raw := w.do("POST", path, "", body); status != want {
			t.Errorf("%s: %d %s", path, status, raw)
		}
	}
	post("/_sandbox/numbers/"+numberID+"/history", History{Threads: []Thread{{Customer: ana, Messages: []PastWord{{Text: "abrem?"}, {Ours: true, Text: "abrimos"}}}}}, 201)
	field, v := w.told()
	thread := first(t, first(t, v, "history"), "threads")
	if messages := thread["messages"].([]any); field != "history" || thread["id"] != ana || len(messages) != 2 || messages[1].(map[string]any)["to"] != ana {
		t.Errorf("%s %v", field, v)
	}
	post("/_sandbox/numbers/"+numberID+"/history", History{Declined: true}, 201)
	if _, v = w.told(); fmt.Sprint(first(t, first(t, v, "history"), "errors")["code"]) != "2.593109e+06" {
		t.Errorf("%v", v)
	}
	post("/_sandbox/numbers/"+numberID+"/contacts", m{"contacts": []BookEntry{{Name: "Ana", Phone: ana}, {Phone: ana, Removed: true}}}, 201)
	if field, v = w.told(); field != "smb_app_state_sync" || first(t, v, "state_sync")["action"] != "add" || len(v["state_sync"].([]any)) != 2 {
		t.Errorf("%s %v", field, v)
	}
	post("/_sandbox/wabas/"+wabaID+"/news", m{"field": "account_update", "value": m{"event": "ACCOUNT_RESTRICTION"}}, 201)
	if field, v = w.told(); field != "account_update" || v["event"] != "ACCOUNT_RESTRICTION" {
		t.Errorf("%s %v", field, v)
	}
	post("/_sandbox/wabas/"+wabaID+"/news", m{"field": "messages", "number": numberID, "value": m{"errors": []m{{"code": 130429, "title": "Rate limit hit"}}}}, 201)
	if field, v = w.told(); field != "messages" || first(t, v, "errors")["title"] != "Rate limit hit" || v["metadata"] == nil {
		t.Errorf("%s %v", field, v)
	}
	post("/_sandbox/wabas/404/news", m{"field": "x", "value": m{}}, 404)
	post("/_sandbox/wabas/"+wabaID+"/news", m{"value": m{}}, 422)
	post("/_sandbox/numbers/404/history", History{}, 404)
	post("/_sandbox/numbers/"+numberID+"/history", History{Threads: []Thread{{}}}, 422)
	post("/_sandbox/numbers/"+numberID+"/contacts", m{"contacts": []BookEntry{{Name: "x"}}}, 422)
}

func TestANumberTellsItsState(t *testing.T) {
	w := start(t, Config{})
	w.put("/_sandbox/numbers", Number{ID: numberID, Quality: "RED", Limit: "TIER_10K", Status: "FLAGGED", NameStatus: "DECLINED"})
	_, raw := w.graph("GET", "/v25.0/"+numberID+"?fields=quality_rating,messaging_limit_tier,name_status,status,webhook_configuration", nil)
	var got map[string]any
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	hooks, _ := got["webhook_configuration"].(map[string]any)
	if got["quality_rating"] != "RED" || got["messaging_limit_tier"] != "TIER_10K" || got["status"] != "FLAGGED" || got["name_status"] != "DECLINED" || hooks["whatsapp_business_account"] != w.receiver.server.URL {
		t.Errorf("%s", raw)
	}
}
