package finops

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

var update = flag.Bool("update", false, "write the goldens anew")

func golden(t *testing.T, name string, got any) {
	t.Helper()
	raw, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	raw = append(raw, '\n')
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(raw) != string(want) {
		t.Errorf("%s differs (-update writes it anew):\n%s", name, raw)
	}
}

func mapped(t testing.TB, s *Service, accounts ...Account) {
	t.Helper()
	for _, a := range accounts {
		if _, err := s.SaveAccount(t.Context(), a, tester()); err != nil {
			t.Fatal(err)
		}
	}
}

// The sample's largest accounts as ours: the matrix of real rows.
func TestTheMatrixOfTheSample(t *testing.T) {
	path := sample(t)
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		importFiles(t, s, "sample", path)
		mapped(t, s,
			Account{AccountID: "11353890204", Line: "massivo", Environment: "prod"}, Account{AccountID: "18938484842", Line: "enterprise", Environment: "prod"},
			Account{AccountID: "85742851457", Line: "massivo", Environment: "homolog"}, Account{AccountID: "69918885631", Line: Shared, Environment: Shared})
		got := map[string]any{}
		for _, cost := range []string{Billed, Effective} {
			cells, err := s.Matrix(t.Context(), Filter{Cost: cost})
			if err != nil {
				t.Fatal(err)
			}
			got[cost] = cells
		}
		services, err := s.Services(t.Context(), Filter{To: 202409, Cost: Billed})
		if err != nil {
			t.Fatal(err)
		}
		got["services"] = services[:5]
		golden(t, "sample_matrix.json", got)
	})
}

func TestTheMatrixKeepsApartWhatIsNotOneThing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		importFiles(t, s, "aws", bill(t,
			row{account: "1", billed: "10", effective: "8"}, row{account: "1", billed: "2", category: "Tax"}, row{account: "1", billed: "-3", category: "Credit"},
			row{account: "1", billed: "0.5", category: "Adjustment", class: "Correction", day: "2026-09-20", period: "2026-10"},
			row{account: "1", billed: "7", currency: "BRL"}, row{account: "2", billed: "100"}, row{account: "3", billed: "0.000000000000000001"}))
		mapped(t, s, Account{AccountID: "1", Line: "massivo", Environment: "prod"},
			Account{AccountID: "2", Line: "enterprise", Environment: "dev", ToDay: firstDay(202610)}, Account{AccountID: "2", Line: "enterprise", Environment: "prod", FromDay: firstDay(202610)})
		cells, err := s.Matrix(t.Context(), Filter{Cost: Billed, From: 202610, To: 202610})
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, c := range cells {
			text += fmt.Sprintf("%d %s/%s %s usage %s adjustments %s credits %s taxes %s total %s corrections %s\n", c.Month, c.Line, c.Environment, c.Currency, c.Usage, c.Adjustments, c.Credits, c.Taxes, c.Total, c.Corrections)
		}
		want := `202610 / USD usage 0.000000000000000001 adjustments 0 credits 0 taxes 0 total 0.000000000000000001 corrections 0
202610 enterprise/prod USD usage 100 adjustments 0 credits 0 taxes 0 total 100 corrections 0
202610 massivo/prod BRL usage 7 adjustments 0 credits 0 taxes 0 total 7 corrections 0
202610 massivo/prod USD usage 10 adjustments 0.5 credits -3 taxes 2 total 9.5 corrections 0.5
`
		if text != want {
			t.Errorf("billed:\n%swant\n%s", text, want)
		}
		// The correction is effective in the month that it corrects.
		cells, err = s.Matrix(t.Context(), Filter{From: 202609, To: 202609})
		if err != nil || len(cells) != 1 || cells[0].Total.String() != "0.5" {
			t.Errorf("effective in September: %+v, %v", cells, err)
		}
		for _, filter := range []Filter{{Cost: "list"}, {From: 202613}, {From: 202611, To: 202610}} {
			if _, err := s.Matrix(t.Context(), filter); !fault.Is(err, fault.Invalid) {
				t.Errorf("%+v: %v", filter, err)
			}
		}
	})
}

