package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/modules/finops"
	"prosa/internal/modules/finops/meter"
)

func (a *api) registerCostEdit() {
	c := a.deps.Costs
	handle(a, costsEdit("start-cost-import", http.MethodPost, "/imports", "Look at the sources of bills, and at the meters, now; what is new or has changed is read."), a.importCosts)
	handle(a, costsEdit("save-cost-account", http.MethodPut, "/accounts", "Say to which product line and environment an account belongs, and when; an entry with an id is changed."), func(ctx context.Context, in *struct{ Body accountBody }) (*costAccount, error) {
		saved, err := c.SaveAccount(ctx, in.Body.account(), keeper(caller(ctx)))
		return &costAccount{saved}, err
	})
	remove := costsEdit("remove-cost-account", http.MethodDelete, "/accounts/{entry}", "Take an entry out of the map of accounts.")
	remove.status = http.StatusNoContent
	handle(a, remove, func(ctx context.Context, in *struct {
		Entry   string `path:"entry" maxLength:"64"`
		Version int64  `query:"version" required:"true"`
	}) (*struct{}, error) {
		return nil, c.RemoveAccount(ctx, in.Entry, in.Version, keeper(caller(ctx)))
	})
	invoice := costsEdit("save-cost-invoice", http.MethodPut, "/invoices", "Type in what an invoice of a provider says, to hold the bill against it.")
	invoice.status = http.StatusNoContent
	handle(a, invoice, func(ctx context.Context, in *struct{ Body costInvoiceBody }) (*struct{}, error) {
		return nil, c.SaveInvoice(ctx, in.Body.invoice(), keeper(caller(ctx)))
	})
	budgets := costsEdit("set-cost-budgets", http.MethodPut, "/budgets", "Set what may be spent from a month on; all of the list or nothing.")
	budgets.status = http.StatusNoContent
	handle(a, budgets, func(ctx context.Context, in *costItems[budgetBody]) (*struct{}, error) {
		return nil, c.PutBudgets(ctx, eachOf(in.Body.Items, budgetBody.budget), keeper(caller(ctx)))
	})
	rates := costsEdit("set-cost-rates", http.MethodPut, "/rates", "Type in or import rates of exchange; all of the list or nothing.")
	rates.status = http.StatusNoContent
	handle(a, rates, func(ctx context.Context, in *costItems[finops.Rate]) (*struct{}, error) {
		return nil, c.PutRates(ctx, in.Body.Items, keeper(caller(ctx)))
	})
	handle(a, costsEdit("set-cost-fees", http.MethodPut, "/fees", "Type in or import what channels charge; all of the list or nothing."), func(ctx context.Context, in *costItems[feeBody]) (*costList[finops.Fee], error) {
		return costListed(c.PutFees(ctx, eachOf(in.Body.Items, feeBody.fee), keeper(caller(ctx))))
	})
	fee := costsEdit("delete-cost-fee", http.MethodDelete, "/fees/{fee}", "Take a wrong fee out.")
	fee.status = http.StatusNoContent
	handle(a, fee, func(ctx context.Context, in *struct {
		Fee string `path:"fee" maxLength:"64"`
	}) (*struct{}, error) {
		return nil, c.DeleteFee(ctx, in.Fee, keeper(caller(ctx)))
	})
	handle(a, costsEdit("set-cost-rules", http.MethodPut, "/rules", "Replace the rules of the split; an empty list brings the standard ones back. Shares of past months follow."), func(ctx context.Context, in *costRules) (*costList[finops.Rule], error) {
		return costListed(c.PutRules(ctx, in.Body.Items, keeper(caller(ctx))))
	})
	add := costsEdit("add-cost-saving", http.MethodPost, "/savings", "Begin an entry in the ledger of savings.")
	add.status = http.StatusCreated
	handle(a, add, func(ctx context.Context, in *struct{ Body savingBody }) (*costSaving, error) {
		saved, err := c.SaveSaving(ctx, in.Body.saving("", 0), keeper(caller(ctx)))
		return &costSaving{saved}, err
	})
	handle(a, costsEdit("change-cost-saving", http.MethodPut, "/savings/{saving}", "Change an entry in the ledger of savings, or end it; the log keeps what it was."), func(ctx context.Context, in *struct {
		Saving  string `path:"saving" maxLength:"64"`
		Version int64  `query:"version" required:"true"`
		Body    savingBody
	}) (*costSaving, error) {
		saved, err := c.SaveSaving(ctx, in.Body.saving(in.Saving, in.Version), keeper(caller(ctx)))
		return &costSaving{saved}, err
	})
}

type costAccount struct{ Body finops.Account }

type costSaving struct{ Body finops.Saving }

// costItems is a list that is taken as a whole and says something.
type costItems[T any] struct {
	Body struct {
		Items []T `json:"items" minItems:"1" maxItems:"1000" nullable:"false"`
	}
}

// costRules is the list of rules; an empty one brings the standard ones back.
type costRules struct {
	Body struct {
		Items []finops.Rule `json:"items" maxItems:"1000" nullable:"false"`
	}
}

func eachOf[A, B any](list []A, turn func(A) B) []B {
	out := make([]B, len(list))
	for i, one := range list {
		out[i] = turn(one)
	}
	return out
}

