package environment

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/cloud/schedule"
	"prosa/internal/platform/blob"
)

func keeper(t testing.TB, at time.Time) (*Service, *clock.Manual) {
	t.Helper()
	shelf, err := blob.OpenShelf(secret.New(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	hours, err := schedule.Parse("office")
	if err != nil {
		t.Fatal(err)
	}
	now := clock.NewManual(at)
	return New(Deps{
		Deployments: []Deployment{{Name: "massivo-homolog", Environment: "homolog", Schedule: hours}}, Shelf: shelf, Clock: now, Logger: slog.New(slog.DiscardHandler),
	}), now
}

func sightOf(count int) Sight {
	state := Running
	if count == 0 {
		state = Stopped
	}
	return Sight{Parts: []Part{{Name: "db", Role: Database, State: state, Count: count}, {Name: "api", Role: API, State: state, Count: count}}}
}

// A month ends in the middle of an hour that runs: each file has its own part of
// it, and the sum is the whole.
func TestARecordIsCutAtTheMonthsEnd(t *testing.T) {
	s, now := keeper(t, time.Date(2026, 8, 31, 23, 30, 0, 0, time.UTC))
	d := s.deps.Deployments[0]
	look := func(count int) {
		t.Helper()
		if err := s.record(t.Context(), d, sightOf(count), schedule.Decision{Reason: schedule.ByLease}); err != nil {
			t.Fatal(err)
		}
	}
	look(1)
	now.Advance(15 * time.Minute)
	look(1)
	now.Advance(30 * time.Minute) // 0:15 of September
	look(1)
	now.Advance(15 * time.Minute)
	look(0)
	now.Advance(3 * time.Hour) // and then nobody looked
	look(0)
	now.Advance(15 * time.Minute)
	look(1)
	for month, want := range map[string]Hours{
		"2026-08": {On: 30 * time.Minute, Switches: 1},
		"2026-09": {On: 30 * time.Minute, Off: 15 * time.Minute, Switches: 2},
	} {
		at, err := time.Parse("2006-01", month)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Hours(t.Context(), d.Name, at)
		if err != nil || got.On != want.On || got.Off != want.Off || got.Switches != want.Switches || got.Month != month {
			t.Errorf("%s, %v; want %+v", got, err, want)
		}
		if got.On+got.Off+got.Unseen != got.All {
			t.Errorf("%s does not add up", got)
		}
	}
	if hours, err := s.Hours(t.Context(), d.Name, time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)); err != nil || hours.PlannedOn != 21*12*time.Hour {
		t.Errorf("%s, %v", hours, err)
	}
}

// Whatever is seen whenever: intervals of a part are in order, never overlap and
// cover no more than what was seen.
func TestIntervalsNeverOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 8, 3, 0, 0, 0, 0, time.UTC)
		var held []Interval
		seen := time.Duration(0)
		for range rapid.IntRange(1, 40).Draw(t, "looks") {
			gap := time.Duration(rapid.IntRange(-5, 90).Draw(t, "gap")) * time.Minute
			now = now.Add(gap)
			before := len(held)
			held = extend(held, sightOf(rapid.IntRange(0, 1).Draw(t, "count")).states(), now, "x")
			if before > 0 && gap > 0 {
				seen += gap
			}
		}
		text, err := writeRecord(held)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ReadRecord(text)
		if err != nil || len(again) != len(held) {
			t.Fatal(again, err)
		}
		sum, last := map[string]time.Duration{}, map[string]time.Time{}
		for _, i := range again {
			if i.From.Before(last[i.Part]) || i.To.Before(i.From) {
				t.Fatalf("%+v begins before %s", i, last[i.Part])
			}
			last[i.Part], sum[i.Part] = i.To, sum[i.Part]+i.To.Sub(i.From)
		}
		if sum[groupAll] > seen || sum[groupAll] != sum[groupDatabase] {
			t.Fatalf("%v in %s", sum, seen)
		}
	})
}

func TestBadRecords(t *testing.T) {
	const head = "part,state,from,to,why\n"
	for text, line := range map[string]string{
		"":                "line 1",
		"a,b,c,d,e\n":     "line 1",
		head + "all,up\n": "line 2",
		head + "all,up,2026-08-03T00:00:00Z,yesterday,x\n":            "line 2",
		head + "all,up,2026-08-03T01:00:00Z,2026-08-03T00:00:00Z,x\n": "line 2",
	} {
		if _, err := ReadRecord([]byte(text)); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), line) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzReadRecord(f *testing.F) {
	f.Add([]byte("part,state,from,to,why\nall,up,2026-08-03T00:00:00Z,2026-08-03T01:00:00Z,lease\n"))
	f.Add([]byte("part,state,from,to,why\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		intervals, err := ReadRecord(text)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			return
		}
		written, err := writeRecord(intervals)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := ReadRecord(written); err != nil || len(again) != len(intervals) {
			t.Fatalf("%d, and read again %d: %v", len(intervals), len(again), err)
		}
	})
}
