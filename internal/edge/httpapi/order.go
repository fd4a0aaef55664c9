package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
)

type orderOutput struct{ Body order.Order }

func (a *api) registerOrder() {
	read := func(id, path, summary string) route {
		return route{id: id, method: http.MethodGet, path: "/orders" + path, tag: "order", needs: identity.OrderRead, summary: summary}
	}
	act := func(id, method, path, summary string) route {
		return route{id: id, method: method, path: "/orders" + path, tag: "order", needs: identity.OrderWrite, summary: summary}
	}
	handle(a, read("list-orders", "", "Orders, newest first, without their payments and log."), a.listOrders)
	handle(a, read("get-order", "/{order}", "One order with its payments, refunds and log."), a.getOrder)
	place := act("place-order", http.MethodPost, "",
		"Order a customer's cart, or lines of one's own. The same Idempotency-Key gives the same order. Reasons: cart_empty, out_of_stock, price_moved, no_delivery, no_such_payment, and those of coupons.")
	place.status = http.StatusCreated
	handle(a, place, a.placeOrder)
	handle(a, act("move-order", http.MethodPost, "/{order}/move", "Take an order a step on. A step that the state does not allow is a conflict."), a.moveOrder)
	handle(a, act("cancel-order", http.MethodPost, "/{order}/cancel", "End an order: stock and coupon are free again, what was paid is owed back."), a.cancelOrder)
	handle(a, act("edit-order", http.MethodPut, "/{order}/lines", "Bring lines to other quantities; 0 takes one out. Prices stay, what is lacking is asked for. Reasons: out_of_stock, not_for_sale, too_much."), a.editOrder)
	handle(a, act("give-back", http.MethodPost, "/{order}/refunds", "Grant a refund of a part, and take pieces back. Reason: too_much."), a.giveBack)
}

type listOrdersInput struct {
	Paging
	State     order.State      `query:"state" enum:"awaiting_payment,confirmed,preparing,ready,out_for_delivery,shipped,delivered,completed,expired,canceled"`
	Money     order.MoneyState `query:"payment_state" enum:"unpaid,partially_paid,paid,overpaid,partially_refunded,refunded"`
	ContactID string           `query:"contact_id" maxLength:"64"`
	Number    int64            `query:"number" minimum:"0"`
}

func (a *api) listOrders(ctx context.Context, in *listOrdersInput) (*listing[order.Order], error) {
	return listed(a.deps.Orders.List(ctx, order.Search{
		TenantID: caller(ctx).TenantID(), State: in.State, Money: in.Money, ContactID: in.ContactID, Number: in.Number, Cursor: in.Cursor, Limit: in.Limit,
	}))
}

// OrderPath names an order in the path. huma reads embedded fields of exported types only.
type OrderPath struct {
	Order string `path:"order" maxLength:"64"`
}

func (a *api) getOrder(ctx context.Context, in *OrderPath) (*orderOutput, error) {
	found, err := a.deps.Orders.Get(ctx, caller(ctx).TenantID(), in.Order)
	return &orderOutput{found}, err
}

type placeOrderInput struct {
	Once
	Body struct {
		ContactID      string         `json:"contact_id,omitempty" maxLength:"64" doc:"Whose cart is ordered."`
		ConversationID string         `json:"conversation_id,omitempty" maxLength:"64"`
		Payment        payment.Choice `json:"payment"`
		Customer       order.Customer `json:"customer,omitempty"`
		Expected       *money.Amount  `json:"expected_total,omitempty" minimum:"0" doc:"The total that the customer agreed to: another one is refused."`
		Lines          []order.Piece  `json:"lines,omitempty" maxItems:"100" doc:"Order these instead of a cart."`
		Delivery       order.Delivery `json:"delivery,omitempty" doc:"With lines; a cart has its own."`
		Coupon         string         `json:"coupon,omitempty" maxLength:"40" doc:"With lines."`
		Note           string         `json:"note,omitempty" maxLength:"4000"`
	}
}

