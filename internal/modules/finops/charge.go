package finops

import (
	"context"
	"maps"
	"slices"
	"strings"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/platform/database"
)

// Basis of a cost: BilledCost is what invoices say and is counted in the billing
// period; EffectiveCost spreads commitments over their use and is counted in the
// month of its charge. They are never mixed.
const (
	Billed    = "billed"
	Effective = "effective"
)

// Filter says which charges are meant; the empty text and 0 mean any. A line or
// an environment of "-" means accounts that nobody mapped.
type Filter struct {
	Cost        string // Billed or Effective; empty is Effective
	From, To    int64  // months, yyyymm, both included
	Line        string
	Environment string
	AccountID   string
	Service     string
	Category    string // of the service
	ResourceID  string
	Currency    string
}

// Unmapped is the line and environment of a Filter for accounts that nobody
// mapped.
const Unmapped = "-"

// usual fills what was left out. Error: fault.Invalid.
func (f Filter) usual() (Filter, error) {
	if f.Cost == "" {
		f.Cost = Effective
	}
	if f.Cost != Billed && f.Cost != Effective {
		return f, fault.OnField("cost", "must be billed or effective")
	}
	if f.From == 0 {
		f.From = 200001
	}
	if f.To == 0 {
		f.To = 210012
	}
	if err := checkPeriod("from", f.From); err != nil {
		return f, err
	}
	if err := checkPeriod("to", f.To); err != nil {
		return f, err
	}
	if f.From > f.To {
		return f, fault.OnField("to", "comes before from")
	}
	return f, nil
}

// month is the column by which the cost is counted.
func (f Filter) month() string {
	if f.Cost == Billed {
		return "m.period"
	}
	return "c.month"
}

// sum spells the two sums of the cost.
func (f Filter) sum() string {
	return "CAST(SUM(c." + f.Cost + "_nano) AS BIGINT), CAST(SUM(c." + f.Cost + "_atto) AS BIGINT)"
}

// ledger is where charges come from: the current bills, with what their
// accounts are for on the day.
const ledger = ` FROM finops_import m
	JOIN finops_charge c ON c.import_no = m.no
	JOIN finops_item i ON i.import_no = c.import_no AND i.no = c.item_no
	LEFT JOIN finops_account a ON a.account_id = i.account_id AND a.from_day <= c.day AND (a.to_day = 0 OR c.day < a.to_day)
	WHERE m.state = 'current'`

// where spells the filter behind ledger, with its arguments from number 1 on.
func (f Filter) where() (text string, args []any) {
	return f.narrowed(condition{f.month() + " >= ?", f.From}, condition{f.month() + " <= ?", f.To})
}

// reaching is where, for the charges of several days that began before the
// filter's months and reach into them.
func (f Filter) reaching() (text string, args []any) {
	first := firstDay(f.From)
	return f.narrowed(condition{"c.days > 1 AND c.day < ?", first}, condition{"c.day + c.days > ?", first})
}

// condition is a part of a query, with the value of its question mark.
type condition struct {
	text  string
	value any
}

// narrowed spells conditions on the time, and the filter's others.
func (f Filter) narrowed(times ...condition) (text string, args []any) {
	add := func(condition string, value any) {
		args = append(args, value)
		text += " AND " + strings.ReplaceAll(condition, "?", database.List(1, len(args)))
	}
	for _, one := range times {
		add(one.text, one.value)
	}
	for _, part := range []struct{ column, value string }{{"COALESCE(a.line, '')", f.Line}, {"COALESCE(a.environment, '')", f.Environment},
		{"i.account_id", f.AccountID}, {"i.service", f.Service}, {"i.service_category", f.Category}, {"i.resource_id", f.ResourceID}, {"i.currency", f.Currency}} {
		switch part.value {
		case "":
		case Unmapped:
			add(part.column+" = ?", "")
		default:
			add(part.column+" = ?", part.value)
		}
	}
	return text, args
}

