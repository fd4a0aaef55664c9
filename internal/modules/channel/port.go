package channel

import (
	"context"

	"prosa/internal/message"
	"prosa/internal/platform/database"
)

// Admit lets a company have one more account, in the transaction that inserts
// it: count tells how many it has, and is asked under the lock of the plan's
// row. Error: fault.Refused with reason plan_limit.
type Admit func(ctx context.Context, tx *database.Tx, tenantID string, count func(ctx context.Context) (int64, error)) error

// Order asks for one message to be delivered. It is placed in the transaction
// that writes the message; the rows are the queue.
type Order struct {
	TenantID       string
	AccountID      string
	ConversationID string
	MessageID      string
	Shard          int
	// Seq is the message's place in its conversation: parts leave in the order
	// of (Seq, part).
	Seq      int64
	Priority int // 0 replies, 1 campaigns
	Human    bool
	To       []message.Address
	Content  message.Content
	QuoteID  string // external id
	Language string
	// Admitted says that the transaction has looked at the reply window, with
	// the conversation locked.
	Admitted bool
}

// Change is what became of a message after one or several of its parts were
// sent, refused or reported on: already reduced to one state by the rank rule
// (a message stands where its slowest part stands; one failed part fails it).
type Change struct {
	TenantID       string
	ConversationID string
	MessageID      string
	Status         message.Status
	AtMS           int64
	ErrorCode      string
	ErrorText      string
	// ExternalID of the first part, once known.
	ExternalID string
	// Learned are further addresses of the customer that the platform told.
	Learned []message.Address
	// Unreachable is true when the platform says that this customer cannot be
	// written to at all (blocked us, no such user).
	Unreachable bool
}

// Candidate is a message about to be sent.
type Candidate struct {
	TenantID       string
	ConversationID string
	MessageID      string
	Human          bool
	Kind           message.Kind
}

// Refusal says why a candidate may not be sent any more, in a sentence for a
// person; or, with Late and no Code, that it goes as an answer after the free
// window (Part.Late).
type Refusal struct {
	MessageID string
	Late      bool
	Code      string // "window_closed", "contact_blocked"
	Text      string
}

// goesLate says that the candidate is not refused, only late.
func (r Refusal) goesLate() bool { return r.Late && r.Code == "" }

// Ledger is what channel asks of the module that owns messages. conversation
// fills it; app joins the two. Both calls run in channel's transaction.
type Ledger interface {
	// Settle writes what became of messages and tells the browsers of it. It
	// moves a message only forward (message.Advances).
	Settle(ctx context.Context, tx *database.Tx, changes []Change) error
	// Admit is asked right before sending: reply windows are decided here, not
	// when a message was queued.
	Admit(ctx context.Context, tx *database.Tx, candidates []Candidate) ([]Refusal, error)
}

// NewsReader is told what platforms say of accounts themselves, in the
// transaction of the batch. template is one; app joins them.
type NewsReader interface {
	HearNews(ctx context.Context, tx *database.Tx, account Account, news News, atMS int64) error
}

// Sealer keeps credentials: what is sealed for one row opens for that row only.
type Sealer interface {
	Seal(aad string, plain []byte) (string, error)
	Open(aad, sealed string) ([]byte, error)
}

// Report is a platform's word on a delivery of an account.
type Report struct {
	TenantID  string
	AccountID string
	AtMS      int64
	// From is the customer whom the report is about, where the platform names
	// one (Status.UpToMS).
	From   []message.Address
	Status StatusReport
}
