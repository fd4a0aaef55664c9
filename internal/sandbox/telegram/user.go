package telegram

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
)

// Action is something that a person does in a chat with a bot. Do says which;
// the other members are read as far as the action needs them.
type Action struct {
	Bot int64 `json:"bot"`
	// Do: start, text, press, photo, video, audio, voice, document, sticker,
	// animation, video_note, location (live with seconds), move, venue, contact,
	// dice, poll, vote, web_app, share_users, pay, checkout, shipping, message,
	// reaction, edit, delete, block, unblock, read, raw.
	Do string `json:"do"`

	// Business plays in the chat with the bot's owner, who lets the bot speak
	// there; AsOwner lets the owner write.
	Business bool `json:"business,omitempty"`
	AsOwner  bool `json:"as_owner,omitempty"`

	Text    string `json:"text,omitempty"` // text, caption, or payload of start
	ReplyTo int64  `json:"reply_to,omitempty"`
	Message int64  `json:"message,omitempty"` // message id that a press, reaction or edit is about
	Data    string `json:"data,omitempty"`    // callback data of the pressed button
	// Emoji of a reaction, sticker or dice; as a reaction "⭐" is the paid one and
	// "custom:<id>" one of a set.
	Emoji string `json:"emoji,omitempty"`

	Quote     string `json:"quote,omitempty"`     // words of the message that ReplyTo names
	Forwarded string `json:"forwarded,omitempty"` // who wrote it first

	Options []string `json:"options,omitempty"` // answers of a poll
	Several bool     `json:"several,omitempty"`
	Picks   []int    `json:"picks,omitempty"` // numbers of the answers of a vote, from 0; none takes it back
	Users   []int64  `json:"users,omitempty"` // people that are shared

	Currency string `json:"currency,omitempty"`
	Amount   int64  `json:"amount,omitempty"` // in the currency's smallest units

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

	// Kind and Content make an update of any kind (raw); Content alone is members
	// of a Message of any kind (message).
	Kind    string          `json:"kind,omitempty"`
	Content json.RawMessage `json:"content,omitempty"`
}

// Act lets a person do something. It gives the message that came of it (for
// read, block and the like an empty one). The errors are Invalid for a wrong
// field, NotFound for unknown people, bots and messages, Refused for what the
// telephone would not offer.
func (s *Server) Act(userID int64, a Action) (Message, error) {
	var kept file
	if folders[a.Do] != [2]string{} || a.Do == "edit" && (len(a.Bytes) > 0 || a.File != "") {
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
	kind := a.Do
	if kind == "edit" {
		kind = "document"
		for _, known := range []string{"video", "audio", "image"} {
			if strings.HasPrefix(a.MIME, known+"/") {
				kind = map[string]string{"image": "photo"}[known]
				kind = or(kind, known)
			}
		}
	}
	return s.keepFile(kind, upload{name: a.Filename, mime: a.MIME, data: a.Bytes}, "")
}

// act does an action; the caller holds the lock.
func (s *Server) act(userID int64, a Action, kept file) (*Message, *update, error) {
	bot, user := s.bots[a.Bot], s.users[userID]
	if bot == nil || user == nil {
		return nil, nil, fault.New(fault.NotFound, "no such bot or person")
	}
	chat := s.chat(bot.ID, user.ID)
	if a.Business {
		return s.actBusiness(bot, user, a, kept)
	}
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
		return s.press(bot, user, chat, a)
	case "reaction":
		return s.react(bot, user, a)
	case "edit", "move":
		return s.editOwn(bot, user, chat, a, kept)
	case "vote":
		return s.vote(bot, user, chat, a)
	case "checkout", "shipping":
		return s.ask(bot, user, chat, a)
	case "start":
		chat.Started = true
		a.Do, a.Text = "text", strings.TrimSpace("/start "+a.Text)
	}
	if !chat.Started {
		return nil, nil, fault.Refuse("not_started", "the person has not started this bot")
	}
	return s.write(bot, user, chat, a, kept)
}

