package subscription

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/config"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

var ctx = context.Background()

var (
	admin = By{Actor: event.Actor{Kind: "user", ID: "usr_ana"}, IP: "10.0.0.1"}
	olga  = By{Actor: event.Actor{Kind: "operator", ID: "usr_olga"}}
	otto  = By{Actor: event.Actor{Kind: "operator", ID: "usr_otto"}}
)

// letters keeps what was sent, once a key.
type letters struct{ sent map[string]mail.Letter }

func (l *letters) Send(_ context.Context, tx *database.Tx, letter mail.Letter) error {
	tx.AfterCommit(func() { l.sent[letter.Key] = letter })
	return nil
}

func (l *letters) templates() map[string]int {
	count := map[string]int{}
	for _, letter := range l.sent {
		count[letter.Template]++
	}
	return count
}

// bench is a service with real plans and companies, a payment service that
// remembers, and a clock that the test moves.
type bench struct {
	*Service
	t         *testing.T
	db        *database.DB
	clock     *clock.Manual
	psp       *psp
	plansDesk *plan.Service
	desk      *tenancy.Service
	letters   *letters
	use       map[tenancy.Meter]int64
	small     plan.Version // R$ 100 a month, R$ 1,000 a year, 2 attendants
	large     plan.Version // R$ 300 a month, R$ 3,000 a year, 10 attendants
}

func engines(t *testing.T, fn func(t *testing.T, b *bench)) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) { fn(t, open(t, engine)) })
	}
}

func open(t *testing.T, engine database.Engine) *bench {
	t.Helper()
	b := &bench{t: t, clock: clock.NewManual(time.Date(2026, 3, 1, 15, 0, 0, 0, time.UTC)), letters: &letters{sent: map[string]mail.Letter{}}, use: map[tenancy.Meter]int64{}}
	cfg := databasetest.Config(t, engine)
	cfg.Clock = b.clock
	var err error
	if b.db, err = database.Open(ctx, cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.db.Close() })
	b.psp = newPSP(b.clock)
	b.plansDesk = plan.New(b.db)
	b.desk = tenancy.New(b.db, func(context.Context, *database.Tx, int, ...event.Envelope) error { return nil }, b.clock)
	b.small, b.large = b.sell("pequeno", 10_000, 100_000, 2), b.sell("grande", 30_000, 300_000, 10)
	b.Service = b.another()
	return b
}

// another is a service on the same data, as another process has it.
func (b *bench) another() *Service {
	b.t.Helper()
	var cfg Config
	if err := config.Load(&cfg, func(string) (string, bool) { return "", false }); err != nil {
		b.t.Fatal(err)
	}
	s := New(cfg, Deps{
		DB: b.db, Plans: b.plansDesk, Companies: b.desk, Post: b.letters, Site: "https://prosa.example.com/", Logger: slog.New(slog.DiscardHandler),
		People: func(context.Context, *database.Tx, string) ([]tenancy.Person, error) {
			return []tenancy.Person{{ID: "usr_ana", Name: "Ana", Email: "ana@example.com"}}, nil
		},
		Used: func(context.Context, string) (map[tenancy.Meter]int64, error) { return b.use, nil },
	})
	s.Bind(b.psp)
	return s
}

func (b *bench) sell(slug string, monthly, annual money.Amount, attendants int64) plan.Version {
	b.t.Helper()
	text := plan.Text{PT: slug, EN: slug}
	v, err := b.plansDesk.Create(ctx, slug, tenancy.Massivo, plan.Content{
		Name: text, Summary: text, Features: []plan.Text{text}, Currency: money.BRL, Monthly: monthly, Annual: annual,
		Limits: map[tenancy.Meter]tenancy.Limit{tenancy.Attendants: {Count: attendants, Over: tenancy.Block}},
	}, tenancy.By(olga))
	if err == nil {
		v, err = b.plansDesk.Publish(ctx, v.ID, tenancy.By(olga))
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

func (b *bench) company(name string) string {
	b.t.Helper()
	c, err := b.desk.Create(ctx, tenancy.Draft{Name: name}, tenancy.By(olga))
	if err != nil {
		b.t.Fatal(err)
	}
	return c.ID
}

var payer = Payer{Kind: "company", LegalName: "ACME Ltda", TaxID: "12ABC34501DE35", Email: "fiscal@example.com", CityCode: "3550308"}

// begins makes a company on the small plan, paid by the month.
func (b *bench) begins(name string) (tenantID, externalID string) {
	b.t.Helper()
	tenantID, externalID = b.company(name), b.psp.sells(10_000, Monthly, 0)
	b.begin(tenantID, Start{Provider: "psp", CustomerID: "cus_1", SubscriptionID: externalID, VersionID: b.small.ID, Interval: Monthly, Price: 10_000, Currency: money.BRL, State: Active, Payer: payer})
	b.sweep()
	return tenantID, externalID
}

func (b *bench) begin(tenantID string, start Start) {
	b.t.Helper()
	err := b.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error { return b.Begin(ctx, tx, tenantID, start) })
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) sweep() {
	b.t.Helper()
	if err := b.Sweep(ctx); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) days(n int64) {
	b.clock.Advance(time.Duration(n*day) * time.Millisecond)
}

// tells has the payment service call back.
func (b *bench) tells(notices ...Notice) error {
	body, err := json.Marshal(notices)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.Hear(ctx, "psp", http.Header{"X-Signature": {"good"}}, body)
}

func (b *bench) of(tenantID string) Subscription {
	b.t.Helper()
	sub, err := b.Of(ctx, tenantID)
	if err != nil {
		b.t.Fatal(err)
	}
	return sub
}

// is holds a subscription and its company against what they should be.
func (b *bench) is(tenantID string, state State, company tenancy.State) Subscription {
	b.t.Helper()
	sub := b.of(tenantID)
	c, err := b.desk.Get(ctx, tenantID)
	if err != nil {
		b.t.Fatal(err)
	}
	if sub.State != state || c.State != company {
		b.t.Fatalf("subscription %s of a company that is %s, want %s and %s; problem %q", sub.State, c.State, state, company, sub.problem)
	}
	return sub
}

func (b *bench) invoices(tenantID string) []Invoice {
	b.t.Helper()
	list, err := b.Invoices(ctx, tenantID, "", 200)
	if err != nil {
		b.t.Fatal(err)
	}
	return list.Items
}

func (b *bench) limit(tenantID string) int64 {
	b.t.Helper()
	var e tenancy.Entitlements
	err := b.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		e, err = tenancy.EntitlementsOf(ctx, tx, tenantID)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return e.Limits[tenancy.Attendants].Count
}

// refused holds an error against the reason that it should have.
func refused(t *testing.T, err error, reason string) {
	t.Helper()
	f, ok := err.(*fault.Error)
	if !ok || f.Reason != reason {
		t.Fatalf("got %v, want reason %s", err, reason)
	}
}
