package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/modules/audit"
	"prosa/internal/modules/finops"
	"prosa/internal/modules/identity"
)

// costs gives a route of the cost ledger that only looks.
func costs(id, path, summary string) route {
	return route{id: id, method: http.MethodGet, path: "/operator/costs" + path, tag: "cost", needs: identity.PlatformCost, summary: summary}
}

// costsEdit gives a route that changes the ledger: operators only.
func costsEdit(id, method, path, summary string) route {
	return route{id: id, method: method, path: "/operator/costs" + path, tag: "cost", needs: identity.PlatformOperate, summary: summary}
}

func (a *api) registerCost() {
	c := a.deps.Costs
	handle(a, costs("get-cost-matrix", "/matrix", "What each product line and environment cost by month."), func(ctx context.Context, in *CostFilter) (*costList[finops.Cell], error) {
		return costListed(c.Matrix(ctx, in.filter()))
	})
	handle(a, costs("list-cost-services", "/services", "What each service cost in a month (to), beside the month before; dearest first."), func(ctx context.Context, in *CostFilter) (*costList[finops.ServiceCost], error) {
		return costListed(c.Services(ctx, in.filter()))
	})
	handle(a, costs("list-cost-resources", "/resources", "The dearest resources."), func(ctx context.Context, in *struct {
		CostFilter
		Limit int `query:"limit" minimum:"1" maximum:"500" default:"100"`
	}) (*costList[finops.ResourceCost], error) {
		return costListed(c.Resources(ctx, in.filter(), in.Limit))
	})
	handle(a, costs("list-cost-days", "/days", "What each day cost; charges of several days are spread over them."), func(ctx context.Context, in *CostFilter) (*costList[finops.DayCost], error) {
		return costListed(c.Daily(ctx, in.filter()))
	})
	handle(a, costs("get-cost-forecast", "/forecast", "What the rest of the running month will cost, with a band and the days that were unlike the others. The months of the filter are not looked at."), func(ctx context.Context, in *CostFilter) (*costList[finops.Forecast], error) {
		return costListed(c.Forecast(ctx, in.filter()))
	})
	handle(a, costs("list-cost-idle", "/idle", "What was paid for and not used in a month (to)."), func(ctx context.Context, in *CostFilter) (*costList[finops.Idle], error) {
		return costListed(c.Idle(ctx, in.filter()))
	})
	handle(a, costs("list-cost-companies", "/companies", "What each company cost in a month and brought, with what is nobody's: both sum to the bill."), func(ctx context.Context, in *costCompaniesInput) (*costCompanies, error) {
		out, err := c.Companies(ctx, in.Month, in.Currency, in.Idle == "spread")
		return &costCompanies{out}, err
	})
	handle(a, costs("list-cost-units", "/units", "What a conversation, a thousand messages and a company cost, by month and product line, in one currency."), func(ctx context.Context, in *costUnitsInput) (*costList[finops.Unit], error) {
		return costListed(c.Units(ctx, in.From, in.To, in.Currency))
	})
	handle(a, costs("list-cost-budgets", "/budgets", "The budgets of a month, and how it goes against them."), func(ctx context.Context, in *costMonth) (*costList[finops.Pace], error) {
		return costListed(c.Budgets(ctx, in.Month))
	})
	handle(a, costs("list-cost-savings", "/savings", "The ledger of savings, each held against the bill; the latest first."), func(ctx context.Context, _ *struct{}) (*costList[finops.Measured], error) {
		return costListed(c.Savings(ctx))
	})
	handle(a, costs("list-cost-rates", "/rates", "Rates of exchange by day, the latest first."), func(ctx context.Context, in *costDays) (*costList[finops.Rate], error) {
		return costListed(c.Rates(ctx, in.From, in.Until))
	})
	handle(a, costs("list-cost-fees", "/fees", "What channels charge for a billed part."), func(ctx context.Context, _ *struct{}) (*costList[finops.Fee], error) {
		return costListed(c.Fees(ctx))
	})
	handle(a, costs("list-cost-rules", "/rules", "By what the cost of a service is split; the first rule that fits counts."), func(ctx context.Context, _ *struct{}) (*costList[finops.Rule], error) {
		return costListed(c.Rules(ctx))
	})
	handle(a, costs("get-cost-quality", "/quality", "How far the numbers of a month can be relied on."), func(ctx context.Context, in *costMonth) (*costQuality, error) {
		quality, err := c.Quality(ctx, in.Month)
		return &costQuality{quality}, err
	})
	handle(a, costs("list-cost-imports", "/imports", "Readings of bills, the latest first."), func(ctx context.Context, in *struct {
		Before int64 `query:"before" minimum:"0" doc:"The number of the last one of the page before; 0 for the first page."`
		Limit  int   `query:"limit" minimum:"1" maximum:"200" default:"50"`
	}) (*costList[finops.Import], error) {
		return costListed(c.Imports(ctx, in.Before, in.Limit))
	})
	handle(a, costs("list-cost-sources", "/sources", "Where bills come from, with what became of their files."), func(ctx context.Context, _ *struct{}) (*costList[finops.Source], error) {
		return costListed(c.Sources(ctx))
	})
	handle(a, costs("list-cost-meters", "/meters", "The files of meters that were read for a month, by deployment and day."), func(ctx context.Context, in *costMonth) (*costList[finops.Metered], error) {
		return costListed(c.Metered(ctx, in.Month))
	})
	handle(a, costs("list-cost-accounts", "/accounts", "The map of accounts to product line and environment."), func(ctx context.Context, _ *struct{}) (*costList[finops.Account], error) {
		return costListed(c.Accounts(ctx))
	})
	a.registerCostEdit()
	a.registerCostTable()
	a.registerCostReader()
}

