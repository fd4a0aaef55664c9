package subscription

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

func TestTheLadderIsClimbedAndLeftByPaying(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		for _, stop := range []struct {
			days    int64
			state   State
			company tenancy.State
			letter  string
		}{
			{0, PastDue, tenancy.PastDue, mail.PlanPaymentFailed}, {3, PastDue, tenancy.PastDue, mail.PlanPaymentReminder}, {7, PastDue, tenancy.PastDue, mail.PlanPaymentWarning},
			{10, ReadOnly, tenancy.ReadOnly, mail.PlanReadOnly}, {20, Suspended, tenancy.Suspended, mail.PlanSuspended}, {60, Suspended, tenancy.Suspended, mail.PlanDeletion},
		} {
			tenantID, externalID := b.begins("Empresa " + stop.letter)
			b.is(tenantID, Active, tenancy.Active)
			b.days(31)
			billID := b.psp.renews(externalID, BillFailed)
			if err := b.Look(ctx, tenantID); err != nil {
				t.Fatal(err)
			}
			for range stop.days {
				b.days(1)
				b.sweep() // due by itself, without a callback
			}
			b.is(tenantID, stop.state, stop.company)
			if b.letters.templates()[stop.letter] == 0 {
				t.Errorf("day %d: no letter %s in %v", stop.days, stop.letter, b.letters.templates())
			}
			b.psp.sets(externalID, billID, BillPaid)
			if err := b.tells(Notice{EventID: "evt_paid_" + billID, Kind: "invoice.paid", BillID: billID}); err != nil {
				t.Fatal(err)
			}
			b.sweep()
			sub := b.is(tenantID, Active, tenancy.Active)
			if sub.OverdueMS != 0 {
				t.Errorf("paid, and overdue since %d", sub.OverdueMS)
			}
		}
		if got := b.letters.templates()[mail.PlanPaid]; got != 6 {
			t.Errorf("%d letters of thanks", got)
		}
	})
}

func TestABillByPixOrBoletoIsAwaitedForAWeek(t *testing.T) {
	b := open(t, "sqlite")
	tenantID, externalID := b.begins("Padaria")
	b.days(31)
	b.psp.renews(externalID, BillPending)
	for range 6 {
		b.sweep()
		b.is(tenantID, Active, tenancy.Active)
		b.days(1)
	}
	b.days(1)
	b.sweep()
	b.is(tenantID, PastDue, tenancy.PastDue)
	b.days(10)
	b.sweep()
	b.is(tenantID, ReadOnly, tenancy.ReadOnly)
}

func TestNobodyClimbsOnOldNews(t *testing.T) {
	b := open(t, "sqlite")
	tenantID, externalID := b.begins("Padaria")
	b.days(31)
	b.psp.renews(externalID, BillFailed)
	b.sweep()
	b.is(tenantID, PastDue, tenancy.PastDue)
	b.psp.answer = func(op, _ string) error { return &Trouble{Kind: Down, Message: "away"} }
	for range 40 {
		b.days(1)
		b.sweep()
	}
	// The vendor was not asked for 40 days: it may have been paid.
	if sub := b.is(tenantID, PastDue, tenancy.PastDue); sub.looks == 0 || sub.problem == "" {
		t.Errorf("the trouble is not noted: %+v", sub)
	}
	b.psp.answer = nil
	b.days(1)
	b.sweep()
	b.is(tenantID, Suspended, tenancy.Suspended)
}

func TestAChargebackStandsOnTheLadder(t *testing.T) {
	b := open(t, "sqlite")
	tenantID, externalID := b.begins("Padaria")
	first := b.invoices(tenantID)[0]
	b.days(5)
	b.psp.sets(externalID, first.BillID, BillDisputed)
	if err := b.tells(Notice{EventID: "evt_dispute", Kind: "charge.dispute.created", BillID: first.BillID}); err != nil {
		t.Fatal(err)
	}
	b.sweep()
	b.is(tenantID, PastDue, tenancy.PastDue)
	b.days(21)
	b.sweep()
	b.is(tenantID, Suspended, tenancy.Suspended)
	b.psp.sets(externalID, first.BillID, BillPaid) // the dispute was won
	b.days(1)
	b.sweep()
	b.is(tenantID, Active, tenancy.Active)
}

func TestWhatAnOperatorDecidedStays(t *testing.T) {
	b := open(t, "sqlite")
	tenantID, externalID := b.begins("Padaria")
	if _, err := b.desk.SetState(ctx, tenantID, tenancy.Suspended, "fraud is suspected", tenancy.By(olga)); err != nil {
		t.Fatal(err)
	}
	b.days(31)
	billID := b.psp.renews(externalID, BillFailed)
	b.sweep()
	b.is(tenantID, PastDue, tenancy.Suspended)
	b.psp.sets(externalID, billID, BillPaid)
	b.days(1)
	b.sweep()
	b.is(tenantID, Active, tenancy.Suspended)
}

