package stripe

import "prosa/internal/base/money"

// Times of entities are seconds since 1970, as the API shows them.

type customer struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Email    string            `json:"email"`
	Phone    string            `json:"phone"`
	Address  map[string]string `json:"address,omitempty"`
	TaxIDs   []taxID           `json:"tax_ids,omitempty"`
	Locales  []string          `json:"locales,omitempty"`
	Metadata map[string]string `json:"metadata"`
	Balance  money.Amount      `json:"balance"` // negative: a credit
	Created  int64             `json:"created"`
}

type taxID struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

type product struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Metadata map[string]string `json:"metadata"`
	Created  int64             `json:"created"`
}

type price struct {
	ID       string       `json:"id"`
	Product  string       `json:"product"`
	Currency string       `json:"currency"`
	Amount   money.Amount `json:"amount"`
	Interval string       `json:"interval"` // month, year
	Lookup   string       `json:"lookup,omitempty"`
	Created  int64        `json:"created"`
}

type coupon struct {
	ID        string       `json:"id"`
	Name      string       `json:"name"`
	AmountOff money.Amount `json:"amount_off"`
	Currency  string       `json:"currency"`
	Duration  string       `json:"duration"` // once, repeating, forever
	Months    int64        `json:"months,omitempty"`
	Created   int64        `json:"created"`
}

type session struct {
	ID            string            `json:"id"`
	Customer      string            `json:"customer"`
	Reference     string            `json:"reference"`
	Price         string            `json:"price"`
	Coupon        string            `json:"coupon,omitempty"`
	TrialDays     int64             `json:"trial_days,omitempty"`
	Methods       []string          `json:"methods"`
	BoletoDays    int64             `json:"boleto_days,omitempty"`
	PixSeconds    int64             `json:"pix_seconds,omitempty"`
	Success       string            `json:"success"`
	Cancel        string            `json:"cancel"`
	Locale        string            `json:"locale"`
	Metadata      map[string]string `json:"metadata"`
	SubMetadata   map[string]string `json:"sub_metadata"`
	Status        string            `json:"status"`         // open, complete, expired
	PaymentStatus string            `json:"payment_status"` // unpaid, paid, no_payment_required
	Subscription  string            `json:"subscription,omitempty"`
	Invoice       string            `json:"invoice,omitempty"`
	Refused       bool              `json:"refused,omitempty"` // a card was declined here
	Created       int64             `json:"created"`
	Expires       int64             `json:"expires"`
}

type subscription struct {
	ID          string            `json:"id"`
	Customer    string            `json:"customer"`
	Item        string            `json:"item"`
	Price       string            `json:"price"`
	Status      string            `json:"status"`
	PeriodStart int64             `json:"period_start"`
	PeriodEnd   int64             `json:"period_end"`
	AnchorDay   int               `json:"anchor_day"`
	TrialEnd    int64             `json:"trial_end,omitempty"`
	EndsAtEnd   bool              `json:"ends_at_end,omitempty"`
	CanceledAt  int64             `json:"canceled_at,omitempty"`
	EndedAt     int64             `json:"ended_at,omitempty"`
	Coupon      string            `json:"coupon,omitempty"` // while it counts
	CouponEnd   int64             `json:"coupon_end,omitempty"`
	Method      string            `json:"method,omitempty"`
	Latest      string            `json:"latest,omitempty"` // invoice
	Metadata    map[string]string `json:"metadata"`
	Fails       int               `json:"fails,omitempty"` // so many of the next attempts with a card are declined; negative: all
	BoletoDays  int64             `json:"boleto_days,omitempty"`
	PixSeconds  int64             `json:"pix_seconds,omitempty"`
	Created     int64             `json:"created"`
}

type line struct {
	ID          string       `json:"id"`
	Description string       `json:"description"`
	Amount      money.Amount `json:"amount"`
	Start       int64        `json:"start"`
	End         int64        `json:"end"`
	Item        string       `json:"item,omitempty"` // of an invoice item
}

