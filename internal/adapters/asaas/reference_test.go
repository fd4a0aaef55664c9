package asaas

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/money"
	"prosa/internal/modules/subscription"
)

func TestTermsAreReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		want := terms{key: rapid.StringMatching(`acq:acq_[0-9a-z]{26}:checkout:[0-9]{1,3}`).Draw(rt, "key")}
		if rapid.Bool().Draw(rt, "discounted") {
			want.discount, want.cycles = money.Amount(rapid.Int64Range(1, 1e9).Draw(rt, "discount")), rapid.IntRange(1, 60).Draw(rt, "cycles")
		}
		if rapid.Bool().Draw(rt, "trial") {
			want.trial = day(rapid.Int64Range(0, 4e12).Draw(rt, "ends"))
		}
		want.remember(rapid.SliceOfN(rapid.StringMatching(`pay_[0-9a-z]{4,12}`), 0, 6).Draw(rt, "withdrawn"))
		if len(want.withdrawn) > withdrawnMost {
			rt.Fatalf("%d are remembered", len(want.withdrawn))
		}
		if len(want.withdrawn) == 0 {
			want.withdrawn = nil
		}
		if got := readTerms(want.String()); !reflect.DeepEqual(got, want) {
			rt.Fatalf("%q is read as %+v, not %+v", want.String(), got, want)
		}
	})
}

func FuzzTerms(f *testing.F) {
	f.Add("key|d4000x3|t2026-12-06|wpay_1,pay_2")
	f.Add("|d-1x|t2026-13-40|w|||")
	f.Fuzz(func(t *testing.T, text string) {
		if got := readTerms(text); got.discount < 0 || got.cycles < 0 || (got.cycles > 0) != (got.discount > 0) {
			t.Fatalf("%+v", got)
		}
	})
}

// The same day of each month, and never a later month than the next.
func TestDaysOfMonths(t *testing.T) {
	for _, c := range []struct {
		from, want string
		interval   subscription.Interval
		times      int
	}{
		{"2026-01-31", "2026-02-28", subscription.Monthly, 1}, {"2026-01-31", "2026-03-31", subscription.Monthly, 2}, {"2024-02-29", "2025-02-28", subscription.Annual, 1},
		{"2026-03-31", "2026-02-28", subscription.Monthly, -1}, {"2026-12-15", "2027-01-15", subscription.Monthly, 1}, {"2026-11-23", "2027-11-23", subscription.Annual, 1},
	} {
		from, _ := dayMS(c.from)
		if got := day(after(from, c.interval, c.times)); got != c.want {
			t.Errorf("%s and %d of a %s is %s, want %s", c.from, c.times, c.interval, got, c.want)
		}
	}
	if got := momentMS("2026-11-23 12:00:00"); got != time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC).UnixMilli() {
		t.Error(got)
	}
	if got := momentMS("2026-11-23"); got != time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC).UnixMilli() {
		t.Error(got)
	}
	if momentMS("soon") != 0 {
		t.Error("a moment that is none")
	}
}
