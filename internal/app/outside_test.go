package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/br"
	"prosa/internal/base/money"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/config"
	"prosa/internal/platform/database"
	"prosa/internal/platform/telemetry"
	"prosa/internal/sandbox/stage"
)

// outside is all that is not us, in the process of the test: the vendors, and the
// witness who notes what they were asked. Processes of ours die; it lives on.
type outside struct {
	t        *testing.T
	world    *world
	base     string // where the vendors are reached
	ours     string // where we are
	dir      string // our data folder
	settings map[string]string
	basic    plan.Version
	larger   plan.Version

	mu     sync.Mutex
	trap   string         // the point at which our process dies next, empty for none
	sprung chan struct{}  // closed when it did
	keys   map[string]int // of calls -> how often they came
	calls  map[string]int // that look for something -> how often they came
	kill   func()         // ends our process as kill -9 does
}

// newOutside starts the vendors and makes an installation that sells two plans,
// with its CRM and its mails connected.
func newOutside(t *testing.T, more map[string]string) *outside {
	t.Helper()
	o := &outside{t: t, dir: t.TempDir(), keys: map[string]int{}, calls: map[string]int{}}
	server := httptest.NewServer(o)
	t.Cleanup(server.Close)
	o.base = server.URL
	gaps := slices.Repeat([]time.Duration{200 * time.Millisecond}, 100)
	var err error
	o.world, err = newWorld(SandboxConfig{Unlimited: true, WebhookGaps: gaps, StatusDelay: 20 * time.Millisecond}, t.TempDir(), o.base, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for _, s := range o.world.services() {
		all.Go(func() { _ = s.Run(ctx) })
		t.Cleanup(func() { _ = s.Stop(context.Background()) })
	}
	t.Cleanup(func() { cancel(); all.Wait() })

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	o.ours = "http://" + address
	o.settings = map[string]string{
		"PROSA_DATA_DIR": o.dir, "PROSA_PUBLIC_URL": o.ours, "PROSA_LISTEN": address, "PROSA_OPERATIONS_LISTEN": "off", "PROSA_TRUSTED_PROXIES": "1",
		"PROSA_WHATSAPP_BASE_URL": o.base + metaPath, "PROSA_MESSENGER_BASE_URL": o.base + metaPath, "PROSA_INSTAGRAM_BASE_URL": o.base + metaPath,
		"PROSA_INSTAGRAM_LOGIN_BASE_URL": o.base + instagramPath, "PROSA_TELEGRAM_BASE_URL": o.base + telegramPath, "PROSA_MERCADOPAGO_BASE_URL": o.base + mercadoPagoPath,
		"PROSA_METACATALOG_BASE_URL": o.base + metaPath, "PROSA_STRIPE_BASE_URL": o.base + stripePath, "PROSA_STRIPE_KEY": demoStripeKey,
		"PROSA_STRIPE_WEBHOOK_SECRETS": demoStripeSecret, "PROSA_PLAN_PAYMENT": "stripe", "PROSA_ZOHO_ACCOUNTS_URL": o.base + zohoPath,
		"PROSA_MAIL_SENDER": "sendgrid", "PROSA_MAIL_FROM": "prosa@example.com", "PROSA_SENDGRID_BASE_URL": o.base + sendGridPath, "PROSA_SENDGRID_KEY": "SG.test",
		"PROSA_SENDGRID_EVENT_KEY": o.world.sendGrid.PublicKey(), "PROSA_HASH_MEMORY_KIB": "1024", "PROSA_HASH_TIME": "1",
	}
	for name, value := range more {
		o.settings[name] = value
	}
	o.furnish()
	return o
}

// furnish makes the database and what an operator sets up once.
func (o *outside) furnish() {
	o.t.Helper()
	ctx := o.t.Context()
	cfg, err := load(config.Map(o.settings))
	o.must(err)
	h, err := open(ctx, cfg, targetAll, telemetry.Discard())
	o.must(err)
	defer func() { _ = h.close() }()
	o.must(h.checkSchema(ctx, targetAll))
	o.basic, o.larger = sold(o.t, h, "basico", 10_000), sold(o.t, h, "maior", 30_000)
	phones := o.sandbox()
	o.must(h.connectCRM(ctx, phones))
	o.must(phones.send(ctx, http.MethodPut, stripePath+"/_sandbox/endpoint", map[string]any{"url": o.ours + planHooks + "stripe", "secret": demoStripeSecret}, nil))
	o.must(phones.send(ctx, http.MethodPut, sendGridPath+"/_sandbox/webhook", map[string]any{"url": o.ours + "/webhooks/sendgrid"}, nil))
}

func (o *outside) sandbox() *sandboxClient {
	return &sandboxClient{base: o.base, http: &http.Client{Timeout: 20 * time.Second}}
}

// sold publishes a plan that is paid at once.
func sold(t *testing.T, h *house, slug string, monthly money.Amount) plan.Version {
	t.Helper()
	text, by := plan.Text{PT: slug, EN: slug}, tenancy.By{Actor: system()}
	limits := map[tenancy.Meter]tenancy.Limit{}
	for _, meter := range []tenancy.Meter{tenancy.Attendants, tenancy.Channels, tenancy.Bots} {
		limits[meter] = tenancy.Limit{Count: 20, Over: tenancy.Block}
	}
	v, err := h.plans.Create(t.Context(), slug, tenancy.Massivo, plan.Content{
		Name: text, Summary: text, Features: []plan.Text{text}, Currency: money.BRL, Monthly: monthly, Annual: 10 * monthly, Limits: limits,
	}, by)
	if err == nil {
		v, err = h.plans.Publish(t.Context(), v.ID, by)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (o *outside) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// Where a process of the test asks whether it is to die.
const trapPath = "/_trap"

// ServeHTTP is the vendors, behind the witness.
func (o *outside) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == trapPath {
		if o.springs(r.URL.Query().Get("at")) {
			_, _ = io.WriteString(w, "die")
		}
		return
	}
	if key := r.Header.Get("Idempotency-Key"); key != "" {
		o.mu.Lock()
		o.keys[key]++
		o.mu.Unlock()
	}
	if about := r.URL.Query().Get("email") + r.URL.Query().Get("customer"); about != "" && r.Method == http.MethodGet {
		o.mu.Lock()
		o.calls[r.URL.Path+" "+about]++
		o.mu.Unlock()
	}
	if r.URL.Path != sendGridPath+"/v3/mail/send" {
		o.world.ServeHTTP(w, r)
		return
	}
	// Mails have no step of their own: the witness ends the process that sends.
	body, err := io.ReadAll(r.Body)
	if err != nil {
		stage.Cut(w)
		return
	}
	welcome := strings.Contains(string(body), "/invitation#")
	if welcome && o.springs("mail/before") {
		o.kill()
		stage.Cut(w)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	o.world.ServeHTTP(answer, r)
	if welcome && o.springs("mail/called") {
		o.kill()
		stage.Cut(w)
		return
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// set arms the trap.
func (o *outside) set(point string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.trap, o.sprung = point, make(chan struct{})
}

// springs tells whether a point is the one to die at, once.
func (o *outside) springs(point string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.trap == "" || o.trap != point {
		return false
	}
	o.trap = ""
	close(o.sprung)
	return true
}

// keysOf gives the keys of calls that are about something, with how often each
// came.
func (o *outside) keysOf(about string) map[string]int {
	o.mu.Lock()
	defer o.mu.Unlock()
	found := map[string]int{}
	for key, count := range o.keys {
		if strings.Contains(key, about) {
			found[key] = count
		}
	}
	return found
}

// looksFor tells how often Stripe was asked for the payer of an e-mail, or for the
// pages of a payer.
func (o *outside) looksFor(about string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.calls[stripePath+"/v1/customers "+about] + o.calls[stripePath+"/v1/checkout/sessions "+about]
}

// buyer is a browser on its way to us, and who sits before it.
type buyer struct {
	*outside
	number     int
	email      string
	taxID      string
	http       *http.Client
	id         string
	customerID string // at the vendor
}

func (o *outside) newBuyer(number int) *buyer {
	o.t.Helper()
	jar, err := cookiejar.New(nil)
	o.must(err)
	follow := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &buyer{outside: o, number: number, email: fmt.Sprintf("ana%d@acme.example.com", number), taxID: taxIDOf(number),
		http: &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: follow}}
}

// taxIDOf makes the nth good CNPJ, with letters: no run of digits of it is taken
// for a card.
func taxIDOf(n int) string {
	for digits := range 100 {
		if text := fmt.Sprintf("AB%03dCDE0001%02d", n, digits); goodCNPJ(text) {
			return text
		}
	}
	return ""
}

func goodCNPJ(text string) bool {
	_, ok := br.CNPJ(text)
	return ok
}

// tries makes a call of the browser and gives the status.
func (b *buyer) tries(method, path string, body, out any) (int, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(b.t.Context(), method, b.ours+"/api/v1"+path, bytes.NewReader(raw))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	request.Header.Set("X-Forwarded-For", fmt.Sprintf("203.0.%d.%d", 100+b.number/200, 1+b.number%200))
	response, err := b.http.Do(request)
	if err != nil {
		return 0, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err
	}
	if response.StatusCode > 299 {
		return response.StatusCode, fmt.Errorf("%s %s answered %d: %s", method, path, response.StatusCode, answer)
	}
	if out != nil {
		err = json.Unmarshal(answer, out)
	}
	return response.StatusCode, err
}

// call makes a call that must succeed; while nobody is there it is made again.
func (b *buyer) call(method, path string, body, out any) {
	b.t.Helper()
	b.until(method+" "+path, func() error {
		status, err := b.tries(method, path, body, out)
		if status != 0 && err != nil {
			b.t.Fatal(err)
		}
		return err
	})
}

var errNotYet = errors.New("not yet")

// until waits for what other processes bring about.
func (o *outside) until(what string, ok func() error) {
	o.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		err := ok()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			o.t.Fatalf("%s did not come: %v", what, err)
		}
		time.Sleep(15 * time.Millisecond)
	}
}

type shownJourney struct {
	ID         string
	State      string
	Next       string
	ContractNo string `json:"contract_no"`
	Checkout   *struct{ URL, State, Problem string }
	Problems   []struct{ Field, Code string }
	Missing    []string
}

func (b *buyer) looks() (j shownJourney) {
	b.t.Helper()
	b.call(http.MethodGet, "/signup", nil, &j)
	return j
}

// form is what is typed.
func (b *buyer) form() map[string]any {
	return map[string]any{
		"name": "Ana Souza", "email": b.email, "phone": "(11) 98765-4321", "kind": "company", "tax_id": b.taxID, "tax_id_confirmed": true,
		"legal_name": "ACME Comércio Ltda", "trade_name": "ACME", "zip": "01310-100", "street": "Avenida Paulista", "number": "1000", "district": "Bela Vista",
		"city": "São Paulo", "state": "SP", "city_code": "3550308", "trade": "varejo", "sample_catalog": true,
	}
}

// fillsIn goes through the pages up to the payment.
func (b *buyer) fillsIn() {
	b.t.Helper()
	var j shownJourney
	b.call(http.MethodPost, "/signup", map[string]any{"version_id": b.basic.ID, "interval": "month", "locale": "pt-BR"}, &j)
	b.id = j.ID
	b.call(http.MethodPatch, "/signup", b.form(), nil)
	b.call(http.MethodPost, "/signup/code", nil, nil)
	code := ""
	b.until("the code", func() error {
		for _, m := range b.world.sendGrid.Mails() {
			if m.To.Email == b.email {
				code = codeIn(m.Text)
			}
		}
		if code == "" {
			return errNotYet
		}
		return nil
	})
	b.call(http.MethodPost, "/signup/proof", map[string]any{"code": code}, nil)
	var terms struct{ Version, Hash string }
	b.call(http.MethodGet, "/terms", nil, &terms)
	b.call(http.MethodPost, "/signup/terms", map[string]any{"version": terms.Version, "hash": terms.Hash}, &j)
	if j.Next != "payment" {
		b.t.Fatalf("the form is not whole: %+v", j)
	}
}

// codeIn finds the code that proves an e-mail.
func codeIn(text string) string {
	for _, word := range strings.Fields(text) {
		word = strings.Trim(word, ".,:*")
		if len(word) == 9 && word[4] == '-' && strings.ToUpper(word) == word {
			return word
		}
	}
	return ""
}

// asksForThePage goes to the payment. A browser whose call broke off looks first
// whether it was taken.
func (b *buyer) asksForThePage() {
	b.t.Helper()
	b.until("the payment", func() error {
		status, err := b.tries(http.MethodPost, "/signup/checkout", map[string]any{"method": "card"}, nil)
		if status != 0 && err != nil {
			b.t.Fatal(err)
		}
		if err != nil && b.looks().State != "draft" {
			return nil
		}
		return err
	})
}

// pays pays by card, on the vendor's page.
func (b *buyer) pays() {
	b.t.Helper()
	var page string
	b.until("the vendor's page", func() error {
		if j := b.looks(); j.Checkout == nil || j.Checkout.URL == "" {
			return fmt.Errorf("%+v", j)
		} else {
			page = j.Checkout.URL
		}
		return nil
	})
	response, err := b.http.PostForm(page, url.Values{"action": {"card"}})
	b.must(err)
	_ = response.Body.Close()
	if response.StatusCode > 399 {
		b.t.Fatalf("the page answered %d", response.StatusCode)
	}
}

// comes waits for the company and sets its first admin's password.
func (b *buyer) comes() {
	b.t.Helper()
	b.until("the company", func() error {
		if j := b.looks(); j.State != "active" {
			return fmt.Errorf("%+v", j)
		}
		return nil
	})
	token := ""
	b.until("the welcome", func() error {
		for _, m := range b.world.sendGrid.Mails() {
			if _, link, ok := strings.Cut(m.Text, "/invitation#"); ok && m.To.Email == b.email {
				token = strings.Fields(link)[0]
				return nil
			}
		}
		return errNotYet
	})
	entered := false
	b.until("the first admin", func() error {
		status, err := b.tries(http.MethodPost, "/invitation/accept", map[string]any{"token": token, "name": "Ana Souza", "password": "correct horse battery"}, nil)
		if err == nil {
			entered = true
			return nil
		}
		if status != 0 && len(b.list(`SELECT user_id FROM member WHERE tenant_id = $1`, b.tenant())) == 0 {
			b.t.Fatal(err)
		}
		if status != 0 { // it was taken before it broke off
			return nil
		}
		return err
	})
	if !entered { // who was answered by nobody signs in
		b.call(http.MethodPost, "/session", map[string]any{"email": b.email, "password": "correct horse battery"}, nil)
	}
}

// read asks our database, which the test opens beside our processes.
func (o *outside) read(query string, scan func(rows *database.Rows) error, args ...any) {
	o.t.Helper()
	db, err := database.Open(o.t.Context(), database.Config{Dir: o.dir, Readers: 1, CacheKB: 1024})
	o.must(err)
	defer func() { _ = db.Close() }()
	o.must(db.Read(o.t.Context(), database.Platform("a test looks"), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := scan(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	}))
}

// list reads rows of texts.
func (o *outside) list(query string, args ...any) (found []string) {
	o.t.Helper()
	o.read(query, func(rows *database.Rows) error {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		found = append(found, text)
		return nil
	}, args...)
	return found
}

// tenant is the company of a buyer, empty before it is there.
func (b *buyer) tenant() string {
	b.t.Helper()
	return strings.Join(b.list(`SELECT tenant_id FROM acquisition WHERE id = $1`, b.id), "")
}
