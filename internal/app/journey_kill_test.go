package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"prosa/internal/adapters/stripe"
	"prosa/internal/base/clock"
	"prosa/internal/modules/acquisition"
	"prosa/internal/modules/subscription"
	"prosa/internal/platform/config"
	"prosa/internal/platform/database"
	"prosa/internal/platform/saga"
	"prosa/internal/platform/telemetry"
)

// childVariable turns the test's binary into a process of ours; it holds where the
// witness is. aheadVariable puts the clock of its transactions forward, so that
// leases of the dead do not have to be waited for.
const (
	childVariable = "PROSA_APP_KILL_CHILD"
	aheadVariable = "PROSA_APP_KILL_AHEAD"
)

func TestMain(m *testing.M) {
	if witness := os.Getenv(childVariable); witness != "" {
		fmt.Fprintln(os.Stderr, livesUntilKilled(witness))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// livesUntilKilled is `prosa serve`, whose ports ask the witness at each boundary
// whether this is where the process dies.
func livesUntilKilled(witness string) error {
	ctx := context.Background()
	cfg, err := load(config.Environment())
	if err != nil {
		return err
	}
	ahead, err := time.ParseDuration(os.Getenv(aheadVariable))
	if err != nil {
		return err
	}
	cfg.Database.Clock = later(ahead)
	h, err := open(ctx, cfg, targetAll, telemetry.NewLogger(os.Stderr, cfg.Telemetry))
	if err != nil {
		return err
	}
	if err := h.checkSchema(ctx, targetAll); err != nil {
		return err
	}
	h.signup.BindRehearsal(&rehearsal{house: h, sandbox: &sandboxClient{base: witness, http: http.DefaultClient}})
	if err := h.watch(boundary(witness)); err != nil {
		return err
	}
	group, _, err := h.group(targetAll)
	if err != nil {
		return err
	}
	return group.Run(ctx)
}

// later is the machine's clock, put forward.
type later time.Duration

// Now implements clock.Clock.
func (l later) Now() time.Time { return clock.System{}.Now().Add(time.Duration(l)) }

// boundary is where the witness is asked; at kills this process when it says so.
type boundary string

func (b boundary) at(point string) {
	response, err := http.Get(string(b) + trapPath + "?at=" + point)
	if err != nil {
		return // the test is over
	}
	defer func() { _ = response.Body.Close() }()
	if answer, err := io.ReadAll(response.Body); err == nil && string(answer) == "die" {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

// watch wraps the steps of journeys and the calls that change a subscription. The
// rows are the same: only who runs them is another.
func (h *house) watch(b boundary) error {
	kind := h.signup.Journey()
	for i := range kind.Steps {
		kind.Steps[i].Run = b.around(kind.Steps[i].Run)
	}
	h.sagas = saga.New(h.cfg.Sagas, h.db, h.logger)
	vendor, ok := h.subscriptions.Provider(stripe.Name)
	if adapter, is := vendor.(*stripe.Adapter); ok && is {
		h.subscriptions.Bind(&watchedVendor{adapter, b})
	}
	return h.sagas.Register(kind)
}

func (b boundary) around(run saga.Run) saga.Run {
	return func(ctx context.Context, job saga.Job) (saga.Commit, error) {
		point := job.SagaID + "/" + job.Step + "/"
		b.at(point + "before")
		commit, err := run(ctx, job)
		if err != nil {
			return commit, err
		}
		b.at(point + "called")
		return func(ctx context.Context, tx *database.Tx) (output string, err error) {
			if commit != nil {
				if output, err = commit(ctx, tx); err != nil {
					return output, err
				}
			}
			b.at(point + "written")
			tx.AfterCommit(func() { b.at(point + "committed") })
			return output, nil
		}, nil
	}
}

type watchedVendor struct {
	*stripe.Adapter
	b boundary
}

// ApplyChange implements subscription.Provider.
func (v *watchedVendor) ApplyChange(ctx context.Context, key string, change subscription.Change) error {
	v.b.at("change/before")
	err := v.Adapter.ApplyChange(ctx, key, change)
	v.b.at("change/called")
	return err
}

// ours is our process under test: it is started again whenever it dies of
// SIGKILL.
type ours struct {
	*outside
	deaths int
	ahead  time.Duration
	log    *os.File
	stop   chan struct{}
	ended  chan struct{}
}

// start runs our process, and again after each kill, until the test ends.
func (o *outside) start() *ours {
	o.t.Helper()
	log, err := os.Create(filepath.Join(o.t.TempDir(), "log"))
	o.must(err)
	p := &ours{outside: o, log: log, stop: make(chan struct{}), ended: make(chan struct{})}
	first := p.launch()
	go p.keep(first)
	o.t.Cleanup(func() {
		close(p.stop)
		<-p.ended
		_ = log.Close()
	})
	return p
}

func (p *ours) launch() *exec.Cmd {
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), childVariable+"="+p.base)
	for name, value := range p.settings {
		command.Env = append(command.Env, name+"="+value)
	}
	p.mu.Lock()
	command.Env = append(command.Env, aheadVariable+"="+p.ahead.String())
	p.mu.Unlock()
	command.Stdout, command.Stderr = p.log, p.log
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil {
		p.t.Errorf("our process does not start: %v", err)
	}
	p.mu.Lock()
	p.kill = func() { _ = command.Process.Kill() }
	p.mu.Unlock()
	return command
}

func (p *ours) keep(command *exec.Cmd) {
	defer close(p.ended)
	for {
		died := make(chan error, 1)
		go func() { died <- command.Wait() }()
		select {
		case <-p.stop:
			_ = command.Process.Kill()
			<-died
			return
		case err := <-died:
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				log, _ := os.ReadFile(p.log.Name())
				p.t.Errorf("our process ended by itself: %v\n%s", err, log[max(0, len(log)-4000):])
				return
			}
			p.mu.Lock()
			p.deaths++
			p.mu.Unlock()
			command = p.launch()
		}
	}
}

func (p *ours) died() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.deaths
}

