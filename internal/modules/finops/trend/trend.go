// Package trend tells what comes next in a daily series, how far it was wrong
// before, and which days were unlike their neighbours. It is pure and counts in
// integers.
//
// A day is expected to be like the same weekday of the last four weeks, moved by
// the usual change from week to week. Medians are used throughout, so that one
// odd day moves nothing.
package trend

import (
	"math"
	"slices"
)

const (
	week = 7
	// looked at: weeks for a day's level, and for the change from week to week.
	levelWeeks, slopeWeeks = 4, 8
	// Least is how many days a series must have before anything is said.
	Least = 4 * week
	// backtest is on how many past days the expectation is tried.
	backtest = 28
)

// Band is what is expected of a day: in four of five days like it the value was
// between Low and High.
type Band struct {
	Day      int64 `json:"day"`
	Expected int64 `json:"expected"`
	Low      int64 `json:"low"`
	High     int64 `json:"high"`
}

// Outlook is a forecast with how wrong it would have been.
type Outlook struct {
	Days []Band `json:"days"`
	// ErrorBP is the sum of the errors of the last four weeks, each forecast a
	// week ahead, in basis points of what there was.
	ErrorBP int64 `json:"error_bp"`
	// Tried is on how many days that rests.
	Tried int64 `json:"tried"`
}

// Ahead forecasts the days behind a series whose first value is of the day
// first. False: the series is too short.
func Ahead(first int64, values []int64, days int) (Outlook, bool) {
	if len(values) < Least || days < 1 {
		return Outlook{}, false
	}
	residuals, errorBP := tried(values, week)
	low, high := quantile(residuals, 10), quantile(residuals, 90)
	outlook := Outlook{ErrorBP: errorBP, Tried: int64(len(residuals))}
	for ahead := 1; ahead <= days; ahead++ {
		expected := expect(values, ahead)
		outlook.Days = append(outlook.Days, Band{Day: first + int64(len(values)+ahead-1), Expected: expected,
			Low: min(expected, max(0, expected+low)), High: max(expected, expected+high)})
	}
	return outlook, true
}

// expect gives the value of the ahead-th day behind the series.
func expect(values []int64, ahead int) int64 {
	target := len(values) + ahead - 1
	var level []int64
	var weeks int64 // from those days to the target, added up
	for at := target - week; at >= 0 && len(level) < levelWeeks; at -= week {
		if at < len(values) {
			level = append(level, values[at])
			weeks += int64((target - at) / week)
		}
	}
	if len(level) == 0 {
		return 0
	}
	expected := median(level) + slope(values)*weeks/int64(len(level))
	return max(0, expected)
}

// slope is the usual change from a week to the next.
func slope(values []int64) int64 {
	var changes []int64
	for at := len(values) - 1; at >= week && len(changes) < slopeWeeks*week; at-- {
		changes = append(changes, values[at]-values[at-week])
	}
	return median(changes)
}

// tried forecasts each of the last days from what was known some days before,
// and tells by how much the truth was above.
func tried(values []int64, ahead int) (residuals []int64, errorBP int64) {
	var missed, total int64
	for at := max(len(values)-backtest, 2*week+ahead); at < len(values); at++ {
		residual := values[at] - expect(values[:at-ahead+1], ahead)
		residuals = append(residuals, residual)
		missed += distance(residual)
		total += distance(values[at])
	}
	if total > 0 {
		errorBP = share(missed, total)
	}
	return residuals, errorBP
}

// share is part*10,000/whole, without leaving int64.
func share(part, whole int64) int64 {
	if part > math.MaxInt64/10_000 {
		return part / max(1, whole/10_000)
	}
	return part * 10_000 / whole
}

// Anomaly is a day that is unlike its neighbours.
type Anomaly struct {
	Day      int64 `json:"day"`
	Value    int64 `json:"value"`
	Expected int64 `json:"expected"`
}

// Anomalies gives the days of a series that stand out of what was expected of
// them the day before: by more than six times the usual miss and by a tenth.
func Anomalies(first int64, values []int64) (list []Anomaly) {
	for at := Least; at < len(values); at++ {
		before := values[:at]
		residuals, _ := tried(before, 1)
		usual := make([]int64, len(residuals))
		for i, residual := range residuals {
			usual[i] = distance(residual)
		}
		expected := expect(before, 1)
		miss := distance(values[at] - expected)
		if miss > 6*median(usual) && miss > expected/10 && miss > 0 {
			list = append(list, Anomaly{Day: first + int64(at), Value: values[at], Expected: expected})
		}
	}
	return list
}

func distance(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// median of a list; the mean of the middle two where there is no middle.
func median(values []int64) int64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return sorted[middle-1] + (sorted[middle]-sorted[middle-1])/2
}

// quantile gives the value below which percent of the list are.
func quantile(values []int64, percent int) int64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)*percent/100]
}
