package subscription

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

func TestCallbacksAreVerifiedAndStoredOnce(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		if err := b.Hear(ctx, "stranger", nil, nil); !fault.Is(err, fault.NotFound) {
			t.Errorf("an unknown vendor: %v", err)
		}
		if err := b.Hear(ctx, "psp", http.Header{}, []byte("[]")); !fault.Is(err, fault.Unauthorized) {
			t.Errorf("an unsigned callback: %v", err)
		}
		tenantID, externalID := b.begins("Padaria")
		b.days(31)
		b.psp.renews(externalID, BillFailed)
		looks := 0
		b.psp.answer = func(op, _ string) error {
			if op == "look" {
				looks++
			}
			return nil
		}
		for range 3 {
			if err := b.tells(Notice{EventID: "evt_1", Kind: "failed", SubscriptionID: externalID}, Notice{EventID: strings.Repeat("x", 300), SubscriptionID: externalID}, Notice{EventID: "evt_nothing"}); err != nil {
				t.Fatal(err)
			}
		}
		var list []waiting
		err := b.db.Read(ctx, database.Platform("a test looks at what was stored"), func(ctx context.Context, tx *database.Tx) (err error) {
			list, err = b.dueNotices(ctx, tx)
			return err
		})
		if err != nil || len(list) != 1 {
			t.Fatalf("stored %+v, %v", list, err)
		}
		b.sweep()
		b.is(tenantID, PastDue, tenancy.PastDue)
		if looks > 2 { // of the callback, and because it was due
			t.Errorf("looked %d times", looks)
		}
	})
}

func TestACallbackIsTriedAgain(t *testing.T) {
	b := open(t, "sqlite")
	tenantID, externalID := b.begins("Padaria")
	b.psp.ends(externalID)
	b.psp.answer = func(string, string) error { return errLost }
	if err := b.tells(Notice{EventID: "evt_1", Kind: "ended", SubscriptionID: externalID}); err != nil {
		t.Fatal(err)
	}
	b.sweep()
	b.psp.answer = nil
	b.clock.Advance(2 * time.Minute)
	b.sweep()
	b.is(tenantID, Ended, tenancy.Canceled)
}

