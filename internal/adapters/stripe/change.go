package stripe

import (
	"context"

	sdk "github.com/stripe/stripe-go/v82"

	"prosa/internal/base/money"
	"prosa/internal/modules/subscription"
)

// PreviewChange implements subscription.Provider: what our line would come to on
// an invoice of this payer, with their balance and credits counted.
func (a *Adapter) PreviewChange(ctx context.Context, c subscription.Change) (money.Amount, error) {
	if c.Due <= 0 {
		return 0, nil
	}
	preview, err := a.api.V1Invoices.CreatePreview(ctx, &sdk.InvoiceCreatePreviewParams{
		Params: fresh(), Customer: sdk.String(c.CustomerID), Currency: sdk.String(currency(c.Currency)),
		InvoiceItems: []*sdk.InvoiceCreatePreviewInvoiceItemParams{{
			Amount: sdk.Int64(int64(c.Due)), Currency: sdk.String(currency(c.Currency)), Description: sdk.String(c.DueText),
		}},
	})
	if err != nil {
		return 0, trouble(err)
	}
	return money.Amount(preview.AmountDue), nil
}

// ApplyChange implements subscription.Provider. The key stands in the
// subscription's metadata when it is done, so that a repetition after the vendor
// forgot it does nothing. A card that is refused leaves all as it was.
func (a *Adapter) ApplyChange(ctx context.Context, key string, c subscription.Change) error {
	look := &sdk.SubscriptionRetrieveParams{}
	look.AddExpand("default_payment_method")
	sub, err := a.api.V1Subscriptions.Retrieve(ctx, c.SubscriptionID, look)
	if err != nil {
		return trouble(err)
	}
	if sub.Metadata[metaKey] == key {
		return nil
	}
	if sub.Items == nil || len(sub.Items.Data) == 0 {
		return &subscription.Trouble{Kind: subscription.Refused, Message: "the subscription has nothing that could be changed"}
	}
	product, err := a.ensureProduct(ctx, c.PlanRef, c.Plan)
	if err != nil {
		return trouble(err)
	}
	params := changeParams(key, c, product, sub.Items.Data[0].ID)
	if restarts(sub, c) {
		// A card answers at once, and no leaves all as it was; who pays by Pix or
		// boleto has time.
		if methodOf(sub.DefaultPaymentMethod) == card {
			params.PaymentBehavior = sdk.String("error_if_incomplete")
		}
		return trouble(a.applyAnew(ctx, key, c, params))
	}
	if c.Due > 0 {
		if err := a.bill(ctx, key, c); err != nil {
			return trouble(err)
		}
	}
	return trouble(a.update(ctx, key, c.SubscriptionID, params))
}

// restarts reports whether a change begins a new period: when it is asked for,
// and always with another interval. In a trial nothing was paid that could begin.
func restarts(sub *sdk.Subscription, c subscription.Change) bool {
	if sub.Status == sdk.SubscriptionStatusTrialing {
		return false
	}
	price := sub.Items.Data[0].Price
	return c.NewPeriodMS > 0 || price != nil && price.Recurring != nil && string(price.Recurring.Interval) != string(c.Interval)
}

func changeParams(key string, c subscription.Change, product, itemID string) *sdk.SubscriptionUpdateParams {
	return &sdk.SubscriptionUpdateParams{
		ProrationBehavior: sdk.String("none"),
		Metadata:          map[string]string{metaKey: key, metaPlan: c.PlanRef},
		Items: []*sdk.SubscriptionUpdateItemParams{{
			ID: sdk.String(itemID),
			PriceData: &sdk.SubscriptionUpdateItemPriceDataParams{
				Currency: sdk.String(currency(c.Currency)), UnitAmount: sdk.Int64(int64(c.Price)), Product: sdk.String(product),
				Recurring: &sdk.SubscriptionUpdateItemPriceDataRecurringParams{Interval: sdk.String(string(c.Interval))},
			},
		}},
	}
}

func (a *Adapter) update(ctx context.Context, key, subscriptionID string, params *sdk.SubscriptionUpdateParams) error {
	return insist(key+":update", func(key string) error {
		params.Params = keyed(key)
		_, err := a.api.V1Subscriptions.Update(ctx, subscriptionID, params)
		return err
	})
}

// applyAnew changes with a new period: the vendor bills the whole new price at
// once, and a line of ours takes off what is not due of it.
func (a *Adapter) applyAnew(ctx context.Context, key string, c subscription.Change, params *sdk.SubscriptionUpdateParams) error {
	credit, err := a.ensureItem(ctx, key, &sdk.InvoiceItemCreateParams{
		Customer: sdk.String(c.CustomerID), Subscription: sdk.String(c.SubscriptionID),
		Amount: sdk.Int64(int64(c.Due - c.Price)), Currency: sdk.String(currency(c.Currency)), Description: sdk.String(c.DueText),
		Metadata: map[string]string{metaKey: key},
	})
	if err != nil {
		return err
	}
	params.BillingCycleAnchorNow = sdk.Bool(true)
	err = a.update(ctx, key, c.SubscriptionID, params)
	if isDeclined(err) && credit != "" {
		_, dropped := a.api.V1InvoiceItems.Delete(ctx, credit, &sdk.InvoiceItemDeleteParams{})
		if dropped != nil && !isMissing(dropped) {
			return dropped
		}
	}
	return err
}

