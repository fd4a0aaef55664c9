package finops

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/modules/finops/meter"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

func (l *shareBench) text(a *exact.Amount) string {
	if a == nil {
		return "-"
	}
	return a.String()
}

func TestFeesTakeTheMostExactPriceOfTheDay(t *testing.T) {
	fee := func(category, calling string, from, until int64) Fee {
		return Fee{Channel: "whatsapp", Category: category, Calling: calling, fromDay: from, untilDay: until, Note: fmt.Sprint(category, calling, from)}
	}
	fees := []Fee{fee("*", "*", 10, 0), fee("marketing", "*", 10, 0), fee("*", "55", 10, 0), fee("marketing", "55", 20, 30), fee("marketing", "55", 25, 0)}
	for _, c := range []struct {
		category, calling string
		day               int64
		want              string
	}{
		{"utility", "1", 10, "**10"}, {"utility", "55", 10, "*5510"}, {"marketing", "1", 10, "marketing*10"}, {"marketing", "55", 10, "marketing*10"},
		{"marketing", "55", 20, "marketing5520"}, {"marketing", "55", 25, "marketing5525"}, {"marketing", "55", 30, "marketing5525"}, {"utility", "", 9, ""},
	} {
		if got, _ := feeFor(fees, "whatsapp", c.category, c.calling, c.day); got.Note != c.want {
			t.Errorf("%s %s on day %d: %q, want %q", c.category, c.calling, c.day, got.Note, c.want)
		}
	}
	if _, ok := feeFor(fees, "telegram", "marketing", "55", 25); ok {
		t.Error("another channel has a price")
	}
}

// A company in Brazil pays in reais, is billed in dollars by the cloud and in
// reais by WhatsApp: its margin needs a rate, and is absent without one.
func TestCompaniesAreToldWithFeesUnitsAndMargin(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l, ctx := newShareBench(t, db), t.Context()
		l.BindNames(func(context.Context, []string) (map[string]string, error) {
			return map[string]string{"ten_a": "Padaria"}, nil
		})
		for day := int64(1); day <= 2; day++ {
			l.use("massivo-prod", nov(day), "ten_a", meter.MessagesIn, "whatsapp", 500)
			l.use("massivo-prod", nov(day), "ten_a", meter.Conversations, "whatsapp", 50)
			l.use("massivo-prod", nov(day), "ten_a", meter.ActiveContacts, "", 10*day)
			l.use("massivo-prod", nov(day), "ten_a", meter.PlanPrice, "BRL", 19_900)
			l.use("massivo-prod", nov(day), "ten_a", meter.BilledParts, "whatsapp/marketing/55", 10)
		}
		l.use("massivo-prod", nov(1), "ten_b", meter.MessagesIn, "whatsapp", 1000)
		l.use("massivo-prod", nov(1), "ten_b", meter.BilledParts, "whatsapp/service/351", 3)
		l.use("massivo-homolog", nov(1), "ten_x", meter.BilledParts, "whatsapp/marketing/55", 2)
		l.charge(costed{account: "111", category: "Management and Governance", service: "Logs", amount: "10", day: nov(1), days: 30})
		l.charge(costed{account: "222", category: "Compute", service: "Fargate", amount: "4", day: nov(1)})
		price, err := exact.Parse("0.25")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.PutFees(ctx, []Fee{{Channel: "whatsapp", Category: "marketing", Calling: "55", Currency: "BRL", Price: price, From: "2026-11-01", Sample: true}}, tester()); err != nil {
			t.Fatal(err)
		}
		out, err := l.Companies(ctx, month, "BRL", false)
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Items) != 2 || out.Items[0].In != nil || out.Unpriced != 3 || len(out.Rates) != 0 {
			t.Fatalf("without a rate: %+v", out)
		}
		rate := Rate{Base: "USD", Quote: "BRL", Day: "2026-11-20", Rate: l.amount("5"), Source: "PTAX"}
		if err := l.PutRates(ctx, []Rate{rate}, tester()); err != nil {
			t.Fatal(err)
		}
		if out, err = l.Companies(ctx, month, "BRL", false); err != nil {
			t.Fatal(err)
		}
		a := out.Items[0]
		got := fmt.Sprintf("%s %s %s %d %d %d", a.CompanyID, a.Name, a.Deployment, a.Conversations, a.Messages, a.ActiveContacts)
		for _, c := range a.Costs {
			got += fmt.Sprintf("; %s shared %s fees %s total %s sample %v", c.Currency, c.Shared, c.Fees, c.Total, c.Sample)
		}
		got += fmt.Sprintf("; in %s total %s, %s a conversation, %s a thousand, price %s, margin %s, %d", a.In.Currency, a.In.Total, l.text(a.In.PerConversation), l.text(a.In.PerThousand), l.text(a.In.Price), l.text(a.In.Margin), *a.In.MarginBasisPoints)
		want := "ten_a Padaria massivo-prod 100 1000 20; BRL shared 0 fees 5 total 5 sample true; USD shared 5 fees 0 total 5 sample false; in BRL total 30, 0.3 a conversation, 30 a thousand, price 199, margin 169, 8492"
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if len(out.Rates) != 1 || out.Rates[0].Source != "PTAX" || !a.In.Sample {
			t.Errorf("converted by %+v, sample %v", out.Rates, a.In.Sample)
		}
		nobody := fmt.Sprint(out.Nobody)
		if !strings.Contains(nobody, "{massivo homolog building BRL") || !strings.Contains(nobody, "{massivo homolog building USD") {
			t.Errorf("the cost of building is not apart: %s", nobody)
		}
		units, err := l.Units(ctx, month, month, "BRL")
		if err != nil || len(units) != 1 {
			t.Fatalf("%+v, %v", units, err)
		}
		u := units[0]
		if u.Line != "massivo" || u.Total.String() != "55" || u.Fees.String() != "5" || u.Building.String() != "20.5" || u.Companies != 2 || l.text(u.PerCompany) != "27.5" || l.text(u.Margin) != "144" || !u.Converted || u.Incomplete || !u.Sample {
			t.Errorf("%+v", u)
		}
		if _, err := l.Companies(ctx, month, "reais", false); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v", err)
		}
		if _, err := l.Units(ctx, 202001, 202611, "BRL"); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v", err)
		}
		// A figure in a browser is a text: a float would lose its end.
		if text, err := json.Marshal(u); err != nil || !strings.Contains(string(text), `"total":"55"`) {
			t.Errorf("%s, %v", text, err)
		}
	})
}

