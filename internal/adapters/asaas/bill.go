package asaas

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"prosa/internal/base/money"
	"prosa/internal/modules/subscription"
)

// noticeAhead is how long before its day a bill is told, in milliseconds.
const noticeAhead = 5 * dayLength

// bill is the vendor's payment.
type bill struct {
	ID           string      `json:"id"`
	Customer     string      `json:"customer"`
	Subscription string      `json:"subscription"`
	BillingType  string      `json:"billingType"`
	Status       string      `json:"status"`
	Value        json.Number `json:"value"`
	Due          string      `json:"dueDate"`
	Created      string      `json:"dateCreated"`
	Confirmed    string      `json:"confirmedDate"`
	Paid         string      `json:"clientPaymentDate"`
	Page         string      `json:"invoiceUrl"`
	BoletoURL    string      `json:"bankSlipUrl"`
	Reference    string      `json:"externalReference"`
	Deleted      bool        `json:"deleted"`
	Card         struct {
		Last4 string `json:"creditCardNumber"`
		Brand string `json:"creditCardBrand"`
	} `json:"creditCard"`
	Refunds []refund `json:"refunds"`
}

type refund struct {
	Status      string      `json:"status"` // PENDING, DONE, CANCELLED
	Value       json.Number `json:"value"`
	Description string      `json:"description"`
}

// amountOf reads a number of the vendor; one that is none counts as nothing.
func amountOf(value json.Number) money.Amount {
	amount, err := money.ParseDecimal(value.String())
	if err != nil {
		return 0
	}
	return amount
}

func (b bill) amount() money.Amount { return amountOf(b.Value) }

// refunded is what was sent back, or is on its way.
func (b bill) refunded() (total money.Amount) {
	for _, one := range b.Refunds {
		if one.Status != "CANCELLED" {
			total += amountOf(one.Value)
		}
	}
	return total
}

// state gives our word for the vendor's status. A card that was confirmed is
// paid, although its money comes weeks later. Source: "Payments", status.
func (b bill) state() subscription.BillState {
	switch b.Status {
	case "CONFIRMED", "RECEIVED", "RECEIVED_IN_CASH", "DUNNING_RECEIVED":
		return subscription.BillPaid
	case "REFUND_REQUESTED", "REFUND_IN_PROGRESS":
		return subscription.BillPaid
	case "REFUNDED":
		return subscription.BillRefunded
	case "CHARGEBACK_REQUESTED", "CHARGEBACK_DISPUTE", "AWAITING_CHARGEBACK_REVERSAL":
		return subscription.BillDisputed
	}
	switch {
	case b.Deleted:
		return subscription.BillVoid
	case b.Status == "OVERDUE" || b.Status == "DUNNING_REQUESTED":
		return subscription.BillFailed
	case b.BillingType == "PIX" || b.BillingType == "BOLETO" || b.Status == "AWAITING_RISK_ANALYSIS":
		return subscription.BillPending
	default:
		return subscription.BillOpen
	}
}

func (b bill) open() bool {
	return slices.Contains([]subscription.BillState{subscription.BillOpen, subscription.BillPending, subscription.BillFailed}, b.state())
}

func (b bill) settled() bool { return !b.open() && b.state() != subscription.BillVoid }

// bills reads the bills of a subscription and of its changes, by their days.
func (p *Provider) bills(ctx context.Context, held plan) ([]bill, error) {
	all, err := list[bill](ctx, p, "/payments", url.Values{"customer": {held.Customer}})
	mine := slices.DeleteFunc(all, func(b bill) bool { return b.Subscription != held.ID && changed(b.Reference) != held.ID })
	slices.SortFunc(mine, func(a, b bill) int {
		if a.Due != b.Due {
			return strings.Compare(a.Due, b.Due)
		}
		return strings.Compare(a.ID, b.ID)
	})
	return mine, err
}

// firstOf gives the bill that began a subscription.
func firstOf(bills []bill, subscriptionID string) (bill, bool) {
	i := slices.IndexFunc(bills, func(b bill) bool { return b.Subscription == subscriptionID })
	if i < 0 {
		return bill{}, false
	}
	return bills[i], true
}

