package finops

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

var testNow = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func newService(t testing.TB, db *database.DB) *Service {
	t.Helper()
	cfg := Config{Every: time.Hour, MaxRows: 2_000_000, MaxBytes: 4 << 30, LineTag: "product_line", EnvironmentTag: "environment", CompanyTag: "company"}
	return New(cfg, db, clock.NewManual(testNow), slog.New(slog.DiscardHandler))
}

func importFiles(t testing.TB, s *Service, source string, paths ...string) []Import {
	t.Helper()
	done, err := s.Import(t.Context(), Wish{Source: source, Paths: paths, Actor: tester()})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func tester() audit.Entry {
	e := audit.Entry{}
	e.Actor.Kind, e.Actor.ID = "operator", "usr_tester"
	return e
}

// row is a row of a bill for tests; its zero value is a good one.
type row struct {
	from, to string // days of the billing period; empty: the month of the day

	day, account, service, resource, category, class, billed, effective, currency, tags, invoice, period, quantity, payer string
}

func (r row) cells() []string {
	or := func(text, usual string) string {
		if text == "" {
			return usual
		}
		return text
	}
	day := or(r.day, "2026-10-05")
	at, err := time.Parse("2006-01-02", day)
	if err != nil {
		panic(err)
	}
	month := at.AddDate(0, 0, 1-at.Day())
	if r.period != "" {
		if month, err = time.Parse("2006-01-02", r.period+"-01"); err != nil {
			panic(err)
		}
	}
	end := month.AddDate(0, 1, 0)
	if r.from != "" {
		month, err = time.Parse("2006-01-02", r.from)
		var bad error
		if end, bad = time.Parse("2006-01-02", r.to); err != nil || bad != nil {
			panic("no day")
		}
	}
	stamp := func(at time.Time) string { return at.Format(time.RFC3339) }
	billed := or(r.billed, "1")
	return []string{"AWS", or(r.payer, "payer"), or(r.account, "111111111111"), r.invoice, or(r.currency, "USD"), stamp(month), stamp(end), stamp(at), stamp(at.AddDate(0, 0, 1)),
		or(r.category, "Usage"), r.class, "something", billed, or(r.effective, billed), billed, billed, "Compute", or(r.service, "Amazon ECS"), r.resource, r.tags, r.quantity, "Hours"}
}

const testHeader = "ProviderName,BillingAccountId,SubAccountId,InvoiceId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd," +
	"ChargeCategory,ChargeClass,ChargeDescription,BilledCost,EffectiveCost,ListCost,ContractedCost,ServiceCategory,ServiceName,ResourceId,Tags,ConsumedQuantity,ConsumedUnit"

func bill(t testing.TB, rows ...row) string {
	t.Helper()
	var text bytes.Buffer
	writer := csv.NewWriter(&text)
	all := [][]string{strings.Split(testHeader, ",")}
	for _, r := range rows {
		all = append(all, r.cells())
	}
	if err := writer.WriteAll(all); err != nil {
		t.Fatal(err)
	}
	return put(t, "bill.csv", text.Bytes())
}

func put(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// sample is the public sample of FOCUS 1.0: a thousand real rows, anonymised.
func sample(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("PROSA_SPECS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "specs")
	}
	path := filepath.Join(dir, "focus-1.0-sample.csv")
	if _, err := os.Stat(path); err != nil {
		t.Skip("the sample of FOCUS 1.0 is not here: 1 file is not read (PROSA_SPECS names its folder)")
	}
	return path
}

// rawSums adds a CSV by itself: with fractions, and with none of our readers.
func rawSums(t testing.TB, path string) map[string][2]*big.Rat {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) int { return slices.Index(all[0], name) }
	sums := map[string][2]*big.Rat{}
	for _, cells := range all[1:] {
		month := strings.ReplaceAll(cells[at("BillingPeriodStart")][:7], "-", "")
		key := month + " " + cells[at("BillingCurrency")]
		if _, known := sums[key]; !known {
			sums[key] = [2]*big.Rat{new(big.Rat), new(big.Rat)}
		}
		for i, column := range []string{"BilledCost", "EffectiveCost"} {
			r, ok := new(big.Rat).SetString(cells[at(column)])
			if !ok {
				t.Fatal(cells[at(column)])
			}
			sums[key][i].Add(sums[key][i], r)
		}
	}
	return sums
}

func agree(t testing.TB, done []Import, want map[string][2]*big.Rat) {
	t.Helper()
	seen := 0
	for _, one := range done {
		for _, sums := range one.Totals {
			key := fmt.Sprintf("%d %s", one.Period, sums.Currency)
			raw, known := want[key]
			if !known || sums.Billed.Rat().Cmp(raw[0]) != 0 || sums.Effective.Rat().Cmp(raw[1]) != 0 {
				t.Errorf("%s: the ledger says %s and %s, the file %s and %s", key, sums.Billed, sums.Effective, raw[0].FloatString(18), raw[1].FloatString(18))
			}
			seen++
			t.Logf("%s: billed %s, effective %s: as in the file", key, sums.Billed, sums.Effective)
		}
	}
	if seen != len(want) {
		t.Errorf("%d sums of %d were told", seen, len(want))
	}
}

func TestShowTheSampleAddsUp(t *testing.T) {
	path := sample(t)
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		done := importFiles(t, s, "sample", path)
		agree(t, done, rawSums(t, path))
		if done[0].Rows+done[1].Rows != 1000 || done[0].Version != "1.0" {
			t.Errorf("%d and %d rows of version %s", done[0].Rows, done[1].Rows, done[0].Version)
		}
	})
}

