package stripe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/money"
	"prosa/internal/base/secret"
	"prosa/internal/modules/subscription"
	"prosa/internal/platform/httpclient"
	simulator "prosa/internal/sandbox/stripe"
)

const (
	testKey    = "sk_test_of-the-test"
	testSecret = "whsec_of-the-test"
	testHook   = "whsec_old,whsec_of-the-test"
)

func testConfig(base string) Config {
	return Config{
		BaseURL: base, Key: secret.New(testKey), WebhookSecrets: secret.New(testHook), Methods: []string{card, pix, boleto}, Timeout: 20 * time.Second,
	}
}

// world is the adapter before the simulator, and the endpoint that hears of it.
type world struct {
	*Adapter
	t       *testing.T
	ctx     context.Context
	base    string
	server  *simulator.Server
	notices chan subscription.Notice
	posts   chan string // paths of what was posted to the API
}

// start mounts the simulator under a path, as the demo does.
func start(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), notices: make(chan subscription.Notice, 1000), posts: make(chan string, 1000)}
	hook := httptest.NewServer(http.HandlerFunc(w.hear))
	t.Cleanup(hook.Close)
	var server *simulator.Server
	mux := http.NewServeMux()
	mux.HandleFunc("/stripe/", func(out http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/stripe/v1/") {
			w.posts <- strings.TrimPrefix(r.URL.Path, "/stripe")
		}
		http.StripPrefix("/stripe", server).ServeHTTP(out, r)
	})
	api := httptest.NewServer(mux)
	w.base = api.URL + "/stripe"
	server, err := simulator.New(simulator.Config{PublicURL: w.base, Key: testKey, WebhookURL: hook.URL, WebhookSecret: testSecret, WebhookGaps: []time.Duration{time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	w.server = server
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-ended
		api.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	w.Adapter = adapter(t, testConfig(w.base))
	return w
}

func adapter(t *testing.T, cfg Config) *Adapter {
	t.Helper()
	client, err := httpclient.Provider(cfg.Limits(), cfg.Bases()...)
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(cfg, client, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (w *world) hear(out http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	notices, err := w.Verify(r.Header, body)
	if err != nil {
		w.t.Errorf("an event of the simulator is not believed: %v", err)
		out.WriteHeader(http.StatusBadRequest)
		return
	}
	for _, n := range notices {
		w.notices <- n
	}
}

// await waits for a notice of a kind.
func (w *world) await(kind string) subscription.Notice {
	w.t.Helper()
	limit := time.After(30 * time.Second)
	for {
		select {
		case n := <-w.notices:
			if n.Kind == kind {
				return n
			}
		case <-limit:
			w.t.Fatalf("no %s came", kind)
		}
	}
}

// control calls the simulator's control API.
func (w *world) control(path string, body any) {
	w.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	answer, err := http.Post(w.base+"/_sandbox/"+path, "application/json", bytes.NewReader(text))
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	if said, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
		w.t.Fatalf("%s answers %d %s", path, answer.StatusCode, said)
	}
}

func (w *world) choose(checkoutID, action string) {
	w.t.Helper()
	w.control("choose", simulator.Choice{Session: checkoutID, Action: action})
}

// passes lets days go by at the vendor.
func (w *world) passes(days int) {
	w.t.Helper()
	w.control("clock", simulator.Advance{Seconds: int64(days) * 24 * 60 * 60})
}

func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func payer() subscription.Customer {
	return subscription.Customer{
		Reference: "acq_1", Name: "Padaria Aurora Ltda", Email: "caixa@aurora.example", TaxID: "12ABC34501DE35", Phone: "5519988887777", Locale: "pt-BR",
		Address: subscription.Address{ZIP: "13015904", Street: "Rua Onze de Agosto", Number: "100", Complement: "Sala 2", District: "Centro", City: "Campinas", State: "SP"},
	}
}

func (w *world) wish(customerID string) subscription.Checkout {
	return subscription.Checkout{
		Reference: "acq_1", CustomerID: customerID, Plan: "Profissional", PlanRef: "plv_1", Interval: subscription.Monthly, Price: 19900, Currency: money.BRL,
		SuccessURL: "https://prosa.example.com/assinar/retorno", CancelURL: "https://prosa.example.com/assinar", Locale: "pt-BR",
	}
}

// open opens a checkout.
func (w *world) open(change func(*subscription.Checkout)) subscription.Started {
	w.t.Helper()
	customerID := must[string](w.t)(w.EnsureCustomer(w.ctx, "acq:1:customer", payer()))
	wish := w.wish(customerID)
	if change != nil {
		change(&wish)
	}
	return must[subscription.Started](w.t)(w.StartCheckout(w.ctx, "acq:1:checkout:1", wish))
}

func (w *world) look(checkoutID string) subscription.CheckoutState {
	w.t.Helper()
	return must[subscription.CheckoutState](w.t)(w.LookCheckout(w.ctx, checkoutID))
}

func (w *world) remote(subscriptionID string) subscription.Remote {
	w.t.Helper()
	return must[subscription.Remote](w.t)(w.LookSubscription(w.ctx, subscriptionID))
}

// subscribe pays a checkout by card.
func (w *world) subscribe(change func(*subscription.Checkout)) subscription.Remote {
	w.t.Helper()
	started := w.open(change)
	w.choose(started.CheckoutID, card)
	return w.remote(w.look(started.CheckoutID).SubscriptionID)
}

// troubled expects a trouble of a kind.
func troubled(t *testing.T, err error, kind subscription.Kind) *subscription.Trouble {
	t.Helper()
	trouble := new(subscription.Trouble)
	if !errors.As(err, &trouble) || trouble.Kind != kind {
		t.Fatalf("got %v, want trouble of kind %s", err, kind)
	}
	if strings.Contains(trouble.Message, testKey) || strings.Contains(trouble.Message, "aurora") {
		t.Fatalf("the message shows too much: %s", trouble.Message)
	}
	return trouble
}