func TestOldCallbacksAreForgottenAndWaitingOnesAreNot(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		_, externalID := b.begins("Padaria")
		count := func() (n int64) {
			err := b.db.Read(ctx, database.Platform("a test counts what was stored"), func(ctx context.Context, tx *database.Tx) error {
				return tx.QueryRow(ctx, "SELECT COUNT(*) FROM plan_notice").Scan(&n)
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if err := b.tells(Notice{EventID: "evt_1", Kind: "x", SubscriptionID: externalID}); err != nil {
			t.Fatal(err)
		}
		b.days(91)
		if err := b.Forget(ctx); err != nil || count() != 1 {
			t.Fatalf("one that waits: %d are left, %v", count(), err)
		}
		b.sweep()
		if err := b.Forget(ctx); err != nil || count() != 0 {
			t.Fatalf("%d are left, %v", count(), err)
		}
	})
}

// tale is what a company's subscription looks like, without times of seeing.
func (b *bench) tale(tenantID string) string {
	sub := b.of(tenantID)
	c, err := b.desk.Get(ctx, tenantID)
	if err != nil {
		b.t.Fatal(err)
	}
	lines := []string{fmt.Sprint(sub.State, sub.OverdueMS, sub.EndsAtPeriod, sub.PeriodStartMS, sub.PeriodEndMS, c.State)}
	for _, i := range b.invoices(tenantID) {
		if i.State == BillVoid {
			continue // one that was void when it was first seen has no invoice
		}
		lines = append(lines, fmt.Sprint(i.State, i.Amount, i.Paid, i.Refunded, i.DueMS, i.PaidMS))
	}
	slices.Sort(lines[1:])
	return strings.Join(lines, "\n")
}

// Callbacks come twice, late, in any order and not at all, between looks of the
// clock: the end is the one of a company whose vendor was read after each
// change. Money sums up: what was paid is what the invoices say.
func TestAnyOrderOfCallbacksEndsTheSame(t *testing.T) {
	b := open(t, "sqlite")
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		calm, calmID := b.begins(fmt.Sprintf("Calma %d", round))
		wild, wildID := b.begins(fmt.Sprintf("Agitada %d", round))
		var late []Notice
		steps := rapid.IntRange(1, 7).Draw(t, "steps")
		for step := range steps {
			op := rapid.SampledFrom([]string{"renew paid", "renew failed", "renew pending", "pay", "void", "refund", "wait", "end"}).Draw(t, "op")
			if op == "end" && step < steps-1 {
				op = "wait"
			}
			which := rapid.IntRange(0, 5).Draw(t, "bill")
			for _, id := range []string{calmID, wildID} {
				state := map[string]BillState{"renew paid": BillPaid, "renew failed": BillFailed, "renew pending": BillPending}[op]
				bills := b.psp.subs[id].Bills
				bill := bills[which%len(bills)]
				switch op {
				case "pay", "void":
					if bill.State != BillPaid && bill.State != BillRefunded && bill.State != BillVoid {
						b.psp.sets(id, bill.BillID, map[string]BillState{"pay": BillPaid, "void": BillVoid}[op])
					}
				case "refund":
					if bill.State == BillPaid {
						b.psp.sets(id, bill.BillID, BillRefunded)
					}
				case "end":
					b.psp.ends(id)
				case "wait":
				default:
					b.psp.renews(id, state)
				}
			}
			if err := b.Look(ctx, calm); err != nil {
				t.Fatal(err)
			}
			late = append(late, Notice{EventID: fmt.Sprintf("evt_%d_%d", round, step), Kind: op, SubscriptionID: wildID})
			for range rapid.IntRange(0, 3).Draw(t, "told") {
				n := late[rapid.IntRange(0, len(late)-1).Draw(t, "which")]
				if err := b.tells(n); err != nil {
					t.Fatal(err)
				}
			}
			if rapid.Bool().Draw(t, "sweep") {
				b.sweep()
			}
			b.days(rapid.Int64Range(0, 12).Draw(t, "days"))
		}
		b.days(1)
		for _, id := range []string{calm, wild} {
			if err := b.Look(ctx, id); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := b.tale(wild), b.tale(calm); got != want {
			t.Fatalf("told at random it is\n%s\nand read in order\n%s", got, want)
		}
		paid, refunded := int64(0), int64(0)
		for _, bill := range b.psp.subs[wildID].Bills {
			paid, refunded = paid+int64(bill.Paid), refunded+int64(bill.Refunded)
		}
		for _, i := range b.invoices(wild) {
			paid, refunded = paid-int64(i.Paid), refunded-int64(i.Refunded)
		}
		if paid != 0 || refunded != 0 {
			t.Fatalf("the invoices lack %d paid and %d refunded", paid, refunded)
		}
		// Companies of this round are not looked at in the next ones.
		b.psp.ends(calmID)
		b.psp.ends(wildID)
		for _, id := range []string{calm, wild} {
			if err := b.Look(ctx, id); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestAnOldReadingNeverOverwritesANewerOne(t *testing.T) {
	b := open(t, "sqlite")
	tenantID, externalID := b.begins("Padaria")
	read := b.of(tenantID)
	old, err := b.psp.LookSubscription(ctx, externalID)
	if err != nil {
		t.Fatal(err)
	}
	b.psp.ends(externalID)
	if err := b.Look(ctx, tenantID); err != nil {
		t.Fatal(err)
	}
	if err := b.settle(ctx, read, old); err != errOvertaken {
		t.Fatalf("an old answer was taken: %v", err)
	}
	b.is(tenantID, Ended, tenancy.Canceled)
}

func TestNumbersHaveNoGaps(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		const companies = 6
		var ids []string
		for i := range companies {
			tenantID, externalID := b.begins(fmt.Sprintf("Empresa %d", i))
			ids = append(ids, tenantID)
			for range 3 {
				b.psp.renews(externalID, BillPaid)
			}
		}
		var all sync.WaitGroup
		for _, id := range ids {
			for range 2 {
				all.Go(func() {
					if err := b.Look(ctx, id); err != nil && err != errOvertaken {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
		var numbers []string
		for _, id := range ids {
			for _, i := range b.invoices(id) {
				numbers = append(numbers, i.Number)
			}
		}
		slices.Sort(numbers)
		for i, number := range numbers {
			if number != numberOf(2026, int64(i+1)) {
				t.Fatalf("place %d has %s: %v", i+1, number, numbers)
			}
		}
		if len(numbers) != companies*4 {
			t.Errorf("%d invoices", len(numbers))
		}
		// A new year begins a new series: 1 January in São Paulo.
		tenantID, externalID := b.begins("Ano novo")
		b.days(306)
		b.psp.renews(externalID, BillPaid)
		if err := b.Look(ctx, tenantID); err != nil {
			t.Fatal(err)
		}
		if got := b.invoices(tenantID)[0].Number; got != "2027-000001" {
			t.Errorf("the first of the year is %s", got)
		}
	})
}