// write puts a message of the person, or of the owner of a business chat, into
// the chat; the caller holds the lock.
func (s *Server) write(bot *Bot, user *User, chat *Chat, a Action, kept file) (*Message, *update, error) {
	content, text, err := s.compose(*user, a, kept)
	if err != nil {
		return nil, nil, err
	}
	if err := s.refer(content, chat, a); err != nil {
		return nil, nil, err
	}
	chat.LastID++
	content["message_id"], content["date"] = chat.LastID, s.now().Unix()
	content["from"], content["chat"] = user.object(), user.chatObject()
	kind := "message"
	if connection := s.connections[chat.Connection]; connection != nil {
		kind = "business_message"
		content["business_connection_id"] = connection.ID
		if a.AsOwner {
			content["from"] = s.users[connection.Owner].object()
		}
	}
	message := &Message{
		Key: chat.message(chat.LastID), Bot: bot.ID, User: user.ID, Connection: chat.Connection, MessageID: chat.LastID, Dir: Inbound,
		Kind: a.shown(content), AtMS: s.now().UnixMilli(), Content: encode(content), Text: text, Status: "sent", ReplyTo: a.ReplyTo,
	}
	if chat.Keyboard != nil && chat.Keyboard.OneTime {
		chat.Keyboard = nil
	}
	s.keepMessage(chat, message)
	chat.ReadSeq = s.seq // who writes has read
	s.saveChat(chat)
	return message, s.newUpdate(bot, user.ID, kind, message, message.Content), nil
}

// shown is the kind of the message that an action makes.
func (a Action) shown(content object) string {
	if a.Do != "message" {
		return a.Do
	}
	for _, name := range slices.Sorted(maps.Keys(content)) {
		if _, is := content[name].(object); is && name != "from" && name != "chat" {
			return name
		}
	}
	return "message"
}

// refer puts in what a message answers and where it comes from; the caller holds
// the lock.
func (s *Server) refer(content object, chat *Chat, a Action) error {
	if a.Forwarded != "" {
		content["forward_origin"] = object{"type": "hidden_user", "date": s.now().Unix(), "sender_user_name": a.Forwarded}
	}
	if a.ReplyTo == 0 {
		return nil
	}
	target := s.messages[chat.message(a.ReplyTo)]
	if target == nil {
		return fault.New(fault.NotFound, "no such message in this chat")
	}
	quoted := target.object()
	delete(quoted, "reply_to_message")
	content["reply_to_message"] = quoted
	if a.Quote == "" {
		return nil
	}
	before, _, found := strings.Cut(target.Text, a.Quote)
	if !found {
		return fault.OnField("quote", "the message does not hold these words")
	}
	content["quote"] = object{"text": a.Quote, "position": units(before), "is_manual": true}
	return nil
}

