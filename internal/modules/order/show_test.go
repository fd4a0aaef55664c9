package order

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"prosa/internal/base/fault"
)

// The reference peer sold 40 of 10 in every one of its runs.
func TestShowStockRace(t *testing.T) {
	const runs, buyers, pieces = 20, 40, 10
	each(t, func(t *testing.T, h *house) {
		zone := h.pickup()
		for run := range runs {
			variant := h.stocked(fmt.Sprint("race", run), 1990, pieces)
			for n := range buyers {
				contact := fmt.Sprintf("ctc_%d_%d", run, n)
				h.add(contact, variant, 1)
				h.goes(contact, zone)
			}
			var placed, refused atomic.Int64
			var all sync.WaitGroup
			start := make(chan struct{})
			for n := range buyers {
				all.Go(func() {
					<-start
					contact := fmt.Sprintf("ctc_%d_%d", run, n)
					_, err := h.Place(context.Background(), h.wish(contact, "key-"+contact, pix))
					var reason string
					if f := asFault(err); f != nil {
						reason = f.Reason
					}
					switch {
					case err == nil:
						placed.Add(1)
					case reason == "out_of_stock":
						refused.Add(1)
					default:
						t.Errorf("neither an order nor a clear refusal: %v", err)
					}
				})
			}
			close(start)
			all.Wait()
			if onHand, reserved := h.level(variant); placed.Load() != pieces || refused.Load() != buyers-pieces || onHand != pieces || reserved != pieces {
				t.Fatalf("run %d: %d orders, %d refusals, %d of %d reserved", run, placed.Load(), refused.Load(), reserved, onHand)
			}
		}
		h.audit()
		t.Logf("%d runs on %s: each time %d orders and %d clear refusals", runs, h.db.Engine(), pieces, buyers-pieces)
	})
}

func asFault(err error) *fault.Error {
	f, _ := err.(*fault.Error)
	return f
}

// Twenty "one more" at once: one line of twenty. The reference peer ended with
// ten lines and eleven pieces.
func TestShowCartRace(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		variant := h.stocked("sku", 500, 100)
		var all sync.WaitGroup
		for n := range 20 {
			all.Go(func() {
				source := []Source{FromBot, FromWhatsApp, FromWeb, FromAttendant}[n%4]
				if _, err := h.ChangeLine(context.Background(), Change{TenantID: h.tenant, ContactID: "ctc_bia", VariantID: variant, Add: 1, Source: source, By: bia}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		c, err := h.Cart(context.Background(), h.tenant, "ctc_bia")
		if err != nil || len(c.Lines) != 1 || c.Lines[0].Quantity != 20 || c.Total != 10_000 || c.Version != 20 {
			t.Fatalf("%+v %v", c, err)
		}
		history, err := h.History(context.Background(), h.tenant, "ctc_bia")
		if err != nil || len(history) != 20 || history[0].Version != 20 {
			t.Fatalf("%d entries, %v", len(history), err)
		}
		t.Logf("20 at once on %s: %d line, %d pieces", h.db.Engine(), len(c.Lines), c.Lines[0].Quantity)
	})
}

// One wish, sent many times at once and again later, is one order.
func TestShowOrderReplay(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		variant := h.stocked("sku", 1990, 10)
		h.add("ctc_bia", variant, 2)
		h.goes("ctc_bia", h.pickup())
		ids := make([]string, 20)
		var all sync.WaitGroup
		for n := range ids {
			all.Go(func() {
				o, err := h.Place(context.Background(), h.wish("ctc_bia", "wamid-of-the-cart", pix))
				if err != nil {
					t.Error(err)
				}
				ids[n] = o.ID
			})
		}
		all.Wait()
		again := h.mustPlace(h.wish("ctc_bia", "wamid-of-the-cart", pix))
		for _, id := range ids {
			if id != again.ID {
				t.Errorf("orders %s and %s", id, again.ID)
			}
		}
		other := h.wish("ctc_bia", "wamid-of-the-cart", cash)
		_, err := h.Place(context.Background(), other)
		wantCode(t, err, fault.Conflict, "")
		// Without a cart two wishes meet at the key alone.
		direct := h.wish("", "attendant-key", cash)
		direct.Lines, direct.Delivery, direct.By = []Piece{{variant, 1}}, Delivery{ZoneID: again.Delivery.ZoneID}, ana
		for n := range ids {
			all.Go(func() {
				o, err := h.Place(context.Background(), direct)
				if err != nil {
					t.Error(err)
				}
				ids[n] = o.ID
			})
		}
		all.Wait()
		for _, id := range ids {
			if id != ids[0] {
				t.Errorf("orders %s and %s", id, ids[0])
			}
		}
		list, err := h.List(context.Background(), Search{TenantID: h.tenant})
		if err != nil || len(list.Items) != 2 {
			t.Fatalf("%d orders, %v", len(list.Items), err)
		}
		if onHand, reserved := h.level(variant); onHand != 9 || reserved != 2 {
			t.Errorf("%d on hand, %d reserved", onHand, reserved)
		}
		h.audit()
		t.Logf("21 times one wish on %s: one order, number %d; 20 times another without a cart: one order, number %d",
			h.db.Engine(), again.Number, h.mustPlace(direct).Number)
	})
}

// A coupon of three uses, twenty customers at once.
func TestShowCouponRace(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		variant, zone := h.stocked("sku", 1000, 100), h.pickup()
		if _, err := h.SaveCoupon(context.Background(), Coupon{TenantID: h.tenant, Code: "tres", Kind: PercentOff, Value: 1000, TotalLimit: 3, Active: true}, ana); err != nil {
			t.Fatal(err)
		}
		var placed, refused atomic.Int64
		var all sync.WaitGroup
		for n := range 20 {
			contact := fmt.Sprint("ctc_", n)
			h.add(contact, variant, 1)
			h.goes(contact, zone)
			if _, err := h.SetCoupon(context.Background(), Change{TenantID: h.tenant, ContactID: contact, By: bia}, "TRES"); err != nil {
				t.Fatal(err)
			}
		}
		for n := range 20 {
			all.Go(func() {
				contact := fmt.Sprint("ctc_", n)
				_, err := h.Place(context.Background(), h.wish(contact, "key-"+contact, pix))
				switch f := asFault(err); {
				case err == nil:
					placed.Add(1)
				case f != nil && f.Reason == couponSpent:
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if placed.Load() != 3 || refused.Load() != 17 {
			t.Errorf("%d orders, %d refusals", placed.Load(), refused.Load())
		}
		h.audit()
	})
}
