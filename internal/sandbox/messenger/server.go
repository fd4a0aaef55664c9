package messenger

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
	Account string
	Person  string
	Message *Message
}

// Server is the simulator. It serves from New on; webhooks and deliveries move
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

	mu         sync.Mutex // guards all below
	apps       map[string]*App
	pages      map[string]*Page
	instagrams map[string]*Instagram
	people     map[string]*Person
	byScoped   map[string]whom
	tokens     map[string]string // token -> page or Instagram account of the login flavour
	chats      map[string]*Chat
	messages   map[string]*Message
	comments   map[string]*Comment
	rates      map[string]*stage.Bucket
	seq        int64
	settings   Settings
}

// New opens the state folder and makes the server.
func New(config Config) (*Server, error) {
	config = config.withDefaults()
	s := &Server{config: config, rules: stage.NewRules(config.Seed), timers: stage.NewTimers()}
	var records []stage.Record
	if config.Dir != "" {
		var err error
		if s.journal, records, err = stage.OpenJournal(config.Dir, "messenger.journal"); err != nil {
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
	s.apps, s.pages, s.instagrams = map[string]*App{}, map[string]*Page{}, map[string]*Instagram{}
	s.people, s.byScoped, s.tokens = map[string]*Person{}, map[string]whom{}, map[string]string{}
	s.chats, s.messages, s.comments = map[string]*Chat{}, map[string]*Message{}, map[string]*Comment{}
	s.rates, s.seq = map[string]*stage.Bucket{}, 0
	s.settings = Settings{RateLimits: !s.config.Unlimited, DeliveredMS: s.config.DeliveryDelay.Milliseconds(), DeliveryMids: true}
	if s.config.DeliveryDelay < 0 {
		s.settings.DeliveredMS = -1
	}
}

// Run delivers webhooks and moves messages on until the context ends; it returns
// when nothing is under way any more.
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

// ServeHTTP answers graph.facebook.com, the CDN and the control API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.serve(w, r, false) }

// Instagram answers graph.instagram.com, and the CDN and the control API, too.
func (s *Server) Instagram() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, true) })
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, instagram bool) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/_sandbox/"):
		s.control.ServeHTTP(w, r)
	case strings.HasPrefix(r.URL.Path, "/media/"):
		s.faulty(w, r, s.download)
	default:
		s.faulty(w, r, func(r *http.Request) stage.Answer { return s.graph(r, instagram) })
	}
}

// faulty answers by serve, with the faults that match the call.
func (s *Server) faulty(w http.ResponseWriter, r *http.Request, serve func(*http.Request) stage.Answer) {
	lost := false
	latency := millis(s.Settings().LatencyMS)
	for _, rule := range s.rules.Match(stage.Call{On: "call", Method: r.Method, Path: r.URL.Path, Account: segments(r.URL.Path)[0], Kinds: []string{path.Base(r.URL.Path)}}) {
		switch rule.Do {
		case stage.DoDelay:
			latency += millis(rule.DelayMS)
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