func (a *api) placeOrder(ctx context.Context, in *placeOrderInput) (*orderOutput, error) {
	who, b := caller(ctx), in.Body
	if b.ConversationID != "" {
		row, err := a.deps.Conversations.Get(ctx, who.TenantID(), b.ConversationID, viewerOf(who))
		if err != nil {
			return nil, err
		}
		if b.ContactID != "" && row.ContactID != b.ContactID {
			// Its bill and its news would be read by somebody else.
			return nil, fault.OnField("conversation_id", "is another customer's")
		}
	}
	placed, err := a.deps.Orders.Place(ctx, order.Place{
		TenantID: who.TenantID(), ContactID: b.ContactID, ConversationID: b.ConversationID, Source: order.FromAttendant, Payment: b.Payment, Customer: b.Customer,
		Expected: b.Expected, Lines: b.Lines, Delivery: b.Delivery, Coupon: b.Coupon, Note: b.Note, Key: "api/" + in.Key, By: who.Actor(),
	})
	return &orderOutput{placed}, err
}

// actOn is the caller's act on an order.
func actOn(ctx context.Context, orderID string, version int64, reason string) order.Act {
	who := caller(ctx)
	return order.Act{TenantID: who.TenantID(), OrderID: orderID, Version: version, Reason: reason, By: who.Actor()}
}

// Why is the version that a person acted on, and their reason.
type Why struct {
	Version int64  `json:"version,omitempty" minimum:"0" doc:"The version that was seen: a later one is a conflict. Absent: do it anyway."`
	Reason  string `json:"reason,omitempty" maxLength:"4000"`
}

type moveOrderInput struct {
	OrderPath
	Body struct {
		Why
		To order.State `json:"to" enum:"preparing,ready,out_for_delivery,shipped,delivered,completed"`
	}
}

func (a *api) moveOrder(ctx context.Context, in *moveOrderInput) (*orderOutput, error) {
	after, err := a.deps.Orders.Move(ctx, actOn(ctx, in.Order, in.Body.Version, in.Body.Reason), in.Body.To)
	return &orderOutput{after}, err
}

type cancelOrderInput struct {
	OrderPath
	Body struct {
		Why
		Keep bool `json:"keep_out,omitempty" doc:"Pieces that were sold don't return to the stock."`
	}
}

func (a *api) cancelOrder(ctx context.Context, in *cancelOrderInput) (*orderOutput, error) {
	after, err := a.deps.Orders.Cancel(ctx, actOn(ctx, in.Order, in.Body.Version, in.Body.Reason), !in.Body.Keep)
	return &orderOutput{after}, err
}

type editOrderInput struct {
	OrderPath
	Body struct {
		Why
		Lines []editPiece `json:"lines" minItems:"1" maxItems:"100"`
	}
}

type editPiece struct {
	VariantID string `json:"variant_id" maxLength:"64"`
	Quantity  int64  `json:"quantity" minimum:"0" maximum:"9999" doc:"0 takes the line out."`
}

func (a *api) editOrder(ctx context.Context, in *editOrderInput) (*orderOutput, error) {
	var pieces []order.Piece
	for _, piece := range in.Body.Lines {
		pieces = append(pieces, order.Piece(piece))
	}
	after, err := a.deps.Orders.Edit(ctx, actOn(ctx, in.Order, in.Body.Version, in.Body.Reason), pieces)
	return &orderOutput{after}, err
}

type giveBackInput struct {
	OrderPath
	Body struct {
		Why
		order.Back
	}
}

func (a *api) giveBack(ctx context.Context, in *giveBackInput) (*orderOutput, error) {
	after, err := a.deps.Orders.GiveBack(ctx, actOn(ctx, in.Order, in.Body.Version, in.Body.Reason), in.Body.Back)
	return &orderOutput{after}, err
}
