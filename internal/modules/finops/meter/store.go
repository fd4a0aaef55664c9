package meter

import (
	"context"
	"errors"

	"prosa/internal/platform/database"
)

// tallied reads what was counted while it happened.
func (s *Service) tallied(ctx context.Context, day string) (uses []Use, err error) {
	err = s.DB.Read(ctx, allCompanies(), func(ctx context.Context, tx *database.Tx) error {
		uses = nil
		rows, err := tx.Query(ctx, "SELECT company_id, kind, amount FROM finops_tally WHERE day = $1", day)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var u Use
			if err := rows.Scan(&u.CompanyID, &u.Kind, &u.Count); err != nil {
				return err
			}
			uses = append(uses, u)
		}
		return rows.Err()
	})
	return uses, err
}

func (s *Service) lookedAt(ctx context.Context, day string) (l looked, err error) {
	err = s.DB.Read(ctx, allCompanies(), func(ctx context.Context, tx *database.Tx) error {
		err := tx.QueryRow(ctx, "SELECT revision, hash, looked_ms FROM finops_meter_day WHERE day = $1", day).Scan(&l.revision, &l.hash, &l.atMS)
		if errors.Is(err, database.ErrNoRows) {
			return nil
		}
		return err
	})
	return l, err
}

// noteLook keeps what a look gave, and forgets counts whose days are closed for
// good.
func (s *Service) noteLook(ctx context.Context, day string, l looked, count int) error {
	return s.DB.Write(ctx, allCompanies(), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO finops_meter_day (day, revision, hash, row_count, looked_ms) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (day) DO UPDATE SET revision = $2, hash = $3, row_count = $4, looked_ms = $5`, day, l.revision, l.hash, count, l.atMS)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "DELETE FROM finops_tally WHERE day < $1", dayOf(l.atMS-400*millisecondsADay))
		return err
	})
}

// tags gives the files that were imported, by name.
func (s *Service) tags(ctx context.Context) (known map[string]string, err error) {
	err = s.DB.Read(ctx, allCompanies(), func(ctx context.Context, tx *database.Tx) error {
		known = map[string]string{}
		rows, err := tx.Query(ctx, "SELECT name, tag FROM finops_use_file")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name, tag string
			if err := rows.Scan(&name, &tag); err != nil {
				return err
			}
			known[name] = tag
		}
		return rows.Err()
	})
	return known, err
}

// replace puts a file's day in the place of what was known of it. An older
// revision than the one that is known changes nothing but the tag.
func (s *Service) replace(ctx context.Context, d Day, f file) error {
	fromMS, _, err := bounds(d.Day)
	if err != nil {
		return err
	}
	day := fromMS / millisecondsADay
	return s.DB.Write(ctx, allCompanies(), func(ctx context.Context, tx *database.Tx) error {
		// The file comes first: its row lets one process at a time replace a day.
		younger, err := tx.Exec(ctx, `INSERT INTO finops_use_file (deployment, day, name, tag, revision, row_count, imported_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (deployment, day) DO UPDATE SET name = $3, tag = $4, revision = $5, row_count = $6, imported_ms = $7 WHERE finops_use_file.revision <= $5`,
			d.Deployment, day, f.name, f.tag, d.Revision, len(d.Uses), tx.Now())
		if err != nil {
			return err
		}
		if younger == 0 {
			_, err := tx.Exec(ctx, "UPDATE finops_use_file SET tag = $3 WHERE deployment = $1 AND day = $2", d.Deployment, day, f.tag)
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM finops_use WHERE deployment = $1 AND day = $2", d.Deployment, day); err != nil {
			return err
		}
		rows := make([][]any, len(d.Uses))
		for i, u := range d.Uses {
			rows[i] = []any{d.Deployment, day, u.CompanyID, string(u.Kind), u.Of, u.Count}
		}
		_, err = tx.All(ctx, "INSERT INTO finops_use (deployment, day, company_id, kind, detail, amount) VALUES ($1, $2, $3, $4, $5, $6)", rows, nil)
		return err
	})
}
