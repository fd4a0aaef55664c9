package order

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/clock"
	"prosa/internal/base/money"
	"prosa/internal/modules/payment"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// word is one message of a vendor or the clock, about an order of 39.80.
type word struct {
	name string
	tell func(h *house, o Order)
}

func fact(key string, kind payment.Kind, amount money.Amount) word {
	return word{fmt.Sprint(key, " ", kind, " ", amount), func(h *house, o Order) {
		if _, err := h.pays.Confirm(context.Background(), h.tenant, o.Payments[0].ID, []payment.Fact{{Key: key, Kind: kind, Amount: amount}}, ana); err != nil {
			h.t.Fatal(err)
		}
	}}
}

// Every permutation of what vendors and the clock may say of a payment ends in
// the same state: duplicates, late money, money before its expiry, money in two
// parts, too much money, money that went back.
func TestShowPaymentPermutations(t *testing.T) {
	expiry := word{"the order's time is over", func(h *house, _ Order) {
		h.clock.Advance(time.Hour)
		if _, err := h.Sweep(context.Background()); err != nil {
			h.t.Fatal(err)
		}
	}}
	for name, set := range map[string]struct {
		messages []word
		want     string
	}{
		"paid twice told, and expired":    {[]word{fact("e2e1", payment.WasPaid, 3980), fact("e2e1", payment.WasPaid, 3980), fact("x", payment.WasExpired, 0), expiry}, "confirmed paid 3980 0 owed 0"},
		"two payments":                    {[]word{fact("e2e1", payment.WasPaid, 3980), fact("e2e2", payment.WasPaid, 3980), expiry}, "confirmed overpaid 7960 0 owed 3980"},
		"in two parts, and expired":       {[]word{fact("e2e1", payment.WasPaid, 3000), fact("e2e2", payment.WasPaid, 980), expiry, fact("x", payment.WasFailed, 0)}, "confirmed paid 3980 0 owed 0"},
		"too little, and expired":         {[]word{fact("e2e1", payment.WasPaid, 3979), fact("e2e1", payment.WasPaid, 3979), expiry}, "expired partially_paid 3979 0 owed 3979"},
		"paid, and back by the vendor":    {[]word{fact("e2e1", payment.WasPaid, 3980), fact("dev1", payment.WasRefunded, 3980), expiry}, "confirmed refunded 3980 3980 owed 0"},
		"failed, canceled, then paid":     {[]word{fact("f", payment.WasFailed, 0), fact("c", payment.WasCanceled, 0), fact("e2e1", payment.WasPaid, 3980)}, "confirmed paid 3980 0 owed 0"},
		"a part more than was asked":      {[]word{fact("e2e1", payment.WasPaid, 4000), expiry, fact("e2e1", payment.WasPaid, 4000)}, "confirmed overpaid 4000 0 owed 20"},
		"charged back after it was paid":  {[]word{fact("e2e1", payment.WasPaid, 3980), fact("cb", payment.WasChargedBack, 3980), fact("x", payment.WasExpired, 0)}, "confirmed refunded 3980 3980 owed 0"},
		"nothing but that it has expired": {[]word{fact("x", payment.WasExpired, 0), fact("x", payment.WasExpired, 0), expiry}, "expired unpaid 0 0 owed 0"},
	} {
		t.Run(name, func(t *testing.T) {
			db, manual := shared(t)
			count := 0
			permute(set.messages, func(order []word) {
				count++
				h := furnish(t, db, manual)
				o := h.ordered("ctc_bia")
				var names []string
				for _, m := range order {
					names = append(names, m.name)
					m.tell(h, o)
				}
				after := h.reload(o)
				waits := money.Amount(0)
				for _, r := range after.Refunds {
					waits += r.Amount
				}
				if got := fmt.Sprintf("%s %s %d %d owed %d", after.State, after.Money, after.Paid, after.Refunded, waits); got != set.want {
					t.Errorf("%s\nends as %s, want %s", strings.Join(names, "\n"), got, set.want)
				}
				h.audit()
			})
			t.Logf("%d permutations end as: %s", count, set.want)
		})
	}
}

// shared is one database for many companies.
func shared(t *testing.T) (*database.DB, *clock.Manual) {
	t.Helper()
	manual := clock.NewManual(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))
	cfg := databasetest.Config(t, engineOf())
	cfg.Clock = manual
	db, err := database.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db, manual
}

func permute(all []word, fn func([]word)) {
	var walk func(chosen, left []word)
	walk = func(chosen, left []word) {
		if len(left) == 0 {
			fn(chosen)
			return
		}
		for i := range left {
			walk(append(slices.Clone(chosen), left[i]), slices.Delete(slices.Clone(left), i, i+1))
		}
	}
	walk(nil, all)
}

