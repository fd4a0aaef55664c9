package acquisition

import (
	"errors"
	"flag"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/modules/subscription"
)

// Whatever visitor, provider and time do, in whatever order and however often:
// who paid has one company, one contract and one deal, and who did not has none.
func TestAnyOrderEndsInOneCompany(t *testing.T) {
	// Each check is a database of its own, which takes a while.
	if err := flag.Set("rapid.checks", "12"); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		b := lite(t)
		v := b.arrives("ana@acme.example.com", b.basic)
		history := []string{}
		for range rapid.IntRange(1, 25).Draw(rt, "moves") {
			move := rapid.SampledFrom([]string{
				"pay", "pay", "pay by pix", "again", "notice", "notice", "money", "decline", "expire", "boleto", "poll", "poll", "edit", "give up", "lost answers", "away", "back", "crm away", "sweep",
			}).Draw(rt, "move")
			history = append(history, move)
			v.does(rt, move)
		}
		b.psp.fail(nil)
		b.relations.fail(nil)
		b.psp.lose(0)
		for range 4 {
			b.clock.Advance(3 * time.Hour)
			b.sweep()
		}
		b.must(b.Sweep(ctx))
		a := v.row()
		made := len(b.companies())
		deals := 0
		if slices.Contains(b.relations.deals(), "deal "+a.ContractNo) {
			deals = 1
		}
		want := 0
		if v.hasPaid() {
			want = 1
		}
		if made != want || deals != want || (a.TenantID != "") != (want == 1) {
			rt.Fatalf("paid %d, %d companies, %d deals, state %s, after %v", want, made, deals, a.State, history)
		}
	})
}

// does makes one move; refusals that belong to it are no failures.
func (v *visitor) does(t *rapid.T, move string) {
	var err error
	pages := v.openPages()
	at := func() *paperCheckout {
		if len(pages) == 0 {
			return nil
		}
		return rapid.SampledFrom(pages).Draw(t, "page")
	}
	switch move {
	case "pay":
		_, err = v.Pay(ctx, v.token, "", home)
	case "pay by pix":
		_, err = v.Pay(ctx, v.token, "pix", home)
	case "again":
		_, err = v.Again(ctx, v.token, home)
	case "edit":
		_, err = v.Change(ctx, v.token, Patch{City: ptr("Campinas")})
	case "give up":
		_, err = v.GiveUp(ctx, v.token)
	case "notice":
		if page := at(); page != nil {
			v.notice(page.id)
		}
	case "money":
		if page := at(); page != nil && page.expired == 0 {
			v.psp.pay(page)
		}
	case "decline", "expire", "boleto":
		states := map[string]subscription.CheckoutStep{"decline": subscription.CheckoutFailed, "expire": subscription.CheckoutExpired, "boleto": subscription.CheckoutPending}
		if page := at(); page != nil && page.State != subscription.CheckoutPaid {
			v.psp.set(page, states[move])
		}
	case "poll":
		v.clock.Advance(20 * time.Minute)
		v.sweep()
	case "lost answers":
		v.psp.lose(3)
	case "away":
		v.psp.fail(&subscription.Trouble{Kind: subscription.Down, Message: "502"})
	case "back":
		v.psp.fail(nil)
	case "crm away":
		v.relations.fail(errors.New("the CRM is away"))
	case "sweep":
		err = v.Sweep(ctx)
		v.sweep()
	}
	if err != nil && !fault.Is(err, fault.Refused) && !fault.Is(err, fault.Conflict) {
		t.Fatalf("%s: %v", move, err)
	}
}

// openPages are all pages that the provider made for the visitor.
func (v *visitor) openPages() (list []*paperCheckout) {
	for _, t := range v.attempts() {
		if t.checkoutID != "" {
			list = append(list, v.psp.get(t.checkoutID))
		}
	}
	return list
}

func (v *visitor) hasPaid() bool {
	return slices.ContainsFunc(v.openPages(), func(c *paperCheckout) bool { return c.State == subscription.CheckoutPaid })
}
