package telegram

import (
	"slices"
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
	Checkout   jsontext.Value `json:"pre_checkout_query"`
	Shipping   jsontext.Value `json:"shipping_query"`
	Vote       jsontext.Value `json:"poll_answer"`

	Connection      jsontext.Value `json:"business_connection"`
	BusinessMessage jsontext.Value `json:"business_message"`
	BusinessEdited  jsontext.Value `json:"edited_business_message"`
	BusinessDeleted jsontext.Value `json:"deleted_business_messages"`
}

// allowedUpdates are what we read. message_reaction comes only when it is
// named.
var allowedUpdates = []string{
	"message", "edited_message", "callback_query", "my_chat_member", "message_reaction", "pre_checkout_query", "shipping_query", "poll_answer",
	"business_connection", "business_message", "edited_business_message", "deleted_business_messages",
}

// AllowedUpdates gives the kinds of update that a webhook must ask for.
func AllowedUpdates() []string { return slices.Clone(allowedUpdates) }

type chat struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Username  string `json:"username"`
	Title     string `json:"title"`
}

func (c *chat) name() string {
	return strings.TrimSpace(c.FirstName + " " + c.LastName + " " + c.Title)
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
	ID         int64  `json:"message_id"`
	Connection string `json:"business_connection_id"`
	Date       int64  `json:"date"`
	EditDate   int64  `json:"edit_date"`
	Chat       *chat  `json:"chat"`
	From       *user  `json:"from"`
	ReplyTo    *struct {
		ID int64 `json:"message_id"`
	} `json:"reply_to_message"`
	ReplyStory *story `json:"reply_to_story"`
	Quote      struct {
		Text string `json:"text"`
	} `json:"quote"`
	Origin  jsontext.Value `json:"forward_origin"`
	Offline bool           `json:"is_from_offline"`
	Album   string         `json:"media_group_id"`

	Text            *string `json:"text"`
	Entities        []mark  `json:"entities"`
	Caption         string  `json:"caption"`
	CaptionEntities []mark  `json:"caption_entities"`
	Rich            *struct {
		Blocks jsontext.Value `json:"blocks"`
	} `json:"rich_message"`

	Photo     []file   `json:"photo"`
	LivePhoto *file    `json:"live_photo"` // photo is set beside it
	Animation *file    `json:"animation"`  // document is set beside it
	Video     *file    `json:"video"`
	VideoNote *file    `json:"video_note"`
	Audio     *file    `json:"audio"`
	Voice     *file    `json:"voice"`
	Document  *file    `json:"document"`
	Sticker   *sticker `json:"sticker"`
	PaidMedia *struct {
		Stars int64 `json:"star_count"`
		Media []struct {
			Photo     []file `json:"photo"`
			Video     *file  `json:"video"`
			LivePhoto *file  `json:"live_photo"`
		} `json:"paid_media"`
	} `json:"paid_media"`

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
		UserID    int64  `json:"user_id"`
	} `json:"contact"`
	Users *struct {
		Users []user `json:"users"` // with user_id instead of id, which nobody needs
	} `json:"users_shared"`
	SharedChat *struct {
		ID       int64  `json:"chat_id"`
		Title    string `json:"title"`
		Username string `json:"username"`
	} `json:"chat_shared"`

	Dice *struct {
		Emoji string `json:"emoji"`
		Value int64  `json:"value"`
	} `json:"dice"`
	Game *struct {
		Title       string `json:"title"`
		Description string `json:"description"`
	} `json:"game"`
	Story     *story     `json:"story"`
	Poll      *ballot    `json:"poll"`
	Checklist *checklist `json:"checklist"`
	TasksDone *struct {
		Checklist struct {
			Checklist checklist `json:"checklist"`
		} `json:"checklist_message"`
		Done   []int64 `json:"marked_as_done_task_ids"`
		Undone []int64 `json:"marked_as_not_done_task_ids"`
	} `json:"checklist_tasks_done"`
	TasksAdded *checklist `json:"checklist_tasks_added"`
	WebApp     *struct {
		Data   string `json:"data"`
		Button string `json:"button_text"`
	} `json:"web_app_data"`

	Giveaway *prize   `json:"giveaway"`
	Winners  *prize   `json:"giveaway_winners"`
	Gift     *present `json:"gift"`
	Unique   *struct {
		Gift struct {
			Name string `json:"name"`
		} `json:"gift"`
	} `json:"unique_gift"`
	Invoice *struct {
		Title string `json:"title"`
		price
	} `json:"invoice"`
	Payment *payment `json:"successful_payment"`
	Refund  *payment `json:"refunded_payment"`
}

type file struct {
	ID        string `json:"file_id"`
	Name      string `json:"file_name"`
	MIME      string `json:"mime_type"`
	Size      int64  `json:"file_size"`
	Width     int    `json:"width"`
	Height    int    `json:"height"`
	Length    int    `json:"length"` // both sides of a round film
	Duration  int64  `json:"duration"`
	Thumbnail *struct {
		ID     string `json:"file_id"`
		Width  int    `json:"width"`
		Height int    `json:"height"`
	} `json:"thumbnail"`
}

type sticker struct {
	file
	Emoji    string `json:"emoji"`
	Animated bool   `json:"is_animated"`
	Video    bool   `json:"is_video"`
}

type point struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Live      int64   `json:"live_period"` // seconds
}

type story struct {
	Chat *chat `json:"chat"`
	ID   int64 `json:"id"`
}

type ballot struct {
	Question string `json:"question"`
	Options  []struct {
		Text string `json:"text"`
	} `json:"options"`
	Several bool `json:"allows_multiple_answers"`
	Closed  bool `json:"is_closed"`
}

type checklist struct {
	Title string `json:"title"`
	Tasks []struct {
		ID   int64  `json:"id"`
		Text string `json:"text"`
		Done int64  `json:"completion_date"`
	} `json:"tasks"`
}

type prize struct {
	Description string `json:"prize_description"`
	Chat        *chat  `json:"chat"`
	Chats       []chat `json:"chats"`
}

type present struct {
	Text string `json:"text"`
	Gift struct {
		Sticker sticker `json:"sticker"`
	} `json:"gift"`
}

type price struct {
	Currency string `json:"currency"` // "XTR" is Telegram's stars
	Amount   int64  `json:"total_amount"`
}

type payment struct {
	price
	ID string `json:"telegram_payment_charge_id"`
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
	ID         int64  `json:"message_id"`
	Connection string `json:"business_connection_id"`
	Chat       *chat  `json:"chat"`
	Markup     struct {
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

// query asks whether a payment may go on.
type query struct {
	ID      string `json:"id"`
	From    *user  `json:"from"`
	Payload string `json:"invoice_payload"`
	price
}

type vote struct {
	Poll    string  `json:"poll_id"`
	User    *user   `json:"user"`
	Options []int64 `json:"option_ids"`
}

// connection is a person's leave to speak in their name.
type connection struct {
	ID      string `json:"id"`
	User    *user  `json:"user"`
	Date    int64  `json:"date"`
	Enabled bool   `json:"is_enabled"`
}

// deletion names messages of a business chat that are gone.
type deletion struct {
	Connection string  `json:"business_connection_id"`
	Chat       *chat   `json:"chat"`
	Messages   []int64 `json:"message_ids"`
}

// read decodes JSON that came from outside: duplicate names (the last wins) and
// lone surrogates are mended instead of refused.
func read(data []byte, into any) error {
	return json.Unmarshal(data, into, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// broken is an update that cannot be read.
func broken(format string, args ...any) error { return fault.New(fault.Invalid, format, args...) }
