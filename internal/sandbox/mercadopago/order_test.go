package mercadopago

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/br"
)

func TestAPixOrderIsPaidAndTold(t *testing.T) {
	s := start(t, Config{PublicURL: "http://sim.example"})
	made := s.call("POST", "/v1/orders", "k1", pixOrder("49.90"), http.StatusCreated)
	orderID := made["id"].(string)
	if !strings.HasPrefix(orderID, "ORD01") || state(made) != "action_required/waiting_transfer" {
		t.Fatalf("made %v", made)
	}
	code := payment(made)["payment_method"].(object)["qr_code"].(string)
	if parsed, err := br.ParsePix(code); err != nil || parsed.Amount != 4990 || parsed.Name != "Casa Aurora" || parsed.City != "Campinas" {
		t.Fatalf("the code %s says %+v, %v", code, parsed, err)
	}
	if n := s.next(); n.kind != "order" || n.dataID != orderID || n.action != "order.action_required" || !strings.Contains(n.query, "loja=1") {
		t.Fatalf("told %+v", n)
	}
	s.control("POST", "/_sandbox/pay", Pay{Code: code}, http.StatusCreated)
	if n := s.next(); n.action != "order.processed" || n.dataID != orderID {
		t.Fatalf("told %+v", n)
	}
	paid := s.call("GET", "/v1/orders/"+orderID, "", nil, http.StatusOK)
	if state(paid) != "processed/accredited" || paid["total_paid_amount"] != "49.90" || paid["external_reference"] != "PED-1042" {
		t.Fatalf("paid %v", paid)
	}
	s.control("POST", "/_sandbox/pay", Pay{Code: code}, http.StatusConflict)
	s.control("POST", "/_sandbox/expire", Pay{Order: orderID}, http.StatusConflict)
	s.call("POST", "/v1/orders/"+orderID+"/cancel", "k2", nil, http.StatusConflict)
}

func TestABoletoHasALineThatAddsUp(t *testing.T) {
	s := start(t, Config{})
	request := pixOrder("1234.56")
	request["transactions"] = object{"payments": []object{{"amount": "1234.56", "payment_method": object{"id": "boleto", "type": "ticket"}}}}
	made := s.call("POST", "/v1/orders", "k1", request, http.StatusCreated)
	method := payment(made)["payment_method"].(object)
	digits := method["digitable_line"].(string)
	if state(made) != "action_required/waiting_payment" || len(digits) != 47 || !strings.HasSuffix(digits, "123456") || len(method["barcode_content"].(string)) != 44 {
		t.Fatalf("made %v", made)
	}
	for _, field := range []string{digits[:10], digits[10:21], digits[21:32]} {
		if mod10(field[:len(field)-1]) != field[len(field)-1:] {
			t.Errorf("the check digit of %s is wrong", field)
		}
	}
}

func TestTheSameKeyHasOneEffect(t *testing.T) {
	s := start(t, Config{})
	first := s.call("POST", "/v1/orders", "k1", pixOrder("10.00"), http.StatusCreated)
	if again := s.call("POST", "/v1/orders", "k1", pixOrder("10.00"), http.StatusCreated); again["id"] != first["id"] {
		t.Fatalf("made %v and %v", first["id"], again["id"])
	}
	s.call("POST", "/v1/orders", "k1", pixOrder("11.00"), http.StatusConflict)
	s.call("POST", "/v1/orders", "", pixOrder("10.00"), http.StatusBadRequest)
	// An answer that is lost after the effect: the same key brings it. A kept
	// connection would hide it: net/http itself repeats what bears such a key.
	s.control("POST", "/_sandbox/faults", object{"on": "call", "path": "/v1/orders", "do": "cut_after", "count": 1}, http.StatusCreated)
	s.http.Client().CloseIdleConnections()
	if response, err := s.request("POST", "/v1/orders", "k2", pixOrder("12.00")); err == nil {
		response.Body.Close()
		t.Fatal("the answer was not lost")
	}
	s.call("POST", "/v1/orders", "k2", pixOrder("12.00"), http.StatusCreated)
	if n := len(s.server.Orders()); n != 2 {
		t.Fatalf("there are %d orders, want 2", n)
	}
}

