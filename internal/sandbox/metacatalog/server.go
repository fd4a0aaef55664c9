package metacatalog

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

// Server is the simulator. It serves from New on; batches end by themselves and
// webhooks go out while Run runs.
type Server struct {
	config  Config
	journal *stage.Journal
	rules   *stage.Rules
	ledger  *stage.Ledger
	timers  *stage.Timers
	client  *http.Client
	control *http.ServeMux
	posting sync.WaitGroup

	mu       sync.Mutex // guards all below
	running  context.Context
	accounts map[string]*Account
	catalogs map[string]*Catalog
	numbers  map[string]*item  // by Graph id
	wabas    map[string]string // their catalogs
	owners   map[string]string // of WABAs of the Directory: their businesses
	phones   map[string]*commerce
	batches  map[string]*batch // by handle
	open     []*batch          // not ended yet, oldest first
	hours    map[string]*hourly
	dooms    []*Doom
	notices  map[string]*notice
	held     *notice // a rule lets it wait for the next one
	seq      int64
	settings Settings
}

// New opens the state folder and makes the server.
func New(config Config) (*Server, error) {
	config = config.withDefaults()
	s := &Server{config: config, rules: stage.NewRules(config.Seed), timers: stage.NewTimers(), running: context.Background()}
	var records []stage.Record
	var err error
	if config.Dir != "" {
		if s.journal, records, err = stage.OpenJournal(config.Dir, "metacatalog.journal"); err != nil {
			return nil, err
		}
	}
	if s.ledger, err = stage.NewLedger(stage.LedgerFull, s.journal); err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	s.client = &http.Client{
		Transport: transport, Timeout: config.WebhookTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	s.clear()
	s.control = s.controlRoutes()
	if err := s.load(records); err != nil {
		return nil, fault.Wrap(err, fault.CodeOf(err), "the sandbox's state cannot be read")
	}
	return s, nil
}

func (s *Server) clear() {
	s.accounts, s.catalogs, s.numbers = map[string]*Account{}, map[string]*Catalog{}, map[string]*item{}
	s.wabas, s.phones, s.batches, s.open = map[string]string{}, map[string]*commerce{}, map[string]*batch{}, nil
	s.owners = map[string]string{}
	s.hours, s.dooms, s.notices, s.held, s.seq = map[string]*hourly{}, nil, map[string]*notice{}, nil, 0
	s.settings = s.config.settings()
}

// Run works batches off and posts webhooks until the context ends.
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

func (s *Server) maxBytes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.settings.MaxBytes > 0 {
		return s.settings.MaxBytes
	}
	return maxBatchBytes
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/_sandbox") {
		s.control.ServeHTTP(w, r)
		return
	}
	s.faulty(w, r)
}

// faulty answers a Graph call with the faults that match it.
func (s *Server) faulty(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	latency := time.Duration(s.settings.LatencyMS) * time.Millisecond
	s.mu.Unlock()
	lost := false
	for _, rule := range s.rules.Match(stage.Call{On: "call", Method: r.Method, Path: r.URL.Path, Account: split(r.URL.Path)[0], Kinds: []string{path.Base(r.URL.Path)}}) {
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
	answer := s.serve(r)
	if err := s.journal.Flush(); err != nil {
		s.config.Logger.Error("sandbox journal", "error", err)
		answer = unkept().answer()
	}
	if lost {
		stage.Cut(w)
		return
	}
	answer.Write(w)
}
