package stripe

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/sandbox/stage"
)

// Server is the simulator. It serves from New on; time passes by itself and events
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

	mu            sync.Mutex // guards all below
	running       context.Context
	customers     *table[customer]
	products      *table[product]
	prices        *table[price]
	coupons       *table[coupon]
	sessions      *table[session]
	subscriptions *table[subscription]
	invoices      *table[invoice]
	items         *table[invoiceItem]
	intents       *table[intent]
	methods       *table[method]
	refunds       *table[refund]
	disputes      *table[dispute]
	portals       *table[portal]
	events        *table[event]
	keys          *table[keyed]
	held          *event // an event that a rule lets wait for the next
	state         state
}

// state is what there is one of.
type state struct {
	AheadMS       int64  `json:"ahead_ms"` // how far the billing clock is before the machine's
	Number        int64  `json:"number"`   // of the last invoice
	WebhookURL    string `json:"webhook_url"`
	WebhookSecret string `json:"webhook_secret"`
}

const stateKey = "state"

// keyed is what a call with an idempotency key was answered.
type keyed struct {
	Call   string `json:"call"` // SHA-256 of path and parameters
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
		if s.journal, records, err = stage.OpenJournal(config.Dir, "stripe.journal"); err != nil {
			return nil, err
		}
	}
	if s.ledger, err = stage.NewLedger(stage.LedgerFull, s.journal); err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	s.client = &http.Client{
		Transport: transport, Timeout: webhookTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	s.clear()
	if err := s.load(records); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the sandbox's state cannot be read")
	}
	s.mux = s.routes()
	return s, nil
}

func (s *Server) clear() {
	s.customers, s.products, s.prices = newTable[customer]("customer", s.journal), newTable[product]("product", s.journal), newTable[price]("price", s.journal)
	s.coupons, s.sessions = newTable[coupon]("coupon", s.journal), newTable[session]("session", s.journal)
	s.subscriptions, s.invoices = newTable[subscription]("subscription", s.journal), newTable[invoice]("invoice", s.journal)
	s.items, s.intents, s.methods = newTable[invoiceItem]("item", s.journal), newTable[intent]("intent", s.journal), newTable[method]("method", s.journal)
	s.refunds, s.disputes = newTable[refund]("refund", s.journal), newTable[dispute]("dispute", s.journal)
	s.portals, s.events, s.keys = newTable[portal]("portal", s.journal), newTable[event]("event", s.journal), newTable[keyed]("key", s.journal)
	s.held, s.state = nil, state{WebhookURL: s.config.WebhookURL, WebhookSecret: s.config.WebhookSecret}
}

// loader is a table of any kind.
type loader interface {
	load(id string, text json.RawMessage) error
}

func (s *Server) load(records []stage.Record) error {
	tables := map[string]loader{
		"customer": s.customers, "product": s.products, "price": s.prices, "coupon": s.coupons, "session": s.sessions,
		"subscription": s.subscriptions, "invoice": s.invoices, "item": s.items, "intent": s.intents, "method": s.methods,
		"refund": s.refunds, "dispute": s.disputes, "portal": s.portals, "event": s.events, "key": s.keys,
	}
	for _, record := range records {
		taken, err := s.ledger.Load(record)
		kind, name, _ := strings.Cut(record.Key, "/")
		switch table := tables[kind]; {
		case taken || err != nil:
		case record.Key == stateKey:
			err = json.Unmarshal(record.Value, &s.state)
		case table != nil:
			err = table.load(name, record.Value)
		}
		if err != nil {
			return fault.Wrap(err, fault.Internal, "record "+record.Key)
		}
	}
	for _, e := range s.events.oldest(func(e *event) bool { return !e.Done }) {
		s.timers.After(0, func() { s.post(e) })
	}
	return nil
}

func (s *Server) saveState() { s.journal.Put(stateKey, s.state) }

// beat is how often time is looked at while Run runs.
const beat = time.Second

// Run lets time pass and posts events until the context ends.
func (s *Server) Run(ctx context.Context) error {
	s.mu.Lock()
	s.running = ctx
	s.mu.Unlock()
	var tick func()
	tick = func() {
		s.mu.Lock()
		s.pass(0)
		s.mu.Unlock()
		s.timers.After(beat, tick)
	}
	s.timers.After(0, tick)
	s.timers.Run(ctx)
	s.posting.Wait()
	return nil
}

// Close writes what waits. Run must have returned.
func (s *Server) Close() error {
	s.client.CloseIdleConnections()
	return s.journal.Close()
}

// now is the time of the billing clock; the caller holds the lock.
func (s *Server) now() time.Time {
	return s.config.Clock.Now().Add(time.Duration(s.state.AheadMS) * time.Millisecond)
}

