package finops

import (
	"context"
	"slices"
	"strings"

	"prosa/internal/base/clock"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/modules/finops/trend"
)

// Forecast is what is expected of the days to come, in one currency.
type Forecast struct {
	Currency string `json:"currency"`
	// KnownTo is the last day that was believed: what came in the two days
	// before now is still incomplete.
	KnownTo int64     `json:"known_to"`
	Days    []DayBand `json:"days"`
	// Spent is what the running month cost up to KnownTo; Month is what it will
	// have cost at its end, between MonthLow and MonthHigh.
	Spent     exact.Amount `json:"spent"`
	Month     exact.Amount `json:"month"`
	MonthLow  exact.Amount `json:"month_low"`
	MonthHigh exact.Amount `json:"month_high"`
	// ErrorBP is by how much the same forecast missed the last four weeks, in
	// basis points.
	ErrorBP int64 `json:"error_bp"`
	// Anomalies are known days that were unlike their neighbours.
	Anomalies []DayBand `json:"anomalies"`
}

// DayBand is a day with what was expected of it.
type DayBand struct {
	Day      int64        `json:"day"`
	Value    exact.Amount `json:"value" doc:"Of an anomaly: what it cost. Else zero."`
	Expected exact.Amount `json:"expected"`
	Low      exact.Amount `json:"low"`
	High     exact.Amount `json:"high"`
}

const (
	// unripeDays is how long rows of a day still come.
	unripeDays = 2
	// historyDays is how far a forecast looks back.
	historyDays = 120
)

// Forecast tells what the rest of the month will cost, from the daily costs
// before; a currency with less than four weeks of them is left out. The filter's
// months are not looked at.
func (s *Service) Forecast(ctx context.Context, filter Filter) ([]Forecast, error) {
	now := clock.MS(s.clock.Now())
	today := dayOf(now)
	filter.From, filter.To, filter.Cost = nextMonth(monthOf(now), -4), monthOf(now), Effective
	days, err := s.Daily(ctx, filter)
	if err != nil {
		return nil, err
	}
	byCurrency := map[string]map[int64]exact.Amount{}
	for _, one := range days {
		if one.Day > today-historyDays && one.Day < today-unripeDays {
			if byCurrency[one.Currency] == nil {
				byCurrency[one.Currency] = map[int64]exact.Amount{}
			}
			byCurrency[one.Currency][one.Day] = one.Cost
		}
	}
	list := []Forecast{}
	for currency, costs := range byCurrency {
		forecast, enough, err := forecastOf(costs, today)
		if err != nil {
			return nil, err
		}
		if enough {
			forecast.Currency = currency
			list = append(list, forecast)
		}
	}
	slices.SortFunc(list, func(a, b Forecast) int { return strings.Compare(a.Currency, b.Currency) })
	return list, nil
}

// micro is in what trends are counted: millionths.
func micro(a exact.Amount) int64 { return a.Nano / 1000 }

func fromMicro(n int64) exact.Amount { return exact.Amount{Nano: n * 1000} }

func forecastOf(costs map[int64]exact.Amount, today int64) (f Forecast, enough bool, err error) {
	first, last := int64(0), int64(0)
	for day := range costs {
		if first == 0 || day < first {
			first = day
		}
		last = max(last, day)
	}
	if last < today-30 {
		return f, false, nil // nothing was billed for a month: there is nothing to go on
	}
	values := make([]int64, 0, last-first+1)
	for day := first; day <= last; day++ {
		values = append(values, micro(costs[day]))
	}
	monthEnd := firstDay(nextMonth(monthOf(today*dayMS), 1))
	outlook, enough := trend.Ahead(first, values, int(max(1, monthEnd-last-1)))
	if !enough {
		return f, false, nil
	}
	f.KnownTo, f.ErrorBP, f.Days, f.Anomalies = last, outlook.ErrorBP, []DayBand{}, []DayBand{}
	monthStart := firstDay(monthOf(today * dayMS))
	for day, cost := range costs {
		if day >= monthStart {
			if f.Spent, err = f.Spent.Add(cost); err != nil {
				return f, false, err
			}
		}
	}
	f.Month, f.MonthLow, f.MonthHigh = f.Spent, f.Spent, f.Spent
	for _, band := range outlook.Days {
		day := DayBand{Day: band.Day, Expected: fromMicro(band.Expected), Low: fromMicro(band.Low), High: fromMicro(band.High)}
		f.Days = append(f.Days, day)
		if day.Day < monthStart || day.Day >= monthEnd {
			continue
		}
		for _, sum := range []struct {
			into *exact.Amount
			more exact.Amount
		}{{&f.Month, day.Expected}, {&f.MonthLow, day.Low}, {&f.MonthHigh, day.High}} {
			if *sum.into, err = sum.into.Add(sum.more); err != nil {
				return f, false, err
			}
		}
	}
	for _, odd := range trend.Anomalies(first, values) {
		f.Anomalies = append(f.Anomalies, DayBand{Day: odd.Day, Value: costs[odd.Day], Expected: fromMicro(odd.Expected)})
	}
	return f, true, nil
}
