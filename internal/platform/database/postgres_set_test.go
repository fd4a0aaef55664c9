package database

import (
	"strings"
	"testing"
)

func TestAStatementForOneRowBecomesOneForMany(t *testing.T) {
	for name, c := range map[string]struct {
		query, want string
		placed      bool
	}{
		"insert": {
			"INSERT INTO t (a, b) VALUES ($1, LOWER($2)) ON CONFLICT (a) DO NOTHING RETURNING a",
			"INSERT INTO t (a, b) SELECT row_.v1, LOWER(row_.v2) FROM unnest(CAST($1 AS text[]), CAST($2 AS bigint[])) WITH ORDINALITY AS row_ (v1, v2, place) ON CONFLICT (a) DO NOTHING RETURNING a",
			false,
		},
		"update": {
			"UPDATE t SET b = $2 WHERE a = $1 RETURNING b",
			"UPDATE t SET b = row_.v2 FROM unnest(CAST($1 AS text[]), CAST($2 AS bigint[])) WITH ORDINALITY AS row_ (v1, v2, place) WHERE a = row_.v1 RETURNING row_.place, b",
			true,
		},
		"delete": {
			"DELETE FROM t WHERE a = $1 AND b = $2",
			"DELETE FROM t USING unnest(CAST($1 AS text[]), CAST($2 AS bigint[])) WITH ORDINALITY AS row_ (v1, v2, place) WHERE a = row_.v1 AND b = row_.v2",
			true,
		},
		"select": {
			"SELECT b FROM t WHERE a = $1 AND b > $2",
			"SELECT row_.place, q.* FROM unnest(CAST($1 AS text[]), CAST($2 AS bigint[])) WITH ORDINALITY AS row_ (v1, v2, place), LATERAL (SELECT b FROM t WHERE a = row_.v1 AND b > row_.v2 OFFSET 0) q",
			true,
		},
		"locked": {
			"SELECT b FROM t WHERE a = $1 AND b > $2 FOR UPDATE",
			"SELECT row_.place, q.* FROM unnest(CAST($1 AS text[]), CAST($2 AS bigint[])) WITH ORDINALITY AS row_ (v1, v2, place), LATERAL (SELECT b FROM t WHERE a = row_.v1 AND b > row_.v2 FOR UPDATE) q",
			true,
		},
	} {
		got, err := joinRows(c.query, []string{"text[]", "bigint[]"})
		if err != nil || got.text != c.want || got.placed != c.placed {
			t.Errorf("%s: %v\n got %s\nwant %s", name, err, got.text, c.want)
		}
	}
}

func TestWhatCannotBeJoinedIsRefused(t *testing.T) {
	for _, query := range []string{
		"INSERT INTO t (a) SELECT $1",
		"INSERT INTO t (a) VALUES (LOWER($1)",
		"INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET b = $2",
		"UPDATE t SET a = $1",
		"DELETE FROM t",
		"WITH x AS (SELECT 1) SELECT 1",
	} {
		if got, err := joinRows(query, []string{"text[]"}); err == nil || !strings.Contains(err.Error(), "many rows") {
			t.Errorf("%s became %s, %v", query, got.text, err)
		}
	}
	for _, args := range [][][]any{{{nil}, {"a"}}, {{"a"}, {1}}, {{"a", 1}, {"b"}}, {{1.5}, {2.5}}} {
		if _, _, err := columnsOf(args); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
}
