package finops

import (
	"fmt"
	"testing"

	"prosa/internal/modules/finops/exact"
	"prosa/internal/modules/finops/meter"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// A company that went to a smaller plan, and to another deployment, pays what was
// told last.
func TestThePriceOfAMonthIsTheOneThatWasToldLast(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l, ctx := newShareBench(t, db), t.Context()
		for day := int64(1); day <= 3; day++ {
			l.use("massivo-prod", nov(day), "ten_a", meter.MessagesIn, "whatsapp", 500)
			l.use("massivo-prod", nov(day), "ten_a", meter.PlanPrice, "BRL", 50_000)
		}
		for day, price := range map[int64]int64{1: 50_000, 2: 50_000, 3: 30_000} {
			l.use("massivo-prod", nov(day), "ten_b", meter.PlanPrice, "BRL", price)
		}
		l.charge(costed{account: "111", category: "Compute", service: "x", company: "ten_b", currency: "BRL", amount: "1", day: nov(1)})
		l.use("enterprise-prod", nov(4), "ten_a", meter.MessagesIn, "whatsapp", 500)
		l.use("enterprise-prod", nov(4), "ten_a", meter.PlanPrice, "BRL", 19_900)
		l.charge(costed{account: "111", category: "Compute", service: "x", currency: "BRL", amount: "10", day: nov(1)})
		out, err := l.Companies(ctx, month, "BRL", false)
		if err != nil || len(out.Items) != 2 || out.Items[0].In == nil || out.Items[1].In == nil {
			t.Fatalf("%+v, %v", out, err)
		}
		want := map[string]string{"ten_a": "enterprise-prod 2000 199", "ten_b": "massivo-prod 0 300"}
		for _, item := range out.Items {
			if got := fmt.Sprint(item.Deployment, " ", item.Messages, " ", l.text(item.In.Price)); got != want[item.CompanyID] {
				t.Errorf("%s: %s, want %s", item.CompanyID, got, want[item.CompanyID])
			}
		}
	})
}

// What is made up marks what rests on it, and nothing else.
func TestSampleRatesMarkWhatTheyConvert(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l, ctx := newShareBench(t, db), t.Context()
		if err := l.PutRates(ctx, []Rate{
			{Base: "USD", Quote: "BRL", Day: "2026-11-10", Rate: l.amount("5"), Sample: true},
			{Base: "EUR", Quote: "BRL", Day: "2026-11-19", Rate: l.amount("6")}, // later than a week: each currency has its own last day
		}, tester()); err != nil {
			t.Fatal(err)
		}
		for company, currency := range map[string]string{"ten_a": "USD", "ten_b": "BRL", "ten_c": "EUR", "ten_d": "BRL"} {
			l.use("massivo-prod", nov(1), company, meter.MessagesIn, "whatsapp", 1)
			l.charge(costed{account: "111", category: "Compute", service: "x", company: company, currency: currency, amount: "10", day: nov(1)})
		}
		l.use("massivo-prod", nov(1), "ten_d", meter.PlanPrice, "USD", 10_000)
		out, err := l.Companies(ctx, month, "BRL", false)
		if err != nil || len(out.Items) != 4 {
			t.Fatalf("%+v, %v", out, err)
		}
		want := map[string]string{"ten_a": "50 true", "ten_b": "10 false", "ten_c": "60 false", "ten_d": "10 true"}
		for _, item := range out.Items {
			if item.In == nil {
				t.Errorf("%s: no rate", item.CompanyID)
			} else if got := fmt.Sprint(item.In.Total, item.In.Sample); got != want[item.CompanyID] {
				t.Errorf("%s: %s, want %s", item.CompanyID, got, want[item.CompanyID])
			}
		}
		units, err := l.Units(ctx, month, month, "BRL")
		if err != nil || len(units) != 1 || !units[0].Sample || units[0].Incomplete || units[0].Total.String() != "130" {
			t.Errorf("%+v, %v", units, err)
		}
	})
}

// A bill that corrects an earlier month is spent when it is billed, as in the
// matrix; the earlier month stays as its invoice was.
func TestBudgetsSpendWhatTheMonthIsBilled(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l, ctx := newShareBench(t, db), t.Context()
		l.charge(costed{account: "111", category: "Compute", service: "x", amount: "10", day: nov(1)})
		l.charge(costed{account: "111", category: "Compute", service: "x", amount: "-4", day: nov(1) - 3})
		if err := l.PutBudgets(ctx, []Budget{{Line: "massivo", Environment: "prod", Currency: "USD", From: 202610, Amount: l.amount("300")}}, tester()); err != nil {
			t.Fatal(err)
		}
		for of, want := range map[int64]string{202610: "0 0", month: "6 12.666666666666666667"} {
			list, err := l.Budgets(ctx, of)
			if err != nil || len(list) != 1 {
				t.Fatalf("%+v, %v", list, err)
			}
			if got := fmt.Sprint(list[0].Spent, " ", l.text(list[0].Forecast)); got != want {
				t.Errorf("%d: %s, want %s", of, got, want)
			}
			cells, err := l.Matrix(ctx, Filter{Cost: Billed, From: of, To: of})
			total := "0"
			if len(cells) == 1 {
				total = cells[0].Total.String()
			}
			if err != nil || total != list[0].Spent.String() {
				t.Errorf("%d: the matrix says %+v, %v", of, cells, err)
			}
		}
	})
}

// On the first days of a month nothing is judged; on the last day the month is
// not closed; afterwards it is.
func TestBudgetsAtTheEdgesOfAMonth(t *testing.T) {
	l := newShareBench(t, databasetest.Open(t))
	budget := Budget{Line: "massivo", Environment: "prod", Currency: "USD", From: month, Amount: l.amount("300")}
	spent := spending{daily: map[int64]exact.Amount{}}
	for day := int64(1); day <= 30; day++ {
		spent.daily[nov(day)] = l.amount("10")
	}
	for today, want := range map[int64]string{
		nov(1) - 40: " 0 of 30, 0, -", nov(1): " 0 of 30, 0, -", nov(2): " 0 of 30, 0, -", nov(3): "2026-11-01 1 of 30, 10, -", nov(5): "2026-11-03 3 of 30, 30, 300",
		nov(30): "2026-11-28 28 of 30, 280, 300", nov(32): "2026-11-30 30 of 30, 300, 300", nov(400): "2026-11-30 30 of 30, 300, 300",
	} {
		p, err := paceOf(budget, month, today, spent)
		got := fmt.Sprintf("%s %d of %d, %s, %s", p.Through, p.Days, p.Of, p.Expected, l.text(p.Forecast))
		if err != nil || got != want {
			t.Errorf("on day %d: %s, %v; want %s", today-nov(1)+1, got, err, want)
		}
	}
}
