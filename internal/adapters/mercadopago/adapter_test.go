package mercadopago

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/base/secret"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
	"prosa/internal/platform/httpclient"
	simulator "prosa/internal/sandbox/mercadopago"
	"prosa/internal/sandbox/stage"
)

const total = money.Amount(3980)

func TestPixIsPaidByCallback(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o, p := h.asked(payment.Pix)
		if p.State != payment.Pending || p.Code != h.one().Code || p.Code == "" || p.Link == "" || !p.Verified {
			t.Fatalf("asked: %+v", p)
		}
		if h.one().Total != total || h.one().Reference != p.ID {
			t.Fatalf("the vendor has %+v", h.one())
		}
		h.hears(http.StatusOK) // order.action_required
		h.rule(stage.Rule{On: "webhook", Do: stage.DoDuplicate, Count: 1})
		h.pay(simulator.Pay{Code: p.Code})
		h.hears(http.StatusOK)
		h.hears(http.StatusOK)
		h.want(o, order.AwaitingPayment, 0, 0) // a callback is stored, and acted on later
		h.act()
		h.want(o, order.Confirmed, total, 0)
		if n := h.count("payment_notice"); n != 0 {
			t.Fatalf("%d notices are left", n)
		}
		// Late and double, it says nothing new.
		h.act()
		h.poll()
		if _, err := h.payments.Reach(context.Background(), h.tenant, p.ID); err != nil {
			t.Fatal(err)
		}
		h.want(o, order.Confirmed, total, 0)
		if n := h.count("payment_fact"); n != 1 {
			t.Fatalf("%d facts", n)
		}
	})
}

func TestALostCallbackIsPolled(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.silent()
		o, p := h.asked(payment.Pix)
		h.pay(simulator.Pay{Code: p.Code})
		h.poll()
		h.want(o, order.Confirmed, total, 0)
		if len(h.heard) != 0 {
			t.Fatal("a callback came")
		}
	})
}

func TestCallbacksOutOfOrder(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.silent()
		o, p := h.asked(payment.Pix)
		orderID := h.one().ID
		h.pay(simulator.Pay{Code: p.Code})
		if _, err := h.orders.Cancel(context.Background(), order.Act{TenantID: h.tenant, OrderID: o.ID, By: ana}, true); err != nil {
			t.Fatal(err) // canceled here while it was paid there
		}
		h.mends()
		// "Refunded" comes before "paid", twice, and "action required" last.
		for range 3 {
			h.callback(orderID, "order", signing, h.clock.Now(), http.StatusOK)
			h.act()
			h.must(h.payments.Sweep(context.Background()))
		}
		h.poll()
		h.want(o, order.Canceled, total, total) // money for nothing went back, once
		if got := h.one().Refunds; len(got) != 1 || got[0].Amount != total {
			t.Fatalf("sent back: %+v", got)
		}
	})
}

// callback posts a callback of our own making and checks how it is answered.
func (h *house) callback(dataID, kind, secretText string, at time.Time, want int) {
	h.t.Helper()
	account, err := h.accounts.Of(context.Background(), h.tenant, Name)
	h.must(err)
	h.callbackTo(account.Hook, dataID, kind, secretText, at, want)
}

func (h *house) callbackTo(hook, dataID, kind, secretText string, at time.Time, want int) {
	h.t.Helper()
	request, err := http.NewRequest(http.MethodPost, h.hook+"/webhooks/mercadopago/"+hook+"?"+url.Values{"data.id": {dataID}, "type": {kind}}.Encode(), strings.NewReader(`{}`))
	h.must(err)
	for name, values := range signed(secretText, dataID, "req-1", at) {
		request.Header[name] = values
	}
	response, err := http.DefaultClient.Do(request)
	h.must(err)
	defer response.Body.Close()
	if response.StatusCode != want || response.ContentLength > 0 {
		h.t.Fatalf("a callback is answered by %d with %d bytes, want %d", response.StatusCode, response.ContentLength, want)
	}
	for {
		select {
		case status := <-h.heard:
			if status == want {
				return
			}
		case <-time.After(patience):
			h.t.Fatal("the webhook did not end")
		}
	}
}

func TestAWrongSignatureIsToldNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.silent()
		o, p := h.asked(payment.Pix)
		orderID := h.one().ID
		h.pay(simulator.Pay{Code: p.Code})
		now := h.clock.Now()
		h.callback(orderID, "order", "another secret", now, http.StatusUnauthorized)
		h.callback(orderID, "order", "", now, http.StatusUnauthorized)
		h.callback(orderID, "order", signing, now.Add(-16*time.Minute), http.StatusUnauthorized)
		h.callback(orderID, "order", signing, now.Add(16*time.Minute), http.StatusUnauthorized)
		h.callbackTo("0123456789abcdef0123456789abcdef", orderID, "order", signing, now, http.StatusNotFound)
		if n := h.count("payment_notice"); n != 0 {
			t.Fatalf("%d notices were stored", n)
		}
		// Signed, and about nothing of ours: taken, and no harm done.
		h.callback("ORD01UNKNOWN", "order", signing, now, http.StatusOK)
		h.callback("77", "subscription_preapproval", signing, now, http.StatusOK)
		h.act()
		h.want(o, order.AwaitingPayment, 0, 0)
		h.callback(orderID, "order", signing, now.Add(-14*time.Minute), http.StatusOK)
		h.act()
		h.want(o, order.Confirmed, total, 0)
	})
}

func TestALostAnswerMakesOneOrder(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.silent()
		h.rule(stage.Rule{On: "call", Method: http.MethodPost, Path: "/v1/orders", Do: stage.DoCutAfter, Count: 1})
		o, p := h.asked(payment.Pix)
		if p.State != payment.Created {
			t.Fatalf("the payment is %s", p.State)
		}
		made := h.one()
		h.poll()
		if _, p = h.reload(o); p.State != payment.Pending || p.Code != made.Code || h.one().ID != made.ID {
			t.Fatalf("asked again: %+v", p)
		}
	})
}

func TestAKillBetweenCallAndCommitIsTheSameOrder(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.silent()
		o := h.ordered(payment.Pix, order.Customer{})
		_, p := h.reload(o)
		// The life that asked ended before it could write down what it was told.
		before, err := h.adapter.Ask(context.Background(), payment.Asked{
			TenantID: h.tenant, PaymentID: p.ID, OrderID: o.ID, Method: payment.Pix, Amount: p.Amount, Currency: money.BRL, CreatedMS: p.CreatedMS, ExpiresMS: p.ExpiresMS,
			Bill: payment.Bill{Number: strconv.FormatInt(o.Number, 10)},
		})
		h.must(err)
		h.clock.Advance(7 * time.Minute)
		h.must(h.payments.Sweep(context.Background()))
		if _, p = h.reload(o); p.Code != before.Code || h.one().ID != before.ExternalID {
			t.Fatalf("the next life got %+v, not %+v", p, before)
		}
		// A callback that overtakes the answer finds the payment too.
		h.pay(simulator.Pay{Code: p.Code})
		h.poll()
		h.want(o, order.Confirmed, total, 0)
	})
}

func TestACallbackThatOvertakesTheAnswer(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.rule(stage.Rule{On: "call", Method: http.MethodPost, Path: "/v1/orders", Do: stage.DoCutAfter, Count: 1})
		o, _ := h.asked(payment.Pix)
		h.hears(http.StatusOK)
		h.act()
		if _, p := h.reload(o); p.State != payment.Pending || p.Code != h.one().Code {
			t.Fatalf("the callback led to %+v", p)
		}
	})
}

func TestRefunds(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o, p := h.asked(payment.Pix)
		h.hears(http.StatusOK)
		h.pay(simulator.Pay{Code: p.Code})
		h.hears(http.StatusOK)
		h.act()
		h.want(o, order.Confirmed, total, 0)
		// A part, whose answer is lost.
		h.rule(stage.Rule{On: "call", Method: http.MethodPost, Path: "/refund", Do: stage.DoCutAfter, Count: 1})
		if _, err := h.orders.GiveBack(context.Background(), order.Act{TenantID: h.tenant, OrderID: o.ID, By: ana}, order.Back{Amount: 1000}); err != nil {
			t.Fatal(err)
		}
		h.must(h.payments.Sweep(context.Background()))
		h.hears(http.StatusOK) // order.refunded
		h.act()                // told by the callback, while the refund is still under way here
		h.poll()
		h.poll()
		h.want(o, order.Confirmed, total, 1000)
		if got := h.one().Refunds; len(got) != 1 {
			t.Fatalf("sent back: %+v", got)
		}
		// The rest.
		if _, err := h.orders.Cancel(context.Background(), order.Act{TenantID: h.tenant, OrderID: o.ID, By: ana}, true); err != nil {
			t.Fatal(err)
		}
		h.must(h.payments.Sweep(context.Background()))
		h.hears(http.StatusOK)
		h.act()
		h.poll()
		o, p = h.want(o, order.Canceled, total, total)
		if p.State != payment.Refunded || len(h.one().Refunds) != 2 || h.one().State.Status != "refunded" {
			t.Fatalf("the payment is %s, the vendor's %+v", p.State, h.one())
		}
		for _, refund := range o.Refunds {
			if refund.State != payment.RefundDone {
				t.Fatalf("a refund is %s", refund.State)
			}
		}
	})
}

