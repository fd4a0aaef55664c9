package zoho

import (
	"net/http"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// controlRoutes is the control API. Bodies are the types of this package in
// JSON.
//
//	GET  POST /_sandbox/clients         Client; secrets are not shown
//	POST      /_sandbox/codes           Code: a grant code for a client
//	POST      /_sandbox/refresh         Refresh: a refresh token for a client
//	POST      /_sandbox/expire          Ending: access tokens end
//	POST      /_sandbox/revoke          Ending: refresh tokens end
//	GET       /_sandbox/records         Record; ?module=
//	DELETE    /_sandbox/records/{id}    as a person in the CRM would
//	GET  PUT  /_sandbox/fields/{module} []Field
//	GET       /_sandbox/calls           how often each operation was called, and tokens given
//	GET  PUT  /_sandbox/settings        Settings
//	GET  POST /_sandbox/faults          stage.Rule; kinds are token, org, fields, upsert, search, get, update; DELETE removes all
//	DELETE    /_sandbox/faults/{rule}
//	POST      /_sandbox/reset           forgets everything
func (s *Server) controlRoutes() *http.ServeMux {
	mux := http.NewServeMux()
	handle := stage.Control(mux, s.journal)
	handle("GET /_sandbox/clients", func(*http.Request) (any, error) { return object{"clients": s.Clients()}, nil })
	handle("POST /_sandbox/clients", taking(s.PutClient))
	handle("POST /_sandbox/codes", taking(s.NewCode))
	handle("POST /_sandbox/refresh", taking(s.NewRefresh))
	handle("POST /_sandbox/expire", taking(s.Expire))
	handle("POST /_sandbox/revoke", taking(s.Revoke))
	handle("GET /_sandbox/records", func(r *http.Request) (any, error) {
		return object{"records": s.Records(r.URL.Query().Get("module"))}, nil
	})
	handle("DELETE /_sandbox/records/{id}", func(r *http.Request) (any, error) { return object{"removed": true}, s.Remove(r.PathValue("id")) })
	handle("GET /_sandbox/fields/{module}", func(r *http.Request) (any, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return object{"fields": s.fields[r.PathValue("module")]}, nil
	})
	handle("PUT /_sandbox/fields/{module}", func(r *http.Request) (any, error) {
		var fields []Field
		if err := stage.ReadJSON(r, &fields); err != nil {
			return nil, err
		}
		return object{"fields": fields}, s.PutFields(r.PathValue("module"), fields)
	})
	handle("GET /_sandbox/calls", func(*http.Request) (any, error) { return s.Calls(), nil })
	handle("GET /_sandbox/settings", func(*http.Request) (any, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.settings, nil
	})
	handle("PUT /_sandbox/settings", taking(s.Set))
	handle("GET /_sandbox/faults", func(*http.Request) (any, error) { return object{"faults": s.rules.List()}, nil })
	handle("POST /_sandbox/faults", taking(s.rules.Add))
	handle("DELETE /_sandbox/faults", func(*http.Request) (any, error) { return object{"removed": s.rules.Remove("")}, nil })
	handle("DELETE /_sandbox/faults/{rule}", func(r *http.Request) (any, error) {
		if !s.rules.Remove(r.PathValue("rule")) {
			return nil, fault.New(fault.NotFound, "no such rule")
		}
		return object{"removed": true}, nil
	})
	handle("POST /_sandbox/reset", func(*http.Request) (any, error) { return object{"ok": true}, s.Reset() })
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

// Clients lists the clients without their secrets.
func (s *Server) Clients() []Client {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []Client{}
	for id := range s.clients {
		list = append(list, Client{ID: id})
	}
	slices.SortFunc(list, func(a, b Client) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// Records lists what the CRM holds, as it was made; an empty module is all.
func (s *Server) Records(module string) []Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []Record{}
	for _, name := range modules {
		if module != "" && module != name {
			continue
		}
		for _, record := range s.inOrder(name) {
			shown := *record
			shown.Values = object{}
			for key, value := range record.Values {
				shown.Values[key] = value
			}
			list = append(list, shown)
		}
	}
	return list
}

// Remove deletes a record, as a person in the CRM would. Error: fault.NotFound.
func (s *Server) Remove(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.records[id] == nil {
		return fault.New(fault.NotFound, "no such record")
	}
	delete(s.records, id)
	s.journal.Delete(recordPrefix + id)
	return nil
}

// PutFields replaces the fields of a module. Error: fault.NotFound.
func (s *Server) PutFields(module string, fields []Field) error {
	if !slices.Contains(modules, module) {
		return fault.New(fault.NotFound, "no such module")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fields[module] = fields
	s.journal.Put(fieldsPrefix+module, fields)
	return nil
}

// Calls tells how often each operation was called since the start, and how many
// access tokens were given ("tokens") and refused ("throttled").
func (s *Server) Calls() map[string]int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := map[string]int64{}
	for name, n := range s.calls {
		counts[name] = n
	}
	for _, refresh := range s.refreshes {
		counts["tokens"] += refresh.Total
		counts["throttled"] += refresh.Refused
	}
	return counts
}

// Set changes the settings. Error: fault.Invalid.
func (s *Server) Set(settings Settings) (Settings, error) {
	if settings.LatencyMS < 0 {
		return settings, fault.OnField("latency_ms", "must not be negative")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if settings.Organization == "" {
		settings.Organization = s.settings.Organization
	}
	s.settings = settings
	s.journal.Put(settingsKey, settings)
	return settings, nil
}

// Reset forgets everything.
func (s *Server) Reset() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	s.rules.Remove("")
	return s.journal.Reset()
}
