package finops

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// Bills of one account for other days of a month are no editions of each other.
func TestBillsOfWeeksStandSideBySide(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		week := func(from, to, day, billed string) []Import {
			return importFiles(t, s, "saas", bill(t, row{from: from, to: to, day: day, billed: billed}))
		}
		week("2026-10-01", "2026-10-08", "2026-10-02", "11")
		if done := week("2026-10-08", "2026-10-15", "2026-10-09", "13"); done[0].Replaces != 0 || done[0].Period != 202610 {
			t.Errorf("told %+v", done[0])
		}
		same(t, totalOf(t, s), map[string]string{"saas 202610 USD": "24"})
		if done := week("2026-10-08", "2026-10-15", "2026-10-09", "17"); done[0].Replaces != 2 {
			t.Errorf("told %+v", done[0])
		}
		same(t, totalOf(t, s), map[string]string{"saas 202610 USD": "28"})
		if sum := billedIn(t, s, 202610); sum != "28 USD" {
			t.Errorf("billed %s", sum)
		}
		q, err := s.Quality(t.Context(), 202610)
		if err != nil || len(q.Imports) != 2 || len(q.Displaced) != 0 {
			t.Errorf("%d bills count, %+v gave way, %v", len(q.Imports), q.Displaced, err)
		}
		// Weeks that lie in one file are bills of their own, and stay so.
		both := []row{{from: "2026-10-15", to: "2026-10-22", day: "2026-10-15", billed: "1"}, {from: "2026-10-22", to: "2026-10-29", day: "2026-10-22", billed: "2"}}
		if done := importFiles(t, s, "saas", bill(t, both...)); len(done) != 2 {
			t.Errorf("told %+v", done)
		}
		both[1].billed = "4"
		importFiles(t, s, "saas", bill(t, both...))
		same(t, totalOf(t, s), map[string]string{"saas 202610 USD": "33"})
		if known := importFiles(t, s, "saas", bill(t, both...)); len(known) != 2 || !known[0].Known {
			t.Errorf("told %+v", known)
		}
	})
}

// A bill grows with its month; but which of two that share some days is meant,
// nobody can tell, and both together count those days twice.
func TestPeriodsOfOneAccountThatOverlap(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		wish := func(from, to, billed, payer string) error {
			_, err := s.Import(t.Context(), Wish{Source: "saas", Paths: []string{bill(t, row{from: from, to: to, day: from, billed: billed, payer: payer})}, Actor: tester()})
			return err
		}
		for _, to := range []string{"2026-10-08", "2026-10-20", "2026-11-01"} {
			if err := wish("2026-10-01", to, "1"+to[8:], "x"); err != nil {
				t.Fatal(err)
			}
		}
		same(t, totalOf(t, s), map[string]string{"saas 202610 USD": "101"})
		refusedAs(t, wish("2026-10-08", "2026-10-15", "7", "x"), fault.Conflict,
			"bill.csv bills 2026-10-08 to 2026-10-14 of x, of which bill.csv counts 2026-10-01 to 2026-10-31 already: both can't count (prosa finops withdraw --source saas --period 2026-10 --number 3 takes that out)")
		if err := wish("2026-10-01", "2026-10-08", "7", "x"); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("a week took the place of its month: %v", err)
		}
		if err := wish("2026-10-15", "2026-11-15", "200", "y"); err != nil {
			t.Error("another account has its own time:", err)
		}
		same(t, totalOf(t, s), map[string]string{"saas 202610 USD": "301"})
		left := counted(t, db, "SELECT COUNT(*) FROM finops_import WHERE state = 'staging'")
		if _, err := s.Withdraw(t.Context(), Withdrawal{Source: "saas", Period: 202610, No: 3}, tester()); err != nil || left != 0 {
			t.Error(left, err)
		}
		if err := wish("2026-10-08", "2026-10-15", "7", "x"); err != nil {
			t.Error(err)
		}
		same(t, totalOf(t, s), map[string]string{"saas 202610 USD": "207"})
	})
}

// A file of a source that can't count beside another keeps no other back, and is
// taken once that is gone, though it has not changed.
func TestAFileThatClashesIsTriedAgain(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s, dir := newService(t, db), t.TempDir()
		s.cfg.Sources = secret.New("saas=" + dir)
		for i, one := range []row{
			{from: "2026-10-01", to: "2026-11-01", day: "2026-10-02", billed: "100"}, {from: "2026-10-08", to: "2026-10-15", day: "2026-10-09", billed: "7"}, {from: "2026-11-01", to: "2026-11-08", day: "2026-11-02", billed: "3"},
		} {
			content, err := os.ReadFile(bill(t, one))
			path, at := filepath.Join(dir, fmt.Sprintf("%c.csv", 'a'+i)), testNow.Add(time.Duration(i)*time.Minute)
			if err := errors.Join(err, os.WriteFile(path, content, 0o600), os.Chtimes(path, at, at)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Sweep(t.Context(), "saas"); !fault.Is(err, fault.Conflict) {
			t.Fatal(err)
		}
		same(t, totalOf(t, s), map[string]string{"saas 202610 USD": "100", "saas 202611 USD": "3"})
		sources, err := s.Sources(t.Context())
		if err != nil || sources[0].Sets[1].Outcome != "refused" || !strings.Contains(sources[0].Sets[1].Problem, "both can't count") {
			t.Errorf("%+v, %v", sources, err)
		}
		if _, err := s.Withdraw(t.Context(), Withdrawal{Source: "saas", Period: 202610}, tester()); err != nil {
			t.Fatal(err)
		}
		if err := s.Sweep(t.Context(), "saas"); err != nil {
			t.Error(err)
		}
		same(t, totalOf(t, s), map[string]string{"saas 202610 USD": "7", "saas 202611 USD": "3"})
	})
}

