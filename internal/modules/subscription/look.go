package subscription

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// lookTries bounds how often a reading that was overtaken is made again.
const lookTries = 5

// Look reads a company's subscription at its vendor and brings ours to the same
// state. Errors: fault.NotFound, fault.Unavailable, and the vendor's.
func (s *Service) Look(ctx context.Context, tenantID string) error {
	return s.look(ctx, tenantID, "", "")
}

// look is Look; vendor and externalID may name another subscription of the
// company, an earlier one or one that was paid besides, of which only the
// invoices are of interest. Empty is the present one.
func (s *Service) look(ctx context.Context, tenantID, vendor, externalID string) error {
	for range lookTries {
		sub, err := s.Of(ctx, tenantID)
		if err != nil {
			return err
		}
		if externalID != "" && (externalID != sub.ExternalID || vendor != sub.Provider) {
			return s.lookFormer(ctx, tenantID, vendor, externalID)
		}
		err = s.lookPresent(ctx, sub)
		if errors.Is(err, errOvertaken) {
			continue
		}
		if err != nil {
			err = errors.Join(err, s.missed(ctx, sub, err))
		}
		return err
	}
	return errOvertaken
}

func (s *Service) lookPresent(ctx context.Context, sub Subscription) error {
	if sub.Provider == "" {
		return s.settle(ctx, sub, Remote{})
	}
	provider, err := s.provider(sub.Provider)
	if err != nil {
		return err
	}
	nowMS, err := s.nowMS(ctx)
	if err != nil {
		return err
	}
	if trouble := s.rests.of(sub.Provider, nowMS); trouble != nil {
		return trouble
	}
	remote, err := provider.LookSubscription(ctx, sub.ExternalID)
	if err != nil {
		s.rests.learn(sub.Provider, err, nowMS)
		return err
	}
	return s.settle(ctx, sub, remote)
}

// nowMS is the time of the database's clock.
func (s *Service) nowMS(ctx context.Context) (nowMS int64, err error) {
	err = s.db.Read(ctx, database.Platform("the time is nobody's"), func(_ context.Context, tx *database.Tx) error {
		nowMS = tx.Now()
		return nil
	})
	return nowMS, err
}

func (s *Service) lookFormer(ctx context.Context, tenantID, vendor, externalID string) error {
	provider, err := s.provider(vendor)
	if err != nil {
		return err
	}
	remote, err := provider.LookSubscription(ctx, externalID)
	if err != nil {
		return err
	}
	return s.mirrorFormer(ctx, tenantID, vendor, externalID, remote)
}

// errOvertaken says that something was stored since the vendor was read.
var errOvertaken = fault.New(fault.Conflict, "the subscription is being changed: try again")

// settle stores what was read at the vendor after sub was, and what follows from
// it now. Error: errOvertaken.
func (s *Service) settle(ctx context.Context, read Subscription, remote Remote) error {
	return s.db.Write(ctx, database.Company(read.TenantID), func(ctx context.Context, tx *database.Tx) error {
		sub, err := loadSubscription(ctx, tx, read.TenantID, tx.ForUpdate())
		if err != nil {
			return err
		}
		if sub.version != read.version {
			return errOvertaken
		}
		sub.mirror(remote)
		if err := s.mirrorBills(ctx, tx, sub, remote.Bills); err != nil {
			return err
		}
		return s.stand(ctx, tx, sub, remote.State)
	})
}

// mirror takes over what the vendor holds.
func (s *Subscription) mirror(r Remote) {
	if s.Provider == "" {
		return
	}
	if r.PeriodEndMS > 0 {
		s.PeriodStartMS, s.PeriodEndMS = r.PeriodStartMS, r.PeriodEndMS
	}
	s.TrialEndMS, s.EndsAtPeriod = r.TrialEndMS, r.EndsAtPeriod
	if !s.EndsAtPeriod && r.State != RemoteEnded {
		s.Reason = ""
	}
	s.Method, s.Brand, s.Last4 = short(r.Method), short(r.Brand), last4(r.Last4)
}

// last4 keeps no more of a card than may be kept.
func last4(text string) string {
	if len(text) > 4 {
		text = text[len(text)-4:]
	}
	return clean(text)
}

