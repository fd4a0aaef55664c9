package meta

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/sandbox/stage"
)

// TestAnyMomentCanBeTheLast does random things and after each reads a copy of
// the folder, as it would be found after kill -9: what was answered is there.
func TestAnyMomentCanBeTheLast(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp("", "meta")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		config := Config{Dir: dir, Unlimited: true, StatusDelays: StatusDelays{Sent: -1, Delivered: -1, Read: -1}}
		s, err := New(config)
		if err != nil {
			rt.Fatal(err)
		}
		defer s.Close()
		_, _ = s.PutApp(App{ID: appID, Secret: secret, CallbackURL: "http://127.0.0.1:1/"})
		_, _ = s.PutWABA(WABA{ID: wabaID, Subscriptions: map[string]string{appID: ""}})
		_, _ = s.PutNumber(Number{ID: numberID, WABA: wabaID, App: appID, Token: token})
		_, _ = s.PutCustomer(Customer{WaID: ana, Name: "Ana"})
		var sent, received []string
		for step := range rapid.IntRange(1, 5).Draw(rt, "steps") {
			switch rapid.SampledFrom([]string{"send", "act", "status", "edit", "read", "block"}).Draw(rt, "what") {
			case "send":
				body := fmt.Sprintf(`{"messaging_product":"whatsapp","to":"%s","type":"text","text":{"body":"%d"}}`, ana, step)
				answer, failure := s.postMessages(fakeCall(body), *s.numbers[numberID])
				if failure != nil {
					rt.Fatal(failure)
				}
				var out sendAnswer
				_ = json.Unmarshal(answer.Body, &out)
				sent = append(sent, out.Messages[0].ID)
			case "act":
				if message, err := s.Act(ana, Action{Do: "text", Number: numberID, Text: fmt.Sprint(step)}); err == nil {
					received = append(received, message.ID)
				}
			case "status":
				for _, id := range sent {
					_ = s.SetStatus(id, rapid.SampledFrom([]string{"sent", "delivered", "failed"}).Draw(rt, "status"), 0)
				}
			case "edit":
				if len(received) > 0 {
					if message, err := s.Act(ana, Action{Do: "edit", Number: numberID, Message: received[0], Text: "mudado"}); err == nil && message.ID == "" {
						rt.Fatal("an edit without an id")
					}
				}
			case "read":
				if _, err := s.Read(numberID, ana); err != nil {
					rt.Fatal(err)
				}
			case "block":
				if _, err := s.Act(ana, Action{Do: rapid.SampledFrom([]string{"block", "unblock"}).Draw(rt, "block"), Number: numberID}); err != nil {
					rt.Fatal(err)
				}
			}
			compare(rt, s, dir)
		}
	})
}

// compare opens a copy of the folder and holds it against the living server.
func compare(t *rapid.T, living *Server, dir string) {
	raw, err := os.ReadFile(filepath.Join(dir, "meta.journal"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.MkdirTemp("", "meta")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(second)
	if err := os.WriteFile(filepath.Join(second, "meta.journal"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := New(Config{Dir: second, Unlimited: true, StatusDelays: StatusDelays{Sent: -1, Delivered: -1, Read: -1}})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	render := func(s *Server) string {
		messages, _, err := s.Messages(numberID, ana, "", 1000)
		if err != nil {
			t.Fatal(err)
		}
		view, err := s.View(numberID, ana)
		if err != nil {
			t.Fatal(err)
		}
		view.Last, view.Unread, view.TypingUntilMS = nil, 0, 0 // what a phone had opened is not kept
		for i := range messages {
			messages[i].Webhooks = nil // packed again after a restart
		}
		out, _ := json.Marshal([]any{messages, view, s.Ledger(0).Sends})
		return string(out)
	}
	if was, is := render(living), render(again); was != is {
		t.Fatalf("lived as\n%s\nread as\n%s", was, is)
	}
}

// fakeCall is a send call that did not come by HTTP.
func fakeCall(body string) *call {
	return &call{request: newRequest(body), body: []byte(body), form: map[string]string{}}
}

// TestEverythingAtOnce gives the race detector something to find.
func TestEverythingAtOnce(t *testing.T) {
	w := start(t, Config{Dir: t.TempDir(), Unlimited: true, StatusDelays: StatusDelays{Read: 1}})
	for i := range 8 {
		w.put("/_sandbox/customers", Customer{WaID: fmt.Sprintf("55119000000%02d", i), Name: "C"})
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { // the webhook's channel must not fill up
		for {
			select {
			case <-w.receiver.got:
			case <-ctx.Done():
				return
			}
		}
	}()
	var all sync.WaitGroup
	for i := range 8 {
		who := fmt.Sprintf("55119000000%02d", i)
		all.Go(func() {
			for n := range 20 {
				message, err := w.server.Act(who, Action{Do: "text", Number: numberID, Text: fmt.Sprint(n)})
				if err != nil {
					t.Error(err)
					return
				}
				for _, body := range []m{
					{"messaging_product": "whatsapp", "to": who, "type": "text", "text": m{"body": "x"}},
					{"messaging_product": "whatsapp", "status": "read", "message_id": message.ID},
				} {
					if status, raw := w.graph("POST", "/v25.0/"+numberID+"/messages", body); status != 200 {
						t.Errorf("%d %s", status, raw)
						return
					}
				}
				_, _ = w.server.Read(numberID, who)
				_, _ = w.server.Act(who, Action{Do: "reaction", Number: numberID, Message: message.ID, Emoji: "👍"})
			}
		})
	}
	for range 2 {
		all.Go(func() {
			for range 20 {
				w.do("GET", "/_sandbox/chats/"+numberID+"/5511900000000", "", nil)
				w.do("GET", "/_sandbox/ledger", "", nil)
				w.do("GET", "/_sandbox/wabas", "", nil)
				changes, end := w.server.Watch()
				end()
				for range changes {
				}
				rule, err := w.server.AddFault(stage.Rule{On: "webhook", Do: stage.DoDuplicate, Probability: 0.1})
				if err != nil {
					t.Error(err)
				}
				w.server.rules.Remove(rule.ID)
				_ = w.server.ChangeSettings(w.server.Settings())
				w.graph("POST", "/v25.0/"+wabaID+"/subscribed_apps", m{"override_callback_uri": w.receiver.server.URL, "verify_token": "verify-me"})
			}
		})
	}
	all.Wait()
	if counts := w.server.Ledger(0).Counts; counts.Sends != 160 {
		t.Fatalf("%+v", counts)
	}
	for _, chat := range w.server.Chats(numberID) {
		if chat.Last == nil || !strings.HasPrefix(chat.Customer, "5511") {
			t.Fatalf("%+v", chat)
		}
	}
}
