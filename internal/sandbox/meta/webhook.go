package meta

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"prosa/internal/sandbox/stage"
)

// value is the value of a change of the field messages.
type value struct {
	Product  string            `json:"messaging_product"`
	Metadata metadata          `json:"metadata"`
	Contacts []contact         `json:"contacts,omitempty"`
	Messages []json.RawMessage `json:"messages,omitempty"`
	Statuses []statusObject    `json:"statuses,omitempty"`
	Errors   []StatusError     `json:"errors,omitempty"`

	Echoes  []json.RawMessage `json:"message_echoes,omitempty"`
	Actions []any             `json:"user_actions,omitempty"`
	Calls   []json.RawMessage `json:"calls,omitempty"`
	Wishes  []json.RawMessage `json:"user_preferences,omitempty"`
	History []any             `json:"history,omitempty"`
	People  []any             `json:"state_sync,omitempty"`
}

type metadata struct {
	Display string `json:"display_phone_number"`
	ID      string `json:"phone_number_id"`
}

type contact struct {
	Profile profile `json:"profile"`
	WaID    string  `json:"wa_id,omitempty"`
	UserID  string  `json:"user_id,omitempty"`
}

type profile struct {
	Name     string `json:"name"`
	Username string `json:"username,omitempty"`
}

// value starts a value for a number.
func (s *Server) value(number *Number) value {
	return value{Product: "whatsapp", Metadata: metadata{Display: digits(number.Display), ID: number.ID}}
}

// contact describes a customer as the account sees it.
func (s *Server) contact(customer *Customer, number *Number) contact {
	c := contact{
		Profile: profile{Name: customer.Name, Username: customer.Username},
		WaID:    customer.WaID, UserID: customer.scopedID(s.business(number.WABA)),
	}
	if customer.HidePhone {
		c.WaID = ""
	}
	return c
}

// event is one change that waits to be put into a webhook.
type event struct {
	Seq     int64           `json:"seq"`
	ID      string          `json:"id"`   // of the message, or message/status
	Kind    string          `json:"kind"` // message or status
	WABA    string          `json:"waba"`
	Number  string          `json:"number"`
	Chat    string          `json:"chat"`
	Message string          `json:"message"`
	URL     string          `json:"url"`
	App     string          `json:"app"`
	Field   string          `json:"field"`
	Value   json.RawMessage `json:"value"`
	AtMS    int64           `json:"at"`
}

// newEvent makes an event of a value, nil when no subscribed app has an
// address; the caller holds the lock.
func (s *Server) newEvent(number *Number, message *Message, kind, id string, v value) *event {
	return s.newFieldEvent(number, message, kind, id, "messages", v)
}

// newFieldEvent is newEvent for any field of the subscription.
func (s *Server) newFieldEvent(number *Number, message *Message, kind, id, field string, v value) *event {
	app, address := s.target(number)
	if address == "" {
		return nil
	}
	encoded, err := json.Marshal(v)
	if err != nil {
		s.config.Logger.Error("webhook value cannot be encoded", "message", message.ID, "error", err)
		return nil
	}
	e := &event{
		Seq: s.hooks.nextSeq(), ID: id, Kind: kind, WABA: number.WABA, Number: number.ID, Chat: chatKey(number.ID, message.Customer),
		Message: message.ID, URL: address, App: app, Field: field, Value: encoded, AtMS: s.now().UnixMilli(),
	}
	return s.wait(e)
}

// wait writes an event down until it is delivered.
func (s *Server) wait(e *event) *event {
	if s.ledger.Mode() != stage.LedgerCounts {
		s.journal.Put(keyEvent+strconv.FormatInt(e.Seq, 10), e)
	}
	return e
}

