package saga

import (
	"fmt"
	"math/rand/v2"
	"time"

	"prosa/internal/base/fault"
)

// Retry is a class of retries, by what is called. Source: reference acquisition,
// section 2.
type Retry string

// Classes of retries.
const (
	// Net: from a second to a minute with full jitter, ten tries, then attention.
	Net Retry = "net"
	// DB: three tries, then attention, since it is our defect.
	DB Retry = "db"
	// CRM: from 5 s to 15 min for a day, then hourly for a week, then attention.
	CRM Retry = "crm"
	// Mail is as CRM.
	Mail Retry = "mail"
)

// pauses are how long a class waits between its tries.
type pauses struct {
	first, longest time.Duration
	jitter         bool
	hourlyFrom     int64 // tries after which it waits an hour each, 0 for never
	tries          int64
}

// dayOfTries is how many tries of the CRM class fill the first day.
const dayOfTries = 103

func (r Retry) pauses() (pauses, error) {
	switch r {
	case Net:
		return pauses{first: time.Second, longest: time.Minute, jitter: true, tries: 10}, nil
	case DB, "":
		return pauses{first: time.Second, longest: 5 * time.Second, tries: 3}, nil
	case CRM, Mail:
		return pauses{first: 5 * time.Second, longest: 15 * time.Minute, hourlyFrom: dayOfTries, tries: dayOfTries + 7*24}, nil
	default:
		return pauses{}, fault.New(fault.Internal, "no class of retries is called %q", string(r))
	}
}

// after gives how long to wait after so many failures; over says that it was
// tried often enough.
func (p pauses) after(failures int64) (wait time.Duration, over bool) {
	switch {
	case failures >= p.tries:
		return 0, true
	case p.hourlyFrom > 0 && failures >= p.hourlyFrom:
		return time.Hour, false
	}
	wait = min(p.first<<min(max(failures-1, 0), 20), p.longest)
	if p.jitter {
		wait = rand.N(wait) + time.Millisecond
	}
	return wait, false
}

// Wait is the answer of a Run that can't tell yet: no attempt is used.
type Wait struct {
	// UntilMS is when to look again, 0 for after the step's Poll.
	UntilMS int64
	// Note is what it waits for, shown to operators.
	Note string
}

// Error implements error.
func (w *Wait) Error() string { return "not yet: " + w.Note }

// Halt is the answer of a Run that no repetition helps: the step stands in
// attention.
type Halt struct {
	// Field names the data that is wrong, empty for none; an operator may correct it.
	Field   string
	Message string // without secrets, shown to operators
}

// Error implements error.
func (h *Halt) Error() string { return fmt.Sprintf("halted (%s): %s", h.Field, h.Message) }

// Omit is the answer of a Run for which there is nothing to do: the step is
// skipped.
type Omit struct{ Note string }

// Error implements error.
func (o *Omit) Error() string { return "omitted: " + o.Note }

// Outage is the answer of a Run whose integration does not work. It counts on the
// step's circuit; no attempt is used when that is open. A step without a circuit
// is tried again by its class.
type Outage struct {
	// Class is a word for counting, such as throttled or revoked; empty is down.
	Class   string
	Message string // without secrets, shown to operators
	// UntilMS is when the integration listens again, 0 when it did not say.
	UntilMS int64
	// AtOnce opens the circuit without waiting for more of the kind.
	AtOnce bool
}

// Error implements error.
func (o *Outage) Error() string { return "outage: " + o.Message }
