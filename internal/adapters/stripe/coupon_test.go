package stripe

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/modules/subscription"
)

// A coupon of some cycles counts for so many bills, on whatever day and behind
// whatever trial it begins.
func TestACouponCountsForItsBillsAndNoMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 800).Draw(t, "day"))
		c := subscription.Checkout{Interval: subscription.Monthly, DiscountCycles: rapid.IntRange(1, 24).Draw(t, "cycles"), TrialDays: rapid.IntRange(0, 90).Draw(t, "trial")}
		step := 1
		if rapid.Bool().Draw(t, "annual") {
			c.Interval, step = subscription.Annual, 12
		}
		length := couponLength(c, start)
		if length == -1 {
			if c.DiscountCycles != 1 || c.TrialDays != 0 {
				t.Fatalf("%+v counts once", c)
			}
			return
		}
		end, first, bills := inMonths(start, int(length)), start.AddDate(0, 0, c.TrialDays), 0
		for n := 0; inMonths(first, n*step).Before(end); n++ {
			bills++
		}
		// Months have 28 to 31 days: a bill on the day on which it ends may be one more.
		if bills != c.DiscountCycles {
			t.Fatalf("%+v from %s lasts %d months: %d bills", c, start.Format(time.DateOnly), length, bills)
		}
	})
}
