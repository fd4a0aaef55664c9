package telegram

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// Change tells a watcher that something of a chat is new. Message is nil when
// it was the chat, the people or the bots.
type Change struct {
	Bot     int64
	User    int64
	Message *Message
}

// Server is the simulator. It serves from New on; updates move while Run runs.
type Server struct {
	config  Config
	journal *stage.Journal
	rules   *stage.Rules
	ledger  *stage.Ledger
	timers  *stage.Timers
	feed    stage.Feed[Change]
	courier *courier
	files   *store
	control *http.ServeMux
	methods map[string]method
	client  *http.Client

	mu        sync.Mutex // guards all below
	bots      map[int64]*Bot
	users     map[int64]*User
	chats     map[string]*Chat
	messages  map[string]*Message
	callbacks map[string]*callback
	// connections are the business connections, by their id.
	connections map[string]*Connection
	rates       map[int64]*stage.Bucket
	updateIDs   map[int64]int64
	seq         int64
	settings    Settings
}

// Settings can be changed while the server runs.
type Settings struct {
	RateLimits bool  `json:"rate_limits"`
	LatencyMS  int64 `json:"latency_ms"` // of every call
}

// callback is a press of an inline button, or a query about a payment, that can
// be answered.
type callback struct {
	kind      string // update kind: callback_query, pre_checkout_query, shipping_query
	bot, atMS int64
	message   string
	answered  bool
}

// New opens the state folder and makes the server.
func New(config Config) (*Server, error) {
	config = config.withDefaults()
	s := &Server{config: config, rules: stage.NewRules(config.Seed), timers: stage.NewTimers()}
	var records []stage.Record
	if config.Dir != "" {
		var err error
		if s.journal, records, err = stage.OpenJournal(config.Dir, "telegram.journal"); err != nil {
			return nil, err
		}
	}
	var err error
	if s.ledger, err = stage.NewLedger(config.Ledger, s.journal); err != nil {
		return nil, err
	}
	if s.files, err = newStore(config.Dir); err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 256, 100
	s.client = &http.Client{
		Transport: transport, Timeout: config.WebhookTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	s.courier = newCourier(s)
	s.clear()
	s.control, s.methods = s.controlRoutes(), s.table()
	if err := s.load(records); err != nil {
		return nil, fault.Wrap(err, fault.CodeOf(err), "the sandbox's state cannot be read")
	}
	return s, nil
}

func (s *Server) clear() {
	s.bots, s.users, s.chats = map[int64]*Bot{}, map[int64]*User{}, map[string]*Chat{}
	s.messages, s.callbacks, s.connections = map[string]*Message{}, map[string]*callback{}, map[string]*Connection{}
	s.rates, s.updateIDs, s.seq = map[int64]*stage.Bucket{}, map[int64]int64{}, 0
	s.settings = Settings{RateLimits: !s.config.Unlimited, LatencyMS: s.config.Latency.Milliseconds()}
}

// Run delivers updates until the context ends; it returns when nothing is
// under way any more.
func (s *Server) Run(ctx context.Context) error {
	s.courier.start(ctx)
	s.timers.Run(ctx)
	s.courier.wait()
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
	case strings.HasPrefix(r.URL.Path, "/file/bot"):
		s.faulty(w, r, "file", s.download)
	case strings.HasPrefix(r.URL.Path, "/bot"):
		_, method, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/bot"), "/")
		s.faulty(w, r, method, s.api)
	default:
		errNotFound.answer().Write(w)
	}
}

// faulty answers by serve, with the faults that match the call. The token is
// kept out of what rules see: they match on the bot's id and the method.
func (s *Server) faulty(w http.ResponseWriter, r *http.Request, method string, serve func(*http.Request) stage.Answer) {
	rest := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/file"), "/bot")
	bot, _, _ := strings.Cut(rest, ":")
	s.mu.Lock()
	latency := time.Duration(s.settings.LatencyMS) * time.Millisecond
	s.mu.Unlock()
	lost := false
	for _, rule := range s.rules.Match(stage.Call{On: "call", Method: r.Method, Path: "/bot" + bot + "/" + method, Account: bot, Kinds: []string{method}}) {
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

// authorize finds the bot of a token.
func (s *Server) authorize(token string) (Bot, *apiError) {
	form := tokenForm.FindStringSubmatch(token)
	if form == nil {
		return Bot{}, errNotFound
	}
	id, err := strconv.ParseInt(form[1], 10, 64)
	if err != nil {
		return Bot{}, errNotFound
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	bot := s.bots[id]
	if bot == nil || bot.Token != token {
		return Bot{}, errUnauthorized
	}
	return *bot, nil
}
