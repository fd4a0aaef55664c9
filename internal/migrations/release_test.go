package migrations_test

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"prosa/internal/base/fault"
	"prosa/internal/migrations"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// release is a binary of some day: its number, and the files that it brings
// beside those that we carry.
func release(t *testing.T, engine database.Engine, more map[string]string) fs.FS {
	t.Helper()
	carried := migrations.Carried(string(engine))
	entries, err := fs.ReadDir(carried, ".")
	if err != nil {
		t.Fatal(err)
	}
	folder := fstest.MapFS{}
	for _, entry := range entries {
		if path.Ext(entry.Name()) != ".sql" {
			continue
		}
		content, err := fs.ReadFile(carried, entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		folder[entry.Name()] = &fstest.MapFile{Data: content}
	}
	for name, text := range more {
		folder[name] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text + "\n")}
	}
	return folder
}

const (
	adds    = "299901010000_shop_parcel.sql"
	stops   = "299902010000_shop_crate.sql"
	removes = "299903010000_shop_removal.sql"
)

// A release is gone back to after its follower migrated: it runs, changes
// nothing, and is let in until a later one removes what it uses.
func TestAnEarlierReleaseRunsOnTheSchemaOfALaterOne(t *testing.T) {
	for _, engine := range engines {
		t.Run(string(engine), func(t *testing.T) {
			db := owner(t, databasetest.Config(t, engine))
			ctx := t.Context()
			first := release(t, engine, nil)
			files := map[string]string{adds: "CREATE TABLE parcel (id TEXT NOT NULL PRIMARY KEY, note TEXT NOT NULL DEFAULT '');"}
			second := release(t, engine, files)
			files[stops] = "CREATE TABLE crate (id TEXT NOT NULL PRIMARY KEY);"
			third := release(t, engine, files)
			files[removes] = "ALTER TABLE parcel DROP COLUMN note;\nUPDATE schema_floor SET version = 299902010000;"
			fourth := release(t, engine, files)

			up(ctx, t, engine, db, second, 1)
			if n := applied(t, db); n != len(carried(t, engine))+1 {
				t.Errorf("%d applied", n)
			}
			for name, ask := range map[string]func(context.Context, database.Engine, *sql.DB, fs.FS) (migrations.Standing, error){"Up": migrations.UpTo, "Stand": migrations.StandTo} {
				s, err := ask(ctx, engine, db, first)
				if err != nil || !s.Ahead() || s.Schema != 299901010000 || s.Known >= s.Schema || s.Unknown != 1 {
					t.Errorf("%s of the first release: %+v, %v", name, s, err)
				}
			}
			if _, err := db.Exec("INSERT INTO parcel (id, note) VALUES ('p', 'kept')"); err != nil {
				t.Errorf("the first release took away what the second made: %v", err)
			}

			up(ctx, t, engine, db, third, 1)
			up(ctx, t, engine, db, fourth, 1)
			for name, old := range map[string]fs.FS{"first": first, "second": second} {
				if _, err := migrations.StandTo(ctx, engine, db, old); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "299902010000 on") {
					t.Errorf("the %s release serves below the floor: %v", name, err)
				}
				if _, err := migrations.UpTo(ctx, engine, db, old); !fault.Is(err, fault.Conflict) {
					t.Errorf("the %s release migrates below the floor: %v", name, err)
				}
			}
			if s, err := migrations.UpTo(ctx, engine, db, third); err != nil || !s.Ahead() {
				t.Errorf("the third release does not run on the floor: %+v, %v", s, err)
			}
		})
	}
}

// A newer job queue is no reason to stop either.
func TestAnEarlierReleaseRunsOnANewerJobQueue(t *testing.T) {
	for _, engine := range engines {
		t.Run(string(engine), func(t *testing.T) {
			db := owner(t, databasetest.Config(t, engine))
			if _, err := db.Exec("INSERT INTO river_migration (line, version) VALUES ('main', 99)"); err != nil {
				t.Fatal(err)
			}
			if s, err := migrations.Up(t.Context(), engine, db); err != nil || !s.Ahead() || s.Schema != s.Known {
				t.Errorf("%+v, %v", s, err)
			}
		})
	}
}