func TestRatesStandForTheDaysBehindThem(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l, ctx := newShareBench(t, db), t.Context()
		for _, bad := range []Rate{{Base: "USD", Quote: "USD", Day: "2026-11-01", Rate: one()}, {Base: "usd", Quote: "BRL", Day: "2026-11-01", Rate: one()}, {Base: "USD", Quote: "BRL", Day: "1.11.", Rate: one()}, {Base: "USD", Quote: "BRL", Day: "2026-11-01"}} {
			if err := l.PutRates(ctx, []Rate{bad}, tester()); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "number 1") {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if err := l.PutRates(ctx, []Rate{{Base: "USD", Quote: "BRL", Day: "2026-11-06", Rate: l.amount("5")}, {Base: "USD", Quote: "BRL", Day: "2026-11-09", Rate: l.amount("8")}}, tester()); err != nil {
			t.Fatal(err)
		}
		err := db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
			e, err := loadExchange(ctx, tx, nov(1), nov(30))
			if err != nil {
				return err
			}
			for _, c := range []struct {
				base, quote string
				day         int64
				want        string
			}{
				{"USD", "BRL", 6, "10"}, {"USD", "BRL", 8, "10"}, {"USD", "BRL", 9, "16"}, {"USD", "BRL", 16, "16"}, {"USD", "BRL", 17, "none"}, {"USD", "BRL", 5, "none"},
				{"BRL", "USD", 9, "0.25"}, {"BRL", "BRL", 1, "2"}, {"EUR", "BRL", 9, "none"},
			} {
				amount, ok, err := e.convert(l.amount("2"), c.base, c.quote, nov(c.day))
				got := "none"
				if ok {
					got = amount.String()
				}
				if err != nil || got != c.want {
					t.Errorf("2 %s in %s on day %d: %s, %v; want %s", c.base, c.quote, c.day, got, err, c.want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestBudgetsKeepPace(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l, ctx := newShareBench(t, db), t.Context() // it is the 20th: days are judged up to the 18th
		for day := int64(1); day <= 20; day++ {
			l.charge(costed{account: "111", category: "Compute", service: "x", amount: "10", day: nov(day)})
		}
		l.charge(costed{account: "111", category: "Other", service: "Support", amount: "60", day: nov(1), days: 30})
		file := []Budget{{Line: "massivo", Environment: "prod", Currency: "USD", Amount: l.amount("300")}}
		for i, want := range []int{1, 0} {
			if changed, err := l.FillBudgets(ctx, slices.Clone(file), tester()); err != nil || changed != want {
				t.Fatalf("%d: %d, %v", i, changed, err)
			}
		}
		pace := func() string {
			t.Helper()
			list, err := l.Budgets(ctx, month)
			if err != nil || len(list) != 1 {
				t.Fatalf("%+v, %v", list, err)
			}
			p := list[0]
			return fmt.Sprintf("%s of %s by %s, expected %s, forecast %s, %d, %s, %s", p.Spent, p.Amount, p.Through, p.Expected, l.text(p.Forecast), p.Spending, p.State, p.Origin)
		}
		if got, want := pace(), "260 of 300 by 2026-11-18, expected 180, forecast 360, 8666, fast, accounts"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if err := l.PutBudgets(ctx, []Budget{{Line: "massivo", Environment: "prod", Currency: "USD", From: month, Amount: l.amount("250"), Note: "less"}}, tester()); err != nil {
			t.Fatal(err)
		}
		if got, want := pace(), "260 of 250 by 2026-11-18, expected 150, forecast 360, 10400, over, typed"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if changed, err := l.FillBudgets(ctx, []Budget{{Line: "massivo", Environment: "prod", Currency: "USD", Amount: l.amount("999")}}, tester()); err != nil || changed != 0 {
			t.Errorf("the file took the place of what was typed: %d, %v", changed, err)
		}
		if err := l.PutBudgets(ctx, []Budget{{Line: "massivo", Environment: "prod", Currency: "USD", From: month}}, tester()); err != nil {
			t.Fatal(err)
		}
		if list, err := l.Budgets(ctx, month); err != nil || len(list) != 0 {
			t.Errorf("an ended budget: %+v, %v", list, err)
		}
		for _, bad := range []Budget{{Line: "x", Environment: "prod", Currency: "USD", From: month}, {Line: "massivo", Environment: "test", Currency: "USD", From: month}, {Line: "massivo", Environment: "prod", Currency: "$", From: month}, {Line: "massivo", Environment: "prod", Currency: "USD", From: 13}, {Line: "massivo", Environment: "prod", Currency: "USD", From: month, Amount: one().Neg()}} {
			if err := l.PutBudgets(ctx, []Budget{bad}, tester()); !fault.Is(err, fault.Invalid) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
	})
}

// What a measure saved is what the days after would have cost at the average of
// those before, less what was billed.
func TestSavingsAreMeasuredOnTheBill(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l, ctx := newShareBench(t, db), t.Context()
		for day := int64(-9); day <= 20; day++ { // ten days before the first of November
			amount := "10"
			if day >= 1 {
				amount = "4"
			}
			l.charge(costed{account: "222", category: "Compute", service: "Amazon ECS", amount: amount, day: nov(day)})
			l.charge(costed{account: "111", category: "Compute", service: "Amazon ECS", amount: "99", day: nov(day)})
		}
		l.charge(costed{account: "222", category: "Compute", service: "Amazon ECS", amount: "30", day: nov(1), days: 30}) // 18 of its days are judged
		asked := ""
		l.BindPower(func(_ context.Context, deployment string, from, until time.Time) (time.Duration, time.Duration, error) {
			asked = deployment + from.Format(" 01-02") + until.Format(" 01-02")
			return 200 * time.Hour, 430 * time.Hour, nil
		})
		saved, err := l.SaveSaving(ctx, Saving{Name: "off at night", Line: "massivo", Environment: "homolog", Service: "ecs", Currency: "USD", Started: "2026-11-01", BeforeDays: 10, PlannedHours: 84}, tester())
		if err != nil || saved.Version != 1 {
			t.Fatal(saved, err)
		}
		list, err := l.Savings(ctx)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		m := list[0]
		got := fmt.Sprintf("%s in %d days, %s in %d, without it %s, saved %s, %d, %s a month, planned %s, off %v of %v, %s", m.Before.Billed, m.Before.Days, m.After.Billed, m.After.Days,
			l.text(m.Without), l.text(m.Saved), *m.Points, l.text(m.PerMonth), l.text(m.Planned), m.HoursOff.Off, m.HoursOff.Observed, asked)
		want := "100 in 10 days, 90 in 18, without it 180, saved 90, 5000, 152.083333333333333333 a month, planned 90, off 200 of 430, massivo-homolog 11-01 11-19"
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		saved.Ended = "2026-11-11"
		if saved, err = l.SaveSaving(ctx, saved, tester()); err != nil || saved.Version != 2 {
			t.Fatal(saved, err)
		}
		if list, err := l.Savings(ctx); err != nil || list[0].After.Days != 10 || list[0].After.Billed.String() != "50" {
			t.Errorf("after its end: %+v, %v", list[0].After, err)
		}
		saved.Version = 1
		if _, err := l.SaveSaving(ctx, saved, tester()); !fault.Is(err, fault.Conflict) {
			t.Errorf("an old version: %v", err)
		}
		if _, err := l.SaveSaving(ctx, Saving{ID: "sav_none", Name: "x", Currency: "USD", Started: "2026-11-01"}, tester()); !fault.Is(err, fault.NotFound) {
			t.Errorf("%v", err)
		}
		// What costs nothing any more saved all of it; what has no bill before says nothing.
		for _, v := range []Saving{{Name: "later", Currency: "USD", Started: "2026-11-19"}, {Name: "elsewhere", Service: "nothing of the kind", Currency: "USD", Started: "2026-11-05"}} {
			if _, err := l.SaveSaving(ctx, v, tester()); err != nil {
				t.Fatal(err)
			}
		}
		list, err = l.Savings(ctx)
		if err != nil || list[0].Saved != nil || list[1].Before != nil || list[1].Saved != nil {
			t.Errorf("%+v, %v", list, err)
		}
		for _, bad := range []Saving{{Currency: "USD", Started: "2026-11-01"}, {Name: "x", Currency: "USD"}, {Name: "x", Started: "2026-11-01"}, {Name: "x", Currency: "USD", Started: "2026-11-02", Ended: "2026-11-02"}, {Name: "x", Currency: "USD", Started: "2026-11-02", PlannedHours: 169}} {
			if _, err := l.SaveSaving(ctx, bad, tester()); !fault.Is(err, fault.Invalid) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
	})
}

// A thousand companies share a month of two deployments.
func TestShowAThousandCompanies(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l, ctx := newShareBench(t, db), t.Context()
		const companies, days = 1000, 4
		var rows [][]any
		for day := int64(1); day <= days; day++ {
			for n := int64(0); n < companies; n++ {
				deployment := "massivo-prod"
				if n%10 == 0 {
					deployment = "enterprise-prod"
				}
				for k, kind := range []meter.Kind{meter.MessagesIn, meter.MessageBytes, meter.CPUMillis} {
					rows = append(rows, []any{deployment, nov(day), fmt.Sprintf("ten_%04d", n), string(kind), "", (n*7919+day*104729+int64(k)*15485863)%100_003 + 1})
				}
			}
		}
		err := db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.All(ctx, "INSERT INTO finops_use (deployment, day, company_id, kind, detail, amount) VALUES ($1, $2, $3, $4, $5, $6)", rows, nil)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		total := exact.Amount{}
		for day := int64(1); day <= days; day++ {
			for i, category := range []string{"Compute", "Databases", "Storage", "Networking"} {
				for _, account := range []string{"111", "333", "444"} {
					amount := exact.Amount{Nano: 12_345_678_901 * day, Atto: 987_654_321 / int64(i+1)}
					l.charge(costed{account: account, category: category, service: category, amount: amount.String(), day: nov(day)})
					if total, err = total.Add(amount); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		begun := time.Now()
		if made, err := l.Allocate(ctx, month); !made || err != nil {
			t.Fatal(made, err)
		}
		took := time.Since(begun)
		begun = time.Now()
		out, err := l.Companies(ctx, month, "USD", false)
		if err != nil || len(out.Items) != companies {
			t.Fatal(len(out.Items), err)
		}
		read := time.Since(begun)
		sum := exact.Amount{}
		for _, item := range out.Items {
			if sum, err = sum.Add(item.Costs[0].Total); err != nil {
				t.Fatal(err)
			}
		}
		if sum != total || out.Totals[0].Amount != total {
			t.Fatalf("%s was charged, %s was given", total, sum)
		}
		t.Logf("%s: %d charges among %d companies in %s: USD %s = USD %s; the table is read in %s", db.Engine(), 4*3*days, companies, took.Round(time.Millisecond), total, sum, read.Round(time.Millisecond))
	})
}
