package telegram

// request is the body of a send method (Bot API, "Available methods"). Methods
// differ in few fields, so that one struct writes them all; a file is added
// when it is sent.
type request struct {
	ChatID  int64   `json:"chat_id"`
	Text    string  `json:"text,omitempty"`
	Caption string  `json:"caption,omitempty"`
	Reply   *reply  `json:"reply_parameters,omitempty"`
	Markup  *markup `json:"reply_markup,omitempty"`

	Entities []entity  `json:"entities,omitempty"`
	Photo    string    `json:"photo,omitempty"` // a public address; bytes of ours go as a file
	Media    []picture `json:"media,omitempty"`

	Latitude  *float64 `json:"latitude,omitempty"`
	Longitude *float64 `json:"longitude,omitempty"`
	Title     string   `json:"title,omitempty"`
	Address   string   `json:"address,omitempty"`

	Phone     string `json:"phone_number,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`

	MessageID int64    `json:"message_id,omitzero"`
	Reaction  *[]emoji `json:"reaction,omitzero"`
}

// reply quotes a message; one that is gone is no reason to send nothing.
type reply struct {
	MessageID int64 `json:"message_id"`
	Anyway    bool  `json:"allow_sending_without_reply"`
}

type markup struct {
	Keyboard [][]key `json:"inline_keyboard"`
}

// key is a button: it answers Data, opens URL, or copies a text.
type key struct {
	Text string    `json:"text"`
	Data string    `json:"callback_data,omitempty"`
	URL  string    `json:"url,omitempty"`
	Copy *copyText `json:"copy_text,omitempty"`
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

// picture is one of an album.
type picture struct {
	Type    string `json:"type"`
	Media   string `json:"media"`
	Caption string `json:"caption,omitempty"`
}

type emoji struct {
	Type  string `json:"type"`
	Emoji string `json:"emoji"`
}