func totalOf(t testing.TB, s *Service) map[string]string {
	t.Helper()
	sums := map[string]string{}
	err := s.db.Read(t.Context(), everybody(), func(ctx context.Context, tx *database.Tx) error {
		list, err := selectImports(ctx, tx, "state = 'current' ORDER BY source, period")
		for _, one := range list {
			counted, err := sumsOf(ctx, tx, one.No)
			if err != nil {
				return err
			}
			for _, total := range counted {
				key := fmt.Sprintf("%s %d %s", one.Source, one.Period, total.Currency)
				before, err := exact.Parse(cmp.Or(sums[key], "0"))
				if err == nil {
					before, err = before.Add(total.Billed)
				}
				if err != nil {
					return err
				}
				sums[key] = before.String()
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

func same(t testing.TB, got, want map[string]string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("the ledger holds %v, want %v", got, want)
	}
}

func TestABillTakesThePlaceOfTheOneBefore(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		first := bill(t, row{billed: "1.5"}, row{billed: "2.25", day: "2026-10-06"})
		importFiles(t, s, "aws", first)
		importFiles(t, s, "aws", bill(t, row{billed: "7", day: "2026-09-02"}))
		importFiles(t, s, "other", bill(t, row{billed: "100"}))
		same(t, totalOf(t, s), map[string]string{"aws 202610 USD": "3.75", "aws 202609 USD": "7", "other 202610 USD": "100"})

		second := bill(t, row{billed: "4"})
		done := importFiles(t, s, "aws", second)
		same(t, totalOf(t, s), map[string]string{"aws 202610 USD": "4", "aws 202609 USD": "7", "other 202610 USD": "100"})
		if done[0].Replaces == 0 || done[0].Known {
			t.Errorf("told %+v", done[0])
		}
		// The same files again are no work, even when they were replaced since.
		for _, path := range []string{second, first} {
			if again := importFiles(t, s, "aws", path); len(again) != 1 || !again[0].Known {
				t.Errorf("told %+v", again)
			}
		}
		same(t, totalOf(t, s), map[string]string{"aws 202610 USD": "4", "aws 202609 USD": "7", "other 202610 USD": "100"})
		back, err := s.Import(t.Context(), Wish{Source: "aws", Paths: []string{first}, Again: true, Actor: tester()})
		if err != nil || back[0].Known {
			t.Fatal(back, err)
		}
		same(t, totalOf(t, s), map[string]string{"aws 202610 USD": "3.75", "aws 202609 USD": "7", "other 202610 USD": "100"})
		left := 0
		err = s.db.Read(t.Context(), everybody(), func(ctx context.Context, tx *database.Tx) error {
			return tx.QueryRow(ctx, "SELECT COUNT(*) FROM finops_charge WHERE import_no NOT IN (SELECT no FROM finops_import WHERE state = 'current')").Scan(&left)
		})
		if err != nil || left != 0 {
			t.Errorf("%d charges of replaced bills are left, %v", left, err)
		}
	})
}

// Two bills of one period in one source: of other billing accounts they stand side
// by side, of the same one the later counts, and it is told which does not.
func TestBillsOfOnePeriodSideBySide(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s, dir := newService(t, db), t.TempDir()
		s.cfg.Sources = secret.New("aws=" + dir)
		minute := 0
		for _, c := range []struct {
			name, file string
			rows       []row
			total      string
			displaced  string
		}{
			{"one bill", "a.csv", []row{{billed: "1", payer: "x"}}, "1", ""},
			{"another billing account's", "b.csv", []row{{billed: "2", payer: "y"}}, "3", ""},
			{"a newer edition of the first", "a.csv", []row{{billed: "4", payer: "x"}}, "6", ""},
			{"a second of the same account", "c.csv", []row{{billed: "8", payer: "x"}}, "10", "a.csv by c.csv [] 4; "},
			{"a newer edition of that", "c.csv", []row{{billed: "16", payer: "x"}}, "18", "a.csv by c.csv [] 4; "},
			{"the first again, newer", "a.csv", []row{{billed: "32", payer: "x"}, {billed: "1", payer: "z"}}, "35", "c.csv by a.csv [] 16; "},
			{"one for two of three", "d.csv", []row{{billed: "64", payer: "x"}, {billed: "1", payer: "y"}}, "65", "b.csv by d.csv [] 2; c.csv by d.csv [] 16; a.csv by d.csv [z] 33; "},
			{"an edition that names its account otherwise", "d.csv", []row{{billed: "128", payer: "w"}}, "128", "b.csv by  [y] 2; c.csv by  [x] 16; a.csv by  [x z] 33; "},
		} {
			content, err := os.ReadFile(bill(t, c.rows...))
			if err != nil {
				t.Fatal(err)
			}
			minute++
			path, at := filepath.Join(dir, c.file), testNow.Add(time.Duration(minute)*time.Minute)
			if err := errors.Join(os.WriteFile(path, content, 0o600), os.Chtimes(path, at, at), s.Sweep(t.Context(), "aws")); err != nil {
				t.Fatal(err)
			}
			same(t, totalOf(t, s), map[string]string{"aws 202610 USD": c.total})
			q, err := s.Quality(t.Context(), 202610)
			if err != nil {
				t.Fatal(err)
			}
			text := ""
			for _, one := range q.Displaced {
				text += fmt.Sprintf("%s by %s %v %s; ", one.Set, one.By, one.Gone, one.Totals[0].Billed)
			}
			if text != c.displaced {
				t.Errorf("%s: displaced %s", c.name, text)
			}
		}
	})
}

