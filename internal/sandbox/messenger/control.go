package messenger

import (
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strconv"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// controlRoutes is the control API. Bodies are the types of this package in
// JSON; a POST of something that exists changes the members that it gives, and
// takes its booleans as they are.
//
//	GET  POST /_sandbox/apps                           App
//	GET  POST /_sandbox/pages                          Page
//	GET  POST /_sandbox/instagrams                     Instagram
//	GET  POST /_sandbox/people                         Person
//	GET       /_sandbox/people/{person}/scoped/{account}  {"id"}: as the account knows the person
//	POST      /_sandbox/people/{person}/actions        Action -> {"message":Message}
//	GET       /_sandbox/chats/{account}                {"chats":[ChatView]}
//	GET       /_sandbox/chats/{account}/{person}       Transcript
//	POST      /_sandbox/messages/{message}/delivered   as the person's app does
//	DELETE    /_sandbox/media/{file}                   its addresses die, as of a deleted story
//	GET       /_sandbox/media/{file}                   the bytes
//	GET  PUT  /_sandbox/settings                       Settings
//	GET  POST /_sandbox/faults                         stage.Rule; DELETE removes all
//	DELETE    /_sandbox/faults/{rule}
//	GET       /_sandbox/ledger?after=0                 stage.Dump
//	GET       /_sandbox/counts                         stage.Counts
//	POST      /_sandbox/reset                          forgets everything; {"keep":"accounts"} only chats and the ledger
func (s *Server) controlRoutes() *http.ServeMux {
	mux := http.NewServeMux()
	handle := stage.Control(mux, s.journal)
	handle("GET /_sandbox/apps", func(*http.Request) (any, error) { return map[string]any{"apps": list(s, s.apps)}, nil })
	handle("GET /_sandbox/pages", func(*http.Request) (any, error) { return map[string]any{"pages": s.Pages()}, nil })
	handle("GET /_sandbox/instagrams", func(*http.Request) (any, error) { return map[string]any{"instagrams": s.Instagrams()}, nil })
	handle("GET /_sandbox/people", func(*http.Request) (any, error) { return map[string]any{"people": s.People()}, nil })
	handle("POST /_sandbox/apps", taking(s.PutApp))
	handle("POST /_sandbox/pages", taking(s.PutPage))
	handle("POST /_sandbox/instagrams", taking(s.PutInstagram))
	handle("POST /_sandbox/people", taking(s.PutPerson))
	handle("GET /_sandbox/people/{person}/scoped/{account}", func(r *http.Request) (any, error) {
		return map[string]string{"id": scopedID(r.PathValue("account"), r.PathValue("person"))}, nil
	})
	handle("POST /_sandbox/people/{person}/actions", func(r *http.Request) (any, error) {
		var action Action
		if err := stage.ReadJSON(r, &action); err != nil {
			return nil, err
		}
		message, err := s.Act(r.PathValue("person"), action)
		return map[string]any{"message": message}, err
	})
	handle("GET /_sandbox/chats/{account}", func(r *http.Request) (any, error) {
		return map[string]any{"chats": s.Chats(r.PathValue("account"))}, nil
	})
	handle("GET /_sandbox/chats/{account}/{person}", func(r *http.Request) (any, error) {
		return s.Transcript(r.PathValue("account"), r.PathValue("person"))
	})
	handle("POST /_sandbox/messages/{message}/delivered", func(r *http.Request) (any, error) {
		s.deliver(r.PathValue("message"))
		return s.Message(r.PathValue("message"))
	})
	handle("DELETE /_sandbox/media/{file}", func(r *http.Request) (any, error) {
		return map[string]bool{"removed": true}, s.Expire(r.PathValue("file"))
	})
	handle("GET /_sandbox/settings", func(*http.Request) (any, error) { return s.Settings(), nil })
	handle("PUT /_sandbox/settings", func(r *http.Request) (any, error) {
		settings := s.Settings()
		if err := stage.ReadJSON(r, &settings); err != nil {
			return nil, err
		}
		s.ChangeSettings(settings)
		return settings, nil
	})
	handle("GET /_sandbox/faults", func(*http.Request) (any, error) { return map[string]any{"faults": s.rules.List()}, nil })
	handle("POST /_sandbox/faults", taking(s.rules.Add))
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
	mux.HandleFunc("GET /_sandbox/media/{file}", func(w http.ResponseWriter, r *http.Request) {
		data, kind, err := s.File(r.PathValue("file"))
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

// Pages lists the pages by their ids.
func (s *Server) Pages() []Page { return list(s, s.pages) }

// Instagrams lists the Instagram accounts by their ids.
func (s *Server) Instagrams() []Instagram { return list(s, s.instagrams) }

// People lists the people by their ids.
func (s *Server) People() []Person { return list(s, s.people) }

// PutApp makes an app or changes the members that are given.
func (s *Server) PutApp(app App) (App, error) {
	if !digitsOnly(app.ID) {
		return App{}, fault.OnField("app_id", "must be digits")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	next := App{ID: app.ID, Secret: hashDigits("secret"+app.ID, 19)}
	if kept := s.apps[app.ID]; kept != nil {
		next = *kept
	}
	next = next.copy()
	next.Secret, next.VerifyToken, next.Name = or(app.Secret, next.Secret), or(app.VerifyToken, next.VerifyToken), or(app.Name, next.Name)
	for object, address := range app.Callbacks {
		if fieldsOf[object] == nil {
			return App{}, fault.OnField("callback_urls", "an object is page or instagram")
		}
		next.Callbacks[object] = address
	}
	for object, fields := range app.Fields {
		for _, field := range fields {
			if !slices.Contains(fieldsOf[object], field) {
				return App{}, fault.OnField("fields", "%s has no field %q", object, field)
			}
		}
		next.Fields[object] = fields
	}
	s.apps[app.ID] = &next
	s.journal.Put(keyApp+app.ID, next)
	return next, s.settle()
}

// settle tells the watchers of a change to people or accounts.
func (s *Server) settle() error {
	err := s.journal.Flush()
	s.feed.Publish(Change{})
	return err
}

// appOf checks that an app exists, or takes the only one; the caller holds the
// lock.
func (s *Server) appOf(id string) (string, error) {
	if id == "" && len(s.apps) == 1 {
		for only := range s.apps {
			return only, nil
		}
	}
	if s.apps[id] == nil {
		return "", fault.OnField("app_id", "name an app that exists")
	}
	return id, nil
}

// PutPage makes a page or changes the members that are given. A new one gets a
// token.
func (s *Server) PutPage(page Page) (Page, error) {
	if !digitsOnly(page.ID) {
		return Page{}, fault.OnField("page_id", "must be digits")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	next := Page{ID: page.ID, Token: "EAAsandbox" + hashDigits("token"+page.ID, 19)}
	if kept := s.pages[page.ID]; kept != nil {
		next = *kept
	}
	var err error
	if next.App, err = s.appOf(or(page.App, next.App)); err != nil {
		return Page{}, err
	}
	next.Name, next.Token = or(page.Name, next.Name, "Página "+page.ID), or(page.Token, next.Token)
	next.TokenState, next.NoHumanAgent, next.Blocked = page.TokenState, page.NoHumanAgent, page.Blocked
	if page.Subscriptions != nil {
		next.Subscriptions = page.Subscriptions
	}
	if page.Profile != nil {
		next.Profile = page.Profile
	}
	s.pages[page.ID] = &next
	s.journal.Put(keyPage+page.ID, next)
	s.reindex()
	return next, s.settle()
}

// PutInstagram makes an Instagram account or changes the members that are given.
// One of the login flavour gets a token of its own.
func (s *Server) PutInstagram(ig Instagram) (Instagram, error) {
	if !digitsOnly(ig.ID) {
		return Instagram{}, fault.OnField("instagram_id", "must be digits")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	next := Instagram{ID: ig.ID, ScopedID: hashDigits("instagram"+ig.ID, 16), TokenIssuedMS: s.now().UnixMilli()}
	if kept := s.instagrams[ig.ID]; kept != nil {
		next = *kept
	}
	next.Flavour, next.Page = or(ig.Flavour, next.Flavour), or(ig.Page, next.Page)
	next.User = or(ig.User, next.User, "loja."+ig.ID)
	next.Name, next.ScopedID = or(ig.Name, next.Name, next.User), or(ig.ScopedID, next.ScopedID)
	next.TokenState, next.NoHumanAgent, next.Blocked = ig.TokenState, ig.NoHumanAgent, ig.Blocked
	if ig.TokenIssuedMS != 0 {
		next.TokenIssuedMS = ig.TokenIssuedMS
	}
	if ig.Subscriptions != nil {
		next.Subscriptions = ig.Subscriptions
	}
	var err error
	switch next.Flavour {
	case FlavourPage:
		page := s.pages[next.Page]
		if page == nil {
			return Instagram{}, fault.OnField("page_id", "name a page that exists")
		}
		next.App = page.App
	case FlavourLogin:
		if next.App, err = s.appOf(or(ig.App, next.App)); err != nil {
			return Instagram{}, err
		}
		next.Page = ""
		next.Token = or(ig.Token, next.Token, "IGAAsandbox"+hashDigits("token"+ig.ID, 19))
	default:
		return Instagram{}, fault.OnField("flavour", "must be page or login")
	}
	s.instagrams[ig.ID] = &next
	s.journal.Put(keyInstagram+ig.ID, next)
	s.reindex()
	return next, s.settle()
}

// PutPerson makes a person or changes the members that are given.
func (s *Server) PutPerson(person Person) (Person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if person.ID == "" {
		for n := len(s.people) + 1; person.ID == "" || s.people[person.ID] != nil; n++ {
			person.ID = fmt.Sprintf("p%d", n)
		}
	}
	next := Person{ID: person.ID}
	if kept := s.people[person.ID]; kept != nil {
		next = *kept
	}
	next.Name, next.Username = or(person.Name, next.Name), or(person.Username, next.Username)
	next.Phone, next.Email = or(person.Phone, next.Phone), or(person.Email, next.Email)
	next.NoReceipts, next.NoProfile = person.NoReceipts, person.NoProfile
	if person.Apps != nil {
		next.Apps = person.Apps
	}
	if next.Name == "" {
		return Person{}, fault.OnField("name", "must not be empty")
	}
	s.people[next.ID] = &next
	s.journal.Put(keyPerson+next.ID, next)
	for id := range s.pages {
		s.index(id, next.ID)
	}
	for id := range s.instagrams {
		s.index(id, next.ID)
	}
	return next, s.settle()
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
func (s *Server) ChangeSettings(settings Settings) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settings = settings
	s.journal.Put(keySettings, settings)
}

// Reset forgets everything, or only chats and the ledger.
func (s *Server) Reset(keepAccounts bool) error {
	s.timers.Clear()
	s.hooks.clear()
	s.mu.Lock()
	defer s.mu.Unlock()
	apps, pages, instagrams, people, settings := s.apps, s.pages, s.instagrams, s.people, s.settings
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
		restore(s, s.pages, pages, keyPage)
		restore(s, s.instagrams, instagrams, keyInstagram)
		restore(s, s.people, people, keyPerson)
		s.reindex()
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
