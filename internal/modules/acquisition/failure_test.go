package acquisition

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/modules/crm"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/subscription"
	"prosa/internal/platform/database"
	"prosa/internal/platform/saga"
)

func TestANoticeMayComeBeforeTheBrowserTwiceOrNever(t *testing.T) {
	for name, tell := range map[string]func(v *visitor, page *paperCheckout){
		"before the browser is back": func(v *visitor, page *paperCheckout) { v.notice(page.id) },
		"twice":                      func(v *visitor, page *paperCheckout) { v.notice(page.id); v.sweep(); v.notice(page.id) },
		"never":                      func(v *visitor, _ *paperCheckout) { v.pass(16 * time.Minute) },
		"of somebody else's":         func(v *visitor, _ *paperCheckout) { v.notice("chk_of_others"); v.pass(16 * time.Minute) },
	} {
		t.Run(name, func(t *testing.T) {
			b := lite(t)
			v := b.arrives("ana@acme.example.com", b.basic)
			v.pays()
			page := v.page()
			b.psp.pay(page)
			tell(v, page)
			v.sweep()
			if j := v.looks(); j.State != Active || len(b.companies()) != 1 || len(b.relations.deals()) != 1 {
				t.Errorf("%s, %d companies, deals %v", j.State, len(b.companies()), b.relations.deals())
			}
		})
	}
}

func TestABoletoIsWaitedForInWorkingDays(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		// 3 November 2026 is a Tuesday; due on Friday 6th, it expires behind Wednesday 11th.
		b.coupon("DEZ", 1)
		v := b.arrives("ana@acme.example.com", b.basic)
		v.fills(Patch{Coupon: ptr("DEZ")})
		v.pays()
		page := v.page()
		page.PixCode, page.BoletoLine, page.DueMS, page.Method = "", "34191.79001", time.Date(2026, 11, 6, 23, 0, 0, 0, time.UTC).UnixMilli(), "boleto"
		b.psp.set(page, subscription.CheckoutPending)
		v.notice(page.id)
		v.sweep()
		j := v.looks()
		if j.State != Awaiting || j.Next != nextWaiting || j.Checkout.BoletoLine != "34191.79001" || j.Checkout.Method != "boleto" {
			t.Fatalf("%+v %+v", j, j.Checkout)
		}
		_, err := b.Change(ctx, v.token, Patch{City: ptr("Campinas")})
		wants(t, err, "journey_locked")
		b.clock.Advance(time.Date(2026, 11, 11, 20, 0, 0, 0, time.UTC).Sub(b.clock.Now()))
		b.sweep()
		if j := v.looks(); j.State != Awaiting {
			t.Fatalf("within the working days it is %s", j.State)
		}
		b.clock.Advance(8 * time.Hour)
		b.sweep()
		letter := b.letters.last(mail.SignupExpired)
		if j := v.looks(); j.State != Expired || j.Next != nextPayment || page.expired == 0 || !strings.HasPrefix(letter.Data["link"], "https://prosa.example.com/assinar/continuar#") {
			t.Fatalf("behind them: %+v, closed %d times, letter %+v", j, page.expired, letter)
		}
		// The coupon is free again, and the link of the letter opens the purchase elsewhere.
		other := b.arrives("bia@other.example.com", b.basic)
		if j := other.fills(Patch{Coupon: ptr("DEZ")}); j.Quote.CouponProblem != "" {
			t.Errorf("the coupon of an expired purchase: %s", j.Quote.CouponProblem)
		}
		_, opens, _ := strings.Cut(letter.Data["link"], "#")
		token, j, err := b.Resume(ctx, secretOf(opens))
		if err != nil || j.State != Expired {
			t.Fatalf("%+v, %v", j, err)
		}
		elsewhere := &visitor{bench: b, token: token}
		if _, err := b.Again(ctx, token, home); err != nil {
			t.Fatal(err)
		}
		b.sweep()
		second := elsewhere.page()
		if second == page || elsewhere.looks().State != Checkout || !slices.Contains(b.psp.calls, "checkout acq:"+j.ID+":checkout:2") {
			t.Fatalf("a new try: %+v, calls %v", elsewhere.looks(), b.psp.calls)
		}
		b.psp.pay(second)
		elsewhere.notice(second.id)
		b.sweep()
		if v.looks().State != Active {
			t.Errorf("paid by the second: %s", v.looks().State)
		}
	})
}

