package finops

import (
	"context"
	"math/big"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/place"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/platform/database"
)

// Where a budget comes from.
const (
	originAccounts = "accounts" // the file of accounts
	originTyped    = "typed"    // an operator; it counts before the file's
)

// Budget is what a line and environment may cost a month, until a later one
// takes its place.
type Budget struct {
	Line        string       `json:"line"`
	Environment string       `json:"environment"`
	Currency    string       `json:"currency"`
	From        int64        `json:"from_month" doc:"The first month, yyyymm."`
	Amount      exact.Amount `json:"amount" doc:"A month; 0 ends it."`
	Origin      string       `json:"origin" enum:"accounts,typed"`
	Note        string       `json:"note"`
	By          string       `json:"by"`
}

// Pace is how a month goes against its budget: billed cost, as the provider
// counts its own budgets.
type Pace struct {
	Budget
	Month int64        `json:"month" doc:"yyyymm"`
	Spent exact.Amount `json:"spent"`
	// Through is the last day that is judged: bills come up to two days late, or
	// later. Days before it that a bill lacks are not judged either.
	Through  string       `json:"through" doc:"The last day that is judged; empty while none is. Bills come up to two days late; a day that no bill covers yet is not judged."`
	Days     int64        `json:"days" doc:"Of the month that are judged: those that all bills of it cover."`
	Of       int64        `json:"of_days"`
	Expected exact.Amount `json:"expected" doc:"Of the budget for the judged days, every day the same."`
	// Forecast is what was charged for the whole month, and for each other day as
	// much as the judged days cost on average.
	Forecast *exact.Amount `json:"forecast,omitempty" doc:"At the end of the month, at this pace; absent while fewer than three days are judged."`
	Spending int64         `json:"spent_basis_points" doc:"Of the budget."`
	Ahead    *int64        `json:"forecast_basis_points,omitempty" doc:"Of the budget."`
	State    string        `json:"state" enum:"under,fast,over" doc:"fast: the forecast is over it; over: what was spent is."`
}

func (b *Budget) clean() error {
	if err := checkPeriod("from_month", b.From); err != nil {
		return err
	}
	switch {
	case b.Line != Shared && !place.IsLine(b.Line):
		return fault.OnField("line", "must be %s", either(append(place.Lines(), Shared)))
	case b.Environment != Shared && !place.IsEnvironment(b.Environment):
		return fault.OnField("environment", "must be %s", either(append(place.Environments(), Shared)))
	case (b.Line == Shared) != (b.Environment == Shared):
		return fault.OnField("environment", "must be %[1]s with the line %[1]s, and with no other", Shared)
	case b.Amount.Sign() < 0:
		return fault.OnField("amount", "must not be negative")
	case len(b.Note) > 500 || database.Text(b.Note) != nil:
		return fault.OnField("note", "must have at most 500 characters")
	}
	return checkCurrency(b.Currency)
}

// Budgets lists what may be spent in a month and how that goes: the budget of
// each line, environment and currency that began last. Error: fault.Invalid.
func (s *Service) Budgets(ctx context.Context, month int64) (list []Pace, err error) {
	if err := checkPeriod("month", month); err != nil {
		return nil, err
	}
	today := dayOf(clock.MS(s.clock.Now()))
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		list = []Pace{}
		budgets, err := selectBudgets(ctx, tx, "WHERE from_month <= $1 ORDER BY line, environment, currency, from_month DESC, origin DESC", month)
		if err != nil {
			return err
		}
		first, last := monthDays(month)
		known, err := billedBetween(ctx, tx, first, last, today)
		if err != nil {
			return err
		}
		spent, err := spentIn(ctx, tx, month, known)
		if err != nil {
			return err
		}
		for i, b := range budgets {
			if i > 0 && b.key() == budgets[i-1].key() || b.Amount.IsZero() {
				continue // an earlier one, or ended
			}
			of := spent[b.key()]
			pace, err := paceOf(b, month, known.judged(of.payers, b.Currency, first, min(last, today-lateDays)), of)
			if err != nil {
				return err
			}
			list = append(list, pace)
		}
		return nil
	})
	return list, err
}