// The edition of a file stands for the time of the one before, whatever it says now.
func TestAFileThatIsWrittenAnewWithOtherDays(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s, dir := newService(t, db), t.TempDir()
		s.cfg.Sources = secret.New("saas=" + dir)
		for i, one := range []struct {
			row
			want map[string]string
		}{
			{row{from: "2026-10-02", to: "2026-11-01", billed: "1"}, map[string]string{"saas 202610 USD": "1"}},
			{row{from: "2026-10-01", to: "2026-10-20", billed: "2"}, map[string]string{"saas 202610 USD": "2"}},
			{row{from: "2026-10-20", to: "2026-11-20", billed: "4"}, map[string]string{"saas 202610 USD": "6"}},
		} {
			content, err := os.ReadFile(bill(t, one.row))
			path, at := filepath.Join(dir, "bill.csv"), testNow.Add(time.Duration(i)*time.Minute)
			if err := errors.Join(err, os.WriteFile(path, content, 0o600), os.Chtimes(path, at, at), s.Sweep(t.Context(), "saas")); err != nil {
				t.Fatal(err)
			}
			same(t, totalOf(t, s), one.want)
		}
	})
}

// The same bill packed otherwise is not known again: that it may count twice is told.
func TestABillOfAnotherSourceThatMayBeTheSame(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		plain := bill(t, row{billed: "5", payer: "x"}, row{billed: "6", payer: "y"})
		content, err := os.ReadFile(plain)
		if err != nil {
			t.Fatal(err)
		}
		var packed bytes.Buffer
		writer := gzip.NewWriter(&packed)
		if _, err := writer.Write(content); err != nil {
			t.Fatal(err)
		}
		if err := writer.Close(); err != nil {
			t.Fatal(err)
		}
		if done := importFiles(t, s, "a", plain); len(done[0].Twins) != 0 {
			t.Errorf("told %+v", done)
		}
		importFiles(t, s, "c", bill(t, row{billed: "5", payer: "x", day: "2026-09-30"}))
		importFiles(t, s, "d", bill(t, row{billed: "5", payer: "z"}))
		done := importFiles(t, s, "b", put(t, "oct2.csv.gz", packed.Bytes()))
		if got := fmt.Sprint(done[0].Twins); got != "[{1 a bill.csv [x y]}]" {
			t.Errorf("told %s", got)
		}
		q, err := s.Quality(t.Context(), 202610)
		if err != nil || len(q.Imports) != 3 || fmt.Sprint(q.Imports[0].Twins, q.Imports[1].Twins, q.Imports[2].Twins) != "[{4 b oct2.csv.gz [x y]}] [{1 a bill.csv [x y]}] []" {
			t.Errorf("%+v, %v", q.Imports, err)
		}
		if _, err := s.Withdraw(t.Context(), Withdrawal{Source: "a", Period: 202610}, tester()); err != nil {
			t.Fatal(err)
		}
		list, err := s.Imports(t.Context(), 0, 10)
		for _, one := range list {
			if len(one.Twins) != 0 {
				t.Errorf("%+v", one)
			}
		}
		if err != nil || len(list) != 4 {
			t.Error(len(list), err)
		}
	})
}

// The past that comes with a new source came as early as it could.
func TestOnlyABillThatWasWaitedForIsLate(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		for _, day := range []string{"2020-04-02", "2020-05-02"} {
			if done := importFiles(t, s, "aws", bill(t, row{day: day})); done[0].Late {
				t.Errorf("late: %+v", done)
			}
		}
		err := db.Write(t.Context(), everybody(), func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE finops_import SET finished_ms = $1 WHERE period = 202004", time.Date(2020, 6, 1, 0, 0, 0, 0, time.UTC).UnixMilli())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if done := importFiles(t, s, "aws", bill(t, row{day: "2020-05-02", billed: "2"})); !done[0].Late {
			t.Errorf("not late: %+v", done)
		}
		if done := importFiles(t, s, "new", bill(t, row{day: "2020-05-02", payer: "other"})); done[0].Late {
			t.Errorf("late: %+v", done)
		}
		if done := importFiles(t, s, "aws", bill(t, row{day: "2020-03-02"})); done[0].Late {
			t.Errorf("nobody looked when it was due: %+v", done)
		}
	})
}
