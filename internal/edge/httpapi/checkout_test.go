package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"prosa/internal/event"
	"prosa/internal/modules/product"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// The checkout of five requests: two variants into the cart, the ways of
// delivery, the one chosen, and the order with its payment; and adding to carts
// alone. 300 products of two variants, 8 clients in a closed loop, on this very
// machine. SHOW_SECONDS is how long each is measured; without it the requests
// are made a few times, to see that they pass.
func TestShowCheckoutRate(t *testing.T) {
	const clients = 8
	seconds, _ := strconv.Atoi(os.Getenv("SHOW_SECONDS"))
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		o := openStore(t, db)
		account := o.connect(o.root, "carga", "444:token-of-the-loaded-shop-x")
		tenant := o.root.tenantID()
		products := 300
		if seconds == 0 {
			products = 4
		}
		var variants []string
		for n := range products {
			saved, err := o.products.Save(context.Background(), product.Product{
				TenantID: tenant, Name: fmt.Sprint("Produto ", n), Options: []string{"Tamanho"}, Variants: []product.Variant{
					{SKU: fmt.Sprint("P", n), Options: []string{"P"}, Price: 1990, Tracked: true, OnHand: 1_000_000},
					{SKU: fmt.Sprint("G", n), Options: []string{"G"}, Price: 2990, Tracked: true, OnHand: 1_000_000},
				},
			}, event.Actor{Kind: "user", ID: "usr_load"})
			if err != nil {
				t.Fatal(err)
			}
			variants = append(variants, saved.Variants[0].ID, saved.Variants[1].ID)
		}
		buyers := make([]buyer, clients)
		for n := range buyers {
			from := fmt.Sprint("70", n)
			conversation, _ := o.writes(o.root, account, from, "Cliente "+from, "oi "+from, nil)
			buyers[n] = buyer{o: o, contact: o.root.get("/conversations/" + conversation).want(http.StatusOK).text("contact_id"), http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}}}
		}
		checkouts := measure(t, buyers, seconds, func(b *buyer, n int) error {
			cart := "/contacts/" + b.contact + "/cart"
			for i := range 2 {
				if err := b.do(http.MethodPost, cart+"/lines", "", map[string]any{"variant_id": variants[(n*7+i*3)%len(variants)], "add": 1}); err != nil {
					return err
				}
			}
			if err := b.do(http.MethodGet, "/delivery/quotes?subtotal=4980", "", nil); err != nil {
				return err
			}
			if err := b.do(http.MethodPut, cart+"/delivery", "", map[string]any{"delivery": map[string]any{"zone_id": o.zone}}); err != nil {
				return err
			}
			return b.do(http.MethodPost, "/orders", fmt.Sprint("order-", b.contact, n), map[string]any{
				"contact_id": b.contact, "payment": map[string]any{"provider": "on_delivery", "method": "cash"}, "customer": map[string]any{"name": "Cliente"},
			})
		})
		adds := measure(t, buyers, seconds, func(b *buyer, n int) error {
			if n%5 == 0 { // a new cart every five lines
				if err := b.do(http.MethodDelete, "/contacts/"+b.contact+"/cart", "", nil); err != nil {
					return err
				}
			}
			return b.do(http.MethodPost, "/contacts/"+b.contact+"/cart/lines", "", map[string]any{"variant_id": variants[(n*11)%len(variants)], "add": 1})
		})
		t.Logf("%s, %d clients: checkouts %s", db.Engine(), clients, checkouts)
		t.Logf("%s, %d clients: cart additions %s", db.Engine(), clients, adds)
	})
}

// buyer is one client in a closed loop, with a connection of its own.
type buyer struct {
	o       opened
	contact string
	http    *http.Client
}

func (b *buyer) do(method, path, key string, body any) error {
	encoded, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequest(method, b.o.server.URL+Prefix+path, bytes.NewReader(encoded))
	if err != nil {
		return err
	}
	if body == nil {
		request.Body, request.ContentLength = http.NoBody, 0
	} else {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	for name, value := range b.o.root.jar {
		request.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	response, err := b.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %d %s", method, path, response.StatusCode, answer)
	}
	return err
}

// rate is what a measurement found.
type rate struct {
	count     int
	took, cpu time.Duration // cpu of this process: server and clients, without PostgreSQL's
	all       []time.Duration
}

// String tells the rate and the times at half and at 95 of a hundred.
func (r rate) String() string {
	slices.Sort(r.all)
	return fmt.Sprintf("%.0f/s, p50 %s, p95 %s (%d in %s, %s of CPU each, clients included)", float64(r.count)/r.took.Seconds(), r.all[len(r.all)/2].Round(100*time.Microsecond),
		r.all[len(r.all)*95/100].Round(100*time.Microsecond), r.count, r.took.Round(10*time.Millisecond), (r.cpu / time.Duration(r.count)).Round(10*time.Microsecond))
}

// measure has every buyer do fn over and over.
func measure(t *testing.T, buyers []buyer, seconds int, fn func(b *buyer, n int) error) (r rate) {
	t.Helper()
	var mu sync.Mutex
	var running sync.WaitGroup
	begun, spent := time.Now(), cpuTime(t)
	for i := range buyers {
		running.Go(func() {
			var took []time.Duration
			for n := 0; n < 3 || time.Since(begun) < time.Duration(seconds)*time.Second; n++ {
				from := time.Now()
				if err := fn(&buyers[i], n); err != nil {
					t.Error(err)
					return
				}
				took = append(took, time.Since(from))
			}
			mu.Lock()
			defer mu.Unlock()
			r.all = append(r.all, took...)
		})
	}
	running.Wait()
	if r.count, r.took, r.cpu = len(r.all), time.Since(begun), cpuTime(t)-spent; r.count == 0 {
		t.Fatal("nothing passed")
	}
	return r
}

// cpuTime is what the process has used so far. On a machine that others share
// it says more than the clock.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
