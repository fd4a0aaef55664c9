package acquisition

import (
	"context"
	"errors"
	"strconv"
	"time"

	"prosa/internal/base/calendar"
	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/subscription"
	"prosa/internal/platform/database"
	"prosa/internal/platform/saga"
)

// returnPage is where the provider sends the visitor back to.
const returnPage = "/assinar/retorno"

// Keys of calls to the provider: made of ids, so that a call that is repeated
// days later is the same wish. A payer whose data was corrected for a later page
// is another customer: a vendor refuses one key with two contents.
func customerKey(a Acquisition, try int64) string {
	if try <= 1 {
		return "acq:" + a.ID + ":customer"
	}
	return "acq:" + a.ID + ":customer:" + strconv.FormatInt(try, 10)
}

func checkoutKey(a Acquisition, try int64) string {
	return "acq:" + a.ID + ":checkout:" + strconv.FormatInt(try, 10)
}

// paidAlready is the answer of a step of the payment where there is none to
// make: a trial without payment, or a page that was paid.
func paidAlready(a Acquisition) error {
	if a.State.sold() && a.Provider == "" {
		return &saga.Omit{Note: "the trial needs no payment"}
	}
	return nil
}

// runCustomer makes the payer at the provider.
func (s *Service) runCustomer(ctx context.Context, job saga.Job) (saga.Commit, error) {
	a, list, err := s.read(ctx, job.SagaID)
	if err != nil {
		return nil, err
	}
	if err := paidAlready(a); err != nil {
		return nil, err
	}
	if a.CustomerID != "" || a.State.sold() {
		return nil, nil
	}
	t, err := current(a, list)
	if err != nil {
		return nil, err
	}
	customerID, err := s.customer(ctx, job, a, t)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *database.Tx) (string, error) {
		return customerID, within(ctx, tx, a.ID, func(now *Acquisition) error {
			if now.customer() == a.customer() && now.Provider == t.provider { // nobody corrected the payer meanwhile
				now.CustomerID = customerID
			}
			return nil
		})
	}, nil
}

// current gives the page that is to be paid. The visitor may have gone back to
// the form: there is none then, until they come again.
func current(a Acquisition, list []attempt) (attempt, error) {
	if n := len(list); n > 0 && !list[n-1].dropped && a.State != Draft && a.State != Canceled {
		return list[n-1], nil
	}
	return attempt{}, &saga.Wait{Note: "the visitor went back to the form"}
}

// customer asks the provider for the payer of a page.
func (s *Service) customer(ctx context.Context, job saga.Job, a Acquisition, t attempt) (string, error) {
	provider := s.providerNamed(t.provider)
	if provider == nil {
		return "", &saga.Halt{Message: "this installation does not work with " + t.provider}
	}
	customerID, err := provider.EnsureCustomer(ctx, customerKey(a, t.try), a.customer())
	if err != nil {
		return "", s.refused(ctx, job, a, t, err)
	}
	return customerID, nil
}

// customer is the payer of a journey.
func (a Acquisition) customer() subscription.Customer {
	c := a.Company
	return subscription.Customer{
		Reference: a.ID, Name: a.billed(), Email: or(c.FiscalEmail, a.Email), TaxID: a.taxID, Phone: a.Person.Phone, Locale: a.Locale,
		Address: subscription.Address{ZIP: c.ZIP, Street: c.Street, Number: c.Number, Complement: c.Complement, District: c.District, City: c.City, State: c.State},
	}
}

// refused tells the visitor that the provider does not take what they typed, and
// lets the step wait until they come with something else: there is nothing that
// an operator could do.
func (s *Service) refused(ctx context.Context, job saga.Job, a Acquisition, t attempt, err error) error {
	var trouble *subscription.Trouble
	if !errors.As(err, &trouble) || trouble.Kind != subscription.Refused {
		return paymentTrouble(job, err)
	}
	told := s.change(ctx, a.ID, func(ctx context.Context, tx *database.Tx, now *Acquisition) error {
		fresh, err := oneAttempt(ctx, tx, a.ID, t.try)
		if err != nil || now.Try != t.try || fresh.dropped {
			return err
		}
		fresh.state, fresh.problem = string(subscription.CheckoutFailed), "refused"
		if err := s.letGo(ctx, tx, fresh); err != nil { // held again with the next try
			return err
		}
		return fresh.put(ctx, tx)
	})
	if told != nil {
		return told
	}
	return &saga.Wait{Note: "the provider refused (" + trouble.Field + "): " + trouble.Message, UntilMS: t.updatedMS + s.cfg.DraftLife.Milliseconds()}
}

