package tenancy

import (
	"context"
	"errors"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

const columns = "id, name, slug, line, state, state_ms, tax_id, locale, timezone, created_ms, version"

func scan(row database.Row) (Company, error) {
	var c Company
	err := row.Scan(&c.ID, &c.Name, &c.Slug, &c.Line, &c.State, &c.StateMS, &c.TaxID, &c.Locale, &c.Timezone, &c.CreatedMS, &c.Version)
	return c, err
}

// Insert makes a company in the caller's transaction. The caller makes the id,
// since its transaction already names the company. Errors: fault.Invalid, and
// fault.Conflict with reason slug_taken.
func Insert(ctx context.Context, tx *database.Tx, id string, draft Draft) (Company, error) {
	draft, err := draft.complete()
	if err != nil {
		return Company{}, err
	}
	company := Company{
		ID: id, Name: draft.Name, Slug: draft.Slug, Line: draft.Line, State: Active, StateMS: tx.Now(),
		TaxID: draft.TaxID, Locale: draft.Locale, Timezone: draft.Timezone, CreatedMS: tx.Now(), Version: 1,
	}
	made, err := tx.Exec(ctx, `
		INSERT INTO tenant (id, name, slug, line, state, state_ms, tax_id, folded, locale, timezone, settings, created_ms, version)
		VALUES ($1, $2, $3, $4, $5, $8, $9, $10, $6, $7, '{}', $8, 1) ON CONFLICT (slug) DO NOTHING`,
		company.ID, company.Name, company.Slug, company.Line, string(company.State), company.Locale, company.Timezone, company.CreatedMS, company.TaxID, company.folded())
	if err != nil {
		return Company{}, err
	}
	if made == 0 {
		return Company{}, &fault.Error{Code: fault.Conflict, Reason: "slug_taken", Field: "slug", Message: "another company has this short name"}
	}
	return company, nil
}

// Load reads one company in the caller's transaction. Error: fault.NotFound.
func Load(ctx context.Context, tx *database.Tx, id string) (Company, error) {
	return load(ctx, tx, id, "")
}

func load(ctx context.Context, tx *database.Tx, id, lock string) (Company, error) {
	company, err := scan(tx.QueryRow(ctx, "SELECT "+columns+" FROM tenant WHERE id = $1"+lock, id))
	if errors.Is(err, database.ErrNoRows) {
		return Company{}, fault.New(fault.NotFound, "no such company")
	}
	return company, err
}

// LoadAll reads the companies of ids, in no order; unknown ids are left out.
func LoadAll(ctx context.Context, tx *database.Tx, ids []string) ([]Company, error) {
	var companies []Company
	for len(ids) > 0 {
		chunk := ids[:min(len(ids), database.MaxList)]
		ids = ids[len(chunk):]
		rows, err := tx.Query(ctx, "SELECT "+columns+" FROM tenant WHERE id IN ("+database.List(len(chunk), 1)+")", database.Strings(chunk)...)
		if err != nil {
			return nil, err
		}
		more, err := collect(rows)
		if err != nil {
			return nil, err
		}
		companies = append(companies, more...)
	}
	return companies, nil
}

func listAfter(ctx context.Context, tx *database.Tx, afterID string, limit int) ([]Company, error) {
	rows, err := tx.Query(ctx, "SELECT "+columns+" FROM tenant WHERE id > $1 ORDER BY id LIMIT $2", afterID, limit)
	if err != nil {
		return nil, err
	}
	return collect(rows)
}

func collect(rows *database.Rows) ([]Company, error) {
	defer rows.Close()
	companies := []Company{}
	for rows.Next() {
		company, err := scan(rows)
		if err != nil {
			return nil, err
		}
		companies = append(companies, company)
	}
	return companies, rows.Err()
}

// Topic is what a change of a company notifies (database.Tx.Notify).
const Topic = "tenancy.company"

func save(ctx context.Context, tx *database.Tx, company *Company) error {
	company.Version++
	tx.Notify(Topic, 0)
	_, err := tx.Exec(ctx, `
		UPDATE tenant SET name = $2, state = $3, locale = $4, timezone = $5, version = $6, state_ms = $7, tax_id = $8, folded = $9 WHERE id = $1`,
		company.ID, company.Name, string(company.State), company.Locale, company.Timezone, company.Version, company.StateMS, company.TaxID, company.folded())
	return err
}
