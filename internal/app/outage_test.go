package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/adapters/sendgrid"
	"prosa/internal/base/clock"
	"prosa/internal/base/secret"
	"prosa/internal/edge/webhook"
	"prosa/internal/modules/acquisition"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/plan"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/config"
	"prosa/internal/platform/database"
	"prosa/internal/platform/job"
	"prosa/internal/platform/secretbox"
	"prosa/internal/platform/service"
	"prosa/internal/platform/telemetry"
	sendgridsim "prosa/internal/sandbox/sendgrid"
	stripesim "prosa/internal/sandbox/stripe"
	zohosim "prosa/internal/sandbox/zoho"
)

// calendar is an installation and its vendors on one clock that the test moves.
type calendar struct {
	*house
	t      *testing.T
	clock  *clock.Manual
	zoho   *zohosim.Server
	mails  *sendgridsim.Server
	base   string
	basic  plan.Version
	buyers []*applicant
}

func newCalendar(t *testing.T) *calendar {
	t.Helper()
	c := &calendar{t: t, clock: clock.NewManual(time.Now().Truncate(time.Second))}
	var hooks http.Handler = http.NotFoundHandler()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	c.base = server.URL
	var err error
	c.zoho, err = zohosim.New(zohosim.Config{PublicURL: c.base + zohoPath, Clock: c.clock})
	c.must(err)
	c.mails, err = sendgridsim.New(sendgridsim.Config{Clock: c.clock, WebhookURL: c.base + "/webhooks/sendgrid"})
	c.must(err)
	bank, err := stripesim.New(stripesim.Config{PublicURL: c.base + stripePath, Clock: c.clock})
	c.must(err)
	mux.Handle(zohoPath+"/", http.StripPrefix(zohoPath, c.zoho))
	mux.Handle(sendGridPath+"/", http.StripPrefix(sendGridPath, c.mails))
	mux.Handle(stripePath+"/", http.StripPrefix(stripePath, bank))
	mux.HandleFunc("POST /webhooks/sendgrid", func(w http.ResponseWriter, r *http.Request) { hooks.ServeHTTP(w, r) })
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for _, s := range []service.Service{{Run: c.zoho.Run}, {Run: c.mails.Run}, {Run: bank.Run}} {
		all.Go(func() { _ = s.Run(ctx) })
	}
	t.Cleanup(func() { cancel(); all.Wait() })
	c.moveIn()
	hooks = webhook.NewMails(sendgrid.Name, c.mail, c.logger)
	return c
}

// moveIn makes the installation; it has no services: the test lets time pass.
func (c *calendar) moveIn() {
	c.t.Helper()
	ctx := c.t.Context()
	dir := c.t.TempDir()
	cfg, err := load(config.Map(map[string]string{
		"PROSA_DATA_DIR": dir, "PROSA_PUBLIC_URL": "http://localhost:8080", "PROSA_STRIPE_BASE_URL": c.base + stripePath, "PROSA_STRIPE_KEY": demoStripeKey,
		"PROSA_STRIPE_WEBHOOK_SECRETS": demoStripeSecret, "PROSA_PLAN_PAYMENT": "stripe", "PROSA_ZOHO_ACCOUNTS_URL": c.base + zohoPath, "PROSA_MAIL_SENDER": "sendgrid",
		"PROSA_MAIL_FROM": "prosa@example.com", "PROSA_SENDGRID_BASE_URL": c.base + sendGridPath, "PROSA_SENDGRID_KEY": "SG.test", "PROSA_SENDGRID_EVENT_KEY": c.mails.PublicKey(),
		"PROSA_HASH_MEMORY_KIB": "1024", "PROSA_HASH_TIME": "1",
	}))
	c.must(err)
	cfg.Database.Clock = c.clock
	c.house = &house{cfg: cfg, version: "test", process: "test", clock: c.clock, logger: slog.New(slog.DiscardHandler), metrics: telemetry.NewMetrics("test", targetAll), jobs: job.NewRegistry()}
	_, err = migrate(ctx, cfg)
	c.must(err)
	c.db, err = database.Open(ctx, cfg.Database)
	c.must(err)
	c.t.Cleanup(func() { _ = c.close() })
	c.secrets, err = secretbox.Open(cfg.Secrets)
	c.must(err)
	c.blobs, err = blob.NewFolder(cfg.Blobs)
	c.must(err)
	c.must(os.MkdirAll(filepath.Join(dir, "stream"), 0o700))
	c.must(c.furnish())
	c.basic = sold(c.t, c.house, "basico", 10_000)
	c.must(c.connectCRM(ctx, c.control()))
}

