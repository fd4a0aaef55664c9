package environment

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/cloud/schedule"
)

func anyPart(t *rapid.T, name string, role Role) Part {
	state := rapid.SampledFrom([]State{Stopped, Starting, Running, Stopping, Busy}).Draw(t, name)
	if role != Database && state == Busy {
		state = Running
	}
	part := Part{Name: name, Role: role, State: state}
	if state == Starting || state == Running || state == Busy {
		part.Count = rapid.IntRange(1, 3).Draw(t, "count")
	}
	return part
}

// settle lets what moves arrive.
func settle(parts []Part) {
	for n := range parts {
		switch parts[n].State {
		case Starting, Busy:
			parts[n].State = Running
		case Stopping:
			parts[n].State = Stopped
		}
	}
}

// From any state of any parts the steps lead to the goal, and on the way nothing
// runs without what it needs.
func TestStepsLeadThereFromAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := []Part{anyPart(t, "db", Database)}
		for n := range rapid.IntRange(1, 3).Draw(t, "nodes") {
			parts = append(parts, anyPart(t, fmt.Sprint("nats-", n), Stream))
		}
		parts = append(parts, anyPart(t, "gateway", Gateway), anyPart(t, "worker", Worker), anyPart(t, "api", API))
		want := rapid.SampledFrom([]schedule.Want{schedule.Up, schedule.Down}).Draw(t, "want")
		counts, migrated := map[string]int{"gateway": 2}, false
		for range 100 {
			left := steps(want, Sight{Parts: parts}, counts, migrated)
			if len(left) == 0 {
				for _, part := range parts {
					if want == schedule.Up && part.State != Running && part.State != Busy || want == schedule.Down && part.State != Stopped {
						t.Fatalf("done with %+v", parts)
					}
				}
				return
			}
			step := left[0]
			n := slices.IndexFunc(parts, func(p Part) bool { return p.Name == step.Part })
			switch step.Verb {
			case Await:
				settle(parts)
			case Migrate:
				must(t, parts, "the schema is changed", Database)
				migrated = true
			case Start:
				if parts[n].State != Stopped {
					t.Fatalf("%+v is started", parts[n])
				}
				if parts[n].Role.app() {
					must(t, parts, parts[n].Name+" starts", Database, Stream)
				}
				if parts[n].Role == API || parts[n].Role == Gateway {
					must(t, parts, parts[n].Name+" starts", Worker)
				}
				parts[n].State, parts[n].Count = Starting, step.Count
			case Stop:
				if parts[n].Role == Database && parts[n].State != Running {
					t.Fatalf("the database is stopped while it is %s", parts[n].State)
				}
				for _, other := range parts {
					if other.Role.level() > parts[n].Role.level() && !(other.Role.app() && parts[n].Role.app()) && other.State != Stopped {
						t.Fatalf("%s is stopped under %+v", parts[n].Name, other)
					}
				}
				parts[n].State, parts[n].Count = Stopping, 0
			}
		}
		t.Fatalf("never done: %+v", parts)
	})
}

func must(t *rapid.T, parts []Part, what string, roles ...Role) {
	for _, part := range parts {
		if slices.Contains(roles, part.Role) && part.State != Running && part.State != Busy {
			t.Fatalf("%s while %+v", what, part)
		}
	}
}

func TestWhatComesUpIsAsManyAsBefore(t *testing.T) {
	sight := Sight{Parts: []Part{{Name: "db", Role: Database, State: Running, Count: 1}, {Name: "api", Role: API, State: Stopped}, {Name: "gateway", Role: Gateway, State: Stopped}}}
	left := steps(schedule.Up, sight, map[string]int{"gateway": 3}, false)
	want := []Step{{Verb: Migrate}, {Verb: Start, Part: "api", Role: API, Count: 1}, {Verb: Start, Part: "gateway", Role: Gateway, Count: 3}, {Verb: Await, Part: "api", Role: API}, {Verb: Await, Part: "gateway", Role: Gateway}}
	if !slices.Equal(left, want) {
		t.Errorf("%+v", left)
	}
	if left := steps(schedule.Up, sight, nil, true); left[0].Verb == Migrate {
		t.Error("the schema is brought up twice in a run")
	}
}

func TestSeen(t *testing.T) {
	on := func(role Role, state State, count int) Part {
		return Part{Name: string(role), Role: role, State: state, Count: count}
	}
	for _, c := range []struct {
		parts  []Part
		want   schedule.Running
		moving bool
	}{
		{[]Part{on(Database, Stopped, 0), on(API, Stopped, 0)}, schedule.None, false},
		{[]Part{on(Database, Starting, 1), on(API, Stopped, 0)}, schedule.Database, true},
		{[]Part{on(Database, Busy, 1), on(API, Running, 1)}, schedule.All, false},
		{[]Part{on(Database, Stopped, 0), on(API, Running, 1)}, schedule.Some, false},
		{[]Part{on(Database, Running, 1), on(Stream, Running, 1), on(API, Stopping, 0)}, schedule.Some, true},
	} {
		if got := (Sight{Parts: c.parts}).seen(); got.Running != c.want || got.Moving != c.moving {
			t.Errorf("%+v: %+v", c.parts, got)
		}
	}
}
