package finops

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"prosa/internal/modules/finops/exact"
	"prosa/internal/modules/finops/meter"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// A company that moved takes nothing along: what it cost and used at a line stays
// with that line, as in the matrix, and what it bears of what serves all goes by
// its days at each.
func TestACompanyThatMovedLeavesItsCostWithTheLine(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l, ctx := newShareBench(t, db), t.Context()
		for day := int64(1); day <= 20; day++ {
			account, deployment, price := "111", "massivo-prod", int64(20_000)
			if day == 20 {
				account, deployment, price = "333", "enterprise-prod", 60_000
			}
			l.charge(costed{account: account, category: "Compute", service: "x", amount: "10", day: nov(day)})
			l.use(deployment, nov(day), "ten_a", meter.MessagesIn, "whatsapp", 100)
			l.use(deployment, nov(day), "ten_a", meter.Conversations, "whatsapp", 3)
			l.use(deployment, nov(day), "ten_a", meter.PlanPrice, "USD", price)
		}
		l.charge(costed{account: "444", category: "Security", service: "y", amount: "40", day: nov(1), days: 30})
		l.charge(costed{account: "333", category: "Compute", service: "x", company: "ten_a", amount: "7", day: nov(2)}) // its own, made ready at the other line

		units, err := l.Units(ctx, month, month, "USD")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, u := range units {
			got = append(got, fmt.Sprintf("%s: %s, %d company, %d conversations, %d messages, price %s, margin %s", u.Line, u.Total, u.Companies, u.Conversations, u.Messages, l.text(u.Price), l.text(u.Margin)))
		}
		want := []string{
			"enterprise: 19, 1 company, 3 conversations, 100 messages, price 30, margin 11", // 10 + 7 + 40/20, 600/20
			"massivo: 228, 1 company, 57 conversations, 1900 messages, price 570, margin 342",
		}
		if !slices.Equal(got, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}

		// The company itself is told whole, where it is now.
		out, err := l.Companies(ctx, month, "USD", false)
		if err != nil || len(out.Items) != 1 {
			t.Fatalf("%+v, %v", out, err)
		}
		one := out.Items[0]
		if text := fmt.Sprint(one.Deployment, " ", one.Conversations, " ", one.Messages, " ", one.In.Total, " ", l.text(one.In.Price)); text != "enterprise-prod 60 2000 247 600" {
			t.Error(text)
		}
		sum := exact.Amount{}
		for _, u := range units {
			if sum, err = sum.Add(u.Total); err != nil {
				t.Fatal(err)
			}
		}
		if sum != one.In.Total {
			t.Errorf("the lines sum to %s, the company to %s", sum, one.In.Total)
		}
	})
}

// What a company measured nowhere in production bears stays where its account is.
func TestACompanyWithoutMetersStaysWithTheAccount(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l := newShareBench(t, db)
		l.use("massivo-homolog", nov(1), "ten_x", meter.MessagesIn, "whatsapp", 1)
		l.charge(costed{account: "444", category: "Compute", service: "x", company: "ten_x", amount: "5", day: nov(1)})
		l.charge(costed{account: "111", category: "Compute", service: "x", company: "ten_y", amount: "3", day: nov(1)})
		units, err := l.Units(t.Context(), month, month, "USD")
		if err != nil || len(units) != 2 || units[0].Line != "massivo" || units[0].Total.String() != "3" || units[1].Line != Shared || units[1].Total.String() != "5" {
			t.Errorf("%+v, %v", units, err)
		}
	})
}