// runCheckout opens the provider's page.
func (s *Service) runCheckout(ctx context.Context, job saga.Job) (saga.Commit, error) {
	a, list, err := s.read(ctx, job.SagaID)
	if err != nil {
		return nil, err
	}
	if err := paidAlready(a); err != nil {
		return nil, err
	}
	if a.State.sold() {
		return nil, nil
	}
	t, err := current(a, list)
	if err != nil {
		return nil, err
	}
	if t.checkoutID != "" {
		return nil, nil
	}
	started, customerID, err := s.open(ctx, job, a, t)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *database.Tx) (string, error) {
		return started.CheckoutID, s.noteOpen(ctx, tx, t, started, customerID)
	}, nil
}

// open asks the provider for a page.
func (s *Service) open(ctx context.Context, job saga.Job, a Acquisition, t attempt) (started subscription.Started, customerID string, err error) {
	customerID = a.CustomerID
	if customerID == "" || a.Provider != t.provider {
		if customerID, err = s.customer(ctx, job, a, t); err != nil {
			return started, "", err
		}
	}
	version, err := s.plans.Version(ctx, t.versionID)
	if err != nil {
		return started, "", err
	}
	wish := subscription.Checkout{
		Reference: a.ID, CustomerID: customerID, Plan: version.Name.In(a.Locale), PlanRef: t.versionID, Interval: subscription.Interval(t.interval),
		Price: t.quote.Price, Currency: t.quote.Currency, Discount: t.quote.Discount, DiscountCycles: t.quote.DiscountCycles, TrialDays: t.quote.TrialDays,
		DueMS: workdays(t.createdMS, s.cfg.DueDays), SuccessURL: s.cfg.SiteURL + returnPage, CancelURL: s.cfg.SiteURL + returnPage + "?cancelado=1", Locale: a.Locale,
	}
	if t.method != "" {
		wish.Methods = []string{t.method}
	}
	started, err = s.providerNamed(t.provider).StartCheckout(ctx, checkoutKey(a, t.try), wish)
	if err != nil {
		return started, "", s.refused(ctx, job, a, t, err)
	}
	return started, customerID, nil
}

// noteOpen writes down a page that the provider opened.
func (s *Service) noteOpen(ctx context.Context, tx *database.Tx, t attempt, started subscription.Started, customerID string) error {
	return within(ctx, tx, t.acquisitionID, func(a *Acquisition) error {
		now, err := oneAttempt(ctx, tx, a.ID, t.try)
		if err != nil {
			return err
		}
		now.checkoutID, now.detail.URL, now.detail.ExpiresMS = started.CheckoutID, started.URL, started.ExpiresMS
		if now.state == attemptAsked {
			now.state = string(subscription.CheckoutOpen)
		}
		if a.Provider == t.provider && !now.dropped {
			a.CustomerID = customerID
		}
		return now.put(ctx, tx)
	})
}

// runPayment waits for the money: it looks when the provider sent a notice, and
// now and then without one. It also opens the pages of later tries, and closes
// those that were left.
func (s *Service) runPayment(ctx context.Context, job saga.Job) (saga.Commit, error) {
	a, list, err := s.read(ctx, job.SagaID)
	if err != nil {
		return nil, err
	}
	if err := paidAlready(a); err != nil {
		return nil, err
	}
	if a.State.sold() {
		return nil, nil
	}
	latest := attempt{}
	for _, t := range list {
		commit, err := s.look(ctx, job, a, t)
		if commit != nil || err != nil {
			return commit, err
		}
		latest = t
	}
	if err := s.openNext(ctx, job, a, latest); err != nil {
		return nil, err
	}
	return nil, s.rest(ctx, job.SagaID)
}

// openNext opens the page of a later try.
func (s *Service) openNext(ctx context.Context, job saga.Job, a Acquisition, t attempt) error {
	if t.try == 0 || t.dropped || t.checkoutID != "" || t.state != attemptAsked {
		return nil
	}
	started, customerID, err := s.open(ctx, job, a, t)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		return s.noteOpen(ctx, tx, t, started, customerID)
	})
}

