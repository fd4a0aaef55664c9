package subscription_test

import (
	"strings"
	"testing"
	"time"

	"prosa/internal/adapters/manual"
	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/subscription"
	"prosa/internal/modules/tenancy"
)

func TestAContractSignedOfflineIsPaidByHand(t *testing.T) {
	h, plans := openStripe(t)
	h.Bind(manual.New(h.Service))
	// A day whose calendar is known: due dates are business days.
	h.clock.Advance(time.Date(2031, 5, 15, 12, 0, 0, 0, time.UTC).Sub(h.clock.Now()))
	ctx, olga := t.Context(), tenancy.By{Actor: event.Actor{Kind: "operator", ID: "usr_olga"}}
	text := plan.Text{PT: "Sob medida", EN: "Tailored"}
	v, err := plans.Create(ctx, "sob-medida", tenancy.Massivo, plan.Content{Name: text, Summary: text, Features: []plan.Text{text}, Currency: money.BRL, Monthly: 90_000}, olga)
	if err == nil {
		v, err = plans.Publish(ctx, v.ID, olga)
	}
	if err != nil {
		t.Fatal(err)
	}
	company, err := h.desk.Create(ctx, tenancy.Draft{Name: "Padaria Aurora"}, olga)
	if err != nil {
		t.Fatal(err)
	}
	good := subscription.Contract{
		VersionID: v.ID, Interval: subscription.Monthly, Price: 75_000, StartMS: clock.MS(h.clock.Now().AddDate(0, 0, -28)), DueDays: 5, Reason: "signed on paper",
		Payer: subscription.Payer{Kind: "company", LegalName: "Padaria Aurora Ltda", TaxID: "12ABC34501DE35", Email: "fiscal@aurora.example.com"},
	}
	for field, spoil := range map[string]func(*subscription.Contract){
		"reason": func(c *subscription.Contract) { c.Reason = "ok" }, "tax_id": func(c *subscription.Contract) { c.Payer.TaxID = "1" }, "due_days": func(c *subscription.Contract) { c.DueDays = 61 },
		"price_minor": func(c *subscription.Contract) { c.Price = 0 }, "start_ms": func(c *subscription.Contract) { c.StartMS = 1 }, "interval": func(c *subscription.Contract) { c.Interval = "week" },
	} {
		bad := good
		spoil(&bad)
		_, err := h.OpenContract(ctx, company.ID, bad, subscription.By(olga))
		if f, ok := err.(*fault.Error); !ok || f.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	sub, err := h.OpenContract(ctx, company.ID, good, subscription.By(olga))
	if err != nil || sub.Provider != subscription.ManualProvider || sub.Price != 75_000 {
		t.Fatalf("%+v, %v", sub, err)
	}
	if _, err := h.OpenContract(ctx, company.ID, good, subscription.By(olga)); err == nil || !strings.Contains(err.Error(), "subscription already") {
		t.Fatalf("opened twice: %v", err)
	}
	// The first invoice is three weeks late and its week of patience over.
	h.is(company.ID, subscription.ReadOnly, tenancy.ReadOnly)
	first := h.latest(company.ID)
	if _, err := h.RecordPaid(ctx, company.ID, first.ID, clock.MS(h.clock.Now().AddDate(0, 0, 2)), "bank statement", subscription.By(olga)); err == nil {
		t.Error("paid in the future")
	}
	paid, err := h.RecordPaid(ctx, company.ID, first.ID, 0, "bank statement", subscription.By(olga))
	if err != nil || paid.State != subscription.BillPaid || paid.Paid != 75_000 || paid.Number != first.Number {
		t.Fatalf("%+v, %v", paid, err)
	}
	h.is(company.ID, subscription.Active, tenancy.Active)
	// The next period is billed by itself.
	h.clock.Advance(10 * 24 * time.Hour)
	h.settle(company.ID)
	if next := h.latest(company.ID); next.ID == first.ID || next.State != subscription.BillPending || next.PeriodStartMS != first.PeriodEndMS {
		t.Fatalf("%+v", next)
	}
	if _, err := h.Checkout(ctx, company.ID, subscription.Wanted{VersionID: v.ID, Interval: subscription.Monthly}, "", subscription.By(olga)); err == nil {
		t.Error("a running contract was bought again")
	}
}
