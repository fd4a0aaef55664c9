package conversation

import (
	"slices"
	"strconv"

	"prosa/internal/base/id"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/contact"
	"prosa/internal/platform/database"
)

// work is what one transaction is about to write. Rules run on it in memory,
// event by event; flush then writes all of it in few statements.
type work struct {
	tx     *database.Tx
	now    int64
	locale Locale
	// perMinute is the flood guard's limit.
	perMinute int
	// open lets everybody of the company see every conversation.
	open bool

	entries []*entry
	byID    map[string]*entry
	orders  []channel.Order
	fields  []contact.FieldSet
	media   []MediaWanted
	signals []sign
}

// sign is a small sign to show after the commit.
type sign struct {
	tenantID, accountID string
	to                  []message.Address
	signal              channel.Signal
}

// entry is a conversation under work, with what was added to it.
type entry struct {
	*Conversation
	fresh     bool // to be inserted
	quiet     bool // no event is told of it
	dirty     bool // to be written
	ends      bool // the stored open interval ends
	open      *interval
	intervals []*interval
	added     []*Message
	changed   []*Message
	moved     []move // transitions, in order
}

// move is a transition to tell of.
type move struct {
	actor Actor
	cause Cause
	from  Owner
}

// interval is one row of the ledger.
type interval struct {
	id, kind, ownerID, team string
	startedMS, endedMS      int64
	cause                   Cause
	actorID                 string
}

func newWork(nowMS int64, locale Locale, cfg Config) *work {
	return &work{now: nowMS, locale: locale, perMinute: cfg.BotPerMinute, open: cfg.AttendantsSeeAll, byID: map[string]*entry{}}
}

// take brings a stored conversation under work; the same one twice is one
// entry.
func (w *work) take(c *Conversation) *entry {
	if e, ok := w.byID[c.ID]; ok {
		return e
	}
	e := &entry{Conversation: c}
	w.byID[c.ID] = e
	w.entries = append(w.entries, e)
	return e
}

// create brings a conversation under work that is not stored yet.
func (w *work) create(c *Conversation) *entry {
	c.ID, c.CreatedMS, c.LastMS = id.New(id.Conversation, w.now), w.now, w.now
	c.Owner.Kind = Nobody
	e := w.take(c)
	e.fresh, e.dirty = true, true
	return e
}

// move makes a transition and all that goes with it: the ledger, the activity
// in the thread, the event.
func (w *work) move(e *entry, change Change) error {
	first := e.State == ""
	out, err := transition(e.Conversation, change, w.now)
	if err != nil || out.What == "" {
		return err
	}
	e.dirty = true
	if out.Ends {
		if e.open != nil {
			e.open.endedMS = w.now
			e.open = nil
		} else {
			e.ends = true
		}
	}
	if out.Begins != "" {
		e.open = &interval{id: id.New(id.Interval, w.now), kind: out.Begins, ownerID: e.Owner.ID, team: e.Team, startedMS: w.now,
			cause: change.Cause, actorID: change.Actor.ID}
		e.intervals = append(e.intervals, e.open)
	}
	if first {
		return nil // its event is conversation.created, and nobody needs to read that it began
	}
	e.moved = append(e.moved, move{change.Actor, change.Cause, out.From})
	w.add(e, &Message{Direction: message.Internal, Sender: Sender{Kind: fromSystem}, AtMS: w.now,
		Content: message.Content{Kind: message.Activity, Activity: activity(e, change, out)}})
	return nil
}

func activity(e *entry, change Change, out outcome) *message.Act {
	act := &message.Act{What: out.What, Who: change.Actor.ID, Name: change.Actor.Name, Facts: map[string]string{"cause": string(change.Cause)}}
	facts := map[string]string{
		"reason": change.Reason, "to": e.Owner.ID, "to_name": e.Owner.Name, "from": out.From.ID, "from_name": out.From.Name, "team": change.Team,
	}
	if e.SnoozedMS > 0 {
		facts["until"] = strconv.FormatInt(e.SnoozedMS, 10)
	}
	for name, value := range facts {
		if value != "" {
			act.Facts[name] = value
		}
	}
	return act
}

// add appends a message to the conversation and gives it its number.
func (w *work) add(e *entry, m *Message) {
	e.Seq++
	m.Seq = e.Seq
	w.store(e, m)
	if m.Content.Kind == message.Activity || m.alters() {
		return
	}
	e.LastMS = w.now
	e.Preview = message.Preview(m.Content, w.locale(e.TenantID))
	e.PreviewKind, e.PreviewBy = m.Content.Kind, m.Direction
}

// store puts a message that has its number into the conversation.
func (w *work) store(e *entry, m *Message) {
	e.dirty = true
	m.TenantID, m.ConversationID, m.CreatedMS, m.Version, m.Kind = e.TenantID, e.ID, w.now, 1, m.Content.Kind
	if m.ID == "" {
		m.ID = id.New(id.Message, w.now)
	}
	e.added = append(e.added, m)
}