// Files that somebody names by hand are told apart by their accounts alone.
func TestABillByHandLeavesOtherAccountsAlone(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		importFiles(t, s, "aws", bill(t, row{billed: "1", payer: "x"}))
		importFiles(t, s, "aws", bill(t, row{billed: "2", payer: "y"}))
		same(t, totalOf(t, s), map[string]string{"aws 202610 USD": "3"})
		done := importFiles(t, s, "aws", bill(t, row{billed: "4", payer: "x"}))
		same(t, totalOf(t, s), map[string]string{"aws 202610 USD": "6"})
		if done[0].Set != "bill.csv" || strings.Join(done[0].Payers, " ") != "x" || done[0].Replaces != 1 {
			t.Errorf("told %+v", done[0])
		}
		// Two of both accounts at once leave one of them.
		together(t, 4, func(i int) error {
			_, err := newService(t, db).Import(t.Context(), Wish{Source: "aws", Paths: []string{bill(t, row{billed: "8", payer: "x"}, row{billed: fmt.Sprint(i), payer: fmt.Sprint("z", i)})}, Actor: tester()})
			return err
		})
		var current int
		if err := s.db.Read(t.Context(), everybody(), func(ctx context.Context, tx *database.Tx) error {
			return tx.QueryRow(ctx, "SELECT COUNT(*) FROM finops_import WHERE state = 'current'").Scan(&current)
		}); err != nil || current != 2 {
			t.Errorf("%d bills are current, %v", current, err)
		}
	})
}

func TestARefusedFileLeavesTheNumbers(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		importFiles(t, s, "aws", bill(t, row{billed: "1.5"}))
		rows := make([]row, 0, mostFacts+10)
		for i := range mostFacts + 5 {
			rows = append(rows, row{resource: fmt.Sprint("i-", i)})
		}
		_, err := s.Import(t.Context(), Wish{Source: "aws", Paths: []string{bill(t, append(rows, row{billed: "1,5"})...)}, Actor: tester()})
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), fmt.Sprintf("row %d, column BilledCost", len(rows)+1)) {
			t.Fatal(err)
		}
		same(t, totalOf(t, s), map[string]string{"aws 202610 USD": "1.5"})
		var imports, charges int
		err = s.db.Read(t.Context(), everybody(), func(ctx context.Context, tx *database.Tx) error {
			if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM finops_import").Scan(&imports); err != nil {
				return err
			}
			return tx.QueryRow(ctx, "SELECT COUNT(*) FROM finops_charge").Scan(&charges)
		})
		if err != nil || imports != 1 || charges != 1 {
			t.Errorf("%d imports and %d charges are left, %v", imports, charges, err)
		}
	})
}

