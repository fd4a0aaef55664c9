package finops

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// each gives a row for each day of some, both included.
func (r row) each(t *testing.T, from, until string) (list []row) {
	t.Helper()
	first, err := parseDay("from", from)
	if err != nil {
		t.Fatal(err)
	}
	last, err := parseDay("until", until)
	if err != nil {
		t.Fatal(err)
	}
	for day := first; day <= last; day++ {
		r.day = isoDay(day)
		list = append(list, r)
	}
	return list
}

// lay imports rows as a bill for each month.
func lay(t *testing.T, s *Service, source string, rows ...row) {
	t.Helper()
	months := map[string][]row{}
	for _, r := range rows {
		months[r.day[:7]] = append(months[r.day[:7]], r)
	}
	for _, month := range slices.Sorted(maps.Keys(months)) {
		importFiles(t, s, source, bill(t, months[month]...))
	}
}

// inNovember spells days of November 2026 as runs.
func inNovember(days map[int64]bool) string {
	var runs []string
	for day := int64(1); day <= 30; day++ {
		if !days[nov(day)] {
			continue
		}
		from := day
		for day < 30 && days[nov(day+1)] {
			day++
		}
		runs = append(runs, fmt.Sprint(from, "-", day))
	}
	return strings.Join(runs, " ")
}

func TestHowFarABillGoes(t *testing.T) {
	october := firstDay(202610)
	each := func(from, until int64) (list []dated) {
		for day := from; day <= until; day++ {
			list = append(list, dated{monthOf(day * dayMS), day, 1})
		}
		return list
	}
	for name, c := range map[string]struct {
		charges []dated
		want    string
		daily   bool
	}{
		"day by day":                           {each(nov(1), nov(10)), "1-10", true},
		"with days missing":                    {append(each(nov(1), nov(5)), each(nov(16), nov(21))...), "1-5 16-21", true},
		"with its first days missing":          {append(each(october, nov(0)), each(nov(4), nov(8))...), "4-8", true},
		"with support for the month":           {append(each(nov(1), nov(10)), dated{202611, nov(1), 30}), "1-10", true},
		"support alone, of what bills by days": {append(each(october, nov(0)), dated{202611, nov(1), 30}), "", true},
		"by months, and by days since":         {append(each(nov(3), nov(8)), dated{202610, october, 31}), "3-8", true},
		"by months":                            {[]dated{{202610, october, 31}, {202611, nov(1), 30}}, "1-23", false},
		"by months, the last one missing":      {[]dated{{202610, october, 31}}, "", false},
		"now and then":                         {[]dated{{202610, october + 4, 1}, {202611, nov(5), 1}, {202611, nov(12), 1}}, "1-12", false},
		"once":                                 {[]dated{{202611, nov(3), 1}}, "3-3", false},
		"never on weekends":                    {slices.Concat(each(nov(2), nov(6)), each(nov(9), nov(13)), each(nov(16), nov(16))), "2-16", true},
		"not on one weekend":                   {slices.Concat(each(nov(1), nov(6)), each(nov(9), nov(15))), "1-6 9-15", true},
	} {
		r := reachOf(c.charges, nov(23))
		if got := inNovember(r.days); got != c.want || r.daily != c.daily {
			t.Errorf("%s: %s, daily %v; want %s", name, got, r.daily, c.want)
		}
	}
}

// Bills of several billing accounts of a source come by themselves: what the late
// one pays for is judged by its own days, and so is what has a hole.
func TestDaysAreJudgedByTheBillThatPaysForThem(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for name, c := range map[string]struct {
			late []row
			want string
		}{
			"late": {row{}.each(t, "2026-11-01", "2026-11-05"), "spent 50, through 2026-11-05, 5 days, forecast 300, fast; 300 in 30, 50 in 5, saved 0; lacks [{aws pb USD 2026-11-06 2026-11-21}]; unbilled [{aws pb USD 2026-11-06 2026-11-21}]"},
			"with a hole": {append(row{}.each(t, "2026-11-01", "2026-11-05"), row{}.each(t, "2026-11-16", "2026-11-21")...),
				"spent 110, through 2026-11-21, 11 days, forecast 300, fast; 300 in 30, 110 in 11, saved 0; lacks [{aws pb USD 2026-11-06 2026-11-15}]; unbilled [{aws pb USD 2026-11-06 2026-11-15}]"},
			"not begun": {nil, "spent 0, through , 0 days, forecast -, under; 300 in 30, no_bill_after; lacks [{aws pb USD 2026-11-01 2026-11-21}]; unbilled [{aws pb USD 2026-11-01 2026-11-21}]"},
		} {
			t.Run(name, func(t *testing.T) {
				s := newService(t, db)
				rows := slices.Concat(row{payer: "pa", account: "1", billed: "7"}.each(t, "2026-10-01", "2026-11-21"), row{}.each(t, "2026-10-01", "2026-10-31"), c.late)
				for i := range rows {
					if rows[i].payer == "" {
						rows[i].payer, rows[i].account, rows[i].billed = "pb", "2", "10"
					}
				}
				lay(t, s, "aws", rows...)
				got := judgedText(t, s)
				if got != c.want {
					t.Errorf("\n got %s\nwant %s", got, c.want)
				}
			})
			clearFinops(t, db)
		}
	})
}

