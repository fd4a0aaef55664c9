package schedule

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
)

// machine does what it is told, at once, and can be moved past us.
type machine struct {
	s    Schedule
	book Book
	seen Seen
	now  time.Time
	// warned are the ends that people were told of, with the time they were told.
	warned map[int64]time.Time
	last   Decision
}

func newMachine(s Schedule, now time.Time) *machine {
	return &machine{s: s, seen: Seen{Running: None}, now: now, warned: map[int64]time.Time{}}
}

func (m *machine) tick() Decision {
	decision, memory := Decide(m.s, m.book, m.seen, m.now)
	m.book.Memory = memory
	if decision.Warn != nil {
		m.warned[decision.Warn.Ends.UnixMilli()] = m.now
	}
	if decision.Act {
		m.seen = Seen{Running: map[Want]Running{Up: All, Down: None}[decision.Want]}
	}
	m.last = decision
	return decision
}

func (m *machine) up() bool { return m.seen.Running != None }

// at ticks every quarter of an hour up to a moment of the machine's zone.
func (m *machine) at(t testing.TB, text string) Decision {
	t.Helper()
	until, err := time.ParseInLocation("2006-01-02 15:04", text, m.s.zone())
	if err != nil || until.Before(m.now) {
		t.Fatal(text, err)
	}
	for ; m.now.Before(until); m.now = m.now.Add(15 * time.Minute) {
		m.tick()
	}
	m.now = until
	return m.tick()
}

// teller is a test, or a property of one.
type teller interface {
	Helper()
	Fatal(arguments ...any)
}

func (m *machine) lease(t teller, who string, length time.Duration) string {
	t.Helper()
	lease := Lease{ID: fmt.Sprintf("lea_%d", len(m.book.Leases)), Who: who, Why: "a test of " + who, FromMS: m.now.UnixMilli(), UntilMS: m.now.Add(length).UnixMilli()}
	if err := m.book.Take(lease, m.now); err != nil {
		t.Fatal(err)
	}
	return lease.ID
}

func begin(t testing.TB, text, at string) *machine {
	t.Helper()
	s := parsed(t, text)
	now, err := time.ParseInLocation("2006-01-02 15:04", at, s.zone())
	if err != nil {
		t.Fatal(err)
	}
	return newMachine(s, now)
}

// A whole year of ticks, every quarter of an hour: the hours that the machine
// was on are those of the hand-checked table, day by day, and nobody was cut
// off unwarned.
func TestAYearOfDecisions(t *testing.T) {
	m := begin(t, year2026, "2026-01-01 00:00")
	want, _ := table(t)
	var lines []string
	ticks, on, switched := 0, 0, 0
	for day := m.now; day.Year() == 2026; day = day.AddDate(0, 0, 1) {
		var spans []string
		was := false
		for m.now.Before(day.AddDate(0, 0, 1)) {
			before := m.up()
			decision := m.tick()
			if decision.Want == Down && before {
				if told, ok := m.warned[m.now.UnixMilli()]; !ok || m.now.Sub(told) < m.s.Warning {
					t.Fatalf("off at %s without a warning", m.now)
				}
			}
			if before != m.up() {
				switched++
			}
			if m.up() != was {
				spans = append(spans, m.now.Format("15:04"))
				was = m.up()
			}
			if ticks++; m.up() {
				on++
			}
			m.now = m.now.Add(15 * time.Minute)
		}
		hours := "off"
		if len(spans) > 0 {
			hours = strings.Join(spans, "-")
		}
		lines = append(lines, day.Format(time.DateOnly)+" "+strings.ToLower(day.Format("Mon"))+" "+hours)
	}
	for n, line := range lines {
		if !strings.HasPrefix(want[n]+" ", line+" ") {
			t.Errorf("%q, want %q", line, want[n])
		}
	}
	t.Logf("%d ticks, %d switches, %d h on of %d: off for %d%% of the year", ticks, switched, on/4, ticks/4, 100-100*on/ticks)
	if ticks != 35040 || on/4 != 2952 || switched != 2*246 {
		t.Errorf("%d ticks, %d hours on, %d switches", ticks, on/4, switched)
	}
}

