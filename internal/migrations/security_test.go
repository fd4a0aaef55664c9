package migrations_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"prosa/internal/base/fault"
	"prosa/internal/migrations"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// owner opens the schema's own handle.
func owner(t *testing.T, cfg database.Config) *sql.DB {
	t.Helper()
	db, err := database.OpenOwner(t.Context(), cfg)
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

func open(t *testing.T, cfg database.Config) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), cfg)
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

// Every table with a tenant_id is under the forced policy, or stands in the
// list with a reason; and the list names no table in vain.
func TestEveryTableOfCompaniesIsSecured(t *testing.T) {
	db := owner(t, databasetest.Config(t, database.Postgres))
	rows, err := db.Query(`
		SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, COALESCE(p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL AND p.polcmd = '*', false)
		FROM pg_class c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
		LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = $1
		WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace`, migrations.PolicyName)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	exempt, secured := migrations.Exempt(), 0
	for rows.Next() {
		var table string
		var forced, whole bool
		if err := rows.Scan(&table, &forced, &whole); err != nil {
			t.Fatal(err)
		}
		reason, listed := exempt[table]
		delete(exempt, table)
		switch {
		case listed && reason == "":
			t.Errorf("%s is exempt without a reason", table)
		case listed && forced:
			t.Errorf("%s is exempt and yet secured", table)
		case !listed && !(forced && whole):
			t.Errorf("%s has a tenant_id and no forced policy", table)
		case !listed:
			secured++
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for table := range exempt {
		t.Errorf("%s is exempt, but is no table with a tenant_id", table)
	}
	if secured < 10 {
		t.Errorf("only %d tables are secured: the query above finds none", secured)
	}
}

// A policy for one kind of statement only, or a second, wider one, would be a
// hole beside the wall.
func TestNoOtherPolicyOpensATable(t *testing.T) {
	db := owner(t, databasetest.Config(t, database.Postgres))
	var others int
	if err := db.QueryRow("SELECT COUNT(*) FROM pg_policy WHERE polname <> $1", migrations.PolicyName).Scan(&others); err != nil || others != 0 {
		t.Fatalf("%d other policies, %v", others, err)
	}
}

const insertContact = `INSERT INTO contact (tenant_id, id, name, profile, username, language, folded, fields, blocked, created_ms, updated_ms, version)
	VALUES ($1, $2, $3, '', '', '', '', '{}', FALSE, $4, $4, 1)`

func contact(ctx context.Context, tx *database.Tx, tenant, id string) error {
	_, err := tx.Exec(ctx, insertContact, tenant, id, "Ana", tx.Now())
	return err
}

// violates reports the error of a row that the policy's check refuses.
func violates(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "42501"
}

func TestACompanyCannotTouchAnothersRows(t *testing.T) {
	db := open(t, databasetest.Config(t, database.Postgres))
	a, b := database.Company("ten_a"), database.Company("ten_b")
	for tenant, scope := range map[string]database.Scope{"ten_a": a, "ten_b": b} {
		if err := db.Write(t.Context(), scope, func(ctx context.Context, tx *database.Tx) error {
			return contact(ctx, tx, tenant, "ctc_1")
		}); err != nil {
			t.Fatal(err)
		}
	}
	count := func(scope database.Scope) (n int) {
		t.Helper()
		err := db.Read(t.Context(), scope, func(ctx context.Context, tx *database.Tx) error {
			return tx.QueryRow(ctx, "SELECT COUNT(*) FROM contact").Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for name, c := range map[string]struct {
		scope database.Scope
		want  int
	}{
		"company a": {a, 1}, "company b": {b, 1}, "another": {database.Company("ten_c"), 0},
		"both": {database.Companies([]string{"ten_b", "ten_a"}), 2}, "the platform": {database.Platform("test"), 2},
		"a name that only begins alike": {database.Company("ten_"), 0},
	} {
		if got := count(c.scope); got != c.want {
			t.Errorf("%s sees %d rows, want %d", name, got, c.want)
		}
	}
	for name, statement := range map[string]string{
		"updates": "UPDATE contact SET name = 'stolen' WHERE tenant_id = 'ten_b'",
		"deletes": "DELETE FROM contact WHERE tenant_id = 'ten_b'",
	} {
		err := db.Write(t.Context(), a, func(ctx context.Context, tx *database.Tx) error {
			n, err := tx.Exec(ctx, statement)
			if n != 0 {
				t.Errorf("company a %s %d rows of company b", name, n)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	for name, write := range map[string]func(ctx context.Context, tx *database.Tx) error{
		"inserts": func(ctx context.Context, tx *database.Tx) error { return contact(ctx, tx, "ten_b", "ctc_2") },
		"gives away": func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE contact SET tenant_id = 'ten_b', id = 'ctc_3'")
			return err
		},
		"upserts": func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.Exec(ctx, insertContact+" ON CONFLICT (tenant_id, id) DO UPDATE SET name = 'stolen'", "ten_b", "ctc_1", "x", 1)
			return err
		},
	} {
		if err := db.Write(t.Context(), a, write); !violates(err) {
			t.Errorf("company a %s a row of company b: %v", name, err)
		}
	}
	if got := count(b); got != 1 {
		t.Errorf("company b has %d rows in the end", got)
	}
}

// One connection serves all companies, one after the other; nothing of a scope
// stays on it, neither after a commit nor after an error or a panic.
func TestAPooledConnectionForgetsItsScope(t *testing.T) {
	cfg := databasetest.Config(t, database.Postgres)
	cfg.PoolSize = 1
	db := open(t, cfg)
	scope := database.Company("ten_a")
	ends := map[string]func(){
		"commit": func() {
			if err := db.Write(t.Context(), scope, func(ctx context.Context, tx *database.Tx) error { return contact(ctx, tx, "ten_a", "ctc_1") }); err != nil {
				t.Fatal(err)
			}
		},
		"read": func() {
			if err := db.Read(t.Context(), database.Platform("test"), func(context.Context, *database.Tx) error { return nil }); err != nil {
				t.Fatal(err)
			}
		},
		"error": func() {
			_ = db.Write(t.Context(), scope, func(ctx context.Context, tx *database.Tx) error {
				_, err := tx.Exec(ctx, "SELECT nothing FROM nowhere")
				return err
			})
		},
		"panic": func() {
			defer func() { _ = recover() }()
			_ = db.Write(t.Context(), scope, func(context.Context, *database.Tx) error { panic("a defect") })
		},
	}
	ends["commit"]()
	raw := unscoped(t, cfg)
	for name, end := range ends {
		if name != "commit" {
			end()
		}
		var setting string
		var rows int
		err := db.Read(t.Context(), database.Company("ten_other"), func(ctx context.Context, tx *database.Tx) error {
			if err := tx.QueryRow(ctx, "SELECT current_setting('prosa.tenants')").Scan(&setting); err != nil {
				return err
			}
			return tx.QueryRow(ctx, "SELECT COUNT(*) FROM contact").Scan(&rows)
		})
		if err != nil || setting != "ten_other" || rows != 0 {
			t.Errorf("after a %s: scope %q, %d rows, %v", name, setting, rows, err)
		}
	}
	// Outside a transaction of ours there is no scope, and no row.
	var rows int
	if err := raw.QueryRow("SELECT COUNT(*) FROM contact").Scan(&rows); err != nil || rows != 0 {
		t.Errorf("a connection without a scope sees %d rows, %v", rows, err)
	}
}

// unscoped signs in as the app role without the house's transactions.
func unscoped(t *testing.T, cfg database.Config) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", cfg.URL.Reveal())
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

func TestTheAppRoleCannotLeaveItsPlace(t *testing.T) {
	app := unscoped(t, databasetest.Config(t, database.Postgres))
	for _, statement := range []string{
		"ALTER TABLE contact DISABLE ROW LEVEL SECURITY",
		"DROP POLICY " + migrations.PolicyName + " ON contact",
		"CREATE TABLE mine (id TEXT)",
		"TRUNCATE contact",
		"DELETE FROM goose_db_version",
		"SET ROLE " + migrations.OwnerRole,
		"ALTER ROLE " + migrations.AppRole + " BYPASSRLS",
	} {
		if _, err := app.Exec(statement); err == nil {
			t.Errorf("the app role may: %s", statement)
		}
	}
}

func TestASuperuserIsRefused(t *testing.T) {
	cfg := databasetest.Config(t, database.Postgres)
	cfg.URL = databasetest.Superuser(t, cfg)
	db, err := database.Open(t.Context(), cfg)
	if err == nil {
		err = errors.Join(errors.New("a superuser was let in"), db.Close())
	}
	if !fault.Is(err, fault.Refused) || !strings.Contains(err.Error(), "superuser") {
		t.Fatal(err)
	}
}

func TestScopesThatAreNone(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for name, scope := range map[string]database.Scope{
			"zero": {}, "no id": database.Company(""), "no ids": database.Companies(nil), "no reason": database.Platform(""),
			"everyone": database.Company("*"), "two in one": database.Company("a,b"), "a quote": database.Company("a'; SET LOCAL prosa.tenants = '*"),
		} {
			err := db.Write(t.Context(), scope, func(context.Context, *database.Tx) error { return nil })
			if !fault.Is(err, fault.Internal) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// The policies must not cost the index: the plan of a point read is one.
func TestAPointReadUnderThePolicyUsesTheKey(t *testing.T) {
	db := open(t, databasetest.Config(t, database.Postgres))
	err := db.Write(t.Context(), database.Platform("test"), func(ctx context.Context, tx *database.Tx) error {
		args := make([][]any, 3000)
		for i := range args {
			args[i] = []any{fmt.Sprintf("ten_%d", i%10), fmt.Sprintf("ctc_%d", i), "Ana", 1}
		}
		_, err := tx.Each(ctx, insertContact, args, nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Read(t.Context(), database.Company("ten_1"), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, "EXPLAIN SELECT name FROM contact WHERE tenant_id = 'ten_1' AND id = 'ctc_11'")
		if err != nil {
			return err
		}
		defer rows.Close()
		var plan strings.Builder
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				return err
			}
			plan.WriteString(line + "\n")
		}
		if !strings.Contains(plan.String(), "Index Cond: ((tenant_id = 'ten_1'") {
			t.Errorf("the plan:\n%s", plan.String())
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
}
