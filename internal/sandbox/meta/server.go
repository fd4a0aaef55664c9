package meta

import (
	"context"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// Change tells a watcher that something of a chat is new. Message is the one
// that is new or changed, nil when it was the chat, the people or the accounts.
type Change struct {
	Number   string
	Customer string
	Message  *Message
}

// Server is the simulator. It serves from New on; webhooks and statuses move
// while Run runs.
type Server struct {
	config  Config
	journal *stage.Journal
	rules   *stage.Rules
	ledger  *stage.Ledger
	timers  *stage.Timers
	feed    stage.Feed[Change]
	hooks   *courier
	media   *store
	control *http.ServeMux
	client  *http.Client

	mu        sync.Mutex // guards all below
	apps      map[string]*App
	wabas     map[string]*WABA
	numbers   map[string]*Number
	customers map[string]*Customer
	byAddress map[string]string // wa_id, user id, username -> Customer.ID
	templates map[string]*Template
	chats     map[string]*Chat
	messages  map[string]*Message
	rates     map[string]*stage.Bucket // by number
	bills     map[string]*bill         // by number and reference_id
	uploads   map[string]*uploadSession
	handles   map[string]bool // of uploaded examples
	catalog   Catalog         // nil takes any good
	seq       int64
	settings  Settings
}

// New opens the state folder and makes the server.
func New(config Config) (*Server, error) {
	config = config.withDefaults()
	s := &Server{config: config, rules: stage.NewRules(config.Seed), timers: stage.NewTimers()}
	var records []stage.Record
	if config.Dir != "" {
		var err error
		if s.journal, records, err = stage.OpenJournal(config.Dir, "meta.journal"); err != nil {
			return nil, err
		}
	}
	var err error
	if s.ledger, err = stage.NewLedger(config.Ledger, s.journal); err != nil {
		return nil, err
	}
	if s.media, err = newStore(config.Dir); err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 256, 64
	s.client = &http.Client{
		Transport: transport, Timeout: config.WebhookTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	s.hooks = newCourier(s)
	s.clear()
	s.control = s.controlRoutes()
	if err := s.load(records); err != nil {
		return nil, fault.Wrap(err, fault.CodeOf(err), "the sandbox's state cannot be read")
	}
	return s, nil
}

// clear makes an empty state.
func (s *Server) clear() {
	s.apps, s.wabas, s.numbers = map[string]*App{}, map[string]*WABA{}, map[string]*Number{}
	s.customers, s.byAddress = map[string]*Customer{}, map[string]string{}
	s.templates, s.chats = map[string]*Template{}, map[string]*Chat{}
	s.messages, s.rates, s.bills = map[string]*Message{}, map[string]*stage.Bucket{}, map[string]*bill{}
	s.uploads, s.handles = map[string]*uploadSession{}, map[string]bool{}
	s.seq = 0
	s.settings = Settings{
		RateLimits: !s.config.Unlimited,
		SentMS:     delayMS(s.config.StatusDelays.Sent), DeliveredMS: delayMS(s.config.StatusDelays.Delivered),
		ReadMS: delayMS(s.config.StatusDelays.Read), LatencyMS: s.config.Latency.Milliseconds(), ReviewMS: delayMS(s.config.Review),
	}
}

// delayMS keeps every negative delay negative, whatever its unit.
func delayMS(d time.Duration) int64 {
	if d < 0 {
		return -1
	}
	return d.Milliseconds()
}

// Run delivers webhooks and moves statuses on until the context ends; it
// returns when nothing is under way any more.
func (s *Server) Run(ctx context.Context) error {
	s.hooks.start(ctx)
	s.timers.Run(ctx)
	s.hooks.wait()
	return nil
}

// Close writes what waits and ends every watcher. Run must have returned.
func (s *Server) Close() error {
	s.feed.Close()
	s.client.CloseIdleConnections()
	return s.journal.Close()
}

// Watch gives what changes from now on and the function that ends it; the
// channel closes when the watcher does not keep up.
func (s *Server) Watch() (<-chan Change, func()) { return s.feed.Subscribe(1024) }

func (s *Server) now() time.Time { return s.config.Clock.Now() }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/_sandbox/"):
		s.control.ServeHTTP(w, r)
	case strings.HasPrefix(r.URL.Path, "/media/"):
		s.faulty(w, r, s.download)
	default:
		s.faulty(w, r, s.graph)
	}
}

// faulty answers by serve, with the faults that match the call.
func (s *Server) faulty(w http.ResponseWriter, r *http.Request, serve func(*http.Request) stage.Answer) {
	lost := false
	s.mu.Lock()
	latency := time.Duration(s.settings.LatencyMS) * time.Millisecond
	s.mu.Unlock()
	for _, rule := range s.rules.Match(stage.Call{On: "call", Method: r.Method, Path: r.URL.Path, Account: accountOf(r.URL.Path), Kinds: []string{path.Base(r.URL.Path)}}) {
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
	answer := serve(r)
	if lost {
		stage.Cut(w)
		return
	}
	answer.Write(w)
}

// accountOf gives the object of a Graph path: /v25.0/{id}/messages.
func accountOf(address string) string {
	parts := strings.Split(strings.Trim(address, "/"), "/")
	if len(parts) > 1 && versionForm.MatchString(parts[0]) {
		return parts[1]
	}
	return parts[0]
}
