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
		l.charge(costed{account: "222", category: "Compute", service: "x", amount: "1", day: nov(18)}) // the bill has come so far
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
			for _, cell := range cells {
				if cell.Environment == "prod" {
					total = cell.Total.String()
				}
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
		judged := map[int64]bool{}
		for day := nov(1); day <= min(nov(30), today-lateDays); day++ {
			judged[day] = true
		}
		p, err := paceOf(budget, month, judged, spent)
		got := fmt.Sprintf("%s %d of %d, %s, %s", p.Through, p.Days, p.Of, p.Expected, l.text(p.Forecast))
		if err != nil || got != want {
			t.Errorf("on day %d: %s, %v; want %s", today-nov(1)+1, got, err, want)
		}
	}
}

// A day that no bill covers is no day without cost: budgets and savings are judged
// by the days that are billed, and say which were not.
func TestDaysWithoutABillAreNotJudged(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l, ctx := newShareBench(t, db), t.Context()
		for day := int64(1); day <= 10; day++ { // of a month whose twentieth is today
			l.charge(costed{account: "111", category: "Compute", service: "Amazon ECS", amount: "10", day: nov(day)})
		}
		if err := l.PutBudgets(ctx, []Budget{{Line: "massivo", Environment: "prod", Currency: "USD", From: month, Amount: l.amount("250")}}, tester()); err != nil {
			t.Fatal(err)
		}
		paces, err := l.Budgets(ctx, month)
		if err != nil || len(paces) != 1 {
			t.Fatal(paces, err)
		}
		if p := paces[0]; p.Through != "2026-11-10" || p.Days != 10 || l.text(p.Forecast) != "300" || p.State != "fast" {
			t.Errorf("through %s, %d days, forecast %s, %s", p.Through, p.Days, l.text(p.Forecast), p.State)
		}
		for day := int64(-14); day <= 0; day++ { // of the month before, its last fifteen days
			l.charge(costed{account: "111", category: "Compute", service: "Amazon ECS", amount: "20", day: nov(day)})
		}
		if q, err := l.Quality(ctx, month); err != nil || fmt.Sprint(q.Unbilled) != "[{aws  USD 2026-11-11 2026-11-18}]" {
			t.Errorf("the quality of the month says %v, %v", q.Unbilled, err)
		}
		for name, c := range map[string]struct {
			started string
			before  int64
			want    string
		}{
			"billed on both sides":        {"2026-11-01", 10, "200 in 10 (0), 100 in 10 (8), saved 100, until 2026-11-10"},
			"no bill on some days before": {"2026-11-01", 40, "300 in 15 (25), 100 in 10 (8), saved 100, until 2026-11-10"},
			"no bill on all days after":   {"2026-11-12", 5, "40 in 4 (1), -"},
			"no bill on any day before":   {"2026-09-10", 30, "-, -"},
		} {
			if _, err := l.SaveSaving(ctx, Saving{Name: name, Line: "massivo", Environment: "prod", Currency: "USD", Started: c.started, BeforeDays: c.before}, tester()); err != nil {
				t.Fatal(err)
			}
			list, err := l.Savings(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range list {
				if m.Name != name {
					continue
				}
				got := "-, -"
				if m.Before != nil {
					got = fmt.Sprintf("%s in %d (%d), -", m.Before.Billed, m.Before.Days, m.Before.Gaps)
				}
				if m.After != nil {
					got = fmt.Sprintf("%s in %d (%d), %s in %d (%d), saved %s, until %s", m.Before.Billed, m.Before.Days, m.Before.Gaps, m.After.Billed, m.After.Days, m.After.Gaps, l.text(m.Saved), m.After.Until)
				}
				if got != c.want {
					t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
				}
			}
		}
	})
}
