package stripe

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"prosa/internal/sandbox/stage"
)

func TestRenewalsKeepTheirDay(t *testing.T) {
	s := start(t, Config{}) // 31 January
	sub := s.subscribe(chooseCard, nil)
	var ends []string
	for range 4 {
		_, end := period(s.subscription(sub["id"]))
		ends = append(ends, time.Unix(end, 0).UTC().Format("2 Jan"))
		s.passes(31)
	}
	if want := [4]string{"28 Feb", "31 Mar", "30 Apr", "31 May"}; [4]string(ends) != want {
		t.Errorf("periods end on %v, want %v", ends, want)
	}
	bills := s.invoices(sub["id"])
	for _, bill := range bills {
		if bill["status"] != paid || number(bill["amount_paid"]) != 10000 || bill["parent"].(object)["subscription_details"].(object)["subscription"] != sub["id"] {
			t.Errorf("bill %v", bill)
		}
	}
	if len(bills) != 5 || bills[0]["billing_reason"] != "subscription_cycle" || bills[4]["billing_reason"] != "subscription_create" {
		t.Errorf("%d bills", len(bills))
	}
}

func TestDunningOfTheVendor(t *testing.T) {
	s := start(t, Config{})
	sub := s.subscribe(chooseCard, nil)
	s.control("fail", Fail{Subscription: sub["id"].(string), Times: -1}, http.StatusOK)
	s.control("fail", Fail{Subscription: "sub_0"}, http.StatusNotFound)
	s.passes(28)
	s.next("invoice.payment_failed")
	for i, status := range []string{pastDue, pastDue, pastDue, pastDue, unpaid} {
		got := s.subscription(sub["id"])
		bill := s.invoices(sub["id"])[0]
		if got["status"] != status || number(bill["attempt_count"]) != int64(i+1) || (bill["next_payment_attempt"] == nil) != (status == unpaid) {
			t.Fatalf("after %d attempts %v, %v", i+1, got["status"], bill)
		}
		s.passes([]int{3, 4, 7, 7, 1}[i])
	}
	bill := s.invoices(sub["id"])[0]
	e := s.no(http.MethodPost, "/v1/invoices/"+bill["id"].(string)+"/pay", nil, http.StatusPaymentRequired)
	if e["type"] != "card_error" || e["decline_code"] != "insufficient_funds" {
		t.Errorf("refused by %v", e)
	}
	s.control("fail", Fail{Subscription: sub["id"].(string)}, http.StatusOK)
	s.ok(http.MethodPost, "/v1/invoices/"+bill["id"].(string)+"/pay", nil)
	if got := s.subscription(sub["id"]); got["status"] != active {
		t.Errorf("after paying: %v", got["status"])
	}
	if e := s.no(http.MethodPost, "/v1/invoices/"+bill["id"].(string)+"/pay", nil, http.StatusBadRequest); e["code"] != "invoice_already_paid" {
		t.Errorf("paid twice: %v", e)
	}
}

func TestCouponsCountTheirTime(t *testing.T) {
	for duration, want := range map[string][]int64{
		"once": {7000, 10000, 10000}, "repeating": {7000, 7000, 10000}, "forever": {7000, 7000, 7000},
	} {
		s := start(t, Config{})
		params := pairs{"id": "c_" + duration, "name": "c", "amount_off": "3000", "currency": "brl", "duration": duration}
		if duration == "repeating" {
			params["duration_in_months"] = "2"
		}
		s.ok(http.MethodPost, "/v1/coupons", params)
		s.no(http.MethodPost, "/v1/coupons", params, http.StatusBadRequest)
		sub := s.subscribe(chooseCard, pairs{"discounts[0][coupon]": "c_" + duration})
		s.passes(62)
		bills := s.invoices(sub["id"])
		for i, amount := range want {
			if got := number(bills[len(bills)-1-i]["total"]); got != amount {
				t.Errorf("%s: bill %d of %d, want %d", duration, i, got, amount)
			}
		}
	}
}

