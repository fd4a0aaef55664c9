package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/page"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/tenancy"
)

// Paging is the input of every paged list.
type Paging struct {
	Cursor string `query:"cursor" maxLength:"500" doc:"The next of the page before."`
	Limit  int    `query:"limit" minimum:"0" maximum:"200" doc:"Rows of a page, 50 when absent."`
}

// listing is a page as an answer; its rows are never null.
type listing[T any] struct {
	Body page.List[T]
}

func listed[T any](list page.List[T], err error) (*listing[T], error) {
	if err != nil {
		return nil, err
	}
	if list.Items == nil {
		list.Items = []T{}
	}
	return &listing[T]{list}, nil
}

// all is a list that is given whole; its rows are never null.
type all[T any] struct {
	Body struct {
		Items []T `json:"items"`
	}
}

func whole[T any](items []T, err error) (*all[T], error) {
	if err != nil {
		return nil, err
	}
	out := &all[T]{}
	out.Body.Items = append([]T{}, items...)
	return out, nil
}

type companyOutput struct{ Body tenancy.Company }

func (a *api) registerCompany() {
	handle(a, route{
		id: "get-company", method: http.MethodGet, path: "/company", tag: "company", needs: identity.MemberRead,
		summary: "The company looked at.",
	}, func(ctx context.Context, _ *struct{}) (*companyOutput, error) {
		return &companyOutput{caller(ctx).Company}, nil
	})
	handle(a, route{
		id: "change-company", method: http.MethodPatch, path: "/company", tag: "company", needs: identity.CompanyManage,
		summary: "Change the company's settings.",
	}, a.changeCompany)
	handle(a, route{
		id: "list-companies", method: http.MethodGet, path: "/companies", tag: "company", needs: identity.PlatformOperate,
		summary: "All companies, oldest first.",
	}, func(ctx context.Context, in *Paging) (*listing[tenancy.Company], error) {
		return listed(a.deps.Tenancy.List(ctx, in.Cursor, in.Limit))
	})
	handle(a, route{
		id: "create-company", method: http.MethodPost, path: "/companies", tag: "company", needs: identity.PlatformOperate, fresh: true, status: http.StatusCreated,
		summary: "Make a company, with an invitation for its first admin. Reason: slug_taken.",
	}, a.createCompany)
	handle(a, route{
		id: "set-company-state", method: http.MethodPost, path: "/operator/companies/{company}/state", tag: "operator", needs: identity.PlatformOperate, fresh: true,
		summary: "Bring a company into another state; its admins are told. Reason: state_way when there is no way from here to there.",
	}, a.setCompanyState)
}

type changeCompanyInput struct {
	Body struct {
		Name     *string `json:"name,omitempty" maxLength:"200"`
		Locale   *string `json:"locale,omitempty" enum:"pt-BR,en"`
		Timezone *string `json:"timezone,omitempty" maxLength:"64"`
	}
}

func (a *api) changeCompany(ctx context.Context, in *changeCompanyInput) (*companyOutput, error) {
	who := caller(ctx)
	company, err := a.deps.Tenancy.Update(ctx, who.TenantID(),
		tenancy.Update{Name: in.Body.Name, Locale: in.Body.Locale, Timezone: in.Body.Timezone}, who.By())
	return &companyOutput{company}, err
}

type createCompanyInput struct {
	Body struct {
		Name       string `json:"name" maxLength:"200"`
		Slug       string `json:"slug,omitempty" maxLength:"48" doc:"Made of the name when absent."`
		Line       string `json:"line,omitempty" enum:"massivo,enterprise"`
		Locale     string `json:"locale,omitempty" enum:"pt-BR,en"`
		Timezone   string `json:"timezone,omitempty" maxLength:"64"`
		AdminEmail string `json:"admin_email,omitempty" maxLength:"254" doc:"Invites the first admin."`
	}
}

// staff is who asks, as an operator and not as a member of the company.
func staff(who identity.Principal) tenancy.By {
	return tenancy.By{Actor: who.User.Actor(), IP: who.ClientIP}
}

type createdCompany struct {
	Body struct {
		Company    tenancy.Company      `json:"company"`
		Invitation *identity.Invitation `json:"invitation,omitempty"`
		Link       string               `json:"link,omitempty" doc:"The invitation's link, shown once."`
	}
}

func (a *api) createCompany(ctx context.Context, in *createCompanyInput) (*createdCompany, error) {
	who := caller(ctx)
	company, err := a.deps.Tenancy.Create(ctx, tenancy.Draft{
		Name: in.Body.Name, Slug: in.Body.Slug, Line: in.Body.Line, Locale: in.Body.Locale, Timezone: in.Body.Timezone,
	}, staff(who))
	if err != nil {
		return nil, err
	}
	out := &createdCompany{}
	out.Body.Company = company
	if in.Body.AdminEmail == "" {
		return out, nil
	}
	invitation, token, err := a.deps.Identity.Invite(ctx, who, company.ID, in.Body.AdminEmail, identity.Admin)
	if err != nil {
		return nil, err
	}
	out.Body.Invitation, out.Body.Link = &invitation, a.invitationLink(token)
	return out, nil
}

type companyStateInput struct {
	Company string `path:"company" maxLength:"64"`
	Body    struct {
		State  tenancy.State `json:"state" enum:"active,past_due,read_only,suspended,canceled,erased"`
		Reason string        `json:"reason" minLength:"5" maxLength:"500" doc:"Written into the log."`
	}
}

func (a *api) setCompanyState(ctx context.Context, in *companyStateInput) (*companyOutput, error) {
	who := caller(ctx)
	company, err := a.deps.Tenancy.SetState(ctx, in.Company, in.Body.State, in.Body.Reason, staff(who))
	return &companyOutput{company}, err
}
