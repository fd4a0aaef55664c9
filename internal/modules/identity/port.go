package identity

import (
	"context"

	"prosa/internal/event"
	"prosa/internal/platform/database"
)

// Emit puts events into the outbox in the caller's transaction; it is
// outbox.Write.
type Emit func(ctx context.Context, tx *database.Tx, shard int, envelopes ...event.Envelope) error
