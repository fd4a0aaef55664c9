package subscription

import (
	"context"
	"strings"
	"unicode/utf8"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/platform/database"
)

// reasonLeast is how many characters an operator's reason has at least.
const reasonLeast = 5

func checkReason(reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n < reasonLeast || n > reasonMax || database.Text(reason) != nil {
		return "", fault.OnField("reason", "must have %d to %d characters", reasonLeast, reasonMax)
	}
	return reason, nil
}

// RequestRefund asks that money of an invoice goes back; another operator has to
// approve it. An amount of 0 is all that is left. Errors: fault.NotFound;
// fault.Invalid; fault.Refused with reason nothing_to_refund.
func (s *Service) RequestRefund(ctx context.Context, tenantID, invoiceID string, amount money.Amount, reason string, by By) (w Wish, err error) {
	if reason, err = checkReason(reason); err != nil {
		return w, err
	}
	if err := amount.Check(); err != nil {
		return w, fault.OnField("amount_minor", "%s", fault.MessageOf(err))
	}
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if _, err := loadSubscription(ctx, tx, tenantID, tx.ForUpdate()); err != nil {
			return err
		}
		invoice, err := loadInvoice(ctx, tx, tenantID, invoiceID)
		if err != nil {
			return err
		}
		left, err := refundable(ctx, tx, invoice)
		if err != nil {
			return err
		}
		if left <= 0 || amount > left {
			return &fault.Error{Code: fault.Refused, Reason: "nothing_to_refund", Field: "amount_minor", Message: "at most " + left.Text(invoice.Currency) + " of this invoice can go back"}
		}
		if amount == 0 {
			amount = left
		}
		w = Wish{TenantID: tenantID, Kind: ForRefund, State: WishRequested, AskedBy: by.Actor.ID, WishBody: WishBody{
			InvoiceID: invoiceID, BillID: invoice.BillID, Provider: invoice.Provider, Amount: amount, Currency: invoice.Currency, Reason: reason,
		}}
		if w, err = insertWish(ctx, tx, w); err != nil {
			return err
		}
		return by.log(ctx, tx, tenantID, "refund.requested", w.ID, map[string]string{"invoice": invoice.Number, "amount": amount.Decimal(), "reason": reason})
	})
	return w, err
}

// refundable is what of an invoice can still go back, less what is asked for
// already.
func refundable(ctx context.Context, tx *database.Tx, invoice Invoice) (money.Amount, error) {
	left := invoice.Paid - invoice.Refunded
	open, err := openWishes(ctx, tx, invoice.TenantID)
	for _, w := range open {
		if w.Kind == ForRefund && w.InvoiceID == invoice.ID {
			left -= w.Amount
		}
	}
	return left, err
}

// DecideRefund approves or refuses a refund that was asked for. Errors:
// fault.NotFound; fault.Refused with reason second_person for who asked for it,
// refund_decided.
func (s *Service) DecideRefund(ctx context.Context, tenantID, wishID string, approve bool, by By) (w Wish, err error) {
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if w, err = loadWish(ctx, tx, tenantID, wishID); err != nil {
			return err
		}
		switch {
		case w.Kind != ForRefund:
			return fault.New(fault.NotFound, "no such refund")
		case w.State != WishRequested:
			return fault.Refuse("refund_decided", "this refund was decided before")
		case approve && w.AskedBy == by.Actor.ID:
			return fault.Refuse("second_person", "another operator has to approve it")
		}
		action := "refund.refused"
		w.State, w.ApprovedBy = WishDropped, by.Actor.ID
		if approve {
			w.State, w.NextMS, action = WishAsking, tx.Now(), "refund.approved"
			tx.Notify(topic, 0)
		}
		if err := saveWish(ctx, tx, w); err != nil {
			return err
		}
		return by.log(ctx, tx, tenantID, action, w.ID, map[string]string{"amount": w.Amount.Decimal()})
	})
	if err != nil || !approve {
		return w, err
	}
	return s.grantNow(ctx, w)
}

// askRefund has the vendor send the money back. What became of the invoice is
// read afterwards.
func (s *Service) askRefund(ctx context.Context, w Wish) (granted, error) {
	provider, err := s.provider(w.Provider)
	if err != nil {
		return nil, err
	}
	if err := provider.Refund(ctx, w.ID, w.BillID, w.Amount); err != nil {
		return nil, err
	}
	s.trouble(ctx, s.lookRefunded(ctx, w), "what became of a refund could not be read", "tenant", w.TenantID, "wish", w.ID)
	return func(ctx context.Context, tx *database.Tx, sub Subscription, w Wish) error {
		w.State, w.NextMS = WishDone, 0
		if err := saveWish(ctx, tx, w); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE subscription SET due_ms = $2 WHERE tenant_id = $1`, sub.TenantID, tx.Now())
		return err
	}, nil
}

// lookRefunded reads what became of an invoice of another subscription than the
// company's present one: nobody else reads it without being told.
func (s *Service) lookRefunded(ctx context.Context, w Wish) error {
	invoice, err := s.Invoice(ctx, w.TenantID, w.InvoiceID)
	if err != nil {
		return err
	}
	sub, err := s.Of(ctx, w.TenantID)
	if err != nil || invoice.Provider == sub.Provider && invoice.externalID == sub.ExternalID {
		return err
	}
	return s.lookFormer(ctx, w.TenantID, invoice.Provider, invoice.externalID)
}