// judgedText spells a budget of 250, a saving and the quality of a November.
func judgedText(t *testing.T, s *Service) string {
	t.Helper()
	ctx := t.Context()
	mapped(t, s, Account{AccountID: "1", Line: "massivo", Environment: "prod"}, Account{AccountID: "2", Line: "enterprise", Environment: "prod"})
	l := &shareBench{Service: s, t: t}
	if err := s.PutBudgets(ctx, []Budget{{Line: "enterprise", Environment: "prod", Currency: "USD", From: month, Amount: l.amount("250")}}, tester()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SaveSaving(ctx, Saving{Name: "x", Line: "enterprise", Currency: "USD", Started: "2026-11-01"}, tester()); err != nil {
		t.Fatal(err)
	}
	paces, err := s.Budgets(ctx, month)
	if err != nil || len(paces) != 1 {
		t.Fatal(paces, err)
	}
	savings, err := s.Savings(ctx)
	if err != nil || len(savings) != 1 {
		t.Fatal(savings, err)
	}
	q, err := s.Quality(ctx, month)
	if err != nil {
		t.Fatal(err)
	}
	p := paces[0]
	return fmt.Sprintf("spent %s, through %s, %d days, forecast %s, %s; %s; unbilled %v", p.Spent, p.Through, p.Days, l.text(p.Forecast), p.State, savedText(savings[0]), q.Unbilled)
}

func savedText(m Measured) string {
	if m.Before == nil {
		return m.NotMeasured
	}
	text := fmt.Sprintf("%s in %d, ", m.Before.Billed, m.Before.Days)
	if m.Saved != nil {
		text += fmt.Sprintf("%s in %d, saved %s", m.After.Billed, m.After.Days, m.Saved)
	}
	return fmt.Sprint(text, m.NotMeasured, "; lacks ", m.Lacking)
}

// clearFinops forgets all bills, and what was said of them.
func clearFinops(t *testing.T, db *database.DB) {
	t.Helper()
	l := &shareBench{Service: newService(t, db), t: t}
	for _, table := range []string{"import", "item", "charge", "finding", "account", "budget", "saving"} {
		l.exec("DELETE FROM finops_" + table)
	}
}

// A line that two billing accounts pay for is not judged by one of them.
func TestABillThatHasNotBegunHoldsItsBudgetUp(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		lay(t, s, "aws", slices.Concat(row{payer: "pa", billed: "5"}.each(t, "2026-10-01", "2026-11-21"), row{payer: "pb", billed: "5"}.each(t, "2026-10-01", "2026-10-31"))...)
		lay(t, s, "market", row{payer: "pc", billed: "3", day: "2026-10-03"}) // bought once: it is not late
		mapped(t, s, Account{AccountID: "111111111111", Line: "massivo", Environment: "prod"})
		l := &shareBench{Service: s, t: t}
		if err := s.PutBudgets(t.Context(), []Budget{{Line: "massivo", Environment: "prod", Currency: "USD", From: 202610, Amount: l.amount("250")}}, tester()); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			month int64
			now   string
			want  string
		}{
			{202610, "2026-11-23", "spent 313, through 2026-10-31, 31 days, forecast 313"},
			{202611, "2026-11-23", "spent 105, through , 0 days, forecast -"},
			{202611, "2026-12-23", "spent 150, through 2026-11-30, 30 days, forecast 150"}, // pb has ended
		} {
			now, err := time.Parse(time.DateOnly, c.now)
			if err != nil {
				t.Fatal(err)
			}
			s.clock = clock.NewManual(now)
			if c.now == "2026-12-23" {
				lay(t, s, "aws", row{payer: "pa", billed: "5"}.each(t, "2026-11-01", "2026-12-21")...)
			}
			list, err := s.Budgets(t.Context(), c.month)
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			p := list[0]
			if got := fmt.Sprintf("spent %s, through %s, %d days, forecast %s", p.Spent, p.Through, p.Days, l.text(p.Forecast)); got != c.want {
				t.Errorf("%d on %s: %s, want %s", c.month, c.now, got, c.want)
			}
		}
	})
}