// Any interleaving of carts, orders, payments, expiries, edits, cancels, returns
// and restarts, of several customers on the same few pieces, leaves every book
// agreed with every other.
func TestShowInterleavings(t *testing.T) {
	db, manual := shared(t)
	steps, ends := 0, map[string]int{}
	rapid.Check(t, func(r *rapid.T) {
		h := furnish(t, db, manual)
		ctx := context.Background()
		variants := []string{h.stocked("a", 1990, 6), h.stocked("b", 333, 4), h.stocked("c", 1, 3)}
		zone := h.pickup()
		if _, err := h.SaveCoupon(ctx, Coupon{TenantID: h.tenant, Code: "DEZ", Kind: PercentOff, Value: 1000, TotalLimit: 2, Active: true}, ana); err != nil {
			t.Fatal(err)
		}
		var orders []Order
		contact := func() string { return rapid.SampledFrom([]string{"ctc_1", "ctc_2", "ctc_3"}).Draw(r, "contact") }
		variant := func() string { return rapid.SampledFrom(variants).Draw(r, "variant") }
		some := func() (Order, bool) {
			if len(orders) == 0 {
				return Order{}, false
			}
			return h.reload(rapid.SampledFrom(orders).Draw(r, "order")), true
		}
		var names []string
		for step := range rapid.IntRange(20, 50).Draw(r, "steps") {
			what := rapid.SampledFrom([]string{"add", "add", "place", "place", "place", "pay", "pay", "again", "expire", "expire", "cancel", "edit", "edit", "move", "back", "refunded", "restart"}).Draw(r, "what")
			names = append(names, what)
			var err error
			switch what {
			case "add":
				_, err = h.ChangeLine(ctx, Change{TenantID: h.tenant, ContactID: contact(), VariantID: variant(), Add: rapid.Int64Range(-1, 3).Draw(r, "n"), By: bia})
			case "place":
				who := contact()
				c := Change{TenantID: h.tenant, ContactID: who, VariantID: variant(), Add: 1, By: bia}
				_, _ = h.ChangeLine(ctx, c)
				_, _ = h.SetDelivery(ctx, c, Delivery{ZoneID: zone}, "")
				if rapid.Bool().Draw(r, "coupon") {
					_, _ = h.SetCoupon(ctx, c, "dez")
				}
				choice := rapid.SampledFrom([]payment.Choice{pix, pix, cash}).Draw(r, "choice")
				var o Order
				if o, err = h.Place(ctx, h.wish(who, fmt.Sprint("key-", step, "-", len(orders)), choice)); err == nil {
					orders = append(orders, o)
				}
			case "pay", "again":
				if o, ok := some(); ok {
					p := rapid.SampledFrom(o.Payments).Draw(r, "payment")
					key := fmt.Sprint("e2e", step)
					if what == "again" {
						key = "e2e0"
					}
					amount := rapid.SampledFrom([]money.Amount{p.Amount, p.Amount, 1, p.Amount + 7}).Draw(r, "amount")
					_, err = h.pays.Confirm(ctx, h.tenant, p.ID, []payment.Fact{{Key: key, Kind: payment.WasPaid, Amount: amount}}, ana)
				}
			case "expire":
				h.clock.Advance(time.Duration(rapid.SampledFrom([]int{5, 31}).Draw(r, "minutes")) * time.Minute)
				_, err = h.Sweep(ctx)
			case "cancel":
				if o, ok := some(); ok {
					in := h.of(o)
					in.By = rapid.SampledFrom([]actor{ana, bia}).Draw(r, "by")
					_, err = h.Cancel(ctx, in, true)
				}
			case "edit":
				if o, ok := some(); ok {
					_, err = h.Edit(ctx, h.of(o), []Piece{{variant(), rapid.Int64Range(0, 4).Draw(r, "n")}})
				}
			case "move":
				if o, ok := some(); ok {
					_, err = h.Move(ctx, h.of(o), rapid.SampledFrom([]State{Preparing, Ready, Ready, Delivered, Completed}).Draw(r, "to"))
				}
			case "back":
				if o, ok := some(); ok {
					back := Back{Amount: money.Amount(rapid.Int64Range(0, 500).Draw(r, "amount"))}
					if rapid.Bool().Draw(r, "pieces") {
						back.Lines, back.Restock = []Piece{{variant(), 1}}, true
					}
					_, err = h.GiveBack(ctx, h.of(o), back)
				}
			case "refunded":
				if o, ok := some(); ok && len(o.Refunds) > 0 {
					_, err = h.pays.RefundedByHand(ctx, h.tenant, rapid.SampledFrom(o.Refunds).Draw(r, "refund").ID, "", ana)
				}
			case "restart":
				h.join(nil)
			}
			if err == nil {
				steps++
			}
			if err != nil && asFault(err) == nil {
				r.Fatalf("%v: %v", names, err)
			}
		}
		h.audit()
		if t.Failed() {
			r.Fatalf("after %v", names)
		}
		for _, o := range orders {
			o = h.reload(o)
			ends[string(o.State)]++
			ends[string(o.Money)]++
		}
	})
	t.Logf("%s: %d steps that were taken, orders that ended as %v", db.Engine(), steps, ends)
	for _, end := range []State{AwaitingPayment, Confirmed, Expired, Canceled, Ready} {
		if steps > 2000 && ends[string(end)] == 0 {
			t.Errorf("no order was ever %s: the steps do not reach it", end)
		}
	}
}
