package finops

import (
	"context"
	"math/big"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/platform/database"
)

// Rate is what one unit of a currency cost in another on a day, as somebody
// typed it in or imported it.
type Rate struct {
	Base   string       `json:"base" doc:"One unit of this ..."`
	Quote  string       `json:"quote" doc:"... cost so much of this."`
	Day    string       `json:"day"`
	Rate   exact.Amount `json:"rate"`
	Source string       `json:"source" doc:"Where it was read, such as PTAX."`
	Sample bool         `json:"sample" doc:"Made up, to show how it looks."`

	day int64
}

func (r *Rate) clean() (err error) {
	if r.day, err = parseDay("day", r.Day); err != nil {
		return err
	}
	if checkCurrency(r.Base) != nil {
		return fault.OnField("base", "must be three letters, such as USD")
	}
	if checkCurrency(r.Quote) != nil || r.Quote == r.Base {
		return fault.OnField("quote", "must be another currency, such as BRL")
	}
	if r.Rate.Sign() <= 0 {
		return fault.OnField("rate", "must be more than zero")
	}
	if len(r.Source) > 200 || database.Text(r.Source) != nil {
		return fault.OnField("source", "must have at most 200 characters")
	}
	return nil
}

// Rates lists the rates of a time, the latest first; both days are included.
func (s *Service) Rates(ctx context.Context, from, until string) (list []Rate, err error) {
	first, err := parseDay("from", from)
	if err != nil {
		return nil, err
	}
	last, err := parseDay("until", until)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		list, err = selectRates(ctx, tx, "WHERE day >= $1 AND day <= $2 ORDER BY day DESC, base, quote", first, last)
		return err
	})
	return list, err
}

func selectRates(ctx context.Context, tx *database.Tx, where string, args ...any) ([]Rate, error) {
	rows, err := tx.Query(ctx, "SELECT base, quote, day, nano, atto, source, sample FROM finops_rate "+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Rate{}
	for rows.Next() {
		var r Rate
		if err := rows.Scan(&r.Base, &r.Quote, &r.day, &r.Rate.Nano, &r.Rate.Atto, &r.Source, &r.Sample); err != nil {
			return nil, err
		}
		r.Day = isoDay(r.day)
		list = append(list, r)
	}
	return list, rows.Err()
}

// PutRates adds rates, or changes those of the same currencies and day. All are
// taken or none. Error: fault.Invalid with the number of the rate, from 1.
func (s *Service) PutRates(ctx context.Context, rates []Rate, by audit.Entry) error {
	for i := range rates {
		if err := rates[i].clean(); err != nil {
			return numbered(i, err)
		}
	}
	return s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		rows := make([][]any, len(rates))
		for i, r := range rates {
			rows[i] = []any{r.Base, r.Quote, r.day, r.Rate.Nano, r.Rate.Atto, r.Source, r.Sample, tx.Now()}
		}
		_, err := tx.All(ctx, `INSERT INTO finops_rate (base, quote, day, nano, atto, source, sample, changed_ms) VALUES (`+database.List(8, 1)+`)
			ON CONFLICT (base, quote, day) DO UPDATE SET nano = excluded.nano, atto = excluded.atto, source = excluded.source, sample = excluded.sample, changed_ms = excluded.changed_ms`, rows, nil)
		if err != nil {
			return err
		}
		return note(ctx, tx, by, "finops.rates_set", "", map[string]string{"count": decimal(int64(len(rates)))})
	})
}

// staleRate is for how many days a rate stands for the days behind it: a long
// weekend with a holiday.
const staleRate = 7

// exchange knows the rates of a time.
type exchange struct{ rates []Rate } // sorted by day

// loadExchange reads the rates that may count from a day until another.
func loadExchange(ctx context.Context, tx *database.Tx, first, last int64) (exchange, error) {
	rates, err := selectRates(ctx, tx, "WHERE day >= $1 AND day <= $2 ORDER BY day, base, quote", first-staleRate, last)
	return exchange{rates}, err
}

// rate gives what one unit of base cost in quote on a day: that day's rate, else
// the latest of the week before; told either way round.
func (e exchange) rate(base, quote string, day int64) (rate *big.Rat, of Rate, ok bool) {
	if base == quote {
		return big.NewRat(1, 1), Rate{}, true
	}
	for _, r := range slices.Backward(e.rates) {
		switch {
		case r.day > day || r.day < day-staleRate:
		case r.Base == base && r.Quote == quote:
			return r.Rate.Rat(), r, true
		case r.Base == quote && r.Quote == base:
			return new(big.Rat).Inv(r.Rate.Rat()), r, true
		}
	}
	return nil, Rate{}, false
}

// convert gives an amount in another currency at the rate of a day, rounded to
// 10^-18; false when no rate is known.
func (e exchange) convert(amount exact.Amount, base, quote string, day int64) (exact.Amount, bool, error) {
	rate, _, ok := e.rate(base, quote, day)
	if !ok {
		return exact.Amount{}, false, nil
	}
	if base == quote {
		return amount, true, nil
	}
	converted, err := exact.RoundRat(new(big.Rat).Mul(amount.Rat(), rate))
	return converted, err == nil, err
}
