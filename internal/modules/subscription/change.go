package subscription

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// Wanted is another plan or interval.
type Wanted struct {
	VersionID string   `json:"version_id" maxLength:"40"`
	Interval  Interval `json:"interval" enum:"month,year"`
}

// Preview is what a change would cost and do. What was previewed is what is
// charged: the token stands for all of it.
type Preview struct {
	Wanted
	Token       string         `json:"token" doc:"Names this preview when the change is confirmed."`
	ExpiresMS   int64          `json:"expires_ms" doc:"It is counted by the day: at the end of the day it is another one."`
	Name        plan.Text      `json:"name"`
	AtEnd       bool           `json:"at_end" doc:"The change takes effect with the end of the paid period, and nothing is charged before."`
	EffectiveMS int64          `json:"effective_ms"`
	Currency    money.Currency `json:"currency"`
	Price       money.Amount   `json:"price_minor" doc:"Of an interval, from then on."`
	Credit      money.Amount   `json:"credit_minor" doc:"What is paid and was not used."`
	Charge      money.Amount   `json:"charge_minor" doc:"The new price for what is left of the period."`
	Due         money.Amount   `json:"due_minor" doc:"Charged at once."`
	DaysLeft    int64          `json:"days_left"`
	Days        int64          `json:"days"`
	NextBillMS  int64          `json:"next_bill_ms" doc:"When the new price is charged in full."`
	Short       []Shortfall    `json:"short" doc:"What the company uses and the plan does not hold. While there is any the change is refused."`
}

// Shortfall is something of which a company uses more than a plan holds.
type Shortfall struct {
	Meter tenancy.Meter `json:"meter"`
	Used  int64         `json:"used"`
	Limit int64         `json:"limit"`
}

// Preview tells what a change would cost now. Errors: fault.NotFound for a
// version that is not sold; fault.Refused with reason no_change, plan_overdue,
// plan_ending, interval_not_offered; those of the vendor.
func (s *Service) Preview(ctx context.Context, tenantID string, want Wanted) (Preview, error) {
	_, p, err := s.preview(ctx, tenantID, want)
	return p, err
}

func (s *Service) preview(ctx context.Context, tenantID string, want Wanted) (sub Subscription, p Preview, err error) {
	target, err := s.plans.Version(ctx, want.VersionID)
	if err != nil {
		return sub, p, err
	}
	used, err := s.used(ctx, tenantID)
	if err != nil {
		return sub, p, err
	}
	var current plan.Version
	var paid money.Amount
	var company tenancy.Company
	var nowMS int64
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		nowMS = tx.Now()
		if sub, err = loadSubscription(ctx, tx, tenantID, ""); err != nil {
			return err
		}
		if company, err = tenancy.Load(ctx, tx, tenantID); err != nil {
			return err
		}
		if paid, err = s.paidFor(ctx, tx, sub); err != nil {
			return err
		}
		current, err = s.plans.VersionIn(ctx, tx, sub.VersionID)
		return err
	})
	if err != nil {
		return sub, p, err
	}
	if err := sub.mayChange(want, target, nowMS); err != nil {
		return sub, p, err
	}
	if target.Line != company.Line {
		return sub, p, fault.New(fault.NotFound, "no such plan")
	}
	p = sub.cost(current, target, want, paid, nowMS, zoneOf(company.Timezone))
	p.Short = shortOf(target, used)
	if p.Due > 0 {
		provider, err := s.provider(sub.Provider)
		if err != nil {
			return sub, p, err
		}
		// The vendor has the last word about what it would bill.
		if p.Due, err = provider.PreviewChange(ctx, p.change(sub, target)); err != nil {
			return sub, p, outside(err)
		}
	}
	p.Token = p.sign(sub)
	return sub, p, nil
}