// rest says when to look again: often while a page is open, seldom when all have
// ended.
func (s *Service) rest(ctx context.Context, acquisitionID string) error {
	var list []attempt
	var nowMS int64
	err := s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) (err error) {
		nowMS = tx.Now()
		list, err = attempts(ctx, tx, acquisitionID)
		return err
	})
	if err != nil {
		return err
	}
	every, note := s.cfg.LateEvery, "no page is open; money that comes late counts"
	for _, t := range list {
		if t.lives() {
			every, note = s.cfg.PollEvery, "the page "+t.checkoutID+" is "+t.state
		}
	}
	return &saga.Wait{UntilMS: nowMS + every.Milliseconds(), Note: note}
}

// lives tells whether a page may be paid.
func (t attempt) lives() bool {
	return !t.dropped && (t.state == attemptAsked || t.state == string(subscription.CheckoutOpen) || t.state == string(subscription.CheckoutPending))
}

// look asks how far a page is. A page that was paid gives what follows from it;
// anything else is written down at once.
func (s *Service) look(ctx context.Context, job saga.Job, a Acquisition, t attempt) (saga.Commit, error) {
	if t.checkoutID == "" {
		return nil, nil
	}
	provider := s.providerNamed(t.provider)
	if provider == nil {
		return nil, &saga.Halt{Message: "this installation does not work with " + t.provider}
	}
	found, err := provider.LookCheckout(ctx, t.checkoutID)
	if err != nil {
		return nil, paymentTrouble(job, err)
	}
	if found.State == subscription.CheckoutPaid {
		return func(ctx context.Context, tx *database.Tx) (string, error) { return s.commitPaid(ctx, tx, t, found) }, nil
	}
	lapsed, ended := false, found.State == subscription.CheckoutExpired
	if err := s.note(ctx, a.ID, t, func(tx *database.Tx, fresh *attempt) bool {
		fresh.learn(found)
		lapsed = fresh.dropped || fresh.overdue(tx.Now())
		return ended || !lapsed
	}); err != nil || ended || !lapsed {
		return nil, err
	}
	closed, err := s.closePage(ctx, provider, t)
	if err != nil {
		return nil, paymentTrouble(job, err)
	}
	if !closed {
		return nil, nil // it may have been paid: the next look tells
	}
	return nil, s.note(ctx, a.ID, t, func(_ *database.Tx, fresh *attempt) bool {
		fresh.state = string(subscription.CheckoutExpired)
		return true
	})
}

// note changes a page of a journey, and moves the journey after it when fn says
// so; t is the page as it was before.
func (s *Service) note(ctx context.Context, acquisitionID string, t attempt, fn func(tx *database.Tx, fresh *attempt) (moves bool)) error {
	return s.change(ctx, acquisitionID, func(ctx context.Context, tx *database.Tx, now *Acquisition) error {
		fresh, err := oneAttempt(ctx, tx, acquisitionID, t.try)
		if err != nil {
			return err
		}
		moves := fn(tx, &fresh)
		if err := fresh.put(ctx, tx); err != nil || !moves {
			return err
		}
		return s.follow(ctx, tx, now, fresh, t.state)
	})
}

// closePage keeps a page from being paid. A provider that refuses has its
// reasons: the page is not closed then, and the next look tells.
func (s *Service) closePage(ctx context.Context, provider subscription.Provider, t attempt) (closed bool, err error) {
	err = provider.ExpireCheckout(ctx, t.checkoutID)
	var trouble *subscription.Trouble
	if errors.As(err, &trouble) && trouble.Kind == subscription.Refused {
		s.logger.WarnContext(ctx, "a page of a provider could not be closed", "checkout", t.checkoutID, "problem", trouble.Message)
		return false, nil
	}
	return err == nil, err
}

// learn takes what the provider tells of a page.
func (t *attempt) learn(found subscription.CheckoutState) {
	t.state = string(found.State)
	t.method = or(found.Method, t.method)
	t.detail.PixCode, t.detail.BoletoLine = or(found.PixCode, t.detail.PixCode), or(found.BoletoLine, t.detail.BoletoLine)
	t.detail.BoletoURL = or(found.BoletoURL, t.detail.BoletoURL)
	t.detail.SubscriptionID, t.detail.CustomerID = or(found.SubscriptionID, t.detail.SubscriptionID), or(found.CustomerID, t.detail.CustomerID)
	if found.DueMS > 0 {
		t.dueMS = found.DueMS
	}
	t.problem = ""
	if found.State == subscription.CheckoutFailed {
		t.problem = "declined"
	}
}

