package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/sandbox/stage"
)

// direct calls a method without a listener.
func direct(s *Server, method string, body m) envelope {
	raw, _ := json.Marshal(body)
	request := httptest.NewRequest(http.MethodPost, "/bot"+botToken+"/"+method, strings.NewReader(string(raw)))
	request.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, request)
	var out envelope
	_ = json.Unmarshal(answer.Body.Bytes(), &out)
	return out
}

// TestAnyMomentCanBeTheLast does random things and after each reads a copy of
// the folder, as it would be found after kill -9: what was answered is there.
func TestAnyMomentCanBeTheLast(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp("", "telegram")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		s, err := New(Config{Dir: dir, Unlimited: true})
		if err != nil {
			rt.Fatal(err)
		}
		defer s.Close()
		_, _ = s.PutBot(Bot{Token: botToken, Username: "loja_bot"})
		_, _ = s.PutUser(User{ID: bia, FirstName: "Bia", Phone: "5511988887777"})
		if _, err := s.Act(bia, Action{Bot: botID, Do: "start"}); err != nil {
			rt.Fatal(err)
		}
		last := int64(1)
		for step := range rapid.IntRange(1, 5).Draw(rt, "steps") {
			what := rapid.SampledFrom([]string{"send", "text", "edit", "delete", "react", "press", "photo", "block", "unblock", "webhook"}).Draw(rt, "what")
			switch what {
			case "send":
				answer := direct(s, "sendMessage", m{"chat_id": bia, "text": fmt.Sprint(step), "reply_markup": m{"inline_keyboard": []any{[]m{{"text": "a", "callback_data": "k"}}}}})
				var message struct {
					ID int64 `json:"message_id"`
				}
				if json.Unmarshal(answer.Result, &message) == nil && answer.OK {
					if message.ID <= last {
						rt.Fatalf("message ids: %d after %d", message.ID, last)
					}
					last = message.ID
				}
			case "edit":
				direct(s, "editMessageText", m{"chat_id": bia, "message_id": last, "text": fmt.Sprint("e", step)})
			case "delete":
				direct(s, "deleteMessage", m{"chat_id": bia, "message_id": last})
			case "react":
				direct(s, "setMessageReaction", m{"chat_id": bia, "message_id": last, "reaction": []m{{"type": "emoji", "emoji": "👍"}}})
			case "webhook":
				direct(s, "setWebhook", m{"url": "https://example.com/" + fmt.Sprint(step), "secret_token": "s"})
			default:
				action := Action{Bot: botID, Do: what, Text: fmt.Sprint(step), Message: last, Data: "k"}
				if what == "photo" {
					action.Bytes = []byte("x")
				}
				if message, err := s.Act(bia, action); err == nil && message.MessageID > last {
					last = message.MessageID
				}
			}
			compare(rt, s, dir)
		}
	})
}

// compare opens a copy of the folder and holds it against the living server.
func compare(t *rapid.T, living *Server, dir string) {
	raw, err := os.ReadFile(filepath.Join(dir, "telegram.journal"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.MkdirTemp("", "telegram")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(second)
	if err := os.WriteFile(filepath.Join(second, "telegram.journal"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := New(Config{Dir: second, Unlimited: true})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	render := func(s *Server) string {
		messages, _, err := s.Messages(botID, bia, "", 1000)
		if err != nil {
			t.Fatal(err)
		}
		view, err := s.View(botID, bia)
		if err != nil {
			t.Fatal(err)
		}
		view.TypingUntilMS = 0
		out, _ := json.Marshal([]any{messages, view, s.Ledger(0).Sends, s.Bots(), s.courier.pending(botID)})
		return string(out)
	}
	if was, is := render(living), render(again); was != is {
		t.Fatalf("lived as\n%s\nread as\n%s", was, is)
	}
}

// TestEverythingAtOnce gives the race detector something to find.
func TestEverythingAtOnce(t *testing.T) {
	w := start(t, Config{Dir: t.TempDir(), Unlimited: true})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		for {
			select {
			case <-w.received:
			case <-ctx.Done():
				return
			}
		}
	}()
	var all sync.WaitGroup
	for i := range 8 {
		user, err := w.server.PutUser(User{ID: int64(100 + i), FirstName: "P"})
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			if _, err := w.server.Act(user.ID, Action{Bot: botID, Do: "start"}); err != nil {
				t.Error(err)
			}
			for n := range 15 {
				answer := w.call("sendMessage", m{"chat_id": user.ID, "text": fmt.Sprint(n), "reply_markup": m{"inline_keyboard": []any{[]m{{"text": "a", "callback_data": "k"}}}}})
				var message struct {
					ID int64 `json:"message_id"`
				}
				if err := json.Unmarshal(answer.Result, &message); err != nil {
					t.Errorf("%+v", answer)
					return
				}
				for _, action := range []Action{{Do: "press", Message: message.ID, Data: "k"}, {Do: "text", Text: "x"}, {Do: "reaction", Message: message.ID, Emoji: "👍"}, {Do: "read"}} {
					action.Bot = botID
					if _, err := w.server.Act(user.ID, action); err != nil {
						t.Error(err)
					}
				}
				w.call("editMessageText", m{"chat_id": user.ID, "message_id": message.ID, "text": fmt.Sprint("novo", n)})
			}
		})
	}
	all.Go(func() {
		for range 20 {
			w.control("GET", "/_sandbox/ledger", nil)
			w.control("GET", "/_sandbox/chats/123456789/100", nil)
			w.call("getWebhookInfo", m{})
			w.call("setWebhook", m{"url": w.hook.URL, "max_connections": 2})
			rule, err := w.server.AddFault(stage.Rule{On: "webhook", Do: stage.DoDuplicate, Probability: 0.1})
			if err != nil {
				t.Error(err)
			}
			w.server.rules.Remove(rule.ID)
			changes, end := w.server.Watch()
			end()
			for range changes {
			}
		}
	})
	all.Wait()
	if counts := w.server.Ledger(0).Counts; counts.Sends != 120 {
		t.Fatalf("%+v", counts)
	}
}
