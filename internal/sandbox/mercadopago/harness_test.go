package mercadopago

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
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	token  = "APP_USR-111-secret"
	secret = "s3cr3t-of-the-webhook"
	seller = 778899
)

// taken is a notification that the shop got.
type taken struct {
	kind, dataID, action, query string
	genuine                     bool
}

// shop is a simulator with a seller, and the shop's webhook.
type shop struct {
	t       *testing.T
	server  *Server
	http    *httptest.Server
	hook    *httptest.Server
	notices chan taken
	stop    func()

	mu     sync.Mutex
	answer int
}

func start(t *testing.T, config Config) *shop {
	t.Helper()
	s := &shop{t: t, notices: make(chan taken, 64), answer: http.StatusOK}
	s.hook = httptest.NewServer(http.HandlerFunc(s.hear))
	t.Cleanup(s.hook.Close)
	s.open(config)
	s.control(http.MethodPost, "/_sandbox/sellers", Seller{UserID: seller, Name: "Casa Aurora", City: "Campinas", Token: token, Secret: secret, WebhookURL: s.hook.URL + "/pagamentos?loja=1"}, http.StatusCreated)
	return s
}

// hear checks a notification as a shop should: by a reading of the document of
// its own.
func (s *shop) hear(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	var body struct {
		Action, Type string
		Data         struct{ ID string }
	}
	_ = json.Unmarshal(raw, &body)
	ts, v1 := "", ""
	for part := range strings.SplitSeq(r.Header.Get("x-signature"), ",") {
		name, value, _ := strings.Cut(part, "=")
		switch name {
		case "ts":
			ts = value
		case "v1":
			v1 = value
		}
	}
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(mac, "id:"+strings.ToLower(r.URL.Query().Get("data.id"))+";request-id:"+r.Header.Get("x-request-id")+";ts:"+ts+";")
	s.mu.Lock()
	answer := s.answer
	s.mu.Unlock()
	w.WriteHeader(answer)
	s.notices <- taken{kind: body.Type, dataID: body.Data.ID, action: body.Action, query: r.URL.RawQuery, genuine: hex.EncodeToString(mac.Sum(nil)) == v1}
}

func (s *shop) open(config Config) {
	s.t.Helper()
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
		if stopped {
			return
		}
		stopped = true
		cancel()
		<-ended
		s.http.Close()
		if err := server.Close(); err != nil {
			s.t.Error(err)
		}
	}
	s.t.Cleanup(func() { s.stop() })
}

func (s *shop) says(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = status
}

// next waits for a notification.
func (s *shop) next() taken {
	s.t.Helper()
	select {
	case n := <-s.notices:
		if !n.genuine {
			s.t.Fatalf("the signature of %+v is wrong", n)
		}
		return n
	case <-time.After(20 * time.Second):
		s.t.Fatal("no notification came")
		return taken{}
	}
}

func (s *shop) request(method, path, key string, body any) (*http.Response, error) {
	s.t.Helper()
	var reader io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(body)
	default:
		raw, err := json.Marshal(body)
		if err != nil {
			s.t.Fatal(err)
		}
		reader = bytes.NewReader(raw)
	}
	request, err := http.NewRequest(method, s.http.URL+path, reader)
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	if key != "" {
		request.Header.Set("X-Idempotency-Key", key)
	}
	return s.http.Client().Do(request)
}

func (s *shop) call(method, path, key string, body any, want int) object {
	s.t.Helper()
	response, err := s.request(method, path, key, body)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, _ := io.ReadAll(response.Body)
	if response.StatusCode != want {
		s.t.Fatalf("%s %s answers %d %s, want %d", method, path, response.StatusCode, raw, want)
	}
	var got object
	if err := json.Unmarshal(raw, &got); err != nil {
		s.t.Fatalf("%s: %v", raw, err)
	}
	return got
}

func (s *shop) control(method, path string, body any, want int) object {
	s.t.Helper()
	return s.call(method, path, "", body, want)
}

// pixOrder is a request that the vendor takes.
func pixOrder(total string) object {
	return object{
		"type": "online", "total_amount": total, "external_reference": "PED-1042", "processing_mode": "automatic",
		"payer":        object{"email": "bia@example.com"},
		"transactions": object{"payments": []object{{"amount": total, "expiration_time": "PT45M", "payment_method": object{"id": "pix", "type": "bank_transfer"}}}},
	}
}

func state(view object) string { return view["status"].(string) + "/" + view["status_detail"].(string) }

func payment(view object) object {
	return view["transactions"].(object)["payments"].([]any)[0].(object)
}
