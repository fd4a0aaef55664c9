package messenger

import (
	"net/http"
	"slices"
	"sort"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// ChatView is a chat as a person's app shows it.
type ChatView struct {
	Chat
	WindowUntilMS int64    `json:"window_until,omitempty"`
	TypingUntilMS int64    `json:"typing_until,omitempty"`
	Unread        int      `json:"unread"` // by the person
	Last          *Message `json:"last,omitempty"`
	// GetStarted: the app shows the button that begins the conversation.
	GetStarted bool `json:"get_started,omitempty"`
}

// View gives a chat, begun or not.
func (s *Server) View(account, person string) (ChatView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, who, _, err := s.meet(account, person)
	if err != nil {
		return ChatView{}, err
	}
	return s.view(a, s.chat(a.id, who.ID)), nil
}

// view draws a chat; the caller holds the lock.
func (s *Server) view(a seat, chat *Chat) ChatView {
	v := ChatView{
		Chat:          Chat{Account: chat.Account, Person: chat.Person, LastActionMS: chat.LastActionMS, Blocked: chat.Blocked, Owner: chat.Owner, Started: chat.Started, Topics: chat.Topics},
		WindowUntilMS: chat.windowUntilMS(), TypingUntilMS: chat.typingUntilMS, GetStarted: !a.instagram() && !chat.Started && len(chat.messages) == 0,
	}
	for _, message := range chat.messages {
		if message.Dir == Outbound && message.Status != "read" {
			v.Unread++
		}
	}
	if n := len(chat.messages); n > 0 {
		last := *chat.messages[n-1]
		v.Last = &last
	}
	return v
}

// Chats lists the chats of an account that have messages, newest first.
func (s *Server) Chats(account string) []ChatView {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []ChatView{}
	a, _ := s.seat(account)
	for _, chat := range s.chats {
		if chat.Account == account && len(chat.messages) > 0 {
			out = append(out, s.view(a, chat))
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Last.Seq > out[j].Last.Seq })
	return out
}

// Messages gives up to limit messages of a chat before the message of the given
// id (empty: the newest), oldest first, and whether there are older ones.
func (s *Server) Messages(account, person, before string, limit int) ([]Message, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _, chat, err := s.meet(account, person)
	if err != nil {
		return nil, false, err
	}
	end := len(chat.messages)
	if before != "" {
		end = slices.IndexFunc(chat.messages, func(m *Message) bool { return m.ID == before })
		if end < 0 {
			return nil, false, fault.New(fault.NotFound, "no such message in this chat")
		}
	}
	start := max(0, end-limit)
	out := make([]Message, 0, end-start)
	for _, message := range chat.messages[start:end] {
		out = append(out, *message)
	}
	return out, start > 0, nil
}

// Message gives a message.
func (s *Server) Message(id string) (Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	message := s.messages[id]
	if message == nil {
		return Message{}, fault.New(fault.NotFound, "no such message")
	}
	return *message, nil
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
func (s *Server) Transcript(account, person string) (Transcript, error) {
	view, err := s.View(account, person)
	if err != nil {
		return Transcript{}, err
	}
	messages, _, err := s.Messages(account, person, "", 1<<30)
	if err != nil {
		return Transcript{}, err
	}
	out := Transcript{Chat: view, Lines: make([]Line, 0, len(messages))}
	for _, message := range messages {
		out.Lines = append(out.Lines, Line{Message: message, Exchanges: s.Exchanges(message)})
	}
	return out, nil
}

// Exchanges gives the Graph call behind an outbound message and every attempt of
// the webhooks that carried the message or news of it.
func (s *Server) Exchanges(message Message) []stage.Exchange {
	out := []stage.Exchange{}
	if message.Exchange != nil {
		out = append(out, *message.Exchange)
	}
	s.mu.Lock()
	secret := ""
	if a, _ := s.seat(message.Account); s.apps[a.app] != nil {
		secret = s.apps[a.app].Secret
	}
	s.mu.Unlock()
	for _, id := range message.Webhooks {
		push, ok := s.ledger.Push(id)
		if !ok {
			continue
		}
		base := stage.Exchange{
			AtMS: push.AtMS, Method: http.MethodPost, URL: push.URL, RequestBody: stage.Clip([]byte(push.Body)),
			RequestHeaders: map[string]string{"Content-Type": "application/json", "X-Hub-Signature-256": Sign(secret, []byte(push.Body))},
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
