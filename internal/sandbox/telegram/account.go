package telegram

import (
	"encoding/json"
	"fmt"
	"regexp"

	"prosa/internal/sandbox/stage"
)

// Bot is a bot with its webhook.
type Bot struct {
	ID       int64  `json:"id"`
	Token    string `json:"token"`
	Username string `json:"username"`
	Name     string `json:"name"`

	WebhookURL     string   `json:"webhook_url,omitempty"`
	Secret         string   `json:"secret_token,omitempty"`
	MaxConnections int      `json:"max_connections,omitempty"`
	Allowed        []string `json:"allowed_updates,omitempty"` // empty: the usual ones
	// Commands is what setMyCommands was given.
	Commands    json.RawMessage `json:"commands,omitempty"`
	LastErrorAt int64           `json:"last_error_date,omitempty"` // seconds
	LastError   string          `json:"last_error_message,omitempty"`
}

// User is a person on Telegram.
type User struct {
	ID          int64  `json:"id"`
	FirstName   string `json:"first_name"`
	LastName    string `json:"last_name,omitempty"`
	Username    string `json:"username,omitempty"`
	Language    string `json:"language_code,omitempty"`
	Phone       string `json:"phone,omitempty"` // digits; told only when the person shares it
	Deactivated bool   `json:"deactivated,omitempty"`
	Photo       string `json:"photo,omitempty"` // file id of the profile picture
}

// object is a JSON object of the Bot API.
type object = map[string]any

func (u User) object() object {
	o := object{"id": u.ID, "is_bot": false, "first_name": u.FirstName}
	for name, value := range map[string]string{"last_name": u.LastName, "username": u.Username, "language_code": u.Language} {
		if value != "" {
			o[name] = value
		}
	}
	return o
}

// chatObject is the private chat with a person: it has the person's id.
func (u User) chatObject() object {
	o := object{"id": u.ID, "type": "private", "first_name": u.FirstName}
	for name, value := range map[string]string{"last_name": u.LastName, "username": u.Username} {
		if value != "" {
			o[name] = value
		}
	}
	return o
}

func (b Bot) object() object {
	return object{"id": b.ID, "is_bot": true, "first_name": b.Name, "username": b.Username}
}

// Chat is the private chat of a bot and a person, or of the bot's owner and a
// person, where the bot speaks through a connection.
type Chat struct {
	Bot  int64 `json:"bot"`
	User int64 `json:"user"`
	// Connection is the business connection, empty for the bot's own chat.
	Connection string `json:"connection,omitempty"`
	Started    bool   `json:"started,omitempty"` // the person pressed START
	Blocked    bool   `json:"blocked,omitempty"` // the person blocked the bot
	// LastID is the newest message id of the chat.
	LastID int64 `json:"last_id,omitempty"`
	// ReadSeq is the Seq up to which the person read; Telegram tells no bot.
	ReadSeq int64 `json:"read_seq,omitempty"`
	// Keyboard is the reply keyboard that is shown.
	Keyboard *Markup `json:"keyboard,omitempty"`

	typingUntilMS int64
	rate          stage.Bucket
	messages      []*Message
}

func chatKey(bot, user int64) string { return fmt.Sprintf("%d/%d", bot, user) }

func (c *Chat) key() string {
	if c.Connection == "" {
		return chatKey(c.Bot, c.User)
	}
	return chatKey(c.Bot, c.User) + "@" + c.Connection
}

// message is the key of one of its messages.
func (c *Chat) message(id int64) string {
	if c.Connection == "" {
		return messageKey(c.Bot, c.User, id)
	}
	return fmt.Sprintf("%d:%d@%s:%d", c.Bot, c.User, c.Connection, id)
}

// Directions of a message, as the bot sees them.
const (
	Inbound  = "in"
	Outbound = "out"
)

// Message is one message of a chat with what became of it.
type Message struct {
	// Key is bot, user and message id, joined by a colon: message ids are
	// unique only within a chat.
	Key  string `json:"key"`
	Seq  int64  `json:"seq"`
	Bot  int64  `json:"bot"`
	User int64  `json:"user"`
	// Connection is the business connection of its chat.
	Connection string          `json:"connection,omitempty"`
	MessageID  int64           `json:"message_id"`
	Dir        string          `json:"dir"`
	Kind       string          `json:"kind"` // text, photo, voice ... callback
	AtMS       int64           `json:"at"`
	Content    json.RawMessage `json:"content"` // the Message of the Bot API as it is now
	Text       string          `json:"text,omitempty"`
	// Status of an inbound message: sent (waits for the webhook), delivered.
	// Of an outbound one: sent.
	Status      string `json:"status"`
	DeliveredMS int64  `json:"delivered_at,omitempty"`
	EditedMS    int64  `json:"edited_at,omitempty"`
	Deleted     bool   `json:"deleted,omitempty"`

	ReplyTo  int64           `json:"reply_to,omitempty"`
	Markup   json.RawMessage `json:"markup,omitempty"` // reply_markup of any kind, as sent
	Mine     string          `json:"reaction_user,omitempty"`
	Theirs   string          `json:"reaction_bot,omitempty"`
	Chosen   string          `json:"chosen,omitempty"`
	Callback string          `json:"callback_answer,omitempty"` // text of answerCallbackQuery

	Exchange *stage.Exchange `json:"exchange,omitempty"`
	Updates  []string        `json:"updates,omitempty"` // ids of the webhooks that carried it
}

func messageKey(bot, user, id int64) string { return fmt.Sprintf("%d:%d:%d", bot, user, id) }

// tokenForm is a bot token: the bot's id, a colon and 35 characters. Shorter
// secrets pass, so that tests can be read.
var tokenForm = regexp.MustCompile(`^(\d{1,16}):[A-Za-z0-9_-]{3,64}$`)
