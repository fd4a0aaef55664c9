package subscription

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/clock"
	"prosa/internal/base/money"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/tenancy"
)

func TestMorePlanCountsAtOnceAndIsChargedByTheDay(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		tenantID, externalID := b.begins("Padaria") // 1 March to 1 April: 31 days
		b.days(10)
		want := Wanted{b.large.ID, Monthly}
		p, err := b.Preview(ctx, tenantID, want)
		if err != nil {
			t.Fatal(err)
		}
		// 21 of 31 days are left, today counted.
		if p.AtEnd || p.DaysLeft != 21 || p.Days != 31 || p.Credit != 6774 || p.Charge != 20323 || p.Due != 13549 || p.Price != 30_000 {
			t.Fatalf("%+v", p)
		}
		again, err := b.Preview(ctx, tenantID, want)
		if err != nil || again.Token != p.Token {
			t.Fatalf("the same day, another preview: %+v, %v", again, err)
		}
		w, err := b.Change(ctx, tenantID, want, p.Token, admin)
		if err != nil || w.State != WishDone {
			t.Fatal(w, err)
		}
		if sub := b.of(tenantID); sub.VersionID != b.large.ID || sub.Price != 30_000 || b.limit(tenantID) != 10 {
			t.Fatalf("%+v", sub)
		}
		b.sweep()
		list := b.invoices(tenantID)
		if len(list) != 2 || list[0].Amount != 13549 || list[0].VersionID != b.large.ID {
			t.Fatalf("%+v", list)
		}
		if b.letters.templates()[mail.PlanChanged] != 1 {
			t.Errorf("letters: %v", b.letters.templates())
		}
		_, err = b.Change(ctx, tenantID, want, p.Token, admin)
		refused(t, err, "no_change")
		b.days(21)
		b.psp.renews(externalID, BillPaid)
		b.sweep()
		if list := b.invoices(tenantID); list[0].Amount != 30_000 {
			t.Errorf("renewed for %d", list[0].Amount)
		}
	})
}

func TestAPreviewIsOfItsDay(t *testing.T) {
	b := open(t, "sqlite")
	tenantID, _ := b.begins("Padaria")
	want := Wanted{b.large.ID, Monthly}
	p, err := b.Preview(ctx, tenantID, want)
	if err != nil {
		t.Fatal(err)
	}
	midnight := time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC) // in São Paulo
	if p.ExpiresMS != clock.MS(midnight) {
		t.Errorf("expires at %s", clock.FromMS(p.ExpiresMS))
	}
	b.clock.Advance(midnight.Sub(b.clock.Now()) - time.Minute)
	if same, err := b.Preview(ctx, tenantID, want); err != nil || same.Token != p.Token {
		t.Errorf("a minute before midnight it is another: %v", err)
	}
	b.clock.Advance(time.Minute)
	_, err = b.Change(ctx, tenantID, want, p.Token, admin)
	refused(t, err, "preview_stale")
	if len(b.psp.effects) != 0 {
		t.Errorf("the vendor was asked: %v", b.psp.effects)
	}
}

func TestAChangeConvergesWhereverItIsCut(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		for name, cut := range map[string]func(){
			"the vendor is away":                    func() { b.psp.answer = func(op, _ string) error { return &Trouble{Kind: Down, Message: "away"} } },
			"the answer is lost after the effect":   func() { b.psp.lose = true },
			"the vendor listens to nobody for now":  func() { b.psp.answer = func(op, _ string) error { return &Trouble{Kind: Throttled, Message: "wait"} } },
			"the credentials are wrong, and mended": func() { b.psp.answer = func(op, _ string) error { return &Trouble{Kind: Locked, Message: "key"} } },
		} {
			b.psp.answer, b.psp.lose, b.psp.effects = nil, false, nil
			tenantID, _ := b.begins("Padaria " + name)
			want := Wanted{b.large.ID, Monthly}
			p, err := b.Preview(ctx, tenantID, want)
			if err != nil {
				t.Fatal(err)
			}
			cut()
			w, err := b.Change(ctx, tenantID, want, p.Token, admin)
			if err != nil || w.State != WishAsking || w.Problem == "" {
				t.Fatalf("%s: %+v, %v", name, w, err)
			}
			if b.of(tenantID).VersionID != b.small.ID {
				t.Fatalf("%s: the plan is given before the vendor said yes", name)
			}
			_, err = b.Cancel(ctx, tenantID, "", admin)
			refused(t, err, "change_underway")
			b.psp.answer, b.psp.lose = nil, false
			b.clock.Advance(2 * time.Minute)
			// Another process takes it up, under the same key.
			if err := b.another().Sweep(ctx); err != nil {
				t.Fatal(err)
			}
			b.sweep()
			if sub := b.of(tenantID); sub.VersionID != b.large.ID || b.limit(tenantID) != 10 {
				t.Fatalf("%s: %+v", name, sub)
			}
			if !slices.Equal(b.psp.effects, []string{"change"}) {
				t.Errorf("%s: the vendor did %v", name, b.psp.effects)
			}
			if list := b.invoices(tenantID); len(list) != 2 || list[0].Amount != p.Due {
				t.Errorf("%s: billed %+v, previewed %d", name, list, p.Due)
			}
		}
	})
}

