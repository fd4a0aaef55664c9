package finops

import (
	"context"
	"slices"
	"strings"

	"prosa/internal/base/clock"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/modules/finops/trend"
	"prosa/internal/platform/database"
)

// Forecast is what is expected of the days to come, in one currency.
type Forecast struct {
	Currency string `json:"currency"`
	// KnownTo is the last day that was believed, two days ago: what came since is
	// still incomplete. Earlier where a bill has not come so far.
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

// historyDays is how far a forecast looks back.
const historyDays = 120

// Forecast tells what the rest of the month will cost, from the daily costs
// before; a currency with less than four weeks of them is left out. Days that a
// bill lacks count for nothing. The filter's months are not looked at.
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
		if one.Day > today-historyDays && one.Day <= today-lateDays {
			if byCurrency[one.Currency] == nil {
				byCurrency[one.Currency] = map[int64]exact.Amount{}
			}
			byCurrency[one.Currency][one.Day] = one.Cost
		}
	}
	known, payers, err := s.billers(ctx, filter, today)
	if err != nil {
		return nil, err
	}
	list := []Forecast{}
	for currency, costs := range byCurrency {
		forecast, enough, err := forecastOf(costs, known.judged(payers, currency, today-historyDays+1, today-lateDays), today)
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

// billers names the payers of what is filtered, with what is billed.
func (s *Service) billers(ctx context.Context, filter Filter, today int64) (known billed, payers map[payer]bool, err error) {
	where, args := filter.where()
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		payers = map[payer]bool{}
		if known, err = billedBetween(ctx, tx, today-historyDays, today, today); err != nil {
			return err
		}
		return eachRow(ctx, tx, "SELECT DISTINCT m.source, i.billing_account, i.currency"+ledger+where+" AND i.charge_category IN ('Usage', 'Purchase')", args, func(row database.Row) error {
			var who payer
			err := row.Scan(&who.source, &who.account, &who.currency)
			payers[who] = true
			return err
		})
	})
	return known, payers, err
}

// micro is in what trends are counted: millionths.
func micro(a exact.Amount) int64 { return a.Nano / 1000 }

func fromMicro(n int64) exact.Amount { return exact.Amount{Nano: n * 1000} }

// forecastOf forecasts from the costs of days and those of them that are judged.
func forecastOf(costs map[int64]exact.Amount, judged map[int64]bool, today int64) (f Forecast, enough bool, err error) {
	first, last := today, int64(0)
	for day := range costs {
		first = min(first, day)
	}
	for day := range judged {
		last = max(last, day)
	}
	if last < today-30 {
		return f, false, nil // nothing was billed for a month: there is nothing to go on
	}
	series := trend.Series{First: first}
	for day := first; day <= last; day++ {
		series.Values, series.Known = append(series.Values, micro(costs[day])), append(series.Known, judged[day])
	}
	monthStart, monthEnd := firstDay(monthOf(today*dayMS)), firstDay(nextMonth(monthOf(today*dayMS), 1))
	outlook, enough := trend.Ahead(series, int(max(1, monthEnd-last-1)))
	if !enough {
		return f, false, nil
	}
	f.KnownTo, f.ErrorBP, f.Days, f.Anomalies = last, outlook.ErrorBP, []DayBand{}, []DayBand{}
	for day, cost := range costs {
		if day >= monthStart && day <= last {
			if f.Spent, err = f.Spent.Add(cost); err != nil {
				return f, false, err
			}
		}
	}
	f.Month, f.MonthLow, f.MonthHigh = f.Spent, f.Spent, f.Spent
	for _, band := range append(outlook.Gaps, outlook.Days...) {
		day := DayBand{Day: band.Day, Expected: fromMicro(band.Expected), Low: fromMicro(band.Low), High: fromMicro(band.High)}
		spent := exact.Amount{} // of the day, already: a bill lacks it, others have it
		if day.Day > last {
			f.Days = append(f.Days, day)
		} else {
			spent = costs[day.Day]
		}
		if day.Day < monthStart || day.Day >= monthEnd {
			continue
		}
		for _, sum := range []struct {
			into *exact.Amount
			more exact.Amount
		}{{&f.Month, day.Expected}, {&f.MonthLow, day.Low}, {&f.MonthHigh, day.High}} {
			more, err := sum.more.Sub(spent)
			if err == nil && more.Sign() > 0 {
				*sum.into, err = sum.into.Add(more)
			}
			if err != nil {
				return f, false, err
			}
		}
	}
	for _, odd := range trend.Anomalies(series) {
		f.Anomalies = append(f.Anomalies, DayBand{Day: odd.Day, Value: costs[odd.Day], Expected: fromMicro(odd.Expected)})
	}
	return f, true, nil
}
