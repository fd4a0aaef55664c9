package telegram

import (
	"encoding/json"
	"net/http"
	"strings"
	"unicode/utf8"

	"prosa/internal/sandbox/stage"
)

// call is one call of the Bot API.
type call struct {
	request *http.Request
	bot     Bot
	method  string
	params  params
	atMS    int64
}

// method answers a call.
type method func(*call) (stage.Answer, *apiError)

// table is the methods that the server knows, in lower case: the Bot API does
// not mind the case.
func (s *Server) table() map[string]method {
	return map[string]method{
		"getme": s.getMe, "logout": accepted, "close": accepted,
		"setwebhook": s.setWebhook, "deletewebhook": s.deleteWebhook, "getwebhookinfo": s.getWebhookInfo,
		"getupdates":  s.getUpdates,
		"sendmessage": s.sendMessage, "sendphoto": s.sendFile("photo"), "sendvideo": s.sendFile("video"),
		"senddocument": s.sendFile("document"), "sendaudio": s.sendFile("audio"), "sendvoice": s.sendFile("voice"),
		"sendanimation": s.sendFile("animation"), "sendvideonote": s.sendFile("video_note"), "sendsticker": s.sendFile("sticker"),
		"sendlocation": s.sendLocation, "sendvenue": s.sendVenue, "sendcontact": s.sendContact,
		"sendmediagroup": s.sendMediaGroup, "sendchataction": s.sendChatAction,
		"answercallbackquery": s.answerCallbackQuery,
		"editmessagetext":     s.editMessage, "editmessagereplymarkup": s.editMessage, "editmessagecaption": s.editMessage,
		"deletemessage": s.deleteMessage, "setmessagereaction": s.setMessageReaction,
		"editmessagemedia": s.editMedia, "editmessagelivelocation": s.editLocation, "stopmessagelivelocation": s.editLocation,
		"deletemessages": s.deleteMessages, "forwardmessage": s.copyMessage, "copymessage": s.copyMessage,
		"sendpoll": s.sendPoll, "stoppoll": s.stopPoll, "senddice": s.sendDice,
		"answerprecheckoutquery": s.answerQuery("pre_checkout_query"), "answershippingquery": s.answerQuery("shipping_query"),
		"getbusinessconnection": s.getConnection, "deletebusinessmessages": s.deleteBusinessMessages, "readbusinessmessage": s.readBusinessMessage,
		"getuserprofilephotos": s.getUserProfilePhotos,
		"getfile":              s.getFile, "getchat": s.getChat, "setmycommands": s.setCommands, "deletemycommands": s.setCommands, "getmycommands": s.getCommands,
	}
}

// accepted answers a method that has nothing to show in a private chat.
func accepted(*call) (stage.Answer, *apiError) { return result(true, ""), nil }

// api answers /bot<token>/<method>.
func (s *Server) api(r *http.Request) stage.Answer {
	token, method, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/bot"), "/")
	bot, err := s.authorize(token)
	if err != nil {
		return err.answer()
	}
	c := &call{request: r, bot: bot, method: method, atMS: s.now().UnixMilli()}
	if c.params, err = readParams(r); err != nil {
		return err.answer()
	}
	return s.perform(c)
}

// perform runs a method that was called by HTTP or by a webhook's answer.
func (s *Server) perform(c *call) stage.Answer {
	run := s.methods[strings.ToLower(c.method)]
	if run == nil {
		return errNoMethod.answer()
	}
	answer, err := run(c)
	if err != nil {
		return err.answer()
	}
	if err := s.journal.Flush(); err != nil {
		return errInternal.answer()
	}
	return answer
}

func (s *Server) getMe(c *call) (stage.Answer, *apiError) {
	me := c.bot.object()
	for _, name := range []string{"can_join_groups", "can_read_all_group_messages", "supports_inline_queries", "can_connect_to_business", "has_main_web_app"} {
		me[name] = name == "can_join_groups"
	}
	return result(me, ""), nil
}

