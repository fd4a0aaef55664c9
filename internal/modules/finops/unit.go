package finops

import (
	"cmp"
	"context"
	"math/big"
	"slices"
	"strings"

	"prosa/internal/modules/finops/exact"
	"prosa/internal/modules/finops/share"
	"prosa/internal/platform/database"
)

// Names tells the names of companies by their ids, those that are known here.
type Names func(ctx context.Context, ids []string) (map[string]string, error)

// BindNames names who knows companies' names. app calls it once, before anything
// runs.
func (s *Service) BindNames(names Names) { s.names = names }

// CompanyCost is what a company bears of a month, and what it brought.
type CompanyCost struct {
	CompanyID  string `json:"company_id"`
	Name       string `json:"name" doc:"Empty for companies of other deployments."`
	Deployment string `json:"deployment" doc:"Where it was measured last; empty when it was not."`

	Conversations  int64 `json:"conversations"`
	Messages       int64 `json:"messages"`
	ActiveContacts int64 `json:"active_contacts" doc:"The most of any day."`

	Costs []Borne `json:"costs" nullable:"false" doc:"As billed, by currency."`
	// In is all of it in the currency that was asked for.
	In *Reported `json:"in,omitempty" doc:"All of it in the currency that was asked for; absent when a rate is lacking."`
}

// Borne is what a company bears in one currency.
type Borne struct {
	Currency  string       `json:"currency"`
	Shared    exact.Amount `json:"shared" doc:"Of what it uses with others, by meters."`
	Dedicated exact.Amount `json:"dedicated" doc:"Of what it has for itself."`
	Idle      exact.Amount `json:"idle" doc:"Of what nobody used; 0 unless idle cost is spread."`
	Fees      exact.Amount `json:"fees" doc:"Of channels."`
	Total     exact.Amount `json:"total"`
	Sample    bool         `json:"sample" doc:"Some of the fees are made up."`
}

// Reported is a month in one currency, at the month's rate: that of its last day
// that is known, or while there is none the latest of the last seven days.
type Reported struct {
	Currency          string        `json:"currency"`
	Total             exact.Amount  `json:"total"`
	PerConversation   *exact.Amount `json:"per_conversation,omitempty"`
	PerThousand       *exact.Amount `json:"per_1000_messages,omitempty"`
	Price             *exact.Amount `json:"price,omitempty" doc:"What its plan brings in the month; absent when none was told."`
	Margin            *exact.Amount `json:"margin,omitempty" doc:"Price less total."`
	MarginBasisPoints *int64        `json:"margin_basis_points,omitempty" doc:"Of the price; 10000 is all of it."`
	Sample            bool          `json:"sample" doc:"Some of the fees or rates are made up."`
}

// CompanyCosts are the costs of a month by company, with what is nobody's.
type CompanyCosts struct {
	Month int64         `json:"month" doc:"yyyymm"`
	Items []CompanyCost `json:"items" nullable:"false"`
	// Nobody is what no company bears, by line, environment, kind and currency.
	Nobody []Remainder `json:"nobody" nullable:"false"`
	Totals []Total     `json:"totals" nullable:"false" doc:"Of all that was charged, by currency: items and nobody sum to it exactly."`
	// Unpriced are billed parts without a fee.
	Unpriced   int64 `json:"unpriced_parts" doc:"Parts that channels billed and no fee is known for."`
	IdleSpread bool  `json:"idle_spread"`
	// Used are the rates by which Reported was converted.
	Rates []Rate `json:"rates" nullable:"false" doc:"By which amounts of other currencies were converted."`
}

// Remainder is what no company bears.
type Remainder struct {
	Line        string       `json:"line"`
	Environment string       `json:"environment"`
	Kind        string       `json:"kind" enum:"idle,building,open" doc:"Nobody used it; development and homologation; nobody is known to whom it could be given."`
	Currency    string       `json:"currency"`
	Amount      exact.Amount `json:"amount"`
}

// Total is a sum in a currency.
type Total struct {
	Currency string       `json:"currency"`
	Amount   exact.Amount `json:"amount"`
}

// Companies gives what each company cost in a month: effective cost, so that
// commitments are spread over the time that they serve. With spreadIdle, what
// nobody used is borne by companies as the rest of their cost is; the sum stays
// exact. Error: fault.Invalid.
func (s *Service) Companies(ctx context.Context, month int64, currency string, spreadIdle bool) (out CompanyCosts, err error) {
	if err := checkCurrency(currency); err != nil {
		return out, err
	}
	if _, err := s.Allocate(ctx, month); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		out, err = companyCosts(ctx, tx, month, s.today(), currency, spreadIdle)
		return err
	})
	if err != nil {
		return out, err
	}
	return out, s.nameAll(ctx, out.Items)
}

func (s *Service) nameAll(ctx context.Context, items []CompanyCost) error {
	if s.names == nil || len(items) == 0 {
		return nil
	}
	ids := make([]string, len(items))
	for i, item := range items {
		ids[i] = item.CompanyID
	}
	slices.Sort(ids)
	names, err := s.names(ctx, slices.Compact(ids))
	for i := range items {
		items[i].Name = names[items[i].CompanyID]
	}
	return err
}

