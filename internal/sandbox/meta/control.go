package meta

import (
	"net/http"
	"sort"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// controlRoutes is the control API. Bodies are the types of this package in
// JSON; a POST of something that exists changes the members that it gives.
//
//	GET  POST /_sandbox/apps                          App
//	GET  POST /_sandbox/wabas                         WABA
//	GET  POST /_sandbox/numbers                       Number; makes app and WABA as needed
//	GET  POST /_sandbox/customers                     Customer
//	GET  POST /_sandbox/templates                     Template
//	POST      /_sandbox/templates/{id}/state          TemplateState: what the platform decides, with its webhooks
//	POST      /_sandbox/wabas/{waba}/news             {"field","number","value"}: any webhook about the account or a number
//	POST      /_sandbox/customers/{customer}/actions  Action -> {"message":Message}
//	POST      /_sandbox/customers/{customer}/echoes   Action that the company does in its own phone app -> {"message":Message}
//	POST      /_sandbox/numbers/{number}/history      History: what was said before the number was connected
//	POST      /_sandbox/numbers/{number}/contacts     {"contacts":[BookEntry]}: the phone app's address book
//	GET       /_sandbox/chats/{number}                {"chats":[Chat]}
//	GET       /_sandbox/chats/{number}/{customer}     Transcript
//	POST      /_sandbox/messages/{message}/status     {"status":"read","code":0}
//	GET  PUT  /_sandbox/settings                      Settings
//	GET  POST /_sandbox/faults                        stage.Rule; DELETE removes all
//	DELETE    /_sandbox/faults/{rule}
//	GET       /_sandbox/ledger?after=0                stage.Dump
//	GET       /_sandbox/counts                        stage.Counts
//	GET       /_sandbox/media/{media}                 the bytes, without a token
//	POST      /_sandbox/reset                         forgets everything; {"keep":"accounts"} only chats and the ledger
func (s *Server) controlRoutes() *http.ServeMux {
	mux := http.NewServeMux()
	handle := func(pattern string, serve func(*http.Request) (any, error)) {
		method, _, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			value, err := serve(r)
			if err != nil {
				stage.Failure(err).Write(w)
				return
			}
			status := http.StatusOK
			if method == http.MethodPost {
				status = http.StatusCreated
			}
			stage.JSON(status, value).Write(w)
		})
	}
	handle("GET /_sandbox/apps", func(*http.Request) (any, error) { return map[string]any{"apps": list(s, s.apps)}, nil })
	handle("GET /_sandbox/wabas", func(*http.Request) (any, error) { return map[string]any{"wabas": list(s, s.wabas)}, nil })
	handle("GET /_sandbox/numbers", func(*http.Request) (any, error) { return map[string]any{"numbers": s.Numbers()}, nil })
	handle("GET /_sandbox/customers", func(*http.Request) (any, error) { return map[string]any{"customers": s.Customers()}, nil })
	handle("GET /_sandbox/templates", func(*http.Request) (any, error) { return map[string]any{"templates": list(s, s.templates)}, nil })
	handle("POST /_sandbox/apps", taking(s.PutApp))
	handle("POST /_sandbox/wabas", taking(s.PutWABA))
	handle("POST /_sandbox/numbers", taking(s.PutNumber))
	handle("POST /_sandbox/customers", taking(s.PutCustomer))
	handle("POST /_sandbox/templates", taking(s.PutTemplate))
	handle("POST /_sandbox/customers/{customer}/actions", func(r *http.Request) (any, error) {
		var action Action
		if err := stage.ReadJSON(r, &action); err != nil {
			return nil, err
		}
		message, err := s.Act(r.PathValue("customer"), action)
		return map[string]any{"message": message}, err
	})
	s.companyRoutes(handle)
	handle("GET /_sandbox/chats/{number}", func(r *http.Request) (any, error) {
		return map[string]any{"chats": s.Chats(r.PathValue("number"))}, nil
	})
	handle("GET /_sandbox/chats/{number}/{customer}", func(r *http.Request) (any, error) {
		return s.Transcript(r.PathValue("number"), r.PathValue("customer"))
	})
	handle("POST /_sandbox/messages/{message}/status", func(r *http.Request) (any, error) {
		var wish struct {
			Status string `json:"status"`
			Code   int    `json:"code"`
		}
		if err := stage.ReadJSON(r, &wish); err != nil {
			return nil, err
		}
		return map[string]bool{"ok": true}, s.SetStatus(r.PathValue("message"), wish.Status, wish.Code)
	})
	handle("GET /_sandbox/settings", func(*http.Request) (any, error) { return s.Settings(), nil })
	handle("PUT /_sandbox/settings", func(r *http.Request) (any, error) {
		settings := s.Settings()
		if err := stage.ReadJSON(r, &settings); err != nil {
			return nil, err
		}
		return settings, s.ChangeSettings(settings)
	})
	handle("GET /_sandbox/faults", func(*http.Request) (any, error) { return map[string]any{"faults": s.rules.List()}, nil })
	handle("POST /_sandbox/faults", taking(s.AddFault))
	handle("DELETE /_sandbox/faults", func(*http.Request) (any, error) {
		return map[string]bool{"removed": s.rules.Remove("")}, nil
	})
	handle("DELETE /_sandbox/faults/{rule}", func(r *http.Request) (any, error) {
		if !s.rules.Remove(r.PathValue("rule")) {
			return nil, fault.New(fault.NotFound, "no such rule")
		}
		return map[string]bool{"removed": true}, nil
	})
	handle("GET /_sandbox/ledger", func(r *http.Request) (any, error) {
		after, err := strconv.ParseInt("0"+r.URL.Query().Get("after"), 10, 64)
		if err != nil {
			return nil, fault.OnField("after", "must be the number of a send")
		}
		return s.ledger.Dump(after), nil
	})
	handle("GET /_sandbox/counts", func(*http.Request) (any, error) { return s.ledger.Counts(), nil })
	handle("POST /_sandbox/reset", func(r *http.Request) (any, error) {
		var wish struct {
			Keep string `json:"keep"`
		}
		if err := stage.ReadJSON(r, &wish); err != nil {
			return nil, err
		}
		return map[string]bool{"ok": true}, s.Reset(wish.Keep == "accounts")
	})
	mux.HandleFunc("GET /_sandbox/media/{media}", func(w http.ResponseWriter, r *http.Request) {
		data, kind, err := s.File(r.PathValue("media"))
		if err != nil {
			stage.Failure(err).Write(w)
			return
		}
		stage.Answer{Status: http.StatusOK, Type: kind, Body: data}.Write(w)
	})
	return mux
}

