package finops

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/finops/meter"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// together runs fn in so many processes at once.
func together(t *testing.T, n int, fn func(i int) error) {
	t.Helper()
	start, errs := make(chan struct{}), make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			errs[i] = fn(i)
		})
	}
	close(start)
	all.Wait()
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
}

// Two entries for a day would count each of its charges twice.
func TestWorkersThatStartAtOnceMapAnAccountOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var file []Account
		for i := range 9 {
			file = append(file, Account{AccountID: fmt.Sprint("11", i), Line: "massivo", Environment: "prod"})
		}
		together(t, 6, func(int) error {
			_, err := newService(t, db).FillAccounts(t.Context(), file, tester())
			return err
		})
		list, err := newService(t, db).Accounts(t.Context())
		if err != nil || len(list) != len(file) {
			t.Errorf("%d entries of %d accounts, %v", len(list), len(file), err)
		}
	})
}

func TestOperatorsWhoMapAnAccountAtOnceDoNotBoth(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		together(t, 6, func(i int) error {
			_, err := newService(t, db).SaveAccount(t.Context(), Account{AccountID: "1", Line: "massivo", Environment: "prod", FromDay: int64(i + 1)}, tester())
			if fault.Is(err, fault.Invalid) {
				return nil
			}
			return err
		})
		list, err := newService(t, db).Accounts(t.Context())
		if err != nil || len(list) != 1 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestImportsOfAPeriodAtOnceLeaveOneOfThem(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		paths := make([]string, 6)
		for i := range paths {
			paths[i] = bill(t, row{billed: fmt.Sprint(i + 1)}, row{billed: fmt.Sprint(i + 1), resource: "b"})
		}
		for _, of := range []string{"none is current", "one is current"} {
			together(t, len(paths), func(i int) error {
				_, err := newService(t, db).Import(t.Context(), Wish{Source: "aws", Paths: paths[i : i+1], Again: true, Actor: tester()})
				return err
			})
			got := totalOf(t, newService(t, db))
			fits := false
			for i := range paths {
				fits = fits || got["aws 202610 USD"] == fmt.Sprint(2*(i+1))
			}
			if len(got) != 1 || !fits {
				t.Errorf("%s: the ledger holds %v", of, got)
			}
		}
	})
}

func TestPagesThatAllocateAtOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l := newShareBench(t, db)
		l.use("massivo-prod", nov(1), "ten_a", meter.MessagesIn, "whatsapp", 500)
		for i := range 20 {
			l.charge(costed{account: "111", category: "Compute", service: fmt.Sprint("s", i), amount: "10", day: nov(1)})
		}
		together(t, 6, func(int) error {
			_, err := newService(t, db).Companies(t.Context(), month, "USD", false)
			return err
		})
		out, err := l.Companies(t.Context(), month, "USD", false)
		if err != nil || len(out.Totals) != 1 || out.Totals[0].Amount.String() != "200" {
			t.Errorf("%+v, %v", out.Totals, err)
		}
	})
}

// The numbers are never kept under the hash of other bytes: when those came, they
// would be taken for known.
func TestAFileThatChangesWhileItIsReadIsRefused(t *testing.T) {
	s := newService(t, databasetest.Open(t))
	path := bill(t, row{billed: "1"})
	files, hash, err := weigh(t.Context(), []string{path})
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(bill(t, row{billed: "2"}))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, other, 0o600); err != nil {
		t.Fatal(err)
	}
	r := &reading{service: s, source: "aws", files: files, setHash: hash, stages: map[term]*stage{}}
	if err := r.readAll(t.Context()); !fault.Is(err, fault.Conflict) {
		t.Errorf("it was read: %v", err)
	}
}

// A provider that takes a bill back and lays the one before again.
func TestASourceThatGoesBackIsFollowed(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s, dir := newService(t, db), t.TempDir()
		s.cfg.Sources = secret.New("aws=" + dir)
		first, second := bill(t, row{billed: "1"}), bill(t, row{billed: "2"})
		for i, c := range []struct{ lay, want string }{{first, "1"}, {second, "2"}, {first, "1"}, {first, "1"}, {second, "2"}} {
			content, err := os.ReadFile(c.lay)
			if err != nil {
				t.Fatal(err)
			}
			path, at := filepath.Join(dir, "bill.csv"), testNow.Add(time.Duration(i)*time.Minute)
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, at, at); err != nil {
				t.Fatal(err)
			}
			if err := s.Sweep(t.Context(), "aws"); err != nil {
				t.Fatal(err)
			}
			same(t, totalOf(t, s), map[string]string{"aws 202610 USD": c.want})
		}
	})
}