func TestExpiryFollowsTheHold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.silent()
		o, p := h.asked(payment.Pix)
		if life := h.one().ExpiresMS - h.one().CreatedMS; life != p.ExpiresMS-p.CreatedMS {
			t.Fatalf("payable for %d ms", life)
		}
		h.clock.Advance(time.Hour)
		if n, err := h.orders.Sweep(context.Background()); err != nil || n != 1 {
			t.Fatalf("%d orders expired: %v", n, err)
		}
		h.must(h.payments.Sweep(context.Background()))
		h.want(o, order.Expired, 0, 0)
		if got := h.one().State.Status; got != "canceled" {
			t.Fatalf("the vendor's order is %s", got)
		}
		if _, err := h.vendor.Pay(simulator.Pay{Code: p.Code}); err == nil {
			t.Fatal("it could still be paid")
		}
		h.poll() // and nobody asks again
	})
}

func TestTheVendorsOwnExpiry(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o, _ := h.asked(payment.Pix)
		h.hears(http.StatusOK)
		if _, err := h.vendor.Expire(simulator.Pay{Order: h.one().ID}); err != nil {
			t.Fatal(err)
		}
		h.hears(http.StatusOK)
		h.act()
		if _, p := h.reload(o); p.State != payment.Expired {
			t.Fatalf("the payment is %s", p.State)
		}
	})
}

// Paid in the moment in which the order expired: the vendor's word counts.
func TestPaidWhileItExpired(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.silent()
		o, p := h.asked(payment.Pix)
		h.clock.Advance(time.Hour)
		if n, err := h.orders.Sweep(context.Background()); err != nil || n != 1 {
			t.Fatalf("%d orders expired: %v", n, err)
		}
		h.pay(simulator.Pay{Code: p.Code})
		h.must(h.payments.Sweep(context.Background())) // cancels, hears that it is paid
		h.want(o, order.Confirmed, total, 0)           // the pieces were still there
	})
}

func TestALinkIsPaid(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o, p := h.asked(payment.Link)
		page, err := url.Parse(p.Link)
		if err != nil || p.State != payment.Pending || p.Code != "" {
			t.Fatalf("asked: %+v %v", p, err)
		}
		preference := page.Query().Get("pref_id")
		h.pay(simulator.Pay{Preference: preference, Method: "master", Refuse: true})
		h.hears(http.StatusOK)
		h.act()
		if _, p := h.want(o, order.AwaitingPayment, 0, 0); p.State != payment.Pending {
			t.Fatalf("a refused card ended it: %s", p.State)
		}
		h.pay(simulator.Pay{Preference: preference, Method: "master"})
		h.hears(http.StatusOK)
		h.act()
		h.want(o, order.Confirmed, total, 0)
		h.rule(stage.Rule{On: "call", Method: http.MethodPost, Path: "/refunds", Do: stage.DoCutAfter, Count: 1})
		if _, err := h.orders.Cancel(context.Background(), order.Act{TenantID: h.tenant, OrderID: o.ID, By: ana}, true); err != nil {
			t.Fatal(err)
		}
		h.must(h.payments.Sweep(context.Background()))
		h.poll()
		h.want(o, order.Canceled, total, total)
	})
}

func TestAnExpiredLinkIsClosed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o, p := h.asked(payment.Link)
		if _, err := h.orders.Cancel(context.Background(), order.Act{TenantID: h.tenant, OrderID: o.ID, By: ana}, true); err != nil {
			t.Fatal(err)
		}
		h.must(h.payments.Sweep(context.Background()))
		page, err := url.Parse(p.Link)
		h.must(err)
		if _, err := h.vendor.Pay(simulator.Pay{Preference: page.Query().Get("pref_id")}); fault.CodeOf(err) != fault.Refused {
			t.Fatalf("a canceled checkout could be paid: %v", err)
		}
	})
}

func TestABoletoNeedsAName(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.silent()
		o := h.ordered(payment.Slip, order.Customer{Name: "Bia"})
		h.must(h.payments.Sweep(context.Background()))
		if _, p := h.reload(o); p.State != payment.Failed || len(h.vendor.Orders()) != 0 {
			t.Fatalf("the payment is %s", p.State)
		}
		_, p := h.asked(payment.Slip)
		if p.State != payment.Pending || len(p.Code) != 47 || p.Link == "" {
			t.Fatalf("asked: %+v", p)
		}
	})
}

