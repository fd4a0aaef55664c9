package metacatalog

import (
	"bytes"
	"context"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/clock"
	"prosa/internal/base/secret"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/listing"
	"prosa/internal/platform/httpclient"
	simulator "prosa/internal/sandbox/metacatalog"
)

var update = flag.Bool("update", false, "write the goldens anew")

const token = "EAAtoken/of+the shop"

func shop() listing.Account {
	return listing.Account{TenantID: "ten_1", ID: "cha_1", Token: secret.New(token), BusinessID: "700100200", WABAID: "800100200", PhoneID: "106000100"}
}

// notebook is an exchange log.
type notebook struct {
	mu        sync.Mutex
	exchanges []channel.Exchange
}

func (n *notebook) Record(e channel.Exchange) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.exchanges = append(n.exchanges, e)
}

// connect makes an adapter for a Graph API at base.
func connect(t *testing.T, base string, at clock.Clock) (*Adapter, *notebook) {
	t.Helper()
	config := Config{BaseURL: base, Version: "v25.0", Timeout: 20 * time.Second}
	if err := config.Validate(); err != nil {
		t.Fatal(err)
	}
	client, err := httpclient.Provider(config.Limits(), config.Bases()...)
	if err != nil {
		t.Fatal(err)
	}
	book := &notebook{}
	return New(config, Deps{HTTP: client, Recorder: book, Clock: at}), book
}

// world is a simulated catalog as a real server, on a clock that stands still.
type world struct {
	*Adapter
	t     *testing.T
	meta  *simulator.Server
	clock *clock.Manual
	book  *notebook
	hooks chan hook
}

type hook struct {
	header http.Header
	body   []byte
}

func newWorld(t *testing.T, config simulator.Config) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewManual(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)), hooks: make(chan hook, 64)}
	listener := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.hooks <- hook{r.Header, body}
	}))
	t.Cleanup(listener.Close)
	config.Clock = w.clock
	var err error
	if w.meta, err = simulator.New(config); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.meta.Run(ctx) }()
	server := httptest.NewServer(w.meta)
	t.Cleanup(func() {
		server.Close()
		cancel()
		<-ended
		_ = w.meta.Close()
	})
	if _, err := w.meta.PutAccount(simulator.Account{
		Business: shop().BusinessID, App: "900", AppSecret: "s3cret", Token: token, CallbackURL: listener.URL, Numbers: map[string]string{shop().PhoneID: shop().WABAID},
	}); err != nil {
		t.Fatal(err)
	}
	w.Adapter, w.book = connect(t, server.URL, w.clock)
	return w
}

// catalog makes one and connects it.
func (w *world) catalog() string {
	w.t.Helper()
	id, err := w.Create(w.t.Context(), shop(), "Vitrine da Bia")
	if err == nil {
		err = w.Connect(w.t.Context(), shop(), id)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// push hands rows over and fails the test when that fails.
func (w *world) push(catalog string, rows ...listing.Row) listing.Pushed {
	w.t.Helper()
	pushed, err := w.Push(w.t.Context(), shop(), catalog, rows)
	if err != nil {
		w.t.Fatal(err)
	}
	return pushed
}

// see gives what the catalog holds of the ids.
func (w *world) see(catalog string, ids ...string) []listing.Seen {
	w.t.Helper()
	seen, _, err := w.ReadSome(w.t.Context(), shop(), catalog, ids)
	if err != nil {
		w.t.Fatal(err)
	}
	return seen
}

// row is an item that breaks no rule.
func row(id string) listing.Row {
	return listing.Row{RetailerID: id, Fields: listing.Fields{
		Title: "Camiseta de algodão", Description: "Feita à mão em Olinda.", Availability: listing.InStock, Condition: "new", Price: "49.90 BRL",
		Link: "https://loja.example/s/p/" + id, Image: "https://loja.example/i/" + id + ".jpg", Brand: "Loja da Bia", Group: "prd_1", Quantity: 7,
	}}
}

// full is an item with everything.
func full(id string) listing.Row {
	r := row(id)
	r.Fields.SalePrice, r.Fields.SaleWindow = "39.90 BRL", "2026-11-20T00:00:00Z/2026-11-30T00:00:00Z"
	r.Fields.MoreImages = []string{"https://loja.example/i/2.jpg", "https://loja.example/i/3.jpg"}
	r.Fields.GTIN, r.Fields.Color, r.Fields.Size, r.Fields.Pattern, r.Fields.Material = "7891000100103", "azul", "G", "listrada", "algodão"
	r.Fields.Attributes, r.Fields.ProductType, r.Fields.Label = "Gola:Careca,Manga:Curta", "Roupas > Camisetas", "verão"
	return r
}

func compare(t *testing.T, path string, value any) {
	t.Helper()
	got, err := json.Marshal(value, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; got\n%s", path, got)
	}
}
