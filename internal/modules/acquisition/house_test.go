package acquisition

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/modules/crm"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/subscription"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/config"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/saga"
)

var (
	ctx  = context.Background()
	home = Visitor{IP: "203.0.113.7"}
	olga = tenancy.By{Actor: event.Actor{Kind: "operator", ID: "usr_olga", Name: "Olga"}}
)

// bench is the real thing on a clock that the test moves: database, plans,
// companies, people, subscriptions and sagas; the outside is paper.
type bench struct {
	*Service
	t             *testing.T
	db            *database.DB
	clock         *clock.Manual
	sagas         *saga.Service
	plans         *plan.Service
	identity      *identity.Service
	subscriptions *subscription.Service
	psp           *psp
	relations     *relations
	letters       *letters
	bots          *paperBots
	goods         map[string]int // by company
	basic         plan.Version   // R$ 100 a month, paid at once
	trial         plan.Version   // 14 days without a method of payment
	later         plan.Version   // 7 days, the method taken at once
}

func engines(t *testing.T, fn func(t *testing.T, b *bench)) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) { fn(t, open(t, engine)) })
	}
}

func lite(t *testing.T) *bench { return open(t, database.SQLite) }

func defaults[T any](t *testing.T) (cfg T) {
	t.Helper()
	if err := config.Load(&cfg, func(string) (string, bool) { return "", false }); err != nil {
		t.Fatal(err)
	}
	return cfg
}

func open(t *testing.T, engine database.Engine) *bench {
	t.Helper()
	b := &bench{
		t: t, clock: clock.NewManual(time.Date(2026, 11, 3, 13, 0, 0, 0, time.UTC)), letters: &letters{sent: map[string]mail.Letter{}},
		relations: &relations{records: map[string]string{}, stages: map[string]crm.Stage{}}, bots: &paperBots{made: map[string]string{}}, goods: map[string]int{},
	}
	cfg := databasetest.Config(t, engine)
	cfg.Clock = b.clock
	var err error
	if b.db, err = database.Open(ctx, cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.db.Close() })
	b.psp = &psp{clock: b.clock, keys: map[string]string{}, checkouts: map[string]*paperCheckout{}}
	b.plans = plan.New(b.db)
	quiet := func(context.Context, *database.Tx, int, ...event.Envelope) error { return nil }
	companies := tenancy.New(b.db, quiet, b.clock)
	people := identity.Default()
	people.HashMemoryKiB, people.HashTime, people.PublicURL = 64, 1, "https://prosa.example.com"
	b.identity = identity.New(people, b.db, quiet, b.clock)
	logger := slog.New(slog.DiscardHandler)
	b.subscriptions = subscription.New(defaults[subscription.Config](t), subscription.Deps{
		DB: b.db, Plans: b.plans, Companies: companies, Post: b.letters, Site: "https://prosa.example.com", Logger: logger, People: identity.Admins,
		Used: func(context.Context, string) (map[tenancy.Meter]int64, error) { return nil, nil },
	})
	b.subscriptions.Bind(b.psp)
	b.sagas = saga.New(defaults[saga.Config](t), b.db, logger)
	mine := defaults[Config](t)
	mine.SiteURL, mine.Line = "https://prosa.example.com", tenancy.Massivo
	b.Service = New(mine, Deps{
		DB: b.db, Plans: b.plans, Sagas: b.sagas, Post: b.letters, Providers: []subscription.Provider{b.psp}, Subscriptions: b.subscriptions, Inviter: b.identity,
		Bots: b.bots, Goods: paperGoods{b}, CRM: b.relations, Keys: [][]byte{[]byte("a key that is only for this test")}, Logger: logger,
	})
	b.subscriptions.BindCheckouts(b.Service)
	b.identity.BindJoined(b.Joined)
	for _, kind := range []saga.Kind{b.Journey(), b.Leads()} {
		if err := b.sagas.Register(kind); err != nil {
			t.Fatal(err)
		}
	}
	b.basic = b.sell("basico", 10_000, 0, false)
	b.trial = b.sell("teste", 20_000, 14, false)
	b.later = b.sell("depois", 30_000, 7, true)
	return b
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) sell(slug string, monthly money.Amount, trialDays int, needsPayment bool) plan.Version {
	b.t.Helper()
	text := plan.Text{PT: slug, EN: slug}
	v, err := b.plans.Create(ctx, slug, tenancy.Massivo, plan.Content{
		Name: text, Summary: text, Features: []plan.Text{text}, Currency: money.BRL, Monthly: monthly, Annual: 10 * monthly, TrialDays: trialDays, TrialNeedsPayment: needsPayment,
		Limits: map[tenancy.Meter]tenancy.Limit{tenancy.Attendants: {Count: 2, Over: tenancy.Block}},
	}, olga)
	if err == nil {
		v, err = b.plans.Publish(ctx, v.ID, olga)
	}
	b.must(err)
	return v
}

