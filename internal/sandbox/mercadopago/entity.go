package mercadopago

import (
	"encoding/json"
	"fmt"
	"strings"

	"prosa/internal/base/money"
)

// Seller is an account of a shop.
type Seller struct {
	UserID     int64  `json:"user_id"`
	Name       string `json:"name"`
	City       string `json:"city,omitempty"` // of its Pix codes; SAO PAULO when empty
	Token      string `json:"token,omitempty"`
	Secret     string `json:"secret,omitempty"` // signs the notifications
	WebhookURL string `json:"webhook_url,omitempty"`
}

// State of an order, with its detail. Source: "Order status".
type State struct {
	Status string `json:"status"`
	Detail string `json:"status_detail"`
}

// The states that this simulator knows.
var (
	waitingTransfer = State{"action_required", "waiting_transfer"} // Pix
	waitingPayment  = State{"action_required", "waiting_payment"}  // boleto
	accredited      = State{"processed", "accredited"}
	partlyRefunded  = State{"processed", "partially_refunded"}
	refunded        = State{"refunded", "refunded"}
	canceled        = State{"canceled", "canceled"}
	expired         = State{"expired", "expired"}
)

func (s State) open() bool { return s.Status == "action_required" }

func (s State) paid() bool { return s.Status == "processed" }

// Order is an order with its one payment.
type Order struct {
	ID          string       `json:"id"`
	Seller      int64        `json:"seller"`
	Reference   string       `json:"reference"`
	Description string       `json:"description,omitempty"`
	Email       string       `json:"email"`
	Method      string       `json:"method"` // pix, boleto
	Total       money.Amount `json:"total"`
	Paid        money.Amount `json:"paid,omitempty"`
	State       State        `json:"state"`
	PaymentID   string       `json:"payment"`
	Number      int64        `json:"number"` // the payment's number of old
	Code        string       `json:"code"`   // Pix code, or the boleto's line
	CreatedMS   int64        `json:"created"`
	UpdatedMS   int64        `json:"updated"`
	ExpiresMS   int64        `json:"expires"`
	Refunds     []Refund     `json:"refunds,omitempty"`
}

// Refund gave something back.
type Refund struct {
	ID     string       `json:"id"`
	Amount money.Amount `json:"amount"`
}

func (o *Order) returned() (sum money.Amount) {
	for _, refund := range o.Refunds {
		sum += refund.Amount
	}
	return sum
}

// Preference is a hosted checkout.
type Preference struct {
	ID        string       `json:"id"`
	Seller    int64        `json:"seller"`
	Reference string       `json:"reference"`
	Title     string       `json:"title"`
	Total     money.Amount `json:"total"`
	NotifyURL string       `json:"notify,omitempty"`
	Back      string       `json:"back,omitempty"` // where the payer goes afterwards
	CreatedMS int64        `json:"created"`
	ExpiresMS int64        `json:"expires,omitempty"`
	Paid      bool         `json:"paid,omitempty"`
}

// Payment is one made through a hosted checkout.
type Payment struct {
	ID         int64        `json:"id"`
	Seller     int64        `json:"seller"`
	Preference string       `json:"preference"`
	Reference  string       `json:"reference"`
	Method     string       `json:"method"` // pix, master, bolbradesco
	Status     string       `json:"status"` // approved, rejected, refunded
	Detail     string       `json:"detail"`
	Amount     money.Amount `json:"amount"`
	Returned   money.Amount `json:"returned,omitempty"`
	Refunds    []Refund     `json:"refunds,omitempty"`
	CreatedMS  int64        `json:"created"`
	UpdatedMS  int64        `json:"updated"`
}

// view is the order as the API shows it.
func (o *Order) view(base string) object {
	method := object{"id": o.Method, "type": "bank_transfer", "ticket_url": base + "/pix?order=" + o.ID, "qr_code": o.Code}
	if o.Method == boleto {
		method = object{"id": o.Method, "type": "ticket", "ticket_url": base + "/pix?order=" + o.ID, "digitable_line": o.Code, "barcode_content": barcode(o.Code)}
	}
	payment := object{
		"id": o.PaymentID, "reference_id": fmt.Sprint(o.Number), "status": o.State.Status, "status_detail": o.State.Detail, "amount": o.Total.Decimal(),
		"date_of_expiration": stamp(o.ExpiresMS), "payment_method": method,
	}
	view := object{
		"id": o.ID, "type": "online", "processing_mode": "automatic", "external_reference": o.Reference, "country_code": "BRA", "user_id": fmt.Sprint(o.Seller),
		"status": o.State.Status, "status_detail": o.State.Detail, "capture_mode": "automatic_async", "currency": "BRL", "total_amount": o.Total.Decimal(),
		"created_date": stamp(o.CreatedMS), "last_updated_date": stamp(o.UpdatedMS), "payer": object{},
	}
	if o.Description != "" {
		view["description"] = o.Description
	}
	if o.Paid > 0 {
		payment["paid_amount"], view["total_paid_amount"] = o.Paid.Decimal(), o.Paid.Decimal()
	}
	transactions := object{"payments": []object{payment}}
	refunds := make([]object, 0, len(o.Refunds))
	for _, refund := range o.Refunds {
		refunds = append(refunds, object{"id": refund.ID, "transaction_id": o.PaymentID, "status": "processed", "amount": refund.Amount.Decimal()})
	}
	if len(refunds) > 0 {
		transactions["refunds"] = refunds
	}
	view["transactions"] = transactions
	return view
}

// view is the payment as the API shows it; its amounts are numbers there.
func (p *Payment) view() object {
	kind := map[string]string{"pix": "bank_transfer", "master": "credit_card", "bolbradesco": "ticket"}[p.Method]
	view := object{
		"id": p.ID, "status": p.Status, "status_detail": p.Detail, "currency_id": "BRL", "payment_method_id": p.Method, "payment_type_id": kind,
		"external_reference": p.Reference, "collector_id": p.Seller, "date_created": stamp(p.CreatedMS), "date_last_updated": stamp(p.UpdatedMS),
		"transaction_amount": number(p.Amount), "transaction_amount_refunded": number(p.Returned), "live_mode": true,
	}
	if p.Status == "approved" {
		view["date_approved"] = stamp(p.UpdatedMS)
	}
	refunds := make([]object, 0, len(p.Refunds))
	for _, refund := range p.Refunds {
		refunds = append(refunds, object{"id": json.RawMessage(refund.ID), "payment_id": p.ID, "amount": number(refund.Amount), "status": "approved"})
	}
	view["refunds"] = refunds
	return view
}

func (p *Preference) view(base string) object {
	address := base + "/checkout/v1/redirect?pref_id=" + p.ID
	return object{
		"id": p.ID, "init_point": address, "sandbox_init_point": address, "external_reference": p.Reference, "collector_id": p.Seller,
		"date_created": stamp(p.CreatedMS), "expires": p.ExpiresMS > 0,
		"items": []object{{"title": p.Title, "quantity": 1, "currency_id": "BRL", "unit_price": number(p.Total)}},
	}
}

// barcode of a boleto's line: its 44 digits without the check digits of the
// three fields (Febraban, "Layout padrão de arrecadação", annex).
func barcode(line string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, line)
	if len(digits) != 47 {
		return ""
	}
	return digits[0:4] + digits[32:47] + digits[4:9] + digits[10:20] + digits[21:31]
}
