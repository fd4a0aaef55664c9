package stripe

import (
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/money"
	"prosa/internal/modules/subscription"
	simulator "prosa/internal/sandbox/stripe"
)

func amounts(r subscription.Remote) (list []money.Amount) {
	for _, bill := range r.Bills {
		list = append(list, bill.Amount)
	}
	return list
}

func TestALifeByCard(t *testing.T) {
	w := start(t)
	started := w.open(func(c *subscription.Checkout) { c.Discount, c.DiscountCycles = 5000, 2 })
	if !strings.Contains(started.URL, "/c/pay/"+started.CheckoutID) || started.ExpiresMS <= time.Now().UnixMilli() {
		t.Fatalf("started %+v", started)
	}
	if state := w.look(started.CheckoutID); state.State != subscription.CheckoutOpen || state.SubscriptionID != "" || state.CustomerID == "" {
		t.Fatalf("before anything: %+v", state)
	}
	w.choose(started.CheckoutID, card)
	if n := w.await("checkout.session.completed"); n.CheckoutID != started.CheckoutID || n.SubscriptionID == "" || n.EventID == "" {
		t.Fatalf("notice %+v", n)
	}
	state := w.look(started.CheckoutID)
	if state.State != subscription.CheckoutPaid || state.Paid != 14900 || state.Method != card || state.SubscriptionID == "" || state.AtMS == 0 {
		t.Fatalf("after paying: %+v", state)
	}
	remote := w.remote(state.SubscriptionID)
	if remote.State != subscription.RemoteActive || remote.Interval != subscription.Monthly || remote.Method != card || remote.Brand != "visa" || remote.Last4 != "4242" || remote.CustomerID != state.CustomerID {
		t.Fatalf("subscription %+v", remote)
	}
	bill := remote.Bills[0]
	if bill.State != subscription.BillPaid || bill.Paid != 14900 || bill.PaidMS == 0 || bill.Currency != money.BRL || bill.PeriodStartMS != remote.PeriodStartMS || bill.PeriodEndMS != remote.PeriodEndMS || bill.URL == "" {
		t.Fatalf("bill %+v", bill)
	}
	// Two intervals have the discount, the third has none.
	w.passes(62)
	w.await("invoice.paid")
	remote = w.remote(state.SubscriptionID)
	if got := amounts(remote); !slices.Equal(got, []money.Amount{19900, 14900, 14900}) {
		t.Fatalf("bills %v", got)
	}
	if remote.Bills[0].PeriodStartMS != remote.Bills[1].PeriodEndMS {
		t.Fatalf("the periods do not join: %+v", remote.Bills)
	}
	if err := w.CancelNow(w.ctx, "end", state.SubscriptionID); err != nil {
		t.Fatal(err)
	}
	if err := w.CancelNow(w.ctx, "end", state.SubscriptionID); err != nil {
		t.Fatalf("ended twice: %v", err)
	}
	if n := w.await("customer.subscription.deleted"); n.SubscriptionID != state.SubscriptionID {
		t.Fatalf("notice %+v", n)
	}
	if remote := w.remote(state.SubscriptionID); remote.State != subscription.RemoteEnded {
		t.Fatalf("after the end: %+v", remote)
	}
}