// A database of a branch that went elsewhere is no later release: what this
// binary lacks there was never tried on it.
func TestASchemaOfAnotherLineIsRefused(t *testing.T) {
	for _, engine := range engines {
		t.Run(string(engine), func(t *testing.T) {
			db := owner(t, databasetest.Config(t, engine))
			other := release(t, engine, map[string]string{stops: "CREATE TABLE crate (id TEXT NOT NULL PRIMARY KEY);"})
			ours := release(t, engine, map[string]string{adds: "CREATE TABLE parcel (id TEXT NOT NULL PRIMARY KEY);"})
			up(t.Context(), t, engine, db, other, 1)
			if _, err := migrations.UpTo(t.Context(), engine, db, ours); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "another line") {
				t.Error(err)
			}
		})
	}
}

func up(ctx context.Context, t *testing.T, engine database.Engine, db *sql.DB, files fs.FS, want int) {
	t.Helper()
	if s, err := migrations.UpTo(ctx, engine, db, files); err != nil || s.Lacking != want {
		t.Fatalf("%+v, %v", s, err)
	}
}

func applied(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	if err := db.QueryRow("SELECT COUNT(*) FROM goose_db_version WHERE version_id > 0").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// carried are our files by name.
func carried(t *testing.T, engine database.Engine) map[string]string {
	t.Helper()
	folder := release(t, engine, nil).(fstest.MapFS)
	texts := map[string]string{}
	for name, file := range folder {
		texts[name] = string(file.Data)
	}
	return texts
}

var (
	breaks = regexp.MustCompile(`(?i)\b(DROP (TABLE|COLUMN)|RENAME|SET NOT NULL|ALTER COLUMN \w+ (SET DATA )?TYPE|ADD (CONSTRAINT|CHECK))\b`)
	raises = regexp.MustCompile(`UPDATE schema_floor SET version = (\d+);`)
)

// judge says which files break earlier binaries without saying so, and which
// floors can't be right.
func judge(files map[string]string) (faults []string) {
	floor := ""
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		text, _, _ := strings.Cut(files[name], "-- +goose Down")
		text = regexp.MustCompile(`--.*`).ReplaceAllString(text, "")
		raised := raises.FindStringSubmatch(text)
		if found := breaks.FindString(text); found != "" && raised == nil {
			faults = append(faults, fmt.Sprintf("%s: %s without UPDATE schema_floor", name, found))
		}
		if raised == nil {
			continue
		}
		if raised[1] < floor {
			faults = append(faults, fmt.Sprintf("%s lowers the floor", name))
		}
		if !slices.ContainsFunc(names, func(one string) bool { return one <= name && strings.HasPrefix(one, raised[1]+"_") }) {
			faults = append(faults, fmt.Sprintf("%s: the floor %s is no migration up to it", name, raised[1]))
		}
		floor = raised[1]
	}
	return faults
}

// What removes says which binaries it breaks.
func TestRemovalsRaiseTheFloor(t *testing.T) {
	for _, engine := range engines {
		for _, fault := range judge(carried(t, engine)) {
			t.Error(fault)
		}
	}
	for want, text := range map[string]string{
		"DROP TABLE without":            "DROP TABLE parcel;",
		"DROP COLUMN without":           "ALTER TABLE parcel DROP COLUMN note;",
		"RENAME without":                "ALTER TABLE parcel RENAME COLUMN note TO remark;",
		"SET NOT NULL without":          "ALTER TABLE parcel ALTER COLUMN note SET NOT NULL;",
		"ADD CONSTRAINT without":        "ALTER TABLE parcel ADD CONSTRAINT one CHECK (note <> '');",
		"is no migration up to it":      "DROP TABLE parcel; UPDATE schema_floor SET version = 299904010000;",
		"299903010000_shop_removal.sql": "DROP TABLE parcel; -- UPDATE schema_floor SET version = 299902010000;",
	} {
		files := map[string]string{stops: "CREATE TABLE crate (id TEXT);", removes: text}
		if found := judge(files); len(found) != 1 || !strings.Contains(found[0], want) {
			t.Errorf("%s: %q", want, found)
		}
	}
	good := map[string]string{stops: "CREATE TABLE crate (id TEXT);\n-- +goose Down\nDROP TABLE crate;", removes: "DROP TABLE parcel;\nUPDATE schema_floor SET version = 299902010000;"}
	if found := judge(good); len(found) != 0 {
		t.Error(found)
	}
	good["299905010000_shop_again.sql"] = "UPDATE schema_floor SET version = 299901010000;"
	good[adds] = ""
	if found := judge(good); len(found) != 1 || !strings.Contains(found[0], "lowers the floor") {
		t.Error(found)
	}
}
