package migrations_test

import (
	"context"
	"testing"

	"prosa/internal/migrations"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// What the files say is what the database has.
func TestTablesAreThoseOfTheDatabase(t *testing.T) {
	tables, err := migrations.Tables()
	if err != nil {
		t.Fatal(err)
	}
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, table := range tables {
			company := " WHERE tenant_id = ''"
			if !table.Company {
				company = ""
			}
			err := db.Read(t.Context(), database.Platform("which tables there are"), func(ctx context.Context, tx *database.Tx) error {
				var n int64
				return tx.QueryRow(ctx, "SELECT COUNT(*) FROM "+table.Name+company).Scan(&n)
			})
			if err != nil {
				t.Errorf("%s (%s): %v", table.Name, table.Owner, err)
			}
		}
	})
}
