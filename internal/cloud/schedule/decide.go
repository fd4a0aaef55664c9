package schedule

import (
	"fmt"
	"time"
)

// Want is what an environment should do.
type Want string

// The wants; the zero value is nothing that is known.
const (
	Up   Want = "up"
	Down Want = "down"
)

// Running is how much of an environment runs.
type Running string

// The extents. Database is the database alone: what a vendor that starts
// stopped databases by itself leaves behind.
const (
	None     Running = "none"
	Database Running = "database"
	Some     Running = "some"
	All      Running = "all"
)

// Seen is what the machines do.
type Seen struct {
	Running Running
	// Moving says that something is starting or stopping.
	Moving bool
	// RestartedMS is when the vendor says that it started the stopped database by
	// itself; 0 when it says nothing.
	RestartedMS int64
}

// Memory is what the last decisions left behind. The zero value knows nothing.
type Memory struct {
	// Goal is what was wanted last, and Reached whether the machines were seen
	// there since.
	Goal    Want `json:"goal,omitempty"`
	Reached bool `json:"reached,omitempty"`
	// UntilMS is when that want ends by itself; 0 for never.
	UntilMS int64 `json:"until_ms,omitempty"`
	// WarnedMS is when people were warned of the end WarnedForMS.
	WarnedMS    int64 `json:"warned_ms,omitempty"`
	WarnedForMS int64 `json:"warned_for_ms,omitempty"`
	// Hand is what somebody did past us, if that was seen, and HandUntilMS how
	// long it is left alone.
	Hand        Want  `json:"hand,omitempty"`
	HandUntilMS int64 `json:"hand_until_ms,omitempty"`
	// StoppedMS is when the database was last seen to be stopped after it ran; 0
	// when nobody saw it.
	StoppedMS int64 `json:"stopped_ms,omitempty"`
}

// Warning tells people that the environment goes off soon.
type Warning struct {
	// Ends is when it goes off unless somebody takes or extends a lease.
	Ends time.Time
	// Leases that end then.
	Leases []Lease
}

// Decision is what to do now.
type Decision struct {
	Want   Want
	Reason Reason
	// Detail is for people: who holds it, or the name of the holiday.
	Detail string
	// Until is when this ends by itself; the zero time for never.
	Until time.Time
	// Act says that the machines are not as they are wanted.
	Act bool
	// Warn is set when people have to be told of an end, once each.
	Warn *Warning
}

// RestartAfter is how long a vendor leaves a stopped database alone.
const RestartAfter = 7 * 24 * time.Hour

// early is how much sooner than RestartAfter a start may still be the vendor's:
// we see that a database is stopped minutes after its clock began.
const early = 2 * time.Hour

// Decide says what an environment should do and why, and what to remember. It
// may be asked at any moment and as often as one likes.
func Decide(s Schedule, book Book, seen Seen, now time.Time) (Decision, Memory) {
	d := &decider{Schedule: s, book: book, seen: seen, now: now, memory: book.Memory}
	d.notice()
	decision := d.want()
	decision = d.soften(decision)
	d.remember(&decision)
	if !decision.Until.IsZero() {
		decision.Until = decision.Until.In(s.zone())
	}
	if decision.Warn != nil {
		decision.Warn.Ends = decision.Warn.Ends.In(s.zone())
	}
	return decision, d.memory
}

type decider struct {
	Schedule
	book   Book
	seen   Seen
	now    time.Time
	memory Memory
}

// notice compares what is seen with what was left: who moved it meanwhile?
func (d *decider) notice() {
	m := &d.memory
	if d.seen.Running == Some || d.seen.Running == All {
		m.StoppedMS = 0
	}
	if m.Hand != "" || !m.Reached {
		return
	}
	switch {
	case m.Goal == Down && (d.seen.Running == All || d.seen.Running == Some):
		d.byHand(Up, d.handUntil())
	case m.Goal == Down && d.seen.Running == Database:
		switch d.restart() {
		case vendor: // it is simply stopped again
		case person:
			d.byHand(Up, d.handUntil())
		default: // nobody knows: it goes, but not without a warning
			d.byHand(Up, d.now)
		}
	case m.Goal == Up && (d.seen.Running == None || d.seen.Running == Database):
		d.byHand(Down, d.handUntil())
	}
}

