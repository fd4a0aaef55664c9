package order

import (
	"context"
	"errors"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/money"
	"prosa/internal/base/page"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
)

// CouponKind is what a coupon gives.
type CouponKind string

// Kinds of coupon.
const (
	PercentOff   CouponKind = "percent"
	AmountOff    CouponKind = "fixed"
	FreeShipping CouponKind = "free_shipping"
)

// Coupon lowers what an order costs.
type Coupon struct {
	TenantID     string       `json:"-"`
	ID           string       `json:"id"`
	Code         string       `json:"code" doc:"Letters, digits and hyphens; case does not matter."`
	Kind         CouponKind   `json:"kind" enum:"percent,fixed,free_shipping"`
	Value        int64        `json:"value" doc:"Basis points (1000 is 10 %) or minor units."`
	MinSubtotal  money.Amount `json:"min_subtotal"`
	FirstOrder   bool         `json:"first_order" doc:"Only for who has ordered nothing yet."`
	TotalLimit   int64        `json:"total_limit" doc:"0 for none."`
	ContactLimit int64        `json:"contact_limit" doc:"0 for none."`
	Used         int64        `json:"used"`
	FromMS       int64        `json:"from_ms"`
	ToMS         int64        `json:"to_ms" doc:"0 for never."`
	Active       bool         `json:"active"`
	CreatedMS    int64        `json:"created_ms"`
	Version      int64        `json:"version"`
}

// Reasons why a coupon does not count.
const (
	couponUnknown = "coupon_unknown"
	couponEnded   = "coupon_expired"
	couponMinimum = "coupon_minimum"
	couponFirst   = "coupon_first_order"
	couponSpent   = "coupon_used_up"
)

func couponCode(code string) string { return strings.ToUpper(strings.TrimSpace(code)) }

func (c *Coupon) tidy() error {
	c.Code = couponCode(c.Code)
	for _, r := range c.Code {
		if (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' {
			return fault.OnField("code", "has letters, digits and hyphens")
		}
	}
	switch {
	case len(c.Code) < 2 || len(c.Code) > 40:
		return fault.OnField("code", "has 2 to 40 characters")
	case c.Kind != PercentOff && c.Kind != AmountOff && c.Kind != FreeShipping:
		return fault.OnField("kind", "must be percent, fixed or free_shipping")
	case c.Kind == PercentOff && (c.Value < 1 || c.Value > money.Whole):
		return fault.OnField("value", "a part is between 1 and %d basis points", money.Whole)
	case c.Kind == AmountOff && (c.Value < 1 || money.Amount(c.Value) > money.Max):
		return fault.OnField("value", "must be above 0")
	case c.Kind == FreeShipping && c.Value != 0:
		return fault.OnField("value", "free shipping has no value")
	case c.MinSubtotal.Check() != nil || c.TotalLimit < 0 || c.ContactLimit < 0 || c.FromMS < 0 || c.ToMS < 0 || c.ToMS > 0 && c.ToMS <= c.FromMS:
		return fault.OnField("to_ms", "limits are not below 0, and a coupon ends after it began")
	}
	return nil
}

// refusal tells why the coupon does not count for a subtotal at a time; empty
// when it does, as far as its own row knows.
func (c Coupon) refusal(subtotal money.Amount, nowMS int64) string {
	switch {
	case !c.Active || nowMS < c.FromMS || c.ToMS > 0 && nowMS >= c.ToMS:
		return couponEnded
	case subtotal < c.MinSubtotal:
		return couponMinimum
	case c.TotalLimit > 0 && c.Used >= c.TotalLimit:
		return couponSpent
	}
	return ""
}

// off gives the discount on a subtotal, and whether the freight is free.
func (c Coupon) off(subtotal money.Amount) (discount money.Amount, freeFreight bool) {
	switch c.Kind {
	case PercentOff:
		return subtotal.Percent(c.Value), false
	case AmountOff:
		return min(money.Amount(c.Value), subtotal), false
	default:
		return 0, true
	}
}