// mirrorBills brings the invoices of a subscription to what the vendor's bills
// say. A bill of nothing is none; one that was void when it was first seen
// neither.
func (s *Service) mirrorBills(ctx context.Context, tx *database.Tx, sub Subscription, bills []Bill) error {
	known, err := billed(ctx, tx, sub)
	if err != nil {
		return err
	}
	byBill := map[string]Invoice{}
	for _, i := range known {
		byBill[i.BillID] = i
	}
	payer, err := loadPayer(ctx, tx, sub.TenantID)
	if err != nil {
		return err
	}
	bills = slices.Clone(bills)
	slices.SortStableFunc(bills, func(a, b Bill) int {
		return cmp.Or(cmp.Compare(a.CreatedMS, b.CreatedMS), cmp.Compare(a.BillID, b.BillID))
	})
	for _, bill := range bills {
		if bill.BillID == "" || bill.Amount <= 0 {
			continue
		}
		old, known := byBill[bill.BillID]
		if !known {
			if bill.State == BillVoid {
				continue
			}
			fresh := Invoice{TenantID: sub.TenantID, Provider: sub.Provider, BillID: bill.BillID, VersionID: sub.VersionID, Payer: payer, externalID: sub.ExternalID}
			if _, err := issue(ctx, tx, fresh.takes(bill, tx.Now())); err != nil {
				return err
			}
			continue
		}
		if now := old.takes(bill, tx.Now()); now != old {
			if err := saveInvoice(ctx, tx, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// mirrorFormer notes what became of the bills of a subscription that was
// followed by another one, or paid besides it: a refund, a chargeback.
func (s *Service) mirrorFormer(ctx context.Context, tenantID, vendor, externalID string, remote Remote) error {
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		sub, err := loadSubscription(ctx, tx, tenantID, tx.ForUpdate())
		if err != nil {
			return err
		}
		sub.Provider, sub.ExternalID = vendor, externalID
		return s.mirrorBills(ctx, tx, sub, remote.Bills)
	})
}

// stand judges a subscription, writes it and does what follows: the company's
// state, the letters, the next look.
func (s *Service) stand(ctx context.Context, tx *database.Tx, sub Subscription, remote RemoteState) error {
	invoices, err := billed(ctx, tx, sub)
	if err != nil {
		return err
	}
	before := sub
	at := judge(sub, remote, invoices, tx.Now())
	sub.State, sub.OverdueMS = at.state, at.overdueMS
	if sub.State == Ended && sub.EndedMS == 0 {
		sub.EndedMS = tx.Now()
	}
	sub.looks, sub.problem = 0, ""
	sub.dueMS = s.nextLook(sub, at, invoices, tx.Now())
	if err := s.move(ctx, tx, &sub, at); err != nil {
		return err
	}
	sub.version++
	if err := saveSubscription(ctx, tx, sub); err != nil {
		return err
	}
	if before.State != sub.State {
		facts := map[string]string{"from": string(before.State), "to": string(sub.State)}
		if err := itself().log(ctx, tx, sub.TenantID, "subscription."+string(sub.State), sub.ID, facts); err != nil {
			return err
		}
	}
	return s.write(ctx, tx, before, sub, at)
}

// nextLook tells when the vendor is read again, or time alone changes something.
func (s *Service) nextLook(sub Subscription, at standing, invoices []Invoice, nowMS int64) int64 {
	if sub.State == Ended {
		return 0
	}
	next := at.nextMS
	sooner := func(ms int64) {
		if ms > nowMS && (next == 0 || ms < next) {
			next = ms
		}
	}
	if sub.Provider == "" {
		return next
	}
	every := s.cfg.LookEvery
	if at.overdueMS > 0 || slices.ContainsFunc(invoices, Invoice.Payable) {
		every = s.cfg.LookSoon
	}
	sooner(nowMS + every.Milliseconds())
	sooner(sub.PeriodEndMS + 1)
	return next
}

// move brings the company to the state that goes with the subscription's. It
// acts on a change of ours only, and never lifts what somebody else has
// decided: a company that an operator suspended is not freed by a payment,
// whatever became of the subscription meanwhile, and one that an operator freed
// stays free until the next rung.
func (s *Service) move(ctx context.Context, tx *database.Tx, sub *Subscription, at standing) error {
	want := sub.State.company()
	set, floor, _ := strings.Cut(sub.told, beneath)
	if want == set {
		return nil
	}
	company, err := tenancy.Load(ctx, tx, sub.TenantID)
	if err != nil {
		return err
	}
	is := string(company.State)
	if is != set || floor != "" && severity(is) < severity(floor) {
		floor = is // what somebody else has decided since
	}
	sub.told = want
	to := want
	if floor != "" && floor != string(tenancy.Active) {
		sub.told += beneath + floor
		if severity(floor) > severity(want) {
			to = floor
		}
	}
	way := []string{to}
	if is == string(tenancy.Canceled) && to != string(tenancy.Active) {
		way = []string{string(tenancy.Active), to} // the only way back
	}
	for _, to := range way {
		// The letters are ours, since they tell of money.
		move := tenancy.Move{To: tenancy.State(to), Reason: sub.why(at), By: tenancy.By(itself()), Quiet: true}
		if _, err := s.companies.Move(ctx, tx, sub.TenantID, move); err != nil {
			return err
		}
	}
	return nil
}

// beneath stands in Subscription.told between the state that was set from here
// and the one that somebody else had decided before, below which no payment
// brings the company.
const beneath = "<"

// why tells in a word why a company's state changes.
func (s Subscription) why(at standing) string {
	switch {
	case s.State == Ended:
		return "subscription_ended"
	case s.Provider == "":
		return "trial_over"
	case at.rung != nil:
		return "payment_" + at.rung.name
	default:
		return "paid"
	}
}

// write sends the letters that go with where a subscription stands now. Each has
// a key, so that it is sent once however often it is looked.
func (s *Service) write(ctx context.Context, tx *database.Tx, before, sub Subscription, at standing) error {
	company, err := tenancy.Load(ctx, tx, sub.TenantID)
	if err != nil {
		return err
	}
	switch {
	case sub.State == Ended:
		if before.State == Ended {
			return nil
		}
		until := date(sub.EndedMS+s.cfg.ReturnAfter.Milliseconds(), company)
		return s.tell(ctx, tx, sub.TenantID, mail.PlanEnded, keyOf(sub, sub.EndedMS), map[string]string{"until": until})
	case at.rung != nil:
		days := (tx.Now() - at.overdueMS) / day
		facts := map[string]string{"days": strconv.FormatInt(days, 10), "read_only": date(at.overdueMS+rungAt(ReadOnly)*day, company), "suspended": date(at.overdueMS+rungAt(Suspended)*day, company)}
		return s.tell(ctx, tx, sub.TenantID, at.rung.letter, keyOf(sub, at.overdueMS), facts)
	case before.OverdueMS > 0:
		return s.tell(ctx, tx, sub.TenantID, mail.PlanPaid, keyOf(sub, before.OverdueMS), nil)
	case sub.Provider == "" && sub.State == Suspended:
		return s.tell(ctx, tx, sub.TenantID, mail.PlanTrialOver, keyOf(sub, sub.TrialEndMS), nil)
	case sub.TrialEndMS > tx.Now() && sub.TrialEndMS-trialNotice <= tx.Now() && !sub.EndsAtPeriod:
		return s.tell(ctx, tx, sub.TenantID, mail.PlanTrialEnding, keyOf(sub, sub.TrialEndMS), map[string]string{"until": date(sub.TrialEndMS, company)})
	}
	return nil
}

// rungAt is the day of the first rung with a state.
func rungAt(state State) int64 {
	for _, r := range ladder() {
		if r.state == state {
			return r.days
		}
	}
	return 0
}

// missed notes that the vendor could not be read; it is tried again.
func (s *Service) missed(ctx context.Context, read Subscription, failed error) error {
	return s.db.Write(ctx, database.Company(read.TenantID), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE subscription SET looks = looks + 1, due_ms = $3, problem = $4 WHERE tenant_id = $1 AND version = $2`,
			read.TenantID, read.version, tx.Now()+pause(read.looks, failed, tx.Now()), short(failed.Error()))
		return err
	})
}

// pause tells how long a vendor that gave trouble is left alone, in
// milliseconds: from half a minute to an hour, or as it says.
func pause(failures int64, failed error, nowMS int64) int64 {
	if trouble := new(Trouble); errors.As(failed, &trouble) && trouble.Kind == Throttled && trouble.UntilMS > nowMS {
		return min(trouble.UntilMS-nowMS, time.Hour.Milliseconds())
	}
	return min((30*time.Second).Milliseconds()<<min(failures, 10), time.Hour.Milliseconds())
}
