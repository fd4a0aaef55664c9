package conversation

import (
	"cmp"
	"context"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/contact"
	"prosa/internal/platform/database"
)

// Past is a conversation that happened elsewhere or before, to be kept here as
// it was: nothing of it is sent, no bot runs, and nobody is told.
type Past struct {
	AccountID string
	Channel   message.Channel
	Shard     int
	Name      string
	Username  string
	Addresses []message.Address
	// BotID answered first; empty when people did.
	BotID string
	// AttendantID answered; empty when nobody did.
	AttendantID   string
	AttendantName string
	HandedOffMS   int64 // when the bot gave it to people; 0 when it did not
	TakenMS       int64 // when the attendant took it; 0 when nobody did
	ResolvedMS    int64 // 0 while it goes on
	Lines         []PastLine
}

// PastSpeaker says who wrote a line.
type PastSpeaker string

// Speakers of a line.
const (
	PastCustomer  PastSpeaker = "customer"
	PastBot       PastSpeaker = "bot"
	PastAttendant PastSpeaker = "attendant"
	PastNote      PastSpeaker = "note" // the attendant's, internal
)

// PastLine is one message, in the order of the lines.
type PastLine struct {
	By   PastSpeaker
	Text string
	AtMS int64
}

// importBatch is how many conversations one transaction keeps.
const importBatch = 50

// Import keeps conversations that happened, oldest first: states, owners and
// the ledger of intervals come about by the same rules as live ones. Error:
// fault.Invalid for one without lines or addresses.
func (s *Service) Import(ctx context.Context, tenantID string, past []Past) error {
	for batch := range slices.Chunk(past, importBatch) {
		err := s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
			return s.importBatch(ctx, tx, tenantID, batch)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) importBatch(ctx context.Context, tx *database.Tx, tenantID string, batch []Past) error {
	sightings := make([]contact.Sighting, len(batch))
	for i, p := range batch {
		if len(p.Lines) == 0 || len(p.Addresses) == 0 {
			return fault.New(fault.Invalid, "a past conversation needs lines and an address of its customer")
		}
		sightings[i] = contact.Sighting{TenantID: tenantID, Channel: p.Channel, AccountID: p.AccountID, Addresses: p.Addresses,
			Name: p.Name, Username: p.Username, AtMS: p.Lines[0].AtMS}
	}
	known, err := s.contacts.Resolve(ctx, tx, sightings)
	if err != nil {
		return err
	}
	w := s.newWork(tx)
	for i, p := range batch {
		if err := w.retell(tenantID, p, known[i]); err != nil {
			return err
		}
	}
	for _, e := range w.entries {
		e.Version++
	}
	if err := writeConversations(ctx, tx, w); err != nil {
		return err
	}
	if err := writeMessages(ctx, tx, w); err != nil {
		return err
	}
	return writeIntervals(ctx, tx, w)
}

// step is something that happened at a time: a line or a transition.
type step struct {
	atMS int64
	do   func() error
}

// retell lets a conversation happen again in memory, with the clock of the
// work set to each step.
func (w *work) retell(tenantID string, p Past, who contact.Known) error {
	w.now = p.Lines[0].AtMS
	e := w.create(&Conversation{TenantID: tenantID, AccountID: p.AccountID, Channel: p.Channel, ContactID: who.ID, ContactName: who.Name,
		Shard: p.Shard, Addresses: p.Addresses, BotID: p.BotID})
	customer := Actor{Kind: fromCustomer, ID: who.ID, Name: who.Name}
	bot := Actor{Kind: fromBot, ID: p.BotID}
	attendant := Actor{Kind: fromUser, ID: p.AttendantID, Name: p.AttendantName}

	first := Change{To: Queued, Actor: customer, Cause: event.ByCustomer}
	if p.BotID != "" {
		first.To, first.Owner = WithBot, Owner{Kind: Bot, ID: p.BotID}
	}
	if err := w.move(e, first); err != nil {
		return err
	}
	var steps []step
	for _, l := range p.Lines {
		steps = append(steps, step{l.AtMS, func() error { w.retellLine(e, l, p); return nil }})
	}
	transition := func(atMS int64, change Change) {
		if atMS != 0 {
			steps = append(steps, step{atMS, func() error { return w.move(e, change) }})
		}
	}
	transition(p.HandedOffMS, Change{To: Queued, Actor: bot, Cause: event.ByBot, Reason: "asked"})
	transition(p.TakenMS, Change{To: Open, Owner: Owner{Kind: Human, ID: p.AttendantID, Name: p.AttendantName}, Actor: attendant, Cause: event.Manual})
	end := Change{To: Resolved, Actor: attendant, Cause: event.Manual}
	if p.AttendantID == "" {
		end.Actor, end.Cause = bot, event.ByBot
	}
	transition(p.ResolvedMS, end)
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Compare(a.atMS, b.atMS) })
	for _, s := range steps {
		w.now = s.atMS
		if err := s.do(); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) retellLine(e *entry, l PastLine, p Past) {
	m := &Message{AtMS: l.AtMS, Content: message.Content{Kind: message.Text, Text: l.Text}}
	switch l.By {
	case PastCustomer:
		m.Direction, m.Status, m.Sender = message.In, message.Delivered, Sender{Kind: fromCustomer, ID: e.ContactID, Name: e.ContactName}
	case PastNote:
		m.Direction, m.Sender = message.Internal, Sender{Kind: fromUser, ID: p.AttendantID, Name: p.AttendantName}
		m.Content.Kind = message.Note
	case PastBot:
		m.Sender = Sender{Kind: fromBot, ID: p.BotID}
		m.sentAndRead(p.Channel)
	default:
		m.Sender = Sender{Kind: fromUser, ID: p.AttendantID, Name: p.AttendantName}
		m.sentAndRead(p.Channel)
		e.WaitingMS = 0
	}
	w.add(e, m)
	if l.By == PastCustomer {
		e.LastInMS, e.LastInSeq, e.WindowMS = l.AtMS, m.Seq, windowEnd(p.Channel, l.AtMS)
		if e.Owner.Kind != Bot && e.WaitingMS == 0 {
			e.WaitingMS = l.AtMS
		}
	}
}

// sentAndRead gives an outbound message of the past the furthest state that
// its platform tells of.
func (m *Message) sentAndRead(ch message.Channel) {
	m.Direction, m.Status, m.SentMS = message.Out, message.Sent, m.AtMS
	if ch != message.Telegram {
		m.Status, m.DeliveredMS, m.ReadMS = message.Read, m.AtMS, m.AtMS
	}
}
