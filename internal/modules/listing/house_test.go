package listing

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/modules/product"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

const (
	alfa    = "ten_alfa"
	account = "cha_alfa"
	shelfID = "700000000000001"
)

var ana = event.Actor{Kind: "user", ID: "usr_ana", Name: "Ana"}

// house is a company with products, a catalog at Meta and a clock that is moved
// by hand.
type house struct {
	*Service
	t        testing.TB
	clock    *clock.Manual
	meta     *metaShelf
	products *product.Service
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) { fn(t, open(t, engine)) })
	}
}

func open(t testing.TB, engine database.Engine) *house {
	t.Helper()
	hands := clock.NewManual(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	cfg := databasetest.Config(t, engine)
	cfg.Clock = hands
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
	h := &house{t: t, clock: hands, meta: &metaShelf{clock: hands, items: map[string]Seen{}, batches: map[string]*parcel{}, refuse: map[string]string{}, lateRefuse: map[string]string{}, cleared: map[string][]string{}}}
	h.products = product.New(db, func(ctx context.Context, tx *database.Tx, envelopes ...event.Envelope) error {
		return h.hear(ctx, tx, envelopes)
	}, blobs)
	h.Service = New(Config{FlushEvery: 20 * time.Second, TickEvery: time.Second, CompareEvery: 24 * time.Hour, Rows: 2000, PriceFor: 720 * time.Hour}, Deps{
		DB: db, Meta: h.meta, Accounts: accounts{}, Links: links{}, Products: h.products, Clock: hands, Logger: slog.New(slog.DiscardHandler), Process: "test",
		Store: func(context.Context, string) (string, error) { return "Loja Alfa", nil },
	})
	return h
}

// hear does what the follower does with events, at once and in the same
// transaction.
func (h *house) hear(ctx context.Context, tx *database.Tx, envelopes []event.Envelope) error {
	g := &gathering{service: h.Service}
	for _, envelope := range envelopes {
		g.note(envelope)
	}
	for tenantID, shop := range g.shops {
		catalogs, err := catalogsOf(ctx, tx, []string{tenantID})
		if err != nil {
			return err
		}
		var entries []entry
		for _, e := range shop {
			entries = append(entries, e)
		}
		slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.variantID, b.variantID) })
		if err := h.touchAll(ctx, tx, tenantID, catalogs[tenantID], entries); err != nil {
			return err
		}
	}
	return nil
}

type accounts struct{}

func (accounts) Account(_ context.Context, tenantID, accountID string) (Account, error) {
	if tenantID != alfa || accountID != account {
		return Account{}, fault.New(fault.NotFound, "no such account")
	}
	return Account{TenantID: tenantID, ID: accountID, WABAID: "1", PhoneID: "2", BusinessID: "3"}, nil
}

type links struct{}

func (links) Product(_, variantID string) string { return "https://loja.example/p/" + variantID }
func (links) Image(_, hash string) string        { return "https://loja.example/i/" + hash }

// connect ties the account to the catalog.
func (h *house) connect() {
	h.t.Helper()
	if _, err := h.Connect(context.Background(), Connecting{TenantID: alfa, AccountID: account, CatalogID: shelfID, By: ana}); err != nil {
		h.t.Fatal(err)
	}
}

// pass lets time pass, in steps of a few seconds, and works as a process would.
func (h *house) pass(d time.Duration) {
	h.t.Helper()
	for step := time.Duration(0); step < d; step += 5 * time.Second {
		h.clock.Advance(5 * time.Second)
		if _, err := h.Sweep(context.Background()); err != nil {
			h.t.Fatal(err)
		}
	}
}

// goods saves a product of one variant.
func (h *house) goods(sku string, price money.Amount, pieces int64) product.Product {
	h.t.Helper()
	saved, err := h.products.Save(context.Background(), product.Product{
		TenantID: alfa, Name: "Produto " + sku, Description: "Feito à mão.", Images: []product.Image{{URL: "https://loja.example/" + sku + ".jpg"}},
		Variants: []product.Variant{{SKU: sku, Price: price, Tracked: true, OnHand: pieces}},
	}, ana)
	if err != nil {
		h.t.Fatal(err)
	}
	return saved
}

// one reads an item.
func (h *house) one(retailerID string) Item {
	h.t.Helper()
	i, err := h.item(context.Background(), alfa, shelfID, retailerID)
	if err != nil {
		h.t.Fatalf("item %s: %v", retailerID, err)
	}
	return i.view()
}

func (h *house) want(retailerID string, state State, reason string) {
	h.t.Helper()
	if i := h.one(retailerID); i.State != state || i.Reason != reason {
		h.t.Fatalf("%s is %s (%s), want %s (%s)", retailerID, i.State, i.Reason, state, reason)
	}
}

// metaShelf is a catalog at Meta, in memory: rows are worked on behind handles
// and are in force when they are asked about a while later.
type metaShelf struct {
	clock clock.Clock

	mu         sync.Mutex
	items      map[string]Seen
	batches    map[string]*parcel
	calls      int
	pushes     int
	rows       int
	most       int // rows of a call; 0 for any number
	usage      Usage
	limited    time.Time // no call before this
	fail       error
	refuse     map[string]string // answered at once
	lateRefuse map[string]string // told behind the handle
	review     string
	forget     bool   // handles are not known any more
	lose       bool   // answers to pushes are lost behind their effect
	swallow    bool   // items are taken and never shown
	poison     string // no call with this item is taken
	cleared    map[string][]string
	onPush     func()
	settings   Settings
}

