package plan

import (
	"context"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/platform/database"
)

// Interval is how often a plan is paid.
type Interval string

// Intervals.
const (
	Month Interval = "month"
	Year  Interval = "year"
)

const dayMS = int64(24 * 3600 * 1000)

// Quote is what somebody would pay for a version.
type Quote struct {
	VersionID string         `json:"version_id"`
	Interval  Interval       `json:"interval" enum:"month,year"`
	Currency  money.Currency `json:"currency"`
	Price     money.Amount   `json:"price" doc:"Of an interval, without discount."`
	Discount  money.Amount   `json:"discount" doc:"Taken off each of the first discount_cycles intervals."`
	// DiscountCycles is 0 for all intervals.
	DiscountCycles int          `json:"discount_cycles"`
	First          money.Amount `json:"first" doc:"The first payment."`
	TrialDays      int          `json:"trial_days"`
	FirstDueMS     int64        `json:"first_due_ms"`
	// CouponCode is the coupon that counts, empty for none.
	CouponCode string `json:"coupon_code"`
	// CouponProblem is why the coupon asked for does not count: coupon_unknown,
	// coupon_expired, coupon_exhausted or coupon_not_for_plan; empty when it does.
	CouponProblem string `json:"coupon_problem"`
}

// Quote prices a version with a coupon's code, which may be empty. A coupon that
// does not count leaves the price as it is and says why. Errors: fault.NotFound
// for an unknown version or a draft, fault.Refused with reason plan_withdrawn
// or interval_not_offered.
func (s *Service) Quote(ctx context.Context, versionID string, interval Interval, coupon string) (q Quote, err error) {
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		q, err = s.QuoteIn(ctx, tx, versionID, interval, coupon)
		return err
	})
	return q, err
}

// QuoteIn is Quote in the caller's transaction.
func (s *Service) QuoteIn(ctx context.Context, tx *database.Tx, versionID string, interval Interval, coupon string) (Quote, error) {
	v, err := loadVersion(ctx, tx, versionID)
	if err != nil {
		return Quote{}, err
	}
	if v.State == Draft {
		return Quote{}, errNoVersion()
	}
	if !v.Sold(tx.Now()) {
		return Quote{}, fault.Refuse("plan_withdrawn", "the plan is sold no more: choose another one")
	}
	price, offered := v.Price(interval)
	if !offered {
		return Quote{}, &fault.Error{Code: fault.Refused, Reason: "interval_not_offered", Field: "interval", Message: "the plan is not paid this way"}
	}
	q := Quote{
		VersionID: v.ID, Interval: interval, Currency: v.Currency, Price: price, First: price,
		TrialDays: v.TrialDays, FirstDueMS: tx.Now() + int64(v.TrialDays)*dayMS,
	}
	if strings.TrimSpace(coupon) == "" {
		return q, nil
	}
	p, err := loadPromotion(ctx, tx, "code", cleanCode(coupon), "")
	if err != nil && !fault.Is(err, fault.NotFound) {
		return q, err
	}
	if q.CouponProblem = p.refusal(v, tx.Now()); q.CouponProblem != "" {
		return q, nil
	}
	q.CouponCode, q.Discount, q.DiscountCycles = p.Code, p.off(price), p.Cycles
	q.First = price - q.Discount
	return q, nil
}
