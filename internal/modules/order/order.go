package order

import (
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/modules/payment"
	"prosa/internal/modules/product"
)

// State of an order.
type State string

// States of an order. Expired, Canceled and Completed are ends, but that a late
// payment may bring an order back that was never confirmed.
const (
	AwaitingPayment State = "awaiting_payment"
	Confirmed       State = "confirmed"
	Preparing       State = "preparing"
	Ready           State = "ready" // to be picked up
	OutForDelivery  State = "out_for_delivery"
	Shipped         State = "shipped"
	Delivered       State = "delivered"
	Completed       State = "completed"
	Expired         State = "expired"
	Canceled        State = "canceled"
)

// moves are the steps that people take; paying, expiring and canceling have
// their own doors.
var moves = map[State][]State{
	Confirmed:      {Preparing, Ready, OutForDelivery, Shipped, Delivered},
	Preparing:      {Ready, OutForDelivery, Shipped, Delivered},
	Ready:          {Preparing, Delivered, OutForDelivery},
	OutForDelivery: {Delivered, Ready},
	Shipped:        {Delivered},
	Delivered:      {Completed},
}

// alive reports whether the order is to be paid and fulfilled.
func (s State) alive() bool { return s != Expired && s != Canceled }

// cancelable reports whether the goods are still with the company.
func (s State) cancelable() bool {
	return slices.Contains([]State{AwaitingPayment, Confirmed, Preparing, Ready, OutForDelivery, Shipped}, s)
}

// editable reports whether the lines may still change.
func (s State) editable() bool { return s == AwaitingPayment || s == Confirmed || s == Preparing }

// MoneyState is how far the money of an order is.
type MoneyState string

// States of the money.
const (
	Unpaid     MoneyState = "unpaid"
	PartlyPaid MoneyState = "partially_paid"
	WholePaid  MoneyState = "paid"
	Overpaid   MoneyState = "overpaid"
	PartlyBack MoneyState = "partially_refunded"
	WhollyBack MoneyState = "refunded"
)

// Where the pieces of an order are, and what a person has to do about its
// money.
const (
	stockHeld    = "held"
	stockSold    = "sold"
	stockFree    = "free"
	refundOwed   = "refund_due"
	paidTooMuch  = "overpaid"
	paidTooShort = "short_paid"
	toCollect    = "to_collect"
)

// Order is what a customer ordered.
type Order struct {
	TenantID       string            `json:"-"`
	ID             string            `json:"id"`
	Number         int64             `json:"number" doc:"Of the company's own count, short enough to dictate."`
	ContactID      string            `json:"contact_id"`
	ConversationID string            `json:"conversation_id"`
	Source         Source            `json:"source" enum:"bot,whatsapp,web,attendant"`
	State          State             `json:"state" enum:"awaiting_payment,confirmed,preparing,ready,out_for_delivery,shipped,delivered,completed,expired,canceled"`
	Money          MoneyState        `json:"payment_state" enum:"unpaid,partially_paid,paid,overpaid,partially_refunded,refunded"`
	Attention      string            `json:"attention" doc:"What a person has to do about the money: refund_due, overpaid, short_paid, to_collect; empty for nothing."`
	Currency       money.Currency    `json:"currency"`
	Lines          []Line            `json:"lines"`
	Subtotal       money.Amount      `json:"subtotal"`
	Discount       money.Amount      `json:"discount"`
	Freight        money.Amount      `json:"shipping"`
	Total          money.Amount      `json:"total" doc:"subtotal - discount + shipping"`
	Granted        money.Amount      `json:"granted" doc:"To be given back though the order lives."`
	Paid           money.Amount      `json:"paid" doc:"All that came, also what went back."`
	Refunded       money.Amount      `json:"refunded"`
	CouponCode     string            `json:"coupon_code"`
	Delivery       Delivery          `json:"delivery"`
	Payment        payment.Choice    `json:"payment"`
	Customer       Customer          `json:"customer"`
	Note           string            `json:"note"`
	ExpiresMS      int64             `json:"expires_ms"`
	CreatedMS      int64             `json:"created_ms"`
	UpdatedMS      int64             `json:"updated_ms"`
	Version        int64             `json:"version"`
	Payments       []payment.Payment `json:"payments,omitempty"`
	Refunds        []payment.Refund  `json:"refunds,omitempty"`
	Events         []Event           `json:"events,omitempty"`

	cartID, key, hash, stock, couponID string
	// terms are how the company wants to be paid, of an order being placed.
	terms     *payment.Terms
	coupon    *Coupon
	revivable bool
}

