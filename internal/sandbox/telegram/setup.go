package telegram

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// hashID derives a long decimal id from text.
func hashID(text string) string {
	sum := sha256.Sum256([]byte(text))
	return strconv.FormatUint(binary.BigEndian.Uint64(sum[:8])|1<<62, 10)
}

func or(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// PutBot makes a bot or changes the members that are given. A bot is known by
// its token; without one, a token is made up from the username.
func (s *Server) PutBot(bot Bot) (Bot, error) {
	bot.Username = strings.TrimPrefix(bot.Username, "@")
	if bot.Token == "" {
		if bot.Username == "" {
			return Bot{}, fault.OnField("username", "give a token or a username")
		}
		seed := hashID("bot" + bot.Username)
		bot.Token = seed[:10] + ":AA" + hashID("a" + seed)[:16] + hashID("b" + seed)[:17]
	}
	form := tokenForm.FindStringSubmatch(bot.Token)
	if form == nil {
		return Bot{}, fault.OnField("token", "must look like 123456789:AAF...")
	}
	id, err := strconv.ParseInt(form[1], 10, 64)
	if err != nil {
		return Bot{}, fault.OnField("token", "starts with a number that is too large")
	}
	s.mu.Lock()
	kept := s.bots[id]
	if kept == nil {
		kept = &Bot{ID: id, MaxConnections: 40}
		s.bots[id] = kept
	}
	kept.Token = bot.Token
	kept.Username = or(bot.Username, kept.Username, fmt.Sprintf("bot%d_bot", id))
	kept.Name = or(bot.Name, kept.Name, kept.Username)
	s.saveBot(kept)
	out := *kept
	s.mu.Unlock()
	return out, s.settle()
}

// PutUser makes a person or changes the members that are given. A person is
// known by id, else by telephone number, else by username.
func (s *Server) PutUser(user User) (User, error) {
	if user.FirstName == "" {
		return User{}, fault.OnField("first_name", "must not be empty")
	}
	user.Username = strings.TrimPrefix(user.Username, "@")
	user.Phone = strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, user.Phone)
	s.mu.Lock()
	kept := s.users[user.ID]
	for _, known := range s.users {
		if kept == nil && user.ID == 0 && (user.Phone != "" && known.Phone == user.Phone || user.Phone == "" && user.Username != "" && known.Username == user.Username) {
			kept = known
		}
	}
	if kept == nil {
		if user.ID == 0 {
			id, _ := strconv.ParseInt(hashID("user" + or(user.Phone, user.Username, fmt.Sprint(len(s.users))))[:10], 10, 64)
			user.ID = id
		}
		if user.ID < 0 || user.ID >= 1<<52 {
			s.mu.Unlock()
			return User{}, fault.OnField("id", "must be positive and below 2^52")
		}
		kept = &User{ID: user.ID}
		s.users[kept.ID] = kept
	}
	kept.FirstName, kept.Deactivated = user.FirstName, user.Deactivated
	kept.Photo = or(user.Photo, kept.Photo)
	kept.LastName, kept.Username = or(user.LastName, kept.LastName), or(user.Username, kept.Username)
	kept.Language, kept.Phone = or(user.Language, kept.Language, "pt-br"), or(user.Phone, kept.Phone)
	s.saveUser(kept)
	out := *kept
	s.mu.Unlock()
	return out, s.settle()
}

func (s *Server) settle() error {
	if err := s.journal.Flush(); err != nil {
		return err
	}
	s.feed.Publish(Change{})
	return nil
}

// Bots gives the bots in the order of their ids.
func (s *Server) Bots() []Bot {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Bot, 0, len(s.bots))
	for _, bot := range s.bots {
		out = append(out, *bot)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// Users gives the people in the order of their ids.
func (s *Server) Users() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]User, 0, len(s.users))
	for _, user := range s.users {
		out = append(out, *user)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// ChatView is what a telephone shows of a chat in its list.
type ChatView struct {
	Bot           int64    `json:"bot"`
	User          int64    `json:"user"`
	AtMS          int64    `json:"at"` // of the last message
	Last          *Message `json:"last,omitempty"`
	Unread        int      `json:"unread"` // by the person
	Started       bool     `json:"started"`
	Blocked       bool     `json:"blocked,omitempty"`
	Keyboard      *Markup  `json:"keyboard,omitempty"`
	TypingUntilMS int64    `json:"typing_until,omitempty"`
}

// View gives one chat, also one that has no message yet.
func (s *Server) View(bot, user int64) (ChatView, error) { return s.view(bot, user, "") }

func (s *Server) view(bot, user int64, connection string) (ChatView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bots[bot] == nil || s.users[user] == nil {
		return ChatView{}, fault.New(fault.NotFound, "no such bot or person")
	}
	chat := s.chats[(&Chat{Bot: bot, User: user, Connection: connection}).key()]
	if chat == nil {
		return ChatView{Bot: bot, User: user}, nil
	}
	view := ChatView{
		Bot: bot, User: user, Started: chat.Started, Blocked: chat.Blocked, Keyboard: chat.Keyboard, TypingUntilMS: chat.typingUntilMS,
	}
	for _, message := range chat.messages {
		if message.Dir == Outbound && message.Seq > chat.ReadSeq && !message.Deleted {
			view.Unread++
		}
	}
	if n := len(chat.messages); n > 0 {
		last := *chat.messages[n-1]
		view.Last, view.AtMS = &last, last.AtMS
	}
	return view, nil
}

// Messages gives a chat's messages, oldest first, from the one before `before`
// (a message key, empty for the end) back, at most limit.
func (s *Server) Messages(bot, user int64, before string, limit int) (messages []Message, more bool, err error) {
	return s.messagesOf(bot, user, "", before, limit)
}

func (s *Server) messagesOf(bot, user int64, connection, before string, limit int) (messages []Message, more bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	chat := s.chats[(&Chat{Bot: bot, User: user, Connection: connection}).key()]
	if chat == nil {
		return []Message{}, false, nil
	}
	end := len(chat.messages)
	if before != "" {
		place := s.messages[before]
		if place == nil {
			return nil, false, fault.New(fault.NotFound, "no such message")
		}
		end = sort.Search(len(chat.messages), func(i int) bool { return chat.messages[i].Seq >= place.Seq })
	}
	start := max(0, end-limit)
	messages = []Message{}
	for _, message := range chat.messages[start:end] {
		messages = append(messages, *message)
	}
	return messages, start > 0, nil
}

// Message gives one message by its key.
func (s *Server) Message(key string) (Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	message := s.messages[key]
	if message == nil {
		return Message{}, fault.New(fault.NotFound, "no such message")
	}
	return *message, nil
}

// Exchanges gives the call behind an outbound message and every attempt of the
// webhooks that carried the message.
func (s *Server) Exchanges(message Message) []stage.Exchange {
	out := []stage.Exchange{}
	if message.Exchange != nil {
		out = append(out, *message.Exchange)
	}
	for _, id := range message.Updates {
		push, ok := s.ledger.Push(id)
		if !ok {
			continue
		}
		base := stage.Exchange{
			AtMS: push.AtMS, Method: "POST", URL: push.URL, RequestBody: stage.Clip([]byte(push.Body)),
			RequestHeaders: map[string]string{"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": "***"},
		}
		if len(push.Attempts) == 0 {
			base.Error = push.State
			out = append(out, base)
		}
		for i, attempt := range push.Attempts {
			try := base
			try.Attempt, try.AtMS, try.Status, try.Error, try.TookMS = i+1, attempt.AtMS, attempt.Status, attempt.Error, attempt.TookMS
			out = append(out, try)
		}
	}
	return out
}
