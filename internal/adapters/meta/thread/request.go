package thread

import "github.com/go-json-experiment/json/jsontext"

// request is the body of POST /{page}/messages (Messenger Platform, Send API).
// Either Message or Action says what is to be done.
type request struct {
	Recipient recipient `json:"recipient"`
	// Type is "RESPONSE", "UPDATE", or "MESSAGE_TAG" with Tag.
	Type    string       `json:"messaging_type,omitempty"`
	Tag     string       `json:"tag,omitempty"`
	Message *messageBody `json:"message,omitzero"`
	ReplyTo *replyTo     `json:"reply_to,omitzero"`
	Action  string       `json:"sender_action,omitempty"`
	Payload *actionBody  `json:"payload,omitzero"`
}

type recipient struct {
	ID      string `json:"id,omitempty"`
	UserRef string `json:"user_ref,omitempty"`
}

type replyTo struct {
	MID string `json:"mid"`
}

type messageBody struct {
	Text         string           `json:"text,omitempty"`
	Attachment   *attachmentBody  `json:"attachment,omitzero"`
	Attachments  []attachmentBody `json:"attachments,omitempty"`
	Sticker      jsontext.Value   `json:"sticker_id,omitempty"` // a number
	QuickReplies []quickReply     `json:"quick_replies,omitempty"`
	// Metadata comes back in the echo, at most 1,000 characters.
	Metadata string `json:"metadata,omitempty"`
}

// attachmentBody gets its attachment_id when the file has been uploaded.
type attachmentBody struct {
	Type    string       `json:"type"`
	Payload *payloadBody `json:"payload,omitzero"`
}

type payloadBody struct {
	ID           string        `json:"id,omitempty"` // of a post of ours (MEDIA_SHARE)
	AttachmentID string        `json:"attachment_id,omitempty"`
	URL          string        `json:"url,omitempty"`
	Reusable     bool          `json:"is_reusable,omitzero"`
	Template     string        `json:"template_type,omitempty"`
	Text         string        `json:"text,omitempty"`
	Buttons      []button      `json:"buttons,omitempty"`
	Elements     []elementBody `json:"elements,omitempty"`
}

// elementBody is a card of the generic template.
type elementBody struct {
	Title    string   `json:"title"`
	Subtitle string   `json:"subtitle,omitempty"`
	Image    string   `json:"image_url,omitempty"`
	Buttons  []button `json:"buttons,omitempty"`
}

// button opens a page ("web_url") or comes back ("postback").
type button struct {
	Type    string `json:"type"`
	Title   string `json:"title"`
	URL     string `json:"url,omitempty"`
	Payload string `json:"payload,omitempty"`
}

// quickReply is a chip under a message. The app fills in title and payload of
// "user_phone_number" and "user_email".
type quickReply struct {
	Type    string `json:"content_type"`
	Title   string `json:"title,omitempty"`
	Payload string `json:"payload,omitempty"`
}

// actionBody is what "react" and "unreact" are about.
type actionBody struct {
	MessageID string `json:"message_id"`
	Reaction  string `json:"reaction,omitempty"`
}

const (
	asResponse = "RESPONSE"
	asUpdate   = "UPDATE"
	asTagged   = "MESSAGE_TAG"
	humanAgent = "HUMAN_AGENT"
)