// target finds the chat of a call and decides whether the bot may write there;
// the caller holds the lock.
func (s *Server) target(c *call) (*Chat, *User, *apiError) {
	if strings.TrimSpace(c.params.text("chat_id")) == "" {
		return nil, nil, bad("chat_id is empty")
	}
	user := s.users[c.params.number("chat_id")]
	if user == nil {
		return nil, nil, bad("chat not found")
	}
	if id := c.params.text("business_connection_id"); id != "" {
		return s.businessTarget(c, id, user)
	}
	chat := s.chats[chatKey(c.bot.ID, user.ID)]
	switch {
	case user.Deactivated:
		return nil, nil, forbidden("user is deactivated")
	case chat == nil || !chat.Started && !chat.Blocked:
		return nil, nil, forbidden("bot can't initiate conversation with a user")
	case chat.Blocked:
		return nil, nil, forbidden("bot was blocked by the user")
	}
	return chat, user, nil
}

// find gives a message of the call's chat; the caller holds the lock.
func (s *Server) find(c *call, otherwise string) (*Message, *Chat, *apiError) {
	chat, _, err := s.target(c)
	if err != nil {
		return nil, nil, err
	}
	message := s.messages[chat.message(c.params.number("message_id"))]
	if message == nil || message.Deleted {
		return nil, nil, bad("%s", otherwise)
	}
	return message, chat, nil
}

func (s *Server) sendChatAction(c *call) (stage.Answer, *apiError) {
	switch c.params.text("action") {
	case "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
		"choose_sticker", "find_location", "record_video_note", "upload_video_note":
	default:
		return stage.Answer{}, bad("wrong parameter action in request")
	}
	s.mu.Lock()
	chat, user, err := s.target(c)
	if err != nil {
		s.mu.Unlock()
		return stage.Answer{}, err
	}
	chat.typingUntilMS = s.now().Add(typingTime).UnixMilli()
	s.mu.Unlock()
	s.feed.Publish(Change{Bot: c.bot.ID, User: user.ID})
	return result(true, ""), nil
}

func (s *Server) answerCallbackQuery(c *call) (stage.Answer, *apiError) {
	if utf8.RuneCountInString(c.params.text("text")) > 200 {
		return stage.Answer{}, bad("MESSAGE_TOO_LONG")
	}
	s.mu.Lock()
	press := s.callbacks[c.params.text("callback_query_id")]
	if press == nil || press.kind != "callback_query" || press.bot != c.bot.ID || s.now().UnixMilli()-press.atMS > s.config.CallbackLife.Milliseconds() {
		s.mu.Unlock()
		return stage.Answer{}, bad("query is too old and response timeout expired or query ID is invalid")
	}
	press.answered = true
	var changed *Message
	if message := s.messages[press.message]; message != nil {
		message.Callback = c.params.text("text")
		s.saveMessage(message)
		copied := *message
		changed = &copied
	}
	s.mu.Unlock()
	if changed != nil {
		s.publish(*changed)
	}
	return result(true, ""), nil
}

