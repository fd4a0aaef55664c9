package subscription

import (
	"context"
	"net/http"

	"prosa/internal/base/money"
)

// Provider is who takes the money of plans: Stripe, Asaas, or nobody but the
// operator (manual). Its calls are made outside of any transaction. Those with
// a key may be repeated: the same key is the same wish, also after days.
//
// Errors of all calls: *Trouble; any other counts as an answer that was lost.
type Provider interface {
	// Name is stored with what it made: "stripe".
	Name() string
	// Methods are the ways to pay that its pages offer, of "card", "pix",
	// "boleto".
	Methods() []string
	// EnsureCustomer makes the payer, or finds the one made with the key.
	EnsureCustomer(ctx context.Context, key string, c Customer) (customerID string, err error)
	// StartCheckout opens a page of the vendor on which a subscription is paid. No
	// card number ever reaches us.
	StartCheckout(ctx context.Context, key string, c Checkout) (Started, error)
	// LookCheckout reads how far a checkout is.
	LookCheckout(ctx context.Context, checkoutID string) (CheckoutState, error)
	// ExpireCheckout closes a checkout that nobody should pay any more; one that is
	// closed already is no error.
	ExpireCheckout(ctx context.Context, checkoutID string) error
	// LookSubscription reads a subscription with its bills, newest first.
	LookSubscription(ctx context.Context, subscriptionID string) (Remote, error)
	// PreviewChange asks what a change would be billed at once.
	PreviewChange(ctx context.Context, c Change) (money.Amount, error)
	// ApplyChange changes price and interval, and bills Change.Due at once.
	ApplyChange(ctx context.Context, key string, c Change) error
	// CancelAtEnd ends a subscription with its paid period, or takes that back.
	CancelAtEnd(ctx context.Context, key, subscriptionID string, ends bool) error
	// CancelNow ends a subscription at once; one that ended is no error.
	CancelNow(ctx context.Context, key, subscriptionID string) error
	// Refund sends the money of a bill back, or a part of it.
	Refund(ctx context.Context, key, billID string, amount money.Amount) error
	// MethodPage opens a page of the vendor on which the payer changes how they
	// pay; empty when the vendor has none.
	MethodPage(ctx context.Context, customerID, returnURL string) (url string, err error)
	// Verify makes sure that a callback is the vendor's and fresh, and reads it. A
	// notice only says what to look at again, never what it is. Error:
	// fault.Unauthorized, fault.Invalid.
	Verify(header http.Header, body []byte) ([]Notice, error)
}

// Customer is who pays.
type Customer struct {
	// Reference is ours: the acquisition's or the company's id.
	Reference string
	Name      string // legal name
	Email     string
	TaxID     string // CPF or CNPJ, without punctuation
	Phone     string // with country code, may be empty
	Address   Address
	Locale    string // pt-BR or en
}

// Address is where a payer has their seat.
type Address struct {
	ZIP, Street, Number, Complement, District, City, State string
}

// Interval is how often is paid.
type Interval string

// Intervals.
const (
	Monthly Interval = "month"
	Annual  Interval = "year"
)

// Checkout is a subscription to be paid.
type Checkout struct {
	Reference  string // ours: the acquisition's id; the vendor gives it back
	CustomerID string
	Plan       string // shown on the vendor's page
	PlanRef    string // the plan version's id
	Interval   Interval
	Price      money.Amount // of an interval
	Currency   money.Currency
	// Discount is taken off each of the first DiscountCycles intervals; 0 cycles
	// is for ever.
	Discount       money.Amount
	DiscountCycles int
	// TrialDays are free; the method of payment is taken at once.
	TrialDays int
	Methods   []string // a choice of the provider's, empty for all
	// DueMS is until when a boleto or a Pix may be paid.
	DueMS      int64
	SuccessURL string
	CancelURL  string
	Locale     string
}

// Started is an open checkout.
type Started struct {
	CheckoutID string
	URL        string
	ExpiresMS  int64
}

// CheckoutState is how far a checkout is.
type CheckoutState struct {
	State CheckoutStep
	// SubscriptionID is empty until the vendor has made it.
	SubscriptionID string
	CustomerID     string
	Paid           money.Amount
	// Method chosen by the payer, empty before.
	Method string
	// What a payer copies while the money is awaited.
	PixCode    string
	BoletoLine string
	BoletoURL  string
	DueMS      int64
	AtMS       int64
}

