package hold_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/hold"
)

const (
	company = "ten_moving"
	other   = "ten_other"
)

func write(ctx context.Context, db *database.DB, scope database.Scope, tenantID, id string) error {
	return db.Write(ctx, scope, func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO bot_secret (tenant_id, name, sealed, updated_ms) VALUES ($1, $2, '', $3)", tenantID, id, tx.Now())
		return err
	})
}

func count(t *testing.T, db *database.DB) (n int) {
	t.Helper()
	if err := db.Read(t.Context(), database.Company(company), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*) FROM bot_secret WHERE tenant_id = $1", company).Scan(&n)
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func set(t *testing.T, db *database.DB, level hold.Level) {
	t.Helper()
	if _, err := hold.Set(t.Context(), db, company, "mve_1", level); err != nil {
		t.Fatal(err)
	}
}

func TestNobodyWritesForACompanyThatStandsStill(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		hold.Fence(db)
		both := database.Companies([]string{company, other})
		for _, c := range []struct {
			level  hold.Level
			code   fault.Code
			reason string
		}{
			{hold.Draining, "", ""}, {hold.Frozen, fault.Unavailable, "moving"}, {hold.Moved, fault.Refused, "moved"},
			{hold.Arriving, fault.Unavailable, "moving"}, {hold.Landing, "", ""},
		} {
			set(t, db, c.level)
			for name, scope := range map[string]database.Scope{"alone": database.Company(company), "in a batch": both} {
				err := write(t.Context(), db, scope, company, string(c.level)+name)
				var f *fault.Error
				switch {
				case c.code == "" && err != nil:
					t.Errorf("%s, %s: %v", c.level, name, err)
				case c.code != "" && (!errors.As(err, &f) || f.Code != c.code || f.Reason != c.reason):
					t.Errorf("%s, %s: %v", c.level, name, err)
				}
				if who, level, ok := hold.Refused(err); ok != (c.code != "") || ok && (who != company || level != c.level) {
					t.Errorf("%s, %s: the refusal names %q at %q", c.level, name, who, level)
				}
			}
			if err := write(t.Context(), db, database.Company(other), other, string(c.level)); err != nil {
				t.Errorf("%s: another company is refused: %v", c.level, err)
			}
		}
		before := count(t, db)
		if err := hold.Lift(t.Context(), db, company, "mve_2"); err != nil {
			t.Fatal(err)
		}
		if h, err := hold.Find(t.Context(), db, company); err != nil || h.Level != hold.Landing {
			t.Fatalf("another move lifted it: %+v %v", h, err)
		}
		if err := hold.Lift(t.Context(), db, company, "mve_1"); err != nil {
			t.Fatal(err)
		}
		if err := write(t.Context(), db, database.Company(company), company, "again"); err != nil || count(t, db) != before+1 {
			t.Fatal("it does not work again", err)
		}
	})
}

func TestOneMoveHoldsACompany(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		set(t, db, hold.Draining)
		if _, err := hold.Set(t.Context(), db, company, "mve_other", hold.Frozen); !fault.Is(err, fault.Conflict) {
			t.Fatal(err)
		}
	})
}

// Of two commands of one move at once, the one that comes late does not undo what
// the other has done: no thaw under a final copy, no load under a company that
// works.
func TestAHoldDoesNotGoBack(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		order := []hold.Level{hold.Draining, hold.Frozen, hold.Moved, hold.Arriving, hold.Landing}
		for i, level := range order {
			set(t, db, level)
			for _, before := range order[:i] {
				if _, err := hold.Set(t.Context(), db, company, "mve_1", before); !fault.Is(err, fault.Conflict) {
					t.Errorf("from %s back to %s: %v", level, before, err)
				}
			}
			if h, err := hold.Find(t.Context(), db, company); err != nil || h.Level != level {
				t.Errorf("%+v %v", h, err)
			}
		}
	})
}