func (b *bench) coupon(code string, most int64) {
	b.t.Helper()
	_, err := b.plans.SavePromotion(ctx, plan.Promotion{Code: code, Percent: 1000, Cycles: 3, Most: most, Active: true}, olga)
	b.must(err)
}

// sweep lets all steps that are due run.
func (b *bench) sweep() {
	b.t.Helper()
	b.must(b.sagas.Sweep(ctx))
}

// pass lets time go by, a quarter of an hour at a time, and the steps run.
func (b *bench) pass(d time.Duration) {
	b.t.Helper()
	for d > 0 {
		step := min(d, 15*time.Minute)
		b.clock.Advance(step)
		d -= step
		b.sweep()
	}
}

func ptr[T any](v T) *T { return &v }

// acme is a form that is filled in rightly.
func acme(email string) Patch {
	return Patch{
		Name: ptr("Ana Souza"), Email: ptr(email), Phone: ptr("(11) 98765-4321"), Kind: ptr("company"), TaxID: ptr("12.ABC.345/01DE-35"), TaxIDConfirmed: ptr(true),
		LegalName: ptr("ACME Comércio Ltda"), TradeName: ptr("ACME"), ZIP: ptr("01310-100"), Street: ptr("Avenida Paulista"), Number: ptr("1000"),
		District: ptr("Bela Vista"), City: ptr("São Paulo"), State: ptr("sp"), CityCode: ptr("3550308"), Trade: ptr("varejo"),
	}
}

// visitor is a browser on its way to us.
type visitor struct {
	*bench
	token secret.Text
	email string
}

// arrives begins a purchase and fills it in, up to the payment.
func (b *bench) arrives(email string, version plan.Version) *visitor {
	b.t.Helper()
	v := b.begins(version, "")
	v.fills(acme(email))
	v.email = email
	v.proves()
	v.agrees()
	return v
}

func (b *bench) begins(version plan.Version, coupon string) *visitor {
	b.t.Helper()
	token, _, err := b.Begin(ctx, Beginning{VersionID: version.ID, Interval: "month", Locale: "pt-BR", Coupon: coupon}, home)
	b.must(err)
	return &visitor{bench: b, token: token}
}

func (v *visitor) fills(p Patch) Journey {
	v.t.Helper()
	j, err := v.Change(ctx, v.token, p)
	v.must(err)
	return j
}

func (v *visitor) looks() Journey {
	v.t.Helper()
	j, err := v.Look(ctx, v.token)
	v.must(err)
	return j
}

var codeShape = regexp.MustCompile(`^[2-9A-Z]{4}-[2-9A-Z]{4}$`)

func (v *visitor) proves() {
	v.t.Helper()
	v.must(v.SendCode(ctx, v.token, home))
	j, err := v.Prove(ctx, v.token, v.letters.last(mail.SignupCode).Data["code"], home)
	v.must(err)
	if !j.Person.EmailProven {
		v.t.Fatalf("the e-mail is not proven: %+v", j)
	}
}

func (v *visitor) agrees() {
	v.t.Helper()
	terms, err := CurrentTerms("pt-BR")
	v.must(err)
	_, err = v.Agree(ctx, v.token, terms.Version, terms.Hash, home)
	v.must(err)
}

// pays goes to the provider's page.
func (v *visitor) pays() Journey {
	v.t.Helper()
	_, err := v.Pay(ctx, v.token, "", home)
	v.must(err)
	v.sweep()
	return v.looks()
}

// page is the checkout that is open now.
func (v *visitor) page() *paperCheckout {
	v.t.Helper()
	list := v.attempts()
	if len(list) == 0 || list[len(list)-1].checkoutID == "" {
		v.t.Fatalf("no page is open: %+v", list)
	}
	return v.psp.get(list[len(list)-1].checkoutID)
}

func (v *visitor) attempts() (list []attempt) {
	v.t.Helper()
	v.must(v.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) (err error) {
		a, _, err := opened(ctx, tx, v.token, cookieToken, "")
		if err == nil {
			list, err = attempts(ctx, tx, a.ID)
		}
		return err
	}))
	return list
}

// notice is what the provider tells of a checkout.
func (b *bench) notice(checkoutID string) {
	b.t.Helper()
	b.must(b.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error { return b.CheckoutNews(ctx, tx, "psp", checkoutID) }))
}

func (v *visitor) steps() map[string]saga.Status {
	v.t.Helper()
	found := map[string]saga.Status{}
	v.must(v.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		list, err := v.sagas.Of(ctx, tx, v.looksIn(tx).ID)
		for _, step := range list {
			found[step.Step] = step
		}
		return err
	}))
	return found
}

