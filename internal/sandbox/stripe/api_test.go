package stripe

import (
	"net/http"
	"strings"
	"testing"

	"prosa/internal/sandbox/stage"
)

func TestKeysAndVersions(t *testing.T) {
	s := start(t, Config{})
	for name, change := range map[string]func(*http.Request){
		"no key":          func(r *http.Request) { r.Header.Del("Authorization") },
		"another key":     func(r *http.Request) { r.Header.Set("Authorization", "Bearer sk_test_2") },
		"a public key":    func(r *http.Request) { r.Header.Set("Authorization", "Bearer pk_test_1") },
		"another version": func(r *http.Request) { r.Header.Set("Stripe-Version", "2020-08-27") },
	} {
		request, _ := http.NewRequest(http.MethodGet, s.http.URL+"/v1/customers", nil)
		request.Header.Set("Authorization", "Bearer "+testKey)
		request.Header.Set("Stripe-Version", apiVersion)
		change(request)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusUnauthorized && answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", name, answer.StatusCode)
		}
	}
	if e := s.no(http.MethodGet, "/v1/nothing", nil, http.StatusNotFound); e["type"] != "invalid_request_error" {
		t.Errorf("an unknown address: %v", e)
	}
}

func TestIdempotency(t *testing.T) {
	s := start(t, Config{})
	params := pairs{"name": "A", "email": "a@b.example"}
	_, first := s.call(http.MethodPost, "/v1/customers", "key 1/\t", params)
	answer, again := s.call(http.MethodPost, "/v1/customers", "key 1/\t", params)
	if first["id"] != again["id"] || answer.Header.Get("Idempotent-Replayed") != "true" {
		t.Fatalf("%v then %v", first["id"], again["id"])
	}
	params["name"] = "B"
	if answer, got := s.call(http.MethodPost, "/v1/customers", "key 1/\t", params); answer.StatusCode != http.StatusBadRequest || got["error"].(object)["type"] != "idempotency_error" {
		t.Fatalf("other parameters: %v", got)
	}
	// What was not begun is not stored; what went wrong here is.
	s.call(http.MethodPost, "/v1/customers", "key 2", pairs{"email": "none"})
	if answer, _ := s.call(http.MethodPost, "/v1/customers", "key 2", pairs{"email": "a@b.example"}); answer.StatusCode != http.StatusOK {
		t.Errorf("a refused form was stored: %d", answer.StatusCode)
	}
	s.control("faults", stage.Rule{On: "call", Do: stage.DoStatus, Status: http.StatusInternalServerError, Count: 1}, http.StatusOK)
	for range 2 {
		if answer, _ := s.call(http.MethodPost, "/v1/customers", "key 3", params); answer.StatusCode != http.StatusInternalServerError {
			t.Errorf("a failure was not stored: %d", answer.StatusCode)
		}
	}
	if answer, _ := s.call(http.MethodPost, "/v1/customers", strings.Repeat("k", 256), params); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("a key of 256: %d", answer.StatusCode)
	}
}

func TestListsAndExpansion(t *testing.T) {
	s := start(t, Config{})
	var made []string
	for range 5 {
		made = append(made, s.customer())
	}
	var seen []string
	after := ""
	for range 5 {
		params := pairs{"limit": "2"}
		if after != "" {
			params["starting_after"] = after
		}
		got := s.ok(http.MethodGet, "/v1/customers", params)
		for _, one := range got["data"].([]any) {
			after = one.(object)["id"].(string)
			seen = append(seen, after)
		}
		if got["has_more"] == false {
			break
		}
	}
	for i := range made {
		if len(seen) != 5 || seen[4-i] != made[i] {
			t.Fatalf("pages give %v, made were %v", seen, made)
		}
	}
	s.no(http.MethodGet, "/v1/customers", pairs{"limit": "101"}, http.StatusBadRequest)
	s.no(http.MethodGet, "/v1/customers", pairs{"starting_after": "cus_0"}, http.StatusBadRequest)

	sub := s.subscribe(chooseCard, nil)
	got := s.ok(http.MethodGet, "/v1/subscriptions/"+sub["id"].(string), pairs{"expand[0]": "default_payment_method", "expand[1]": "latest_invoice.payments", "expand[2]": "customer"})
	if got["customer"].(object)["object"] != "customer" || got["default_payment_method"].(object)["card"].(object)["last4"] != "4242" {
		t.Errorf("expanded: %v", got)
	}
	payments := got["latest_invoice"].(object)["payments"].(object)["data"].([]any)
	intentID := payments[0].(object)["payment"].(object)["payment_intent"].(string)
	list := s.ok(http.MethodGet, "/v1/payment_intents", pairs{"customer": got["customer"].(object)["id"].(string), "expand[0]": "data.latest_charge", "expand[1]": "data.payment_method"})
	one := list["data"].([]any)[0].(object)
	if one["id"] != intentID || one["latest_charge"].(object)["payment_intent"] != intentID || one["payment_method"].(object)["type"] != "card" {
		t.Errorf("expanded in a list: %v", one)
	}
	if plain := s.ok(http.MethodGet, "/v1/invoices/"+got["latest_invoice"].(object)["id"].(string), nil); plain["payments"] != nil {
		t.Error("payments are shown though nobody asked")
	}
	for _, path := range []string{"nothing", "currency", "customer.nothing", "items.data.price.product.x", "data.customer"} {
		s.no(http.MethodGet, "/v1/subscriptions/"+sub["id"].(string), pairs{"expand[0]": path}, http.StatusBadRequest)
	}
	found := s.ok(http.MethodGet, "/v1/invoice_payments", pairs{"payment[type]": "payment_intent", "payment[payment_intent]": intentID})
	if found["data"].([]any)[0].(object)["invoice"] != got["latest_invoice"].(object)["id"] {
		t.Errorf("the payment leads to %v", found)
	}
}