// mayChange refuses a change that makes no sense now.
func (s Subscription) mayChange(want Wanted, target plan.Version, nowMS int64) error {
	price, offered := target.Price(plan.Interval(want.Interval))
	switch {
	case s.State == Ended || s.Provider == "" && s.State != Trialing:
		return fault.Refuse("no_running_subscription", "there is no running subscription to change: choose a plan and pay")
	case s.State != Active && s.State != Trialing:
		return fault.Refuse("plan_overdue", "a payment is missing: the plan is changed once it is paid")
	case s.EndsAtPeriod:
		return fault.Refuse("plan_ending", "the subscription was canceled: take that back first")
	case want.VersionID == s.VersionID && want.Interval == s.Interval:
		return fault.Refuse("no_change", "this is the plan that the company has")
	case target.State != plan.Published || target.Currency != s.Currency:
		return fault.New(fault.NotFound, "no such plan")
	case !offered:
		return fault.Refuse("interval_not_offered", "the plan is not sold for this interval")
	case price == 0 && s.Provider != "":
		return fault.Refuse("interval_not_offered", "a plan without a price is not changed to: cancel the subscription")
	}
	return nil
}

// cost counts a change, by the day in the company's zone.
//
//   - During a trial nothing was paid: the new plan counts at once.
//   - More plan for the same interval counts at once: the unused days of the old
//     price are credited, those days of the new one are charged.
//   - From months to years, for no less plan, counts at once and begins a year.
//   - Less plan, and from years to months, counts from the next period on.
func (s Subscription) cost(current, target plan.Version, want Wanted, paid money.Amount, nowMS int64, zone *time.Location) Preview {
	price, _ := target.Price(plan.Interval(want.Interval))
	p := Preview{Wanted: want, Name: target.Name, Currency: target.Currency, Price: price, EffectiveMS: nowMS, NextBillMS: s.PeriodEndMS, Short: []Shortfall{}}
	year, month, date := clock.FromMS(nowMS).In(zone).Date()
	p.ExpiresMS = clock.MS(time.Date(year, month, date+1, 0, 0, 0, 0, zone))
	if s.State == Trialing {
		p.NextBillMS = s.TrialEndMS
		return p
	}
	proration := plan.ProrateInput{OldPrice: paid, NewPrice: price, PeriodStartMS: s.PeriodStartMS, PeriodEndMS: s.PeriodEndMS, AtMS: nowMS, Zone: zone}
	less := perYear(target) < perYear(current)
	switch {
	case want.Interval == s.Interval && price >= s.Price:
		counted := plan.Prorate(proration)
		p.Credit, p.Charge, p.DaysLeft, p.Days = counted.Credit, counted.Charge, counted.DaysLeft, counted.Days
	case want.Interval == Annual && s.Interval == Monthly && !less:
		counted := plan.Prorate(proration)
		p.Credit, p.Charge, p.DaysLeft, p.Days = counted.Credit, price, counted.DaysLeft, counted.Days
		p.NextBillMS = clock.MS(clock.FromMS(nowMS).In(zone).AddDate(1, 0, 0))
	default:
		p.AtEnd, p.EffectiveMS = true, s.PeriodEndMS
		return p
	}
	p.Due = max(p.Charge-p.Credit, 0)
	return p
}

// perYear ranks plans: what a year costs when it is paid by the month, or at
// once where that is all there is.
func perYear(v plan.Version) money.Amount {
	if v.Monthly > 0 {
		return 12 * v.Monthly
	}
	return v.Annual
}

// paidFor gives what the company paid for the whole of the running period: the
// price, or less where a coupon made it less or money was sent back.
func (s *Service) paidFor(ctx context.Context, tx *database.Tx, sub Subscription) (money.Amount, error) {
	invoices, err := billed(ctx, tx, sub)
	if err != nil {
		return 0, err
	}
	paid, whole := money.Amount(0), false
	for _, i := range invoices {
		if i.State != BillPaid && i.State != BillRefunded || i.PeriodStartMS != sub.PeriodStartMS || i.PeriodEndMS != sub.PeriodEndMS {
			continue
		}
		// A change on the first day is billed besides what was paid before it.
		paid += max(i.Paid-i.Refunded, 0)
		whole = whole || i.VersionID == sub.VersionID
	}
	if !whole {
		return sub.Price, nil // a change within the period was billed for a part of it
	}
	return min(sub.Price, paid), nil
}

// shortOf tells what is used and a plan does not hold, of what a company has at
// a time.
func shortOf(target plan.Version, used map[tenancy.Meter]int64) []Shortfall {
	list := []Shortfall{}
	for _, meter := range tenancy.Meters() {
		limit, limited := target.Limits[meter]
		if limited && !meter.Metered() && limit.Count != tenancy.Unlimited && used[meter] > limit.Count {
			list = append(list, Shortfall{meter, used[meter], limit.Count})
		}
	}
	return list
}