func TestMoneyThatComesLateCounts(t *testing.T) {
	for name, before := range map[string]func(v *visitor){
		"after the page expired": func(v *visitor) { v.psp.set(v.page(), subscription.CheckoutExpired); v.notice(v.page().id); v.sweep() },
		"after it was declined":  func(v *visitor) { v.psp.set(v.page(), subscription.CheckoutFailed); v.notice(v.page().id); v.sweep() },
		"after they went back":   func(v *visitor) { v.fills(Patch{VersionID: ptr(v.later.ID)}) },
		"after they gave up":     func(v *visitor) { _, err := v.GiveUp(ctx, v.token); v.must(err) },
	} {
		t.Run(name, func(t *testing.T) {
			b := lite(t)
			v := b.arrives("ana@acme.example.com", b.basic)
			v.pays()
			page := v.page()
			before(v)
			b.psp.pay(page)
			v.notice(page.id)
			v.pass(7 * time.Hour)
			sub, err := b.subscriptions.Of(ctx, v.row().TenantID)
			if err != nil || v.looks().State != Active || sub.VersionID != b.basic.ID || sub.Price != 10_000 {
				t.Errorf("%s: %+v, %v", v.looks().State, sub, err)
			}
		})
	}
}

func TestTwoPagesThatWerePaidMakeOneCompany(t *testing.T) {
	b := lite(t)
	v := b.arrives("ana@acme.example.com", b.basic)
	v.pays()
	first := v.page()
	_, err := b.Again(ctx, v.token, home)
	b.must(err)
	b.psp.pay(first) // while the second opens
	b.psp.set(first, subscription.CheckoutOpen)
	b.sweep()
	second := v.page()
	b.psp.pay(second)
	b.psp.pay(first)
	v.notice(second.id)
	v.notice(first.id)
	b.sweep()
	b.must(b.Sweep(ctx))
	if len(b.companies()) != 1 || len(b.relations.deals()) != 1 {
		t.Fatalf("%d companies, deals %v", len(b.companies()), b.relations.deals())
	}
	if list := v.attempts(); list[0].state != "paid" || list[1].state != "paid" || list[0].dropped == list[1].dropped {
		t.Errorf("it is not known which money goes back: %+v", list)
	}
}

func TestADeclinedCardIsTriedAgain(t *testing.T) {
	b := lite(t)
	v := b.arrives("ana@acme.example.com", b.basic)
	v.pays()
	page := v.page()
	b.psp.set(page, subscription.CheckoutFailed)
	v.notice(page.id)
	v.sweep()
	if j := v.looks(); j.State != Checkout || j.Checkout.Problem != "declined" || j.Next != nextPayment {
		t.Fatalf("%+v %+v", j, j.Checkout)
	}
	v.pays() // another click opens another page
	if again := v.page(); again == page || v.looks().Checkout.Problem != "" {
		t.Errorf("the page is the same: %+v", v.looks().Checkout)
	}
}

func TestTwoClicksAreOne(t *testing.T) {
	b := lite(t)
	v := b.arrives("ana@acme.example.com", b.basic)
	v.pays()
	page := v.page()
	v.pays()
	if v.page() != page || len(v.attempts()) != 1 {
		t.Errorf("%d pages", len(v.attempts()))
	}
	if _, err := b.Pay(ctx, v.token, "pix", home); err != nil {
		t.Fatal(err)
	}
	b.sweep()
	if again := v.page(); again == page || !slices.Equal(again.wish.Methods, []string{"pix"}) || page.expired != 1 {
		t.Errorf("another way to pay: %+v; the first was closed %d times", again.wish, page.expired)
	}
}

func TestWhatTheProviderRefusesIsMendedInTheForm(t *testing.T) {
	b := lite(t)
	v := b.arrives("ana@acme.example.com", b.basic)
	b.psp.fail(&subscription.Trouble{Kind: subscription.Refused, Field: "tax_id", Message: "the CNPJ is not active"})
	if j := v.pays(); j.State != Checkout || j.Checkout.Problem != "refused" || j.Checkout.State != "failed" {
		t.Fatalf("%+v %+v", j, j.Checkout)
	}
	if step := v.steps()[stepCustomer]; step.State != saga.Waiting || !strings.Contains(step.Problem, "not active") {
		t.Errorf("the step: %+v", step)
	}
	b.psp.fail(nil)
	if j := v.fills(Patch{TaxID: ptr("11.222.333/0001-81"), TaxIDConfirmed: ptr(true)}); j.State != Draft {
		t.Fatalf("%+v", j)
	}
	if j := v.pays(); j.Checkout.URL == "" || !strings.Contains(v.page().wish.CustomerID, "11222333000181") {
		t.Errorf("%+v", j.Checkout)
	}
}

func TestAProviderThatIsAwayOpensThePageWhenItIsBack(t *testing.T) {
	b := lite(t)
	v := b.arrives("ana@acme.example.com", b.basic)
	b.psp.fail(&subscription.Trouble{Kind: subscription.Down, Message: "502"})
	if j := v.pays(); j.State != Checkout || j.Checkout.Problem != "trouble" || j.Checkout.URL != "" {
		t.Fatalf("%+v %+v", j, j.Checkout)
	}
	for range 300 { // five hours
		b.clock.Advance(time.Minute)
		b.sweep()
	}
	b.psp.fail(nil)
	for range 3 {
		b.clock.Advance(2 * time.Minute)
		b.sweep()
	}
	if j := v.looks(); j.Checkout.URL == "" || j.Checkout.Problem != "" {
		t.Errorf("back: %+v, step %+v", j.Checkout, v.steps()[stepCustomer])
	}
}