func TestOneCustomerAKey(t *testing.T) {
	w := start(t)
	first := must[string](t)(w.EnsureCustomer(w.ctx, "acq:1:customer", payer()))
	mended := payer()
	mended.Name, mended.Address.Number = "Padaria Aurora do Cambuí Ltda", "101"
	if again := must[string](t)(w.EnsureCustomer(w.ctx, "acq:1:customer", mended)); again != first {
		t.Errorf("with mended data %s, want %s", again, first)
	}
	if other := must[string](t)(w.EnsureCustomer(w.ctx, "acq:2:customer", payer())); other == first {
		t.Error("another key found the same customer")
	}
	wrong := payer()
	wrong.TaxID, wrong.Email = "52998224724", "b@aurora.example"
	_, err := w.EnsureCustomer(w.ctx, "acq:3:customer", wrong)
	if trouble := troubled(t, err, subscription.Refused); trouble.Field != "tax_id" {
		t.Errorf("the field is %q", trouble.Field)
	}
	wrong = payer()
	wrong.Email = "no address"
	_, err = w.EnsureCustomer(w.ctx, "acq:4:customer", wrong)
	if trouble := troubled(t, err, subscription.Refused); trouble.Field != "email" {
		t.Errorf("the field is %q", trouble.Field)
	}
	// A CNPJ with letters that the vendor does not know keeps nobody from paying.
	wrong = payer()
	wrong.TaxID, wrong.Email = "12ABC34501DE36", "c@aurora.example"
	must[string](t)(w.EnsureCustomer(w.ctx, "acq:5:customer", wrong))
}

func TestPixAwaitedThenPaid(t *testing.T) {
	w := start(t)
	due := time.Now().Add(6 * time.Hour)
	started := w.open(func(c *subscription.Checkout) { c.DueMS, c.Methods = due.UnixMilli(), []string{pix, card} })
	w.choose(started.CheckoutID, pix)
	w.await("checkout.session.completed")
	state := w.look(started.CheckoutID)
	if state.State != subscription.CheckoutPending || state.Method != pix || !strings.HasPrefix(state.PixCode, "000201") || state.BoletoLine != "" {
		t.Fatalf("awaited: %+v", state)
	}
	if off := time.UnixMilli(state.DueMS).Sub(due).Abs(); off > time.Minute {
		t.Errorf("the code is good until %v, want %v", time.UnixMilli(state.DueMS), due)
	}
	remote := w.remote(state.SubscriptionID)
	if remote.State != subscription.RemotePending || remote.Bills[0].State != subscription.BillPending || remote.Bills[0].PixCode != state.PixCode || remote.Bills[0].URL == "" {
		t.Fatalf("subscription while awaited: %+v", remote)
	}
	w.control("pay", simulator.Pay{Code: state.PixCode})
	if n := w.await("checkout.session.async_payment_succeeded"); n.CheckoutID != started.CheckoutID {
		t.Fatalf("notice %+v", n)
	}
	if state = w.look(started.CheckoutID); state.State != subscription.CheckoutPaid || state.Paid != 19900 || state.Method != pix {
		t.Fatalf("paid: %+v", state)
	}
	if remote := w.remote(state.SubscriptionID); remote.State != subscription.RemoteActive || remote.Method != pix || remote.Bills[0].State != subscription.BillPaid || remote.Bills[0].PixCode != "" {
		t.Fatalf("subscription paid: %+v", remote)
	}
	// The renewal gives out a new code, and the subscription goes on meanwhile.
	w.passes(31)
	remote = w.remote(state.SubscriptionID)
	if remote.State != subscription.RemotePastDue && remote.Bills[0].State != subscription.BillPending {
		t.Fatalf("renewal by Pix: %+v", remote)
	}
}

func TestBoletoThatNobodyPays(t *testing.T) {
	w := start(t)
	started := w.open(func(c *subscription.Checkout) { c.DueMS = time.Now().Add(5 * 24 * time.Hour).UnixMilli() })
	w.choose(started.CheckoutID, boleto)
	state := w.look(started.CheckoutID)
	if state.State != subscription.CheckoutPending || state.Method != boleto || len(state.BoletoLine) != 47 || state.BoletoURL == "" || state.PixCode != "" {
		t.Fatalf("awaited: %+v", state)
	}
	w.passes(4)
	if state := w.look(started.CheckoutID); state.State != subscription.CheckoutPending {
		t.Fatalf("a day before: %+v", state)
	}
	w.passes(2)
	w.await("checkout.session.async_payment_failed")
	if state = w.look(started.CheckoutID); state.State != subscription.CheckoutExpired {
		t.Fatalf("after its time: %+v", state)
	}
	if remote := w.remote(state.SubscriptionID); remote.State != subscription.RemoteEnded || remote.Bills[0].State != subscription.BillVoid {
		t.Fatalf("subscription: %+v", remote)
	}
}