// share is a row of what was allocated.
type shareRow struct {
	bearing
	amount exact.Amount
}

func loadShares(ctx context.Context, tx *database.Tx, month int64) (list []shareRow, err error) {
	rows, err := tx.Query(ctx, `SELECT line, environment, company_id, kind, service, currency, method, effective_nano, effective_atto
		FROM finops_share WHERE month = $1 ORDER BY line, environment, company_id, kind, service, currency, method`, month)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r shareRow
		if err := rows.Scan(&r.line, &r.environment, &r.companyID, &r.kind, &r.service, &r.currency, &r.method, &r.amount.Nano, &r.amount.Atto); err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// companyKey is a company in a currency.
type companyKey struct{ companyID, currency string }

func companyCosts(ctx context.Context, tx *database.Tx, month, today int64, currency string, spreadIdle bool) (out CompanyCosts, err error) {
	out = CompanyCosts{Month: month, Items: []CompanyCost{}, Nobody: []Remainder{}, Totals: []Total{}, Rates: []Rate{}, IdleSpread: spreadIdle}
	shares, err := loadShares(ctx, tx, month)
	if err != nil {
		return out, err
	}
	items, nobody, totals := map[companyKey]*Borne{}, map[Remainder]exact.Amount{}, map[string]exact.Amount{}
	for _, r := range shares {
		if totals[r.currency], err = totals[r.currency].Add(r.amount); err != nil {
			return out, err
		}
		if r.companyID == "" {
			key := Remainder{Line: r.line, Environment: r.environment, Kind: r.kind, Currency: r.currency}
			if nobody[key], err = nobody[key].Add(r.amount); err != nil {
				return out, err
			}
			continue
		}
		key := companyKey{r.companyID, r.currency}
		if items[key] == nil {
			items[key] = &Borne{Currency: r.currency}
		}
		if err := items[key].take(r); err != nil {
			return out, err
		}
	}
	if spreadIdle {
		if err := bearIdle(shares, items, nobody); err != nil {
			return out, err
		}
	}
	uses, err := loadUses(ctx, tx, month)
	if err != nil {
		return out, err
	}
	rates, err := monthRates(ctx, tx, month, today)
	if err != nil {
		return out, err
	}
	companies := map[string]*CompanyCost{}
	for key, borne := range items {
		if companies[key.companyID] == nil {
			companies[key.companyID] = newCompanyCost(key.companyID, uses.at(key.companyID))
		}
		if err := borne.finish(); err != nil {
			return out, err
		}
		companies[key.companyID].Costs = append(companies[key.companyID].Costs, *borne)
	}
	for id, company := range companies {
		slices.SortFunc(company.Costs, func(a, b Borne) int { return strings.Compare(a.Currency, b.Currency) })
		if company.In, err = rates.report(company.Costs, uses.at(id), currency); err != nil {
			return out, err
		}
		out.Items = append(out.Items, *company)
	}
	out.Rates = rates.used()
	fees, err := feesOf(ctx, tx, month)
	out.Unpriced = fees.unpriced
	for key, amount := range nobody {
		key.Amount = amount
		out.Nobody = append(out.Nobody, key)
	}
	for currency, amount := range totals {
		out.Totals = append(out.Totals, Total{currency, amount})
	}
	out.sort()
	return out, err
}

func (c *CompanyCosts) sort() {
	slices.SortFunc(c.Items, func(a, b CompanyCost) int {
		return cmp.Or(b.weight().Cmp(a.weight()), strings.Compare(a.CompanyID, b.CompanyID))
	})
	slices.SortFunc(c.Nobody, func(a, b Remainder) int {
		return cmp.Or(strings.Compare(a.Line, b.Line), strings.Compare(a.Environment, b.Environment), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Currency, b.Currency))
	})
	slices.SortFunc(c.Totals, func(a, b Total) int { return strings.Compare(a.Currency, b.Currency) })
}

// weight sorts companies: by what they cost in one currency, where that is known.
func (c CompanyCost) weight() exact.Amount {
	if c.In != nil {
		return c.In.Total
	}
	return exact.Amount{}
}

// take adds a share to where it belongs.
func (b *Borne) take(r shareRow) (err error) {
	to := &b.Shared
	switch r.kind {
	case kindDedicated:
		to = &b.Dedicated
	case kindFee:
		to = &b.Fees
		b.Sample = b.Sample || strings.Contains(r.method, "sample")
	}
	*to, err = to.Add(r.amount)
	return err
}

// finish sums.
func (b *Borne) finish() (err error) {
	b.Total = exact.Amount{}
	for _, part := range []exact.Amount{b.Shared, b.Dedicated, b.Idle, b.Fees} {
		if b.Total, err = b.Total.Add(part); err != nil {
			return err
		}
	}
	return nil
}

func newCompanyCost(id string, u companyUse) *CompanyCost {
	return &CompanyCost{CompanyID: id, Deployment: u.deployment, Conversations: u.conversations, Messages: u.messages, ActiveContacts: u.contacts}
}

