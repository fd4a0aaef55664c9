package meta

import (
	"math"
	"net/http"

	"prosa/internal/sandbox/stage"
)

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
func (s *Server) Transcript(number, customer string) (Transcript, error) {
	view, err := s.View(number, customer)
	if err != nil {
		return Transcript{}, err
	}
	messages, _, err := s.Messages(number, customer, "", math.MaxInt32)
	if err != nil {
		return Transcript{}, err
	}
	out := Transcript{Chat: view, Lines: make([]Line, 0, len(messages))}
	for _, message := range messages {
		out.Lines = append(out.Lines, Line{Message: message, Exchanges: s.Exchanges(message)})
	}
	return out, nil
}

// Exchanges gives the Graph call behind an outbound message and every attempt
// of the webhooks that carried the message or its statuses.
func (s *Server) Exchanges(message Message) []stage.Exchange {
	out := []stage.Exchange{}
	if message.Exchange != nil {
		out = append(out, *message.Exchange)
	}
	s.mu.Lock()
	secret := ""
	if number := s.numbers[message.Number]; number != nil && s.apps[number.App] != nil {
		secret = s.apps[number.App].Secret
	}
	s.mu.Unlock()
	for _, id := range message.Webhooks {
		push, ok := s.ledger.Push(id)
		if !ok {
			continue
		}
		base := stage.Exchange{
			AtMS: push.AtMS, Method: http.MethodPost, URL: push.URL, RequestBody: stage.Clip([]byte(push.Body)),
			RequestHeaders: map[string]string{
				"Content-Type": "application/json", "User-Agent": "facebookexternalua",
				"X-Hub-Signature-256": Sign(secret, []byte(push.Body)),
			},
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
