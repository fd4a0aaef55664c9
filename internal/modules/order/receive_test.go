package order

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/modules/product"
	"prosa/internal/platform/database"
)

func (h *house) sent(key string, lines ...SentLine) Sent {
	return Sent{
		TenantID: h.tenant, ContactID: "ctc_bia", Key: key, By: bia, Lines: lines, HonourUntilMS: clock.MS(h.clock.Now()) + time.Hour.Milliseconds(),
		Shown: func(_ context.Context, _ *database.Tx, l SentLine) (bool, error) { return l.Price == 900, nil },
	}
}

func (h *house) receive(in Sent) Receipt {
	h.t.Helper()
	r, err := h.Receive(context.Background(), in)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

func sentLine(variant string, quantity int64, price money.Amount) SentLine {
	return SentLine{VariantID: variant, RetailerID: "r-" + variant, Quantity: quantity, Price: price, Currency: money.BRL}
}

func TestASentCartFillsOursOnceAMessage(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		bread, cake := h.stocked("PAO", 1000, 10), h.stocked("BOLO", 5000, 2)
		h.add("ctc_bia", bread, 1)
		h.clock.Advance(time.Millisecond)
		in := h.sent("wamid.1", sentLine(bread, 2, 1000), sentLine(cake, 3, 5000), sentLine(bread, 1, 1000), sentLine("", 1, 100))
		r := h.receive(in)
		if len(r.Cart.Lines) != 2 || r.Cart.Lines[0].Quantity != 4 || r.Cart.Lines[1].Quantity != 2 || r.Confirm || r.Again {
			t.Fatalf("%+v", r)
		}
		if want := (Missing{Name: "Produto BOLO", Wanted: 3, Taken: 2}); len(r.Missing) != 2 || r.Missing[0] != want || r.Missing[1].Name != "r-" {
			t.Fatalf("%+v", r.Missing)
		}
		again := h.receive(in)
		if !again.Again || again.Cart.Version != r.Cart.Version || len(again.Missing) != 2 || again.Cart.Total != r.Cart.Total {
			t.Fatalf("%+v", again)
		}
		if r.Cart.Total != 14000 {
			t.Fatal(r.Cart.Total)
		}
	})
}

func TestTheHigherPriceIsOursAndTheLowerOneWhereWeShowedIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		dear, shown, wrong := h.stocked("A", 1000, 10), h.stocked("B", 1000, 10), h.stocked("C", 1000, 10)
		r := h.receive(h.sent("wamid.1", sentLine(dear, 1, 1500), sentLine(shown, 2, 900)))
		if r.Confirm || r.Cart.Moved || r.Cart.Total != 1000+2*900 {
			t.Fatalf("%+v", r.Cart)
		}
		r = h.receive(h.sent("wamid.2", sentLine(wrong, 1, 500)))
		if !r.Confirm || !r.Cart.Moved || r.Cart.Total != 1000+2*900+1000 {
			t.Fatalf("%+v", r)
		}
		if err := h.Told(t.Context(), h.tenant, "ctc_bia"); err != nil {
			t.Fatal(err)
		}
		if c, err := h.Cart(t.Context(), h.tenant, "ctc_bia"); err != nil || c.Moved {
			t.Fatal("the customer was told", c, err)
		}
		// The promise is kept when the order is placed, and only until its end.
		zone := h.pickup()
		if _, err := h.SetDelivery(t.Context(), Change{TenantID: h.tenant, ContactID: "ctc_bia", Source: FromBot, By: bia}, Delivery{ZoneID: zone}, ""); err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(2 * time.Hour)
		if c, err := h.Cart(t.Context(), h.tenant, "ctc_bia"); err != nil || c.Total != 4000 || !c.Moved {
			t.Fatal("the promise is over", c.Total, c.Moved, err)
		}
		h.clock.Advance(-2 * time.Hour)
		o, err := h.Place(t.Context(), Place{TenantID: h.tenant, ContactID: "ctc_bia", Source: FromBot, Payment: cash, Key: "key-12345", By: bia})
		if err != nil || o.Total != 3800 {
			t.Fatal(o.Total, err)
		}
	})
}