func TestServicesResourcesAndDays(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		importFiles(t, s, "aws",
			bill(t, row{day: "2026-09-10", service: "Amazon RDS", billed: "8", resource: "db"}, row{day: "2026-09-11", service: "Gone", billed: "1"}))
		importFiles(t, s, "aws", bill(t, row{service: "Amazon RDS", billed: "10", resource: "db"}, row{service: "Amazon RDS", billed: "2", resource: "db", day: "2026-10-06"}, row{service: "New", billed: "3", resource: "x"}))
		mapped(t, s, Account{AccountID: "111111111111", Line: "massivo", Environment: "prod"})
		services, err := s.Services(t.Context(), Filter{To: 202610})
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, one := range services {
			change := "new"
			if one.ChangeBP != nil {
				change = fmt.Sprint(*one.ChangeBP)
			}
			text += fmt.Sprintf("%s %s from %s: %s, %s; ", one.Service, one.Cost, one.Before, one.Change, change)
		}
		if text != "Amazon RDS 12 from 8: 4, 5000; New 3 from 0: 3, new; Gone 0 from 1: -1, -10000; " {
			t.Error(text)
		}
		resources, err := s.Resources(t.Context(), Filter{From: 202610, To: 202610, Line: "massivo"}, 1)
		if err != nil || len(resources) != 1 || resources[0].ResourceID != "db" || resources[0].Cost.String() != "12" || resources[0].Environment != "prod" {
			t.Errorf("%+v, %v", resources, err)
		}
		for filter, want := range map[Filter]int{{Line: Unmapped}: 0, {Environment: "dev"}: 0, {ResourceID: "x"}: 1, {Service: "Amazon RDS"}: 1, {Currency: "BRL"}: 0, {AccountID: "111111111111", Category: "Compute"}: 3} {
			if list, err := s.Resources(t.Context(), filter, 10); err != nil || len(list) != want {
				t.Errorf("%+v: %+v, %v", filter, list, err)
			}
		}
		if _, err := s.Resources(t.Context(), Filter{}, 0); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
		days, err := s.Daily(t.Context(), Filter{From: 202610, To: 202610})
		if err != nil || len(days) != 2 || days[0].Cost.String() != "13" || days[1].Day != days[0].Day+1 {
			t.Errorf("%+v, %v", days, err)
		}
	})
}

// A month under way is held against as many days of the one before, whatever is
// asked for of it.
func TestServicesOfAMonthUnderWay(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		importFiles(t, s, "aws", bill(t, row{day: "2026-10-01", billed: "1"}, row{day: "2026-10-20", billed: "2"}, row{day: "2026-10-21", billed: "4"}, row{day: "2026-10-31", billed: "8"}, row{day: "2026-10-05", service: "Gone", billed: "5"}))
		importFiles(t, s, "aws", bill(t, row{day: "2026-09-30", billed: "16"}))
		told := func(filter Filter) string {
			t.Helper()
			services, err := s.Services(t.Context(), filter)
			if err != nil {
				t.Fatal(err)
			}
			text := ""
			for _, one := range services {
				text += fmt.Sprintf("%s %s from %s of %d days; ", one.Service, one.Cost, one.Before, one.Days)
			}
			return text
		}
		for _, c := range []struct {
			name   string
			lay    []row
			filter Filter
			want   string
		}{
			{"nothing yet of the month", nil, Filter{To: 202611}, "Amazon ECS 0 from 15 of 0 days; Gone 0 from 5 of 0 days; "},
			{"twenty days", []row{{day: "2026-11-01", billed: "3"}, {day: "2026-11-20", service: "New", billed: "1"}}, Filter{To: 202611}, "Amazon ECS 3 from 3 of 20 days; New 1 from 0 of 20 days; Gone 0 from 5 of 20 days; "},
			{"one service of it", nil, Filter{To: 202611, Service: "Amazon ECS"}, "Amazon ECS 3 from 3 of 20 days; "},
			{"as it is billed", nil, Filter{To: 202611, Cost: Billed, Service: "Amazon ECS"}, "Amazon ECS 3 from 3 of 20 days; "},
			{"a commitment for days to come", []row{{day: "2026-11-01", billed: "3"}, {day: "2026-11-30", billed: "1"}}, Filter{To: 202611, Service: "Amazon ECS"}, "Amazon ECS 4 from 1 of 1 days; "},
			{"a month that is over", nil, Filter{To: 202610, Service: "Amazon ECS"}, "Amazon ECS 15 from 16 of 0 days; "},
		} {
			if c.lay != nil {
				importFiles(t, s, "aws", bill(t, c.lay...))
			}
			if got := told(c.filter); got != c.want {
				t.Errorf("%s: %s", c.name, got)
			}
		}
	})
}