func (s *Server) newID(prefix string) string {
	made := id.New("x", s.config.Clock.Now().UnixMilli())
	return prefix + made[strings.IndexByte(made, '_')+1:]
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// call is one call of the API.
type call struct {
	*form
	id string // of the path
}

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	api := func(pattern string, serve func(*call) (object, *apiError)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.faulty(w, r, serve) })
	}
	s.customerRoutes(api)
	s.checkoutRoutes(api)
	s.subscriptionRoutes(api)
	s.invoiceRoutes(api)
	s.paymentRoutes(api)
	s.pageRoutes(mux)
	s.controlRoutes(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { errPath.answer().Write(w) })
	return mux
}

// faulty answers by serve, with the faults that match the call.
func (s *Server) faulty(w http.ResponseWriter, r *http.Request, serve func(*call) (object, *apiError)) {
	latency, lost := time.Duration(0), false
	for _, rule := range s.rules.Match(stage.Call{On: "call", Method: r.Method, Path: r.URL.Path}) {
		switch rule.Do {
		case stage.DoDelay:
			latency += time.Duration(rule.DelayMS) * time.Millisecond
		case stage.DoStatus:
			refused := faultError(rule)
			serve = func(c *call) (object, *apiError) {
				for name := range c.values { // not judged
					c.taken[name] = true
				}
				return nil, refused
			}
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
	answer := s.serve(w, r, serve)
	if err := s.journal.Flush(); err != nil {
		answer = (&apiError{status: http.StatusInternalServerError, kind: "api_error", message: "the state could not be kept"}).answer()
	}
	if lost {
		stage.Cut(w)
		return
	}
	answer.Write(w)
}

// serve answers one call. The answer of one with a key is stored when the work
// began: what was done, what a bank refused, what went wrong here.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, serve func(*call) (object, *apiError)) stage.Answer {
	if refused := s.admit(r); refused != nil {
		return refused.answer()
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return invalid("", "the body could not be read", "").answer()
	}
	text := r.URL.RawQuery
	if r.Method == http.MethodPost {
		text = string(body)
	}
	params, refused := parseForm(text)
	if refused != nil {
		return refused.answer()
	}
	key := r.Header.Get("Idempotency-Key")
	if len(key) > maxKey {
		return invalid("", "the idempotency key is too long", "").answer()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method != http.MethodPost || key == "" {
		return s.answer(serve, params, r)
	}
	sum := sha256.Sum256([]byte(r.URL.Path + "\n" + text))
	stamp := hex.EncodeToString(sum[:])
	name := hex.EncodeToString([]byte(key)) // a key may hold what a journal's must not
	if known := s.keys.get(name); known != nil {
		if known.Call != stamp {
			return errKeyUsed.answer()
		}
		return stage.Answer{Status: known.Status, Body: []byte(known.Answer), Header: map[string]string{"Idempotent-Replayed": "true", "Idempotency-Key": key}}
	}
	answer := s.answer(serve, params, r)
	if answer.Status < 300 || answer.Status == http.StatusPaymentRequired || answer.Status >= 500 {
		s.keys.put(name, &keyed{Call: stamp, Status: answer.Status, Answer: string(answer.Body)})
	}
	return answer
}

// answer does the work and shows it, with what is to be expanded.
func (s *Server) answer(serve func(*call) (object, *apiError), params *form, r *http.Request) stage.Answer {
	expand := params.list("expand")
	for _, path := range expand {
		if strings.Count(path, ".") >= expandDeep {
			return invalid("", "You cannot expand more than 4 levels of a property", "expand").answer()
		}
	}
	view, refused := serve(&call{form: params, id: r.PathValue("id")})
	if refused == nil {
		refused = params.problem
	}
	if refused != nil {
		return refused.answer()
	}
	for _, path := range expand {
		if refused := s.expand(view, strings.Split(path, "."), path); refused != nil {
			return refused.answer()
		}
	}
	return stage.JSON(http.StatusOK, view)
}

// admit checks the key and the version of a call.
func (s *Server) admit(r *http.Request) *apiError {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch version := r.Header.Get("Stripe-Version"); {
	case !ok || key == "":
		return errNoKey
	case !strings.HasPrefix(key, "sk_") && !strings.HasPrefix(key, "rk_"), s.config.Key != "" && subtle.ConstantTimeCompare([]byte(key), []byte(s.config.Key)) != 1:
		return errWrongKey
	case version != "" && !strings.HasSuffix(version, ".basil"):
		return invalid("", "Invalid Stripe API version: "+version, "")
	}
	return nil
}
