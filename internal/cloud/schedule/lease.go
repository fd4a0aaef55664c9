package schedule

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"prosa/internal/base/fault"
)

// Lease is somebody's word that they need the environment up.
type Lease struct {
	ID string `json:"id"`
	// Who took it, as people call them, and Proof of it: what the cloud says of
	// the caller, or the operator's id. Proof is empty on a plain machine.
	Who   string `json:"who"`
	Proof string `json:"proof,omitempty"`
	Why   string `json:"why"`
	// FromMS and UntilMS: valid from the first up to the second.
	FromMS  int64 `json:"from_ms"`
	UntilMS int64 `json:"until_ms"`
	// Extended tells who gave it more time.
	Extended []Extension `json:"extended,omitempty"`
	// EndedMS and EndedBy are set when somebody ended it early.
	EndedMS int64  `json:"ended_ms,omitempty"`
	EndedBy string `json:"ended_by,omitempty"`
}

// Extension is more time for a lease.
type Extension struct {
	By      string `json:"by"`
	AtMS    int64  `json:"at_ms"`
	UntilMS int64  `json:"until_ms"`
}

// Valid tells whether the lease counts at a moment.
func (l Lease) Valid(at time.Time) bool {
	ms := at.UnixMilli()
	return l.EndedMS == 0 && l.FromMS <= ms && ms < l.UntilMS
}

// Coming tells whether the lease begins later.
func (l Lease) Coming(at time.Time) bool { return l.EndedMS == 0 && l.FromMS > at.UnixMilli() }

// Rest is somebody's wish that the environment be down although its hours say
// otherwise. A lease beats it.
type Rest struct {
	Who     string `json:"who"`
	Why     string `json:"why"`
	FromMS  int64  `json:"from_ms"`
	UntilMS int64  `json:"until_ms"` // 0: until the next boundary, fixed when it was asked
}

// Valid tells whether the rest counts at a moment.
func (r Rest) Valid(at time.Time) bool {
	ms := at.UnixMilli()
	return r.FromMS <= ms && ms < r.UntilMS
}

// Book is what people have said of an environment, and what was seen and done
// last: all that a decision needs besides the schedule and the machines.
type Book struct {
	Leases []Lease `json:"leases"`
	Rest   Rest    `json:"rest"`
	Memory Memory  `json:"memory"`
}

// LongestLease bounds a lease from now to its end, also by extension: who needs
// longer takes another, or changes the schedule.
const LongestLease = 24 * time.Hour

// shortest is what a lease must have before it: less is a slip of the finger.
const shortest = 5 * time.Minute

func checkEnd(from, until, now time.Time) error {
	switch {
	case until.Sub(from) < shortest || !until.After(now):
		return fault.OnField("until", "a lease takes at least %d minutes", int(shortest/time.Minute))
	case until.Sub(from) > LongestLease || from.Sub(now) > 14*24*time.Hour:
		return fault.OnField("until", "a lease takes at most %d hours, and begins within two weeks", int(LongestLease/time.Hour))
	}
	return nil
}

// LongestWords bounds a name and a reason, in characters, as the API does: the
// book is one file, and everybody's next look reads all of it.
const LongestWords = 300

// Words gives a name or a reason as it is kept: on one line, and without what a
// screen would obey instead of showing. Error: fault.Invalid for one that is too
// long.
func Words(field, text string) (string, error) {
	shown := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	shown = strings.Join(strings.Fields(shown), " ")
	if length := utf8.RuneCountInString(shown); length > LongestWords {
		return "", fault.OnField(field, "takes at most %d characters, not %d", LongestWords, length)
	}
	return shown, nil
}

// Take adds a lease. Error: fault.Invalid without a name or a reason, for words
// that are too long, or for a time that is too short or too long.
func (b *Book) Take(lease Lease, now time.Time) (err error) {
	if lease.Who, err = Words("who", lease.Who); err != nil {
		return err
	}
	if lease.Why, err = Words("why", lease.Why); err != nil {
		return err
	}
	if lease.Who == "" {
		return fault.OnField("who", "a lease says who holds it")
	}
	if lease.Why == "" {
		return fault.OnField("why", "a lease says what it is for")
	}
	if err := checkEnd(time.UnixMilli(lease.FromMS), time.UnixMilli(lease.UntilMS), now); err != nil {
		return err
	}
	b.Leases = append(b.Leases, lease)
	return nil
}

// Extend puts so much more behind a lease's end: anybody may give time, nobody
// takes any by it. Errors: fault.NotFound for one that is unknown or over,
// fault.Invalid.
func (b *Book) Extend(leaseID, by string, more time.Duration, now time.Time) (Lease, error) {
	n, err := b.live(leaseID, now)
	if err != nil {
		return Lease{}, err
	}
	lease := &b.Leases[n]
	until := time.UnixMilli(lease.UntilMS).Add(more)
	// An extended lease may last longer than a new one, but not from now, nor from
	// a begin that is still to come.
	begin := now
	if lease.Coming(now) {
		begin = time.UnixMilli(lease.FromMS)
	}
	switch {
	case more < shortest:
		return Lease{}, fault.OnField("for", "a lease is extended by at least %d minutes", int(shortest/time.Minute))
	case until.Sub(begin) > LongestLease:
		return Lease{}, fault.OnField("for", "a lease ends at most %d hours from now, or from its begin: it has %s until then",
			int(LongestLease/time.Hour), max(begin.Add(LongestLease).Sub(time.UnixMilli(lease.UntilMS)), 0).Truncate(time.Minute))
	}
	lease.Extended = append(lease.Extended, Extension{By: by, AtMS: now.UnixMilli(), UntilMS: until.UnixMilli()})
	lease.UntilMS = until.UnixMilli()
	return *lease, nil
}

// End ends a lease early. Error: fault.NotFound for one that is unknown or over.
func (b *Book) End(leaseID, by string, now time.Time) (Lease, error) {
	n, err := b.live(leaseID, now)
	if err != nil {
		return Lease{}, err
	}
	b.Leases[n].EndedMS, b.Leases[n].EndedBy = now.UnixMilli(), by
	return b.Leases[n], nil
}

func (b *Book) live(leaseID string, now time.Time) (int, error) {
	n := slices.IndexFunc(b.Leases, func(l Lease) bool { return l.ID == leaseID && (l.Valid(now) || l.Coming(now)) })
	if n < 0 {
		return 0, fault.New(fault.NotFound, "there is no lease %q, or it is over", leaseID)
	}
	return n, nil
}

// Valid lists the leases that count at a moment, the one that ends last first.
func (b *Book) Valid(at time.Time) (valid []Lease) {
	for _, lease := range b.Leases {
		if lease.Valid(at) {
			valid = append(valid, lease)
		}
	}
	slices.SortStableFunc(valid, func(a, b Lease) int { return int(min(max(b.UntilMS-a.UntilMS, -1), 1)) })
	return valid
}

// kept is how long a lease stays in the book after its end: for the page that
// tells who had it, and for the hours of the month.
const kept = 31 * 24 * time.Hour

// Prune forgets leases that ended long ago.
func (b *Book) Prune(now time.Time) {
	b.Leases = slices.DeleteFunc(b.Leases, func(l Lease) bool {
		end := l.UntilMS
		if l.EndedMS > 0 {
			end = min(end, l.EndedMS)
		}
		return end < now.Add(-kept).UnixMilli()
	})
}
