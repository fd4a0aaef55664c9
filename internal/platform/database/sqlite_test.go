package database_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

func openSQLite(t *testing.T) (*database.DB, string) {
	t.Helper()
	cfg := databasetest.Config(t, database.SQLite)
	db, err := database.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db, filepath.Join(cfg.Dir, database.FileName)
}

// The settings on which durability and speed rest, asked of the connections
// themselves.
func TestSettings(t *testing.T) {
	db, _ := openSQLite(t)
	ask := func(tx *database.Tx, ctx context.Context) map[string]int64 {
		got := map[string]int64{}
		for _, name := range []string{"synchronous", "busy_timeout", "cache_size", "foreign_keys", "temp_store", "query_only", "journal_size_limit"} {
			var n int64
			if err := tx.QueryRow(ctx, "PRAGMA "+name).Scan(&n); err != nil {
				t.Fatal(name, err)
			}
			got[name] = n
		}
		var mode string
		if err := tx.QueryRow(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" {
			t.Errorf("journal mode %q, %v", mode, err)
		}
		return got
	}
	want := map[string]int64{"synchronous": 2, "busy_timeout": 5000, "cache_size": -4096, "foreign_keys": 1, "temp_store": 2, "query_only": 0, "journal_size_limit": 64 << 20}
	check := func(who string, got map[string]int64) {
		for name, value := range want {
			if got[name] != value {
				t.Errorf("%s: %s is %d, want %d", who, name, got[name], value)
			}
		}
	}
	write(t, db, func(ctx context.Context, tx *database.Tx) error { check("writer", ask(tx, ctx)); return nil })
	want["query_only"], want["cache_size"] = 1, -1024
	// One inside the other, so that both readers are asked.
	if err := db.Read(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
		check("reader", ask(tx, ctx))
		return db.Read(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
			check("other reader", ask(tx, ctx))
			return nil
		})
	}); err != nil {
		t.Fatal(err)
	}
}

func TestOthersOnTheMachineCannotReadTheFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	db, err := database.Open(t.Context(), database.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Ping(t.Context()); err != nil { // makes the log's files
		t.Fatal(err)
	}
	for _, name := range []string{"", database.FileName, database.FileName + "-wal", database.FileName + "-shm"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%q: %v, %v", name, info, err)
		}
	}
}

// The log goes back into the file by itself, though readers come and go.
func TestTheLogIsCheckpointed(t *testing.T) {
	db, path := openSQLite(t)
	long := strings.Repeat("x", 4000)
	for i := range 12 {
		args := make([][]any, 250)
		for j := range args {
			args[j] = []any{long + string(rune('a'+i)) + string(rune('A'+j)), 1, 0}
		}
		write(t, db, func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.Each(ctx, insertNote, args, nil)
			return err
		})
	}
	size := func() int64 {
		info, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	if size() < 4<<20 {
		t.Fatalf("the log has only %d bytes: the test writes too little", size())
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	end := time.After(20 * time.Second)
	for size() > 1<<20 {
		select {
		case <-tick.C:
			count(t, db)
		case <-end:
			t.Fatalf("the log still has %d bytes", size())
		}
	}
}

func TestAFullDiskIsUnavailableAndThenOver(t *testing.T) {
	db, _ := openSQLite(t)
	limit := func(pages string) {
		t.Helper()
		write(t, db, func(ctx context.Context, tx *database.Tx) error {
			var n int64
			return tx.QueryRow(ctx, "PRAGMA max_page_count = "+pages).Scan(&n)
		})
	}
	limit("1") // SQLite takes the present size, the least it can
	fill := func(ctx context.Context, tx *database.Tx) error {
		for range 100 {
			if err := note(ctx, tx, strings.Repeat("x", 5000)+time.Now().String()); err != nil {
				return err
			}
		}
		return nil
	}
	if err := db.Write(t.Context(), everywhere, fill); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("got %v", err)
	}
	if n := count(t, db); n != 0 {
		t.Fatalf("%d rows of a failed transaction", n)
	}
	limit("1000000")
	write(t, db, fill)
}
