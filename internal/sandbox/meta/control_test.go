package meta

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/sandbox/stage"
)

func TestControlAPI(t *testing.T) {
	w := start(t, Config{})
	message := w.act(Action{Do: "text", Text: "oi"})
	id := w.sent(text("olá"))
	get := func(path string) map[string]any {
		t.Helper()
		status, raw := w.do("GET", path, "", nil)
		var out map[string]any
		if err := json.Unmarshal(raw, &out); err != nil || status != 200 {
			t.Fatalf("%s: %d %s", path, status, raw)
		}
		return out
	}
	for path, member := range map[string]string{"apps": "apps", "wabas": "wabas", "numbers": "numbers", "customers": "customers"} {
		if list := get("/_sandbox/" + path)[member].([]any); len(list) != 1 {
			t.Errorf("%s: %v", path, list)
		}
	}
	if chats := get("/_sandbox/chats/" + numberID)["chats"].([]any); len(chats) != 1 || chats[0].(map[string]any)["unread"] != float64(1) {
		t.Fatalf("%v", chats)
	}
	w.receiver.next(t)
	lines := get("/_sandbox/chats/" + numberID + "/" + ana)["messages"].([]any)
	if len(lines) != 2 {
		t.Fatalf("%v", lines)
	}
	call := lines[1].(map[string]any)["exchanges"].([]any)[0].(map[string]any)
	if call["request_headers"].(map[string]any)["Authorization"] != "Bearer ***" || !strings.Contains(call["response_body"].(string), id) {
		t.Fatalf("%v", call)
	}
	hook := lines[0].(map[string]any)["exchanges"].([]any)[0].(map[string]any)
	if signature := hook["request_headers"].(map[string]any)["X-Hub-Signature-256"]; signature != Sign(secret, []byte(hook["request_body"].(string))) {
		t.Fatalf("%v does not sign the shown body", signature)
	}
	if status, raw := w.do("POST", "/_sandbox/messages/"+id+"/status", "", m{"status": "failed", "code": 131049}); status != 201 {
		t.Fatalf("%d %s", status, raw)
	}
	if failed, _ := w.server.Message(id); failed.Error == nil || failed.Error.Code != 131049 {
		t.Fatalf("%+v", failed)
	}
	if status, raw := w.do("POST", "/_sandbox/customers/"+ana+"/actions", "", m{"number": numberID, "do": "text", "text": "de novo"}); status != 201 || !strings.Contains(string(raw), "de novo") {
		t.Fatalf("%d %s", status, raw)
	}
	bad := []struct {
		method, path string
		body         any
		status       int
	}{
		{"POST", "/_sandbox/customers/" + ana + "/actions", m{"number": numberID, "do": "text", "texto": "x"}, 422},
		{"POST", "/_sandbox/customers/0/actions", m{"number": numberID, "do": "text", "text": "x"}, 404},
		{"POST", "/_sandbox/numbers", m{"phone_number_id": "abc"}, 422},
		{"POST", "/_sandbox/numbers", m{"phone_number_id": "5", "app_id": "404"}, 422},
		{"POST", "/_sandbox/apps", m{"app_id": ""}, 422},
		{"POST", "/_sandbox/wabas", m{"waba_id": "x"}, 422},
		{"POST", "/_sandbox/customers", m{"wa_id": "12"}, 422},
		{"POST", "/_sandbox/customers", m{"user_id": "zz"}, 422},
		{"POST", "/_sandbox/templates", m{"waba_id": "404", "name": "a", "language": "b", "body": "c"}, 404},
		{"POST", "/_sandbox/templates", m{"waba_id": wabaID}, 422},
		{"POST", "/_sandbox/faults", m{"on": "x"}, 422},
		{"DELETE", "/_sandbox/faults/none", nil, 404},
		{"POST", "/_sandbox/messages/" + message.ID + "/status", m{"status": "sent"}, 409},
		{"POST", "/_sandbox/messages/" + id + "/status", m{"status": "lost"}, 422},
		{"GET", "/_sandbox/chats/" + numberID + "/404", nil, 404},
		{"GET", "/_sandbox/ledger?after=x", nil, 422},
		{"GET", "/_sandbox/media/404", nil, 404},
		{"GET", "/_sandbox/nothing", nil, 404},
	}
	for _, c := range bad {
		if status, raw := w.do(c.method, c.path, "", c.body); status != c.status {
			t.Errorf("%s %s: %d %s", c.method, c.path, status, raw)
		}
	}
}

