package crm

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/platform/config"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/secretbox"
)

var (
	ctx  = context.Background()
	boss = event.Actor{Kind: "operator", ID: "usr_boss", Name: "Bo"}
)

// desk is a CRM that answers as the test says.
type desk struct {
	mu       sync.Mutex
	given    int    // access tokens
	alive    string // the one that is accepted
	asked    int    // how often a token was asked for
	refuse   error  // of tokens
	refused  error  // of calls
	entered  chan struct{}
	hold     chan struct{} // a refresh waits for it
	accounts []Account
	deals    []Deal
	sessions []Session
	fields   []Field
	shapes   int // how often fields were read
	unread   error
	findings []Finding
	credits  int64
}

func (d *desk) Name() string      { return "desk" }
func (d *desk) Centres() []Centre { return []Centre{{Key: "us", Host: "accounts.example.com"}} }
func (d *desk) Usual() Settings {
	return Settings{TaxIDField: "CNPJ", ContractField: "Contract_ID", Stages: map[Stage]string{StageWon: "Won", StageActive: "Active", StageCanceled: "Lost"}}
}

func (d *desk) Redeem(ctx context.Context, app App, code string) (Grant, error) {
	if code != "good" {
		return Grant{}, &Trouble{Kind: Locked, Message: "the code is no good"}
	}
	token, err := d.Refresh(ctx, app, secret.New("refresh"))
	return Grant{Refresh: secret.New("refresh"), Token: token}, err
}

func (d *desk) Refresh(ctx context.Context, app App, refresh secret.Text) (Token, error) {
	d.mu.Lock()
	d.asked++
	entered, hold := d.entered, d.hold
	d.mu.Unlock()
	if entered != nil {
		entered <- struct{}{}
		select {
		case <-hold:
		case <-ctx.Done():
			return Token{}, ctx.Err()
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.refuse != nil {
		return Token{}, d.refuse
	}
	if !app.Secret.Equal("secret") || !refresh.Equal("refresh") {
		return Token{}, &Trouble{Kind: Locked, Message: "unknown credentials"}
	}
	d.given++
	d.alive = fmt.Sprintf("token-%d", d.given)
	return Token{Access: secret.New(d.alive), APIDomain: "http://api.example.com", LifeMS: time.Hour.Milliseconds()}, nil
}

func (d *desk) admits(access Access) error {
	if d.refused != nil {
		return d.refused
	}
	if !access.Token.Equal(d.alive) {
		return &Trouble{Kind: Stale, Message: "INVALID_TOKEN"}
	}
	return nil
}

func (d *desk) Organization(_ context.Context, access Access) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return "Aurora Vendas", d.admits(access)
}

func (d *desk) Fields(_ context.Context, access Access, _ Entity) ([]Field, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shapes++
	if d.unread != nil {
		return nil, d.unread
	}
	return d.fields, d.admits(access)
}

func (d *desk) Check(Settings, map[Entity][]Field) []Finding { return d.findings }

func (d *desk) Account(_ context.Context, s Session, a Account) (Written, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.admits(s.Access); err != nil {
		return Written{}, err
	}
	d.accounts, d.sessions = append(d.accounts, a), append(d.sessions, s)
	return Written{ID: "1", Credits: d.credits}, nil
}

func (d *desk) Contact(_ context.Context, s Session, _ Contact) (Written, error) {
	return Written{ID: "2", Credits: -1}, d.admits(s.Access)
}

func (d *desk) Deal(_ context.Context, s Session, deal Deal) (Written, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.deals = append(d.deals, deal)
	return Written{ID: "3", Credits: -1}, d.admits(s.Access)
}

func (d *desk) Lead(_ context.Context, s Session, _ Lead) (Written, error) {
	return Written{ID: "4", Credits: -1}, d.admits(s.Access)
}

func (d *desk) Stage(_ context.Context, s Session, _, dealID string, _ Stage) (Written, error) {
	return Written{ID: dealID, Credits: -1}, d.admits(s.Access)
}

// set changes how the desk answers.
func (d *desk) set(change func(*desk)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(d)
}

func (d *desk) asks() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked
}

// bench is a service whose clock the test moves.
type bench struct {
	*Service
	t     *testing.T
	db    *database.DB
	clock *clock.Manual
	desk  *desk
	box   *secretbox.Box
}

func engines(t *testing.T, fn func(t *testing.T, b *bench)) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) { fn(t, open(t, engine)) })
	}
}

func open(t *testing.T, engine database.Engine) *bench {
	t.Helper()
	b := &bench{t: t, clock: clock.NewManual(time.UnixMilli(1_700_000_000_000)), desk: &desk{credits: -1}}
	cfg := databasetest.Config(t, engine)
	cfg.Clock = b.clock
	var err error
	if b.db, err = database.Open(ctx, cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.db.Close() })
	if b.box, err = secretbox.Open(secretbox.Config{Keys: secretbox.NewKey("k1")}); err != nil {
		t.Fatal(err)
	}
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
	cfg.AtOnce = 50
	return New(cfg, b.db, b.box, b.desk, slog.New(slog.DiscardHandler))
}

func (b *bench) connect() Status {
	b.t.Helper()
	status, err := b.Connect(ctx, Connect{Centre: "us", ClientID: "client", Secret: secret.New("secret"), Code: secret.New("good")}, boss, "10.0.0.1")
	if err != nil {
		b.t.Fatal(err)
	}
	return status
}

func (b *bench) status() Status {
	b.t.Helper()
	status, err := b.Status(ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	return status
}

func aurora() Account { return Account{Key: "acq_1", Name: "Aurora Ltda", TaxID: "12ABC34501DE35"} }
