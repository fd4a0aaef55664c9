package outbox

import (
	"context"
	"errors"

	"prosa/internal/base/id"
	"prosa/internal/platform/database"
)

// Epoch names the present life of the EVENT stream. A sequence of the stream
// means something only together with the epoch in which it was told.
func Epoch(ctx context.Context, db *database.DB) (string, error) {
	var epoch string
	read := func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT epoch FROM stream_epoch WHERE name = $1", streamName).Scan(&epoch)
	}
	err := db.Read(ctx, database.Platform("the epoch belongs to no company"), read)
	if !errors.Is(err, database.ErrNoRows) {
		return epoch, err
	}
	err = db.Write(ctx, database.Platform("the epoch belongs to no company"), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO stream_epoch (name, epoch, at_ms) VALUES ($1, $2, $3)
			ON CONFLICT (name) DO NOTHING`, streamName, id.New(id.Epoch, tx.Now()), tx.Now())
		if err != nil {
			return err
		}
		return read(ctx, tx)
	})
	return epoch, err
}

func renewEpoch(ctx context.Context, tx *database.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO stream_epoch (name, epoch, at_ms) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch, at_ms = excluded.at_ms`,
		streamName, id.New(id.Epoch, tx.Now()), tx.Now())
	return err
}