// rates of a month, which remembers what was asked of it.
type rates struct {
	exchange
	first int64 // day of the month
	last  int64 // day of it that has begun
	asked map[Rate]bool
}

func monthRates(ctx context.Context, tx *database.Tx, month, today int64) (*rates, error) {
	first, last := monthDays(month)
	e, err := loadExchange(ctx, tx, first, last)
	return &rates{exchange: e, first: first, last: min(last, today), asked: map[Rate]bool{}}, err
}

// dayOf gives the last day of the month on which the rate of two currencies is
// known: a month that runs has no last day yet, and not all currencies are told
// on the same days. Where none is, the month's last day, for which a rate of the
// week before it counts.
func (r *rates) dayOf(base, quote string) int64 {
	for _, one := range slices.Backward(r.rates) {
		if one.day < r.first {
			break
		}
		if one.Base == base && one.Quote == quote || one.Base == quote && one.Quote == base {
			return one.day
		}
	}
	return r.last
}

// to gives an amount in another currency; false when no rate is known.
func (r *rates) to(amount exact.Amount, base, quote string) (exact.Amount, bool, error) {
	day := r.dayOf(base, quote)
	_, by, ok := r.rate(base, quote, day)
	if ok && base != quote {
		r.asked[by] = true
	}
	return r.convert(amount, base, quote, day)
}

// sample reports whether what is converted so is converted by a rate that is made
// up.
func (r *rates) sample(base, quote string) bool {
	_, by, ok := r.rate(base, quote, r.dayOf(base, quote))
	return ok && by.Sample
}

// used lists the rates that were asked for.
func (r *rates) used() []Rate {
	list := []Rate{}
	for rate := range r.asked {
		list = append(list, rate)
	}
	slices.SortFunc(list, func(a, b Rate) int { return cmp.Or(strings.Compare(a.Base, b.Base), strings.Compare(a.Quote, b.Quote)) })
	return list
}

// report puts what a company bears and brings into one currency; nil when a rate
// is lacking.
func (r *rates) report(costs []Borne, u companyUse, currency string) (*Reported, error) {
	out := &Reported{Currency: currency}
	for _, c := range costs {
		amount, ok, err := r.to(c.Total, c.Currency, currency)
		if err != nil || !ok {
			return nil, err
		}
		if out.Total, err = out.Total.Add(amount); err != nil {
			return nil, err
		}
		out.Sample = out.Sample || c.Sample || r.sample(c.Currency, currency)
	}
	var err error
	if out.PerConversation, err = per(out.Total, u.conversations, 1); err != nil {
		return nil, err
	}
	if out.PerThousand, err = per(out.Total, u.messages, 1000); err != nil {
		return nil, err
	}
	return out, r.margin(out, u)
}

// margin holds a plan's price against the cost, where both can be told in one
// currency.
func (r *rates) margin(out *Reported, u companyUse) error {
	if u.priceCurrency == "" {
		return nil
	}
	price, err := u.pays()
	if err != nil {
		return err
	}
	price, ok, err := r.to(price, u.priceCurrency, out.Currency)
	if err != nil || !ok {
		return err
	}
	out.Sample = out.Sample || r.sample(u.priceCurrency, out.Currency)
	margin, err := price.Sub(out.Total)
	out.Price, out.Margin = &price, &margin
	out.MarginBasisPoints = basisPoints(margin, price)
	return err
}

// per divides a cost, rounded to 10^-18; nil when there is nothing to divide by.
func per(total exact.Amount, count, of int64) (*exact.Amount, error) {
	if count == 0 {
		return nil, nil //nolint:nilnil // no number is no error
	}
	amount, err := exact.RoundRat(new(big.Rat).Mul(total.Rat(), big.NewRat(of, count)))
	return &amount, err
}

// bearIdle lets the companies of a line bear what nobody used of it, as they bear
// its shared and dedicated cost of that currency. Where nobody bears anything, it
// stays nobody's.
func bearIdle(shares []shareRow, items map[companyKey]*Borne, nobody map[Remainder]exact.Amount) error {
	for key, amount := range nobody {
		if key.Kind != kindIdle {
			continue
		}
		bears := map[string]exact.Amount{}
		for _, r := range shares {
			if r.companyID == "" || r.line != key.Line || r.currency != key.Currency || r.kind == kindFee {
				continue
			}
			var err error
			if bears[r.companyID], err = bears[r.companyID].Add(r.amount); err != nil {
				return err
			}
		}
		var weights []share.Weight
		for company, amount := range bears {
			weights = append(weights, share.Weight{Key: company, Value: max(0, amount.Nano)})
		}
		if len(weights) == 0 {
			continue
		}
		parts, _, err := share.Split(amount, weights)
		if err != nil {
			return err
		}
		for _, p := range parts {
			item := items[companyKey{p.Key, key.Currency}]
			if item.Idle, err = item.Idle.Add(p.Amount); err != nil {
				return err
			}
		}
		delete(nobody, key)
	}
	return nil
}