func TestAnswersThatAreLostAreAskedForWithTheSameKey(t *testing.T) {
	b := lite(t)
	v := b.arrives("ana@acme.example.com", b.basic)
	b.psp.lost = 2
	v.pays()
	for range 10 {
		b.clock.Advance(time.Minute)
		b.sweep()
	}
	if len(b.psp.checkouts) != 1 || len(b.psp.keys) != 2 || v.looks().Checkout.URL == "" {
		t.Errorf("%d checkouts, keys %v", len(b.psp.checkouts), b.psp.keys)
	}
}

func TestACompanyThatIsHereAlready(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		first := b.arrives("ana@acme.example.com", b.trial)
		first.pays()
		b.clock.Advance(2 * time.Hour)
		// A stranger who types the number learns nothing before an e-mail is proven.
		v := b.begins(b.trial, "")
		if j := v.fills(acme("bia@acme.example.com")); len(j.Problems) != 0 {
			t.Errorf("told to a stranger: %+v", j.Problems)
		}
		v.proves()
		v.agrees()
		if j := v.looks(); len(j.Problems) != 1 || j.Problems[0].Code != "company_exists" || j.Next != nextCompany {
			t.Errorf("problems: %+v, next %s", j.Problems, j.Next)
		}
		_, err := b.Pay(ctx, v.token, "", home)
		wants(t, err, "company_exists")
		v.fills(Patch{SecondContract: ptr(true)})
		v.pays()
		if len(b.companies()) != 2 || v.row().ContractNo == first.row().ContractNo {
			t.Errorf("%d companies", len(b.companies()))
		}
	})
}

func TestAPlanThatIsWithdrawnIsHonouredForAMonth(t *testing.T) {
	b := lite(t)
	v := b.arrives("ana@acme.example.com", b.basic)
	_, err := b.plans.Withdraw(ctx, b.basic.ID, olga)
	b.must(err)
	b.clock.Advance(29 * 24 * time.Hour)
	if j := v.looks(); len(j.Problems) != 0 || j.Quote == nil {
		t.Errorf("on day 29: %+v", j)
	}
	b.must(b.AskResume(ctx, "ana@acme.example.com", home))
	_, opens, _ := strings.Cut(b.letters.last(mail.SignupResume).Data["link"], "#")
	v.token, _, err = b.Resume(ctx, secretOf(opens))
	b.must(err)
	b.clock.Advance(25 * time.Hour)
	late := v.looks()
	if len(late.Problems) != 1 || late.Problems[0].Code != "plan_withdrawn" || late.Next != nextPlan {
		t.Errorf("on day 30: %+v", late)
	}
	_, err = b.Pay(ctx, v.token, "", home)
	wants(t, err, "plan_withdrawn")
	if j := v.fills(Patch{VersionID: ptr(b.trial.ID)}); j.Next != nextPayment {
		t.Errorf("another plan: %+v", j)
	}
}

func TestACouponThatRanOutIsToldBeforeThePayment(t *testing.T) {
	b := lite(t)
	b.coupon("UM", 1)
	first, second := b.arrives("ana@acme.example.com", b.basic), b.arrives("bia@acme.example.com", b.basic)
	first.fills(Patch{Coupon: ptr("um")})
	if j := second.fills(Patch{Coupon: ptr("UM")}); j.Quote.Discount != 1000 {
		t.Fatalf("%+v", j.Quote)
	}
	if j := first.pays(); j.Quote.Discount != 1000 || first.page().wish.Discount != 1000 || first.page().wish.DiscountCycles != 3 {
		t.Fatalf("%+v", j.Quote)
	}
	_, err := b.Pay(ctx, second.token, "", home)
	wants(t, err, "coupon_exhausted")
	if j := second.looks(); j.Quote.CouponProblem != "coupon_exhausted" || j.Quote.First != 10_000 {
		t.Errorf("%+v", j.Quote)
	}
	second.fills(Patch{Coupon: ptr("")})
	second.pays()
	// Who goes back to the form gives it back, and who was first may take it again.
	first.fills(Patch{City: ptr("Campinas")})
	first.pays()
	b.psp.pay(first.page())
	first.notice(first.page().id)
	b.sweep()
	if first.looks().State != Active {
		t.Error(first.looks().State)
	}
}