// SaveCoupon makes a coupon (without an id) or changes one. Errors:
// fault.Invalid, fault.NotFound, fault.Conflict with reason code_taken.
func (s *Service) SaveCoupon(ctx context.Context, c Coupon, by event.Actor) (Coupon, error) {
	if err := c.tidy(); err != nil {
		return c, err
	}
	err := s.db.Write(ctx, database.Company(c.TenantID), func(ctx context.Context, tx *database.Tx) error {
		if c.ID == "" {
			c.ID, c.CreatedMS, c.Version, c.Used = id.New(id.Coupon, tx.Now()), tx.Now(), 0, 0
		} else {
			old, err := loadCoupon(ctx, tx, c.TenantID, "id", c.ID, tx.ForUpdate())
			if err != nil {
				return err
			}
			c.CreatedMS, c.Version, c.Used = old.CreatedMS, old.Version, old.Used
		}
		c.Version++
		_, err := tx.Exec(ctx, `INSERT INTO coupon (`+couponColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
			ON CONFLICT (tenant_id, id) DO UPDATE SET code = excluded.code, kind = excluded.kind, value = excluded.value, min_subtotal = excluded.min_subtotal,
			first_order = excluded.first_order, total_limit = excluded.total_limit, contact_limit = excluded.contact_limit, from_ms = excluded.from_ms,
			to_ms = excluded.to_ms, active = excluded.active, version = excluded.version`,
			c.TenantID, c.ID, c.Code, string(c.Kind), c.Value, int64(c.MinSubtotal), c.FirstOrder, c.TotalLimit, c.ContactLimit, c.Used, c.FromMS, c.ToMS,
			c.Active, c.CreatedMS, c.Version)
		if database.IsUnique(err) {
			return &fault.Error{Code: fault.Conflict, Reason: "code_taken", Field: "code", Message: "there is a coupon of this code"}
		}
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{TenantID: c.TenantID, Actor: by, Action: "coupon.saved", Target: c.ID, Facts: map[string]string{"code": c.Code}})
	})
	return c, err
}

// Coupons pages through a company's coupons, newest first.
func (s *Service) Coupons(ctx context.Context, tenantID, cursor string, limit int) (list page.List[Coupon], err error) {
	before := string(id.Coupon) + "~"
	if _, err := page.Decode(cursor, &before); err != nil {
		return list, err
	}
	size := page.Size(limit)
	list.Items = []Coupon{}
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+couponColumns+` FROM coupon WHERE tenant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, tenantID, before, size+1)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			c, err := scanCoupon(rows)
			if err != nil {
				return err
			}
			list.Items = append(list.Items, c)
		}
		return rows.Err()
	})
	if len(list.Items) > size {
		list.Items = list.Items[:size]
		list.Next = page.Encode(list.Items[size-1].ID)
	}
	return list, err
}

const couponColumns = `tenant_id, id, code, kind, value, min_subtotal, first_order, total_limit, contact_limit, used, from_ms, to_ms, active, created_ms, version`

func scanCoupon(row database.Row) (c Coupon, err error) {
	err = row.Scan(&c.TenantID, &c.ID, &c.Code, &c.Kind, &c.Value, &c.MinSubtotal, &c.FirstOrder, &c.TotalLimit, &c.ContactLimit, &c.Used, &c.FromMS, &c.ToMS,
		&c.Active, &c.CreatedMS, &c.Version)
	return c, err
}

// loadCoupon reads a coupon by its id or code.
func loadCoupon(ctx context.Context, tx *database.Tx, tenantID, column, key, lock string) (Coupon, error) {
	c, err := scanCoupon(tx.QueryRow(ctx, `SELECT `+couponColumns+` FROM coupon WHERE tenant_id = $1 AND `+column+` = $2`+lock, tenantID, key))
	if errors.Is(err, database.ErrNoRows) {
		return c, fault.New(fault.NotFound, "no such coupon")
	}
	return c, err
}

// eligible reads the coupon of a cart and tells why it does not count; empty
// when it does. With a lock the answer holds until the transaction ends.
func eligible(ctx context.Context, tx *database.Tx, tenantID, contactID, code string, subtotal money.Amount, lock string) (c Coupon, reason string, err error) {
	c, err = loadCoupon(ctx, tx, tenantID, "code", code, lock)
	if fault.Is(err, fault.NotFound) {
		return c, couponUnknown, nil
	}
	if err != nil {
		return c, "", err
	}
	if reason := c.refusal(subtotal, tx.Now()); reason != "" {
		return c, reason, nil
	}
	if c.ContactLimit > 0 {
		var used int64
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM coupon_use WHERE tenant_id = $1 AND coupon_id = $2 AND contact_id = $3`, tenantID, c.ID, contactID).
			Scan(&used); err != nil {
			return c, "", err
		}
		if used >= c.ContactLimit {
			return c, couponSpent, nil
		}
	}
	if c.FirstOrder {
		var orders int64
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM shop_order WHERE tenant_id = $1 AND contact_id = $2 AND state NOT IN ('expired', 'canceled')`,
			tenantID, contactID).Scan(&orders); err != nil {
			return c, "", err
		}
		if orders > 0 {
			return c, couponFirst, nil
		}
	}
	return c, "", nil
}

// useCoupon counts a use for an order; again for one that came back to life,
// whose price was promised, even when the limit is reached.
func useCoupon(ctx context.Context, tx *database.Tx, o *Order) error {
	if o.couponID == "" {
		return nil
	}
	made, err := tx.Exec(ctx, `INSERT INTO coupon_use (tenant_id, coupon_id, order_id, contact_id, at_ms) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (tenant_id, coupon_id, order_id) DO NOTHING`, o.TenantID, o.couponID, o.ID, o.ContactID, tx.Now())
	if err != nil || made == 0 {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE coupon SET used = used + 1 WHERE tenant_id = $1 AND id = $2`, o.TenantID, o.couponID)
	return err
}

// freeCoupon gives the use of an order back, once.
func freeCoupon(ctx context.Context, tx *database.Tx, o *Order) error {
	if o.couponID == "" {
		return nil
	}
	// The coupon's row first, as everybody takes it.
	if _, err := loadCoupon(ctx, tx, o.TenantID, "id", o.couponID, tx.ForUpdate()); err != nil {
		return err
	}
	gone, err := tx.Exec(ctx, `DELETE FROM coupon_use WHERE tenant_id = $1 AND coupon_id = $2 AND order_id = $3`, o.TenantID, o.couponID, o.ID)
	if err != nil || gone == 0 {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE coupon SET used = used - 1 WHERE tenant_id = $1 AND id = $2`, o.TenantID, o.couponID)
	return err
}