func TestSeveralFilesMakeOneBill(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		one, two := bill(t, row{billed: "1", resource: "a"}), bill(t, row{billed: "2", resource: "a"}, row{billed: "4", currency: "BRL"})
		done := importFiles(t, s, "aws", one, two)
		if len(done) != 1 || done[0].Rows != 3 || len(done[0].Files) != 2 {
			t.Fatalf("%+v", done)
		}
		same(t, totalOf(t, s), map[string]string{"aws 202610 USD": "3", "aws 202610 BRL": "4"})
		if again := importFiles(t, s, "aws", two, one); !again[0].Known {
			t.Error("the order of the files makes another bill")
		}
		if _, err := s.Import(t.Context(), Wish{Source: "aws", Paths: []string{one, one}, Actor: tester()}); !fault.Is(err, fault.Invalid) {
			t.Error("a file was counted twice:", err)
		}
		first, second := bill(t, row{invoice: "i", resource: "b"}), bill(t, row{invoice: "i", currency: "BRL"})
		if _, err := s.Import(t.Context(), Wish{Source: "aws", Paths: []string{first, second}, Actor: tester()}); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "invoice 'i' is in USD and in BRL") {
			t.Error("an invoice of two files has two currencies:", err)
		}
		same(t, totalOf(t, s), map[string]string{"aws 202610 USD": "3", "aws 202610 BRL": "4"})
	})
}

func TestPartsOfABigBillAddUp(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		want := exact.Amount{}
		rows := make([]row, 0, 2*mostFacts)
		// The same items come again after they were written.
		for i := range 2*mostFacts + 100 {
			cost := fmt.Sprintf("0.%010d", i+1)
			amount, err := exact.Parse(cost)
			if err != nil {
				t.Fatal(err)
			}
			if want, err = want.Add(amount); err != nil {
				t.Fatal(err)
			}
			rows = append(rows, row{billed: cost, resource: fmt.Sprint("i-", i%(mostFacts+17))})
		}
		path := bill(t, rows...)
		var packed bytes.Buffer
		writer := gzip.NewWriter(&packed)
		plain, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := writer.Write(plain); err != nil {
			t.Fatal(err)
		}
		if err := writer.Close(); err != nil {
			t.Fatal(err)
		}
		importFiles(t, s, "aws", put(t, "bill.csv.gz", packed.Bytes()))
		same(t, totalOf(t, s), map[string]string{"aws 202610 USD": want.String()})
	})
}

func TestADeadImportIsForgotten(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		importFiles(t, s, "aws", bill(t, row{billed: "1"}))
		ctx := t.Context()
		r := &reading{service: s, source: "aws", startedMS: testNow.UnixMilli() - abandonedMS - 1, stages: map[term]*stage{}}
		file, _, err := weigh(ctx, []string{bill(t, row{billed: "9"})})
		if err != nil {
			t.Fatal(err)
		}
		r.files = file
		if err := r.readAll(ctx); err != nil { // and dies before the flip
			t.Fatal(err)
		}
		same(t, totalOf(t, s), map[string]string{"aws 202610 USD": "1"})
		if err := s.forget(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := r.flip(ctx, tester()); err == nil {
			t.Error("a forgotten import came back")
		}
		same(t, totalOf(t, s), map[string]string{"aws 202610 USD": "1"})
	})
}

func TestWhatCannotBeImported(t *testing.T) {
	s := newService(t, databasetest.Open(t))
	good := bill(t, row{})
	for name, wish := range map[string]Wish{
		"no source": {Paths: []string{good}}, "a source of capitals": {Source: "AWS", Paths: []string{good}}, "no file": {Source: "aws"},
		"a file that is not there": {Source: "aws", Paths: []string{good + ".gone"}}, "a folder": {Source: "aws", Paths: []string{filepath.Dir(good)}},
	} {
		if done, err := s.Import(t.Context(), wish); err == nil {
			t.Errorf("%s: %+v", name, done)
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Import(cancelled, Wish{Source: "aws", Paths: []string{good}}); err == nil {
		t.Error("went on after its end")
	}
}
