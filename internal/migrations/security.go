package migrations

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"

	"prosa/internal/base/fault"
)

// The roles on PostgreSQL: the owner makes and changes tables, the app works on
// rows and is bound by row level security.
const (
	OwnerRole = "prosa_owner"
	AppRole   = "prosa_app"
)

// Exempt lists the tables that hold a tenant_id and are yet read across
// companies, each with its reason. A test holds it against the schema.
func Exempt() map[string]string {
	return map[string]string{}
}

// policy keeps a row to the companies that the transaction named. The setting is
// read where it is compared: read once a statement instead (as an init plan), it
// costs the statement of a row or two, which nearly all are, more than the
// comparison does. Several companies are searched as text, with a comma before and
// behind each: made into an array, a batch of a hundred would pay for the array in
// every statement. Ids hold no comma, which database.Scope makes sure of; a row
// with one is refused here.
const policy = `(strpos(tenant_id, ',') = 0 AND (current_setting('prosa.tenants', true) = tenant_id
		OR strpos(current_setting('prosa.tenants', true), ',' || tenant_id || ',') > 0)
	OR current_setting('prosa.tenants', true) = '*')`

// PolicyName is the name of the policy on every table with a tenant_id.
const PolicyName = "prosa_tenant"

// checkOrder refuses a database that sorts texts by a language. Both engines
// must list alike, and comparing bytes is also several times faster.
func checkOrder(ctx context.Context, db *sql.DB) error {
	var bytewise bool
	if err := db.QueryRowContext(ctx, "SELECT 'B' < 'a'").Scan(&bytewise); err != nil {
		return err
	}
	if !bytewise {
		return fault.New(fault.Refused, "the database sorts texts by a language: make it with LC_COLLATE 'C' (docs/postgresql.md)")
	}
	return nil
}

// secure gives the app role its rights and forces row level security on every
// table with a tenant_id that is not exempt. It changes nothing when all is
// in place.
func secure(ctx context.Context, db *sql.DB) error {
	var known bool
	if err := db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = $1)", AppRole).Scan(&known); err != nil {
		return err
	}
	if !known {
		return fault.New(fault.Refused, "the database has no role %s: make the roles first (docs/postgresql.md)", AppRole)
	}
	open, err := unsecured(ctx, db)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	statements := grants()
	for _, table := range open {
		name := pgx.Identifier{table}.Sanitize()
		statements = append(statements,
			"ALTER TABLE "+name+" ENABLE ROW LEVEL SECURITY",
			"ALTER TABLE "+name+" FORCE ROW LEVEL SECURITY",
			"DROP POLICY IF EXISTS "+PolicyName+" ON "+name,
			"CREATE POLICY "+PolicyName+" ON "+name+" USING "+policy+" WITH CHECK "+policy,
		)
	}
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("migrations: %s: %w", statement, err)
		}
	}
	return tx.Commit()
}

// grants are the rights of the app role: rows, never the schema.
func grants() []string {
	return []string{
		"GRANT USAGE ON SCHEMA public TO " + AppRole,
		"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + AppRole,
		"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO " + AppRole,
		"REVOKE INSERT, UPDATE, DELETE ON goose_db_version, river_migration, schema_floor FROM " + AppRole,
	}
}

// unsecured lists the tables with a tenant_id that should be under the policy
// and are not.
func unsecured(ctx context.Context, db *sql.DB) ([]string, error) {
	rows, err := db.QueryContext(ctx, `
		SELECT c.relname FROM pg_class c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
		LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = $1
		WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
		  AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND p.polname IS NOT NULL)
		ORDER BY c.relname`, PolicyName)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	exempt := Exempt()
	var open []string
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return nil, err
		}
		if _, ok := exempt[table]; !ok {
			open = append(open, table)
		}
	}
	return open, rows.Err()
}
