package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/money"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/tenancy"
)

// PlanOffer is a plan as the page of prices shows it, in one language.
type PlanOffer struct {
	VersionID         string         `json:"version_id"`
	Slug              string         `json:"slug"`
	Name              string         `json:"name"`
	Summary           string         `json:"summary"`
	Features          []string       `json:"features" nullable:"false"`
	Highlight         bool           `json:"highlight"`
	Currency          money.Currency `json:"currency"`
	MonthlyMinor      money.Amount   `json:"monthly_minor" doc:"Minor units; 0 with an annual price is not offered by the month."`
	AnnualMinor       money.Amount   `json:"annual_minor" doc:"Minor units of a year; 0 is not offered."`
	TrialDays         int            `json:"trial_days"`
	TrialNeedsPayment bool           `json:"trial_needs_payment"`
	Limits            []OfferedLimit `json:"limits" nullable:"false"`
}

// OfferedLimit is how much of something a plan grants.
type OfferedLimit struct {
	Meter        tenancy.Meter `json:"meter" enum:"attendants,channels,bots,conversations,messages"`
	Count        int64         `json:"count" doc:"-1 for no limit."`
	Over         tenancy.Over  `json:"over" enum:"block,overage"`
	OverageMinor money.Amount  `json:"overage_minor"`
}

// offerOf shows a version in a language; every meter is named.
func offerOf(v plan.Version, locale string) PlanOffer {
	offer := PlanOffer{
		VersionID: v.ID, Slug: v.Slug, Name: v.Name.In(locale), Summary: v.Summary.In(locale), Features: []string{}, Highlight: v.Highlight,
		Currency: v.Currency, MonthlyMinor: v.Monthly, AnnualMinor: v.Annual, TrialDays: v.TrialDays, TrialNeedsPayment: v.TrialNeedsPayment,
		Limits: []OfferedLimit{},
	}
	for _, feature := range v.Features {
		offer.Features = append(offer.Features, feature.In(locale))
	}
	for _, meter := range tenancy.Meters() {
		limit, limited := v.Limits[meter]
		if !limited {
			limit = tenancy.Limit{Count: tenancy.Unlimited, Over: tenancy.Block}
		}
		offer.Limits = append(offer.Limits, OfferedLimit{Meter: meter, Count: limit.Count, Over: limit.Over, OverageMinor: limit.OveragePrice})
	}
	return offer
}

// Selling is how plans are sold here.
type Selling struct {
	// Open says that companies may sign up by themselves.
	Open bool
	// Methods are the ways to pay, of "card", "pix", "boleto".
	Methods []string
}

func (a *api) registerPlan() {
	handle(a, route{
		id: "list-plans", method: http.MethodGet, path: "/plans", tag: "plan", needs: anybody,
		summary: "What is sold and what it costs, for anybody.",
	}, a.listPlans)
}

type listPlansInput struct {
	Line   string `query:"line" enum:"massivo,enterprise" doc:"massivo when absent."`
	Locale string `query:"locale" enum:"pt-BR,en" doc:"pt-BR when absent."`
}

type plansOutput struct {
	Body struct {
		Open     bool           `json:"open" doc:"Whether a company may sign up by itself."`
		Currency money.Currency `json:"currency"`
		Methods  []string       `json:"methods" nullable:"false" doc:"Ways to pay: card, pix, boleto."`
		Items    []PlanOffer    `json:"items" nullable:"false"`
	}
}

func (a *api) listPlans(ctx context.Context, in *listPlansInput) (*plansOutput, error) {
	line := in.Line
	if line == "" {
		line = tenancy.Massivo
	}
	versions, err := a.deps.Plans.Public(ctx, line)
	if err != nil {
		return nil, err
	}
	out := &plansOutput{}
	out.Body.Open = a.deps.Selling.Open && len(versions) > 0
	out.Body.Currency, out.Body.Methods, out.Body.Items = money.BRL, append([]string{}, a.deps.Selling.Methods...), []PlanOffer{}
	for _, v := range versions {
		out.Body.Currency = v.Currency
		out.Body.Items = append(out.Body.Items, offerOf(v, in.Locale))
	}
	return out, nil
}
