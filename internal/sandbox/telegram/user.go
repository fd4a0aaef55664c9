package telegram

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
)

// Action is something that a person does in a chat with a bot. Do says which;
// the other members are read as far as the action needs them.
type Action struct {
	Bot int64 `json:"bot"`
	// Do: start, text, press, photo, video, audio, voice, document, sticker,
	// animation, video_note, location, venue, contact, reaction, edit, block,
	// unblock, read, raw.
	Do string `json:"do"`

	Text    string `json:"text,omitempty"` // text, caption, or payload of start
	ReplyTo int64  `json:"reply_to,omitempty"`
	Message int64  `json:"message,omitempty"` // message id that a press, reaction or edit is about
	Data    string `json:"data,omitempty"`    // callback data of the pressed button
	Emoji   string `json:"emoji,omitempty"`

	File     string `json:"file,omitempty"`  // file id
	Bytes    []byte `json:"bytes,omitempty"` // base64 in JSON
	MIME     string `json:"mime,omitempty"`
	Filename string `json:"filename,omitempty"`
	Album    string `json:"album,omitempty"` // media_group_id
	Seconds  int    `json:"seconds,omitempty"`

	Latitude  float64 `json:"latitude,omitempty"`
	Longitude float64 `json:"longitude,omitempty"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
	Phone     string  `json:"phone,omitempty"`

	// Kind and Content make an update of any kind (raw).
	Kind    string          `json:"kind,omitempty"`
	Content json.RawMessage `json:"content,omitempty"`
}

// Act lets a person do something. It gives the message that came of it (for
// read, block and the like an empty one). The errors are Invalid for a wrong
// field, NotFound for unknown people, bots and messages, Refused for what the
// telephone would not offer.
func (s *Server) Act(userID int64, a Action) (Message, error) {
	var kept file
	if folders[a.Do] != [2]string{} {
		var err error
		if kept, err = s.fileOf(a); err != nil {
			return Message{}, err
		}
	}
	s.mu.Lock()
	message, u, err := s.act(userID, a, kept)
	var copied Message
	if message != nil {
		copied = *message
	}
	s.mu.Unlock()
	if err != nil {
		return Message{}, err
	}
	if err := s.journal.Flush(); err != nil {
		return Message{}, err
	}
	if u != nil {
		s.courier.enqueue(u)
	}
	if message != nil {
		s.publish(copied)
	} else {
		s.feed.Publish(Change{Bot: a.Bot, User: userID})
	}
	return copied, nil
}

func (s *Server) fileOf(a Action) (file, error) {
	if a.File != "" {
		known, ok := s.files.get(a.File)
		if !ok {
			return file{}, fault.OnField("file", "no such file")
		}
		return known, nil
	}
	if len(a.Bytes) == 0 {
		return file{}, fault.OnField("bytes", "give bytes, or the id of a known file")
	}
	return s.keepFile(a.Do, upload{name: a.Filename, mime: a.MIME, data: a.Bytes}, "")
}

// act does an action; the caller holds the lock.
func (s *Server) act(userID int64, a Action, kept file) (*Message, *update, error) {
	bot, user := s.bots[a.Bot], s.users[userID]
	if bot == nil || user == nil {
		return nil, nil, fault.New(fault.NotFound, "no such bot or person")
	}
	chat := s.chat(bot.ID, user.ID)
	switch a.Do {
	case "block", "unblock":
		return nil, s.setBlocked(bot, user, chat, a.Do == "block"), nil
	case "read":
		chat.ReadSeq = s.seq
		s.saveChat(chat)
		return nil, nil, nil
	case "raw":
		if a.Kind == "" || len(a.Content) == 0 {
			return nil, nil, fault.OnField("kind", "a raw update needs kind and content")
		}
		return nil, s.newUpdate(bot, user.ID, a.Kind, nil, a.Content), nil
	}
	if chat.Blocked {
		return nil, nil, fault.Refuse("blocked", "the person blocked this bot")
	}
	switch a.Do {
	case "press":
		return s.press(bot, user, a)
	case "reaction":
		return s.react(bot, user, a)
	case "edit":
		return s.editOwn(bot, user, a)
	case "start":
		chat.Started = true
		a.Do, a.Text = "text", strings.TrimSpace("/start "+a.Text)
	}
	if !chat.Started {
		return nil, nil, fault.Refuse("not_started", "the person has not started this bot")
	}
	content, text, err := compose(*user, a, kept)
	if err != nil {
		return nil, nil, err
	}
	chat.LastID++
	content["message_id"], content["date"] = chat.LastID, s.now().Unix()
	content["from"], content["chat"] = user.object(), user.chatObject()
	if a.ReplyTo != 0 {
		target := s.messages[messageKey(bot.ID, user.ID, a.ReplyTo)]
		if target == nil {
			return nil, nil, fault.New(fault.NotFound, "no such message in this chat")
		}
		quoted := target.object()
		delete(quoted, "reply_to_message")
		content["reply_to_message"] = quoted
	}
	message := &Message{
		Key: messageKey(bot.ID, user.ID, chat.LastID), Bot: bot.ID, User: user.ID, MessageID: chat.LastID, Dir: Inbound,
		Kind: a.Do, AtMS: s.now().UnixMilli(), Content: encode(content), Text: text, Status: "sent", ReplyTo: a.ReplyTo,
	}
	if chat.Keyboard != nil && chat.Keyboard.OneTime {
		chat.Keyboard = nil
	}
	s.keepMessage(chat, message)
	chat.ReadSeq = s.seq // who writes has read
	s.saveChat(chat)
	return message, s.newUpdate(bot, user.ID, "message", message, message.Content), nil
}

// compose makes the members of a Message that an action brings.
func compose(user User, a Action, kept file) (object, string, error) {
	caption, failure := readText(a.Text, "", nil)
	if failure != nil {
		return nil, "", fault.OnField("text", "%s", failure.description)
	}
	switch a.Do {
	case "text":
		if caption.text == "" || len([]rune(caption.text)) > maxText {
			return nil, "", fault.OnField("text", "must have 1 to %d characters", maxText)
		}
		content := object{}
		caption.into(content, "text", "entities")
		return content, caption.text, nil
	case "location":
		return object{"location": object{"latitude": a.Latitude, "longitude": a.Longitude}}, "", nil
	case "venue":
		place := object{"latitude": a.Latitude, "longitude": a.Longitude}
		return object{"location": place, "venue": object{"location": place, "title": a.Name, "address": a.Address}}, a.Name, nil
	case "contact":
		contact := object{"phone_number": a.Phone, "first_name": a.Name}
		if a.Phone == "" || a.Phone == user.Phone {
			contact = object{"phone_number": user.Phone, "first_name": user.FirstName, "user_id": user.ID}
		}
		if contact["phone_number"] == "" {
			return nil, "", fault.OnField("phone", "the person has no telephone number to share")
		}
		return object{"contact": contact}, fmt.Sprint(contact["first_name"]), nil
	}
	if kept.ID == "" {
		return nil, "", fault.OnField("do", "unknown action %q", a.Do)
	}
	details := params{values: map[string]string{"emoji": a.Emoji}}
	if a.Seconds > 0 {
		details.values["duration"] = strconv.Itoa(a.Seconds)
	}
	out := fileMessage(kept, details, caption)
	if a.Album != "" {
		out.content["media_group_id"] = a.Album
	}
	return out.content, caption.text, nil
}

func (s *Server) setBlocked(bot *Bot, user *User, chat *Chat, blocked bool) *update {
	if chat.Blocked == blocked {
		return nil
	}
	chat.Blocked = blocked
	s.saveChat(chat)
	status := map[bool]object{
		true:  {"status": "kicked", "user": bot.object(), "until_date": 0},
		false: {"status": "member", "user": bot.object()},
	}
	return s.newUpdate(bot, user.ID, "my_chat_member", nil, object{
		"chat": user.chatObject(), "from": user.object(), "date": s.now().Unix(),
		"old_chat_member": status[!blocked], "new_chat_member": status[blocked],
	})
}

// press answers an inline button of a message of the bot, if it is there. The
// press is kept as a message of kind callback that has no place in the chat.
func (s *Server) press(bot *Bot, user *User, a Action) (*Message, *update, error) {
	target := s.messages[messageKey(bot.ID, user.ID, a.Message)]
	if target == nil || target.Deleted {
		return nil, nil, fault.New(fault.NotFound, "no such message in this chat")
	}
	label, ok := target.label(a.Data)
	if !ok {
		return nil, nil, fault.Refuse("no_choice", "the message has no such button")
	}
	now := s.now().UnixMilli()
	s.seq++
	id := hashID(fmt.Sprint(bot.ID, user.ID, now, s.seq))
	for old, press := range s.callbacks {
		if now-press.atMS > s.config.CallbackLife.Milliseconds() {
			delete(s.callbacks, old)
		}
	}
	message := &Message{
		Key: fmt.Sprintf("%d:%d:c%s", bot.ID, user.ID, id), Bot: bot.ID, User: user.ID, Dir: Inbound, Kind: "callback",
		AtMS: now, Text: label, Status: "sent", ReplyTo: target.MessageID, Chosen: a.Data,
	}
	query := object{
		"id": id, "from": user.object(), "chat_instance": hashID(chatKey(bot.ID, user.ID)), "data": a.Data, "message": target.Content,
	}
	message.Content = encode(query)
	target.Chosen = a.Data
	s.saveMessage(target)
	s.callbacks[id] = &callback{bot: bot.ID, atMS: now, message: message.Key}
	chat := s.chat(bot.ID, user.ID)
	s.keepMessage(chat, message)
	chat.ReadSeq = s.seq
	s.saveChat(chat)
	return message, s.newUpdate(bot, user.ID, "callback_query", message, query), nil
}

// label gives the text of the inline button with the callback data.
func (m *Message) label(data string) (string, bool) {
	var markup Markup
	if m.Markup == nil || json.Unmarshal(m.Markup, &markup) != nil {
		return "", false
	}
	for _, row := range markup.Inline {
		for _, button := range row {
			if button.CallbackData != nil && *button.CallbackData == data {
				return button.Text, true
			}
		}
	}
	return "", false
}

func (s *Server) react(bot *Bot, user *User, a Action) (*Message, *update, error) {
	target := s.messages[messageKey(bot.ID, user.ID, a.Message)]
	if target == nil || target.Deleted {
		return nil, nil, fault.New(fault.NotFound, "no such message in this chat")
	}
	reactions := func(emoji string) []object {
		if emoji == "" {
			return []object{}
		}
		return []object{{"type": "emoji", "emoji": emoji}}
	}
	content := object{
		"chat": user.chatObject(), "message_id": target.MessageID, "user": user.object(), "date": s.now().Unix(),
		"old_reaction": reactions(target.Mine), "new_reaction": reactions(a.Emoji),
	}
	target.Mine = a.Emoji
	s.saveMessage(target)
	return target, s.newUpdate(bot, user.ID, "message_reaction", nil, content), nil
}

func (s *Server) editOwn(bot *Bot, user *User, a Action) (*Message, *update, error) {
	target := s.messages[messageKey(bot.ID, user.ID, a.Message)]
	if target == nil || target.Deleted {
		return nil, nil, fault.New(fault.NotFound, "no such message in this chat")
	}
	if target.Dir != Inbound || target.Kind != "text" {
		return nil, nil, fault.Refuse("not_own", "only own texts can be changed")
	}
	text, failure := readText(a.Text, "", nil)
	if failure != nil || text.text == "" {
		return nil, nil, fault.OnField("text", "must not be empty")
	}
	content := target.object()
	text.into(content, "text", "entities")
	content["edit_date"] = s.now().Unix()
	target.Content, target.Text, target.EditedMS = encode(content), text.text, s.now().UnixMilli()
	s.saveMessage(target)
	return target, s.newUpdate(bot, user.ID, "edited_message", target, target.Content), nil
}
