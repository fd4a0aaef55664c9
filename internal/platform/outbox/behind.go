package outbox

import (
	"context"

	"prosa/internal/platform/database"
)

// Behind gives the time of the oldest row that no relay has published yet, in
// milliseconds; 0 when all are.
func Behind(ctx context.Context, db *database.DB) (oldestMS int64, err error) {
	err = db.Read(ctx, database.Platform("a shard's events are of many companies"), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT COALESCE(MIN(created_ms), 0) FROM outbox WHERE published_ms = 0").Scan(&oldestMS)
	})
	return oldestMS, err
}
