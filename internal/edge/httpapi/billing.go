package httpapi

import (
	"bytes"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"prosa/internal/modules/identity"
	"prosa/internal/modules/subscription"
)

// billing is what a company sees of its plan.
type billing struct {
	Subscription *subscription.Subscription `json:"subscription,omitempty" doc:"Absent for a company without a plan."`
	Plan         *PlanOffer                 `json:"plan,omitempty"`
	Offers       []PlanOffer                `json:"offers" nullable:"false" doc:"The plans that can be taken now."`
	Payer        subscription.Payer         `json:"payer"`
	Wishes       []subscription.Wish        `json:"wishes" nullable:"false" doc:"What is under way: a change, a page to pay on, a refund."`
	Due          []subscription.Invoice     `json:"due" nullable:"false" doc:"Invoices that await money, the oldest first."`
	Vendors      []string                   `json:"vendors" nullable:"false" doc:"Who takes payments by a page."`
	MethodPage   bool                       `json:"method_page" doc:"The way to pay can be changed at the vendor."`
	Steps        []subscription.Step        `json:"steps" nullable:"false" doc:"What follows while a payment is missing, with its time."`
	ReturnMS     int64                      `json:"return_ms" doc:"Until when an ended subscription can be taken up again, 0 while it runs."`
}

func (a *api) registerBilling() {
	handle(a, route{
		id: "get-billing", method: http.MethodGet, path: "/billing", tag: "billing", needs: identity.BillingRead,
		summary: "The company's plan: what it costs, what is owed, what can be taken instead.",
	}, a.getBilling)
	handle(a, route{
		id: "preview-plan-change", method: http.MethodPost, path: "/billing/preview", tag: "billing", needs: identity.BillingManage,
		summary: "What another plan or interval would cost now. Reasons: no_change, plan_overdue, plan_ending, interval_not_offered, no_running_subscription, vendor_refused.",
	}, a.previewChange)
	handle(a, route{
		id: "change-plan", method: http.MethodPost, path: "/billing/change", tag: "billing", needs: identity.BillingManage,
		summary: "Change the plan as the preview said, which the token names. Reasons: preview_stale, change_underway, plan_too_small, and those of the preview.",
	}, a.changePlan)
	handle(a, route{
		id: "drop-plan-change", method: http.MethodDelete, path: "/billing/change", tag: "billing", needs: identity.BillingManage, status: http.StatusNoContent,
		summary: "Take a planned change back. Reason: change_underway, from a day before it takes effect.",
	}, func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		who := caller(ctx)
		return nil, a.deps.Billing.DropChange(ctx, who.TenantID(), asking(who))
	})
	handle(a, route{
		id: "start-plan-checkout", method: http.MethodPost, path: "/billing/checkout", tag: "billing", needs: identity.BillingManage,
		summary: "Open the page on which a trial is paid for, or an ended subscription is taken up again. Reasons: subscribed, too_late, payer_missing, no_vendor, interval_not_offered, vendor_refused.",
	}, a.startPlanCheckout)
	handle(a, route{
		id: "cancel-plan", method: http.MethodPost, path: "/billing/cancel", tag: "billing", needs: identity.BillingManage,
		summary: "End the subscription with its paid period. Reasons: plan_ending, no_running_subscription, change_underway.",
	}, a.cancelPlan)
	handle(a, route{
		id: "resume-plan", method: http.MethodPost, path: "/billing/resume", tag: "billing", needs: identity.BillingManage,
		summary: "Take a cancellation back. Reasons: not_ending, no_running_subscription, change_underway.",
	}, func(ctx context.Context, _ *struct{}) (*wishOutput, error) {
		who := caller(ctx)
		return wished(a.deps.Billing.Resume(ctx, who.TenantID(), asking(who)))
	})
	handle(a, route{
		id: "get-pay-url", method: http.MethodGet, path: "/billing/pay-url", tag: "billing", needs: identity.BillingManage,
		summary: "How the oldest missing payment is made. Reason: nothing_due.",
	}, func(ctx context.Context, _ *struct{}) (*payOutput, error) {
		way, err := a.deps.Billing.Pay(ctx, caller(ctx).TenantID())
		return &payOutput{way}, err
	})
	handle(a, route{
		id: "get-method-page", method: http.MethodGet, path: "/billing/method-page", tag: "billing", needs: identity.BillingManage,
		summary: "The vendor's page on which the way to pay is changed. Reason: no_method_page.",
	}, func(ctx context.Context, _ *struct{}) (*urlOutput, error) {
		out := &urlOutput{}
		var err error
		out.Body.URL, err = a.deps.Billing.MethodPage(ctx, caller(ctx).TenantID())
		return out, err
	})
	handle(a, route{
		id: "set-payer", method: http.MethodPut, path: "/billing/payer", tag: "billing", needs: identity.BillingManage,
		summary: "Whom the invoices that come are made out to.",
	}, a.setPayer)
	handle(a, route{
		id: "list-invoices", method: http.MethodGet, path: "/billing/invoices", tag: "billing", needs: identity.BillingRead,
		summary: "The company's invoices, newest first.",
	}, func(ctx context.Context, in *Paging) (*listing[subscription.Invoice], error) {
		return listed(a.deps.Billing.Invoices(ctx, caller(ctx).TenantID(), in.Cursor, in.Limit))
	})
	handle(a, route{
		id: "export-invoices", method: http.MethodGet, path: "/billing/invoices.csv", tag: "billing", needs: identity.BillingRead,
		summary: "All invoices with what a fiscal document needs, oldest first, for a spreadsheet.",
	}, a.exportInvoices)
	a.registerCompanyBilling()
}

