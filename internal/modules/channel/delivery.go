package channel

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/platform/database"
)

// reports says whether a platform tells what became of a send, with the id
// that we attached to it. Where it does, an ambiguous send is settled by that
// word; where it does not, nobody ever will know.
func reports(ch message.Channel) bool { return ch == message.WhatsApp }

// Order queues messages for delivery in the caller's transaction: it renders
// their parts and inserts a row each, and wakes the shard's sender once the
// transaction is committed. A message that the channel cannot carry becomes
// failed at once, with the reason, instead of an error: the others go on.
func (s *Service) Order(ctx context.Context, tx *database.Tx, orders []Order) error {
	rows := make([][]any, 0, len(orders))
	fresh := map[int][]queued{}
	var failed []Change
	ride := s.rideOf(tx)
	settleMS := s.cfg.SettleAfter.Milliseconds()
	for i := range orders {
		order := &orders[i]
		account, err := s.accountFor(ctx, tx, order.TenantID, order.AccountID)
		if err != nil {
			return err
		}
		parts, deliveryIDs, refused := s.render(tx.Now(), account, order)
		if refused != nil {
			failed = append(failed, Change{
				TenantID: order.TenantID, ConversationID: order.ConversationID, MessageID: order.MessageID, Status: message.Failed,
				AtMS: tx.Now(), ErrorCode: string(fault.CodeOf(refused)), ErrorText: fault.MessageOf(refused),
			})
			continue
		}
		for n, part := range parts {
			request, err := json.Marshal(part)
			if err != nil {
				return fault.Wrap(err, fault.Internal, "a rendered part could not be encoded")
			}
			q := queued{
				tenantID: order.TenantID, id: deliveryIDs[n], accountID: order.AccountID, conversationID: order.ConversationID,
				messageID: order.MessageID, seq: order.Seq, part: n, parts: len(parts), priority: order.Priority, human: order.Human,
				kind: order.Content.Kind, state: message.Queued, nextTryMS: tx.Now(), to: order.To,
			}
			if ride != nil && ride.sender.lease.Shard == order.Shard {
				ride.take(&q, account, order.Admitted, string(request), settleMS)
			} else {
				fresh[order.Shard] = append(fresh[order.Shard], q)
			}
			rows = append(rows, []any{
				q.tenantID, q.id, q.accountID, q.conversationID, q.messageID, order.Shard, q.seq, q.part, q.parts, q.priority, q.human,
				string(q.kind), string(q.state), q.nextTryMS, string(request), tx.Now(), q.attempt, recipient(account.Channel, order.To), int64(q.attempt) * tx.Now(),
			})
		}
	}
	if len(rows) > 0 {
		if _, err := tx.All(ctx, `INSERT INTO delivery (tenant_id, id, account_id, conversation_id, message_id, shard, seq, part, parts,
			priority, human, kind, state, attempt, next_try_ms, request, external_id, error_code, error_text, created_ms, updated_ms, recipient, sent_ms)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $17, $14, $15, '', '', '', $16, $16, $18, $19)`, rows, nil); err != nil {
			return err
		}
		tx.AfterCommit(func() {
			for shard, batch := range fresh {
				s.offer(shard, batch)
			}
		})
	}
	if len(failed) > 0 {
		return s.ledger.Settle(ctx, tx, failed)
	}
	return nil
}

// render makes the parts of an order. Each part carries its delivery's id to
// the platform, so the ids are made first: as many as a rendering needs.
func (s *Service) render(nowMS int64, account Account, order *Order) (parts []Part, deliveryIDs []string, err error) {
	adapter, ok := s.adapters[account.Channel]
	if !ok {
		return nil, nil, fault.Refuse("channel_absent", "this installation does not speak %s", account.Channel)
	}
	const placeholder = "dlv_00000000000000000000000000"
	parts, err = adapter.Render(Outbound{
		To: order.To, Content: order.Content, QuoteID: order.QuoteID, Ours: placeholder, Human: order.Human, Language: order.Language,
	})
	if err != nil {
		return nil, nil, err
	}
	if len(parts) == 0 {
		return nil, nil, fault.Refuse("nothing_to_send", "the message has nothing that %s can carry", account.Channel)
	}
	deliveryIDs = make([]string, len(parts))
	for n := range parts {
		deliveryIDs[n] = id.New(id.Delivery, nowMS)
		parts[n].named(placeholder, deliveryIDs[n])
	}
	return parts, deliveryIDs, nil
}

