package meta

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/sandbox/stage"
)

func TestWebhookIsSignedOverItsBytes(t *testing.T) {
	w := start(t, Config{})
	sent := w.act(Action{Do: "text", Text: "Olá! Preço do pão? 🥖 a/b"})
	got := w.receiver.next(t)
	if got.signature != Sign(secret, got.body) || !strings.HasPrefix(got.signature, "sha256=") {
		t.Fatalf("signature %q does not fit the body", got.signature)
	}
	for _, want := range []string{`Ol\u00e1`, `p\u00e3o`, `\ud83e\udd56`, `a\/b`} {
		if !bytes.Contains(got.body, []byte(want)) {
			t.Errorf("the body has no %s: %s", want, got.body)
		}
	}
	v := got.values(t)[0]
	var message struct {
		ID, From, Type, Timestamp string
		FromUser                  string `json:"from_user_id"`
		Text                      struct{ Body string }
	}
	if err := json.Unmarshal(v.Messages[0], &message); err != nil {
		t.Fatal(err)
	}
	if message.ID != sent.ID || message.From != ana || message.Text.Body != "Olá! Preço do pão? 🥖 a/b" || !strings.HasPrefix(message.FromUser, "BR.") {
		t.Errorf("message %+v", message)
	}
	if v.Metadata.ID != numberID || v.Metadata.Display != "551140001234" || v.Contacts[0].WaID != ana || v.Contacts[0].Profile.Name != "Ana Souza" {
		t.Errorf("value %+v", v)
	}
}

func TestEscapeKeepsTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := map[string]string{"a": rapid.String().Draw(t, "text")}
		raw, err := json.Marshal(want)
		if err != nil {
			t.Skip()
		}
		escaped := escape(raw)
		for _, b := range escaped {
			if b >= 0x80 {
				t.Fatalf("a byte that is not ASCII is left in %s", escaped)
			}
		}
		var got map[string]string
		if err := json.Unmarshal(escaped, &got); err != nil {
			t.Fatalf("%s: %v", escaped, err)
		}
		var plain map[string]string
		if err := json.Unmarshal(raw, &plain); err != nil || got["a"] != plain["a"] {
			t.Fatalf("%q became %q", plain["a"], got["a"])
		}
	})
}

func TestWebhookIsRepeatedUntilItIsTaken(t *testing.T) {
	w := start(t, Config{WebhookGaps: []time.Duration{time.Millisecond, 2 * time.Millisecond}})
	w.receiver.answer = func(n int) int {
		if n < 4 {
			return http.StatusServiceUnavailable
		}
		return http.StatusOK
	}
	changes, end := w.server.Watch()
	defer end()
	message := w.act(Action{Do: "text", Text: "oi"})
	first := w.receiver.next(t)
	for range 3 {
		again := w.receiver.next(t)
		if !bytes.Equal(first.body, again.body) || first.signature != again.signature {
			t.Fatal("a repetition is not the same webhook")
		}
	}
	for change := range changes {
		if change.Message != nil && change.Message.ID == message.ID && change.Message.Status == "delivered" {
			break
		}
	}
	dump := w.server.Ledger(0)
	if len(dump.Webhooks) != 1 || len(dump.Webhooks[0].Attempts) != 4 || dump.Webhooks[0].State != "delivered" {
		t.Fatalf("ledger: %+v", dump.Webhooks)
	}
	if dump.Counts.WebhookFailures != 3 || dump.Counts.WebhookAttempts != 4 || dump.Counts.WebhookDelivered != 1 {
		t.Fatalf("counts: %+v", dump.Counts)
	}
}

