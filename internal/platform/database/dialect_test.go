package database_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// TestOneTextForBothEngines runs the kinds of statement that the house writes
// and expects the same from both engines. Each gives one column, of which want
// holds a line a row.
func TestOneTextForBothEngines(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, c := range []struct {
			name, query string
			args        []any
			want        string
		}{
			{"placeholders by number, out of order and again", "SELECT token_hash FROM setup_token WHERE created_ms = $2 AND (token_hash = $1 OR token_hash = $1)", []any{"b", 2}, "b"},
			{"insert, returning", "INSERT INTO setup_token VALUES ($1, $2, $3) RETURNING created_ms", []any{"x", 9, 0}, "9"},
			{"upsert", "INSERT INTO setup_token VALUES ($1, $2, 0) ON CONFLICT (token_hash) DO UPDATE SET used_ms = setup_token.used_ms + excluded.created_ms RETURNING used_ms", []any{"a", 50}, "60"},
			{"upsert that its condition refuses", "INSERT INTO setup_token VALUES ($1, 1, 1) ON CONFLICT (token_hash) DO UPDATE SET used_ms = 1 WHERE setup_token.used_ms > 1000 RETURNING token_hash", []any{"a"}, ""},
			{"insert that finds its row", "INSERT INTO setup_token VALUES ($1, 1, 1) ON CONFLICT DO NOTHING RETURNING token_hash", []any{"a"}, ""},
			{"insert from select", "INSERT INTO setup_token SELECT token_hash || 'x', created_ms, 0 FROM setup_token WHERE created_ms > $1 ON CONFLICT DO NOTHING RETURNING token_hash", []any{2}, "cx"},
			{"rows as values, for pages", "SELECT token_hash FROM setup_token WHERE (created_ms, token_hash) < ($1, $2) ORDER BY created_ms DESC, token_hash DESC LIMIT 2", []any{3, "c"}, "b\na"},
			{"claim a few", "UPDATE setup_token SET used_ms = 1 WHERE token_hash IN (SELECT token_hash FROM setup_token WHERE used_ms < 25 ORDER BY token_hash LIMIT $1) RETURNING token_hash", []any{1}, "a"},
			{"update from", "UPDATE setup_token SET used_ms = o.created_ms FROM setup_token o WHERE o.token_hash = $1 AND setup_token.token_hash = $2 RETURNING setup_token.used_ms", []any{"c", "a"}, "3"},
			{"common table expression", "WITH late AS (SELECT token_hash FROM setup_token WHERE created_ms >= $1) SELECT COUNT(*) FROM late", []any{2}, "2"},
			{"window", "SELECT ROW_NUMBER() OVER (ORDER BY created_ms DESC) FROM setup_token ORDER BY token_hash", nil, "3\n2\n1"},
			{"filter", "SELECT COUNT(*) FILTER (WHERE created_ms > 1) FROM setup_token", nil, "2"},
			{"sum", "SELECT CAST(SUM(used_ms) AS BIGINT) FROM setup_token", nil, "60"},
			{"a list", "SELECT token_hash FROM setup_token WHERE token_hash IN (" + database.List(3, 2) + ") AND created_ms < $1", []any{3, "a", "c", "z"}, "a"},
			{"an optional filter", "SELECT COUNT(*) FROM setup_token WHERE CAST($1 AS TEXT) IS NULL OR token_hash = $1", []any{nil}, "3"},
			{"distinct from", "SELECT COUNT(*) FROM setup_token WHERE token_hash IS DISTINCT FROM $1", []any{"a"}, "2"},
			{"byte order", "WITH v (x) AS (VALUES ('b'), ('B'), ('á'), ('_')) SELECT x FROM v ORDER BY x", nil, "B\n_\nb\ná"},
			{"LIKE with an escape", `SELECT token_hash FROM setup_token WHERE token_hash LIKE $1 ESCAPE '\'`, []any{"a%"}, "a"},
			{"delete, returning", "DELETE FROM setup_token WHERE created_ms < $1 RETURNING token_hash", []any{2}, "a"},
			{"nothing and choice", "SELECT COALESCE(CAST(NULL AS TEXT), CASE WHEN created_ms > 1 THEN 'late' ELSE 'early' END) FROM setup_token ORDER BY token_hash", nil, "early\nlate\nlate"},
		} {
			undo := errors.New("undo")
			err := db.Write(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
				if _, err := tx.Each(ctx, insertNote, [][]any{{"a", 1, 10}, {"b", 2, 20}, {"c", 3, 30}}, nil); err != nil {
					return err
				}
				got, err := column(ctx, tx, c.query, c.args)
				if got != c.want {
					t.Errorf("%s: got %q, want %q", c.name, got, c.want)
				}
				return errors.Join(err, undo)
			})
			if err.Error() != undo.Error() {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	})
}

func column(ctx context.Context, tx *database.Tx, query string, args []any) (string, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var value any
		if err := rows.Scan(&value); err != nil {
			return "", err
		}
		lines = append(lines, fmt.Sprint(value))
	}
	return strings.Join(lines, "\n"), rows.Err()
}

// What only one engine takes must not slip in through the tests of the other.
// This is the list of what PostgreSQL takes and SQLite refuses; the other way
// round, PostgreSQL refuses it in every run on both engines.
func TestWhatSQLiteRefuses(t *testing.T) {
	db, _ := openSQLite(t)
	for _, query := range []string{
		"SELECT created_ms::TEXT FROM setup_token",
		"SELECT now()",
		"SELECT token_hash FROM setup_token WHERE token_hash ILIKE 'A'",
		"SELECT token_hash FROM setup_token WHERE token_hash = ANY($1)",
		"SELECT GREATEST(1, 2)",
		"SELECT token_hash FROM setup_token FOR UPDATE SKIP LOCKED",
		"WITH gone AS (DELETE FROM setup_token RETURNING token_hash) SELECT * FROM gone",
	} {
		err := db.Write(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
			_, err := column(ctx, tx, query, []any{"a"}[:strings.Count(query, "$1")])
			return err
		})
		if err == nil {
			t.Errorf("taken: %s", query)
		}
	}
}
