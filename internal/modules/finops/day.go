package finops

import (
	"math/big"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/modules/finops/exact"
)

// Days are counted from 1970-01-01 UTC, months are written yyyymm: both sort,
// and a month is no arithmetic in SQL.

// dayOf gives the day of a time in milliseconds.
func dayOf(ms int64) int64 {
	day := ms / dayMS
	if ms%dayMS < 0 {
		day--
	}
	return day
}

// today gives the day that runs.
func (s *Service) today() int64 { return dayOf(clock.MS(s.clock.Now())) }

// monthOf gives the month of a time in milliseconds.
func monthOf(ms int64) int64 {
	at := time.UnixMilli(ms).UTC()
	return int64(at.Year())*100 + int64(at.Month())
}

// timeOfMonth gives the first moment of a month.
func timeOfMonth(month int64) time.Time {
	return time.Date(int(month/100), time.Month(month%100), 1, 0, 0, 0, 0, time.UTC)
}

// nextMonth gives a month n months later, or earlier.
func nextMonth(month int64, n int) int64 {
	return monthOf(timeOfMonth(month).AddDate(0, n, 0).UnixMilli())
}

// firstDay gives the first day of a month.
func firstDay(month int64) int64 { return dayOf(timeOfMonth(month).UnixMilli()) }

// timeOfDay gives a day's first moment.
func timeOfDay(day int64) time.Time { return time.UnixMilli(day * dayMS).UTC() }

// checkPeriod holds a month against its form.
func checkPeriod(field string, month int64) error {
	if month < 200001 || month > 210012 || month%100 < 1 || month%100 > 12 {
		return fault.OnField(field, "must be a month, such as 202611")
	}
	return nil
}

// monthText writes a month as people do: 2026-11.
func monthText(month int64) string { return timeOfMonth(month).Format("2006-01") }

// basisPoints gives a part of a whole in hundredths of a percent, rounded toward
// zero; nil where there is no whole.
func basisPoints(part, whole exact.Amount) *int64 {
	if whole.IsZero() {
		return nil
	}
	ratio := new(big.Rat).Quo(part.Rat(), whole.Abs().Rat())
	ratio.Mul(ratio, big.NewRat(10_000, 1))
	n := new(big.Int).Quo(ratio.Num(), ratio.Denom())
	if !n.IsInt64() {
		return nil
	}
	points := n.Int64()
	return &points
}

func ratio(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }
