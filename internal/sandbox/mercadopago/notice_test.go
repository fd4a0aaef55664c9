package mercadopago

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestANotificationIsRepeatedUntilItIsTaken(t *testing.T) {
	s := start(t, Config{})
	s.says(http.StatusAccepted) // 202 is not taken for a yes
	orderID := s.call("POST", "/v1/orders", "k1", pixOrder("10.00"), http.StatusCreated)["id"].(string)
	for range 2 {
		if n := s.next(); n.dataID != orderID {
			t.Fatalf("told %+v", n)
		}
	}
	s.says(http.StatusCreated)
	s.next()
	dump := s.control("GET", "/_sandbox/ledger", nil, http.StatusOK)
	if hooks := dump["webhooks"].([]any); len(hooks) != 1 {
		t.Fatalf("%d notifications: %v", len(hooks), hooks)
	}
}

func TestFaultsOfNotifications(t *testing.T) {
	s := start(t, Config{})
	rule := func(do string) {
		s.control("POST", "/_sandbox/faults", object{"on": "webhook", "do": do, "count": 1}, http.StatusCreated)
	}
	rule("drop")
	dropped := s.call("POST", "/v1/orders", "k1", pixOrder("10.00"), http.StatusCreated)["id"]
	rule("duplicate")
	twice := s.call("POST", "/v1/orders", "k2", pixOrder("10.00"), http.StatusCreated)["id"]
	for range 2 {
		if n := s.next(); n.dataID != twice || n.dataID == dropped {
			t.Fatalf("told %+v", n)
		}
	}
	rule("reorder")
	late := s.call("POST", "/v1/orders", "k3", pixOrder("10.00"), http.StatusCreated)["id"]
	early := s.call("POST", "/v1/orders", "k4", pixOrder("10.00"), http.StatusCreated)["id"]
	got := map[any]bool{s.next().dataID: true, s.next().dataID: true}
	if !got[late] || !got[early] {
		t.Fatalf("told %v", got)
	}
	s.control("POST", "/_sandbox/faults", object{"on": "call", "do": "status", "status": 429, "count": 1}, http.StatusCreated)
	s.call("GET", "/v1/orders/"+early.(string), "", nil, http.StatusTooManyRequests)
}

func TestTheStateSurvives(t *testing.T) {
	config := Config{Dir: t.TempDir()}
	s := start(t, config)
	s.says(http.StatusInternalServerError)
	config.WebhookGaps = []time.Duration{time.Hour}
	orderID := s.call("POST", "/v1/orders", "k1", pixOrder("10.00"), http.StatusCreated)["id"].(string)
	s.next()
	s.stop()

	s.says(http.StatusOK)
	s.open(config)
	if got := s.call("POST", "/v1/orders", "k1", pixOrder("10.00"), http.StatusCreated); got["id"] != orderID {
		t.Fatalf("the key was forgotten: %v", got)
	}
	s.control("POST", "/_sandbox/pay", Pay{Order: orderID}, http.StatusCreated)
	for {
		// The one that was under way is taken up again too, in either order.
		if n := s.next(); n.action == "order.processed" {
			break
		}
	}
}

func TestAnOrderExpires(t *testing.T) {
	s := start(t, Config{})
	orderID := s.call("POST", "/v1/orders", "k1", pixOrder("10.00"), http.StatusCreated)["id"].(string)
	s.next()
	s.control("POST", "/_sandbox/expire", Pay{Order: orderID}, http.StatusCreated)
	if n := s.next(); n.action != "order.expired" {
		t.Fatalf("told %+v", n)
	}
	if got := s.call("GET", "/v1/orders/"+orderID, "", nil, http.StatusOK); state(got) != "expired/expired" {
		t.Fatalf("stands at %v", got)
	}
	s.control("POST", "/_sandbox/pay", Pay{Order: orderID}, http.StatusConflict)
}

