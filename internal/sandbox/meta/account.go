package meta

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"strconv"
	"time"

	"prosa/internal/sandbox/stage"
)

// App is a Meta app: it signs webhooks with its secret.
type App struct {
	ID          string `json:"app_id"`
	Secret      string `json:"app_secret"`
	VerifyToken string `json:"verify_token,omitempty"`
	CallbackURL string `json:"callback_url,omitempty"` // set after a verified handshake
	Name        string `json:"name,omitempty"`
}

// WABA is a WhatsApp Business Account.
type WABA struct {
	ID         string `json:"waba_id"`
	Name       string `json:"name,omitempty"`
	BusinessID string `json:"business_id,omitempty"` // portfolio; user ids are scoped to it
	// Subscriptions are the subscribed apps with their override address, empty
	// for the app's own.
	Subscriptions map[string]string `json:"subscriptions,omitempty"`
	// Payments says whether the account may ask for payments in Brazil:
	// PaymentsOff or PaymentsOn; empty is on.
	Payments string `json:"payments,omitempty"`
	// Marketing says where marketing templates are sent: empty or "on" for
	// /messages, "elsewhere" for /marketing_messages only.
	Marketing string `json:"marketing,omitempty"`
}

// States of WABA.Payments.
const (
	PaymentsOn  = "on"
	PaymentsOff = "off"
)

// Number is a business telephone number.
type Number struct {
	ID           string `json:"phone_number_id"`
	WABA         string `json:"waba_id"`
	App          string `json:"app_id"` // the app that Token belongs to
	Display      string `json:"display_phone_number"`
	VerifiedName string `json:"verified_name"`
	Quality      string `json:"quality_rating"`
	Token        string `json:"token"`
	PerSecond    int    `json:"per_second,omitempty"` // throughput; 0: the platform's 80
	Limit        string `json:"messaging_limit_tier,omitempty"`
	NameStatus   string `json:"name_status,omitempty"`
	Status       string `json:"status,omitempty"`       // CONNECTED unless given
	CallbackURL  string `json:"callback_url,omitempty"` // the number's webhook_configuration
}

// Customer is a person on WhatsApp.
type Customer struct {
	// ID is this simulator's key: the wa_id, or the user id of a person who
	// has no telephone number here.
	ID       string `json:"id"`
	WaID     string `json:"wa_id,omitempty"` // digits, in the account's own form
	UserID   string `json:"user_id"`         // business-scoped user id in the default portfolio
	Name     string `json:"name"`
	Username string `json:"username,omitempty"`
	// HidePhone leaves wa_id and from out of webhooks, as for people with a
	// username who never wrote to the number before.
	HidePhone bool `json:"hide_phone,omitempty"`
	// NoReceipts: the person turned read receipts off.
	NoReceipts bool `json:"no_receipts,omitempty"`
}

// Template is a message template of a WABA.
type Template struct {
	ID         string `json:"id"`
	WABA       string `json:"waba_id"`
	Name       string `json:"name"`
	Language   string `json:"language"`
	Category   string `json:"category"`
	Status     string `json:"status"`
	Body       string `json:"body"`
	Header     string `json:"header,omitempty"`
	Parameters int    `json:"parameters"`        // of the body
	Buttons    int    `json:"buttons,omitempty"` // quick replies, where Components are made of Body
	// Components are the template in Meta's own form.
	Components json.RawMessage `json:"components,omitempty"`
	Format     string          `json:"parameter_format,omitempty"` // POSITIONAL or NAMED
	Quality    string          `json:"quality,omitempty"`
	Reason     string          `json:"reason,omitempty"` // of its rejection or pause
	AtMS       int64           `json:"at,omitempty"`     // of its last content
	// PreviousCategory is set when the platform changed the category.
	PreviousCategory string  `json:"previous_category,omitempty"`
	Edits            []int64 `json:"edits,omitempty"`   // times of edits while approved
	DeletedMS        int64   `json:"deleted,omitempty"` // its name is kept for a while
}

// Chat is what a number and a customer know of each other.
type Chat struct {
	Number   string `json:"number"`
	Customer string `json:"customer"`
	// LastInboundMS is the time of the customer's last message: the reply
	// window counts from it. 0: never wrote.
	LastInboundMS int64 `json:"last_inbound,omitempty"`
	Blocked       bool  `json:"blocked,omitempty"` // by the customer
	// NoMarketing: the customer stopped marketing messages of this number.
	NoMarketing bool `json:"no_marketing,omitempty"`
	// TypingUntilMS is the end of the typing indicator.
	TypingUntilMS int64 `json:"-"`

	pair     stage.Bucket
	messages []*Message
}

func chatKey(number, customer string) string { return number + "/" + customer }

// WindowUntilMS is the end of the reply window, 0 when there is none.
func (c *Chat) WindowUntilMS() int64 {
	if c.LastInboundMS == 0 {
		return 0
	}
	return c.LastInboundMS + replyWindow.Milliseconds()
}

func (c *Chat) windowOpen(now time.Time) bool {
	return now.UnixMilli() < c.WindowUntilMS()
}

// scopedID gives the customer's user id inside a business portfolio. The
// default portfolio ("") sees Customer.UserID.
func (c *Customer) scopedID(business string) string {
	if business == "" {
		return c.UserID
	}
	return c.UserID[:3] + hashDigits(business+"|"+c.UserID, 16)
}

// hashDigits derives n decimal digits (at most 19) from text; the first one is
// never 0.
func hashDigits(text string, n int) string {
	sum := sha256.Sum256([]byte(text))
	number := strconv.FormatUint(binary.BigEndian.Uint64(sum[:8])|1<<63, 10)
	return "1" + number[len(number)-(n-1):]
}
