package acquisition

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/event"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/subscription"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// Who pays a page that stands open in another tab has bought what the page said,
// for whom it said: not what the form says now, which may be half filled in.
func TestWhatIsBoughtIsWhatThePageSaid(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		v := b.arrives("ana@acme.example.com", b.basic)
		v.pays()
		page := v.page()
		v.fills(Patch{LegalName: ptr(""), TradeName: ptr(""), TaxID: ptr("11.222.333/0001-81"), Email: ptr("outra@acme.example.com")})
		b.psp.pay(page)
		v.notice(page.id)
		b.sweep()
		a := v.row()
		if a.State != Active || a.Email != "ana@acme.example.com" || a.EmailProvenMS == 0 || a.taxID != "12ABC34501DE35" || a.known() != "ACME" {
			t.Fatalf("%s %s %s %q, step %+v", a.State, a.Email, a.taxID, a.known(), v.steps()[stepCompany])
		}
		if letter := b.letters.last(mail.SignupWelcome); letter.To != "ana@acme.example.com" {
			t.Errorf("the welcome goes to %s", letter.To)
		}
	})
}

// An address that was corrected and proven since stays.
func TestAnEmailThatWasProvenSinceStays(t *testing.T) {
	b := lite(t)
	v := b.arrives("ana@acme.example.com", b.basic)
	v.pays()
	page := v.page()
	v.fills(Patch{Email: ptr("ana.souza@acme.example.com")})
	v.proves()
	b.psp.pay(page)
	v.notice(page.id)
	b.sweep()
	if a := v.row(); a.State != Active || a.Email != "ana.souza@acme.example.com" {
		t.Errorf("%s %s", a.State, a.Email)
	}
}

// Two pages were paid: the second subscription ends at the provider, as often as
// it must be tried, and its bills are the company's.
func TestTheSecondOfTwoPaidPagesIsBilledNoMore(t *testing.T) {
	b := lite(t)
	v := b.arrives("ana@acme.example.com", b.basic)
	v.pays()
	first := v.page()
	_, err := b.Again(ctx, v.token, home)
	b.must(err)
	b.sweep()
	second := v.page()
	b.psp.set(first, subscription.CheckoutOpen)
	b.psp.pay(second)
	v.notice(second.id)
	b.sweep()
	b.psp.pay(first)
	v.notice(first.id)
	b.sweep()
	b.psp.fail(&subscription.Trouble{Kind: subscription.Down, Message: "502"})
	b.must(b.Sweep(ctx))
	b.psp.fail(nil)
	for range 3 {
		b.clock.Advance(time.Minute)
		b.must(b.Sweep(ctx))
	}
	if !slices.Equal(b.psp.ended, []string{"sub of " + first.id}) {
		t.Errorf("ended: %v of %+v", b.psp.ended, v.attempts())
	}
	invoices, err := b.subscriptions.Invoices(ctx, v.row().TenantID, "", 10)
	if err != nil || len(invoices.Items) != 1 || !strings.Contains(invoices.Items[0].BillID, first.id) {
		t.Errorf("%+v, %v", invoices.Items, err)
	}
}

// What a refused or forgotten page holds is given back.
func TestACouponIsNotHeldByWhoDoesNotPay(t *testing.T) {
	free := func(b *bench) bool {
		b.t.Helper()
		taken := b.plans.Hold
		return b.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
			return taken(ctx, tx, "UM", b.basic.ID, "somebody else")
		}) == nil
	}
	t.Run("the provider refuses the payer", func(t *testing.T) {
		b := lite(t)
		b.coupon("UM", 1)
		v := b.arrives("ana@acme.example.com", b.basic)
		v.fills(Patch{Coupon: ptr("UM")})
		b.psp.fail(&subscription.Trouble{Kind: subscription.Refused, Field: "tax_id", Message: "the CNPJ is not active"})
		if v.pays(); !free(b) {
			t.Error("held")
		}
	})
	t.Run("a page that its provider never ends", func(t *testing.T) {
		b := lite(t)
		b.coupon("UM", 1)
		v := b.arrives("ana@acme.example.com", b.basic)
		v.fills(Patch{Coupon: ptr("UM")})
		v.pays() // may be paid for a day
		b.clock.Advance(23 * time.Hour)
		b.sweep()
		if v.looks().State != Checkout {
			t.Fatal(v.looks().State)
		}
		b.clock.Advance(7 * 24 * time.Hour)
		b.sweep()
		if page := v.page(); v.looks().State != Expired || page.expired == 0 || !free(b) {
			t.Errorf("%s, closed %d times", v.looks().State, page.expired)
		}
	})
	t.Run("nobody comes back to a page that could not be opened", func(t *testing.T) {
		b := lite(t)
		v := b.arrives("ana@acme.example.com", b.basic)
		b.psp.fail(&subscription.Trouble{Kind: subscription.Refused, Message: "no"})
		v.pays()
		b.clock.Advance(31 * 24 * time.Hour)
		b.must(b.Sweep(ctx))
		b.clock.Advance(31 * 24 * time.Hour)
		b.must(b.Sweep(ctx))
		_, err := b.Look(ctx, v.token)
		wants(t, err, "no_journey")
		if list, err := b.List(ctx, Filter{}); err != nil || len(list.Items) != 0 {
			t.Errorf("what was typed is kept: %+v, %v", list.Items, err)
		}
	})
}

// A page that can't be closed is not given up: it may have been paid.
func TestAPageThatCanNotBeClosedIsLookedAtAgain(t *testing.T) {
	b := lite(t)
	v := b.arrives("ana@acme.example.com", b.basic)
	v.pays()
	first := v.page()
	b.psp.set(first, subscription.CheckoutPending)
	b.psp.closing = &subscription.Trouble{Kind: subscription.Refused, Message: "it is being paid"}
	_, err := b.Again(ctx, v.token, home)
	b.must(err)
	b.sweep()
	second := v.page()
	b.psp.pay(second)
	v.notice(second.id)
	b.sweep()
	b.psp.pay(first) // the boleto comes through
	b.must(b.Sweep(ctx))
	b.must(b.Sweep(ctx))
	if list := v.attempts(); list[0].state != "paid" || !slices.Contains(b.psp.ended, "sub of "+first.id) {
		t.Errorf("the money for the first page is nowhere: %+v, ended %v", list, b.psp.ended)
	}
}

// Companies that came by contract have a tax number too.
func TestACompanyThatCameByContractIsHereAlready(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		quiet := func(context.Context, *database.Tx, int, ...event.Envelope) error { return nil }
		_, err := tenancy.New(b.db, quiet, b.clock).Create(ctx, tenancy.Draft{Name: "ACME", TaxID: "12ABC34501DE35"}, olga)
		b.must(err)
		v := b.arrives("ana@acme.example.com", b.basic)
		_, err = b.Pay(ctx, v.token, "", home)
		wants(t, err, "company_exists")
	})
}
