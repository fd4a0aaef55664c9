package stripe

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	sdk "github.com/stripe/stripe-go/v82"

	"prosa/internal/base/money"
	"prosa/internal/modules/subscription"
)

// mockVersion is that of tools/versions: `make .tools/stripe-mock` installs it.
const mockVersion = "v0.203.0"

// calls are the endpoints that the adapter uses; TestEveryCallPassesTheVendorsMock
// holds that each was made.
var calls = []string{
	"GET /v1/customers", "POST /v1/customers", "POST /v1/customers/{id}", "GET /v1/products/{id}", "POST /v1/products", "GET /v1/coupons/{id}", "POST /v1/coupons",
	"GET /v1/checkout/sessions", "POST /v1/checkout/sessions", "GET /v1/checkout/sessions/{id}", "POST /v1/checkout/sessions/{id}/expire", "POST /v1/billing_portal/sessions",
	"GET /v1/subscriptions/{id}", "POST /v1/subscriptions/{id}", "DELETE /v1/subscriptions/{id}",
	"GET /v1/invoices", "GET /v1/invoices/{id}", "POST /v1/invoices", "POST /v1/invoices/create_preview", "POST /v1/invoices/{id}/finalize",
	"POST /v1/invoices/{id}/pay", "POST /v1/invoices/{id}/void", "GET /v1/invoiceitems", "POST /v1/invoiceitems", "DELETE /v1/invoiceitems/{id}", "GET /v1/invoice_payments",
	"GET /v1/payment_intents", "GET /v1/payment_intents/{id}", "GET /v1/refunds", "POST /v1/refunds", "GET /v1/disputes",
}

// mock starts the vendor's own mock, on this machine only and at free ports.
func mock(t *testing.T) string {
	t.Helper()
	program, err := filepath.Abs("../../../.tools/stripe-mock")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(program); err != nil {
		t.Skipf("SKIPPED: %d calls to Stripe are not checked against the vendor's mock: 'make .tools/stripe-mock' installs it", len(calls))
	}
	if version, err := exec.Command(program, "-version").CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: %d calls to Stripe are not checked: the vendor's mock does not run: %v %s", len(calls), err, version)
	}
	ctx, cancel := context.WithCancel(context.Background())
	// Without an address for https it would listen on all interfaces.
	command := exec.CommandContext(ctx, program, "-http-addr", "127.0.0.1:0", "-https-addr", "127.0.0.1:0")
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = command.Wait() // ended by us
	})
	address := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() { // to the end, so that the mock is never held up
			if _, found, ok := strings.Cut(lines.Text(), "Listening for HTTP at address: "); ok {
				address <- "http://" + strings.TrimSpace(found)
			}
		}
	}()
	select {
	case found := <-address:
		return found
	case <-time.After(time.Minute):
		t.Fatal("the vendor's mock did not start")
		return ""
	}
}

// witness notes the calls that pass through, with what the mock answered.
type witness struct {
	http.RoundTripper
	t    *testing.T
	mu   sync.Mutex
	made map[string]bool
}

var anID = regexp.MustCompile(`/(customers|products|coupons|sessions|subscriptions|invoices|invoiceitems|payment_intents)/[^/]+`)

func (w *witness) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := w.RoundTripper.RoundTrip(r)
	path := r.URL.Path
	if !strings.HasSuffix(path, "create_preview") {
		path = anID.ReplaceAllString(path, "/$1/{id}")
	}
	path = strings.Replace(path, "/checkout/{id}", "/checkout/sessions", 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.made[r.Method+" "+path] = true
	if err == nil && answer.StatusCode != http.StatusOK {
		w.t.Errorf("%s %s answers %d", r.Method, r.URL, answer.StatusCode)
	}
	return answer, err
}