// Of 50 who buy at once with the last coupon, one gets it.
func TestTheLastCouponGoesToOne(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.coupon("ULTIMO", 1)
		visitors := make([]*visitor, 50)
		for i := range visitors {
			v := b.begins(b.basic, "ULTIMO")
			v.fills(acme("ana" + string(rune('a'+i%26)) + string(rune('a'+i/26)) + "@acme.example.com"))
			b.must(b.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
				a := v.looksIn(tx)
				a.EmailProvenMS = tx.Now()
				return save(ctx, tx, &a)
			}))
			v.agrees()
			visitors[i] = v
			b.clock.Advance(2 * time.Minute)
		}
		var all sync.WaitGroup
		errs := make([]error, len(visitors))
		for i, v := range visitors {
			all.Go(func() { _, errs[i] = b.Pay(ctx, v.token, "", home) })
		}
		all.Wait()
		got := 0
		for _, err := range errs {
			if err == nil {
				got++
			} else if reasonOf(err) != "coupon_exhausted" {
				t.Error(err)
			}
		}
		if got != 1 {
			t.Errorf("%d got the last coupon", got)
		}
	})
}

func TestWhatLedNowhereIsForgotten(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		draft, paid := b.arrives("ana@acme.example.com", b.basic), b.arrives("bia@acme.example.com", b.trial)
		draft.pays()
		b.psp.set(draft.page(), subscription.CheckoutExpired)
		draft.notice(draft.page().id)
		paid.pays()
		paidID := paid.row().ID
		b.clock.Advance(29 * 24 * time.Hour)
		b.must(b.Sweep(ctx))
		if draft.looks().State != Expired {
			t.Fatal("forgotten too early")
		}
		b.clock.Advance(2 * 24 * time.Hour)
		b.must(b.Sweep(ctx))
		_, err := b.Look(ctx, draft.token)
		wants(t, err, "no_journey")
		if url, err := b.Reactivate(ctx, paidID, olga.Actor, ""); err != nil || url == "" || len(b.companies()) != 1 {
			t.Errorf("what was bought is forgotten: %v", err)
		}
	})
}

// A transaction that makes the company and fails leaves nothing of it.
func TestACompanyIsMadeWholeOrNotAtAll(t *testing.T) {
	b := lite(t)
	v := b.arrives("ana@acme.example.com", b.trial)
	broken := &brokenInviter{Inviter: b.identity, failures: 2}
	b.with.Inviter = broken
	_, err := b.Pay(ctx, v.token, "", home)
	b.must(err)
	b.sweep()
	if len(b.companies()) != 0 || v.looks().State != Paid {
		t.Fatalf("%d companies, %s", len(b.companies()), v.looks().State)
	}
	for range 5 {
		b.clock.Advance(10 * time.Second)
		b.sweep()
	}
	if len(b.companies()) != 1 || v.looks().State != Active || broken.failures != 0 {
		t.Errorf("%d companies, %s", len(b.companies()), v.looks().State)
	}
}

type brokenInviter struct {
	Inviter
	failures int
}

func (i *brokenInviter) InviteFirst(ctx context.Context, tx *database.Tx, f first) (invitation, error) {
	if i.failures > 0 {
		i.failures--
		return invitation{}, errors.New("the invitation can't be written")
	}
	return i.Inviter.InviteFirst(ctx, tx, f)
}

// A week without the CRM and without mail: the company is there at once, and
// afterwards its deal once.
func TestAWeekWithoutTheCRM(t *testing.T) {
	b := lite(t)
	b.relations.fail(&crm.Trouble{Kind: crm.Down, Message: "503"})
	var bought []*visitor
	for i, number := range []string{"11.222.333/0001-81", "11.444.777/0001-61", "00.000.000/0001-91"} {
		v := b.begins(b.trial, "")
		p := acme("ana" + string(rune('a'+i)) + "@acme.example.com")
		p.TaxID = &number
		v.fills(p)
		v.proves()
		v.agrees()
		v.pays()
		if v.looks().State != Active {
			t.Fatalf("it waits for the CRM: %s", v.looks().State)
		}
		bought = append(bought, v)
		b.clock.Advance(2 * time.Hour)
	}
	for range 7 * 12 {
		b.clock.Advance(2 * time.Hour)
		b.sweep()
	}
	if len(b.relations.deals()) != 0 {
		t.Fatal("the CRM was not away")
	}
	for _, v := range bought {
		if step := v.steps()[stepAccount]; step.State == saga.Attention || step.State == saga.Skipped {
			t.Errorf("given up after a week: %+v", step)
		}
	}
	b.relations.fail(nil)
	for range 4 {
		b.clock.Advance(30 * time.Minute)
		b.sweep()
	}
	if deals := b.relations.deals(); len(deals) != 3 {
		t.Errorf("deals: %v", deals)
	}
	for _, v := range bought {
		if step := v.steps()[stepDeal]; step.State != saga.Done {
			t.Errorf("%+v", step)
		}
	}
}
