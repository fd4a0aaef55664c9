package mail

import (
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// Letter is a mail to be sent.
type Letter struct {
	// TenantID is empty for what concerns a person and no company.
	TenantID string
	// Key says what it is about, such as "invitation:inv_..."; with the company
	// it makes the letter one.
	Key      string
	Template string
	Locale   string // pt-BR or en
	To       string
	Name     string            // of the person, may be empty
	Data     map[string]string // what the template needs
	// ExpiresMS is when it has no use any more, 0 for a week from now.
	ExpiresMS int64
}

const (
	usualLife  = 7 * 24 * time.Hour
	addressMax = 254
	dataMax    = 4000 // bytes of all data
	problemMax = 400  // bytes kept of what a vendor says
)

func (l Letter) check() error {
	switch {
	case l.Key == "" || len(l.Key) > 200:
		return fault.New(fault.Internal, "a letter needs a key")
	case !isAddress(l.To) || len(l.To) > addressMax || database.Text(l.To) != nil:
		return fault.OnField("email", "is not an e-mail address")
	}
	size := 0
	for name, value := range l.Data {
		size += len(name) + len(value)
	}
	if size > dataMax {
		return fault.New(fault.TooLarge, "a letter's data has at most %d bytes", dataMax)
	}
	return nil
}

// State is how far a letter is.
type State string

// States of a letter.
const (
	Queued    State = "queued"    // waits to be sent
	Sending   State = "sending"   // the vendor is being called
	Unknown   State = "unknown"   // the vendor may have it: its answer was lost
	Accepted  State = "accepted"  // the vendor has it
	Delivered State = "delivered" // the mailbox has it
	Dropped   State = "dropped"   // not tried: the address takes no mail
	Bounced   State = "bounced"   // the mailbox refused it
	Failed    State = "failed"    // given up
)

// rank orders what a vendor tells; a letter only moves up. A bounce beats a
// delivery, since a mailbox may say yes first and no later.
func (s State) rank() int {
	switch s {
	case Accepted:
		return 1
	case Delivered:
		return 2
	case Dropped:
		return 3
	case Bounced:
		return 4
	default:
		return 0
	}
}

// forward gives the state of a letter in state s of which another one was told.
func (s State) forward(told State) State {
	if told.rank() > s.rank() {
		return told
	}
	return s
}

// Reasons of a letter that was not delivered.
const (
	ReasonWithdrawn  = "withdrawn"  // what it tells is not so any more
	ReasonOff        = "mail_off"   // this installation sends no mail
	ReasonExpired    = "expired"    // too late to be of use
	ReasonRefused    = "refused"    // the vendor says it can't be sent
	ReasonGaveUp     = "gave_up"    // tried for a week
	ReasonSuppressed = "suppressed" // the address takes no mail
	ReasonBounced    = "bounced"    // no such mailbox
	ReasonBlocked    = "blocked"    // the mailbox's server refuses for now
	ReasonDropped    = "dropped"    // the vendor did not try
)

// Retries, class S of the reference: growing pauses for a day, then hourly for
// a week. Counted in attempts, so that a parked week uses up nothing.
const (
	firstPause   = 5 * time.Second
	longestPause = 15 * time.Minute
	hourlyFrom   = 103 // attempts that fill the first day
	mostAttempts = hourlyFrom + 6*24
)

// pause is how long a letter waits after it failed attempts times; over says
// that it was tried long enough.
func pause(attempts int64) (wait time.Duration, over bool) {
	switch {
	case attempts >= mostAttempts:
		return 0, true
	case attempts >= hourlyFrom:
		return time.Hour, false
	}
	return min(firstPause<<min(max(attempts-1, 0), 20), longestPause), false
}

// Status is what may be told of a letter: nothing of what it says.
type Status struct {
	ID        string `json:"id"`
	TenantID  string `json:"company_id" doc:"Empty for letters of the platform to a person."`
	Template  string `json:"template"`
	Locale    string `json:"locale"`
	To        string `json:"to"`
	State     State  `json:"state" enum:"queued,sending,accepted,delivered,bounced,dropped,unknown,failed"`
	Reason    string `json:"reason" doc:"mail_off, withdrawn, expired, refused, gave_up, suppressed, bounced, blocked, dropped; empty for none."`
	Problem   string `json:"problem" doc:"What was said last against it."`
	Attempts  int64  `json:"attempts"`
	NextMS    int64  `json:"next_ms" doc:"When it is tried again, 0 for never."`
	Again     bool   `json:"again" doc:"It can be sent again as it is."`
	Sender    string `json:"sender"`
	CreatedMS int64  `json:"created_ms"`
	UpdatedMS int64  `json:"updated_ms"`

	key       string
	sealed    string
	expiresMS int64
	claim     int64
	name      string
}

// settle sets what follows from the rest.
func (s *Status) settle(nowMS int64) {
	over := s.State == Bounced || s.State == Dropped || s.State == Failed || s.State == Unknown
	s.Again = over && s.sealed != "" && s.expiresMS > nowMS
	if s.State == Sending || s.State == Unknown {
		s.NextMS = 0 // when its fate is looked at, not when it goes
	}
}