// Cell is what a product line's environment cost in a month, in one currency.
type Cell struct {
	Month       int64  `json:"month"`
	Line        string `json:"line" doc:"Empty: accounts that nobody mapped."`
	Environment string `json:"environment"`
	Currency    string `json:"currency"`
	// Usage holds purchases too.
	Usage       exact.Amount `json:"usage"`
	Adjustments exact.Amount `json:"adjustments"`
	Credits     exact.Amount `json:"credits"`
	Taxes       exact.Amount `json:"taxes"`
	Total       exact.Amount `json:"total"`
	// Corrections restate a closed period; they are in the sums above.
	Corrections exact.Amount `json:"corrections"`
}

// Matrix gives product line x environment x month x currency, in that order.
func (s *Service) Matrix(ctx context.Context, filter Filter) ([]Cell, error) {
	filter, err := filter.usual()
	if err != nil {
		return nil, err
	}
	where, args := filter.where()
	list := []Cell{}
	err = s.each(ctx, "SELECT "+filter.month()+" AS month_of, COALESCE(a.line, ''), COALESCE(a.environment, ''), i.currency, i.charge_category, i.charge_class, "+filter.sum()+
		ledger+where+" GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6", args, func(row database.Row) error {
		var cell Cell
		var category, class string
		var sum columns
		if err := row.Scan(&cell.Month, &cell.Line, &cell.Environment, &cell.Currency, &category, &class, &sum.nano, &sum.atto); err != nil {
			return err
		}
		if last := len(list) - 1; last >= 0 && list[last].key() == cell.key() {
			return list[last].add(category, class, sum)
		}
		list = append(list, cell)
		return list[len(list)-1].add(category, class, sum)
	})
	return list, err
}

type cellKey struct {
	month                       int64
	line, environment, currency string
}

func (c *Cell) key() cellKey { return cellKey{c.Month, c.Line, c.Environment, c.Currency} }

func (c *Cell) add(category, class string, sum columns) error {
	amount, err := sum.amount()
	if err != nil {
		return err
	}
	into := &c.Usage
	switch category {
	case "Tax":
		into = &c.Taxes
	case "Credit":
		into = &c.Credits
	case "Adjustment":
		into = &c.Adjustments
	}
	if *into, err = into.Add(amount); err != nil {
		return err
	}
	if class != "" {
		if c.Corrections, err = c.Corrections.Add(amount); err != nil {
			return err
		}
	}
	c.Total, err = c.Total.Add(amount)
	return err
}

// each runs a query of the ledger and calls scan for its rows.
func (s *Service) each(ctx context.Context, query string, args []any, scan func(row database.Row) error) error {
	return s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		return eachRow(ctx, tx, query, args, scan)
	})
}

