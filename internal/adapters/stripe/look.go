package stripe

import (
	"context"
	"strings"

	sdk "github.com/stripe/stripe-go/v82"

	"prosa/internal/base/money"
	"prosa/internal/modules/subscription"
)

// How far back a look goes: two years of months, and the attempts to pay them.
const (
	billsMost   = 24
	intentsMost = 100
)

// LookSubscription implements subscription.Provider.
func (a *Adapter) LookSubscription(ctx context.Context, subscriptionID string) (subscription.Remote, error) {
	params := &sdk.SubscriptionRetrieveParams{}
	params.AddExpand("default_payment_method")
	sub, err := a.api.V1Subscriptions.Retrieve(ctx, subscriptionID, params)
	if err != nil {
		return subscription.Remote{}, trouble(err)
	}
	invoices, err := a.invoices(ctx, subscriptionID)
	if err != nil {
		return subscription.Remote{}, trouble(err)
	}
	intents, err := a.intents(ctx, sub.Customer)
	if err != nil {
		return subscription.Remote{}, trouble(err)
	}
	remote := remoteOf(sub, invoices)
	for _, invoice := range invoices {
		if invoice.Total <= 0 {
			continue // the empty one of a trial, or one that a credit covers: nothing to be paid
		}
		intent := intents[intentOf(invoice)]
		bill := billOf(invoice, intent)
		if intent != nil && intent.LatestCharge != nil && intent.LatestCharge.Disputed {
			if bill.State, err = a.disputed(ctx, intent.ID, bill.State); err != nil {
				return subscription.Remote{}, trouble(err)
			}
		}
		if intent != nil && remote.Method == "" {
			remote.Method, remote.Brand, remote.Last4 = described(intent.PaymentMethod)
		}
		remote.Bills = append(remote.Bills, bill)
	}
	return remote, nil
}

func (a *Adapter) invoice(ctx context.Context, invoiceID string) (*sdk.Invoice, error) {
	params := &sdk.InvoiceRetrieveParams{}
	params.AddExpand("payments")
	return a.api.V1Invoices.Retrieve(ctx, invoiceID, params)
}

// invoices are those of a subscription, newest first, with their payments, which
// basil keeps apart from them.
func (a *Adapter) invoices(ctx context.Context, subscriptionID string) (list []*sdk.Invoice, err error) {
	params := &sdk.InvoiceListParams{ListParams: page(billsMost), Subscription: sdk.String(subscriptionID)}
	params.AddExpand("data.payments")
	for invoice, err := range a.api.V1Invoices.List(ctx, params) {
		if err != nil {
			return nil, err
		}
		list = append(list, invoice)
	}
	return list, nil
}

// intents are a payer's attempts to pay, by id: what was paid back, disputed or
// refused stands there and not on the invoice.
func (a *Adapter) intents(ctx context.Context, customer *sdk.Customer) (map[string]*sdk.PaymentIntent, error) {
	found := map[string]*sdk.PaymentIntent{}
	if customer == nil {
		return found, nil
	}
	params := &sdk.PaymentIntentListParams{ListParams: page(intentsMost), Customer: sdk.String(customer.ID)}
	params.AddExpand("data.latest_charge")
	params.AddExpand("data.payment_method")
	for intent, err := range a.api.V1PaymentIntents.List(ctx, params) {
		if err != nil {
			return nil, err
		}
		found[intent.ID] = intent
	}
	return found, nil
}

// disputed gives the state of a bill whose payment was disputed at some time: one
// that was won, or was only an inquiry, is paid again.
func (a *Adapter) disputed(ctx context.Context, intentID string, otherwise subscription.BillState) (subscription.BillState, error) {
	for dispute, err := range a.api.V1Disputes.List(ctx, &sdk.DisputeListParams{ListParams: page(10), PaymentIntent: sdk.String(intentID)}) {
		if err != nil {
			return "", err
		}
		switch dispute.Status {
		case sdk.DisputeStatusWon, sdk.DisputeStatusWarningClosed, sdk.DisputeStatusPrevented:
		default:
			return subscription.BillDisputed, nil
		}
	}
	return otherwise, nil
}

func remoteOf(sub *sdk.Subscription, invoices []*sdk.Invoice) subscription.Remote {
	remote := subscription.Remote{
		SubscriptionID: sub.ID, State: stateOf(sub.Status), TrialEndMS: sub.TrialEnd * 1000,
		EndsAtPeriod: sub.CancelAtPeriodEnd || sub.CancelAt > 0,
	}
	if sub.Customer != nil {
		remote.CustomerID = sub.Customer.ID
	}
	// Of basil on, the period is the item's.
	if sub.Items != nil && len(sub.Items.Data) > 0 {
		item := sub.Items.Data[0]
		remote.PeriodStartMS, remote.PeriodEndMS = item.CurrentPeriodStart*1000, item.CurrentPeriodEnd*1000
		if item.Price != nil && item.Price.Recurring != nil {
			remote.Interval = subscription.Interval(item.Price.Recurring.Interval)
		}
	}
	remote.Method, remote.Brand, remote.Last4 = described(sub.DefaultPaymentMethod)
	// A way to pay that takes days leaves the subscription active from the first
	// moment: it counts as begun once something was paid.
	if remote.State == subscription.RemoteActive && awaitsFirst(invoices) {
		remote.State = subscription.RemotePending
	}
	return remote
}

// awaitsFirst reports whether the only bill is the first one, and open.
func awaitsFirst(invoices []*sdk.Invoice) bool {
	return len(invoices) == 1 && invoices[0].BillingReason == sdk.InvoiceBillingReasonSubscriptionCreate && invoices[0].Status == sdk.InvoiceStatusOpen
}

