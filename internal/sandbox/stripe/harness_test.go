package stripe

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/clock"
)

const (
	testKey    = "sk_test_1"
	testSecret = "whsec_1"
)

// heard is an event that the endpoint got.
type heard struct {
	id, kind string
	about    object
	genuine  bool
}

// shop is the simulator with an endpoint that hears its events.
type shop struct {
	t      *testing.T
	server *Server
	http   *httptest.Server
	clock  *clock.Manual
	heard  chan heard
	stop   func()

	mu     sync.Mutex
	answer int
}

func start(t *testing.T, config Config) *shop {
	t.Helper()
	s := &shop{t: t, heard: make(chan heard, 10_000), answer: http.StatusOK, clock: clock.NewManual(time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC))}
	hook := httptest.NewServer(http.HandlerFunc(s.hear))
	t.Cleanup(hook.Close)
	config.WebhookURL, config.WebhookSecret = hook.URL, testSecret
	s.open(config)
	return s
}

func (s *shop) open(config Config) {
	s.t.Helper()
	config.Clock, config.Key = s.clock, testKey
	if len(config.WebhookGaps) == 0 {
		config.WebhookGaps = []time.Duration{time.Millisecond, time.Millisecond}
	}
	var server *Server
	s.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { server.ServeHTTP(w, r) }))
	config.PublicURL = s.http.URL
	server, err := New(config)
	if err != nil {
		s.t.Fatal(err)
	}
	s.server = server
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	var once sync.Once
	s.stop = func() {
		once.Do(func() {
			cancel()
			<-ended
			s.http.Close()
			if err := server.Close(); err != nil {
				s.t.Error(err)
			}
		})
	}
	s.t.Cleanup(func() { s.stop() })
}

// hear checks an event as an endpoint should, by a reading of the document of its
// own.
func (s *shop) hear(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	stamp, v1, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("stripe-signature"), "t="), ",v1=")
	mac := hmac.New(sha256.New, []byte(testSecret))
	_, _ = io.WriteString(mac, stamp+"."+string(raw))
	var body struct {
		ID, Type, Object string
		APIVersion       string `json:"api_version"`
		Data             struct{ Object object }
	}
	_ = json.Unmarshal(raw, &body)
	s.mu.Lock()
	answer := s.answer
	s.mu.Unlock()
	w.WriteHeader(answer)
	s.heard <- heard{body.ID, body.Type, body.Data.Object, hex.EncodeToString(mac.Sum(nil)) == v1 && stamp == stamped(s.clock.Now().Unix()) && body.APIVersion == apiVersion && body.Object == "event"}
}

func (s *shop) says(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = status
}

// next waits for an event of a kind, empty for any.
func (s *shop) next(kind string) heard {
	s.t.Helper()
	limit := time.After(30 * time.Second)
	for {
		select {
		case e := <-s.heard:
			if !e.genuine {
				s.t.Fatalf("%s is not signed as it should be", e.kind)
			}
			if kind == "" || e.kind == kind {
				return e
			}
		case <-limit:
			s.t.Fatalf("no %s came", kind)
		}
	}
}

type pairs = map[string]string

// call makes a call; GET sends its parameters in the address.
func (s *shop) call(method, path, key string, params pairs) (*http.Response, object) {
	s.t.Helper()
	values := url.Values{}
	for name, value := range params {
		values.Set(name, value)
	}
	target, body := s.http.URL+path, ""
	if method == http.MethodPost {
		body = values.Encode()
	} else if len(values) > 0 {
		target += "?" + values.Encode()
	}
	request, err := http.NewRequest(method, target, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+testKey)
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, _ := io.ReadAll(answer.Body)
	var got object
	if err := json.Unmarshal(raw, &got); err != nil {
		s.t.Fatalf("%s %s answers %d %s", method, path, answer.StatusCode, raw)
	}
	return answer, got
}

