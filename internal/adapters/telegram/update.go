package telegram

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/fault"
)

// update is one event (Bot API, Update). At most one of its members is set;
// they stay raw until it is known which.
type update struct {
	ID         *int64         `json:"update_id"`
	Message    jsontext.Value `json:"message"`
	Edited     jsontext.Value `json:"edited_message"`
	Callback   jsontext.Value `json:"callback_query"`
	Membership jsontext.Value `json:"my_chat_member"`
	Reaction   jsontext.Value `json:"message_reaction"`
}

type chat struct {
	ID   int64  `json:"id"`
	Type string `json:"type"`
}

type user struct {
	ID        int64  `json:"id"`
	IsBot     bool   `json:"is_bot"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Username  string `json:"username"`
	Language  string `json:"language_code"`
}

func (u *user) name() string {
	return strings.TrimSpace(u.FirstName + " " + u.LastName)
}

// incoming is a message as far as it is read (Bot API, Message).
type incoming struct {
	ID       int64 `json:"message_id"`
	Date     int64 `json:"date"`
	EditDate int64 `json:"edit_date"`
	Chat     *chat `json:"chat"`
	From     *user `json:"from"`
	ReplyTo  *struct {
		ID int64 `json:"message_id"`
	} `json:"reply_to_message"`
	Offline bool   `json:"is_from_offline"`
	Album   string `json:"media_group_id"`

	Text    *string `json:"text"`
	Caption string  `json:"caption"`

	Photo     []file   `json:"photo"`
	Animation *file    `json:"animation"` // document is set beside it
	Video     *file    `json:"video"`
	VideoNote *file    `json:"video_note"`
	Audio     *file    `json:"audio"`
	Voice     *file    `json:"voice"`
	Document  *file    `json:"document"`
	Sticker   *sticker `json:"sticker"`

	Venue *struct {
		Location *point `json:"location"`
		Title    string `json:"title"`
		Address  string `json:"address"`
	} `json:"venue"` // location is set beside it
	Location *point `json:"location"`
	Contact  *struct {
		Phone     string `json:"phone_number"`
		FirstName string `json:"first_name"`
		LastName  string `json:"last_name"`
	} `json:"contact"`

	// Signs of the app itself, with nothing that a person said.
	Pinned     jsontext.Value `json:"pinned_message"`
	AutoDelete jsontext.Value `json:"message_auto_delete_timer_changed"`
	Background jsontext.Value `json:"chat_background_set"`
	Access     jsontext.Value `json:"write_access_allowed"`
}

type file struct {
	ID   string `json:"file_id"`
	Name string `json:"file_name"`
	MIME string `json:"mime_type"`
	Size int64  `json:"file_size"`
}

type sticker struct {
	file
	Animated bool `json:"is_animated"`
	Video    bool `json:"is_video"`
}

type point struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

type callback struct {
	ID      string          `json:"id"`
	From    *user           `json:"from"`
	Data    *string         `json:"data"`
	Message *tappedKeyboard `json:"message"`
}

// tappedKeyboard is the message whose button was tapped; of an old one only ids
// are known (Bot API, InaccessibleMessage).
type tappedKeyboard struct {
	ID     int64 `json:"message_id"`
	Chat   *chat `json:"chat"`
	Markup struct {
		Keyboard [][]struct {
			Text string `json:"text"`
			Data string `json:"callback_data"`
		} `json:"inline_keyboard"`
	} `json:"reply_markup"`
}

type membership struct {
	Chat *chat `json:"chat"`
	From *user `json:"from"`
	Date int64 `json:"date"`
	New  struct {
		Status string `json:"status"`
	} `json:"new_chat_member"`
}

type reaction struct {
	Chat      *chat `json:"chat"`
	MessageID int64 `json:"message_id"`
	User      *user `json:"user"`
	Date      int64 `json:"date"`
	New       []struct {
		Type  string `json:"type"`
		Emoji string `json:"emoji"`
	} `json:"new_reaction"`
}

// read decodes JSON that came from outside: duplicate names (the last wins) and
// lone surrogates are mended instead of refused.
func read(data []byte, into any) error {
	return json.Unmarshal(data, into, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// externalID names a message over all chats of a bot.
func externalID(chatID, messageID int64) string {
	return strconv.FormatInt(chatID, 10) + ":" + strconv.FormatInt(messageID, 10)
}

// messageOf takes an external id apart.
func messageOf(external string) (chatID, messageID int64, ok bool) {
	left, right, found := strings.Cut(external, ":")
	chatID, err := strconv.ParseInt(left, 10, 64)
	messageID, err2 := strconv.ParseInt(right, 10, 64)
	return chatID, messageID, found && err == nil && err2 == nil
}

// broken is an update that cannot be read.
func broken(format string, args ...any) error { return fault.New(fault.Invalid, format, args...) }