type parcel struct {
	rows  []Row
	ready time.Time
}

func (m *metaShelf) enter() error {
	m.calls++
	if m.clock.Now().Before(m.limited) {
		return Limited(m.limited.UnixMilli(), "too many calls")
	}
	return m.fail
}

func (m *metaShelf) Push(_ context.Context, _ Account, _ string, rows []Row) (Pushed, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.enter(); err != nil {
		return Pushed{}, err
	}
	if m.most > 0 && len(rows) > m.most {
		return Pushed{}, &fault.Error{Code: fault.TooLarge, Reason: ReasonTooMuch, Message: "reduce the amount of data"}
	}
	for _, row := range rows {
		if row.RetailerID == m.poison {
			return Pushed{}, fault.Refuse(ReasonRefused, "Invalid parameter")
		}
		if len(row.Clear) > 0 {
			m.cleared[row.RetailerID] = row.Clear
		}
	}
	if m.onPush != nil {
		m.onPush()
	}
	m.pushes++
	m.rows += len(rows)
	answer := Pushed{Handle: "h" + strconv.Itoa(m.pushes), Usage: m.usage}
	p := &parcel{ready: m.clock.Now().Add(8 * time.Second)}
	for _, row := range rows {
		if words := m.refuse[row.RetailerID]; words != "" {
			answer.Problems = append(answer.Problems, Problem{RetailerID: row.RetailerID, Errors: []string{words}})
			continue
		}
		p.rows = append(p.rows, row)
	}
	if m.lose {
		for _, row := range p.rows {
			m.apply(row)
		}
		return Pushed{}, fault.New(fault.Unavailable, "no answer")
	}
	m.batches[answer.Handle] = p
	return answer, nil
}

func (m *metaShelf) Check(_ context.Context, _ Account, _, handle string) (Checked, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.enter(); err != nil {
		return Checked{}, err
	}
	p := m.batches[handle]
	if p == nil || m.forget {
		return Checked{}, fault.New(fault.NotFound, "no such handle")
	}
	if m.clock.Now().Before(p.ready) {
		return Checked{Status: WorkRunning}, nil
	}
	answer := Checked{Status: WorkFinished}
	for _, row := range p.rows {
		switch words := m.lateRefuse[row.RetailerID]; {
		case words != "":
			answer.Problems = append(answer.Problems, Problem{RetailerID: row.RetailerID, Errors: []string{words}})
		default:
			m.apply(row)
		}
	}
	p.rows = nil
	return answer, nil
}

func (m *metaShelf) apply(row Row) {
	switch {
	case row.Delete:
		delete(m.items, row.RetailerID)
	case !m.swallow:
		m.items[row.RetailerID] = Seen{
			RetailerID: row.RetailerID, Name: row.Fields.Title, Price: "R$" + strings.TrimSuffix(row.Fields.Price, " BRL"), Availability: row.Fields.Availability,
			Review: m.review, Visibility: "PUBLISHED", ImageStatus: "FETCHED", Image: row.Fields.Image,
		}
	}
}

func (m *metaShelf) Read(_ context.Context, _ Account, _, after string, limit int) (Page, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.enter(); err != nil {
		return Page{}, err
	}
	var ids []string
	for id := range m.items {
		if id > after {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	page := Page{Total: len(m.items)}
	for n, id := range ids {
		if n == limit {
			page.After = ids[n-1]
			break
		}
		page.Items = append(page.Items, m.items[id])
	}
	return page, nil
}

func (m *metaShelf) ReadSome(_ context.Context, _ Account, _ string, ids []string) ([]Seen, Usage, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.enter(); err != nil {
		return nil, Usage{}, err
	}
	var list []Seen
	for _, id := range ids {
		if seen, ok := m.items[id]; ok {
			list = append(list, seen)
		}
	}
	return list, Usage{}, nil
}

func (m *metaShelf) Catalogs(context.Context, Account) ([]Found, error) {
	return []Found{{ID: shelfID, Name: "Vitrine", Connected: true}}, m.fail
}

func (m *metaShelf) Create(context.Context, Account, string) (string, error) { return shelfID, m.fail }
func (m *metaShelf) Connect(context.Context, Account, string) error          { return m.fail }
func (m *metaShelf) Settings(context.Context, Account) (Settings, error)     { return m.settings, m.fail }
func (m *metaShelf) SetSettings(_ context.Context, _ Account, s Settings) error {
	m.settings = s
	return m.fail
}

// put lays an item on the shelf by hand, as a person does in Commerce Manager.
func (m *metaShelf) put(seen Seen) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.items[seen.RetailerID] = seen
}

func (m *metaShelf) has(retailerID string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.items[retailerID]
	return ok
}

func (h *house) read(fn func(ctx context.Context, tx *database.Tx) error) {
	h.t.Helper()
	if err := h.DB.Read(context.Background(), database.Company(alfa), fn); err != nil {
		h.t.Fatal(err)
	}
}

func sku(n int) string { return fmt.Sprintf("SKU-%04d", n) }