func TestWhatTheVendorSaysDecides(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.silent()
		for status, state := range map[int]payment.State{
			http.StatusUnauthorized: payment.Created, http.StatusTooManyRequests: payment.Created, http.StatusBadGateway: payment.Created,
			http.StatusBadRequest: payment.Failed,
		} {
			h.rule(stage.Rule{On: "call", Method: http.MethodPost, Do: stage.DoStatus, Status: status, Count: 1})
			o, p := h.asked(payment.Pix)
			if p.State != state {
				t.Fatalf("after %d the payment is %s, want %s", status, p.State, state)
			}
			if state == payment.Created {
				h.poll()
				if _, p = h.reload(o); p.State != payment.Pending {
					t.Fatalf("after %d and a while the payment is %s", status, p.State)
				}
			}
		}
	})
}

func TestAnAccountIsTestedAndForgotten(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		tested, err := h.accounts.Test(ctx, h.tenant, Name)
		if err != nil || tested.Problem != "" || tested.TestedMS == 0 {
			t.Fatalf("tested: %+v %v", tested, err)
		}
		wrong := payment.Account{TenantID: h.tenant, Provider: Name, Methods: []payment.Method{payment.Pix}, PayerEmail: "a@b.example", Token: secret.New("APP_USR-wrong")}
		if _, err = h.accounts.Connect(ctx, wrong, ana); err != nil {
			t.Fatal(err)
		}
		tested, err = h.accounts.Test(ctx, h.tenant, Name)
		if err != nil || !strings.Contains(tested.Problem, "access token") || strings.Contains(tested.Problem, "APP_USR") {
			t.Fatalf("tested: %+v %v", tested, err)
		}
		choices, err := h.payments.Choices(ctx, h.tenant)
		if err != nil || len(choices) != 2 || choices[1] != (payment.Choice{Provider: Name, Method: payment.Pix}) {
			t.Fatalf("offered: %v %v", choices, err)
		}
		h.must(h.accounts.Disconnect(ctx, h.tenant, Name, ana))
		if choices, err = h.payments.Choices(ctx, h.tenant); err != nil || len(choices) != 1 {
			t.Fatalf("offered: %v %v", choices, err)
		}
		if _, err = h.adapter.Ask(ctx, payment.Asked{TenantID: h.tenant, Currency: money.BRL, Method: payment.Pix}); reasonOf(err) != payment.WrongCredentials {
			t.Fatalf("without an account: %v", err)
		}
	})
}

// The SDK makes a random key a call and knows one host; none of that leaves.
func TestRequestsCarryOurKey(t *testing.T) {
	var mu sync.Mutex
	var seen []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, r.Method+" "+r.URL.Path+" "+r.Header.Get("X-Idempotency-Key"))
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte(`<html>APP_USR-1</html>`))
	}))
	defer server.Close()
	cfg := Config{BaseURL: server.URL + "/behind/a/path", Timeout: 5 * time.Second, CallbackWindow: time.Minute}
	client, err := httpclient.Provider(cfg.Limits(), cfg.Bases()...)
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(cfg, client, fixed{payment.Account{Token: secret.New("APP_USR-1"), PayerEmail: "a@b.example"}})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	asked := payment.Asked{PaymentID: "pay_1", Amount: 990, Currency: money.BRL, Method: payment.Pix}
	_, err = a.Ask(ctx, asked)
	if fault.CodeOf(err) != fault.Unavailable || strings.Contains(err.Error(), "APP_USR") {
		t.Errorf("the error is %v", err)
	}
	asked.Method = payment.Link
	_, _ = a.Ask(ctx, asked)
	_, _ = a.Look(ctx, "", "ORD01X")
	_ = a.Cancel(ctx, "", "ORD01X")
	_ = a.Cancel(ctx, "", "77-x")
	want := []string{
		"POST /behind/a/path/v1/orders pay_1", "POST /behind/a/path/checkout/preferences pay_1", "GET /behind/a/path/v1/orders/ORD01X ",
		"POST /behind/a/path/v1/orders/ORD01X/cancel ORD01X-cancel", "PUT /behind/a/path/checkout/preferences/77-x 77-x-close",
	}
	if strings.Join(seen, "\n") != strings.Join(want, "\n") {
		t.Errorf("called\n%s\nwant\n%s", strings.Join(seen, "\n"), strings.Join(want, "\n"))
	}
}

// fixed is one account for everybody.
type fixed struct{ account payment.Account }

func (f fixed) Of(context.Context, string, string) (payment.Account, error) { return f.account, nil }