// ok makes a call that must be granted.
func (s *shop) ok(method, path string, params pairs) object {
	s.t.Helper()
	answer, got := s.call(method, path, "", params)
	if answer.StatusCode != http.StatusOK {
		s.t.Fatalf("%s %s answers %d %v", method, path, answer.StatusCode, got)
	}
	return got
}

// no makes a call that must be refused, and gives the error.
func (s *shop) no(method, path string, params pairs, status int) object {
	s.t.Helper()
	answer, got := s.call(method, path, "", params)
	if answer.StatusCode != status {
		s.t.Fatalf("%s %s %v answers %d %v, want %d", method, path, params, answer.StatusCode, got, status)
	}
	return got["error"].(object)
}

func (s *shop) control(path string, body any, want int) object {
	s.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	method := http.MethodPost
	if path == "endpoint" {
		method = http.MethodPut
	}
	request, err := http.NewRequest(method, s.http.URL+"/_sandbox/"+path, bytes.NewReader(raw))
	if err != nil {
		s.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	if answer.StatusCode != want {
		s.t.Fatalf("%s answers %d %s, want %d", path, answer.StatusCode, text, want)
	}
	var got object
	if err := json.Unmarshal(text, &got); err != nil {
		s.t.Fatal(err)
	}
	return got
}

func (s *shop) passes(days int) {
	s.t.Helper()
	s.control("clock", Advance{Seconds: int64(days) * 24 * 60 * 60}, http.StatusOK)
}

// customer makes a payer.
func (s *shop) customer() string {
	s.t.Helper()
	return s.ok(http.MethodPost, "/v1/customers", pairs{"name": "Padaria", "email": "a@b.example", "metadata[x]": "1", "preferred_locales[0]": "pt-BR"})["id"].(string)
}

// terms are those of a checkout that is granted.
func (s *shop) terms(customerID string, more pairs) pairs {
	s.t.Helper()
	s.call(http.MethodPost, "/v1/products", "product", pairs{"id": "prosa_p", "name": "Plano <b>Pro</b>"})
	params := pairs{
		"mode": "subscription", "customer": customerID, "success_url": "https://shop.example/ok?s={CHECKOUT_SESSION_ID}", "cancel_url": "https://shop.example/no",
		"line_items[0][quantity]": "1", "line_items[0][price_data][currency]": "brl", "line_items[0][price_data][unit_amount]": "10000",
		"line_items[0][price_data][product]": "prosa_p", "line_items[0][price_data][recurring][interval]": "month",
		"payment_method_types[0]": "card", "payment_method_types[1]": "boleto",
	}
	if more["subscription_data[trial_period_days]"] == "" {
		params["payment_method_types[2]"] = "pix"
	}
	for name, value := range more {
		params[name] = value
	}
	return params
}

func (s *shop) session(more pairs) object {
	s.t.Helper()
	return s.ok(http.MethodPost, "/v1/checkout/sessions", s.terms(s.customer(), more))
}

// subscribe pays a checkout and gives its subscription.
func (s *shop) subscribe(action string, more pairs) object {
	s.t.Helper()
	done := s.control("choose", Choice{Session: s.session(more)["id"].(string), Action: action}, http.StatusOK)
	return s.ok(http.MethodGet, "/v1/subscriptions/"+done["subscription"].(string), nil)
}

func (s *shop) subscription(id any) object {
	s.t.Helper()
	return s.ok(http.MethodGet, "/v1/subscriptions/"+id.(string), nil)
}

// invoices of a subscription, newest first.
func (s *shop) invoices(id any) (list []object) {
	s.t.Helper()
	for _, one := range s.ok(http.MethodGet, "/v1/invoices", pairs{"subscription": id.(string), "limit": "100"})["data"].([]any) {
		list = append(list, one.(object))
	}
	return list
}

func number(value any) int64 {
	n, _ := value.(float64)
	return int64(n)
}

func period(sub object) (start, end int64) {
	item := sub["items"].(object)["data"].([]any)[0].(object)
	return number(item["current_period_start"]), number(item["current_period_end"])
}
