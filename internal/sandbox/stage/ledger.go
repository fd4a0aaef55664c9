package stage

import (
	"encoding/json"
	"fmt"
	"sync"

	"prosa/internal/base/fault"
)

// How much a ledger keeps.
const (
	LedgerFull   = "full"   // every send with its payload, every webhook with its body and attempts
	LedgerLight  = "light"  // every send without its payload; webhooks are counted
	LedgerCounts = "counts" // numbers only
)

// Send is a message that the simulator accepted.
type Send struct {
	Seq       int64           `json:"seq"` // 1, 2, 3... in the order of acceptance
	AtMS      int64           `json:"at"`
	Account   string          `json:"account"`   // phone number id, bot id
	Recipient string          `json:"recipient"` // the customer's id in this simulator, or what was asked when unknown
	Kind      string          `json:"kind"`
	Text      string          `json:"text,omitempty"`
	Reference string          `json:"reference,omitempty"` // biz_opaque_callback_data
	ID        string          `json:"id"`                  // the vendor's message id
	Payload   json.RawMessage `json:"payload,omitempty"`
}

// Attempt is one try to deliver a webhook.
type Attempt struct {
	AtMS   int64  `json:"at"`
	Status int    `json:"status,omitempty"` // 0: no answer
	Error  string `json:"error,omitempty"`
	TookMS int64  `json:"ms"`
}

// Push is a webhook with what became of it.
type Push struct {
	ID       string    `json:"id"`
	AtMS     int64     `json:"at"`
	URL      string    `json:"url"`
	Events   []string  `json:"events"` // ids of the messages, statuses or updates inside
	Attempts []Attempt `json:"attempts"`
	State    string    `json:"state"` // waiting, delivered, given_up, dropped
	Body     string    `json:"body,omitempty"`
}

// Counts are the totals of a ledger.
type Counts struct {
	Sends            int64 `json:"sends"`
	Events           int64 `json:"events"`            // events put into webhooks
	Webhooks         int64 `json:"webhooks"`          // webhooks made
	WebhookAttempts  int64 `json:"webhook_attempts"`  // posts
	WebhookFailures  int64 `json:"webhook_failures"`  // posts not answered by 2xx
	WebhookDelivered int64 `json:"webhook_delivered"` // webhooks answered by 2xx
}

// Dump is a copy of a ledger.
type Dump struct {
	Mode     string `json:"mode"`
	Counts   Counts `json:"counts"`
	Sends    []Send `json:"sends"`
	Webhooks []Push `json:"webhooks"`
}

// Ledger is the witness: it is written by the simulator only, in the order in
// which things took effect, and survives with the journal.
type Ledger struct {
	mode    string
	journal *Journal

	mu     sync.Mutex
	counts Counts
	sends  []Send
	pushes []*Push
	byID   map[string]*Push
}

// NewLedger makes an empty ledger; mode "" means full.
func NewLedger(mode string, journal *Journal) (*Ledger, error) {
	switch mode {
	case "":
		mode = LedgerFull
	case LedgerFull, LedgerLight, LedgerCounts:
	default:
		return nil, fault.OnField("ledger", "must be full, light or counts")
	}
	if mode == LedgerCounts {
		journal = nil
	}
	return &Ledger{mode: mode, journal: journal, byID: map[string]*Push{}}, nil
}

// Mode tells how much is kept.
func (l *Ledger) Mode() string { return l.mode }

// Full reports whether payloads and bodies are kept.
func (l *Ledger) Full() bool { return l.mode == LedgerFull }

// Accept writes a send and gives it its number.
func (l *Ledger) Accept(send Send) Send {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.Sends++
	send.Seq = l.counts.Sends
	if l.mode == LedgerCounts {
		return send
	}
	if l.mode == LedgerLight {
		send.Payload = nil
	}
	l.sends = append(l.sends, send)
	l.journal.Put(fmt.Sprintf("ledger/send/%d", send.Seq), send)
	return send
}

