package hold

import (
	"context"

	"prosa/internal/platform/database"
)

// alone waits for all transactions that have looked at the table (each does so
// first) and keeps others from looking until this one ends. On SQLite the writer
// is alone anyway.
func alone(ctx context.Context, tx *database.Tx) error {
	if tx.Engine() != database.Postgres {
		return nil
	}
	_, err := tx.Exec(ctx, "LOCK TABLE company_hold IN ACCESS EXCLUSIVE MODE")
	return err
}