func TestALease(t *testing.T) {
	m := begin(t, "on-demand", "2026-08-08 09:00")
	if d := m.tick(); d.Want != Down || d.Reason != ByNobody || !d.Until.IsZero() || d.Act {
		t.Fatalf("%+v", d)
	}
	first := m.lease(t, "ana", 3*time.Hour)
	if d := m.tick(); d.Want != Up || d.Reason != ByLease || !d.Act || d.Detail != "ana: a test of ana" || d.Until.Format("15:04") != "12:00" {
		t.Fatalf("%+v", d)
	}
	m.at(t, "2026-08-08 10:00")
	m.lease(t, "bruno", 4*time.Hour)
	if d := m.tick(); d.Until.Format("15:04") != "14:00" || !strings.Contains(d.Detail, "bruno") || !strings.Contains(d.Detail, "(+1)") {
		t.Fatalf("%+v", d)
	}
	if d := m.at(t, "2026-08-08 12:15"); d.Want != Up || len(m.warned) != 0 {
		t.Fatalf("the end of one of two leases: %+v, warned %v", d, m.warned)
	}
	if _, err := m.book.Extend(first, "ana", time.Hour, m.now); !fault.Is(err, fault.NotFound) {
		t.Fatalf("a lease that is over was extended: %v", err)
	}
	if d := m.at(t, "2026-08-08 13:30"); d.Warn == nil || d.Warn.Ends.Format("15:04") != "14:00" || len(d.Warn.Leases) != 1 || d.Warn.Leases[0].Who != "bruno" {
		t.Fatalf("%+v", d)
	}
	if d := m.at(t, "2026-08-08 13:45"); d.Warn != nil {
		t.Fatal("warned twice")
	}
	if _, err := m.book.Extend("lea_1", "carla", 105*time.Minute, m.now); err != nil {
		t.Fatal(err)
	}
	if d := m.at(t, "2026-08-08 14:15"); d.Want != Up || d.Until.Format("15:04") != "15:45" {
		t.Fatalf("%+v", d)
	}
	if d := m.at(t, "2026-08-08 15:30"); d.Want != Up || len(m.warned) != 2 {
		t.Fatalf("the new end was not warned of: %v", m.warned)
	}
	if d := m.at(t, "2026-08-08 15:45"); d.Want != Down || !d.Act || m.up() {
		t.Fatalf("%+v", d)
	}
	if d := m.at(t, "2026-08-08 18:00"); d.Want != Down || d.Act {
		t.Fatalf("%+v", d)
	}
}

func TestALeaseGoesOverIntoTheHours(t *testing.T) {
	m := begin(t, "office", "2026-08-03 06:00")
	m.lease(t, "ana", 150*time.Minute) // to 08:30
	if d := m.tick(); d.Until.Format("15:04") != "20:00" {
		t.Fatalf("until %s", d.Until)
	}
	m.at(t, "2026-08-03 19:00")
	m.lease(t, "ana", 2*time.Hour)
	if d := m.at(t, "2026-08-03 20:30"); d.Want != Up || d.Reason != ByLease || d.Until.Format("15:04") != "21:00" {
		t.Fatalf("%+v", d)
	}
	// A coming lease is what wakes it.
	m.at(t, "2026-08-03 22:00")
	if err := m.book.Take(Lease{ID: "x", Who: "bia", Why: "carga", FromMS: m.now.Add(3 * time.Hour).UnixMilli(), UntilMS: m.now.Add(4 * time.Hour).UnixMilli()}, m.now); err != nil {
		t.Fatal(err)
	}
	if d := m.tick(); d.Want != Down || d.Until.Format("15:04") != "01:00" {
		t.Fatalf("%+v", d)
	}
	if d := m.at(t, "2026-08-04 01:00"); d.Want != Up || !d.Act {
		t.Fatalf("%+v", d)
	}
}

