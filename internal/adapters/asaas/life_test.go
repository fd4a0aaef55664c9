package asaas_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/adapters/asaas"
	"prosa/internal/base/br"
	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/base/secret"
	"prosa/internal/modules/subscription"
	"prosa/internal/platform/httpclient"
	fake "prosa/internal/sandbox/asaas"
)

var ctx = context.Background()

const (
	apiKey    = "$aact_key-of-the-account"
	hookToken = "whtok-0123456789-0123456789"
)

// world is the adapter and the simulator, of one clock, and our webhook.
type world struct {
	*asaas.Provider
	t       *testing.T
	clock   *clock.Manual
	fake    *fake.Server
	url     string
	notices chan []subscription.Notice
}

func open(t *testing.T) *world {
	t.Helper()
	// Noon of a day in Brasília.
	w := &world{t: t, clock: clock.NewManual(time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)), notices: make(chan []subscription.Notice, 256)}
	server := httptest.NewUnstartedServer(nil)
	w.url = "http://" + server.Listener.Addr().String()
	var err error
	if w.fake, err = fake.New(fake.Config{PublicURL: w.url, Clock: w.clock, WebhookGaps: []time.Duration{time.Millisecond}}); err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = w.fake
	server.Start()
	t.Cleanup(server.Close)
	cfg := asaas.Config{BaseURL: w.url, Key: secret.New(apiKey), WebhookToken: secret.New(hookToken), Timeout: 5 * time.Second}
	client, err := httpclient.Provider(cfg.Limits(), cfg.Bases()...)
	if err != nil {
		t.Fatal(err)
	}
	w.Provider = asaas.New(cfg, client, w.clock)
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		heard, err := w.Verify(r.Header, body)
		if err != nil {
			t.Errorf("a callback of the vendor: %v", err)
		}
		w.notices <- heard
	}))
	t.Cleanup(hook.Close)
	if _, err := w.fake.PutAccount(fake.Account{Name: "Prosa", Key: apiKey, WebhookURL: hook.URL, Token: hookToken}); err != nil {
		t.Fatal(err)
	}
	run, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- w.fake.Run(run) }()
	t.Cleanup(func() { cancel(); <-ended })
	return w
}

// hear waits for a callback of the kind.
func (w *world) hear(kind string) subscription.Notice {
	w.t.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case heard := <-w.notices:
			for _, n := range heard {
				if n.Kind == kind {
					return n
				}
			}
		case <-limit:
			w.t.Fatalf("no callback %s came", kind)
		}
	}
}

func (w *world) rule(rule map[string]any) {
	w.t.Helper()
	raw, _ := json.Marshal(rule)
	answer, err := http.Post(w.url+"/_sandbox/faults", "application/json", bytes.NewReader(raw))
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		w.t.Fatalf("the rule is answered by %d", answer.StatusCode)
	}
}

