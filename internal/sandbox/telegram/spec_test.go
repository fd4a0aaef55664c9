package telegram

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// description is the Bot API as data: every type and method with its fields.
type description struct {
	Version string
	Methods map[string]struct {
		Returns []string
		Fields  []field
	}
	Types map[string]struct {
		Fields   []field
		Subtypes []string
	}
}

type field struct {
	Name     string
	Types    []string
	Required bool
}

func specs(t *testing.T) description {
	t.Helper()
	for _, place := range []string{os.Getenv("PROSA_SPECS"), "../../../../shared/specs"} {
		if place == "" {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(place, "telegram-bot-api.json"))
		if err != nil {
			continue
		}
		var d description
		if err := json.Unmarshal(raw, &d); err != nil {
			t.Fatal(err)
		}
		return d
	}
	t.Skip("telegram-bot-api.json is not here: 0 checks against the vendor's description")
	return description{}
}

// check holds a value against a type of the description and gives what is
// wrong: required fields, unknown fields and JSON types, all the way down.
func (d description) check(value any, types []string, path string) []string {
	var first []string
	for i, name := range types {
		wrong := d.checkOne(value, name, path)
		if len(wrong) == 0 {
			return nil
		}
		if i == 0 {
			first = wrong
		}
	}
	return first
}

func (d description) checkOne(value any, name, path string) []string {
	if item, ok := strings.CutPrefix(name, "Array of "); ok {
		list, isList := value.([]any)
		if !isList {
			return []string{path + " is no array"}
		}
		var wrong []string
		for i, member := range list {
			wrong = append(wrong, d.checkOne(member, item, fmt.Sprintf("%s[%d]", path, i))...)
		}
		return wrong
	}
	var right bool
	switch name {
	case "Integer":
		number, ok := value.(float64)
		right = ok && number == float64(int64(number))
	case "Float":
		_, right = value.(float64)
	case "String":
		_, right = value.(string)
	case "Boolean", "True":
		_, right = value.(bool)
	case "MaybeInaccessibleMessage":
		return d.checkOne(value, "Message", path)
	default:
		return d.checkObject(value, name, path)
	}
	if !right {
		return []string{fmt.Sprintf("%s is %T, wanted %s", path, value, name)}
	}
	return nil
}

func (d description) checkObject(value any, name, path string) []string {
	kind := d.Types[name]
	if len(kind.Subtypes) > 0 {
		return d.check(value, kind.Subtypes, path)
	}
	object, ok := value.(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("%s is %T, wanted %s", path, value, name)}
	}
	var wrong []string
	for _, f := range kind.Fields {
		member, there := object[f.Name]
		switch {
		case !there && f.Required:
			wrong = append(wrong, fmt.Sprintf("%s lacks %s of %s", path, f.Name, name))
		case there:
			wrong = append(wrong, d.check(member, f.Types, path+"."+f.Name)...)
		}
	}
	for member := range object {
		if !slices.ContainsFunc(kind.Fields, func(f field) bool { return f.Name == member }) {
			wrong = append(wrong, fmt.Sprintf("%s has %s, which %s does not know", path, member, name))
		}
	}
	return wrong
}

