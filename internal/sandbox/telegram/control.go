package telegram

import (
	"math"
	"net/http"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// controlRoutes is the control API. Bodies are the types of this package in
// JSON; a POST of something that exists changes the members that it gives.
//
//	GET  POST /_sandbox/bots                   Bot
//	GET  POST /_sandbox/users                  User
//	POST      /_sandbox/users/{user}/actions   Action -> {"message":Message}
//	POST      /_sandbox/users/{user}/photo     {"bytes","mime"}: the profile picture -> User
//	GET  POST /_sandbox/connections            Connection (Telegram Business)
//	GET       /_sandbox/chats/{bot}/{user}     Transcript; ?connection= that of a business chat
//	GET  PUT  /_sandbox/settings               Settings
//	GET  POST /_sandbox/faults                 stage.Rule; DELETE removes all
//	DELETE    /_sandbox/faults/{rule}
//	GET       /_sandbox/ledger?after=0         stage.Dump
//	GET       /_sandbox/counts                 stage.Counts
//	POST      /_sandbox/reset                  forgets everything; {"keep":"accounts"} only chats and the ledger
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
	handle("GET /_sandbox/bots", func(*http.Request) (any, error) { return map[string]any{"bots": s.Bots()}, nil })
	handle("GET /_sandbox/users", func(*http.Request) (any, error) { return map[string]any{"users": s.Users()}, nil })
	handle("POST /_sandbox/bots", taking(s.PutBot))
	handle("POST /_sandbox/users", taking(s.PutUser))
	handle("POST /_sandbox/users/{user}/actions", func(r *http.Request) (any, error) {
		user, err := number(r, "user")
		if err != nil {
			return nil, err
		}
		var action Action
		if err := stage.ReadJSON(r, &action); err != nil {
			return nil, err
		}
		message, err := s.Act(user, action)
		return map[string]any{"message": message}, err
	})
	handle("POST /_sandbox/users/{user}/photo", func(r *http.Request) (any, error) {
		user, err := number(r, "user")
		if err != nil {
			return nil, err
		}
		var picture struct {
			Bytes []byte `json:"bytes"`
			MIME  string `json:"mime"`
		}
		if err := stage.ReadJSON(r, &picture); err != nil {
			return nil, err
		}
		return s.PutPhoto(user, picture.Bytes, picture.MIME)
	})
	handle("GET /_sandbox/connections", func(*http.Request) (any, error) { return map[string]any{"connections": s.Connections()}, nil })
	handle("POST /_sandbox/connections", taking(s.PutConnection))
	handle("GET /_sandbox/chats/{bot}/{user}", func(r *http.Request) (any, error) {
		bot, err := number(r, "bot")
		if err != nil {
			return nil, err
		}
		user, err := number(r, "user")
		if err != nil {
			return nil, err
		}
		return s.transcript(bot, user, r.URL.Query().Get("connection"))
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
	return mux
}

func number(r *http.Request, name string) (int64, error) {
	n, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil {
		return 0, fault.OnField(name, "must be a number")
	}
	return n, nil
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

// Line is a message of a transcript with the exchanges behind it.
type Line struct {
	Message
	Exchanges []stage.Exchange `json:"exchanges"`
}

// Transcript is a whole chat.
type Transcript struct {
	Chat  ChatView `json:"chat"`
	Lines []Line   `json:"messages"`
}

// Transcript gives a chat with all that was on the wire for it.
func (s *Server) Transcript(bot, user int64) (Transcript, error) { return s.transcript(bot, user, "") }

func (s *Server) transcript(bot, user int64, connection string) (Transcript, error) {
	view, err := s.view(bot, user, connection)
	if err != nil {
		return Transcript{}, err
	}
	messages, _, err := s.messagesOf(bot, user, connection, "", math.MaxInt32)
	if err != nil {
		return Transcript{}, err
	}
	out := Transcript{Chat: view, Lines: make([]Line, 0, len(messages))}
	for _, message := range messages {
		out.Lines = append(out.Lines, Line{Message: message, Exchanges: s.Exchanges(message)})
	}
	return out, nil
}

// Reset forgets everything, or only chats and the ledger. Message and update
// ids go on where they were when accounts are kept, as a bot expects.
func (s *Server) Reset(keepAccounts bool) error {
	s.timers.Clear()
	s.courier.clear()
	s.mu.Lock()
	defer s.mu.Unlock()
	bots, users, chats, counters, settings, connections := s.bots, s.users, s.chats, s.updateIDs, s.settings, s.connections
	s.clear()
	s.ledger.Reset()
	if err := s.journal.Reset(); err != nil {
		return err
	}
	if !keepAccounts {
		s.rules.Remove("")
		s.files.clear() // nothing is left that refers to it
	} else {
		kept := map[string]bool{}
		for _, user := range users {
			kept[user.Photo] = true
		}
		s.files.clearBut(kept)
		for _, f := range s.files.all() {
			s.journal.Put(keyFile+f.ID, f)
		}
		s.bots, s.users, s.updateIDs, s.settings, s.connections = bots, users, counters, settings, connections
		for _, connection := range connections {
			s.saveConnection(connection)
		}
		s.journal.Put(keySettings, settings)
		for _, bot := range bots {
			s.saveBot(bot)
		}
		for _, user := range users {
			s.saveUser(user)
		}
		for _, old := range chats {
			chat := s.chatIn(old.Bot, old.User, old.Connection)
			chat.LastID = old.LastID
			s.saveChat(chat)
		}
		for id, last := range counters {
			s.journal.Put(keyCounter+strconv.FormatInt(id, 10), last)
		}
	}
	s.feed.Publish(Change{})
	return s.journal.Flush()
}
