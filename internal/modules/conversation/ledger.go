package conversation

import (
	"context"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/contact"
	"prosa/internal/platform/database"
)

// Settle implements channel.Ledger: it writes what became of messages, only
// forward, and tells the browsers. A bot's message that can't be delivered
// gives the conversation to people.
func (s *Service) Settle(ctx context.Context, tx *database.Tx, changes []channel.Change) error {
	messages, rows, err := settled(ctx, tx, changes)
	if err != nil {
		return err
	}
	var moved []*Message
	var arrived []target
	causes := map[*Message]channel.Change{}
	for _, change := range changes {
		m, c := messages[place{change.TenantID, change.MessageID}], rows[place{change.TenantID, change.ConversationID}]
		if m == nil || c == nil {
			continue
		}
		changed := m.reached(change.Status, change.AtMS, change.ErrorCode, plain(change.ErrorText))
		if change.ExternalID != "" && change.ExternalID != m.ExternalID {
			m.ExternalID, changed = plain(change.ExternalID), true
			arrived = append(arrived, target{c.TenantID, c.AccountID, m.ExternalID})
		}
		if !changed {
			continue
		}
		m.Version++
		causes[m] = change
		if !slices.Contains(moved, m) {
			moved = append(moved, m)
		}
	}
	slices.SortFunc(moved, func(a, b *Message) int { return strings.Compare(a.TenantID+a.ID, b.TenantID+b.ID) })
	if err := updateStatuses(ctx, tx, moved); err != nil {
		return err
	}
	if err := s.tellStatuses(ctx, tx, moved, rows); err != nil {
		return err
	}
	if err := s.learnFrom(ctx, tx, changes, rows); err != nil {
		return err
	}
	if err := s.unparkFor(ctx, tx, arrived); err != nil {
		return err
	}
	return s.rescue(ctx, tx, moved, causes)
}

// settled reads the messages that changes are about, and their conversations.
func settled(ctx context.Context, tx *database.Tx, changes []channel.Change) (map[place]*Message, map[place]*Conversation, error) {
	var wanted, homes []place
	for _, change := range changes {
		wanted = append(wanted, place{change.TenantID, change.MessageID})
		homes = append(homes, place{change.TenantID, change.ConversationID})
	}
	messages, err := loadMessages(ctx, tx, wanted, scanStored)
	if err != nil {
		return nil, nil, err
	}
	rows, err := loadPlaces(ctx, tx, homes, false)
	return messages, rows, err
}

// tellStatuses tells of changed messages. These events carry the number of the
// conversation's last one: among themselves the message's version orders them,
// so that a tick costs no write of the conversation.
func (s *Service) tellStatuses(ctx context.Context, tx *database.Tx, moved []*Message, rows map[place]*Conversation) error {
	encoded := map[*Conversation][]byte{}
	w := s.newWork(tx)
	byShard := map[int][]event.Envelope{}
	for _, m := range moved {
		c := rows[place{m.TenantID, m.ConversationID}]
		if encoded[c] == nil {
			raw, err := encode(c)
			if err != nil {
				return err
			}
			encoded[c] = raw
		}
		data, err := messageEvent(m, encoded[c])
		if err != nil {
			return err
		}
		byShard[c.Shard] = append(byShard[c.Shard], event.Envelope{
			Version: event.Version, TenantID: c.TenantID, Type: event.MessageUpdated, AtMS: tx.Now(), ConversationID: c.ID, Seq: c.EventSeq,
			Actor: Actor{Kind: fromSystem}, Cause: event.ByProvider, Viewers: w.viewers(&entry{Conversation: c}), Data: data,
		})
	}
	for shard, envelopes := range byShard {
		if err := s.tell(ctx, tx, shard, envelopes...); err != nil {
			return err
		}
	}
	return nil
}