func eachRow(ctx context.Context, tx *database.Tx, query string, args []any, scan func(row database.Row) error) error {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// ServiceCost is what a service cost in a month beside the month before.
type ServiceCost struct {
	Category string       `json:"category"`
	Service  string       `json:"service"`
	Currency string       `json:"currency"`
	Cost     exact.Amount `json:"cost"`
	Before   exact.Amount `json:"before" doc:"In the month before, or in as many days of it."`
	Change   exact.Amount `json:"change"`
	// Days are those of the month before that were counted: as many as a month
	// under way has had on the service's own bill.
	Days int64 `json:"days" doc:"How many days of the month before were counted, as many as the bill of this one has had; the most, where several bills have the service; 0: all of it."`
	// ChangeBP is the change in basis points of the month before; nil when it
	// cost nothing then.
	ChangeBP *int64 `json:"change_bp"`
}

// Services gives what each service cost in a month (filter.To) and in the month
// before, dearest first. The filter's From is not looked at. A month under way is
// held against as many days of the one before: half a month is no fall.
func (s *Service) Services(ctx context.Context, filter Filter) ([]ServiceCost, error) {
	if err := checkPeriod("month", filter.To); err != nil {
		return nil, err
	}
	month := filter.To
	filter.From = nextMonth(month, -1)
	filter, err := filter.usual()
	if err != nil {
		return nil, err
	}
	days, err := s.daysSoFar(ctx, filter, month)
	if err != nil {
		return nil, err
	}
	where, args := filter.where()
	// A bill that has nothing of the month yet is held against nothing.
	if len(days) > 0 {
		args = append(args, month)
		where += " AND (" + filter.month() + " = " + database.List(1, len(args))
		for _, who := range slices.SortedFunc(maps.Keys(days), payer.compare) {
			args = append(args, who.source, who.account, who.currency, firstDay(filter.From)+days[who])
			at := len(args)
			where += " OR m.source = " + database.List(1, at-3) + " AND i.billing_account = " + database.List(1, at-2) + " AND i.currency = " + database.List(1, at-1) + " AND c.day < " + database.List(1, at)
		}
		where += ")"
	}
	type key struct{ category, service, currency string }
	places, list := map[key]int{}, []ServiceCost{}
	err = s.each(ctx, "SELECT "+filter.month()+" AS month_of, i.service_category, i.service, i.currency, m.source, i.billing_account, "+filter.sum()+ledger+where+" GROUP BY 1, 2, 3, 4, 5, 6", args, func(row database.Row) error {
		var at int64
		var k key
		var who payer
		var sum columns
		if err := row.Scan(&at, &k.category, &k.service, &k.currency, &who.source, &who.account, &sum.nano, &sum.atto); err != nil {
			return err
		}
		amount, err := sum.amount()
		if err != nil {
			return err
		}
		place, known := places[k]
		if !known {
			place = len(list)
			places[k] = place
			list = append(list, ServiceCost{Category: k.category, Service: k.service, Currency: k.currency})
		}
		who.currency = k.currency
		one := &list[place]
		one.Days = max(one.Days, days[who])
		if at == month {
			one.Cost, err = one.Cost.Add(amount)
		} else {
			one.Before, err = one.Before.Add(amount)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range list {
		one := &list[i]
		if one.Change, err = one.Cost.Sub(one.Before); err != nil {
			return nil, err
		}
		one.ChangeBP = basisPoints(one.Change, one.Before)
	}
	slices.SortFunc(list, func(a, b ServiceCost) int {
		if c := strings.Compare(a.Currency, b.Currency); c != 0 {
			return c
		}
		if c := b.Cost.Cmp(a.Cost); c != 0 {
			return c
		}
		return strings.Compare(a.Category+"\x00"+a.Service, b.Category+"\x00"+b.Service)
	})
	return list, nil
}

// daysSoFar tells how many days of a month under way are on the bill of each
// payer; of none for a month that is over, or has none yet.
func (s *Service) daysSoFar(ctx context.Context, filter Filter, month int64) (map[payer]int64, error) {
	now, days := clock.MS(s.clock.Now()), map[payer]int64{}
	if monthOf(now) != month {
		return days, nil
	}
	err := s.each(ctx, `SELECT m.source, i.billing_account, i.currency, MAX(c.day) FROM finops_import m JOIN finops_charge c ON c.import_no = m.no JOIN finops_item i ON i.import_no = c.import_no AND i.no = c.item_no
		WHERE m.state = 'current' AND `+filter.month()+" = $1 AND c.day >= $2 AND c.day <= $3 GROUP BY m.source, i.billing_account, i.currency",
		[]any{month, firstDay(month), dayOf(now)}, func(row database.Row) error {
			var who payer
			var last int64
			err := row.Scan(&who.source, &who.account, &who.currency, &last)
			days[who] = last - firstDay(month) + 1
			return err
		})
	return days, err
}

// ResourceCost is what a resource cost over the months of a filter.
type ResourceCost struct {
	AccountID   string       `json:"account_id"`
	Line        string       `json:"line"`
	Environment string       `json:"environment"`
	Service     string       `json:"service"`
	ResourceID  string       `json:"resource_id" doc:"Empty: what the bill puts on no resource."`
	Name        string       `json:"name"`
	Type        string       `json:"type"`
	Region      string       `json:"region"`
	Currency    string       `json:"currency"`
	Cost        exact.Amount `json:"cost"`
}

// Resources gives the dearest resources, at most limit (1 to 500) of them.
func (s *Service) Resources(ctx context.Context, filter Filter, limit int) ([]ResourceCost, error) {
	filter, err := filter.usual()
	if err != nil {
		return nil, err
	}
	if limit < 1 || limit > 500 {
		return nil, fault.OnField("limit", "must be 1 to 500")
	}
	where, args := filter.where()
	list := []ResourceCost{}
	// Whole nanos decide the order, which no eye tells from the exact one.
	err = s.each(ctx, "SELECT i.account_id, COALESCE(a.line, ''), COALESCE(a.environment, ''), i.service, i.resource_id, MAX(i.resource_name), MAX(i.resource_type), MAX(i.region), i.currency, "+
		filter.sum()+ledger+where+" GROUP BY 1, 2, 3, 4, 5, 9 ORDER BY 10 DESC, 5, 4, 1 LIMIT "+database.List(1, len(args)+1), append(args, limit), func(row database.Row) error {
		var one ResourceCost
		var sum columns
		err := row.Scan(&one.AccountID, &one.Line, &one.Environment, &one.Service, &one.ResourceID, &one.Name, &one.Type, &one.Region, &one.Currency, &sum.nano, &sum.atto)
		if err == nil {
			one.Cost, err = sum.amount()
		}
		list = append(list, one)
		return err
	})
	return list, err
}

// DayCost is what was spent on a day, in one currency.
type DayCost struct {
	Day      int64        `json:"day" doc:"Days since 1970-01-01 UTC."`
	Currency string       `json:"currency"`
	Cost     exact.Amount `json:"cost"`
}

// Daily gives the cost of usage and purchases of each day; charges of several
// days are spread over them evenly, to the last digit. Effective cost is that of
// the days of the months, also of a charge that reaches into them or beyond;
// billed cost that of the bills of the months, on whichever days it lies. Taxes,
// credits and adjustments have no day that means anything and are left out.
func (s *Service) Daily(ctx context.Context, filter Filter) ([]DayCost, error) {
	filter, err := filter.usual()
	if err != nil {
		return nil, err
	}
	sums := daySums{}
	where, args := filter.where()
	if filter.Cost == Billed {
		err = s.eachDay(ctx, filter, where, args, sums.add)
	} else {
		within := sums.within(firstDay(filter.From), firstDay(nextMonth(filter.To, 1)))
		if err = s.eachDay(ctx, filter, where, args, within); err == nil {
			where, args = filter.reaching()
			err = s.eachDay(ctx, filter, where, args, within)
		}
	}
	if err != nil {
		return nil, err
	}
	return sums.list(), nil
}

// eachDay spreads what is found over its days.
func (s *Service) eachDay(ctx context.Context, filter Filter, where string, args []any, add func(DayCost) error) error {
	return s.each(ctx, "SELECT c.day, c.days, i.currency, "+filter.sum()+ledger+where+" AND i.charge_category IN ('Usage', 'Purchase') GROUP BY 1, 2, 3", args, func(row database.Row) error {
		var first, days int64
		var currency string
		var sum columns
		if err := row.Scan(&first, &days, &currency, &sum.nano, &sum.atto); err != nil {
			return err
		}
		amount, err := sum.amount()
		if err != nil {
			return err
		}
		for i, part := range spread(amount, days) {
			if err := add(DayCost{first + int64(i), currency, part}); err != nil {
				return err
			}
		}
		return nil
	})
}

// daySums are the costs of days in the making.
type daySums map[dayKey]exact.Amount

type dayKey struct {
	day      int64
	currency string
}

func (d daySums) add(one DayCost) (err error) {
	key := dayKey{one.Day, one.Currency}
	d[key], err = d[key].Add(one.Cost)
	return err
}

// within adds what lies between two days; the last one is not included.
func (d daySums) within(first, end int64) func(DayCost) error {
	return func(one DayCost) error {
		if one.Day < first || one.Day >= end {
			return nil
		}
		return d.add(one)
	}
}

// list gives the days in order.
func (d daySums) list() []DayCost {
	list := make([]DayCost, 0, len(d))
	for k, cost := range d {
		list = append(list, DayCost{k.day, k.currency, cost})
	}
	slices.SortFunc(list, func(a, b DayCost) int {
		if a.Day != b.Day {
			return int(a.Day - b.Day)
		}
		return strings.Compare(a.Currency, b.Currency)
	})
	return list
}

// spread cuts an amount into as many parts as there are days; the last takes
// what does not divide.
func spread(amount exact.Amount, days int64) []exact.Amount {
	parts := make([]exact.Amount, days)
	each := exact.Amount{Nano: amount.Nano / days, Atto: amount.Atto / days}
	rest := exact.Amount{Nano: amount.Nano - each.Nano*(days-1), Atto: amount.Atto - each.Atto*(days-1)}
	for i := range parts {
		parts[i] = each
	}
	parts[days-1] = rest
	return parts
}