// outcome is what a purchase came to, by whoever counts it.
type outcome struct {
	steps                                     string // that are not done, of the saga
	companies, admins, subscriptions, changes int
	bots, products, numbers                   string
	letters                                   string
	customers, sessions, paying, invoices     string // at Stripe
	accounts, contacts, deals                 int    // in Zoho
	stage                                     string
	welcomes                                  int // taken by SendGrid
	plan                                      string
	keys                                      string
}

func (b *buyer) outcome() (seen outcome) {
	b.t.Helper()
	tenant := b.tenant()
	count := func(query string, args ...any) int { return len(b.list(query, args...)) }
	summed := func(query string) string { return strings.Join(b.list(query, tenant), ", ") }
	seen.steps = strings.Join(b.list(`SELECT name || '=' || state FROM saga_step WHERE saga_id = $1 AND state <> 'done' ORDER BY name`, b.id), ", ")
	seen.companies = count(`SELECT id FROM tenant WHERE tax_id = $1`, b.taxID)
	seen.admins = count(`SELECT user_id FROM member WHERE tenant_id = $1 AND role = 'admin' AND state = 'active'`, tenant)
	seen.subscriptions = count(`SELECT id FROM subscription WHERE tenant_id = $1`, tenant)
	seen.changes = count(`SELECT id FROM wish WHERE tenant_id = $1`, tenant)
	seen.bots = summed(`SELECT name FROM bot WHERE tenant_id = $1 ORDER BY name`)
	seen.products = summed(`SELECT COUNT(*) || ' of ' || COUNT(DISTINCT handle) FROM product WHERE tenant_id = $1`)
	seen.numbers = summed(`SELECT channel || ' ' || name FROM channel_account WHERE tenant_id = $1`)
	seen.letters = summed(`SELECT template || '=' || state FROM mail_letter WHERE tenant_id = $1 AND template = 'signup_welcome'`)
	seen.plan = summed(`SELECT price || ' ' || state FROM subscription WHERE tenant_id = $1`)
	b.stripe(&seen)
	account := ""
	for _, r := range b.world.zoho.Records("Accounts") {
		if r.Values["CNPJ"] == b.taxID {
			seen.accounts++
			account = r.ID
		}
	}
	for _, r := range b.world.zoho.Records("Contacts") {
		if r.Values["Email"] == b.email {
			seen.contacts++
		}
	}
	for _, r := range b.world.zoho.Records("Deals") {
		if held, ok := r.Values["Account_Name"].(map[string]any); ok && held["id"] == account {
			seen.deals++
			seen.stage = fmt.Sprint(r.Values["Stage"])
		}
	}
	for _, m := range b.world.sendGrid.Mails() {
		if m.To.Email == b.email && strings.Contains(m.Text, "/invitation#") {
			seen.welcomes++
		}
	}
	var keys []string
	for key := range b.keyed() {
		if name := nameOf(key); name != foundAgain {
			keys = append(keys, name) // one name twice would be one wish under two keys
		}
	}
	slices.Sort(keys)
	seen.keys = strings.Join(keys, " ")
	return seen
}

