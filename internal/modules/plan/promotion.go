package plan

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/money"
	"prosa/internal/base/page"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// Promotion is a coupon of ours: it takes something off the first periods of a
// subscription.
type Promotion struct {
	ID   string `json:"id"`
	Code string `json:"code"`
	// Percent (basis points: 1000 is 10 %) or Amount is taken off; one of them.
	Percent  int64          `json:"percent"`
	Amount   money.Amount   `json:"amount"`
	Currency money.Currency `json:"currency"`
	Cycles   int            `json:"cycles" doc:"Periods that cost less, 0 for all."`
	FromMS   int64          `json:"from_ms"`
	ToMS     int64          `json:"to_ms" doc:"0 for ever."`
	Most     int64          `json:"most" doc:"Redemptions, 0 for any number."`
	Used     int64          `json:"used" doc:"Held or used."`
	// Plans that it counts for, empty for all.
	Plans     []string `json:"plans" nullable:"false"`
	Active    bool     `json:"active"`
	CreatedMS int64    `json:"created_ms"`
	Version   int64    `json:"version"`
}

// Reasons why a coupon does not count.
const (
	couponUnknown   = "coupon_unknown"
	couponExpired   = "coupon_expired"
	couponExhausted = "coupon_exhausted"
	couponNotFor    = "coupon_not_for_plan"
)

// States of a redemption.
const (
	held     = "held"
	used     = "used"
	released = "released"
)

// codes are what people can say and type; matched in upper case.
var codes = regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]{1,31}$`)

func cleanCode(code string) string { return strings.ToUpper(strings.TrimSpace(code)) }

// off is what the coupon takes off a price: never more than the price.
func (p Promotion) off(price money.Amount) money.Amount {
	if p.Percent > 0 {
		return price.Percent(p.Percent)
	}
	return min(p.Amount, price)
}

// refusal tells why the coupon does not count for a version; empty when it
// does. The zero Promotion is nobody's.
func (p Promotion) refusal(v Version, nowMS int64) string {
	switch {
	case p.ID == "" || !p.Active || nowMS < p.FromMS:
		return couponUnknown
	case p.ToMS > 0 && nowMS >= p.ToMS:
		return couponExpired
	case len(p.Plans) > 0 && !slices.Contains(p.Plans, v.PlanID), p.Percent == 0 && p.Currency != v.Currency:
		return couponNotFor
	case p.Most > 0 && p.Used >= p.Most:
		return couponExhausted
	default:
		return ""
	}
}

func (p Promotion) tidy() (Promotion, error) {
	p.Code = cleanCode(p.Code)
	if p.Currency == "" {
		p.Currency = money.BRL
	}
	if p.Plans == nil {
		p.Plans = []string{}
	}
	switch {
	case !codes.MatchString(p.Code):
		return p, fault.OnField("code", "must be 2 to 32 letters, digits and hyphens")
	case p.Percent < 0 || p.Percent > money.Whole:
		return p, fault.OnField("percent", "must be 0 to %d basis points", money.Whole)
	case p.Amount.Check() != nil:
		return p, fault.OnField("amount", "is no amount")
	case (p.Percent > 0) == (p.Amount > 0):
		return p, fault.OnField("percent", "a coupon takes off a percentage or an amount")
	case p.Currency.Check() != nil:
		return p, fault.OnField("currency", "must be BRL, USD or EUR")
	case p.Cycles < 0 || p.Cycles > 120:
		return p, fault.OnField("cycles", "must be 0 to 120")
	case p.Most < 0:
		return p, fault.OnField("most", "must not be below 0")
	case p.FromMS < 0 || p.ToMS < 0 || p.ToMS > 0 && p.ToMS <= p.FromMS:
		return p, fault.OnField("to_ms", "a coupon ends after it began")
	}
	return p, nil
}

// Hold counts a use of the coupon for a subject: the acquisition's or the
// company's id. Holding what the subject holds or used is no error, whatever
// became of the coupon meanwhile: the price was promised. Errors: fault.Refused
// with reason coupon_unknown, coupon_expired, coupon_exhausted or
// coupon_not_for_plan.
func (s *Service) Hold(ctx context.Context, tx *database.Tx, code, versionID, subject string) error {
	p, err := loadPromotion(ctx, tx, "code", cleanCode(code), tx.ForUpdate())
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	state, err := redemption(ctx, tx, p.ID, subject)
	if err != nil || state == held || state == used {
		return err
	}
	v, err := loadVersion(ctx, tx, versionID)
	if err != nil {
		return err
	}
	if reason := p.refusal(v, tx.Now()); reason != "" {
		return &fault.Error{Code: fault.Refused, Reason: reason, Field: "coupon", Message: "the coupon does not count"}
	}
	return p.count(ctx, tx, subject, held, 1)
}

// Use marks a held coupon as used for good. One that is not held any more is
// used all the same: who pays was promised its price. An unknown code is no
// error, since what was paid is paid.
func (s *Service) Use(ctx context.Context, tx *database.Tx, code, subject string) error {
	return s.settle(ctx, tx, code, subject, func(p Promotion, state string) error {
		switch state {
		case used:
			return nil
		case held:
			return p.count(ctx, tx, subject, used, 0)
		default:
			return p.count(ctx, tx, subject, used, 1) // beyond the limit, maybe
		}
	})
}

// Release gives a held coupon back. Nothing held is no error, and what was used
// stays used.
func (s *Service) Release(ctx context.Context, tx *database.Tx, code, subject string) error {
	return s.settle(ctx, tx, code, subject, func(p Promotion, state string) error {
		if state != held {
			return nil
		}
		return p.count(ctx, tx, subject, released, -1)
	})
}

func (s *Service) settle(ctx context.Context, tx *database.Tx, code, subject string, act func(Promotion, string) error) error {
	p, err := loadPromotion(ctx, tx, "code", cleanCode(code), tx.ForUpdate())
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	state, err := redemption(ctx, tx, p.ID, subject)
	if err != nil {
		return err
	}
	return act(p, state)
}

// count writes a redemption and moves the counter, whose row is locked.
func (p Promotion) count(ctx context.Context, tx *database.Tx, subject, state string, by int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO promotion_redemption (promotion_id, subject, state, at_ms) VALUES ($1, $2, $3, $4)
		ON CONFLICT (promotion_id, subject) DO UPDATE SET state = excluded.state, at_ms = excluded.at_ms`, p.ID, subject, state, tx.Now())
	if err != nil || by == 0 {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE promotion SET used = used + $2 WHERE id = $1", p.ID, by)
	return err
}

