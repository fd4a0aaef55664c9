package contact

import (
	"context"

	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/platform/database"
)

// Follower keeps copies of what contact owns: conversation shows a customer's
// name in its list rows. It is called in the transaction of the change.
type Follower interface {
	FollowContacts(ctx context.Context, tx *database.Tx, contacts []Contact) error
}

// Stranger is a new contact whose platform told no name.
type Stranger struct {
	TenantID  string
	ContactID string
	AccountID string
	Channel   message.Channel
	Addresses []message.Address
}

// Ask has the names of strangers asked for, in the transaction that made them;
// Introduce takes the answer.
type Ask func(ctx context.Context, tx *database.Tx, strangers []Stranger) error

// Tell writes events into the outbox in the caller's transaction; app binds it
// to outbox.Write with the company's shard.
type Tell func(ctx context.Context, tx *database.Tx, envelopes ...event.Envelope) error
