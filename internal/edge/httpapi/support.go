package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/modules/identity"
)

func (a *api) registerSupport() {
	handle(a, route{
		id: "ask-support", method: http.MethodPost, path: "/operator/companies/{company}/support", tag: "support", needs: identity.PlatformOperate, status: http.StatusCreated, fresh: true,
		summary: "Ask to look into a company for an hour, read-only. Another operator approves it, where there is one; the company is told. Reason: support_pending.",
	}, a.askSupport)
	handle(a, route{
		id: "list-all-support", method: http.MethodGet, path: "/operator/support", tag: "support", needs: identity.PlatformOperate, summary: "The last looks of operators into companies, newest first.",
	}, func(ctx context.Context, _ *struct{}) (*all[identity.Support], error) {
		return whole(a.deps.Identity.SupportOf(ctx, ""))
	})
	handle(a, route{
		id: "approve-support", method: http.MethodPost, path: "/operator/support/{support}/approve", tag: "support", needs: identity.PlatformOperate, fresh: true,
		summary: "Approve what another operator asked for. Reason: own_support.",
	}, func(ctx context.Context, in *SupportPath) (*supportOutput, error) {
		return supported(a.deps.Identity.DecideSupport(ctx, caller(ctx), in.Support, true))
	})
	handle(a, route{
		id: "refuse-support", method: http.MethodPost, path: "/operator/support/{support}/refuse", tag: "support", needs: identity.PlatformOperate,
		summary: "Refuse what an operator asked for.",
	}, func(ctx context.Context, in *SupportPath) (*supportOutput, error) {
		return supported(a.deps.Identity.DecideSupport(ctx, caller(ctx), in.Support, false))
	})
	handle(a, route{
		id: "end-support", method: http.MethodPost, path: "/operator/support/{support}/end", tag: "support", needs: identity.PlatformOperate,
		summary: "End a look into a company.",
	}, func(ctx context.Context, in *SupportPath) (*supportOutput, error) {
		return supported(a.deps.Identity.EndSupport(ctx, caller(ctx), "", in.Support))
	})
	handle(a, route{
		id: "list-support", method: http.MethodGet, path: "/support", tag: "support", needs: identity.MemberManage, summary: "Who of the platform's staff looked into the company, newest first.",
	}, func(ctx context.Context, _ *struct{}) (*all[identity.Support], error) {
		return whole(a.deps.Identity.SupportOf(ctx, caller(ctx).TenantID()))
	})
	handle(a, route{
		id: "end-company-support", method: http.MethodPost, path: "/support/{support}/end", tag: "support", needs: identity.MemberManage,
		summary: "End an operator's look into the company.",
	}, func(ctx context.Context, in *SupportPath) (*supportOutput, error) {
		return supported(a.deps.Identity.EndSupport(ctx, caller(ctx), caller(ctx).TenantID(), in.Support))
	})
}

// SupportPath names an access in the path. huma reads embedded fields of exported
// types only.
type SupportPath struct {
	Support string `path:"support" maxLength:"64"`
}

type supportOutput struct{ Body identity.Support }

func supported(access identity.Support, err error) (*supportOutput, error) {
	return &supportOutput{access}, err
}

type askSupportInput struct {
	Company string `path:"company" maxLength:"64"`
	Body    struct {
		Reason string `json:"reason" maxLength:"500"`
	}
}

func (a *api) askSupport(ctx context.Context, in *askSupportInput) (*supportOutput, error) {
	return supported(a.deps.Identity.AskSupport(ctx, caller(ctx), in.Company, in.Body.Reason))
}
