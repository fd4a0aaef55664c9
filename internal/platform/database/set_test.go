package database_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// All does for many rows what Each does, and names the row of each answer.
func TestAllRowsAtOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		const many = 1200 // more than one round trip
		rows := make([][]any, many)
		keys := make([][]any, many)
		for i := range rows {
			rows[i] = []any{fmt.Sprintf("n%04d", i), int64(i), 0}
			keys[i] = []any{rows[i][0]}
		}
		write(t, db, func(ctx context.Context, tx *database.Tx) error {
			if n, err := tx.All(ctx, insertNote, rows, nil); err != nil || n != many {
				t.Fatalf("inserted %d, %v", n, err)
			}
			var again []string
			if n, err := tx.All(ctx, insertNote+" ON CONFLICT (token_hash) DO NOTHING RETURNING token_hash", append(rows[:2:2], []any{"new", 1, 0}, []any{"new", 2, 0}),
				func(_ int, row database.Row) error {
					var name string
					err := row.Scan(&name)
					again = append(again, name)
					return err
				}); err != nil || n != 1 || !slices.Equal(again, []string{"new"}) {
				t.Fatalf("of repeated rows %q came, %d, %v", again, n, err)
			}
			seen := make([]int64, many)
			for _, query := range []string{
				"SELECT created_ms FROM setup_token WHERE token_hash = $1",
				"SELECT created_ms FROM setup_token WHERE token_hash = $1" + tx.ForUpdate(),
				"UPDATE setup_token SET created_ms = created_ms WHERE token_hash = $1 RETURNING created_ms",
				"DELETE FROM setup_token WHERE token_hash = $1 RETURNING created_ms",
			} {
				clear(seen)
				n, err := tx.All(ctx, query, keys, func(i int, row database.Row) error { return row.Scan(&seen[i]) })
				if err != nil || n != many {
					t.Fatalf("%s: %d rows, %v", query, n, err)
				}
				for i, at := range seen {
					if at != int64(i) {
						t.Fatalf("%s: row %d came as %d", query, at, i)
					}
				}
			}
			return nil
		})
		if n := count(t, db); n != 1 {
			t.Errorf("%d rows are left", n)
		}
	})
}
