package whatsapp

import (
	"github.com/go-json-experiment/json/jsontext"
)

// request is the body of POST /{phone number}/messages (Cloud API, messages
// reference). Either To or Recipient names the customer.
type request struct {
	Product       string `json:"messaging_product"`
	RecipientType string `json:"recipient_type"`
	To            string `json:"to,omitempty"`
	// Recipient is a business-scoped user id, for customers without a number.
	Recipient string   `json:"recipient,omitempty"`
	Type      string   `json:"type"`
	Context   *replyTo `json:"context,omitzero"`
	// Callback comes back in every status of the message, at most 512
	// characters.
	Callback string `json:"biz_opaque_callback_data,omitempty"`

	Text        *textBody        `json:"text,omitzero"`
	Image       *mediaBody       `json:"image,omitzero"`
	Video       *mediaBody       `json:"video,omitzero"`
	Audio       *mediaBody       `json:"audio,omitzero"`
	Document    *mediaBody       `json:"document,omitzero"`
	Sticker     *mediaBody       `json:"sticker,omitzero"`
	Location    *placeBody       `json:"location,omitzero"`
	Contacts    []cardBody       `json:"contacts,omitempty"`
	Reaction    *reactionBody    `json:"reaction,omitzero"`
	Interactive *interactiveBody `json:"interactive,omitzero"`
	Template    *templateBody    `json:"template,omitzero"`
}

type replyTo struct {
	MessageID string `json:"message_id"`
}

type textBody struct {
	Body    string `json:"body"`
	Preview bool   `json:"preview_url,omitzero"`
}

// mediaBody gets its ID when the file has been uploaded.
type mediaBody struct {
	ID       string `json:"id,omitempty"`
	Caption  string `json:"caption,omitempty"`
	Filename string `json:"filename,omitempty"`
	Voice    bool   `json:"voice,omitzero"`
}

type placeBody struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
}

type cardBody struct {
	Name   cardName    `json:"name"`
	Phones []cardPhone `json:"phones,omitempty"`
	Emails []cardEmail `json:"emails,omitempty"`
}

// cardName needs the formatted name and at least one other part.
type cardName struct {
	Formatted string `json:"formatted_name"`
	First     string `json:"first_name"`
}

type cardPhone struct {
	Phone string `json:"phone"`
}

type cardEmail struct {
	Email string `json:"email"`
}

type reactionBody struct {
	MessageID string `json:"message_id"`
	Emoji     string `json:"emoji"` // empty removes
}

type interactiveBody struct {
	Type   string      `json:"type"` // button, list
	Header *headerBody `json:"header,omitzero"`
	Body   wording     `json:"body"`
	Footer *wording    `json:"footer,omitzero"`
	Action actionBody  `json:"action"`
}

type headerBody struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

type wording struct {
	Text string `json:"text"`
}

type actionBody struct {
	Button   string    `json:"button,omitempty"`
	Buttons  []button  `json:"buttons,omitempty"`
	Sections []section `json:"sections,omitempty"`
}

type button struct {
	Type  string `json:"type"`
	Reply row    `json:"reply"`
}

type section struct {
	Rows []row `json:"rows"`
}

type row struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
}

type templateBody struct {
	Name       string         `json:"name"`
	Language   language       `json:"language"`
	Components jsontext.Value `json:"components,omitempty"`
}

type language struct {
	Policy string `json:"policy"`
	Code   string `json:"code"`
}
