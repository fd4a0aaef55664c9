package stripe

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	"prosa/internal/sandbox/stage"
)

// event is what happened, with the object as it was then.
type event struct {
	ID       string          `json:"id"`
	Type     string          `json:"type"`
	Body     json.RawMessage `json:"body"`
	URL      string          `json:"url"`
	AtMS     int64           `json:"at"`
	Attempts int             `json:"attempts"`
	Done     bool            `json:"done,omitempty"` // taken, given up, or sent nowhere
}

// emit notes an event and sets it on its way; the caller holds the lock.
func (s *Server) emit(kind string, about object) {
	e := &event{ID: s.newID("evt_"), Type: kind, URL: s.state.WebhookURL, AtMS: s.now().UnixMilli()}
	body, err := json.Marshal(object{
		"id": e.ID, "object": "event", "api_version": apiVersion, "type": kind, "created": s.now().Unix(), "livemode": false, "pending_webhooks": 1,
		"data": object{"object": about}, "request": object{"id": nil, "idempotency_key": nil},
	})
	if err != nil {
		s.config.Logger.Error("an event can't be written", "type", kind, "error", err)
		return
	}
	e.Body = body
	e.Done = e.URL == ""
	s.events.put(e.ID, e)
	if e.Done {
		return
	}
	s.ledger.Pushed(stage.Push{ID: e.ID, AtMS: e.AtMS, URL: e.URL, Events: []string{kind}, Body: string(body)})
	s.send(e)
}

// send posts an event as the rules want it; the caller holds the lock.
func (s *Server) send(e *event) {
	copies, wait := 1, time.Duration(0)
	for _, rule := range s.rules.Match(stage.Call{On: "webhook", Kinds: []string{e.Type}}) {
		switch rule.Do {
		case stage.DoDrop:
			e.Done = true
			s.events.put(e.ID, e)
			s.ledger.Attempted(e.ID, stage.Attempt{}, "dropped")
			return
		case stage.DoDuplicate:
			copies = 2
		case stage.DoDelay:
			wait += time.Duration(rule.DelayMS) * time.Millisecond
		case stage.DoReorder:
			s.held = e
			return
		}
	}
	for range copies {
		s.timers.After(wait, func() { s.post(e) })
	}
	if before := s.held; before != nil {
		s.held = nil
		s.timers.After(wait, func() { s.post(before) })
	}
}

// post starts one attempt.
func (s *Server) post(e *event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running.Err() != nil {
		return
	}
	secret, ctx := s.state.WebhookSecret, s.running
	s.posting.Go(func() {
		started := s.config.Clock.Now()
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(e.Body))
		status := 0
		if err == nil {
			request.Header.Set("Content-Type", "application/json; charset=utf-8")
			request.Header.Set("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
			request.Header.Set("Stripe-Signature", sign(started, e.Body, secret))
			var response *http.Response
			if response, err = s.client.Do(request); err == nil {
				status = response.StatusCode
				_ = response.Body.Close()
			}
		}
		attempt := stage.Attempt{AtMS: started.UnixMilli(), Status: status, TookMS: s.config.Clock.Now().Sub(started).Milliseconds()}
		if err != nil {
			attempt.Error = err.Error()
		}
		s.outcome(e, attempt)
	})
}

// outcome notes an attempt and plans the next one: 2xx says that it was taken.
func (s *Server) outcome(e *event, attempt stage.Attempt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.Attempts++
	state := "waiting"
	switch {
	case attempt.Status >= 200 && attempt.Status < 300:
		e.Done, state = true, "delivered"
	case e.Done: // its twin was taken
		state = "delivered"
	case e.Attempts > len(s.config.WebhookGaps):
		e.Done, state = true, "given_up"
	default:
		s.timers.After(s.config.WebhookGaps[e.Attempts-1], func() { s.post(e) })
	}
	s.events.put(e.ID, e)
	s.ledger.Attempted(e.ID, attempt, state)
}

// sign makes the Stripe-Signature of a body. Source: "Verify webhook signatures
// manually".
func sign(at time.Time, body []byte, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte(stamped(at.Unix()) + "."))
	_, _ = mac.Write(body)
	return "t=" + stamped(at.Unix()) + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}