// who started a database that ran alone.
type starter int

const (
	unknown starter = iota
	vendor
	person
)

func (d *decider) restart() starter {
	stopped := d.memory.StoppedMS
	switch {
	case d.seen.RestartedMS > stopped && d.seen.RestartedMS > 0:
		return vendor // it says so itself
	case stopped == 0:
		return unknown
	case d.now.UnixMilli() >= stopped+(RestartAfter-early).Milliseconds():
		return vendor
	}
	return person
}

func (d *decider) byHand(what Want, until time.Time) {
	if d.Manual == (Manual{}) && until.After(d.now) {
		if until = d.now; what == Down {
			return // not respected
		}
	}
	d.memory.Hand, d.memory.HandUntilMS = what, until.UnixMilli()
	if what == Up {
		// Who started it is cut off as little as who holds a lease.
		d.memory.Goal, d.memory.UntilMS = Up, until.UnixMilli()
	}
}

func (d *decider) handUntil() time.Time {
	if next := d.Next(d.now); d.Manual.Boundary && !next.IsZero() {
		return next
	}
	return d.now.Add(d.Manual.For)
}

// want asks everybody who has a say, the strongest first.
func (d *decider) want() Decision {
	if d.Kind == Always {
		return Decision{Want: Up, Reason: ByAlways}
	}
	if leases := d.book.Valid(d.now); len(leases) > 0 {
		detail := leases[0].Who + ": " + leases[0].Why
		if len(leases) > 1 {
			detail += fmt.Sprintf(" (+%d)", len(leases)-1)
		}
		return Decision{Want: Up, Reason: ByLease, Detail: detail, Until: d.wantedUntil(d.now)}
	}
	resting := d.resting()
	hand, handUntil := d.memory.Hand, time.UnixMilli(d.memory.HandUntilMS)
	if !handUntil.After(d.now) {
		hand = ""
	}
	switch {
	case resting && hand != Up:
		rest := d.book.Rest
		detail := rest.Who
		if rest.Why != "" {
			detail += ": " + rest.Why
		}
		return Decision{Want: Down, Reason: ByRest, Detail: detail, Until: d.wakes(time.UnixMilli(rest.UntilMS))}
	case hand == Down:
		return Decision{Want: Down, Reason: ByHand, Detail: "stopped by hand", Until: d.wakes(handUntil)}
	case d.Open(d.now) && !resting:
		return Decision{Want: Up, Reason: ByHours, Until: d.wantedUntil(d.now)}
	case hand == Up:
		return Decision{Want: Up, Reason: ByHand, Detail: "started by hand", Until: d.wantedUntil(handUntil)}
	}
	day := d.Day(d.now)
	reason := day.Reason
	if reason == ByHours || reason == ByExtraDay {
		reason = OffHours
	}
	if d.memory.Goal == Down && d.memory.Reached && d.seen.Running == Database && d.restart() == vendor {
		reason = ByRestart
	}
	return Decision{Want: Down, Reason: reason, Detail: day.Name, Until: d.wakes(time.Time{})}
}

// resting tells whether somebody asked for it to be down, and nobody took a
// lease since: who did has had their say.
func (d *decider) resting() bool {
	rest := d.book.Rest
	if !rest.Valid(d.now) {
		return false
	}
	for _, lease := range d.book.Leases {
		since := lease.FromMS >= rest.FromMS && (lease.EndedMS == 0 || lease.EndedMS > rest.FromMS)
		if since && lease.FromMS <= d.now.UnixMilli() {
			return false
		}
	}
	return true
}

// wantedUntil follows leases and hours from a moment for as long as one goes
// over into the next.
func (d *decider) wantedUntil(from time.Time) time.Time {
	until := from
	for range 1000 {
		later := until
		for _, lease := range d.book.Leases {
			if end := time.UnixMilli(lease.UntilMS); lease.Valid(until) && end.After(later) {
				later = end
			}
		}
		if d.Open(until) {
			if next := d.Next(until); next.After(later) {
				later = next
			}
		}
		if !later.After(until) {
			break
		}
		until = later
	}
	return until
}

