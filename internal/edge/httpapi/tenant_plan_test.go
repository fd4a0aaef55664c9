package httpapi

import (
	"prosa/internal/base/id"
)

// reachPlans lists how somebody of a company would reach for what is the
// operators': plans, coupons and the other company's account.
func reachPlans(other estate) map[string][]attempt {
	company, version := "/operator/companies/"+other.tenant, "/operator/plan-versions/"+id.New(id.PlanVersion, 1)
	content := map[string]any{"content": map[string]any{}}
	return map[string][]attempt{
		"list-plan-editions": {{path: "/operator/plans"}},
		"create-plan":        {{path: "/operator/plans", body: content}},
		"make-sample-plans":  {{path: "/operator/plans/sample"}},
		"place-plan":         {{path: "/operator/plans/" + id.New(id.Plan, 1), body: map[string]any{"state": "closed"}}},
		"draft-plan":         {{path: "/operator/plans/" + id.New(id.Plan, 1) + "/draft"}},
		"edit-plan":          {{path: version, body: content}},
		"discard-plan":       {{path: version}},
		"preview-plan":       {{path: version + "/preview"}},
		"publish-plan":       {{path: version + "/publish"}},
		"withdraw-plan":      {{path: version + "/withdraw"}},
		"list-promotions":    {{path: "/operator/promotions"}},
		"create-promotion":   {{path: "/operator/promotions", body: map[string]any{"code": "X1", "percent": 10000, "active": true}}},
		"change-promotion":   {{path: "/operator/promotions/" + id.New(id.Promotion, 1), body: map[string]any{"code": "X1", "percent": 10000, "active": true}}},
		"search-companies":   {{path: "/operator/companies?q=zebrafish"}},
		"inspect-company":    {{path: company}},
		"grant-quota":        {{path: company + "/grants", body: map[string]any{"meter": "bots", "extra": 1, "expires_ms": 1, "reason": "a stranger"}}},
		"end-quota":          {{path: company + "/grants/" + id.New(id.Grant, 1)}},
	}
}
