package stripe

import (
	"context"

	sdk "github.com/stripe/stripe-go/v82"

	"prosa/internal/base/money"
	"prosa/internal/modules/subscription"
)

// Refund implements subscription.Provider.
func (a *Adapter) Refund(ctx context.Context, key, billID string, amount money.Amount) error {
	invoice, err := a.invoice(ctx, billID)
	if err != nil {
		return trouble(err)
	}
	intentID := intentOf(invoice)
	if intentID == "" || invoice.Status != sdk.InvoiceStatusPaid {
		return &subscription.Trouble{Kind: subscription.Refused, Message: "nothing was paid by Stripe on this bill"}
	}
	return trouble(a.sendBack(ctx, key, intentID, amount))
}

// sendBack sends money of a payment back. The refund that the key made is looked
// for first: the money goes back once, however late it is asked again.
func (a *Adapter) sendBack(ctx context.Context, key, intentID string, amount money.Amount) error {
	params := &sdk.RefundListParams{ListParams: page(100), PaymentIntent: sdk.String(intentID)}
	for made, err := range a.api.V1Refunds.List(ctx, params) {
		if err != nil {
			return err
		}
		if made.Metadata[metaKey] == key {
			return nil
		}
	}
	return insist(key, func(stamped string) error {
		_, err := a.api.V1Refunds.Create(ctx, &sdk.RefundCreateParams{
			Params: keyed(stamped), PaymentIntent: sdk.String(intentID), Amount: sdk.Int64(int64(amount)), Metadata: map[string]string{metaKey: key},
		})
		return err
	})
}
