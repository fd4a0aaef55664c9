package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"prosa/internal/sandbox/stage"
)

func text(got received) string {
	message, _ := got.body["message"].(m)
	body, _ := message["text"].(string)
	return body
}

func TestAChatIsStuckUntilItsUpdateIsTaken(t *testing.T) {
	w := start(t, Config{WebhookGaps: []time.Duration{0, time.Millisecond}})
	user, err := w.server.PutUser(User{ID: 42, FirstName: "Caio"})
	if err != nil {
		t.Fatal(err)
	}
	failures := 0
	free := make(chan struct{})
	w.script(func(update m) (int, string) {
		message, _ := update["message"].(m)
		if message["text"] == "um" {
			select {
			case <-free:
			default:
				failures++
				if failures == 3 {
					close(free)
				}
				return 500, ""
			}
		}
		return 200, ""
	})
	w.act(Action{Do: "text", Text: "um"})
	w.act(Action{Do: "text", Text: "dois"})
	if _, err := w.server.Act(user.ID, Action{Bot: botID, Do: "start"}); err != nil {
		t.Fatal(err)
	}
	var mine []string
	theirs := 0
	for len(mine) < 5 || theirs == 0 {
		got := w.next()
		if strings.HasPrefix(text(got), "/start") {
			theirs++
			continue
		}
		mine = append(mine, text(got))
	}
	if fmt.Sprint(mine) != "[um um um um dois]" {
		t.Fatalf("%v", mine)
	}
	var info struct {
		URL     string
		Pending int    `json:"pending_update_count"`
		Error   string `json:"last_error_message"`
	}
	if err := json.Unmarshal(w.must("getWebhookInfo", m{}), &info); err != nil || info.URL != w.hook.URL || info.Error != "Wrong response from the webhook: 500 Internal Server Error" {
		t.Fatalf("%+v", info)
	}
	for _, push := range w.server.Ledger(0).Webhooks {
		if strings.Contains(push.Body, `"um"`) && len(push.Attempts) != 4 {
			t.Fatalf("%+v", push)
		}
	}
}

