package finops

import (
	"context"
	"maps"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// term is a billing period: it begins at midnight UTC, and its end is not included.
// The month in which it begins is that by which its costs are billed.
type term struct{ fromMS, toMS int64 }

// overlaps reports that both hold a moment.
func (t term) overlaps(other term) bool { return t.fromMS < other.toMS && other.fromMS < t.toMS }

// String gives the days: 2026-10-01 to 2026-10-31.
func (t term) String() string { return isoDay(dayOf(t.fromMS)) + " to " + isoDay(dayOf(t.toMS-1)) }

func (i Import) term() term { return term{i.FromMS, i.ToMS} }

// shared gives the billing accounts that a bill has in common with others.
func (i Import) shared(payers []string) (list []string) {
	for _, payer := range i.Payers {
		if slices.Contains(payers, payer) {
			list = append(list, payer)
		}
	}
	return list
}

// accounts gives the billing accounts that were seen, in order.
func (st *stage) accounts() []string { return slices.Sorted(maps.Keys(st.payers)) }

// displace finds the bills that count now and give way to those of the reading, by
// their periods: what the same files said before of that time, and what is known of
// the same billing accounts for a period that begins on the same day and does not
// end later. Bills that follow on each other, as those of weeks do, leave each
// other alone. Error: fault.Conflict when another bill has some days of one of the
// accounts: both would count twice, and one of them would lose days.
func (r *reading) displace(ctx context.Context, tx *database.Tx) (map[term][]Import, error) {
	current, err := selectImports(ctx, tx, "source = $1 AND state = 'current' ORDER BY no", r.source)
	if err != nil {
		return nil, err
	}
	gone, going := map[term][]Import{}, map[int64]bool{}
	for _, period := range r.order {
		for _, old := range current {
			edition := r.laid && old.Set == r.set && old.term().overlaps(period)
			successor := old.FromMS == period.fromMS && old.ToMS <= period.toMS && len(old.shared(r.stages[period].accounts())) > 0
			if !going[old.No] && (edition || successor) {
				going[old.No] = true
				gone[period] = append(gone[period], old)
			}
		}
	}
	for _, period := range r.order {
		for _, old := range current {
			both := old.shared(r.stages[period].accounts())
			if !going[old.No] && old.term().overlaps(period) && len(both) > 0 {
				return nil, fault.New(fault.Conflict, "%s bills %s of %s, of which %s counts %s already: both can't count (prosa finops withdraw --source %s --period %s --number %d takes that out)",
					r.set, period, strings.Join(both, ", "), old.Set, old.term(), old.Source, monthText(old.Period), old.No)
			}
		}
	}
	return gone, nil
}

// Twin is a bill of another source that may hold what a bill holds.
type Twin struct {
	No     int64    `json:"no"`
	Source string   `json:"source"`
	Set    string   `json:"set" doc:"What its files are called together."`
	Payers []string `json:"payers" doc:"The billing accounts that both have."`
}

// tellTwins tells of bills that count which others may count the same: files that
// were packed otherwise, or written anew, are not known again by their hashes.
func tellTwins(ctx context.Context, tx *database.Tx, list []Import) error {
	current, err := selectImports(ctx, tx, "state = 'current' ORDER BY no")
	if err != nil {
		return err
	}
	for i := range list {
		one := &list[i]
		if one.State != "current" {
			continue
		}
		for _, other := range current {
			if both := other.shared(one.Payers); other.Source != one.Source && len(both) > 0 && other.term().overlaps(one.term()) {
				one.Twins = append(one.Twins, Twin{No: other.No, Source: other.Source, Set: other.Set, Payers: both})
			}
		}
	}
	return nil
}
