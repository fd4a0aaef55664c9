package subscription_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/adapters/stripe"
	"prosa/internal/base/clock"
	"prosa/internal/base/money"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/subscription"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/config"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/httpclient"
	simulator "prosa/internal/sandbox/stripe"
)

// stripeHouse is subscriptions before the simulated Stripe, whose time passes with
// ours.
type stripeHouse struct {
	*subscription.Service
	t     *testing.T
	clock *clock.Manual
	desk  *tenancy.Service
	db    *database.DB
	base  string
	mu    sync.Mutex
	heard int
}

type noPost struct{}

func (noPost) Send(context.Context, *database.Tx, mail.Letter) error { return nil }

func openStripe(t *testing.T) (*stripeHouse, *plan.Service) {
	t.Helper()
	h := &stripeHouse{t: t, clock: clock.NewManual(time.Now())}
	cfg := databasetest.Config(t, database.SQLite)
	cfg.Clock = h.clock
	db, err := database.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	h.db = db
	var own subscription.Config
	var vendor stripe.Config
	if err := config.Load(&own, func(string) (string, bool) { return "", false }); err != nil {
		t.Fatal(err)
	}
	if err := config.Load(&vendor, func(string) (string, bool) { return "", false }); err != nil {
		t.Fatal(err)
	}
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if err := h.Hear(r.Context(), stripe.Name, r.Header, body); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		h.mu.Lock()
		h.heard++
		h.mu.Unlock()
	}))
	t.Cleanup(hook.Close)
	var server *simulator.Server
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { server.ServeHTTP(w, r) }))
	t.Cleanup(api.Close)
	h.base = api.URL
	if server, err = simulator.New(simulator.Config{PublicURL: api.URL, Key: "sk_test_x", WebhookURL: hook.URL, WebhookSecret: "whsec_x", WebhookGaps: []time.Duration{time.Millisecond}}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-ended
		_ = server.Close()
	})
	vendor.BaseURL, vendor.Key, vendor.WebhookSecrets = api.URL, secret.New("sk_test_x"), secret.New("whsec_x")
	client, err := httpclient.Provider(vendor.Limits(), vendor.Bases()...)
	if err != nil {
		t.Fatal(err)
	}
	adapter, err := stripe.New(vendor, client, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	plans := plan.New(db)
	h.desk = tenancy.New(db, func(context.Context, *database.Tx, int, ...event.Envelope) error { return nil }, h.clock)
	h.Service = subscription.New(own, subscription.Deps{
		DB: db, Plans: plans, Companies: h.desk, Post: noPost{}, Site: "https://prosa.example.com", Logger: slog.New(slog.DiscardHandler),
		People: func(context.Context, *database.Tx, string) ([]tenancy.Person, error) { return nil, nil },
		Used:   func(context.Context, string) (map[tenancy.Meter]int64, error) { return nil, nil },
	})
	h.Bind(adapter)
	return h, plans
}

// passes lets days go by here and at the vendor, and acts on what follows.
func (h *stripeHouse) passes(tenantID string, days int) {
	h.t.Helper()
	h.clock.Advance(time.Duration(days) * 24 * time.Hour)
	h.control("clock", simulator.Advance{Seconds: int64(days) * 24 * 60 * 60})
	h.settle(tenantID)
}

func (h *stripeHouse) settle(tenantID string) {
	h.t.Helper()
	for range 2 {
		if err := h.Sweep(h.t.Context()); err != nil {
			h.t.Fatal(err)
		}
	}
	if err := h.Look(h.t.Context(), tenantID); err != nil {
		h.t.Fatal(err)
	}
}

func (h *stripeHouse) control(path string, body any) {
	h.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		h.t.Fatal(err)
	}
	answer, err := http.Post(h.base+"/_sandbox/"+path, "application/json", bytes.NewReader(text))
	if err != nil {
		h.t.Fatal(err)
	}
	defer answer.Body.Close()
	if said, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
		h.t.Fatalf("%s answers %d %s", path, answer.StatusCode, said)
	}
}

func (h *stripeHouse) is(tenantID string, state subscription.State, company tenancy.State) subscription.Subscription {
	h.t.Helper()
	sub, err := h.Of(h.t.Context(), tenantID)
	if err != nil {
		h.t.Fatal(err)
	}
	c, err := h.desk.Get(h.t.Context(), tenantID)
	if err != nil || sub.State != state || c.State != company {
		h.t.Fatalf("subscription %s of a company that is %s, want %s and %s (%v)", sub.State, c.State, state, company, err)
	}
	return sub
}

func (h *stripeHouse) latest(tenantID string) subscription.Invoice {
	h.t.Helper()
	list, err := h.Invoices(h.t.Context(), tenantID, "", 0)
	if err != nil || len(list.Items) == 0 {
		h.t.Fatalf("no invoices: %v", err)
	}
	return list.Items[0]
}

