package manual

import (
	"encoding/json"
	"slices"
	"time"

	"prosa/internal/base/calendar"
	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/modules/subscription"
)

// Kinds of lines besides those that subscription writes.
const (
	changed  = "changed"
	refunded = "refunded"
	toEnd    = "to_end"
	goOn     = "go_on"
	ended    = "ended"
)

// change is another price or interval.
type change struct {
	Interval    subscription.Interval `json:"interval"`
	Price       money.Amount          `json:"price"`
	Due         money.Amount          `json:"due"`
	NewPeriodMS int64                 `json:"new_period_ms"`
}

// refund is money that went back.
type refund struct {
	BillID string       `json:"bill_id"`
	Amount money.Amount `json:"amount"`
}

// period is a stretch of a contract that is billed as one.
type period struct {
	start, end time.Time
	interval   subscription.Interval
	price      money.Amount
}

// contract is what the lines say.
type contract struct {
	id       string
	opening  subscription.Opening
	zone     *time.Location
	changes  []dated
	paid     map[string]subscription.Payment
	refunds  map[string]money.Amount
	endsFrom int64 // when the wish to end with the period was made, 0 = none
	endedMS  int64 // 0 = runs
}

// dated is a change with its line.
type dated struct {
	change
	key  string
	atMS int64
}

// read sums the lines of a contract. Error: fault.Internal for lines that can't
// be.
func read(contractID string, lines []subscription.Entry) (contract, error) {
	c := contract{id: contractID, paid: map[string]subscription.Payment{}, refunds: map[string]money.Amount{}}
	broken := func(err error) error {
		return fault.Wrap(err, fault.Internal, "a line of a contract can't be read")
	}
	for _, line := range lines {
		switch line.Kind {
		case subscription.EntryOpened:
			if err := json.Unmarshal(line.Data, &c.opening); err != nil {
				return c, broken(err)
			}
		case changed:
			next := dated{key: line.Key, atMS: line.AtMS}
			if err := json.Unmarshal(line.Data, &next.change); err != nil {
				return c, broken(err)
			}
			c.changes = append(c.changes, next)
		case subscription.EntryPaid:
			var p subscription.Payment
			if err := json.Unmarshal(line.Data, &p); err != nil {
				return c, broken(err)
			}
			c.paid[p.BillID] = p
		case refunded:
			var r refund
			if err := json.Unmarshal(line.Data, &r); err != nil {
				return c, broken(err)
			}
			c.refunds[r.BillID] += r.Amount
		case toEnd:
			c.endsFrom = line.AtMS
		case goOn:
			c.endsFrom = 0
		case ended:
			c.endedMS = line.AtMS
		}
	}
	if c.opening.Price <= 0 || c.opening.Interval != subscription.Monthly && c.opening.Interval != subscription.Annual {
		return c, fault.New(fault.Internal, "a contract without its first line")
	}
	c.zone = time.UTC
	if zone, known := calendar.Zone(c.opening.Zone); known {
		c.zone = zone
	} else if zone, err := time.LoadLocation(c.opening.Zone); err == nil && c.opening.Zone != "" {
		c.zone = zone
	}
	return c, nil
}

// periods lists the periods that began until nowMS. A change of price counts from
// the next period on, or at once where it begins a new one.
func (c contract) periods(nowMS int64) []period {
	anchor := time.UnixMilli(c.opening.StartMS).In(c.zone)
	now := period{interval: c.opening.Interval, price: c.opening.Price}
	changes := slices.Clone(c.changes)
	var list []period
	for count := 0; ; {
		// What was changed before the period begins holds in it.
		start := after(anchor, now.interval, count)
		changes = slices.DeleteFunc(changes, func(d dated) bool {
			if d.atMS > start.UnixMilli() || d.NewPeriodMS > start.UnixMilli() {
				return false
			}
			if d.Interval != now.interval {
				anchor, count = start, 0
			}
			now.interval, now.price = d.Interval, d.Price
			return true
		})
		if start.UnixMilli() > nowMS && len(list) > 0 {
			return list
		}
		now.start, now.end = start, after(anchor, now.interval, count+1)
		cut := slices.IndexFunc(changes, func(d dated) bool {
			return d.NewPeriodMS > 0 && d.NewPeriodMS > start.UnixMilli() && d.NewPeriodMS < now.end.UnixMilli() && d.NewPeriodMS <= nowMS
		})
		if cut >= 0 {
			// A new period begins in the middle of this one.
			anchor, count = time.UnixMilli(changes[cut].NewPeriodMS).In(c.zone), 0
			now.end = anchor
			list = append(list, now)
			continue
		}
		list = append(list, now)
		if now.start.UnixMilli() > nowMS {
			return list
		}
		count++
	}
}

