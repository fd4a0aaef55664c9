package shard

import (
	"context"

	"prosa/internal/platform/database"
)

// Reclaim ends all leases and forgets all processes, so that a process that
// was killed and starts again need not wait for its own earlier life. Call it
// only where nothing else can work on the data: when the process holds the
// lock of its data folder. The epochs stay, and with them the fence.
func Reclaim(ctx context.Context, db *database.DB) error {
	return db.Write(ctx, database.Platform("shards are shared by all companies"), func(ctx context.Context, tx *database.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE shard_lease SET expires_ms = 0`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM process_beat`)
		return err
	})
}