func TestSetUpIsIdempotent(t *testing.T) {
	w := start(t, Config{})
	before := w.server.Numbers()[0]
	again, err := w.server.PutNumber(Number{ID: numberID, Quality: "YELLOW"})
	if err != nil || again.Token != before.Token || again.WABA != wabaID || again.Quality != "YELLOW" {
		t.Fatalf("%+v %v", again, err)
	}
	fresh, err := w.server.PutNumber(Number{ID: "77"})
	if err != nil || fresh.Token == "" || fresh.App != appID || fresh.WABA == "" {
		t.Fatalf("%+v %v", fresh, err)
	}
	first, _ := w.server.PutCustomer(Customer{WaID: "+55 (11) 98765-4321"})
	if first.ID != ana || first.Name != "Ana Souza" || len(w.server.Customers()) != 1 {
		t.Fatalf("%+v", first)
	}
	// The other spelling of the same number is the same person.
	if same, _ := w.server.PutCustomer(Customer{WaID: "551187654321", Name: "Ana S."}); same.ID != ana || same.Name != "Ana S." {
		t.Fatalf("%+v", same)
	}
	if _, raw := w.graph("GET", "/v25.0/"+wabaID+"/message_templates", nil); string(raw) != `{"data":[],"paging":{}}` {
		t.Fatalf("%s", raw)
	}
	w.put("/_sandbox/templates", Template{WABA: wabaID, Name: "aviso", Language: "pt_BR", Body: "Oi {{1}}", Header: "Olá", Status: "PAUSED"})
	if _, raw := w.graph("GET", "/v25.0/"+wabaID+"/message_templates?name=avi", nil); !strings.Contains(string(raw), `"HEADER"`) || !strings.Contains(string(raw), "PAUSED") {
		t.Fatalf("%s", raw)
	}
	w.act(Action{Do: "text", Text: "oi"})
	if status, raw := w.send(m{"type": "template", "template": m{"name": "aviso", "language": m{"code": "pt_BR"}}}); status != 400 || graphErr(t, raw).Code != 132015 {
		t.Fatalf("%d %s", status, raw)
	}
	if status, raw := w.send(m{"to": "+55 11 4000-1234", "type": "text", "text": m{"body": "eu"}}); status != 400 || graphErr(t, raw).Code != 131021 {
		t.Fatalf("to itself: %d %s", status, raw)
	}
}

func TestANumbersOwnAddressComesFirst(t *testing.T) {
	w := start(t, Config{})
	status, raw := w.graph("POST", "/v25.0/"+numberID, m{"webhook_configuration": m{"override_callback_uri": w.receiver.server.URL + "/number", "verify_token": "verify-me"}})
	if status != 200 {
		t.Fatalf("%d %s", status, raw)
	}
	w.act(Action{Do: "text", Text: "oi"})
	w.receiver.next(t)
	if hooks := w.server.Ledger(0).Webhooks; !strings.HasSuffix(hooks[0].URL, "/number") {
		t.Fatalf("%+v", hooks)
	}
	if status, raw = w.graph("GET", "/v25.0/"+numberID+"?fields=webhook_configuration", nil); status != 200 || !strings.Contains(string(raw), "/number") {
		t.Fatalf("%d %s", status, raw)
	}
	status, raw = w.graph("POST", "/v25.0/"+numberID, m{"webhook_configuration": m{"override_callback_uri": "ftp://x", "verify_token": "y"}})
	if status != 400 || graphErr(t, raw).Code != 100 {
		t.Fatalf("%d %s", status, raw)
	}
}