func TestALifeAtTheSimulatedStripe(t *testing.T) {
	h, plans := openStripe(t)
	ctx, by := t.Context(), tenancy.By{Actor: event.Actor{Kind: "operator", ID: "usr_olga"}}
	sell := func(slug string, monthly money.Amount) plan.Version {
		text := plan.Text{PT: slug, EN: slug}
		v, err := plans.Create(ctx, slug, tenancy.Massivo, plan.Content{Name: text, Summary: text, Features: []plan.Text{text}, Currency: money.BRL, Monthly: monthly, Annual: 10 * monthly}, by)
		if err == nil {
			v, err = plans.Publish(ctx, v.ID, by)
		}
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	small, large := sell("pequeno", 10_000), sell("grande", 30_000)
	company, err := h.desk.Create(ctx, tenancy.Draft{Name: "Padaria Aurora"}, by)
	if err != nil {
		t.Fatal(err)
	}
	id := company.ID
	payer := subscription.Payer{Kind: "company", LegalName: "Padaria Aurora Ltda", TaxID: "12ABC34501DE35", Email: "fiscal@aurora.example.com"}
	if _, err := h.SetPayer(ctx, id, payer, subscription.By(by)); err != nil {
		t.Fatal(err)
	}
	// The trial is over; a plan is taken on the vendor's page.
	begin(t, h, id, subscription.Start{VersionID: small.ID, Interval: subscription.Monthly, Price: 10_000, Currency: money.BRL, State: subscription.Trialing, TrialEndMS: clock.MS(h.clock.Now()) + 1000})
	h.clock.Advance(time.Minute)
	h.settle(id)
	h.is(id, subscription.Suspended, tenancy.Suspended)
	w, err := h.Checkout(ctx, id, subscription.Wanted{VersionID: small.ID, Interval: subscription.Monthly}, "", subscription.By(by))
	if err != nil {
		t.Fatal(err)
	}
	page := w.URL[strings.LastIndex(w.URL, "/")+1:]
	h.control("choose", simulator.Choice{Session: page, Action: "card"})
	h.clock.Advance(20 * time.Minute) // with or without the callback
	h.settle(id)
	sub := h.is(id, subscription.Active, tenancy.Active)
	if sub.Last4 != "4242" || h.latest(id).Paid != 10_000 {
		t.Fatalf("%+v, %+v", sub, h.latest(id))
	}
	// More plan: what is previewed is what is billed.
	h.passes(id, 10)
	want := subscription.Wanted{VersionID: large.ID, Interval: subscription.Monthly}
	p, err := h.Preview(ctx, id, want)
	if err != nil || p.Due <= 0 || p.Due != p.Charge-p.Credit {
		t.Fatalf("%+v, %v", p, err)
	}
	if done, err := h.Change(ctx, id, want, p.Token, subscription.By(by)); err != nil || done.State != subscription.WishDone {
		t.Fatalf("%+v, %v", done, err)
	}
	h.settle(id)
	if bill := h.latest(id); bill.Amount != p.Due || bill.State != subscription.BillPaid {
		t.Fatalf("billed %+v, previewed %d", bill, p.Due)
	}
	h.passes(id, 25)
	if bill := h.latest(id); bill.Amount != 30_000 || bill.State != subscription.BillPaid {
		t.Fatalf("renewed by %+v", bill)
	}
	// The card is declined, the ladder is climbed, and left by paying.
	h.control("fail", simulator.Fail{Subscription: h.is(id, subscription.Active, tenancy.Active).ExternalID, Times: -1})
	h.passes(id, 31)
	h.is(id, subscription.PastDue, tenancy.PastDue)
	h.passes(id, 11)
	if sub := h.is(id, subscription.ReadOnly, tenancy.ReadOnly); sub.OverdueMS == 0 {
		t.Fatalf("%+v", sub)
	}
	h.control("fail", simulator.Fail{Subscription: sub.ExternalID, Times: 0})
	for {
		way, err := h.Pay(ctx, id)
		if err != nil {
			break // nothing is due any more
		}
		if way.URL == "" {
			t.Fatalf("no way to pay %+v", way.Invoice)
		}
		h.control("pay", simulator.Pay{Invoice: way.Invoice.BillID, Card: true})
	}
	h.settle(id)
	h.is(id, subscription.Active, tenancy.Active)
	// To the end.
	if _, err := h.Cancel(ctx, id, "closing", subscription.By(by)); err != nil {
		t.Fatal(err)
	}
	h.settle(id)
	if sub := h.is(id, subscription.Active, tenancy.Active); !sub.EndsAtPeriod {
		t.Fatalf("%+v", sub)
	}
	h.passes(id, 40)
	h.is(id, subscription.Ended, tenancy.Canceled)
}

func begin(t *testing.T, h *stripeHouse, tenantID string, start subscription.Start) {
	t.Helper()
	err := h.db.Write(t.Context(), database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error { return h.Begin(ctx, tx, tenantID, start) })
	if err != nil {
		t.Fatal(err)
	}
}
