package metacatalog

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"prosa/internal/sandbox/stage"
)

// notice is a webhook that waits, or was taken.
type notice struct {
	ID       string `json:"id"`
	App      string `json:"app"`
	URL      string `json:"url"`
	Body     string `json:"body"` // the same to the last bit at every attempt
	AtMS     int64  `json:"at"`
	Attempts int    `json:"attempts"`
	Done     bool   `json:"done,omitempty"` // taken, or given up
}

// notify tells the app that a batch is over. Source: Webhooks reference, object
// catalog, field items_batch. The caller holds the lock, which is let go of to
// ask who the app is: that may be another simulator's to say.
func (s *Server) notify(b *batch) {
	s.seq++
	s.journal.Put(seqKey, s.seq)
	n := &notice{ID: "hook-" + strconv.FormatInt(s.seq, 10), App: b.App, AtMS: s.now().UnixMilli()}
	body, err := json.Marshal(object{"object": "catalog", "entry": []object{{
		"id": b.Catalog, "time": n.AtMS / 1000,
		"changes": []object{{"field": "items_batch", "value": object{"catalog_id": b.Catalog, "handle": b.Handle, "status": finished}}},
	}}})
	if err != nil {
		return // made of texts and numbers alone
	}
	n.Body = string(body)
	s.notices[n.ID] = n
	s.journal.Put(noticePrefix+n.ID, n)
	s.timers.After(0, func() { s.address(n) })
}

// address finds where a webhook goes, and sends it as the rules want it. An app
// without a callback hears nothing.
func (s *Server) address(n *notice) {
	app, known := s.application(n.App)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !known || app.CallbackURL == "" {
		s.over(n)
		return
	}
	if n.URL == "" {
		n.URL = app.CallbackURL
		s.ledger.Pushed(stage.Push{ID: n.ID, AtMS: n.AtMS, URL: n.URL, Events: []string{n.ID}, Body: n.Body})
	}
	copies, wait := 1, time.Duration(0)
	for _, rule := range s.rules.Match(stage.Call{On: "webhook", Method: http.MethodPost, Path: n.URL, Kinds: []string{"items_batch"}}) {
		switch rule.Do {
		case stage.DoDrop:
			s.over(n)
			s.ledger.Attempted(n.ID, stage.Attempt{}, "dropped")
			return
		case stage.DoDuplicate:
			copies = 2
		case stage.DoDelay:
			wait += time.Duration(rule.DelayMS) * time.Millisecond
		case stage.DoReorder:
			s.held = n
			s.timers.After(reorderWait, func() { s.release(n) }) // nobody may come after it
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

// reorderWait is how long a webhook waits for another one to overtake it.
const reorderWait = 2 * time.Second

// release posts a webhook that no other one overtook.
func (s *Server) release(n *notice) {
	s.mu.Lock()
	waits := s.held == n
	if waits {
		s.held = nil
	}
	s.mu.Unlock()
	if waits {
		s.post(n)
	}
}

// over ends a notice; the caller holds the lock.
func (s *Server) over(n *notice) {
	n.Done = true
	delete(s.notices, n.ID)
	s.journal.Delete(noticePrefix + n.ID)
}

// post starts one attempt.
func (s *Server) post(n *notice) {
	app, known := s.application(n.App)
	s.mu.Lock()
	defer s.mu.Unlock()
	if n.Done || !known || s.running.Err() != nil {
		return
	}
	ctx := s.running
	s.posting.Go(func() {
		start := s.now()
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, n.URL, bytes.NewReader([]byte(n.Body)))
		status := 0
		if err == nil {
			request.Header.Set("Content-Type", "application/json")
			request.Header.Set("User-Agent", "facebookexternalua")
			request.Header.Set("X-Hub-Signature-256", sign(app.Secret, n.Body))
			var response *http.Response
			if response, err = s.client.Do(request); err == nil {
				status = response.StatusCode
				_ = response.Body.Close()
			}
		}
		if ctx.Err() != nil {
			return // we are stopping; it was no failure of theirs
		}
		attempt := stage.Attempt{AtMS: start.UnixMilli(), Status: status, TookMS: s.now().Sub(start).Milliseconds()}
		if err != nil {
			attempt.Error = err.Error()
		}
		s.outcome(n, attempt)
	})
}

// sign gives the value of X-Hub-Signature-256 for a body.
func sign(secret, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// outcome notes an attempt and plans the next one.
func (s *Server) outcome(n *notice, attempt stage.Attempt) {
	s.mu.Lock()
	n.Attempts++
	state := "waiting"
	switch {
	case attempt.Status >= 200 && attempt.Status < 300:
		state = "delivered"
		s.over(n)
	case n.Attempts > len(s.config.WebhookGaps):
		state = "given_up"
		s.over(n)
	default:
		s.timers.After(s.config.WebhookGaps[n.Attempts-1], func() { s.post(n) })
		s.journal.Put(noticePrefix+n.ID, n)
	}
	s.mu.Unlock()
	s.ledger.Attempted(n.ID, attempt, state)
	if err := s.journal.Flush(); err != nil {
		s.config.Logger.Error("sandbox journal", "error", err)
	}
}
