package finops

import (
	"context"
	"slices"

	"prosa/internal/platform/database"
)

// payer is a billing account of a source, in a currency. Each has bills of its
// own, which come late or stay away by themselves.
type payer struct{ source, account, currency string }

func (p payer) compare(q payer) int {
	return slices.Compare([]string{p.source, p.account, p.currency}, []string{q.source, q.account, q.currency})
}

// billed tells which days each payer has billed. A day without a bill is no day
// without cost, so what judges costs by days looks here first.
type billed map[payer]*reach

// reach is what a payer has billed. A day of it may cost nothing on one account,
// or by one service: the bill is there when anything of the payer is charged.
type reach struct {
	days        map[int64]bool
	first, last int64
	// single: something is charged for a single day. daily: most days are, so that
	// one without a charge has no bill.
	single, daily bool
	// ended: nothing came for so long, while others billed on, that nothing will.
	ended bool
}

const (
	// lateDays is how many days bills may lack.
	lateDays = 2
	// endedDays is after how many days of others' bills a payer has ended; one that
	// does not charge by days has twice that, as its next bill comes later.
	endedDays = 30
)

// dated is a time that a payer charged something for.
type dated struct{ month, day, days int64 }

// billedBetween reads it for the months of two days, both included, and for as
// many around them as it takes to see how bills go on; nothing that lies behind
// today. What is taken, credited or corrected says nothing about a day's bill.
func billedBetween(ctx context.Context, tx *database.Tx, from, until, today int64) (billed, error) {
	charges := map[payer][]dated{}
	begins, ends := nextMonth(monthOf(from*dayMS), -1), monthOf((until+2*endedDays)*dayMS)
	err := eachRow(ctx, tx, `SELECT f.source, i.billing_account, i.currency, c.month, c.day, c.days
		FROM finops_charge c JOIN finops_item i ON i.import_no = c.import_no AND i.no = c.item_no JOIN finops_import f ON f.no = c.import_no
		WHERE c.month >= $1 AND c.month <= $2 AND c.day <= $3 AND f.state = 'current' AND i.charge_category IN ('Usage', 'Purchase') AND i.charge_class = ''
		GROUP BY f.source, i.billing_account, i.currency, c.month, c.day, c.days`, []any{begins, ends, today}, func(row database.Row) error {
		var who payer
		var one dated
		err := row.Scan(&who.source, &who.account, &who.currency, &one.month, &one.day, &one.days)
		charges[who] = append(charges[who], one)
		return err
	})
	known := billed{}
	for who, list := range charges {
		known[who] = reachOf(list, today)
	}
	known.end()
	return known, err
}

// reachOf gives what charges bill. Of one that charges by days those are the days
// with a charge: what is charged for longer, such as support, says nothing about a
// day, unless it comes from before. Others bill from their first charge to their
// last, and all of a month that another follows.
func reachOf(charges []dated, today int64) *reach {
	r := &reach{days: map[int64]bool{}, first: today}
	singles, months := map[int64]bool{}, map[int64][]dated{}
	begun := today // with charges for a day
	for _, one := range charges {
		months[one.month] = append(months[one.month], one)
		if one.days == 1 {
			singles[one.day] = true
			begun = min(begun, one.day)
		}
	}
	r.single, r.daily = len(singles) > 0, follow(singles)
	if r.daily {
		for day := range singles {
			r.days[day] = true
		}
		r.rest(singles)
	}
	for month, list := range months {
		switch first, last := monthDays(month); {
		case !r.daily:
			from, until := extent(list)
			if months[nextMonth(month, -1)] != nil {
				from = first
			}
			if months[nextMonth(month, 1)] != nil {
				until = max(until, last)
			}
			r.mark(from, min(today, until))
		case last < begun:
			from, until := extent(list)
			r.mark(from, until)
		}
	}
	for day := range r.days {
		r.first, r.last = min(r.first, day), max(r.last, day)
	}
	return r
}

// extent gives the first day of a month's charges and how far its bill has come:
// what is charged for a day tells that, or what is charged for longer where
// nothing is.
func extent(list []dated) (first, last int64) {
	first, longest := list[0].day, int64(0)
	for _, one := range list {
		first, longest = min(first, one.day), max(longest, one.day+one.days-1)
		if one.days == 1 {
			last = max(last, one.day)
		}
	}
	if last == 0 {
		last = longest
	}
	return first, last
}

