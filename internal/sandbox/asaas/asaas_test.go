package asaas

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/br"
	"prosa/internal/base/clock"
)

const key = "$aact_key"

// told is a callback that the shop got.
type told struct {
	event, id, payment, status, token string
}

// shop is a simulator with an account, and the account's webhook.
type shop struct {
	t       *testing.T
	clock   *clock.Manual
	server  *Server
	http    *httptest.Server
	hook    *httptest.Server
	notices chan told
	stop    func()

	mu     sync.Mutex
	answer int
}

func start(t *testing.T, config Config) *shop {
	t.Helper()
	s := &shop{t: t, clock: clock.NewManual(time.Date(2026, 1, 31, 15, 0, 0, 0, time.UTC)), notices: make(chan told, 256), answer: http.StatusOK}
	s.hook = httptest.NewServer(http.HandlerFunc(s.hear))
	t.Cleanup(s.hook.Close)
	s.open(config)
	s.call("PUT", "/_sandbox/account", Account{Name: "Prosa", Key: key, WebhookURL: s.hook.URL + "/webhooks/plans/asaas", Token: "whtok"}, 200)
	return s
}

func (s *shop) open(config Config) {
	s.t.Helper()
	config.Clock = s.clock
	if len(config.WebhookGaps) == 0 {
		config.WebhookGaps = []time.Duration{time.Millisecond, time.Millisecond}
	}
	server, err := New(config)
	if err != nil {
		s.t.Fatal(err)
	}
	s.server, s.http = server, httptest.NewServer(server)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	stopped := false
	s.stop = func() {
		if !stopped {
			stopped = true
			cancel()
			<-ended
			s.http.Close()
		}
	}
	s.t.Cleanup(func() { s.stop() })
}

func (s *shop) hear(w http.ResponseWriter, r *http.Request) {
	var body struct {
		ID, Event string
		Payment   struct{ ID, Status string }
	}
	raw, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(raw, &body)
	s.mu.Lock()
	answer := s.answer
	s.mu.Unlock()
	w.WriteHeader(answer)
	s.notices <- told{body.Event, body.ID, body.Payment.ID, body.Payment.Status, r.Header.Get("asaas-access-token")}
}

func (s *shop) says(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = status
}

// next waits for a callback of the event.
func (s *shop) next(event string) told {
	s.t.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case n := <-s.notices:
			if n.token != "whtok" {
				s.t.Fatalf("%+v carries no token", n)
			}
			if n.event == event {
				return n
			}
		case <-limit:
			s.t.Fatalf("no %s came", event)
		}
	}
}

func (s *shop) call(method, path string, body any, want int) object {
	s.t.Helper()
	raw, _ := json.Marshal(body)
	request, err := http.NewRequest(method, s.http.URL+path, bytes.NewReader(raw))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("access_token", key)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	if answer.StatusCode != want {
		s.t.Fatalf("%s %s answers %d %s, want %d", method, path, answer.StatusCode, text, want)
	}
	got := object{}
	if len(text) > 0 && json.Unmarshal(text, &got) != nil {
		s.t.Fatalf("%s", text)
	}
	return got
}

// refused gives the code of a refusal.
func (s *shop) refused(method, path string, body any) string {
	s.t.Helper()
	return s.call(method, path, body, 400)["errors"].([]any)[0].(object)["code"].(string)
}

func (s *shop) customer() string {
	s.t.Helper()
	return s.call("POST", "/v3/customers", object{"name": "Aurora", "cpfCnpj": "12ABC34501DE35", "externalReference": "acq:1"}, 200)["id"].(string)
}

func (s *shop) subscribe(more object) string {
	s.t.Helper()
	body := object{"customer": s.customer(), "billingType": "UNDEFINED", "value": 199, "nextDueDate": "2026-01-31", "cycle": "MONTHLY", "description": "Plano Pro", "externalReference": "ref"}
	for name, value := range more {
		body[name] = value
	}
	return s.call("POST", "/v3/subscriptions", body, 200)["id"].(string)
}

// bills gives the days and states of a subscription's bills.
func (s *shop) bills(subscription string) string {
	s.t.Helper()
	var list []string
	for _, one := range s.call("GET", "/v3/payments?limit=100&subscription="+subscription, nil, 200)["data"].([]any) {
		bill := one.(object)
		list = append(list, bill["dueDate"].(string)+" "+bill["status"].(string))
	}
	return strings.Join(list, ", ")
}