func TestLinksAreFetchedWhenTold(t *testing.T) {
	files := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/a.png":
			rw.Header().Set("Content-Type", "image/png")
			_, _ = rw.Write([]byte("x"))
		case "/page":
			rw.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = rw.Write([]byte("<html>"))
		default:
			rw.WriteHeader(http.StatusNotFound)
		}
	}))
	defer files.Close()
	w := start(t, Config{FetchLinks: true, StatusDelays: StatusDelays{Delivered: -1, Read: -1}})
	w.act(Action{Do: "text", Text: "oi"})
	w.receiver.next(t)
	for path, want := range map[string]string{"/a.png": "sent", "/page": "failed", "/none": "failed"} {
		id := w.sent(m{"type": "image", "image": m{"link": files.URL + path}})
		status := w.receiver.next(t).values(t)[0].Statuses[0]
		if status.ID != id || status.Status != want || want == "failed" && status.Errors[0].Code != 131053 {
			t.Fatalf("%s: %+v", path, status)
		}
	}
}

func TestFaultsOfOneCall(t *testing.T) {
	w := start(t, Config{})
	w.act(Action{Do: "text", Text: "oi"})
	w.put("/_sandbox/faults", stage.Rule{On: "call", Kind: "messages", Account: numberID, Do: stage.DoStatus, Status: 401, Count: 1})
	w.put("/_sandbox/faults", stage.Rule{On: "call", Kind: "messages", Account: "other", Do: stage.DoStatus, Status: 500})
	w.put("/_sandbox/faults", stage.Rule{On: "call", Kind: numberID, Do: stage.DoDelay, DelayMS: 1})
	if status, raw := w.send(text("x")); status != 401 || graphErr(t, raw).Code != 190 {
		t.Fatalf("%d %s", status, raw)
	}
	w.sent(text("x"))
	if status, raw := w.graph("GET", "/v25.0/"+numberID, nil); status != 200 {
		t.Fatalf("%d %s", status, raw)
	}
	if status, _ := w.do("DELETE", "/_sandbox/faults", "", nil); status != 200 {
		t.Fatal(status)
	}
}

// TestTwoSpellings: the second spelling of a number leads back to the first,
// and no landline has one.
func TestTwoSpellings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ddd := rapid.IntRange(11, 99).Draw(t, "ddd")
		eight := fmt.Sprintf("%d%07d", rapid.IntRange(2, 9).Draw(t, "first"), rapid.IntRange(0, 9_999_999).Draw(t, "rest"))
		short := fmt.Sprintf("55%d%s", ddd, eight)
		long, ok := otherForm(short)
		if landline := eight[0] < '6'; landline == ok {
			t.Fatalf("%s: %v", short, ok)
		}
		if !ok {
			return
		}
		if back, ok := otherForm(long); !ok || back != short || len(long) != 13 {
			t.Fatalf("%s became %s became %s", short, long, back)
		}
	})
	for _, foreign := range []string{"16505551234", "351912345678", "", "55", "5511"} {
		if other, ok := otherForm(foreign); ok {
			t.Errorf("%s became %s", foreign, other)
		}
	}
}

// FuzzReadMessage: no body makes the rules panic, and what is accepted has a
// recipient and a kind.
func FuzzReadMessage(f *testing.F) {
	for _, seed := range []string{
		`{"to":"5511","type":"text","text":{"body":"a"}}`, `{"to":"1","type":"interactive","interactive":{"type":"list","action":{"sections":[{"rows":[null]}]}}}`,
		`{"to":"1","type":"contacts","contacts":[1]}`, `{"to":1}`, `[]`, `{"type":"interactive","interactive":{"type":"carousel","action":{"cards":[{}]}}}`,
		`{"to":"1","type":"template","template":{"name":"a","language":{"code":"b"},"components":[{"type":"body","parameters":[{"type":"text"}]}]}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c := &checker{}
		d := readMessage(c.decode(raw))
		if c.err == nil && (d.kind == "" || d.to == "" && d.bsuid == "") {
			t.Fatalf("accepted %s", raw)
		}
	})
}