// accountEvents makes the events of news about a business account, one for each
// app that is subscribed and has an address; the caller holds the lock.
func (s *Server) accountEvents(waba, field string, v any) []*event {
	account := s.wabas[waba]
	if account == nil {
		return nil
	}
	encoded, err := json.Marshal(v)
	if err != nil {
		s.config.Logger.Error("webhook value cannot be encoded", "field", field, "error", err)
		return nil
	}
	var out []*event
	for _, appID := range slices.Sorted(maps.Keys(account.Subscriptions)) {
		address := account.Subscriptions[appID]
		if own := s.apps[appID]; address == "" && own != nil {
			address = own.CallbackURL
		}
		if address == "" {
			continue
		}
		seq := s.hooks.nextSeq()
		out = append(out, s.wait(&event{
			Seq: seq, ID: field + "/" + strconv.FormatInt(seq, 10), Kind: "account", WABA: waba, Chat: waba,
			URL: address, App: appID, Field: field, Value: encoded, AtMS: s.now().UnixMilli(),
		}))
	}
	return out
}

// target gives the app and the address for a number: its own override, its
// account's, or the app's. The caller holds the lock.
func (s *Server) target(number *Number) (app, address string) {
	account := s.wabas[number.WABA]
	if account == nil {
		return "", ""
	}
	override, subscribed := account.Subscriptions[number.App]
	if !subscribed {
		return "", ""
	}
	switch {
	case number.CallbackURL != "":
		return number.App, number.CallbackURL
	case override != "":
		return number.App, override
	}
	if own := s.apps[number.App]; own != nil {
		return number.App, own.CallbackURL
	}
	return "", ""
}

// push is a webhook: its bytes are made once, so that a repetition is the same
// to the last bit.
type push struct {
	id        string
	url       string
	body      []byte
	signature string
	events    []*event
	attempts  int
	bornMS    int64
	held      bool // by a reorder rule
}

// lane posts webhooks one after the other.
type lane struct {
	mu      sync.Mutex
	url     string
	app     string
	waiting []*event
	again   []*push // due repetitions
	held    []*push // by reorder rules, until the next one was posted
	running bool
}

// courier carries events to their addresses.
type courier struct {
	server *Server

	mu      sync.Mutex
	lanes   map[string]*lane
	seq     int64
	ctx     context.Context // nil until Run
	workers sync.WaitGroup
}

func newCourier(s *Server) *courier { return &courier{server: s, lanes: map[string]*lane{}} }

func (c *courier) nextSeq() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	return c.seq
}

func (c *courier) sawSeq(seq int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq = max(c.seq, seq)
}

// start lets the lanes run until ctx ends.
func (c *courier) start(ctx context.Context) {
	c.mu.Lock()
	c.ctx = ctx
	lanes := make([]*lane, 0, len(c.lanes))
	for _, l := range c.lanes {
		lanes = append(lanes, l)
	}
	c.mu.Unlock()
	for _, l := range lanes {
		c.kick(l)
	}
}

// wait returns when no lane runs. The context given to start must have ended.
func (c *courier) wait() {
	c.mu.Lock()
	c.ctx = nil
	c.mu.Unlock()
	c.workers.Wait()
}

// clear forgets what waits.
func (c *courier) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.lanes {
		l.mu.Lock()
		l.waiting, l.again, l.held = nil, nil, nil
		l.mu.Unlock()
	}
}

// lane gives the lane of a chat: the same chat always takes the same one.
func (c *courier) lane(e *event) *lane {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(e.Chat))
	key := fmt.Sprintf("%s|%s|%d", e.App, e.URL, int(hash.Sum32()%uint32(c.server.config.WebhookLanes)))
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.lanes[key]
	if l == nil {
		l = &lane{url: e.URL, app: e.App}
		c.lanes[key] = l
	}
	return l
}

// enqueue adds an event to its lane.
func (c *courier) enqueue(e *event) {
	l := c.lane(e)
	l.mu.Lock()
	l.waiting = append(l.waiting, e)
	l.mu.Unlock()
	c.kick(l)
}

// kick makes sure that a lane with work runs.
func (c *courier) kick(l *lane) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx == nil || c.ctx.Err() != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running || len(l.waiting)+len(l.again) == 0 {
		return
	}
	l.running = true
	c.workers.Add(1)
	go c.run(c.ctx, l)
}