// CheckoutStep is a state of a checkout.
type CheckoutStep string

// Steps of a checkout. Paid is also a trial whose method of payment was taken.
const (
	CheckoutOpen    CheckoutStep = "open"
	CheckoutPending CheckoutStep = "pending" // a boleto or a Pix was issued, the money is awaited
	CheckoutPaid    CheckoutStep = "paid"
	CheckoutFailed  CheckoutStep = "failed" // declined; the page may be tried again
	CheckoutExpired CheckoutStep = "expired"
)

// Remote is a subscription as the vendor holds it.
type Remote struct {
	SubscriptionID string
	CustomerID     string
	State          RemoteState
	Interval       Interval
	PeriodStartMS  int64
	PeriodEndMS    int64
	TrialEndMS     int64
	EndsAtPeriod   bool
	Method         string // card, pix, boleto
	Brand, Last4   string // of a card, to recognize it
	Bills          []Bill
}

// RemoteState is a state of a subscription at the vendor.
type RemoteState string

// States of a subscription at the vendor.
const (
	RemotePending  RemoteState = "pending" // the first payment is awaited
	RemoteTrialing RemoteState = "trialing"
	RemoteActive   RemoteState = "active"
	RemotePastDue  RemoteState = "past_due"
	RemoteEnded    RemoteState = "ended"
)

// Bill is one bill of a subscription.
type Bill struct {
	BillID        string
	State         BillState
	Amount        money.Amount
	Paid          money.Amount
	Refunded      money.Amount
	Currency      money.Currency
	PeriodStartMS int64
	PeriodEndMS   int64
	DueMS         int64
	PaidMS        int64
	CreatedMS     int64
	Attempts      int64
	Problem       string // why the last attempt failed
	URL           string // where it can be paid
	PixCode       string
	BoletoLine    string
}

// BillState is a state of a bill.
type BillState string

// States of a bill. Disputed is a chargeback.
const (
	BillOpen     BillState = "open"
	BillPending  BillState = "pending" // issued to be paid by Pix or boleto
	BillPaid     BillState = "paid"
	BillFailed   BillState = "failed"
	BillVoid     BillState = "void"
	BillRefunded BillState = "refunded"
	BillDisputed BillState = "disputed"
)

// Change is another price or interval for a subscription.
type Change struct {
	SubscriptionID string
	CustomerID     string
	Plan           string
	PlanRef        string
	Interval       Interval
	Price          money.Amount
	Currency       money.Currency
	// Due is billed at once, prorated by the day by us; 0 bills nothing.
	Due         money.Amount
	DueText     string // its line on the bill
	NewPeriodMS int64  // when a new period begins with the change; 0 leaves the period
}

// Notice says that something changed at the vendor.
type Notice struct {
	EventID        string // the vendor's; told twice at times
	Kind           string // in the vendor's words
	CheckoutID     string // any of the three may be empty
	SubscriptionID string
	BillID         string
	AtMS           int64
}

// Tracer is a Provider whose notices may name, as BillID, a payment instead of a
// bill: a chargeback does, since its vendor says no more.
type Tracer interface {
	// Trace asks the vendor whose bill a notice is about, and gives the notice with
	// the ids that were found; one that leads nowhere comes back as it was. Error:
	// *Trouble.
	Trace(ctx context.Context, n Notice) (Notice, error)
}

// Kind of trouble with a vendor.
type Kind string

// Kinds of trouble, by what is done about them.
const (
	Refused   Kind = "refused"   // this wish can never be granted as it is
	Throttled Kind = "throttled" // all wishes wait
	Locked    Kind = "locked"    // credentials or account: an operator has to act
	Down      Kind = "down"      // may be asked again, with the same key
)

// Trouble is why a wish was not granted.
type Trouble struct {
	Kind    Kind
	Field   string // of ours that the vendor does not like, empty for none
	Message string // without secrets, shown to operators
	UntilMS int64  // of Throttled: when the vendor listens again, 0 when it did not say
}

// Error implements error.
func (t *Trouble) Error() string { return "payment of a plan, " + string(t.Kind) + ": " + t.Message }
