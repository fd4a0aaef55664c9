package product

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

func holding(holder, cause string) Holding {
	return Holding{TenantID: alfa, Holder: holder, Cause: holder + "/" + cause, By: ana}
}

func TestAHoldIsAllOrNone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.mustSave(shirt())
		first, second := p.Variants[0].ID, p.Variants[1].ID
		hold := func(holder string, takes ...Take) error {
			return h.write(func(ctx context.Context, tx *database.Tx) error {
				_, err := h.Hold(ctx, tx, holding(holder, "1"), takes, 0)
				return err
			})
		}
		if err := hold("a", Take{first, 6}, Take{second, 4}, Take{second, 4}); err != nil {
			t.Fatal(err)
		}
		wantCode(t, hold("b", Take{first, 4}, Take{second, 3}), fault.Refused, OutOfStock)
		wantCode(t, hold("b", Take{first, 0}), fault.Invalid, "")
		wantCode(t, hold("b", Take{"var_none", 1}), fault.Refused, OutOfStock)
		if err := hold("b", Take{first, 4}); err != nil {
			t.Fatal(err)
		}
		h.audit()
		_, err := h.Move(context.Background(), Move{TenantID: alfa, VariantID: first, Quantity: -1, By: ana})
		wantCode(t, err, fault.Refused, OutOfStock)
		_, err = h.Move(context.Background(), Move{TenantID: beta, VariantID: first, Quantity: 1, By: ana})
		wantCode(t, err, fault.NotFound, "")
		for begun := time.Now().UnixMilli(); time.Now().UnixMilli() == begun; { // what moves within a millisecond has no order
			runtime.Gosched()
		}
		level, err := h.Move(context.Background(), Move{TenantID: alfa, VariantID: first, Quantity: 5, Reason: "nota 12", By: ana})
		if err != nil || level.OnHand != 15 || level.Reserved != 10 {
			t.Fatalf("%+v %v", level, err)
		}
		h.audit()
		moves, err := h.Movements(context.Background(), alfa, first, "", 2)
		if err != nil || len(moves.Items) != 2 || moves.Items[0].Reason != "nota 12" || moves.Next == "" {
			t.Fatalf("%+v %v", moves, err)
		}
		_, err = h.Movements(context.Background(), beta, first, "", 2)
		wantCode(t, err, fault.NotFound, "")
	})
}

func TestWhatIsMadeToOrderNeverRunsOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := shirt()
		p.Variants[0].Tracked = false
		p = h.mustSave(p)
		err := h.write(func(ctx context.Context, tx *database.Tx) error {
			levels, err := h.Hold(ctx, tx, holding("a", "1"), []Take{{p.Variants[0].ID, 1000}}, 0)
			if len(levels) != 0 {
				t.Errorf("%+v", levels)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		h.audit()
	})
}

func TestOneCauseMovesOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.mustSave(shirt())
		step := func(cause string, fn func(ctx context.Context, tx *database.Tx, in Holding) error) error {
			return h.write(func(ctx context.Context, tx *database.Tx) error { return fn(ctx, tx, holding("a", cause)) })
		}
		hold := func(ctx context.Context, tx *database.Tx, in Holding) error {
			_, err := h.Hold(ctx, tx, in, []Take{{p.Variants[0].ID, 2}}, 0)
			return err
		}
		release := func(ctx context.Context, tx *database.Tx, in Holding) error {
			_, err := h.Release(ctx, tx, in, nil)
			return err
		}
		if err := step("1", hold); err != nil {
			t.Fatal(err)
		}
		if err := step("1", hold); !database.IsUnique(err) {
			t.Fatalf("the same cause held twice: %v", err)
		}
		for range 2 { // the second finds nothing held
			if err := step("2", release); err != nil {
				t.Fatal(err)
			}
		}
		h.audit()
	})
}

