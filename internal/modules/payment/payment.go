package payment

import (
	"prosa/internal/base/money"
	"prosa/internal/event"
)

// Providers that need no vendor.
const (
	PixKey     = "pix_key"
	OnDelivery = "on_delivery"
)

// Method is how somebody pays.
type Method string

// Methods.
const (
	Pix  Method = "pix"
	Cash Method = "cash"
	Card Method = "card"
	Slip Method = "boleto"
	Link Method = "link"
)

// Choice is a method of a provider.
type Choice struct {
	Provider string `json:"provider" maxLength:"40" doc:"pix_key, on_delivery or a vendor."`
	Method   Method `json:"method" enum:"pix,cash,card,boleto,link"`
}

// Prepaid reports whether the money has to come before the goods leave.
func (c Choice) Prepaid() bool { return c.Provider != OnDelivery }

// State of a payment.
type State string

// States: the first two before a vendor said anything.
const (
	Created     State = "created" // a vendor has yet to be asked
	Pending     State = "pending"
	Paid        State = "paid"
	PartBack    State = "partially_refunded"
	Refunded    State = "refunded"
	ChargedBack State = "charged_back"
	Expired     State = "expired"
	Canceled    State = "canceled"
	Failed      State = "failed"
)

// Payment is one way of paying an order.
type Payment struct {
	TenantID   string         `json:"-"`
	ID         string         `json:"id"`
	OrderID    string         `json:"order_id"`
	Choice     Choice         `json:"choice"`
	State      State          `json:"state" enum:"created,pending,paid,partially_refunded,refunded,charged_back,expired,canceled,failed"`
	Amount     money.Amount   `json:"amount" doc:"Asked, in minor units."`
	Paid       money.Amount   `json:"paid"`
	Refunded   money.Amount   `json:"refunded"`
	Currency   money.Currency `json:"currency"`
	ExternalID string         `json:"-"`
	Code       string         `json:"code,omitempty" doc:"Pix copia e cola, or the line of a boleto."`
	Link       string         `json:"link,omitempty"`
	Verified   bool           `json:"verified" doc:"A vendor tells of the money; false: a person has to look."`
	ExpiresMS  int64          `json:"expires_ms"`
	CreatedMS  int64          `json:"created_ms"`
	UpdatedMS  int64          `json:"updated_ms"`
	Version    int64          `json:"version"`
}

// Kind of a fact.
type Kind string

// Kinds of fact.
const (
	WasPaid        Kind = "paid"
	WasRefunded    Kind = "refunded"
	WasChargedBack Kind = "charged_back" // by the card's holder, or returned by the Pix system
	WasExpired     Kind = "expired"
	WasCanceled    Kind = "canceled"
	WasFailed      Kind = "failed"
)

// Fact is something that happened to a payment.
type Fact struct {
	// Key names it, so that it counts once.
	Key    string       `json:"key"`
	Kind   Kind         `json:"kind" enum:"paid,refunded,charged_back,expired,canceled,failed"`
	Amount money.Amount `json:"amount" doc:"Of money that moved; 0 for the others."`
	Note   string       `json:"note,omitempty"`
	AtMS   int64        `json:"at_ms"`
	By     event.Actor  `json:"by"`

	refundID string // the refund of ours that it was, when we know
}

// sum brings the payment to what the facts say, whatever their order. Money
// beats everything: a payment that was paid is never expired.
func (p *Payment) sum(facts []Fact) {
	p.Paid, p.Refunded = 0, 0
	seen := map[Kind]bool{}
	for _, fact := range facts {
		seen[fact.Kind] = true
		switch fact.Kind {
		case WasPaid:
			p.Paid += fact.Amount
		case WasRefunded, WasChargedBack:
			p.Refunded += fact.Amount
		}
	}
	switch {
	case p.Paid > 0 && seen[WasChargedBack]:
		p.State = ChargedBack
	case p.Paid > 0 && p.Refunded >= p.Paid:
		p.State = Refunded
	case p.Paid > 0 && p.Refunded > 0:
		p.State = PartBack
	case p.Paid > 0:
		p.State = Paid
	case seen[WasCanceled]:
		p.State = Canceled
	case seen[WasExpired]:
		p.State = Expired
	case seen[WasFailed]:
		p.State = Failed
	case p.Choice.vendor() && p.ExternalID == "":
		p.State = Created
	default:
		p.State = Pending
	}
}

// vendor reports whether somebody outside has to be asked.
func (c Choice) vendor() bool { return c.Provider != PixKey && c.Provider != OnDelivery }

// Open reports whether money may still be expected.
func (p Payment) Open() bool { return p.State == Created || p.State == Pending }

// Sums are the money of an order, over all its payments.
type Sums struct {
	Paid, Refunded money.Amount
}

// RefundState is how far a refund is.
type RefundState string

// States of a refund.
const (
	RefundPending RefundState = "pending"
	RefundSending RefundState = "sending"
	RefundDone    RefundState = "done"
)

// Refund is money that has to go back.
type Refund struct {
	ID        string       `json:"id"`
	PaymentID string       `json:"payment_id"`
	OrderID   string       `json:"order_id"`
	Amount    money.Amount `json:"amount"`
	State     RefundState  `json:"state" enum:"pending,sending,done"`
	Reason    string       `json:"reason"`
	ByHand    bool         `json:"by_hand" doc:"A person sends it and says so."`
	CreatedMS int64        `json:"created_ms"`
}