// A month is read by its own charges, not by those of all bills that are kept.
func TestAMonthIsFoundByItsIndex(t *testing.T) {
	s := open(t, databasetest.Config(t, database.SQLite)) // whose words for a plan are read
	filter, where, args, err := monthOnly(202610)
	if err != nil {
		t.Fatal(err)
	}
	plan := ""
	err = s.each(t.Context(), "EXPLAIN QUERY PLAN SELECT "+filter.sum()+ledger+where, args, func(row database.Row) error {
		var id, parent, unused int64
		var step string
		err := row.Scan(&id, &parent, &unused, &step)
		plan += step + "\n"
		return err
	})
	if err != nil || !strings.Contains(plan, "finops_charge_month (import_no=? AND month>? AND month<?)") {
		t.Errorf("%v\n%s", err, plan)
	}
}

func TestSpreadPartsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount, err := exact.Sum(rapid.Int64().Draw(t, "nano")/2, rapid.Int64Range(-999_999_999, 999_999_999).Draw(t, "atto"))
		if err != nil {
			t.Fatal(err)
		}
		sum := exact.Amount{}
		for _, part := range spread(amount, rapid.Int64Range(1, 400).Draw(t, "days")) {
			if sum, err = sum.Add(part); err != nil {
				t.Fatal(err)
			}
		}
		if sum != amount {
			t.Fatalf("parts of %s add up to %s", amount, sum)
		}
	})
}

func TestAForecastOfTheMonth(t *testing.T) {
	s := newService(t, databasetest.Open(t))
	s.clock = clock.NewManual(time.Date(2026, 10, 21, 9, 0, 0, 0, time.UTC))
	var paths []string
	for _, month := range []time.Month{8, 9, 10} {
		var rows []row
		for day := time.Date(2026, month, 1, 0, 0, 0, 0, time.UTC); day.Month() == month && day.Before(s.clock.Now()); day = day.AddDate(0, 0, 1) {
			cost := "10"
			if weekend(dayOf(day.UnixMilli())) {
				cost = "4"
			}
			if day.Month() == 9 && day.Day() == 16 {
				cost = "60"
			}
			rows = append(rows, row{day: day.Format("2006-01-02"), billed: cost})
		}
		paths = append(paths, bill(t, rows...))
	}
	importFiles(t, s, "aws", paths...)
	list, err := s.Forecast(t.Context(), Filter{})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	f := list[0]
	// October 2026 has 22 weekdays and 9 days of weekend.
	if f.Currency != "USD" || f.Month.String() != "256" || f.MonthLow.Cmp(f.Month) > 0 || f.MonthHigh.Cmp(f.Month) < 0 || f.ErrorBP != 0 {
		t.Errorf("%+v", f)
	}
	if len(f.Anomalies) != 1 || f.Anomalies[0].Value.String() != "60" || f.Anomalies[0].Expected.String() != "10" {
		t.Errorf("odd days: %+v", f.Anomalies)
	}
	if got := dayText(f.KnownTo); got != "2026-10-19" {
		t.Error("believed until", got)
	}
	if list, err := s.Forecast(t.Context(), Filter{Line: "massivo"}); err != nil || len(list) != 0 {
		t.Error("forecasts nothing from nothing:", list, err)
	}
}