// ensureItem makes a line that waits for the next invoice, or finds the one that
// the key made; empty when there is nothing to add or take off.
func (a *Adapter) ensureItem(ctx context.Context, key string, params *sdk.InvoiceItemCreateParams) (string, error) {
	if *params.Amount == 0 {
		return "", nil
	}
	waiting := &sdk.InvoiceItemListParams{ListParams: page(100), Customer: params.Customer, Pending: sdk.Bool(true)}
	for item, err := range a.api.V1InvoiceItems.List(ctx, waiting) {
		if err != nil {
			return "", err
		}
		if item.Metadata[metaKey] == key {
			return item.ID, nil
		}
	}
	var made *sdk.InvoiceItem
	err := insist(key+":credit", func(key string) (err error) {
		params.Params = keyed(key)
		made, err = a.api.V1InvoiceItems.Create(ctx, params)
		return err
	})
	if err != nil {
		return "", err
	}
	return made.ID, nil
}

// bill bills Change.Due at once, on an invoice of its own. Each step looks at how
// far a try before it came.
func (a *Adapter) bill(ctx context.Context, key string, c subscription.Change) error {
	invoice, err := a.ensureInvoice(ctx, key, c)
	if err != nil {
		return err
	}
	if invoice.Status == sdk.InvoiceStatusDraft {
		if err := a.addLine(ctx, key, c, invoice); err != nil {
			return err
		}
		billID := invoice.ID // the answer of a call that failed is empty
		err = insist(key+":finalize", func(key string) (err error) {
			invoice, err = a.api.V1Invoices.FinalizeInvoice(ctx, billID, &sdk.InvoiceFinalizeInvoiceParams{Params: keyed(key), AutoAdvance: sdk.Bool(true)})
			return err
		})
		if err != nil {
			return err
		}
	}
	switch invoice.Status {
	case sdk.InvoiceStatusOpen:
		return a.pay(ctx, key, invoice.ID)
	case sdk.InvoiceStatusVoid:
		return &subscription.Trouble{Kind: subscription.Refused, Field: "method", Message: "the payment of the change was refused before"}
	}
	return nil
}

func (a *Adapter) ensureInvoice(ctx context.Context, wish string, c subscription.Change) (*sdk.Invoice, error) {
	known, err := a.invoices(ctx, c.SubscriptionID)
	if err != nil {
		return nil, err
	}
	for _, invoice := range known {
		if invoice.Metadata[metaKey] == wish {
			return invoice, nil
		}
	}
	var made *sdk.Invoice
	err = insist(wish+":invoice", func(key string) (err error) {
		made, err = a.api.V1Invoices.Create(ctx, &sdk.InvoiceCreateParams{
			Params: keyed(key), Customer: sdk.String(c.CustomerID), Subscription: sdk.String(c.SubscriptionID), Currency: sdk.String(currency(c.Currency)),
			CollectionMethod: sdk.String(sdk.InvoiceCollectionMethodChargeAutomatically), AutoAdvance: sdk.Bool(false),
			PendingInvoiceItemsBehavior: sdk.String("exclude"), Description: sdk.String(c.DueText), Metadata: map[string]string{metaKey: wish},
		})
		return err
	})
	return made, err
}

// addLine puts the amount on a draft, once.
func (a *Adapter) addLine(ctx context.Context, key string, c subscription.Change, invoice *sdk.Invoice) error {
	if invoice.Lines != nil && len(invoice.Lines.Data) > 0 {
		return nil
	}
	return insist(key+":line", func(key string) error {
		_, err := a.api.V1InvoiceItems.Create(ctx, &sdk.InvoiceItemCreateParams{
			Params: keyed(key), Customer: sdk.String(c.CustomerID), Invoice: sdk.String(invoice.ID),
			Amount: sdk.Int64(int64(c.Due)), Currency: sdk.String(currency(c.Currency)), Description: sdk.String(c.DueText),
		})
		return err
	})
}

// pay collects an open invoice now. A refusal of the payer's bank makes it void; a
// payer who has to act (Pix, boleto, a bank's question) has time, and the change
// stands.
func (a *Adapter) pay(ctx context.Context, key, invoiceID string) error {
	err := insist(key+":pay", func(key string) error {
		_, err := a.api.V1Invoices.Pay(ctx, invoiceID, &sdk.InvoicePayParams{Params: keyed(key)})
		return err
	})
	if isCode(err, sdk.ErrorCodeInvoicePaymentIntentRequiresAction) {
		return nil
	}
	if isDeclined(err) {
		if _, voided := a.api.V1Invoices.VoidInvoice(ctx, invoiceID, &sdk.InvoiceVoidInvoiceParams{Params: fresh()}); voided != nil {
			return voided
		}
	}
	return err
}

// CancelAtEnd implements subscription.Provider.
func (a *Adapter) CancelAtEnd(ctx context.Context, key, subscriptionID string, ends bool) error {
	return trouble(insist(key, func(key string) error {
		_, err := a.api.V1Subscriptions.Update(ctx, subscriptionID, &sdk.SubscriptionUpdateParams{Params: keyed(key), CancelAtPeriodEnd: sdk.Bool(ends)})
		return err
	}))
}

// CancelNow implements subscription.Provider. The vendor takes no keys for what it
// deletes: a subscription can end only once.
func (a *Adapter) CancelNow(ctx context.Context, _, subscriptionID string) error {
	return trouble(a.end(ctx, subscriptionID))
}

// end ends a subscription; one that has ended, or never was, is no error.
func (a *Adapter) end(ctx context.Context, subscriptionID string) error {
	sub, err := a.api.V1Subscriptions.Retrieve(ctx, subscriptionID, &sdk.SubscriptionRetrieveParams{})
	if isMissing(err) || err == nil && over(sub.Status) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = a.api.V1Subscriptions.Cancel(ctx, subscriptionID, &sdk.SubscriptionCancelParams{Prorate: sdk.Bool(false), InvoiceNow: sdk.Bool(false)})
	if isMissing(err) {
		return nil
	}
	return err
}
