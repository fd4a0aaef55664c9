package message

import (
	"testing"

	"pgregory.net/rapid"
)

var statuses = []Status{Queued, Sending, Accepted, Sent, Delivered, Read, Played, Failed, Unknown}

func TestAdvances(t *testing.T) {
	for _, c := range []struct {
		from, to Status
		want     bool
	}{
		{Queued, Sending, true}, {Sending, Accepted, true}, {Accepted, Sent, true}, {Sent, Delivered, true},
		{Delivered, Read, true}, {Read, Played, true},
		{Sending, Read, true}, // a status may beat the answer of our own call
		{Read, Sent, false}, {Read, Delivered, false}, {Delivered, Sent, false}, {Played, Read, false},
		{Sent, Failed, true}, {Sending, Failed, true}, {Delivered, Failed, false}, {Read, Failed, false},
		{Failed, Sent, false}, {Failed, Accepted, false}, {Failed, Delivered, true}, {Failed, Read, true},
		{Sending, Unknown, true}, {Queued, Unknown, true}, {Accepted, Unknown, false}, {Read, Unknown, false},
		{Unknown, Accepted, true}, {Unknown, Sent, true}, {Unknown, Read, true}, {Unknown, Failed, true}, {Unknown, Queued, false},
		{Sending, Queued, false}, {Sent, "deleted", false},
	} {
		if got := Advances(c.from, c.to); got != c.want {
			t.Errorf("Advances(%s, %s) = %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

// Whatever a platform reports, in whatever order and how often, what is known
// to be delivered or read never becomes less.
func TestReportsNeverTakeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reports := rapid.SliceOf(rapid.SampledFrom(statuses)).Draw(t, "reports")
		state, best := Queued, -1
		for _, report := range reports {
			if !Advances(state, report) {
				continue
			}
			if Advances(report, state) && report != Unknown && state != Unknown && report != Failed && state != Failed {
				t.Fatalf("%s and %s advance to each other", state, report)
			}
			state = report
			if state.Rank() >= Delivered.Rank() {
				if state.Rank() < best {
					t.Fatalf("fell back to %s after %v", state, reports)
				}
				best = state.Rank()
			} else if best >= 0 {
				t.Fatalf("delivery forgotten: %s after %v", state, reports)
			}
		}
	})
}

// The order in which the reports of one message arrive does not matter for
// where a delivered message ends.
func TestOrderOfReportsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reports := rapid.Permutation([]Status{Sent, Delivered, Read}).Draw(t, "reports")
		state := Accepted
		for _, report := range reports {
			if Advances(state, report) {
				state = report
			}
		}
		if state != Read {
			t.Fatalf("%v ended in %s", reports, state)
		}
	})
}

func TestNoStateAdvancesToItself(t *testing.T) {
	for _, s := range statuses {
		if Advances(s, s) {
			t.Errorf("%s advances to itself", s)
		}
	}
}
