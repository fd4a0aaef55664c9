package mercadopago

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/money"
	"prosa/internal/base/secret"
	"prosa/internal/edge/webhook"
	"prosa/internal/event"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
	"prosa/internal/modules/product"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/httpclient"
	"prosa/internal/platform/outbox"
	"prosa/internal/platform/secretbox"
	simulator "prosa/internal/sandbox/mercadopago"
	"prosa/internal/sandbox/stage"
)

const (
	token    = "APP_USR-778899-token"
	signing  = "secret-of-the-callbacks"
	patience = 20 * time.Second
	lookEach = time.Minute
)

var ana = event.Actor{Kind: "user", ID: "usr_ana", Name: "Ana"}

// house is a shop with an account at the simulated vendor: real modules on a
// real database, the vendor and our webhook as HTTP servers, and one clock that
// is moved by hand.
type house struct {
	t        *testing.T
	db       *database.DB
	clock    *clock.Manual
	tenant   string
	products *product.Service
	orders   *order.Service
	payments *payment.Service
	accounts *payment.Accounts
	adapter  *Adapter
	vendor   *simulator.Server
	base     string
	hook     string
	heard    chan int // statuses that callbacks were answered by
}

type anybody struct{}

func (anybody) KnowContact(context.Context, *database.Tx, string, string) error { return nil }

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) { fn(t, open(t, engine)) })
	}
}

func open(t *testing.T, engine database.Engine) *house {
	t.Helper()
	h := &house{t: t, tenant: id.New(id.Tenant, 1), clock: clock.NewManual(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)), heard: make(chan int, 64)}
	cfg := databasetest.Config(t, engine)
	cfg.Clock = h.clock
	db, err := database.Open(context.Background(), cfg)
	h.must(err)
	t.Cleanup(func() { h.must(db.Close()) })
	h.db = db
	h.openVendor()
	h.join()
	h.connect()
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) openVendor() {
	vendor, err := simulator.New(simulator.Config{Clock: h.clock, WebhookGaps: []time.Duration{time.Hour}})
	h.must(err)
	h.vendor = vendor
	server := httptest.NewServer(vendor)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- vendor.Run(ctx) }()
	h.t.Cleanup(func() {
		cancel()
		h.must(<-ended)
		server.Close()
		h.must(vendor.Close())
	})
	h.base = server.URL
}

// join makes the modules, as a process does when it starts.
func (h *house) join() {
	logger := slog.New(slog.DiscardHandler)
	box, err := secretbox.Open(secretbox.Config{Dir: h.t.TempDir()})
	h.must(err)
	blobs, err := blob.NewFolder(blob.Config{Dir: h.t.TempDir()})
	h.must(err)
	tell := func(ctx context.Context, tx *database.Tx, envelopes ...event.Envelope) error {
		return outbox.Write(ctx, tx, 0, envelopes...)
	}
	cfg := payment.Config{SweepEvery: time.Second, LookEvery: lookEach, NoticeEvery: time.Second, SweepBatch: 100}
	h.accounts = payment.NewAccounts(cfg, h.db, box, logger)
	settings := Config{BaseURL: h.base, Timeout: 10 * time.Second, CallbackWindow: 15 * time.Minute}
	client, err := httpclient.Provider(settings.Limits(), settings.Bases()...)
	h.must(err)
	h.t.Cleanup(client.CloseIdleConnections)
	h.adapter, err = New(settings, client, h.accounts)
	h.must(err)
	h.payments = payment.New(cfg, h.db, logger, h.adapter)
	h.accounts.Bind(h.payments, h.adapter)
	h.products = product.New(h.db, tell, blobs)
	h.orders = order.New(order.Config{SweepEvery: time.Second, SweepBatch: 100}, order.Deps{
		DB: h.db, Stock: h.products, Payments: h.payments, Contacts: anybody{}, Tell: tell, Logger: logger,
	})
	h.payments.Bind(h.orders)
	mux := http.NewServeMux()
	mux.Handle("POST /webhooks/mercadopago/{hook}", webhook.NewPayments(Name, h.accounts, h.clock, logger))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &statusWriter{ResponseWriter: w}
		mux.ServeHTTP(seen, r)
		h.heard <- seen.status
	}))
	h.t.Cleanup(server.Close)
	h.hook = server.URL
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// connect opens an account at the vendor and connects it.
func (h *house) connect() payment.Account {
	h.t.Helper()
	account, err := h.accounts.Connect(context.Background(), payment.Account{
		TenantID: h.tenant, Provider: Name, Methods: []payment.Method{payment.Pix, payment.Slip, payment.Link}, PayerEmail: "caixa@alfa.example.com",
		Token: secret.New(token), Secret: secret.New(signing),
	}, ana)
	h.must(err)
	_, err = h.vendor.PutSeller(simulator.Seller{
		UserID: 778899, Name: "Padaria Alfa", City: "Recife", Token: token, Secret: signing, WebhookURL: h.hook + "/webhooks/mercadopago/" + account.Hook,
	})
	h.must(err)
	return account
}