// Days that a bill lacks are forecast, not believed to have been free, and stand
// out of nothing.
func TestAForecastKnowsWhichDaysAreBilled(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		aws := row{billed: "100"}.each(t, "2026-07-27", "2026-11-21")
		between := func(from, until string) func(r row) bool {
			return func(r row) bool { return r.day >= from && r.day <= until }
		}
		for name, c := range map[string]struct {
			aws, saas []row
			want      string
		}{
			"all is billed":                {aws, nil, "known to 2026-11-21, spent 2100, month 3000"},
			"a month was withdrawn":        {slices.DeleteFunc(slices.Clone(aws), between("2026-10-01", "2026-10-31")), nil, "known to 2026-11-21, spent 2100, month 3000"},
			"days of the month are missed": {slices.DeleteFunc(slices.Clone(aws), between("2026-11-06", "2026-11-15")), nil, "known to 2026-11-21, spent 1100, month 3000"},
			"another source is late":       {aws, row{payer: "s", billed: "100"}.each(t, "2026-07-27", "2026-11-10"), "known to 2026-11-10, spent 2000, month 6000"},
			"another has days missed":      {aws, append(row{payer: "s", billed: "100"}.each(t, "2026-07-27", "2026-11-05"), row{payer: "s", billed: "100"}.each(t, "2026-11-16", "2026-11-21")...), "known to 2026-11-21, spent 3200, month 6000"},
			"another is new":               {aws, row{payer: "s", billed: "100"}.each(t, "2026-08-10", "2026-11-21"), "known to 2026-11-21, spent 4200, month 6000"},
			"another ended":                {aws, row{payer: "s", billed: "0.0000001"}.each(t, "2026-07-27", "2026-10-10"), "known to 2026-11-21, spent 2100, month 3000"},
			"another sells now and then":   {aws, []row{{payer: "s", billed: "0.0000001", day: "2026-10-10"}}, "known to 2026-11-21, spent 2100, month 3000"},
		} {
			s := newService(t, db)
			lay(t, s, "aws", c.aws...)
			lay(t, s, "saas", c.saas...)
			list, err := s.Forecast(t.Context(), Filter{})
			if err != nil || len(list) != 1 {
				t.Fatal(name, list, err)
			}
			f := list[0]
			got := fmt.Sprintf("known to %s, spent %s, month %s", isoDay(f.KnownTo), f.Spent, f.Month)
			if got != c.want || f.ErrorBP != 0 || len(f.Anomalies) != 0 || f.Days[0].Day != f.KnownTo+1 {
				t.Errorf("%s: %s, want %s; missed by %d, odd %+v", name, got, c.want, f.ErrorBP, f.Anomalies)
			}
			clearFinops(t, db)
		}
	})
}

// A service is held against as many days as its own bill has had.
func TestServicesOfALateBill(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		lay(t, s, "aws", row{service: "Compute", billed: "10"}.each(t, "2026-10-01", "2026-11-22")...)
		lay(t, s, "saas", row{payer: "s", service: "Atlas", billed: "100"}.each(t, "2026-10-01", "2026-11-10")...)
		lay(t, s, "away", row{payer: "w", service: "Away", billed: "1"}.each(t, "2026-10-01", "2026-10-31")...)
		lay(t, s, "both", row{payer: "b", service: "Compute", billed: "1"}.each(t, "2026-10-01", "2026-11-05")...)
		for cost, want := range map[string]string{
			Effective: "Atlas 1000 from 1000 of 10 days; Compute 225 from 225 of 22 days",
			Billed:    "Atlas 1000 from 1000 of 10 days; Compute 225 from 225 of 22 days",
		} {
			services, err := s.Services(t.Context(), Filter{To: month, Cost: cost})
			if err != nil {
				t.Fatal(err)
			}
			var list []string
			for _, one := range services {
				list = append(list, fmt.Sprintf("%s %s from %s of %d days", one.Service, one.Cost, one.Before, one.Days))
			}
			if got := strings.Join(list, "; "); got != want {
				t.Errorf("%s: %s, want %s", cost, got, want)
			}
		}
	})
}

