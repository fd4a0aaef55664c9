package telegram

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"prosa/internal/sandbox/stage"
)

func encode(value any) json.RawMessage {
	raw, err := json.Marshal(value)
	if err != nil {
		return json.RawMessage("null")
	}
	return raw
}

// object decodes a message's content for a change.
func (m *Message) object() object {
	decoder := json.NewDecoder(strings.NewReader(string(m.Content)))
	decoder.UseNumber()
	content := object{}
	if decoder.Decode(&content) != nil {
		return object{}
	}
	return content
}

// into puts the text and its entities into a message object.
func (f formatted) into(content object, name, entities string) {
	delete(content, entities)
	content[name] = f.text
	if len(f.entities) > 0 {
		content[entities] = f.entities
	}
}

// readText reads a text parameter with its parse mode or entities. An empty
// text is refused when empty says how.
func (c *call) readText(name, entities string, most int, empty, long string) (formatted, *apiError) {
	given, err := c.params.entities(entities)
	if err != nil {
		return formatted{}, err
	}
	text, err := readText(c.params.text(name), c.params.text("parse_mode"), given)
	switch {
	case err != nil:
		return formatted{}, err
	case text.text == "" && empty != "":
		return formatted{}, bad("%s", empty)
	case utf8.RuneCountInString(text.text) > most:
		return formatted{}, bad("%s", long)
	}
	return text, nil
}

// throttle takes a place in the bot's and the chat's bucket; the caller holds
// the lock.
func (s *Server) throttle(bot int64, chat *Chat) *apiError {
	if !s.settings.RateLimits {
		return nil
	}
	bucket := s.rates[bot]
	if bucket == nil {
		bucket = &stage.Bucket{}
		s.rates[bot] = bucket
	}
	if wait, ok := chat.rate.Take(s.now(), chatPerSecond, chatBurst); !ok {
		return flood(int(math.Ceil(wait.Seconds())))
	}
	if wait, ok := bucket.Take(s.now(), botPerSecond, botPerSecond); !ok {
		return flood(int(math.Ceil(wait.Seconds())))
	}
	return nil
}

// outgoing is a message that a method wants to send.
type outgoing struct {
	kind    string
	text    string
	content object // members beside the usual ones
}

// deliver sends one or, for an album, several messages and answers with them.
func (s *Server) deliver(c *call, messages []outgoing) (stage.Answer, *apiError) {
	markup, err := readMarkup(c.params.text("reply_markup"))
	if err != nil {
		return stage.Answer{}, err
	}
	s.mu.Lock()
	sent, answer, err := s.accept(c, messages, markup)
	s.mu.Unlock()
	if err != nil {
		return stage.Answer{}, err
	}
	if err := s.journal.Flush(); err != nil {
		return stage.Answer{}, errInternal
	}
	for _, message := range sent {
		s.publish(message)
	}
	return answer, nil
}

// accept writes the messages down; the caller holds the lock.
func (s *Server) accept(c *call, messages []outgoing, markup *Markup) ([]Message, stage.Answer, *apiError) {
	chat, user, err := s.target(c)
	if err != nil {
		return nil, stage.Answer{}, err
	}
	replied, err := s.replied(c, chat)
	if err != nil {
		return nil, stage.Answer{}, err
	}
	for range messages {
		if err := s.throttle(c.bot.ID, chat); err != nil {
			return nil, stage.Answer{}, err
		}
	}
	now := s.now()
	var sent []*Message
	for _, out := range messages {
		chat.LastID++
		content := object{
			"message_id": chat.LastID, "from": c.bot.object(), "chat": user.chatObject(), "date": now.Unix(),
		}
		s.signed(content, chat, c.bot)
		for name, value := range out.content {
			content[name] = value
		}
		message := &Message{
			Key: chat.message(chat.LastID), Bot: c.bot.ID, User: user.ID, Connection: chat.Connection, MessageID: chat.LastID,
			Dir: Outbound, Kind: out.kind, AtMS: now.UnixMilli(), Text: out.text, Status: "sent",
		}
		if replied != nil {
			message.ReplyTo = replied.MessageID
			quoted := replied.object()
			delete(quoted, "reply_to_message") // replies do not nest
			content["reply_to_message"] = quoted
		}
		if markup != nil {
			message.Markup = encode(markup)
			if markup.Inline != nil {
				content["reply_markup"] = markup
			}
		}
		message.Content = encode(content)
		sent = append(sent, message)
	}
	chat.typingUntilMS = 0
	chat.show(markup)
	s.saveChat(chat)
	var answer stage.Answer
	if len(sent) == 1 && !strings.EqualFold(c.method, "sendMediaGroup") {
		answer = result(sent[0].Content, "")
	} else {
		all := make([]json.RawMessage, 0, len(sent))
		for _, message := range sent {
			all = append(all, message.Content)
		}
		answer = result(all, "")
	}
	exchange := c.exchange(answer)
	exchange.TookMS = s.now().UnixMilli() - c.atMS
	copies := make([]Message, 0, len(sent))
	for _, message := range sent {
		if s.ledger.Full() {
			message.Exchange = exchange
		}
		s.keepMessage(chat, message)
		s.ledger.Accept(stage.Send{
			AtMS: message.AtMS, Account: strconv.FormatInt(c.bot.ID, 10), Recipient: strconv.FormatInt(user.ID, 10),
			Kind: message.Kind, Text: message.Text, ID: fmt.Sprintf("%d:%d", user.ID, message.MessageID), Payload: message.Content,
		})
		copies = append(copies, *message)
	}
	return copies, answer, nil
}