// sign names a preview by all that it says, and what it rests on. Times of the
// day are left out: within a day it is the same.
func (p Preview) sign(sub Subscription) string {
	seen := p
	seen.Token, seen.Short, seen.Name = "", nil, plan.Text{}
	if !p.AtEnd {
		seen.EffectiveMS = 0
	}
	if p.Interval != sub.Interval && !p.AtEnd {
		seen.NextBillMS = 0
	}
	text, err := json.Marshal(struct {
		Preview
		ID, From string
		Every    Interval
		Was      money.Amount
		End      int64
	}{seen, sub.ID, sub.VersionID, sub.Interval, sub.Price, sub.PeriodEndMS})
	if err != nil {
		return "" // numbers and texts always encode
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// change is what the vendor is asked for.
func (p Preview) change(sub Subscription, target plan.Version) Change {
	c := Change{
		SubscriptionID: sub.ExternalID, CustomerID: sub.CustomerID, Plan: target.Name.PT, PlanRef: target.ID, Interval: p.Interval, Price: p.Price, Currency: p.Currency,
		Due: p.Due, DueText: dueText(target.Name.PT, p.DaysLeft, p.Days),
	}
	if p.Interval != sub.Interval && sub.State != Trialing {
		c.NewPeriodMS = p.EffectiveMS
	}
	return c
}

func dueText(name string, left, days int64) string {
	return strings.TrimSpace(fmt.Sprintf("%s: %d de %d dias", name, left, days))
}

// Change changes the plan as the preview with the token said. One that counts at
// once is asked of the vendor before it returns, and goes on by itself when the
// vendor does not answer. Errors: those of Preview; fault.Conflict with reason
// preview_stale or change_underway; fault.Refused with reason plan_too_small or
// vendor_refused.
func (s *Service) Change(ctx context.Context, tenantID string, want Wanted, token string, by By) (w Wish, err error) {
	sub, p, err := s.preview(ctx, tenantID, want)
	if err != nil {
		return w, err
	}
	if p.Token != token {
		return w, &fault.Error{Code: fault.Conflict, Reason: "preview_stale", Message: "what the change costs is not what was shown any more: look at it again"}
	}
	if len(p.Short) > 0 {
		short := p.Short[0]
		return w, &fault.Error{Code: fault.Refused, Reason: "plan_too_small", Field: string(short.Meter), Message: fmt.Sprintf("you use %d %s, the new plan has %d", short.Used, short.Meter, short.Limit)}
	}
	w = Wish{TenantID: tenantID, Kind: ForChange, State: WishAsking, AskedBy: by.Actor.ID, WishBody: WishBody{
		VersionID: want.VersionID, Interval: want.Interval, Price: p.Price, Currency: p.Currency, Due: p.Due, EffectiveMS: p.EffectiveMS,
		DueText: dueText(p.Name.PT, p.DaysLeft, p.Days),
	}}
	if want.Interval != sub.Interval && sub.State != Trialing {
		w.NewPeriodMS = p.EffectiveMS
	}
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		locked, err := loadSubscription(ctx, tx, tenantID, tx.ForUpdate())
		if err != nil {
			return err
		}
		if p.sign(locked) != token || locked.State != sub.State || locked.EndsAtPeriod {
			return errOvertaken
		}
		if err := s.drop(ctx, tx, tenantID, by); err != nil {
			return err
		}
		w.NextMS = tx.Now()
		if p.AtEnd {
			w.State, w.NextMS = WishPlanned, max(tx.Now(), p.EffectiveMS-priceLead)
		}
		if w, err = insertWish(ctx, tx, w); err != nil {
			return err
		}
		facts := map[string]string{"from": sub.VersionID, "to": want.VersionID, "interval": string(want.Interval), "due": p.Due.Decimal(), "at_end": fmt.Sprint(p.AtEnd)}
		return by.log(ctx, tx, tenantID, "subscription.change_confirmed", w.ID, facts)
	})
	if err != nil || p.AtEnd {
		return w, err
	}
	return s.grantNow(ctx, w)
}

