package database_test

import (
	"context"
	"errors"
	"testing"

	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

func TestWhatIsPutOffRunsInOrderBeforeTheNextStatement(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		write(t, db, func(ctx context.Context, tx *database.Tx) error {
			seen := -1
			tx.LaterAll(insertNote, [][]any{{"a", tx.Now(), 1}, {"b", tx.Now(), 1}})
			tx.Later(func(row database.Row) error { return row.Scan(&seen) }, "SELECT COUNT(*) FROM setup_token")
			tx.Later(nil, insertNote, "c", tx.Now(), 1)
			if seen != -1 {
				t.Errorf("it ran at once, and saw %d", seen)
			}
			var all int
			if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM setup_token").Scan(&all); err != nil {
				return err
			}
			if seen != 2 || all != 3 {
				t.Errorf("saw %d, then %d", seen, all)
			}
			tx.Later(nil, "DELETE FROM setup_token WHERE token_hash = $1", "c")
			return nil
		})
		if n := count(t, db); n != 2 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestWhatIsPutOffAndFailsUndoesAll(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		twice := func(after func(ctx context.Context, tx *database.Tx) error) error {
			return db.Write(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
				tx.AfterCommit(func() { t.Error("it was told as committed") })
				tx.Later(nil, insertNote, "a", tx.Now(), 0)
				tx.Later(nil, insertNote, "a", tx.Now(), 0)
				return after(ctx, tx)
			})
		}
		for name, after := range map[string]func(ctx context.Context, tx *database.Tx) error{
			"with the commit": func(context.Context, *database.Tx) error { return nil },
			"with the next, whose error nobody looks at": func(ctx context.Context, tx *database.Tx) error {
				_, _ = tx.Exec(ctx, insertNote, "b", tx.Now(), 0)
				return nil
			},
			"before a transaction is lent": func(ctx context.Context, tx *database.Tx) error {
				if inner := tx.Unwrap(ctx); inner != nil {
					t.Errorf("lent %T", inner)
				}
				return nil
			},
		} {
			if err := twice(after); !database.IsUnique(err) {
				t.Errorf("%s: %v", name, err)
			}
			if n := count(t, db); n != 0 {
				t.Errorf("%s: %d rows stayed", name, n)
			}
		}
	})
}

func TestAScanOfWhatIsPutOffFails(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		defect := errors.New("a defect")
		err := db.Write(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
			tx.Later(nil, insertNote, "a", tx.Now(), 0)
			tx.Later(func(database.Row) error { return defect }, "SELECT token_hash FROM setup_token")
			return nil
		})
		if !errors.Is(err, defect) {
			t.Error(err)
		}
		if n := count(t, db); n != 0 {
			t.Errorf("%d rows stayed", n)
		}
		// The connection is fit for the next one.
		write(t, db, func(ctx context.Context, tx *database.Tx) error { return note(ctx, tx, "b") })
	})
}

func TestNothingIsPutOffWhileRowsAreOpen(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		err := db.Write(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
			rows, err := tx.Query(ctx, "SELECT token_hash FROM setup_token")
			if err != nil {
				return err
			}
			defer rows.Close()
			tx.Later(nil, insertNote, "a", tx.Now(), 0)
			return nil
		})
		if err == nil || count(t, db) != 0 {
			t.Errorf("%v", err)
		}
	})
}

