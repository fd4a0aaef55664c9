package migrations_test

import (
	"context"
	"database/sql"
	"net/url"
	"regexp"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/migrations"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

var engines = []database.Engine{database.SQLite, database.Postgres}

func TestUpIsDoneOnceAndKnowsIt(t *testing.T) {
	for _, engine := range engines {
		t.Run(string(engine), func(t *testing.T) {
			db := owner(t, databasetest.Config(t, engine))
			ctx := t.Context()
			if s, err := migrations.Stand(ctx, engine, db); s.Lacking != 0 || s.Unknown != 0 || s.Schema != s.Known || s.Ahead() || err != nil {
				t.Fatalf("%+v after Up, %v", s, err)
			}
			if s, err := migrations.Up(ctx, engine, db); s.Lacking != 0 || err != nil {
				t.Fatalf("a second Up found %+v, %v", s, err)
			}
			if _, err := db.Exec("DELETE FROM goose_db_version WHERE version_id = (SELECT MAX(version_id) FROM goose_db_version)"); err != nil {
				t.Fatal(err)
			}
			if s, err := migrations.Stand(ctx, engine, db); s.Lacking != 1 || err != nil {
				t.Fatalf("%+v with one taken away, %v", s, err)
			}
		})
	}
}

func TestAFreshFileLacksEverything(t *testing.T) {
	db := owner(t, database.Config{Dir: t.TempDir()})
	s, err := migrations.Stand(t.Context(), database.SQLite, db)
	if err != nil || s.Lacking < 5 || s.Schema != 0 {
		t.Fatalf("%+v, %v", s, err)
	}
	applied, err := migrations.Up(t.Context(), database.SQLite, db)
	if err != nil || applied != s {
		t.Fatalf("%+v of %+v, %v", applied, s, err)
	}
	if s, err = migrations.Stand(t.Context(), database.SQLite, db); err != nil || s.Lacking != 0 {
		t.Fatalf("%+v after Up, %v", s, err)
	}
}

// The app role asks whether the schema is the one it knows.
func TestTheAppRoleMayAsk(t *testing.T) {
	app := unscoped(t, databasetest.Config(t, database.Postgres))
	if s, err := migrations.Stand(t.Context(), database.Postgres, app); s.Lacking != 0 || s.Unknown != 0 || err != nil {
		t.Fatalf("%+v, %v", s, err)
	}
	if _, err := app.Exec("UPDATE schema_floor SET version = 0"); err == nil {
		t.Error("the app role moves the floor")
	}
}

// Lists must come in the same order from both engines.
func TestADatabaseThatSortsByALanguageIsRefused(t *testing.T) {
	cfg := databasetest.Config(t, database.Postgres)
	super, err := sql.Open("pgx", databasetest.Superuser(t, cfg).Reveal())
	if err != nil {
		t.Fatal(err)
	}
	defer super.Close()
	const name = "prosa_test_language"
	for _, statement := range []string{
		"DROP DATABASE IF EXISTS " + name,
		"CREATE DATABASE " + name + " TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'pt-BR' LOCALE 'C'",
	} {
		if _, err := super.Exec(statement); err != nil {
			t.Skip("this PostgreSQL has no ICU: ", err)
		}
	}
	defer func() {
		if _, err := super.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	}()
	target, err := url.Parse(cfg.OwnerURL.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	target.Path = "/" + name
	other := database.Config{URL: secret.New(target.String()), OwnerURL: secret.New(target.String())}
	if _, err := migrations.Up(t.Context(), database.Postgres, owner(t, other)); !fault.Is(err, fault.Refused) {
		t.Fatal(err)
	}
}

var column = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Both engines end with the same tables and columns.
func TestTheEnginesAgreeOnTheSchema(t *testing.T) {
	columns := map[database.Engine]map[string]bool{}
	for engine, query := range map[database.Engine]string{
		database.SQLite:   "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'",
		database.Postgres: "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'",
	} {
		rows, err := owner(t, databasetest.Config(t, engine)).QueryContext(context.Background(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		columns[engine] = map[string]bool{}
		for rows.Next() {
			var table, name string
			if err := rows.Scan(&table, &name); err != nil {
				t.Fatal(err)
			}
			if ours(table) {
				columns[engine][table+"."+name] = true
				if !column.MatchString(name) {
					t.Errorf("%s.%s is not a plain name", table, name)
				}
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	for engine, other := range map[database.Engine]database.Engine{database.SQLite: database.Postgres, database.Postgres: database.SQLite} {
		if len(columns[engine]) < 50 {
			t.Errorf("%s has %d columns", engine, len(columns[engine]))
		}
		for name := range columns[engine] {
			if !columns[other][name] {
				t.Errorf("%s has %s, %s has not", engine, name, other)
			}
		}
	}
}

// ours leaves out the tables of the tools and of full-text search, which
// differ by nature.
func ours(table string) bool {
	return !foreign.MatchString(table)
}

var foreign = regexp.MustCompile(`^(sqlite_|goose_|river_|.*_fts(_|$))`)