func TestDeclinedThenPaid(t *testing.T) {
	w := start(t)
	started := w.open(nil)
	w.choose(started.CheckoutID, "declined")
	if n := w.await("payment_intent.payment_failed"); !strings.HasPrefix(n.BillID, "pi_") {
		t.Fatalf("notice %+v", n)
	}
	if state := w.look(started.CheckoutID); state.State != subscription.CheckoutFailed {
		t.Fatalf("declined: %+v", state)
	}
	w.choose(started.CheckoutID, card)
	if state := w.look(started.CheckoutID); state.State != subscription.CheckoutPaid || state.Paid != 19900 {
		t.Fatalf("paid: %+v", state)
	}
}

func TestTrial(t *testing.T) {
	w := start(t)
	started := w.open(func(c *subscription.Checkout) { c.TrialDays, c.Discount, c.DiscountCycles = 14, 1000, 1 })
	w.choose(started.CheckoutID, card)
	state := w.look(started.CheckoutID)
	if state.State != subscription.CheckoutPaid || state.Paid != 0 || state.Method != card {
		t.Fatalf("trial begun: %+v", state)
	}
	remote := w.remote(state.SubscriptionID)
	if remote.State != subscription.RemoteTrialing || len(remote.Bills) != 0 || remote.TrialEndMS != remote.PeriodEndMS || remote.TrialEndMS < time.Now().Add(13*24*time.Hour).UnixMilli() {
		t.Fatalf("in the trial: %+v", remote)
	}
	w.passes(15)
	remote = w.remote(state.SubscriptionID)
	if remote.State != subscription.RemoteActive || !slices.Equal(amounts(remote), []money.Amount{18900}) {
		t.Fatalf("after the trial: %+v", remote)
	}
	w.passes(31)
	if remote = w.remote(state.SubscriptionID); !slices.Equal(amounts(remote), []money.Amount{19900, 18900}) {
		t.Fatalf("the discount went on: %v", amounts(remote))
	}
}

func TestRenewalThatFailsAndIsPaid(t *testing.T) {
	w := start(t)
	before := w.subscribe(nil)
	w.control("fail", simulator.Fail{Subscription: before.SubscriptionID, Times: 1})
	w.passes(32)
	if n := w.await("invoice.payment_failed"); n.SubscriptionID != before.SubscriptionID || n.BillID == "" {
		t.Fatalf("notice %+v", n)
	}
	remote := w.remote(before.SubscriptionID)
	if remote.State != subscription.RemotePastDue || remote.Bills[0].State != subscription.BillFailed || remote.Bills[0].Attempts != 1 || !strings.Contains(remote.Bills[0].Problem, "insufficient_funds") {
		t.Fatalf("failed: %+v", remote)
	}
	w.passes(4) // the vendor tries again
	if remote = w.remote(before.SubscriptionID); remote.State != subscription.RemoteActive || remote.Bills[0].State != subscription.BillPaid || remote.Bills[0].Attempts != 2 {
		t.Fatalf("tried again: %+v", remote)
	}
	// A card without funds at all, and then the payer pays on the bill's page.
	w.control("fail", simulator.Fail{Subscription: before.SubscriptionID, Times: -1})
	w.passes(30)
	remote = w.remote(before.SubscriptionID)
	if remote.State != subscription.RemotePastDue || remote.Bills[0].State != subscription.BillFailed {
		t.Fatalf("unpaid: %+v", remote)
	}
	w.control("pay", simulator.Pay{Invoice: remote.Bills[0].BillID, Card: true})
	if remote = w.remote(before.SubscriptionID); remote.State != subscription.RemoteActive || remote.Bills[0].State != subscription.BillPaid {
		t.Fatalf("paid by hand: %+v", remote)
	}
}