func TestWhatIsNoCartOfOursIsRefused(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		bread := h.stocked("PAO", 1000, 10)
		dollars := sentLine(bread, 1, 1000)
		dollars.Currency = "USD"
		for name, in := range map[string]Sent{
			"currency": h.sent("wamid.1", dollars), "cart_empty": h.sent("wamid.2"),
		} {
			_, err := h.Receive(t.Context(), in)
			var refused *fault.Error
			if !errors.As(err, &refused) || refused.Reason != name {
				t.Errorf("%s: %v", name, err)
			}
		}
		nobody := h.sent("wamid.3", sentLine(bread, 1, 1000))
		nobody.ContactID = "ctc_none"
		if _, err := h.Receive(t.Context(), nobody); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}

// Whatever is sent, and however often: no line above what there is, nothing
// sold below what the company asked or had shown, everything left out is named,
// and a repetition changes nothing.
func TestSentCartsKeepTheRules(t *testing.T) {
	h := open(t, database.SQLite)
	variants := []string{h.stocked("V0", 1000, 3), h.stocked("V1", 2000, 100), h.stocked("V2", 700, 0), ""}
	if _, err := h.products.Save(t.Context(), product.Product{TenantID: h.tenant, Name: "Pouco", Handle: "pouco",
		Variants: []product.Variant{{SKU: "V3", Price: 1200, Tracked: true, OnHand: 50, MaxPerOrder: 4}}}, ana); err != nil {
		t.Fatal(err)
	}
	serial := 0
	rapid.Check(t, func(rt *rapid.T) {
		contact := fmt.Sprint("ctc_", serial)
		want := map[string]int64{}
		for range rapid.IntRange(1, 3).Draw(rt, "messages") {
			serial++
			in := h.sent(fmt.Sprint("wamid.p", serial))
			in.ContactID = contact
			for range rapid.IntRange(1, 5).Draw(rt, "lines") {
				l := sentLine(rapid.SampledFrom(variants).Draw(rt, "variant"), rapid.Int64Range(-1, 6).Draw(rt, "quantity"),
					rapid.SampledFrom([]money.Amount{0, 500, 900, 1000, 2000, 9000}).Draw(rt, "price"))
				in.Lines = append(in.Lines, l)
				want[l.VariantID] += max(l.Quantity, 0)
			}
			r := h.receive(in)
			for _, m := range r.Missing {
				if m.Taken > m.Wanted {
					rt.Fatalf("more taken than wanted: %+v", m)
				}
			}
			again := h.receive(in)
			if !again.Again || again.Cart.Version != r.Cart.Version || again.Cart.Total != r.Cart.Total || again.Confirm != r.Confirm {
				rt.Fatalf("a repetition did something: %+v, %+v", r, again)
			}
			for _, l := range r.Cart.Lines {
				if l.Quantity > l.Available || l.Quantity > want[l.VariantID] || l.Quantity < 1 {
					rt.Fatalf("a line above what there is: %+v", l)
				}
				if l.Price < l.ListPrice && l.Price != 900 {
					rt.Fatalf("sold for what was never shown: %+v", l)
				}
			}
		}
	})
}

func TestOrdersTellOfPaymentsThatAreReadyOrLost(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		bread, zone := h.stocked("PAO", 1000, 10), h.pickup()
		o, err := h.Place(t.Context(), Place{TenantID: h.tenant, Source: FromAttendant, Payment: pix, Key: "key-12345", By: ana,
			Lines: []Piece{{bread, 1}}, Delivery: Delivery{ZoneID: zone}})
		if err != nil {
			t.Fatal(err)
		}
		h.told = nil
		if err := h.db.Write(t.Context(), database.Company(h.tenant), func(ctx context.Context, tx *database.Tx) error {
			inside := h.Within(tx)
			if err := inside.Ready(ctx, tx, o.Payments[0], ana); err != nil {
				return err
			}
			return inside.Lost(ctx, tx, o.Payments[0], ana)
		}); err != nil {
			t.Fatal(err)
		}
		if len(h.told) != 2 || h.told[0].Type != event.PaymentReady || h.told[1].Type != event.PaymentFailed {
			t.Fatalf("%+v", h.told)
		}
	})
}
