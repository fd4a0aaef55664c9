package finops

import (
	"context"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// billedIn is what the pages add up for a month, over all sources.
func billedIn(t *testing.T, s *Service, period int64) string {
	t.Helper()
	cells, err := s.Matrix(t.Context(), Filter{Cost: Billed, From: period, To: period})
	if err != nil {
		t.Fatal(err)
	}
	var sum exact.Amount
	for _, cell := range cells {
		if sum, err = sum.Add(cell.Total); err != nil {
			t.Fatal(err)
		}
	}
	return sum.String() + " USD"
}

// counted is a number that the database gives.
func counted(t *testing.T, db *database.DB, query string, args ...any) (n int64) {
	t.Helper()
	err := db.Read(t.Context(), everybody(), func(ctx context.Context, tx *database.Tx) error { return tx.QueryRow(ctx, query, args...).Scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func refusedAs(t *testing.T, err error, code fault.Code, says string) {
	t.Helper()
	if fault.CodeOf(err) != code || fault.MessageOf(err) != says {
		t.Errorf("%v: %q, want %v: %q", fault.CodeOf(err), fault.MessageOf(err), code, says)
	}
}

// A bill under a second name would count twice.
func TestABillCountsInOneSource(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		first, second := bill(t, row{billed: "5"}), bill(t, row{billed: "7", payer: "other"})
		importFiles(t, s, "aws", first)
		const says = "bill.csv counts in the source aws already, in its bill of 2026-10: it is not read as asw beside it (prosa finops withdraw --source aws --period 2026-10 takes that out)"
		for _, wish := range []Wish{{Source: "asw", Paths: []string{first}}, {Source: "asw", Paths: []string{first}, Again: true}, {Source: "asw", Paths: []string{second, first}}} {
			_, err := s.Import(t.Context(), wish)
			refusedAs(t, err, fault.Conflict, says)
		}
		if sum := billedIn(t, s, 202610); sum != "5 USD" {
			t.Errorf("billed %s", sum)
		}
		// What came between the look and the end of a reading is seen at the end.
		late := bill(t, row{billed: "9", payer: "third"})
		files, hash, err := weigh(t.Context(), []string{late})
		if err != nil {
			t.Fatal(err)
		}
		r := &reading{service: s, source: "asw", set: "late.csv", files: files, setHash: hash, stages: map[term]*stage{}}
		if err := r.readAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		importFiles(t, s, "aws", late)
		if _, err := r.flip(t.Context(), tester()); fault.CodeOf(err) != fault.Conflict {
			t.Error(err)
		}
		if err := r.abandon(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestABillIsWithdrawn(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		path := bill(t, row{billed: "5"})
		wrong := importFiles(t, s, "asw", path)[0]
		importFiles(t, s, "aws", bill(t, row{billed: "7", payer: "other"}))
		by := tester()
		_, err := s.Withdraw(t.Context(), Withdrawal{Source: "asw", Period: 202609}, by)
		refusedAs(t, err, fault.NotFound, "no bill of asw in 2026-09 counts")
		_, err = s.Withdraw(t.Context(), Withdrawal{Source: "asw", Period: 202610, Set: "other.csv"}, by)
		refusedAs(t, err, fault.NotFound, "asw has no such bill of 2026-10: there is number 1 (bill.csv)")
		if _, err := s.Withdraw(t.Context(), Withdrawal{Source: "ASW", Period: 202610}, by); fault.CodeOf(err) != fault.Invalid {
			t.Error(err)
		}
		gone, err := s.Withdraw(t.Context(), Withdrawal{Source: "asw", Period: 202610}, by)
		if err != nil || gone.No != wrong.No || gone.State != "withdrawn" {
			t.Fatalf("%+v, %v", gone, err)
		}
		if sum := billedIn(t, s, 202610); sum != "7 USD" {
			t.Errorf("billed %s", sum)
		}
		// It is no bill that gave way to another, and its rows are gone.
		quality, err := s.Quality(t.Context(), 202610)
		if err != nil || len(quality.Displaced) != 0 || len(quality.Imports) != 1 {
			t.Errorf("%+v, %v", quality, err)
		}
		if rows := counted(t, db, "SELECT COUNT(*) FROM finops_charge WHERE import_no = $1", wrong.No); rows != 0 {
			t.Errorf("%d rows of it are left", rows)
		}
		if lines := counted(t, db, "SELECT COUNT(*) FROM audit_entry WHERE action = $1", "finops.withdrawn"); lines != 1 {
			t.Errorf("%d lines in the log", lines)
		}
		history, err := s.Imports(t.Context(), 0, 10)
		if err != nil || len(history) != 2 || history[1].State != "withdrawn" || history[1].Totals[0].Billed.String() != "5" {
			t.Errorf("%+v, %v", history, err)
		}
		// The same files are no work by themselves, and count again when asked for;
		// or under the right name.
		if known := importFiles(t, s, "asw", path); !known[0].Known || known[0].State != "withdrawn" {
			t.Errorf("%+v", known)
		}
		importFiles(t, s, "aws", path)
		if sum := billedIn(t, s, 202610); sum != "12 USD" {
			t.Errorf("billed %s", sum)
		}
		_, err = s.Withdraw(t.Context(), Withdrawal{Source: "aws", Period: 202610}, by)
		refusedAs(t, err, fault.Conflict, "aws has 2 bills of 2026-10: name one of number 2 (bill.csv), number 3 (bill.csv)")
		if gone, err := s.Withdraw(t.Context(), Withdrawal{Source: "aws", Period: 202610, Set: "bill.csv", No: 2}, by); err != nil || gone.No != 2 || billedIn(t, s, 202610) != "5 USD" {
			t.Errorf("%+v, %v", gone, err)
		}
		if _, err := s.Import(t.Context(), Wish{Source: "asw", Paths: []string{path}, Again: true, Actor: by}); fault.CodeOf(err) != fault.Conflict {
			t.Error(err)
		}
	})
}