func TestWhatCostsAndDoesNothing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		var rows []row
		for day := 1; day <= 28; day++ {
			at := fmt.Sprintf("2026-10-%02d", day)
			night := "1"
			if weekend(dayOf(time.Date(2026, 10, day, 0, 0, 0, 0, time.UTC).UnixMilli())) {
				night = "0.1"
			}
			rows = append(rows, row{day: at, account: "1", resource: "always-on", billed: "1", quantity: "24"}, row{day: at, account: "1", resource: "sleeps", billed: night, quantity: "24"},
				row{day: at, account: "2", resource: "prod", billed: "1", quantity: "24"}, row{day: at, account: "2", resource: "unused-address", billed: "0.12", quantity: "0"})
		}
		importFiles(t, s, "aws", bill(t, rows...))
		mapped(t, s, Account{AccountID: "1", Line: "massivo", Environment: "homolog"}, Account{AccountID: "2", Line: "massivo", Environment: "prod"})
		list, err := s.Idle(t.Context(), Filter{To: 202610})
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, one := range list {
			text += fmt.Sprintf("%s %s %s %d days %s; ", one.ResourceID, one.Environment, one.Rule, one.Days, one.Cost)
		}
		if text != "always-on homolog weekend 8 days 8; unused-address prod no_use 28 days 3.36; " {
			t.Error(text)
		}
	})
}

