package acquisition

import (
	"testing"

	"prosa/internal/modules/subscription"
)

// A journey that is paid and has no company yet is not given up: somebody's
// money would go on being taken for nothing.
func TestWhatIsPaidIsNotCanceledBeforeItsCompany(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.with.Inviter = &brokenInviter{Inviter: b.identity, failures: 100}
		free := b.arrives("bia@acme.example.com", b.trial)
		free.pays()
		if err := b.Cancel(ctx, free.row().ID, "a mistake", olga.Actor, ""); err != nil {
			t.Errorf("a trial without payment: %v", err)
		}
		paid := b.arrives("ana@acme.example.com", b.basic)
		paid.pays()
		b.psp.set(paid.page(), subscription.CheckoutPaid)
		paid.notice(paid.page().id)
		b.sweep()
		if state := paid.looks().State; state != Paid {
			t.Fatalf("it is %s", state)
		}
		wants(t, b.Cancel(ctx, paid.row().ID, "a mistake", olga.Actor, ""), "journey_paid")
		if state := paid.looks().State; state != Paid {
			t.Errorf("it is %s", state)
		}
	})
}