// Line is a variant as it was ordered.
type Line struct {
	VariantID string       `json:"variant_id"`
	ProductID string       `json:"product_id"`
	SKU       string       `json:"sku"`
	Name      string       `json:"name"`
	Options   []string     `json:"options"`
	Image     string       `json:"image"`
	Quantity  int64        `json:"quantity"`
	Returned  int64        `json:"returned"`
	ListPrice money.Amount `json:"list_price"`
	Price     money.Amount `json:"price"`
	Discount  money.Amount `json:"discount"`
	Total     money.Amount `json:"total"`
}

// Customer is who ordered, as they said.
type Customer struct {
	Name  string `json:"name,omitempty" maxLength:"400"`
	Phone string `json:"phone,omitempty" maxLength:"40"`
	TaxID string `json:"tax_id,omitempty" maxLength:"20" doc:"CPF or CNPJ, where the payment needs one."`
}

// Event is one row of an order's log.
type Event struct {
	Seq    int64             `json:"seq"`
	Kind   string            `json:"kind" enum:"placed,moved,paid,edited,refund_granted"`
	From   State             `json:"from"`
	To     State             `json:"to"`
	Reason string            `json:"reason"`
	Facts  map[string]string `json:"facts"`
	Actor  event.Actor       `json:"actor"`
	AtMS   int64             `json:"at_ms"`
}

// keep is the money that the company may keep as the order stands.
func (o *Order) keep() money.Amount {
	if !o.State.alive() {
		return 0
	}
	return max(o.Total-o.Granted, 0)
}

// owed is the money that has to go back.
func (o *Order) owed() money.Amount { return max(o.Paid-o.Refunded-o.keep(), 0) }

// weigh derives what the sums say.
func (o *Order) weigh() {
	net := o.Paid - o.Refunded
	switch {
	case o.Refunded > 0 && net <= 0:
		o.Money = WhollyBack
	case o.Refunded > 0 && net < o.Total:
		o.Money = PartlyBack
	case net > o.Total:
		o.Money = Overpaid
	case net == o.Total:
		o.Money = WholePaid
	case net > 0:
		o.Money = PartlyPaid
	default:
		o.Money = Unpaid
	}
	switch {
	case o.owed() > 0 && o.State.alive() && o.Granted == 0:
		o.Attention = paidTooMuch
	case o.owed() > 0:
		o.Attention = refundOwed
	case o.State == AwaitingPayment && net > 0:
		o.Attention = paidTooShort
	case o.State.alive() && o.State != AwaitingPayment && net < o.keep() && o.Refunded == 0:
		o.Attention = toCollect
	default:
		o.Attention = ""
	}
}

// sum brings the order's sums to its lines, with the coupon's terms of the day
// it was placed.
func (o *Order) sum() error {
	o.Subtotal, o.Discount = 0, 0
	weights := make([]money.Amount, len(o.Lines))
	for i, l := range o.Lines {
		gross, err := l.Price.Times(l.Quantity)
		if err != nil {
			return err
		}
		weights[i] = gross
		if o.Subtotal += gross; o.Subtotal > money.Max {
			return fault.New(fault.TooLarge, "the sum is above what the house takes")
		}
	}
	if o.coupon != nil {
		o.Discount, _ = o.coupon.off(o.Subtotal)
	}
	for i, part := range money.Split(o.Discount, weights) {
		o.Lines[i].Discount, o.Lines[i].Total = part, weights[i]-part
	}
	o.Total = o.Subtotal - o.Discount + o.Freight
	return nil
}

// takes are the pieces of the order.
func (o *Order) takes() []product.Take {
	list := make([]product.Take, 0, len(o.Lines))
	for _, l := range o.Lines {
		if l.Quantity > l.Returned {
			list = append(list, product.Take{VariantID: l.VariantID, Quantity: l.Quantity - l.Returned})
		}
	}
	return list
}
