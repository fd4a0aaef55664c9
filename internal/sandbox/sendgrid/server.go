package sendgrid

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/sandbox/stage"
)

// Config sets a Server up. The zero value is a server in memory that takes any
// key that looks like one.
type Config struct {
	Dir        string      // the state folder; empty keeps everything in memory
	Key        string      // the only API key that is taken; empty takes any
	WebhookURL string      // where events go; empty posts none
	Clock      clock.Clock // nil is the machine's
	Seed       int64       // makes fault probabilities repeatable
	Logger     *slog.Logger
	EventDelay time.Duration // between the steps of a mail's way
	// WebhookGaps are the pauses before the second, third ... attempt of an event
	// call; the last one ends it. Default: growing, for a day.
	WebhookGaps []time.Duration
}

// Server is the simulator. It serves from New on; events go out while Run runs.
type Server struct {
	config  Config
	journal *stage.Journal
	rules   *stage.Rules
	timers  *stage.Timers
	client  *http.Client
	mux     *http.ServeMux
	signing *ecdsa.PrivateKey
	posting sync.WaitGroup

	mu          sync.Mutex // guards all below
	running     context.Context
	webhookURL  string
	mails       []*Mail
	suppression map[string]string // address -> list
	calls       map[string]*eventCall
}

// The keys of the journal.
const (
	mailPrefix     = "mail/"
	suppressPrefix = "suppress/"
	callPrefix     = "call/"
	signingKey     = "signing"
)

// New opens the state folder and makes the server.
func New(config Config) (*Server, error) {
	if config.Clock == nil {
		config.Clock = clock.System{}
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if len(config.WebhookGaps) == 0 {
		config.WebhookGaps = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 3 * time.Hour, 20 * time.Hour}
	}
	s := &Server{
		config: config, rules: stage.NewRules(config.Seed), timers: stage.NewTimers(), running: context.Background(), webhookURL: config.WebhookURL,
		suppression: map[string]string{}, calls: map[string]*eventCall{},
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	s.client = &http.Client{Transport: transport, Timeout: 10 * time.Second}
	var records []stage.Record
	var err error
	if config.Dir != "" {
		if s.journal, records, err = stage.OpenJournal(config.Dir, "sendgrid.journal"); err != nil {
			return nil, err
		}
	}
	if err := s.load(records); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the sandbox's state cannot be read")
	}
	if s.signing == nil {
		if err := s.newKey(); err != nil {
			return nil, err
		}
	}
	s.mux = s.routes()
	return s, nil
}

func (s *Server) newKey() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	s.signing = key
	s.journal.Put(signingKey, der)
	return s.journal.Flush()
}

func (s *Server) load(records []stage.Record) error {
	for _, record := range records {
		kind, name, _ := strings.Cut(record.Key, "/")
		var err error
		switch kind + "/" {
		case mailPrefix:
			m := &Mail{}
			err = json.Unmarshal(record.Value, m)
			s.mails = append(s.mails, m)
		case suppressPrefix:
			var list string
			err = json.Unmarshal(record.Value, &list)
			s.suppression[name] = list
		case callPrefix:
			c := &eventCall{}
			if err = json.Unmarshal(record.Value, c); err == nil && !c.Done {
				s.calls[c.ID] = c
				s.timers.After(0, func() { s.post(c) })
			}
		case signingKey + "/":
			var der []byte
			if err = json.Unmarshal(record.Value, &der); err == nil {
				s.signing, err = x509.ParseECPrivateKey(der)
			}
		}
		if err != nil {
			return fault.Wrap(err, fault.Internal, "record "+record.Key)
		}
	}
	return nil
}

// PublicKey is the verification key of the events, as the vendor's console shows
// it.
func (s *Server) PublicKey() string {
	der, err := x509.MarshalPKIXPublicKey(&s.signing.PublicKey)
	if err != nil {
		return "" // a key that was just made is one
	}
	return base64.StdEncoding.EncodeToString(der)
}

// Run lets time pass and posts events until the context ends.
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

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Server) newID(prefix string) string {
	made := id.New("x", s.config.Clock.Now().UnixMilli())
	return prefix + made[strings.IndexByte(made, '_')+1:]
}

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	api := func(pattern string, serve func(r *http.Request, body []byte) stage.Answer) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.faulty(w, r, serve) })
	}
	api("POST /v3/mail/send", s.send)
	for _, list := range lists {
		api("GET "+list.path+"{email}", s.getSuppression(list.name))
		api("DELETE "+list.path+"{email}", s.deleteSuppression(list.name))
	}
	api("GET /v3/user/webhooks/event/settings/signed", func(*http.Request, []byte) stage.Answer {
		return stage.JSON(http.StatusOK, map[string]any{"public_key": s.PublicKey()})
	})
	s.controlRoutes(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { refusal(http.StatusNotFound, "", "not found").Write(w) })
	return mux
}

// maxBody is the largest call. Source: "v3 Mail Send", "Limitations".
const maxBody = 30 << 20

// faulty answers by serve, with the faults that match the call.
func (s *Server) faulty(w http.ResponseWriter, r *http.Request, serve func(*http.Request, []byte) stage.Answer) {
	latency, lost := time.Duration(0), false
	for _, rule := range s.rules.Match(stage.Call{On: "call", Method: r.Method, Path: r.URL.Path}) {
		switch rule.Do {
		case stage.DoDelay:
			latency += time.Duration(rule.DelayMS) * time.Millisecond
		case stage.DoStatus:
			answer := refusal(rule.Status, "", strings.ToLower(http.StatusText(rule.Status)))
			if rule.Status == http.StatusTooManyRequests {
				answer.Header = map[string]string{"X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": stamp(s.config.Clock.Now().Unix() + int64(rule.RetryAfter))}
			}
			answer.Write(w)
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
	answer := s.admit(w, r, serve)
	if err := s.journal.Flush(); err != nil {
		answer = refusal(http.StatusInternalServerError, "", "the state could not be kept")
	}
	if lost {
		stage.Cut(w)
		return
	}
	answer.Write(w)
}

func (s *Server) admit(w http.ResponseWriter, r *http.Request, serve func(*http.Request, []byte) stage.Answer) stage.Answer {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || key == "" || s.config.Key != "" && subtle.ConstantTimeCompare([]byte(key), []byte(s.config.Key)) != 1 {
		return refusal(http.StatusUnauthorized, "", "The provided authorization grant is invalid, expired, or revoked")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return refusal(http.StatusRequestEntityTooLarge, "", "the payload is too large")
	}
	return serve(r, body)
}

// refusal is an error in the vendor's shape.
func refusal(status int, field, message string) stage.Answer {
	var named any
	if field != "" {
		named = field
	}
	return stage.JSON(status, map[string]any{"errors": []any{map[string]any{"message": message, "field": named, "help": nil}}})
}
