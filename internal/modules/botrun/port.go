package botrun

import (
	"context"

	"prosa/internal/message"
	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
)

// Wake gives the bot of a conversation a turn that no message caused: because a
// timer fired, or because a call that it asked for was answered. It runs in a
// transaction of its own, under the lock of the conversation's row, by
// conversation.Turns with the cause TimerFired or CallReturned. A conversation
// that no bot owns any more is left alone, without an error. conversation fills
// it.
type Wake func(ctx context.Context, nudge Nudge) error

// Nudge is one wish for a turn. Exactly one of Timer and Answer is set.
type Nudge struct {
	TenantID       string
	ConversationID string
	Timer          string // name of the timer that fired
	Answer         string // flow.Answer as JSON
}

// Admit lets a company have one more bot, in the transaction that inserts it:
// count tells how many it has, and is asked under the lock of the plan's row.
// Error: fault.Refused with reason plan_limit.
type Admit func(ctx context.Context, tx *database.Tx, tenantID string, count func(ctx context.Context) (int64, error)) error

// Assign makes a bot the one that answers first on a channel account, in the
// caller's transaction; an empty botID takes it off. NotFound for an unknown
// account. channel fills it.
type Assign func(ctx context.Context, tx *database.Tx, tenantID, accountID, botID string) error

// Sealer keeps secrets: what is sealed for one place opens for that place only.
// secretbox.Box is one.
type Sealer interface {
	Seal(aad string, plain []byte) (string, error)
	Open(aad, sealed string) ([]byte, error)
}

// Answers are who answers an Ask within the turn's own transaction, by the part
// of its kind before the dot: "shop" answers "shop.search". Kind "web" is not
// among them: it leaves the house and comes back as a turn of its own.
type Answers map[string]Answerer

// Answerer answers one question at once, in the caller's transaction, without
// network I/O. What it returns as an error becomes an answer that is not OK, and
// what it wrote is undone; only a failure of the database fails the turn. Its
// writes must bear that the whole transaction is repeated.
//
// An answer with Pending says that there is none yet: the session waits until
// Fire tells one for the Topic, and the customer may write meanwhile. Whoever
// answers so reads what it depends on under a lock that the one who fires takes
// too, else an answer could pass between them.
type Answerer func(ctx context.Context, tx *database.Tx, question Question) (flow.Answer, error)

// Question is an Ask with who asks.
type Question struct {
	TenantID       string
	ConversationID string
	ContactID      string
	SessionID      string
	BotID          string
	Channel        message.Channel
	AccountID      string // of the channel
	// MessageID is the customer's message that the turn is about; empty for a
	// turn that no message caused.
	MessageID string
	// Key is the same for a turn that is repeated, and for no other.
	Key     string
	Node    string
	Kind    string
	Request []byte // JSON
}
