package subscription

import (
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/tenancy"
)

// Each reason for which no page opens, once; and a page that opened is asked for
// twice and is one.
func TestWhenNoPageOpens(t *testing.T) {
	b := open(t, "sqlite")
	want := Wanted{b.large.ID, Monthly}
	checkout := func(tenantID string, want Wanted, vendor string) error {
		_, err := b.Checkout(ctx, tenantID, want, vendor, admin)
		return err
	}
	running, _ := b.begins("Padaria")
	refused(t, checkout(running, want, ""), "subscribed")
	refused(t, checkout(running, want, "nobody"), "no_vendor")
	refused(t, checkout(running, Wanted{b.large.ID, "week"}, ""), "interval_not_offered")
	if err := checkout(running, Wanted{"plv_none", Monthly}, ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("a plan that is none: %v", err)
	}
	// A trial of ours that nobody is paid for.
	trial := b.company("Teste")
	start := Start{VersionID: b.small.ID, Interval: Monthly, Price: 10_000, Currency: money.BRL, State: Trialing, TrialEndMS: b.clock.Now().UnixMilli() + 14*day}
	b.begin(trial, start)
	refused(t, checkout(trial, want, ""), "payer_missing")
	// Plans of the other line are not sold here, nor such as were taken away.
	text := plan.Text{PT: "Corporativo", EN: "Enterprise"}
	other, err := b.plansDesk.Create(ctx, "corp", tenancy.Enterprise, plan.Content{Name: text, Summary: text, Features: []plan.Text{text}, Currency: money.BRL, Monthly: 90_000}, tenancy.By(olga))
	if err == nil {
		other, err = b.plansDesk.Publish(ctx, other.ID, tenancy.By(olga))
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := checkout(trial, Wanted{other.ID, Monthly}, ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("a plan of the other line: %v", err)
	}
	refused(t, checkout(trial, Wanted{other.ID, Annual}, ""), "interval_not_offered")
	if _, err := b.plansDesk.Withdraw(ctx, b.small.ID, tenancy.By(olga)); err != nil {
		t.Fatal(err)
	}
	if err := checkout(trial, Wanted{b.small.ID, Monthly}, ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("a plan that was taken away: %v", err)
	}
	// With a payer it opens, and a second click opens no other one.
	if _, err := b.SetPayer(ctx, trial, payer, admin); err != nil {
		t.Fatal(err)
	}
	first, err := b.Checkout(ctx, trial, want, "", admin)
	if err != nil || first.URL == "" || first.State != WishOpen {
		t.Fatal(first, err)
	}
	again, err := b.Checkout(ctx, trial, want, "psp", admin)
	if err != nil || again.ID != first.ID || again.URL != first.URL {
		t.Errorf("a second click: %+v, %v", again, err)
	}
	dearer, err := b.Checkout(ctx, trial, Wanted{b.large.ID, Annual}, "", admin)
	if err != nil || dearer.ID == first.ID || dearer.Price != 300_000 {
		t.Errorf("another interval: %+v, %v", dearer, err)
	}
}

// A company without a plan is told so, whatever it asks for.
func TestWishesWithoutASubscription(t *testing.T) {
	b := open(t, "sqlite")
	tenantID := b.company("Nova")
	want := Wanted{b.large.ID, Monthly}
	_, preview := b.Preview(ctx, tenantID, want)
	_, change := b.Change(ctx, tenantID, want, "token", admin)
	_, cancel := b.Cancel(ctx, tenantID, "", admin)
	_, resume := b.Resume(ctx, tenantID, admin)
	for name, err := range map[string]error{"preview": preview, "change": change, "cancel": cancel, "resume": resume, "drop": b.DropChange(ctx, tenantID, admin)} {
		if code := fault.CodeOf(err); code != fault.NotFound && code != fault.Refused {
			t.Errorf("%s: %v", name, err)
		}
	}
	ended, externalID := b.begins("Padaria")
	b.psp.ends(externalID)
	b.days(1)
	b.sweep()
	_, preview = b.Preview(ctx, ended, want)
	_, cancel = b.Cancel(ctx, ended, "", admin)
	_, resume = b.Resume(ctx, ended, admin)
	for name, err := range map[string]error{"preview": preview, "cancel": cancel, "resume": resume} {
		t.Run(name, func(t *testing.T) { refused(t, err, "no_running_subscription") })
	}
}