func redemption(ctx context.Context, tx *database.Tx, promotionID, subject string) (state string, err error) {
	err = tx.QueryRow(ctx, "SELECT state FROM promotion_redemption WHERE promotion_id = $1 AND subject = $2", promotionID, subject).Scan(&state)
	if errors.Is(err, database.ErrNoRows) {
		return "", nil
	}
	return state, err
}

// SavePromotion makes a coupon (without an id) or changes one; what was promised
// with it stands. Errors: fault.Invalid, fault.NotFound, fault.Conflict with
// reason code_taken.
func (s *Service) SavePromotion(ctx context.Context, p Promotion, by tenancy.By) (Promotion, error) {
	p, err := p.tidy()
	if err != nil {
		return p, err
	}
	err = s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		for _, planID := range p.Plans {
			if _, err := loadPlan(ctx, tx, planID, ""); err != nil {
				return fault.OnField("plans", "there is no such plan")
			}
		}
		if p.ID == "" {
			p.ID, p.CreatedMS, p.Version, p.Used = id.New(id.Promotion, tx.Now()), tx.Now(), 0, 0
		} else {
			old, err := loadPromotion(ctx, tx, "id", p.ID, tx.ForUpdate())
			if err != nil {
				return err
			}
			if p.Most > 0 && p.Most != old.Most && p.Most < old.Used {
				return fault.OnField("most", "%d are held or used already", old.Used)
			}
			p.CreatedMS, p.Version, p.Used = old.CreatedMS, old.Version, old.Used
		}
		p.Version++
		if err := savePromotion(ctx, tx, p); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{Actor: by.Actor, Action: "promotion.saved", Target: p.ID, Facts: map[string]string{"code": p.Code}, IP: by.IP})
	})
	return p, err
}

// Promotions pages through the coupons, newest first.
func (s *Service) Promotions(ctx context.Context, cursor string, limit int) (list page.List[Promotion], err error) {
	before := string(id.Promotion) + "~"
	if _, err := page.Decode(cursor, &before); err != nil {
		return list, err
	}
	size := page.Size(limit)
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		list.Items, err = listPromotions(ctx, tx, before, size+1)
		return err
	})
	if len(list.Items) > size {
		list.Items = list.Items[:size]
		list.Next = page.Encode(list.Items[size-1].ID)
	}
	return list, err
}
