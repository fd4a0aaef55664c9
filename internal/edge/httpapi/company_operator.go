package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/fault"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/move"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/tenancy"
)

func (a *api) registerCompanyOperator() {
	handle(a, route{
		id: "search-companies", method: http.MethodGet, path: "/operator/companies", tag: "operator", needs: identity.PlatformOperate,
		summary: "Companies by name, tax id, state and plan, oldest first.",
	}, a.searchCompanies)
	handle(a, route{
		id: "inspect-company", method: http.MethodGet, path: "/operator/companies/{company}", tag: "operator", needs: identity.PlatformOperate,
		summary: "What operators see of a company: facts, plan, live use, grants; nothing of its customers.",
	}, a.inspectCompany)
	handle(a, route{
		id: "grant-quota", method: http.MethodPost, path: "/operator/companies/{company}/grants", tag: "operator", needs: identity.PlatformOperate, fresh: true, status: http.StatusCreated,
		summary: "Grant a company more than its plan does, for a time.",
	}, a.grantQuota)
	handle(a, route{
		id: "end-quota", method: http.MethodDelete, path: "/operator/companies/{company}/grants/{grant}", tag: "operator", needs: identity.PlatformOperate, fresh: true, status: http.StatusNoContent,
		summary: "Take a grant back.",
	}, a.endQuota)
}

type searchCompaniesInput struct {
	Paging
	Query string        `query:"q" maxLength:"200"`
	State tenancy.State `query:"state" enum:"active,past_due,read_only,suspended,canceled,erased"`
	Plan  string        `query:"plan" maxLength:"64" doc:"A plan's id."`
}

func (a *api) searchCompanies(ctx context.Context, in *searchCompaniesInput) (*listing[tenancy.Found], error) {
	search := tenancy.Search{Query: in.Query, State: in.State}
	if in.Plan != "" {
		editions, err := a.deps.Plans.Editions(ctx)
		if err != nil {
			return nil, err
		}
		search.VersionIDs = []string{in.Plan} // no version has a plan's id: an unknown plan has no companies
		for _, edition := range editions {
			if edition.ID == in.Plan {
				for _, version := range edition.Versions {
					search.VersionIDs = append(search.VersionIDs, version.ID)
				}
			}
		}
	}
	return listed(a.deps.Tenancy.Search(ctx, search, in.Cursor, in.Limit))
}

type companyInput struct {
	Company string `path:"company" maxLength:"64"`
}

type inspectedCompany struct {
	Body struct {
		Company tenancy.Company `json:"company"`
		// Plan is absent for a company without one.
		Plan       *plan.Version    `json:"plan,omitempty"`
		Usage      []tenancy.Used   `json:"usage" nullable:"false"`
		Overage    []tenancy.Excess `json:"overage,omitempty" doc:"Use beyond the plan, of last month and this one. No payment service bills it: it is invoiced by hand."`
		Grants     []tenancy.Grant  `json:"grants" nullable:"false"`
		NextStates []tenancy.State  `json:"next_states" nullable:"false" doc:"Where the company's state may go from here."`
		Moves      []companyMove    `json:"moves" nullable:"false" doc:"To and from other installations, oldest first."`
		Standing   string           `json:"standing,omitempty" enum:"moving,moved" doc:"Why nothing may be written for the company now; absent for one that works."`
	}
}

func (a *api) inspectCompany(ctx context.Context, in *companyInput) (*inspectedCompany, error) {
	company, err := a.deps.Tenancy.Get(ctx, in.Company)
	if err != nil {
		return nil, err
	}
	out := &inspectedCompany{}
	out.Body.Standing = a.standing(company.ID)
	if out.Body.Moves, err = a.movesOf(ctx, company.ID); err != nil {
		return nil, err
	}
	out.Body.Company, out.Body.NextStates = company, append([]tenancy.State{}, company.State.Next()...)
	if out.Body.Plan, err = a.planOf(ctx, company.ID); err != nil {
		return nil, err
	}
	if out.Body.Usage, err = a.deps.Tenancy.Usage(ctx, company.ID); err != nil {
		return nil, err
	}
	if out.Body.Overage, err = a.deps.Tenancy.Overages(ctx, company.ID); err != nil {
		return nil, err
	}
	grants, err := a.deps.Tenancy.Grants(ctx, company.ID)
	out.Body.Grants = append([]tenancy.Grant{}, grants...)
	return out, err
}

// companyMove is a move of a company as this side of it knows it.
type companyMove struct {
	ID        string    `json:"id"`
	Side      string    `json:"side" enum:"source,target" doc:"Source: the company left from here."`
	Step      move.Step `json:"step" enum:"planned,copied,paused,left,stayed,settled,closed,checked,laid,cutting,landed,opened,discarded"`
	TargetURL string    `json:"target_url,omitempty" doc:"Where platforms reach the company now."`
	CreatedMS int64     `json:"created_ms"`
	UpdatedMS int64     `json:"updated_ms"`
}

func (a *api) movesOf(ctx context.Context, companyID string) ([]companyMove, error) {
	if a.deps.Moves == nil {
		return []companyMove{}, nil
	}
	moves, err := a.deps.Moves(ctx, companyID)
	seen := make([]companyMove, len(moves))
	for i, m := range moves {
		seen[i] = companyMove{ID: m.ID, Side: m.Side, Step: m.Step, TargetURL: m.TargetURL, CreatedMS: m.CreatedMS, UpdatedMS: m.UpdatedMS}
	}
	return seen, err
}

// planOf gives the version that a company is entitled by; nil for none.
func (a *api) planOf(ctx context.Context, tenantID string) (*plan.Version, error) {
	entitled, err := a.deps.Tenancy.Entitlements(ctx, tenantID)
	if err != nil || entitled.PlanVersionID == "" {
		return nil, err
	}
	version, err := a.deps.Plans.Version(ctx, entitled.PlanVersionID)
	if fault.Is(err, fault.NotFound) {
		return nil, nil // terms of its own
	}
	return &version, err
}

type grantQuotaInput struct {
	Company string `path:"company" maxLength:"64"`
	Body    struct {
		Meter     tenancy.Meter `json:"meter" enum:"attendants,channels,bots,conversations,messages"`
		Extra     int64         `json:"extra" minimum:"1"`
		ExpiresMS int64         `json:"expires_ms"`
		Reason    string        `json:"reason" minLength:"5" maxLength:"500"`
	}
}

type grantOutput struct{ Body tenancy.Grant }

func (a *api) grantQuota(ctx context.Context, in *grantQuotaInput) (*grantOutput, error) {
	grant, err := a.deps.Tenancy.Grant(ctx, in.Company, tenancy.Grant{
		Meter: in.Body.Meter, Extra: in.Body.Extra, ExpiresMS: in.Body.ExpiresMS, Reason: in.Body.Reason,
	}, staff(caller(ctx)))
	return &grantOutput{grant}, err
}

type endQuotaInput struct {
	Company string `path:"company" maxLength:"64"`
	Grant   string `path:"grant" maxLength:"64"`
}

func (a *api) endQuota(ctx context.Context, in *endQuotaInput) (*struct{}, error) {
	return nil, a.deps.Tenancy.EndGrant(ctx, in.Company, in.Grant, staff(caller(ctx)))
}
