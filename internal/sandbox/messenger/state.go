package messenger

import (
	"encoding/json"
	"sort"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// Settings can be changed while the server runs.
type Settings struct {
	RateLimits bool `json:"rate_limits"`
	// DeliveredMS is the time to the delivery event in milliseconds; negative: by
	// hand only.
	DeliveredMS int64 `json:"delivered_ms"`
	// DeliveryMids: deliveries name their messages; else only the watermark.
	DeliveryMids bool  `json:"delivery_mids"`
	EchoMS       int64 `json:"echo_ms"`    // from the answer to the echo
	EchoFirst    bool  `json:"echo_first"` // the answer waits until the echo was posted
	LatencyMS    int64 `json:"latency_ms"` // of every Graph call
}

// The keys of the journal: one kind of record a prefix.
const (
	keyApp       = "app/"
	keyPage      = "page/"
	keyInstagram = "instagram/"
	keyPerson    = "person/"
	keyChat      = "chat/"
	keyMessage   = "message/"
	keyComment   = "comment/"
	keyMedia     = "media/"
	keyEvent     = "event/" // a webhook event that is not delivered yet
	keySettings  = "settings"
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
	s.reindex()
	for _, chat := range s.chats {
		sort.Slice(chat.messages, func(i, j int) bool { return chat.messages[i].Seq < chat.messages[j].Seq })
	}
	sort.Slice(events, func(i, j int) bool { return events[i].Seq < events[j].Seq })
	for _, waiting := range events {
		s.hooks.enqueue(waiting)
	}
	for _, message := range s.messages {
		if message.Dir == Outbound && message.Status == "sent" {
			s.planDelivery(*message)
		}
	}
	return nil
}

func (s *Server) loadRecord(record stage.Record) (*event, error) {
	kind, rest, _ := strings.Cut(record.Key, "/")
	switch kind + "/" {
	case keyApp:
		return nil, put(s.apps, rest, record.Value)
	case keyPage:
		return nil, put(s.pages, rest, record.Value)
	case keyInstagram:
		return nil, put(s.instagrams, rest, record.Value)
	case keyPerson:
		return nil, put(s.people, rest, record.Value)
	case keyComment:
		return nil, put(s.comments, rest, record.Value)
	case keyChat:
		return nil, json.Unmarshal(record.Value, s.chatOfKey(rest))
	case keyMessage:
		message := &Message{}
		if err := json.Unmarshal(record.Value, message); err != nil {
			return nil, err
		}
		chat := s.chat(message.Account, message.Person)
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

// reindex makes tokens and scoped ids findable; the caller holds the lock or is
// alone.
func (s *Server) reindex() {
	s.tokens, s.byScoped = map[string]string{}, map[string]whom{}
	for id, page := range s.pages {
		s.tokens[page.Token] = id
		for person := range s.people {
			s.index(id, person)
		}
	}
	for id, ig := range s.instagrams {
		if ig.Flavour == FlavourLogin {
			s.tokens[ig.Token] = id
			for token := range ig.OldTokens {
				s.tokens[token] = id
			}
		}
		for person := range s.people {
			s.index(id, person)
		}
	}
}

// chat gives the chat of an account and a person, making it when needed; the
// caller holds the lock.
func (s *Server) chat(account, person string) *Chat {
	key := chatKey(account, person)
	chat := s.chats[key]
	if chat == nil {
		chat = &Chat{Account: account, Person: person}
		s.chats[key] = chat
	}
	return chat
}

func (s *Server) chatOfKey(key string) *Chat {
	account, person, _ := strings.Cut(key, "/")
	return s.chat(account, person)
}

// keepMessage adds a message to its chat and the journal; only a full ledger
// keeps transcripts. The caller holds the lock.
func (s *Server) keepMessage(chat *Chat, message *Message) {
	s.seq++
	message.Seq = s.seq
	if !s.ledger.Full() {
		return
	}
	s.messages[message.ID] = message
	chat.messages = append(chat.messages, message)
	s.saveMessage(message)
}

func (s *Server) saveMessage(message *Message) {
	if s.ledger.Full() {
		s.journal.Put(keyMessage+message.ID, message)
	}
}

// publish tells watchers about a message; it is given a copy.
func (s *Server) publish(message Message) {
	s.feed.Publish(Change{Account: message.Account, Person: message.Person, Message: &message})
}

// meet finds both sides of a chat; the caller holds the lock.
func (s *Server) meet(account, personID string) (seat, *Person, *Chat, error) {
	a, there := s.seat(account)
	person := s.people[personID]
	switch {
	case !there:
		return seat{}, nil, nil, fault.New(fault.NotFound, "no such account")
	case person == nil:
		return seat{}, nil, nil, fault.New(fault.NotFound, "no such person")
	}
	return a, person, s.chat(a.id, person.ID), nil
}