func TestChangesOfASubscription(t *testing.T) {
	s := start(t, Config{})
	sub := s.subscribe(chooseCard, nil)
	path := "/v1/subscriptions/" + sub["id"].(string)
	item := sub["items"].(object)["data"].([]any)[0].(object)["id"].(string)
	priced := func(amount, interval string, more pairs) pairs {
		params := pairs{
			"items[0][id]": item, "items[0][price_data][currency]": "brl", "items[0][price_data][unit_amount]": amount,
			"items[0][price_data][product]": "prosa_p", "items[0][price_data][recurring][interval]": interval,
		}
		for name, value := range more {
			params[name] = value
		}
		return params
	}
	s.passes(14) // half of February
	// To the second: half of 10000 back, half of 30000 to be paid.
	preview := s.ok(http.MethodPost, "/v1/invoices/create_preview", pairs{
		"subscription": sub["id"].(string), "subscription_details[items][0][id]": item, "subscription_details[items][0][price_data][currency]": "brl",
		"subscription_details[items][0][price_data][unit_amount]": "30000", "subscription_details[items][0][price_data][product]": "prosa_p",
		"subscription_details[items][0][price_data][recurring][interval]": "month", "subscription_details[proration_behavior]": "always_invoice",
	})
	if number(preview["amount_due"]) != 10000 || len(preview["lines"].(object)["data"].([]any)) != 2 {
		t.Errorf("previewed %v", preview)
	}
	if bills := s.invoices(sub["id"]); len(bills) != 1 {
		t.Fatalf("the preview left %d bills", len(bills))
	}
	s.ok(http.MethodPost, path, priced("30000", "month", pairs{"proration_behavior": "always_invoice"}))
	if bills := s.invoices(sub["id"]); len(bills) != 2 || number(bills[0]["amount_paid"]) != 10000 {
		t.Fatalf("billed %v", bills[0])
	}
	// Another interval begins anew; a waiting line goes with it, and a credit stays.
	s.ok(http.MethodPost, "/v1/invoiceitems", pairs{"customer": sub["customer"].(string), "amount": "-400000", "currency": "brl"})
	changed := s.ok(http.MethodPost, path, priced("350000", "year", pairs{"proration_behavior": "none", "metadata[k]": "v"}))
	from, to := period(changed)
	if to-from != 365*24*60*60 || changed["metadata"].(object)["k"] != "v" {
		t.Errorf("a period of %d s", to-from)
	}
	bill := s.invoices(sub["id"])[0]
	if number(bill["total"]) != -50000 || number(bill["amount_due"]) != 0 || bill["status"] != paid {
		t.Errorf("billed %v", bill)
	}
	if of := s.ok(http.MethodGet, "/v1/customers/"+sub["customer"].(string), nil); number(of["balance"]) != -50000 {
		t.Errorf("the credit is %v", of["balance"])
	}
	preview = s.ok(http.MethodPost, "/v1/invoices/create_preview", pairs{"customer": sub["customer"].(string), "invoice_items[0][amount]": "60000", "invoice_items[0][currency]": "brl"})
	if number(preview["amount_due"]) != 10000 {
		t.Errorf("with the credit %v are due", preview["amount_due"])
	}
	// All or nothing when the card is refused.
	s.control("fail", Fail{Subscription: sub["id"].(string), Times: 1}, http.StatusOK)
	s.no(http.MethodPost, path, priced("40000", "month", pairs{"payment_behavior": "error_if_incomplete", "metadata[k]": "w"}), http.StatusPaymentRequired)
	if got := s.subscription(sub["id"]); got["metadata"].(object)["k"] != "v" || number(got["items"].(object)["data"].([]any)[0].(object)["price"].(object)["unit_amount"]) != 350000 {
		t.Errorf("a refused change left %v", got)
	}
	s.no(http.MethodPost, path, pairs{"items[0][id]": "si_0"}, http.StatusBadRequest)
	s.no(http.MethodPost, path, pairs{"trial_end": "5"}, http.StatusBadRequest)
	s.no(http.MethodPost, path, pairs{"default_payment_method": "pm_0"}, http.StatusBadRequest)
	trial := s.ok(http.MethodPost, path, pairs{"trial_end": stamped(s.clock.Now().Add(90 * 24 * time.Hour).Unix())})
	if trial["status"] != trialing {
		t.Errorf("a trial that is extended: %v", trial["status"])
	}
	s.ok(http.MethodDelete, path, nil)
	s.no(http.MethodPost, path, pairs{"cancel_at_period_end": "true"}, http.StatusBadRequest)
	s.no(http.MethodDelete, path, nil, http.StatusNotFound)
}

