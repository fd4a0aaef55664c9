package botrun

import (
	"context"
	"log/slog"
	"time"

	"github.com/go-json-experiment/json"

	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/service"
)

// wait is a row of bot_wait: a session that waits for something to happen to a
// topic.
type wait struct {
	key
	id, sessionID, askID, topic string
	answer                      string // empty until the topic was fired
	dueMS                       int64
}

// await notes that a session begins to wait for a topic, or stops, as the engine
// says in its state.
func (b *batch) await(s *session, next *flow.State) {
	before := s.state.Topic != "" && s.broken == nil
	if before && s.state.Topic == next.Topic && s.state.Asked == next.Asked {
		return
	}
	if before {
		b.waited = append(b.waited, waitOf(s, &s.state))
	}
	if next.Topic != "" {
		b.waits = append(b.waits, waitOf(s, next))
	}
}

func waitOf(s *session, state *flow.State) wait {
	ask := flow.AskID(state.Asked)
	return wait{key: s.key, id: callID(s.id, state.Asked, ask), sessionID: s.id, askID: ask, topic: state.Topic}
}

// saveWaits writes who began to wait and who stopped, in this order: a session
// may have done both within the batch.
func (b *batch) saveWaits() error {
	if len(b.waits) > 0 {
		args := make([][]any, len(b.waits))
		for i, w := range b.waits {
			args[i] = []any{w.tenantID, w.id, w.conversationID, w.sessionID, w.askID, w.topic, b.tx.Now()}
		}
		if _, err := b.tx.Each(b.ctx, `INSERT INTO bot_wait (tenant_id, id, conversation_id, session_id, ask_id, topic, answer, due_ms, created_ms)
			VALUES ($1, $2, $3, $4, $5, $6, '', 0, $7)`, args, nil); err != nil {
			return err
		}
	}
	return dropWaits(b.ctx, b.tx, b.waited)
}

func dropWaits(ctx context.Context, tx *database.Tx, waits []wait) error {
	if len(waits) == 0 {
		return nil
	}
	args := make([][]any, len(waits))
	for i, w := range waits {
		args[i] = []any{w.tenantID, w.id}
	}
	_, err := tx.Each(ctx, "DELETE FROM bot_wait WHERE tenant_id = $1 AND id = $2", args, nil)
	return err
}

// Fire answers all sessions of a company that wait for the topic with a body,
// JSON text. It may be repeated: who had an answer does not get another, and
// with nobody waiting nothing happens.
func (s *Service) Fire(ctx context.Context, tenantID, topic, body string) error {
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		return s.FireIn(ctx, tx, tenantID, topic, body)
	})
}

// FireIn is Fire in the caller's transaction: the answer is told if and only if
// that commits.
func (s *Service) FireIn(ctx context.Context, tx *database.Tx, tenantID, topic, body string) error {
	fired, err := tx.Exec(ctx, `UPDATE bot_wait SET answer = $3, due_ms = $4
		WHERE tenant_id = $1 AND topic = $2 AND answer = ''`, tenantID, topic, body, tx.Now())
	if err == nil && fired > 0 {
		tx.AfterCommit(s.lookForFired)
	}
	return err
}

// lookForFired wakes Waits of this process.
func (s *Service) lookForFired() {
	select {
	case s.fired <- struct{}{}:
	default:
	}
}

// Waits is the service that brings the answers of fired topics to the sessions
// that wait for them. Several processes may run it.
func (s *Service) Waits(wake Wake) service.Service {
	return service.Service{Name: "bot waits", Run: func(ctx context.Context) error {
		poll := time.NewTicker(s.config.CallPoll)
		defer poll.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-s.fired:
			case <-poll.C:
			}
			for {
				brought, err := s.Bring(ctx, wake)
				if err != nil && ctx.Err() == nil {
					s.log.ErrorContext(ctx, "the answers that bots wait for could not be brought", slog.Any("error", err))
				}
				if err != nil || brought == 0 {
					break
				}
			}
		}
	}}
}

// Bring gives fired answers to their sessions, a batch at most and a share of it
// for each company, and tells how many found their end. Each has a transaction of
// its own; one that fails is tried again later, and a process that dies over one
// leaves it to be brought again.
func (s *Service) Bring(ctx context.Context, wake Wake) (brought int, err error) {
	waits, err := s.claimWaits(ctx)
	if err != nil {
		return 0, err
	}
	for _, w := range waits {
		text, err := json.Marshal(returned{Wait: w.id, Session: w.sessionID, Answer: flow.Answer{ID: w.askID, OK: true, Body: w.answer}})
		if err == nil {
			err = wake(ctx, Nudge{TenantID: w.tenantID, ConversationID: w.conversationID, Answer: string(text)})
		}
		if err == nil {
			// A conversation that left its bot took no turn.
			err = s.db.Write(ctx, database.Company(w.tenantID), func(ctx context.Context, tx *database.Tx) error {
				return dropWaits(ctx, tx, []wait{w})
			})
		}
		switch {
		case ctx.Err() != nil:
			return brought, ctx.Err() // stopping: it is brought again
		case err != nil:
			s.log.ErrorContext(ctx, "the answer that a bot waits for was not taken and is brought again", slog.String("tenant", w.tenantID),
				slog.String("conversation", w.conversationID), slog.String("topic", w.topic), slog.Any("error", err))
			continue
		}
		brought++
	}
	return brought, nil
}

// claimWaits moves fired answers on to when they are brought again should we
// die, and gives those that nobody else has moved.
func (s *Service) claimWaits(ctx context.Context) (claimed []wait, err error) {
	var due []wait
	err = s.db.Read(ctx, database.Platform("the answers that all companies' bots wait for"), func(ctx context.Context, tx *database.Tx) error {
		due = nil
		rows, err := tx.Query(ctx, `SELECT tenant_id, id, conversation_id, session_id, ask_id, topic, answer, due_ms FROM (
				SELECT w.*, ROW_NUMBER() OVER (PARTITION BY tenant_id ORDER BY due_ms, id) AS place
				FROM bot_wait w WHERE due_ms > 0 AND due_ms <= $1 AND `+hold.Out+`
			) shared WHERE place <= $2 ORDER BY due_ms, id LIMIT $3`, tx.Now(), max(s.config.SweepBatch/4, 1), s.config.SweepBatch)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var w wait
			if err := rows.Scan(&w.tenantID, &w.id, &w.conversationID, &w.sessionID, &w.askID, &w.topic, &w.answer, &w.dueMS); err != nil {
				return err
			}
			due = append(due, w)
		}
		return rows.Err()
	})
	if err != nil || len(due) == 0 {
		return nil, err
	}
	err = s.db.Write(ctx, database.Platform("the answers that all companies' bots wait for"), func(ctx context.Context, tx *database.Tx) error {
		claimed = nil
		args := make([][]any, len(due))
		for i, w := range due {
			args[i] = []any{w.tenantID, w.id, w.dueMS, tx.Now() + s.config.Claim.Milliseconds()}
		}
		_, err := tx.Each(ctx, "UPDATE bot_wait SET due_ms = $4 WHERE tenant_id = $1 AND id = $2 AND due_ms = $3 RETURNING due_ms",
			args, func(i int, row database.Row) error {
				w := due[i]
				claimed = append(claimed, w)
				return row.Scan(&w.dueMS)
			})
		return err
	})
	return claimed, err
}
