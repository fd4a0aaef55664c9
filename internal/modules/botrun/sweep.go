package botrun

import (
	"context"
	"log/slog"

	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/service"
)

// Sweeper is the service that fires the timers of sessions. Several processes
// may run it.
func (s *Service) Sweeper(wake Wake) service.Service {
	return s.ticking("bot timers", s.config.SweepEvery, "the timers of bots could not be swept", func(ctx context.Context) error {
		for {
			if fired, err := s.Sweep(ctx, wake); err != nil || fired == 0 {
				return err
			}
		}
	})
}

// due is a timer whose time has come.
type due struct {
	key
	seq, wakesMS int64
}

// Sweep fires the timers that are due, a batch at most and a share of it for
// each company, and tells how many it fired. They are claimed first, so that
// another process does not fire them too; each has a transaction of its own, so
// one conversation's trouble is not another's.
func (s *Service) Sweep(ctx context.Context, wake Wake) (fired int, err error) {
	var timers []due
	err = s.db.Read(ctx, database.Platform("the timers of all companies' bots"), func(ctx context.Context, tx *database.Tx) (err error) {
		timers, err = loadDue(ctx, tx, s.config.SweepBatch)
		return err
	})
	if err != nil || len(timers) == 0 {
		return 0, err
	}
	if timers, err = s.claimTimers(ctx, timers); err != nil {
		return 0, err
	}
	done := make([][]any, 0, len(timers))
	for _, timer := range timers {
		if err := wake(ctx, Nudge{TenantID: timer.tenantID, ConversationID: timer.conversationID, Timer: flow.TimerName(timer.seq)}); err != nil {
			if ctx.Err() != nil {
				break
			}
			s.log.ErrorContext(ctx, "the timer of a bot failed and is tried again", slog.String("tenant", timer.tenantID),
				slog.String("conversation", timer.conversationID), slog.Any("error", err))
			continue
		}
		fired++
		done = append(done, []any{timer.tenantID, timer.conversationID, timer.seq, timer.wakesMS})
	}
	// A turn that ran has set its own timer. One that still stands belongs to a
	// conversation that the bot lost.
	return fired, s.db.Write(context.WithoutCancel(ctx), database.Platform("the timers of all companies' bots"), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Each(ctx, `UPDATE bot_session SET wakes_ms = 0
			WHERE tenant_id = $1 AND conversation_id = $2 AND seq = $3 AND wakes_ms = $4`, done, nil)
		return err
	})
}

// dueWindow bounds how many due timers are looked at to share them out.
const dueWindow = 20

func loadDue(ctx context.Context, tx *database.Tx, limit int) ([]due, error) {
	rows, err := tx.Query(ctx, `SELECT tenant_id, conversation_id, seq, wakes_ms FROM (
			SELECT tenant_id, conversation_id, seq, wakes_ms, ROW_NUMBER() OVER (PARTITION BY tenant_id ORDER BY wakes_ms, conversation_id) AS place
			FROM (SELECT tenant_id, conversation_id, seq, wakes_ms FROM bot_session
				WHERE wakes_ms > 0 AND wakes_ms <= $1 AND `+hold.Out+` ORDER BY wakes_ms LIMIT $2) oldest
		) shared WHERE place <= $3 ORDER BY wakes_ms, conversation_id LIMIT $4`, tx.Now(), dueWindow*limit, max(limit/4, 1), limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var timers []due
	for rows.Next() {
		var d due
		if err := rows.Scan(&d.tenantID, &d.conversationID, &d.seq, &d.wakesMS); err != nil {
			return nil, err
		}
		timers = append(timers, d)
	}
	return timers, rows.Err()
}

// claimTimers moves the timers on to when they are tried again should we die,
// and gives those that nobody else has moved.
func (s *Service) claimTimers(ctx context.Context, timers []due) (claimed []due, err error) {
	err = s.db.Write(ctx, database.Platform("the timers of all companies' bots"), func(ctx context.Context, tx *database.Tx) error {
		claimed = nil
		until := tx.Now() + s.config.Claim.Milliseconds()
		args := make([][]any, len(timers))
		for i, timer := range timers {
			args[i] = []any{timer.tenantID, timer.conversationID, timer.seq, timer.wakesMS, until}
		}
		_, err := tx.Each(ctx, `UPDATE bot_session SET wakes_ms = $5
			WHERE tenant_id = $1 AND conversation_id = $2 AND seq = $3 AND wakes_ms = $4 RETURNING wakes_ms`, args, func(i int, row database.Row) error {
			timer := timers[i]
			if err := row.Scan(&timer.wakesMS); err != nil {
				return err
			}
			claimed = append(claimed, timer)
			return nil
		})
		return err
	})
	return claimed, err
}