func upgrade(r subscription.Remote) subscription.Change {
	return subscription.Change{
		SubscriptionID: r.SubscriptionID, CustomerID: r.CustomerID, Plan: "Escala", PlanRef: "plv_2", Interval: subscription.Monthly, Price: 39900, Currency: money.BRL,
		Due: 6677, DueText: "Diferença de 10 dias",
	}
}

func TestUpgrade(t *testing.T) {
	w := start(t)
	before := w.subscribe(nil)
	change := upgrade(before)
	if due := must[money.Amount](t)(w.PreviewChange(w.ctx, change)); due != change.Due {
		t.Fatalf("previewed %d", due)
	}
	for range 3 { // the same wish
		if err := w.ApplyChange(w.ctx, "chg:1", change); err != nil {
			t.Fatal(err)
		}
	}
	remote := w.remote(before.SubscriptionID)
	if got := amounts(remote); !slices.Equal(got, []money.Amount{6677, 19900}) || remote.Bills[0].State != subscription.BillPaid {
		t.Fatalf("bills %v", got)
	}
	if remote.PeriodEndMS != before.PeriodEndMS {
		t.Error("the period moved")
	}
	w.passes(32)
	if got := amounts(w.remote(before.SubscriptionID)); !slices.Equal(got, []money.Amount{39900, 6677, 19900}) {
		t.Fatalf("after the renewal %v", got)
	}
}

func TestUpgradeThatTheBankRefuses(t *testing.T) {
	w := start(t)
	before := w.subscribe(nil)
	for name, change := range map[string]subscription.Change{
		"same interval": upgrade(before),
		"other interval": func() subscription.Change {
			c := upgrade(before)
			c.Interval, c.Price, c.Due = subscription.Annual, 399000, 380000
			return c
		}(),
	} {
		w.control("fail", simulator.Fail{Subscription: before.SubscriptionID, Times: 1})
		if trouble := troubled(t, w.ApplyChange(w.ctx, "refused:"+name, change), subscription.Refused); trouble.Field != "method" {
			t.Errorf("%s: field %q", name, trouble.Field)
		}
		w.control("fail", simulator.Fail{Subscription: before.SubscriptionID, Times: 0})
		// The same wish stays refused; another one is granted.
		troubled(t, w.ApplyChange(w.ctx, "refused:"+name, change), subscription.Refused)
		remote := w.remote(before.SubscriptionID)
		if remote.Interval != subscription.Monthly || remote.PeriodEndMS != before.PeriodEndMS || slices.ContainsFunc(remote.Bills, func(b subscription.Bill) bool {
			return b.State == subscription.BillOpen || b.State == subscription.BillFailed
		}) {
			t.Errorf("%s: something was changed: %+v", name, remote)
		}
	}
	if err := w.ApplyChange(w.ctx, "granted", upgrade(before)); err != nil {
		t.Fatal(err)
	}
	w.passes(32)
	if got := w.remote(before.SubscriptionID).Bills[0].Amount; got != 39900 {
		t.Errorf("the next bill is of %d: something of the refused ones was left", got)
	}
}

func TestChangeToAnotherInterval(t *testing.T) {
	w := start(t)
	before := w.subscribe(nil)
	w.passes(10)
	change := upgrade(before)
	change.Interval, change.Price, change.Due, change.NewPeriodMS = subscription.Annual, 399000, 385733, time.Now().UnixMilli()
	for range 2 {
		if err := w.ApplyChange(w.ctx, "chg:year", change); err != nil {
			t.Fatal(err)
		}
	}
	remote := w.remote(before.SubscriptionID)
	if got := amounts(remote); !slices.Equal(got, []money.Amount{385733, 19900}) {
		t.Fatalf("bills %v", got)
	}
	if remote.Interval != subscription.Annual || remote.PeriodEndMS-remote.PeriodStartMS < 365*dayMS || remote.Bills[0].PeriodEndMS != remote.PeriodEndMS {
		t.Fatalf("period: %+v", remote)
	}
	w.passes(366)
	if got := amounts(w.remote(before.SubscriptionID)); !slices.Equal(got, []money.Amount{399000, 385733, 19900}) {
		t.Fatalf("a year later %v", got)
	}
}