func TestInvoicesByHand(t *testing.T) {
	s := start(t, Config{})
	sub := s.subscribe(chooseCard, nil)
	of := sub["customer"].(string)
	waiting := s.ok(http.MethodPost, "/v1/invoiceitems", pairs{"customer": of, "amount": "500", "currency": "brl"})["id"].(string)
	apart := s.ok(http.MethodPost, "/v1/invoices", pairs{"customer": of, "subscription": sub["id"].(string), "currency": "brl", "pending_invoice_items_behavior": "exclude"})["id"].(string)
	s.ok(http.MethodPost, "/v1/invoiceitems", pairs{"customer": of, "invoice": apart, "amount": "1200", "currency": "brl"})
	got := s.ok(http.MethodPost, "/v1/invoices/"+apart+"/finalize", nil)
	if got["status"] != open || number(got["total"]) != 1200 {
		t.Fatalf("final: %v", got)
	}
	s.no(http.MethodPost, "/v1/invoices/"+apart+"/finalize", nil, http.StatusBadRequest)
	s.no(http.MethodPost, "/v1/invoiceitems", pairs{"customer": of, "invoice": apart, "amount": "1", "currency": "brl"}, http.StatusBadRequest)
	s.control("fail", Fail{Subscription: sub["id"].(string), Times: 1}, http.StatusOK)
	s.no(http.MethodPost, "/v1/invoices/"+apart+"/pay", nil, http.StatusPaymentRequired)
	if got := s.subscription(sub["id"]); got["status"] != active {
		t.Errorf("an invoice by hand made the subscription %v", got["status"])
	}
	if got := s.ok(http.MethodPost, "/v1/invoices/"+apart+"/void", nil); got["status"] != void {
		t.Errorf("void: %v", got)
	}
	if list := s.ok(http.MethodGet, "/v1/invoiceitems", pairs{"customer": of, "pending": "true"})["data"].([]any); len(list) != 1 {
		t.Errorf("%d lines wait", len(list))
	}
	s.ok(http.MethodDelete, "/v1/invoiceitems/"+waiting, nil)
	s.no(http.MethodDelete, "/v1/invoiceitems/"+waiting, nil, http.StatusNotFound)
	empty := s.ok(http.MethodPost, "/v1/invoices", pairs{"customer": of, "subscription": sub["id"].(string)})["id"].(string)
	if got := s.ok(http.MethodPost, "/v1/invoices/"+empty+"/finalize", nil); got["status"] != paid {
		t.Errorf("nothing to pay: %v", got)
	}
}

func TestRefundsAndDisputes(t *testing.T) {
	s := start(t, Config{})
	sub := s.subscribe(chooseCard, nil)
	bill := s.ok(http.MethodGet, "/v1/invoices/"+s.invoices(sub["id"])[0]["id"].(string), pairs{"expand[0]": "payments"})
	intentID := bill["payments"].(object)["data"].([]any)[0].(object)["payment"].(object)["payment_intent"].(string)
	s.ok(http.MethodPost, "/v1/refunds", pairs{"payment_intent": intentID, "amount": "4000"})
	s.no(http.MethodPost, "/v1/refunds", pairs{"payment_intent": intentID, "amount": "6001"}, http.StatusBadRequest)
	if e := s.next("charge.refunded"); number(e.about["amount_refunded"]) != 4000 {
		t.Errorf("told of %v", e.about)
	}
	billID := bill["id"].(string)
	s.control("dispute", Dispute{Invoice: billID, Outcome: "won"}, http.StatusNotFound)
	s.control("dispute", Dispute{Invoice: billID}, http.StatusOK)
	s.control("dispute", Dispute{Invoice: billID}, http.StatusConflict)
	s.no(http.MethodPost, "/v1/refunds", pairs{"payment_intent": intentID}, http.StatusBadRequest)
	if e := s.next("charge.dispute.created"); e.about["payment_intent"] != intentID || number(e.about["amount"]) != 6000 {
		t.Errorf("told of %v", e.about)
	}
	s.control("dispute", Dispute{Invoice: billID, Outcome: "drawn"}, http.StatusUnprocessableEntity)
	s.control("dispute", Dispute{Invoice: billID, Outcome: "lost"}, http.StatusOK)
	if list := s.ok(http.MethodGet, "/v1/disputes", pairs{"payment_intent": intentID})["data"].([]any); list[0].(object)["status"] != "lost" {
		t.Errorf("disputes %v", list)
	}
	s.control("dispute", Dispute{Invoice: "in_0"}, http.StatusNotFound)
}

