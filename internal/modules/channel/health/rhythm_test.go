package health

import (
	"testing"

	"pgregory.net/rapid"
)

// shop is what an account hears in an hour of a day in Brazil: from nine to
// eighteen, nothing at night and on Sundays.
func shop(hour int) int64 {
	day, clock := (hour/24)%7, (hour+24-3)%24 // UTC-3
	if day == 3 || clock < 9 || clock >= 18 {
		return 0
	}
	return 12
}

func weeks(n int, nowMS int64, busy func(hour int) int64) (hours []Hour) {
	for at := nowMS - nowMS%hourMS - int64(n)*weekMS; at < nowMS-nowMS%hourMS; at += hourMS {
		if heard := busy(hourOf(at)); heard > 0 {
			hours = append(hours, Hour{AtMS: at, Heard: heard})
		}
	}
	return hours
}

func TestASilenceIsUnusualOnlyWhenCustomersUsuallyWrite(t *testing.T) {
	const now = 2000*weekMS + 5*hourMS
	r := rhythmOf(weeks(6, now, shop), now)
	if r.weeks != 5 && r.weeks != 6 {
		t.Fatalf("learned from %d weeks", r.weeks)
	}
	day := 2000 * weekMS // a Thursday at 0 h UTC
	at := func(hour int64) int64 { return day + hour*hourMS }
	for name, c := range map[string]struct {
		since, now int64
		silent     bool
	}{
		"night":                     {at(21), at(33), false},
		"a quiet half hour":         {at(15), at(15) + hourMS/2, false},
		"an hour of the day":        {at(15), at(16), true},
		"the morning after a night": {at(21), at(37), true},
		"Sunday":                    {at(69), at(95), false},
		"never heard":               {0, at(16), false},
	} {
		if got := r.silent(c.since, c.now); got != c.silent {
			t.Errorf("%s: silent is %v; %.1f were due", name, got, r.due(c.since, c.now))
		}
	}
	if gap := r.gapMS(at(15)); gap != hourMS/12 {
		t.Errorf("the usual gap is %d ms", gap)
	}
	if gap := r.gapMS(at(5)); gap != 0 {
		t.Errorf("the usual gap at night is %d ms", gap)
	}
}

// Whatever an account has heard: no alarm while history is short, none for hours
// of which a quarter were silent, and one holiday or one crowd changes nothing.
func TestASilenceIsJudgedRobustly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := 2000*weekMS + rapid.Int64Range(0, weekMS).Draw(t, "now")
		rate := rapid.Int64Range(0, 50).Draw(t, "rate")
		n := rapid.IntRange(0, 8).Draw(t, "weeks")
		hours := weeks(n, now, func(int) int64 { return rate })
		r := rhythmOf(hours, now)
		since := now - rapid.Int64Range(1, 2*weekMS).Draw(t, "silence")
		if r.silent(since, now) && (n < enoughWeeks || rate == 0) {
			t.Fatalf("silent after %d weeks at %d an hour", n, rate)
		}
		if n >= 5 && rate > 0 {
			odd := rapid.IntRange(0, len(hours)-1).Draw(t, "odd")
			changed := append([]Hour(nil), hours...)
			changed[odd].Heard = rapid.Int64Range(rate, 100_000).Draw(t, "crowd")
			crowd := rhythmOf(changed, now)
			if crowd.due(since, now) != r.due(since, now) {
				t.Fatalf("one crowd changed what is due from %f to %f", r.due(since, now), crowd.due(since, now))
			}
		}
		if due := r.due(since, now); due < 0 || due > float64(rate)*weekHours+1 {
			t.Fatalf("%f are due", due)
		}
	})
}