// ordered is an order of two pieces at 19.90.
func (h *house) ordered(method payment.Method, customer order.Customer) order.Order {
	h.t.Helper()
	name := id.New("sku", 1)
	saved, err := h.products.Save(context.Background(), product.Product{
		TenantID: h.tenant, Name: "Produto", Handle: name, Variants: []product.Variant{{SKU: name, Price: 1990, Tracked: true, OnHand: 2}},
	}, ana)
	h.must(err)
	zone, err := h.orders.SaveZone(context.Background(), order.Zone{TenantID: h.tenant, Kind: order.Pickup, Name: "Balcão " + name, Active: true}, ana)
	h.must(err)
	placed, err := h.orders.Place(context.Background(), order.Place{
		TenantID: h.tenant, ContactID: "ctc_bia", Source: order.FromBot, Payment: payment.Choice{Provider: Name, Method: method}, Customer: customer,
		Lines: []order.Piece{{VariantID: saved.Variants[0].ID, Quantity: 2}}, Delivery: order.Delivery{ZoneID: zone.ID}, Key: name, By: ana,
	})
	h.must(err)
	return placed
}

// asked is an order whose payment the vendor was asked for.
func (h *house) asked(method payment.Method) (order.Order, payment.Payment) {
	h.t.Helper()
	o := h.ordered(method, order.Customer{Name: "Bia Souza", TaxID: "529.982.247-25"})
	h.must(h.payments.Sweep(context.Background()))
	return h.reload(o)
}

func (h *house) reload(o order.Order) (order.Order, payment.Payment) {
	h.t.Helper()
	o, err := h.orders.Get(context.Background(), h.tenant, o.ID)
	h.must(err)
	if len(o.Payments) != 1 {
		h.t.Fatalf("the order has %d payments", len(o.Payments))
	}
	return o, o.Payments[0]
}

// want checks where an order and its money are.
func (h *house) want(o order.Order, state order.State, paid, refunded money.Amount) (order.Order, payment.Payment) {
	h.t.Helper()
	o, p := h.reload(o)
	if o.State != state || o.Paid != paid || o.Refunded != refunded || p.Paid != paid || p.Refunded != refunded {
		h.t.Fatalf("the order is %s with %d paid and %d back; its payment %s with %d and %d; want %s, %d and %d",
			o.State, o.Paid, o.Refunded, p.State, p.Paid, p.Refunded, state, paid, refunded)
	}
	return o, p
}

// poll asks about what waits, a while later.
func (h *house) poll() {
	h.t.Helper()
	h.clock.Advance(lookEach + time.Second)
	h.must(h.payments.Sweep(context.Background()))
}

func (h *house) pay(pay simulator.Pay) simulator.Pay {
	h.t.Helper()
	paid, err := h.vendor.Pay(pay)
	h.must(err)
	return paid
}

// hears waits for a callback and checks how it was answered.
func (h *house) hears(status int) {
	h.t.Helper()
	select {
	case got := <-h.heard:
		if got != status {
			h.t.Fatalf("a callback was answered by %d, want %d", got, status)
		}
	case <-time.After(patience):
		h.t.Fatal("no callback came")
	}
}

// act acts on the callbacks that were stored.
func (h *house) act() {
	h.t.Helper()
	h.must(h.accounts.Sweep(context.Background()))
}

func (h *house) rule(rule stage.Rule) {
	h.t.Helper()
	body, err := json.Marshal(rule)
	h.must(err)
	response, err := http.Post(h.base+"/_sandbox/faults", "application/json", bytes.NewReader(body))
	h.must(err)
	h.must(response.Body.Close())
	if response.StatusCode != http.StatusCreated {
		h.t.Fatalf("the rule was answered by %d", response.StatusCode)
	}
}

// mends removes all faults.
func (h *house) mends() {
	h.t.Helper()
	request, err := http.NewRequest(http.MethodDelete, h.base+"/_sandbox/faults", nil)
	h.must(err)
	response, err := http.DefaultClient.Do(request)
	h.must(err)
	h.must(response.Body.Close())
}

// silent drops all callbacks from now on.
func (h *house) silent() { h.rule(stage.Rule{On: "webhook", Do: stage.DoDrop}) }

// one gives the only order that the vendor has.
func (h *house) one() simulator.Order {
	h.t.Helper()
	list := h.vendor.Orders()
	if len(list) != 1 {
		h.t.Fatalf("the vendor has %d orders", len(list))
	}
	return list[0]
}

// count counts rows of the company.
func (h *house) count(table string) (n int) {
	h.t.Helper()
	h.must(h.db.Read(context.Background(), database.Company(h.tenant), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*) FROM `+table+` WHERE tenant_id = $1`, h.tenant).Scan(&n)
	}))
	return n
}

func reasonOf(err error) string {
	if f := new(fault.Error); errors.As(err, &f) {
		return f.Reason
	}
	return ""
}