// A tick that was missed is made up for by the next, and even then nobody is
// cut off unwarned.
func TestMissedTicks(t *testing.T) {
	m := begin(t, "office", "2026-08-03 07:45")
	m.tick()
	m.now = m.now.Add(5 * time.Hour) // 12:45: none at 08:00
	if d := m.tick(); d.Want != Up || !d.Act {
		t.Fatalf("%+v", d)
	}
	m.now = m.now.Add(10 * time.Hour) // 22:45: none at 20:00, none before
	if d := m.tick(); d.Want != Up || d.Reason != ByWarning || d.Warn == nil || d.Act || d.Until.Sub(m.now) != 15*time.Minute {
		t.Fatalf("%+v", d)
	}
	m.now = m.now.Add(5 * time.Minute)
	if d := m.tick(); d.Want != Up || d.Warn != nil {
		t.Fatalf("%+v", d)
	}
	m.now = m.now.Add(10 * time.Minute)
	if d := m.tick(); d.Want != Down || d.Reason != OffHours || !d.Act {
		t.Fatalf("%+v", d)
	}
}

func TestAPersonSaysDown(t *testing.T) {
	m := begin(t, "office", "2026-08-03 12:00")
	m.tick()
	m.book.Rest = Rest{Who: "ana", Why: "ninguém testa hoje", FromMS: m.now.UnixMilli(), UntilMS: m.s.Next(m.now).UnixMilli()}
	if d := m.tick(); d.Want != Down || d.Reason != ByRest || !d.Act || d.Warn != nil {
		t.Fatalf("%+v", d)
	}
	if d := m.at(t, "2026-08-03 15:00"); d.Want != Down || d.Reason != ByRest || d.Until.Format("15:04") != "20:00" {
		t.Fatalf("%+v", d)
	}
	m.lease(t, "bruno", time.Hour) // who takes a lease afterwards has the last word
	if d := m.tick(); d.Want != Up || !d.Act {
		t.Fatalf("%+v", d)
	}
	if d := m.at(t, "2026-08-03 16:15"); d.Want != Up || d.Reason != ByHours {
		t.Fatalf("after the lease the hours count again: %+v", d)
	}
	m.at(t, "2026-08-03 21:00")
	if d := m.at(t, "2026-08-04 08:00"); d.Want != Up {
		t.Fatalf("%+v", d)
	}
}

func TestAStartByHandIsRespected(t *testing.T) {
	for _, c := range []struct{ text, until string }{
		{"office, manual 2h", "2026-08-08 12:15"},
		{"office", "2026-08-10 08:00"}, // until the next boundary: Monday's hours
		{"on-demand", "2026-08-08 14:15"},
		{"office, manual off", "2026-08-08 10:15"},
	} {
		m := begin(t, c.text, "2026-08-08 09:00")
		m.tick()
		m.at(t, "2026-08-08 10:00")
		m.now = m.now.Add(10 * time.Minute)
		m.seen = Seen{Running: Some, Moving: true} // somebody in the console
		m.now = m.now.Add(5 * time.Minute)
		d := m.tick()
		if d.Want != Up || d.Act {
			t.Fatalf("%s: %+v", c.text, d)
		}
		m.seen = Seen{Running: All}
		until := m.now
		for m.tick().Want == Up && !m.s.Open(m.now) {
			until, m.now = m.now, m.now.Add(15*time.Minute)
		}
		end := m.now.Format("2006-01-02 15:04")
		// Off only after a warning of a quarter of an hour, on where hours begin.
		if want, _ := time.ParseInLocation("2006-01-02 15:04", c.until, m.s.zone()); m.now.Before(want) || m.now.Sub(want) > 15*time.Minute {
			t.Errorf("%s: respected until %s, want %s", c.text, end, c.until)
		}
		if told := m.warned[m.now.UnixMilli()]; m.last.Want == Down && m.now.Sub(told) < m.s.Warning {
			t.Errorf("%s: off at %s, told at %s, last seen up at %s", c.text, end, told, until)
		}
	}
}