func (c *calendar) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *calendar) control() *sandboxClient {
	return &sandboxClient{base: c.base, http: &http.Client{Timeout: 20 * time.Second}}
}

// sweep does all that is due now.
func (c *calendar) sweep() {
	c.t.Helper()
	ctx := c.t.Context()
	c.must(c.sagas.Sweep(ctx))
	c.must(c.subscriptions.Sweep(ctx))
	c.must(c.signup.Sweep(ctx))
	c.must(c.mail.Sweep(ctx))
}

// pass lets time go by.
func (c *calendar) pass(d time.Duration) {
	c.t.Helper()
	const step = 20 * time.Minute
	for ; d > 0; d -= step {
		c.clock.Advance(min(d, step))
		c.sweep()
	}
}

// applicant is who buys, without a browser.
type applicant struct {
	*calendar
	email string
	token secret.Text
	id    string
}

// proves fills the form in, up to the payment.
func (c *calendar) proves(number int) *applicant {
	c.t.Helper()
	ctx, visitor := c.t.Context(), acquisition.Visitor{IP: "203.0.113.7"}
	a := &applicant{calendar: c, email: fmt.Sprintf("ana%d@acme.example.com", number)}
	var err error
	a.token, _, err = c.signup.Begin(ctx, acquisition.Beginning{VersionID: c.basic.ID, Interval: "month", Locale: "pt-BR"}, visitor)
	c.must(err)
	text := func(s string) *string { return &s }
	yes := true
	j, err := c.signup.Change(ctx, a.token, acquisition.Patch{
		Name: text("Ana Souza"), Email: &a.email, Phone: text("(11) 98765-4321"), Kind: text("company"), TaxID: text(taxIDOf(number)), TaxIDConfirmed: &yes,
		LegalName: text(fmt.Sprintf("ACME %d Ltda", number)), ZIP: text("01310-100"), Street: text("Avenida Paulista"), Number: text("1000"), District: text("Bela Vista"),
		City: text("São Paulo"), State: text("SP"), CityCode: text("3550308"), Trade: text("varejo"),
	})
	c.must(err)
	a.id = j.ID
	c.must(c.signup.SendCode(ctx, a.token, visitor))
	c.must(c.mail.Sweep(ctx))
	_, err = c.signup.Prove(ctx, a.token, codeIn(a.letter("Text")), visitor)
	c.must(err)
	terms, err := acquisition.CurrentTerms("pt-BR")
	c.must(err)
	_, err = c.signup.Agree(ctx, a.token, terms.Version, terms.Hash, visitor)
	c.must(err)
	c.buyers = append(c.buyers, a)
	return a
}

// letter is the text of the latest mail that was taken for somebody.
func (a *applicant) letter(holds string) (text string) {
	for _, m := range a.mails.Mails() {
		if m.To.Email == a.email && (holds == "Text" || strings.Contains(m.Text, holds)) {
			text = m.Text
		}
	}
	return text
}