func TestRoundTrips(t *testing.T) {
	cfg := databasetest.Config(t, database.Postgres)
	var trips int
	cfg.Observe = func(o database.Outcome) { trips = o.RoundTrips }
	db, err := database.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		want int
		fn   func(ctx context.Context, tx *database.Tx) error
	}{
		{"nothing asked", 0, func(context.Context, *database.Tx) error { return nil }},
		{"one statement, its BEGIN with it, and a COMMIT", 2, func(ctx context.Context, tx *database.Tx) error { return note(ctx, tx, "a") }},
		{"all put off", 1, func(_ context.Context, tx *database.Tx) error {
			tx.LaterAll(insertNote, [][]any{{"b", tx.Now(), 1}, {"c", tx.Now(), 1}})
			tx.Later(nil, insertNote, "d", tx.Now(), 1)
			return nil
		}},
		{"read, then write", 2, func(ctx context.Context, tx *database.Tx) error {
			n := 0
			tx.Later(func(row database.Row) error { return row.Scan(&n) }, "SELECT COUNT(*) FROM setup_token")
			rows, err := tx.Query(ctx, "SELECT token_hash FROM setup_token")
			if err != nil {
				return err
			}
			for rows.Next() {
				n--
			}
			if err := rows.Err(); err != nil || n != 0 {
				t.Errorf("%d rows not met, %v", n, err)
			}
			tx.Later(nil, insertNote, "e", tx.Now(), 1)
			return nil
		}},
	} {
		write(t, db, c.fn)
		if trips != c.want {
			t.Errorf("%s: %d round trips", c.name, trips)
		}
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

func TestRowsAreLookedUpForThoseOfAnotherQuery(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		write(t, db, func(ctx context.Context, tx *database.Tx) error {
			tx.LaterAll(insertNote, [][]any{{"a", 1, 10}, {"b", 2, 20}, {"c", 3, 30}})
			rows, err := tx.Query(ctx, tx.LookUp("s.token_hash, s.used_ms", "setup_token s", "s.token_hash = wanted.name AND s.used_ms >= $2",
				"SELECT CAST($1 AS TEXT) AS name UNION SELECT token_hash FROM setup_token WHERE created_ms = 3"), "a", 10)
			if err != nil {
				return err
			}
			defer rows.Close()
			sum := 0
			for rows.Next() {
				var name string
				var n int
				if err := rows.Scan(&name, &n); err != nil {
					return err
				}
				sum += n
			}
			if sum != 40 {
				t.Errorf("the rows sum up to %d", sum)
			}
			return rows.Err()
		})
	})
}

// What was put off before a savepoint outlives its undoing; what was put off
// behind it goes with it, although nobody had waited for it yet.
func TestWhatIsPutOffKeepsToItsSavepoint(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		write(t, db, func(ctx context.Context, tx *database.Tx) error {
			do := func(statement string) {
				t.Helper()
				if _, err := tx.Exec(ctx, statement); err != nil {
					t.Error(statement, err)
				}
			}
			tx.Later(nil, insertNote, "before", tx.Now(), 0)
			do("SAVEPOINT turn")
			tx.Later(nil, insertNote, "within", tx.Now(), 0)
			do("SAVEPOINT question")
			tx.LaterAll(insertNote, [][]any{{"lost", tx.Now(), 0}, {"lost too", tx.Now(), 0}})
			do("ROLLBACK TO SAVEPOINT question")
			do("RELEASE SAVEPOINT question")
			tx.Later(nil, insertNote, "after", tx.Now(), 0)
			do("RELEASE SAVEPOINT turn")
			return nil
		})
		if n := count(t, db); n != 3 {
			t.Errorf("%d rows, want those before, within and after", n)
		}
	})
}

// A statement that was put off and fails behind a savepoint spoils all: its
// failure shows when the savepoint is undone, and nobody may go on as if it had
// not been.
func TestWhatIsPutOffAndFailsIsNotUndoneByASavepoint(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		err := db.Write(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
			if err := note(ctx, tx, "a"); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, "SAVEPOINT question"); err != nil {
				return err
			}
			tx.Later(nil, insertNote, "a", tx.Now(), 0) // there already
			if _, err := tx.Exec(ctx, "ROLLBACK TO SAVEPOINT question"); !database.IsUnique(err) {
				t.Errorf("the failure was lost: %v", err)
			}
			return nil
		})
		if !database.IsUnique(err) || count(t, db) != 0 {
			t.Errorf("%v, %d rows", err, count(t, db))
		}
	})
}

// Somebody who goes away before the commit leaves nothing behind, and a
// connection that is fit for the next one.
func TestWhatIsPutOffForWhoHasGone(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := db.Write(ctx, everywhere, func(ctx context.Context, tx *database.Tx) error {
			tx.Later(nil, insertNote, "a", tx.Now(), 0)
			cancel()
			return tx.Flush(ctx)
		})
		if !errors.Is(err, context.Canceled) || count(t, db) != 0 {
			t.Errorf("%v, %d rows", err, count(t, db))
		}
		write(t, db, func(ctx context.Context, tx *database.Tx) error { return note(ctx, tx, "b") })
		if n := count(t, db); n != 1 {
			t.Errorf("%d rows", n)
		}
	})
}