func TestOrderWithinChatsUnderLoad(t *testing.T) {
	w := start(t, Config{})
	const people, rounds = 8, 25
	for i := range people {
		if _, err := w.server.PutUser(User{ID: int64(100 + i), FirstName: "P"}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.server.Act(int64(100+i), Action{Bot: botID, Do: "start"}); err != nil {
			t.Fatal(err)
		}
	}
	for round := range rounds {
		for i := range people {
			if _, err := w.server.Act(int64(100+i), Action{Bot: botID, Do: "text", Text: fmt.Sprint(round)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	due := map[float64]int{}
	for n := 0; n < people*rounds; {
		got := w.next()
		if text(got) == "/start" {
			continue
		}
		n++
		from := got.body["message"].(m)["from"].(m)["id"].(float64)
		if text(got) != fmt.Sprint(due[from]) {
			t.Fatalf("%v: %s came when %d was due", from, text(got), due[from])
		}
		due[from]++
	}
}

func TestAllowedUpdatesAndKinds(t *testing.T) {
	w := start(t, Config{})
	sent := int64(w.send("sendMessage", m{"text": "oi"})["message_id"].(float64))
	own := w.act(Action{Do: "text", Text: "ola"})
	w.next()
	steps := []struct {
		action Action
		kind   string
		want   string
	}{
		{Action{Do: "edit", Message: own.MessageID, Text: "olá"}, "edited_message", `"text":"olá"`},
		{Action{Do: "reaction", Message: sent, Emoji: "👍"}, "message_reaction", `"new_reaction":[{"emoji":"👍","type":"emoji"}]`},
		{Action{Do: "location", Latitude: -23.5, Longitude: -46.6}, "message", `"location":{"latitude":-23.5`},
		{Action{Do: "contact"}, "message", `"phone_number":"5511988887777","user_id":5550001`},
		{Action{Do: "sticker", Bytes: []byte("x"), Emoji: "😀"}, "message", `"emoji":"😀"`},
		{Action{Do: "photo", Bytes: []byte("x"), Text: "veja", Album: "a1"}, "message", `"media_group_id":"a1"`},
		{Action{Do: "text", Text: "sobre isto", ReplyTo: sent}, "message", `"reply_to_message":{`},
		{Action{Do: "block"}, "my_chat_member", `"status":"kicked"`},
		{Action{Do: "unblock"}, "my_chat_member", `"status":"member"`},
		{Action{Do: "raw", Kind: "pre_checkout_query", Content: json.RawMessage(`{"id":"1"}`)}, "", ""},
		{Action{Do: "raw", Kind: "message", Content: json.RawMessage(`{"message_id":1,"poll":{}}`)}, "message", `"poll":{}`},
	}
	for _, step := range steps {
		w.act(step.action)
		if step.kind == "" {
			continue // not among the allowed updates: nothing comes
		}
		got := w.next()
		if got.body[step.kind] == nil || !strings.Contains(got.raw, step.want) {
			t.Fatalf("%s: %s", step.action.Do, got.raw)
		}
	}
	// By default reactions are not told.
	w.must("setWebhook", m{"url": w.hook.URL, "allowed_updates": []string{}})
	w.act(Action{Do: "reaction", Message: sent, Emoji: "❤"})
	w.act(Action{Do: "text", Text: "fim"})
	if got := w.next(); text(got) != "fim" || got.secret != "" {
		t.Fatalf("%s", got.raw)
	}
}

func TestAnswerOfTheWebhookRunsAMethod(t *testing.T) {
	w := start(t, Config{})
	w.script(func(m) (int, string) {
		return 200, `{"method":"sendMessage","chat_id":5550001,"text":"pela resposta"}`
	})
	changes, end := w.server.Watch()
	defer end()
	w.act(Action{Do: "text", Text: "oi"})
	w.next()
	for change := range changes {
		if change.Message != nil && change.Message.Text == "pela resposta" {
			break
		}
	}
}

func TestGetUpdates(t *testing.T) {
	w := start(t, Config{})
	w.must("deleteWebhook", m{"drop_pending_updates": true})
	w.act(Action{Do: "text", Text: "a"})
	w.act(Action{Do: "text", Text: "b"})
	read := func(offset int64) (ids []int64) {
		var list []struct {
			ID int64 `json:"update_id"`
		}
		if err := json.Unmarshal(w.must("getUpdates", m{"offset": offset}), &list); err != nil {
			t.Fatal(err)
		}
		for _, u := range list {
			ids = append(ids, u.ID)
		}
		return ids
	}
	all := read(0)
	if len(all) != 2 || all[1] != all[0]+1 {
		t.Fatalf("%v", all)
	}
	if rest := read(all[0] + 1); len(rest) != 1 || rest[0] != all[1] {
		t.Fatalf("%v", rest)
	}
	if none := read(all[1] + 1); len(none) != 0 {
		t.Fatalf("%v", none)
	}
	// A webhook gets what waited.
	w.act(Action{Do: "text", Text: "c"})
	w.must("setWebhook", m{"url": w.hook.URL})
	if got := w.next(); text(got) != "c" {
		t.Fatalf("%s", got.raw)
	}
}

func TestFaults(t *testing.T) {
	cases := []struct {
		name string
		rule stage.Rule
		want string
	}{
		{"duplicate", stage.Rule{On: "webhook", Do: stage.DoDuplicate, Count: 1}, "a a b"},
		{"lost answer", stage.Rule{On: "webhook", Do: stage.DoCutAfter, Count: 1}, "a a b"},
		{"drop", stage.Rule{On: "webhook", Do: stage.DoDrop, Count: 1}, "b"},
		{"delay", stage.Rule{On: "webhook", Do: stage.DoDelay, DelayMS: 3, Count: 1}, "a b"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := start(t, Config{})
			w.control("POST", "/_sandbox/faults", c.rule)
			w.act(Action{Do: "text", Text: "a"})
			w.act(Action{Do: "text", Text: "b"})
			var got []string
			for range strings.Fields(c.want) {
				got = append(got, text(w.next()))
			}
			if strings.Join(got, " ") != c.want {
				t.Fatalf("%v", got)
			}
		})
	}
	w := start(t, Config{})
	sends := func() int64 { return w.server.Ledger(0).Counts.Sends }
	w.control("POST", "/_sandbox/faults", stage.Rule{On: "call", Kind: "sendMessage", Do: stage.DoStatus, Status: 429, RetryAfter: 7, Count: 1})
	if answer := w.call("sendMessage", m{"chat_id": bia, "text": "x"}); answer.Parameters == nil || answer.Parameters.RetryAfter != 7 || sends() != 0 {
		t.Fatalf("%+v", answer)
	}
	for _, step := range []struct {
		do   string
		want int64
	}{{stage.DoCutBefore, 0}, {stage.DoCutAfter, 1}} {
		w.control("POST", "/_sandbox/faults", stage.Rule{On: "call", Kind: "sendMessage", Do: step.do, Count: 1})
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		_, err := client.Post(w.http.URL+"/bot"+botToken+"/sendMessage", "application/json", strings.NewReader(`{"chat_id":5550001,"text":"x"}`))
		if !errors.Is(err, io.EOF) && (err == nil || !strings.Contains(err.Error(), "reset")) || sends() != step.want {
			t.Fatalf("%s: %v, %d sends", step.do, err, sends())
		}
	}
	if message, _ := w.server.Message(fmt.Sprintf("%d:%d:2", botID, bia)); message.Exchange == nil || strings.Contains(message.Exchange.URL, "secret") {
		t.Fatalf("%+v", message.Exchange)
	}
}

// TestRestart reopens a copy of the folder as kill -9 leaves it.
func TestRestart(t *testing.T) {
	dir := t.TempDir()
	w := start(t, Config{Dir: dir, WebhookGaps: []time.Duration{time.Hour}})
	w.script(func(m) (int, string) { return 503, "" })
	own := w.act(Action{Do: "text", Text: "antes"})
	first := w.next()
	sent := w.send("sendMessage", m{"text": "resposta"})
	raw, err := os.ReadFile(filepath.Join(dir, "telegram.journal"))
	if err != nil {
		t.Fatal(err)
	}
	w.stop()
	second := t.TempDir()
	if err := os.WriteFile(filepath.Join(second, "telegram.journal"), append(raw, "0badc0de\tupdate"...), 0o600); err != nil {
		t.Fatal(err)
	}
	w.script(nil)
	w.open(Config{Dir: second})
	again := w.next()
	if again.raw != first.raw || again.secret != "s3cr3t" {
		t.Fatalf("%s became %s", first.raw, again.raw)
	}
	dump := w.server.Ledger(0)
	if len(dump.Sends) != 1 || dump.Sends[0].Text != "resposta" || dump.Sends[0].Recipient != fmt.Sprint(bia) {
		t.Fatalf("%+v", dump.Sends)
	}
	transcript, err := w.server.Transcript(botID, bia)
	if err != nil || len(transcript.Lines) != 3 || transcript.Lines[1].Key != own.Key || !transcript.Chat.Started {
		t.Fatalf("%+v %v", transcript, err)
	}
	after := w.send("sendMessage", m{"text": "depois"})
	if after["message_id"].(float64) != sent["message_id"].(float64)+1 {
		t.Fatalf("message ids: %v then %v", sent["message_id"], after["message_id"])
	}
	w.act(Action{Do: "text", Text: "novo"})
	if next := w.next(); next.body["update_id"].(float64) <= again.body["update_id"].(float64) {
		t.Fatal("update ids went back")
	}
	w.control("POST", "/_sandbox/reset", m{"keep": "accounts"})
	if transcript, _ := w.server.Transcript(botID, bia); len(transcript.Lines) != 0 || len(w.server.Bots()) != 1 {
		t.Fatal("reset kept chats or lost accounts")
	}
}

func TestLightModesKeepLittle(t *testing.T) {
	for _, mode := range []string{stage.LedgerLight, stage.LedgerCounts} {
		w := start(t, Config{Ledger: mode})
		w.send("sendMessage", m{"text": "x"})
		changes, end := w.server.Watch()
		last := w.act(Action{Do: "text", Text: "oi"})
		for change := range changes {
			if change.Message != nil && change.Message.Key == last.Key && change.Message.Status == "delivered" {
				break
			}
		}
		end()
		w.stop()
		w.server.mu.Lock()
		kept := len(w.server.messages)
		w.server.mu.Unlock()
		if dump := w.server.Ledger(0); kept != 0 || dump.Counts.Sends != 1 || (mode == stage.LedgerLight) != (len(dump.Sends) == 1) {
			t.Fatalf("%s: %d messages, %+v", mode, kept, dump)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := w.server.Run(ctx); err != nil {
			t.Fatal(err)
		}
	}
}
