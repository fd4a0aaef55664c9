package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/money"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/order"
)

type couponOutput struct{ Body order.Coupon }

func (a *api) registerCoupon() {
	handle(a, route{
		id: "list-coupons", method: http.MethodGet, path: "/coupons", tag: "coupon", needs: identity.ProductRead, summary: "Coupons, newest first.",
	}, func(ctx context.Context, in *Paging) (*listing[order.Coupon], error) {
		return listed(a.deps.Orders.Coupons(ctx, caller(ctx).TenantID(), in.Cursor, in.Limit))
	})
	handle(a, route{
		id: "create-coupon", method: http.MethodPost, path: "/coupons", tag: "coupon", needs: identity.ProductWrite, status: http.StatusCreated,
		summary: "A new coupon. Conflict: code_taken.",
	}, func(ctx context.Context, in *createCouponInput) (*couponOutput, error) {
		return a.saveCoupon(ctx, "", in.Body)
	})
	handle(a, route{
		id: "change-coupon", method: http.MethodPut, path: "/coupons/{coupon}", tag: "coupon", needs: identity.ProductWrite,
		summary: "Change a coupon; orders keep its terms of their day.",
	}, func(ctx context.Context, in *changeCouponInput) (*couponOutput, error) {
		return a.saveCoupon(ctx, in.Coupon, in.Body)
	})
}

type couponBody struct {
	Code         string           `json:"code" minLength:"2" maxLength:"40"`
	Kind         order.CouponKind `json:"kind" enum:"percent,fixed,free_shipping"`
	Value        int64            `json:"value,omitempty" minimum:"0" doc:"Basis points (1000 is 10 %) or minor units."`
	MinSubtotal  money.Amount     `json:"min_subtotal,omitempty" minimum:"0"`
	FirstOrder   bool             `json:"first_order,omitempty"`
	TotalLimit   int64            `json:"total_limit,omitempty" minimum:"0"`
	ContactLimit int64            `json:"contact_limit,omitempty" minimum:"0"`
	FromMS       int64            `json:"from_ms,omitempty" minimum:"0"`
	ToMS         int64            `json:"to_ms,omitempty" minimum:"0"`
	Active       bool             `json:"active"`
}

type createCouponInput struct{ Body couponBody }

type changeCouponInput struct {
	Coupon string `path:"coupon" maxLength:"64"`
	Body   couponBody
}

func (a *api) saveCoupon(ctx context.Context, id string, b couponBody) (*couponOutput, error) {
	who := caller(ctx)
	saved, err := a.deps.Orders.SaveCoupon(ctx, order.Coupon{
		TenantID: who.TenantID(), ID: id, Code: b.Code, Kind: b.Kind, Value: b.Value, MinSubtotal: b.MinSubtotal, FirstOrder: b.FirstOrder,
		TotalLimit: b.TotalLimit, ContactLimit: b.ContactLimit, FromMS: b.FromMS, ToMS: b.ToMS, Active: b.Active,
	}, who.Actor())
	return &couponOutput{saved}, err
}