func (r *reach) mark(from, until int64) {
	for day := from; day <= until; day++ {
		r.days[day] = true
	}
}

// rest marks the weekends of a payer that never charges on one.
func (r *reach) rest(singles map[int64]bool) {
	for day := range singles {
		if weekend(day) {
			return
		}
	}
	for day := range singles {
		if singles[day+3] && weekend(day+1) && weekend(day+2) {
			r.mark(day+1, day+2)
		}
	}
}

// follow reports whether most days come one after the other.
func follow(days map[int64]bool) bool {
	next := 0
	for day := range days {
		if days[day+1] {
			next++
		}
	}
	return next > 0 && 2*next >= len(days)-1
}

// end finds the payers that have ended: a late bill comes within a month.
func (b billed) end() {
	newest := int64(0)
	for _, r := range b {
		newest = max(newest, r.last)
	}
	for _, r := range b {
		wait := int64(endedDays)
		if !r.daily {
			wait *= 2
		}
		r.ended = newest-r.last >= wait
	}
}

// has reports whether payers have all billed a day. One that had ended before has
// nothing more to bill.
func (b billed) has(payers map[payer]bool, day int64) bool {
	for who := range payers {
		r := b[who]
		if r == nil || !r.days[day] && !(r.ended && day > r.last) {
			return false
		}
	}
	return true
}

// judged gives the days between two, both included, that may be judged in a
// currency: those that all of some payers have billed, or all that are known when
// none is named. What does not charge by days holds nothing up while something
// else does, and a payer cost nothing before its first bill.
func (b billed) judged(payers map[payer]bool, currency string, from, until int64) map[int64]bool {
	all, daily := map[payer]bool{}, map[payer]bool{}
	for who, r := range b {
		if who.currency != currency || len(payers) > 0 && !payers[who] {
			continue
		}
		all[who] = true
		if r.daily {
			daily[who] = true
		}
	}
	if len(daily) > 0 {
		all = daily
	}
	days := map[int64]bool{}
	if len(all) == 0 {
		return days
	}
	for day := from; day <= until; day++ {
		begun := map[payer]bool{}
		for who := range all {
			if day >= b[who].first {
				begun[who] = true
			}
		}
		if b.has(begun, day) {
			days[day] = true
		}
	}
	return days
}

// Unbilled are days on end that a billing account of a source has not billed.
type Unbilled struct {
	Source         string `json:"source"`
	BillingAccount string `json:"billing_account"`
	Currency       string `json:"currency"`
	From           string `json:"from"`
	Until          string `json:"until" doc:"The last day."`
}

// gaps gives what a payer has not billed of some days, both included.
func (b billed) gaps(who payer, from, until int64) (list []Unbilled) {
	one, begun := map[payer]bool{who: true}, from
	for day := from; day <= until+1; day++ {
		if day <= until && !b.has(one, day) {
			continue
		}
		if begun < day {
			list = append(list, Unbilled{who.source, who.account, who.currency, isoDay(begun), isoDay(day - 1)})
		}
		begun = day + 1
	}
	return list
}

// unbilledOf gives the days of a month, up to one, that payers have not billed:
// those that charge for single days, and billed the month before or part of this
// one.
func unbilledOf(ctx context.Context, tx *database.Tx, month, today int64) ([]Unbilled, error) {
	first, last := monthDays(month)
	list := []Unbilled{}
	until := min(today-lateDays, last)
	if until < first {
		return list, nil
	}
	known, err := billedBetween(ctx, tx, first, last, today)
	for who, r := range known {
		if !r.single || r.first > until {
			continue
		}
		list = append(list, known.gaps(who, max(first, r.first), until)...)
	}
	sortUnbilled(list)
	return list, err
}

func sortUnbilled(list []Unbilled) {
	slices.SortFunc(list, func(a, b Unbilled) int {
		return slices.Compare([]string{a.Source, a.BillingAccount, a.Currency, a.From}, []string{b.Source, b.BillingAccount, b.Currency, b.From})
	})
}