// graceDays are the working days after its due date in which a boleto may still
// be on its way through the banks.
const graceDays = 3

// overdue tells whether a boleto or a Pix was not paid in time, or a page not
// used in its time: not all providers close those by themselves.
func (t attempt) overdue(nowMS int64) bool {
	until := t.detail.ExpiresMS
	switch subscription.CheckoutStep(t.state) {
	case subscription.CheckoutPending:
		until = max(t.dueMS, 0)
	case subscription.CheckoutOpen, subscription.CheckoutFailed:
	default:
		return false
	}
	return until > 0 && nowMS > workdays(until, graceDays)
}

// follow moves a journey after its latest page.
func (s *Service) follow(ctx context.Context, tx *database.Tx, a *Acquisition, t attempt, before string) error {
	if t.try != a.Try || t.dropped || a.State == Draft || a.State == Canceled || a.State.sold() {
		return nil
	}
	switch subscription.CheckoutStep(t.state) {
	case subscription.CheckoutPending:
		a.State = Awaiting
	case subscription.CheckoutOpen, subscription.CheckoutFailed:
		a.State = Checkout
	case subscription.CheckoutExpired:
		if a.State == Expired || before == t.state {
			return nil
		}
		a.State, a.ExpiresMS = Expired, tx.Now()+s.cfg.DraftLife.Milliseconds()
		if err := s.letGo(ctx, tx, t); err != nil || !s.post.Works() {
			return err
		}
		return s.postResume(ctx, tx, *a, mail.SignupExpired)
	case subscription.CheckoutPaid:
	}
	return nil
}

// commitPaid is the money's arrival. The journey may have gone anywhere since:
// money counts.
func (s *Service) commitPaid(ctx context.Context, tx *database.Tx, t attempt, found subscription.CheckoutState) (string, error) {
	return t.checkoutID, within(ctx, tx, t.acquisitionID, func(a *Acquisition) error {
		if a.State.sold() {
			return nil
		}
		fresh, err := oneAttempt(ctx, tx, a.ID, t.try)
		if err != nil {
			return err
		}
		fresh.learn(found)
		if err := s.dropOthers(ctx, tx, *a, t.try); err != nil {
			return err
		}
		return s.markPaid(ctx, tx, a, &fresh, tx.Now())
	})
}

// dropOthers leaves all other pages of a journey; the sweeper closes them.
func (s *Service) dropOthers(ctx context.Context, tx *database.Tx, a Acquisition, try int64) error {
	list, err := attempts(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.try == try || t.dropped {
			continue
		}
		t.dropped = true
		if err := t.put(ctx, tx); err != nil {
			return err
		}
		if t.coupon == a.Coupon {
			continue // one coupon, held once for the journey
		}
		if err := s.letGo(ctx, tx, t); err != nil {
			return err
		}
	}
	return nil
}

// workdays gives the end of the n-th working day of banks after a day, in
// milliseconds. Source: Resolução CMN 4.880/2020 (no expediente on Saturdays,
// Sundays, national holidays, Carnaval's Monday and Tuesday, and Corpus
// Christi).
func workdays(ms int64, n int) int64 {
	at := clock.FromMS(ms).In(houseZone())
	at = time.Date(at.Year(), at.Month(), at.Day(), 23, 59, 59, 0, at.Location())
	for n > 0 {
		at = at.AddDate(0, 0, 1)
		if works(at) {
			n--
		}
	}
	return clock.MS(at)
}

func works(day time.Time) bool {
	optional := calendar.Optional(day)
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday && calendar.Holiday(day) == "" && optional != "Carnaval" && optional != "Corpus Christi"
}

// oneAttempt reads a page of a journey.
func oneAttempt(ctx context.Context, tx *database.Tx, acquisitionID string, try int64) (attempt, error) {
	t, err := scanAttempt(tx.QueryRow(ctx, "SELECT "+attemptColumns+" FROM acquisition_checkout WHERE acquisition_id = $1 AND try = $2", acquisitionID, try))
	if errors.Is(err, database.ErrNoRows) {
		return t, fault.New(fault.NotFound, "the journey has no such checkout")
	}
	return t, err
}
