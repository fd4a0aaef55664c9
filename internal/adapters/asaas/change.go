package asaas

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"prosa/internal/base/money"
	"prosa/internal/modules/subscription"
)

// PreviewChange implements subscription.Provider: Asaas reckons nothing, what is
// due is what we reckoned.
func (p *Provider) PreviewChange(_ context.Context, c subscription.Change) (money.Amount, error) {
	return c.Due, nil
}

// ApplyChange implements subscription.Provider. Each part sets what should be, or
// looks whether it is there, so that a repetition goes on where the first ended:
// first the bill, then the price.
func (p *Provider) ApplyChange(ctx context.Context, key string, c subscription.Change) error {
	held, err := p.read(ctx, c.SubscriptionID)
	if err != nil {
		return trouble(err)
	}
	if held.Deleted {
		return &subscription.Trouble{Kind: subscription.Refused, Message: "the subscription has ended"}
	}
	bills, err := p.bills(ctx, held)
	if err != nil {
		return trouble(err)
	}
	if err := p.charge(ctx, key, c, held, bills); err != nil {
		return trouble(err)
	}
	// A trial goes on; a discount was of the price before.
	agreed := readTerms(held.Reference)
	agreed.discount, agreed.cycles = 0, 0
	wish := map[string]any{"value": number(c.Price), "cycle": cycleOf(c.Interval), "description": c.Plan, "updatePendingPayments": c.NewPeriodMS == 0}
	var old []bill
	if c.NewPeriodMS > 0 {
		wish["nextDueDate"] = day(after(c.NewPeriodMS, c.Interval, 1))
		old = p.toCome(held, bills)
		agreed.remember(p.told(old))
	}
	wish["externalReference"] = agreed.String()
	if err := p.call(ctx, http.MethodPut, "/subscriptions/"+url.PathEscape(held.ID), wish, nil); err != nil {
		return trouble(err)
	}
	return trouble(p.withdraw(ctx, old))
}

// charge bills what is due at once, on a bill of its own.
func (p *Provider) charge(ctx context.Context, key string, c subscription.Change, held plan, bills []bill) error {
	reference := changeReference(held.ID, key)
	if c.Due <= 0 || slices.ContainsFunc(bills, func(b bill) bool { return b.Reference == reference }) {
		return nil
	}
	return p.call(ctx, http.MethodPost, "/payments", map[string]any{
		"customer": held.Customer, "billingType": held.BillingType, "value": number(c.Due), "dueDate": day(p.nowMS()), "description": c.DueText,
		"externalReference": reference,
	}, nil)
}

// toCome are the open bills of a subscription whose day is to come.
func (p *Provider) toCome(held plan, bills []bill) []bill {
	today := day(p.nowMS())
	return slices.DeleteFunc(slices.Clone(bills), func(b bill) bool { return b.Subscription != held.ID || !b.open() || b.Due <= today })
}

// told are those of which we have told already.
func (p *Provider) told(bills []bill) (ids []string) {
	for _, b := range bills {
		if due, _ := dayMS(b.Due); due <= p.nowMS()+noticeAhead {
			ids = append(ids, b.ID)
		}
	}
	return ids
}

// withdraw takes bills back. One that was paid meanwhile stays.
func (p *Provider) withdraw(ctx context.Context, bills []bill) error {
	for _, b := range bills {
		err := p.call(ctx, http.MethodDelete, "/payments/"+url.PathEscape(b.ID), nil, nil)
		if err == nil || isMissing(err) {
			continue
		}
		var now bill
		if p.call(ctx, http.MethodGet, "/payments/"+url.PathEscape(b.ID), nil, &now) != nil || now.open() {
			return err
		}
	}
	return nil
}

// CancelAtEnd implements subscription.Provider.
func (p *Provider) CancelAtEnd(ctx context.Context, _, subscriptionID string, ends bool) error {
	held, err := p.read(ctx, subscriptionID)
	if err != nil {
		return trouble(err)
	}
	if held.Deleted {
		if ends {
			return nil
		}
		return &subscription.Trouble{Kind: subscription.Refused, Message: "the subscription has ended"}
	}
	if !ends && held.Status == "ACTIVE" {
		return nil // it goes on already
	}
	bills, err := p.bills(ctx, held)
	if err != nil {
		return trouble(err)
	}
	if !ends {
		_, end := held.period(bills, p.nowMS())
		wish := map[string]any{"status": "ACTIVE", "nextDueDate": day(end)}
		return trouble(p.call(ctx, http.MethodPut, "/subscriptions/"+url.PathEscape(held.ID), wish, nil))
	}
	old, agreed := p.toCome(held, bills), readTerms(held.Reference)
	agreed.remember(p.told(old))
	wish := map[string]any{"status": "INACTIVE", "externalReference": agreed.String()}
	if err := p.call(ctx, http.MethodPut, "/subscriptions/"+url.PathEscape(held.ID), wish, nil); err != nil {
		return trouble(err)
	}
	return trouble(p.withdraw(ctx, old))
}

// Refund implements subscription.Provider. The key stands in the refund's
// description, by which a repetition finds it.
func (p *Provider) Refund(ctx context.Context, key, billID string, amount money.Amount) error {
	var b bill
	if err := p.call(ctx, http.MethodGet, "/payments/"+url.PathEscape(billID), nil, &b); err != nil {
		return trouble(err)
	}
	if slices.ContainsFunc(b.Refunds, func(r refund) bool { return r.Description == key && r.Status != "CANCELLED" }) {
		return nil
	}
	if b.BillingType == "BOLETO" {
		return &subscription.Trouble{Kind: subscription.Refused, Field: "method", Message: "a boleto is refunded in Asaas's panel: the payer names a bank account there"}
	}
	return trouble(p.call(ctx, http.MethodPost, "/payments/"+url.PathEscape(billID)+"/refund", map[string]any{"value": number(amount), "description": key}, nil))
}
