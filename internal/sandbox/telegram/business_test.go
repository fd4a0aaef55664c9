package telegram

import (
	"encoding/json"
	"net/http"
	"strconv"
	"testing"
	"time"

	"prosa/internal/base/clock"
)

// wide is a bot that wants all kinds of update.
func wide(t *testing.T, config Config) *world {
	t.Helper()
	w := start(t, config)
	w.must("setWebhook", m{"url": w.hook.URL, "secret_token": "s3cr3t", "allowed_updates": updateKinds})
	return w
}

func TestABotSpeaksInTheNameOfItsOwner(t *testing.T) {
	w := wide(t, Config{Unlimited: true, Dir: t.TempDir()})
	if _, err := w.server.PutUser(User{ID: 88, FirstName: "Ana"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.server.Act(bia, Action{Bot: botID, Do: "text", Text: "oi", Business: true}); err == nil {
		t.Error("a chat without a connection")
	}
	var connection Connection
	if err := json.Unmarshal(w.control("POST", "/_sandbox/connections", Connection{Bot: botID, Owner: 88, Enabled: true}), &connection); err != nil {
		t.Fatal(err)
	}
	if got := w.next().body["business_connection"].(m); got["id"] != connection.ID || got["is_enabled"] != true || got["user"].(m)["id"] != 88.0 {
		t.Errorf("connection %v", got)
	}
	body := m{"chat_id": bia, "business_connection_id": connection.ID, "text": "Olá, Bia"}
	if got := w.call("sendMessage", body); got.Description != "Bad Request: BUSINESS_PEER_USAGE_MISSING" {
		t.Errorf("who never wrote: %+v", got)
	}
	own := w.act(Action{Do: "text", Text: "oi, Ana", Business: true})
	got := w.next().body["business_message"].(m)
	if own.MessageID != 1 || got["business_connection_id"] != connection.ID || got["from"].(m)["id"] != float64(bia) || got["chat"].(m)["id"] != float64(bia) {
		t.Errorf("message %v", got)
	}
	var sent m
	if err := json.Unmarshal(w.must("sendMessage", body), &sent); err != nil {
		t.Fatal(err)
	}
	if sent["from"].(m)["id"] != 88.0 || sent["sender_business_bot"].(m)["id"] != float64(botID) || sent["message_id"] != 2.0 {
		t.Errorf("sent %v", sent)
	}
	w.act(Action{Do: "text", Text: "eu mesma", Business: true, AsOwner: true})
	if got := w.next().body["business_message"].(m); got["from"].(m)["id"] != 88.0 {
		t.Errorf("owner %v", got)
	}
	w.must("readBusinessMessage", m{"business_connection_id": connection.ID, "chat_id": bia, "message_id": 1})
	w.act(Action{Do: "delete", Message: 1, Business: true})
	if got := w.next().body["deleted_business_messages"].(m); len(got["message_ids"].([]any)) != 1 {
		t.Errorf("deleted %v", got)
	}
	w.must("deleteBusinessMessages", m{"business_connection_id": connection.ID, "message_ids": []int{2}})
	if got := w.call("deleteBusinessMessages", m{"business_connection_id": connection.ID, "message_ids": []int{2}}); got.OK {
		t.Error("deleted twice")
	}
	// The bot's own chat has none of it, and a restart forgets nothing.
	if messages, _, err := w.server.Messages(botID, bia, "", 100); err != nil || len(messages) != 1 {
		t.Errorf("%d messages, %v", len(messages), err)
	}
	dir := w.server.config.Dir
	w.stop()
	if err := w.server.Close(); err != nil {
		t.Fatal(err)
	}
	w.open(Config{Unlimited: true, Dir: dir})
	var transcript Transcript
	if err := json.Unmarshal(w.control("GET", "/_sandbox/chats/"+strconv.Itoa(botID)+"/"+strconv.Itoa(bia)+"?connection="+connection.ID, nil), &transcript); err != nil {
		t.Fatal(err)
	}
	if len(transcript.Lines) != 3 || !transcript.Lines[0].Deleted || !transcript.Lines[1].Deleted || transcript.Lines[2].Deleted {
		t.Errorf("%+v", transcript.Lines)
	}
	w.control("POST", "/_sandbox/connections", Connection{ID: connection.ID, Bot: botID, Owner: 88})
	if got := w.call("sendMessage", body); got.Code != http.StatusForbidden {
		t.Errorf("after the end: %+v", got)
	}
}

func TestQueriesAboutPaymentsWaitTenSeconds(t *testing.T) {
	now := clock.NewManual(time.UnixMilli(1_790_000_000_000))
	w := wide(t, Config{Unlimited: true, Clock: now})
	for _, kind := range []string{"checkout", "shipping"} {
		method, id := "answerPreCheckoutQuery", "pre_checkout_query"
		if kind == "shipping" {
			method, id = "answerShippingQuery", "shipping_query"
		}
		asked := w.act(Action{Do: kind, Data: "pedido-1", Amount: 4990})
		query := w.next().body[id].(m)
		answer := m{id + "_id": query["id"], "ok": false, "error_message": "não vendemos aqui"}
		w.must(method, answer)
		if message, err := w.server.Message(asked.Key); err != nil || message.Callback != "não vendemos aqui" || query["invoice_payload"] != "pedido-1" {
			t.Errorf("%+v, %v", message, err)
		}
		if w.call(method, answer).OK {
			t.Errorf("%s answered twice", kind)
		}
		w.act(Action{Do: kind, Data: "pedido-2"})
		late := w.next().body[id].(m)
		now.Advance(11 * time.Second)
		if w.call(method, m{id + "_id": late["id"], "ok": false, "error_message": "x"}).OK {
			t.Errorf("%s answered late", kind)
		}
	}
}

func TestPollsAreVotedOn(t *testing.T) {
	w := wide(t, Config{Unlimited: true})
	id := int64(w.send("sendPoll", m{"question": "Qual?", "options": []string{"a", "b"}, "is_anonymous": false})["message_id"].(float64))
	w.act(Action{Do: "vote", Message: id, Picks: []int{1}})
	if got := w.next().body["poll_answer"].(m); got["option_ids"].([]any)[0] != 1.0 || got["user"].(m)["id"] != float64(bia) {
		t.Errorf("vote %v", got)
	}
	for name, action := range map[string]Action{
		"two answers": {Do: "vote", Message: id, Picks: []int{0, 1}}, "no such answer": {Do: "vote", Message: id, Picks: []int{2}}, "no poll": {Do: "vote", Message: 1},
	} {
		action.Bot = botID
		if _, err := w.server.Act(bia, action); err == nil {
			t.Errorf("%s passed", name)
		}
	}
	var poll m
	if err := json.Unmarshal(w.must("stopPoll", m{"chat_id": bia, "message_id": id}), &poll); err != nil || poll["is_closed"] != true || poll["total_voter_count"] != 1.0 {
		t.Errorf("%v, %v", poll, err)
	}
	if _, err := w.server.Act(bia, Action{Bot: botID, Do: "vote", Message: id}); err == nil {
		t.Error("a closed poll took a vote")
	}
	secret := int64(w.send("sendPoll", m{"question": "Qual?", "options": []string{"a", "b"}})["message_id"].(float64))
	w.act(Action{Do: "vote", Message: secret, Picks: []int{0}})
	if got := w.next().body["poll"].(m); got["options"].([]any)[0].(m)["voter_count"] != 1.0 {
		t.Errorf("anonymous vote %v", got)
	}
}

func TestWhatWasSentChanges(t *testing.T) {
	w := wide(t, Config{Unlimited: true})
	photo := w.send("sendPhoto", m{"photo": "https://example.com/a.jpg", "caption": "antes"})
	id := photo["message_id"]
	w.must("editMessageMedia", m{"chat_id": bia, "message_id": id, "media": m{"type": "video", "media": "https://example.com/a.mp4", "caption": "depois"}})
	if got := w.call("editMessageText", m{"chat_id": bia, "message_id": id, "text": "x"}); got.Description != "Bad Request: there is no text in the message to edit" {
		t.Errorf("%+v", got)
	}
	text := w.send("sendMessage", m{"text": "a"})["message_id"]
	if got := w.call("editMessageCaption", m{"chat_id": bia, "message_id": text, "caption": "x"}); got.Description != "Bad Request: there is no caption in the message to edit" {
		t.Errorf("%+v", got)
	}
	keys := w.send("sendMessage", m{"text": "a", "reply_markup": m{"keyboard": []any{[]any{"Sim"}}}})["message_id"]
	if got := w.call("editMessageText", m{"chat_id": bia, "message_id": keys, "text": "x"}); got.Description != "Bad Request: message can't be edited" {
		t.Errorf("%+v", got)
	}
	live := w.send("sendLocation", m{"latitude": 1, "longitude": 2, "live_period": 60})["message_id"]
	w.must("editMessageLiveLocation", m{"chat_id": bia, "message_id": live, "latitude": 1.5, "longitude": 2})
	w.must("stopMessageLiveLocation", m{"chat_id": bia, "message_id": live})
	if w.call("editMessageLiveLocation", m{"chat_id": bia, "message_id": live, "latitude": 2, "longitude": 2}).OK {
		t.Error("a position that stands moved")
	}
	own := w.act(Action{Do: "photo", Bytes: []byte("x"), MIME: "image/jpeg", Text: "uma"})
	w.next()
	w.act(Action{Do: "edit", Message: own.MessageID, Text: "outra", Bytes: []byte("y"), MIME: "video/mp4"})
	if got := w.next().body["edited_message"].(m); got["caption"] != "outra" || got["video"] == nil || got["photo"] != nil {
		t.Errorf("edited %v", got)
	}
	own = w.act(Action{Do: "location", Latitude: 1, Longitude: 2, Seconds: 900})
	w.next()
	w.act(Action{Do: "move", Message: own.MessageID, Latitude: 3, Longitude: 4, Seconds: -1})
	if got := w.next().body["edited_message"].(m)["location"].(m); got["latitude"] != 3.0 || got["live_period"] != nil {
		t.Errorf("moved %v", got)
	}
}

func TestAPersonHasAPicture(t *testing.T) {
	w := start(t, Config{Unlimited: true})
	pictures := func() []any {
		var got m
		if err := json.Unmarshal(w.must("getUserProfilePhotos", m{"user_id": bia}), &got); err != nil {
			t.Fatal(err)
		}
		return got["photos"].([]any)
	}
	if len(pictures()) != 0 {
		t.Error("a picture that nobody took")
	}
	w.control("POST", "/_sandbox/users/"+strconv.Itoa(bia)+"/photo", m{"bytes": []byte("jpeg"), "mime": "image/jpeg"})
	w.control("POST", "/_sandbox/reset", m{"keep": "accounts"})
	if got := pictures(); len(got) != 1 || len(got[0].([]any)) != 2 {
		t.Errorf("%v", got)
	}
}

func TestLongPolling(t *testing.T) {
	w := start(t, Config{Unlimited: true})
	w.must("deleteWebhook", m{})
	type answer struct {
		updates []m
		took    time.Duration
	}
	got := make(chan answer, 1)
	go func() {
		started := time.Now()
		var a answer
		_ = json.Unmarshal(w.must("getUpdates", m{"timeout": 30}), &a.updates)
		a.took = time.Since(started)
		got <- a
	}()
	w.act(Action{Do: "text", Text: "oi"})
	select {
	case a := <-got:
		if len(a.updates) != 1 || a.updates[0]["message"].(m)["text"] != "oi" {
			t.Errorf("%+v", a)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the update did not wake who waited for it")
	}
}