// show changes the keyboard of the chat by what a message brought.
func (c *Chat) show(markup *Markup) {
	switch {
	case markup == nil:
	case markup.Remove:
		c.Keyboard = nil
	case markup.Keyboard != nil:
		c.Keyboard = markup
	}
}

// exchange is what the wire held, without the token.
func (c *call) exchange(answer stage.Answer) *stage.Exchange {
	body := stage.Clip(c.params.raw)
	if len(c.params.files) > 0 || body == "" {
		shown := object{}
		for name, value := range c.params.values {
			shown[name] = value
		}
		for name, up := range c.params.files {
			shown[name] = fmt.Sprintf("(%d bytes, %s)", len(up.data), up.name)
		}
		body = string(encode(shown))
	}
	return &stage.Exchange{
		AtMS: c.atMS, Method: http.MethodPost, URL: fmt.Sprintf("/bot%d:***/%s", c.bot.ID, c.method),
		RequestHeaders: stage.Headers(c.request.Header), RequestBody: body,
		Status: answer.Status, ResponseBody: stage.Clip(answer.Body),
		ResponseHeaders: map[string]string{"Content-Type": "application/json"},
	}
}

// replied finds the message that the call replies to; the caller holds the
// lock.
func (s *Server) replied(c *call, chat *Chat) (*Message, *apiError) {
	var reply struct {
		MessageID int64 `json:"message_id"`
		Anyway    bool  `json:"allow_sending_without_reply"`
	}
	if raw := c.params.text("reply_parameters"); raw != "" {
		if json.Unmarshal([]byte(raw), &reply) != nil {
			return nil, bad("can't parse reply parameters JSON object")
		}
		if reply.MessageID == 0 {
			return nil, bad("parameter \"message_id\" is required")
		}
	}
	if old := c.params.number("reply_to_message_id"); reply.MessageID == 0 && old != 0 {
		reply.MessageID, reply.Anyway = old, c.params.flag("allow_sending_without_reply")
	}
	if reply.MessageID == 0 {
		return nil, nil
	}
	message := s.messages[chat.message(reply.MessageID)]
	if message == nil || message.Deleted {
		if reply.Anyway || !s.ledger.Full() {
			return nil, nil
		}
		return nil, bad("message to be replied not found")
	}
	return message, nil
}

func (s *Server) sendMessage(c *call) (stage.Answer, *apiError) {
	text, err := c.readText("text", "entities", maxText, "message text is empty", "message is too long")
	if err != nil {
		return stage.Answer{}, err
	}
	content := object{}
	text.into(content, "text", "entities")
	return s.deliver(c, []outgoing{{kind: "text", text: text.text, content: content}})
}

// sendFile makes the method that sends one kind of file.
func (s *Server) sendFile(kind string) func(*call) (stage.Answer, *apiError) {
	return func(c *call) (stage.Answer, *apiError) {
		caption, err := c.readText("caption", "caption_entities", maxCaption, "", "message caption is too long")
		if err != nil {
			return stage.Answer{}, err
		}
		f, err := s.readFile(c.request, c.params, c.params.text(kind), kind)
		if err != nil {
			return stage.Answer{}, err
		}
		return s.deliver(c, []outgoing{fileMessage(f, c.params, caption)})
	}
}

func fileMessage(f file, p params, caption formatted) outgoing {
	member, value := f.media(p)
	out := outgoing{kind: f.Kind, text: caption.text, content: object{member: value}}
	if member == "animation" {
		// For clients from before animations, the same file as a document.
		document := object{}
		for _, name := range []string{"file_id", "file_unique_id", "file_size", "file_name", "mime_type"} {
			if detail, there := value.(object)[name]; there {
				document[name] = detail
			}
		}
		out.content["document"] = document
	}
	if caption.text != "" && f.Kind != "sticker" && f.Kind != "video_note" {
		caption.into(out.content, "caption", "caption_entities")
	}
	return out
}

