package zoho

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// Server is the simulator. It serves from New on.
type Server struct {
	config  Config
	journal *stage.Journal
	rules   *stage.Rules
	mux     *http.ServeMux

	mu        sync.Mutex // guards all below
	clients   map[string]*Client
	codes     map[string]*Code
	refreshes map[string]*Refresh
	records   map[string]*Record
	fields    map[string][]Field
	numbers   int64
	calls     map[string]int64 // by operation, since the start
	spent     []int64          // when credits were spent, of the last day
	settings  Settings
}

// Settings can be changed while the server runs.
type Settings struct {
	LatencyMS    int64  `json:"latency_ms"`
	Organization string `json:"organization"`
	Away         bool   `json:"away"` // everything answers 500
}

// New opens the state folder and makes the server.
func New(config Config) (*Server, error) {
	config = config.withDefaults()
	s := &Server{config: config, rules: stage.NewRules(config.Seed)}
	var records []stage.Record
	var err error
	if config.Dir != "" {
		if s.journal, records, err = stage.OpenJournal(config.Dir, "zoho.journal"); err != nil {
			return nil, err
		}
	}
	s.clear()
	for _, record := range records {
		if err := s.loadRecord(record); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "record "+record.Key)
		}
	}
	s.mux = s.routes()
	return s, nil
}

func (s *Server) clear() {
	s.clients, s.codes, s.refreshes, s.records = map[string]*Client{}, map[string]*Code{}, map[string]*Refresh{}, map[string]*Record{}
	s.fields, s.numbers, s.calls, s.spent = usualFields(), 0, map[string]int64{}, nil
	s.settings = Settings{LatencyMS: s.config.Latency.Milliseconds(), Organization: "Prosa Vendas (simulada)"}
}

// Run waits for the end of the context: nothing happens here of its own.
func (s *Server) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// Close writes what waits.
func (s *Server) Close() error { return s.journal.Close() }

func (s *Server) nowMS() int64 { return s.config.Clock.Now().UnixMilli() }

// stamp writes a time as the API does, in the time of Brasília.
func stamp(ms int64) string {
	return time.UnixMilli(ms).In(time.FixedZone("", -3*60*60)).Format("2006-01-02T15:04:05-07:00")
}

// newID gives the next id: 19 digits, as the vendor's. The caller holds the lock.
func (s *Server) newID() string {
	s.numbers++
	s.journal.Put(numbersKey, s.numbers)
	return strconv.FormatInt(4_150_868_000_000_000_000+s.numbers, 10)
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Server) routes() *http.ServeMux {
	mux := s.controlRoutes()
	s.pageRoutes(mux)
	mux.HandleFunc("POST /oauth/v2/token", func(w http.ResponseWriter, r *http.Request) { s.faulty(w, r, "token", s.token) })
	api := func(pattern, name string, serve func(*http.Request) stage.Answer) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			s.faulty(w, r, name, func(r *http.Request) stage.Answer { return s.admit(r, serve) })
		})
	}
	api("GET /crm/v8/org", "org", func(*http.Request) stage.Answer {
		return stage.JSON(http.StatusOK, object{"org": []object{{"id": "4150868000000000001", "company_name": s.settings.Organization, "country_code": "BR", "currency": "Brazilian Real - BRL"}}})
	})
	api("GET /crm/v8/settings/fields", "fields", func(r *http.Request) stage.Answer {
		fields := s.fields[r.URL.Query().Get("module")]
		if fields == nil {
			return errModule.answer()
		}
		views := make([]object, len(fields))
		for i, field := range fields {
			views[i] = field.view()
		}
		return stage.JSON(http.StatusOK, object{"fields": views})
	})
	api("POST /crm/v8/{module}/upsert", "upsert", s.upsert)
	api("GET /crm/v8/{module}/search", "search", s.search)
	api("GET /crm/v8/{module}/{id}", "get", s.get)
	api("PUT /crm/v8/{module}/{id}", "update", s.update)
	mux.HandleFunc("/crm/", func(w http.ResponseWriter, _ *http.Request) { errURL.answer().Write(w) })
	return mux
}

