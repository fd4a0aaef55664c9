package finops

import (
	"context"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/platform/database"
)

// maxMonths bounds the months of a trend.
const maxMonths = 36

// Unit is what one of something cost in a month of a product line, in one
// currency: effective cost of production with the fees of channels. The cost of
// building stands beside it and is in no unit.
type Unit struct {
	Month    int64  `json:"month" doc:"yyyymm"`
	Line     string `json:"line"`
	Currency string `json:"currency"`

	Total           exact.Amount  `json:"total" doc:"What its companies bear, and what nobody used."`
	Idle            exact.Amount  `json:"idle" doc:"Of the total: nobody used it."`
	Fees            exact.Amount  `json:"fees" doc:"Of the total: of channels."`
	Building        exact.Amount  `json:"building" doc:"Development and homologation, apart."`
	Companies       int64         `json:"companies"`
	Conversations   int64         `json:"conversations"`
	Messages        int64         `json:"messages"`
	PerCompany      *exact.Amount `json:"per_company,omitempty"`
	PerConversation *exact.Amount `json:"per_conversation,omitempty"`
	PerThousand     *exact.Amount `json:"per_1000_messages,omitempty"`
	Price           *exact.Amount `json:"price,omitempty" doc:"What the plans of its companies bring."`
	Margin          *exact.Amount `json:"margin,omitempty"`
	Converted       bool          `json:"converted" doc:"Some of it was billed in another currency."`
	Incomplete      bool          `json:"incomplete" doc:"A rate is lacking: some of it is left out."`
	Sample          bool          `json:"sample" doc:"Some of the fees or rates are made up."`
}

// Units gives the unit costs of months, both included, by product line, in one
// currency. Error: fault.Invalid.
func (s *Service) Units(ctx context.Context, from, to int64, currency string) (list []Unit, err error) {
	if err := checkPeriod("from", from); err != nil {
		return nil, err
	}
	if err := checkPeriod("to", to); err != nil {
		return nil, err
	}
	if err := checkCurrency(currency); err != nil {
		return nil, err
	}
	if to < from || nextMonth(from, maxMonths) <= to {
		return nil, fault.OnField("to", "must be at most %d months from the first", maxMonths)
	}
	list = []Unit{}
	for month := from; month <= to; month = nextMonth(month, 1) {
		if _, err := s.Allocate(ctx, month); err != nil {
			return nil, err
		}
		err := s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
			units, err := unitsOf(ctx, tx, month, s.today(), currency)
			list = append(list, units...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// unitsOf adds up a month by line. What a line's own accounts cost and what was
// used there counts for it, also after a company moved on; what companies bear of
// shared accounts counts for the lines where they were measured.
func unitsOf(ctx context.Context, tx *database.Tx, month, today int64, currency string) ([]Unit, error) {
	shares, err := loadShares(ctx, tx, month)
	if err != nil {
		return nil, err
	}
	uses, err := loadUses(ctx, tx, month)
	if err != nil {
		return nil, err
	}
	rates, err := monthRates(ctx, tx, month, today)
	if err != nil {
		return nil, err
	}
	units := unitsByLine{month: month, currency: currency, lines: map[string]*Unit{}}
	for _, r := range shares {
		if err := units.take(r, uses.production(r.companyID), rates); err != nil {
			return nil, err
		}
	}
	for company := range uses {
		if err := units.bring(uses.production(company), rates); err != nil {
			return nil, err
		}
	}
	return units.finish()
}

// unitsByLine are the units of a month in the making.
type unitsByLine struct {
	month    int64
	currency string
	lines    map[string]*Unit
}

func (u unitsByLine) at(line string) *Unit {
	if u.lines[line] == nil {
		u.lines[line] = &Unit{Month: u.month, Line: line, Currency: u.currency}
	}
	return u.lines[line]
}

// take adds a share to its line; one of a shared account to the lines where its
// company was.
func (u unitsByLine) take(r shareRow, lines []companyUse, rates *rates) error {
	if r.line != shared || len(lines) == 0 {
		return u.at(r.line).take(r, rates)
	}
	parts, err := among(lines, r.amount)
	if err != nil {
		return err
	}
	for _, p := range parts {
		r.amount = p.Amount
		if err := u.at(p.Key).take(r, rates); err != nil {
			return err
		}
	}
	return nil
}

// bring adds what a company used at each line, and of its plan's price what falls
// on its days there.
func (u unitsByLine) bring(lines []companyUse, rates *rates) error {
	for _, use := range lines {
		u.at(use.line()).use(use)
	}
	total := sum(lines)
	if total.priceCurrency == "" {
		return nil
	}
	price, err := total.pays()
	if err != nil {
		return err
	}
	parts, err := among(lines, price)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if err := u.at(p.Key).bring(p.Amount, total.priceCurrency, rates); err != nil {
			return err
		}
	}
	return nil
}

func (u unitsByLine) finish() ([]Unit, error) {
	list := make([]Unit, 0, len(u.lines))
	for _, one := range u.lines {
		if err := one.finish(); err != nil {
			return nil, err
		}
		list = append(list, *one)
	}
	slices.SortFunc(list, func(a, b Unit) int { return strings.Compare(a.Line, b.Line) })
	return list, nil
}

// take adds a share.
func (u *Unit) take(r shareRow, rates *rates) error {
	amount, ok, err := rates.to(r.amount, r.currency, u.Currency)
	if err != nil || !ok {
		u.Incomplete = true
		return err
	}
	u.Converted = u.Converted || r.currency != u.Currency
	u.Sample = u.Sample || strings.Contains(r.method, "sample") || rates.sample(r.currency, u.Currency)
	if r.kind == kindBuilding {
		u.Building, err = u.Building.Add(amount)
		return err
	}
	if u.Total, err = u.Total.Add(amount); err != nil {
		return err
	}
	switch r.kind {
	case kindIdle:
		u.Idle, err = u.Idle.Add(amount)
	case kindFee:
		u.Fees, err = u.Fees.Add(amount)
	}
	return err
}

// use adds what a company used.
func (u *Unit) use(c companyUse) {
	u.Companies++
	u.Conversations += c.conversations
	u.Messages += c.messages
}

// bring adds what a company pays.
func (u *Unit) bring(price exact.Amount, currency string, rates *rates) error {
	price, ok, err := rates.to(price, currency, u.Currency)
	if err != nil || !ok {
		u.Incomplete = true
		return err
	}
	u.Sample = u.Sample || rates.sample(currency, u.Currency)
	if u.Price == nil {
		u.Price = &exact.Amount{}
	}
	*u.Price, err = u.Price.Add(price)
	return err
}

func (u *Unit) finish() (err error) {
	if u.PerCompany, err = per(u.Total, u.Companies, 1); err != nil {
		return err
	}
	if u.PerConversation, err = per(u.Total, u.Conversations, 1); err != nil {
		return err
	}
	if u.PerThousand, err = per(u.Total, u.Messages, 1000); err != nil || u.Price == nil {
		return err
	}
	margin, err := u.Price.Sub(u.Total)
	u.Margin = &margin
	return err
}
