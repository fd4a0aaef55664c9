package meta

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
)

// upload posts a file and gives the status and the body.
func (w *world) upload(kind string, data []byte) (int, []byte) {
	w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("messaging_product", "whatsapp")
	_ = form.WriteField("type", kind)
	part, _ := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="file"; filename="a.bin"`}, "Content-Type": {kind}})
	_, _ = part.Write(data)
	_ = form.Close()
	request, _ := http.NewRequest("POST", w.http.URL+"/v25.0/"+numberID+"/media", &body)
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

func TestMediaRoundTrip(t *testing.T) {
	now := clock.NewManual(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	for _, dir := range []string{"", t.TempDir()} {
		w := start(t, Config{Dir: dir, Clock: now})
		w.act(Action{Do: "text", Text: "oi"})
		status, raw := w.upload("image/png", []byte("pixels"))
		var media struct {
			ID, URL, SHA256 string
			MIME            string `json:"mime_type"`
			Size            int64  `json:"file_size"`
		}
		if err := json.Unmarshal(raw, &media); err != nil || status != 200 || media.ID == "" {
			t.Fatalf("%d %s", status, raw)
		}
		id := media.ID
		w.sent(m{"type": "image", "image": m{"id": id}})
		if _, raw = w.graph("GET", "/v25.0/"+id, nil); json.Unmarshal(raw, &media) != nil || media.MIME != "image/png" || media.Size != 6 {
			t.Fatalf("%s", raw)
		}
		path := strings.TrimPrefix(media.URL, w.http.URL)
		if status, raw = w.do("GET", path, token, nil); status != 200 || string(raw) != "pixels" {
			t.Fatalf("%d %s", status, raw)
		}
		for _, bearer := range []string{"", "other"} {
			if status, _ = w.do("GET", path, bearer, nil); status != 404 {
				t.Fatalf("token %q gets %d", bearer, status)
			}
		}
		now.Advance(6 * time.Minute)
		if status, _ = w.do("GET", path, token, nil); status != 403 {
			t.Fatalf("an old address answers %d", status)
		}
		if status, raw = w.graph("DELETE", "/v25.0/"+id, nil); status != 200 {
			t.Fatalf("%d %s", status, raw)
		}
		if status, _ = w.graph("GET", "/v25.0/"+id, nil); status != 400 {
			t.Fatal("deleted media is there")
		}
		if status, raw = w.upload("image/gif", []byte("x")); status != 400 || graphErr(t, raw).Code != 100 {
			t.Fatalf("%d %s", status, raw)
		}
		if status, raw = w.upload("image/jpeg", make([]byte, 5<<20+1)); status != 400 || graphErr(t, raw).Code != 131053 {
			t.Fatalf("%d %s", status, raw)
		}
	}
}

func TestReceivedMedia(t *testing.T) {
	w := start(t, Config{})
	w.act(Action{Do: "voice", Data: []byte("opus"), MIME: "audio/ogg; codecs=opus"})
	var message struct {
		Type  string
		Audio struct {
			ID, SHA256 string
			Voice      bool
		}
	}
	if err := json.Unmarshal(w.receiver.next(t).values(t)[0].Messages[0], &message); err != nil {
		t.Fatal(err)
	}
	if message.Type != "audio" || !message.Audio.Voice || !strings.HasSuffix(message.Audio.SHA256, "=") {
		t.Fatalf("%+v", message)
	}
	if status, raw := w.graph("GET", "/v25.0/"+message.Audio.ID, nil); status != 200 {
		t.Fatalf("%d %s", status, raw)
	}
	if status, _ := w.graph("GET", "/v25.0/"+message.Audio.ID+"?phone_number_id="+numberID, nil); status != 400 {
		t.Fatal("customer media does not belong to a number")
	}
	id := w.sent(m{"type": "image", "image": m{"id": message.Audio.ID}})
	if err := w.server.SetStatus(id, "sent", 0); err != nil {
		t.Fatal(err)
	}
}

// TestRestart reopens the folder without Close, as after kill -9, with a torn
// last line.
func TestRestart(t *testing.T) {
	dir := t.TempDir()
	w := start(t, Config{Dir: dir})
	w.receiver.answer = func(int) int { return http.StatusInternalServerError }
	before := w.act(Action{Do: "text", Text: "antes"})
	body := text("resposta")
	body["biz_opaque_callback_data"] = "ref-1"
	id := w.sent(body)
	w.receiver.next(t)
	w.stop()
	journal := filepath.Join(dir, "meta.journal")
	raw, err := os.ReadFile(journal)
	if err != nil {
		t.Fatal(err)
	}
	// A copy of what the kernel holds, torn in the middle of a line.
	second := t.TempDir()
	if err := os.WriteFile(filepath.Join(second, "meta.journal"), append(raw, "0000beef\tmessage/x\t{\"id"...), 0o600); err != nil {
		t.Fatal(err)
	}
	w.receiver.mu.Lock()
	w.receiver.answer = nil
	w.receiver.mu.Unlock()
	for len(w.receiver.got) > 0 {
		<-w.receiver.got
	}
	w.open(Config{Dir: second, StatusDelays: StatusDelays{Delivered: -1, Read: -1}})
	seen := map[string]bool{}
	for !seen[before.ID] || !seen["sent"] {
		for _, v := range w.receiver.next(t).values(t) {
			for _, message := range v.Messages {
				var got struct{ ID string }
				_ = json.Unmarshal(message, &got)
				seen[got.ID] = true
			}
			for _, status := range v.Statuses {
				seen[status.Status] = status.ID == id && status.Reference == "ref-1"
			}
		}
	}
	dump := w.server.Ledger(0)
	if len(dump.Sends) != 1 || dump.Sends[0].ID != id || dump.Sends[0].Reference != "ref-1" || dump.Sends[0].Recipient != ana || dump.Sends[0].Text != "resposta" {
		t.Fatalf("%+v", dump.Sends)
	}
	transcript, err := w.server.Transcript(numberID, ana)
	if err != nil || len(transcript.Lines) != 2 || transcript.Lines[0].ID != before.ID || transcript.Lines[1].ID != id {
		t.Fatalf("%+v %v", transcript, err)
	}
	if next := w.sent(text("depois")); next == id {
		t.Fatal("an id came twice")
	}
	if after := w.server.Ledger(1); len(after.Sends) != 1 || after.Sends[0].Seq != 2 {
		t.Fatalf("%+v", after.Sends)
	}
}

func TestEveryKindOfInbound(t *testing.T) {
	w := start(t, Config{})
	menu := w.sent(interactive("list", listAction(m{"rows": []m{{"id": "a", "title": "Bolos", "description": "hoje"}}})))
	own := w.act(Action{Do: "text", Text: "oi"})
	w.receiver.next(t)
	cases := []struct {
		action Action
		want   []string // parts of the message object
	}{
		{Action{Do: "tap", Message: menu, Choice: "a"}, []string{`"type":"interactive"`, `"list_reply":{"description":"hoje","id":"a","title":"Bolos"}`, `"context":{"from":"551140001234","id":"` + menu + `"}`}},
		{Action{Do: "image", Data: []byte("x"), MIME: "image/jpeg", Caption: "veja"}, []string{`"caption":"veja"`, `"mime_type":"image/jpeg"`}},
		{Action{Do: "document", Data: []byte("x"), MIME: "application/pdf", Filename: "a.pdf"}, []string{`"filename":"a.pdf"`}},
		{Action{Do: "sticker", Data: []byte("x"), MIME: "image/webp"}, []string{`"animated":false`}},
		{Action{Do: "location", Latitude: -23.5, Longitude: -46.6, Name: "Casa"}, []string{`"latitude":-23.5`, `"name":"Casa"`}},
		{Action{Do: "contact"}, []string{`"formatted_name":"Ana Souza"`, `"wa_id":"` + ana + `"`}},
		{Action{Do: "order", CatalogID: "c1", Items: []OrderItem{{ID: "sku", Quantity: 2, Price: 19.9, Currency: "BRL"}}}, []string{`"product_items":[{"product_retailer_id":"sku","quantity":2,"item_price":19.9,"currency":"BRL"}]`}},
		{Action{Do: "reaction", Message: menu, Emoji: "👍"}, []string{`"emoji":"👍"`, `"message_id":"` + menu}},
		{Action{Do: "reaction", Message: menu}, []string{`"reaction":{"message_id":"` + menu + `"}`}},
		{Action{Do: "edit", Message: own.ID, Text: "olá"}, []string{`"original_message_id":"` + own.ID, `"body":"olá"`}},
		{Action{Do: "revoke", Message: own.ID}, []string{`"revoke":{"original_message_id":"` + own.ID}},
		{Action{Do: "button", Choice: "SIM", Text: "Sim"}, []string{`"button":{"payload":"SIM","text":"Sim"}`}},
		{Action{Do: "form", Content: json.RawMessage(`{"flow_token":"t","nome":"Ana"}`)}, []string{`"nfm_reply"`, `"response_json":"{\"flow_token\":\"t\",\"nome\":\"Ana\"}"`}},
		{Action{Do: "unsupported"}, []string{`"type":"unsupported"`, `"code":131051`, `"poll_creation"`}},
		{Action{Do: "request_welcome"}, []string{`"type":"request_welcome"`}},
		{Action{Do: "text", Text: "do anúncio", Referral: json.RawMessage(`{"source_type":"ad","source_id":"1"}`)}, []string{`"referral":{"source_type":"ad","source_id":"1"}`}},
		{Action{Do: "text", Text: "olha", Forwarded: true}, []string{`"context":{"forwarded":true}`}},
		{Action{Do: "text", Text: "sobre isto", ReplyTo: menu}, []string{`"id":"` + menu}},
		{Action{Do: "raw", Type: "novidade", Content: json.RawMessage(`{"x":1}`)}, []string{`"novidade":{"x":1}`}},
		{Action{Do: "change_number", Phone: "5511911112222"}, []string{`"type":"system"`, `"wa_id":"5511911112222"`, `"from":"` + ana + `"`}},
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.action.Do, c.action.Text), func(t *testing.T) {
			message := w.act(c.action)
			got := string(w.receiver.next(t).values(t)[0].Messages[0])
			for _, want := range append(c.want, `"id":"`+message.ID+`"`) {
				if !strings.Contains(unescaped(got), want) {
					t.Errorf("no %s in %s", want, unescaped(got))
				}
			}
		})
	}
	for name, action := range map[string]Action{
		"no such choice": {Do: "tap", Message: menu, Choice: "z"}, "no such message": {Do: "tap", Message: "wamid.x", Choice: "a"},
		"their message": {Do: "edit", Message: menu, Text: "x"}, "unknown action": {Do: "dance"}, "empty text": {Do: "text"},
	} {
		action.Number = numberID
		if _, err := w.server.Act(ana, action); err == nil {
			t.Errorf("%s was allowed", name)
		}
	}
}