type invoice struct {
	ID           string            `json:"id"`
	Number       string            `json:"number"`
	Customer     string            `json:"customer"`
	Subscription string            `json:"subscription,omitempty"`
	Status       string            `json:"status"` // draft, open, paid, void, uncollectible
	Reason       string            `json:"reason"`
	Description  string            `json:"description,omitempty"`
	Currency     string            `json:"currency"`
	Lines        []line            `json:"lines"`
	Discount     money.Amount      `json:"discount"`
	Total        money.Amount      `json:"total"`
	Due          money.Amount      `json:"due"` // total with the customer's credit
	Paid         money.Amount      `json:"paid"`
	Attempts     int               `json:"attempts"`
	NextAttempt  int64             `json:"next_attempt,omitempty"`
	Intent       string            `json:"intent,omitempty"`
	Session      string            `json:"session,omitempty"` // the checkout that it came from
	Metadata     map[string]string `json:"metadata"`
	Created      int64             `json:"created"`
	PaidAt       int64             `json:"paid_at,omitempty"`
	VoidedAt     int64             `json:"voided_at,omitempty"`
}

type invoiceItem struct {
	ID           string            `json:"id"`
	Customer     string            `json:"customer"`
	Subscription string            `json:"subscription,omitempty"`
	Invoice      string            `json:"invoice,omitempty"` // empty: waits for the next one
	Amount       money.Amount      `json:"amount"`
	Currency     string            `json:"currency"`
	Description  string            `json:"description"`
	Metadata     map[string]string `json:"metadata"`
	Deleted      bool              `json:"deleted,omitempty"`
	Created      int64             `json:"created"`
}

// intent is an attempt to pay, with its charge in it: chargeOf names that.
type intent struct {
	ID       string       `json:"id"`
	Customer string       `json:"customer"`
	Invoice  string       `json:"invoice,omitempty"`
	Amount   money.Amount `json:"amount"`
	Currency string       `json:"currency"`
	Status   string       `json:"status"`
	Method   string       `json:"method,omitempty"`
	Code     string       `json:"code,omitempty"` // of a voucher, as it is copied
	Expires  int64        `json:"expires,omitempty"`
	Problem  string       `json:"problem,omitempty"`
	Decline  string       `json:"decline,omitempty"`
	Charged  bool         `json:"charged,omitempty"`
	Refunded money.Amount `json:"refunded,omitempty"`
	Disputed bool         `json:"disputed,omitempty"`
	Created  int64        `json:"created"`
}

type method struct {
	ID       string `json:"id"`
	Customer string `json:"customer"`
	Type     string `json:"type"` // card, pix, boleto
	Brand    string `json:"brand,omitempty"`
	Last4    string `json:"last4,omitempty"`
	Created  int64  `json:"created"`
}

type refund struct {
	ID       string            `json:"id"`
	Intent   string            `json:"intent"`
	Amount   money.Amount      `json:"amount"`
	Currency string            `json:"currency"`
	Metadata map[string]string `json:"metadata"`
	Created  int64             `json:"created"`
}

type dispute struct {
	ID       string       `json:"id"`
	Intent   string       `json:"intent"`
	Amount   money.Amount `json:"amount"`
	Currency string       `json:"currency"`
	Status   string       `json:"status"` // needs_response, won, lost
	Created  int64        `json:"created"`
}

type portal struct {
	ID       string `json:"id"`
	Customer string `json:"customer"`
	Return   string `json:"return"`
	Created  int64  `json:"created"`
}

// States that are written in several places.
const (
	open        = "open"
	complete    = "complete"
	expired     = "expired"
	paid        = "paid"
	unpaid      = "unpaid"
	draft       = "draft"
	void        = "void"
	active      = "active"
	pastDue     = "past_due"
	trialing    = "trialing"
	incomplete  = "incomplete"
	canceled    = "canceled"
	succeeded   = "succeeded"
	needsAction = "requires_action"
	needsMethod = "requires_payment_method"
	byCard      = "card"
	byPix       = "pix"
	byBoleto    = "boleto"
)