// accountFor prefers the snapshot; an account made a moment ago is read.
func (s *Service) accountFor(ctx context.Context, tx *database.Tx, tenantID, accountID string) (Account, error) {
	if account, ok := s.directory.Account(accountID); ok && account.TenantID == tenantID {
		return account, nil
	}
	return s.loadAccount(ctx, tx, tenantID, accountID)
}

// SendAgain makes a new attempt of the parts of a message that failed or are
// unknown, under new ids, so that a late word on the old attempt is not taken
// for the new one. Error: Refused "nothing_to_repeat".
func (s *Service) SendAgain(ctx context.Context, tx *database.Tx, tenantID, messageID string) error {
	rows, err := tx.Query(ctx, `SELECT `+queuedColumns+`, shard, request, recipient FROM delivery
		WHERE tenant_id = $1 AND message_id = $2 AND state IN ('failed', 'unknown') ORDER BY part`, tenantID, messageID)
	if err != nil {
		return err
	}
	defer rows.Close()
	var inserts, supersede [][]any
	fresh := map[int][]queued{}
	for rows.Next() {
		var q queued
		var shard int
		var request, recipient string
		if err := rows.Scan(&q.tenantID, &q.id, &q.accountID, &q.conversationID, &q.messageID, &q.seq, &q.part, &q.parts,
			&q.priority, &q.human, &q.kind, &q.state, &q.attempt, &q.nextTryMS, &shard, &request, &recipient); err != nil {
			return err
		}
		old := q.id
		q.id, q.state, q.attempt, q.nextTryMS = id.New(id.Delivery, tx.Now()), message.Queued, 0, tx.Now()
		supersede = append(supersede, []any{tenantID, old, tx.Now()})
		inserts = append(inserts, []any{
			q.tenantID, q.id, q.accountID, q.conversationID, q.messageID, shard, q.seq, q.part, q.parts, q.priority, q.human,
			string(q.kind), string(message.Queued), q.nextTryMS, strings.ReplaceAll(request, old, q.id), tx.Now(), recipient,
		})
		fresh[shard] = append(fresh[shard], q)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close()
	if len(inserts) == 0 {
		return fault.Refuse("nothing_to_repeat", "no part of this message failed")
	}
	// The old rows stay as history, without a message, so that they no longer
	// count for it.
	if _, err := tx.Each(ctx, `UPDATE delivery SET message_id = '', next_try_ms = 0, updated_ms = $3 WHERE tenant_id = $1 AND id = $2`, supersede, nil); err != nil {
		return err
	}
	if _, err := tx.Each(ctx, `INSERT INTO delivery (tenant_id, id, account_id, conversation_id, message_id, shard, seq, part, parts,
		priority, human, kind, state, attempt, next_try_ms, request, external_id, error_code, error_text, created_ms, updated_ms, recipient)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, $14, $15, '', '', '', $16, $16, $17)`, inserts, nil); err != nil {
		return err
	}
	tx.AfterCommit(func() {
		for shard, batch := range fresh {
			s.offer(shard, batch)
		}
	})
	return nil
}

// known is a delivery as a report finds it.
type known struct {
	tenantID, id, conversationID, messageID, externalID string
	parts                                               int
	state                                               message.Status
	shard                                               int
}

// Report takes the platforms' words on deliveries: each is joined by the id
// that we attached, else by the platform's, moves its row forward, and is told
// to the ledger. A report up to a time counts for each delivery that it covers.
// A report about nothing that we know is parked for a while,
// since it may have overtaken the answer of our own call. Only the last of
// several words on one delivery counts.
func (s *Service) Report(ctx context.Context, tx *database.Tx, incoming []Report) error {
	incoming, err := s.spread(ctx, tx, incoming)
	if err != nil || len(incoming) == 0 {
		return err
	}
	found, missing, err := findReported(ctx, tx, incoming)
	if err != nil {
		return err
	}
	if err := s.park(ctx, tx, incoming, missing); err != nil {
		return err
	}
	return s.applyReports(ctx, tx, incoming, found)
}

// findReported gives the delivery of each report, nil where there is none, and
// the indexes of those reports.
func findReported(ctx context.Context, tx *database.Tx, incoming []Report) (found []*known, missing []int, err error) {
	found = make([]*known, len(incoming))
	scan := func(indexes []int) func(int, database.Row) error {
		return func(i int, row database.Row) error {
			var k known
			if err := row.Scan(&k.tenantID, &k.id, &k.conversationID, &k.messageID, &k.externalID, &k.parts, &k.state, &k.shard); err != nil {
				return err
			}
			found[indexes[i]] = &k
			return nil
		}
	}
	const columns = `SELECT tenant_id, id, conversation_id, message_id, external_id, parts, state, shard FROM delivery `
	// Sent, delivered and read of one delivery often come together.
	type reported struct{ tenantID, deliveryID, accountID string }
	var ours, theirs [][]any
	var oursAt, theirsAt []int
	first, again := map[reported]int{}, map[int]int{}
	for i, report := range incoming {
		if id.Check(id.Delivery, report.Status.Ours) != nil {
			continue
		}
		key := reported{report.TenantID, report.Status.Ours, report.AccountID}
		if at, ok := first[key]; ok {
			again[i] = at
			continue
		}
		first[key] = i
		ours, oursAt = append(ours, []any{key.tenantID, key.deliveryID, key.accountID}), append(oursAt, i)
	}
	if len(ours) > 0 {
		if _, err := tx.All(ctx, columns+`WHERE tenant_id = $1 AND id = $2 AND account_id = $3`, ours, scan(oursAt)); err != nil {
			return nil, nil, err
		}
	}
	for i, at := range again {
		found[i] = found[at]
	}
	for i, report := range incoming {
		if found[i] == nil && report.Status.ExternalID != "" {
			theirs, theirsAt = append(theirs, []any{report.TenantID, report.AccountID, report.Status.ExternalID}), append(theirsAt, i)
		}
	}
	if len(theirs) > 0 {
		if _, err := tx.All(ctx, columns+`WHERE tenant_id = $1 AND account_id = $2 AND external_id = $3 AND external_id <> ''`, theirs, scan(theirsAt)); err != nil {
			return nil, nil, err
		}
	}
	for i := range found {
		if found[i] == nil {
			missing = append(missing, i)
		}
	}
	return found, missing, nil
}

func (s *Service) park(ctx context.Context, tx *database.Tx, incoming []Report, missing []int) error {
	var rows [][]any
	for _, i := range missing {
		report := incoming[i]
		if report.Status.ExternalID == "" {
			continue
		}
		raw, err := json.Marshal(report.Status)
		if err != nil {
			return fault.Wrap(err, fault.Internal, "a report could not be encoded")
		}
		rows = append(rows, []any{report.TenantID, report.AccountID, report.Status.ExternalID, string(report.Status.Status), string(raw), report.AtMS, tx.Now()})
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.All(ctx, `INSERT INTO early_status (tenant_id, account_id, external_id, status, report, at_ms, parked_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, account_id, external_id, status) DO NOTHING`, rows, nil)
	tx.AfterCommit(func() { s.parked.Add(int64(len(rows))) })
	return err
}

func (s *Service) applyReports(ctx context.Context, tx *database.Tx, incoming []Report, found []*known) error {
	if err := s.bill(ctx, tx, incoming, found); err != nil {
		return err
	}
	// Several reports on one delivery share one row: reduce first.
	states := map[string]*known{}
	last := map[string]Report{}
	under := map[string]bool{} // deliveries that the sender may still hold
	var order []string
	for i, k := range found {
		if k == nil {
			continue
		}
		seen, ok := states[k.id]
		if !ok {
			seen = k
			states[k.id] = k
			under[k.id] = k.state == message.Queued || k.state == message.Sending
		}
		if !message.Advances(seen.state, incoming[i].Status.Status) {
			continue
		}
		if _, moved := last[k.id]; !moved {
			order = append(order, k.id)
		}
		seen.state = incoming[i].Status.Status
		if seen.externalID == "" {
			seen.externalID = incoming[i].Status.ExternalID
		}
		last[k.id] = incoming[i]
	}
	var updates [][]any
	var changes []Change
	settled := map[int][]settledDelivery{}
	ride := s.rideOf(tx)
	for _, deliveryID := range order {
		k, report := states[deliveryID], last[deliveryID]
		updates = append(updates, []any{k.tenantID, k.id, string(k.state), k.externalID, report.Status.ErrorCode, report.Status.ErrorText, tx.Now()})
		if under[k.id] {
			settled[k.shard] = append(settled[k.shard], settledDelivery{k.conversationID, k.id})
		}
		if ride != nil {
			ride.hears(k.id, k.externalID)
		}
		if k.messageID == "" {
			continue // a superseded attempt
		}
		changes = append(changes, Change{
			TenantID: k.tenantID, ConversationID: k.conversationID, MessageID: k.messageID, Status: k.state, AtMS: report.AtMS,
			ErrorCode: report.Status.ErrorCode, ErrorText: report.Status.ErrorText, ExternalID: k.externalID,
		})
	}
	if len(updates) == 0 {
		return nil
	}
	if _, err := tx.All(ctx, `UPDATE delivery SET state = $3, external_id = $4, error_code = $5, error_text = $6, next_try_ms = 0,
		updated_ms = $7 WHERE tenant_id = $1 AND id = $2`, updates, nil); err != nil {
		return err
	}
	if len(settled) > 0 {
		tx.AfterCommit(func() { s.settle(settled) })
	}
	if err := reduceParts(ctx, tx, changes, partsOf(states)); err != nil {
		return err
	}
	if len(changes) == 0 {
		return nil
	}
	return s.ledger.Settle(ctx, tx, changes)
}

func partsOf(states map[string]*known) map[string]int {
	parts := make(map[string]int, len(states))
	for _, k := range states {
		parts[k.messageID] = k.parts
	}
	return parts
}

// reduceParts puts into each change of a message of several parts where the
// message as a whole stands.
func reduceParts(ctx context.Context, tx *database.Tx, changes []Change, parts map[string]int) error {
	var args [][]any
	var at []int
	for i, change := range changes {
		if parts[change.MessageID] > 1 {
			args, at = append(args, []any{change.TenantID, change.MessageID}), append(at, i)
		}
	}
	if len(args) == 0 {
		return nil
	}
	states := make(map[int][]message.Status, len(args))
	first := make(map[int]string, len(args))
	if _, err := tx.All(ctx, `SELECT state, external_id, part FROM delivery WHERE tenant_id = $1 AND message_id = $2 ORDER BY part`, args,
		func(i int, row database.Row) error {
			var state message.Status
			var externalID string
			var part int
			if err := row.Scan(&state, &externalID, &part); err != nil {
				return err
			}
			states[i] = append(states[i], state)
			if part == 0 {
				first[i] = externalID
			}
			return nil
		}); err != nil {
		return err
	}
	for n, i := range at {
		changes[i].Status = reduce(states[n])
		changes[i].ExternalID = first[n]
	}
	return nil
}

// reduce gives the state of a message from those of its parts: one failed part
// fails it, one unknown makes it unknown, else it stands where its slowest
// part stands.
func reduce(states []message.Status) message.Status {
	slowest := message.Played
	unknown := false
	for _, state := range states {
		switch {
		case state == message.Failed:
			return message.Failed
		case state == message.Unknown:
			unknown = true
		case state.Rank() < slowest.Rank():
			slowest = state
		}
	}
	if unknown {
		return message.Unknown
	}
	return slowest
}

// unpark applies the reports that overtook the answer of our own call.
func (s *Service) unpark(ctx context.Context, tx *database.Tx, accepted []Report) error {
	if s.parked.Load() == 0 || len(accepted) == 0 {
		return nil
	}
	args := make([][]any, len(accepted))
	for i, a := range accepted {
		args[i] = []any{a.TenantID, a.AccountID, a.Status.ExternalID}
	}
	var early []Report
	taken, err := tx.All(ctx, `DELETE FROM early_status WHERE tenant_id = $1 AND account_id = $2 AND external_id = $3 RETURNING report, at_ms`, args,
		func(i int, row database.Row) error {
			var raw string
			report := Report{TenantID: accepted[i].TenantID, AccountID: accepted[i].AccountID}
			if err := row.Scan(&raw, &report.AtMS); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(raw), &report.Status); err != nil {
				return fault.Wrap(err, fault.Internal, "a parked report is unreadable")
			}
			early = append(early, report)
			return nil
		})
	if err != nil {
		return err
	}
	tx.AfterCommit(func() { s.parked.Add(-taken) })
	covered, err := coveredEarly(ctx, tx, accepted)
	if early = append(early, covered...); err != nil || len(early) == 0 {
		return err
	}
	return s.Report(ctx, tx, early)
}

// Quarantine keeps what could not be routed or read, with the reason, for an
// operator to see, mend and replay.
func (s *Service) Quarantine(ctx context.Context, tx *database.Tx, raws []event.Raw, reasons []string) error {
	return s.quarantine(ctx, tx, raws, reasons)
}

// asSendError finds the *SendError in err's chain.
func asSendError(err error, into **SendError) bool { return errors.As(err, into) }

// InFlight says which of our messages have a part that was given to the
// platform, or is about to be, and whose answer is not recorded yet: what is
// heard of it now may come from it.
func (s *Service) InFlight(ctx context.Context, tx *database.Tx, tenantID string, messageIDs []string) (map[string]bool, error) {
	args := make([][]any, len(messageIDs))
	for i, messageID := range messageIDs {
		args[i] = []any{tenantID, messageID, string(message.Queued), string(message.Sending)}
	}
	flying := map[string]bool{}
	if len(args) == 0 {
		return flying, nil
	}
	_, err := tx.All(ctx, `SELECT message_id FROM delivery WHERE tenant_id = $1 AND message_id = $2 AND external_id = '' AND state IN ($3, $4)`,
		args, func(i int, row database.Row) error {
			var messageID string
			if err := row.Scan(&messageID); err != nil {
				return err
			}
			flying[messageIDs[i]] = true
			return nil
		})
	return flying, err
}

// Locate gives our message ids for the platform's ids of what we sent by an
// account; those that we do not know are left out.
func (s *Service) Locate(ctx context.Context, tx *database.Tx, tenantID, accountID string, externalIDs []string) (map[string]string, error) {
	args := make([][]any, len(externalIDs))
	for i, externalID := range externalIDs {
		args[i] = []any{tenantID, accountID, externalID}
	}
	located := make(map[string]string, len(externalIDs))
	if len(args) == 0 {
		return located, nil
	}
	_, err := tx.All(ctx, `SELECT message_id FROM delivery WHERE tenant_id = $1 AND account_id = $2 AND external_id = $3 AND external_id <> '' AND message_id <> ''`,
		args, func(i int, row database.Row) error {
			var messageID string
			if err := row.Scan(&messageID); err != nil {
				return err
			}
			located[externalIDs[i]] = messageID
			return nil
		})
	return located, err
}
