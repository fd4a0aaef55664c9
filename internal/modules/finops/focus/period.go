package focus

import (
	"strings"
	"time"

	"prosa/internal/base/fault"
)

func messageOf(err error) string { return fault.MessageOf(err) }

// moment is a time as a text meant it.
type moment struct {
	ms    int64
	plain bool // in the form that FOCUS wants
}

// layouts that are taken besides FOCUS's own, all in UTC unless they say
// otherwise. Dates with slashes are never guessed at: which is the month?
var layouts = []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02", "2006-01-02 15:04:05 UTC", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05.999999999"}

func readTime(text string) (moment, bool) {
	at, err := time.Parse(time.RFC3339, text)
	plain := err == nil && strings.HasSuffix(text, "Z")
	for i := 0; err != nil && i < len(layouts); i++ {
		at, err = time.Parse(layouts[i], text)
	}
	if err != nil || at.Year() < 2000 || at.Year() > 2100 {
		return moment{}, false
	}
	return moment{at.UnixMilli(), plain}, true
}

const dayMS = int64(24 * 3600 * 1000)

// Longest periods: a month is billed, or a year at most; a commitment may be
// charged for five years.
const (
	mostBilling = 367 * dayMS
	mostCharge  = 5 * 366 * dayMS
)

func (r *Reader) readPeriods() error {
	for _, at := range []struct {
		column Column
		into   *int64
	}{{BillingPeriodStart, &r.row.BillingFromMS}, {BillingPeriodEnd, &r.row.BillingToMS}, {ChargePeriodStart, &r.row.FromMS}, {ChargePeriodEnd, &r.row.ToMS}} {
		text := r.row.Text[at.column]
		if text == "" {
			return r.refuse(at.column, UnexpectedNull, "may not be null")
		}
		known, cached := r.times[text]
		if !cached {
			var ok bool
			if known, ok = readTime(text); !ok {
				return r.refuse(at.column, BadTime, quoted(text)+" is no time of ISO 8601, such as 2026-11-01T00:00:00Z")
			}
			if len(r.times) < cacheMost {
				r.times[strings.Clone(text)] = known
			}
		}
		if !known.plain {
			r.note(TimeForm, at.column, text)
		}
		*at.into = known.ms
	}
	row := &r.row
	// Months, and what days a bill has, are told in UTC: a period of another zone
	// would be taken for the month before.
	if row.BillingFromMS%dayMS != 0 {
		return r.refuse(BillingPeriodStart, BadPeriod, "the billing period begins at "+Time(row.BillingFromMS)+", which is not midnight UTC")
	}
	if row.BillingToMS <= row.BillingFromMS || row.BillingToMS-row.BillingFromMS > mostBilling {
		return r.refuse(BillingPeriodEnd, BadPeriod, "the billing period does not end after its begin, within a year")
	}
	if row.ToMS <= row.FromMS || row.ToMS-row.FromMS > mostCharge {
		return r.refuse(ChargePeriodEnd, BadPeriod, "the charge period does not end after its begin, within five years")
	}
	if row.Text[ChargeClass] == "" && (row.FromMS < row.BillingFromMS || row.FromMS >= row.BillingToMS) {
		r.note(OutsidePeriod, ChargePeriodStart, row.Text[ChargePeriodStart])
	}
	return nil
}
