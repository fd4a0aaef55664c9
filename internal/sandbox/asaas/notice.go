package asaas

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"

	"prosa/internal/sandbox/stage"
)

// notice is a callback that waits, or was taken.
type notice struct {
	ID       string          `json:"id"`
	Event    string          `json:"event"`
	Payment  string          `json:"payment"`
	Body     json.RawMessage `json:"body"`
	AtMS     int64           `json:"at"`
	Attempts int             `json:"attempts"`
	Done     bool            `json:"done,omitempty"` // taken, or given up
}

// tell makes a callback about a payment and sets it on its way; the caller holds
// the lock.
func (s *Server) tell(event string, p *Payment) {
	if s.account.WebhookURL == "" {
		return
	}
	n := &notice{ID: s.newID("evt"), Event: event, Payment: p.ID, AtMS: s.now().UnixMilli()}
	body, err := json.Marshal(object{"id": n.ID, "event": event, "dateCreated": s.now().Format(time.DateTime), "payment": s.paymentView(p)})
	if err != nil {
		return // made of texts and numbers alone
	}
	n.Body = body
	s.notices[n.ID] = n
	s.journal.Put(noticePrefix+n.ID, n)
	s.send(n)
}

// send posts a notice as the rules want it; the caller holds the lock.
func (s *Server) send(n *notice) {
	copies, wait := 1, time.Duration(0)
	for _, rule := range s.rules.Match(stage.Call{On: "webhook", Kinds: []string{n.Event}}) {
		switch rule.Do {
		case stage.DoDrop:
			n.Done = true
			s.journal.Put(noticePrefix+n.ID, n)
			return
		case stage.DoDuplicate:
			copies = 2
		case stage.DoDelay:
			wait += time.Duration(rule.DelayMS) * time.Millisecond
		case stage.DoReorder:
			s.held = n
			return
		}
	}
	for range copies {
		s.timers.After(wait, func() { s.post(n) })
	}
	if before := s.held; before != nil {
		s.held = nil
		s.timers.After(wait, func() { s.post(before) })
	}
}

// post starts one attempt.
func (s *Server) post(n *notice) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n.Done || s.running.Err() != nil {
		return
	}
	target, token, ctx := s.account.WebhookURL, s.account.Token, s.running
	s.posting.Go(func() {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(n.Body))
		status := 0
		if err == nil {
			request.Header.Set("Content-Type", "application/json;charset=UTF-8")
			request.Header.Set("User-Agent", "Java/1.8.0_282")
			request.Header.Set("asaas-access-token", token)
			var response *http.Response
			if response, err = s.client.Do(request); err == nil {
				status = response.StatusCode
				_ = response.Body.Close()
			}
		}
		s.outcome(n, status)
	})
}

// outcome notes an attempt and plans the next one. Any 2xx takes it.
func (s *Server) outcome(n *notice, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n.Attempts++
	switch {
	case status >= 200 && status < 300, n.Attempts > len(s.config.WebhookGaps):
		n.Done = true
	default:
		s.timers.After(s.config.WebhookGaps[n.Attempts-1], func() { s.post(n) })
	}
	s.journal.Put(noticePrefix+n.ID, n)
}
