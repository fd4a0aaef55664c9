package conversation

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

const conversationColumns = `tenant_id, id, account_id, channel, contact_id, shard, state, owner_kind, owner_id, owner_name, last_user_id,
	team, bot_id, contact_name, contact_blocked, addresses, seq, event_seq, preview, preview_kind, preview_by, last_ms, last_in_ms,
	last_in_seq, waiting_since_ms, window_ends_ms, snoozed_until_ms, auto_minute, auto_count, previous_id, referral, created_ms,
	resolved_ms, version, control, free_until_ms, past, gather_key, gather_seq, gather_ms`

func scanConversation(row database.Row, more ...any) (*Conversation, error) {
	var c Conversation
	var addresses, referral, control string
	err := row.Scan(append([]any{&c.TenantID, &c.ID, &c.AccountID, &c.Channel, &c.ContactID, &c.Shard, &c.State, &c.Owner.Kind, &c.Owner.ID,
		&c.Owner.Name, &c.LastUserID, &c.Team, &c.BotID, &c.ContactName, &c.Blocked, &addresses, &c.Seq, &c.EventSeq, &c.Preview,
		&c.PreviewKind, &c.PreviewBy, &c.LastMS, &c.LastInMS, &c.LastInSeq, &c.WaitingMS, &c.WindowMS, &c.SnoozedMS, &c.AutoMinute,
		&c.AutoCount, &c.PreviousID, &referral, &c.CreatedMS, &c.ResolvedMS, &c.Version, &control,
		&c.FreeMS, &c.Past, &c.Gather.key, &c.Gather.seq, &c.Gather.dueMS}, more...)...)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(addresses), &c.Addresses); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the addresses of conversation "+c.ID+" are unreadable")
	}
	if referral != "" {
		if err := json.Unmarshal([]byte(referral), &c.Referral); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "the referral of conversation "+c.ID+" is unreadable")
		}
	}
	if control != "" {
		if err := json.Unmarshal([]byte(control), &c.Control); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "who has the thread of conversation "+c.ID+" is unreadable")
		}
	}
	c.LateMS = lateEnd(c.Channel, c.LastInMS)
	return &c, nil
}

// lock reads one conversation for change. Error: fault.NotFound.
func lock(ctx context.Context, tx *database.Tx, tenantID, conversationID string) (*Conversation, error) {
	c, err := scanConversation(tx.QueryRow(ctx, `SELECT `+conversationColumns+` FROM conversation WHERE tenant_id = $1 AND id = $2`+tx.ForUpdate(),
		tenantID, conversationID))
	if errors.Is(err, database.ErrNoRows) {
		return nil, errAbsent()
	}
	return c, err
}

// place names one conversation by its key.
type place struct{ tenant, id string }

// loadPlaces reads conversations by their keys, for change or not, in key
// order; those that don't exist are left out.
func loadPlaces(ctx context.Context, tx *database.Tx, places []place, change bool) (map[place]*Conversation, error) {
	slices.SortFunc(places, func(a, b place) int { return strings.Compare(a.tenant+a.id, b.tenant+b.id) })
	places = slices.Compact(places)
	args := make([][]any, len(places))
	for i, p := range places {
		args[i] = []any{p.tenant, p.id}
	}
	suffix := ""
	if change {
		suffix = tx.ForUpdate()
	}
	found := make(map[place]*Conversation, len(places))
	_, err := tx.All(ctx, `SELECT `+conversationColumns+` FROM conversation WHERE tenant_id = $1 AND id = $2`+suffix, args,
		func(i int, row database.Row) error {
			c, err := scanConversation(row)
			found[places[i]] = c
			return err
		})
	return found, err
}

// loadWindows reads of each candidate's conversation what decides whether it
// may be written to, and nothing else; nil where there is none.
func loadWindows(ctx context.Context, tx *database.Tx, candidates []channel.Candidate) ([]*Conversation, error) {
	args := make([][]any, len(candidates))
	for n, candidate := range candidates {
		args[n] = []any{candidate.TenantID, candidate.ConversationID}
	}
	rows := make([]*Conversation, len(candidates))
	_, err := tx.All(ctx, `SELECT channel, contact_id, last_in_ms, contact_blocked FROM conversation WHERE tenant_id = $1 AND id = $2`, args,
		func(n int, row database.Row) error {
			rows[n] = &Conversation{}
			return row.Scan(&rows[n].Channel, &rows[n].ContactID, &rows[n].LastInMS, &rows[n].Blocked)
		})
	return rows, err
}

