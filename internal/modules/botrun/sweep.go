package botrun

import (
	"context"
	"log/slog"
	"time"

	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
	"prosa/internal/platform/service"
)

// retryAfterMS is how long a timer waits whose turn failed.
const retryAfterMS = int64(30 * time.Second / time.Millisecond)

// Sweeper is the service that fires the timers of sessions.
func (s *Service) Sweeper(wake Wake) service.Service {
	return service.Service{Name: "bot timers", Run: func(ctx context.Context) error {
		tick := time.NewTicker(s.config.SweepEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
			if _, err := s.Sweep(ctx, wake); err != nil && ctx.Err() == nil {
				s.log.ErrorContext(ctx, "the timers of bots could not be swept", slog.Any("error", err))
			}
		}
	}}
}

// due is a timer whose time has come.
type due struct {
	key
	seq, wakesMS int64
}

// Sweep fires the timers that are due and tells how many it fired. Each has a
// transaction of its own, so one conversation's trouble is not another's.
func (s *Service) Sweep(ctx context.Context, wake Wake) (fired int, err error) {
	var timers []due
	err = s.db.Read(ctx, database.Platform("the timers of all companies' bots"), func(ctx context.Context, tx *database.Tx) (err error) {
		timers, err = loadDue(ctx, tx, s.config.SweepBatch)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, timer := range timers {
		next := int64(0)
		if err := wake(ctx, timer.tenantID, timer.conversationID, flow.TimerName(timer.seq)); err != nil {
			if ctx.Err() != nil {
				return fired, ctx.Err()
			}
			s.log.ErrorContext(ctx, "the timer of a bot failed and is tried again", slog.String("tenant", timer.tenantID),
				slog.String("conversation", timer.conversationID), slog.Any("error", err))
			next = timer.wakesMS + retryAfterMS
		} else {
			fired++
		}
		// A turn that ran has set its own timer. One that still stands belongs to
		// a conversation that the bot lost.
		if err := s.reset(ctx, timer, next); err != nil {
			return fired, err
		}
	}
	return fired, nil
}

func loadDue(ctx context.Context, tx *database.Tx, limit int) ([]due, error) {
	rows, err := tx.Query(ctx, `SELECT tenant_id, conversation_id, seq, wakes_ms FROM bot_session
		WHERE shard = $1 AND wakes_ms > 0 AND wakes_ms <= $2 ORDER BY wakes_ms LIMIT $3`, timerShard, tx.Now(), limit)
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

// reset sets the timer anew if it is still the one that was due.
func (s *Service) reset(ctx context.Context, timer due, next int64) error {
	return s.db.Write(ctx, database.Company(timer.tenantID), func(ctx context.Context, tx *database.Tx) error {
		if next > 0 {
			next = max(next, tx.Now()+retryAfterMS)
		}
		_, err := tx.Exec(ctx, `UPDATE bot_session SET wakes_ms = $5 WHERE tenant_id = $1 AND conversation_id = $2 AND seq = $3 AND wakes_ms = $4`,
			timer.tenantID, timer.conversationID, timer.seq, timer.wakesMS, next)
		return err
	})
}