func TestSubscriptionsMakeTheirBillsAhead(t *testing.T) {
	s := start(t, Config{})
	sub := s.subscribe(nil)
	if got := s.bills(sub); got != "2026-01-31 PENDING, 2026-02-28 PENDING" {
		t.Fatal(got)
	}
	made := map[string]bool{s.next("PAYMENT_CREATED").payment: true, s.next("PAYMENT_CREATED").payment: true}
	for _, p := range s.server.Payments() {
		if !made[p.ID] {
			t.Fatalf("%s was not told, %v were", p.ID, made)
		}
	}
	s.clock.Advance(24 * time.Hour)
	if got := s.bills(sub); got != "2026-01-31 OVERDUE, 2026-02-28 PENDING" {
		t.Fatal(got)
	}
	s.next("PAYMENT_OVERDUE")
	// The day of the month comes back after a short one.
	s.clock.Advance(20 * 24 * time.Hour)
	if got := s.bills(sub); got != "2026-01-31 OVERDUE, 2026-02-28 PENDING, 2026-03-31 PENDING" {
		t.Fatal(got)
	}
	s.call("PUT", "/v3/subscriptions/"+sub, object{"value": 299.5, "updatePendingPayments": true}, 200)
	var values []string
	for _, p := range s.server.Payments() {
		values = append(values, p.Value.Decimal())
	}
	if strings.Join(values, " ") != "199.00 299.50 299.50" {
		t.Fatal(values)
	}
	// Suspended it makes none; it goes on with a day only.
	s.call("PUT", "/v3/subscriptions/"+sub, object{"status": "INACTIVE"}, 200)
	s.clock.Advance(60 * 24 * time.Hour)
	if got := s.bills(sub); strings.Count(got, ",") != 2 {
		t.Fatal(got)
	}
	if code := s.refused("PUT", "/v3/subscriptions/"+sub, object{"status": "ACTIVE"}); code != "invalid_nextDueDate" {
		t.Fatal(code)
	}
	s.call("PUT", "/v3/subscriptions/"+sub, object{"status": "ACTIVE", "nextDueDate": "2026-05-10"}, 200)
	if got := s.bills(sub); !strings.Contains(got, "2026-05-10 PENDING") {
		t.Fatal(got)
	}
	s.call("DELETE", "/v3/subscriptions/"+sub, nil, 200)
	if got := s.bills(sub); got != "" {
		t.Fatal(got)
	}
	s.call("DELETE", "/v3/subscriptions/"+sub, nil, 404)
	if got := s.call("GET", "/v3/subscriptions/"+sub, nil, 200); got["deleted"] != true {
		t.Fatal(got)
	}
}

// The vendor has no idempotency key, and so has this: twice is two.
func TestTheSameTwiceIsTwo(t *testing.T) {
	s := start(t, Config{})
	if s.customer() == s.customer() {
		t.Fatal("a customer was not made anew")
	}
	if got := s.call("GET", "/v3/customers?externalReference=acq:1&limit=1", nil, 200); got["totalCount"] != 2.0 || got["hasMore"] != true || len(got["data"].([]any)) != 1 {
		t.Fatal(got)
	}
	if got := s.call("GET", "/v3/customers?externalReference=acq:1&limit=1&offset=1", nil, 200); got["hasMore"] != false || len(got["data"].([]any)) != 1 {
		t.Fatal(got)
	}
	one, two := s.subscribe(nil), s.subscribe(nil)
	if got := s.call("GET", "/v3/subscriptions?externalReference=ref", nil, 200); one == two || got["totalCount"] != 2.0 {
		t.Fatal(got)
	}
}