func TestAStopByHandIsRespected(t *testing.T) {
	m := begin(t, "office", "2026-08-03 12:00")
	m.tick()
	m.at(t, "2026-08-03 12:30")
	m.seen = Seen{Running: None}
	if d := m.at(t, "2026-08-03 19:00"); d.Want != Down || d.Reason != ByHand || d.Act {
		t.Fatalf("%+v", d)
	}
	if d := m.at(t, "2026-08-04 08:00"); d.Want != Up || !d.Act {
		t.Fatalf("%+v", d)
	}
	// Under a lease it is started again: the holder counts on it.
	m.lease(t, "ana", time.Hour)
	m.tick()
	m.seen = Seen{Running: None}
	if d := m.tick(); d.Want != Up || !d.Act {
		t.Fatalf("%+v", d)
	}
	// What fails in part is mended, also without a lease.
	m.at(t, "2026-08-04 15:00")
	m.seen = Seen{Running: Some}
	if d := m.tick(); d.Want != Up || !d.Act {
		t.Fatalf("%+v", d)
	}
}

// A stopped database comes back by itself after seven days, whether its vendor
// tells when or not; a person who starts it earlier is respected.
func TestTheSevenDayRestart(t *testing.T) {
	off := func(t *testing.T) *machine {
		m := begin(t, "on-demand", "2026-08-03 09:00")
		m.lease(t, "ana", time.Hour)
		m.tick()
		if d := m.at(t, "2026-08-03 11:00"); d.Want != Down || m.up() {
			t.Fatalf("%+v", d)
		}
		return m
	}
	t.Run("the vendor says so", func(t *testing.T) {
		m := off(t)
		m.at(t, "2026-08-10 10:15")
		m.seen = Seen{Running: Database, Moving: true, RestartedMS: m.now.Add(-time.Minute).UnixMilli()}
		if d := m.tick(); d.Want != Down || d.Reason != ByRestart || !d.Act || m.up() || d.Warn != nil {
			t.Fatalf("%+v", d)
		}
		// And again, and again.
		for _, day := range []string{"2026-08-17 10:30", "2026-08-24 10:45"} {
			m.at(t, day)
			m.seen = Seen{Running: Database, RestartedMS: m.now.UnixMilli()}
			if d := m.tick(); d.Reason != ByRestart || !d.Act {
				t.Fatalf("%s: %+v", day, d)
			}
		}
	})
	t.Run("only our own clock says so", func(t *testing.T) {
		m := off(t)
		m.at(t, "2026-08-10 10:15")
		m.seen = Seen{Running: Database}
		if d := m.tick(); d.Reason != ByRestart || !d.Act || m.up() {
			t.Fatalf("%+v", d)
		}
		// Its clock begins anew: two days later it is a person.
		m.at(t, "2026-08-12 09:00")
		m.seen = Seen{Running: Database}
		if d := m.tick(); d.Want != Up || d.Reason != ByHand || d.Act {
			t.Fatalf("%+v", d)
		}
	})
	t.Run("a person started it", func(t *testing.T) {
		m := off(t)
		m.at(t, "2026-08-05 10:15")
		m.seen = Seen{Running: Database}
		if d := m.tick(); d.Want != Up || d.Reason != ByHand || d.Act {
			t.Fatalf("%+v", d)
		}
		if d := m.at(t, "2026-08-05 14:15"); d.Want != Down || !d.Act || len(m.warned) != 2 {
			t.Fatalf("%+v, warned %v", d, m.warned)
		}
	})
	t.Run("nobody knows when it was stopped", func(t *testing.T) {
		m := off(t)
		m.book.Memory.StoppedMS = 0
		m.now = m.now.Add(48 * time.Hour)
		m.seen = Seen{Running: Database}
		if d := m.tick(); d.Want != Up || d.Reason != ByWarning || d.Warn == nil || d.Act {
			t.Fatalf("%+v", d)
		}
		m.now = m.now.Add(15 * time.Minute)
		if d := m.tick(); d.Want != Down || !d.Act || m.up() {
			t.Fatalf("%+v", d)
		}
	})
	t.Run("it is wanted meanwhile", func(t *testing.T) {
		m := off(t)
		m.at(t, "2026-08-10 10:15")
		m.seen = Seen{Running: Database, RestartedMS: m.now.UnixMilli()}
		m.lease(t, "bruno", time.Hour)
		if d := m.tick(); d.Want != Up || d.Reason != ByLease || !d.Act || m.seen.Running != All {
			t.Fatalf("%+v", d)
		}
	})
}