func TestAChangeThatTheVendorRefusesIsOver(t *testing.T) {
	b := open(t, "sqlite")
	tenantID, _ := b.begins("Padaria")
	want := Wanted{b.large.ID, Monthly}
	p, err := b.Preview(ctx, tenantID, want)
	if err != nil {
		t.Fatal(err)
	}
	b.psp.answer = func(op, _ string) error { return &Trouble{Kind: Refused, Message: "the card was declined"} }
	_, err = b.Change(ctx, tenantID, want, p.Token, admin)
	refused(t, err, "vendor_refused")
	b.psp.answer = nil
	if b.of(tenantID).VersionID != b.small.ID || b.limit(tenantID) != 2 {
		t.Error("the plan was given")
	}
	w, err := b.Change(ctx, tenantID, want, p.Token, admin)
	if err != nil || w.State != WishDone {
		t.Errorf("tried again: %+v, %v", w, err)
	}
}

// upgrade brings a company to the large plan.
func (b *bench) upgrade(tenantID string) {
	b.t.Helper()
	want := Wanted{b.large.ID, Monthly}
	p, err := b.Preview(ctx, tenantID, want)
	if err == nil {
		_, err = b.Change(ctx, tenantID, want, p.Token, admin)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	b.sweep()
}

func TestLessPlanCountsFromTheNextPeriodOn(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		tenantID, externalID := b.begins("Padaria")
		b.upgrade(tenantID)
		b.use[tenancy.Attendants] = 7
		want := Wanted{b.small.ID, Monthly}
		p, err := b.Preview(ctx, tenantID, want)
		if err != nil || !p.AtEnd || p.Due != 0 || p.EffectiveMS != b.of(tenantID).PeriodEndMS || !slices.Equal(p.Short, []Shortfall{{tenancy.Attendants, 7, 2}}) {
			t.Fatalf("%+v, %v", p, err)
		}
		_, err = b.Change(ctx, tenantID, want, p.Token, admin)
		refused(t, err, "plan_too_small")
		b.use[tenancy.Attendants] = 2
		w, err := b.Change(ctx, tenantID, want, p.Token, admin)
		if err != nil || w.State != WishPlanned {
			t.Fatalf("%+v, %v", w, err)
		}
		b.days(1)
		b.sweep()
		if b.of(tenantID).VersionID != b.large.ID || len(b.psp.effects) != 1 {
			t.Fatalf("it counts before its time: %v", b.psp.effects)
		}
		// Taken back, and asked for again.
		if err := b.DropChange(ctx, tenantID, admin); err != nil {
			t.Fatal(err)
		}
		if p, err = b.Preview(ctx, tenantID, want); err != nil {
			t.Fatal(err)
		}
		if _, err = b.Change(ctx, tenantID, want, p.Token, admin); err != nil {
			t.Fatal(err)
		}
		b.clock.Advance(clock.FromMS(p.EffectiveMS).Sub(b.clock.Now()) - 20*time.Hour)
		b.sweep()
		if len(b.psp.effects) != 2 || b.limit(tenantID) != 10 {
			t.Fatalf("the vendor knows the price the day before, the company keeps its plan: %v", b.psp.effects)
		}
		err = b.DropChange(ctx, tenantID, admin)
		refused(t, err, "change_underway")
		b.clock.Advance(20 * time.Hour)
		b.psp.renews(externalID, BillPaid)
		b.sweep()
		b.sweep()
		if sub := b.of(tenantID); sub.VersionID != b.small.ID || sub.Price != 10_000 || b.limit(tenantID) != 2 {
			t.Fatalf("%+v", sub)
		}
		if list := b.invoices(tenantID); list[0].Amount != 10_000 || list[0].VersionID != b.small.ID {
			t.Errorf("renewed: %+v", list[0])
		}
	})
}

