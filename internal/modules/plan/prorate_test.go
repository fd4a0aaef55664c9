package plan

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/money"
)

// zones where days have 23, 24 and 25 hours, and where midnight was skipped.
var zones = []string{"UTC", "America/Sao_Paulo", "America/New_York", "Europe/Lisbon", "Australia/Lord_Howe", "Pacific/Apia", "America/Noronha"}

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// input draws a paid period of a month or a year that begins at any hour, with
// a time within it.
func input(t *rapid.T) ProrateInput {
	z := zone(t, rapid.SampledFrom(zones).Draw(t, "zone"))
	start := time.Date(rapid.IntRange(2010, 2035).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 31).Draw(t, "day"),
		rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"), 0, 0, z)
	end := start.AddDate(0, rapid.SampledFrom([]int{1, 3, 12}).Draw(t, "months"), 0)
	price := rapid.Int64Range(0, 100_000_00)
	return ProrateInput{
		OldPrice: money.Amount(price.Draw(t, "old")), NewPrice: money.Amount(price.Draw(t, "new")),
		PeriodStartMS: start.UnixMilli(), PeriodEndMS: end.UnixMilli(), AtMS: rapid.Int64Range(start.UnixMilli(), end.UnixMilli()-1).Draw(t, "at"), Zone: z,
	}
}

func TestProrationIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := input(t)
		p := Prorate(in)
		if p.DaysLeft < 0 || p.DaysLeft > p.Days || p.Days < 28 || p.Days > 366 {
			t.Fatalf("%+v", p)
		}
		if p.Credit < 0 || p.Credit > in.OldPrice || p.Charge < 0 || p.Charge > in.NewPrice || p.Due != p.Charge-p.Credit {
			t.Fatalf("%+v of %+v", p, in)
		}
		// The first day costs the whole difference.
		first := in
		first.AtMS = in.PeriodStartMS
		if whole := Prorate(first); whole.Credit != in.OldPrice || whole.Charge != in.NewPrice || whole.DaysLeft != whole.Days {
			t.Fatalf("the whole period is %+v", whole)
		}
		// Behind the end nothing is left.
		after := in
		after.AtMS = in.PeriodEndMS
		if none := Prorate(after); none.Credit != 0 || none.Charge != 0 {
			t.Fatalf("after the end %+v", none)
		}
		// Up and down again on the same day costs nothing.
		back := in
		back.OldPrice, back.NewPrice = in.NewPrice, in.OldPrice
		if due := p.Due + Prorate(back).Due; due != 0 {
			t.Fatalf("taken back it costs %d", due)
		}
		same := in
		same.NewPrice = in.OldPrice
		if Prorate(same).Due != 0 {
			t.Fatal("the same price costs something")
		}
		// Within half a cent of the share that it stands for.
		if off := int64(p.Charge)*p.Days - int64(in.NewPrice)*p.DaysLeft; 2*off > p.Days || 2*off < -p.Days {
			t.Fatalf("%+v is off by %d/%d", p, off, p.Days)
		}
	})
}

// Whatever changes are made in a period, what is paid is what was used: day by
// day, each at the price of its plan.
func TestManyChangesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := input(t)
		days := Prorate(in).Days
		paid, price, day := in.OldPrice, in.OldPrice, int64(0)
		used := money.Amount(0)
		for range rapid.IntRange(0, 6).Draw(t, "changes") {
			at := rapid.Int64Range(in.PeriodStartMS+day*dayMS/2, in.PeriodEndMS-1).Draw(t, "at")
			change := in
			change.AtMS, change.OldPrice, change.NewPrice = at, price, money.Amount(rapid.Int64Range(0, 100_000_00).Draw(t, "price"))
			p := Prorate(change)
			if p.Days-p.DaysLeft < day {
				continue // time does not go back
			}
			// The days from the last change to this one, as a part of the old price.
			used += part(price, days-day, days) - part(price, p.DaysLeft, days)
			paid, price, day = paid+p.Due, change.NewPrice, p.Days-p.DaysLeft
		}
		used += part(price, days-day, days)
		if paid != used {
			t.Fatalf("paid %d, used %d", paid, used)
		}
	})
}

func TestProrationByTheCalendar(t *testing.T) {
	sp := zone(t, "America/Sao_Paulo")
	at := func(z *time.Location, text string) int64 {
		moment, err := time.ParseInLocation("2006-01-02 15:04", text, z)
		if err != nil {
			t.Fatal(err)
		}
		return moment.UnixMilli()
	}
	ny := zone(t, "America/New_York")
	for name, c := range map[string]struct {
		in   ProrateInput
		want Proration
	}{
		"half of a month of 30 days":       {ProrateInput{10_000, 20_000, at(sp, "2026-11-01 00:00"), at(sp, "2026-12-01 00:00"), at(sp, "2026-11-16 23:59"), sp}, Proration{5_000, 10_000, 5_000, 15, 30}},
		"February":                         {ProrateInput{2_800, 5_600, at(sp, "2026-02-01 09:00"), at(sp, "2026-03-01 09:00"), at(sp, "2026-02-28 08:00"), sp}, Proration{100, 200, 100, 1, 28}},
		"a leap year":                      {ProrateInput{0, 36_600, at(sp, "2028-01-01 00:00"), at(sp, "2029-01-01 00:00"), at(sp, "2028-12-31 00:00"), sp}, Proration{0, 100, 100, 1, 366}},
		"clocks go forward, a day is 23 h": {ProrateInput{3_100, 6_200, at(ny, "2026-03-01 00:00"), at(ny, "2026-04-01 00:00"), at(ny, "2026-03-08 23:30"), ny}, Proration{2_400, 4_800, 2_400, 24, 31}},
		"midnight in the zone, not in UTC": {ProrateInput{3_000, 6_000, at(sp, "2026-11-01 00:00"), at(sp, "2026-12-01 00:00"), at(sp, "2026-11-10 22:30"), sp}, Proration{2_100, 4_200, 2_100, 21, 30}},
		"down":                             {ProrateInput{6_000, 3_000, at(sp, "2026-11-01 00:00"), at(sp, "2026-12-01 00:00"), at(sp, "2026-11-21 00:00"), sp}, Proration{2_000, 1_000, -1_000, 10, 30}},
		"before the period":                {ProrateInput{6_000, 3_000, at(sp, "2026-11-01 00:00"), at(sp, "2026-12-01 00:00"), at(sp, "2026-10-01 00:00"), sp}, Proration{6_000, 3_000, -3_000, 30, 30}},
		"within one day":                   {ProrateInput{100, 200, at(sp, "2026-11-01 08:00"), at(sp, "2026-11-01 20:00"), at(sp, "2026-11-01 09:00"), nil}, Proration{100, 200, 100, 1, 1}},
	} {
		if got := Prorate(c.in); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
