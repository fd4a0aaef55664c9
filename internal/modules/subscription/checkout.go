package subscription

import (
	"context"
	"errors"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// Checkout opens a page on which a company whose subscription ended, or whose
// trial nobody is paid for, takes a plan. Paid, it is the company's
// subscription. Errors: fault.NotFound for a version that is not sold,
// fault.Refused with reason subscribed, too_late, interval_not_offered,
// payer_missing, no_vendor or vendor_refused, fault.Unavailable.
func (s *Service) Checkout(ctx context.Context, tenantID string, want Wanted, vendor string, by By) (w Wish, err error) {
	target, err := s.plans.Version(ctx, want.VersionID)
	if err != nil {
		return w, err
	}
	price, offered := target.Price(plan.Interval(want.Interval))
	if target.State != plan.Published {
		return w, fault.New(fault.NotFound, "no such plan")
	}
	if !offered || price == 0 {
		return w, fault.Refuse("interval_not_offered", "the plan is not sold for this interval")
	}
	vendors := s.Vendors()
	if vendor == "" && len(vendors) > 0 {
		vendor = vendors[0]
	}
	if !slices.Contains(vendors, vendor) {
		return w, fault.Refuse("no_vendor", "this installation takes no payments by a page: ask its operator")
	}
	w = Wish{TenantID: tenantID, Kind: ForCheckout, State: WishAsking, AskedBy: by.Actor.ID, WishBody: WishBody{
		VersionID: want.VersionID, Interval: want.Interval, Price: price, Currency: target.Currency, Provider: vendor,
	}}
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		company, err := tenancy.Load(ctx, tx, tenantID)
		if err != nil {
			return err
		}
		if target.Line != company.Line {
			return fault.New(fault.NotFound, "no such plan")
		}
		sub, err := loadSubscription(ctx, tx, tenantID, tx.ForUpdate())
		if err != nil {
			return err
		}
		if sub.runs() {
			return fault.Refuse("subscribed", "the company has a running subscription")
		}
		if sub.State == Ended && tx.Now() > sub.EndedMS+s.cfg.ReturnAfter.Milliseconds() {
			return fault.Refuse("too_late", "the subscription ended too long ago")
		}
		payer, err := loadPayer(ctx, tx, tenantID)
		if err != nil {
			return err
		}
		if payer.LegalName == "" || payer.TaxID == "" {
			return fault.Refuse("payer_missing", "say first whom the invoices are made out to")
		}
		if again, found, err := s.sameCheckout(ctx, tx, w); err != nil || found {
			w = again
			return err
		}
		if err := s.drop(ctx, tx, tenantID, by); err != nil {
			return err
		}
		w.NextMS, w.Locale = tx.Now(), company.Locale
		if w, err = insertWish(ctx, tx, w); err != nil {
			return err
		}
		return by.log(ctx, tx, tenantID, "subscription.checkout_asked", w.ID, map[string]string{"to": want.VersionID, "vendor": vendor})
	})
	if err != nil || w.State == WishOpen {
		return w, err
	}
	if w, err = s.grantNow(ctx, w); err == nil && w.URL == "" {
		err = fault.New(fault.Unavailable, "the payment service does not answer: try again")
	}
	return w, err
}

// sameCheckout finds a page that is open for the same plan.
func (s *Service) sameCheckout(ctx context.Context, tx *database.Tx, w Wish) (Wish, bool, error) {
	open, err := openWishes(ctx, tx, w.TenantID)
	if err != nil {
		return w, false, err
	}
	for _, o := range open {
		if o.Kind == ForCheckout && o.VersionID == w.VersionID && o.Interval == w.Interval && o.Provider == w.Provider && o.Price == w.Price && (o.ExpiresMS == 0 || o.ExpiresMS > tx.Now()) {
			return o, true, nil
		}
	}
	return w, false, nil
}

// askCheckout opens the page, and afterwards looks how far it is. A page that is
// not wanted any more is closed; one that was paid all the same counts.
func (s *Service) askCheckout(ctx context.Context, sub Subscription, w Wish) (granted, error) {
	provider, err := s.provider(w.Provider)
	if err != nil {
		return nil, err
	}
	switch w.State {
	case WishAsking:
		return s.openCheckout(ctx, provider, sub, w)
	case WishRefused:
		return s.endSecond(ctx, provider, w)
	case WishDropped:
		trouble := new(Trouble)
		// One that can't be closed was paid, maybe: the look tells.
		if err := provider.ExpireCheckout(ctx, w.externalID); err != nil && (!errors.As(err, &trouble) || trouble.Kind != Refused) {
			return nil, err
		}
	}
	at, err := provider.LookCheckout(ctx, w.externalID)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *database.Tx, sub Subscription, w Wish) error {
		w.Pending = at.State == CheckoutPending
		switch {
		case at.State == CheckoutPaid && at.SubscriptionID != "":
			return s.paidCheckout(ctx, tx, sub, w, at)
		case w.State == WishDropped && !w.Pending:
			w.NextMS = 0
		case at.State == CheckoutExpired:
			w.State, w.NextMS = WishDropped, 0
		default:
			w.NextMS = tx.Now() + s.cfg.LookSoon.Milliseconds()
		}
		return saveWish(ctx, tx, w)
	}, nil
}

