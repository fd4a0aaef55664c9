package plan

import (
	"context"
	"encoding/json"
	"errors"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

func errNoVersion() error { return fault.New(fault.NotFound, "no such plan") }

const planColumns = "id, slug, line, position, state, created_ms, version"

func scanPlan(row database.Row) (p Plan, err error) {
	err = row.Scan(&p.ID, &p.Slug, &p.Line, &p.Position, &p.State, &p.CreatedMS, &p.Version)
	return p, err
}

func loadPlan(ctx context.Context, tx *database.Tx, planID, lock string) (Plan, error) {
	p, err := scanPlan(tx.QueryRow(ctx, "SELECT "+planColumns+" FROM plan WHERE id = $1"+lock, planID))
	if errors.Is(err, database.ErrNoRows) {
		return p, errNoVersion()
	}
	return p, err
}

func listPlans(ctx context.Context, tx *database.Tx) ([]Plan, error) {
	rows, err := tx.Query(ctx, "SELECT "+planColumns+" FROM plan ORDER BY line, position, id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Plan{}
	for rows.Next() {
		p, err := scanPlan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

const versionColumns = `v.id, v.plan_id, p.slug, p.line, v.number, v.state, v.content, v.hash, v.revision, v.created_ms, v.updated_ms, v.published_ms, v.withdrawn_ms`

func scanVersion(row database.Row) (v Version, err error) {
	content := ""
	err = row.Scan(&v.ID, &v.PlanID, &v.Slug, &v.Line, &v.Number, &v.State, &content, &v.Hash, &v.Revision, &v.CreatedMS, &v.UpdatedMS, &v.PublishedMS, &v.WithdrawnMS)
	if err != nil {
		return v, err
	}
	err = json.Unmarshal([]byte(content), &v.Content)
	return v, fault.Wrap(err, fault.Internal, "a stored plan could not be read")
}

func loadVersion(ctx context.Context, tx *database.Tx, versionID string) (Version, error) {
	v, err := scanVersion(tx.QueryRow(ctx, "SELECT "+versionColumns+" FROM plan_version v JOIN plan p ON p.id = v.plan_id WHERE v.id = $1", versionID))
	if errors.Is(err, database.ErrNoRows) {
		return v, errNoVersion()
	}
	return v, err
}

// listVersions gives the versions that a condition on p and v names, in the
// order of the page of prices.
func listVersions(ctx context.Context, tx *database.Tx, condition string, args ...any) ([]Version, error) {
	rows, err := tx.Query(ctx, "SELECT "+versionColumns+" FROM plan p JOIN plan_version v ON v.plan_id = p.id WHERE "+condition+" ORDER BY p.line, p.position, p.id, v.number DESC", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Version{}
	for rows.Next() {
		v, err := scanVersion(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

const promotionColumns = "id, code, percent, amount, currency, cycles, from_ms, to_ms, most, used, plans, active, created_ms, version"

func scanPromotion(row database.Row) (p Promotion, err error) {
	plans := ""
	err = row.Scan(&p.ID, &p.Code, &p.Percent, &p.Amount, &p.Currency, &p.Cycles, &p.FromMS, &p.ToMS, &p.Most, &p.Used, &plans, &p.Active, &p.CreatedMS, &p.Version)
	if err != nil {
		return p, err
	}
	err = json.Unmarshal([]byte(plans), &p.Plans)
	return p, fault.Wrap(err, fault.Internal, "a stored coupon could not be read")
}

// loadPromotion reads a coupon by its id or code.
func loadPromotion(ctx context.Context, tx *database.Tx, column, key, lock string) (Promotion, error) {
	p, err := scanPromotion(tx.QueryRow(ctx, "SELECT "+promotionColumns+" FROM promotion WHERE "+column+" = $1"+lock, key))
	if errors.Is(err, database.ErrNoRows) {
		return p, fault.New(fault.NotFound, "no such coupon")
	}
	return p, err
}

func listPromotions(ctx context.Context, tx *database.Tx, before string, limit int) ([]Promotion, error) {
	rows, err := tx.Query(ctx, "SELECT "+promotionColumns+" FROM promotion WHERE id < $1 ORDER BY id DESC LIMIT $2", before, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Promotion{}
	for rows.Next() {
		p, err := scanPromotion(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

// savePromotion writes all of a coupon but its counter, which moves by itself.
func savePromotion(ctx context.Context, tx *database.Tx, p Promotion) error {
	plans, err := json.Marshal(p.Plans)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "a coupon could not be encoded")
	}
	_, err = tx.Exec(ctx, "INSERT INTO promotion ("+promotionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12, $13)
		ON CONFLICT (id) DO UPDATE SET code = excluded.code, percent = excluded.percent, amount = excluded.amount, currency = excluded.currency, cycles = excluded.cycles,
		from_ms = excluded.from_ms, to_ms = excluded.to_ms, most = excluded.most, plans = excluded.plans, active = excluded.active, version = excluded.version`,
		p.ID, p.Code, p.Percent, int64(p.Amount), string(p.Currency), p.Cycles, p.FromMS, p.ToMS, p.Most, string(plans), p.Active, p.CreatedMS, p.Version)
	if database.IsUnique(err) {
		return &fault.Error{Code: fault.Conflict, Reason: "code_taken", Field: "code", Message: "there is a coupon of this code"}
	}
	return err
}