// A vendor that ended saves what it cost, once it is clear that it did; until then
// it is told what is waited for.
func TestSavingsTellWhyTheyAreNotMeasured(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		lay(t, s, "aws", row{account: "1", billed: "10"}.each(t, "2026-09-01", "2026-12-20")...)
		lay(t, s, "vendor", row{account: "1", payer: "v", service: "Vendor", billed: "2"}.each(t, "2026-09-01", "2026-10-31")...)
		mapped(t, s, Account{AccountID: "1", Line: "massivo", Environment: "prod"})
		for _, v := range []Saving{
			{Name: "vendor", Service: "vendor", Started: "2026-11-01"}, {Name: "all", Line: "massivo", Started: "2026-11-01"}, {Name: "later", Started: "2026-12-25", BeforeDays: 5},
			{Name: "nothing", Service: "nobody", Started: "2026-11-01"}, {Name: "too early", Started: "2026-08-01"},
		} {
			v.Currency = "USD"
			v.BeforeDays = cmp.Or(v.BeforeDays, 30)
			if _, err := s.SaveSaving(t.Context(), v, tester()); err != nil {
				t.Fatal(err)
			}
		}
		for on, want := range map[string]map[string]string{
			"2026-11-23": {
				"vendor": "60 in 30, no_bill_after; lacks [{vendor v USD 2026-11-01 2026-11-21}]", "all": "360 in 30, no_bill_after; lacks [{vendor v USD 2026-11-01 2026-11-21}]",
				"later": "no_bill_before", "nothing": "nothing_before", "too early": "nothing_before",
			},
			"2026-12-22": {
				"vendor": "60 in 30, 0 in 50, saved 100; lacks []", "all": "360 in 30, 500 in 50, saved 100; lacks []",
				"later": "10 in 1, not_begun; lacks []", "nothing": "nothing_before", "too early": "nothing_before",
			},
		} {
			now, err := time.Parse(time.DateOnly, on)
			if err != nil {
				t.Fatal(err)
			}
			s.clock = clock.NewManual(now)
			list, err := s.Savings(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range list {
				if got := savedText(m); got != want[m.Name] {
					t.Errorf("%s, %s:\n got %s\nwant %s", on, m.Name, got, want[m.Name])
				}
			}
		}
	})
}

// A bill for a month comes when the month is over: it is not given up before.
func TestWhenAPayerHasEnded(t *testing.T) {
	for _, c := range []struct {
		last        int64 // how many days before the newest bill
		daily, want bool
	}{{0, true, false}, {29, true, false}, {30, true, true}, {30, false, false}, {59, false, false}, {60, false, true}} {
		who := payer{source: "x"}
		b := billed{who: {last: nov(1) - c.last, daily: c.daily}, {source: "newest"}: {last: nov(1), daily: true}}
		if b.end(); b[who].ended != c.want {
			t.Errorf("%+v: ended %v", c, b[who].ended)
		}
	}
}

// Where one of two billing accounts stays away the source has a bill all the same.
func TestABillingAccountThatStaysAwayIsMissed(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		for source, payers := range map[string][2][]string{"aws": {{"pa", "pb"}, {"pa", "pc"}}, "gone": {{"x", "y"}, nil}, "new": {nil, {"z"}}} {
			for i, day := range []string{"2026-09-01", "2026-10-01"} {
				var rows []row
				for _, name := range payers[i] {
					rows = append(rows, row{payer: name, day: day, account: source})
				}
				lay(t, s, source, rows...)
			}
		}
		for month, want := range map[int64]string{202610: "[aws (pb) gone]", 202611: "[]"} {
			if q, err := s.Quality(t.Context(), month); err != nil || fmt.Sprint(q.Missing) != want {
				t.Errorf("%d: %v, %v; want %s", month, q.Missing, err, want)
			}
		}
	})
}