func TestChangeForPayersByPix(t *testing.T) {
	w := start(t)
	started := w.open(nil)
	w.choose(started.CheckoutID, pix)
	w.control("pay", simulator.Pay{Session: started.CheckoutID})
	before := w.remote(w.look(started.CheckoutID).SubscriptionID)
	if err := w.ApplyChange(w.ctx, "chg:pix", upgrade(before)); err != nil {
		t.Fatal(err)
	}
	remote := w.remote(before.SubscriptionID)
	if bill := remote.Bills[0]; bill.Amount != 6677 || bill.State != subscription.BillPending || bill.PixCode == "" || remote.State != subscription.RemoteActive {
		t.Fatalf("the difference is awaited: %+v", remote)
	}
	if err := w.ApplyChange(w.ctx, "chg:pix", upgrade(before)); err != nil {
		t.Fatal(err)
	}
	if got := w.remote(before.SubscriptionID); len(got.Bills) != 2 {
		t.Fatalf("billed again: %+v", got.Bills)
	}
}

func TestDowngradeBillsNothing(t *testing.T) {
	w := start(t)
	before := w.subscribe(nil)
	change := upgrade(before)
	change.Price, change.Due = 9900, 0
	if due := must[money.Amount](t)(w.PreviewChange(w.ctx, change)); due != 0 {
		t.Errorf("previewed %d", due)
	}
	if err := w.ApplyChange(w.ctx, "chg:down", change); err != nil {
		t.Fatal(err)
	}
	w.passes(32)
	if got := amounts(w.remote(before.SubscriptionID)); !slices.Equal(got, []money.Amount{9900, 19900}) {
		t.Fatalf("bills %v", got)
	}
}

func TestCancelAtTheEnd(t *testing.T) {
	w := start(t)
	before := w.subscribe(nil)
	for _, ends := range []bool{true, false, true} {
		key := "cancel:" + map[bool]string{true: "yes", false: "no"}[ends] + time.Now().String()
		if err := w.CancelAtEnd(w.ctx, key, before.SubscriptionID, ends); err != nil {
			t.Fatal(err)
		}
		if remote := w.remote(before.SubscriptionID); remote.EndsAtPeriod != ends || remote.State != subscription.RemoteActive {
			t.Fatalf("ends=%v: %+v", ends, remote)
		}
	}
	w.passes(32)
	if remote := w.remote(before.SubscriptionID); remote.State != subscription.RemoteEnded || len(remote.Bills) != 1 {
		t.Fatalf("after the period: %+v", remote)
	}
}

func TestRefund(t *testing.T) {
	w := start(t)
	before := w.subscribe(nil)
	billID := before.Bills[0].BillID
	for range 2 { // once, though asked twice
		if err := w.Refund(w.ctx, "refund:1", billID, 5000); err != nil {
			t.Fatal(err)
		}
	}
	if bill := w.remote(before.SubscriptionID).Bills[0]; bill.Refunded != 5000 || bill.State != subscription.BillPaid {
		t.Fatalf("a part: %+v", bill)
	}
	if trouble := troubled(t, w.Refund(w.ctx, "refund:2", billID, 15000), subscription.Refused); trouble.Field != "amount" {
		t.Errorf("more than there is: %+v", trouble)
	}
	if err := w.Refund(w.ctx, "refund:3", billID, 14900); err != nil {
		t.Fatal(err)
	}
	if bill := w.remote(before.SubscriptionID).Bills[0]; bill.Refunded != 19900 || bill.State != subscription.BillRefunded {
		t.Fatalf("all: %+v", bill)
	}
	n := w.await("charge.refunded")
	if traced := must[subscription.Notice](t)(w.Trace(w.ctx, n)); traced.BillID != billID || traced.SubscriptionID != before.SubscriptionID {
		t.Fatalf("traced %+v", traced)
	}
	if trouble := troubled(t, w.Refund(w.ctx, "refund:4", "in_nothing", 100), subscription.Refused); trouble.Message == "" {
		t.Error("nothing is said")
	}
}