// Forty buyers at once of ten pieces, each of two variants named in either
// order: the locks are taken in one order, so nobody waits in a ring.
func TestBuyersAtOnceNeverTakeMoreThanThereIs(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.mustSave(shirt())
		var bought, refused atomic.Int64
		var all sync.WaitGroup
		for n := range 40 {
			all.Go(func() {
				takes := []Take{{p.Variants[n%2].ID, 1}, {p.Variants[(n+1)%2].ID, 1}}
				err := h.write(func(ctx context.Context, tx *database.Tx) error {
					in := holding(fmt.Sprint("buyer", n), "1")
					if n%4 < 2 {
						_, err := h.SellNow(ctx, tx, in, takes)
						return err
					}
					_, err := h.Hold(ctx, tx, in, takes, 0)
					return err
				})
				switch {
				case err == nil:
					bought.Add(1)
				case fault.Is(err, fault.Refused):
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if bought.Load() != 10 || refused.Load() != 30 {
			t.Errorf("%d bought and %d were refused", bought.Load(), refused.Load())
		}
		h.audit()
	})
}

// Any row of holds, releases, sales and returns leaves the ledger, the holds
// and the levels agreed, and as a model in memory has them.
func TestTheLedgerAgreesAfterAnything(t *testing.T) {
	db := databasetest.Open(t)
	rapid.Check(t, func(r *rapid.T) {
		h := open(t, db)
		draft := shirt()
		draft.Handle = strings.ToLower(id.New(id.Product, 1))
		draft.Variants = draft.Variants[:1]
		draft.Variants[0].SKU = draft.Handle
		v := h.mustSave(draft).Variants[0].ID
		onHand, held := int64(10), map[string]int64{}
		sum := func() (s int64) {
			for n := range maps.Values(held) {
				s += n
			}
			return s
		}
		for step := range rapid.IntRange(1, 25).Draw(r, "steps") {
			holder := v + rapid.SampledFrom([]string{"a", "b", "c"}).Draw(r, "holder")
			quantity := rapid.Int64Range(1, 6).Draw(r, "quantity")
			in := holding(holder, fmt.Sprint(step))
			kind := rapid.SampledFrom([]Kind{Held, Release, Sold, Restock, Adjust}).Draw(r, "kind")
			var err error
			if kind == Adjust {
				_, err = h.Move(context.Background(), Move{TenantID: alfa, VariantID: v, Quantity: quantity - 3 + quantity%2*7 - 1, By: ana})
			} else {
				err = h.write(func(ctx context.Context, tx *database.Tx) (err error) {
					switch kind {
					case Held:
						_, err = h.Hold(ctx, tx, in, []Take{{v, quantity}}, 0)
					case Release:
						_, err = h.Release(ctx, tx, in, []Take{{v, quantity}})
					case Sold:
						_, err = h.Sell(ctx, tx, in)
					case Restock:
						_, err = h.Restock(ctx, tx, in, []Take{{v, quantity}})
					}
					return err
				})
			}
			if kind == Held && (err == nil) != (onHand-sum() >= quantity) {
				r.Fatalf("%d of %d, %d held: %v", quantity, onHand, sum(), err)
			}
			if err != nil {
				continue
			}
			switch kind {
			case Held:
				held[holder] += quantity
			case Release:
				held[holder] -= min(quantity, held[holder])
			case Sold:
				onHand -= held[holder]
				held[holder] = 0
			case Restock:
				onHand += quantity
			case Adjust:
				onHand += quantity - 3 + quantity%2*7 - 1
			}
		}
		err := db.Read(context.Background(), database.Company(alfa), func(ctx context.Context, tx *database.Tx) error {
			offers, err := h.Offers(ctx, tx, alfa, []string{v})
			if o := offers[v]; o.OnHand != onHand || o.Reserved != sum() || o.Available() != onHand-sum() {
				r.Fatalf("on hand %d, reserved %d; want %d and %d", o.OnHand, o.Reserved, onHand, sum())
			}
			return err
		})
		if err != nil {
			r.Fatal(err)
		}
		h.audit()
	})
}