// The bodies hold what a person types in; the ledger adds who and when.
type accountBody struct {
	ID          string `json:"id,omitempty" maxLength:"64" doc:"Of the entry to change; empty makes one."`
	AccountID   string `json:"account_id" minLength:"1" maxLength:"128" doc:"As bills name it: SubAccountId."`
	Name        string `json:"name,omitempty" maxLength:"200"`
	Line        string `json:"line" enum:"massivo,enterprise,shared"`
	Environment string `json:"environment" enum:"dev,homolog,prod,shared"`
	FromDay     int64  `json:"from_day,omitempty" minimum:"0" doc:"Days since 1970-01-01 UTC; 0: since ever."`
	ToDay       int64  `json:"to_day,omitempty" minimum:"0" doc:"Not included; 0: open."`
	Version     int64  `json:"version,omitempty"`
}

func (b accountBody) account() finops.Account {
	return finops.Account{ID: b.ID, AccountID: b.AccountID, Name: b.Name, Line: b.Line, Environment: b.Environment, FromDay: b.FromDay, ToDay: b.ToDay, Version: b.Version}
}

type costInvoiceBody struct {
	Source    string       `json:"source" minLength:"1" maxLength:"40"`
	Period    int64        `json:"period" doc:"yyyymm"`
	InvoiceID string       `json:"invoice_id,omitempty" maxLength:"128" doc:"Empty: all of the period."`
	Currency  string       `json:"currency" minLength:"3" maxLength:"3"`
	Amount    *costDecimal `json:"amount,omitempty" doc:"Absent takes it back."`
}

func (b costInvoiceBody) invoice() finops.Invoice {
	return finops.Invoice{Source: b.Source, Period: b.Period, InvoiceID: b.InvoiceID, Currency: b.Currency, Amount: b.Amount}
}

type budgetBody struct {
	Line        string      `json:"line" enum:"massivo,enterprise,shared"`
	Environment string      `json:"environment" enum:"dev,homolog,prod,shared"`
	Currency    string      `json:"currency" minLength:"3" maxLength:"3"`
	FromMonth   int64       `json:"from_month" doc:"yyyymm"`
	Amount      costDecimal `json:"amount" doc:"A month; 0 ends it."`
	Note        string      `json:"note,omitempty" maxLength:"500"`
}

func (b budgetBody) budget() finops.Budget {
	return finops.Budget{Line: b.Line, Environment: b.Environment, Currency: b.Currency, From: b.FromMonth, Amount: b.Amount, Note: b.Note}
}

type feeBody struct {
	Channel     string      `json:"channel" enum:"whatsapp,telegram,messenger,instagram"`
	Category    string      `json:"category" maxLength:"64" doc:"The platform's word; * for any."`
	CallingCode string      `json:"calling_code" maxLength:"3" doc:"Such as 55; * for any."`
	Currency    string      `json:"currency" minLength:"3" maxLength:"3"`
	Price       costDecimal `json:"price" doc:"Of one billed part."`
	From        string      `json:"from" maxLength:"10"`
	Until       string      `json:"until,omitempty" maxLength:"10" doc:"The first day on which it does not count any more."`
	Sample      bool        `json:"sample,omitempty"`
	Note        string      `json:"note,omitempty" maxLength:"500" doc:"Where the price was read."`
}

func (f feeBody) fee() finops.Fee {
	return finops.Fee{Channel: f.Channel, Category: f.Category, Calling: f.CallingCode, Currency: f.Currency, Price: f.Price, From: f.From, Until: f.Until, Sample: f.Sample, Note: f.Note}
}

type savingBody struct {
	Name         string `json:"name" minLength:"1" maxLength:"200"`
	Line         string `json:"line,omitempty" maxLength:"32"`
	Environment  string `json:"environment,omitempty" maxLength:"32"`
	Service      string `json:"service,omitempty" maxLength:"256"`
	Resource     string `json:"resource,omitempty" maxLength:"512"`
	Currency     string `json:"currency" minLength:"3" maxLength:"3"`
	Started      string `json:"started" maxLength:"10" doc:"The first day on which it works."`
	Ended        string `json:"ended,omitempty" maxLength:"10"`
	BeforeDays   int64  `json:"before_days,omitempty" minimum:"0" maximum:"366" doc:"0 is 30."`
	PlannedHours int64  `json:"planned_hours_off,omitempty" minimum:"0" maximum:"168"`
	Note         string `json:"note,omitempty" maxLength:"1000"`
}

func (b savingBody) saving(id string, version int64) finops.Saving {
	return finops.Saving{
		ID: id, Version: version, Name: b.Name, Line: b.Line, Environment: b.Environment, Service: b.Service, Resource: b.Resource, Currency: b.Currency,
		Started: b.Started, Ended: b.Ended, BeforeDays: b.BeforeDays, PlannedHours: b.PlannedHours, Note: b.Note,
	}
}

type costImported struct {
	Body struct {
		Meters meter.Imported `json:"meters"`
	}
}

func (a *api) importCosts(ctx context.Context, in *struct {
	Body struct {
		Source string `json:"source,omitempty" maxLength:"40" doc:"Empty for all."`
	}
}) (*costImported, error) {
	names := []string{in.Body.Source}
	if in.Body.Source == "" {
		sources, err := a.deps.Costs.Sources(ctx)
		if err != nil {
			return nil, err
		}
		names = names[:0]
		for _, source := range sources {
			if source.Configured {
				names = append(names, source.Name)
			}
		}
	}
	for _, name := range names {
		if err := a.deps.Costs.Sweep(ctx, name); err != nil {
			return nil, err
		}
	}
	out, err := &costImported{}, error(nil)
	out.Body.Meters, err = a.deps.Meters.Import(ctx)
	if err == nil {
		a.note(ctx, "finops.import_asked", in.Body.Source, nil)
	}
	return out, err
}
