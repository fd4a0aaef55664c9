package order

import (
	"context"
	"time"

	"prosa/internal/event"
	"prosa/internal/modules/payment"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/service"
)

// Sweeper expires the orders whose payment did not come in time. The time
// stands in the database: an order that should have expired while nothing ran
// does so with the first sweep.
func (s *Service) Sweeper() service.Service {
	return service.Service{Name: "unpaid orders", Run: func(ctx context.Context) error {
		tick := time.NewTicker(s.cfg.SweepEvery)
		defer tick.Stop()
		for {
			if _, err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
				s.logger.ErrorContext(ctx, "unpaid orders could not be swept", "error", err)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	}}
}

// Sweep expires what is due and tells how many orders that were. Each has a
// transaction of its own.
func (s *Service) Sweep(ctx context.Context) (expired int, err error) {
	var due [][2]string
	err = s.db.Read(ctx, database.Platform("unpaid orders of any company whose time is over"), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT tenant_id, id FROM shop_order WHERE expires_ms > 0 AND expires_ms <= $1 AND `+hold.Out+` ORDER BY expires_ms LIMIT $2`,
			tx.Now(), s.cfg.SweepBatch)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key [2]string
			if err := rows.Scan(&key[0], &key[1]); err != nil {
				return err
			}
			due = append(due, key)
		}
		return rows.Err()
	})
	if err != nil {
		return 0, err
	}
	by := event.Actor{Kind: "system", ID: "expiry"}
	for _, key := range due {
		late := false
		_, err := s.act(ctx, key[0], key[1], by, func(ctx context.Context, w *work) error {
			// It may have been paid, edited or canceled since it was seen.
			if late = w.o.State == AwaitingPayment && w.o.ExpiresMS > 0 && w.o.ExpiresMS <= w.tx.Now(); !late {
				return errSame
			}
			return w.end(ctx, Expired, payment.WasExpired, "not paid in time", true, false)
		})
		if err != nil {
			s.logger.ErrorContext(ctx, "an unpaid order could not be expired and is tried again", "tenant", key[0], "order", key[1], "error", err)
			continue
		}
		if late {
			expired++
		}
	}
	return expired, ctx.Err()
}
