package finops

import (
	"fmt"
	"strings"
	"testing"

	"prosa/internal/modules/finops/exact"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// What is charged for days of two months stands on its days in each, to the last
// digit; what is billed stands with its bill.
func TestAChargeOfTwoMonthsIsOnItsDaysInEach(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l := newShareBench(t, db)
		l.charge(costed{account: "111", category: "Other", service: "Support", amount: "30.000000000000000007", day: nov(16), days: 30}) // to 15 December
		l.charge(costed{account: "111", category: "Compute", service: "x", amount: "2", day: nov(16)})
		l.charge(costed{account: "111", category: "Other", service: "Domain", amount: "731", day: nov(1) - 365, days: 731})             // a day each, for two years
		l.charge(costed{account: "222", category: "Other", service: "Support", amount: "5", day: nov(16), days: 30})                    // elsewhere
		l.charge(costed{account: "111", category: "Other", service: "Support", currency: "BRL", amount: "9", day: nov(1) - 9, days: 9}) // all before
		for _, c := range []struct {
			cost     string
			from, to int64
			want     string
		}{
			{Effective, month, month, "30 days from 2026-11-01 to 2026-11-30: 47"},
			{Effective, 202612, 202612, "31 days from 2026-12-01 to 2026-12-31: 46.000000000000000007"},
			{Effective, month, 202612, "61 days from 2026-11-01 to 2026-12-31: 93.000000000000000007"},
			{Effective, 202701, 202701, "31 days from 2027-01-01 to 2027-01-31: 31"},
			{Effective, 202711, 202711, "1 days from 2027-11-01 to 2027-11-01: 1"},
			{Effective, 202712, 202712, ""},
			{Billed, month, month, "731 days from 2025-11-01 to 2027-11-01: 763.000000000000000007"}, // all of it is on November's bill
			{Billed, 202612, 202612, ""},
		} {
			list, err := l.Daily(t.Context(), Filter{Cost: c.cost, From: c.from, To: c.to, AccountID: "111", Currency: "USD"})
			if err != nil {
				t.Fatal(err)
			}
			got, sum := "", exact.Amount{}
			for _, one := range list {
				if sum, err = sum.Add(one.Cost); err != nil {
					t.Fatal(err)
				}
			}
			if n := len(list); n > 0 {
				got = fmt.Sprintf("%d days from %s to %s: %s", n, isoDay(list[0].Day), isoDay(list[n-1].Day), sum)
			}
			if got != c.want {
				t.Errorf("%s %d to %d: %q, want %q", c.cost, c.from, c.to, got, c.want)
			}
		}
	})
}

// What began before is looked for among the few charges of several days, not in
// all that is kept.
func TestChargesOfSeveralDaysAreFoundByTheirIndex(t *testing.T) {
	s := open(t, databasetest.Config(t, database.SQLite)) // whose words for a plan are read
	filter, err := Filter{From: month, To: month}.usual()
	if err != nil {
		t.Fatal(err)
	}
	where, args := filter.reaching()
	plan := ""
	err = s.each(t.Context(), "EXPLAIN QUERY PLAN SELECT "+filter.sum()+ledger+where, args, func(row database.Row) error {
		var id, parent, unused int64
		var step string
		err := row.Scan(&id, &parent, &unused, &step)
		plan += step + "\n"
		return err
	})
	if err != nil || !strings.Contains(plan, "finops_charge_long (import_no=?") {
		t.Errorf("%v\n%s", err, plan)
	}
}
