package migrations_test

import (
	"testing"

	"prosa/internal/migrations"
	"prosa/internal/platform/database/databasetest"
)

// before brings a ledger back to the shape of the release before
// 202611240320_finops_origin, with what that release wrote.
var before = []string{
	"DROP INDEX finops_charge_long", "ALTER TABLE finops_item DROP COLUMN absent", "ALTER TABLE finops_item DROP COLUMN details",
	"DROP INDEX finops_fee_one", "CREATE UNIQUE INDEX finops_fee_one ON finops_fee (channel, category, calling, currency, from_day)",
	"DROP TABLE finops_budget",
	`CREATE TABLE finops_budget (line TEXT NOT NULL, environment TEXT NOT NULL, currency TEXT NOT NULL, from_month BIGINT NOT NULL, nano BIGINT NOT NULL, atto BIGINT NOT NULL,
		origin TEXT NOT NULL, note TEXT NOT NULL, actor_name TEXT NOT NULL, changed_ms BIGINT NOT NULL, PRIMARY KEY (line, environment, currency, from_month))`,
	"INSERT INTO finops_budget VALUES ('massivo', 'prod', 'USD', 202610, 300, 0, 'accounts', '', '', 1), ('massivo', 'prod', 'USD', 202611, 500, 7, 'typed', 'more', 'Olga', 2)",
	"UPDATE schema_floor SET version = 0", "DELETE FROM goose_db_version WHERE version_id = 202611240320",
}

// A ledger of the release before keeps its budgets and takes one more of a month.
func TestALedgerOfTheReleaseBeforeIsKept(t *testing.T) {
	for _, engine := range engines {
		t.Run(string(engine), func(t *testing.T) {
			db := owner(t, databasetest.Config(t, engine))
			for _, statement := range before {
				if _, err := db.Exec(statement); err != nil {
					t.Fatal(statement, err)
				}
			}
			if s, err := migrations.Up(t.Context(), engine, db); err != nil || s.Lacking != 1 {
				t.Fatalf("%+v, %v", s, err)
			}
			if _, err := db.Exec("INSERT INTO finops_budget VALUES ('massivo', 'prod', 'USD', 202611, 350, 0, 'accounts', '', '', 3)"); err != nil {
				t.Fatal(err)
			}
			var count, sum, floor int64
			if err := db.QueryRow("SELECT COUNT(*), SUM(nano + atto), (SELECT version FROM schema_floor) FROM finops_budget").Scan(&count, &sum, &floor); err != nil {
				t.Fatal(err)
			}
			if count != 3 || sum != 300+500+7+350 || floor != 202611240320 {
				t.Errorf("%d budgets of %d, floor %d", count, sum, floor)
			}
			if _, err := db.Exec("SELECT details, absent FROM finops_item"); err != nil {
				t.Error(err)
			}
		})
	}
}
