package meta

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"

	"prosa/internal/sandbox/stage"
)

// Directions of a message, as the business sees them.
const (
	Inbound  = "in"  // the customer wrote it
	Outbound = "out" // the business sent it
)

// Message is one message of a chat, of either direction, with what became of
// it.
type Message struct {
	ID       string `json:"id"` // wamid
	Seq      int64  `json:"seq"`
	Number   string `json:"number"`
	Customer string `json:"customer"`
	Dir      string `json:"dir"`
	Type     string `json:"type"`
	// Kind is Type, refined for interactive messages: interactive.list.
	Kind string `json:"kind"`
	AtMS int64  `json:"at"`
	// Content is the body of the Graph call (out) or the message object of the
	// webhook (in).
	Content json.RawMessage `json:"content"`
	Text    string          `json:"text,omitempty"` // what a person reads of it

	// Status of an outbound message: accepted, sent, delivered, read, played,
	// failed. Of an inbound one: sent (to the webhook), delivered (the webhook
	// was answered by 2xx), read (the business marked it).
	Status      string       `json:"status"`
	SentMS      int64        `json:"sent_at,omitempty"`
	DeliveredMS int64        `json:"delivered_at,omitempty"`
	ReadMS      int64        `json:"read_at,omitempty"`
	PlayedMS    int64        `json:"played_at,omitempty"`
	FailedMS    int64        `json:"failed_at,omitempty"`
	Error       *StatusError `json:"error,omitempty"`

	Reference string `json:"reference,omitempty"` // biz_opaque_callback_data
	ReplyTo   string `json:"reply_to,omitempty"`
	Target    string `json:"target,omitempty"` // of a reaction, edit or revocation
	Emoji     string `json:"emoji,omitempty"`
	Category  string `json:"category,omitempty"` // pricing category
	Payment   string `json:"payment,omitempty"`  // reference_id of order details or an order status
	// OrderStatus is what an order status says; Paid that it told of the payment.
	OrderStatus string `json:"order_status,omitempty"`
	Paid        bool   `json:"paid,omitempty"`
	Chosen      string `json:"chosen,omitempty"` // id of the choice that the customer tapped
	// Shown is a template as the customer sees it, filled in.
	Shown  *Shown `json:"shown,omitempty"`
	Edited bool   `json:"edited,omitempty"`
	// The reactions that it has, of the customer and of the business.
	ReactionIn  string `json:"reaction_in,omitempty"`
	ReactionOut string `json:"reaction_out,omitempty"`
	Revoked     bool   `json:"revoked,omitempty"`

	// Exchange is the Graph call behind an outbound message.
	Exchange *stage.Exchange `json:"exchange,omitempty"`
	// Webhooks are the ids of the webhooks that carried it or its statuses.
	Webhooks []string `json:"webhooks,omitempty"`

	doom       *StatusError // the failure that awaits it
	readWanted bool         // the phone showed it before it was delivered
}

// Shown is a template on the customer's screen, or one card of its carousel.
type Shown struct {
	// Header is a text; of a header that shows a file, HeaderKind is IMAGE, VIDEO,
	// DOCUMENT or LOCATION, and the file stands in the message's content.
	Header     string        `json:"header,omitempty"`
	HeaderKind string        `json:"header_kind,omitempty"`
	Text       string        `json:"text"`
	Footer     string        `json:"footer,omitempty"`
	Buttons    []ShownButton `json:"buttons,omitempty"`
	Cards      []Shown       `json:"cards,omitempty"`
}

// ShownButton is a button of a template. Value is the payload of a quick reply,
// the address, the telephone number or the code.
type ShownButton struct {
	Type  string `json:"type"` // QUICK_REPLY, URL, PHONE_NUMBER, COPY_CODE, FLOW, ...
	Text  string `json:"text"`
	Value string `json:"value,omitempty"`
}

// StatusError is an entry of errors[] in a failed status.
type StatusError struct {
	Code    int        `json:"code"`
	Title   string     `json:"title"`
	Message string     `json:"message,omitempty"`
	Data    *ErrorData `json:"error_data,omitempty"`
	Href    string     `json:"href,omitempty"`
}

// ErrorData is the error_data of a status error or of a Graph error.
type ErrorData struct {
	Product string `json:"messaging_product,omitempty"`
	Details string `json:"details"`
}

// rank orders the statuses; a message never goes back.
func rank(status string) int {
	switch status {
	case "accepted":
		return 1
	case "sent":
		return 2
	case "delivered":
		return 3
	case "read":
		return 4
	case "played":
		return 5
	case "failed":
		return 6
	}
	return 0
}

// newWamid makes a message id of the platform's form: "wamid." and base64 of a
// header, the other side's number and a random id. It holds no slash, plus or
// percent sign, but may end in "=", as the platform's do.
func newWamid(number string, inbound bool) string {
	var random [9]byte
	_, _ = rand.Read(random[:])
	kind := byte(0x11)
	if inbound {
		kind = 0x12
	}
	raw := []byte{0x1c, 0x18, byte(len(number))}
	raw = append(raw, number...)
	raw = append(raw, 0x15, 0x02, 0x00, kind, 0x18, 0x12)
	raw = append(raw, strings.ToUpper(hex.EncodeToString(random[:]))...)
	raw = append(raw, 0)
	text := base64.StdEncoding.EncodeToString(raw)
	return "wamid." + strings.NewReplacer("+", "-", "/", "_").Replace(text)
}

// statusErrors are the failures that a status can carry. Source: Cloud API
// reference, "Error codes".
func statusError(code int, details string) *StatusError {
	titles := map[int]string{
		131026: "Message undeliverable",
		131047: "Re-engagement message",
		131049: "This message was not delivered to maintain healthy ecosystem engagement.",
		131050: "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages on WhatsApp from your business",
		131051: "Message type unknown",
		131052: "Media download error",
		131053: "Media upload error",
		131000: "Something went wrong",
	}
	title := titles[code]
	if title == "" {
		title = "Something went wrong"
	}
	return &StatusError{
		Code: code, Title: title, Message: title, Data: &ErrorData{Details: details},
		Href: "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
	}
}
