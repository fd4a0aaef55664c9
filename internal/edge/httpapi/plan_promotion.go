package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/money"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/plan"
)

func (a *api) registerPromotion() {
	handle(a, route{
		id: "list-promotions", method: http.MethodGet, path: "/operator/promotions", tag: "plan", needs: identity.PlatformOperate,
		summary: "Coupons for plans, newest first.",
	}, func(ctx context.Context, in *Paging) (*listing[plan.Promotion], error) {
		return listed(a.deps.Plans.Promotions(ctx, in.Cursor, in.Limit))
	})
	handle(a, route{
		id: "create-promotion", method: http.MethodPost, path: "/operator/promotions", tag: "plan", needs: identity.PlatformOperate, fresh: true, status: http.StatusCreated,
		summary: "A new coupon. Reason: code_taken.",
	}, func(ctx context.Context, in *createPromotionInput) (*promotionOutput, error) {
		return a.savePromotion(ctx, "", in.Body)
	})
	handle(a, route{
		id: "change-promotion", method: http.MethodPut, path: "/operator/promotions/{promotion}", tag: "plan", needs: identity.PlatformOperate, fresh: true,
		summary: "Change a coupon; what was promised with it stands.",
	}, func(ctx context.Context, in *changePromotionInput) (*promotionOutput, error) {
		return a.savePromotion(ctx, in.Promotion, in.Body)
	})
}

type promotionBody struct {
	Code     string         `json:"code" minLength:"2" maxLength:"32"`
	Percent  int64          `json:"percent,omitempty" minimum:"0" maximum:"10000" doc:"Basis points: 1000 is 10 %."`
	Amount   money.Amount   `json:"amount,omitempty" minimum:"0" doc:"Minor units of each period."`
	Currency money.Currency `json:"currency,omitempty" enum:"BRL,USD,EUR"`
	Cycles   int            `json:"cycles,omitempty" minimum:"0" maximum:"120" doc:"Periods that cost less, 0 for all."`
	FromMS   int64          `json:"from_ms,omitempty" minimum:"0"`
	ToMS     int64          `json:"to_ms,omitempty" minimum:"0" doc:"0 for ever."`
	Most     int64          `json:"most,omitempty" minimum:"0" doc:"Redemptions, 0 for any number."`
	Plans    []string       `json:"plans,omitempty" maxItems:"50" doc:"Ids of plans, empty for all."`
	Active   bool           `json:"active"`
}

type createPromotionInput struct{ Body promotionBody }

type changePromotionInput struct {
	Promotion string `path:"promotion" maxLength:"64"`
	Body      promotionBody
}

type promotionOutput struct{ Body plan.Promotion }

func (a *api) savePromotion(ctx context.Context, id string, b promotionBody) (*promotionOutput, error) {
	saved, err := a.deps.Plans.SavePromotion(ctx, plan.Promotion{
		ID: id, Code: b.Code, Percent: b.Percent, Amount: b.Amount, Currency: b.Currency, Cycles: b.Cycles, FromMS: b.FromMS, ToMS: b.ToMS,
		Most: b.Most, Plans: b.Plans, Active: b.Active,
	}, staff(caller(ctx)))
	return &promotionOutput{saved}, err
}