func (c *courier) run(ctx context.Context, l *lane) {
	defer c.workers.Done()
	for {
		l.mu.Lock()
		var repeat *push
		var batch []*event
		switch {
		case ctx.Err() != nil || len(l.waiting)+len(l.again) == 0:
			l.running = false
			l.mu.Unlock()
			return
		case len(l.again) > 0:
			repeat = l.again[0]
			l.again = l.again[1:]
		default:
			n := min(len(l.waiting), c.server.config.WebhookBatch)
			batch = append(batch, l.waiting[:n]...)
			l.waiting = l.waiting[n:]
		}
		l.mu.Unlock()
		if repeat == nil {
			repeat = c.pack(l, batch)
		}
		c.deliver(ctx, l, repeat)
	}
}

// envelope is the body of a webhook.
type envelope struct {
	Object string  `json:"object"`
	Entry  []entry `json:"entry"`
}

type entry struct {
	ID      string   `json:"id"`
	Changes []change `json:"changes"`
}

type change struct {
	Value json.RawMessage `json:"value"`
	Field string          `json:"field"`
}

// pack makes a webhook of events, an entry an account, and signs it.
func (c *courier) pack(l *lane, batch []*event) *push {
	s := c.server
	body := envelope{Object: "whatsapp_business_account"}
	for _, e := range batch {
		last := len(body.Entry) - 1
		if last < 0 || body.Entry[last].ID != e.WABA {
			body.Entry = append(body.Entry, entry{ID: e.WABA})
			last++
		}
		body.Entry[last].Changes = append(body.Entry[last].Changes, change{Value: e.Value, Field: e.Field})
	}
	raw, err := json.Marshal(body)
	if err != nil {
		s.config.Logger.Error("webhook cannot be encoded", "error", err)
	}
	raw = escape(raw)
	s.mu.Lock()
	secret := ""
	if app := s.apps[l.app]; app != nil {
		secret = app.Secret
	}
	s.mu.Unlock()
	p := &push{
		id: "hook-" + strconv.FormatInt(batch[0].Seq, 10), url: l.url, body: raw, signature: Sign(secret, raw),
		events: batch, bornMS: batch[0].AtMS,
	}
	record := stage.Push{ID: p.id, AtMS: s.now().UnixMilli(), URL: p.url}
	for _, e := range batch {
		record.Events = append(record.Events, e.ID)
	}
	if s.ledger.Full() {
		record.Body = string(raw)
		s.mu.Lock()
		for _, e := range batch {
			if message := s.messages[e.Message]; message != nil {
				message.Webhooks = append(message.Webhooks, p.id)
				s.saveMessage(message)
			}
		}
		s.mu.Unlock()
	}
	s.ledger.Pushed(record)
	return p
}

// Sign gives the value of X-Hub-Signature-256 for a body.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// escape writes what is not ASCII as lowercase \u escapes and a slash as \/,
// as Meta's encoder does; a receiver that re-serialises gets other bytes.
func escape(raw []byte) []byte {
	const hexDigits = "0123456789abcdef"
	out := make([]byte, 0, len(raw)+len(raw)/8)
	unit := func(u uint16) {
		out = append(out, '\\', 'u', hexDigits[u>>12], hexDigits[u>>8&15], hexDigits[u>>4&15], hexDigits[u&15])
	}
	for i := 0; i < len(raw); {
		b := raw[i]
		switch {
		case b == '/':
			out = append(out, '\\', '/')
			i++
		case b < utf8.RuneSelf:
			out = append(out, b)
			i++
		default:
			r, size := utf8.DecodeRune(raw[i:])
			if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
				unit(uint16(high))
				unit(uint16(low))
			} else {
				unit(uint16(r))
			}
			i += size
		}
	}
	return out
}

