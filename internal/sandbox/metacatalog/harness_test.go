package metacatalog

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
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
	business = "700100200"
	app      = "900100"
	secret   = "s3cret-of-the-app"
	token    = "EAAtoken-of-the-shop"
	waba     = "800100200"
	phone    = "106000100"
)

// told is a webhook that the shop got.
type told struct {
	genuine bool
	body    string
}

// shop is a simulator with a business, on a clock that stands still.
type shop struct {
	t     *testing.T
	clock *clock.Manual
	*Server
	http  *httptest.Server
	hook  *httptest.Server
	hooks chan told
	stop  func()

	mu     sync.Mutex
	answer int // of the hook
}

func start(t *testing.T, config Config) *shop {
	t.Helper()
	s := &shop{t: t, clock: clock.NewManual(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)), hooks: make(chan told, 64), answer: http.StatusOK}
	s.hook = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		answer := s.answer
		s.mu.Unlock()
		w.WriteHeader(answer)
		s.hooks <- told{genuine: r.Header.Get("X-Hub-Signature-256") == sign(secret, string(body)), body: string(body)}
	}))
	t.Cleanup(s.hook.Close)
	s.run(config)
	s.control(http.MethodPost, "/_sandbox/accounts", Account{
		Business: business, App: app, AppSecret: secret, Token: token, CallbackURL: s.hook.URL, Numbers: map[string]string{phone: waba},
	}, http.StatusCreated)
	return s
}

// run starts the server, also a second time on the same folder.
func (s *shop) run(config Config) {
	s.t.Helper()
	if config.Clock == nil {
		config.Clock = s.clock
	}
	if config.WebhookGaps == nil {
		config.WebhookGaps = []time.Duration{time.Millisecond, time.Millisecond}
	}
	server, err := New(config)
	if err != nil {
		s.t.Fatal(err)
	}
	s.Server, s.http = server, httptest.NewServer(server)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	stopped := false
	web := s.http
	s.stop = func() {
		if stopped {
			return
		}
		stopped = true
		web.Close()
		cancel()
		<-ended
		if err := server.Close(); err != nil {
			s.t.Error(err)
		}
	}
	s.t.Cleanup(s.stop)
}

// send makes a call with the shop's token and gives the answer whatever it is.
func (s *shop) send(method, path string, body any) (*http.Response, []byte, error) {
	s.t.Helper()
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			s.t.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, s.http.URL+path, reader)
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := s.http.Client().Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response, text, err
}

// call makes a call that must succeed.
func (s *shop) call(method, path string, body any) map[string]any {
	s.t.Helper()
	return s.control(method, "/v25.0/"+path, body, http.StatusOK)
}

func (s *shop) control(method, path string, body any, want int) map[string]any {
	s.t.Helper()
	response, text, err := s.send(method, path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	if response.StatusCode != want {
		s.t.Fatalf("%s %s answers %d: %s", method, path, response.StatusCode, text)
	}
	var value map[string]any
	if err := json.Unmarshal(text, &value); err != nil {
		s.t.Fatalf("%s: %v", text, err)
	}
	return value
}

// refused makes a call that must fail, and gives code and message.
func (s *shop) refused(method, path string, body any) (int, string) {
	s.t.Helper()
	response, text, err := s.send(method, "/v25.0/"+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	var value struct {
		Error *graphError `json:"error"`
	}
	if err := json.Unmarshal(text, &value); err != nil || value.Error == nil || response.StatusCode < 400 {
		s.t.Fatalf("%s %s answers %d: %s", method, path, response.StatusCode, text)
	}
	return value.Error.Code, value.Error.Message + " " + value.Error.UserMsg
}

// catalog makes one and gives its id.
func (s *shop) catalog(name string) string {
	s.t.Helper()
	return s.call(http.MethodPost, business+"/owned_product_catalogs", map[string]any{"name": name, "vertical": "commerce"})["id"].(string)
}

type data = map[string]any

// good is an item that breaks no rule.
func good(id string) data {
	return data{
		"id": id, "title": "Camiseta " + id, "description": "Algodão, feita à mão.", "availability": "in stock", "condition": "new",
		"price": "49.90 BRL", "link": "https://loja.example/p/" + id, "image_link": "https://loja.example/i/" + id + ".jpg", "brand": "Loja da Bia",
	}
}

// with changes members of an item; nil takes one away.
func with(item data, members ...any) data {
	for i := 0; i < len(members); i += 2 {
		if members[i+1] == nil {
			delete(item, members[i].(string))
		} else {
			item[members[i].(string)] = members[i+1]
		}
	}
	return item
}

func request1(method string, item data) data { return data{"method": method, "data": item} }

// push sends rows; it gives the handle and what validation said, by id.
func (s *shop) push(catalog string, rows ...data) (handle string, said map[string]string) {
	s.t.Helper()
	answer := s.call(http.MethodPost, catalog+"/items_batch", data{"item_type": "PRODUCT_ITEM", "allow_upsert": true, "requests": rows})
	return pushed(answer)
}

func pushed(answer map[string]any) (handle string, said map[string]string) {
	for _, one := range answer["handles"].([]any) {
		handle = one.(string)
	}
	said = map[string]string{}
	for _, one := range answer["validation_status"].([]any) {
		status := one.(map[string]any)
		for _, kind := range []string{"errors", "warnings"} {
			for _, m := range status[kind].([]any) {
				said[status["retailer_id"].(string)] += kind[:1] + ":" + m.(map[string]any)["message"].(string) + ";"
			}
		}
	}
	return handle, said
}

// check asks what became of a handle.
func (s *shop) check(catalog, handle string) map[string]any {
	s.t.Helper()
	list := s.call(http.MethodGet, catalog+"/check_batch_request_status?load_ids_of_invalid_requests=true&handle="+url.QueryEscape(handle), nil)["data"].([]any)
	if len(list) != 1 {
		s.t.Fatalf("%d statuses", len(list))
	}
	return list[0].(map[string]any)
}

// read gives one item of the read-back, nil when there is none.
func (s *shop) read(catalog, id, fields string) map[string]any {
	s.t.Helper()
	filter := fmt.Sprintf(`{"retailer_id":{"is_any":[%q]}}`, id)
	list := s.call(http.MethodGet, catalog+"/products?fields="+fields+"&filter="+url.QueryEscape(filter), nil)["data"].([]any)
	if len(list) == 0 {
		return nil
	}
	return list[0].(map[string]any)
}

func (s *shop) hears() told {
	s.t.Helper()
	select {
	case hook := <-s.hooks:
		return hook
	case <-time.After(20 * time.Second):
		s.t.Fatal("no webhook came")
		return told{}
	}
}

// hearsOf waits for the webhook about a handle. Others may come again: what was
// posted just before the server stopped is posted once more.
func (s *shop) hearsOf(handle string) told {
	s.t.Helper()
	for {
		if hook := s.hears(); strings.Contains(hook.body, handle) {
			return hook
		}
	}
}

func contains(t *testing.T, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Fatalf("%q is not in %q", part, text)
	}
}