func TestATrialWithoutPaymentEndsInSuspensionAndIsTakenUp(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		tenantID := b.company("Padaria")
		b.begin(tenantID, Start{VersionID: b.small.ID, Interval: Monthly, Price: 10_000, Currency: money.BRL, State: Trialing, TrialEndMS: b.clock.Now().UnixMilli() + 14*day, Payer: payer})
		b.sweep()
		b.is(tenantID, Trialing, tenancy.Active)
		b.days(12)
		b.sweep()
		if b.letters.templates()[mail.PlanTrialEnding] != 1 {
			t.Errorf("letters: %v", b.letters.templates())
		}
		b.days(3)
		b.sweep()
		b.is(tenantID, Suspended, tenancy.Suspended)
		if b.letters.templates()[mail.PlanTrialOver] != 1 {
			t.Errorf("letters: %v", b.letters.templates())
		}
		until := b.clock.Now().UnixMilli() + 5*day
		if _, err := b.ExtendTrial(ctx, tenantID, until, "they asked for a week", olga); err != nil {
			t.Fatal(err)
		}
		b.is(tenantID, Trialing, tenancy.Active)
		b.days(6)
		b.sweep()
		b.is(tenantID, Suspended, tenancy.Suspended)
		w, err := b.Checkout(ctx, tenantID, Wanted{b.large.ID, Monthly}, "", admin)
		if err != nil || w.URL == "" {
			t.Fatal(w, err)
		}
		same, err := b.Checkout(ctx, tenantID, Wanted{b.large.ID, Monthly}, "", admin)
		if err != nil || same.ID != w.ID {
			t.Errorf("a second page for the same plan: %v %v", same, err)
		}
		b.psp.pays("chk_" + w.ID)
		if err := b.tells(Notice{EventID: "evt_chk", Kind: "checkout.paid", CheckoutID: "chk_" + w.ID}); err != nil {
			t.Fatal(err)
		}
		b.sweep()
		b.sweep()
		sub := b.is(tenantID, Active, tenancy.Active)
		if sub.VersionID != b.large.ID || b.limit(tenantID) != 10 || len(b.invoices(tenantID)) != 1 {
			t.Errorf("taken up: %+v", sub)
		}
		if _, err := b.Checkout(ctx, tenantID, Wanted{b.large.ID, Monthly}, "", admin); err == nil {
			t.Error("a running subscription was bought again")
		}
		if _, err := b.ExtendTrial(ctx, tenantID, until+100*day, "they asked again", olga); err == nil {
			t.Error("a paid subscription has no trial")
		}
	})
}

