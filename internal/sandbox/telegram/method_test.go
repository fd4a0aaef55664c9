package telegram

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
)

func inline(buttons ...m) m { return m{"inline_keyboard": []any{buttons}} }

// TestMethodErrors holds the descriptions of the manual's server.
func TestMethodErrors(t *testing.T) {
	w := start(t, Config{Unlimited: true})
	long := func(n int) string { return strings.Repeat("é", n) }
	other, err := w.server.PutUser(User{ID: 77, FirstName: "Caio"})
	if err != nil {
		t.Fatal(err)
	}
	photo := w.send("sendPhoto", m{"photo": "https://example.com/a.jpg"})["photo"].([]any)[0].(m)["file_id"]
	text := int64(w.send("sendMessage", m{"text": "oi"})["message_id"].(float64))
	many := func(n int) m {
		row := []m{}
		for i := range n {
			row = append(row, m{"text": "x", "callback_data": fmt.Sprint(i)})
		}
		return inline(row...)
	}
	album := func(kinds ...string) []m {
		out := []m{}
		for _, kind := range kinds {
			out = append(out, m{"type": kind, "media": "https://example.com/" + kind})
		}
		return out
	}
	cases := []struct {
		method string
		body   m
		want   string // description; empty: accepted
	}{
		{"sendMessage", m{"text": long(4096)}, ""},
		{"sendMessage", m{"text": long(4097)}, "Bad Request: message is too long"},
		{"sendMessage", m{"text": "<b>" + long(4096) + "</b>", "parse_mode": "HTML"}, ""},
		{"sendMessage", m{"text": " \n"}, "Bad Request: message text is empty"},
		{"sendMessage", m{}, "Bad Request: message text is empty"},
		{"sendMessage", m{"text": "a.", "parse_mode": "MarkdownV2"}, `Bad Request: can't parse entities: Character '.' is reserved and must be escaped with the preceding '\'`},
		{"sendMessage", m{"text": "a", "chat_id": 1}, "Bad Request: chat not found"},
		{"sendMessage", m{"text": "a", "chat_id": ""}, "Bad Request: chat_id is empty"},
		{"sendMessage", m{"text": "a", "chat_id": other.ID}, "Forbidden: bot can't initiate conversation with a user"},
		{"sendMessage", m{"text": "a", "reply_parameters": m{"message_id": 9999}}, "Bad Request: message to be replied not found"},
		{"sendMessage", m{"text": "a", "reply_parameters": m{"message_id": 9999, "allow_sending_without_reply": true}}, ""},
		{"sendMessage", m{"text": "a", "reply_parameters": m{"message_id": text}}, ""},
		{"sendMessage", m{"text": "a", "entities": []m{{"type": "bold", "offset": 0, "length": 1}}}, ""},
		{"sendMessage", m{"text": "a", "entities": []m{{"type": "loud", "offset": 0, "length": 1}}}, "Bad Request: can't parse MessageEntity: Unsupported type specified"},
		{"sendMessage", m{"text": "a", "reply_markup": "x"}, "Bad Request: object expected as reply markup"},
		{"sendMessage", m{"text": "a", "reply_markup": inline(m{"text": "x"})}, "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"},
		{"sendMessage", m{"text": "a", "reply_markup": inline(m{"text": "x", "callback_data": strings.Repeat("d", 64)})}, ""},
		{"sendMessage", m{"text": "a", "reply_markup": inline(m{"text": "x", "callback_data": strings.Repeat("é", 33)})}, "Bad Request: BUTTON_DATA_INVALID"},
		{"sendMessage", m{"text": "a", "reply_markup": inline(m{"text": "x", "callback_data": ""})}, "Bad Request: BUTTON_DATA_INVALID"},
		{"sendMessage", m{"text": "a", "reply_markup": inline(m{"text": "x", "url": "nada"})}, "Bad Request: inline keyboard button URL 'nada' is invalid: Wrong HTTP URL"},
		{"sendMessage", m{"text": "a", "reply_markup": inline(m{"text": "x", "copy_text": m{"text": long(256)}}, m{"text": "y", "url": "https://loja.example/p"})}, ""},
		{"sendMessage", m{"text": "a", "reply_markup": inline(m{"text": "x", "copy_text": m{"text": long(257)}})}, "Bad Request: COPY_TEXT_INVALID"},
		{"sendMessage", m{"text": "a", "reply_markup": inline(m{"text": "x", "copy_text": m{"text": ""}})}, "Bad Request: COPY_TEXT_INVALID"},
		{"sendPhoto", m{"photo": photo, "caption": "Camiseta", "reply_markup": inline(m{"text": "Quero", "callback_data": "g.a"})}, ""},
		{"sendMessage", m{"text": "a", "reply_markup": many(100)}, ""},
		{"sendMessage", m{"text": "a", "reply_markup": many(101)}, "Bad Request: reply markup is too long"},
		{"sendMessage", m{"text": "a", "reply_markup": m{"keyboard": []any{[]any{"Sim", m{"text": "Meu número", "request_contact": true}}}}}, ""},
		{"sendMessage", m{"text": "a", "reply_markup": m{"keyboard": []any{[]any{""}}}}, "Bad Request: can't parse keyboard button: Can't find field \"text\""},
		{"sendMessage", m{"text": "a", "reply_markup": m{"force_reply": true, "input_field_placeholder": long(65)}}, "Bad Request: input field placeholder is too long"},
		{"sendMessage", m{"text": "a", "reply_markup": m{"remove_keyboard": true}}, ""},

		{"sendPhoto", m{"photo": photo, "caption": long(1024)}, ""},
		{"sendPhoto", m{"photo": photo, "caption": long(1025)}, "Bad Request: message caption is too long"},
		{"sendPhoto", m{"photo": "nada"}, "Bad Request: wrong file identifier/HTTP URL specified"},
		{"sendPhoto", m{"photo": "ftp://x/y"}, "Bad Request: wrong HTTP URL specified"},
		{"sendPhoto", m{}, "Bad Request: there is no photo in the request"},
		{"sendDocument", m{"document": photo}, "Bad Request: can't use file of type Photo as Document"},
		{"sendVoice", m{"voice": "https://example.com/a.ogg", "duration": 4}, ""},
		{"sendSticker", m{"sticker": "https://example.com/a.webp"}, ""},
		{"sendLocation", m{"latitude": -23.5, "longitude": -46.6}, ""},
		{"sendLocation", m{"latitude": 91, "longitude": 0}, "Bad Request: wrong location specified"},
		{"sendVenue", m{"latitude": 1, "longitude": 1, "title": "Loja", "address": "Rua A"}, ""},
		{"sendVenue", m{"latitude": 1, "longitude": 1, "title": "Loja"}, "Bad Request: venue title and address must be non-empty"},
		{"sendContact", m{"phone_number": "+5511", "first_name": "A"}, ""},
		{"sendContact", m{"phone_number": "+5511", "first_name": "A", "vcard": strings.Repeat("x", 2049)}, "Bad Request: VCARD_TOO_LONG"},
		{"sendMediaGroup", m{"media": album("photo", "video")}, ""},
		{"sendMediaGroup", m{"media": album("photo")}, "Bad Request: too few messages to send as an album"},
		{"sendMediaGroup", m{"media": album("document", "photo")}, "Bad Request: photo can't be mixed with other media types"},
		{"sendMediaGroup", m{"media": album("photo", "voice")}, "Bad Request: can't parse InputMedia: type \"voice\" is unsupported"},
		{"sendMediaGroup", m{"media": album("photo", "photo"), "reply_markup": many(1)}, "Bad Request: reply_markup can't be used with an album"},
		{"sendMediaGroup", m{"media": album("photo", "photo", "photo", "photo", "photo", "photo", "photo", "photo", "photo", "photo", "photo")}, "Bad Request: too many messages to send as an album"},
		{"sendChatAction", m{"action": "typing"}, ""},
		{"sendChatAction", m{"action": "dancing"}, "Bad Request: wrong parameter action in request"},
		{"setMessageReaction", m{"message_id": text, "reaction": []m{{"type": "emoji", "emoji": "👍"}}}, ""},
		{"setMessageReaction", m{"message_id": text, "reaction": []m{{"type": "emoji", "emoji": "ok"}}}, "Bad Request: REACTION_INVALID"},
		{"setMessageReaction", m{"message_id": 9999, "reaction": []m{}}, "Bad Request: message to react not found"},
		{"editMessageText", m{"message_id": text, "text": "novo"}, ""},
		{"editMessageText", m{"message_id": text, "text": "novo"}, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"},
		{"editMessageText", m{"message_id": text, "text": "<b>novo</b>", "parse_mode": "HTML", "reply_markup": many(1)}, ""},
		{"editMessageText", m{"message_id": text, "text": "<b>novo</b>", "parse_mode": "HTML", "reply_markup": many(1)}, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"},
		{"editMessageReplyMarkup", m{"message_id": text}, ""},
		{"editMessageText", m{"message_id": 9999, "text": "x"}, "Bad Request: message to edit not found"},
		{"editMessageText", m{"message_id": 1, "text": "x"}, "Bad Request: message can't be edited"},
		{"deleteMessage", m{"message_id": text}, ""},
		{"deleteMessage", m{"message_id": text}, "Bad Request: message to delete not found"},
		{"answerCallbackQuery", m{"callback_query_id": "1"}, "Bad Request: query is too old and response timeout expired or query ID is invalid"},
		{"getFile", m{"file_id": "x"}, "Bad Request: invalid file_id"},
		{"sendVideoNote", m{"video_note": "https://example.com/a.mp4"}, "Bad Request: video notes can't be sent by a URL"},
		{"sendLocation", m{"latitude": 1, "longitude": 1, "live_period": 59}, "Bad Request: wrong live location period specified"},
		{"sendLocation", m{"latitude": 1, "longitude": 1, "live_period": 60}, ""},
		{"sendDice", m{"emoji": "🪀"}, "Bad Request: wrong dice emoji specified"},
		{"sendPoll", m{"question": "Qual?", "options": []string{"a", "b"}}, ""},
		{"sendPoll", m{"question": "", "options": []string{"a"}}, "Bad Request: poll question must be non-empty"},
		{"sendPoll", m{"question": long(301), "options": []string{"a"}}, "Bad Request: poll question length must not exceed 300"},
		{"sendPoll", m{"question": "x", "options": []string{}}, "Bad Request: poll must have at least 1 option"},
		{"sendPoll", m{"question": "x", "options": strings.Split("a b c d e f g h i j k l m", " ")}, "Bad Request: poll can't have more than 12 options"},
		{"sendPoll", m{"question": "x", "options": []string{" "}}, "Bad Request: poll options must be non-empty"},
		{"sendPoll", m{"question": "x", "options": []m{{"text": long(101)}}}, "Bad Request: poll options length must not exceed 100"},
		{"sendPoll", m{"question": "x", "options": "a"}, "Bad Request: can't parse options JSON object"},
		{"stopPoll", m{"message_id": text}, "Bad Request: message with poll to stop not found"},
		{"deleteMessages", m{"message_ids": []int{9998, 9999}}, ""},
		{"deleteMessages", m{"message_ids": []int{}}, "Bad Request: message identifiers are not specified"},
		{"forwardMessage", m{"from_chat_id": bia, "message_id": 9999}, "Bad Request: message to forward not found"},
		{"copyMessage", m{"from_chat_id": bia, "message_id": 1}, ""},
		{"answerPreCheckoutQuery", m{"pre_checkout_query_id": "1", "ok": false, "error_message": "x"}, "Bad Request: query is too old and response timeout expired or query ID is invalid"},
		{"answerPreCheckoutQuery", m{"pre_checkout_query_id": "1", "ok": false}, "Bad Request: error message must be non-empty"},
		{"answerShippingQuery", m{"shipping_query_id": "1", "ok": true}, "Bad Request: can't parse shipping options JSON object"},
		{"getUserProfilePhotos", m{"user_id": 1}, "Bad Request: user not found"},
		{"getUserProfilePhotos", m{"user_id": bia, "limit": 101}, "Bad Request: parameter limit must be 1 to 100"},
		{"sendMessage", m{"text": "a", "business_connection_id": "x"}, "Bad Request: business connection not found"},
		{"getBusinessConnection", m{"business_connection_id": "x"}, "Bad Request: business connection not found"},
		{"setMyCommands", m{"commands": []m{{"command": "Não", "description": "x"}}}, "Bad Request: BOT_COMMAND_INVALID"},
		{"setWebhook", m{"url": "http://example.com/x"}, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"},
		{"setWebhook", m{"url": "https://example.com:8080/x"}, "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"},
		{"setWebhook", m{"url": "https://example.com/x", "secret_token": "a b"}, "Bad Request: secret token contains unallowed characters"},
		{"setWebhook", m{"url": "https://example.com/x", "secret_token": strings.Repeat("a", 257)}, "Bad Request: secret token is too long"},
		{"getUpdates", m{}, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"},
		{"dance", m{}, "Not Found: method not found"},
	}
	for i, c := range cases {
		t.Run(fmt.Sprint(i, c.method), func(t *testing.T) {
			body := m{"chat_id": bia}
			for name, value := range c.body {
				body[name] = value
			}
			answer := w.call(c.method, body)
			if answer.Description != c.want && !(c.want == "" && answer.OK) {
				t.Fatalf("got %q, wanted %q", answer.Description, c.want)
			}
		})
	}
	for token, want := range map[string]string{"123456789:wrong-token": "Unauthorized", "nonsense": "Not Found", "999:abcdef": "Unauthorized"} {
		if answer := w.post(token, "getMe", "application/json", []byte("{}")); answer.Description != want {
			t.Errorf("token %s: %s", token, answer.Description)
		}
	}
	w.act(Action{Do: "block"})
	if answer := w.call("sendMessage", m{"chat_id": bia, "text": "x"}); answer.Code != 403 || answer.Description != "Forbidden: bot was blocked by the user" {
		t.Fatalf("%+v", answer)
	}
	if _, err := w.server.PutUser(User{ID: bia, FirstName: "Bia", Deactivated: true}); err != nil {
		t.Fatal(err)
	}
	if answer := w.call("sendMessage", m{"chat_id": bia, "text": "x"}); answer.Description != "Forbidden: user is deactivated" {
		t.Fatalf("%+v", answer)
	}
}

func TestParametersComeInEveryForm(t *testing.T) {
	w := start(t, Config{})
	check := func(answer envelope, want string) {
		t.Helper()
		var message struct {
			Text string
			Chat struct{ ID int64 }
			From struct {
				IsBot bool `json:"is_bot"`
			}
			ReplyMarkup m `json:"reply_markup"`
		}
		if err := json.Unmarshal(answer.Result, &message); err != nil || message.Text != want || message.Chat.ID != bia || !message.From.IsBot {
			t.Fatalf("%+v %s", answer, answer.Result)
		}
		if message.ReplyMarkup["inline_keyboard"] == nil {
			t.Fatalf("no keyboard in %s", answer.Result)
		}
	}
	keyboard := `{"inline_keyboard":[[{"text":"x","callback_data":"1"}]]}`
	check(w.post(botToken, "sendmessage", "application/x-www-form-urlencoded", []byte("chat_id=5550001&text=a&reply_markup="+keyboard)), "a")
	check(w.post(botToken, "SendMessage", "application/json", []byte(`{"chat_id":"5550001","text":"b","reply_markup":`+keyboard+`}`)), "b")
	response, err := http.Get(w.http.URL + "/bot" + botToken + "/sendMessage?chat_id=5550001&text=c&reply_markup=" + strings.NewReplacer(`"`, "%22", "{", "%7B", "}", "%7D").Replace(keyboard))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	raw, _ := io.ReadAll(response.Body)
	var answer envelope
	_ = json.Unmarshal(raw, &answer)
	check(answer, "c")
}

func TestFilesGoUpAndDown(t *testing.T) {
	for _, dir := range []string{"", t.TempDir()} {
		w := start(t, Config{Dir: dir})
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		_ = form.WriteField("chat_id", fmt.Sprint(bia))
		_ = form.WriteField("caption", "<b>nota</b>")
		_ = form.WriteField("parse_mode", "HTML")
		part, _ := form.CreateFormFile("document", "nota.pdf")
		_, _ = part.Write([]byte("%PDF"))
		_ = form.Close()
		answer := w.post(botToken, "sendDocument", form.FormDataContentType(), body.Bytes())
		var message struct {
			Caption  string
			Entities []entity `json:"caption_entities"`
			Document struct {
				ID   string `json:"file_id"`
				Name string `json:"file_name"`
				MIME string `json:"mime_type"`
				Size int64  `json:"file_size"`
			}
		}
		if err := json.Unmarshal(answer.Result, &message); err != nil || message.Caption != "nota" || len(message.Entities) != 1 || message.Document.Name != "nota.pdf" || message.Document.MIME != "application/pdf" || message.Document.Size != 4 {
			t.Fatalf("%+v %s", answer, answer.Result)
		}
		if again := w.send("sendDocument", m{"document": message.Document.ID}); again["document"].(m)["file_id"] != message.Document.ID {
			t.Fatalf("%v", again)
		}
		w.act(Action{Do: "voice", Bytes: []byte("opus"), MIME: "audio/ogg", Seconds: 2})
		voice := w.next().body["message"].(m)["voice"].(m)
		if voice["duration"].(float64) != 2 {
			t.Fatalf("%v", voice)
		}
		var file struct {
			Path string `json:"file_path"`
		}
		if err := json.Unmarshal(w.must("getFile", m{"file_id": voice["file_id"]}), &file); err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]int{"/file/bot" + botToken + "/" + file.Path: 200, "/file/bot" + botToken + "/voice/none": 404, "/file/bot123456789:wrong/" + file.Path: 401} {
			response, err := http.Get(w.http.URL + path)
			if err != nil {
				t.Fatal(err)
			}
			raw, _ := io.ReadAll(response.Body)
			_ = response.Body.Close()
			if response.StatusCode != want || want == 200 && string(raw) != "opus" {
				t.Fatalf("%d %s", response.StatusCode, raw)
			}
		}
	}
}

func TestFloodLimits(t *testing.T) {
	now := clock.NewManual(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	w := start(t, Config{Clock: now})
	for i := range int(chatBurst) {
		if answer := w.call("sendMessage", m{"chat_id": bia, "text": "x"}); !answer.OK {
			t.Fatalf("message %d: %s", i, answer.Description)
		}
	}
	answer := w.call("sendMessage", m{"chat_id": bia, "text": "x"})
	if answer.Code != 429 || answer.Description != "Too Many Requests: retry after 1" || answer.Parameters == nil || answer.Parameters.RetryAfter != 1 {
		t.Fatalf("%+v", answer)
	}
	now.Advance(time.Second)
	if answer = w.call("sendMessage", m{"chat_id": bia, "text": "x"}); !answer.OK {
		t.Fatalf("%+v", answer)
	}
	sent := 0
	for i := range 40 {
		user, err := w.server.PutUser(User{ID: int64(1000 + i), FirstName: "X"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.server.Act(user.ID, Action{Bot: botID, Do: "start"}); err != nil {
			t.Fatal(err)
		}
		if w.call("sendMessage", m{"chat_id": user.ID, "text": "x"}).OK {
			sent++
		}
	}
	if sent != 29 { // 30 a second, and one went to Bia
		t.Fatalf("%d messages in a second", sent)
	}
	w.control("PUT", "/_sandbox/settings", m{"rate_limits": false})
	if answer = w.call("sendMessage", m{"chat_id": bia, "text": "x"}); !answer.OK {
		t.Fatalf("%+v", answer)
	}
}

func TestButtonsAndKeyboards(t *testing.T) {
	now := clock.NewManual(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	w := start(t, Config{Clock: now})
	id := int64(w.send("sendMessage", m{"text": "Escolha", "reply_markup": inline(m{"text": "Bolos", "callback_data": "k1"}, m{"text": "Site", "url": "https://example.com"})})["message_id"].(float64))
	w.act(Action{Do: "press", Message: id, Data: "k1"})
	query := w.next().body["callback_query"].(m)
	if query["data"] != "k1" || query["message"].(m)["message_id"].(float64) != float64(id) || query["from"].(m)["id"].(float64) != bia {
		t.Fatalf("%v", query)
	}
	if string(w.must("answerCallbackQuery", m{"callback_query_id": query["id"], "text": "Ok!"})) != "true" {
		t.Fatal("not answered")
	}
	w.act(Action{Do: "press", Message: id, Data: "k1"})
	old := w.next().body["callback_query"].(m)
	now.Advance(2 * time.Minute)
	if answer := w.call("answerCallbackQuery", m{"callback_query_id": old["id"]}); answer.OK {
		t.Fatal("an old query was answered")
	}
	if _, err := w.server.Act(bia, Action{Bot: botID, Do: "press", Message: id, Data: "nada"}); err == nil {
		t.Fatal("a button that is not there was pressed")
	}
	w.send("sendMessage", m{"text": "Teclado", "reply_markup": m{"keyboard": []any{[]any{"Sim", "Não"}}, "one_time_keyboard": true}})
	if view, _ := w.server.View(botID, bia); view.Keyboard == nil || view.Keyboard.Keyboard[0][1].Text != "Não" {
		t.Fatalf("%+v", view.Keyboard)
	}
	w.act(Action{Do: "text", Text: "Sim"})
	if view, _ := w.server.View(botID, bia); view.Keyboard != nil {
		t.Fatal("a one-time keyboard stays")
	}
}
