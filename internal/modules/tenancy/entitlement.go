package tenancy

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/platform/database"
)

// Meter is something of a company that is counted.
type Meter string

// Meters. The first three are what a company has at a time; the others are what
// it uses in a month of its calendar.
const (
	Attendants    Meter = "attendants" // members, whatever their role
	Channels      Meter = "channels"
	Bots          Meter = "bots"
	Conversations Meter = "conversations" // see docs/plans.md for when one begins
	Messages      Meter = "messages"      // to and from customers
)

// Meters gives all meters in the order in which they are shown.
func Meters() []Meter { return []Meter{Attendants, Channels, Bots, Conversations, Messages} }

// Metered reports whether the meter counts what is used in a month, and not
// what is there.
func (m Meter) Metered() bool { return m == Conversations || m == Messages }

// Unlimited is a count without an end.
const Unlimited int64 = -1

// Over is what happens beyond a limit.
type Over string

// What happens beyond a limit. What a company has is always blocked; of what is
// used, Block silences the bots until the month ends, and Overage is billed.
const (
	Block   Over = "block"
	Overage Over = "overage"
)

// Limit is how much of a meter a plan grants.
type Limit struct {
	Count int64 `json:"count" doc:"-1 for no limit."`
	Over  Over  `json:"over" enum:"block,overage"`
	// OveragePrice is what each one beyond the limit costs, in minor units.
	OveragePrice money.Amount `json:"overage_price"`
}

// Check refuses a limit that the meter can't have. Error: fault.Invalid.
func (l Limit) Check(meter Meter) error {
	field := "limits." + string(meter)
	switch {
	case !slices.Contains(Meters(), meter):
		return fault.OnField(field, "is not counted")
	case l.Count < Unlimited:
		return fault.OnField(field, "must not be below -1")
	case l.Over != Block && l.Over != Overage:
		return fault.OnField(field, "over must be %s or %s", Block, Overage)
	case l.Over == Overage && !meter.Metered():
		return fault.OnField(field, "what a company has can't go beyond its limit")
	case l.OveragePrice.Check() != nil || l.Over == Block && l.OveragePrice != 0:
		return fault.OnField(field, "is no price of what is beyond the limit")
	}
	return nil
}

// Entitlements is what a company's plan grants.
type Entitlements struct {
	PlanVersionID string
	// Limits by meter; one that is not named is unlimited.
	Limits map[Meter]Limit
}

// Entitle gives a company what a plan grants, in place of what it had, in the
// caller's transaction. Bots that were silent over the old limits speak again.
// Error: fault.Invalid.
func Entitle(ctx context.Context, tx *database.Tx, tenantID string, e Entitlements) error {
	for meter, limit := range e.Limits {
		if err := limit.Check(meter); err != nil {
			return err
		}
	}
	limits, err := json.Marshal(e.Limits)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "limits could not be encoded")
	}
	if e.Limits == nil {
		limits = []byte("{}")
	}
	tx.Notify(Topic, 0)
	_, err = tx.Exec(ctx, `INSERT INTO entitlement (tenant_id, plan_version_id, limits, updated_ms, version) VALUES ($1, $2, $3, $4, 1)
		ON CONFLICT (tenant_id) DO UPDATE SET plan_version_id = excluded.plan_version_id, limits = excluded.limits, updated_ms = excluded.updated_ms, silent_ms = 0, version = entitlement.version + 1`,
		tenantID, e.PlanVersionID, string(limits), tx.Now())
	return err
}

// EntitlementsOf gives what a company's plan grants, in the caller's
// transaction; the zero value, without limits, for a company made by hand.
func EntitlementsOf(ctx context.Context, tx *database.Tx, tenantID string) (Entitlements, error) {
	return entitlementsOf(ctx, tx, tenantID, "")
}

func entitlementsOf(ctx context.Context, tx *database.Tx, tenantID, lock string) (e Entitlements, err error) {
	limits := ""
	err = tx.QueryRow(ctx, "SELECT plan_version_id, limits FROM entitlement WHERE tenant_id = $1"+lock, tenantID).Scan(&e.PlanVersionID, &limits)
	if errors.Is(err, database.ErrNoRows) {
		return e, nil
	}
	if err != nil {
		return e, err
	}
	err = json.Unmarshal([]byte(limits), &e.Limits)
	return e, fault.Wrap(err, fault.Internal, "stored limits could not be read")
}

// Admit lets a company have more of what is counted, in the transaction that
// inserts it: the row of what is granted is locked, and only then is counted
// what is there. A company without a plan has no limits. Error: fault.Refused
// with reason plan_limit and the meter as field.
func Admit(ctx context.Context, tx *database.Tx, tenantID string, meter Meter, more int64, count func(ctx context.Context) (int64, error)) error {
	e, err := entitlementsOf(ctx, tx, tenantID, tx.ForUpdate())
	if err != nil {
		return err
	}
	limit, limited := e.Limits[meter]
	if !limited || limit.Count == Unlimited {
		return nil
	}
	granted, err := granted(ctx, tx, tenantID)
	if err != nil {
		return err
	}
	now, err := count(ctx)
	if err != nil {
		return err
	}
	if now+more > limit.Count+granted[meter] {
		return &fault.Error{Code: fault.Refused, Reason: "plan_limit", Field: string(meter), Message: "the plan's limit is reached"}
	}
	return nil
}

// granted sums what was granted for a time and has not ended, by meter.
func granted(ctx context.Context, tx *database.Tx, tenantID string) (map[Meter]int64, error) {
	rows, err := tx.Query(ctx, "SELECT meter, extra FROM entitlement_grant WHERE tenant_id = $1 AND expires_ms > $2", tenantID, tx.Now())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sums := map[Meter]int64{}
	for rows.Next() {
		var meter Meter
		var extra int64
		if err := rows.Scan(&meter, &extra); err != nil {
			return nil, err
		}
		sums[meter] += extra
	}
	return sums, rows.Err()
}

// Entitlements is EntitlementsOf in a transaction of its own. Error:
// fault.NotFound.
func (s *Service) Entitlements(ctx context.Context, tenantID string) (e Entitlements, err error) {
	if err := checkID(tenantID); err != nil {
		return e, err
	}
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		e, err = EntitlementsOf(ctx, tx, tenantID)
		return err
	})
	return e, err
}
