package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/modules/identity"
	"prosa/internal/modules/tenancy"
)

func (a *api) registerUsage() {
	handle(a, route{
		id: "get-usage", method: http.MethodGet, path: "/usage", tag: "company", needs: identity.BillingRead,
		summary: "What the company uses of what its plan grants, live; docs/plans.md says what is counted.",
	}, a.getUsage)
}

type usageInput struct {
	Locale string `query:"locale" enum:"pt-BR,en"`
}

type usageOutput struct {
	Body struct {
		PlanVersionID string         `json:"plan_version_id" doc:"Empty for a company without a plan, which has no limits."`
		PlanName      string         `json:"plan_name"`
		Silent        bool           `json:"silent" doc:"The bots are silent, since something of the month is used up."`
		Items         []tenancy.Used `json:"items" nullable:"false"`
	}
}

func (a *api) getUsage(ctx context.Context, in *usageInput) (*usageOutput, error) {
	tenantID := caller(ctx).TenantID()
	version, err := a.planOf(ctx, tenantID)
	if err != nil {
		return nil, err
	}
	out := &usageOutput{}
	if version != nil {
		out.Body.PlanVersionID, out.Body.PlanName = version.ID, version.Name.In(in.Locale)
	}
	if out.Body.Items, err = a.deps.Tenancy.Usage(ctx, tenantID); err != nil {
		return nil, err
	}
	for _, used := range out.Body.Items {
		out.Body.Silent = out.Body.Silent || used.Silences()
	}
	return out, nil
}
