package sendgrid

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"prosa/internal/sandbox/stage"
)

// eventCall is a call of the webhook that waits, or was taken.
type eventCall struct {
	ID       string          `json:"id"`
	Kind     string          `json:"kind"`
	Body     json.RawMessage `json:"body"`
	Attempts int             `json:"attempts"`
	Done     bool            `json:"done,omitempty"` // taken, or given up
}

// walk sets a mail on its way; the caller holds the lock.
func (s *Server) walk(m *Mail) {
	email := strings.ToLower(m.To.Email)
	step := s.config.EventDelay
	if list := s.suppression[email]; list != "" {
		m.Outcome = "dropped"
		s.tell(m, "dropped", step, map[string]any{"reason": dropReasons[list]})
		return
	}
	s.tell(m, "processed", step, nil)
	local, _, _ := strings.Cut(email, "@")
	local, _, _ = strings.Cut(local, "+")
	switch local {
	case "bounce":
		m.Outcome = "bounce"
		s.suppress(email, "bounces")
		s.tell(m, "bounce", 2*step, map[string]any{"type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 The email account that you tried to reach does not exist."})
	case "block":
		m.Outcome = "blocked"
		s.tell(m, "bounce", 2*step, map[string]any{"type": "blocked", "status": "4.7.1", "reason": "451 4.7.1 Please try again later"})
	case "defer":
		m.Outcome = "delivered"
		s.tell(m, "deferred", 2*step, map[string]any{"response": "450 4.2.1 mailbox busy", "attempt": "1"})
		s.tell(m, "delivered", 3*step, map[string]any{"response": "250 OK"})
	case "spam", "unsubscribe":
		m.Outcome = "delivered"
		s.tell(m, "delivered", 2*step, map[string]any{"response": "250 OK"})
		kind, list := "spamreport", "spam_reports"
		if local == "unsubscribe" {
			kind, list = "unsubscribe", "global"
		}
		s.suppress(email, list)
		s.tell(m, kind, 3*step, nil)
	default:
		m.Outcome = "delivered"
		s.tell(m, "delivered", 2*step, map[string]any{"response": "250 OK"})
	}
}

var dropReasons = map[string]string{
	"bounces": "Bounced Address", "spam_reports": "Spam Reporting Address", "global": "Unsubscribed Address", "invalid_emails": "Invalid", "blocks": "Bounced Address",
}

func (s *Server) suppress(email, list string) {
	s.suppression[email] = list
	s.journal.Put(suppressPrefix+email, list)
}

// tell makes an event and sets it on its way; the caller holds the lock. Custom
// arguments stand beside its fields. Source: "Event Webhook Reference".
func (s *Server) tell(m *Mail, kind string, after time.Duration, more map[string]any) {
	if s.webhookURL == "" {
		return
	}
	e := map[string]any{}
	for name, value := range m.CustomArgs {
		e[name] = value
	}
	for name, value := range more {
		e[name] = value
	}
	e["email"], e["event"], e["timestamp"] = m.To.Email, kind, s.config.Clock.Now().Add(after).Unix()
	e["sg_event_id"], e["sg_message_id"] = s.newID("ev"), m.ID+".recvd-sandbox-1-0.0"
	body, err := json.Marshal([]any{e})
	if err != nil {
		return // made of texts alone
	}
	c := &eventCall{ID: s.newID(""), Kind: kind, Body: body}
	copies := 1
	for _, rule := range s.rules.Match(stage.Call{On: "webhook", Kinds: []string{kind}}) {
		switch rule.Do {
		case stage.DoDrop:
			return
		case stage.DoDuplicate:
			copies = 2
		case stage.DoDelay:
			after += time.Duration(rule.DelayMS) * time.Millisecond
		}
	}
	s.calls[c.ID] = c
	s.journal.Put(callPrefix+c.ID, c)
	for range copies {
		s.timers.After(after, func() { s.post(c) })
	}
}

// post starts one attempt.
func (s *Server) post(c *eventCall) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.webhookURL == "" || s.running.Err() != nil {
		return
	}
	ctx, address := s.running, s.webhookURL
	s.posting.Go(func() {
		// As the vendor's, a body ends in CRLF, and that is signed too.
		body := append(append([]byte{}, c.Body...), '\r', '\n')
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
		status := 0
		if err == nil {
			err = s.sign(request, body)
		}
		if err == nil {
			var response *http.Response
			if response, err = s.client.Do(request); err == nil {
				status = response.StatusCode
				_ = response.Body.Close()
			}
		}
		if err != nil {
			s.config.Logger.WarnContext(ctx, "an event could not be posted", "error", err)
		}
		s.outcome(c, status)
	})
}

// sign sets the headers of "Event Webhook Security Features".
func (s *Server) sign(request *http.Request, body []byte) error {
	timestamp := stamp(s.config.Clock.Now().Unix())
	sum := sha256.Sum256(append([]byte(timestamp), body...))
	signature, err := ecdsa.SignASN1(rand.Reader, s.signing, sum[:])
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("User-Agent", "SendGrid Event API")
	request.Header.Set("X-Twilio-Email-Event-Webhook-Signature", base64.StdEncoding.EncodeToString(signature))
	request.Header.Set("X-Twilio-Email-Event-Webhook-Timestamp", timestamp)
	return nil
}

// outcome notes an attempt and plans the next one.
func (s *Server) outcome(c *eventCall, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Attempts++
	switch {
	case status >= 200 && status < 300, c.Attempts > len(s.config.WebhookGaps):
		c.Done = true
		delete(s.calls, c.ID)
		s.journal.Delete(callPrefix + c.ID)
	case !c.Done:
		s.timers.After(s.config.WebhookGaps[c.Attempts-1], func() { s.post(c) })
		s.journal.Put(callPrefix+c.ID, c)
	}
}