// TestWhatIsRefused: each breach of the documents, with the parameter that is
// named.
func TestWhatIsRefused(t *testing.T) {
	s := start(t, Config{})
	customerID := s.customer()
	for param, value := range map[string]string{
		"colour": "red", "mode": "payment", "customer": "cus_0", "success_url": "nowhere", "cancel_url": "/no", "locale": "xx", "payment_method_types[0]": "cheque",
		"line_items[0][price_data][currency]": "BRL", "line_items[0][price_data][unit_amount]": "1.5", "line_items[0][price_data][product]": "prod_0",
		"line_items[0][price_data][recurring][interval]": "day", "line_items[0][quantity]": "2", "line_items[0][price]": "price_0", "discounts[0][coupon]": "none",
		"subscription_data[trial_period_days]": "731", "payment_method_options[boleto][expires_after_days]": "61", "payment_method_options[pix][expires_after_seconds]": "9",
		"expires_at": "5", "client_reference_id": strings.Repeat("r", 201), "line_items[0][price_data][colour]": "red",
	} {
		e := s.no(http.MethodPost, "/v1/checkout/sessions", s.terms(customerID, pairs{param: value}), http.StatusBadRequest)
		named, _ := e["param"].(string)
		if !strings.HasPrefix(param, named) || named == "" {
			t.Errorf("%s=%s: %v", param, value, e)
		}
	}
	e := s.no(http.MethodPost, "/v1/checkout/sessions", s.terms(customerID, pairs{"subscription_data[trial_period_days]": "7", "payment_method_types[2]": "pix"}), http.StatusBadRequest)
	if e["param"] != "payment_method_types" {
		t.Errorf("Pix in a trial: %v", e)
	}
	for path, params := range map[string]pairs{
		"/v1/customers":                  {"tax_id_data[0][type]": "br_cnpj", "tax_id_data[0][value]": "12ABC34501DE36"},
		"/v1/products":                   {"id": "prosa_p", "name": "again"},
		"/v1/coupons":                    {"amount_off": "100", "currency": "brl", "duration": "repeating"},
		"/v1/refunds":                    {"payment_intent": "pi_0"},
		"/v1/invoices":                   {"customer": "cus_0"},
		"/v1/invoiceitems":               {"customer": customerID, "amount": "100"},
		"/v1/billing_portal/sessions":    {"customer": "cus_0"},
		"/v1/invoices/create_preview":    {"customer": customerID, "subscription": "sub_0"},
		"/v1/prices":                     {"product": "prosa_p", "currency": "brl", "unit_amount": "5"},
		"/v1/checkout/sessions/x/expire": {"colour": "red"},
	} {
		if e := s.no(http.MethodPost, path, params, http.StatusBadRequest); e["message"] == "" {
			t.Errorf("%s: %v", path, e)
		}
	}
	for _, path := range []string{"customers/cus_0", "products/p", "coupons/c", "checkout/sessions/cs_0", "subscriptions/sub_0", "invoices/in_0", "payment_intents/pi_0"} {
		if e := s.no(http.MethodGet, "/v1/"+path, nil, http.StatusNotFound); e["code"] != "resource_missing" {
			t.Errorf("%s: %v", path, e)
		}
	}
	s.no(http.MethodDelete, "/v1/subscriptions/sub_0", nil, http.StatusNotFound)
	s.no(http.MethodPost, "/v1/subscriptions/sub_0", nil, http.StatusNotFound)
	s.no(http.MethodPost, "/v1/invoices/in_0/pay", nil, http.StatusNotFound)
}

func TestPricesByLookupKey(t *testing.T) {
	s := start(t, Config{})
	terms := s.terms(s.customer(), nil)
	made := s.ok(http.MethodPost, "/v1/prices", pairs{"product": "prosa_p", "currency": "brl", "unit_amount": "7700", "recurring[interval]": "year", "lookup_key": "pro:year"})
	found := s.ok(http.MethodGet, "/v1/prices", pairs{"lookup_keys[0]": "pro:year"})["data"].([]any)
	if len(found) != 1 || found[0].(object)["id"] != made["id"] {
		t.Fatalf("found %v", found)
	}
	for name := range terms {
		if strings.HasPrefix(name, "line_items[0][price_data]") {
			delete(terms, name)
		}
	}
	terms["line_items[0][price]"] = made["id"].(string)
	if session := s.ok(http.MethodPost, "/v1/checkout/sessions", terms); number(session["amount_total"]) != 7700 {
		t.Errorf("the session is of %v", session["amount_total"])
	}
}

func TestCustomersAreChanged(t *testing.T) {
	s := start(t, Config{})
	id := s.customer()
	got := s.ok(http.MethodPost, "/v1/customers/"+id, pairs{"name": "Outra", "metadata[x]": "", "metadata[y]": "2", "address[city]": "Campinas"})
	if got["name"] != "Outra" || got["email"] != "a@b.example" || got["address"].(object)["city"] != "Campinas" || got["metadata"].(object)["y"] != "2" || got["metadata"].(object)["x"] != nil {
		t.Errorf("changed to %v", got)
	}
	if list := s.ok(http.MethodGet, "/v1/customers", pairs{"email": "nobody@b.example"}); len(list["data"].([]any)) != 0 {
		t.Errorf("found %v", list)
	}
}