// taking makes a route of a function that takes one JSON value.
func taking[T any](use func(T) (T, error)) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		var value T
		if err := stage.ReadJSON(r, &value); err != nil {
			return nil, err
		}
		return use(value)
	}
}

// list copies a map's values in the order of their keys.
func list[T any](s *Server, from map[string]*T) []T {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := make([]string, 0, len(from))
	for key := range from {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	out := make([]T, 0, len(keys))
	for _, key := range keys {
		out = append(out, *from[key])
	}
	return out
}

// AddFault adds a fault rule.
func (s *Server) AddFault(rule stage.Rule) (stage.Rule, error) { return s.rules.Add(rule) }

// Ledger copies the ledger; sends after the given number only.
func (s *Server) Ledger(after int64) stage.Dump { return s.ledger.Dump(after) }

// Settings gives what can be changed while the server runs.
func (s *Server) Settings() Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settings
}

// ChangeSettings changes what can be changed while the server runs.
func (s *Server) ChangeSettings(settings Settings) error {
	s.mu.Lock()
	s.settings = settings
	s.journal.Put(keySettings, settings)
	s.mu.Unlock()
	return s.journal.Flush()
}

// Reset forgets everything, or only chats and the ledger.
func (s *Server) Reset(keepAccounts bool) error {
	s.timers.Clear()
	s.hooks.clear()
	s.mu.Lock()
	defer s.mu.Unlock()
	apps, wabas, numbers, customers, templates, settings := s.apps, s.wabas, s.numbers, s.customers, s.templates, s.settings
	s.clear()
	s.ledger.Reset()
	if err := s.journal.Reset(); err != nil {
		return err
	}
	s.media.clear() // nothing is left that refers to it
	if !keepAccounts {
		s.rules.Remove("")
	} else {
		s.settings = settings
		s.journal.Put(keySettings, settings)
		restore(s, s.apps, apps, keyApp)
		restore(s, s.wabas, wabas, keyWABA)
		restore(s, s.numbers, numbers, keyNumber)
		restore(s, s.customers, customers, keyCustomer)
		restore(s, s.templates, templates, keyTemplate)
		for _, customer := range customers {
			s.index(customer)
		}
	}
	s.feed.Publish(Change{})
	return s.journal.Flush()
}

func restore[T any](s *Server, into, from map[string]*T, prefix string) {
	for key, value := range from {
		into[key] = value
		s.journal.Put(prefix+key, value)
	}
}