func (v *visitor) looksIn(tx *database.Tx) Acquisition {
	v.t.Helper()
	a, _, err := opened(ctx, tx, v.token, cookieToken, "")
	v.must(err)
	return a
}

func (v *visitor) row() (a Acquisition) {
	v.t.Helper()
	v.must(v.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		a = v.looksIn(tx)
		return nil
	}))
	return a
}

func (b *bench) companies() []tenancy.Company {
	b.t.Helper()
	list, err := tenancy.New(b.db, nil, b.clock).List(ctx, "", 200)
	b.must(err)
	return list.Items
}

// wants fails unless err has the reason.
func wants(t *testing.T, err error, reason string) {
	t.Helper()
	if reasonOf(err) != reason {
		t.Errorf("error %v, want the reason %s", err, reason)
	}
}

// letters keeps what was written.
type letters struct {
	mu    sync.Mutex
	sent  map[string]mail.Letter
	order []string
	off   bool
}

func (l *letters) Works() bool { return !l.off }

func (l *letters) Send(_ context.Context, tx *database.Tx, letter mail.Letter) error {
	tx.AfterCommit(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if _, there := l.sent[letter.Key]; !there {
			l.order = append(l.order, letter.Key)
			l.sent[letter.Key] = letter
		}
	})
	return nil
}

func (l *letters) Withdraw(context.Context, *database.Tx, string, string) error { return nil }

func (l *letters) Of(_ context.Context, _ string, keys []string) (map[string]mail.Status, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := map[string]mail.Status{}
	for _, key := range keys {
		if _, ok := l.sent[key]; ok {
			found[key] = mail.Status{State: mail.Queued}
		}
	}
	return found, nil
}

func (l *letters) all(template string) (list []mail.Letter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range l.order {
		if l.sent[key].Template == template {
			list = append(list, l.sent[key])
		}
	}
	return list
}

func (l *letters) last(template string) mail.Letter {
	list := l.all(template)
	if len(list) == 0 {
		return mail.Letter{}
	}
	return list[len(list)-1]
}

// paperBots makes bots on paper.
type paperBots struct {
	mu    sync.Mutex
	made  map[string]string // company and template -> name
	most  int               // 0 for any number
	count int
}

func (p *paperBots) Make(_ context.Context, tx *database.Tx, tenantID string, bot TradeBot) (string, error) {
	if p.most > 0 && p.count >= p.most {
		return "", fault.Refuse("plan_limit", "no more bots")
	}
	p.count++
	tx.AfterCommit(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.made[tenantID+" "+bot.Template] = bot.Name
	})
	return "bot_" + bot.Template, nil
}

type paperGoods struct{ b *bench }

func (p paperGoods) Sample(_ context.Context, tenantID, _ string) error {
	p.b.goods[tenantID]++
	return nil
}

// relations is a CRM that finds records again by their unique fields.
type relations struct {
	mu      sync.Mutex
	records map[string]string // kind and unique field -> what was written last
	stages  map[string]crm.Stage
	trouble error
	calls   int
}

func (r *relations) put(key, value string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls++
	if r.trouble != nil {
		return "", r.trouble
	}
	r.records[key] = value
	return "id of " + key, nil
}

func (r *relations) Account(_ context.Context, a crm.Account) (string, error) {
	return r.put("account "+a.TaxID, a.Name)
}

func (r *relations) Contact(_ context.Context, c crm.Contact) (string, error) {
	return r.put("contact "+c.Email, c.AccountID)
}

func (r *relations) Deal(_ context.Context, d crm.Deal) (string, error) {
	id, err := r.put("deal "+d.ContractID, d.Amount.Decimal()+" "+d.Name)
	if err == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.stages[d.ContractID] = d.Stage
	}
	return id, err
}

func (r *relations) Stage(_ context.Context, contractID, _ string, stage crm.Stage) error {
	_, err := r.put("stage "+contractID, string(stage))
	if err == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.stages[contractID] = stage
	}
	return err
}

func (r *relations) Lead(_ context.Context, l crm.Lead) (string, error) {
	return r.put("lead "+l.Email, l.Name)
}

func (r *relations) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trouble = err
}

func (r *relations) deals() (list []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key := range r.records {
		if strings.HasPrefix(key, "deal ") {
			list = append(list, key)
		}
	}
	slices.Sort(list)
	return list
}

