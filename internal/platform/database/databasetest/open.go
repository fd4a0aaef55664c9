// Package databasetest gives tests a fresh, migrated database on either
// engine. A database is copied from a template that is migrated once a process
// (SQLite) or once a machine and schema (PostgreSQL), so that a test pays
// milliseconds.
package databasetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"prosa/internal/migrations"
	"prosa/internal/platform/config"
	"prosa/internal/platform/database"
)

// EngineVariable chooses the engine of Open, sqlite (default) or postgres, and
// narrows Each to it.
const EngineVariable = "PROSA_TEST_ENGINE"

// Open gives a fresh migrated database on the engine that the environment
// chooses, closed when the test ends.
func Open(t testing.TB) *database.DB {
	t.Helper()
	return open(t, Config(t, chosen(database.SQLite)))
}

// Each runs fn on SQLite and, where there is one, on PostgreSQL, or on the one
// engine that the environment chooses. A machine without PostgreSQL says so by
// a skipped subtest.
func Each(t *testing.T, fn func(t *testing.T, db *database.DB)) {
	for _, engine := range Engines() {
		t.Run(string(engine), func(t *testing.T) { fn(t, open(t, Config(t, engine))) })
	}
}

// Engines lists the engines that Each runs on, for tests that open their
// databases by themselves.
func Engines() []database.Engine {
	if engine := chosen(""); engine != "" {
		return []database.Engine{engine}
	}
	return []database.Engine{database.SQLite, database.Postgres}
}

// chosen is the engine of the environment, or otherwise where it names none.
func chosen(otherwise database.Engine) database.Engine {
	if engine, _ := config.Environment()(EngineVariable); engine != "" {
		return database.Engine(engine)
	}
	return otherwise
}

// Config gives the configuration of a fresh migrated database, for tests that
// open it by themselves, more than once or from a child process.
func Config(t testing.TB, engine database.Engine) database.Config {
	t.Helper()
	if engine == database.Postgres {
		return postgresConfig(t)
	}
	return sqliteConfig(t)
}

func open(t testing.TB, cfg database.Config) *database.DB {
	t.Helper()
	db, err := database.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// template holds the bytes of a migrated SQLite file.
var template = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "prosa-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	owner, err := database.OpenOwner(ctx, database.Config{Dir: dir})
	if err != nil {
		return nil, err
	}
	if _, err := migrations.Up(ctx, database.SQLite, owner); err != nil {
		return nil, err
	}
	if _, err := owner.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return nil, err
	}
	if err := owner.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, database.FileName))
})

func sqliteConfig(t testing.TB) database.Config {
	t.Helper()
	file, err := template()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, database.FileName), file, 0o600); err != nil {
		t.Fatal(err)
	}
	// Two readers and a small cache: tests run many databases at once.
	return database.Config{Dir: dir, Readers: 2, CacheKB: 4096}
}
