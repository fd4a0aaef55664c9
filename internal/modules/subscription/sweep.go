package subscription

import (
	"context"
	"sync"
	"time"

	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/service"
)

// Sweeper acts on callbacks, asks vendors for what is wished and reads what is
// due; woken by commits and by the clock.
func (s *Service) Sweeper() service.Service {
	return service.Service{Name: "subscriptions", Run: func(ctx context.Context) error {
		tick := time.NewTicker(s.cfg.SweepEvery)
		defer tick.Stop()
		broom := time.NewTicker(time.Hour)
		defer broom.Stop()
		for {
			if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
				s.logger.ErrorContext(ctx, "subscriptions could not be swept", "error", err)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			case <-s.wake:
			case <-broom.C:
				s.trouble(ctx, s.Forget(ctx), "old callbacks about plans could not be forgotten")
			}
		}
	}}
}

// noticeKept is how long a callback that was acted on is remembered: far longer
// than any vendor tells it again.
const noticeKept = 90 * day

// Forget removes callbacks that no vendor tells again.
func (s *Service) Forget(ctx context.Context) error {
	return s.db.Write(ctx, database.Platform("a vendor's callback names no company"), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM plan_notice WHERE next_ms = 0 AND received_ms < $1`, tx.Now()-noticeKept)
		return err
	})
}

// Sweep works once on all that is due. The trouble of one company is not
// another's: it is told and tried again.
func (s *Service) Sweep(ctx context.Context) error {
	var notices []waiting
	var wishes, looks []subject
	err := s.db.Read(ctx, database.Platform("subscriptions of any company that are due"), func(ctx context.Context, tx *database.Tx) (err error) {
		if notices, err = s.dueNotices(ctx, tx); err != nil {
			return err
		}
		if wishes, err = s.due(ctx, tx, `SELECT tenant_id, '', id FROM wish WHERE next_ms > 0 AND next_ms <= $1 AND `+hold.Out+` ORDER BY next_ms LIMIT $2`); err != nil {
			return err
		}
		looks, err = s.due(ctx, tx, `SELECT tenant_id, external_id, '' FROM subscription WHERE due_ms > 0 AND due_ms <= $1 AND `+hold.Out+` ORDER BY due_ms LIMIT $2`)
		return err
	})
	if err != nil {
		return err
	}
	abreast(notices, func(w waiting) {
		s.trouble(ctx, s.act(ctx, w), "a vendor's callback about a plan could not be acted on", "vendor", w.vendor, "event", w.EventID, "kind", w.Kind)
	})
	abreast(wishes, func(w subject) {
		s.trouble(ctx, s.grant(ctx, w.tenantID, w.wishID, false), "a vendor of plans could not be asked", "tenant", w.tenantID, "wish", w.wishID)
	})
	abreast(looks, func(l subject) {
		s.trouble(ctx, s.Look(ctx, l.tenantID), "a subscription could not be read at its vendor", "tenant", l.tenantID)
	})
	return ctx.Err()
}

func (s *Service) trouble(ctx context.Context, err error, what string, about ...any) {
	if err != nil && ctx.Err() == nil {
		s.logger.WarnContext(ctx, what, append(about, "error", err)...)
	}
}

func (s *Service) due(ctx context.Context, tx *database.Tx, query string) (list []subject, err error) {
	rows, err := tx.Query(ctx, query, tx.Now(), s.cfg.SweepBatch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a subject
		if err := rows.Scan(&a.tenantID, &a.externalID, &a.wishID); err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

// callsAtOnce is how many vendors' calls of one sweep are under way at a time.
const callsAtOnce = 4

// abreast works on all rows, a few at a time, and returns when all are done.
func abreast[T any](rows []T, work func(T)) {
	places := make(chan struct{}, callsAtOnce)
	var all sync.WaitGroup
	for _, row := range rows {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			work(row)
		})
	}
	all.Wait()
}
