package finops

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// What an operator typed counts from its month on, whatever the file of accounts
// goes on saying; a new word of the file counts from the month after.
func TestAnOperatorsBudgetStandsUntilTheFileSaysSomethingNew(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		at := func(text string) *Service {
			t.Helper()
			now, err := time.Parse(time.DateOnly, text)
			if err != nil {
				t.Fatal(err)
			}
			return New(Config{}, db, clock.NewManual(now), slog.New(slog.DiscardHandler))
		}
		l := newShareBench(t, db)
		budget := func(from int64, amount string) []Budget {
			return []Budget{{Line: "massivo", Environment: "prod", Currency: "USD", From: from, Amount: l.amount(amount)}}
		}
		for i, c := range []struct {
			day, file, typed string
			from             int64
			changed          int
			counts           string // in the month of the day
		}{
			{day: "2026-11-20", file: "300", changed: 1, counts: "300 accounts"},
			{day: "2026-11-21", typed: "500", from: 202611, counts: "500 typed"},
			{day: "2026-11-22", file: "300", counts: "500 typed"},
			{day: "2026-12-03", file: "300", counts: "500 typed"},
			{day: "2027-01-03", file: "300", counts: "500 typed"},
			{day: "2027-01-04", file: "320", changed: 1, counts: "320 accounts"},
			{day: "2027-01-05", typed: "600", from: 202701, counts: "600 typed"},
			{day: "2027-01-06", file: "340", counts: "600 typed"}, // new, but what was typed for this month stands
			{day: "2027-02-01", file: "340", changed: 1, counts: "340 accounts"},
			{day: "2027-02-02", typed: "700", from: 202704, counts: "340 accounts"},
			{day: "2027-03-02", file: "360", changed: 1, counts: "360 accounts"},
			{day: "2027-04-02", file: "360", counts: "700 typed"},
			{day: "2027-05-02", file: "360", counts: "700 typed"},
			{day: "2027-05-03", file: "300", changed: 1, counts: "300 accounts"}, // as it said once, and new again
		} {
			s := at(c.day)
			if c.typed != "" {
				if err := s.PutBudgets(ctx, budget(c.from, c.typed), tester()); err != nil {
					t.Fatal(err)
				}
			}
			if c.file != "" {
				if changed, err := s.FillBudgets(ctx, budget(0, c.file), tester()); err != nil || changed != c.changed {
					t.Errorf("%d, on %s: %d changed, %v", i, c.day, changed, err)
				}
			}
			list, err := s.Budgets(ctx, monthOf(clock.MS(s.clock.Now())))
			if err != nil || len(list) != 1 {
				t.Fatalf("%d: %+v, %v", i, list, err)
			}
			if got := fmt.Sprint(list[0].Amount, " ", list[0].Origin); got != c.counts {
				t.Errorf("%d, on %s: %s counts, want %s", i, c.day, got, c.counts)
			}
		}
	})
}