// over reports whether a subscription has ended.
func over(status sdk.SubscriptionStatus) bool { return stateOf(status) == subscription.RemoteEnded }

// stateOf puts the vendor's states into ours. Source: Subscriptions, "status".
func stateOf(status sdk.SubscriptionStatus) subscription.RemoteState {
	switch status {
	case sdk.SubscriptionStatusIncomplete:
		return subscription.RemotePending
	case sdk.SubscriptionStatusTrialing:
		return subscription.RemoteTrialing
	case sdk.SubscriptionStatusActive:
		return subscription.RemoteActive
	case sdk.SubscriptionStatusCanceled, sdk.SubscriptionStatusIncompleteExpired:
		return subscription.RemoteEnded
	default: // past_due, unpaid, paused
		return subscription.RemotePastDue
	}
}

// intentOf gives the payment that counts of an invoice: the one that was paid,
// else the default one.
func intentOf(invoice *sdk.Invoice) string {
	chosen := ""
	if invoice.Payments == nil {
		return chosen
	}
	for _, payment := range invoice.Payments.Data {
		if payment.Payment == nil || payment.Payment.PaymentIntent == nil {
			continue
		}
		if payment.Status == "paid" {
			return payment.Payment.PaymentIntent.ID
		}
		if chosen == "" || payment.IsDefault {
			chosen = payment.Payment.PaymentIntent.ID
		}
	}
	return chosen
}

// billOf puts an invoice and the attempt to pay it, nil for none, into our words.
func billOf(invoice *sdk.Invoice, intent *sdk.PaymentIntent) subscription.Bill {
	bill := subscription.Bill{
		BillID: invoice.ID, Amount: money.Amount(invoice.Total), Paid: money.Amount(invoice.AmountPaid),
		Currency: money.Currency(strings.ToUpper(string(invoice.Currency))), CreatedMS: invoice.Created * 1000, DueMS: invoice.DueDate * 1000,
		Attempts: invoice.AttemptCount, URL: invoice.HostedInvoiceURL,
	}
	bill.PeriodStartMS, bill.PeriodEndMS = periodOf(invoice)
	if invoice.StatusTransitions != nil {
		bill.PaidMS = invoice.StatusTransitions.PaidAt * 1000
	}
	if intent != nil {
		addIntent(&bill, intent)
	}
	bill.State = billState(invoice, intent, bill)
	return bill
}

func addIntent(bill *subscription.Bill, intent *sdk.PaymentIntent) {
	if charge := intent.LatestCharge; charge != nil {
		bill.Refunded = money.Amount(charge.AmountRefunded)
	}
	if intent.LastPaymentError != nil {
		bill.Problem = strings.TrimSpace(string(intent.LastPaymentError.Code) + " " + string(intent.LastPaymentError.DeclineCode))
	}
	v := voucherOf(intent)
	bill.PixCode, bill.BoletoLine = v.pix, v.line
	if v.dueMS > 0 {
		bill.DueMS = v.dueMS
	}
	if v.url != "" {
		bill.URL = v.url
	}
}

func billState(invoice *sdk.Invoice, intent *sdk.PaymentIntent, bill subscription.Bill) subscription.BillState {
	switch invoice.Status {
	case sdk.InvoiceStatusPaid:
		if bill.Refunded > 0 && bill.Refunded >= bill.Paid {
			return subscription.BillRefunded
		}
		return subscription.BillPaid
	case sdk.InvoiceStatusVoid:
		return subscription.BillVoid
	case sdk.InvoiceStatusUncollectible:
		return subscription.BillFailed
	case sdk.InvoiceStatusDraft:
		return subscription.BillOpen
	}
	switch {
	case intent == nil:
		return subscription.BillOpen
	case intent.Status == sdk.PaymentIntentStatusProcessing, bill.PixCode != "" || bill.BoletoLine != "":
		return subscription.BillPending
	case intent.LastPaymentError != nil:
		return subscription.BillFailed
	default:
		return subscription.BillOpen
	}
}

// periodOf is the time that an invoice pays for. Its own period is that in which
// it was collected; what is bought stands in its lines.
func periodOf(invoice *sdk.Invoice) (startMS, endMS int64) {
	if invoice.Lines != nil {
		for _, line := range invoice.Lines.Data {
			if line.Period != nil && line.Period.End*1000 > endMS {
				startMS, endMS = line.Period.Start*1000, line.Period.End*1000
			}
		}
	}
	return startMS, endMS
}

// voucher is what a payer pays with later.
type voucher struct {
	pix, line, url string
	dueMS          int64
}

func voucherOf(intent *sdk.PaymentIntent) (v voucher) {
	if intent.Status != sdk.PaymentIntentStatusRequiresAction || intent.NextAction == nil {
		return v
	}
	if code := intent.NextAction.PixDisplayQRCode; code != nil {
		return voucher{pix: code.Data, url: code.HostedInstructionsURL, dueMS: code.ExpiresAt * 1000}
	}
	if slip := intent.NextAction.BoletoDisplayDetails; slip != nil {
		return voucher{line: slip.Number, url: slip.HostedVoucherURL, dueMS: slip.ExpiresAt * 1000}
	}
	return v
}

func methodOf(method *sdk.PaymentMethod) string {
	kind, _, _ := described(method)
	return kind
}

// described says of a way to pay what its owner knows it by.
func described(method *sdk.PaymentMethod) (kind, brand, last4 string) {
	if method == nil {
		return "", "", ""
	}
	if method.Card != nil {
		brand, last4 = string(method.Card.Brand), method.Card.Last4
	}
	return string(method.Type), brand, last4
}
