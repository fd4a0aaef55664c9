package listing_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/adapters/metacatalog"
	"prosa/internal/base/clock"
	"prosa/internal/base/money"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/listing"
	"prosa/internal/modules/product"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/config"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	sandbox "prosa/internal/sandbox/metacatalog"
)

const (
	company = "ten_alfa"
	number  = "cha_alfa"
	// perProduct is how many variants a product of the show has.
	perProduct = 20
)

var bia = event.Actor{Kind: "user", ID: "usr_bia", Name: "Bia"}

// show is a large shop before the simulated Meta, with its limits on.
type show struct {
	t        *testing.T
	db       *database.DB
	cfg      database.Config
	clock    *clock.Manual
	meta     *sandbox.Server
	adapter  *metacatalog.Adapter
	products *product.Service
	listing  *listing.Service
	account  listing.Account
	catalog  string
	calls    int
	touched  map[string]bool
}

type silent struct{}

func (silent) Record(channel.Exchange) {}

func (s *show) Account(context.Context, string, string) (listing.Account, error) {
	return s.account, nil
}

func (s *show) Product(_, variantID string) string { return "https://loja.example/p/" + variantID }
func (s *show) Image(_, hash string) string        { return "https://loja.example/i/" + hash }

func openShow(t *testing.T, engine database.Engine) *show {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s := &show{t: t, clock: clock.NewManual(time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)), touched: map[string]bool{}}
	cfg := databasetest.Config(t, engine)
	cfg.Clock = s.clock
	s.cfg = cfg
	var err error
	s.db, err = database.Open(context.Background(), cfg)
	must(err)
	t.Cleanup(func() { must(s.db.Close()) })
	s.meta, err = sandbox.New(sandbox.Config{
		Clock: s.clock, Seed: 7, Delays: sandbox.Delays{Start: 2 * time.Second, Finish: 20 * time.Second, Review: 2 * time.Minute, Image: 30 * time.Second},
	})
	must(err)
	t.Cleanup(func() { must(s.meta.Close()) })
	// A dozen calls an hour instead of a new shop's two hundred, so that a large catalog meets the limit.
	_, err = s.meta.Set(sandbox.Settings{StartMS: 2000, FinishMS: 20_000, ReviewMS: 120_000, ImageMS: 30_000, RateLimits: true, PerHour: 12})
	must(err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.calls++
		s.meta.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.account = listing.Account{TenantID: company, ID: number, Token: secret.New("token-of-alfa"), BusinessID: "700100200", WABAID: "800100200", PhoneID: "106000100"}
	_, err = s.meta.PutAccount(sandbox.Account{
		Business: s.account.BusinessID, App: "900", AppSecret: "s3cret", Token: "token-of-alfa", Numbers: map[string]string{s.account.PhoneID: s.account.WABAID},
	})
	must(err)
	s.adapter = metacatalog.New(metacatalog.Config{BaseURL: server.URL, Version: "v25.0", Timeout: time.Minute}, metacatalog.Deps{HTTP: server.Client(), Recorder: silent{}, Clock: s.clock})
	blobs, err := blob.NewFolder(blob.Config{Dir: t.TempDir()})
	must(err)
	s.products = product.New(s.db, func(context.Context, *database.Tx, ...event.Envelope) error { return nil }, blobs)
	s.listing = listing.New(listing.Config{FlushEvery: 20 * time.Second, TickEvery: time.Second, CompareEvery: 24 * time.Hour, Rows: 2000, PriceFor: 720 * time.Hour}, listing.Deps{
		DB: s.db, Meta: s.adapter, Accounts: s, Links: s, Products: s.products, Clock: s.clock, Logger: slog.New(slog.DiscardHandler), Process: "show",
		Store: func(context.Context, string) (string, error) { return "Loja Alfa", nil },
	})
	return s
}

// settle lets hours pass, as the simulated clock has them, until nothing waits.
func (s *show) settle() listing.Overview {
	s.t.Helper()
	ctx := context.Background()
	for n := range 20_000 {
		s.clock.Advance(5 * time.Second)
		if _, err := s.listing.Sweep(ctx); err != nil {
			s.t.Fatal(err)
		}
		if n%20 != 0 {
			continue
		}
		if o := s.overview(); o.Dirty+o.Sending+o.Waiting == 0 && !o.Reading && o.SeenMS > 0 {
			return o
		}
	}
	s.t.Fatalf("the catalog does not come to rest: %+v", s.overview())
	return listing.Overview{}
}

func (s *show) overview() listing.Overview {
	s.t.Helper()
	list, err := s.listing.Overviews(context.Background(), company)
	if err != nil || len(list) != 1 {
		s.t.Fatal(list, err)
	}
	return list[0]
}

