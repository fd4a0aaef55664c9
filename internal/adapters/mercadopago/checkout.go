package mercadopago

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/money"
	"prosa/internal/modules/payment"
)

// amountOf reads money that is a JSON number, as decimal text.
func amountOf(number jsontext.Value) (money.Amount, error) {
	if len(number) == 0 || number.Kind() == 'n' {
		return 0, nil
	}
	return money.ParseDecimal(string(number))
}

// wish is a hosted checkout as it is asked for.
type wish struct {
	Items     []item `json:"items,omitzero"`
	Reference string `json:"external_reference,omitzero"`
	Expires   bool   `json:"expires,omitzero"`
	Until     string `json:"expiration_date_to,omitzero"`
}

type item struct {
	ID       string         `json:"id,omitzero"`
	Title    string         `json:"title"`
	Quantity int64          `json:"quantity"`
	Price    jsontext.Value `json:"unit_price"`
	Currency string         `json:"currency_id"`
}

// preference is a hosted checkout as it is answered.
type preference struct {
	ID        string `json:"id"`
	Address   string `json:"init_point"`
	Reference string `json:"external_reference"`
}

// createPreference makes a page of the vendor on which the order is paid in any
// way. The vendor promises no idempotency here: a second one, whose address
// nobody gets, has the same reference, and what is paid on it counts all the
// same.
func (a *Adapter) createPreference(ctx context.Context, account payment.Account, in payment.Asked) (payment.Answered, error) {
	page := wish{
		Reference: in.PaymentID,
		Items:     []item{{ID: in.OrderID, Title: title(in.Bill), Quantity: 1, Price: jsontext.Value(in.Amount.Decimal()), Currency: reais}},
	}
	if in.ExpiresMS > 0 {
		page.Expires, page.Until = true, stamp(in.ExpiresMS)
	}
	var made preference
	if err := a.call(ctx, account, http.MethodPost, "/checkout/preferences", in.PaymentID, nil, page, &made); err != nil {
		return payment.Answered{}, err
	}
	if made.ID == "" || made.Address == "" || isOrder(made.ID) || !wellFormed(made.ID) {
		return payment.Answered{}, unreadable()
	}
	return payment.Answered{ExternalID: made.ID, Link: made.Address}, nil
}

// stamp writes a time as the API reads it.
func stamp(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000-07:00") }

func preferencePath(preferenceID string) string {
	return "/checkout/preferences/" + url.PathEscape(preferenceID)
}

// closePreference lets a hosted checkout be over, by an end in the past. Where
// the vendor says no, it still has the end that it was made with.
func (a *Adapter) closePreference(ctx context.Context, account payment.Account, preferenceID string) error {
	var after preference
	err := a.call(ctx, account, http.MethodPut, preferencePath(preferenceID), preferenceID+"-close", nil, wish{Expires: true, Until: stamp(0)}, &after)
	if isRefused(err) {
		return nil
	}
	return err
}

// made is a payment that came of a hosted checkout. Its numbers are read as
// text.
type made struct {
	ID        jsontext.Value `json:"id"`
	Status    string         `json:"status"`
	Currency  string         `json:"currency_id"`
	Reference string         `json:"external_reference"`
	Amount    jsontext.Value `json:"transaction_amount"`
	Approved  string         `json:"date_approved"`
	Updated   string         `json:"date_last_updated"`
	Refunds   []refund       `json:"refunds"`
}

type refund struct {
	ID     jsontext.Value `json:"id"`
	Amount jsontext.Value `json:"amount"`
	Status string         `json:"status"`
}

// paymentsOf finds all payments that were tried on a hosted checkout.
func (a *Adapter) paymentsOf(ctx context.Context, account payment.Account, preferenceID string) ([]made, error) {
	var found preference
	if err := a.call(ctx, account, http.MethodGet, preferencePath(preferenceID), "", nil, nil, &found); err != nil {
		return nil, err
	}
	if found.Reference == "" {
		return nil, unreadable()
	}
	return a.search(ctx, account, found.Reference)
}

// search finds payments by our reference, newest first.
func (a *Adapter) search(ctx context.Context, account payment.Account, reference string) ([]made, error) {
	var found struct {
		Results []made `json:"results"`
	}
	query := url.Values{"external_reference": {reference}, "sort": {"date_created"}, "criteria": {"desc"}, "limit": {"50"}}
	err := a.call(ctx, account, http.MethodGet, "/v1/payments/search", "", query, nil, &found)
	return found.Results, err
}

func (a *Adapter) getPayment(ctx context.Context, account payment.Account, paymentID string) (found made, err error) {
	err = a.call(ctx, account, http.MethodGet, "/v1/payments/"+url.PathEscape(paymentID), "", nil, nil, &found)
	return found, err
}

// paymentFacts reads what happened on a hosted checkout: each payment of it
// counts. A card that was refused is not an end, since the payer may try
// another. Source: "Payments", status.
func paymentFacts(list []made) ([]payment.Fact, error) {
	var facts []payment.Fact
	for _, one := range list {
		if one.Status != "approved" && one.Status != "refunded" && one.Status != "charged_back" && one.Status != "in_mediation" {
			continue
		}
		amount, err := amountOf(one.Amount)
		name := string(one.ID)
		if err != nil || amount <= 0 || name == "" || one.Currency != reais {
			return nil, unreadable()
		}
		facts = append(facts, payment.Fact{Key: "payment/" + name, Kind: payment.WasPaid, Amount: amount, AtMS: moment(one.Approved)})
		back := money.Amount(0)
		for _, returned := range one.Refunds {
			part, err := amountOf(returned.Amount)
			if err != nil || len(returned.ID) == 0 {
				return nil, unreadable()
			}
			if part > 0 && !failed(returned.Status) {
				back += part
				facts = append(facts, payment.Fact{Key: refundKey(returned), Kind: payment.WasRefunded, Amount: part, AtMS: moment(one.Updated)})
			}
		}
		if one.Status == "charged_back" && amount > back {
			facts = append(facts, payment.Fact{Key: "charged_back/" + name, Kind: payment.WasChargedBack, Amount: amount - back, AtMS: moment(one.Updated)})
		}
	}
	return facts, nil
}

func refundKey(r refund) string { return "refund/" + string(r.ID) }

// refundPayment sends money of a hosted checkout back. Where it was paid twice
// the newest payment that is large enough is asked first; which ones are asked,
// and in which order, does not depend on what went back before, so that a
// repetition meets the one that was made.
func (a *Adapter) refundPayment(ctx context.Context, account payment.Account, in payment.Returned) (payment.Fact, error) {
	list, err := a.paymentsOf(ctx, account, in.ExternalID)
	if err != nil {
		return payment.Fact{}, err
	}
	body := struct {
		Amount jsontext.Value `json:"amount"`
	}{jsontext.Value(in.Amount.Decimal())}
	refused := refuse("no payment of this checkout is large enough for the refund")
	for _, one := range list {
		amount, err := amountOf(one.Amount)
		if err != nil || amount < in.Amount || one.Status != "approved" && one.Status != "refunded" {
			continue
		}
		var after refund
		err = a.call(ctx, account, http.MethodPost, "/v1/payments/"+url.PathEscape(string(one.ID))+"/refunds", in.RefundID+"-"+string(one.ID), nil, body, &after)
		if isRefused(err) {
			refused = err
			continue
		}
		if err != nil {
			return payment.Fact{}, err
		}
		if _, numeric := strconv.ParseInt(string(after.ID), 10, 64); numeric != nil {
			return payment.Fact{}, unreadable()
		}
		if failed(after.Status) {
			return payment.Fact{}, refuse("Mercado Pago could not send the refund (%s)", after.Status)
		}
		return payment.Fact{Key: refundKey(after), Kind: payment.WasRefunded, Amount: in.Amount}, nil
	}
	return payment.Fact{}, refused
}
