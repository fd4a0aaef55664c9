package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/modules/identity"
	"prosa/internal/modules/order"
)

type cartOutput struct{ Body order.Cart }

func (a *api) registerCart() {
	step := func(id, method, path, summary string) route {
		needs := identity.OrderWrite
		if method == http.MethodGet {
			needs = identity.OrderRead
		}
		return route{id: id, method: method, path: "/contacts/{contact}/cart" + path, tag: "cart", needs: needs, summary: summary}
	}
	handle(a, step("get-cart", http.MethodGet, "", "A customer's open cart, priced now; of version 0 when there is none."), a.getCart)
	handle(a, step("list-cart-entries", http.MethodGet, "/entries", "Who did what to the open cart, newest first."), a.listCartEntries)
	handle(a, step("change-cart-line", http.MethodPost, "/lines", "Add pieces of a variant (add), or set how many there are (set). Reason: out_of_stock."), a.changeCartLine)
	handle(a, step("set-cart-coupon", http.MethodPut, "/coupon", "Put a coupon on the cart; an empty code takes it off. The reason says why one does not count."), a.setCartCoupon)
	handle(a, step("set-cart-delivery", http.MethodPut, "/delivery", "Where the cart goes, and a note. Reason: no_delivery."), a.setCartDelivery)
	handle(a, step("merge-carts", http.MethodPost, "/merge", "Pour the open cart of another customer into this one."), a.mergeCarts)
	handle(a, step("clear-cart", http.MethodDelete, "", "Empty the cart."), a.clearCart)
}

func (a *api) getCart(ctx context.Context, in *ContactPath) (*cartOutput, error) {
	cart, err := a.deps.Orders.Cart(ctx, caller(ctx).TenantID(), in.Contact)
	return &cartOutput{cart}, err
}

func (a *api) listCartEntries(ctx context.Context, in *ContactPath) (*all[order.Entry], error) {
	return whole(a.deps.Orders.History(ctx, caller(ctx).TenantID(), in.Contact))
}

// changeOf is the caller's edit of a cart.
func changeOf(ctx context.Context, contactID string, version int64) order.Change {
	who := caller(ctx)
	return order.Change{TenantID: who.TenantID(), ContactID: contactID, Version: version, Source: order.FromAttendant, By: who.Actor()}
}

type cartLineInput struct {
	ContactPath
	Body struct {
		VariantID string `json:"variant_id" maxLength:"64"`
		Add       int64  `json:"add,omitempty" minimum:"-9999" maximum:"9999"`
		Set       int64  `json:"set,omitempty" minimum:"0" maximum:"9999" doc:"Counts when add is 0; 0 removes the line."`
		Version   int64  `json:"version,omitempty" minimum:"0" doc:"The version that was seen: a later one is a conflict. Absent: do it anyway."`
	}
}

func (a *api) changeCartLine(ctx context.Context, in *cartLineInput) (*cartOutput, error) {
	change := changeOf(ctx, in.Contact, in.Body.Version)
	change.VariantID, change.Add, change.Set = in.Body.VariantID, in.Body.Add, in.Body.Set
	cart, err := a.deps.Orders.ChangeLine(ctx, change)
	return &cartOutput{cart}, err
}

type cartCouponInput struct {
	ContactPath
	Body struct {
		Code    string `json:"code" maxLength:"40"`
		Version int64  `json:"version,omitempty" minimum:"0"`
	}
}

func (a *api) setCartCoupon(ctx context.Context, in *cartCouponInput) (*cartOutput, error) {
	cart, err := a.deps.Orders.SetCoupon(ctx, changeOf(ctx, in.Contact, in.Body.Version), in.Body.Code)
	return &cartOutput{cart}, err
}

type cartDeliveryInput struct {
	ContactPath
	Body struct {
		Delivery order.Delivery `json:"delivery"`
		Note     string         `json:"note,omitempty" maxLength:"4000"`
		Version  int64          `json:"version,omitempty" minimum:"0"`
	}
}

func (a *api) setCartDelivery(ctx context.Context, in *cartDeliveryInput) (*cartOutput, error) {
	cart, err := a.deps.Orders.SetDelivery(ctx, changeOf(ctx, in.Contact, in.Body.Version), in.Body.Delivery, in.Body.Note)
	return &cartOutput{cart}, err
}

type mergeCartsInput struct {
	ContactPath
	Body struct {
		From string `json:"from" maxLength:"64" doc:"The other customer."`
	}
}

func (a *api) mergeCarts(ctx context.Context, in *mergeCartsInput) (*cartOutput, error) {
	cart, err := a.deps.Orders.Merge(ctx, changeOf(ctx, in.Contact, 0), in.Body.From)
	return &cartOutput{cart}, err
}

func (a *api) clearCart(ctx context.Context, in *ContactPath) (*cartOutput, error) {
	cart, err := a.deps.Orders.Clear(ctx, changeOf(ctx, in.Contact, 0))
	return &cartOutput{cart}, err
}