// foundAgain is the key under which a payer that is at the vendor already gets the
// data of today.
const foundAgain = "acq:{acq}:customer:update"

// keyed gives the calls of a buyer that carried a key, with how often each came.
func (b *buyer) keyed() map[string]int {
	b.t.Helper()
	found := map[string]int{}
	for _, about := range append(b.list(`SELECT id FROM wish WHERE tenant_id = $1`, b.tenant()), b.id) {
		for key, count := range b.keysOf(about) {
			found[strings.Replace(key, about, "{"+about[:3]+"}", 1)] = count
		}
	}
	return found
}

// nameOf is a key without the sum of what was asked, which the adapter appends:
// under one name something else is never asked.
func nameOf(key string) string {
	if cut := strings.LastIndexByte(key, ':'); cut > 0 && len(key)-cut == 33 {
		return key[:cut]
	}
	return key
}

// stripe counts what the vendor has of a buyer.
func (b *buyer) stripe(seen *outcome) {
	b.t.Helper()
	var state struct {
		Customers []struct {
			ID, Email, Name string
			Metadata        map[string]string
		}
		Sessions []struct {
			ID, Customer, Status string
			Metadata             map[string]string
		}
		Subscriptions []struct {
			ID, Customer, Status string
			Items                struct {
				Data []struct {
					Price struct {
						Amount int64 `json:"unit_amount"`
					}
				}
			}
		}
		Invoices []struct {
			ID, Customer, Status string
			Total                int64
		}
	}
	b.must(b.sandbox().send(b.t.Context(), http.MethodGet, stripePath+"/_sandbox/state", nil, &state))
	var customers, sessions, paying, invoices []string
	mine := map[string]bool{}
	for _, c := range state.Customers {
		if c.Email == b.email {
			mine[c.ID] = true
			b.customerID = c.ID
			customers = append(customers, c.Name+" by "+strings.ReplaceAll(c.Metadata["prosa_key"], b.id, "{acq}"))
		}
	}
	for _, s := range state.Sessions {
		if mine[s.Customer] {
			sessions = append(sessions, s.Status+" by "+strings.ReplaceAll(s.Metadata["prosa_key"], b.id, "{acq}"))
		}
	}
	for _, s := range state.Subscriptions {
		if mine[s.Customer] {
			text := s.Status
			for _, item := range s.Items.Data {
				text += fmt.Sprintf(" %d", item.Price.Amount)
			}
			paying = append(paying, text)
		}
	}
	for _, i := range state.Invoices {
		if mine[i.Customer] {
			invoices = append(invoices, fmt.Sprintf("%s %d", i.Status, i.Total))
		}
	}
	seen.customers, seen.sessions, seen.paying, seen.invoices = strings.Join(customers, ", "), strings.Join(sessions, ", "), strings.Join(paying, ", "), strings.Join(invoices, ", ")
}

