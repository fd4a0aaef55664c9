package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
	"prosa/internal/modules/product"
	"prosa/internal/modules/sale"
	"prosa/internal/platform/stream"
)

// overseer sees every conversation of a company.
var overseer = conversation.Viewer{UserID: "usr_over", Name: "Rita", Role: conversation.Admin}

// ordered has a customer of the sample company order a piece at the counter.
func (l *living) ordered(tenantID, key string) order.Order {
	l.t.Helper()
	ctx := l.t.Context()
	found, err := l.conversation.List(ctx, conversation.ListInput{TenantID: tenantID, By: overseer, View: conversation.AllView, Limit: 1})
	if err != nil || len(found.Items) != 1 {
		l.t.Fatal(found, err)
	}
	goods, err := l.products.List(ctx, product.Search{TenantID: tenantID, State: product.Active, InStock: true, Limit: 1})
	if err != nil || len(goods.Items) != 1 {
		l.t.Fatal(goods, err)
	}
	zones, err := l.orders.Zones(ctx, tenantID)
	if err != nil {
		l.t.Fatal(err)
	}
	counter := zones[slices.IndexFunc(zones, func(z order.Zone) bool { return z.Kind == order.Pickup })]
	variants := goods.Items[0].Variants
	variant := variants[slices.IndexFunc(variants, func(v product.Variant) bool { return v.Available() > 0 })]
	placed, err := l.orders.Place(ctx, order.Place{
		TenantID: tenantID, ContactID: found.Items[0].ContactID, ConversationID: found.Items[0].ID, Source: order.FromAttendant,
		Payment: payment.Choice{Provider: payment.OnDelivery, Method: payment.Cash}, Lines: []order.Piece{{VariantID: variant.ID, Quantity: 1}},
		Delivery: order.Delivery{ZoneID: counter.ID}, Key: key, By: event.Actor{Kind: "user", ID: overseer.UserID},
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return placed
}

// news counts what the customer of an order, or a note beside it, was told of its
// moves.
func (l *living) news(o order.Order) (times int) {
	l.t.Helper()
	list, _, err := l.conversation.Thread(l.t.Context(), o.TenantID, o.ConversationID, overseer, 0, 200)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, m := range list {
		if strings.HasPrefix(m.ClientKey, "move:"+o.ID) {
			times++
		}
	}
	return times
}

// An event of the shop that was put aside is followed again from the console, and
// says once what it gives to say; one that can't be read stays.
func TestAnEventOfTheShopIsReplayedFromTheConsole(t *testing.T) {
	l := liveIn(t)
	ctx := t.Context()
	desk := letters{l.streams, l.replay}
	bury := func(tenantID, body string) {
		t.Helper()
		raw := event.Raw{TenantID: tenantID, Channel: sale.Letter, ReceivedMS: 1, Problem: "could not be followed", Body: []byte(body)}
		if _, err := l.streams.Publish(ctx, "dead.sale", event.AppendFrame(nil, []event.Raw{raw})); err != nil {
			t.Fatal(err)
		}
	}
	companies, err := l.tenancy.List(ctx, "", 1)
	if err != nil {
		t.Fatal(err)
	}
	placed := l.ordered(companies.Items[0].ID, "letter-of-the-shop")
	letter := func(tenantID string) string {
		return fmt.Sprintf(`{"tenant_id":%q,"type":%q,"id":"evt_1","data":{"order":{"id":%q}}}`, tenantID, event.OrderPlaced, placed.ID)
	}
	bury(placed.TenantID, letter(placed.TenantID))
	list, err := desk.List(ctx, "", 10)
	if err != nil || len(list.Items) != 1 || list.Items[0].Consumer != "sale" || list.Items[0].Reason != "could not be followed" || !strings.Contains(list.Items[0].Body, placed.ID) {
		t.Fatalf("shown %+v, %v", list, err)
	}
	if err := desk.Replay(ctx, list.Items[0].ID); err != nil || l.news(placed) != 1 {
		t.Fatalf("%v, said %d times", err, l.news(placed))
	}
	if err := desk.Replay(ctx, list.Items[0].ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a letter that was given back is still there: %v", err)
	}
	// Of another company's order nothing is told, and what can't be read is kept.
	bury("ten_nobody", letter("ten_nobody"))
	bury(placed.TenantID, "nonsense")
	if list, err = desk.List(ctx, "", 10); err != nil || len(list.Items) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	if err := desk.Replay(ctx, list.Items[1].ID); err != nil || l.news(placed) != 1 {
		t.Errorf("%v, said %d times", err, l.news(placed))
	}
	if err := desk.Replay(ctx, list.Items[0].ID); !fault.Is(err, fault.Refused) {
		t.Errorf("%v", err)
	}
	if state, err := l.streams.State(ctx, stream.Dead); err != nil || state.Messages != 1 {
		t.Errorf("%d letters are left, %v", state.Messages, err)
	}
}
