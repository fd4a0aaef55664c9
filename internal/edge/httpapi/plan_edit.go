package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/modules/identity"
	"prosa/internal/modules/plan"
)

func (a *api) registerPlanEdit() {
	handle(a, route{
		id: "list-plan-editions", method: http.MethodGet, path: "/operator/plans", tag: "plan", needs: identity.PlatformOperate,
		summary: "All plans with all versions, in the order of the page of prices.",
	}, func(ctx context.Context, _ *struct{}) (*all[plan.Edition], error) {
		return whole(a.deps.Plans.Editions(ctx))
	})
	handle(a, route{
		id: "create-plan", method: http.MethodPost, path: "/operator/plans", tag: "plan", needs: identity.PlatformOperate, status: http.StatusCreated,
		summary: "A new plan with its first draft. Reason: slug_taken.",
	}, a.createPlan)
	handle(a, route{
		id: "make-sample-plans", method: http.MethodPost, path: "/operator/plans/sample", tag: "plan", needs: identity.PlatformOperate, fresh: true, status: http.StatusCreated,
		summary: "Put a sample page of prices of three plans on sale. Reason: plans_exist.",
	}, func(ctx context.Context, _ *struct{}) (*all[plan.Version], error) {
		return whole(a.deps.Plans.Sample(ctx, staff(caller(ctx))))
	})
	handle(a, route{
		id: "place-plan", method: http.MethodPatch, path: "/operator/plans/{plan}", tag: "plan", needs: identity.PlatformOperate, fresh: true,
		summary: "Move a plan on the page of prices, close or open it.",
	}, a.placePlan)
	handle(a, route{
		id: "draft-plan", method: http.MethodPost, path: "/operator/plans/{plan}/draft", tag: "plan", needs: identity.PlatformOperate, status: http.StatusCreated,
		summary: "A new draft out of a plan's newest version. Reason: draft_exists.",
	}, func(ctx context.Context, in *planInput) (*versionOfPlan, error) {
		return versioned(a.deps.Plans.Redraft(ctx, in.Plan, staff(caller(ctx))))
	})
	handle(a, route{
		id: "edit-plan", method: http.MethodPut, path: "/operator/plan-versions/{version}", tag: "plan", needs: identity.PlatformOperate,
		summary: "Replace the content of a draft. Reasons: plan_published, revision when somebody else changed it meanwhile.",
	}, a.editPlan)
	handle(a, route{
		id: "discard-plan", method: http.MethodDelete, path: "/operator/plan-versions/{version}", tag: "plan", needs: identity.PlatformOperate, status: http.StatusNoContent,
		summary: "Forget a draft. Reason: plan_published.",
	}, func(ctx context.Context, in *planVersionInput) (*struct{}, error) {
		return nil, a.deps.Plans.Discard(ctx, in.Version, staff(caller(ctx)))
	})
	handle(a, route{
		id: "preview-plan", method: http.MethodGet, path: "/operator/plan-versions/{version}/preview", tag: "plan", needs: identity.PlatformOperate,
		summary: "A version as the page of prices would show it.",
	}, a.previewPlan)
	handle(a, route{
		id: "publish-plan", method: http.MethodPost, path: "/operator/plan-versions/{version}/publish", tag: "plan", needs: identity.PlatformOperate, fresh: true,
		summary: "Sell a draft from now on, in place of the version before, which is honoured for another 30 days. It never changes again. Reason: plan_published.",
	}, func(ctx context.Context, in *planVersionInput) (*versionOfPlan, error) {
		return versioned(a.deps.Plans.Publish(ctx, in.Version, staff(caller(ctx))))
	})
	handle(a, route{
		id: "withdraw-plan", method: http.MethodPost, path: "/operator/plan-versions/{version}/withdraw", tag: "plan", needs: identity.PlatformOperate, fresh: true,
		summary: "Sell a version no more; who has chosen it may buy it for another 30 days.",
	}, func(ctx context.Context, in *planVersionInput) (*versionOfPlan, error) {
		return versioned(a.deps.Plans.Withdraw(ctx, in.Version, staff(caller(ctx))))
	})
}

type versionOfPlan struct{ Body plan.Version }

func versioned(v plan.Version, err error) (*versionOfPlan, error) {
	return &versionOfPlan{v}, err
}

type planInput struct {
	Plan string `path:"plan" maxLength:"64"`
}

type planVersionInput struct {
	Version string `path:"version" maxLength:"64"`
}

type createPlanInput struct {
	Body struct {
		Slug    string       `json:"slug" maxLength:"40"`
		Line    string       `json:"line" enum:"massivo,enterprise"`
		Content plan.Content `json:"content"`
	}
}

func (a *api) createPlan(ctx context.Context, in *createPlanInput) (*versionOfPlan, error) {
	return versioned(a.deps.Plans.Create(ctx, in.Body.Slug, in.Body.Line, in.Body.Content, staff(caller(ctx))))
}

type placePlanInput struct {
	Plan string `path:"plan" maxLength:"64"`
	Body struct {
		Position *int64  `json:"position,omitempty" minimum:"0" maximum:"1000000"`
		State    *string `json:"state,omitempty" enum:"open,closed"`
	}
}

type planOutput struct{ Body plan.Plan }

func (a *api) placePlan(ctx context.Context, in *placePlanInput) (*planOutput, error) {
	p, err := a.deps.Plans.Place(ctx, in.Plan, plan.Placement{Position: in.Body.Position, State: in.Body.State}, staff(caller(ctx)))
	return &planOutput{p}, err
}

type editPlanInput struct {
	Version string `path:"version" maxLength:"64"`
	Body    struct {
		Revision int64        `json:"revision" doc:"That the editor saw."`
		Content  plan.Content `json:"content"`
	}
}

func (a *api) editPlan(ctx context.Context, in *editPlanInput) (*versionOfPlan, error) {
	return versioned(a.deps.Plans.Edit(ctx, in.Version, in.Body.Revision, in.Body.Content, staff(caller(ctx))))
}

type previewPlanInput struct {
	Version string `path:"version" maxLength:"64"`
	Locale  string `query:"locale" enum:"pt-BR,en"`
}

type offerOutput struct{ Body PlanOffer }

func (a *api) previewPlan(ctx context.Context, in *previewPlanInput) (*offerOutput, error) {
	v, err := a.deps.Plans.Version(ctx, in.Version)
	if err != nil {
		return nil, err
	}
	return &offerOutput{offerOf(v, in.Locale)}, nil
}
