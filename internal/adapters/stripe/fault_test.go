package stripe

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	sdk "github.com/stripe/stripe-go/v82"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/base/secret"
	"prosa/internal/modules/subscription"
	"prosa/internal/sandbox/stage"
)

// whole is a purchase, an upgrade, a refund and the end: every call that changes
// something. Each is asked again with its key until it is granted, as our steps do.
func (w *world) whole() (subscription.Remote, error) {
	var customerID string
	var started subscription.Started
	steps := []func() error{
		func() (err error) {
			customerID, err = w.EnsureCustomer(w.ctx, "acq:1:customer", payer())
			return err
		},
		func() (err error) {
			wish := w.wish(customerID)
			wish.Discount, wish.DiscountCycles = 1000, 1
			started, err = w.StartCheckout(w.ctx, "acq:1:checkout:1", wish)
			return err
		},
	}
	if err := again(steps); err != nil {
		return subscription.Remote{}, err
	}
	w.choose(started.CheckoutID, card)
	var remote subscription.Remote
	err := again([]func() error{
		func() error {
			state, err := w.LookCheckout(w.ctx, started.CheckoutID)
			if err == nil {
				remote, err = w.LookSubscription(w.ctx, state.SubscriptionID)
			}
			return err
		},
		func() error { return w.ApplyChange(w.ctx, "chg:1", upgrade(remote)) },
		func() error {
			change := upgrade(remote)
			change.Interval, change.Price, change.Due = subscription.Annual, 399000, 300000
			return w.ApplyChange(w.ctx, "chg:2", change)
		},
		func() error { return w.CancelAtEnd(w.ctx, "end:1", remote.SubscriptionID, true) },
		func() error { return w.Refund(w.ctx, "refund:1", remote.Bills[0].BillID, 700) },
		func() (err error) {
			remote, err = w.LookSubscription(w.ctx, remote.SubscriptionID)
			return err
		},
	})
	return remote, err
}

func again(steps []func() error) error {
	for i, step := range steps {
		var err error
		for range 4 {
			if err = step(); err == nil {
				break
			}
		}
		if err != nil {
			return fmt.Errorf("step %d: %w", i, err)
		}
	}
	return nil
}

// TestLostAnswersAreOneEffect loses the answer of each call that changes
// something, one after the other, and then has each fail with a stored 500: the
// outcome is always the same.
func TestLostAnswersAreOneEffect(t *testing.T) {
	calm := start(t)
	want, err := calm.whole()
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for len(calm.posts) > 0 {
		paths = append(paths, <-calm.posts)
	}
	if len(paths) < 12 {
		t.Fatalf("only %d calls changed something: %v", len(paths), paths)
	}
	for i := range paths {
		for _, rule := range []stage.Rule{
			// Twice, since net/http itself repeats a call with a key on a connection that
			// it kept.
			{On: "call", Method: http.MethodPost, Do: stage.DoCutAfter, Skip: i, Count: 2},
			{On: "call", Method: http.MethodPost, Do: stage.DoCutBefore, Skip: i, Count: 2},
			{On: "call", Method: http.MethodPost, Do: stage.DoStatus, Status: http.StatusInternalServerError, Skip: i, Count: 1},
		} {
			t.Run(fmt.Sprintf("%s %s", rule.Do, paths[i]), func(t *testing.T) {
				w := start(t)
				rule.Path = "/v1/"
				w.control("faults", rule)
				got, err := w.whole()
				if err != nil {
					t.Fatal(err)
				}
				if len(got.Bills) != len(want.Bills) {
					t.Fatalf("%d bills, want %d: %+v", len(got.Bills), len(want.Bills), got.Bills)
				}
				for n := range want.Bills {
					g, x := got.Bills[n], want.Bills[n]
					if g.Amount != x.Amount || g.State != x.State || g.Refunded != x.Refunded {
						t.Errorf("bill %d is %+v, want %+v", n, g, x)
					}
				}
				if got.EndsAtPeriod != want.EndsAtPeriod || got.Interval != want.Interval || got.State != want.State {
					t.Errorf("subscription %+v, want %+v", got, want)
				}
			})
		}
	}
}