// grantNow works on a wish at once and tells how far it came. A vendor that does
// not answer is no error: the wish goes on by itself.
func (s *Service) grantNow(ctx context.Context, w Wish) (Wish, error) {
	failed := s.grant(ctx, w.TenantID, w.ID, true)
	err := s.db.Read(ctx, database.Company(w.TenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		w, err = scanWish(tx.QueryRow(ctx, `SELECT `+wishColumns+` FROM wish WHERE tenant_id = $1 AND id = $2`, w.TenantID, w.ID))
		return err
	})
	switch {
	case err != nil:
		return w, err
	case w.State == WishRefused:
		return w, &fault.Error{Code: fault.Refused, Reason: "vendor_refused", Message: w.Problem}
	case failed != nil:
		s.trouble(ctx, failed, "a vendor of plans could not be asked", "tenant", w.TenantID, "wish", w.ID)
	}
	return w, nil
}

// DropChange takes a planned change back. Errors: fault.NotFound;
// fault.Conflict with reason change_underway once the vendor knows the new price.
func (s *Service) DropChange(ctx context.Context, tenantID string, by By) error {
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if _, err := loadSubscription(ctx, tx, tenantID, tx.ForUpdate()); err != nil {
			return err
		}
		return s.drop(ctx, tx, tenantID, by)
	})
}

// askChange tells the vendor the new price, once, and the company gets the new
// plan: at once, or for a planned change when its time has come.
func (s *Service) askChange(ctx context.Context, sub Subscription, w Wish) (granted, error) {
	if sub.State == Ended {
		return overtakenByEnd, nil
	}
	if sub.Provider != "" && !w.Priced {
		provider, err := s.provider(sub.Provider)
		if err != nil {
			return nil, err
		}
		target, err := s.plans.Version(ctx, w.VersionID)
		if err != nil {
			return nil, err
		}
		err = provider.ApplyChange(ctx, w.ID, Change{
			SubscriptionID: sub.ExternalID, CustomerID: sub.CustomerID, Plan: target.Name.PT, PlanRef: target.ID, Interval: w.Interval, Price: w.Price, Currency: w.Currency,
			Due: w.Due, DueText: w.DueText, NewPeriodMS: w.NewPeriodMS,
		})
		if err != nil {
			return nil, err
		}
	}
	return s.changed, nil
}

func overtakenByEnd(ctx context.Context, tx *database.Tx, _ Subscription, w Wish) error {
	w.State, w.NextMS, w.Problem = WishDropped, 0, "the subscription ended before"
	return saveWish(ctx, tx, w)
}

// changed gives the company the plan that was asked for, if its time has come.
func (s *Service) changed(ctx context.Context, tx *database.Tx, sub Subscription, w Wish) error {
	w.Priced = true
	if w.State == WishPlanned && tx.Now() < w.EffectiveMS {
		w.NextMS = w.EffectiveMS
		return saveWish(ctx, tx, w)
	}
	company, err := tenancy.Load(ctx, tx, sub.TenantID)
	if err != nil {
		return err
	}
	target, err := s.plans.VersionIn(ctx, tx, w.VersionID)
	if err != nil {
		return err
	}
	from := sub.VersionID
	sub.VersionID, sub.Interval, sub.Price = w.VersionID, w.Interval, w.Price
	sub.Discount, sub.DiscountCycles = 0, 0
	sub.dueMS, sub.version = tx.Now(), sub.version+1
	w.State, w.NextMS = WishDone, 0
	if err := saveWish(ctx, tx, w); err != nil {
		return err
	}
	if err := saveSubscription(ctx, tx, sub); err != nil {
		return err
	}
	if err := tenancy.Entitle(ctx, tx, sub.TenantID, target.Entitlements()); err != nil {
		return err
	}
	if err := itself().log(ctx, tx, sub.TenantID, "subscription.changed", w.ID, map[string]string{"from": from, "to": w.VersionID}); err != nil {
		return err
	}
	facts := map[string]string{"plan": target.Name.In(company.Locale), "price": w.Price.Text(w.Currency), "due": w.Due.Text(w.Currency)}
	return s.tell(ctx, tx, sub.TenantID, mail.PlanChanged, w.ID, facts)
}

// outside makes of a vendor's trouble what may be shown.
func outside(err error) error {
	if trouble := new(Trouble); errors.As(err, &trouble) && trouble.Kind == Refused {
		return &fault.Error{Code: fault.Refused, Reason: "vendor_refused", Message: trouble.Message}
	}
	return fault.Wrap(err, fault.Unavailable, "the payment service does not answer: try again")
}