// person is a customer on an account of a company.
type person struct{ tenant, account, contact string }

// loadLatest locks the conversation of each person that a new message belongs
// to: the one that is not resolved, else the last. People without any are left
// out. They are taken in key order. Most have one that is live, so that one is
// asked for first.
func loadLatest(ctx context.Context, tx *database.Tx, people []person) (map[person]*Conversation, error) {
	slices.SortFunc(people, comparePeople)
	people = slices.Compact(people)
	found := make(map[person]*Conversation, len(people))
	if err := loadPeople(ctx, tx, people, found, `SELECT `+conversationColumns+` FROM conversation
		WHERE tenant_id = $1 AND account_id = $2 AND contact_id = $3 AND state <> 'resolved'`+tx.ForUpdate()); err != nil {
		return nil, err
	}
	var left []person
	for _, p := range people {
		if found[p] == nil {
			left = append(left, p)
		}
	}
	// In the case that another transaction revives one between the two looks,
	// the state is sorted by here too.
	err := loadPeople(ctx, tx, left, found, `SELECT `+conversationColumns+` FROM conversation
		WHERE tenant_id = $1 AND account_id = $2 AND contact_id = $3 AND NOT past
		ORDER BY CASE WHEN state = 'resolved' THEN 1 ELSE 0 END, id DESC LIMIT 1`+tx.ForUpdate())
	return found, err
}

func loadPeople(ctx context.Context, tx *database.Tx, people []person, found map[person]*Conversation, query string) error {
	args := make([][]any, len(people))
	for i, p := range people {
		args[i] = []any{p.tenant, p.account, p.contact}
	}
	_, err := tx.All(ctx, query, args, func(i int, row database.Row) error {
		c, err := scanConversation(row)
		found[people[i]] = c
		return err
	})
	return err
}

func comparePeople(a, b person) int {
	return cmp.Or(strings.Compare(a.tenant, b.tenant), strings.Compare(a.account, b.account), strings.Compare(a.contact, b.contact))
}

// flush writes the work and orders its deliveries.
func (s *Service) flush(ctx context.Context, tx *database.Tx, w *work) error {
	for _, e := range w.entries {
		if e.dirty || len(e.changed) > 0 {
			e.Version++
		}
	}
	for _, e := range w.entries {
		e.LateMS = lateEnd(e.Channel, e.LastInMS)
	}
	told, err := w.envelopes()
	if err != nil {
		return err
	}
	if err := writeConversations(ctx, tx, w); err != nil {
		return err
	}
	if err := writeMessages(ctx, tx, w); err != nil {
		return err
	}
	if err := writeIntervals(ctx, tx, w); err != nil {
		return err
	}
	if len(w.fields) > 0 {
		if err := s.contacts.SetFields(ctx, tx, w.fields); err != nil {
			return err
		}
	}
	for _, shard := range told {
		if err := s.tell(ctx, tx, shard.shard, shard.events...); err != nil {
			return err
		}
	}
	if s.media != nil && len(w.media) > 0 {
		if err := s.media.Want(ctx, tx, w.media); err != nil {
			return err
		}
	}
	for i := range w.orders {
		order := &w.orders[i]
		e := w.byID[order.ConversationID]
		if e != nil {
			late, refused := s.admit(e.Conversation, order.TenantID, order.Content.Kind, order.Human, w.now)
			// What is late, or may be unwanted, is asked about again when it leaves.
			order.Admitted = refused == nil && !late && order.Content.Kind != message.Template
		}
	}
	if len(w.orders) > 0 {
		if err := s.deliverer.Order(ctx, tx, w.orders); err != nil {
			return err
		}
	}
	if s.signal != nil && len(w.signals) > 0 {
		tx.AfterCommit(func() {
			for _, sign := range w.signals {
				s.signal(sign.tenantID, sign.accountID, sign.to, sign.signal)
			}
		})
	}
	return nil
}