func TestWhatNobodyKnowsYetIsNotCutOff(t *testing.T) {
	m := begin(t, "on-demand", "2026-08-03 09:00")
	m.seen = Seen{Running: All} // the first tick ever
	if d := m.tick(); d.Want != Up || d.Reason != ByWarning || d.Warn == nil {
		t.Fatalf("%+v", d)
	}
	if d := m.at(t, "2026-08-03 09:15"); d.Want != Down || !d.Act {
		t.Fatalf("%+v", d)
	}
}

func TestAlwaysIsAlways(t *testing.T) {
	m := begin(t, "always", "2026-08-08 03:00")
	m.book.Rest = Rest{Who: "x", Why: "y", FromMS: 1, UntilMS: m.now.Add(time.Hour).UnixMilli()}
	if d := m.tick(); d.Want != Up || d.Reason != ByAlways || !d.Until.IsZero() {
		t.Fatalf("%+v", d)
	}
}

// Rules that hold for any schedule, any people and any ticks, missed ones too.
func TestRulesOfDecisions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySchedule(t)
		m := newMachine(s, time.Date(2026, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), 1, 0, 0, 0, 0, s.zone()))
		wantedLast := m.now // when hours or a lease wanted it last
		for range 300 {
			switch rapid.IntRange(0, 40).Draw(t, "event") {
			case 0:
				m.lease(t, "ana", time.Duration(rapid.IntRange(5, 600).Draw(t, "length"))*time.Minute)
			case 1:
				if live := m.book.Valid(m.now); len(live) > 0 {
					if _, err := m.book.Extend(live[0].ID, "bia", time.Duration(rapid.IntRange(5, 300).Draw(t, "more"))*time.Minute, m.now); err != nil && !fault.Is(err, fault.Invalid) {
						t.Fatal(err)
					}
				}
			case 2:
				if live := m.book.Valid(m.now); len(live) > 0 {
					if _, err := m.book.End(live[0].ID, "bia", m.now); err != nil {
						t.Fatal(err)
					}
				}
			}
			before, held := m.up(), len(m.book.Valid(m.now)) > 0
			d := m.tick()
			if held || s.Open(m.now) {
				wantedLast = m.now
			}
			switch {
			case held && (d.Want != Up || !m.up()):
				t.Fatalf("down at %s under a lease: %+v", m.now, d)
			case s.Open(m.now) && d.Want != Up:
				t.Fatalf("down at %s within its hours: %+v", m.now, d)
			case d.Want == Up && !held && !s.Open(m.now) && d.Reason != ByWarning:
				t.Fatalf("up at %s for %s", m.now, d.Reason)
			case d.Reason == ByWarning && d.Until.Sub(m.now) > 2*s.Warning:
				t.Fatalf("a warning of %s", d.Until.Sub(m.now))
			case d.Want == Up && !before && d.Reason == ByWarning:
				t.Fatalf("started at %s only to warn", m.now)
			case !d.Until.IsZero() && !d.Until.After(m.now):
				t.Fatalf("at %s until %s", m.now, d.Until)
			}
			if before && !m.up() {
				warned := false
				for _, told := range m.warned {
					warned = warned || m.now.Sub(told) >= s.Warning && !told.Before(wantedLast.Add(-2*s.Warning-12*time.Hour))
				}
				if !warned {
					t.Fatalf("off at %s without a warning: %+v", m.now, m.warned)
				}
			}
			// The same tick again decides the same, and warns nobody twice.
			again := m.tick()
			if again.Want != d.Want || again.Act || again.Warn != nil || !again.Until.Equal(d.Until) {
				t.Fatalf("at %s\n%+v\nand then\n%+v", m.now, d, again)
			}
			m.now = m.now.Add(time.Duration(rapid.SampledFrom([]int{1, 5, 15, 15, 15, 15, 60, 700}).Draw(t, "gap")) * time.Minute)
		}
	})
}

