package finops

import (
	"context"

	"prosa/internal/platform/database"
)

// billed tells which days of a month each source has billed in a currency: by
// source, by month. A day without a bill is no day without cost, so what judges
// costs by days looks here first.
type billed map[string]map[int64]reach

// reach is from which day to which a bill goes, both included.
type reach struct{ first, last int64 }

// billedBetween reads it for the months of two days, both included. What is
// charged for a single day says how far a bill has come; a source that charges
// longer times alone, such as whole months, has billed what they cover. A bill
// begins with its month, a source's first one with its first charge.
func billedBetween(ctx context.Context, tx *database.Tx, currency string, from, until int64) (billed, error) {
	known := billed{}
	begins := nextMonth(monthOf(from*dayMS), -1)
	err := eachRow(ctx, tx, `SELECT f.source, c.month, MIN(c.day), MAX(CASE WHEN c.days = 1 THEN c.day ELSE -1 END), MAX(c.day + c.days - 1)
		FROM finops_charge c JOIN finops_item i ON i.import_no = c.import_no AND i.no = c.item_no JOIN finops_import f ON f.no = c.import_no
		WHERE c.month >= $1 AND c.month <= $2 AND f.state = 'current' AND i.currency = $3 AND i.charge_category <> 'Tax' AND i.charge_category <> 'Credit'
		GROUP BY f.source, c.month ORDER BY f.source, c.month`, []any{begins, monthOf(until * dayMS), currency}, func(row database.Row) error {
		var source string
		var month, first, single, any int64
		if err := row.Scan(&source, &month, &first, &single, &any); err != nil {
			return err
		}
		if single < 0 {
			single = any
		}
		if known[source] == nil {
			known[source] = map[int64]reach{}
		}
		if _, before := known[source][nextMonth(month, -1)]; before {
			first = firstDay(month)
		}
		known[source][month] = reach{first, single}
		return nil
	})
	return known, err
}

// has reports whether all of some sources have billed a day.
func (b billed) has(sources map[string]bool, day int64) bool {
	month := monthOf(day * dayMS)
	for source := range sources {
		if days, ok := b[source][month]; !ok || day < days.first || day > days.last {
			return false
		}
	}
	return true
}

// through gives the last day of a month up to which all of some sources have
// billed; of every source that is known when none is named. The day before the
// month when one of them has billed nothing of it.
func (b billed) through(sources map[string]bool, month int64) int64 {
	first, last := monthDays(month)
	if len(sources) == 0 {
		sources = map[string]bool{}
		for source := range b {
			sources[source] = true
		}
		if len(sources) == 0 {
			return first - 1
		}
	}
	for source := range sources {
		days, ok := b[source][month]
		if !ok {
			return first - 1
		}
		last = min(last, days.last)
	}
	return last
}