func TestACheckoutThatIsNotWantedAnyMoreAndWasPaidCounts(t *testing.T) {
	b := open(t, "sqlite")
	tenantID := b.company("Padaria")
	b.begin(tenantID, Start{VersionID: b.small.ID, Interval: Monthly, Price: 10_000, Currency: money.BRL, State: Trialing, TrialEndMS: b.clock.Now().UnixMilli() + day, Payer: payer})
	b.days(2)
	b.sweep()
	first, err := b.Checkout(ctx, tenantID, Wanted{b.small.ID, Monthly}, "", admin)
	if err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(time.Second)
	second, err := b.Checkout(ctx, tenantID, Wanted{b.large.ID, Monthly}, "", admin)
	if err != nil || second.ID == first.ID {
		t.Fatal(second, err)
	}
	b.psp.pays("chk_" + first.ID)
	b.days(1)
	b.sweep()
	b.sweep()
	if sub := b.is(tenantID, Active, tenancy.Active); sub.VersionID != b.small.ID {
		t.Errorf("paid the small plan, has %s", sub.VersionID)
	}
	// The other page is paid too: an operator has to look.
	b.psp.pays("chk_" + second.ID)
	b.days(1)
	b.sweep()
	list, err := b.Wishes(ctx, tenantID)
	if err != nil || len(list) != 2 || list[0].State != WishRefused || list[0].Problem == "" {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestCancelResumeEndAndComingBack(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		tenantID, externalID := b.begins("Padaria")
		if _, err := b.Resume(ctx, tenantID, admin); err == nil {
			t.Error("what was not canceled was taken back")
		}
		if _, err := b.Cancel(ctx, tenantID, "too expensive", admin); err != nil {
			t.Fatal(err)
		}
		b.sweep()
		if sub := b.is(tenantID, Active, tenancy.Active); !sub.EndsAtPeriod || sub.Reason != "too expensive" {
			t.Fatalf("%+v", sub)
		}
		_, err := b.Cancel(ctx, tenantID, "again", admin)
		refused(t, err, "plan_ending")
		_, err = b.Preview(ctx, tenantID, Wanted{b.large.ID, Monthly})
		refused(t, err, "plan_ending")
		if _, err := b.Resume(ctx, tenantID, admin); err != nil {
			t.Fatal(err)
		}
		b.sweep()
		if sub := b.of(tenantID); sub.EndsAtPeriod || sub.Reason != "" {
			t.Fatalf("%+v", sub)
		}
		if _, err := b.Cancel(ctx, tenantID, "closing down", admin); err != nil {
			t.Fatal(err)
		}
		b.days(31)
		b.psp.renews(externalID, BillPaid)
		b.sweep()
		b.is(tenantID, Ended, tenancy.Canceled)
		counts := b.letters.templates()
		if counts[mail.PlanCanceled] != 2 || counts[mail.PlanResumed] != 1 || counts[mail.PlanEnded] != 1 {
			t.Errorf("letters: %v", counts)
		}
		billing, err := b.Billing(ctx, tenantID)
		if err != nil || billing.ReturnMS == 0 || len(billing.Offers) != 2 {
			t.Fatalf("%+v %v", billing, err)
		}
		w, err := b.Checkout(ctx, tenantID, Wanted{b.small.ID, Annual}, "psp", admin)
		if err != nil {
			t.Fatal(err)
		}
		b.psp.pays("chk_" + w.ID)
		b.days(1) // the callback is lost
		b.sweep()
		b.sweep()
		if sub := b.is(tenantID, Active, tenancy.Active); sub.Interval != Annual || sub.Price != 100_000 || sub.EndsAtPeriod {
			t.Errorf("%+v", sub)
		}
		// A late word about the former subscription finds its invoice.
		old := b.invoices(tenantID)[1]
		b.psp.sets(externalID, old.BillID, BillRefunded)
		if err := b.tells(Notice{EventID: "evt_old", Kind: "refunded", SubscriptionID: externalID, BillID: old.BillID}); err != nil {
			t.Fatal(err)
		}
		b.sweep()
		if got := b.invoices(tenantID)[1]; got.State != BillRefunded || got.Refunded != got.Paid {
			t.Errorf("%+v", got)
		}
		b.is(tenantID, Active, tenancy.Active)
	})
}

func TestComingBackHasAnEnd(t *testing.T) {
	b := open(t, "sqlite")
	tenantID, externalID := b.begins("Padaria")
	b.psp.ends(externalID)
	b.days(1)
	b.sweep()
	b.is(tenantID, Ended, tenancy.Canceled)
	b.days(61)
	_, err := b.Checkout(ctx, tenantID, Wanted{b.small.ID, Monthly}, "", admin)
	refused(t, err, "too_late")
}

func TestATrialAtAVendorEndsInACharge(t *testing.T) {
	b := open(t, "sqlite")
	tenantID, externalID := b.company("Padaria"), b.psp.sells(10_000, Monthly, 14)
	end := b.clock.Now().UnixMilli() + 14*day
	b.begin(tenantID, Start{Provider: "psp", CustomerID: "cus_1", SubscriptionID: externalID, VersionID: b.small.ID, Interval: Monthly, Price: 10_000, Currency: money.BRL, State: Trialing, TrialEndMS: end, Payer: payer})
	b.sweep()
	if sub := b.is(tenantID, Trialing, tenancy.Active); sub.TrialEndMS != end || len(b.invoices(tenantID)) != 0 {
		t.Fatalf("%+v", sub)
	}
	b.days(14)
	b.psp.renews(externalID, BillPaid)
	b.days(1)
	b.sweep()
	b.is(tenantID, Active, tenancy.Active)
	if list := b.invoices(tenantID); len(list) != 1 || list[0].Paid != 10_000 {
		t.Errorf("%+v", list)
	}
}

func TestBadStartsAreRefused(t *testing.T) {
	b := open(t, "sqlite")
	good := Start{Provider: "psp", SubscriptionID: "sub_1", VersionID: b.small.ID, Interval: Monthly, Price: 100, Currency: money.BRL, State: Active}
	for field, spoil := range map[string]func(*Start){
		"version_id": func(s *Start) { s.VersionID = "" }, "interval": func(s *Start) { s.Interval = "week" }, "state": func(s *Start) { s.State = PastDue },
		"provider": func(s *Start) { s.SubscriptionID = "" }, "price_minor": func(s *Start) { s.Discount = 101 },
	} {
		bad := good
		spoil(&bad)
		if f, ok := bad.check().(*fault.Error); !ok || f.Field != field {
			t.Errorf("%s: %v", field, bad.check())
		}
	}
	if err := good.check(); err != nil {
		t.Error(err)
	}
	if (Start{VersionID: "v", Interval: Monthly, Currency: money.BRL, State: Trialing}).check() == nil {
		t.Error("a trial without an end, for which nobody pays")
	}
}