// psp is a provider on paper: the same key is the same wish.
type psp struct {
	mu        sync.Mutex
	clock     *clock.Manual
	keys      map[string]string // of calls -> what they made
	checkouts map[string]*paperCheckout
	// trouble is answered by all calls; before says whether the effect is lost too.
	trouble error
	lost    int   // so many of the next answers are lost, after the effect
	closing error // answers ExpireCheckout, nil for as usual
	calls   []string
	ended   []string // subscriptions, at once
}

type paperCheckout struct {
	subscription.CheckoutState
	id      string
	wish    subscription.Checkout
	expired int // how often it was asked to be closed
}

func (p *psp) Name() string      { return "psp" }
func (p *psp) Methods() []string { return []string{"card", "pix", "boleto"} }

var errLost = errors.New("the connection broke off")

// call counts a call and says how it goes.
func (p *psp) call(name string) error {
	p.calls = append(p.calls, name)
	return p.trouble
}

func (p *psp) answered() error {
	if p.lost > 0 {
		p.lost--
		return errLost
	}
	return nil
}

func (p *psp) EnsureCustomer(_ context.Context, key string, c subscription.Customer) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.call("customer " + key); err != nil {
		return "", err
	}
	if p.keys[key] == "" {
		p.keys[key] = fmt.Sprintf("cus_%d %s", len(p.keys)+1, c.TaxID)
	}
	return p.keys[key], p.answered()
}

func (p *psp) StartCheckout(_ context.Context, key string, c subscription.Checkout) (subscription.Started, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.call("checkout " + key); err != nil {
		return subscription.Started{}, err
	}
	if p.keys[key] == "" {
		p.keys[key] = fmt.Sprintf("chk_%d", len(p.keys)+1)
		p.checkouts[p.keys[key]] = &paperCheckout{id: p.keys[key], wish: c, CheckoutState: subscription.CheckoutState{State: subscription.CheckoutOpen, CustomerID: c.CustomerID}}
	}
	return subscription.Started{CheckoutID: p.keys[key], URL: "https://pay.example.com/" + p.keys[key], ExpiresMS: clock.MS(p.clock.Now().Add(24 * time.Hour))}, p.answered()
}

func (p *psp) LookCheckout(_ context.Context, checkoutID string) (subscription.CheckoutState, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.call("look " + checkoutID); err != nil {
		return subscription.CheckoutState{}, err
	}
	return p.checkouts[checkoutID].CheckoutState, p.answered()
}

func (p *psp) ExpireCheckout(_ context.Context, checkoutID string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.call("expire " + checkoutID); err != nil {
		return err
	}
	if p.closing != nil {
		return p.closing
	}
	c := p.checkouts[checkoutID]
	c.expired++
	if c.State != subscription.CheckoutPaid {
		c.State = subscription.CheckoutExpired
	}
	return p.answered()
}

func (p *psp) get(checkoutID string) *paperCheckout {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.checkouts[checkoutID]
}

func (p *psp) pay(c *paperCheckout) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.State, c.SubscriptionID, c.Paid, c.Method = subscription.CheckoutPaid, "sub of "+c.id, c.wish.Price-c.wish.Discount, "card"
}

func (p *psp) set(c *paperCheckout, state subscription.CheckoutStep) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.State = state
}

func (p *psp) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trouble = err
}

func (p *psp) lose(answers int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lost = answers
}

func (p *psp) LookSubscription(_ context.Context, subscriptionID string) (subscription.Remote, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	remote := subscription.Remote{State: subscription.RemoteActive}
	if err := p.call("look " + subscriptionID); err != nil {
		return remote, err
	}
	if c := p.checkouts[strings.TrimPrefix(subscriptionID, "sub of ")]; c != nil && c.Paid > 0 {
		remote.Bills = []subscription.Bill{{BillID: "bill of " + c.id, State: subscription.BillPaid, Amount: c.Paid, Paid: c.Paid, Currency: money.BRL}}
	}
	return remote, nil
}

func (p *psp) CancelNow(_ context.Context, _, subscriptionID string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.call("end " + subscriptionID); err != nil {
		return err
	}
	p.ended = append(p.ended, subscriptionID)
	return p.answered()
}

func (p *psp) PreviewChange(context.Context, subscription.Change) (money.Amount, error) {
	return 0, nil
}
func (p *psp) ApplyChange(context.Context, string, subscription.Change) error { return nil }
func (p *psp) CancelAtEnd(context.Context, string, string, bool) error        { return nil }
func (p *psp) Refund(context.Context, string, string, money.Amount) error     { return nil }
func (p *psp) MethodPage(context.Context, string, string) (string, error)     { return "", nil }
func (p *psp) Verify(http.Header, []byte) ([]subscription.Notice, error)      { return nil, io.EOF }

type (
	first      = identity.First
	invitation = identity.Invitation
)

func secretOf(text string) secret.Text { return secret.New(text) }
