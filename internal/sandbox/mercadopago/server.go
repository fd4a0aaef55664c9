package mercadopago

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// Server is the simulator. It serves from New on; time passes and notifications
// go out while Run runs.
type Server struct {
	config  Config
	journal *stage.Journal
	rules   *stage.Rules
	ledger  *stage.Ledger
	timers  *stage.Timers
	client  *http.Client
	mux     *http.ServeMux
	posting sync.WaitGroup

	mu          sync.Mutex // guards all below
	running     context.Context
	sellers     map[int64]*Seller
	orders      map[string]*Order
	preferences map[string]*Preference
	payments    map[int64]*Payment
	keys        map[string]*keyed
	notices     map[string]*notice
	held        map[int64]*notice // by seller: a notice that a rule lets wait for the next
	numbers     int64
	settings    Settings
}

// keyed is what a call with an idempotency key was answered.
type keyed struct {
	Body   string `json:"body"` // SHA-256 of method, path and body
	Status int    `json:"status"`
	Answer string `json:"answer"`
}

// New opens the state folder and makes the server.
func New(config Config) (*Server, error) {
	config = config.withDefaults()
	s := &Server{config: config, rules: stage.NewRules(config.Seed), timers: stage.NewTimers(), running: context.Background()}
	var records []stage.Record
	var err error
	if config.Dir != "" {
		if s.journal, records, err = stage.OpenJournal(config.Dir, "mercadopago.journal"); err != nil {
			return nil, err
		}
	}
	if s.ledger, err = stage.NewLedger(ledgerMode, s.journal); err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	s.client = &http.Client{
		Transport: transport, Timeout: config.WebhookTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	s.clear()
	s.mux = s.routes()
	if err := s.load(records); err != nil {
		return nil, fault.Wrap(err, fault.CodeOf(err), "the sandbox's state cannot be read")
	}
	return s, nil
}

func (s *Server) clear() {
	s.sellers, s.orders, s.preferences, s.payments = map[int64]*Seller{}, map[string]*Order{}, map[string]*Preference{}, map[int64]*Payment{}
	s.keys, s.notices, s.held, s.numbers = map[string]*keyed{}, map[string]*notice{}, map[int64]*notice{}, 0
	s.settings = Settings{LatencyMS: s.config.Latency.Milliseconds()}
}

// Run lets time pass and posts notifications until the context ends.
func (s *Server) Run(ctx context.Context) error {
	s.mu.Lock()
	s.running = ctx
	s.mu.Unlock()
	s.timers.Run(ctx)
	s.posting.Wait()
	return nil
}

// Close writes what waits. Run must have returned.
func (s *Server) Close() error {
	s.client.CloseIdleConnections()
	return s.journal.Close()
}

func (s *Server) now() time.Time { return s.config.Clock.Now() }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Server) routes() *http.ServeMux {
	mux := s.controlRoutes()
	s.pageRoutes(mux)
	api := func(pattern string, serve func(*call) (int, object, *apiError)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.faulty(w, r, serve) })
	}
	api("POST /v1/orders", s.createOrder)
	api("GET /v1/orders/{order}", s.getOrder)
	api("POST /v1/orders/{order}/cancel", s.cancelOrder)
	api("POST /v1/orders/{order}/refund", s.refundOrder)
	api("POST /checkout/preferences", s.createPreference)
	api("GET /checkout/preferences/{preference}", s.getPreference)
	api("PUT /checkout/preferences/{preference}", s.changePreference)
	api("GET /v1/payments/search", s.searchPayments)
	api("GET /v1/payments/{payment}", s.getPayment)
	api("POST /v1/payments/{payment}/refunds", s.refundPayment)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { errPath.answer().Write(w) })
	return mux
}

// call is one call of the API by a seller.
type call struct {
	*http.Request
	seller Seller
	body   []byte
}

// faulty answers by serve, with the faults that match the call.
func (s *Server) faulty(w http.ResponseWriter, r *http.Request, serve func(*call) (int, object, *apiError)) {
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
				faultError(rule).answer().Write(w)
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
		answer = (&apiError{status: http.StatusInternalServerError, code: "internal_error", message: "the state could not be kept"}).answer()
	}
	if lost {
		stage.Cut(w)
		return
	}
	answer.Write(w)
}

// serve answers one call. What changes something takes an idempotency key, and
// the same key gives the same answer.
func (s *Server) serve(r *http.Request, serve func(*call) (int, object, *apiError)) stage.Answer {
	seller, found := s.authorize(r)
	if !found {
		return errUnauthorized.answer()
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return invalid("invalid_body", "the body could not be read").answer()
	}
	c := &call{Request: r, seller: seller, body: body}
	if r.Method == http.MethodGet {
		status, view, refused := serve(c)
		if refused != nil {
			return refused.answer()
		}
		return stage.JSON(status, view)
	}
	key := r.Header.Get("X-Idempotency-Key")
	// Preferences take no key; what moves money must have one.
	if key == "" && !strings.HasPrefix(r.URL.Path, "/checkout/") {
		return errNoKey.answer()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	name := keyPrefix + stamped(seller.UserID) + "/" + key
	sum := sha256.Sum256(append([]byte(r.Method+" "+r.URL.Path+"\n"), body...))
	if known := s.keys[name]; key != "" && known != nil {
		if known.Body != hex.EncodeToString(sum[:]) {
			return errKeyUsed.answer()
		}
		return stage.Answer{Status: known.Status, Body: []byte(known.Answer)}
	}
	status, view, refused := serve(c)
	if refused != nil {
		return refused.answer()
	}
	answer := stage.JSON(status, view)
	if key != "" {
		known := &keyed{Body: hex.EncodeToString(sum[:]), Status: status, Answer: string(answer.Body)}
		s.keys[name] = known
		s.journal.Put(name, known)
	}
	return answer
}

func (s *Server) authorize(r *http.Request) (Seller, bool) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || token == "" {
		return Seller{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, seller := range s.sellers {
		if subtle.ConstantTimeCompare([]byte(seller.Token), []byte(token)) == 1 {
			return *seller, true
		}
	}
	return Seller{}, false
}
