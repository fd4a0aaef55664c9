package tenancy

import (
	"testing"
	"time"
)

// What was used beyond a plan is known to who has to invoice it, also when its
// month is over.
func TestOverageIsKnownWhenItsMonthIsOver(t *testing.T) {
	eachRig(t, func(t *testing.T, r *rig) {
		a := r.company(map[Meter]Limit{Messages: {Count: 2, Over: Overage, OveragePrice: 5}, Conversations: {Count: 0, Over: Block}})
		r.count(frame(t, wrote(a, "m1", "c", "in", start), wrote(a, "m2", "c", "out", start), wrote(a, "m3", "c", "in", start), wrote(a, "m4", "c", "in", start)))
		list, err := r.Overages(t.Context(), a)
		r.must(err)
		if len(list) != 1 || list[0].Meter != Messages || list[0].Closed || list[0].Beyond != 2 || list[0].Amount != 10 {
			t.Fatalf("%+v", list)
		}
		r.clock.Advance(31 * 24 * time.Hour)
		again, err := r.Overages(t.Context(), a)
		r.must(err)
		if len(again) != 1 || !again[0].Closed || again[0].Month != list[0].Month || again[0].Amount != 10 {
			t.Errorf("a month later: %+v", again)
		}
		r.clock.Advance(31 * 24 * time.Hour)
		if later, err := r.Overages(t.Context(), a); err != nil || len(later) != 0 {
			t.Errorf("two months later: %+v, %v", later, err)
		}
	})
}
