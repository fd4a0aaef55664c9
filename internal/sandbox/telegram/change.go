package telegram

import (
	"encoding/json"
	"slices"
	"strings"

	"prosa/internal/sandbox/stage"
)

// forever is the period of a live position that ends only when it is told to.
const forever = 0x7FFFFFFF

// editable reports whether the bot may change a message: its own, without keys
// in place of the keyboard.
func (m *Message) editable() bool {
	var markup Markup
	if m.Markup != nil && json.Unmarshal(m.Markup, &markup) == nil && markup.Inline == nil {
		return false
	}
	return m.Dir == Outbound
}

// captioned reports whether a message holds a file that may have words.
func captioned(content object) bool {
	for _, member := range []string{"photo", "video", "animation", "audio", "voice", "document"} {
		if content[member] != nil {
			return true
		}
	}
	return false
}

// change lets edit change a message of the bot and answers with what came of it.
func (s *Server) change(c *call, edit func(message *Message, content object) *apiError) (stage.Answer, *apiError) {
	markup, err := readMarkup(c.params.text("reply_markup"))
	if err != nil {
		return stage.Answer{}, err
	}
	s.mu.Lock()
	message, _, err := s.find(c, "message to edit not found")
	if err == nil && !message.editable() {
		err = bad("message can't be edited")
	}
	if err != nil {
		s.mu.Unlock()
		return stage.Answer{}, err
	}
	content, before := message.object(), normal(message.Content)
	if err := edit(message, content); err != nil {
		s.mu.Unlock()
		return stage.Answer{}, err
	}
	delete(content, "reply_markup")
	if markup != nil && markup.Inline != nil {
		content["reply_markup"] = markup
	}
	if normal(encode(content)) == before {
		s.mu.Unlock()
		return stage.Answer{}, bad("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
	}
	message.Markup = nil
	if markup != nil {
		message.Markup = encode(markup)
	}
	content["edit_date"] = s.now().Unix()
	message.Content, message.EditedMS = encode(content), s.now().UnixMilli()
	s.saveMessage(message)
	copied := *message
	s.mu.Unlock()
	s.publish(copied)
	return result(copied.Content, ""), nil
}

func (s *Server) editMedia(c *call) (stage.Answer, *apiError) {
	var item struct {
		Type      string   `json:"type"`
		Media     string   `json:"media"`
		Caption   string   `json:"caption"`
		ParseMode string   `json:"parse_mode"`
		Entities  []entity `json:"caption_entities"`
	}
	if json.Unmarshal([]byte(c.params.text("media")), &item) != nil {
		return stage.Answer{}, bad("can't parse media JSON object")
	}
	if !slices.Contains([]string{"photo", "video", "animation", "audio", "document"}, item.Type) {
		return stage.Answer{}, bad("can't parse InputMedia: type \"%s\" is unsupported", item.Type)
	}
	caption, err := readText(item.Caption, item.ParseMode, item.Entities)
	if err != nil {
		return stage.Answer{}, err
	}
	f, err := s.readFile(c.request, c.params, item.Media, item.Type)
	if err != nil {
		return stage.Answer{}, err
	}
	return s.change(c, func(message *Message, content object) *apiError {
		if !captioned(content) {
			return bad("there is no media in the message to edit")
		}
		for _, member := range []string{"photo", "video", "animation", "audio", "voice", "document", "caption", "caption_entities"} {
			delete(content, member)
		}
		out := fileMessage(f, params{}, caption)
		for name, value := range out.content {
			content[name] = value
		}
		message.Kind, message.Text = out.kind, out.text
		return nil
	})
}

// editLocation answers editMessageLiveLocation and stopMessageLiveLocation.
func (s *Server) editLocation(c *call) (stage.Answer, *apiError) {
	stop := strings.EqualFold(c.method, "stopMessageLiveLocation")
	var place object
	if !stop {
		var err *apiError
		if place, err = c.place(); err != nil {
			return stage.Answer{}, err
		}
	}
	return s.change(c, func(_ *Message, content object) *apiError {
		old, is := content["location"].(object)
		if !is || old["live_period"] == nil {
			return bad("message can't be edited")
		}
		if stop {
			delete(old, "live_period")
			return nil
		}
		place["live_period"] = old["live_period"]
		content["location"] = place
		return nil
	})
}

func (s *Server) deleteMessages(c *call) (stage.Answer, *apiError) {
	ids, err := c.params.ids("message_ids")
	if err != nil {
		return stage.Answer{}, err
	}
	s.mu.Lock()
	chat, _, err := s.target(c)
	if err != nil {
		s.mu.Unlock()
		return stage.Answer{}, err
	}
	var gone []Message
	for _, id := range ids { // those that are not there are skipped, as the server does
		message := s.messages[chat.message(id)]
		if message == nil || message.Deleted || s.now().UnixMilli()-message.AtMS > deleteAge.Milliseconds() {
			continue
		}
		message.Deleted = true
		s.saveMessage(message)
		gone = append(gone, *message)
	}
	s.mu.Unlock()
	for _, message := range gone {
		s.publish(message)
	}
	return result(true, ""), nil
}

// copyMessage answers copyMessage and forwardMessage, within the bot's chats.
func (s *Server) copyMessage(c *call) (stage.Answer, *apiError) {
	forward := strings.EqualFold(c.method, "forwardMessage")
	s.mu.Lock()
	source := s.messages[messageKey(c.bot.ID, c.params.number("from_chat_id"), c.params.number("message_id"))]
	var content object
	if source != nil && !source.Deleted && source.MessageID != 0 {
		content = source.object()
	}
	s.mu.Unlock()
	if content == nil {
		return stage.Answer{}, bad("message to %s not found", map[bool]string{true: "forward", false: "copy"}[forward])
	}
	sender, date := content["from"], content["date"]
	for _, member := range []string{"message_id", "from", "chat", "date", "edit_date", "reply_to_message", "reply_markup", "media_group_id", "via_bot"} {
		delete(content, member)
	}
	if forward {
		if content["forward_origin"] == nil {
			content["forward_origin"] = object{"type": "user", "date": date, "sender_user": sender}
		}
	} else {
		delete(content, "forward_origin")
		if c.params.text("caption") != "" && captioned(content) {
			caption, err := c.readText("caption", "caption_entities", maxCaption, "", "message caption is too long")
			if err != nil {
				return stage.Answer{}, err
			}
			caption.into(content, "caption", "caption_entities")
		}
	}
	answer, err := s.deliver(c, []outgoing{{kind: source.Kind, text: source.Text, content: content}})
	if err != nil || forward {
		return answer, err
	}
	var sent struct {
		Result struct {
			ID int64 `json:"message_id"`
		} `json:"result"`
	}
	if json.Unmarshal(answer.Body, &sent) != nil {
		return stage.Answer{}, errInternal
	}
	return result(object{"message_id": sent.Result.ID}, ""), nil
}

func (s *Server) setCommands(c *call) (stage.Answer, *apiError) {
	var commands []struct {
		Command     string `json:"command"`
		Description string `json:"description"`
	}
	if raw := c.params.text("commands"); raw != "" && json.Unmarshal([]byte(raw), &commands) != nil {
		return stage.Answer{}, bad("can't parse commands JSON object")
	}
	if len(commands) > 100 {
		return stage.Answer{}, bad("BOT_COMMANDS_TOO_MUCH")
	}
	for _, command := range commands {
		if !commandForm.MatchString(strings.TrimPrefix(command.Command, "/")) {
			return stage.Answer{}, bad("BOT_COMMAND_INVALID")
		}
		if command.Description == "" || len([]rune(command.Description)) > 256 {
			return stage.Answer{}, bad("command description must be non-empty")
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	bot := s.bots[c.bot.ID]
	bot.Commands = encode(commands)
	s.saveBot(bot)
	return result(true, ""), nil
}

func (s *Server) getCommands(c *call) (stage.Answer, *apiError) {
	if len(c.bot.Commands) == 0 || string(c.bot.Commands) == "null" {
		return result([]any{}, ""), nil
	}
	return result(c.bot.Commands, ""), nil
}