func TestFirstAttemptsKeepAChatsOrderAndAreBatched(t *testing.T) {
	w := start(t, Config{})
	for i := range 10 {
		w.put("/_sandbox/customers", Customer{WaID: fmt.Sprintf("55119000000%02d", i), Name: fmt.Sprint("C", i)})
	}
	const rounds = 20
	for round := range rounds {
		for i := range 10 {
			if _, err := w.server.Act(fmt.Sprintf("55119000000%02d", i), Action{Do: "text", Number: numberID, Text: fmt.Sprint(round)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	next := map[string]int{}
	posts, events := 0, 0
	for events < rounds*10 {
		posts++
		for _, v := range w.receiver.next(t).values(t) {
			var message struct {
				From string
				Text struct{ Body string }
			}
			_ = json.Unmarshal(v.Messages[0], &message)
			if message.Text.Body != fmt.Sprint(next[message.From]) {
				t.Fatalf("%s: message %s came when %d was due", message.From, message.Text.Body, next[message.From])
			}
			next[message.From]++
			events++
		}
	}
	if posts >= events {
		t.Errorf("%d events came in %d posts: nothing was batched", events, posts)
	}
}

func TestStatusesGoForward(t *testing.T) {
	w := start(t, Config{StatusDelays: StatusDelays{Sent: 0, Delivered: time.Millisecond, Read: -1}})
	w.act(Action{Do: "text", Text: "oi"})
	w.receiver.next(t)
	body := text("olá")
	body["biz_opaque_callback_data"] = "msg_1"
	id := w.sent(body)
	statuses := func() statusObject {
		for {
			if v := w.receiver.next(t).values(t); len(v[0].Statuses) == 1 {
				return v[0].Statuses[0]
			}
		}
	}
	sent := statuses()
	if sent.ID != id || sent.Status != "sent" || sent.Reference != "msg_1" || sent.RecipientID != ana || sent.Conversation == nil ||
		sent.Conversation.Expiration == "" || sent.Conversation.Origin["type"] != "service" || sent.Pricing == nil || sent.Pricing.Model != "PMP" {
		t.Fatalf("sent: %+v", sent)
	}
	if delivered := statuses(); delivered.Status != "delivered" || delivered.Conversation.Expiration != "" {
		t.Fatalf("delivered: %+v", delivered)
	}
	if n, err := w.server.Read(numberID, ana); n != 1 || err != nil {
		t.Fatalf("read %d, %v", n, err)
	}
	if read := statuses(); read.Status != "read" {
		t.Fatalf("read: %+v", read)
	}
	if err := w.server.SetStatus(id, "delivered", 0); err == nil {
		t.Fatal("a status went back")
	}
	if err := w.server.SetStatus(id, "played", 0); err != nil {
		t.Fatal(err)
	}
	if played := statuses(); played.Status != "played" {
		t.Fatalf("played: %+v", played)
	}
}

func TestReadBeforeDeliveryIsRememberedAndReceiptsCanBeOff(t *testing.T) {
	w := start(t, Config{})
	w.act(Action{Do: "text", Text: "oi"})
	id := w.sent(text("olá"))
	if _, err := w.server.Read(numberID, ana); err != nil {
		t.Fatal(err)
	}
	changes, end := w.server.Watch()
	defer end()
	for _, status := range []string{"sent", "delivered"} {
		if err := w.server.SetStatus(id, status, 0); err != nil {
			t.Fatal(err)
		}
	}
	for change := range changes {
		if change.Message != nil && change.Message.Status == "read" {
			break
		}
	}
	w.put("/_sandbox/customers", Customer{WaID: ana, NoReceipts: true})
	id = w.sent(text("de novo"))
	for _, status := range []string{"sent", "delivered"} {
		if err := w.server.SetStatus(id, status, 0); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.server.Read(numberID, ana); err != nil {
		t.Fatal(err)
	}
	if message, _ := w.server.Message(id); message.Status != "delivered" {
		t.Fatalf("a person without receipts told: %s", message.Status)
	}
}

func TestWebhookFaults(t *testing.T) {
	texts := func(t *testing.T, w *world, n int) []string {
		var out []string
		for len(out) < n {
			for _, v := range w.receiver.next(t).values(t) {
				var message struct{ Text struct{ Body string } }
				_ = json.Unmarshal(v.Messages[0], &message)
				out = append(out, message.Text.Body)
			}
		}
		return out
	}
	cases := []struct {
		name string
		rule stage.Rule
		want string
	}{
		{"duplicate", stage.Rule{On: "webhook", Do: stage.DoDuplicate, Count: 1}, "a a b c"},
		{"lost answer", stage.Rule{On: "webhook", Do: stage.DoCutAfter, Count: 1}, "a a b c"},
		{"drop", stage.Rule{On: "webhook", Do: stage.DoDrop, Count: 1}, "b c"},
		{"reorder", stage.Rule{On: "webhook", Do: stage.DoReorder, Count: 1}, "b a c"},
		{"delay", stage.Rule{On: "webhook", Do: stage.DoDelay, DelayMS: 5, Kind: "message"}, "a b c"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := start(t, Config{WebhookGaps: []time.Duration{time.Millisecond}, WebhookBatch: 1, WebhookLanes: 1})
			w.put("/_sandbox/faults", c.rule)
			want := strings.Fields(c.want)
			var got []string
			// One at a time, so that only the rule changes the order.
			for i, body := range []string{"a", "b", "c"} {
				w.act(Action{Do: "text", Text: body})
				due := strings.Count(c.want, body)
				if c.name == "reorder" {
					due = []int{0, 2, 1}[i]
				}
				got = append(got, texts(t, w, due)...)
			}
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Fatalf("got %v, wanted %v", got, want)
			}
		})
	}
}
