package product

import (
	"context"

	"prosa/internal/event"
	"prosa/internal/platform/database"
)

// Tell writes events into the outbox in the caller's transaction; app binds it
// to outbox.Write with the company's shard.
type Tell func(ctx context.Context, tx *database.Tx, envelopes ...event.Envelope) error