func TestTheMapOfAccounts(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		ctx := t.Context()
		file := []Account{{AccountID: "1", Name: "massivo-dev", Line: "massivo", Environment: "dev"}, {AccountID: "9", Name: "network", Line: Shared, Environment: Shared}}
		fill := func(want int) {
			t.Helper()
			if changed, err := s.FillAccounts(ctx, file, tester()); err != nil || changed != want {
				t.Fatalf("%d entries changed, %v; want %d", changed, err, want)
			}
		}
		fill(2)
		fill(0)
		list := func() []Account {
			t.Helper()
			list, err := s.Accounts(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		// A new name is no new time; another line holds from today.
		file[0].Name = "massivo-development"
		fill(1)
		file[0].Line = "enterprise"
		file[0].Environment = "homolog"
		fill(1)
		entries := list()
		today := dayOf(clock.MS(s.clock.Now()))
		if len(entries) != 3 || entries[0].Line != "enterprise" || entries[0].FromDay != today || entries[1].ToDay != today || entries[1].Name != "massivo-development" {
			t.Fatalf("%+v", entries)
		}
		fill(0)
		// What an operator types stands.
		typed := entries[0]
		typed.Environment = "prod"
		saved, err := s.SaveAccount(ctx, typed, tester())
		if err != nil || saved.Origin != "typed" || saved.Version != typed.Version+1 {
			t.Fatal(saved, err)
		}
		fill(0)
		if _, err := s.SaveAccount(ctx, typed, tester()); !fault.Is(err, fault.Conflict) {
			t.Error("an old version was saved:", err)
		}
		for name, bad := range map[string]Account{
			"the same days":        {AccountID: "1", Line: "massivo", Environment: "dev", FromDay: today + 5},
			"no account":           {Line: "massivo", Environment: "dev"},
			"no line":              {AccountID: "5", Environment: "dev"},
			"half shared":          {AccountID: "5", Line: Shared, Environment: "dev"},
			"ends before it began": {AccountID: "5", Line: "massivo", Environment: "dev", FromDay: 10, ToDay: 10},
			"a text with a NUL":    {AccountID: "5\x00", Line: "massivo", Environment: "dev"},
		} {
			if _, err := s.SaveAccount(ctx, bad, tester()); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := s.RemoveAccount(ctx, saved.ID, 1, tester()); !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
		if err := s.RemoveAccount(ctx, saved.ID, saved.Version, tester()); err != nil {
			t.Error(err)
		}
		if err := s.RemoveAccount(ctx, saved.ID, saved.Version, tester()); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		if _, err := s.SaveAccount(ctx, Account{ID: saved.ID, AccountID: "7", Line: "massivo", Environment: "dev"}, tester()); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		if len(list()) != 2 {
			t.Errorf("%+v", list())
		}
	})
}

func TestQualityOfAMonth(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		ctx := t.Context()
		tags := `{"product_line":"massivo","user:environment":"prod"}`
		importFiles(t, s, "aws", bill(t,
			row{account: "1", billed: "6", tags: tags, invoice: "inv-1", resource: "a"}, row{account: "1", billed: "2", tags: `{"environment":"dev","company":"ten_x"}`, invoice: "inv-1", resource: "b"},
			row{account: "2", billed: "2", invoice: "inv-2"}, row{account: "1", billed: "0.1", class: "Correction", category: "Usage", day: "2026-10-01"}))
		importFiles(t, s, "gcp", bill(t, row{day: "2026-09-02", account: "1"}))
		mapped(t, s, Account{AccountID: "1", Line: "massivo", Environment: "prod"})
		amount := func(text string) *exact.Amount {
			a, err := exact.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			return &a
		}
		for _, invoice := range []Invoice{{InvoiceID: "inv-1", Amount: amount("8.05")}, {InvoiceID: "inv-9", Amount: amount("1")}, {Amount: amount("10.1")}} {
			invoice.Source, invoice.Period, invoice.Currency = "aws", 202610, "USD"
			if err := s.SaveInvoice(ctx, invoice, tester()); err != nil {
				t.Fatal(err)
			}
		}
		q, err := s.Quality(ctx, 202610)
		if err != nil {
			t.Fatal(err)
		}
		if len(q.Imports) != 1 || q.Imports[0].Late || strings.Join(q.Missing, " ") != "gcp" {
			t.Errorf("imports %+v, missing %v", q.Imports, q.Missing)
		}
		c := q.Shares[0]
		if len(q.Shares) != 1 || c.Total.String() != "10.1" || c.Mapped.String() != "8.1" || c.Tagged.String() != "6" || c.Company.String() != "2" || c.Corrections.String() != "0.1" || *c.MappedBP != 8019 {
			t.Errorf("%+v", q.Shares)
		}
		if len(q.Clashes) != 1 || q.Clashes[0].TagEnvironment != "dev" || q.Clashes[0].Example != "b" || q.Clashes[0].Cost.String() != "2" {
			t.Errorf("%+v", q.Clashes)
		}
		if len(q.Strays) != 1 || q.Strays[0].AccountID != "2" {
			t.Errorf("%+v", q.Strays)
		}
		text := ""
		show := func(a *exact.Amount) string {
			if a == nil {
				return "-"
			}
			return a.String()
		}
		for _, one := range q.Invoices {
			text += fmt.Sprintf("%s: %s, billed %s, off by %s; ", one.InvoiceID, show(one.Amount), show(one.Billed), show(one.Difference))
		}
		if text != ": 10.1, billed 10.1, off by 0; inv-1: 8.05, billed 8, off by 0.05; inv-2: -, billed 2, off by -; inv-9: 1, billed -, off by -; " {
			t.Error(text)
		}
		if err := s.SaveInvoice(ctx, Invoice{Source: "aws", Period: 202610, Currency: "USD", InvoiceID: "inv-9"}, tester()); err != nil {
			t.Fatal(err)
		}
		if q, err = s.Quality(ctx, 202610); err != nil || len(q.Invoices) != 3 {
			t.Errorf("%+v, %v", q.Invoices, err)
		}
		for _, bad := range []Invoice{{Period: 202610, Currency: "USD"}, {Source: "aws", Currency: "USD"}, {Source: "aws", Period: 202610, Currency: "usd"}, {Source: "aws", Period: 202610, Currency: "USD", InvoiceID: "\x00"}} {
			if err := s.SaveInvoice(ctx, bad, tester()); !fault.Is(err, fault.Invalid) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		imports, err := s.Imports(ctx, 0, 1)
		if err != nil || len(imports) != 1 || imports[0].Source != "gcp" {
			t.Fatal(imports, err)
		}
		if imports, err = s.Imports(ctx, imports[0].No, 10); err != nil || len(imports) != 1 || imports[0].Source != "aws" {
			t.Error(imports, err)
		}
	})
}
