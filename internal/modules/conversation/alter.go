package conversation

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

// Names under which reactions are kept on a message.
const (
	reactedCustomer = "customer"
	reactedCompany  = "company"
)

// alter carries out edits, deletions and reactions, those of the batch and
// those that waited for a message of the batch. What finds no message is
// parked.
func (b *batch) alter(ctx context.Context) error {
	var altering []*item
	for _, i := range b.items {
		if i.alters() {
			altering = append(altering, i)
		}
	}
	parked, err := b.s.unpark(ctx, b.tx, b.arrivals())
	if err != nil {
		return err
	}
	altering = append(altering, parked...)
	if len(altering) == 0 {
		return nil
	}
	wanted := make([]target, len(altering))
	for n, i := range altering {
		wanted[n] = i.target(i.in.Target)
	}
	ids, err := b.s.locate(ctx, b.tx, wanted)
	if err != nil {
		return err
	}
	messages, err := b.gather(ctx, altering, ids)
	if err != nil {
		return err
	}
	var early []*item
	for _, i := range altering {
		m := messages[ids[i.target(i.in.Target)]]
		if m == nil {
			early = append(early, i)
			continue
		}
		b.change(b.byID[m.ConversationID], m, i)
	}
	return park(ctx, b.tx, b.shard, early)
}

// arrivals gives the platform's ids of what the batch stores.
func (b *batch) arrivals() []target {
	var list []target
	for _, e := range b.entries {
		for _, m := range e.added {
			if m.ExternalID != "" {
				list = append(list, target{e.TenantID, e.AccountID, m.ExternalID})
			}
		}
	}
	return list
}

// gather finds the messages by our ids, stored or about to be, and brings
// their conversations under work.
func (b *batch) gather(ctx context.Context, altering []*item, ids map[target]string) (map[string]*Message, error) {
	messages := map[string]*Message{}
	for _, e := range b.entries {
		for _, m := range e.added {
			messages[m.ID] = m
		}
	}
	var wanted []place
	for _, i := range altering {
		if messageID := ids[i.target(i.in.Target)]; messageID != "" && messages[messageID] == nil {
			wanted = append(wanted, place{i.raw.TenantID, messageID})
		}
	}
	stored, err := loadMessages(ctx, b.tx, wanted)
	if err != nil {
		return nil, err
	}
	var homes []place
	for _, m := range stored {
		messages[m.ID] = m
		if b.byID[m.ConversationID] == nil {
			homes = append(homes, place{m.TenantID, m.ConversationID})
		}
	}
	found, err := loadPlaces(ctx, b.tx, homes, true)
	if err != nil {
		return nil, err
	}
	for _, c := range found {
		b.take(c)
	}
	return messages, nil
}

// change alters one message. What a customer does keeps the window open, as a
// message would, unless it takes something back.
func (b *batch) change(e *entry, m *Message, i *item) {
	at := b.clamp(i.at())
	echo := i.in.Kind == channel.InEcho
	switch {
	case i.in.Kind == channel.InReaction, echo && i.in.Content.Kind == message.Emoji:
		who := reactedCustomer
		if echo {
			who = reactedCompany
		}
		emoji := plain(i.in.Content.Text)
		if !m.react(who, emoji, at) {
			return
		}
		if emoji != "" && !echo {
			e.LastInMS = max(e.LastInMS, at)
			e.WindowMS = max(e.WindowMS, windowEnd(e.Channel, at))
		}
	case i.in.Kind == channel.InRevoke, echo && i.in.Content.Kind == "":
		if !b.withdraw(e, m, at) {
			return
		}
	default:
		plainContent(&i.in.Content)
		before := m.Content.Media
		if b.amend(e, m, i.in.Content, at); m.Content.Media != before {
			b.wantMedia(e, m)
		}
	}
	b.touch(e, m)
}

// withdraw marks a message as deleted by who wrote it; what it said stays for
// the record. It reports false when it was so already.
func (w *work) withdraw(e *entry, m *Message, atMS int64) bool {
	if m.DeletedMS != 0 {
		return false
	}
	m.DeletedMS = atMS
	if m.Seq == e.Seq {
		e.Preview = message.Preview(message.Content{Kind: message.Withdrawal}, w.locale(e.TenantID))
		e.dirty = true
	}
	return true
}