// codes gives what a payer copies. The vendor has none for a bill that takes
// cards only.
func (p *Provider) codes(ctx context.Context, b bill) (pixCode, boletoLine string, err error) {
	if b.BillingType == "PIX" || b.BillingType == undefined {
		var answer struct {
			Payload string `json:"payload"`
		}
		if err := p.ask(ctx, "/payments/"+url.PathEscape(b.ID)+"/pixQrCode", &answer); err != nil {
			return "", "", err
		}
		pixCode = answer.Payload
	}
	if b.BillingType == "BOLETO" || b.BillingType == undefined {
		var answer struct {
			Line string `json:"identificationField"`
		}
		if err := p.ask(ctx, "/payments/"+url.PathEscape(b.ID)+"/identificationField", &answer); err != nil {
			return "", "", err
		}
		boletoLine = answer.Line
	}
	return pixCode, boletoLine, nil
}

// ask reads what a bill may have; what it has not is refused, and is no error.
func (p *Provider) ask(ctx context.Context, path string, into any) error {
	err := p.call(ctx, http.MethodGet, path, nil, into)
	var r *refusal
	if errors.As(err, &r) && (r.status == http.StatusBadRequest || r.status == http.StatusNotFound) {
		return nil
	}
	return err
}

// LookSubscription implements subscription.Provider. It puts discounts of some
// cycles on the bills that lack them.
func (p *Provider) LookSubscription(ctx context.Context, subscriptionID string) (subscription.Remote, error) {
	held, err := p.read(ctx, subscriptionID)
	if err != nil {
		return subscription.Remote{}, trouble(err)
	}
	if held.Deleted && held.Customer == "" {
		return subscription.Remote{SubscriptionID: subscriptionID, State: subscription.RemoteEnded}, nil
	}
	bills, err := p.bills(ctx, held)
	if err != nil {
		return subscription.Remote{}, trouble(err)
	}
	if err := p.discount(ctx, held, bills); err != nil {
		return subscription.Remote{}, trouble(err)
	}
	remote := held.remote(bills, p.nowMS())
	if err := p.print(ctx, remote.Bills, bills); err != nil {
		return remote, trouble(err)
	}
	void, err := p.withdrawn(ctx, held)
	remote.Bills = append(remote.Bills, void...)
	return remote, trouble(err)
}