// Pushed writes a webhook that is about to be posted for the first time.
func (l *Ledger) Pushed(push Push) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.Webhooks++
	l.counts.Events += int64(len(push.Events))
	if l.mode != LedgerFull {
		return
	}
	push.State, push.Attempts = "waiting", []Attempt{}
	if old := l.byID[push.ID]; old != nil {
		push.Attempts = old.Attempts // taken up again after a restart
	}
	l.keep(push)
	l.journal.Put("ledger/push/"+push.ID, push)
}

func (l *Ledger) keep(push Push) {
	if old := l.byID[push.ID]; old != nil {
		*old = push
		return
	}
	kept := push
	l.pushes = append(l.pushes, &kept)
	l.byID[push.ID] = &kept
}

// Attempted writes a try of webhook id. The state is the one after it:
// waiting, delivered, given_up or dropped (then the attempt is ignored).
func (l *Ledger) Attempted(id string, attempt Attempt, state string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if state != "dropped" {
		l.counts.WebhookAttempts++
	}
	switch state {
	case "delivered":
		l.counts.WebhookDelivered++
	case "waiting", "given_up":
		l.counts.WebhookFailures++
	}
	push := l.byID[id]
	if push == nil {
		return
	}
	if state != "dropped" {
		push.Attempts = append(push.Attempts, attempt)
	}
	// A duplicate that fails after its twin was delivered undoes nothing.
	if push.State != "delivered" {
		push.State = state
	}
	l.journal.Put("ledger/push/"+id, push)
}

// Push gives a webhook by id.
func (l *Ledger) Push(id string) (Push, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	push := l.byID[id]
	if push == nil {
		return Push{}, false
	}
	found := *push
	found.Attempts = append([]Attempt(nil), push.Attempts...)
	return found, true
}

// Load takes a record that a ledger put into the journal and says whether it
// was one.
func (l *Ledger) Load(record Record) (bool, error) {
	var send Send
	var push Push
	var number int64
	l.mu.Lock()
	defer l.mu.Unlock()
	switch n, _ := fmt.Sscanf(record.Key, "ledger/send/%d", &number); {
	case n == 1:
		if err := json.Unmarshal(record.Value, &send); err != nil {
			return true, fault.Wrap(err, fault.Internal, "a send of the ledger cannot be read")
		}
		l.sends = append(l.sends, send)
		l.counts.Sends = max(l.counts.Sends, send.Seq)
		return true, nil
	case len(record.Key) > 12 && record.Key[:12] == "ledger/push/":
		if err := json.Unmarshal(record.Value, &push); err != nil {
			return true, fault.Wrap(err, fault.Internal, "a webhook of the ledger cannot be read")
		}
		l.keep(push)
		l.counts.Webhooks++
		l.counts.Events += int64(len(push.Events))
		for _, attempt := range push.Attempts {
			l.counts.WebhookAttempts++
			if attempt.Status < 200 || attempt.Status > 299 || attempt.Error != "" {
				l.counts.WebhookFailures++
			}
		}
		if push.State == "delivered" {
			l.counts.WebhookDelivered++
		}
		return true, nil
	}
	return false, nil
}

// Dump copies what is kept; sends after the number `after` only.
func (l *Ledger) Dump(after int64) Dump {
	l.mu.Lock()
	defer l.mu.Unlock()
	dump := Dump{Mode: l.mode, Counts: l.counts, Sends: []Send{}, Webhooks: make([]Push, 0, len(l.pushes))}
	for _, send := range l.sends {
		if send.Seq > after {
			dump.Sends = append(dump.Sends, send)
		}
	}
	for _, push := range l.pushes {
		copied := *push
		copied.Attempts = append([]Attempt{}, push.Attempts...)
		dump.Webhooks = append(dump.Webhooks, copied)
	}
	return dump
}

// Counts gives the totals.
func (l *Ledger) Counts() Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.counts
}

// Reset forgets everything; the caller resets the journal.
func (l *Ledger) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts, l.sends, l.pushes, l.byID = Counts{}, nil, nil, map[string]*Push{}
}