// asking is who asks for something about money, for the log.
func asking(who identity.Principal) subscription.By {
	return subscription.By{Actor: who.Actor(), IP: who.ClientIP}
}

type billingOutput struct{ Body billing }

// LocaleQuery is the language in which plans are told.
type LocaleQuery struct {
	Locale string `query:"locale" enum:"pt-BR,en" default:"pt-BR" doc:"Language of the plans."`
}

func (a *api) getBilling(ctx context.Context, in *LocaleQuery) (*billingOutput, error) {
	b, err := a.billingOf(ctx, caller(ctx).TenantID(), in.Locale)
	return &billingOutput{b}, err
}

func (a *api) billingOf(ctx context.Context, tenantID, locale string) (billing, error) {
	b, err := a.deps.Billing.Billing(ctx, tenantID)
	if err != nil {
		return billing{}, err
	}
	out := billing{
		Subscription: b.Subscription, Offers: []PlanOffer{}, Payer: b.Payer, Wishes: b.Wishes, Due: b.Due, Vendors: append([]string{}, b.Vendors...), MethodPage: b.MethodPage, Steps: b.Steps, ReturnMS: b.ReturnMS,
	}
	if b.Plan != nil {
		offer := offerOf(*b.Plan, locale)
		out.Plan = &offer
	}
	for _, version := range b.Offers {
		out.Offers = append(out.Offers, offerOf(version, locale))
	}
	return out, nil
}

type wantedInput struct {
	Body subscription.Wanted
}

type previewOutput struct{ Body subscription.Preview }

func (a *api) previewChange(ctx context.Context, in *wantedInput) (*previewOutput, error) {
	p, err := a.deps.Billing.Preview(ctx, caller(ctx).TenantID(), in.Body)
	return &previewOutput{p}, err
}

type changePlanInput struct {
	Body struct {
		subscription.Wanted
		Token string `json:"token" minLength:"1" maxLength:"64" doc:"Of the preview."`
	}
}

type wishOutput struct{ Body subscription.Wish }

func wished(w subscription.Wish, err error) (*wishOutput, error) { return &wishOutput{w}, err }

func (a *api) changePlan(ctx context.Context, in *changePlanInput) (*wishOutput, error) {
	who := caller(ctx)
	return wished(a.deps.Billing.Change(ctx, who.TenantID(), in.Body.Wanted, in.Body.Token, asking(who)))
}

type planCheckoutInput struct {
	Body struct {
		subscription.Wanted
		Vendor string `json:"vendor,omitempty" maxLength:"40" doc:"The usual one when absent."`
	}
}

func (a *api) startPlanCheckout(ctx context.Context, in *planCheckoutInput) (*wishOutput, error) {
	who := caller(ctx)
	return wished(a.deps.Billing.Checkout(ctx, who.TenantID(), in.Body.Wanted, in.Body.Vendor, asking(who)))
}

type cancelPlanInput struct {
	Body struct {
		Reason string `json:"reason" maxLength:"500" doc:"Why, in the company's words; may be empty."`
	}
}

func (a *api) cancelPlan(ctx context.Context, in *cancelPlanInput) (*wishOutput, error) {
	who := caller(ctx)
	return wished(a.deps.Billing.Cancel(ctx, who.TenantID(), in.Body.Reason, asking(who)))
}

type payOutput struct{ Body subscription.PayWay }

type urlOutput struct {
	Body struct {
		URL string `json:"url"`
	}
}

type payerInput struct{ Body subscription.Payer }

type payerOutput struct{ Body subscription.Payer }

func (a *api) setPayer(ctx context.Context, in *payerInput) (*payerOutput, error) {
	who := caller(ctx)
	p, err := a.deps.Billing.SetPayer(ctx, who.TenantID(), in.Body, asking(who))
	return &payerOutput{p}, err
}

func (a *api) exportInvoices(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	who := caller(ctx)
	return a.invoiceFile(ctx, who.TenantID(), who.Company.Slug)
}

// invoiceFile is written whole before it is sent: a bookkeeper's file is never
// cut off.
func (a *api) invoiceFile(ctx context.Context, tenantID, name string) (*huma.StreamResponse, error) {
	var file bytes.Buffer
	if err := a.deps.Billing.Export(ctx, tenantID, &file); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		_, writer := humago.Unwrap(ctx)
		writer.Header().Set("Content-Type", "text/csv; charset=utf-8")
		writer.Header().Set("Content-Disposition", dispositionOf("attachment", "notas-"+name+".csv"))
		writer.Header().Set("Cache-Control", "no-store")
		// The browser went away: nobody is left to be told.
		_, _ = writer.Write(file.Bytes())
	}}, nil
}
