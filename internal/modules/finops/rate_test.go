package finops

import (
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// The rate of a month is the last one of its days; one from before it stands for
// a week, and no longer, also for who asks when the month is over.
func TestARateFromBeforeTheMonthStandsForAWeek(t *testing.T) {
	for name, c := range map[string]struct{ told, asked, want string }{
		"a month before its charge":        {"2026-10-26", "2026-12-20", "-"},
		"a week before today":              {"2026-10-26", "2026-11-02", "50"},
		"a day more":                       {"2026-10-26", "2026-11-03", "-"},
		"the day before, when all is over": {"2026-10-31", "2026-12-20", "-"},
		"the first of the month":           {"2026-11-01", "2026-12-20", "50"},
		"the first, while it runs":         {"2026-11-01", "2026-11-20", "50"},
		"the day after the month":          {"2026-12-01", "2026-12-20", "-"},
	} {
		t.Run(name, func(t *testing.T) {
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				l, ctx := newShareBench(t, db), t.Context()
				asked, err := time.Parse(time.DateOnly, c.asked)
				if err != nil {
					t.Fatal(err)
				}
				l.clock = clock.NewManual(asked)
				l.use("massivo-prod", nov(1), "ten_a", "messages_in", "whatsapp", 1)
				l.charge(costed{account: "111", category: "Compute", service: "x", amount: "10", day: nov(30)})
				if err := l.PutRates(ctx, []Rate{{Base: "USD", Quote: "BRL", Day: c.told, Rate: l.amount("5")}}, tester()); err != nil {
					t.Fatal(err)
				}
				out, err := l.Companies(ctx, month, "BRL", false)
				if err != nil || len(out.Items) != 1 {
					t.Fatalf("%+v, %v", out, err)
				}
				got := "-"
				if in := out.Items[0].In; in != nil {
					got = in.Total.String()
				}
				units, err := l.Units(ctx, month, month, "BRL")
				if err != nil || len(units) != 1 || units[0].Incomplete != (c.want == "-") || got != c.want {
					t.Errorf("the company costs %s, want %s; its line %+v, %v", got, c.want, units, err)
				}
			})
		})
	}
}