func (s *Service) openCheckout(ctx context.Context, provider Provider, sub Subscription, w Wish) (granted, error) {
	var payer Payer
	err := s.db.Read(ctx, database.Company(w.TenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		payer, err = loadPayer(ctx, tx, w.TenantID)
		return err
	})
	if err != nil {
		return nil, err
	}
	target, err := s.plans.Version(ctx, w.VersionID)
	if err != nil {
		return nil, err
	}
	customerID, err := provider.EnsureCustomer(ctx, "sub:"+sub.ID+":customer", payer.customer(w.TenantID, w.Locale))
	if err != nil {
		return nil, err
	}
	promised := sub.promised(w)
	started, err := provider.StartCheckout(ctx, w.ID, Checkout{
		Reference: w.ID, CustomerID: customerID, Plan: target.Name.In(w.Locale), PlanRef: target.ID, Interval: w.Interval, Price: w.Price, Currency: w.Currency,
		Discount: promised.Discount, DiscountCycles: promised.DiscountCycles,
		SuccessURL: s.page() + "?paid=1", CancelURL: s.page(), Locale: w.Locale, DueMS: w.CreatedMS + 3*day,
	})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *database.Tx, _ Subscription, w Wish) error {
		w.externalID, w.URL, w.ExpiresMS = started.CheckoutID, started.URL, started.ExpiresMS
		w.State, w.NextMS = WishOpen, tx.Now()+s.cfg.LookSoon.Milliseconds()
		return saveWish(ctx, tx, w)
	}, nil
}

// discount is what a coupon takes off the first intervals; 0 cycles is for ever.
type discount struct {
	Discount       money.Amount
	DiscountCycles int
}

// promised gives what a coupon promised for the plan of a trial that nobody is
// paid for yet: it counts when that plan is taken up.
func (s Subscription) promised(w Wish) discount {
	if s.Provider != "" || s.VersionID != w.VersionID || s.Interval != w.Interval || s.Price != w.Price {
		return discount{}
	}
	return discount{s.Discount, s.DiscountCycles}
}

// paidCheckout makes what was paid the company's subscription.
func (s *Service) paidCheckout(ctx context.Context, tx *database.Tx, sub Subscription, w Wish, at CheckoutState) error {
	if sub.runs() {
		// Paid twice, by two pages: the second one ends, and its money goes back.
		w.State, w.NextMS, w.Problem = WishRefused, tx.Now(), "paid, and the company has another subscription: "+short(at.SubscriptionID)
		return saveWish(ctx, tx, w)
	}
	promised := sub.promised(w)
	sub.Provider, sub.CustomerID, sub.ExternalID = w.Provider, at.CustomerID, at.SubscriptionID
	sub.VersionID, sub.Interval, sub.Price, sub.Currency = w.VersionID, w.Interval, w.Price, w.Currency
	sub.Discount, sub.DiscountCycles = promised.Discount, promised.DiscountCycles
	sub.State, sub.EndedMS, sub.EndsAtPeriod, sub.Reason, sub.TrialEndMS, sub.OverdueMS = Active, 0, false, "", 0, 0
	sub.PeriodStartMS, sub.PeriodEndMS = tx.Now(), 0
	w.State, w.NextMS = WishDone, 0
	if err := saveWish(ctx, tx, w); err != nil {
		return err
	}
	if err := s.entitle(ctx, tx, sub.TenantID, w.VersionID); err != nil {
		return err
	}
	if err := itself().log(ctx, tx, sub.TenantID, "subscription.taken_up", w.ID, map[string]string{"to": w.VersionID, "vendor": w.Provider}); err != nil {
		return err
	}
	if err := s.stand(ctx, tx, sub, RemoteActive); err != nil {
		return err
	}
	// Its bills are read at once.
	_, err := tx.Exec(ctx, `UPDATE subscription SET due_ms = $2 WHERE tenant_id = $1`, sub.TenantID, tx.Now())
	return err
}