// What was counted when Set returned is all that will ever be there, however
// many write at that moment.
func TestFreezingWaitsForThoseWhoHaveLooked(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		hold.Fence(db)
		var group sync.WaitGroup
		var refused atomic.Int64
		written := make(chan struct{}, 1)
		for w := range 4 {
			group.Go(func() {
				for n := 0; ; n++ {
					err := write(t.Context(), db, database.Company(company), company, string(rune('a'+w))+string(rune('0'+n%10))+string(rune('0'+n/10%10))+string(rune('0'+n/100)))
					if _, _, stands := hold.Refused(err); stands {
						refused.Add(1)
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					select {
					case written <- struct{}{}:
					default:
					}
				}
			})
		}
		<-written
		set(t, db, hold.Frozen)
		at := count(t, db)
		group.Wait()
		if after := count(t, db); after != at || refused.Load() != 4 {
			t.Fatalf("%d rows when it was frozen, %d after; %d were refused", at, after, refused.Load())
		}
	})
}

func TestSweepsLeaveItOut(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, tenantID := range []string{company, other} {
			if err := write(t.Context(), db, database.Company(tenantID), tenantID, "x"); err != nil {
				t.Fatal(err)
			}
		}
		due := func() (n int) {
			t.Helper()
			if err := db.Read(t.Context(), database.Platform("a sweep for all companies"), func(ctx context.Context, tx *database.Tx) error {
				return tx.QueryRow(ctx, "SELECT COUNT(*) FROM bot_secret WHERE "+hold.Out).Scan(&n)
			}); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := due(); n != 2 {
			t.Fatalf("%d with nobody held", n)
		}
		for level, want := range map[hold.Level]int{hold.Draining: 1, hold.Frozen: 1, hold.Moved: 1, hold.Arriving: 1, hold.Landing: 2} {
			set(t, db, level)
			if n := due(); n != want {
				t.Errorf("%s: %d, want %d", level, n, want)
			}
			if err := hold.Lift(t.Context(), db, company, "mve_1"); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestTheGate(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var nobody *hold.Gate
		if nobody.Busy() || nobody.Holds(company) || nobody.Sealed(company) || nobody.Check(company) != nil {
			t.Error("a gate that is none holds somebody")
		}
		nobody.Prod()
		gate := hold.NewGate(db)
		set(t, db, hold.Frozen)
		if gate.Busy() || gate.Level(company) != "" {
			t.Error("it knows before it looked")
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- gate.Run(ctx, slog.New(slog.DiscardHandler)) }()
		gate.Prod()
		for !gate.Busy() {
			gate.Prod()
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if !gate.Holds(company) || !gate.Sealed(company) || gate.Holds(other) || !fault.Is(gate.Check(company), fault.Unavailable) || gate.Check(other) != nil {
			t.Errorf("it knows %v", gate.Companies())
		}
		told := 0
		gate.OnRelease(func() { told++ })
		nobody.OnRelease(func() {})
		set(t, db, hold.Landing)
		for range 2 {
			if err := gate.Look(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if told != 1 {
			t.Errorf("the release was told %d times", told)
		}
		if gate.Holds(company) || gate.Sealed(company) || !gate.Busy() || gate.Check(company) != nil {
			t.Error("who lands works")
		}
	})
}

func TestHowFarTheEventsHavePassed(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		set(t, db, hold.Draining)
		for _, ms := range []int64{5, 9, 7} {
			if err := hold.Pass(t.Context(), db, hold.Draining, ms); err != nil {
				t.Fatal(err)
			}
		}
		if h, err := hold.Find(t.Context(), db, company); err != nil || h.PassedMS != 9 {
			t.Fatalf("%+v %v", h, err)
		}
		set(t, db, hold.Frozen)
		if h, err := hold.Find(t.Context(), db, company); err != nil || h.PassedMS != 0 {
			t.Fatalf("a new level begins anew: %+v %v", h, err)
		}
		set(t, db, hold.Landing)
		if err := hold.Pass(t.Context(), db, hold.Draining, 11); err != nil {
			t.Fatal(err)
		}
		if list, err := hold.List(t.Context(), db); err != nil || len(list) != 1 || list[0].PassedMS != 0 {
			t.Fatalf("%+v %v", list, err)
		}
	})
}