func TestTheTroubleOfSomeKeepsNobodyElseFromBeingRead(t *testing.T) {
	b := open(t, "sqlite")
	b.cfg.SweepBatch = 2
	for _, name := range []string{"Um", "Dois", "Três"} { // their vendor is not configured any more
		b.begin(b.company(name), Start{Provider: "gone", CustomerID: "cus_1", SubscriptionID: "sub " + name, VersionID: b.small.ID, Interval: Monthly, Price: 10_000, Currency: money.BRL, State: Active, Payer: payer})
	}
	b.clock.Advance(time.Second)
	tenantID, _ := b.begins("Padaria")
	for range 3 {
		b.clock.Advance(time.Second)
		b.sweep()
	}
	if len(b.invoices(tenantID)) != 1 {
		t.Error("nobody reads it")
	}
}

// An operator's decision is not lifted by a payment, also when the ladder has
// come to the same rung meanwhile.
func TestAPaymentDoesNotLiftWhatAnOperatorDecidedBefore(t *testing.T) {
	b := open(t, "sqlite")
	tenantID, externalID := b.begins("Padaria")
	if _, err := b.desk.SetState(ctx, tenantID, tenancy.Suspended, "spam was sent from it", tenancy.By(olga)); err != nil {
		t.Fatal(err)
	}
	b.days(31)
	billID := b.psp.renews(externalID, BillFailed)
	b.sweep()
	b.days(21)
	b.sweep()
	b.is(tenantID, Suspended, tenancy.Suspended)
	b.psp.sets(externalID, billID, BillPaid)
	b.days(1)
	b.sweep()
	b.is(tenantID, Active, tenancy.Suspended)
	// Nor by leaving and coming back.
	if _, err := b.Cancel(ctx, tenantID, "", admin); err != nil {
		t.Fatal(err)
	}
	b.psp.ends(externalID)
	b.days(1)
	b.sweep()
	b.is(tenantID, Ended, tenancy.Canceled)
	w := b.checkout(tenantID, Wanted{b.small.ID, Monthly})
	b.psp.pays("chk_" + w.ID)
	b.news("chk_" + w.ID)
	externalID = b.is(tenantID, Active, tenancy.Suspended).ExternalID
	// Freed, it climbs and comes down by itself again.
	if _, err := b.desk.SetState(ctx, tenantID, tenancy.Active, "they apologized", tenancy.By(olga)); err != nil {
		t.Fatal(err)
	}
	b.days(31)
	billID = b.psp.renews(externalID, BillFailed)
	b.days(1)
	b.sweep()
	b.is(tenantID, PastDue, tenancy.PastDue)
	b.psp.sets(externalID, billID, BillPaid)
	b.days(1)
	b.sweep()
	b.is(tenantID, Active, tenancy.Active)
}

// Thousands that are due are no storm at a vendor that throttles everybody.
func TestAVendorThatSaidNoToAllIsLeftAlone(t *testing.T) {
	for _, kind := range []Kind{Throttled, Locked} {
		t.Run(string(kind), func(t *testing.T) {
			b := open(t, "sqlite")
			for n := range 20 {
				b.begins(fmt.Sprintf("Empresa %d", n))
			}
			b.days(1)
			var asked atomic.Int64
			b.psp.answer = func(string, string) error {
				asked.Add(1)
				return &Trouble{Kind: kind, Message: "not now"}
			}
			b.sweep()
			b.clock.Advance(10 * time.Second)
			b.sweep()
			if n := asked.Load(); n == 0 || n > callsAtOnce {
				t.Errorf("asked %d times", n)
			}
			b.psp.answer = nil
			b.clock.Advance(2 * time.Minute)
			b.sweep()
			due := 0
			b.read(func(ctx context.Context, tx *database.Tx) error {
				return tx.QueryRow(ctx, "SELECT COUNT(*) FROM subscription WHERE problem <> ''").Scan(&due)
			})
			if due != 0 {
				t.Errorf("%d were not read when it was back", due)
			}
		})
	}
}

func (b *bench) read(fn func(ctx context.Context, tx *database.Tx) error) {
	b.t.Helper()
	if err := b.db.Read(ctx, database.Platform("a test counts all"), fn); err != nil {
		b.t.Fatal(err)
	}
}