func writeConversations(ctx context.Context, tx *database.Tx, w *work) error {
	var inserts, updates [][]any
	for _, e := range w.entries {
		if !e.fresh && !e.dirty && len(e.changed) == 0 {
			continue
		}
		args, err := conversationArgs(e.Conversation)
		if err != nil {
			return err
		}
		if e.fresh {
			inserts = append(inserts, args)
		} else {
			updates = append(updates, args)
		}
	}
	byKey := func(a, b []any) int { return strings.Compare(a[0].(string)+a[1].(string), b[0].(string)+b[1].(string)) }
	slices.SortFunc(inserts, byKey)
	slices.SortFunc(updates, byKey)
	if _, err := tx.All(ctx, `INSERT INTO conversation (tenant_id, id, shard, state, owner_kind, owner_id, owner_name, last_user_id, team, bot_id,
		contact_name, contact_blocked, addresses, search, seq, event_seq, preview, preview_kind, preview_by, last_ms, last_in_ms, last_in_seq,
		waiting_since_ms, window_ends_ms, snoozed_until_ms, auto_minute, auto_count, resolved_ms, version,
		referral, control, free_until_ms, gather_key, gather_seq, gather_ms,
		account_id, channel, contact_id, previous_id, created_ms, past) VALUES (`+database.List(41, 1)+`)`, inserts, nil); err != nil {
		return err
	}
	for i := range updates {
		updates[i] = updates[i][:35] // what stands behind never changes
	}
	_, err := tx.All(ctx, `UPDATE conversation SET shard = $3, state = $4, owner_kind = $5, owner_id = $6, owner_name = $7, last_user_id = $8,
		team = $9, bot_id = $10, contact_name = $11, contact_blocked = $12, addresses = $13, search = $14, seq = $15, event_seq = $16,
		preview = $17, preview_kind = $18, preview_by = $19, last_ms = $20, last_in_ms = $21, last_in_seq = $22, waiting_since_ms = $23,
		window_ends_ms = $24, snoozed_until_ms = $25, auto_minute = $26, auto_count = $27, resolved_ms = $28, version = $29,
		referral = $30, control = $31, free_until_ms = $32, gather_key = $33, gather_seq = $34, gather_ms = $35
		WHERE tenant_id = $1 AND id = $2`, updates, nil)
	return err
}

func conversationArgs(c *Conversation) ([]any, error) {
	addresses, err := encode(c.Addresses)
	if err != nil {
		return nil, err
	}
	referral := ""
	if c.Referral != nil {
		raw, err := encode(c.Referral)
		if err != nil {
			return nil, err
		}
		referral = string(raw)
	}
	control := ""
	if c.Control != nil {
		raw, err := encode(c.Control)
		if err != nil {
			return nil, err
		}
		control = string(raw)
	}
	return []any{c.TenantID, c.ID, c.Shard, string(c.State), string(c.Owner.Kind), c.Owner.ID, c.Owner.Name, c.LastUserID, c.Team, c.BotID,
		c.ContactName, c.Blocked, string(addresses), c.search(), c.Seq, c.EventSeq, c.Preview, string(c.PreviewKind), string(c.PreviewBy),
		c.LastMS, c.LastInMS, c.LastInSeq, c.WaitingMS, c.WindowMS, c.SnoozedMS, c.AutoMinute, c.AutoCount, c.ResolvedMS, c.Version,
		referral, control, c.FreeMS, c.Gather.key, c.Gather.seq, c.Gather.dueMS,
		c.AccountID, string(c.Channel), c.ContactID, c.PreviousID, c.CreatedMS, c.Past}, nil
}

func writeIntervals(ctx context.Context, tx *database.Tx, w *work) error {
	var ends, begins [][]any
	for _, e := range w.entries {
		if e.ends {
			ends = append(ends, []any{e.TenantID, e.ID, w.now})
		}
		for _, i := range e.intervals {
			begins = append(begins, []any{e.TenantID, i.id, e.ID, i.kind, i.ownerID, i.team, i.startedMS, i.endedMS, string(i.cause), i.actorID})
		}
	}
	if _, err := tx.All(ctx, `UPDATE conversation_interval SET ended_ms = $3 WHERE tenant_id = $1 AND conversation_id = $2 AND ended_ms = 0`, ends, nil); err != nil {
		return err
	}
	_, err := tx.All(ctx, `INSERT INTO conversation_interval (tenant_id, id, conversation_id, kind, owner_id, team, started_ms, ended_ms, cause, actor_id)
		VALUES (`+database.List(10, 1)+`)`, begins, nil)
	return err
}