// stock fills the shop.
func (s *show) stock(items int) (all []product.Product) {
	s.t.Helper()
	all = make([]product.Product, items/perProduct)
	// Several at a time: a disk that is waited for takes them together.
	var filling sync.WaitGroup
	places := make(chan struct{}, 8)
	for n := range all {
		places <- struct{}{}
		filling.Go(func() {
			defer func() { <-places }()
			var err error
			if all[n], err = s.products.Save(context.Background(), goods(n), bia); err != nil {
				s.t.Error(err)
			}
		})
	}
	filling.Wait()
	if s.t.Failed() {
		s.t.FailNow()
	}
	return all
}

// analyze tells PostgreSQL what its tables hold, as autovacuum does elsewhere;
// the server of the tests has none.
func (s *show) analyze(cfg database.Config) {
	s.t.Helper()
	if cfg.Engine() != database.Postgres {
		return
	}
	owner, err := database.OpenOwner(context.Background(), database.Config{URL: cfg.OwnerURL, OwnerURL: cfg.OwnerURL})
	if err != nil {
		s.t.Fatal(err)
	}
	_, err = owner.ExecContext(context.Background(), "ANALYZE")
	if err := errors.Join(err, owner.Close()); err != nil {
		s.t.Fatal(err)
	}
}

// goods is the nth product of the shop.
func goods(n int) product.Product {
	p := product.Product{TenantID: company, Name: fmt.Sprintf("Camiseta modelo %d", n), Handle: fmt.Sprintf("camiseta-%d", n), Description: "Malha de algodão.",
		Options: []string{"Tamanho"}, Images: []product.Image{{URL: fmt.Sprintf("https://loja.example/foto-%d.jpg", n)}}}
	for v := range perProduct {
		p.Variants = append(p.Variants, product.Variant{SKU: fmt.Sprintf("C-%d-%d", n, v), Options: []string{strconv.Itoa(v)}, Price: money.Amount(1000 + n + v), Tracked: true, OnHand: int64(v % 7)})
	}
	if n%50 == 49 {
		p.Images = nil // nobody has photographed it
	}
	return p
}

// truth reads what Meta holds, beside the product.
func (s *show) truth() map[string]listing.Seen {
	s.t.Helper()
	held, after := map[string]listing.Seen{}, ""
	for {
		page, err := s.adapter.Read(context.Background(), s.account, s.catalog, after, listing.MaxPage)
		if err != nil {
			s.clock.Advance(time.Hour) // the limits hold for the witness too
			continue
		}
		for _, seen := range page.Items {
			held[seen.RetailerID] = seen
		}
		if after = page.After; after == "" {
			return held
		}
	}
}

// known reads all items as the page shows them.
func (s *show) known() map[string]listing.Item {
	s.t.Helper()
	items, cursor := map[string]listing.Item{}, ""
	for {
		page, err := s.listing.Items(context.Background(), listing.Search{TenantID: company, CatalogID: s.catalog, Cursor: cursor, Limit: 200})
		if err != nil {
			s.t.Fatal(err)
		}
		for _, i := range page.Items {
			items[i.RetailerID] = i
		}
		if cursor = page.Next; cursor == "" {
			return items
		}
	}
}

// verify holds each item against what Meta holds and against its product.
func (s *show) verify(all []product.Product) (wrong int) {
	s.t.Helper()
	held, known := s.truth(), s.known()
	complain := func(format string, args ...any) {
		if wrong++; wrong <= 10 {
			s.t.Errorf(format, args...)
		}
	}
	ours := map[string]bool{}
	for _, p := range all {
		for _, v := range p.Variants {
			ours[v.ID] = true
			i, listed := known[v.ID]
			seen, there := held[v.ID]
			switch sold := p.State == product.Active && !v.Archived; {
			case !sold:
				if listed || there {
					complain("%s is not sold any more: listed %v, at Meta %v", v.SKU, listed, there)
				}
				continue
			case !listed:
				complain("%s is not listed", v.SKU)
				continue
			}
			want := listing.Broken
			if there && seen.Review == "approved" && strings.EqualFold(seen.Visibility, "published") && !strings.EqualFold(seen.ImageStatus, "fetch_failed") && len(p.Images) > 0 {
				want = listing.Visible
			}
			if i.State == listing.Broken && i.Text != "" && there && want == listing.Visible {
				// An older version stands there; the newer one was refused.
				want = listing.Broken
			}
			if i.State != want || i.Shown != (want == listing.Visible) {
				complain("%s is %s (%s, shown %v), want %s; at Meta: %v %+v", v.SKU, i.State, i.Reason, i.Shown, want, there, seen)
			}
			if i.State == listing.Broken && i.Reason == "" {
				complain("%s has a problem without a name", v.SKU)
			}
			stock := listing.InStock
			if v.Available() == 0 {
				stock = listing.OutOfStock
			}
			if want == listing.Visible && (i.Price != v.Price.Decimal()+" BRL" || seen.Availability != stock) {
				complain("%s costs %s and is %s, want %s and %s", v.SKU, i.Price, seen.Availability, v.Price.Decimal(), stock)
			}
		}
	}
	for id := range held {
		if !ours[id] && known[id].State != listing.Foreign {
			complain("%s stands at Meta alone and is %s", id, known[id].State)
		}
	}
	for id := range known {
		if _, there := held[id]; !ours[id] && !there {
			complain("%s is listed and stands nowhere", id)
		}
	}
	return wrong
}

