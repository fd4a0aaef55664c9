package migrations

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"prosa/internal/base/secret"
)

// Prepare makes the two roles, or gives them new passwords, and lets the owner
// make tables in the database that db is signed in to. It needs a role that may
// create roles; tests and `docs/postgresql.md` use it. Neither role is a
// superuser or bypasses row level security.
func Prepare(ctx context.Context, db *sql.DB, owner, app secret.Text) error {
	var name string
	if err := db.QueryRowContext(ctx, "SELECT current_database()").Scan(&name); err != nil {
		return err
	}
	for role, password := range map[string]secret.Text{OwnerRole: owner, AppRole: app} {
		var known bool
		if err := db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = $1)", role).Scan(&known); err != nil {
			return err
		}
		verb := "CREATE"
		if known {
			verb = "ALTER"
		}
		statement := verb + " ROLE " + role + " LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD " + quote(password.Reveal())
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("migrations: role %s: %w", role, err)
		}
	}
	for _, statement := range []string{
		"GRANT CONNECT, CREATE ON DATABASE " + pgx.Identifier{name}.Sanitize() + " TO " + OwnerRole,
		"GRANT CONNECT ON DATABASE " + pgx.Identifier{name}.Sanitize() + " TO " + AppRole,
		"GRANT USAGE, CREATE ON SCHEMA public TO " + OwnerRole,
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("migrations: %s: %w", statement, err)
		}
	}
	return nil
}

// quote spells a string literal of PostgreSQL; a password can't be an argument
// of CREATE ROLE.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
