package telegram

// request is the body of a send method (Bot API, "Available methods"). Methods
// differ in few fields, so that one struct writes them all; a file is added
// when it is sent.
type request struct {
	ChatID     int64  `json:"chat_id,omitzero"`
	Connection string `json:"business_connection_id,omitempty"`

	Text    string   `json:"text,omitempty"`
	Caption string   `json:"caption,omitempty"`
	Reply   *reply   `json:"reply_parameters,omitempty"`
	Markup  *markup  `json:"reply_markup,omitempty"`
	Preview *preview `json:"link_preview_options,omitempty"`

	Entities []entity `json:"entities,omitempty"`

	// Public addresses of a file; bytes of ours go as a file of the form.
	Photo     string    `json:"photo,omitempty"`
	Video     string    `json:"video,omitempty"`
	Animation string    `json:"animation,omitempty"`
	Audio     string    `json:"audio,omitempty"`
	Voice     string    `json:"voice,omitempty"`
	Sticker   string    `json:"sticker,omitempty"`
	Document  string    `json:"document,omitempty"`
	Media     []picture `json:"media,omitempty"`

	Duration int64 `json:"duration,omitzero"` // seconds
	Width    int   `json:"width,omitzero"`
	Height   int   `json:"height,omitzero"`
	Length   int   `json:"length,omitzero"` // sides of a round film

	Latitude   *float64 `json:"latitude,omitempty"`
	Longitude  *float64 `json:"longitude,omitempty"`
	LivePeriod int64    `json:"live_period,omitzero"` // seconds
	Title      string   `json:"title,omitempty"`
	Address    string   `json:"address,omitempty"`

	Phone     string `json:"phone_number,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	VCard     string `json:"vcard,omitempty"`

	Question  string   `json:"question,omitempty"`
	Options   []answer `json:"options,omitempty"`
	Anonymous *bool    `json:"is_anonymous,omitempty"`
	Several   bool     `json:"allows_multiple_answers,omitzero"`

	MessageID  int64    `json:"message_id,omitzero"`
	MessageIDs []int64  `json:"message_ids,omitempty"`
	Reaction   *[]emoji `json:"reaction,omitzero"`
}

// reply quotes a message; one that is gone is no reason to send nothing.
type reply struct {
	MessageID int64 `json:"message_id"`
	Anyway    bool  `json:"allow_sending_without_reply"`
}

// preview says whether the page behind a link is shown.
type preview struct {
	Disabled bool `json:"is_disabled"`
}

// markup is buttons under a message, or keys in place of the keyboard.
type markup struct {
	Keyboard [][]key `json:"inline_keyboard,omitempty"`

	Keys    [][]replyKey `json:"keyboard,omitempty"`
	Resize  bool         `json:"resize_keyboard,omitzero"`
	OneTime bool         `json:"one_time_keyboard,omitzero"`
	Remove  bool         `json:"remove_keyboard,omitzero"`
}

// key is a button: it answers Data, opens URL, or copies a text.
type key struct {
	Text string    `json:"text"`
	Data string    `json:"callback_data,omitempty"`
	URL  string    `json:"url,omitempty"`
	Copy *copyText `json:"copy_text,omitempty"`
}

// replyKey asks the app for something when it is tapped.
type replyKey struct {
	Text     string `json:"text"`
	Contact  bool   `json:"request_contact,omitzero"`
	Location bool   `json:"request_location,omitzero"`
}

type copyText struct {
	Text string `json:"text"`
}

// entity marks a part of the text; its place counts UTF-16 units.
type entity struct {
	Type   string `json:"type"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
}

// picture is one file of an album.
type picture struct {
	Type    string `json:"type"`
	Media   string `json:"media"`
	Caption string `json:"caption,omitempty"`
}

// answer is an option of a poll.
type answer struct {
	Text string `json:"text"`
}

type emoji struct {
	Type  string `json:"type"`
	Emoji string `json:"emoji"`
}