func (w *world) customer() string {
	w.t.Helper()
	id, err := w.EnsureCustomer(ctx, "acq:1:customer", aurora())
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

func aurora() subscription.Customer {
	return subscription.Customer{
		Reference: "acq_1", Name: "Aurora Comércio Ltda", Email: "bia@example.com", TaxID: "12ABC34501DE35", Phone: "+5519999990000",
		Address: subscription.Address{ZIP: "13010000", Street: "Rua A", Number: "10", City: "Campinas", State: "SP"},
	}
}

func (w *world) wish() subscription.Checkout {
	return subscription.Checkout{
		Reference: "acq_1", CustomerID: w.customer(), Plan: "Profissional", PlanRef: "plv_1", Interval: subscription.Monthly, Price: 19900, Currency: money.BRL,
		DueMS: w.clock.Now().Add(72 * time.Hour).UnixMilli(), SuccessURL: "http://prosa.example.com/assinar/retorno",
	}
}

func (w *world) start(key string, c subscription.Checkout) subscription.Started {
	w.t.Helper()
	started, err := w.StartCheckout(ctx, key, c)
	if err != nil {
		w.t.Fatal(err)
	}
	return started
}

func (w *world) look(id string) subscription.Remote {
	w.t.Helper()
	remote, err := w.LookSubscription(ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return remote
}

func (w *world) checkout(id string) subscription.CheckoutState {
	w.t.Helper()
	state, err := w.LookCheckout(ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return state
}

func (w *world) pay(billID, method string) {
	w.t.Helper()
	if _, err := w.fake.Pay(fake.Deed{Payment: billID, Method: method}); err != nil {
		w.t.Fatal(err)
	}
}

// firstBill is the bill that a checkout's page shows.
func (w *world) firstBill() string { return w.fake.Payments()[0].ID }

func troubleOf(t *testing.T, err error) *subscription.Trouble {
	t.Helper()
	found := new(subscription.Trouble)
	if !errors.As(err, &found) {
		t.Fatalf("%v is no trouble", err)
	}
	return found
}

func date(day string) int64 {
	at, err := time.ParseInLocation(time.DateOnly, day, time.FixedZone("", -3*60*60))
	if err != nil {
		panic(err)
	}
	return at.UnixMilli()
}

// A life: a page with all ways to pay, a Pix, a renewal, an unpaid bill, the way
// back, the end.
func TestALifeByPix(t *testing.T) {
	w := open(t)
	started := w.start("acq:1:checkout:1", w.wish())
	if !strings.HasPrefix(started.URL, w.url+"/i/") || started.ExpiresMS != date("2026-11-27") {
		t.Fatalf("%+v", started)
	}
	state := w.checkout(started.CheckoutID)
	if state.State != subscription.CheckoutOpen || state.BoletoLine == "" || state.BoletoURL == "" || state.DueMS != date("2026-11-26") {
		t.Fatalf("%+v", state)
	}
	if pix, err := br.ParsePix(state.PixCode); err != nil || pix.Amount != 19900 {
		t.Fatalf("%q: %+v %v", state.PixCode, pix, err)
	}
	if remote := w.look(started.CheckoutID); remote.State != subscription.RemotePending || len(remote.Bills) != 1 || remote.Bills[0].State != subscription.BillOpen {
		t.Fatalf("%+v", remote)
	}
	w.pay(w.firstBill(), "PIX")
	if n := w.hear("PAYMENT_RECEIVED"); n.SubscriptionID != started.CheckoutID || n.CheckoutID != started.CheckoutID || n.BillID != w.firstBill() || n.EventID == "" {
		t.Fatalf("%+v", n)
	}
	state = w.checkout(started.CheckoutID)
	if state.State != subscription.CheckoutPaid || state.Paid != 19900 || state.Method != "pix" || state.SubscriptionID != started.CheckoutID || state.CustomerID == "" {
		t.Fatalf("%+v", state)
	}
	// Paid before its day: the time runs from today to the second bill's day.
	remote := w.look(started.CheckoutID)
	if remote.State != subscription.RemoteActive || remote.PeriodStartMS != date("2026-11-23") || remote.PeriodEndMS != date("2026-12-26") || len(remote.Bills) != 1 {
		t.Fatalf("%+v", remote)
	}
	if bill := remote.Bills[0]; bill.State != subscription.BillPaid || bill.Paid != 19900 || bill.PaidMS != date("2026-11-23") || bill.Currency != money.BRL || bill.PeriodEndMS != date("2026-12-26") {
		t.Fatalf("%+v", bill)
	}
	// The second bill was made long ago, and is told shortly before its day.
	w.clock.Advance(29 * 24 * time.Hour)
	remote = w.look(started.CheckoutID)
	if len(remote.Bills) != 2 || remote.Bills[0].State != subscription.BillOpen || remote.Bills[0].DueMS != date("2026-12-26") || remote.State != subscription.RemoteActive ||
		remote.Bills[0].URL == "" || remote.Bills[0].PixCode == "" || remote.Bills[0].BoletoLine == "" || remote.Bills[1].PixCode != "" {
		t.Fatalf("%+v", remote)
	}
	w.clock.Advance(6 * 24 * time.Hour) // three days after its day
	remote = w.look(started.CheckoutID)
	if remote.State != subscription.RemotePastDue || remote.Bills[0].State != subscription.BillFailed || remote.PeriodStartMS != date("2026-12-26") {
		t.Fatalf("%+v", remote)
	}
	w.hear("PAYMENT_OVERDUE")
	w.pay(remote.Bills[0].BillID, "BOLETO")
	if remote = w.look(started.CheckoutID); remote.State != subscription.RemoteActive || remote.PeriodEndMS != date("2027-01-26") {
		t.Fatalf("%+v", remote)
	}
	// The end, taken back, and the end.
	for _, ends := range []bool{true, true, false, false, true} {
		if err := w.CancelAtEnd(ctx, "wish", started.CheckoutID, ends); err != nil {
			t.Fatal(err)
		}
		if remote = w.look(started.CheckoutID); remote.EndsAtPeriod != ends || remote.State != subscription.RemoteActive || remote.PeriodEndMS != date("2027-01-26") {
			t.Fatalf("ends %v: %+v", ends, remote)
		}
	}
	w.clock.Advance(29 * 24 * time.Hour)
	remote = w.look(started.CheckoutID)
	if remote.State != subscription.RemoteEnded || slices.ContainsFunc(remote.Bills, func(b subscription.Bill) bool {
		return b.State == subscription.BillOpen || b.State == subscription.BillFailed
	}) {
		t.Fatalf("%+v", remote)
	}
}

// A card that paid once pays on its days.
func TestALifeByCard(t *testing.T) {
	w := open(t)
	wish := w.wish()
	wish.Methods, wish.Interval, wish.Price, wish.DueMS = []string{"card"}, subscription.Annual, 199000, 0
	started := w.start("acq:1:checkout:1", wish)
	if state := w.checkout(started.CheckoutID); state.State != subscription.CheckoutOpen || state.PixCode != "" || state.BoletoLine != "" {
		t.Fatalf("%+v", state)
	}
	if _, err := w.fake.Pay(fake.Deed{Payment: w.firstBill(), Method: "CREDIT_CARD", Refuse: true}); err != nil {
		t.Fatal(err)
	}
	w.hear("PAYMENT_CREDIT_CARD_CAPTURE_REFUSED")
	if state := w.checkout(started.CheckoutID); state.State != subscription.CheckoutOpen {
		t.Fatalf("a refused card may be tried again: %+v", state)
	}
	w.pay(w.firstBill(), "CREDIT_CARD")
	remote := w.look(started.CheckoutID)
	if remote.State != subscription.RemoteActive || remote.Method != "card" || remote.Brand != "visa" || remote.Last4 != "4242" || remote.PeriodEndMS != date("2027-11-23") || remote.Interval != subscription.Annual {
		t.Fatalf("%+v", remote)
	}
	w.clock.Advance(366 * 24 * time.Hour)
	remote = w.look(started.CheckoutID)
	if len(remote.Bills) != 2 || remote.Bills[0].State != subscription.BillPaid || remote.State != subscription.RemoteActive || remote.PeriodEndMS != date("2028-11-23") {
		t.Fatalf("%+v", remote)
	}
	if _, err := w.fake.Chargeback(fake.Deed{Payment: remote.Bills[0].BillID}); err != nil {
		t.Fatal(err)
	}
	w.hear("PAYMENT_CHARGEBACK_REQUESTED")
	if remote = w.look(started.CheckoutID); remote.Bills[0].State != subscription.BillDisputed {
		t.Fatalf("%+v", remote)
	}
	// A refund, a part, the same wish again, and the rest.
	first := remote.Bills[1].BillID
	for range 2 {
		if err := w.Refund(ctx, "wish:1", first, 50000); err != nil {
			t.Fatal(err)
		}
	}
	if remote = w.look(started.CheckoutID); remote.Bills[1].Refunded != 50000 || remote.Bills[1].State != subscription.BillPaid {
		t.Fatalf("%+v", remote.Bills[1])
	}
	if err := w.Refund(ctx, "wish:2", first, 149000); err != nil {
		t.Fatal(err)
	}
	if remote = w.look(started.CheckoutID); remote.Bills[1].Refunded != 199000 || remote.Bills[1].State != subscription.BillRefunded {
		t.Fatalf("%+v", remote.Bills[1])
	}
	if got := troubleOf(t, w.Refund(ctx, "wish:3", first, 100)); got.Kind != subscription.Refused {
		t.Fatalf("%+v", got)
	}
}

// The vendor has no keys: what a lost answer made is found, for each thing that
// is made.
func TestLostAnswersMakeNothingTwice(t *testing.T) {
	w := open(t)
	lose := func(method, path string) {
		w.rule(map[string]any{"on": "call", "method": method, "path": path, "do": "cut_after", "count": 1})
	}
	again := func(name string, call func() error) {
		t.Helper()
		if got := troubleOf(t, call()); got.Kind != subscription.Down {
			t.Fatalf("%s: %+v", name, got)
		}
		if err := call(); err != nil {
			t.Fatalf("%s, again: %v", name, err)
		}
		if err := call(); err != nil {
			t.Fatalf("%s, a third time: %v", name, err)
		}
	}
	ids := map[string]bool{}
	lose("POST", "/customers")
	again("customer", func() error {
		id, err := w.EnsureCustomer(ctx, "acq:1:customer", aurora())
		ids[id] = true
		return err
	})
	wish, checkouts := w.wish(), map[string]bool{}
	lose("POST", "/subscriptions")
	again("checkout", func() error {
		started, err := w.StartCheckout(ctx, "acq:1:checkout:1", wish)
		checkouts[started.CheckoutID] = true
		return err
	})
	delete(ids, "")
	delete(checkouts, "")
	subs := w.fake.Subscriptions()
	if len(ids) != 1 || len(checkouts) != 1 || len(subs) != 1 {
		t.Fatalf("%v %v %+v", ids, checkouts, subs)
	}
	// Another try is another page.
	if other := w.start("acq:1:checkout:2", wish); checkouts[other.CheckoutID] {
		t.Fatal("another try has the page of the first")
	}
	w.pay(w.firstBill(), "PIX")
	change := subscription.Change{
		SubscriptionID: subs[0].ID, CustomerID: subs[0].Customer, Plan: "Escala", PlanRef: "plv_2", Interval: subscription.Monthly, Price: 39900, Currency: money.BRL,
		Due: 10000, DueText: "Escala: 15 de 30 dias",
	}
	lose("POST", "/payments")
	again("change", func() error { return w.ApplyChange(ctx, "wish:1", change) })
	bills := 0
	for _, p := range w.fake.Payments() {
		if strings.HasPrefix(p.Reference, "change|") {
			bills++
		}
	}
	if bills != 1 {
		t.Fatalf("the change was billed %d times", bills)
	}
	first := w.firstBill()
	lose("POST", "/refund")
	again("refund", func() error { return w.Refund(ctx, "wish:2", first, 100) })
	if got := w.look(subs[0].ID); !slices.ContainsFunc(got.Bills, func(b subscription.Bill) bool { return b.BillID == first && b.Refunded == 100 }) {
		t.Fatalf("%+v", got.Bills)
	}
	lose("DELETE", "/subscriptions")
	again("end", func() error { return w.CancelNow(ctx, "wish:3", subs[0].ID) })
	if remote := w.look(subs[0].ID); remote.State != subscription.RemoteEnded {
		t.Fatalf("%+v", remote)
	}
}

func TestChangesOfPlan(t *testing.T) {
	w := open(t)
	wish := w.wish()
	wish.DueMS = 0
	started := w.start("acq:1:checkout:1", wish)
	w.pay(w.firstBill(), "PIX")
	w.clock.Advance(10 * 24 * time.Hour) // December 3rd
	up := subscription.Change{SubscriptionID: started.CheckoutID, Plan: "Escala", Interval: subscription.Monthly, Price: 39900, Currency: money.BRL, Due: 13333, DueText: "Escala: 20 de 30 dias"}
	if due, err := w.PreviewChange(ctx, up); err != nil || due != 13333 {
		t.Fatal(due, err)
	}
	if err := w.ApplyChange(ctx, "wish:1", up); err != nil {
		t.Fatal(err)
	}
	remote := w.look(started.CheckoutID)
	if len(remote.Bills) != 2 || remote.Bills[0].Amount != 13333 || remote.Bills[0].DueMS != date("2026-12-03") || remote.Bills[0].PeriodEndMS != date("2026-12-23") || remote.PeriodEndMS != date("2026-12-23") {
		t.Fatalf("%+v", remote)
	}
	w.pay(remote.Bills[0].BillID, "PIX")
	if n := w.hear("PAYMENT_RECEIVED"); n.SubscriptionID != started.CheckoutID {
		t.Fatalf("a bill of a change is nobody's: %+v", n)
	}
	w.clock.Advance(16 * 24 * time.Hour) // December 19th: the next bill is told, at the new price
	if remote = w.look(started.CheckoutID); len(remote.Bills) != 3 || remote.Bills[0].Amount != 39900 || remote.Bills[0].DueMS != date("2026-12-23") {
		t.Fatalf("%+v", remote.Bills)
	}
	// A year, from today: the old month's bill is taken back.
	year := subscription.Change{
		SubscriptionID: started.CheckoutID, Plan: "Escala", Interval: subscription.Annual, Price: 399000, Currency: money.BRL, Due: 390000, DueText: "Escala, um ano",
		NewPeriodMS: w.clock.Now().UnixMilli(),
	}
	for range 2 {
		if err := w.ApplyChange(ctx, "wish:2", year); err != nil {
			t.Fatal(err)
		}
	}
	remote = w.look(started.CheckoutID)
	void := 0
	for _, b := range remote.Bills {
		if b.State == subscription.BillVoid && b.Amount == 39900 && b.DueMS == date("2026-12-23") {
			void++ // it was told on this day already
		}
	}
	if void != 1 {
		t.Fatalf("%+v", remote.Bills)
	}
	if remote.Interval != subscription.Annual || remote.PeriodStartMS != date("2026-12-19") || remote.PeriodEndMS != date("2027-12-19") || remote.Bills[0].Amount != 390000 || len(remote.Bills) != 4 {
		t.Fatalf("%+v", remote)
	}
	gone, err := w.LookSubscription(ctx, "sub_none")
	if err != nil || gone.State != subscription.RemoteEnded {
		t.Fatalf("%+v %v", gone, err)
	}
	if got := troubleOf(t, w.ApplyChange(ctx, "wish:3", subscription.Change{SubscriptionID: "sub_none"})); got.Kind != subscription.Refused {
		t.Fatalf("%+v", got)
	}
}

// A bill that was told and then taken back is told as void, so that nobody is
// reminded of it; one that is paid while it is taken back counts.
func TestBillsThatAreTakenBack(t *testing.T) {
	w := open(t)
	wish := w.wish()
	wish.DueMS = 0
	started := w.start("acq:1:checkout:1", wish)
	w.pay(w.firstBill(), "PIX")
	w.clock.Advance(27 * 24 * time.Hour)
	told := w.look(started.CheckoutID).Bills[0]
	if told.State != subscription.BillOpen || told.DueMS != date("2026-12-23") {
		t.Fatalf("%+v", told)
	}
	for range 2 {
		if err := w.CancelAtEnd(ctx, "wish:1", started.CheckoutID, true); err != nil {
			t.Fatal(err)
		}
	}
	remote := w.look(started.CheckoutID)
	if i := slices.IndexFunc(remote.Bills, func(b subscription.Bill) bool { return b.BillID == told.BillID }); i < 0 || remote.Bills[i].State != subscription.BillVoid || !remote.EndsAtPeriod {
		t.Fatalf("%+v", remote)
	}
	if err := w.CancelAtEnd(ctx, "wish:2", started.CheckoutID, false); err != nil {
		t.Fatal(err)
	}
	remote = w.look(started.CheckoutID)
	if remote.Bills[0].BillID == told.BillID || remote.Bills[0].State != subscription.BillOpen || remote.Bills[0].DueMS != date("2026-12-23") {
		t.Fatalf("%+v", remote)
	}
	// Paid in the moment between: the answer to the removal is a refusal, and the
	// bill stands.
	w.rule(map[string]any{"on": "call", "method": "DELETE", "path": "/payments/", "do": "status", "status": 400, "count": 1})
	if err := w.CancelAtEnd(ctx, "wish:3", started.CheckoutID, true); troubleOf(t, err).Kind != subscription.Refused {
		t.Fatal(err)
	}
	w.pay(remote.Bills[0].BillID, "PIX")
	if err := w.CancelAtEnd(ctx, "wish:3", started.CheckoutID, true); err != nil {
		t.Fatal(err)
	}
	if remote = w.look(started.CheckoutID); remote.Bills[0].State != subscription.BillPaid {
		t.Fatalf("%+v", remote)
	}
}

// A discount of some cycles is put on their bills, and on no other; one for ever
// is a lower price.
func TestDiscounts(t *testing.T) {
	w := open(t)
	wish := w.wish()
	wish.DueMS, wish.Discount, wish.DiscountCycles = 0, 4000, 2
	started := w.start("acq:1:checkout:1", wish)
	w.look(started.CheckoutID)
	if state := w.checkout(started.CheckoutID); state.State != subscription.CheckoutOpen {
		t.Fatalf("%+v", state)
	}
	var amounts []money.Amount
	for range 4 {
		remote := w.look(started.CheckoutID)
		bill := remote.Bills[0]
		amounts = append(amounts, bill.Amount)
		w.pay(bill.BillID, "PIX")
		w.clock.Advance(30 * 24 * time.Hour)
	}
	if !slices.Equal(amounts, []money.Amount{15900, 15900, 19900, 19900}) {
		t.Fatalf("%v", amounts)
	}
	for _, p := range w.fake.Payments() {
		if p.PaidMS > 0 && p.Value != 15900 && p.Value != 19900 {
			t.Errorf("%+v", p)
		}
	}
	ever := w.wish()
	ever.Discount = 900
	other := w.start("acq:2:checkout:1", ever)
	if remote := w.look(other.CheckoutID); remote.Bills[0].Amount != 19000 {
		t.Fatalf("%+v", remote.Bills)
	}
}

// A trial begins at once; its first bill is due when it ends.
func TestTrials(t *testing.T) {
	w := open(t)
	wish := w.wish()
	wish.TrialDays = 14
	started := w.start("acq:1:checkout:1", wish)
	if started.URL != wish.SuccessURL {
		t.Fatalf("%+v", started)
	}
	if state := w.checkout(started.CheckoutID); state.State != subscription.CheckoutPaid || state.Paid != 0 {
		t.Fatalf("%+v", state)
	}
	remote := w.look(started.CheckoutID)
	if remote.State != subscription.RemoteTrialing || remote.TrialEndMS != date("2026-12-07") || remote.PeriodEndMS != date("2026-12-07") || len(remote.Bills) != 0 {
		t.Fatalf("%+v", remote)
	}
	w.clock.Advance(10 * 24 * time.Hour)
	if remote = w.look(started.CheckoutID); remote.State != subscription.RemoteTrialing || len(remote.Bills) != 1 || remote.Bills[0].DueMS != date("2026-12-07") {
		t.Fatalf("%+v", remote)
	}
	w.clock.Advance(5 * 24 * time.Hour)
	if remote = w.look(started.CheckoutID); remote.State != subscription.RemotePastDue {
		t.Fatalf("unpaid after it: %+v", remote)
	}
	w.pay(remote.Bills[0].BillID, "PIX")
	if remote = w.look(started.CheckoutID); remote.State != subscription.RemoteActive || remote.PeriodEndMS != date("2027-01-07") {
		t.Fatalf("%+v", remote)
	}
	// One that is ended in its trial bills nothing.
	other := w.start("acq:2:checkout:1", wish)
	if err := w.CancelAtEnd(ctx, "wish:1", other.CheckoutID, true); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(20 * 24 * time.Hour)
	if remote = w.look(other.CheckoutID); remote.State != subscription.RemoteEnded || len(remote.Bills) != 0 {
		t.Fatalf("%+v", remote)
	}
}

func TestAPageThatNobodyShouldPay(t *testing.T) {
	w := open(t)
	started := w.start("acq:1:checkout:1", w.wish())
	first := w.firstBill()
	for range 2 {
		if err := w.ExpireCheckout(ctx, started.CheckoutID); err != nil {
			t.Fatal(err)
		}
	}
	if state := w.checkout(started.CheckoutID); state.State != subscription.CheckoutExpired {
		t.Fatalf("%+v", state)
	}
	if _, err := w.fake.Pay(fake.Deed{Payment: first}); !fault.Is(err, fault.Refused) {
		t.Fatalf("it can still be paid: %v", err)
	}
	paid := w.start("acq:1:checkout:2", w.wish())
	payments := w.fake.Payments()
	for _, p := range payments {
		if p.Subscription == paid.CheckoutID {
			w.pay(p.ID, "PIX")
			break
		}
	}
	if got := troubleOf(t, w.ExpireCheckout(ctx, paid.CheckoutID)); got.Kind != subscription.Refused {
		t.Fatalf("%+v", got)
	}
	// A boleto that was issued, and its day passed, can still be paid.
	wish := w.wish()
	wish.Methods = []string{"boleto"}
	late := w.start("acq:1:checkout:3", wish)
	if state := w.checkout(late.CheckoutID); state.State != subscription.CheckoutPending || state.PixCode != "" || state.BoletoLine == "" || state.Method != "boleto" {
		t.Fatalf("%+v", state)
	}
	w.clock.Advance(5 * 24 * time.Hour)
	if state := w.checkout(late.CheckoutID); state.State != subscription.CheckoutPending {
		t.Fatalf("%+v", state)
	}
	if remote := w.look(late.CheckoutID); remote.State != subscription.RemotePending {
		t.Fatalf("%+v", remote)
	}
	w.pay(w.look(late.CheckoutID).Bills[0].BillID, "BOLETO")
	if got := troubleOf(t, w.Refund(ctx, "wish:1", w.look(late.CheckoutID).Bills[0].BillID, 100)); got.Kind != subscription.Refused || got.Field != "method" {
		t.Fatalf("%+v", got)
	}
}

func TestEachErrorHasItsClass(t *testing.T) {
	for _, c := range []struct {
		rule map[string]any
		want subscription.Kind
	}{
		{map[string]any{"do": "status", "status": 500}, subscription.Down}, {map[string]any{"do": "status", "status": 503}, subscription.Down},
		{map[string]any{"do": "status", "status": 408}, subscription.Down}, {map[string]any{"do": "cut_before"}, subscription.Down},
		{map[string]any{"do": "status", "status": 429}, subscription.Throttled}, {map[string]any{"do": "status", "status": 401}, subscription.Locked},
		{map[string]any{"do": "status", "status": 403}, subscription.Locked}, {map[string]any{"do": "status", "status": 400}, subscription.Refused},
	} {
		w := open(t)
		c.rule["on"] = "call"
		w.rule(c.rule)
		_, err := w.EnsureCustomer(ctx, "acq:1:customer", aurora())
		got := troubleOf(t, err)
		if got.Kind != c.want || strings.Contains(got.Message, "aact") {
			t.Errorf("%v: %+v", c.rule, got)
		}
		if c.want == subscription.Throttled && got.UntilMS != w.clock.Now().Add(30*time.Second).UnixMilli() {
			t.Errorf("until %d", got.UntilMS)
		}
	}
	w := open(t)
	for field, spoil := range map[string]func(*subscription.Customer){
		"tax_id": func(c *subscription.Customer) { c.TaxID = "11111111111111" },
		"email":  func(c *subscription.Customer) { c.Email = "bia" },
		"name":   func(c *subscription.Customer) { c.Name = "" },
	} {
		c := aurora()
		spoil(&c)
		_, err := w.EnsureCustomer(ctx, "acq:"+field, c)
		if got := troubleOf(t, err); got.Kind != subscription.Refused || got.Field != field {
			t.Errorf("%s: %+v", field, got)
		}
	}
	for i, phone := range []string{"+5519999990000", "5519999990000", "(19) 3333-0000", "+44 20 7946 0000 11", ""} {
		c := aurora()
		c.Phone = phone
		if _, err := w.EnsureCustomer(ctx, fmt.Sprint("acq:phone:", i), c); err != nil {
			t.Errorf("%q: %v", phone, err)
		}
	}
	wish := w.wish()
	wish.Price = 100
	_, err := w.StartCheckout(ctx, "acq:1:checkout:1", wish)
	if got := troubleOf(t, err); got.Field != "amount" {
		t.Errorf("%+v", got)
	}
}

func TestCallbacksAreTheVendors(t *testing.T) {
	w := open(t)
	body := []byte(`{"id":"evt_1","event":"PAYMENT_RECEIVED","dateCreated":"2026-11-23 12:00:00","payment":{"id":"pay_1","subscription":"sub_1"}}`)
	header := func(token string) http.Header { return http.Header{"Asaas-Access-Token": {token}} }
	heard, err := w.Verify(header(hookToken), body)
	if err != nil || len(heard) != 1 || heard[0].AtMS != time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC).UnixMilli() || heard[0].BillID != "pay_1" {
		t.Fatalf("%+v %v", heard, err)
	}
	for _, bad := range []http.Header{{}, header(""), header("whtok-other")} {
		if _, err := w.Verify(bad, body); !fault.Is(err, fault.Unauthorized) {
			t.Errorf("%v is believed: %v", bad, err)
		}
	}
	if _, err := asaas.New(asaas.Config{}, nil, w.clock).Verify(header(""), body); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("without a token of ours anybody is believed: %v", err)
	}
	for _, bad := range []string{"", "[]", "{}", `{"id":"evt_1"}`} {
		if _, err := w.Verify(header(hookToken), []byte(bad)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if heard, err := w.Verify(header(hookToken), []byte(`{"id":"evt_2","event":"PAYMENT_RECEIVED","payment":{"id":"pay_9"}}`)); err != nil || len(heard) != 0 {
		t.Errorf("somebody else's bill: %+v %v", heard, err)
	}
	if heard, err := w.Verify(header(hookToken), []byte(`{"id":"evt_3","event":"SUBSCRIPTION_DELETED","subscription":{"id":"sub_1"}}`)); err != nil || heard[0].SubscriptionID != "sub_1" {
		t.Errorf("%+v %v", heard, err)
	}
}

func FuzzVerify(f *testing.F) {
	p := asaas.New(asaas.Config{WebhookToken: secret.New(hookToken)}, nil, clock.System{})
	f.Add(`{"id":"evt_1","event":"PAYMENT_RECEIVED","payment":{"id":"pay_1","externalReference":"change|sub_1|wish"}}`)
	f.Add(`{"id":"evt_1","event":"X","payment":null,"subscription":{"id":1}}`)
	f.Fuzz(func(t *testing.T, body string) {
		heard, err := p.Verify(http.Header{"Asaas-Access-Token": {hookToken}}, []byte(body))
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
		for _, n := range heard {
			if n.EventID == "" || n.SubscriptionID == "" || n.CheckoutID != n.SubscriptionID {
				t.Fatalf("%+v", n)
			}
		}
	})
}
