package finops

import (
	"fmt"
	"testing"

	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// Only what the bill told to be none is idle: a quantity that is null, or beyond
// what the ledger keeps, says nothing about use.
func TestAQuantityThatNobodyToldIsNoIdleness(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		var rows []row
		for day := 1; day <= 10; day++ {
			for resource, quantity := range map[string]string{"told": "0", "null": "", "huge": "123456789012345", "works": "24"} {
				rows = append(rows, row{day: fmt.Sprintf("2026-10-%02d", day), resource: resource, billed: "1", quantity: quantity})
			}
			// A day of which one row says none and another nothing is not told.
			rows = append(rows, row{day: fmt.Sprintf("2026-10-%02d", day), resource: "half", billed: "1", quantity: "0"},
				row{day: fmt.Sprintf("2026-10-%02d", day), resource: "half", billed: "1"})
		}
		importFiles(t, s, "aws", bill(t, rows...))
		mapped(t, s, Account{AccountID: "111111111111", Line: "massivo", Environment: "prod"})
		list, err := s.Idle(t.Context(), Filter{To: 202610})
		if err != nil || len(list) != 1 || list[0].ResourceID != "told" || list[0].Rule != "no_use" || list[0].Days != 10 || list[0].Cost.String() != "10" {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// A part of the network that is billed by the hour is without traffic when its
// other quantities are told, and none.
func TestTrafficThatNobodyToldIsNoLackOfIt(t *testing.T) {
	hours, bytes := func(quantity use) rowOfUse { return rowOfUse{"Hours", quantity} }, func(quantity use) rowOfUse { return rowOfUse{"GB", quantity} }
	for name, c := range map[string]struct {
		rows []rowOfUse
		want string
	}{
		"hours alone":          {[]rowOfUse{hours(some)}, "no_traffic"},
		"hours and none":       {[]rowOfUse{hours(some), bytes(none)}, "no_traffic"},
		"hours and some":       {[]rowOfUse{hours(some), bytes(some)}, ""},
		"hours and nobody":     {[]rowOfUse{hours(some), bytes(untold)}, ""},
		"hours that none told": {[]rowOfUse{hours(untold)}, ""},
	} {
		u := &used{Idle: Idle{ResourceID: "nat", Environment: "prod"}, category: "Networking", idleDays: map[int64]bool{}, workDays: map[int64]bool{}, restDays: map[int64]bool{}}
		for day := int64(0); day < 7; day++ {
			for _, r := range c.rows {
				if err := u.add("", r.unit, day, r.use, one()); err != nil {
					t.Fatal(err)
				}
			}
		}
		if found, _ := u.judge(); found.Rule != c.want {
			t.Errorf("%s: %q, want %q", name, found.Rule, c.want)
		}
	}
}

type rowOfUse struct {
	unit string
	use  use
}