func TestAHostedCheckout(t *testing.T) {
	s := start(t, Config{})
	request := object{
		"items":              []object{{"title": "Vaso Serra", "quantity": 2, "unit_price": 19.9, "currency_id": "BRL"}},
		"external_reference": "PED-7", "notification_url": s.hook.URL + "/da-preferencia", "back_urls": object{"success": "https://loja.example/obrigado"},
	}
	made := s.call("POST", "/checkout/preferences", "", request, http.StatusCreated)
	preferenceID := made["id"].(string)
	s.call("POST", "/checkout/preferences", "", object{"items": []object{{"title": "x", "quantity": 1, "unit_price": 0}}}, http.StatusBadRequest)
	s.call("GET", "/checkout/preferences/"+preferenceID, "", nil, http.StatusOK)

	page := func(response *http.Response, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, _ := io.ReadAll(response.Body)
		return string(text)
	}
	if text := page(http.Get(s.http.URL + "/checkout/v1/redirect?pref_id=" + preferenceID)); !strings.Contains(text, "R$ 39,80") && !strings.Contains(text, "R$\u00a039,80") {
		t.Fatalf("the page shows %s", text)
	}
	pay := func(form url.Values) string {
		form.Set("preference", preferenceID)
		return page(http.PostForm(s.http.URL+"/_pay", form))
	}
	if text := pay(url.Values{"refuse": {"1"}}); !strings.Contains(text, "recusado") {
		t.Fatalf("the page shows %s", text)
	}
	refused := s.next()
	if got := s.call("GET", "/v1/payments/"+refused.dataID, "", nil, http.StatusOK); refused.kind != "payment" || got["status"] != "rejected" {
		t.Fatalf("told %+v of %v", refused, got)
	}
	if text := pay(url.Values{"method": {"master"}}); !strings.Contains(text, "Pagamento feito") {
		t.Fatalf("the page shows %s", text)
	}
	paid := s.next()
	if got := s.call("GET", "/v1/payments/"+paid.dataID, "", nil, http.StatusOK); got["status"] != "approved" || got["transaction_amount"] != 39.8 || got["payment_type_id"] != "credit_card" {
		t.Fatalf("paid %v", got)
	}
	if found := s.call("GET", "/v1/payments/search?external_reference=PED-7", "", nil, http.StatusOK); len(found["results"].([]any)) != 2 {
		t.Fatalf("found %v", found)
	}
	if text := pay(url.Values{"method": {"pix"}}); !strings.Contains(text, "paid") {
		t.Fatalf("it was paid twice: %s", text)
	}
	s.call("POST", "/v1/payments/"+paid.dataID+"/refunds", "r1", object{"amount": 9.8}, http.StatusCreated)
	s.call("POST", "/v1/payments/"+paid.dataID+"/refunds", "r2", object{"amount": 40}, http.StatusBadRequest)
	s.call("POST", "/v1/payments/"+paid.dataID+"/refunds", "r3", nil, http.StatusCreated)
	if got := s.call("GET", "/v1/payments/"+paid.dataID, "", nil, http.StatusOK); got["status"] != "refunded" || got["transaction_amount_refunded"] != 39.8 {
		t.Fatalf("refunded %v", got)
	}
}

func TestControlRefusesWhatCannotBe(t *testing.T) {
	s := start(t, Config{})
	for path, body := range map[string]any{
		"/_sandbox/sellers": Seller{UserID: 1, Name: "x", Token: "no", Secret: "s"},
		"/_sandbox/faults":  object{"on": "call", "do": "nothing"},
	} {
		s.control("POST", path, body, http.StatusUnprocessableEntity)
	}
	s.control("POST", "/_sandbox/pay", Pay{Code: "unknown"}, http.StatusNotFound)
	s.control("PUT", "/_sandbox/settings", Settings{LatencyMS: -1}, http.StatusUnprocessableEntity)
	if got := s.control("GET", "/_sandbox/sellers", nil, http.StatusOK); strings.Contains(strings.ToLower(shown(got)), strings.ToLower(token)) {
		t.Fatal("a token is shown")
	}
	s.call("POST", "/v1/orders", "k1", pixOrder("10.00"), http.StatusCreated)
	s.control("POST", "/_sandbox/reset", nil, http.StatusCreated)
	if len(s.server.Orders())+len(s.server.Sellers()) != 0 {
		t.Fatal("the reset left something")
	}
}

func shown(view object) string {
	var text strings.Builder
	for _, seller := range view["sellers"].([]any) {
		for _, value := range seller.(object) {
			if s, ok := value.(string); ok {
				text.WriteString(s)
			}
		}
	}
	return text.String()
}

func TestACheckoutIsClosedAndRefundsAreListed(t *testing.T) {
	s := start(t, Config{})
	request := object{"items": []object{{"title": "Vaso", "quantity": 1, "unit_price": 19.9}}, "external_reference": "PED-8"}
	preferenceID := s.call("POST", "/checkout/preferences", "", request, http.StatusCreated)["id"].(string)
	s.control("POST", "/_sandbox/pay", Pay{Preference: preferenceID, Method: "master"}, http.StatusCreated)
	paid := s.call("GET", "/v1/payments/search?external_reference=PED-8", "", nil, http.StatusOK)["results"].([]any)[0].(object)
	if got := paid["refunds"].([]any); len(got) != 0 {
		t.Fatalf("refunds: %v", got)
	}
	path := "/v1/payments/" + stamped(int64(paid["id"].(float64)))
	refund := s.call("POST", path+"/refunds", "k1", object{"amount": 5}, http.StatusCreated)
	if got := s.call("GET", path, "", nil, http.StatusOK)["refunds"].([]any); len(got) != 1 || got[0].(object)["id"] != refund["id"] || got[0].(object)["amount"] != 5.0 {
		t.Fatalf("refunds: %v, made %v", got, refund)
	}

	other := s.call("POST", "/checkout/preferences", "", request, http.StatusCreated)["id"].(string)
	s.call("PUT", "/checkout/preferences/"+other, "", object{"expires": true}, http.StatusBadRequest)
	s.call("PUT", "/checkout/preferences/none", "", object{"expires": true}, http.StatusNotFound)
	s.call("PUT", "/checkout/preferences/"+other, "k2", object{"expires": true, "expiration_date_to": "1970-01-01T00:00:00.000+00:00"}, http.StatusOK)
	s.control("POST", "/_sandbox/pay", Pay{Preference: other}, http.StatusConflict)
}
