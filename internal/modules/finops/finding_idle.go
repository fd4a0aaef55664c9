package finops

import (
	"context"
	"slices"
	"strings"

	"prosa/internal/base/place"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/platform/database"
)

// Idle is a resource that costs and, by the bill alone, does nothing with it.
type Idle struct {
	// Rule: unused_commitment, what was promised to the provider and not used;
	// weekend, dev or homolog that costs as much on weekends as on weekdays;
	// no_traffic, something of the network that is billed by hours and moved
	// nothing; no_use, usage that costs and consumed nothing. Nothing is what the
	// bill says: a quantity that it does not tell is no sign of idleness.
	Rule        string       `json:"rule" enum:"unused_commitment,weekend,no_traffic,no_use"`
	AccountID   string       `json:"account_id"`
	Line        string       `json:"line"`
	Environment string       `json:"environment"`
	Service     string       `json:"service"`
	ResourceID  string       `json:"resource_id"`
	Currency    string       `json:"currency"`
	Days        int64        `json:"days" doc:"Of the month, with that cost."`
	Cost        exact.Amount `json:"cost" doc:"What would have been saved in the month."`
}

// use is what a bill says that was consumed in a day.
type use string

const (
	none   use = "none"
	some   use = "some"
	untold use = "untold" // no quantity, or one that was left out
)

// used is what a resource did in a month, by the bill.
type used struct {
	Idle
	category string
	unused   exact.Amount // commitments
	idle     exact.Amount // cost of charges that consumed nothing
	idleDays map[int64]bool
	work     exact.Amount // on weekdays
	rest     exact.Amount // on weekends
	workDays map[int64]bool
	restDays map[int64]bool
	hours    bool // something is billed by the hour
	moved    bool // something else was consumed, or may have been
	total    exact.Amount
}

// Idle gives what cost in a month (filter.To) without doing anything, dearest
// first; the filter's From is not looked at.
func (s *Service) Idle(ctx context.Context, filter Filter) ([]Idle, error) {
	if err := checkPeriod("month", filter.To); err != nil {
		return nil, err
	}
	filter.From, filter.Cost = filter.To, Effective
	filter, err := filter.usual()
	if err != nil {
		return nil, err
	}
	where, args := filter.where()
	known := map[Idle]*used{}
	err = s.each(ctx, `SELECT i.account_id, COALESCE(a.line, ''), COALESCE(a.environment, ''), i.service, i.resource_id, i.currency, i.service_category, i.commitment_status, i.consumed_unit, c.day,
		CASE WHEN SUM(c.quantity_nano) <> 0 OR SUM(c.quantity_atto) <> 0 THEN 'some' WHEN MAX(CASE WHEN i.absent LIKE '%ConsumedQuantity%' THEN 1 ELSE 0 END) = 1 THEN 'untold' ELSE 'none' END, `+filter.sum()+ledger+where+` AND i.charge_category = 'Usage' AND i.charge_class = '' AND c.days = 1
		GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10`, args, func(row database.Row) error {
		var key Idle
		var category, commitment, unit string
		var consumed use
		var day int64
		var sum columns
		if err := row.Scan(&key.AccountID, &key.Line, &key.Environment, &key.Service, &key.ResourceID, &key.Currency, &category, &commitment, &unit, &day, &consumed, &sum.nano, &sum.atto); err != nil {
			return err
		}
		amount, err := sum.amount()
		if err != nil {
			return err
		}
		u := known[key]
		if u == nil {
			u = &used{Idle: key, category: category, idleDays: map[int64]bool{}, workDays: map[int64]bool{}, restDays: map[int64]bool{}}
			known[key] = u
		}
		return u.add(commitment, unit, day, consumed, amount)
	})
	if err != nil {
		return nil, err
	}
	list := []Idle{}
	for _, u := range known {
		if found, ok := u.judge(); ok {
			list = append(list, found)
		}
	}
	slices.SortFunc(list, func(a, b Idle) int {
		if c := b.Cost.Cmp(a.Cost); c != 0 {
			return c
		}
		return strings.Compare(a.AccountID+"\x00"+a.Service+"\x00"+a.ResourceID+"\x00"+a.Currency, b.AccountID+"\x00"+b.Service+"\x00"+b.ResourceID+"\x00"+b.Currency)
	})
	return list, nil
}

// weekend reports whether a day is a Saturday or a Sunday; day 0 was a Thursday.
func weekend(day int64) bool {
	weekday := (day + 4) % 7
	return weekday == 0 || weekday == 6
}

func (u *used) add(commitment, unit string, day int64, consumed use, cost exact.Amount) (err error) {
	into := func(sum *exact.Amount) {
		if err == nil {
			*sum, err = sum.Add(cost)
		}
	}
	into(&u.total)
	switch {
	case commitment == "Unused":
		into(&u.unused)
	case consumed == none && cost.Sign() > 0:
		into(&u.idle)
		u.idleDays[day] = true
	}
	if weekend(day) {
		into(&u.rest)
		u.restDays[day] = true
	} else {
		into(&u.work)
		u.workDays[day] = true
	}
	byHour := strings.HasPrefix(strings.ToLower(unit), "hour") || strings.HasPrefix(strings.ToLower(unit), "hrs")
	u.hours = u.hours || byHour && consumed == some
	u.moved = u.moved || !byHour && consumed != none
	return err
}

// judge names the first rule that the resource falls under.
func (u *used) judge() (Idle, bool) {
	found := u.Idle
	days := int64(len(u.workDays) + len(u.restDays))
	switch {
	case u.unused.Sign() > 0:
		found.Rule, found.Cost, found.Days = "unused_commitment", u.unused, days
	case u.ResourceID == "":
		return found, false
	case u.category == "Networking" && u.hours && !u.moved && days >= 7:
		found.Rule, found.Cost, found.Days = "no_traffic", u.total, days
	case len(u.idleDays) >= 7 && u.idle.Cmp(u.total) == 0:
		found.Rule, found.Cost, found.Days = "no_use", u.idle, int64(len(u.idleDays))
	case place.IsBuilding(u.Environment) && u.category != "Storage" && len(u.restDays) >= 4 && len(u.workDays) >= 8 && u.restsNot():
		found.Rule, found.Cost, found.Days = "weekend", u.rest, int64(len(u.restDays))
	default:
		return found, false
	}
	return found, found.Cost.Sign() > 0
}

// restsNot reports that a day of the weekend costs nine tenths of a weekday, or
// more.
func (u *used) restsNot() bool {
	rest, work := u.rest.Rat(), u.work.Rat()
	// rest/restDays >= 0.9 * work/workDays, without a division.
	rest.Mul(rest, ratio(int64(10*len(u.workDays))))
	work.Mul(work, ratio(int64(9*len(u.restDays))))
	return work.Sign() > 0 && rest.Cmp(work) >= 0
}