// editMessage answers editMessageText, editMessageCaption and
// editMessageReplyMarkup.
func (s *Server) editMessage(c *call) (stage.Answer, *apiError) {
	markup, err := readMarkup(c.params.text("reply_markup"))
	if err != nil {
		return stage.Answer{}, err
	}
	if markup != nil && markup.Inline == nil {
		return stage.Answer{}, bad("inline keyboard expected")
	}
	kind := strings.ToLower(c.method)
	var text formatted
	switch kind {
	case "editmessagetext":
		text, err = c.readText("text", "entities", maxText, "message text is empty", "message is too long")
	case "editmessagecaption":
		text, err = c.readText("caption", "caption_entities", maxCaption, "", "message caption is too long")
	}
	if err != nil {
		return stage.Answer{}, err
	}
	s.mu.Lock()
	message, chat, err := s.find(c, "message to edit not found")
	if err != nil {
		s.mu.Unlock()
		return stage.Answer{}, err
	}
	if !message.editable() {
		s.mu.Unlock()
		return stage.Answer{}, bad("message can't be edited")
	}
	if err := s.throttle(c.bot.ID, chat); err != nil {
		s.mu.Unlock()
		return stage.Answer{}, err
	}
	content := message.object()
	before := normal(message.Content)
	switch kind {
	case "editmessagetext":
		if content["text"] == nil {
			s.mu.Unlock()
			return stage.Answer{}, bad("there is no text in the message to edit")
		}
		text.into(content, "text", "entities")
		message.Text = text.text
	case "editmessagecaption":
		if !captioned(content) {
			s.mu.Unlock()
			return stage.Answer{}, bad("there is no caption in the message to edit")
		}
		text.into(content, "caption", "caption_entities")
		message.Text = text.text
	}
	oldMarkup := message.Markup
	delete(content, "reply_markup")
	message.Markup = nil
	if markup != nil {
		content["reply_markup"] = markup
		message.Markup = encode(markup)
	}
	if normal(encode(content)) == before {
		message.Markup = oldMarkup
		s.mu.Unlock()
		return stage.Answer{}, bad("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
	}
	content["edit_date"] = s.now().Unix()
	message.EditedMS = s.now().UnixMilli()
	message.Content = encode(content)
	s.saveMessage(message)
	copied := *message
	s.mu.Unlock()
	s.publish(copied)
	return result(copied.Content, ""), nil
}

// normal writes JSON with its members in order, so that contents compare.
func normal(raw json.RawMessage) string {
	var value any
	if json.Unmarshal(raw, &value) != nil {
		return string(raw)
	}
	return string(encode(value))
}

func (s *Server) deleteMessage(c *call) (stage.Answer, *apiError) {
	s.mu.Lock()
	message, _, err := s.find(c, "message to delete not found")
	if err == nil && s.now().UnixMilli()-message.AtMS > deleteAge.Milliseconds() {
		err = bad("message can't be deleted for everyone")
	}
	if err != nil {
		s.mu.Unlock()
		return stage.Answer{}, err
	}
	message.Deleted = true
	s.saveMessage(message)
	copied := *message
	s.mu.Unlock()
	s.publish(copied)
	return result(true, ""), nil
}

// reactionEmoji are the free reactions. Source: ReactionTypeEmoji.
const reactionEmoji = " 👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡 "

func (s *Server) setMessageReaction(c *call) (stage.Answer, *apiError) {
	var wish []struct {
		Type, Emoji string
	}
	if raw := c.params.text("reaction"); raw != "" {
		if json.Unmarshal([]byte(raw), &wish) != nil {
			return stage.Answer{}, bad("can't parse reaction types JSON object")
		}
	}
	if len(wish) > 1 {
		return stage.Answer{}, bad("REACTIONS_TOO_MANY")
	}
	emoji := ""
	if len(wish) == 1 {
		emoji = wish[0].Emoji
		if wish[0].Type != "emoji" || !strings.Contains(reactionEmoji, " "+strings.TrimSuffix(emoji, "\ufe0f")+" ") {
			return stage.Answer{}, bad("REACTION_INVALID")
		}
	}
	s.mu.Lock()
	message, _, err := s.find(c, "message to react not found")
	if err != nil {
		s.mu.Unlock()
		return stage.Answer{}, err
	}
	message.Theirs = emoji
	s.saveMessage(message)
	copied := *message
	s.mu.Unlock()
	s.publish(copied)
	return result(true, ""), nil
}

func (s *Server) getFile(c *call) (stage.Answer, *apiError) {
	f, ok := s.files.get(c.params.text("file_id"))
	if !ok {
		return stage.Answer{}, bad("invalid file_id")
	}
	if f.Size > maxDownload {
		return stage.Answer{}, bad("file is too big")
	}
	return result(object{"file_id": f.ID, "file_unique_id": f.Unique, "file_size": f.Size, "file_path": f.Path}, ""), nil
}

func (s *Server) getChat(c *call) (stage.Answer, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	user := s.users[c.params.number("chat_id")]
	if user == nil || s.chats[chatKey(c.bot.ID, user.ID)] == nil {
		return stage.Answer{}, bad("chat not found")
	}
	chat := user.chatObject()
	chat["accent_color_id"], chat["max_reaction_count"] = 0, 1
	chat["accepted_gift_types"] = object{"unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false, "premium_subscription": false, "gifts_from_channels": false}
	return result(chat, ""), nil
}