// wakes gives when something wants the environment up: at latest at a given
// time, if that is one; the zero time for never.
func (d *decider) wakes(latest time.Time) time.Time {
	wakes := latest
	sooner := func(at time.Time) {
		if !at.IsZero() && (wakes.IsZero() || at.Before(wakes)) {
			wakes = at
		}
	}
	if latest.IsZero() && d.Kind == Office && !d.Open(d.now) {
		sooner(d.Next(d.now))
	}
	for _, lease := range d.book.Leases {
		if lease.Coming(d.now) {
			sooner(time.UnixMilli(lease.FromMS))
		}
	}
	return wakes
}

// soften lets nobody be cut off unwarned, and warns.
func (d *decider) soften(decision Decision) Decision {
	m := &d.memory
	if decision.Want == Up {
		if !decision.Until.IsZero() {
			d.warn(&decision, decision.Until, 2*d.Warning)
		}
		return decision
	}
	// A stop that a person asked for, or made, warns nobody.
	if decision.Reason == ByRest || decision.Reason == ByHand || m.Goal == Down || d.seen.Running == None {
		return decision
	}
	ends := d.now.Add(d.Warning)
	if m.WarnedForMS > 0 && m.WarnedForMS == m.UntilMS {
		// They were warned of this end; it holds for as long as it was promised.
		promised := max(m.WarnedForMS, m.WarnedMS+d.Warning.Milliseconds())
		if d.now.UnixMilli() >= promised {
			return decision
		}
		ends = time.UnixMilli(promised)
	}
	softened := Decision{Want: Up, Reason: ByWarning, Detail: decision.Detail, Until: ends}
	if m.WarnedForMS == 0 || m.WarnedForMS != m.UntilMS {
		softened.Warn = &Warning{Ends: ends, Leases: d.ending(ends)}
		m.WarnedMS, m.WarnedForMS = d.now.UnixMilli(), ends.UnixMilli()
	} else {
		m.WarnedForMS = ends.UnixMilli()
	}
	return softened
}

// warn tells of an end that is near, once.
func (d *decider) warn(decision *Decision, ends time.Time, lead time.Duration) {
	m := &d.memory
	if m.WarnedForMS == ends.UnixMilli() || ends.Sub(d.now) > lead {
		return
	}
	decision.Warn = &Warning{Ends: ends, Leases: d.ending(ends)}
	m.WarnedMS, m.WarnedForMS = d.now.UnixMilli(), ends.UnixMilli()
}

// ending lists the leases that are over by then and were valid shortly before.
func (d *decider) ending(at time.Time) (ending []Lease) {
	for _, lease := range d.book.Leases {
		if lease.EndedMS == 0 && lease.UntilMS <= at.UnixMilli() && lease.UntilMS > at.Add(-2*d.Warning).UnixMilli() {
			ending = append(ending, lease)
		}
	}
	return ending
}

// remember closes the decision: what it makes of the machines, and of the
// memory.
func (d *decider) remember(decision *Decision) {
	m := &d.memory
	there := decision.Want == Up && d.seen.Running == All || decision.Want == Down && d.seen.Running == None
	// What was done by hand is left as it is, and who is being warned gets no
	// more than they had.
	decision.Act = !there && decision.Reason != ByHand && decision.Reason != ByWarning
	m.Goal, m.Reached = decision.Want, there && !d.seen.Moving
	m.UntilMS = 0
	if !decision.Until.IsZero() {
		m.UntilMS = decision.Until.UnixMilli()
	}
	if decision.Want == Down {
		m.WarnedMS, m.WarnedForMS = 0, 0
		switch {
		case m.Reached && m.StoppedMS == 0:
			m.StoppedMS = d.now.UnixMilli()
		case decision.Act:
			m.StoppedMS = 0 // it runs, and is being stopped: its clock begins anew
		}
	}
	// What somebody did by hand is over when it was respected, or overtaken.
	if decision.Reason != ByHand && decision.Reason != ByWarning {
		m.Hand, m.HandUntilMS = "", 0
	}
}
