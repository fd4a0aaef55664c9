// Package trend tells what comes next in a daily series, how far it was wrong
// before, and which days were unlike their neighbours. It is pure and counts in
// integers.
//
// A day is expected to be like the same weekday of the last four weeks that are
// known, moved by the usual change from week to week. Medians are used throughout,
// so that one odd day moves nothing.
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
	// Gaps are the days of the series that are not known.
	Gaps []Band `json:"gaps"`
	// ErrorBP is the sum of the errors of the last four weeks, each forecast a
	// week ahead, in basis points of what there was.
	ErrorBP int64 `json:"error_bp"`
	// Tried is on how many days that rests.
	Tried int64 `json:"tried"`
}

// Series is what there was on days on end, the first of them First. A day that is
// not Known has no value: it is no zero. A nil Known says that all days are.
type Series struct {
	First  int64
	Values []int64
	Known  []bool
}

func (s Series) known(at int) bool { return s.Known == nil || s.Known[at] }

// count tells how many days are known before one.
func (s Series) count(until int) (n int) {
	for at := range until {
		if s.known(at) {
			n++
		}
	}
	return n
}

// Ahead forecasts the days behind a series, and those in it that are not known.
// False: too few of its days are known.
func Ahead(s Series, days int) (Outlook, bool) {
	if s.count(len(s.Values)) < Least || days < 1 {
		return Outlook{}, false
	}
	residuals, errorBP := tried(s, len(s.Values), week)
	low, high := quantile(residuals, 10), quantile(residuals, 90)
	band := func(at, from int) Band {
		expected := expect(s, from, at)
		return Band{Day: s.First + int64(at), Expected: expected, Low: min(expected, max(0, expected+low)), High: max(expected, expected+high)}
	}
	outlook := Outlook{ErrorBP: errorBP, Tried: int64(len(residuals))}
	for at := range s.Values {
		if !s.known(at) {
			outlook.Gaps = append(outlook.Gaps, band(at, at))
		}
	}
	for ahead := range days {
		outlook.Days = append(outlook.Days, band(len(s.Values)+ahead, len(s.Values)))
	}
	return outlook, true
}

// expect gives the value of a day by those known before another.
func expect(s Series, until, target int) int64 {
	var level []int64
	var weeks int64 // from those days to the target, added up
	for at := target - week; at >= 0 && len(level) < levelWeeks; at -= week {
		if at < until && s.known(at) {
			level = append(level, s.Values[at])
			weeks += int64((target - at) / week)
		}
	}
	if len(level) == 0 {
		return 0
	}
	expected := median(level) + slope(s, until)*weeks/int64(len(level))
	return max(0, expected)
}

// slope is the usual change from a week to the next, before a day.
func slope(s Series, until int) int64 {
	var changes []int64
	for at := until - 1; at >= week && len(changes) < slopeWeeks*week; at-- {
		if s.known(at) && s.known(at-week) {
			changes = append(changes, s.Values[at]-s.Values[at-week])
		}
	}
	return median(changes)
}

// tried forecasts each of the last days before one from what was known some days
// before, and tells by how much the truth was above.
func tried(s Series, until, ahead int) (residuals []int64, errorBP int64) {
	var missed, total int64
	for at := max(until-backtest, 2*week+ahead); at < until; at++ {
		if !s.known(at) {
			continue
		}
		residual := s.Values[at] - expect(s, at-ahead+1, at)
		residuals = append(residuals, residual)
		missed += distance(residual)
		total += distance(s.Values[at])
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
// them the day before: by more than six times the usual miss and by a tenth. A day
// is held against its like of four weeks, of which two must be known.
func Anomalies(s Series) (list []Anomaly) {
	for at := Least; at < len(s.Values); at++ {
		if !s.known(at) || s.like(at) < levelWeeks/2 || s.count(at) < Least {
			continue
		}
		residuals, _ := tried(s, at, 1)
		usual := make([]int64, len(residuals))
		for i, residual := range residuals {
			usual[i] = distance(residual)
		}
		expected := expect(s, at, at)
		miss := distance(s.Values[at] - expected)
		if miss > 6*median(usual) && miss > expected/10 && miss > 0 {
			list = append(list, Anomaly{Day: s.First + int64(at), Value: s.Values[at], Expected: expected})
		}
	}
	return list
}

// like counts the known days of a day's weekday in the four weeks before it.
func (s Series) like(at int) (n int) {
	for weeks := 1; weeks <= levelWeeks; weeks++ {
		if s.known(at - weeks*week) {
			n++
		}
	}
	return n
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