// budgetKey is what a budget is for.
type budgetKey struct{ line, environment, currency string }

func (b Budget) key() budgetKey { return budgetKey{b.Line, b.Environment, b.Currency} }

// spending is what a month was billed by day, with what was charged for more than
// one day or for another month.
type spending struct {
	daily  map[int64]exact.Amount
	fixed  exact.Amount
	payers map[payer]bool // that billed it, or did by days the month before
}

// spentIn adds up the bills of a month, as invoices and the matrix do: what they
// correct of an earlier month is spent now.
func spentIn(ctx context.Context, tx *database.Tx, month int64, known billed) (map[budgetKey]spending, error) {
	accounts, err := loadAtlas(ctx, tx)
	if err != nil {
		return nil, err
	}
	spent := map[budgetKey]spending{}
	of := func(account string, day int64, who payer) (budgetKey, spending) {
		at := accounts.at(account, day)
		key := budgetKey{at.line, at.environment, who.currency}
		one := spent[key]
		if one.daily == nil {
			one.daily, one.payers = map[int64]exact.Amount{}, map[payer]bool{}
		}
		one.payers[who] = true
		return key, one
	}
	err = eachRow(ctx, tx, `SELECT f.source, i.billing_account, c.day, c.days > 1, i.account_id, i.currency, CAST(SUM(c.billed_nano) AS BIGINT), CAST(SUM(c.billed_atto) AS BIGINT)
		FROM finops_charge c JOIN finops_item i ON i.import_no = c.import_no AND i.no = c.item_no JOIN finops_import f ON f.no = c.import_no
		WHERE f.period = $1 AND f.state = 'current' GROUP BY f.source, i.billing_account, c.day, c.days > 1, i.account_id, i.currency`, []any{month}, func(row database.Row) error {
		var day, nano, atto int64
		var fixed bool
		var who payer
		var account string
		if err := row.Scan(&who.source, &who.account, &day, &fixed, &account, &who.currency, &nano, &atto); err != nil {
			return err
		}
		amount, err := exact.Sum(nano, atto)
		if err != nil {
			return err
		}
		key, one := of(account, day, who)
		if fixed || monthOf(day*dayMS) != month {
			one.fixed, err = one.fixed.Add(amount)
		} else {
			one.daily[day], err = one.daily[day].Add(amount)
		}
		spent[key] = one
		return err
	})
	if err != nil {
		return nil, err
	}
	// A bill that has not begun is late, too.
	err = eachRow(ctx, tx, `SELECT DISTINCT f.source, i.billing_account, i.account_id, i.currency
		FROM finops_charge c JOIN finops_item i ON i.import_no = c.import_no AND i.no = c.item_no JOIN finops_import f ON f.no = c.import_no
		WHERE f.period = $1 AND c.days = 1 AND f.state = 'current'`, []any{nextMonth(month, -1)}, func(row database.Row) error {
		var who payer
		var account string
		err := row.Scan(&who.source, &who.account, &account, &who.currency)
		if r := known[who]; r != nil && r.daily {
			key, one := of(account, firstDay(month), who)
			spent[key] = one
		}
		return err
	})
	return spent, err
}

// paceOf judges a month by some of its days.
func paceOf(b Budget, month int64, days map[int64]bool, spent spending) (p Pace, err error) {
	first, last := monthDays(month)
	p = Pace{Budget: b, Month: month, Spent: spent.fixed, Days: int64(len(days)), Of: last - first + 1, State: "under"}
	judged := exact.Amount{}
	for day, amount := range spent.daily {
		if p.Spent, err = p.Spent.Add(amount); err != nil {
			return p, err
		}
		if days[day] {
			if judged, err = judged.Add(amount); err != nil {
				return p, err
			}
		}
	}
	for day := range days {
		p.Through = max(p.Through, isoDay(day))
	}
	if p.Expected, err = portion(b.Amount, p.Days, p.Of); err != nil {
		return p, err
	}
	if points := basisPoints(p.Spent, b.Amount); points != nil {
		p.Spending = *points
	}
	if p.Spent.Cmp(b.Amount) > 0 {
		p.State = "over"
	}
	if p.Days < 3 {
		return p, nil
	}
	forecast, err := portion(judged, p.Of, p.Days)
	if err == nil {
		forecast, err = forecast.Add(spent.fixed)
	}
	p.Forecast, p.Ahead = &forecast, basisPoints(forecast, b.Amount)
	if p.State == "under" && forecast.Cmp(b.Amount) > 0 {
		p.State = "fast"
	}
	return p, err
}

