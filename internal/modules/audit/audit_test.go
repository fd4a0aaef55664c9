package audit

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

func write(t *testing.T, db *database.DB, scope database.Scope, entries ...Entry) error {
	t.Helper()
	return db.Write(context.Background(), scope, func(ctx context.Context, tx *database.Tx) error {
		return Write(ctx, tx, entries...)
	})
}

func TestEntriesComeBackNewestFirstPageByPage(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx, service := context.Background(), New(db)
		for i := range 7 {
			entry := Entry{
				TenantID: "ten_a", AtMS: int64(1000 + i), Actor: event.Actor{Kind: "user", ID: "usr_1", Name: "Ana"},
				Action: "member.role_changed", Target: fmt.Sprint("usr_", i), Facts: map[string]string{"role": "admin"}, IP: "10.0.0.1",
			}
			if err := write(t, db, database.Company("ten_a"), entry); err != nil {
				t.Fatal(err)
			}
		}
		if err := write(t, db, database.Company("ten_b"), Entry{TenantID: "ten_b", Action: "theirs"}); err != nil {
			t.Fatal(err)
		}
		var seen []string
		cursor := ""
		for pages := 0; ; pages++ {
			list, err := service.List(ctx, "ten_a", cursor, 3)
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range list.Items {
				if entry.TenantID != "ten_a" || entry.Actor.Name != "Ana" || entry.Facts["role"] != "admin" || entry.IP != "10.0.0.1" {
					t.Fatalf("entry came back as %+v", entry)
				}
				seen = append(seen, entry.Target)
			}
			if cursor = list.Next; cursor == "" {
				break
			}
			if pages > 5 {
				t.Fatal("paging does not end")
			}
		}
		if got, want := fmt.Sprint(seen), "[usr_6 usr_5 usr_4 usr_3 usr_2 usr_1 usr_0]"; got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	})
}

func TestAnEntryGoesWithItsTransaction(t *testing.T) {
	db := databasetest.Open(t)
	undone := errors.New("undone")
	err := db.Write(context.Background(), database.Company("ten_a"), func(ctx context.Context, tx *database.Tx) error {
		if err := Write(ctx, tx, Entry{TenantID: "ten_a", Action: "x"}); err != nil {
			return err
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	list, err := New(db).List(context.Background(), "ten_a", "", 0)
	if err != nil || len(list.Items) != 0 || list.Items == nil {
		t.Fatalf("an undone action left %+v, %v", list, err)
	}
}

func TestPlatformActionsHaveNoCompany(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		if err := write(t, db, database.Platform("an operator's action"), Entry{Action: "company.created"}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestWhatWasDoneToOneThing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		entries := []Entry{{Action: "journey.begun", Target: "acq_1"}, {Action: "journey.ended", Target: "acq_1"}, {Action: "journey.begun", Target: "acq_2"}, {TenantID: "ten_a", Action: "seen", Target: "acq_1"}}
		if err := write(t, db, database.Platform("an operator's action"), entries...); err != nil {
			t.Fatal(err)
		}
		for tenant, want := range map[string]int{"": 2, "ten_a": 1, "ten_b": 0} {
			list, err := New(db).About(context.Background(), tenant, "acq_1")
			if err != nil || len(list) != want {
				t.Errorf("company %q: %+v, %v", tenant, list, err)
			}
		}
	})
}

func TestForeignCursorIsRefused(t *testing.T) {
	_, err := New(databasetest.Open(t)).List(context.Background(), "ten_a", "???", 0)
	if !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
}