// sendMediaGroup sends an album: 2 to 10 files, documents and audio only among
// their like, and no keyboard.
func (s *Server) sendMediaGroup(c *call) (stage.Answer, *apiError) {
	var items []struct {
		Type      string   `json:"type"`
		Media     string   `json:"media"`
		Caption   string   `json:"caption"`
		ParseMode string   `json:"parse_mode"`
		Entities  []entity `json:"caption_entities"`
	}
	if json.Unmarshal([]byte(c.params.text("media")), &items) != nil {
		return stage.Answer{}, bad("can't parse media JSON object")
	}
	switch {
	case len(items) == 0:
		return stage.Answer{}, bad("there are no messages to send")
	case len(items) < 2:
		return stage.Answer{}, bad("too few messages to send as an album")
	case len(items) > 10:
		return stage.Answer{}, bad("too many messages to send as an album")
	case c.params.text("reply_markup") != "":
		return stage.Answer{}, bad("reply_markup can't be used with an album")
	}
	album := strconv.FormatInt(s.now().UnixNano(), 10)
	var messages []outgoing
	for i, item := range items {
		switch item.Type {
		case "photo", "video", "document", "audio":
		default:
			return stage.Answer{}, bad("can't parse InputMedia: type \"%s\" is unsupported", item.Type)
		}
		single := item.Type == "document" || item.Type == "audio"
		if i > 0 && item.Type != items[0].Type && (single || items[0].Type == "document" || items[0].Type == "audio") {
			return stage.Answer{}, bad("%s can't be mixed with other media types", item.Type)
		}
		caption, err := readText(item.Caption, item.ParseMode, item.Entities)
		if err != nil {
			return stage.Answer{}, err
		}
		if utf8.RuneCountInString(caption.text) > maxCaption {
			return stage.Answer{}, bad("message caption is too long")
		}
		f, err := s.readFile(c.request, c.params, item.Media, item.Type)
		if err != nil {
			return stage.Answer{}, err
		}
		out := fileMessage(f, params{}, caption)
		out.content["media_group_id"] = album
		messages = append(messages, out)
	}
	return s.deliver(c, messages)
}

// place reads latitude and longitude.
func (c *call) place() (object, *apiError) {
	latitude, err := c.params.float("latitude")
	if err != nil {
		return nil, err
	}
	longitude, err := c.params.float("longitude")
	if err != nil {
		return nil, err
	}
	if math.Abs(latitude) > 90 || math.Abs(longitude) > 180 {
		return nil, bad("wrong location specified")
	}
	return object{"latitude": latitude, "longitude": longitude}, nil
}

func (s *Server) sendLocation(c *call) (stage.Answer, *apiError) {
	place, err := c.place()
	if err != nil {
		return stage.Answer{}, err
	}
	if raw := c.params.text("live_period"); raw != "" && raw != "0" {
		live := c.params.number("live_period")
		if live != forever && (live < 60 || live > 86400) {
			return stage.Answer{}, bad("wrong live location period specified")
		}
		place["live_period"] = live
	}
	return s.deliver(c, []outgoing{{kind: "location", content: object{"location": place}}})
}

func (s *Server) sendVenue(c *call) (stage.Answer, *apiError) {
	place, err := c.place()
	if err != nil {
		return stage.Answer{}, err
	}
	name, address := c.params.text("title"), c.params.text("address")
	if name == "" || address == "" {
		return stage.Answer{}, bad("venue title and address must be non-empty")
	}
	venue := object{"location": place, "title": name, "address": address}
	return s.deliver(c, []outgoing{{kind: "venue", text: name, content: object{"venue": venue, "location": place}}})
}

func (s *Server) sendContact(c *call) (stage.Answer, *apiError) {
	phone, name := c.params.text("phone_number"), c.params.text("first_name")
	switch {
	case phone == "":
		return stage.Answer{}, bad("field \"phone_number\" must contain a valid phone number")
	case name == "":
		return stage.Answer{}, bad("first name must be non-empty")
	case len(c.params.text("vcard")) > 2048:
		return stage.Answer{}, bad("VCARD_TOO_LONG")
	}
	contact := object{"phone_number": phone, "first_name": name}
	for _, optional := range []string{"last_name", "vcard"} {
		if c.params.text(optional) != "" {
			contact[optional] = c.params.text(optional)
		}
	}
	return s.deliver(c, []outgoing{{kind: "contact", text: name, content: object{"contact": contact}}})
}
