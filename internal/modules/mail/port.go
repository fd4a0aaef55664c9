package mail

import (
	"context"
	"fmt"
	"net/http"
)

// Sender hands mails to whoever carries them. Its call is made outside of any
// transaction.
type Sender interface {
	// Name is stored with letters: "sendgrid".
	Name() string
	// Send returns the vendor's id when the vendor has taken the mail. Error:
	// *Trouble; any other counts as an answer that was lost.
	Send(ctx context.Context, m Mail) (externalID string, err error)
}

// Absolver is a Sender whose vendor keeps its own list of addresses that take
// no mail.
type Absolver interface {
	// Absolve takes the address off the vendor's lists.
	Absolve(ctx context.Context, address string) error
}

// Listener is a Sender whose vendor tells what became of a mail.
type Listener interface {
	// Verify makes sure that a call is the vendor's and reads it. Error:
	// fault.Unauthorized, fault.Invalid.
	Verify(header http.Header, body []byte) ([]Event, error)
}

// Sealer keeps what letters say: what is sealed for one place opens for that
// place only.
type Sealer interface {
	Seal(aad string, plain []byte) (string, error)
	Open(aad, sealed string) ([]byte, error)
}

// Address is a mailbox with the name of its owner, which may be empty.
type Address struct{ Email, Name string }

// Mail is a letter as it goes out.
type Mail struct {
	LetterID string // the same for each attempt
	From, To Address
	ReplyTo  string // empty for none
	Content
	// Template, Locale and Data are for vendors that hold the texts themselves.
	Template, Locale string
	Data             map[string]string
}

// Kind of trouble with a vendor.
type Kind string

// Kinds of trouble, by what is done about them.
const (
	Refused   Kind = "refused"   // this mail can never be sent
	Throttled Kind = "throttled" // all mails wait
	Locked    Kind = "locked"    // credentials or account: an operator has to act
	Down      Kind = "down"      // it was not sent, and may be later
	Ambiguous Kind = "ambiguous" // it may have been sent
)

// Trouble is why a mail was not taken.
type Trouble struct {
	Kind    Kind
	Message string // without secrets, shown to operators
	UntilMS int64  // of Throttled: when the vendor listens again, 0 when it did not say
}

// Error implements error.
func (t *Trouble) Error() string { return fmt.Sprintf("mail %s: %s", t.Kind, t.Message) }

// Event is what a vendor told about a mail.
type Event struct {
	ID       string // the vendor's, told twice at times
	LetterID string
	Kind     EventKind
	// Suppress says why the address takes no mail any more, empty when it does.
	Suppress string
	Reason   string // one of the reasons of a letter, or empty
	Note     string // in the vendor's words
	External string
}

// EventKind is what happened to a mail.
type EventKind string

// Kinds of events.
const (
	WasAccepted  EventKind = "accepted"
	WasDeferred  EventKind = "deferred"
	WasDelivered EventKind = "delivered"
	WasBounced   EventKind = "bounced"
	WasDropped   EventKind = "dropped"
	WasUnwanted  EventKind = "unwanted" // a complaint, or a farewell
)

// state gives what a letter is after the event; empty leaves it.
func (k EventKind) state() State {
	switch k {
	case WasAccepted, WasDeferred:
		return Accepted
	case WasDelivered, WasUnwanted:
		return Delivered
	case WasBounced:
		return Bounced
	case WasDropped:
		return Dropped
	default:
		return ""
	}
}