func TestWhatTheVendorRefuses(t *testing.T) {
	s := start(t, Config{})
	with := func(change func(object)) object {
		request := maps.Clone(pixOrder("10.00"))
		change(request)
		return request
	}
	one := func(amount, expires, method, kind string) object {
		return object{"payments": []object{{"amount": amount, "expiration_time": expires, "payment_method": object{"id": method, "type": kind}}}}
	}
	for name, test := range map[string]struct {
		body any
		code string
	}{
		"not JSON":           {`{"type":`, "json_syntax_error"},
		"unknown member":     {with(func(r object) { r["notification_url"] = "https://x.example" }), "unsupported_properties"},
		"total as words":     {with(func(r object) { r["total_amount"] = "dez" }), "property_value"},
		"three decimals":     {with(func(r object) { r["total_amount"] = "10.000" }), "property_value"},
		"nothing to pay":     {with(func(r object) { r["total_amount"] = "0.00" }), "property_value"},
		"another currency":   {with(func(r object) { r["currency"] = "USD" }), "property_value"},
		"spaced reference":   {with(func(r object) { r["external_reference"] = "pedido 1" }), "property_value"},
		"no payer":           {with(func(r object) { delete(r, "payer") }), "property_value"},
		"no payment":         {with(func(r object) { delete(r, "transactions") }), "property_value"},
		"in store":           {with(func(r object) { r["type"] = "point" }), "property_value"},
		"sum that differs":   {with(func(r object) { r["transactions"] = one("9.99", "", "pix", "bank_transfer") }), "invalid_total_amount"},
		"card in the open":   {with(func(r object) { r["transactions"] = one("10.00", "", "master", "credit_card") }), "invalid_payment_method"},
		"too short":          {with(func(r object) { r["transactions"] = one("10.00", "PT10M", "pix", "bank_transfer") }), "invalid_expiration_time"},
		"too long":           {with(func(r object) { r["transactions"] = one("10.00", "P31D", "pix", "bank_transfer") }), "invalid_expiration_time"},
		"time that is none":  {with(func(r object) { r["transactions"] = one("10.00", "45 min", "pix", "bank_transfer") }), "invalid_expiration_time"},
		"empty time":         {with(func(r object) { r["transactions"] = one("10.00", "P", "pix", "bank_transfer") }), "invalid_expiration_time"},
		"boleto in an hour":  {with(func(r object) { r["transactions"] = one("10.00", "PT1H", "boleto", "ticket") }), "invalid_expiration_time"},
		"boleto as transfer": {with(func(r object) { r["transactions"] = one("10.00", "", "boleto", "bank_transfer") }), "invalid_payment_method"},
	} {
		got := s.call("POST", "/v1/orders", "key of "+name, test.body, http.StatusBadRequest)
		if code := got["errors"].([]any)[0].(object)["code"]; code != test.code {
			t.Errorf("%s: refused by %v, want %s: %v", name, code, test.code, got)
		}
	}
	if orders := s.server.Orders(); len(orders) != 0 {
		t.Fatalf("refused orders were made: %+v", orders)
	}
}

func TestCancelAndRefunds(t *testing.T) {
	s := start(t, Config{})
	unpaid := s.call("POST", "/v1/orders", "k1", pixOrder("10.00"), http.StatusCreated)["id"].(string)
	s.call("POST", "/v1/orders/"+unpaid+"/refund", "k2", nil, http.StatusConflict)
	if got := s.call("POST", "/v1/orders/"+unpaid+"/cancel", "k3", nil, http.StatusOK); state(got) != "canceled/canceled" {
		t.Fatalf("canceled %v", got)
	}
	s.control("POST", "/_sandbox/pay", Pay{Order: unpaid}, http.StatusConflict)

	paid := s.call("POST", "/v1/orders", "k4", pixOrder("10.00"), http.StatusCreated)
	orderID, transaction := paid["id"].(string), payment(paid)["id"].(string)
	s.control("POST", "/_sandbox/pay", Pay{Order: orderID}, http.StatusCreated)
	part := func(amount string) object {
		return object{"transactions": []object{{"id": transaction, "amount": amount}}}
	}
	if got := s.call("POST", "/v1/orders/"+orderID+"/refund", "k5", part("4.00"), http.StatusCreated); state(got) != "processed/partially_refunded" {
		t.Fatalf("a part: %v", got)
	}
	s.call("POST", "/v1/orders/"+orderID+"/refund", "k6", part("6.01"), http.StatusBadRequest)
	if got := s.call("POST", "/v1/orders/"+orderID+"/refund", "k5", part("4.00"), http.StatusCreated); len(got["transactions"].(object)["refunds"].([]any)) != 1 {
		t.Fatalf("a repeated refund had a second effect: %v", got)
	}
	if got := s.call("POST", "/v1/orders/"+orderID+"/refund", "k7", nil, http.StatusCreated); state(got) != "refunded/refunded" {
		t.Fatalf("the rest: %v", got)
	}
	s.call("POST", "/v1/orders/"+orderID+"/refund", "k8", nil, http.StatusConflict)
}

func TestAnOrderIsItsSellersAlone(t *testing.T) {
	s := start(t, Config{})
	s.control("POST", "/_sandbox/sellers", Seller{UserID: 5, Name: "Outra", Token: "APP_USR-other", Secret: "x"}, http.StatusCreated)
	orderID := s.call("POST", "/v1/orders", "k1", pixOrder("10.00"), http.StatusCreated)["id"].(string)
	for bearer, want := range map[string]int{"APP_USR-other": http.StatusNotFound, "APP_USR-nobody": http.StatusUnauthorized, "": http.StatusUnauthorized} {
		request, err := http.NewRequest(http.MethodGet, s.http.URL+"/v1/orders/"+orderID, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+bearer)
		response, err := s.http.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%q answers %d, want %d", bearer, response.StatusCode, want)
		}
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"PT30M": 30 * time.Minute, "PT1H": time.Hour, "P1D": 24 * time.Hour, "P2DT3H4M": 51*time.Hour + 4*time.Minute,
		"": 0, "P": 0, "PT": 0, "30M": 0, "PT-1M": 0, "P1Y": 0, "PT0M": 0,
	} {
		if got, ok := duration(text); got != want || ok != (want > 0) {
			t.Errorf("%q is %s, %t", text, got, ok)
		}
	}
}