// TestEveryCallPassesTheVendorsMock makes every call of ours to stripe-mock, which
// is made of the vendor's description: it refuses unknown parameters, wrong types
// and what may not be expanded.
func TestEveryCallPassesTheVendorsMock(t *testing.T) {
	cfg := testConfig(mock(t))
	seen := &witness{RoundTripper: http.DefaultTransport, t: t, made: map[string]bool{}}
	a := adapter(t, cfg)
	a.api = sdk.NewClient(testKey, sdk.WithBackends(&sdk.Backends{API: &backend{base: cfg.BaseURL, http: &http.Client{Transport: seen}}}))
	w := &world{Adapter: a, t: t, ctx: t.Context()}

	customerID := must[string](t)(w.EnsureCustomer(w.ctx, "acq:1:customer", payer()))
	person := payer()
	person.TaxID, person.Locale, person.Phone, person.Address = "52998224725", "en", "", subscription.Address{}
	must[string](t)(w.EnsureCustomer(w.ctx, "acq:2:customer", person))
	check := func(name string, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	check("update", w.updateCustomer(w.ctx, "k", customerID, payer()))
	for name, change := range map[string]func(*subscription.Checkout){
		"plain":    func(*subscription.Checkout) {},
		"discount": func(c *subscription.Checkout) { c.Discount, c.DiscountCycles = 100, 3 },
		"trial":    func(c *subscription.Checkout) { c.TrialDays, c.Locale = 14, "en" },
		"vouchers": func(c *subscription.Checkout) {
			c.DueMS, c.Interval = time.Now().Add(72*time.Hour).UnixMilli(), subscription.Annual
		},
	} {
		wish := w.wish(customerID)
		change(&wish)
		_, err := w.StartCheckout(w.ctx, "acq:1:checkout:"+name, wish)
		check("checkout "+name, err)
	}
	// What the mock has of each kind it finds under any name, so that nothing would
	// ever be made; these make them.
	check("product", w.createProduct(w.ctx, "prosa_x", "plv_x", "Plano"))
	for _, cycles := range []int{0, 1, 3} {
		c := subscription.Checkout{Discount: 100, Price: 200, Currency: money.BRL, DiscountCycles: cycles}
		_, err := w.createCoupon(w.ctx, "prosa_c", c, couponLength(c, time.Now()))
		check("coupon", err)
	}
	_, err := w.LookCheckout(w.ctx, "cs_1")
	check("look at a checkout", err)
	check("look at what was paid", w.lookPaid(w.ctx, &sdk.CheckoutSession{Invoice: &sdk.Invoice{ID: "in_1"}, PaymentStatus: "paid"}, &subscription.CheckoutState{}))
	_, err = w.voucher(w.ctx, "pi_1")
	check("look at a voucher", err)
	check("look at an open checkout", func() error {
		_, err := w.declined(w.ctx, &sdk.CheckoutSession{}, customerID)
		return err
	}())
	check("expire", w.ExpireCheckout(w.ctx, "cs_1"))
	check("void", w.voidVoucher(w.ctx, &sdk.CheckoutSession{Invoice: &sdk.Invoice{ID: "in_1"}, Subscription: &sdk.Subscription{ID: "sub_1"}}))
	_, err = w.api.V1Invoices.VoidInvoice(w.ctx, "in_1", &sdk.InvoiceVoidInvoiceParams{Params: fresh()})
	check("void an invoice", err)
	remote, err := w.LookSubscription(w.ctx, "sub_1")
	check("look at a subscription", err)
	if remote.SubscriptionID == "" || remote.PeriodEndMS == 0 || remote.Interval != subscription.Monthly {
		t.Errorf("the mock's subscription is read as %+v", remote)
	}
	_, err = w.disputed(w.ctx, "pi_1", subscription.BillPaid)
	check("disputes", err)
	change := upgrade(subscription.Remote{SubscriptionID: "sub_1", CustomerID: customerID})
	_, err = w.PreviewChange(w.ctx, change)
	check("preview", err)
	check("change", w.ApplyChange(w.ctx, "chg:1", change))
	change.Interval = subscription.Annual
	check("change of interval", w.ApplyChange(w.ctx, "chg:2", change))
	_, err = w.api.V1InvoiceItems.Delete(w.ctx, "ii_1", &sdk.InvoiceItemDeleteParams{})
	check("drop a line", err)
	check("line", w.addLine(w.ctx, "chg:3", change, &sdk.Invoice{ID: "in_1"}))
	_, err = w.api.V1Invoices.FinalizeInvoice(w.ctx, "in_1", &sdk.InvoiceFinalizeInvoiceParams{Params: keyed("f"), AutoAdvance: sdk.Bool(true)})
	check("finalize", err)
	check("pay", w.pay(w.ctx, "chg:4", "in_1"))
	check("cancel at the end", w.CancelAtEnd(w.ctx, "end", "sub_1", true))
	check("cancel now", w.CancelNow(w.ctx, "end", "sub_1"))
	check("refund", w.sendBack(w.ctx, "refund", "pi_1", 100))
	_, err = w.MethodPage(w.ctx, customerID, "https://prosa.example.com/plano")
	check("portal", err)
	_, err = w.Trace(w.ctx, subscription.Notice{EventID: "evt_1", BillID: "pi_1"})
	check("trace", err)

	for _, call := range calls {
		if !seen.made[call] {
			t.Errorf("%s was not made", call)
		}
	}
	for call := range seen.made {
		if !slices.Contains(calls, call) {
			t.Errorf("%s is not in the list of calls", call)
		}
	}
	t.Logf("%d endpoints pass stripe-mock %s", len(seen.made), mockVersion)
}

// TestTheMockIsTheOneOfTheTools holds the version that is written twice.
func TestTheMockIsTheOneOfTheTools(t *testing.T) {
	text, err := os.ReadFile("../../../tools/versions")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "STRIPE_MOCK="+mockVersion+"\n") {
		t.Errorf("tools/versions does not name stripe-mock %s", mockVersion)
	}
}