// learnFrom keeps addresses that platforms told in their answers, and who can't
// be reached.
func (s *Service) learnFrom(ctx context.Context, tx *database.Tx, changes []channel.Change, rows map[place]*Conversation) error {
	var learned []contact.Learned
	var reaches []contact.Reach
	var grown []*Conversation
	for _, change := range changes {
		c := rows[place{change.TenantID, change.ConversationID}]
		if c == nil {
			continue
		}
		if change.Unreachable {
			reaches = append(reaches, contact.Reach{TenantID: c.TenantID, AccountID: c.AccountID, Addresses: c.Addresses})
		}
		var fresh []message.Address
		for _, address := range change.Learned {
			if address.Value != "" && address.Value == plain(address.Value) && !slices.Contains(c.Addresses, address) {
				fresh = append(fresh, address)
			}
		}
		if len(fresh) > 0 {
			learned = append(learned, contact.Learned{TenantID: c.TenantID, AccountID: c.AccountID, ContactID: c.ContactID, Addresses: fresh})
			c.Addresses = append(c.Addresses, fresh...)
			grown = append(grown, c)
		}
	}
	for _, c := range grown {
		// Only the addresses: the row was read without a lock.
		raw, err := encode(c.Addresses)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE conversation SET addresses = $3 WHERE tenant_id = $1 AND id = $2`, c.TenantID, c.ID, string(raw)); err != nil {
			return err
		}
	}
	if len(learned) > 0 {
		if err := s.contacts.Learn(ctx, tx, learned); err != nil {
			return err
		}
	}
	if len(reaches) == 0 {
		return nil
	}
	return s.contacts.SetReach(ctx, tx, reaches)
}

// unparkFor carries out reactions that came before we knew the platform's id
// of the message that they are about.
func (s *Service) unparkFor(ctx context.Context, tx *database.Tx, arrived []target) error {
	parked, err := s.unpark(ctx, tx, arrived)
	if err != nil || len(parked) == 0 {
		return err
	}
	b := &batch{work: s.newWork(tx), s: s, tx: tx, items: parked}
	if err := b.alter(ctx); err != nil {
		return err
	}
	return s.flush(ctx, tx, b.work)
}

// rescue hands conversations to people in which a bot's message failed: the
// customer would wait in silence. Who can't be reached at all needs nobody.
func (s *Service) rescue(ctx context.Context, tx *database.Tx, moved []*Message, causes map[*Message]channel.Change) error {
	var homes []place
	for _, m := range moved {
		if m.Status == message.Failed && m.Sender.Kind == fromBot && !causes[m].Unreachable {
			homes = append(homes, place{m.TenantID, m.ConversationID})
		}
	}
	if len(homes) == 0 {
		return nil
	}
	found, err := loadPlaces(ctx, tx, homes, true)
	if err != nil {
		return err
	}
	w := s.newWork(tx)
	for _, home := range slices.Compact(homes) {
		if c := found[home]; c != nil && c.Owner.Kind == Bot {
			if err := s.handOff(w, w.take(c), Actor{Kind: fromBot, ID: c.Owner.ID, Name: c.Owner.Name}, HandOff{Reason: "undelivered"}); err != nil {
				return err
			}
		}
	}
	return s.flush(ctx, tx, w)
}

// Admit implements channel.Ledger: the reply window is decided right before a
// message leaves.
func (s *Service) Admit(ctx context.Context, tx *database.Tx, candidates []channel.Candidate) ([]channel.Refusal, error) {
	homes := make([]place, len(candidates))
	for n, candidate := range candidates {
		homes[n] = place{candidate.TenantID, candidate.ConversationID}
	}
	rows, err := loadPlaces(ctx, tx, homes, false)
	if err != nil {
		return nil, err
	}
	var refusals []channel.Refusal
	for _, candidate := range candidates {
		c := rows[place{candidate.TenantID, candidate.ConversationID}]
		if err := admit(c, candidate.Kind, candidate.Human, tx.Now()); err != nil {
			refusal := channel.Refusal{MessageID: candidate.MessageID, Code: string(fault.CodeOf(err)), Text: fault.MessageOf(err)}
			var refused *fault.Error
			if asFault(err, &refused) && refused.Reason != "" {
				refusal.Code = refused.Reason
			}
			refusals = append(refusals, refusal)
		}
	}
	return refusals, nil
}

// admit says whether a message may leave now.
func admit(c *Conversation, kind message.Kind, human bool, nowMS int64) error {
	switch {
	case c == nil:
		return fault.Refuse("conversation_gone", "the conversation is gone")
	case c.Blocked:
		return fault.Refuse("contact_blocked", "the company blocked this customer")
	default:
		return checkWindow(c, kind, human, nowMS)
	}
}
