package storefront

import (
	"bytes"
	"context"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/base/ticket"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/contact"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
	"prosa/internal/modules/product"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/outbox"
)

var update = flag.Bool("update", false, "write the goldens anew")

var (
	ana   = event.Actor{Kind: "user", ID: "usr_ana", Name: "Ana"}
	byAna = tenancy.By{Actor: ana}
)

const publicURL = "https://loja.example.com"

// safeBuffer collects the log.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// accounts are the channels of every company.
type accounts []channel.Account

func (a accounts) List(context.Context, string) ([]channel.Account, error) { return a, nil }

// till is a vendor of payments that answers when it is told to.
type till struct {
	mu   sync.Mutex
	code string
}

func (*till) Name() string { return "till" }
func (*till) Choices(context.Context, string) ([]payment.Choice, error) {
	return []payment.Choice{{Provider: "till", Method: payment.Pix}, {Provider: "till", Method: payment.Slip}}, nil
}

func (v *till) Ask(_ context.Context, in payment.Asked) (payment.Answered, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.code == "" {
		return payment.Answered{}, fault.New(fault.Unavailable, "closed")
	}
	return payment.Answered{ExternalID: in.PaymentID, Code: v.code, Link: "https://till.example.com/pay"}, nil
}
func (*till) Look(context.Context, string, string) ([]payment.Fact, error) { return nil, nil }
func (*till) Cancel(context.Context, string, string) error                 { return nil }
func (*till) PayBack(context.Context, payment.Returned) (payment.Fact, error) {
	return payment.Fact{}, nil
}

// house is the pages before real modules on a real database, with a clock that is
// moved by hand.
type house struct {
	t        *testing.T
	db       *database.DB
	clock    *clock.Manual
	links    Links
	tenancy  *tenancy.Service
	contacts *contact.Service
	products *product.Service
	orders   *order.Service
	payments *payment.Service
	till     *till
	logs     *safeBuffer
	server   *httptest.Server
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) { fn(t, open(t, engine)) })
	}
}