// unescaped undoes what json.RawMessage keeps of the wire's escapes.
func unescaped(text string) string {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return text
	}
	var object struct {
		Order json.RawMessage `json:"order"`
	}
	_ = json.Unmarshal([]byte(text), &object)
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value)
	return out.String() + text + string(object.Order) + strings.NewReplacer(`\/`, "/", `\ud83d\udc4d`, "👍").Replace(text)
}

func TestLightLedgersForget(t *testing.T) {
	for _, mode := range []string{"light", "counts"} {
		w := start(t, Config{Ledger: mode, StatusDelays: StatusDelays{Read: 1}})
		w.act(Action{Do: "text", Text: "oi"})
		changes, end := w.server.Watch()
		w.sent(text("olá"))
		for change := range changes {
			if change.Message != nil && change.Message.Status == "read" {
				break
			}
		}
		end()
		w.stop()
		w.server.mu.Lock()
		kept := len(w.server.messages)
		w.server.mu.Unlock()
		dump := w.server.Ledger(0)
		if kept > 1 || dump.Counts.Sends != 1 || len(dump.Webhooks) != 0 || (mode == "light") != (len(dump.Sends) == 1) {
			t.Fatalf("%s: %d messages, %+v", mode, kept, dump)
		}
	}
}

func TestResetKeepsAccountsWhenTold(t *testing.T) {
	dir := t.TempDir()
	w := start(t, Config{Dir: dir})
	w.act(Action{Do: "text", Text: "oi"})
	if status, raw := w.do("POST", "/_sandbox/reset", "", m{"keep": "accounts"}); status != 201 {
		t.Fatalf("%d %s", status, raw)
	}
	if len(w.server.Numbers()) != 1 || len(w.server.Customers()) != 1 || len(w.server.Chats(numberID)) != 0 || !w.server.Ready(numberID) {
		t.Fatal("accounts were lost or chats were kept")
	}
	w.stop()
	again, err := New(Config{Dir: dir})
	if err != nil || len(again.Numbers()) != 1 {
		t.Fatalf("%v", err)
	}
	if err := again.Reset(false); err != nil || len(again.Numbers()) != 0 {
		t.Fatalf("%v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := again.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}
