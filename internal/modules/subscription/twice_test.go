package subscription

import (
	"testing"

	"prosa/internal/base/money"
	"prosa/internal/modules/tenancy"
)

// returns is a company whose subscription has ended.
func (b *bench) returns(name string) (tenantID string) {
	b.t.Helper()
	tenantID, externalID := b.begins(name)
	b.psp.ends(externalID)
	b.days(1)
	b.sweep()
	b.is(tenantID, Ended, tenancy.Canceled)
	return tenantID
}

func (b *bench) checkout(tenantID string, want Wanted) Wish {
	b.t.Helper()
	w, err := b.Checkout(ctx, tenantID, want, "", admin)
	if err != nil {
		b.t.Fatal(err)
	}
	return w
}

func (b *bench) news(checkoutID string) {
	b.t.Helper()
	if err := b.tells(Notice{EventID: "evt " + checkoutID, Kind: "paid", CheckoutID: checkoutID}); err != nil {
		b.t.Fatal(err)
	}
	b.sweep()
	b.sweep()
}

func TestASecondSubscriptionThatWasPaidEndsAndItsMoneyCanGoBack(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		tenantID := b.returns("Padaria")
		first := b.checkout(tenantID, Wanted{b.small.ID, Monthly})
		second := b.checkout(tenantID, Wanted{b.large.ID, Monthly})
		b.psp.pays("chk_" + second.ID)
		b.news("chk_" + second.ID)
		b.psp.pays("chk_" + first.ID) // it stood open in another tab
		b.news("chk_" + first.ID)
		b.is(tenantID, Active, tenancy.Active)
		kept := b.of(tenantID)
		if kept.VersionID != b.large.ID {
			t.Fatalf("%+v", kept)
		}
		for id, h := range b.psp.subs {
			if runs := h.State != RemoteEnded; runs != (id == kept.ExternalID) {
				t.Errorf("%s is %s, the company has %s", id, h.State, kept.ExternalID)
			}
		}
		// The second money is an invoice of the company, which two people send back.
		var extra Invoice
		for _, i := range b.invoices(tenantID) {
			if i.State == BillPaid && i.externalID != kept.ExternalID && i.Amount == 10_000 && i.PaidMS == b.clock.Now().UnixMilli() {
				extra = i
			}
		}
		w, err := b.RequestRefund(ctx, tenantID, extra.ID, 0, "paid twice", olga)
		if err != nil {
			t.Fatalf("%v of %+v", err, b.invoices(tenantID))
		}
		if _, err := b.DecideRefund(ctx, tenantID, w.ID, true, otto); err != nil {
			t.Fatal(err)
		}
		b.sweep()
		if got, err := b.Invoice(ctx, tenantID, extra.ID); err != nil || got.State != BillRefunded {
			t.Errorf("after the refund: %+v, %v", got, err)
		}
	})
}

func TestAPageThatCanNotBeClosedSinceItWasPaidCounts(t *testing.T) {
	b := open(t, "sqlite")
	tenantID := b.returns("Padaria")
	first := b.checkout(tenantID, Wanted{b.small.ID, Monthly})
	b.psp.pays("chk_" + first.ID)
	b.psp.closing = func(string) error { return &Trouble{Kind: Refused, Message: "the checkout was paid"} }
	b.checkout(tenantID, Wanted{b.large.ID, Monthly})
	b.sweep()
	if sub := b.is(tenantID, Active, tenancy.Active); sub.VersionID != b.small.ID {
		t.Errorf("%+v", sub)
	}
}

func TestAPageThatIsPaidAfterItsTimeCounts(t *testing.T) {
	b := open(t, "sqlite")
	tenantID := b.returns("Padaria")
	w := b.checkout(tenantID, Wanted{b.small.ID, Monthly})
	b.psp.checkouts["chk_"+w.ID].expired = true
	b.days(1)
	b.sweep()
	if list, _ := b.Wishes(ctx, tenantID); list[0].State != WishDropped {
		t.Fatalf("%+v", list[0])
	}
	b.psp.pays("chk_" + w.ID)
	b.news("chk_" + w.ID)
	b.is(tenantID, Active, tenancy.Active)
}

// A company went from one vendor to another: what becomes of its former bills is
// asked where they were paid.
func TestAFormerVendorIsAskedAboutItsOwnBills(t *testing.T) {
	b := open(t, "sqlite")
	other := newPSP(b.clock)
	other.name, other.count = "other", 1000
	b.Bind(other)
	tenantID := b.company("Padaria")
	externalID := other.sells(10_000, Monthly, 0)
	b.begin(tenantID, Start{Provider: "other", CustomerID: "cus_1", SubscriptionID: externalID, VersionID: b.small.ID, Interval: Monthly, Price: 10_000, Currency: money.BRL, State: Active, Payer: payer})
	b.sweep()
	other.ends(externalID)
	b.days(1)
	b.sweep()
	w := b.checkout(tenantID, Wanted{b.small.ID, Monthly})
	b.psp.pays("chk_" + w.ID)
	b.news("chk_" + w.ID)
	b.is(tenantID, Active, tenancy.Active)
	list := b.invoices(tenantID)
	old := list[len(list)-1]
	other.sets(externalID, old.BillID, BillDisputed)
	body := []byte(`[{"EventID":"evt_1","Kind":"dispute","BillID":"` + old.BillID + `"}]`)
	if err := b.Hear(ctx, "other", map[string][]string{"X-Signature": {"good"}}, body); err != nil {
		t.Fatal(err)
	}
	b.sweep()
	if got, err := b.Invoice(ctx, tenantID, old.ID); err != nil || got.State != BillDisputed {
		t.Errorf("%+v, %v", got, err)
	}
}
