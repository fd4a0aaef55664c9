package finops

import (
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/modules/finops/meter"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// Of one kind and first day there is one price, in one currency: which of two
// counts would be chance.
func TestAKindOfFeeHasOnePriceADay(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l, ctx := newShareBench(t, db), t.Context()
		fee := func(currency, amount, from string) Fee {
			return Fee{Channel: "whatsapp", Category: "marketing", Calling: "55", Currency: currency, Price: l.amount(amount), From: from}
		}
		for name, list := range map[string][]Fee{
			"two currencies at once": {fee("BRL", "0.31", "2026-11-01"), fee("USD", "0.06", "2026-11-01")},
			"two prices at once":     {fee("BRL", "0.31", "2026-11-01"), fee("BRL", "0.32", "2026-11-01")},
		} {
			_, err := l.PutFees(ctx, list, tester())
			if known, _ := l.Fees(ctx); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "number 2") || len(known) != 0 {
				t.Errorf("%s: %v, %+v", name, err, known)
			}
		}
		if _, err := l.PutFees(ctx, []Fee{fee("USD", "0.05", "2026-11-01")}, tester()); err != nil {
			t.Fatal(err)
		}
		_, err := l.PutFees(ctx, []Fee{fee("BRL", "0.31", "2026-11-01")}, tester())
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "currency") {
			t.Errorf("another currency beside the one that stands: %v", err)
		}
		// The same again changes its price; another currency begins on a day of its own.
		list, err := l.PutFees(ctx, []Fee{fee("USD", "0.06", "2026-11-01"), fee("BRL", "0.31", "2026-11-10")}, tester())
		if err != nil || len(list) != 2 {
			t.Fatalf("%+v, %v", list, err)
		}
		for _, day := range []int64{9, 10} {
			l.use("massivo-prod", nov(day), "ten_a", meter.BilledParts, "whatsapp/marketing/55", 100)
		}
		got := strings.Join(l.shares(), "; ")
		if got != "massivo prod ten_a fee whatsapp BRL prosa-fee-1 31; massivo prod ten_a fee whatsapp USD prosa-fee-1 6" {
			t.Error(got)
		}
		for _, f := range list {
			if f.Currency == "USD" {
				if err := l.DeleteFee(ctx, f.ID, tester()); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := l.PutFees(ctx, []Fee{fee("BRL", "0.30", "2026-11-01")}, tester()); err != nil {
			t.Errorf("after the other is gone: %v", err)
		}
	})
}
