package plan

import (
	"time"

	"prosa/internal/base/money"
)

// ProrateInput is a change of price in the middle of a paid period.
type ProrateInput struct {
	OldPrice, NewPrice money.Amount // of the whole period, in minor units
	// The period ends before PeriodEndMS; all times in milliseconds UTC.
	PeriodStartMS, PeriodEndMS, AtMS int64
	// Zone is where days begin at midnight; nil is UTC.
	Zone *time.Location
}

// Proration is what a change of price costs, counted by the day.
type Proration struct {
	Credit money.Amount `json:"credit" doc:"Minor units of the old price that were not used."`
	Charge money.Amount `json:"charge" doc:"Minor units of the new price for the days that are left."`
	// Due is Charge less Credit; below zero when the new price is the lower one.
	Due      money.Amount `json:"due"`
	DaysLeft int64        `json:"days_left" doc:"The day of the change is the first of them."`
	Days     int64        `json:"days" doc:"Of the whole period."`
}

// Prorate counts a change of price by the calendar's days in the zone, whatever
// hours they have. It is pure and exact: both prices are cut at the same place
// by the same rounding, so that a change taken back on the same day costs
// nothing, a change on the first day costs the whole difference, and the parts
// of a period add up to its price.
func Prorate(in ProrateInput) Proration {
	zone := in.Zone
	if zone == nil {
		zone = time.UTC
	}
	first, end := dayOf(in.PeriodStartMS, zone), dayOf(in.PeriodEndMS, zone)
	days := max(end-first, 1) // a period within one day is that day
	left := min(max(first+days-dayOf(in.AtMS, zone), 0), days)
	p := Proration{Credit: part(in.OldPrice, left, days), Charge: part(in.NewPrice, left, days), DaysLeft: left, Days: days}
	p.Due = p.Charge - p.Credit
	return p
}

// part is what so many of the days cost, rounded half up.
func part(price money.Amount, left, days int64) money.Amount {
	price = min(max(price, 0), money.Max)
	return (price*money.Amount(2*left) + money.Amount(days)) / money.Amount(2*days)
}

// dayOf numbers the calendar's day of a time in a zone.
func dayOf(ms int64, zone *time.Location) int64 {
	year, month, day := time.UnixMilli(ms).In(zone).Date()
	const daySeconds = 24 * 3600
	// UTC has no short days.
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / daySeconds
}
