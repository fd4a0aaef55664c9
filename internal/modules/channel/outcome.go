package channel

import (
	"context"

	"prosa/internal/message"
	"prosa/internal/platform/database"
)

// stopPause is how long an account that was refused is left alone, in
// milliseconds, before its state is looked at again.
const stopPause = 2_000

// verdict is what an outcome means for its row and its message.
type verdict struct {
	state     message.Status // of the row
	nextTryMS int64          // 0 = nothing more to do
	refund    int            // tries that do not count
	change    message.Status // of the message; empty when there is nothing to tell
	code      string
	text      string
}

// judge decides what follows from a call, by the class of its error.
func (c Config) judge(o outcome) verdict {
	if o.err == nil {
		return verdict{state: o.receipt.Status, change: o.receipt.Status}
	}
	v := verdict{code: o.err.Code, text: o.err.Message}
	failed := func() verdict {
		v.state, v.change = message.Failed, message.Failed
		return v
	}
	switch o.err.Class {
	case Retry:
		most := c.MaxAttempts
		if o.err.MaxTries > 0 {
			most = min(most, o.err.MaxTries)
		}
		if o.attempt >= most {
			return failed()
		}
		v.state, v.nextTryMS = message.Queued, o.finished+max(o.err.AfterMS, backoff(o.attempt, spread()).Milliseconds())
		return v
	case Throttled:
		v.state, v.refund = message.Queued, 1
		v.nextTryMS = o.finished + max(o.err.AfterMS, 1)
		if o.err.Scope == Campaigns && o.item.priority == 0 {
			// A reply goes on, slowly, and not for ever.
			v.refund, v.nextTryMS = 0, o.finished+max(o.err.AfterMS, backoff(o.attempt, spread()).Milliseconds())
			if o.attempt >= c.MaxAttempts {
				return failed()
			}
		}
		if o.err.Scope == OneCustomer && o.err.AfterMS == 0 {
			// 4^n seconds, so here the tries count.
			v.refund, v.nextTryMS = 0, o.finished+pairBackoff(o.attempt).Milliseconds()
			if o.attempt >= c.MaxAttempts {
				return failed()
			}
		}
		return v
	case Stop:
		v.state, v.refund, v.nextTryMS = message.Queued, 1, o.finished+1
		return v
	case Ambiguous:
		if reports(o.account.Channel) {
			if o.attempt >= c.MaxAttempts {
				return failed()
			}
			v.state, v.nextTryMS = message.Sending, o.finished+c.SettleAfter.Milliseconds()
			return v
		}
		v.state, v.change = message.Unknown, message.Unknown
		return v
	default: // Rejected, Doubtful, Window, Dead
		return failed()
	}
}

// record writes the outcomes and tells the ledger.
func (s *sender) record(ctx context.Context, tx *database.Tx, done []outcome) error {
	if len(done) == 0 {
		return nil
	}
	var updates [][]any
	var updated []int
	ride := s.service.rideOf(tx)
	var rest [][]any
	var changes []Change
	var accepted []Report
	parts := map[string]int{}
	for i := range done {
		o := &done[i]
		v := o.verdict
		if ride.knows(o) {
			continue
		}
		updated = append(updated, i)
		updates = append(updates, []any{o.item.tenantID, o.item.id, string(v.state), v.nextTryMS, o.receipt.ExternalID, v.code, v.text, v.refund, tx.Now()})
		if o.err == nil && o.receipt.ExternalID != "" {
			accepted = append(accepted, Report{TenantID: o.item.tenantID, AccountID: o.item.accountID, Status: StatusReport{ExternalID: o.receipt.ExternalID, Ours: o.item.id}})
		}
		if v.state == message.Failed && o.item.parts > 1 {
			rest = append(rest, []any{o.item.tenantID, o.item.messageID, v.code, v.text, tx.Now()})
		}
		if o.err != nil && (o.err.Class == Stop || o.err.Class == Doubtful && s.service.pauses.doubts(o.item.accountID, o.item.conversationID)) {
			if err := s.service.stop(ctx, tx, o.account, o.err.Message); err != nil {
				return err
			}
		}
		if v.change == "" {
			continue
		}
		parts[o.item.messageID] = o.item.parts
		changes = append(changes, Change{
			TenantID: o.item.tenantID, ConversationID: o.item.conversationID, MessageID: o.item.messageID, Status: v.change,
			AtMS: o.finished, ErrorCode: v.code, ErrorText: v.text, ExternalID: o.receipt.ExternalID, Learned: o.receipt.Learned,
			Unreachable: o.err != nil && o.err.Class == Dead,
		})
	}
	// A report may have been faster than the answer: what it wrote stands, and
	// then nothing waits for the row any more.
	if _, err := tx.All(ctx, `UPDATE delivery SET
		state = CASE WHEN state = 'sending' THEN $3 ELSE state END,
		next_try_ms = CASE WHEN state = 'sending' THEN $4 ELSE next_try_ms END,
		external_id = CASE WHEN external_id = '' THEN $5 ELSE external_id END,
		error_code = $6, error_text = $7, attempt = attempt - $8, updated_ms = $9
		WHERE tenant_id = $1 AND id = $2 RETURNING next_try_ms`, updates, func(i int, row database.Row) error {
		var nextTryMS int64
		err := row.Scan(&nextTryMS)
		done[updated[i]].settled = done[updated[i]].verdict.nextTryMS > 0 && nextTryMS == 0
		return err
	}); err != nil {
		return err
	}
	if len(rest) > 0 {
		if _, err := tx.Each(ctx, failRest, rest, nil); err != nil {
			return err
		}
	}
	if err := s.service.keepPauses(ctx, tx, done); err != nil {
		return err
	}
	if err := reduceParts(ctx, tx, changes, parts); err != nil {
		return err
	}
	if len(changes) > 0 {
		if err := s.service.ledger.Settle(ctx, tx, changes); err != nil {
			return err
		}
	}
	return s.service.unpark(ctx, tx, accepted)
}

// learn brings the lanes up to date with outcomes that are now written.
func (s *sender) learn(now int64) {
	for _, o := range s.done {
		if o.lane == nil {
			continue // found stuck, never in a lane
		}
		s.calls--
		if o.item.priority > 0 {
			s.crowd--
		}
		l := o.lane
		l.busy = false
		v := o.verdict
		s.hear(o, now)
		switch {
		case o.settled:
			l.remove(o.item.id)
		case v.nextTryMS == 0:
			if v.state == message.Failed {
				dropMessage(l, o.item.messageID)
				s.service.failed(o.item.accountID, o.finished, v.code, v.text)
			} else {
				l.remove(o.item.id)
				s.service.sent(o.item.accountID, o.finished)
			}
		case len(l.items) > 0 && l.items[0].id == o.item.id:
			l.items[0].nextTryMS, l.items[0].state = v.nextTryMS, v.state
			l.rank()
		}
		s.lanes.arrange(l, now)
	}
	clear(s.done)
	s.done = s.done[:0]
}

// hear learns from an outcome how the account and its customer stand.
func (s *sender) hear(o outcome, now int64) {
	switch {
	case o.err == nil:
		s.service.pauses.trusts(o.item.accountID)
	case o.err.Class == Stop:
		s.pace(o.account).stoppedUntilMS = now + stopPause // until the snapshot knows that the account is stopped
	case o.err.Class == Throttled && o.err.Scope == OneCustomer:
		o.lane.pausedUntilMS = o.verdict.nextTryMS
	}
}