func TestDispute(t *testing.T) {
	w := start(t)
	before := w.subscribe(nil)
	billID := before.Bills[0].BillID
	w.control("dispute", simulator.Dispute{Invoice: billID})
	n := w.await("charge.dispute.created")
	if traced := must[subscription.Notice](t)(w.Trace(w.ctx, n)); traced.BillID != billID || traced.SubscriptionID != before.SubscriptionID || traced.EventID != n.EventID {
		t.Fatalf("traced %+v to %+v", n, traced)
	}
	if bill := w.remote(before.SubscriptionID).Bills[0]; bill.State != subscription.BillDisputed {
		t.Fatalf("disputed: %+v", bill)
	}
	troubled(t, w.Refund(w.ctx, "refund", billID, 100), subscription.Refused)
	w.control("dispute", simulator.Dispute{Invoice: billID, Outcome: "won"})
	if bill := w.remote(before.SubscriptionID).Bills[0]; bill.State != subscription.BillPaid {
		t.Fatalf("won: %+v", bill)
	}
	lost := subscription.Notice{EventID: "evt_1", BillID: "pi_of-nobody"}
	if traced := must[subscription.Notice](t)(w.Trace(w.ctx, lost)); traced != lost {
		t.Errorf("a payment of nobody was traced to %+v", traced)
	}
}

func TestExpireCheckout(t *testing.T) {
	w := start(t)
	started := w.open(nil)
	for range 2 {
		if err := w.ExpireCheckout(w.ctx, started.CheckoutID); err != nil {
			t.Fatal(err)
		}
	}
	if state := w.look(started.CheckoutID); state.State != subscription.CheckoutExpired {
		t.Fatalf("closed: %+v", state)
	}
	// One whose boleto is out can't be paid any more either.
	wish := w.wish(w.look(started.CheckoutID).CustomerID)
	second := must[subscription.Started](t)(w.StartCheckout(w.ctx, "acq:1:checkout:2", wish))
	w.choose(second.CheckoutID, boleto)
	for range 2 {
		if err := w.ExpireCheckout(w.ctx, second.CheckoutID); err != nil {
			t.Fatal(err)
		}
	}
	state := w.look(second.CheckoutID)
	if remote := w.remote(state.SubscriptionID); state.State != subscription.CheckoutExpired || remote.State != subscription.RemoteEnded || remote.Bills[0].State != subscription.BillVoid {
		t.Fatalf("closed with its boleto: %+v, %+v", state, remote)
	}
	// One that is paid stays so.
	third := must[subscription.Started](t)(w.StartCheckout(w.ctx, "acq:1:checkout:3", wish))
	w.choose(third.CheckoutID, card)
	if err := w.ExpireCheckout(w.ctx, third.CheckoutID); err != nil {
		t.Fatal(err)
	}
	if state := w.look(third.CheckoutID); state.State != subscription.CheckoutPaid {
		t.Fatalf("a paid one: %+v", state)
	}
	// A page that nobody came to closes by itself.
	fourth := must[subscription.Started](t)(w.StartCheckout(w.ctx, "acq:1:checkout:4", wish))
	w.passes(2)
	if state := w.look(fourth.CheckoutID); state.State != subscription.CheckoutExpired {
		t.Fatalf("left alone: %+v", state)
	}
}

func TestMethodPage(t *testing.T) {
	w := start(t)
	before := w.subscribe(nil)
	page := must[string](t)(w.MethodPage(w.ctx, before.CustomerID, "https://prosa.example.com/plano"))
	if !strings.HasPrefix(page, w.base+"/p/session/") {
		t.Fatalf("the page is %s", page)
	}
	_, err := w.MethodPage(w.ctx, "cus_nobody", "https://prosa.example.com/plano")
	troubled(t, err, subscription.Refused)
}