// send appends a message to the customer and orders its delivery. quote is the
// platform's id of the message that it answers.
func (w *work) send(e *entry, m *Message, quote string) {
	m.Direction, m.Status = message.Out, message.Queued
	m.AtMS = w.now
	w.add(e, m)
	e.freeEntry(w.now)
	w.orders = append(w.orders, channel.Order{
		TenantID: e.TenantID, AccountID: e.AccountID, ConversationID: e.ID, MessageID: m.ID, Shard: e.Shard, Seq: m.Seq,
		Human: m.Sender.Kind == fromUser, To: slices.Clone(e.Addresses), Content: m.Content, QuoteID: quote, Language: w.locale(e.TenantID),
	})
}

// say is send for a bot, under the flood guard: it reports false, and says
// nothing, once the bot has said too much in this minute.
func (w *work) say(e *entry, m *Message) bool {
	if minute := w.now / 60_000; e.AutoMinute != minute {
		e.AutoMinute, e.AutoCount = minute, 0
	}
	if e.AutoCount >= w.perMinute {
		return false
	}
	e.AutoCount++
	w.send(e, m, "")
	return true
}

// touch notes that a stored message of the conversation changed.
func (w *work) touch(e *entry, m *Message) {
	m.Version++
	if !slices.Contains(e.changed, m) && !slices.Contains(e.added, m) {
		e.changed = append(e.changed, m)
	}
}

// envelopes gives the events of the work, each conversation's in their order,
// and numbers them.
func (w *work) envelopes() ([]shardEvents, error) {
	var all []shardEvents
	tell := func(shard int, envelope event.Envelope) {
		for i := range all {
			if all[i].shard == shard {
				all[i].events = append(all[i].events, envelope)
				return
			}
		}
		all = append(all, shardEvents{shard, []event.Envelope{envelope}})
	}
	for _, e := range w.entries {
		if e.quiet || e.Past {
			continue
		}
		row, err := encode(e.Conversation)
		if err != nil {
			return nil, err
		}
		viewers := w.viewers(e)
		next := func(kind string, actor Actor, cause Cause, data []byte) {
			e.EventSeq++
			tell(e.Shard, event.Envelope{
				Version: event.Version, TenantID: e.TenantID, Type: kind, AtMS: w.now, ConversationID: e.ID, Seq: e.EventSeq,
				Actor: actor, Cause: cause, Viewers: viewers, Data: data,
			})
		}
		if e.fresh {
			next(event.ConversationCreated, Actor{Kind: fromCustomer, ID: e.ContactID}, event.ByCustomer, conversationEvent(row))
		}
		for _, list := range []struct {
			kind     string
			messages []*Message
		}{{event.MessageCreated, e.added}, {event.MessageUpdated, e.changed}} {
			for _, m := range list.messages {
				data, err := messageEvent(m, row)
				if err != nil {
					return nil, err
				}
				actor, cause := e.author(m)
				next(list.kind, actor, cause, data)
			}
		}
		if n := len(e.moved); n > 0 {
			if e.moved[0].from.Kind != Human {
				viewers = nil // all saw it in the queue, so all must see it leave
			}
			next(event.ConversationUpdated, e.moved[n-1].actor, e.moved[n-1].cause, conversationEvent(row))
		}
	}
	return all, nil
}

// viewers narrows who may see events of the conversation to its owner and the
// one before; supervisors and admins see all.
func (w *work) viewers(e *entry) *event.Viewers {
	if e.Owner.Kind != Human || w.open {
		return nil
	}
	users := []string{e.Owner.ID}
	if len(e.moved) > 0 && e.moved[0].from.Kind == Human && e.moved[0].from.ID != e.Owner.ID {
		users = append(users, e.moved[0].from.ID)
	}
	return &event.Viewers{UserIDs: users}
}

type shardEvents struct {
	shard  int
	events []event.Envelope
}

// author gives who stands behind a message and why.
func (e *entry) author(m *Message) (Actor, Cause) {
	switch m.Sender.Kind {
	case fromCustomer:
		return Actor{Kind: fromCustomer, ID: e.ContactID, Name: e.ContactName}, event.ByCustomer
	case fromBot:
		return Actor{Kind: fromBot, ID: m.Sender.ID, Name: m.Sender.Name}, event.ByBot
	case fromUser:
		return Actor{Kind: fromUser, ID: m.Sender.ID, Name: m.Sender.Name}, event.Manual
	}
	if n := len(e.moved); n > 0 {
		return e.moved[n-1].actor, e.moved[n-1].cause
	}
	return Actor{Kind: fromSystem}, event.Auto
}
