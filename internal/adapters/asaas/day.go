package asaas

import (
	"time"

	"prosa/internal/modules/subscription"
)

// brasilia is the zone of the vendor's days. Brazil has had no summer time since
// 2019.
func brasilia() *time.Location { return time.FixedZone("", -3*60*60) }

// day spells the day of a moment.
func day(ms int64) string { return time.UnixMilli(ms).In(brasilia()).Format(time.DateOnly) }

// dayMS is the beginning of a day.
func dayMS(text string) (int64, bool) {
	at, err := time.ParseInLocation(time.DateOnly, text, brasilia())
	if err != nil {
		return 0, false
	}
	return at.UnixMilli(), true
}

// momentMS reads "2024-06-12 16:45:03", or a day.
func momentMS(text string) int64 {
	at, err := time.ParseInLocation(time.DateTime, text, brasilia())
	if err != nil {
		ms, _ := dayMS(text)
		return ms
	}
	return at.UnixMilli()
}

// after gives the same day so many intervals later, the last of a shorter month.
func after(ms int64, interval subscription.Interval, times int) int64 {
	at := time.UnixMilli(ms).In(brasilia())
	months := times
	if interval == subscription.Annual {
		months = 12 * times
	}
	first := time.Date(at.Year(), at.Month()+time.Month(months), 1, at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), at.Location())
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(at.Day(), last)-1).UnixMilli()
}