// after gives the start of the count-th interval behind an anchor; a month that
// lacks the anchor's day begins on its last one.
func after(anchor time.Time, interval subscription.Interval, count int) time.Time {
	months := count
	if interval == subscription.Annual {
		months = 12 * count
	}
	year, month, date := anchor.Date()
	last := time.Date(year, month+time.Month(months)+1, 0, 0, 0, 0, 0, anchor.Location()).Day()
	hour, minute, second := anchor.Clock()
	return time.Date(year, month+time.Month(months), min(date, last), hour, minute, second, anchor.Nanosecond(), anchor.Location())
}

// due is when a bill of a day is due: so many days later, on a business day,
// before midnight.
func (c contract) due(from time.Time) time.Time {
	day := from.AddDate(0, 0, int(c.opening.DueDays))
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday || calendar.Holiday(day) != "" || calendar.Optional(day) != "" {
		day = day.AddDate(0, 0, 1)
	}
	year, month, date := day.Date()
	return time.Date(year, month, date, 23, 59, 59, 0, day.Location())
}

// remote tells what the contract is at a time.
func (c contract) remote(nowMS int64) subscription.Remote {
	periods := c.periods(nowMS)
	last := periods[len(periods)-1]
	if c.endsFrom > 0 {
		// It ends with the period in which that was wished.
		i := slices.IndexFunc(periods, func(p period) bool { return p.end.UnixMilli() > c.endsFrom })
		last, periods = periods[i], periods[:i+1]
		if last.end.UnixMilli() <= nowMS && (c.endedMS == 0 || c.endedMS > last.end.UnixMilli()) {
			c.endedMS = last.end.UnixMilli()
		}
	}
	r := subscription.Remote{
		SubscriptionID: c.id, State: subscription.RemoteActive, Interval: last.interval, PeriodStartMS: last.start.UnixMilli(), PeriodEndMS: last.end.UnixMilli(),
		EndsAtPeriod: c.endsFrom > 0,
	}
	for i, p := range periods {
		began := p.start.UnixMilli()
		opened := i > 0 && c.endedMS > 0 && began >= c.endedMS
		if began > nowMS || opened {
			continue
		}
		if d, covered := c.beganBy(began); covered {
			r.Bills = append(r.Bills, c.bill(c.id+":"+d.key, d.Due, p, p.start, nowMS))
			continue
		}
		r.Bills = append(r.Bills, c.bill(c.id+":"+p.start.Format("20060102"), p.price, p, p.start, nowMS))
	}
	for _, d := range c.changes {
		if d.Due > 0 && (d.NewPeriodMS == 0 || !slices.ContainsFunc(periods, func(p period) bool { return p.start.UnixMilli() == d.NewPeriodMS })) && d.atMS <= nowMS {
			at := time.UnixMilli(d.atMS).In(c.zone)
			r.Bills = append(r.Bills, c.bill(c.id+":"+d.key, d.Due, period{start: at, end: last.end}, at, nowMS))
		}
	}
	r.Bills = slices.DeleteFunc(r.Bills, func(b subscription.Bill) bool { return b.Amount <= 0 })
	slices.SortFunc(r.Bills, func(a, b subscription.Bill) int { return int(min(max(b.CreatedMS-a.CreatedMS, -1), 1)) })
	if c.endedMS > 0 && c.endedMS <= nowMS {
		r.State = subscription.RemoteEnded
	}
	return r
}

// beganBy finds the change whose sum was billed for the period that it began.
func (c contract) beganBy(startMS int64) (dated, bool) {
	for _, d := range c.changes {
		if d.Due > 0 && d.NewPeriodMS > 0 && d.NewPeriodMS == startMS {
			return d, true
		}
	}
	return dated{}, false
}

func (c contract) bill(billID string, amount money.Amount, p period, from time.Time, nowMS int64) subscription.Bill {
	b := subscription.Bill{
		BillID: billID, State: subscription.BillPending, Amount: amount, Currency: c.opening.Currency, PeriodStartMS: p.start.UnixMilli(), PeriodEndMS: p.end.UnixMilli(),
		CreatedMS: from.UnixMilli(), DueMS: c.due(from).UnixMilli(),
	}
	if paid, ok := c.paid[billID]; ok {
		b.State, b.Paid, b.PaidMS = subscription.BillPaid, paid.Amount, paid.PaidMS
	}
	if back := min(c.refunds[billID], b.Paid); back > 0 {
		if b.Refunded = back; back == b.Paid {
			b.State = subscription.BillRefunded
		}
	}
	if b.State == subscription.BillPending && c.endedMS > 0 && c.endedMS <= nowMS && b.PeriodStartMS >= c.endedMS {
		b.State = subscription.BillVoid
	}
	return b
}
