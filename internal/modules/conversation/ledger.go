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
//
// It runs several times for each message that leaves, so the common case is
// two statements a message and one event.
func (s *Service) Settle(ctx context.Context, tx *database.Tx, changes []channel.Change) error {
	found, err := loadSettled(ctx, tx, changes)
	if err != nil {
		return err
	}
	var moved []*settled
	var arrived []target
	var telling []channel.Change
	for _, change := range changes {
		m := found[place{change.TenantID, change.MessageID}]
		if m == nil {
			continue
		}
		if change.Unreachable || m.lacks(change.Learned) {
			telling = append(telling, change)
		}
		before := m.Status
		changed := m.reached(change.Status, change.AtMS, change.ErrorCode, plain(change.ErrorText))
		if change.ExternalID != "" && change.ExternalID != m.ExternalID {
			m.ExternalID, changed = plain(change.ExternalID), true
			arrived = append(arrived, target{change.TenantID, m.account, m.ExternalID})
		}
		if !changed {
			continue
		}
		m.landed = m.landed || !lands(before) && lands(m.Status)
		if m.unreachable = change.Unreachable; !m.moved {
			m.moved = true
			moved = append(moved, m)
		}
		m.Version++
	}
	slices.SortFunc(moved, func(a, b *settled) int { return strings.Compare(a.TenantID+a.ID, b.TenantID+b.ID) })
	if err := updateStatuses(ctx, tx, moved); err != nil {
		return err
	}
	if err := s.tellStatuses(ctx, tx, moved); err != nil {
		return err
	}
	if err := s.learnFrom(ctx, tx, telling); err != nil {
		return err
	}
	if err := s.unparkFor(ctx, tx, arrived); err != nil {
		return err
	}
	if err := s.mend(ctx, tx, moved); err != nil {
		return err
	}
	if err := s.tellTemplates(ctx, tx, moved); err != nil {
		return err
	}
	if err := s.hearRefusals(ctx, tx, moved); err != nil {
		return err
	}
	return s.rescue(ctx, tx, moved)
}

// settled is a message that a change is about, with what its event needs of
// the conversation.
type settled struct {
	*Message
	account, ownerID string
	addresses        string // as they are stored
	ownerKind        OwnerKind
	shard            int
	eventSeq         int64
	moved            bool
	unreachable      bool
	landed           bool // the platform has it now
}

// lands reports whether the platform has what stands so.
func lands(status message.Status) bool {
	return status != message.Failed && status.Rank() >= message.Accepted.Rank() && status != message.Unknown
}

// lacks reports whether an address may be new to the conversation. WhatsApp
// tells addresses with every message it accepts, nearly always known ones: a
// look at the stored text spares reading the row.
func (m *settled) lacks(addresses []message.Address) bool {
	return slices.ContainsFunc(addresses, func(a message.Address) bool {
		return !strings.Contains(m.addresses, `"`+a.Value+`"`)
	})
}

// tellStatuses tells of changed messages, without the conversation's row, which
// they don't change. These events carry the number of the conversation's last
// one: among themselves the message's version orders them, so that a tick costs
// no write of the conversation.
func (s *Service) tellStatuses(ctx context.Context, tx *database.Tx, moved []*settled) error {
	byShard := map[int][]event.Envelope{}
	for _, m := range moved {
		if m.Status == message.Accepted {
			continue // to people it looks like queued, and the word "sent" follows at once
		}
		data, err := messageEvent(m.Message, nil)
		if err != nil {
			return err
		}
		envelope := event.Envelope{
			Version: event.Version, TenantID: m.TenantID, Type: event.MessageUpdated, AtMS: tx.Now(), ConversationID: m.ConversationID, Seq: m.eventSeq,
			Actor: Actor{Kind: fromSystem}, Cause: event.ByProvider, Data: data,
		}
		if m.ownerKind == Human && !s.cfg.AttendantsSeeAll {
			envelope.Viewers = &event.Viewers{UserIDs: []string{m.ownerID}}
		}
		byShard[m.shard] = append(byShard[m.shard], envelope)
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
func (s *Service) learnFrom(ctx context.Context, tx *database.Tx, changes []channel.Change) error {
	if len(changes) == 0 {
		return nil
	}
	homes := make([]place, len(changes))
	for n, change := range changes {
		homes[n] = place{change.TenantID, change.ConversationID}
	}
	rows, err := loadPlaces(ctx, tx, homes, false)
	if err != nil {
		return err
	}
	var learned []contact.Learned
	var reaches []contact.Reach
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
		if len(fresh) == 0 {
			continue
		}
		learned = append(learned, contact.Learned{TenantID: c.TenantID, AccountID: c.AccountID, ContactID: c.ContactID, Addresses: fresh})
		c.Addresses = append(c.Addresses, fresh...)
		raw, err := encode(c.Addresses)
		if err != nil {
			return err
		}
		// Only the addresses: the row was read without a lock.
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
func (s *Service) rescue(ctx context.Context, tx *database.Tx, moved []*settled) error {
	var homes []place
	for _, m := range moved {
		if m.Status == message.Failed && m.Sender.Kind == fromBot && !m.unreachable {
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
			if err := s.handOff(ctx, w, w.take(c), Actor{Kind: fromBot, ID: c.Owner.ID, Name: c.Owner.Name}, HandOff{Reason: "undelivered"}); err != nil {
				return err
			}
		}
	}
	return s.flush(ctx, tx, w)
}

// Admit implements channel.Ledger: the reply window is decided right before a
// message leaves.
func (s *Service) Admit(ctx context.Context, tx *database.Tx, candidates []channel.Candidate) ([]channel.Refusal, error) {
	rows, err := loadWindows(ctx, tx, candidates)
	if err != nil {
		return nil, err
	}
	var refusals []channel.Refusal
	for n, candidate := range candidates {
		late, err := s.admit(rows[n], candidate.TenantID, candidate.Kind, candidate.Human, tx.Now())
		if err == nil {
			if err = s.stillWanted(ctx, tx, candidate, rows[n].ContactID); err != nil && !fault.Is(err, fault.Refused) {
				return nil, err
			}
		}
		if late {
			refusals = append(refusals, channel.Refusal{MessageID: candidate.MessageID, Late: true})
		}
		if err != nil {
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

// admit says whether a message of a company may leave now, and whether it goes
// as a person's late answer.
func (s *Service) admit(c *Conversation, tenantID string, kind message.Kind, human bool, nowMS int64) (late bool, err error) {
	if _, sends := s.serves(tenantID); !sends {
		return false, fault.Refuse("company_suspended", "the company is suspended: nothing leaves for its customers")
	}
	return admit(c, kind, human, nowMS)
}

// admit says whether a message may leave now.
func admit(c *Conversation, kind message.Kind, human bool, nowMS int64) (late bool, err error) {
	switch {
	case c == nil:
		return false, fault.Refuse("conversation_gone", "the conversation is gone")
	case c.Blocked:
		return false, fault.Refuse("contact_blocked", "the company blocked this customer")
	default:
		return checkWindow(c, kind, human, nowMS)
	}
}
