package stripe

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	sdk "github.com/stripe/stripe-go/v82"

	"prosa/internal/base/fault"
	"prosa/internal/modules/subscription"
)

// signatureHeader carries "t=<seconds>,v1=<hex>", v1 once for each secret in use.
const signatureHeader = "Stripe-Signature"

// tolerance is how far the time of a signature may be from ours. Source: "Verify
// webhook signatures", the libraries' default.
const tolerance = 300 * time.Second

// Verify implements subscription.Provider. The signature covers the time and the
// raw body. Source: "Verify webhook signatures manually".
func (a *Adapter) Verify(header http.Header, body []byte) ([]subscription.Notice, error) {
	stamp, macs := signature(header.Get(signatureHeader))
	genuine := false
	// Every secret is tried with every signature, so that the time taken tells
	// nothing of which one fits.
	for _, secret := range a.cfg.secrets() {
		wanted := sign(secret, stamp, body)
		for _, mac := range macs {
			genuine = hmac.Equal(wanted, mac) || genuine
		}
	}
	at, err := strconv.ParseInt(stamp, 10, 64)
	if !genuine || err != nil || a.clock.Now().Sub(time.Unix(at, 0)).Abs() > tolerance {
		return nil, fault.New(fault.Unauthorized, "the callback is not signed by the endpoint's secret, or is not fresh")
	}
	return read(body)
}

func sign(secret, stamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte(stamp + "."))
	_, _ = mac.Write(body)
	return mac.Sum(nil)
}

// signaturesMost bounds what is tried of a header.
const signaturesMost = 16

// signature reads the header; schemes other than v1 are left out.
func signature(header string) (stamp string, macs [][]byte) {
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			stamp = value
		case "v1":
			mac, err := hex.DecodeString(value)
			if err == nil && len(mac) == sha256.Size && len(macs) < signaturesMost {
				macs = append(macs, mac)
			}
		}
	}
	return stamp, macs
}

// event is as much of an event as is read: which object it is about. Its state
// is not believed, since events come late and in any order.
type event struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Type    string `json:"type"`
	Created int64  `json:"created"`
	Data    struct {
		Object struct {
			ID            string `json:"id"`
			Object        string `json:"object"`
			Subscription  ref    `json:"subscription"` // of a session; of an invoice before basil
			Invoice       ref    `json:"invoice"`
			PaymentIntent ref    `json:"payment_intent"`
			Parent        struct {
				Details struct {
					Subscription ref `json:"subscription"`
				} `json:"subscription_details"`
			} `json:"parent"`
		} `json:"object"`
	} `json:"data"`
}

// ref is a reference: an id, or the whole object with its id.
type ref string

// UnmarshalJSON implements json.Unmarshaler.
func (r *ref) UnmarshalJSON(text []byte) error {
	var id string
	if json.Unmarshal(text, &id) == nil {
		*r = ref(id)
		return nil
	}
	var object struct {
		ID string `json:"id"`
	}
	// A field of that name that is neither refers to nothing.
	_ = json.Unmarshal(text, &object)
	*r = ref(object.ID)
	return nil
}

// read says what an event wants looked at again; nothing for events that change
// nothing of ours. Error: fault.Invalid.
func read(body []byte) ([]subscription.Notice, error) {
	var e event
	if err := json.Unmarshal(body, &e); err != nil || e.ID == "" || e.Type == "" {
		return nil, fault.New(fault.Invalid, "the event can't be read")
	}
	n := subscription.Notice{EventID: e.ID, Kind: e.Type, AtMS: e.Created * 1000}
	object := e.Data.Object
	switch object.Object {
	case "checkout.session":
		n.CheckoutID, n.SubscriptionID, n.BillID = object.ID, string(object.Subscription), string(object.Invoice)
	case "subscription":
		n.SubscriptionID = object.ID
	case "invoice":
		n.BillID, n.SubscriptionID = object.ID, string(object.Parent.Details.Subscription)
		if n.SubscriptionID == "" {
			n.SubscriptionID = string(object.Subscription)
		}
	case "invoice_payment":
		n.BillID = string(object.Invoice)
	case "payment_intent":
		n.BillID = object.ID
	case "charge", "dispute", "refund":
		n.BillID = string(object.PaymentIntent) // whose it is, only the vendor knows: Trace
	}
	if n.CheckoutID == "" && n.SubscriptionID == "" && n.BillID == "" {
		return nil, nil
	}
	return []subscription.Notice{n}, nil
}

// Trace implements subscription.Tracer: of a payment to the invoice that it pays.
func (a *Adapter) Trace(ctx context.Context, n subscription.Notice) (subscription.Notice, error) {
	if strings.HasPrefix(n.BillID, intentPrefix) {
		billID, err := a.billOfPayment(ctx, n.BillID)
		if err != nil || billID == "" {
			return n, trouble(err)
		}
		n.BillID = billID
	}
	if n.SubscriptionID != "" || n.BillID == "" {
		return n, nil
	}
	invoice, err := a.invoice(ctx, n.BillID)
	if isMissing(err) {
		return n, nil
	}
	if err != nil {
		return n, trouble(err)
	}
	if invoice.Parent != nil && invoice.Parent.SubscriptionDetails != nil && invoice.Parent.SubscriptionDetails.Subscription != nil {
		n.SubscriptionID = invoice.Parent.SubscriptionDetails.Subscription.ID
	}
	return n, nil
}

// intentPrefix begins the ids of payments.
const intentPrefix = "pi_"

// billOfPayment gives the invoice that a payment is for, empty for none.
func (a *Adapter) billOfPayment(ctx context.Context, intentID string) (string, error) {
	params := &sdk.InvoicePaymentListParams{ListParams: page(1), Payment: &sdk.InvoicePaymentListPaymentParams{
		Type: sdk.String(sdk.InvoicePaymentPaymentTypePaymentIntent), PaymentIntent: sdk.String(intentID),
	}}
	for payment, err := range a.api.V1InvoicePayments.List(ctx, params) {
		if err != nil {
			return "", err
		}
		if payment.Invoice != nil {
			return payment.Invoice.ID, nil
		}
	}
	return "", nil
}