// costList is a whole list: these are bounded by what they are about.
type costList[T any] struct {
	Body struct {
		Items []T `json:"items" nullable:"false"`
	}
}

func costListed[T any](items []T, err error) (*costList[T], error) {
	if err != nil {
		return nil, err
	}
	out := &costList[T]{}
	if out.Body.Items = items; items == nil {
		out.Body.Items = []T{}
	}
	return out, nil
}

// CostFilter says which charges are meant.
type CostFilter struct {
	Cost        string `query:"cost" enum:"billed,effective" default:"effective" doc:"billed is counted in the billing period and compared with invoices; effective in the month of the charge, with commitments spread. Never add the two."`
	From        int64  `query:"from" minimum:"0" maximum:"299912" doc:"First month, yyyymm; 0 is the first there is."`
	To          int64  `query:"to" minimum:"0" maximum:"299912" doc:"Last month, yyyymm; 0 is the last there is, where a month is not asked for."`
	Line        string `query:"line" maxLength:"32" doc:"massivo, enterprise, shared; - for accounts that nobody mapped."`
	Environment string `query:"environment" maxLength:"32" doc:"dev, homolog, prod, shared; - as above."`
	Account     string `query:"account" maxLength:"128"`
	Service     string `query:"service" maxLength:"256"`
	Category    string `query:"category" maxLength:"128"`
	Resource    string `query:"resource" maxLength:"1024"`
	Currency    string `query:"currency" maxLength:"3"`
}

func (f CostFilter) filter() finops.Filter {
	return finops.Filter{
		Cost: f.Cost, From: f.From, To: f.To, Line: f.Line, Environment: f.Environment, AccountID: f.Account,
		Service: f.Service, Category: f.Category, ResourceID: f.Resource, Currency: f.Currency,
	}
}

type costMonth struct {
	Month int64 `query:"month" required:"true" doc:"yyyymm"`
}

type costCompaniesInput struct {
	Month    int64  `query:"month" required:"true" doc:"yyyymm"`
	Currency string `query:"currency" default:"BRL" maxLength:"3" doc:"The one that all is told in too, beside what was billed."`
	Idle     string `query:"idle" enum:"apart,spread" default:"apart" doc:"spread: companies bear what nobody used."`
}

type costCompanies struct{ Body finops.CompanyCosts }

type costUnitsInput struct {
	From     int64  `query:"from" required:"true" doc:"First month, yyyymm."`
	To       int64  `query:"to" required:"true" doc:"Last month, yyyymm; at most 36 months."`
	Currency string `query:"currency" default:"BRL" maxLength:"3"`
}

type costDays struct {
	From  string `query:"from" required:"true" doc:"First day, 2026-11-01." maxLength:"10"`
	Until string `query:"until" required:"true" doc:"Last day." maxLength:"10"`
}

type costQuality struct{ Body finops.Quality }

// keeper is who changes the ledger, for the log.
func keeper(who identity.Principal) audit.Entry {
	return audit.Entry{Actor: who.User.Actor(), IP: who.ClientIP}
}
