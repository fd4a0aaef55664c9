package asaas

import (
	"context"
	"crypto/subtle"
	"io"
	"net/http"
	"sync"
	"time"

	"prosa/internal/sandbox/stage"
)

// Server is the simulator. It serves from New on; time passes and callbacks go
// out while Run runs.
type Server struct {
	config  Config
	journal *stage.Journal
	rules   *stage.Rules
	timers  *stage.Timers
	client  *http.Client
	mux     *http.ServeMux
	posting sync.WaitGroup

	mu            sync.Mutex // guards all below
	running       context.Context
	account       Account
	customers     map[string]*Customer
	subscriptions map[string]*Subscription
	payments      map[string]*Payment
	notices       map[string]*notice
	held          *notice // a callback that a rule lets wait for the next
	numbers       int64
	settings      Settings
}

// New opens the state folder and makes the server.
func New(config Config) (*Server, error) {
	config = config.withDefaults()
	s := &Server{config: config, rules: stage.NewRules(config.Seed), timers: stage.NewTimers(), running: context.Background()}
	var records []stage.Record
	var err error
	if config.Dir != "" {
		if s.journal, records, err = stage.OpenJournal(config.Dir, "asaas.journal"); err != nil {
			return nil, err
		}
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	s.client = &http.Client{
		Transport: transport, Timeout: webhookTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	s.clear()
	s.mux = s.routes()
	return s, s.load(records)
}

func (s *Server) clear() {
	s.account, s.held, s.numbers = Account{}, nil, 0
	s.customers, s.subscriptions = map[string]*Customer{}, map[string]*Subscription{}
	s.payments, s.notices = map[string]*Payment{}, map[string]*notice{}
	s.settings = Settings{LatencyMS: s.config.Latency.Milliseconds()}
}

// Run lets time pass and posts callbacks until the context ends.
func (s *Server) Run(ctx context.Context) error {
	s.mu.Lock()
	s.running = ctx
	s.mu.Unlock()
	var pass func()
	pass = func() {
		s.mu.Lock()
		s.settle()
		s.mu.Unlock()
		_ = s.journal.Flush() // the next call says whether it can be kept
		s.timers.After(settleEvery, pass)
	}
	s.timers.After(settleEvery, pass)
	s.timers.Run(ctx)
	s.posting.Wait()
	return nil
}

// Close writes what waits. Run must have returned.
func (s *Server) Close() error {
	s.client.CloseIdleConnections()
	return s.journal.Close()
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Server) routes() *http.ServeMux {
	mux := s.controlRoutes()
	s.pageRoutes(mux)
	api := func(pattern string, serve func(*call) stage.Answer) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.faulty(w, r, serve) })
	}
	api("GET /v3/customers", s.listCustomers)
	api("POST /v3/customers", s.createCustomer)
	api("GET /v3/subscriptions", s.listSubscriptions)
	api("POST /v3/subscriptions", s.createSubscription)
	api("GET /v3/subscriptions/{id}", s.getSubscription)
	api("PUT /v3/subscriptions/{id}", s.changeSubscription)
	api("DELETE /v3/subscriptions/{id}", s.deleteSubscription)
	api("GET /v3/payments", s.listPayments)
	api("POST /v3/payments", s.createPayment)
	api("GET /v3/payments/{id}", s.getPayment)
	api("PUT /v3/payments/{id}", s.changePayment)
	api("DELETE /v3/payments/{id}", s.deletePayment)
	api("GET /v3/payments/{id}/pixQrCode", s.pixOf)
	api("GET /v3/payments/{id}/identificationField", s.boletoOf)
	api("POST /v3/payments/{id}/refund", s.refundPayment)
	mux.HandleFunc("/v3/", func(w http.ResponseWriter, _ *http.Request) { missing().Write(w) })
	return mux
}

// call is one call of the API.
type call struct {
	*http.Request
	body []byte
}

// refuse is a refusal in the vendor's shape.
func refuse(status int, code, description string) stage.Answer {
	return stage.JSON(status, object{"errors": []object{{"code": code, "description": description}}})
}

func invalid(code, description string) stage.Answer {
	return refuse(http.StatusBadRequest, code, description)
}

// missing is a 404: the vendor's has no body.
func missing() stage.Answer { return stage.Answer{Status: http.StatusNotFound} }

// faulty answers by serve, with the faults that match the call.
func (s *Server) faulty(w http.ResponseWriter, r *http.Request, serve func(*call) stage.Answer) {
	s.mu.Lock()
	latency := time.Duration(s.settings.LatencyMS) * time.Millisecond
	s.mu.Unlock()
	lost := false
	for _, rule := range s.rules.Match(stage.Call{On: "call", Method: r.Method, Path: r.URL.Path}) {
		switch rule.Do {
		case stage.DoDelay:
			latency += time.Duration(rule.DelayMS) * time.Millisecond
		case stage.DoStatus:
			if stage.Pause(r.Context(), latency) {
				answer := refuse(rule.Status, "fault", "Falha injetada no simulador.")
				if rule.Status == http.StatusTooManyRequests {
					answer.Header = map[string]string{"RateLimit-Limit": "100", "RateLimit-Remaining": "0", "RateLimit-Reset": "30"}
				}
				answer.Write(w)
			}
			return
		case stage.DoCutBefore:
			stage.Cut(w)
			return
		case stage.DoCutAfter:
			lost = true
		}
	}
	if !stage.Pause(r.Context(), latency) {
		return
	}
	answer := s.serve(r, serve)
	if err := s.journal.Flush(); err != nil {
		answer = refuse(http.StatusInternalServerError, "internal_error", "O estado não pôde ser guardado.")
	}
	if lost {
		stage.Cut(w)
		return
	}
	answer.Write(w)
}

func (s *Server) serve(r *http.Request, serve func(*call) stage.Answer) stage.Answer {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return invalid("invalid_body", "O corpo não pôde ser lido.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := r.Header.Get("access_token")
	if key == "" || subtle.ConstantTimeCompare([]byte(key), []byte(s.account.Key)) != 1 {
		return refuse(http.StatusUnauthorized, "invalid_access_token", "A chave de API fornecida é inválida.")
	}
	s.settle()
	return serve(&call{Request: r, body: body})
}