func TestPaying(t *testing.T) {
	s := start(t, Config{PublicURL: "http://asaas.example.com"})
	sub := s.subscribe(nil)
	bill := s.server.Payments()[0].ID
	pix := s.call("GET", "/v3/payments/"+bill+"/pixQrCode", nil, 200)
	if code, err := br.ParsePix(pix["payload"].(string)); err != nil || code.Amount != 19900 {
		t.Fatalf("%+v %v", code, err)
	}
	raw, err := base64.StdEncoding.DecodeString(pix["encodedImage"].(string))
	if err == nil {
		_, err = png.Decode(bytes.NewReader(raw))
	}
	if err != nil {
		t.Fatalf("the picture: %v", err)
	}
	if line := s.call("GET", "/v3/payments/"+bill+"/identificationField", nil, 200)["identificationField"].(string); len(line) != 47 {
		t.Fatalf("%q has %d digits", line, len(line))
	}
	s.call("POST", "/_sandbox/pay", Deed{Code: pix["payload"].(string)}, 201)
	if n := s.next("PAYMENT_RECEIVED"); n.payment != bill || n.status != "RECEIVED" {
		t.Fatalf("%+v", n)
	}
	s.call("POST", "/_sandbox/pay", Deed{Payment: bill}, 409)
	if code := s.refused("DELETE", "/v3/payments/"+bill, nil); code != "invalid_action" {
		t.Fatal(code)
	}
	if code := s.refused("GET", "/v3/payments/"+bill+"/pixQrCode", nil); code != "invalid_action" {
		t.Fatal(code)
	}
	// Refunds: a part, more than is left, the rest.
	if got := s.call("POST", "/v3/payments/"+bill+"/refund", object{"value": 100, "description": "wish"}, 200); got["status"] != "RECEIVED" || len(got["refunds"].([]any)) != 1 {
		t.Fatal(got)
	}
	if code := s.refused("POST", "/v3/payments/"+bill+"/refund", object{"value": 100}); code != "invalid_value" {
		t.Fatal(code)
	}
	if got := s.call("POST", "/v3/payments/"+bill+"/refund", object{}, 200); got["status"] != "REFUNDED" {
		t.Fatal(got)
	}
	s.next("PAYMENT_REFUNDED")
	// A card pays now, and the next bills on their days.
	second := s.server.Payments()[1].ID
	s.call("POST", "/_sandbox/pay", Deed{Payment: second, Method: "CREDIT_CARD", Refuse: true}, 201)
	s.next("PAYMENT_CREDIT_CARD_CAPTURE_REFUSED")
	s.call("POST", "/_sandbox/pay", Deed{Payment: second, Method: "CREDIT_CARD"}, 201)
	s.next("PAYMENT_CONFIRMED")
	s.clock.Advance(60 * 24 * time.Hour)
	if got := s.bills(sub); !strings.Contains(got, "2026-03-31 CONFIRMED") {
		t.Fatal(got)
	}
	s.call("POST", "/_sandbox/chargeback", Deed{Payment: second}, 201)
	s.next("PAYMENT_CHARGEBACK_REQUESTED")
	s.call("POST", "/_sandbox/chargeback", Deed{Payment: second}, 409)
	s.call("POST", "/_sandbox/overdue", Deed{Payment: "pay_none"}, 404)
}

func TestCallsAreValidated(t *testing.T) {
	s := start(t, Config{})
	good := func() object {
		return object{"customer": s.customer(), "billingType": "PIX", "value": 10, "nextDueDate": "2026-02-01", "cycle": "YEARLY"}
	}
	for code, change := range map[string]object{
		"invalid_customer": {"customer": "cus_none"}, "invalid_billingType": {"billingType": "CASH"}, "invalid_value": {"value": 4.99},
		"invalid_dueDate": {"nextDueDate": "2026-01-30"}, "invalid_cycle": {"cycle": "DAILY"}, "invalid_description": {"description": strings.Repeat("á", 501)},
		"invalid_object": {"value": nil},
	} {
		body := good()
		for name, value := range change {
			body[name] = value
		}
		if got := s.refused("POST", "/v3/subscriptions", body); got != code {
			t.Errorf("%s: %s", code, got)
		}
	}
	for code, body := range map[string]object{
		"invalid_name": {"cpfCnpj": "52998224725"}, "invalid_cpfCnpj": {"name": "A", "cpfCnpj": "52998224726"},
		"invalid_email": {"name": "A", "cpfCnpj": "52998224725", "email": "a"}, "invalid_mobilePhone": {"name": "A", "cpfCnpj": "52998224725", "mobilePhone": "1"},
	} {
		if got := s.refused("POST", "/v3/customers", body); got != code {
			t.Errorf("%s: %s", code, got)
		}
	}
	for _, path := range []string{"/v3/payments/pay_none", "/v3/subscriptions/sub_none", "/v3/nothing"} {
		s.call("GET", path, nil, 404)
	}
	request, _ := http.NewRequest("GET", s.http.URL+"/v3/customers", nil)
	answer, err := http.DefaultClient.Do(request)
	if err != nil || answer.StatusCode != 401 {
		t.Fatalf("without a key: %v %v", answer, err)
	}
	answer.Body.Close()
	if raw, _ := json.Marshal(s.call("GET", "/_sandbox/account", nil, 200)); bytes.Contains(raw, []byte("aact")) || bytes.Contains(raw, []byte("whtok")) {
		t.Errorf("%s", raw)
	}
	s.call("PUT", "/_sandbox/account", Account{Key: "x"}, 422)
}