// withdrawn reads the bills that were told and then taken back.
func (p *Provider) withdrawn(ctx context.Context, held plan) (void []subscription.Bill, err error) {
	for _, id := range readTerms(held.Reference).withdrawn {
		var b bill
		err := p.call(ctx, http.MethodGet, "/payments/"+url.PathEscape(id), nil, &b)
		if isMissing(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if b.Deleted && b.ID == id {
			void = append(void, b.ours(intervalOf(held.Cycle), 0))
		}
	}
	return void, nil
}

// print puts on open bills what a payer copies.
func (p *Provider) print(ctx context.Context, shown []subscription.Bill, bills []bill) error {
	for i := range shown {
		at := slices.IndexFunc(bills, func(b bill) bool { return b.ID == shown[i].BillID && b.open() })
		if at < 0 {
			continue
		}
		var err error
		if shown[i].PixCode, shown[i].BoletoLine, err = p.codes(ctx, bills[at]); err != nil {
			return err
		}
	}
	return nil
}

// discount sees that open bills have their price: the first cycles less the
// discount, as the terms say. Bills of changes have their own.
func (p *Provider) discount(ctx context.Context, held plan, bills []bill) error {
	t, cycle := readTerms(held.Reference), 0
	if t.cycles == 0 {
		return nil
	}
	for i, b := range bills {
		if b.Subscription != held.ID {
			continue
		}
		cycle++
		want := amountOf(held.Value)
		if cycle <= t.cycles {
			want = max(want-t.discount, 0)
		}
		if !b.open() || b.amount() == want || want == 0 {
			continue
		}
		if err := p.call(ctx, http.MethodPut, "/payments/"+url.PathEscape(b.ID), map[string]any{"value": number(want)}, nil); err != nil {
			return err
		}
		bills[i].Value = number(want)
	}
	return nil
}

// remote is a subscription with its bills in our words.
func (held plan) remote(bills []bill, nowMS int64) subscription.Remote {
	interval := intervalOf(held.Cycle)
	r := subscription.Remote{
		SubscriptionID: held.ID, CustomerID: held.Customer, Interval: interval, EndsAtPeriod: held.Status == "INACTIVE" || held.Status == "EXPIRED",
		Method: methodOf(held.BillingType),
	}
	r.PeriodStartMS, r.PeriodEndMS = held.period(bills, nowMS)
	if trial, ok := dayMS(readTerms(held.Reference).trial); ok {
		r.TrialEndMS = trial
	}
	for i := len(bills) - 1; i >= 0; i-- {
		b := bills[i]
		if b.settled() && r.Brand == "" && b.Card.Last4 != "" {
			r.Brand, r.Last4 = strings.ToLower(b.Card.Brand), b.Card.Last4
		}
		if b.settled() && r.Method == "" {
			r.Method = methodOf(b.BillingType)
		}
		due, _ := dayMS(b.Due)
		if !b.open() || due <= nowMS+noticeAhead || i == 0 && r.TrialEndMS == 0 {
			r.Bills = append(r.Bills, b.ours(interval, r.PeriodEndMS))
		}
	}
	r.State = held.state(r, bills, nowMS)
	return r
}

func (held plan) state(r subscription.Remote, bills []bill, nowMS int64) subscription.RemoteState {
	switch {
	case held.Deleted || r.EndsAtPeriod && nowMS >= r.PeriodEndMS:
		return subscription.RemoteEnded
	case slices.ContainsFunc(bills, func(b bill) bool { return b.state() == subscription.BillFailed }):
		if r.TrialEndMS == 0 && !slices.ContainsFunc(bills, bill.settled) {
			return subscription.RemotePending // the first one, still to be paid
		}
		return subscription.RemotePastDue
	case r.TrialEndMS > nowMS && !slices.ContainsFunc(bills, bill.settled):
		return subscription.RemoteTrialing
	case r.TrialEndMS == 0 && !slices.ContainsFunc(bills, bill.settled):
		return subscription.RemotePending
	default:
		return subscription.RemoteActive
	}
}

// period gives the paid time in which a moment lies: it ends with the next day on
// which something is due, and began an interval before.
func (held plan) period(bills []bill, nowMS int64) (startMS, endMS int64) {
	interval := intervalOf(held.Cycle)
	var days []int64
	for _, b := range bills {
		if due, ok := dayMS(b.Due); ok && b.Subscription == held.ID {
			days = append(days, due)
		}
	}
	trial, inTrial := dayMS(readTerms(held.Reference).trial)
	created, _ := dayMS(held.Created)
	switch {
	case inTrial && nowMS < trial:
		return created, trial
	case len(days) > 0 && nowMS < days[0] && !inTrial:
		return created, after(days[0], interval, 1) // paid before its day
	}
	if next, ok := dayMS(held.NextDue); ok && held.Status == "ACTIVE" {
		days = append(days, next)
	}
	before := int64(0)
	for _, at := range days {
		if at > nowMS && held.Status == "ACTIVE" {
			return max(after(at, interval, -1), created), at
		}
		if at <= nowMS {
			before = at
		}
	}
	switch {
	case before > 0:
		return before, after(before, interval, 1)
	case inTrial: // ended with it
		return created, trial
	default:
		return 0, 0
	}
}

// ours is a bill in our words.
func (b bill) ours(interval subscription.Interval, periodEndMS int64) subscription.Bill {
	due, _ := dayMS(b.Due)
	out := subscription.Bill{
		BillID: b.ID, State: b.state(), Amount: b.amount(), Refunded: b.refunded(), Currency: money.BRL, PeriodStartMS: due, PeriodEndMS: after(due, interval, 1),
		DueMS: due, CreatedMS: momentMS(b.Created), URL: b.Page,
	}
	if b.Subscription == "" { // a change's
		out.PeriodEndMS = max(periodEndMS, due)
	}
	if b.settled() {
		out.Paid, out.PaidMS = out.Amount, momentMS(b.Paid)
		if out.PaidMS == 0 {
			out.PaidMS = momentMS(b.Confirmed)
		}
	}
	if out.Refunded > 0 && out.Refunded >= out.Amount {
		out.State = subscription.BillRefunded
	}
	if out.State == subscription.BillFailed {
		out.Problem = "overdue"
	}
	return out
}