// TestACheckoutIsOneHoweverLateItIsAskedAgain: until when a Pix may be paid is told
// from now, so that the vendor would take a later try for another wish, and it
// forgets keys.
func TestACheckoutIsOneHoweverLateItIsAskedAgain(t *testing.T) {
	w := start(t)
	now := clock.NewManual(time.Now())
	w.clock = now
	wish := w.wish(must[string](t)(w.EnsureCustomer(w.ctx, "acq:1:customer", payer())))
	wish.DueMS = now.Now().Add(48 * time.Hour).UnixMilli()
	w.control("faults", stage.Rule{On: "call", Method: http.MethodPost, Path: "/v1/checkout/sessions", Do: stage.DoCutAfter, Count: 2})
	_, err := w.StartCheckout(w.ctx, "acq:1:checkout:1", wish)
	troubled(t, err, subscription.Down)
	now.Advance(10 * time.Minute)
	first := must[subscription.Started](t)(w.StartCheckout(w.ctx, "acq:1:checkout:1", wish))
	now.Advance(10 * time.Hour)
	if again := must[subscription.Started](t)(w.StartCheckout(w.ctx, "acq:1:checkout:1", wish)); again != first || first.URL == "" {
		t.Errorf("%+v, then %+v", first, again)
	}
	if other := must[subscription.Started](t)(w.StartCheckout(w.ctx, "acq:1:checkout:2", wish)); other.CheckoutID == first.CheckoutID {
		t.Error("another key opened the same checkout")
	}
	list := w.api.V1CheckoutSessions.List(w.ctx, &sdk.CheckoutSessionListParams{Customer: sdk.String(wish.CustomerID)})
	n := 0
	for _, err := range list {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 2 {
		t.Errorf("%d checkouts were made for two wishes", n)
	}
}

func TestWhatTroubleMeans(t *testing.T) {
	w := start(t)
	for _, one := range []struct {
		status int
		kind   subscription.Kind
	}{
		{http.StatusUnauthorized, subscription.Locked}, {http.StatusForbidden, subscription.Locked}, {http.StatusTooManyRequests, subscription.Throttled},
		{http.StatusConflict, subscription.Down}, {http.StatusInternalServerError, subscription.Down}, {http.StatusBadGateway, subscription.Down},
		{http.StatusServiceUnavailable, subscription.Down}, {http.StatusBadRequest, subscription.Refused}, {http.StatusPaymentRequired, subscription.Refused},
	} {
		w.control("faults", stage.Rule{ID: "one", On: "call", Do: stage.DoStatus, Status: one.status, RetryAfter: 30, Path: "/v1/subscriptions"})
		_, err := w.LookSubscription(w.ctx, "sub_1")
		trouble := troubled(t, err, one.kind)
		if wait := trouble.UntilMS - time.Now().UnixMilli(); one.kind == subscription.Throttled && (wait <= 0 || wait > 30_000) {
			t.Errorf("told to wait for 30 s, waits for %d ms", wait)
		}
		if one.kind != subscription.Throttled && trouble.UntilMS != 0 {
			t.Errorf("%d waits until %d", one.status, trouble.UntilMS)
		}
	}
	w.control("faults", stage.Rule{ID: "one", On: "call", Do: stage.DoCutBefore})
	_, err := w.LookCheckout(w.ctx, "cs_1")
	troubled(t, err, subscription.Down)
	troubled(t, w.ExpireCheckout(w.ctx, "cs_1"), subscription.Down)
	_, err = w.EnsureCustomer(w.ctx, "k", payer())
	troubled(t, err, subscription.Down)
	_, err = w.StartCheckout(w.ctx, "k", w.wish("cus_1"))
	troubled(t, err, subscription.Down)
	_, err = w.PreviewChange(w.ctx, subscription.Change{Due: 1, Currency: money.BRL})
	troubled(t, err, subscription.Down)
	troubled(t, w.ApplyChange(w.ctx, "k", subscription.Change{SubscriptionID: "sub_1"}), subscription.Down)
	troubled(t, w.CancelNow(w.ctx, "k", "sub_1"), subscription.Down)
	_, err = w.Trace(w.ctx, subscription.Notice{BillID: "pi_1"})
	troubled(t, err, subscription.Down)
}

func TestAWayToPayThatIsNotActivatedIsOurs(t *testing.T) {
	api := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = out.Write([]byte(`{"id":"x"}`))
			return
		}
		out.WriteHeader(http.StatusBadRequest)
		_, _ = out.Write([]byte(`{"error":{"type":"invalid_request_error","param":"payment_method_types","message":"The payment method type provided: pix is invalid."}}`))
	}))
	defer api.Close()
	a := adapter(t, testConfig(api.URL))
	_, err := a.StartCheckout(t.Context(), "k", (&world{}).wish("cus_1"))
	if trouble := troubled(t, err, subscription.Locked); !strings.Contains(trouble.Message, "pix is invalid") {
		t.Errorf("says %q", trouble.Message)
	}
}

