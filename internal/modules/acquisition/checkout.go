package acquisition

import (
	"context"
	"fmt"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/subscription"
	"prosa/internal/platform/database"
)

// Incomplete is the error of a purchase that lacks something: fault.Refused with
// reason journey_incomplete and the fields.
type Incomplete struct {
	fault *fault.Error
	// Fields that are missing or wrong, in the order of the pages.
	Fields []string
}

// Error implements error.
func (i *Incomplete) Error() string { return i.fault.Error() }

// Unwrap gives the fault.
func (i *Incomplete) Unwrap() error { return i.fault }

func incomplete(fields []string) error {
	refusal := fault.Refuse("journey_incomplete", "something is still to be filled in")
	refusal.Field = fields[0]
	return &Incomplete{fault: refusal, Fields: fields}
}

// providerFor gives who takes money in a way (any way when empty): the one that
// is used already when it can, else the preferred one; nil for none.
func (s *Service) providerFor(method, used string) subscription.Provider {
	var found subscription.Provider
	for _, provider := range s.providers {
		if method != "" && !slices.Contains(provider.Methods(), method) {
			continue
		}
		if provider.Name() == used {
			return provider
		}
		if found == nil {
			found = provider
		}
	}
	return found
}

// providerNamed gives a provider by its name; nil for none.
func (s *Service) providerNamed(name string) subscription.Provider {
	at := slices.IndexFunc(s.providers, func(p subscription.Provider) bool { return p.Name() == name })
	if at < 0 {
		return nil
	}
	return s.providers[at]
}

// Pay begins the payment, or the trial that needs none. A second click changes
// nothing while the provider's page is open; another method, or a page that was
// declined or expired, opens a new one. Errors: *Incomplete; fault.Refused with
// reasons plan_withdrawn, interval_not_offered, company_exists, method_unknown,
// and those of a coupon that does not count.
func (s *Service) Pay(ctx context.Context, token secret.Text, method string, visitor Visitor) (Journey, error) {
	return s.pay(ctx, token, method, false, visitor)
}

// Again opens another page of the provider in place of one that was declined,
// has expired or was left; errors as of Pay.
func (s *Service) Again(ctx context.Context, token secret.Text, visitor Visitor) (Journey, error) {
	return s.pay(ctx, token, "", true, visitor)
}

func (s *Service) pay(ctx context.Context, token secret.Text, method string, again bool, visitor Visitor) (Journey, error) {
	err := s.write(ctx, token, func(ctx context.Context, tx *database.Tx, a *Acquisition) error {
		if a.State.sold() {
			return nil
		}
		if a.State != Draft {
			open, err := s.stands(ctx, tx, *a, method)
			if err != nil || open && !again {
				return err
			}
			if err := s.reopen(ctx, tx, a); err != nil {
				return err
			}
		}
		return s.begin(ctx, tx, a, method, visitor)
	})
	if err != nil {
		return Journey{}, err
	}
	return s.Look(ctx, token)
}

// stands tells whether the latest page of the provider may still be paid in the
// way that is wished.
func (s *Service) stands(ctx context.Context, tx *database.Tx, a Acquisition, method string) (bool, error) {
	list, err := attempts(ctx, tx, a.ID)
	if err != nil || len(list) == 0 {
		return false, err
	}
	last := list[len(list)-1]
	usable := !last.dropped && (last.state == attemptAsked || last.state == string(subscription.CheckoutOpen) || last.state == string(subscription.CheckoutPending))
	return usable && (method == "" || method == last.method), nil
}

// reopen goes back to the form: the page that was open is dropped, and closed at
// the provider by the step that waits for the payment.
func (s *Service) reopen(ctx context.Context, tx *database.Tx, a *Acquisition) error {
	list, err := attempts(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.dropped || t.state == string(subscription.CheckoutPaid) {
			continue
		}
		t.dropped = true
		if err := t.put(ctx, tx); err != nil {
			return err
		}
		if err := s.letGo(ctx, tx, t); err != nil {
			return err
		}
	}
	a.State = Draft
	return s.nudge(ctx, tx, a.ID)
}

// letGo gives the coupon of a page back.
func (s *Service) letGo(ctx context.Context, tx *database.Tx, t attempt) error {
	if t.coupon == "" {
		return nil
	}
	return s.plans.Release(ctx, tx, t.coupon, t.acquisitionID)
}