// pays pays by card, and looks whether the company is there.
func (a *applicant) pays() {
	a.t.Helper()
	ctx := a.t.Context()
	_, err := a.signup.Pay(ctx, a.token, "card", acquisition.Visitor{IP: "203.0.113.7"})
	a.must(err)
	a.sweep()
	j, err := a.signup.Look(ctx, a.token)
	a.must(err)
	if j.Checkout == nil || j.Checkout.URL == "" {
		a.t.Fatalf("no page: %+v", j.Checkout)
	}
	session := j.Checkout.URL[strings.LastIndexByte(j.Checkout.URL, '/')+1:]
	a.must(a.control().post(ctx, stripePath+"/_sandbox/choose", map[string]any{"session": session, "action": "card"}, nil))
	a.pass(a.cfg.Signup.PollEvery + time.Minute) // the callback is lost: it is looked for
	if j, err = a.signup.Look(ctx, a.token); err != nil || j.State != acquisition.Active || !j.ActivationReady {
		a.t.Errorf("%s waits for somebody: %+v, %v", a.email, j, err)
	}
}

// comes sets the first admin's password by a link.
func (a *applicant) comes(link string) {
	a.t.Helper()
	_, token, _ := strings.Cut(link, "#")
	_, err := a.identity.Accept(a.t.Context(), secret.New(token), identity.Draft{Name: "Ana Souza", Password: secret.New("correct horse battery"), Locale: "pt-BR"}, identity.Client{})
	if err != nil {
		a.t.Errorf("%s does not get in by %q: %v", a.email, link, err)
	}
	a.sweep()
}

func (a *applicant) comesByThePage() {
	a.t.Helper()
	link, err := a.signup.ActivationLink(a.t.Context(), a.token)
	a.must(err)
	a.comes(link)
}

// rows reads texts from the database.
func (c *calendar) rows(query string, args ...any) (found []string) {
	c.t.Helper()
	c.must(c.db.Read(c.t.Context(), database.Platform("a test looks"), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return err
			}
			found = append(found, text)
		}
		return rows.Err()
	}))
	return found
}

// deals gives the names of the contracts in the CRM.
func (c *calendar) deals() (list []string) {
	for _, r := range c.zoho.Records("Deals") {
		list = append(list, fmt.Sprint(r.Values["Contract_ID"]))
	}
	slices.Sort(list)
	return list
}

// breaks takes Zoho and SendGrid down, or brings them back.
func (c *calendar) breaks(down bool) {
	c.t.Helper()
	for _, path := range []string{zohoPath, sendGridPath} {
		method, rule := http.MethodDelete, map[string]any(nil)
		if down {
			method, rule = http.MethodPost, map[string]any{"on": "call", "do": "status", "status": http.StatusServiceUnavailable}
		}
		c.must(c.control().send(c.t.Context(), method, path+"/_sandbox/faults", rule, nil))
	}
}

// Zoho and SendGrid are away for a week. Companies that pay meanwhile are there at
// once, also when the payment's callback is lost, and whoever bought gets in by the
// page. When the vendors are back, each contract comes to stand in the CRM once,
// each letter is settled, and who waited for a letter gets one whose link opens.
func TestShowOutage(t *testing.T) {
	c := newCalendar(t)
	for n := range 6 {
		c.proves(n)
	}
	c.breaks(true)
	began := c.clock.Now()
	for day, a := range c.buyers {
		for c.clock.Now().Before(began.Add(time.Duration(day) * 24 * time.Hour)) {
			c.pass(time.Hour)
		}
		a.pays()
		if day%2 == 1 {
			a.comesByThePage()
		}
	}
	c.pass(began.Add(7 * 24 * time.Hour).Sub(c.clock.Now()))
	if deals := c.deals(); len(deals) != 0 {
		t.Fatalf("the CRM was not away: %v", deals)
	}
	if lost := c.rows(`SELECT saga_id || ' ' || name || ' ' || problem FROM saga_step WHERE state IN ('attention', 'skipped') AND name NOT IN ('rehearsal', 'catalog', 'lead')`); len(lost) > 0 {
		t.Errorf("given up within the week: %v", lost)
	}
	waiting := c.rows(`SELECT template || ' ' || state || ' ' || reason || ' ' || COUNT(*) FROM mail_letter WHERE template <> 'signup_code' GROUP BY template, state, reason ORDER BY 1`)
	fmt.Printf("after a week without Zoho and SendGrid: %d companies active, %d contracts in the CRM, letters: %s\n",
		len(c.rows(`SELECT id FROM tenant WHERE state = 'active'`)), len(c.deals()), strings.Join(waiting, "; "))

	c.breaks(false)
	c.pass(3 * time.Hour)
	for _, a := range c.buyers {
		if len(c.rows(`SELECT user_id FROM member WHERE tenant_id IN (SELECT tenant_id FROM acquisition WHERE id = $1)`, a.id)) > 0 {
			continue
		}
		_, link, ok := strings.Cut(a.letter("/invitation#"), "/invitation#")
		if !ok {
			t.Errorf("%s was never written to", a.email)
			continue
		}
		a.comes("#" + strings.Fields(link)[0])
	}
	c.pass(2 * time.Hour)
	c.judge()
}