// settled waits until nothing of a journey is under way.
func (b *buyer) settled() {
	b.t.Helper()
	b.until("the end of the journey", func() error {
		if open := b.list(`SELECT name || '=' || state || ' ' || problem FROM saga_step WHERE saga_id = $1 AND state NOT IN ('done', 'skipped')`, b.id); len(open) > 0 {
			return fmt.Errorf("%v", open)
		}
		if letters := b.list(`SELECT template || '=' || state FROM mail_letter WHERE tenant_id = $1 AND state <> 'delivered'`, b.tenant()); len(letters) > 0 {
			return fmt.Errorf("%v", letters)
		}
		return nil
	})
}

// moments at which a process is killed, as the reference names them: before the
// call, after it and before the commit (at two points: the call answered, the
// rows written), after the commit.
func moments() []string { return []string{"before", "called", "written", "committed"} }

// target is where one purchase meets its kill.
type target struct{ step, moment string }

func boundaries(full bool) (list []target) {
	steps := (&acquisition.Service{}).Journey().Steps
	for i, step := range steps {
		for j, moment := range moments() {
			if full || (i+j)%9 == 0 { // a short run takes some of each
				list = append(list, target{step.Name, moment})
			}
		}
	}
	for _, moment := range []string{"before", "called", "committed"} {
		if full || moment == "called" {
			list = append(list, target{"mail", moment}, target{"change", moment})
		}
	}
	return list
}

// point is what the trap of a target is called.
func (x target) point(b *buyer) string {
	if x.step == "mail" || x.step == "change" {
		return x.step + "/" + x.moment
	}
	return b.id + "/" + x.step + "/" + x.moment
}

// goes takes a buyer through a whole purchase, and a change to the larger plan,
// with the trap armed.
func (p *ours) goes(b *buyer, x target) (died int) {
	p.t.Helper()
	before := p.died()
	b.fillsIn()
	if x.step != "" && x.step != "change" {
		p.set(x.point(b))
	}
	b.asksForThePage()
	b.pays()
	b.comes()
	if x == (target{"mail", "committed"}) {
		p.endsWhen(b, `SELECT state FROM mail_letter WHERE tenant_id = $1 AND template = 'signup_welcome'`, "accepted", "delivered")
	}
	b.settled()
	if x.step == "change" {
		p.set(x.point(b))
	}
	p.changes(b, x)
	b.settled()
	return p.died() - before
}

// endsWhen kills our process once a row says that a commit was made.
func (p *ours) endsWhen(b *buyer, query string, states ...string) {
	p.t.Helper()
	b.until("the commit", func() error {
		if state := strings.Join(b.list(query, b.tenant()), ","); !slices.Contains(states, state) {
			return errors.New(state)
		}
		return nil
	})
	before := p.died()
	p.mu.Lock()
	kill := p.kill
	p.mu.Unlock()
	kill()
	p.until("its death", func() error {
		if p.died() == before {
			return errNotYet
		}
		return nil
	})
}

// changes takes the larger plan.
func (p *ours) changes(b *buyer, x target) {
	p.t.Helper()
	want := map[string]any{"version_id": b.larger.ID, "interval": "month"}
	var preview struct{ Token string }
	b.call(http.MethodPost, "/billing/preview", want, &preview)
	want["token"] = preview.Token
	if x.step == "change" && x.moment != "committed" {
		p.mu.Lock()
		p.ahead += 70 * time.Second // the dead one's wish is free at once
		p.mu.Unlock()
	}
	status, err := b.tries(http.MethodPost, "/billing/change", want, nil)
	if status != 0 {
		b.must(err)
	}
	if x == (target{"change", "committed"}) {
		p.endsWhen(b, `SELECT state FROM wish WHERE tenant_id = $1`, "done")
	}
	b.until("the larger plan", func() error {
		if states := b.list(`SELECT state || ' ' || problem FROM wish WHERE tenant_id = $1`, b.tenant()); len(states) != 1 || !strings.HasPrefix(states[0], "done") {
			return fmt.Errorf("%v", states)
		}
		return nil
	})
}