// deliver posts a webhook once, with the faults that match, and plans the
// repetition when it fails.
func (c *courier) deliver(ctx context.Context, l *lane, p *push) {
	s := c.server
	kinds := make([]string, 0, 2)
	for _, e := range p.events {
		kinds = append(kinds, e.Kind)
	}
	twice, lose := false, false
	rules := s.rules.Match(stage.Call{On: "webhook", Method: http.MethodPost, Path: p.url, Account: p.events[0].Number, Kinds: kinds})
	for _, rule := range rules {
		switch rule.Do {
		case stage.DoDelay:
			if !stage.Pause(ctx, millis(rule.DelayMS)) {
				c.putBack(l, p)
				return
			}
		case stage.DoDuplicate:
			twice = true
		case stage.DoCutAfter:
			lose = true
		case stage.DoDrop:
			s.ledger.Attempted(p.id, stage.Attempt{}, "dropped")
			c.finish(p, false)
			return
		case stage.DoReorder:
			if !p.held {
				p.held = true
				l.mu.Lock()
				l.held = append(l.held, p)
				l.mu.Unlock()
				// Somebody must come after it; else it goes by itself.
				s.timers.After(2*time.Second, func() { c.release(l) })
				return
			}
		}
	}
	var twin sync.WaitGroup
	if twice {
		twin.Go(func() { c.post(ctx, p, false) })
	}
	p.attempts++
	ok := c.post(ctx, p, lose)
	twin.Wait()
	switch {
	case ok:
		c.finish(p, true)
	case ctx.Err() != nil:
		c.putBack(l, p)
	default:
		gap := s.config.WebhookGaps[min(p.attempts-1, len(s.config.WebhookGaps)-1)]
		if s.now().UnixMilli()-p.bornMS > s.config.WebhookLife.Milliseconds() {
			s.ledger.Attempted(p.id, stage.Attempt{AtMS: s.now().UnixMilli(), Error: "older than the time of repetition"}, "given_up")
			c.finish(p, false)
			return
		}
		s.timers.After(gap, func() { c.repeat(l, p) })
	}
	c.release(l)
}

// release lets webhooks go that waited for another one to overtake them.
func (c *courier) release(l *lane) {
	l.mu.Lock()
	l.again = append(l.again, l.held...)
	l.held = nil
	l.mu.Unlock()
	c.kick(l)
}

func (c *courier) repeat(l *lane, p *push) {
	l.mu.Lock()
	l.again = append(l.again, p)
	l.mu.Unlock()
	c.kick(l)
}

// putBack keeps a webhook for the next Run.
func (c *courier) putBack(l *lane, p *push) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.again = append([]*push{p}, l.again...)
}

// post sends a webhook and writes the attempt into the ledger; lose treats the
// answer as lost.
func (c *courier) post(ctx context.Context, p *push, lose bool) bool {
	s := c.server
	started := s.now()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(p.body))
	attempt := stage.Attempt{AtMS: started.UnixMilli()}
	if err == nil {
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("User-Agent", "facebookexternalua")
		request.Header.Set("X-Hub-Signature-256", p.signature)
		var response *http.Response
		if response, err = s.client.Do(request); err == nil {
			_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10))
			_ = response.Body.Close()
			attempt.Status = response.StatusCode
		}
	}
	attempt.TookMS = s.now().Sub(started).Milliseconds()
	if err != nil {
		if ctx.Err() != nil {
			return false // we are stopping; it was no failure of theirs
		}
		attempt.Error = err.Error()
	}
	if lose {
		attempt.Status, attempt.Error = 0, "the answer was lost (fault rule)"
	}
	ok := attempt.Error == "" && attempt.Status >= 200 && attempt.Status < 300
	state := "waiting"
	if ok {
		state = "delivered"
	}
	s.ledger.Attempted(p.id, attempt, state)
	return ok
}

// finish forgets the events of a webhook that is over and ticks the messages
// that it carried.
func (c *courier) finish(p *push, delivered bool) {
	s := c.server
	now := s.now().UnixMilli()
	var changed []Message
	s.mu.Lock()
	for _, e := range p.events {
		if s.ledger.Mode() != stage.LedgerCounts {
			s.journal.Delete(keyEvent + strconv.FormatInt(e.Seq, 10))
		}
		message := s.messages[e.Message]
		if message == nil || message.Dir != Inbound || e.Kind != "message" {
			continue
		}
		if delivered && message.Status == "sent" {
			message.Status, message.DeliveredMS = "delivered", now
			s.saveMessage(message)
			changed = append(changed, *message)
		}
		s.forget(message)
	}
	s.mu.Unlock()
	if err := s.journal.Flush(); err != nil {
		s.config.Logger.Error("sandbox journal", "error", err)
	}
	for _, message := range changed {
		s.publish(message)
	}
}
