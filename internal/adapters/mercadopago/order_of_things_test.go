package mercadopago

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
	"prosa/internal/platform/database"
	simulator "prosa/internal/sandbox/mercadopago"
)

// permutations gives all orders of n things.
func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var list [][]int
	for _, shorter := range permutations(n - 1) {
		for at := range n {
			longer := append(append(append([]int(nil), shorter[:at]...), n-1), shorter[at:]...)
			list = append(list, longer)
		}
	}
	return list
}

// Whatever comes first, twice or not at all, a paid order ends in one state.
func TestEveryOrderOfThingsEndsAlike(t *testing.T) {
	h := open(t, database.SQLite)
	h.silent()
	ctx := context.Background()
	for _, sequence := range permutations(5) {
		o, p := h.asked(payment.Pix)
		vendors := h.vendor.Orders()[0].ID
		things := []func(){
			func() { h.pay(simulator.Pay{Code: p.Code}) },
			func() { h.callback(vendors, "order", signing, h.clock.Now(), http.StatusOK) },
			func() {
				h.callback(vendors, "order", signing, h.clock.Now(), http.StatusOK)
				h.callback(vendors, "order", signing, h.clock.Now(), http.StatusOK)
			},
			func() { h.act() },
			func() { h.poll() },
		}
		for _, thing := range sequence {
			things[thing]()
		}
		h.act()
		h.poll()
		if _, err := h.orders.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		h.want(o, order.Confirmed, total, 0)
	}
	if paid, facts := len(h.vendor.Orders()), h.count("payment_fact"); paid != facts || h.count("payment_notice") != 0 {
		t.Fatalf("%d payments and %d facts", paid, facts)
	}
}

// The callback, the poll and an impatient attendant at the same time.
func TestAllAtOnceCountsOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.silent()
		o, p := h.asked(payment.Pix)
		vendors := h.one().ID
		h.pay(simulator.Pay{Code: p.Code})
		h.callback(vendors, "order", signing, h.clock.Now(), http.StatusOK)
		ctx := context.Background()
		errs := make(chan error, 12)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { errs <- h.accounts.Sweep(ctx) })
			all.Go(func() { errs <- h.payments.Sweep(ctx) })
			all.Go(func() {
				_, err := h.payments.Reach(ctx, h.tenant, p.ID)
				errs <- err
			})
		}
		all.Wait()
		close(errs)
		for err := range errs {
			h.must(err)
		}
		h.want(o, order.Confirmed, total, 0)
		if n := h.count("payment_fact"); n != 1 {
			t.Fatalf("%d facts", n)
		}
	})
}
