package contact

import (
	"context"

	"prosa/internal/event"
	"prosa/internal/platform/database"
)

// Follower keeps copies of what contact owns: conversation shows a customer's
// name in its list rows. It is called in the transaction of the change.
type Follower interface {
	FollowContacts(ctx context.Context, tx *database.Tx, contacts []Contact) error
}

// Tell writes events into the outbox in the caller's transaction; app binds it
// to outbox.Write with the company's shard.
type Tell func(ctx context.Context, tx *database.Tx, envelopes ...event.Envelope) error