func TestCallbacksAreRepeatedAndDisturbed(t *testing.T) {
	s := start(t, Config{})
	s.says(500)
	s.subscribe(object{"cycle": "YEARLY"})
	first := s.next("PAYMENT_CREATED")
	if again := s.next("PAYMENT_CREATED"); again.id != first.id {
		t.Fatalf("%+v is not %+v once more", again, first)
	}
	s.says(200)
	if again := s.next("PAYMENT_CREATED"); again.id != first.id {
		t.Fatalf("%+v", again)
	}
	s.call("POST", "/_sandbox/faults", object{"on": "webhook", "kind": "PAYMENT_RECEIVED", "do": "duplicate", "count": 1}, 201)
	s.call("POST", "/_sandbox/pay", Deed{Payment: first.payment}, 201)
	if one, two := s.next("PAYMENT_RECEIVED"), s.next("PAYMENT_RECEIVED"); one.id != two.id {
		t.Fatalf("%+v and %+v", one, two)
	}
	s.call("POST", "/_sandbox/faults", object{"on": "webhook", "do": "reorder", "count": 1}, 201)
	s.call("POST", "/v3/payments/"+first.payment+"/refund", object{"value": 10}, 200)
	s.call("POST", "/v3/payments/"+first.payment+"/refund", object{}, 200)
	var order []string
	for range 2 {
		n := <-s.notices
		order = append(order, n.event)
	}
	if len(order) != 2 { // both come, in an order that nobody promised
		t.Fatal(order)
	}
	s.call("POST", "/_sandbox/faults", object{"on": "call", "path": "/customers", "do": "cut_after", "count": 1}, 201)
	request, _ := http.NewRequest("POST", s.http.URL+"/v3/customers", strings.NewReader(`{"name":"Nova","cpfCnpj":"52998224725","externalReference":"lost"}`))
	request.Header.Set("access_token", key)
	if answer, err := http.DefaultClient.Do(request); err == nil {
		answer.Body.Close()
		t.Fatal("the answer was not lost")
	}
	if got := s.call("GET", "/v3/customers?externalReference=lost", nil, 200); got["totalCount"] != 1.0 {
		t.Fatal(got)
	}
	s.call("POST", "/_sandbox/faults", object{"on": "call", "do": "status", "status": 429, "count": 1}, 201)
	s.call("GET", "/v3/customers", nil, 429)
	s.call("DELETE", "/_sandbox/faults", nil, 200)
	s.call("DELETE", "/_sandbox/faults/none", nil, 404)
}

// What was answered survives kill -9, and so does a callback that was not taken.
func TestTheStateSurvives(t *testing.T) {
	dir := t.TempDir()
	s := start(t, Config{Dir: dir, WebhookGaps: []time.Duration{time.Hour}})
	s.says(503)
	sub := s.subscribe(object{"cycle": "YEARLY"})
	waits := s.next("PAYMENT_CREATED")
	s.stop() // without Close
	s.says(200)
	s.open(Config{Dir: dir})
	if again := s.next("PAYMENT_CREATED"); again.id != waits.id {
		t.Fatalf("%+v, want %+v once more", again, waits)
	}
	if got := s.bills(sub); got != "2026-01-31 PENDING" {
		t.Fatal(got)
	}
	if other := s.subscribe(nil); other == sub {
		t.Fatal("an id was given twice")
	}
	s.call("POST", "/_sandbox/reset", nil, 201)
	if len(s.server.Payments())+len(s.server.Subscriptions()) != 0 {
		t.Fatal("something is left")
	}
}

// The page has each way to pay, says what came of it, and takes no card number.
func TestTheBillsPage(t *testing.T) {
	s := start(t, Config{})
	s.subscribe(object{"description": "Plano <Pro>", "callback": object{"successUrl": "http://prosa.example.com/volta"}})
	path := "/i/" + strings.TrimPrefix(s.server.Payments()[0].ID, "pay_")
	page := func(form url.Values) string {
		t.Helper()
		method := "GET"
		if form != nil {
			method = "POST"
		}
		request, _ := http.NewRequest(method, s.http.URL+path, strings.NewReader(form.Encode()))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		raw, _ := io.ReadAll(answer.Body)
		if answer.StatusCode != 200 {
			t.Fatalf("%d %s", answer.StatusCode, raw)
		}
		return string(raw)
	}
	shown := page(nil)
	for _, want := range []string{"Plano &lt;Pro&gt;", "R$ 199,00", "31/01/2026", "br.gov.bcb.pix", "data:image/png;base64,", `data-copy="pix"`, `data-copy="boleto"`, "cartão recusado"} {
		if !strings.Contains(strings.ReplaceAll(shown, "\u00a0", " "), want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if strings.Contains(shown, "<input") {
		t.Error("the page has a field")
	}
	if got := page(url.Values{"refuse": {"1"}}); !strings.Contains(got, "recusado pelo banco") {
		t.Error(got)
	}
	if got := page(url.Values{"method": {"PIX"}}); !strings.Contains(got, "Pagamento recebido") || !strings.Contains(got, "http://prosa.example.com/volta") {
		t.Error(got)
	}
	if got := page(url.Values{"method": {"PIX"}}); !strings.Contains(got, "paid, or was taken back") {
		t.Error(got)
	}
	answer, err := http.Get(s.http.URL + "/i/none")
	if err != nil || answer.StatusCode != 404 {
		t.Fatal(answer, err)
	}
	answer.Body.Close()
	sum := sha256.Sum256([]byte(copyScript))
	if base64.StdEncoding.EncodeToString(sum[:]) != copyHash {
		t.Error("the page's own script is not allowed on it")
	}
}