// begin checks that all is there, promises a price and lets the steps begin.
func (s *Service) begin(ctx context.Context, tx *database.Tx, a *Acquisition, method string, visitor Visitor) error {
	quote, err := s.promise(ctx, tx, *a)
	if err != nil {
		return err
	}
	version, err := s.plans.VersionIn(ctx, tx, a.VersionID)
	if err != nil {
		return err
	}
	if a.ContractNo == "" {
		n, err := nextContract(ctx, tx)
		if err != nil {
			return err
		}
		a.ContractNo = fmt.Sprintf("CTR-%06d", n)
	}
	a.Try++
	t := attempt{
		acquisitionID: a.ID, try: a.Try, state: attemptAsked, versionID: a.VersionID, interval: string(a.Interval), coupon: quote.Coupon, quote: *quote, method: method,
		detail: detail{Buyer: a.buyer()},
	}
	if offerOf(version, a.Locale).free() {
		if err := s.markPaid(ctx, tx, a, &t, tx.Now()); err != nil {
			return err
		}
	} else {
		provider := s.providerFor(method, a.Provider)
		if provider == nil {
			return fault.Refuse("method_unknown", "this way to pay is not offered")
		}
		if provider.Name() != a.Provider {
			a.Provider, a.CustomerID = provider.Name(), ""
		}
		t.provider = a.Provider
		a.State = Checkout
		if err := t.put(ctx, tx); err != nil {
			return err
		}
	}
	if err := s.sagas.Start(ctx, tx, Kind, a.ID); err != nil {
		return err
	}
	if err := s.nudge(ctx, tx, a.ID); err != nil {
		return err
	}
	return audit.Write(ctx, tx, audit.Entry{
		Actor: visitorActor(*a), Action: "acquisition.checkout_begun", Target: a.ID, IP: visitor.IP,
		Facts: map[string]string{"try": fmt.Sprint(a.Try), "version": a.VersionID, "provider": t.provider, "price": quote.Price.Decimal()},
	})
}

// promise checks what was filled in, prices it and holds the coupon.
func (s *Service) promise(ctx context.Context, tx *database.Tx, a Acquisition) (*Quote, error) {
	fields := a.missing()
	for _, flaw := range a.flaws() {
		if !flaw.Warning && !slices.Contains(fields, flaw.Field) {
			fields = append(fields, flaw.Field)
		}
	}
	if len(fields) > 0 {
		return nil, incomplete(fields)
	}
	taken, err := s.taken(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	if taken {
		return nil, &fault.Error{Code: fault.Conflict, Reason: "company_exists", Field: "tax_id", Message: "this company has a contract: sign in, or confirm a second one"}
	}
	priced, err := s.plans.QuoteIn(ctx, tx, a.VersionID, plan.Interval(a.Interval), a.Coupon)
	if err != nil {
		return nil, err
	}
	quote := quoteOf(priced)
	if quote.CouponProblem != "" {
		return nil, &fault.Error{Code: fault.Refused, Reason: quote.CouponProblem, Field: "coupon", Message: "the coupon counts for nothing here: take it off, or use another one"}
	}
	if quote.Coupon != "" {
		if err := s.plans.Hold(ctx, tx, quote.Coupon, a.VersionID, a.ID); err != nil {
			return nil, err
		}
	}
	return quote, nil
}

// markPaid notes that the money for a page came, or that none is needed. What
// was paid for, and for whom, is what counts from here on.
func (s *Service) markPaid(ctx context.Context, tx *database.Tx, a *Acquisition, t *attempt, atMS int64) error {
	a.State, a.PaidMS = Paid, atMS
	a.restore(t.detail.Buyer)
	a.VersionID, a.Interval, a.Coupon = t.versionID, subscription.Interval(t.interval), t.coupon
	if t.provider != "" {
		a.Provider = t.provider
		a.CustomerID = or(t.detail.CustomerID, a.CustomerID)
	}
	t.state, t.problem, t.dropped = string(subscription.CheckoutPaid), "", false
	if t.coupon != "" {
		// The price was promised: a coupon that ran out since is honoured.
		if err := s.plans.Use(ctx, tx, t.coupon, a.ID); err != nil && !fault.Is(err, fault.Refused) {
			return err
		}
	}
	return t.put(ctx, tx)
}

// nudge makes the steps that wait for the payment look now. Before the saga
// begins there are none.
func (s *Service) nudge(ctx context.Context, tx *database.Tx, acquisitionID string) error {
	for _, step := range []string{stepCustomer, stepCheckout, stepPayment} {
		if err := s.sagas.Nudge(ctx, tx, acquisitionID, step); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

// GiveUp ends a journey by its visitor's wish, as long as nothing was paid; what
// was typed is forgotten with the draft. Error: fault.Refused with reason
// journey_locked.
func (s *Service) GiveUp(ctx context.Context, token secret.Text) (Journey, error) {
	err := s.write(ctx, token, func(ctx context.Context, tx *database.Tx, a *Acquisition) error {
		if a.State.sold() {
			return errLocked()
		}
		if err := s.reopen(ctx, tx, a); err != nil {
			return err
		}
		a.State = Canceled
		return nil
	})
	if err != nil {
		return Journey{}, err
	}
	return s.Look(ctx, token)
}

// CheckoutNews hears that something changed about a checkout: the step that
// waits for the payment looks at once. Checkouts of others are no error.
func (s *Service) CheckoutNews(ctx context.Context, tx *database.Tx, vendor, checkoutID string) error {
	acquisitionID, err := byCheckout(ctx, tx, vendor, checkoutID)
	if err != nil || acquisitionID == "" {
		return err
	}
	if err := lookAgain(ctx, tx, vendor, checkoutID); err != nil {
		return err
	}
	return s.nudge(ctx, tx, acquisitionID)
}