func open(t *testing.T, engine database.Engine) *house {
	t.Helper()
	cfg := databasetest.Config(t, engine)
	now := clock.NewManual(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))
	cfg.Clock = now
	db, err := database.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	blobs, err := blob.NewFolder(blob.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, db: db, clock: now, till: &till{}, logs: &safeBuffer{}}
	logger := slog.New(slog.NewTextHandler(h.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	tell := func(ctx context.Context, tx *database.Tx, envelopes ...event.Envelope) error {
		return outbox.Write(ctx, tx, 0, envelopes...)
	}
	h.tenancy = tenancy.New(db, outbox.Write, now)
	h.contacts = contact.New(db, tell)
	h.products = product.New(db, tell, blobs)
	h.payments = payment.New(payment.Config{SweepEvery: time.Second, LookEvery: time.Minute, SweepBatch: 100}, db, logger, h.till)
	h.orders = order.New(order.Config{SweepEvery: time.Second, SweepBatch: 100}, order.Deps{
		DB: db, Stock: h.products, Payments: h.payments, Contacts: h.contacts, Tell: tell, Logger: logger,
	})
	h.payments.Bind(h.orders)
	store := Config{LinkLife: 48 * time.Hour, Writes: 100, Guesses: 100, WhatsApp: "https://wa.example.com", Telegram: "https://t.example.com"}
	h.links = NewLinks(store, publicURL, ticket.New([]byte("the key of these tests")), now)
	handler, err := New(store, Deps{
		Links: h.links, PublicURL: publicURL, Companies: h.tenancy, Contacts: h.contacts,
		Channels: accounts{
			{Channel: message.Telegram, Display: "@alfa_bot", State: channel.Active}, {Channel: message.WhatsApp, Display: "+55 81 4000-1000", State: channel.Active},
			{Channel: message.Messenger, Display: "Alfa", State: channel.Active}, {Channel: message.WhatsApp, Display: "+55 81 4000-2000", State: channel.Disabled},
		},
		Products: h.products, Orders: h.orders, Payments: h.payments, Clock: now, Logger: logger,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.server = httptest.NewServer(handler)
	t.Cleanup(h.server.Close)
	return h
}

// company is one that sells.
type company struct {
	*house
	id      string
	contact string
	shirt   product.Product // two sizes; the larger one on sale
	cake    product.Product // made to order
	vase    product.Product // one piece
	pickup  string
	motoboy string
}

// must gives the value of what may not fail.
func must[T any](value T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func (h *house) company(name string) company {
	h.t.Helper()
	ctx := context.Background()
	made := must(h.tenancy.Create(ctx, tenancy.Draft{Name: name}, tenancy.By{Actor: ana}))(h.t)
	c := company{house: h, id: made.ID, contact: h.customer(made.ID, "5581988887777", "Bia Souza")}
	save := func(p product.Product) product.Product {
		h.clock.Advance(time.Millisecond) // so that their ids are in order
		p.TenantID = c.id
		return must(h.products.Save(ctx, p, ana))(h.t)
	}
	c.vase = save(product.Product{Name: "Vaso <único>", Variants: []product.Variant{{SKU: "VASO", Price: 11990, Tracked: true, OnHand: 1}}})
	c.cake = save(product.Product{Name: "Bolo de rolo", Brand: "Alfa", Description: "Feito na hora.\n\nServe oito.", Variants: []product.Variant{{SKU: "BOLO", Price: 4500}}})
	c.shirt = save(product.Product{
		Name: "Camiseta Algodão", Options: []string{"Tamanho"}, Images: []product.Image{{URL: "https://img.example.com/camiseta.jpg", Alt: "Camiseta dobrada"}},
		Variants: []product.Variant{
			{SKU: "CAM-P", Options: []string{"P"}, Price: 4990, Tracked: true, OnHand: 3},
			{SKU: "CAM-G", Options: []string{"G"}, Price: 5990, SalePrice: 4490, Tracked: true, OnHand: 10},
			{SKU: "CAM-GG", Options: []string{"GG"}, Price: 5990, Tracked: true},
		},
	})
	zone := func(z order.Zone) string {
		z.TenantID, z.Active = c.id, true
		return must(h.orders.SaveZone(ctx, z, ana))(h.t).ID
	}
	c.pickup = zone(order.Zone{Kind: order.Pickup, Name: "Retirar na loja", Promise: "em 2 horas"})
	c.motoboy = zone(order.Zone{Kind: order.ByCEP, Name: "Motoboy", CEPFrom: "50000000", CEPTo: "50999999", Price: 990, Position: 1})
	if _, err := h.payments.SaveSetting(ctx, payment.Setting{
		TenantID: c.id, PixKey: "loja@alfa.example.com", PixName: "Padaria Alfa", PixCity: "Recife", Cash: true, ExpiryMinutes: 30,
	}, ana); err != nil {
		h.t.Fatal(err)
	}
	if _, err := h.orders.SaveCoupon(ctx, order.Coupon{TenantID: c.id, Code: "BEMVINDO", Kind: order.PercentOff, Value: 1000, Active: true}, ana); err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *house) customer(tenantID, number, name string) string {
	h.t.Helper()
	var known []contact.Known
	err := h.db.Write(context.Background(), database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		known, err = h.contacts.Resolve(ctx, tx, []contact.Sighting{{
			TenantID: tenantID, Channel: message.WhatsApp, AccountID: "cha_1", Name: name, AtMS: tx.Now(), Addresses: []message.Address{{Kind: message.WaID, Value: number}},
		}})
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return known[0].ID
}

func (c company) shop() string { return c.path(c.links.Shop(c.id, c.contact, "cnv_1")) }

func (h *house) path(link string) string { return strings.TrimPrefix(link, publicURL) }

// page is an answer.
type page struct {
	t      *testing.T
	what   string
	status int
	header http.Header
	body   string
}

// call asks for a page; a form makes it a POST. Redirects are not followed.
func (h *house) call(path string, form url.Values, headers ...string) page {
	h.t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	request := must(http.NewRequest(method, h.server.URL+path, body))(h.t)
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response := must(client.Do(request))(h.t)
	defer response.Body.Close()
	read := must(io.ReadAll(response.Body))(h.t)
	return page{h.t, method + " " + path, response.StatusCode, response.Header, string(read)}
}

func (h *house) get(path string) page { h.t.Helper(); return h.call(path, nil) }

func (h *house) post(path string, pairs ...string) page {
	h.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return h.call(path, form)
}

func (p page) want(status int) page {
	p.t.Helper()
	if p.status != status {
		p.t.Fatalf("%s: status %d, want %d: %s", p.what, p.status, status, p.text())
	}
	return p
}

// to gives where the answer sends the browser.
func (p page) to() string { p.t.Helper(); return p.want(http.StatusSeeOther).header.Get("Location") }

// text is what a person reads of the page.
func (p page) text() string {
	return strings.Join(strings.Fields(regexp.MustCompile(`(?s)<head>.*</head>|<[^>]*>`).ReplaceAllString(p.body, " ")), " ")
}

func (p page) has(texts ...string) page {
	p.t.Helper()
	for _, text := range texts {
		if !strings.Contains(p.body, text) {
			p.t.Errorf("%s lacks %q; its text: %s", p.what, text, p.text())
		}
	}
	return p
}

func (p page) lacks(texts ...string) page {
	p.t.Helper()
	for _, text := range texts {
		if strings.Contains(p.body, text) {
			p.t.Errorf("%s has %q", p.what, text)
		}
	}
	return p
}

// field gives the value of an input.
func (p page) field(name string) string {
	p.t.Helper()
	found := regexp.MustCompile(`name="` + regexp.QuoteMeta(name) + `" value="([^"]*)"`).FindStringSubmatch(p.body)
	if found == nil {
		p.t.Fatalf("%s has no field %s", p.what, name)
	}
	return found[1]
}

var changing = []struct {
	pattern *regexp.Regexp
	name    string
}{
	{regexp.MustCompile(`ten_[0-9a-z]+\.[0-9A-Za-z._~-]+`), "TICKET"},
	{regexp.MustCompile(`(ten|ctc|var|prd|ord|col|zon|crt|cnv)_[0-9a-z]{26}`), "$1"},
	{regexp.MustCompile(`store-[0-9a-f]+\.`), "store-HASH."},
	{regexp.MustCompile(`(data-stamp="|\?v=)[0-9A-Za-z_-]{12}`), "${1}STAMP"},
	{regexp.MustCompile(`tone-[0-5]`), "tone-N"},
}

// golden compares a page with what was kept, ids aside.
func (p page) golden(name string) {
	p.t.Helper()
	body := p.body
	for _, change := range changing {
		body = change.pattern.ReplaceAllString(body, change.name)
	}
	path := filepath.Join("testdata", name+".html")
	if *update {
		if err := os.WriteFile(path, []byte(body), 0o644); err != nil {
			p.t.Fatal(err)
		}
		return
	}
	kept := must(os.ReadFile(path))(p.t)
	if string(kept) != body {
		p.t.Errorf("%s is not %s any more; -update writes it anew:\n%s", p.what, path, body)
	}
}

// paid tells the till's money of an order.
func (c company) paid(o order.Order, amount money.Amount) {
	c.t.Helper()
	if _, err := c.payments.Confirm(context.Background(), c.id, o.Payments[0].ID, []payment.Fact{{Key: "fact/" + amount.Decimal(), Kind: payment.WasPaid, Amount: amount}}, ana); err != nil {
		c.t.Fatal(err)
	}
}