// admit answers a call whose token lives, and counts its credits.
func (s *Server) admit(r *http.Request, serve func(*http.Request) stage.Answer) stage.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.admitted(r) {
		return errToken.answer()
	}
	left, ok := s.spend()
	if !ok {
		return errMany.answer()
	}
	answer := serve(r)
	if left < s.config.Credits/2 {
		answer.Header = map[string]string{"X-API-CREDITS-REMAINING": strconv.FormatInt(left, 10)}
	}
	return answer
}

// spend takes a credit of the day that rolls. The caller holds the lock.
func (s *Server) spend() (left int64, ok bool) {
	now := s.nowMS()
	for len(s.spent) > 0 && now-s.spent[0] >= creditWindow.Milliseconds() {
		s.spent = s.spent[1:]
	}
	if int64(len(s.spent)) >= s.config.Credits {
		return 0, false
	}
	s.spent = append(s.spent, now)
	return s.config.Credits - int64(len(s.spent)), true
}

// faulty answers by serve, with the faults that match the call.
func (s *Server) faulty(w http.ResponseWriter, r *http.Request, name string, serve func(*http.Request) stage.Answer) {
	s.mu.Lock()
	latency, away := time.Duration(s.settings.LatencyMS)*time.Millisecond, s.settings.Away
	s.calls[name]++
	s.mu.Unlock()
	lost := false
	for _, rule := range s.rules.Match(stage.Call{On: "call", Method: r.Method, Path: r.URL.Path, Kinds: []string{name}}) {
		switch rule.Do {
		case stage.DoDelay:
			latency += time.Duration(rule.DelayMS) * time.Millisecond
		case stage.DoStatus:
			if stage.Pause(r.Context(), latency) {
				s.refuse(rule, name).Write(w)
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
	if away {
		errInternal.answer().Write(w)
		return
	}
	answer := serve(r)
	if err := s.journal.Flush(); err != nil {
		answer = errInternal.answer()
	}
	if lost {
		stage.Cut(w)
		return
	}
	if answer.Status == http.StatusNoContent {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	answer.Write(w)
}

// refuse is what a rule answers; the endpoint for tokens has its own words.
func (s *Server) refuse(rule stage.Rule, name string) stage.Answer {
	if name == "token" && rule.Status < 500 {
		if rule.Status == http.StatusUnauthorized {
			return stage.JSON(http.StatusOK, object{"error": "invalid_code"})
		}
		return throttled()
	}
	return faultError(rule)
}

// The keys of the journal: one kind of record a prefix.
const (
	clientPrefix  = "client/"
	codePrefix    = "code/"
	refreshPrefix = "refresh/"
	recordPrefix  = "record/"
	fieldsPrefix  = "fields/"
	numbersKey    = "numbers"
	settingsKey   = "settings"
)

func (s *Server) saveRefresh(refresh *Refresh) {
	s.refreshes[refresh.Token] = refresh
	s.journal.Put(refreshPrefix+refresh.Token, refresh)
}

func (s *Server) saveRecord(record *Record) {
	s.records[record.ID] = record
	s.journal.Put(recordPrefix+record.ID, record)
}

func (s *Server) loadRecord(record stage.Record) error {
	kind, name, _ := strings.Cut(record.Key, "/")
	switch kind + "/" {
	case clientPrefix:
		return put(record.Value, func(v *Client) { s.clients[v.ID] = v })
	case codePrefix:
		return put(record.Value, func(v *Code) { s.codes[v.Code] = v })
	case refreshPrefix:
		return put(record.Value, func(v *Refresh) { s.refreshes[v.Token] = v })
	case recordPrefix:
		return put(record.Value, func(v *Record) { s.records[v.ID] = v })
	case fieldsPrefix:
		return put(record.Value, func(v *[]Field) { s.fields[name] = *v })
	}
	switch record.Key {
	case numbersKey:
		return put(record.Value, func(v *int64) { s.numbers = *v })
	case settingsKey:
		return put(record.Value, func(v *Settings) { s.settings = *v })
	}
	return nil // of a later version
}

func put[T any](text json.RawMessage, keep func(*T)) error {
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber() // amounts stay as they were written
	value := new(T)
	if err := decoder.Decode(value); err != nil {
		return fmt.Errorf("not readable: %w", err)
	}
	keep(value)
	return nil
}
