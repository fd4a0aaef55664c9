package finops

import (
	"slices"
	"strings"
	"testing"

	"prosa/internal/modules/finops/meter"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// Evenly is among those who used anything: a plan's price is no use. Where nobody
// used anything, all who are known bear the same.
func TestAnEvenSplitIsAmongThoseWhoUsedAnything(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l := newShareBench(t, db)
		for _, day := range []int64{1, 2} {
			for _, company := range []string{"ten_a", "ten_b", "ten_c"} {
				l.use("massivo-prod", nov(day), company, meter.PlanPrice, "BRL", 19_900)
			}
		}
		l.use("massivo-prod", nov(1), "ten_a", meter.MediaBytes, "", 1)
		l.use("massivo-prod", nov(1), "ten_b", meter.MessagesIn, "whatsapp", 1)
		l.charge(costed{account: "111", category: "Security", service: "WAF", amount: "6", day: nov(1)})
		l.charge(costed{account: "111", category: "Web", service: "API", amount: "2", day: nov(1)}) // nobody weighs anything: evenly, of those who used
		l.charge(costed{account: "111", category: "Security", service: "KMS", amount: "9", day: nov(2)})
		want := []string{
			"massivo prod ten_a shared API USD prosa-even-1 1",
			"massivo prod ten_a shared KMS USD prosa-even-1 3",
			"massivo prod ten_a shared WAF USD prosa-even-1 3",
			"massivo prod ten_b shared API USD prosa-even-1 1",
			"massivo prod ten_b shared KMS USD prosa-even-1 3",
			"massivo prod ten_b shared WAF USD prosa-even-1 3",
			"massivo prod ten_c shared KMS USD prosa-even-1 3",
		}
		if got := l.shares(); !slices.Equal(got, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}