// TestShowCatalog pushes a large catalog to the simulated Meta with its limits
// on, has it partly rejected, changes it, reads it back, and holds every item's
// state against Meta's. The clock is moved by hand; SHOW_ITEMS says how many.
func TestShowCatalog(t *testing.T) {
	items := 600
	if text, ok := config.Environment()("SHOW_ITEMS"); ok {
		var err error
		if items, err = strconv.Atoi(text); err != nil || items < perProduct {
			t.Fatalf("SHOW_ITEMS is %q", text)
		}
	}
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) { openShow(t, engine).run(items) })
	}
}

func (s *show) run(items int) {
	t, ctx := s.t, context.Background()
	began, first := time.Now(), s.clock.Now()
	all := s.stock(items)
	s.analyze(s.cfg)
	t.Logf("%d items of %d products in the shop", items, len(all))
	for _, doom := range []sandbox.Doom{
		{Do: sandbox.Refuse, Every: 97, Message: "Image is too small, it must be at least 500x500"}, {Do: sandbox.Reject, Every: 89, Message: "violates the commerce policy"},
		{Do: sandbox.LoseImage, Every: 101}, {Do: sandbox.Hide, Every: 211},
	} {
		if _, err := s.meta.PutDoom(doom); err != nil {
			t.Fatal(err)
		}
	}
	connected, err := s.listing.Connect(ctx, listing.Connecting{TenantID: company, AccountID: number, Name: "Vitrine", By: bia})
	if err != nil {
		t.Fatal(err)
	}
	s.catalog = connected.CatalogID
	tell := func(what string, o listing.Overview) {
		wrong := s.verify(all)
		t.Logf("%-44s %6d visible %5d with a problem %4d only at Meta; %d wrong; %s at Meta's clock, %d calls, %s here",
			what, o.Visible, o.Problem, o.Foreign, wrong, s.clock.Now().Sub(first).Round(time.Minute), s.calls, time.Since(began).Round(time.Second))
		for _, reason := range slices.Sorted(maps.Keys(o.Problems)) {
			t.Logf("    %-20s %d", reason, o.Problems[reason])
		}
	}
	tell("pushed, partly refused, rejected, hidden", s.settle())

	// Prices and stock change, products are archived, and somebody types items by hand.
	for n := range all {
		if n%5 != 0 {
			continue
		}
		p := all[n]
		p.Variants = slices.Clone(p.Variants)
		for v := range p.Variants {
			p.Variants[v].Price += 500
		}
		if n%25 == 0 {
			p.State = product.Archived
		}
		if all[n], err = s.products.Save(ctx, p, bia); err != nil {
			t.Fatal(err)
		}
		for v := range all[n].Variants {
			if v%4 == 0 {
				level, err := s.products.Move(ctx, product.Move{TenantID: company, VariantID: all[n].Variants[v].ID, Quantity: 3, By: bia})
				if err != nil {
					t.Fatal(err)
				}
				all[n].Variants[v].OnHand = level.OnHand
			}
		}
	}
	var byHand []listing.Row
	for n := range 30 {
		byHand = append(byHand, listing.Row{RetailerID: fmt.Sprintf("mao-%d", n), Fields: listing.Fields{Title: fmt.Sprintf("Feito à mão %d", n), Description: "Um item digitado no gerenciador.",
			Availability: listing.InStock, Condition: "new", Price: "12.00 BRL", Link: "https://loja.example/x", Image: fmt.Sprintf("https://loja.example/mao-%d.jpg", n), Brand: "Mão", Group: fmt.Sprintf("g-%d", n), Quantity: -1}})
	}
	if _, err := s.adapter.Push(ctx, s.account, s.catalog, byHand); err != nil {
		t.Fatal(err)
	}
	s.clock.Advance(25 * time.Hour) // the daily comparison finds what no event told
	tell("changed, archived, typed by hand", s.settle())

	// Meta has second thoughts, and the seller sends all again.
	if err := s.meta.ClearDooms(); err != nil {
		t.Fatal(err)
	}
	if err := s.listing.Push(ctx, company, s.catalog, nil); err != nil {
		t.Fatal(err)
	}
	s.clock.Advance(25 * time.Hour)
	tell("sent again by hand", s.settle())
}
