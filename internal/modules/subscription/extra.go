package subscription

import (
	"context"

	"prosa/internal/platform/database"
)

// EndExtra ends a subscription that a company paid for besides its own, by a
// second page: nobody is billed for it again. What was paid for it becomes
// invoices of the company, so that two operators can send it back like any other
// money. Twice is as once. Errors: fault.Unavailable, and the vendor's.
func (s *Service) EndExtra(ctx context.Context, tenantID, vendor, externalID string) error {
	provider, err := s.provider(vendor)
	if err != nil {
		return err
	}
	// Read first: of one that ended, a vendor may show no bills.
	remote, err := provider.LookSubscription(ctx, externalID)
	if err != nil {
		return err
	}
	if err := s.mirrorFormer(ctx, tenantID, vendor, externalID, remote); err != nil {
		return err
	}
	return provider.CancelNow(ctx, "extra:"+externalID, externalID)
}

// endSecond ends what was paid by a second page.
func (s *Service) endSecond(ctx context.Context, provider Provider, w Wish) (granted, error) {
	at, err := provider.LookCheckout(ctx, w.externalID)
	if err != nil {
		return nil, err
	}
	if err := s.EndExtra(ctx, w.TenantID, w.Provider, at.SubscriptionID); err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *database.Tx, _ Subscription, w Wish) error {
		w.NextMS, w.Problem = 0, "paid twice: the second subscription "+short(at.SubscriptionID)+" was ended, its money has to be sent back"
		if err := saveWish(ctx, tx, w); err != nil {
			return err
		}
		return itself().log(ctx, tx, w.TenantID, "subscription.paid_twice", w.ID, map[string]string{"vendor": w.Provider, "subscription": short(at.SubscriptionID)})
	}, nil
}
