package database_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

var everywhere = database.Platform("test")

// notes makes a table of the test's own. On PostgreSQL the app role may not
// make one, save a temporary one, which lives on one connection: so the tests
// use a table of the schema that has few columns.
const insertNote = "INSERT INTO setup_token (token_hash, created_ms, used_ms) VALUES ($1, $2, $3)"

func write(t *testing.T, db *database.DB, fn func(ctx context.Context, tx *database.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), everywhere, fn); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, db *database.DB) (n int64) {
	t.Helper()
	err := db.Read(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*) FROM setup_token").Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWriteCommitsAndTellsAfterwards(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		told := int64(-1)
		write(t, db, func(ctx context.Context, tx *database.Tx) error {
			tx.AfterCommit(func() { told = count(t, db) })
			if n, err := tx.Exec(ctx, insertNote, "a", tx.Now(), 0); err != nil || n != 1 {
				return fmt.Errorf("%d rows, %w", n, err)
			}
			if told != -1 {
				t.Error("told before the commit")
			}
			return nil
		})
		if told != 1 {
			t.Fatalf("the hook saw %d rows, want the committed one", told)
		}
	})
}

func TestAnErrorRollsBack(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		want := errors.New("no")
		err := db.Write(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
			tx.AfterCommit(func() { t.Error("told of what did not happen") })
			if _, err := tx.Exec(ctx, insertNote, "a", 1, 0); err != nil {
				return err
			}
			return want
		})
		if !errors.Is(err, want) {
			t.Fatalf("got %v", err)
		}
		if n := count(t, db); n != 0 {
			t.Fatalf("%d rows stayed", n)
		}
	})
}

func TestAFailedStatementSpoilsTheTransaction(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		err := db.Write(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
			if _, err := tx.Exec(ctx, insertNote, "a", 1, 0); err != nil {
				return err
			}
			_, first := tx.Exec(ctx, insertNote, "a", 1, 0)
			if !database.IsUnique(first) {
				t.Errorf("not told as a unique violation: %v", first)
			}
			if _, err := tx.Exec(ctx, insertNote, "b", 1, 0); err == nil {
				t.Error("a statement ran after a failed one")
			}
			return nil // the error is swallowed, and must not matter
		})
		if !database.IsUnique(err) {
			t.Fatalf("got %v", err)
		}
		if n := count(t, db); n != 0 {
			t.Fatalf("%d rows stayed", n)
		}
	})
}

func TestEach(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		const rows = 2500 // more than one round trip
		args := make([][]any, rows)
		for i := range args {
			args[i] = []any{fmt.Sprintf("t%05d", i), int64(i), 0}
		}
		write(t, db, func(ctx context.Context, tx *database.Tx) error {
			n, err := tx.Each(ctx, insertNote, args, nil)
			if n != rows {
				t.Errorf("%d rows told", n)
			}
			return err
		})
		seen := make([]int64, rows)
		write(t, db, func(ctx context.Context, tx *database.Tx) error {
			updates := make([][]any, rows)
			for i := range updates {
				updates[i] = []any{args[i][0]}
			}
			updates[7] = []any{"absent"}
			n, err := tx.Each(ctx, "UPDATE setup_token SET used_ms = created_ms + 1 WHERE token_hash = $1 RETURNING used_ms", updates,
				func(i int, row database.Row) error { return row.Scan(&seen[i]) })
			if n != rows-1 {
				t.Errorf("%d rows told", n)
			}
			return err
		})
		for i, got := range seen {
			if want := int64(i + 1); got != want && i != 7 || i == 7 && got != 0 {
				t.Fatalf("row %d came back as %d", i, got)
			}
		}
	})
}

func TestNoTransactionInsideAnother(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		nested := func(ctx context.Context, tx *database.Tx) error {
			inner := db.Write(ctx, everywhere, func(context.Context, *database.Tx) error { return nil })
			if !fault.Is(inner, fault.Internal) {
				t.Errorf("a write inside: %v", inner)
			}
			return nil
		}
		write(t, db, nested)
		if err := db.Read(t.Context(), everywhere, nested); err != nil {
			t.Fatal(err)
		}
	})
}