func TestAnswersThatAreNotTheVendors(t *testing.T) {
	for name, one := range map[string]struct {
		status int
		body   string
		kind   subscription.Kind
	}{
		"a proxy's page":       {http.StatusBadGateway, "<html>aurora</html>", subscription.Down},
		"half an answer":       {http.StatusOK, `{"id":"sub_`, subscription.Down},
		"another place":        {http.StatusNotFound, "404 page not found", subscription.Locked},
		"a redirect":           {http.StatusMovedPermanently, "", subscription.Locked},
		"a lock":               {http.StatusTooManyRequests, `{"error":{"type":"invalid_request_error","code":"lock_timeout","message":"busy"}}`, subscription.Down},
		"an unknown object":    {http.StatusNotFound, `{"error":{"type":"invalid_request_error","code":"resource_missing","message":"No such subscription"}}`, subscription.Refused},
		"a key with other use": {http.StatusBadRequest, `{"error":{"type":"idempotency_error","message":"Keys for idempotent requests"}}`, subscription.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			api := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
				out.WriteHeader(one.status)
				_, _ = out.Write([]byte(one.body))
			}))
			defer api.Close()
			_, err := adapter(t, testConfig(api.URL)).LookSubscription(t.Context(), "sub_1")
			troubled(t, err, one.kind)
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := adapter(t, testConfig("http://127.0.0.1:1")).LookSubscription(ctx, "sub_1")
	troubled(t, err, subscription.Down)
}

// TestWhatLeaves holds what is said to the vendor beside the parameters.
func TestWhatLeaves(t *testing.T) {
	seen := make(chan *http.Request, 10)
	api := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		seen <- r
		_, _ = out.Write([]byte(`{"id":"x","data":[]}`))
	}))
	defer api.Close()
	if _, err := adapter(t, testConfig(api.URL)).EnsureCustomer(t.Context(), "acq:1:customer", payer()); err != nil {
		t.Fatal(err)
	}
	look, made := <-seen, <-seen
	if look.Method != http.MethodGet || look.Header.Get(keyHeader) != "" || look.URL.Query().Get("email") != payer().Email {
		t.Errorf("first %s %s", look.Method, look.URL)
	}
	if !strings.HasPrefix(made.Header.Get(keyHeader), "acq:1:customer:") || made.Header.Get("Authorization") != "Bearer "+testKey || made.Header.Get(versionHeader) != "2025-08-27.basil" {
		t.Errorf("then %v", made.Header)
	}
	for _, r := range []*http.Request{look, made} {
		for name, values := range r.Header {
			if strings.HasPrefix(name, "X-Stripe") || strings.Contains(values[0], "GoBindings") {
				t.Errorf("%s: %s tells of this machine", name, values[0])
			}
		}
	}
	if long := *keyed(strings.Repeat("k", 300)).IdempotencyKey; len(long) > keyMost || long == *keyed(strings.Repeat("k", 301)).IdempotencyKey {
		t.Errorf("a long key became %q", long)
	}
}

func TestConfig(t *testing.T) {
	for field, change := range map[string]func(*Config){
		"PROSA_STRIPE_BASE_URL": func(c *Config) { c.BaseURL = "https://api.example.com/" },
		"PROSA_STRIPE_TIMEOUT":  func(c *Config) { c.Timeout = 0 },
		"PROSA_STRIPE_METHODS":  func(c *Config) { c.Methods = []string{"cheque"} },
		"PROSA_STRIPE_KEY":      func(c *Config) { c.Key = secret.Text{} },
	} {
		cfg := testConfig("https://api.example.com")
		change(&cfg)
		_, err := New(cfg, http.DefaultClient, clock.System{})
		if refused, ok := err.(*fault.Error); !ok || refused.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, base := range []string{"", "ftp://x", "https://user@x", "https://x?y=1", "x"} {
		if (Config{BaseURL: base, Timeout: 1, Methods: []string{card}}).Validate() == nil {
			t.Errorf("%q passes", base)
		}
	}
	if (Config{BaseURL: "https://x", Timeout: 1}).Validate() == nil {
		t.Error("no way to pay passes")
	}
	a := listener(t, time.Now())
	a.Methods()[0] = "changed"
	if a.Name() != "stripe" || a.Methods()[0] != card {
		t.Error("the methods can be changed from outside")
	}
}

func TestCouponLength(t *testing.T) {
	for _, one := range []struct {
		interval     subscription.Interval
		cycles, days int
		want         int64
	}{
		{subscription.Monthly, 0, 0, 0}, {subscription.Monthly, 1, 0, -1}, {subscription.Monthly, 3, 0, 3}, {subscription.Annual, 2, 0, 24},
		{subscription.Annual, 1, 0, -1}, {subscription.Monthly, 1, 14, 1}, {subscription.Monthly, 2, 31, 3}, {subscription.Annual, 1, 14, 12},
	} {
		if got := couponLength(subscription.Checkout{Interval: one.interval, DiscountCycles: one.cycles, TrialDays: one.days}, time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)); got != one.want {
			t.Errorf("%+v: %d", one, got)
		}
	}
	// Thirty days are more than a February.
	month := subscription.Checkout{Interval: subscription.Monthly, DiscountCycles: 1, TrialDays: 30}
	if got := couponLength(month, time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)); got != 2 {
		t.Errorf("a trial of a February: %d", got)
	}
}