// What a screen would obey instead of showing is not kept.
func TestWordsAreKeptOnALine(t *testing.T) {
	for text, want := range map[string]string{
		"  fluxo de pedidos ": "fluxo de pedidos", "a\x1b[2Jb\r\nc\td": "a [2Jb c d", "left\u202eright\u2028": "left right", "caf\xe9": "caf\ufffd", "ação 🙂 e\u0301": "ação 🙂 e\u0301", "\x00": "",
	} {
		if got, err := Words("why", text); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
	book, now := Book{}, time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC)
	longest := strings.Repeat("ç", LongestWords)
	if err := book.Take(Lease{ID: "a", Who: " ana\x07", Why: longest, FromMS: now.UnixMilli(), UntilMS: now.Add(time.Hour).UnixMilli()}, now); err != nil || book.Leases[0].Who != "ana" || book.Leases[0].Why != longest {
		t.Errorf("%+v, %v", book, err)
	}
}

func TestLeasesAreChecked(t *testing.T) {
	now := time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC)
	good := Lease{ID: "a", Who: "ana", Why: "teste", FromMS: now.UnixMilli(), UntilMS: now.Add(time.Hour).UnixMilli()}
	for name, change := range map[string]func(*Lease){
		"nobody":      func(l *Lease) { l.Who = "" },
		"for nothing": func(l *Lease) { l.Why = "" },
		"by a line":   func(l *Lease) { l.Who = "\n\t" },
		"a novel":     func(l *Lease) { l.Why = strings.Repeat("ç", LongestWords+1) },
		"a long name": func(l *Lease) { l.Who = strings.Repeat("a", 120<<10) },
		"too short":   func(l *Lease) { l.UntilMS = now.Add(time.Minute).UnixMilli() },
		"too long":    func(l *Lease) { l.UntilMS = now.Add(25 * time.Hour).UnixMilli() },
		"over": func(l *Lease) {
			l.FromMS, l.UntilMS = now.Add(-2*time.Hour).UnixMilli(), now.Add(-time.Hour).UnixMilli()
		},
		"in a far year": func(l *Lease) {
			l.FromMS, l.UntilMS = now.AddDate(0, 1, 0).UnixMilli(), now.AddDate(0, 1, 0).Add(time.Hour).UnixMilli()
		},
	} {
		lease, book := good, Book{}
		change(&lease)
		if err := book.Take(lease, now); !fault.Is(err, fault.Invalid) || len(book.Leases) != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	book := Book{}
	if err := book.Take(good, now); err != nil {
		t.Fatal(err)
	}
	for _, more := range []time.Duration{30 * time.Hour, shortest - 1, 0, -time.Hour} {
		if _, err := book.Extend("a", "x", more, now); !fault.Is(err, fault.Invalid) {
			t.Errorf("by %s: %v", more, err)
		}
	}
	before := book.Leases[0].UntilMS
	if got, err := book.Extend("a", "bia", shortest, now); err != nil || len(got.Extended) != 1 || got.Extended[0].By != "bia" || got.UntilMS != before+shortest.Milliseconds() {
		t.Error(got, err)
	}
	// What is to come keeps its begin, and counts from there.
	later := good
	later.ID, later.FromMS, later.UntilMS = "later", now.Add(48*time.Hour).UnixMilli(), now.Add(51*time.Hour).UnixMilli()
	if err := book.Take(later, now); err != nil {
		t.Fatal(err)
	}
	if got, err := book.Extend("later", "bia", 21*time.Hour, now); err != nil || got.FromMS != later.FromMS || got.UntilMS != now.Add(72*time.Hour).UnixMilli() {
		t.Error(got, err)
	}
	if _, err := book.Extend("later", "bia", time.Hour, now); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "it has 0s") {
		t.Error(err)
	}
	book.Leases = book.Leases[:1]
	if got, err := book.End("a", "bia", now.Add(time.Minute)); err != nil || got.EndedBy != "bia" || len(book.Valid(now.Add(2*time.Minute))) != 0 {
		t.Error(got, err)
	}
	if _, err := book.End("a", "bia", now.Add(time.Minute)); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if book.Prune(now.AddDate(0, 0, 30)); len(book.Leases) != 1 {
		t.Error("forgotten too soon")
	}
	if book.Prune(now.AddDate(0, 0, 32)); len(book.Leases) != 0 {
		t.Error("kept for ever")
	}
}
