package environment

import (
	"context"
	"slices"

	"prosa/internal/cloud/schedule"
)

// Role is what a part is to the others; it gives the order.
type Role string

// The roles, in the order in which they come up.
const (
	Database Role = "database"
	Stream   Role = "nats"
	Worker   Role = "worker"
	API      Role = "api"
	Gateway  Role = "gateway"
)

// level of a role: parts of one level come up side by side.
func (r Role) level() int {
	switch r {
	case Database:
		return 0
	case Stream:
		return 1
	case Worker:
		return 2
	default:
		return 3
	}
}

// app tells whether a role is the product itself, which needs the schema.
func (r Role) app() bool { return r.level() >= Worker.level() }

// State is how far a part is.
type State string

// The states. Busy is on and can't be stopped now: a backup runs.
const (
	Stopped  State = "stopped"
	Starting State = "starting"
	Running  State = "running"
	Stopping State = "stopping"
	Busy     State = "busy"
)

// Part is something that can be switched: a service, a machine, a database.
type Part struct {
	Name  string `json:"name"`
	Role  Role   `json:"role"`
	State State  `json:"state"`
	// Count is how many of it are wanted now; 0 is off.
	Count int `json:"count"`
	// Word is the vendor's own for the state.
	Word string `json:"word,omitempty"`
}

// On tells whether the part is meant to run.
func (p Part) On() bool { return p.Count > 0 }

// Sight is what the machines of a deployment do.
type Sight struct {
	Parts []Part
	// RestartedMS is when the vendor says it started the stopped database by
	// itself; 0 when it says nothing.
	RestartedMS int64
}

// Caller is who asks, as the machines' owner knows them.
type Caller struct {
	// Name is short, for people; Proof is the whole of it.
	Name, Proof string
	// AccountID is whose machines are switched; empty on plain machines.
	AccountID string
}

// Power switches the machines of one deployment. What it is asked twice does no
// harm.
type Power interface {
	// Who tells in whose name the calls are made.
	Who(ctx context.Context) (Caller, error)
	Look(ctx context.Context) (Sight, error)
	// Start starts so many of a part; Stop stops all. Both return when it has
	// begun. Error: fault.Conflict when the part can't be switched right now, and
	// may be later.
	Start(ctx context.Context, part Part, count int) error
	Stop(ctx context.Context, part Part) error
	// Migrate brings the schema up to the version that will be started, and
	// returns when it is done; wait passes the time between two looks.
	Migrate(ctx context.Context, wait func(context.Context) error) error
}

// seen sums a sight up for the decision.
func (s Sight) seen() schedule.Seen {
	on, moving, databaseOnly := 0, false, true
	for _, part := range s.Parts {
		if part.On() {
			on++
			databaseOnly = databaseOnly && part.Role == Database
		}
		moving = moving || part.State == Starting || part.State == Stopping
	}
	seen := schedule.Seen{Running: schedule.Some, Moving: moving, RestartedMS: s.RestartedMS}
	switch {
	case on == 0:
		seen.Running = schedule.None
	case on == len(s.Parts):
		seen.Running = schedule.All
	case databaseOnly:
		seen.Running = schedule.Database
	}
	return seen
}

// Verb is what a step does.
type Verb string

// The verbs.
const (
	Start   Verb = "start"
	Stop    Verb = "stop"
	Await   Verb = "wait"
	Migrate Verb = "migrate"
	Ready   Verb = "ready"
)

// Step is one thing to do.
type Step struct {
	Verb  Verb   `json:"verb"`
	Part  string `json:"part,omitempty"`
	Role  Role   `json:"role,omitempty"`
	Count int    `json:"count,omitempty"`
}

// steps lists what is left to do, in order, from what is seen. The first is
// what to do now. counts remembers how many of a part there were; migrated says
// that the schema was brought up in this run.
func steps(want schedule.Want, sight Sight, counts map[string]int, migrated bool) (left []Step) {
	parts := slices.Clone(sight.Parts)
	slices.SortStableFunc(parts, func(a, b Part) int { return a.Role.level() - b.Role.level() })
	if want == schedule.Down {
		return down(parts)
	}
	appsOff := slices.ContainsFunc(parts, func(p Part) bool { return p.Role.app() && p.State != Running && !p.On() })
	asked := migrated || !appsOff
	for at := 0; at < len(parts); {
		level := parts[at].Role.level()
		var starts, waits []Step
		for ; at < len(parts) && parts[at].Role.level() == level; at++ {
			part := parts[at]
			step := Step{Part: part.Name, Role: part.Role}
			switch {
			case part.State == Running || part.State == Busy:
				continue
			case !part.On() && part.State == Stopped:
				step.Verb, step.Count = Start, max(counts[part.Name], 1)
				starts = append(starts, step)
			}
			step.Verb, step.Count = Await, 0
			waits = append(waits, step)
		}
		if level >= Worker.level() && !asked {
			left, asked = append(left, Step{Verb: Migrate}), true
		}
		left = append(append(left, starts...), waits...)
	}
	return left
}

func down(parts []Part) (left []Step) {
	slices.Reverse(parts)
	group := func(part Part) int { return min(part.Role.level(), Worker.level()) } // all of the product at once
	for at := 0; at < len(parts); {
		level := group(parts[at])
		var stops, waits []Step
		for ; at < len(parts) && group(parts[at]) == level; at++ {
			part := parts[at]
			step := Step{Part: part.Name, Role: part.Role}
			// A database that starts or is backed up can't be stopped yet.
			held := part.State == Busy || part.Role == Database && part.State == Starting
			if part.On() && !held {
				step.Verb = Stop
				stops = append(stops, step)
			}
			if part.On() || part.State != Stopped {
				step.Verb = Await
				waits = append(waits, step)
			}
		}
		left = append(append(left, stops...), waits...)
	}
	return left
}