// compose makes the members of a Message that an action brings; the caller holds
// the lock.
func (s *Server) compose(user User, a Action, kept file) (object, string, error) {
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
		place := object{"latitude": a.Latitude, "longitude": a.Longitude}
		if a.Seconds > 0 {
			place["live_period"] = a.Seconds
		}
		return object{"location": place}, "", nil
	case "dice":
		emoji := or(a.Emoji, "🎲")
		if diceFaces[emoji] == 0 {
			return nil, "", fault.OnField("emoji", "no such dice")
		}
		return object{"dice": s.dice(emoji)}, emoji, nil
	case "poll":
		if failure := checkPoll(a.Text, a.Options); failure != nil {
			return nil, "", fault.OnField("options", "%s", failure.description)
		}
		return object{"poll": s.poll(a.Text, a.Options, false, a.Several)}, a.Text, nil
	case "web_app":
		if a.Data == "" || len(a.Data) > maxText {
			return nil, "", fault.OnField("data", "must have 1 to %d bytes", maxText)
		}
		return object{"web_app_data": object{"data": a.Data, "button_text": a.Text}}, a.Text, nil
	case "share_users":
		shared := []object{}
		for _, id := range a.Users {
			person := s.users[id]
			if person == nil {
				return nil, "", fault.New(fault.NotFound, "no such person")
			}
			one := object{"user_id": person.ID, "first_name": person.FirstName}
			for name, value := range map[string]string{"last_name": person.LastName, "username": person.Username} {
				if value != "" {
					one[name] = value
				}
			}
			shared = append(shared, one)
		}
		return object{"users_shared": object{"request_id": 1, "users": shared}}, "", nil
	case "pay":
		charge := hashID("charge" + a.Data + strconv.FormatInt(s.now().UnixNano(), 10))
		return object{"successful_payment": object{
			"currency": or(a.Currency, "BRL"), "total_amount": a.Amount, "invoice_payload": a.Data,
			"telegram_payment_charge_id": charge, "provider_payment_charge_id": "p" + charge,
		}}, a.Data, nil
	case "message":
		content := object{}
		if json.Unmarshal(a.Content, &content) != nil || len(content) == 0 {
			return nil, "", fault.OnField("content", "must be an object with members of a Message")
		}
		return content, a.Text, nil
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
func (s *Server) press(bot *Bot, user *User, chat *Chat, a Action) (*Message, *update, error) {
	target := s.messages[chat.message(a.Message)]
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
	s.callbacks[id] = &callback{kind: "callback_query", bot: bot.ID, atMS: now, message: message.Key}
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
		custom, isCustom := strings.CutPrefix(emoji, "custom:")
		switch {
		case emoji == "":
			return []object{}
		case emoji == "⭐":
			return []object{{"type": "paid"}}
		case isCustom:
			return []object{{"type": "custom_emoji", "custom_emoji_id": custom}}
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

// editOwn changes the words or the file of an own message, or moves an own live
// position; the caller holds the lock.
func (s *Server) editOwn(bot *Bot, user *User, chat *Chat, a Action, kept file) (*Message, *update, error) {
	target := s.messages[chat.message(a.Message)]
	if target == nil || target.Deleted {
		return nil, nil, fault.New(fault.NotFound, "no such message in this chat")
	}
	if target.Dir != Inbound || target.MessageID == 0 {
		return nil, nil, fault.Refuse("not_own", "only own messages can be changed")
	}
	content := target.object()
	if err := s.amend(content, target, a, kept); err != nil {
		return nil, nil, err
	}
	content["edit_date"] = s.now().Unix()
	target.Content, target.EditedMS = encode(content), s.now().UnixMilli()
	s.saveMessage(target)
	kind := "edited_message"
	if chat.Connection != "" {
		kind = "edited_business_message"
	}
	return target, s.newUpdate(bot, user.ID, kind, target, target.Content), nil
}

func (s *Server) amend(content object, target *Message, a Action, kept file) error {
	if a.Do == "move" {
		place, is := content["location"].(object)
		if !is || place["live_period"] == nil {
			return fault.Refuse("not_live", "only a live position moves")
		}
		place["latitude"], place["longitude"] = a.Latitude, a.Longitude
		if a.Seconds < 0 {
			delete(place, "live_period")
		}
		return nil
	}
	text, failure := readText(a.Text, "", nil)
	switch {
	case failure != nil:
		return fault.OnField("text", "%s", failure.description)
	case content["text"] != nil && text.text == "":
		return fault.OnField("text", "must not be empty")
	case content["text"] != nil:
		text.into(content, "text", "entities")
	case !captioned(content):
		return fault.Refuse("not_own", "such a message cannot be changed")
	default:
		if kept.ID != "" {
			for _, member := range []string{"photo", "video", "animation", "audio", "document"} {
				delete(content, member)
			}
			for name, value := range fileMessage(kept, params{}, formatted{}).content {
				content[name] = value
			}
			target.Kind = kept.Kind
		}
		delete(content, "caption")
		delete(content, "caption_entities")
		if text.text != "" {
			text.into(content, "caption", "caption_entities")
		}
	}
	target.Text = text.text
	return nil
}

// actBusiness does what a person, or the bot's owner, does in their own chat,
// where the bot speaks through a connection; the caller holds the lock.
func (s *Server) actBusiness(bot *Bot, user *User, a Action, kept file) (*Message, *update, error) {
	connection, err := s.connectionOf(bot.ID)
	if err != nil {
		return nil, nil, err
	}
	chat := s.chatIn(bot.ID, user.ID, connection.ID)
	switch a.Do {
	case "press":
		return s.press(bot, user, chat, a)
	case "edit", "move":
		return s.editOwn(bot, user, chat, a, kept)
	case "delete":
		target := s.messages[chat.message(a.Message)]
		if target == nil || target.Deleted {
			return nil, nil, fault.New(fault.NotFound, "no such message in this chat")
		}
		target.Deleted = true
		s.saveMessage(target)
		return target, s.newUpdate(bot, user.ID, "deleted_business_messages", target, object{
			"business_connection_id": connection.ID, "chat": user.chatObject(), "message_ids": []int64{target.MessageID},
		}), nil
	case "start", "reaction", "vote", "checkout", "shipping", "block", "unblock", "read", "raw":
		return nil, nil, fault.Refuse("not_here", "a chat of two people has no such thing")
	}
	return s.write(bot, user, chat, a, kept)
}