// kill -9 of a process of ours at each boundary of a real purchase, with the
// vendors looking on. Whatever died where, the company, its subscription, its
// records and its letter are there once, made under the same keys. The short form
// takes a boundary of each sort; PROSA_KILL_TABLE=full takes all.
func TestShowJourneyKills(t *testing.T) {
	if testing.Short() {
		t.Skip("processes are started")
	}
	o := newOutside(t, map[string]string{
		"PROSA_SAGA_LEASE": "1500ms", "PROSA_SAGA_POLL": "50ms", "PROSA_SIGNUP_POLL_EVERY": "1s", "PROSA_MAIL_SWEEP_EVERY": "100ms", "PROSA_PLAN_SWEEP_EVERY": "100ms",
		"PROSA_SENDGRID_TIMEOUT": "1s", "PROSA_MAIL_LEASE": "2s", "PROSA_MAIL_SETTLE_AFTER": "5s", "PROSA_SHARD_TTL": "2s", "PROSA_SHARD_RENEW": "200ms", "PROSA_LOG_LEVEL": "INFO",
	})
	p := o.start()
	model := o.newBuyer(0)
	if died := p.goes(model, target{}); died != 0 {
		t.Fatalf("it died %d times without a trap", died)
	}
	want := model.outcome()
	t.Logf("not killed: %+v", want)
	checkModel(t, want)
	fmt.Printf("%-11s %-10s %6s  %-60s %s\n", "step", "killed", "deaths", "what came again", "end state")
	for i, x := range boundaries(os.Getenv("PROSA_KILL_TABLE") == "full") {
		b := o.newBuyer(i + 1)
		died := p.goes(b, x)
		if died != 1 {
			t.Errorf("%v: %d deaths", x, died)
		}
		verdict := "the same"
		if got := b.outcome(); got != want {
			verdict = "DIFFERS"
			t.Errorf("%v: ends as\n%+v, not\n%+v", x, got, want)
		}
		fmt.Printf("%-11s %-10s %6d  %-60s %s\n", x.step, x.moment, died, b.repeated(), verdict)
	}
}

// repeated names the calls that came more than once, and what of the CRM was
// written more often than in a journey that nobody disturbs.
func (b *buyer) repeated() string {
	b.t.Helper()
	var list []string
	for key, count := range b.keyed() {
		if name := nameOf(key); count > 1 || name == foundAgain {
			list = append(list, fmt.Sprintf("%s x%d", name, count))
		}
	}
	for about, name := range map[string]string{b.email: "look for payer", b.customerID: "look for page"} {
		if count := b.looksFor(about); count > 1 {
			list = append(list, fmt.Sprintf("%s x%d", name, count))
		}
	}
	for _, r := range b.world.zoho.Records("") {
		usual := map[string]int64{"Accounts": 1, "Contacts": 1, "Deals": 2}[r.Module]
		mine := r.Values["CNPJ"] == b.taxID || r.Values["Email"] == b.email || r.Module == "Deals" && r.Values["Contract_ID"] == b.contract()
		if mine && r.Writes > usual {
			list = append(list, fmt.Sprintf("%s x%d", strings.TrimSuffix(r.Module, "s"), r.Writes))
		}
	}
	slices.Sort(list)
	if len(list) == 0 {
		return "-"
	}
	return strings.Join(list, " ")
}

func (b *buyer) contract() string {
	b.t.Helper()
	return strings.Join(b.list(`SELECT contract_no FROM acquisition WHERE id = $1`, b.id), "")
}

// checkModel looks at the end of a journey that nobody disturbed.
func checkModel(t *testing.T, o outcome) {
	t.Helper()
	if o.steps != "" || o.companies != 1 || o.admins != 1 || o.subscriptions != 1 || o.changes != 1 || o.accounts != 1 || o.contacts != 1 || o.deals != 1 || o.welcomes != 1 {
		t.Errorf("not all is there once: %+v", o)
	}
	if o.letters != "signup_welcome=delivered" || o.customers != "ACME Comércio Ltda by acq:{acq}:customer" || o.sessions != "complete by acq:{acq}:checkout:1" || !strings.Contains(o.paying, "30000") || o.plan != "30000 active" {
		t.Errorf("not as it should be: %+v", o)
	}
	if o.bots == "" || o.numbers == "" || strings.Count(o.keys, "acq:{acq}:") != 2 {
		t.Errorf("something is missing: %+v", o)
	}
}
