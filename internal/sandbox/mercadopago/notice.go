package mercadopago

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"prosa/internal/sandbox/stage"
)

// notice is a notification that waits, or was taken.
type notice struct {
	ID       string          `json:"id"`
	Seller   int64           `json:"seller"`
	Kind     string          `json:"kind"` // order, payment
	DataID   string          `json:"data"`
	URL      string          `json:"url"`
	Body     json.RawMessage `json:"body"`
	AtMS     int64           `json:"at"`
	Attempts int             `json:"attempts"`
	Done     bool            `json:"done,omitempty"` // taken, or given up
}

// notify makes a notification and sets it on its way; the caller holds the
// lock. An address of the preference goes before the seller's own. Source:
// "Webhooks": the body names only the id, and the query repeats it.
func (s *Server) notify(sellerID int64, kind, action, dataID, address string) {
	seller := s.sellers[sellerID]
	if address == "" && seller != nil {
		address = seller.WebhookURL
	}
	if seller == nil || address == "" {
		return
	}
	n := &notice{ID: s.newID("NTF"), Seller: sellerID, Kind: kind, DataID: dataID, AtMS: s.now().UnixMilli()}
	target, err := url.Parse(address)
	if err != nil {
		return // checked when it was set
	}
	query := target.Query()
	query.Set("data.id", dataID)
	query.Set("type", kind)
	target.RawQuery = query.Encode()
	n.URL = target.String()
	body, err := json.Marshal(object{
		"action": action, "api_version": "v1", "application_id": "7364289770550796", "data": object{"id": dataID}, "date_created": stamp(n.AtMS),
		"id": n.ID, "live_mode": true, "type": kind, "user_id": stamped(sellerID),
	})
	if err != nil {
		return // made of texts alone
	}
	n.Body = body
	s.notices[n.ID] = n
	s.journal.Put(noticePrefix+n.ID, n)
	s.ledger.Pushed(stage.Push{ID: n.ID, AtMS: n.AtMS, URL: n.URL, Events: []string{dataID}, Body: string(body)})
	s.send(n, kind)
}

// send posts a notice as the rules want it; the caller holds the lock.
func (s *Server) send(n *notice, kind string) {
	copies, wait := 1, time.Duration(0)
	for _, rule := range s.rules.Match(stage.Call{On: "webhook", Account: stamped(n.Seller), Kinds: []string{kind}}) {
		switch rule.Do {
		case stage.DoDrop:
			n.Done = true
			s.journal.Put(noticePrefix+n.ID, n)
			s.ledger.Attempted(n.ID, stage.Attempt{}, "dropped")
			return
		case stage.DoDuplicate:
			copies = 2
		case stage.DoDelay:
			wait += time.Duration(rule.DelayMS) * time.Millisecond
		case stage.DoReorder:
			s.held[n.Seller] = n
			return
		}
	}
	for range copies {
		s.timers.After(wait, func() { s.post(n) })
	}
	if before := s.held[n.Seller]; before != nil {
		delete(s.held, n.Seller)
		s.timers.After(wait, func() { s.post(before) })
	}
}

// post starts one attempt.
func (s *Server) post(n *notice) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seller := s.sellers[n.Seller]
	if n.Done || seller == nil || s.running.Err() != nil {
		return
	}
	secret, ctx := seller.Secret, s.running
	s.posting.Go(func() {
		started := s.now()
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, n.URL, bytes.NewReader(n.Body))
		status := 0
		if err == nil {
			sign(request, n.DataID, secret, s.newID(""), started)
			var response *http.Response
			if response, err = s.client.Do(request); err == nil {
				status = response.StatusCode
				_ = response.Body.Close()
			}
		}
		s.outcome(n, stage.Attempt{AtMS: started.UnixMilli(), Status: status, Error: text(err), TookMS: s.now().Sub(started).Milliseconds()})
	})
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// outcome notes an attempt and plans the next one. Only 200 and 201 say that a
// notification was taken.
func (s *Server) outcome(n *notice, attempt stage.Attempt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n.Attempts++
	taken := attempt.Status == http.StatusOK || attempt.Status == http.StatusCreated
	state := "waiting"
	switch {
	case taken:
		n.Done, state = true, "delivered"
	case n.Attempts > len(s.config.WebhookGaps):
		n.Done, state = true, "given_up"
	default:
		s.timers.After(s.config.WebhookGaps[n.Attempts-1], func() { s.post(n) })
	}
	s.journal.Put(noticePrefix+n.ID, n)
	s.ledger.Attempted(n.ID, attempt, state)
}

// sign sets the headers by which a shop knows the vendor. Source: "Webhooks",
// "Validate the origin".
func sign(request *http.Request, dataID, secret, requestID string, at time.Time) {
	ts := stamped(at.UnixMilli())
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("id:" + strings.ToLower(dataID) + ";request-id:" + requestID + ";ts:" + ts + ";"))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "MercadoPago WebHook v1.0 payment")
	request.Header.Set("X-Request-Id", requestID)
	request.Header.Set("X-Signature", "ts="+ts+",v1="+hex.EncodeToString(mac.Sum(nil)))
}