// amend gives a message its words of a time, and keeps those that they replace.
// An edit that comes after a later one only joins the former words.
func (w *work) amend(e *entry, m *Message, after message.Content, atMS int64) {
	if atMS < m.EditedMS || atMS == m.EditedMS && after.Text < m.Content.Text {
		m.remember(former{atMS, after.Text})
		return
	}
	// A place that moves has no words to keep.
	if m.Content.Text != "" || after.Text != "" {
		m.remember(former{max(m.EditedMS, m.AtMS), m.Content.Text})
	}
	m.Content, m.EditedMS, m.stored = edited(m.Content, after), atMS, ""
	m.Kind = m.Content.Kind
	if m.Seq == e.Seq && m.DeletedMS == 0 {
		e.Preview = message.Preview(m.Content, w.locale(e.TenantID))
		e.dirty = true
	}
}

// maxFormer bounds the words that are kept of a message that is edited over and
// over: the first and the newest ones.
const maxFormer = 20

// remember keeps words that are not the message's any more, in their order.
func (m *Message) remember(words former) {
	at, known := slices.BinarySearchFunc(m.Former, words, func(a, b former) int {
		return cmp.Or(cmp.Compare(a.AtMS, b.AtMS), strings.Compare(a.Text, b.Text))
	})
	if known {
		return
	}
	m.Former = slices.Insert(m.Former, at, words)
	if len(m.Former) > maxFormer {
		m.Former = slices.Delete(m.Former, 1, 2)
	}
}

// edited gives the content after an edit. A medium is not changed by a new
// caption, and what we fetched of it stays.
func edited(before, after message.Content) message.Content {
	if before.Media != nil && (after.Media == nil || after.Media.Remote == "" || after.Media.Remote == before.Media.Remote) {
		after.Media = before.Media
		if after.Kind == message.Text {
			after.Kind = before.Kind
		}
	}
	return after
}

// park keeps events whose message is not stored yet.
func park(ctx context.Context, tx *database.Tx, shard int, early []*item) error {
	rows := make([][]any, len(early))
	for n, i := range early {
		rows[n] = []any{i.raw.TenantID, i.raw.AccountID, i.in.Target, i.in.Key, shard, i.raw.Channel, i.raw.Body, i.raw.ReceivedMS, tx.Now()}
	}
	_, err := tx.Each(ctx, `INSERT INTO parked_event (tenant_id, account_id, target, key, shard, channel, body, received_ms, parked_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (tenant_id, account_id, target, key) DO NOTHING`, rows, nil)
	return err
}

// unpark takes out the events that waited for messages that are here now.
func (s *Service) unpark(ctx context.Context, tx *database.Tx, arrivals []target) ([]*item, error) {
	if len(arrivals) == 0 {
		return nil, nil
	}
	var waiting int64
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM parked_event LIMIT 1) AS few`).Scan(&waiting); err != nil || waiting == 0 {
		return nil, err
	}
	args := make([][]any, len(arrivals))
	for n, t := range arrivals {
		args[n] = []any{t.tenant, t.account, t.external}
	}
	var raws []event.Raw
	if _, err := tx.Each(ctx, `DELETE FROM parked_event WHERE tenant_id = $1 AND account_id = $2 AND target = $3 RETURNING channel, body, received_ms`, args,
		func(n int, row database.Row) error {
			raw := event.Raw{TenantID: arrivals[n].tenant, AccountID: arrivals[n].account}
			err := row.Scan(&raw.Channel, &raw.Body, &raw.ReceivedMS)
			raws = append(raws, raw)
			return err
		}); err != nil {
		return nil, err
	}
	items, bad, reasons := s.parse(raws, nil)
	if len(bad) > 0 {
		if err := s.deliverer.Quarantine(ctx, tx, bad, reasons); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(items, func(a, b *item) int { return int(a.at() - b.at()) })
	return items, nil
}