// judge looks at the end.
func (c *calendar) judge() {
	c.t.Helper()
	// Events of SendGrid come by themselves.
	deadline := time.Now().Add(20 * time.Second)
	open := func() []string {
		return c.rows(`SELECT template || '=' || state FROM mail_letter WHERE state NOT IN ('delivered', 'dropped', 'failed')`)
	}
	for len(open()) > 0 && time.Now().Before(deadline) {
		c.sweep()
		time.Sleep(10 * time.Millisecond)
	}
	if left := open(); len(left) > 0 {
		c.t.Errorf("letters that are not settled: %v", left)
	}
	want := c.rows(`SELECT contract_no FROM acquisition WHERE state = 'active' ORDER BY contract_no`)
	if deals := c.deals(); len(deals) != len(c.buyers) || !slices.Equal(deals, want) {
		c.t.Errorf("contracts %v, in the CRM %v", want, deals)
	}
	for module, most := range map[string]int{"Accounts": len(c.buyers), "Contacts": len(c.buyers)} {
		if n := len(c.zoho.Records(module)); n != most {
			c.t.Errorf("%d %s", n, module)
		}
	}
	if undone := c.rows(`SELECT saga_id || ' ' || name || ' ' || state || ' ' || problem FROM saga_step WHERE state <> 'done' AND name NOT IN ('rehearsal', 'catalog', 'lead')`); len(undone) > 0 {
		c.t.Errorf("not done: %v", undone)
	}
	fmt.Printf("%-24s %-12s %-8s %-10s %-6s %s\n", "buyer", "contract", "paid", "state", "deals", "letters")
	for i, a := range c.buyers {
		row := c.rows(`SELECT contract_no || '|' || state || '|' || tenant_id FROM acquisition WHERE id = $1`, a.id)
		parts := strings.Split(row[0], "|")
		deals := 0
		for _, contract := range c.deals() {
			if contract == parts[0] {
				deals++
			}
		}
		letters := c.rows(`SELECT template || ' ' || state || CASE WHEN reason = '' THEN '' ELSE ' (' || reason || ')' END FROM mail_letter WHERE tenant_id = $1 ORDER BY created_ms`, parts[2])
		taken := 0
		for _, m := range c.mails.Mails() {
			if m.To.Email == a.email {
				taken++
			}
		}
		settled := c.rows(`SELECT id FROM mail_letter WHERE recipient = $1 AND state = 'delivered'`, a.email)
		if deals != 1 || taken != len(settled) {
			c.t.Errorf("%s: %d contracts in the CRM; SendGrid took %d letters, of which %d are settled", a.email, deals, taken, len(settled))
		}
		fmt.Printf("%-24s %-12s day %-4d %-10s %-6d %s\n", a.email, parts[0], i, parts[1], deals, strings.Join(letters, ", "))
	}
}
