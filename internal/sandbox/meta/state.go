package meta

import (
	"encoding/json"
	"sort"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// Settings can be changed while the server runs.
type Settings struct {
	RateLimits bool `json:"rate_limits"`
	// Milliseconds from one status to the next; negative: by hand only.
	SentMS      int64 `json:"sent_ms"`
	DeliveredMS int64 `json:"delivered_ms"`
	ReadMS      int64 `json:"read_ms"`
	LatencyMS   int64 `json:"latency_ms"` // of every Graph call
	// ReviewMS is how long a new or changed template waits for its approval;
	// negative: until somebody decides (POST /_sandbox/templates/{id}/state).
	ReviewMS int64 `json:"review_ms"`
}

// The keys of the journal: one kind of record a prefix.
const (
	keyApp      = "app/"
	keyWABA     = "waba/"
	keyNumber   = "number/"
	keyCustomer = "customer/"
	keyTemplate = "template/"
	keyChat     = "chat/"
	keyMessage  = "message/"
	keyMedia    = "media/"
	keyEvent    = "event/" // a webhook event that is not delivered yet
	keySettings = "settings"
)

// load builds the state from the journal and takes up what was under way.
func (s *Server) load(records []stage.Record) error {
	var events []*event
	for _, record := range records {
		taken, err := s.ledger.Load(record)
		if taken && err == nil {
			continue
		}
		if err == nil {
			var waiting *event
			if waiting, err = s.loadRecord(record); waiting != nil {
				events = append(events, waiting)
			}
		}
		if err != nil {
			return fault.Wrap(err, fault.Internal, "record "+record.Key)
		}
	}
	s.resume(events)
	return nil
}

func (s *Server) loadRecord(record stage.Record) (*event, error) {
	kind, rest, _ := strings.Cut(record.Key, "/")
	switch kind + "/" {
	case keyApp:
		return nil, put(s.apps, rest, record.Value)
	case keyWABA:
		return nil, put(s.wabas, rest, record.Value)
	case keyNumber:
		return nil, put(s.numbers, rest, record.Value)
	case keyTemplate:
		return nil, put(s.templates, rest, record.Value)
	case keyCustomer:
		if err := put(s.customers, rest, record.Value); err != nil {
			return nil, err
		}
		s.index(s.customers[rest])
	case keyChat:
		var stored Chat
		if err := json.Unmarshal(record.Value, &stored); err != nil {
			return nil, err
		}
		chat := s.chat(stored.Number, stored.Customer)
		chat.LastInboundMS, chat.Blocked, chat.NoMarketing = stored.LastInboundMS, stored.Blocked, stored.NoMarketing
	case keyMessage:
		message := &Message{}
		if err := json.Unmarshal(record.Value, message); err != nil {
			return nil, err
		}
		chat := s.chat(message.Number, message.Customer)
		chat.messages = append(chat.messages, message)
		s.messages[message.ID] = message
		s.seq = max(s.seq, message.Seq)
	case keyMedia:
		var item file
		if err := json.Unmarshal(record.Value, &item); err != nil {
			return nil, err
		}
		s.media.remember(item)
	case keyEvent:
		waiting := &event{}
		if err := json.Unmarshal(record.Value, waiting); err != nil {
			return nil, err
		}
		s.hooks.sawSeq(waiting.Seq)
		return waiting, nil
	case keySettings + "/":
		return nil, json.Unmarshal(record.Value, &s.settings)
	}
	return nil, nil
}

func put[T any](into map[string]*T, key string, value json.RawMessage) error {
	item := new(T)
	if err := json.Unmarshal(value, item); err != nil {
		return err
	}
	into[key] = item
	return nil
}

// resume sorts what was read and goes on with webhooks and statuses that were
// under way when the last process ended.
func (s *Server) resume(events []*event) {
	for _, chat := range s.chats {
		sort.Slice(chat.messages, func(i, j int) bool { return chat.messages[i].Seq < chat.messages[j].Seq })
		for _, message := range chat.messages {
			s.keepPayment(message)
		}
	}
	sort.Slice(events, func(i, j int) bool { return events[i].Seq < events[j].Seq })
	for _, waiting := range events {
		s.hooks.enqueue(waiting)
	}
	for _, message := range s.messages {
		if message.Dir == Outbound {
			message.doom = nil
			if message.Status == "accepted" && message.Error != nil {
				message.doom, message.Error = message.Error, nil
			}
			s.scheduleNext(message)
		}
	}
}

// index makes a customer findable by every address; the caller holds the lock
// or is alone.
func (s *Server) index(c *Customer) {
	s.byAddress[c.ID] = c.ID
	s.byAddress[c.UserID] = c.ID
	if c.WaID != "" {
		s.byAddress[c.WaID] = c.ID
		if other, ok := otherForm(c.WaID); ok {
			if _, taken := s.customers[other]; !taken {
				s.byAddress[other] = c.ID
			}
		}
	}
	if c.Username != "" {
		s.byAddress["@"+strings.ToLower(c.Username)] = c.ID
	}
}

// chat gives the chat of a number and a customer, making it when needed; the
// caller holds the lock.
func (s *Server) chat(number, customer string) *Chat {
	key := chatKey(number, customer)
	chat := s.chats[key]
	if chat == nil {
		chat = &Chat{Number: number, Customer: customer}
		s.chats[key] = chat
	}
	return chat
}

// keepMessage adds a message to its chat and the journal; only a full ledger
// keeps transcripts on disk. The caller holds the lock.
func (s *Server) keepMessage(chat *Chat, message *Message) {
	s.seq++
	message.Seq = s.seq
	s.messages[message.ID] = message
	if s.ledger.Full() {
		chat.messages = append(chat.messages, message)
	}
	s.saveMessage(message)
}

func (s *Server) saveMessage(message *Message) {
	if !s.ledger.Full() {
		return
	}
	stored := *message
	if message.doom != nil && message.Status == "accepted" {
		stored.Error = message.doom // told apart again by resume
	}
	s.journal.Put(keyMessage+message.ID, stored)
}

// forget drops a message that nothing can happen to any more, where no
// transcript is kept. The caller holds the lock.
func (s *Server) forget(message *Message) {
	if !s.ledger.Full() {
		delete(s.messages, message.ID)
	}
}

// find gives the customer of an address in any of its forms; the caller holds
// the lock.
func (s *Server) find(address string) *Customer {
	if id, ok := s.byAddress[address]; ok {
		return s.customers[id]
	}
	number := digits(address)
	if number == "" {
		return nil
	}
	if id, ok := s.byAddress[number]; ok {
		return s.customers[id]
	}
	if other, ok := otherForm(number); ok {
		if id, ok := s.byAddress[other]; ok {
			return s.customers[id]
		}
	}
	return nil
}

// publish tells watchers about a message; it is given a copy.
func (s *Server) publish(message Message) {
	s.feed.Publish(Change{Number: message.Number, Customer: message.Customer, Message: &message})
}

// node is what an id of a Graph path names.
type node struct {
	app      *App
	waba     *WABA
	number   *Number
	media    *file
	template *Template
	via      string // the app that the token belongs to
	appToken bool   // the token is the app's own
}

// lookUp finds the object of an id as the token's owner may see it.
func (s *Server) lookUp(id, token string) (node, *graphError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if appID, secret, ok := strings.Cut(token, "|"); ok {
		app := s.apps[appID]
		if app == nil || app.Secret != secret {
			return node{}, badToken()
		}
		if id != appID && id != "app" {
			return node{}, noObject("GET", id)
		}
		found := *app
		return node{app: &found, via: appID, appToken: true}, nil
	}
	var owned []*Number
	for _, number := range s.numbers {
		if number.Token == token {
			owned = append(owned, number)
		}
	}
	if len(owned) == 0 {
		return node{}, badToken()
	}
	for _, number := range owned {
		if number.ID == id {
			found := *number
			return node{number: &found, via: number.App}, nil
		}
		if number.WABA == id {
			found := s.wabas[id].copy()
			return node{waba: &found, via: number.App}, nil
		}
	}
	if app := s.apps[owned[0].App]; app != nil && (id == "app" || id == app.ID) {
		found := *app
		return node{app: &found, via: app.ID}, nil
	}
	if template := s.templateOf(id); template != nil && template.DeletedMS == 0 {
		for _, number := range owned {
			if number.WABA == template.WABA {
				found := *template
				return node{template: &found, via: number.App}, nil
			}
		}
	}
	item, ok := s.media.get(id)
	if ok {
		for _, number := range owned {
			if number.WABA == item.WABA {
				return node{media: &item, via: number.App}, nil
			}
		}
	}
	return node{}, noObject("GET", id)
}

func (w *WABA) copy() WABA {
	copied := *w
	copied.Subscriptions = map[string]string{}
	for app, address := range w.Subscriptions {
		copied.Subscriptions[app] = address
	}
	return copied
}

func millis(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }
