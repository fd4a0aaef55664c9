package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"prosa/internal/base/money"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/subscription"
)

// companyBilling is what operators see of a company's plan.
type companyBilling struct {
	Billing  billing                `json:"billing"`
	History  []subscription.Wish    `json:"history" nullable:"false" doc:"What was asked of vendors, newest first, at most a hundred."`
	Invoices []subscription.Invoice `json:"invoices" nullable:"false" doc:"The latest fifty, newest first."`
}

func (a *api) registerCompanyBilling() {
	handle(a, route{
		id: "get-company-subscription", method: http.MethodGet, path: "/operator/companies/{company}/subscription", tag: "operator", needs: identity.PlatformOperate,
		summary: "A company's plan with all that was asked of vendors for it.",
	}, a.getCompanyBilling)
	handle(a, route{
		id: "open-contract", method: http.MethodPost, path: "/operator/companies/{company}/subscription", tag: "operator", needs: identity.PlatformOperate, fresh: true,
		summary: "Begin the subscription of a contract that was signed offline. Reasons: subscribed, step_up_required.",
	}, a.openContract)
	handle(a, route{
		id: "extend-trial", method: http.MethodPost, path: "/operator/companies/{company}/trial", tag: "operator", needs: identity.PlatformOperate, fresh: true,
		summary: "Give a trial a later end. Reason: trial_at_vendor.",
	}, a.extendTrial)
	handle(a, route{
		id: "record-invoice-paid", method: http.MethodPost, path: "/operator/companies/{company}/invoices/{invoice}/paid", tag: "operator", needs: identity.PlatformOperate, fresh: true,
		summary: "Note that an invoice of an offline contract was paid. Reasons: not_manual, not_payable, step_up_required.",
	}, a.recordInvoicePaid)
	handle(a, route{
		id: "set-invoice-nfse", method: http.MethodPut, path: "/operator/companies/{company}/invoices/{invoice}/nfse", tag: "operator", needs: identity.PlatformOperate,
		summary: "Note the number of an invoice's fiscal document.",
	}, a.setInvoiceNFSe)
	handle(a, route{
		id: "export-company-invoices", method: http.MethodGet, path: "/operator/companies/{company}/invoices.csv", tag: "operator", needs: identity.PlatformOperate,
		summary: "A company's invoices with what a fiscal document needs.",
	}, func(ctx context.Context, in *CompanyPath) (*huma.StreamResponse, error) {
		company, err := a.deps.Tenancy.Get(ctx, in.Company)
		if err != nil {
			return nil, err
		}
		return a.invoiceFile(ctx, company.ID, company.Slug)
	})
	handle(a, route{
		id: "request-refund", method: http.MethodPost, path: "/operator/companies/{company}/refund", tag: "operator", needs: identity.PlatformOperate, fresh: true, status: http.StatusCreated,
		summary: "Ask that money of an invoice goes back; another operator approves it. Reasons: nothing_to_refund, step_up_required.",
	}, a.requestRefund)
	handle(a, route{
		id: "decide-refund", method: http.MethodPost, path: "/operator/companies/{company}/refund/{refund}", tag: "operator", needs: identity.PlatformOperate, fresh: true,
		summary: "Approve a refund that another operator asked for, or refuse it. Reasons: second_person, refund_decided, vendor_refused, step_up_required.",
	}, a.decideRefund)
}

// CompanyPath names the company that an operator looks after.
type CompanyPath struct {
	Company string `path:"company" maxLength:"64"`
}

// overseeing is an operator who asks for something about a company's money.
func overseeing(who identity.Principal) subscription.By { return subscription.By(staff(who)) }

type companyBillingOutput struct{ Body companyBilling }

func (a *api) getCompanyBilling(ctx context.Context, in *struct {
	CompanyPath
	LocaleQuery
}) (*companyBillingOutput, error) {
	b, err := a.billingOf(ctx, in.Company, in.Locale)
	if err != nil {
		return nil, err
	}
	history, err := a.deps.Billing.Wishes(ctx, in.Company)
	if err != nil {
		return nil, err
	}
	invoices, err := a.deps.Billing.Invoices(ctx, in.Company, "", 0)
	return &companyBillingOutput{companyBilling{Billing: b, History: history, Invoices: invoices.Items}}, err
}

type subscriptionOutput struct{ Body subscription.Subscription }

func (a *api) openContract(ctx context.Context, in *struct {
	CompanyPath
	Body subscription.Contract
}) (*subscriptionOutput, error) {
	sub, err := a.deps.Billing.OpenContract(ctx, in.Company, in.Body, overseeing(caller(ctx)))
	return &subscriptionOutput{sub}, err
}

func (a *api) extendTrial(ctx context.Context, in *struct {
	CompanyPath
	Body struct {
		UntilMS int64  `json:"until_ms" doc:"The new end of the trial."`
		Reason  string `json:"reason" minLength:"5" maxLength:"500"`
	}
}) (*subscriptionOutput, error) {
	sub, err := a.deps.Billing.ExtendTrial(ctx, in.Company, in.Body.UntilMS, in.Body.Reason, overseeing(caller(ctx)))
	return &subscriptionOutput{sub}, err
}

type invoiceOutput struct{ Body subscription.Invoice }

// InvoicePath names one of its invoices.
type InvoicePath struct {
	CompanyPath
	Invoice string `path:"invoice" maxLength:"64"`
}

func (a *api) recordInvoicePaid(ctx context.Context, in *struct {
	InvoicePath
	Body struct {
		PaidMS int64  `json:"paid_ms" doc:"When the money came; 0 for now."`
		Reason string `json:"reason" minLength:"5" maxLength:"500" doc:"Where it was seen."`
	}
}) (*invoiceOutput, error) {
	invoice, err := a.deps.Billing.RecordPaid(ctx, in.Company, in.Invoice, in.Body.PaidMS, in.Body.Reason, overseeing(caller(ctx)))
	return &invoiceOutput{invoice}, err
}

func (a *api) setInvoiceNFSe(ctx context.Context, in *struct {
	InvoicePath
	Body struct {
		Number string `json:"nfse_number" maxLength:"50" doc:"Empty takes it back."`
	}
}) (*invoiceOutput, error) {
	invoice, err := a.deps.Billing.SetNFSe(ctx, in.Company, in.Invoice, in.Body.Number, overseeing(caller(ctx)))
	return &invoiceOutput{invoice}, err
}

func (a *api) requestRefund(ctx context.Context, in *struct {
	CompanyPath
	Body struct {
		InvoiceID string       `json:"invoice_id" maxLength:"64"`
		Amount    money.Amount `json:"amount_minor" minimum:"0" doc:"0 is all that is left."`
		Reason    string       `json:"reason" minLength:"5" maxLength:"500"`
	}
}) (*wishOutput, error) {
	return wished(a.deps.Billing.RequestRefund(ctx, in.Company, in.Body.InvoiceID, in.Body.Amount, in.Body.Reason, overseeing(caller(ctx))))
}

func (a *api) decideRefund(ctx context.Context, in *struct {
	CompanyPath
	Refund string `path:"refund" maxLength:"64"`
	Body   struct {
		Approve bool `json:"approve"`
	}
}) (*wishOutput, error) {
	return wished(a.deps.Billing.DecideRefund(ctx, in.Company, in.Refund, in.Body.Approve, overseeing(caller(ctx))))
}