// TestWhatWasAnsweredSurvivesAKill: the folder as a kill leaves it holds all that
// was answered, the clock and the events that nobody took.
func TestWhatWasAnsweredSurvivesAKill(t *testing.T) {
	config := Config{Dir: t.TempDir(), WebhookGaps: []time.Duration{time.Hour}}
	s := start(t, config)
	params := pairs{"name": "A", "email": "kill@b.example"}
	_, made := s.call(http.MethodPost, "/v1/customers", "kill", params)
	awaited := s.session(nil)["id"].(string)
	s.control("choose", Choice{Session: awaited, Action: choosePix}, http.StatusOK)
	sub := s.subscribe(chooseCard, nil)
	s.passes(40)
	s.says(http.StatusServiceUnavailable)
	s.control("fail", Fail{Subscription: sub["id"].(string), Times: 1}, http.StatusOK)
	s.passes(20)
	s.next("invoice.payment_failed") // refused by the endpoint

	text, err := os.ReadFile(filepath.Join(config.Dir, "stripe.journal"))
	if err != nil {
		t.Fatal(err)
	}
	left := t.TempDir()
	if err := os.WriteFile(filepath.Join(left, "stripe.journal"), append(text, "0000abcd\tinvoice/"...), 0o600); err != nil {
		t.Fatal(err)
	}
	now := s.control("clock", Advance{}, http.StatusOK)["now"]
	s.stop()
	for len(s.heard) > 0 {
		<-s.heard
	}
	s.says(http.StatusOK)
	config.Dir = left
	s.open(config)
	s.next("invoice.payment_failed") // told again
	if again := s.control("clock", Advance{}, http.StatusOK)["now"]; again != now {
		t.Errorf("the clock stands at %v, was %v", again, now)
	}
	if answer, again := s.call(http.MethodPost, "/v1/customers", "kill", params); again["id"] != made["id"] || answer.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("the key is forgotten: %v", again)
	}
	if got := s.subscription(sub["id"]); got["status"] != pastDue || len(s.invoices(sub["id"])) != 3 {
		t.Errorf("the subscription is %v", got)
	}
	if got := s.ok(http.MethodGet, "/v1/checkout/sessions/"+awaited, nil); got["status"] != complete || got["payment_status"] != unpaid {
		t.Errorf("the session is %v", got)
	}
	s.passes(5)
	if got := s.subscription(sub["id"]); got["status"] != active {
		t.Errorf("not tried again: %v", got["status"])
	}
	if _, err := New(Config{Dir: filepath.Join(left, "stripe.journal", "x")}); err == nil {
		t.Error("a folder that can't be")
	}
}

func TestControl(t *testing.T) {
	s := start(t, Config{})
	s.control("clock", Advance{Seconds: -1}, http.StatusUnprocessableEntity)
	s.control("choose", Choice{Session: "cs_0", Action: chooseCard}, http.StatusNotFound)
	id := s.session(nil)["id"].(string)
	s.control("choose", Choice{Session: id, Action: "cheque"}, http.StatusUnprocessableEntity)
	s.control("pay", Pay{Code: "nothing"}, http.StatusNotFound)
	s.control("choose", Choice{Session: id, Action: choosePix}, http.StatusOK)
	s.control("choose", Choice{Session: id, Action: choosePix}, http.StatusConflict)
	s.control("pay", Pay{Session: id}, http.StatusOK)
	s.control("pay", Pay{Session: id}, http.StatusConflict)
	s.control("endpoint", Endpoint{URL: "nowhere"}, http.StatusUnprocessableEntity)
	s.control("faults", stage.Rule{On: "nothing"}, http.StatusUnprocessableEntity)
	answer, err := http.Get(s.http.URL + "/_sandbox/state")
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	s.control("reset", object{}, http.StatusOK)
	s.no(http.MethodGet, "/v1/checkout/sessions/"+id, nil, http.StatusNotFound)
	s.session(nil) // and it goes on
}