func TestFromMonthsToYearsAndBack(t *testing.T) {
	b := open(t, "sqlite")
	tenantID, _ := b.begins("Padaria")
	b.days(10)
	p, err := b.Preview(ctx, tenantID, Wanted{b.small.ID, Annual})
	if err != nil || p.AtEnd || p.Credit != 6774 || p.Charge != 100_000 || p.Due != 93_226 {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := b.Change(ctx, tenantID, p.Wanted, p.Token, admin); err != nil {
		t.Fatal(err)
	}
	b.sweep()
	sub := b.of(tenantID)
	if sub.Interval != Annual || sub.PeriodEndMS < b.clock.Now().UnixMilli()+364*day {
		t.Fatalf("%+v", sub)
	}
	back, err := b.Preview(ctx, tenantID, Wanted{b.small.ID, Monthly})
	if err != nil || !back.AtEnd || back.EffectiveMS != sub.PeriodEndMS || back.Due != 0 {
		t.Fatalf("%+v, %v", back, err)
	}
}

func TestChangesThatMakeNoSense(t *testing.T) {
	b := open(t, "sqlite")
	tenantID, externalID := b.begins("Padaria")
	_, err := b.Preview(ctx, tenantID, Wanted{b.small.ID, Monthly})
	refused(t, err, "no_change")
	if _, err := b.Preview(ctx, tenantID, Wanted{"plv_unknown", Monthly}); err == nil {
		t.Error("a plan that is not there")
	}
	if _, err := b.plansDesk.Withdraw(ctx, b.large.ID, tenancy.By(olga)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Preview(ctx, tenantID, Wanted{b.large.ID, Monthly}); err == nil {
		t.Error("a plan that is not sold any more")
	}
	b.days(31)
	b.psp.renews(externalID, BillFailed)
	b.sweep()
	_, err = b.Preview(ctx, tenantID, Wanted{b.small.ID, Annual})
	refused(t, err, "plan_overdue")
}

func TestDuringATrialAChangeCostsNothing(t *testing.T) {
	b := open(t, "sqlite")
	tenantID := b.company("Padaria")
	b.begin(tenantID, Start{VersionID: b.small.ID, Interval: Monthly, Price: 10_000, Currency: money.BRL, State: Trialing, TrialEndMS: b.clock.Now().UnixMilli() + 14*day})
	p, err := b.Preview(ctx, tenantID, Wanted{b.large.ID, Annual})
	if err != nil || p.Due != 0 || p.AtEnd {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := b.Change(ctx, tenantID, p.Wanted, p.Token, admin); err != nil {
		t.Fatal(err)
	}
	if sub := b.of(tenantID); sub.VersionID != b.large.ID || sub.Price != 300_000 || b.limit(tenantID) != 10 || sub.State != Trialing {
		t.Errorf("%+v", sub)
	}
}

// What is credited and charged for a change adds up with what was paid: nobody
// pays a day twice, and changes of one day cost what one change costs.
func TestSumsOfChangesAreExact(t *testing.T) {
	zone := zoneOf(homeZone)
	rapid.Check(t, func(t *rapid.T) {
		start := time.Date(2026, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 28).Draw(t, "date"), rapid.IntRange(0, 23).Draw(t, "hour"), 0, 0, 0, zone)
		end := start.AddDate(0, 1, 0)
		at := start.Add(time.Duration(rapid.Int64Range(0, int64(end.Sub(start))-1).Draw(t, "at")))
		amount := rapid.Int64Range(1, 1_000_000)
		low := money.Amount(amount.Draw(t, "old"))
		middle := low + money.Amount(amount.Draw(t, "more"))
		high := middle + money.Amount(amount.Draw(t, "yet more"))
		version := func(id string, price money.Amount) plan.Version {
			return plan.Version{ID: id, Content: plan.Content{Monthly: price, Currency: money.BRL}}
		}
		sub := Subscription{VersionID: "a", Interval: Monthly, Price: low, State: Active, PeriodStartMS: clock.MS(start), PeriodEndMS: clock.MS(end)}
		cost := func(from, to money.Amount) Preview {
			sub.Price = from
			return sub.cost(version("a", from), version("b", to), Wanted{"b", Monthly}, from, clock.MS(at), zone)
		}
		once, first, second := cost(low, high), cost(low, middle), cost(middle, high)
		if once.Due != once.Charge-once.Credit || once.Due < 0 || once.Charge > high || once.Credit > low {
			t.Fatalf("%+v", once)
		}
		if first.Due+second.Due != once.Due {
			t.Fatalf("two steps cost %d and %d, one costs %d", first.Due, second.Due, once.Due)
		}
		if once.DaysLeft == once.Days && once.Due != high-low {
			t.Fatalf("on the first day the whole difference is due: %+v", once)
		}
	})
}