// portion gives n parts of of, rounded to 10^-18.
func portion(amount exact.Amount, n, of int64) (exact.Amount, error) {
	return exact.RoundRat(new(big.Rat).Mul(amount.Rat(), big.NewRat(n, of)))
}

func selectBudgets(ctx context.Context, tx *database.Tx, where string, args ...any) ([]Budget, error) {
	list := []Budget{}
	err := eachRow(ctx, tx, "SELECT line, environment, currency, from_month, nano, atto, origin, note, actor_name FROM finops_budget "+where, args, func(row database.Row) error {
		var b Budget
		err := row.Scan(&b.Line, &b.Environment, &b.Currency, &b.From, &b.Amount.Nano, &b.Amount.Atto, &b.Origin, &b.Note, &b.By)
		list = append(list, b)
		return err
	})
	return list, err
}

// PutBudgets sets what may be spent from a month on. All are taken or none.
// Error: fault.Invalid with the number of the budget, from 1.
func (s *Service) PutBudgets(ctx context.Context, budgets []Budget, by audit.Entry) error {
	for i := range budgets {
		if err := budgets[i].clean(); err != nil {
			return numbered(i, err)
		}
		budgets[i].Origin = originTyped
	}
	return s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		for _, b := range budgets {
			if err := putBudget(ctx, tx, b, by); err != nil {
				return err
			}
		}
		return nil
	})
}

func putBudget(ctx context.Context, tx *database.Tx, b Budget, by audit.Entry) error {
	_, err := tx.Exec(ctx, `INSERT INTO finops_budget (line, environment, currency, from_month, nano, atto, origin, note, actor_name, changed_ms) VALUES (`+database.List(10, 1)+`)
		ON CONFLICT (line, environment, currency, from_month, origin) DO UPDATE SET nano = excluded.nano, atto = excluded.atto, note = excluded.note,
		actor_name = excluded.actor_name, changed_ms = excluded.changed_ms`,
		b.Line, b.Environment, b.Currency, b.From, b.Amount.Nano, b.Amount.Atto, b.Origin, b.Note, by.Actor.Name, tx.Now())
	if err != nil {
		return err
	}
	return note(ctx, tx, by, "finops.budget_set", b.Line+"-"+b.Environment, map[string]string{
		"from": monthText(b.From), "amount": b.Amount.String(), "currency": b.Currency, "origin": b.Origin,
	})
}

// FillBudgets takes what the file of accounts says anew, from this month on; where
// an operator typed one for this month, from the next on. What it said before is no
// news, so that what was typed stands. It reports how many changed. Error:
// fault.Invalid.
func (s *Service) FillBudgets(ctx context.Context, budgets []Budget, by audit.Entry) (changed int, err error) {
	month := monthOf(clock.MS(s.clock.Now()))
	for i := range budgets {
		budgets[i].From, budgets[i].Origin = month, originAccounts
		if err := budgets[i].clean(); err != nil {
			return 0, numbered(i, err)
		}
	}
	err = s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		changed = 0
		for _, b := range budgets {
			told, err := selectBudgets(ctx, tx, "WHERE line = $1 AND environment = $2 AND currency = $3 AND origin = 'accounts' ORDER BY from_month DESC LIMIT 1", b.Line, b.Environment, b.Currency)
			if err != nil {
				return err
			}
			typed, err := selectBudgets(ctx, tx, "WHERE line = $1 AND environment = $2 AND currency = $3 AND origin = 'typed' AND from_month = $4", b.Line, b.Environment, b.Currency, month)
			if err != nil {
				return err
			}
			if len(told) > 0 && told[0].Amount == b.Amount || len(typed) > 0 {
				continue
			}
			if err := putBudget(ctx, tx, b, by); err != nil {
				return err
			}
			changed++
		}
		return nil
	})
	return changed, err
}
