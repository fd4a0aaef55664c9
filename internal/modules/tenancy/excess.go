package tenancy

import (
	"context"

	"prosa/internal/base/money"
	"prosa/internal/platform/database"
)

// Excess is what a company used in a month beyond what its plan holds. No
// vendor bills it: an operator makes an invoice of it by hand.
type Excess struct {
	Meter  Meter        `json:"meter" enum:"conversations,messages"`
	Month  string       `json:"month" doc:"Of the company's calendar: 2026-11."`
	Closed bool         `json:"closed" doc:"The month is over: the amount does not change any more."`
	Beyond int64        `json:"beyond" doc:"How many were used beyond plan and grants, as those are now."`
	Price  money.Amount `json:"price_minor" doc:"Of each."`
	Amount money.Amount `json:"amount_minor" doc:"To be invoiced by hand."`
}

// Overages tells what a company owes for use beyond its plan, in the last month
// and in this one; what was not exceeded is left out. Error: fault.NotFound.
func (s *Service) Overages(ctx context.Context, tenantID string) (list []Excess, err error) {
	if err := checkID(tenantID); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		list = []Excess{}
		company, err := Load(ctx, tx, tenantID)
		if err != nil {
			return err
		}
		e, err := EntitlementsOf(ctx, tx, tenantID)
		if err != nil {
			return err
		}
		extra, err := granted(ctx, tx, tenantID)
		if err != nil {
			return err
		}
		now := periodOf(tx.Now(), company.zone())
		for _, month := range []period{periodOf(now.startMS-1, company.zone()), now} {
			sums, err := sumsOf(ctx, tx, tenantID, month.name)
			if err != nil {
				return err
			}
			for _, meter := range Meters() {
				limit, limited := e.Limits[meter]
				beyond := sums[meter].used - limit.Count - extra[meter]
				if !limited || limit.Over != Overage || limit.Count == Unlimited || beyond <= 0 {
					continue
				}
				amount := min(limit.OveragePrice, money.Max/money.Amount(beyond)) * money.Amount(beyond)
				list = append(list, Excess{Meter: meter, Month: month.name, Closed: month != now, Beyond: beyond, Price: limit.OveragePrice, Amount: amount})
			}
		}
		return nil
	})
	return list, err
}
