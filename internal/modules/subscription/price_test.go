package subscription

import (
	"testing"

	"prosa/internal/base/money"
	"prosa/internal/modules/tenancy"
)

// What a coupon promised at the start of a trial that needs no payment is the
// price of the plan when it is paid for.
func TestACouponOutlivesTheTrialThatItBegan(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		for _, c := range []struct {
			want   Wanted
			price  money.Amount
			cycles int
		}{{Wanted{b.small.ID, Monthly}, 9_000, 3}, {Wanted{b.small.ID, Annual}, 100_000, 0}, {Wanted{b.large.ID, Monthly}, 30_000, 0}} {
			tenantID := b.company("Padaria " + c.price.Decimal())
			b.begin(tenantID, Start{
				VersionID: b.small.ID, Interval: Monthly, Price: 10_000, Discount: 1_000, DiscountCycles: 3, Currency: money.BRL, State: Trialing,
				TrialEndMS: b.clock.Now().UnixMilli() + 14*day, Payer: payer,
			})
			b.days(15)
			b.sweep()
			w := b.checkout(tenantID, c.want)
			page := b.psp.checkouts["chk_"+w.ID].Checkout
			if page.Price-page.Discount != c.price || page.DiscountCycles != c.cycles {
				t.Errorf("%v: the page says %d less %d, %d times", c.want, page.Price, page.Discount, page.DiscountCycles)
			}
			b.psp.pays("chk_" + w.ID)
			b.news("chk_" + w.ID)
			if sub := b.is(tenantID, Active, tenancy.Active); sub.Price-sub.Discount != c.price || sub.DiscountCycles != c.cycles {
				t.Errorf("%+v", sub)
			}
		}
	})
}

func (b *bench) takes(tenantID string, want Wanted) Preview {
	b.t.Helper()
	p, err := b.Preview(ctx, tenantID, want)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.Change(ctx, tenantID, want, p.Token, admin); err != nil {
		b.t.Fatal(err)
	}
	b.sweep()
	return p
}

// Two changes on the first day of a period: a vendor may bill a change for all of
// the period, and what was paid before it counts too.
func TestTwoChangesOnTheFirstDayCostTheDifference(t *testing.T) {
	b := open(t, "sqlite")
	b.psp.wholeDays = true
	larger := b.sell("maior", 50_000, 500_000, 20)
	tenantID, _ := b.begins("Padaria")
	if p := b.takes(tenantID, Wanted{b.large.ID, Monthly}); p.Due != 20_000 {
		t.Fatalf("%+v", p)
	}
	if p := b.takes(tenantID, Wanted{larger.ID, Monthly}); p.Due != 20_000 {
		t.Errorf("%+v", p)
	}
}

// What was sent back is no credit.
func TestARefundedPeriodIsNoCredit(t *testing.T) {
	b := open(t, "sqlite")
	tenantID, externalID := b.begins("Padaria")
	b.psp.sets(externalID, b.invoices(tenantID)[0].BillID, BillRefunded)
	b.days(1)
	b.sweep()
	p, err := b.Preview(ctx, tenantID, Wanted{b.large.ID, Monthly})
	if err != nil || p.Credit != 0 {
		t.Errorf("%+v, %v", p, err)
	}
}
