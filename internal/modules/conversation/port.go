package conversation

import (
	"context"

	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
	"prosa/internal/platform/stream"
)

// Deliverer is what conversation asks of channel.
type Deliverer interface {
	// Account gives one of the company's accounts. Error: fault.NotFound.
	Account(ctx context.Context, tx *database.Tx, tenantID, accountID string) (channel.Account, error)
	// Order queues messages for delivery. A message that the channel can't carry
	// becomes failed through the ledger; that is no error.
	Order(ctx context.Context, tx *database.Tx, orders []channel.Order) error
	// Report joins the platforms' words to deliveries and calls Settle.
	Report(ctx context.Context, tx *database.Tx, reports []channel.Report) error
	// Quarantine keeps what could not be read, with a reason each.
	Quarantine(ctx context.Context, tx *database.Tx, raws []event.Raw, reasons []string) error
	// Board takes the shard for a transaction of its owner, which carries what
	// the shard's sender has to write.
	Board(shard int) *channel.Ride
	// SendAgain makes a new attempt of a message that failed or is unknown.
	SendAgain(ctx context.Context, tx *database.Tx, tenantID, messageID string) error
	// InFlight says which of our messages have a part that the platform may have
	// taken already, and whose answer is not recorded yet.
	InFlight(ctx context.Context, tx *database.Tx, tenantID string, messageIDs []string) (map[string]bool, error)
	// Locate gives our message ids for the platform's ids of what we sent by the
	// account; those that we don't know are left out.
	Locate(ctx context.Context, tx *database.Tx, tenantID, accountID string, externalIDs []string) (map[string]string, error)
}

// Directory knows the accounts and the adapters. channel.Directory is one.
type Directory interface {
	Account(id string) (channel.Account, bool)
	Adapter(ch message.Channel) (channel.Adapter, bool)
}

// Fence is an owner's claim on its shard; shard.Lease is one. It fails when
// another process has taken over.
type Fence interface {
	Fence(ctx context.Context, tx *database.Tx) error
}

// tell writes events of one shard into the outbox, in the caller's
// transaction; it is outbox.Write.
type tell = func(ctx context.Context, tx *database.Tx, shard int, envelopes ...event.Envelope) error

// Signaler shows small signs in the customer's app: read ticks, typing, the
// end of a tapped button's spinner. It must not block; a sign may be lost.
type Signaler func(tenantID, accountID string, to []message.Address, signal channel.Signal)

// MediaQueue has files fetched that customers sent. It is called in the
// transaction that stores the message; SetMedia takes the result.
type MediaQueue interface {
	Want(ctx context.Context, tx *database.Tx, wanted []MediaWanted) error
}

// MediaWanted is a file to fetch from a platform.
type MediaWanted struct {
	TenantID  string
	AccountID string
	MessageID string
	Media     message.Media
}

// Consents keeps what customers allow and forbid.
type Consents interface {
	// Heard is told what customers said, in the transaction of the batch.
	Heard(ctx context.Context, tx *database.Tx, said []ConsentWord) error
	// Reads says what a customer's text means for marketing, nil for nearly all
	// texts ("parar").
	Reads(text string) *message.Consent
	// Refuses reports whether the customer wants no messages of a topic.
	Refuses(ctx context.Context, tx *database.Tx, tenantID, contactID, topic string) (bool, error)
}

// ConsentWord is a customer's word on messages of a topic.
type ConsentWord struct {
	TenantID  string
	AccountID string
	ContactID string
	MessageID string
	AtMS      int64
	// ByWords says that an ordinary text was read as such a word, ByPlatform that
	// the platform refused a message for it.
	ByWords, ByPlatform bool
	message.Consent
}

// Attendants gives the member of a company who has the e-mail, as an owner; a
// zero one when there is none. It runs in the caller's transaction.
type Attendants func(ctx context.Context, tx *database.Tx, tenantID, email string) (Owner, error)

// Locale gives the language of a company's own words: "pt-BR" or "en".
type Locale func(tenantID string) string

// Streams is what a worker asks of platform/stream.
type Streams interface {
	Consume(ctx context.Context, name, consumer, filter string) (*stream.Consumer, error)
	Publish(ctx context.Context, subject string, data []byte) (seq uint64, err error)
}
