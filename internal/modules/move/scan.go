package move

import (
	"context"
	"strings"

	"prosa/internal/platform/database"
)

// pageRows is how many rows one transaction reads: others write between two.
const pageRows = 500

// span is a piece of a table: what stands behind after, up to and with to. nil
// is the beginning, or the end.
type span struct{ after, to []string }

// clause spells the condition of a span with its arguments; the company is $1.
func (t *table) clause(s span, companyID string) (string, []any, error) {
	text, args := t.condition(), []any{companyID}
	for _, edge := range []struct {
		key []string
		is  string
	}{{s.after, ">"}, {s.to, "<="}} {
		if edge.key == nil || len(t.key) == 0 {
			continue
		}
		key, err := t.keyArgs(edge.key)
		if err != nil {
			return "", nil, err
		}
		text += " AND (" + t.names(t.key) + ") " + edge.is + " (" + database.List(len(key), len(args)+1) + ")"
		args = append(args, key...)
	}
	return text, args, nil
}

// each gives the rows of a span in the order of their keys, with their secrets
// open.
func (s *Service) each(ctx context.Context, t *table, companyID string, within span, fn func(values []any) error) error {
	for {
		var page [][]any
		err := s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
			page = nil
			where, args, err := t.clause(within, companyID)
			if err != nil {
				return err
			}
			query := "SELECT " + t.all() + " FROM " + t.Name + " WHERE " + where
			if len(t.key) > 0 {
				query += " ORDER BY " + t.names(t.key)
			}
			rows, err := tx.Query(ctx, query+" LIMIT "+database.List(1, len(args)+1), append(args, pageRows)...)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				holders := t.hold()
				if err := rows.Scan(holders...); err != nil {
					return err
				}
				page = append(page, row(holders))
			}
			return rows.Err()
		})
		if err != nil {
			return err
		}
		for _, values := range page {
			if err := t.unseal(s.box, companyID, values); err != nil {
				return err
			}
			if err := fn(values); err != nil {
				return err
			}
		}
		if len(page) < pageRows || len(t.key) == 0 {
			return ctx.Err()
		}
		within.after = t.keyOf(page[len(page)-1])
	}
}

// remove deletes the rows of a span.
func (t *table) remove(ctx context.Context, tx *database.Tx, companyID string, within span) (int64, error) {
	where, args, err := t.clause(within, companyID)
	if err != nil {
		return 0, err
	}
	return tx.Exec(ctx, "DELETE FROM "+t.Name+" WHERE "+where, args...)
}

// insert is the statement that lays a row down.
func (t *table) insert() string {
	return "INSERT INTO " + t.Name + " (" + t.all() + ") VALUES (" + database.List(len(t.columns), 1) + ")"
}

// upsert lays a row down in the place of one with the same key, but for what is
// masked.
func (t *table) upsert() string {
	var sets []string
	for _, c := range t.columns {
		if !masked[t.Name+"."+c.name] {
			sets = append(sets, c.name+" = excluded."+c.name)
		}
	}
	return t.insert() + " ON CONFLICT (" + t.names(t.key) + ") DO UPDATE SET " + strings.Join(sets, ", ")
}