// TestAnswersAreDescribed runs each method and holds its result against the
// type that the description says it returns; and each update against Update.
func TestAnswersAreDescribed(t *testing.T) {
	d := specs(t)
	w := start(t, Config{Unlimited: true})
	keyboard := m{"inline_keyboard": []any{[]m{{"text": "x", "callback_data": "k"}, {"text": "y", "url": "https://example.com"}}}}
	first := w.send("sendMessage", m{"text": "<b>oi</b> /ajuda", "parse_mode": "HTML", "reply_markup": keyboard})
	id := first["message_id"]
	photo := w.send("sendPhoto", m{"photo": "https://example.com/a.jpg", "caption": "*x*", "parse_mode": "MarkdownV2"})["photo"].([]any)[0].(m)["file_id"]
	calls := []struct {
		method string
		body   m
	}{
		{"getMe", m{}}, {"getWebhookInfo", m{}}, {"getChat", m{}}, {"sendMessage", m{"text": "a", "reply_parameters": m{"message_id": id}, "reply_markup": keyboard}},
		{"sendPhoto", m{"photo": photo}}, {"sendVideo", m{"video": "https://example.com/a.mp4"}}, {"sendAnimation", m{"animation": "https://example.com/a.mp4"}},
		{"sendAudio", m{"audio": "https://example.com/a.mp3", "title": "t"}}, {"sendVoice", m{"voice": "https://example.com/a.ogg"}},
		{"sendVideoNote", m{"video_note": w.film("video_note")}}, {"sendDocument", m{"document": "https://example.com/a.pdf"}},
		{"sendSticker", m{"sticker": "https://example.com/a.webp", "emoji": "😀"}}, {"sendLocation", m{"latitude": 1.5, "longitude": 2}},
		{"sendVenue", m{"latitude": 1.5, "longitude": 2, "title": "t", "address": "a"}}, {"sendContact", m{"phone_number": "+55", "first_name": "A"}},
		{"sendLocation", m{"latitude": 1.5, "longitude": 2, "live_period": 60}}, {"sendDice", m{"emoji": "🎯"}},
		{"sendPoll", m{"question": "Qual?", "options": []m{{"text": "a"}, {"text": "b"}}, "is_anonymous": false}},
		{"getUserProfilePhotos", m{"user_id": bia, "limit": 1}}, {"setMyCommands", m{"commands": []m{{"command": "ajuda", "description": "Ajuda"}}}}, {"getMyCommands", m{}},
		{"forwardMessage", m{"from_chat_id": bia, "message_id": id}}, {"copyMessage", m{"from_chat_id": bia, "message_id": id}},
		{"sendMediaGroup", m{"media": []m{{"type": "photo", "media": photo}, {"type": "photo", "media": photo, "caption": "b"}}}},
		{"sendChatAction", m{"action": "typing"}}, {"getFile", m{"file_id": photo}},
		{"editMessageText", m{"message_id": id, "text": "novo"}}, {"editMessageReplyMarkup", m{"message_id": id, "reply_markup": keyboard}},
		{"setMessageReaction", m{"message_id": id, "reaction": []m{{"type": "emoji", "emoji": "👍"}}}},
		{"deleteMessage", m{"message_id": id}}, {"setWebhook", m{"url": w.hook.URL, "allowed_updates": []string{"message", "edited_message", "callback_query", "my_chat_member", "message_reaction", "poll_answer", "pre_checkout_query", "shipping_query", "business_connection", "business_message", "edited_business_message", "deleted_business_messages"}}},
	}
	for _, c := range calls {
		body := m{}
		if slices.ContainsFunc(d.Methods[c.method].Fields, func(f field) bool { return f.Name == "chat_id" }) {
			body["chat_id"] = bia
		}
		for name, value := range c.body {
			body[name] = value
			if !slices.ContainsFunc(d.Methods[c.method].Fields, func(f field) bool { return f.Name == name }) {
				t.Errorf("%s: the test gives %s, which the method does not know", c.method, name)
			}
		}
		var result any
		if err := json.Unmarshal(w.must(c.method, body), &result); err != nil {
			t.Fatal(err)
		}
		for _, wrong := range d.check(result, d.Methods[c.method].Returns, c.method) {
			t.Error(wrong)
		}
	}
	sent := int64(w.send("sendMessage", m{"text": "toque", "reply_markup": keyboard})["message_id"].(float64))
	poll := int64(w.send("sendPoll", m{"question": "Qual?", "options": []m{{"text": "a"}, {"text": "b"}}, "is_anonymous": false})["message_id"].(float64))
	own := w.act(Action{Do: "text", Text: "oi https://example.com"})
	actions := []Action{
		{Do: "press", Message: sent, Data: "k"}, {Do: "edit", Message: own.MessageID, Text: "olá"}, {Do: "reaction", Message: sent, Emoji: "👍"},
		{Do: "photo", Bytes: []byte("x"), Text: "veja"}, {Do: "video", Bytes: []byte("x")}, {Do: "voice", Bytes: []byte("x"), MIME: "audio/ogg"},
		{Do: "audio", Bytes: []byte("x")}, {Do: "document", Bytes: []byte("x"), Filename: "a.pdf"}, {Do: "sticker", Bytes: []byte("x"), Emoji: "😀"},
		{Do: "animation", Bytes: []byte("x")}, {Do: "video_note", Bytes: []byte("x")}, {Do: "location", Latitude: 1, Longitude: 2},
		{Do: "venue", Latitude: 1, Longitude: 2, Name: "Loja", Address: "Rua A"}, {Do: "contact"}, {Do: "text", Text: "re", ReplyTo: sent},
		{Do: "dice"}, {Do: "poll", Text: "Qual?", Options: []string{"a", "b"}}, {Do: "vote", Message: poll, Picks: []int{1}}, {Do: "vote", Message: poll},
		{Do: "location", Latitude: 1, Longitude: 2, Seconds: 900}, {Do: "web_app", Text: "Abrir", Data: "{}"}, {Do: "share_users", Users: []int64{bia}},
		{Do: "checkout", Data: "p", Amount: 100}, {Do: "shipping", Data: "p"}, {Do: "pay", Data: "p", Amount: 100},
		{Do: "message", Content: json.RawMessage(`{"checklist":{"title":"x","tasks":[{"id":1,"text":"a"}]}}`)},
		{Do: "text", Text: "f", Forwarded: "Ana"}, {Do: "text", Text: "q", ReplyTo: own.MessageID, Quote: "olá"},
		{Do: "reaction", Message: sent, Emoji: "⭐"}, {Do: "reaction", Message: sent, Emoji: "custom:5"}, {Do: "reaction", Message: sent},
		{Do: "text", Text: "oi, Ana", Business: true}, {Do: "text", Text: "já vou", Business: true, AsOwner: true},
		{Do: "edit", Text: "oi, Ana!", Business: true, Message: 1}, {Do: "delete", Business: true, Message: 1},
		{Do: "block"}, {Do: "unblock"},
	}
	owner, err := w.server.PutUser(User{ID: 88, FirstName: "Ana"})
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range d.checkOne(w.next().body, "Update", "text") {
		t.Error(wrong)
	}
	w.control("POST", "/_sandbox/connections", Connection{Bot: botID, Owner: owner.ID, Enabled: true})
	for _, wrong := range d.checkOne(w.next().body, "Update", "business_connection") {
		t.Error(wrong)
	}
	for _, action := range actions {
		w.act(action)
		got := w.next()
		for _, wrong := range d.checkOne(got.body, "Update", action.Do) {
			t.Errorf("%s in %s", wrong, got.raw)
		}
	}
	t.Logf("Bot API %s: %d results and %d updates checked against the description", d.Version, len(calls), len(actions)+1)
}
