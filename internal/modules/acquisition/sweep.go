package acquisition

import (
	"context"
	"errors"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/subscription"
	"prosa/internal/platform/database"
	"prosa/internal/platform/service"
)

const (
	sweepEvery = time.Minute
	sweepBatch = 50
)

// Sweeper forgets journeys that led nowhere, and closes pages of providers that
// were left open by ones that were paid otherwise.
func (s *Service) Sweeper() service.Service {
	return service.Service{Name: "signups", Run: func(ctx context.Context) error {
		tick := time.NewTicker(sweepEvery)
		defer tick.Stop()
		for {
			if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
				s.logger.ErrorContext(ctx, "purchases could not be swept", "error", err)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	}}
}

// Sweep does what is due, once.
func (s *Service) Sweep(ctx context.Context) error {
	err := s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		if err := s.forget(ctx, tx); err != nil {
			return err
		}
		if err := s.lapse(ctx, tx); err != nil {
			return err
		}
		if err := s.startLeads(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM acquisition_token WHERE expires_ms < $1", tx.Now()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "DELETE FROM acquisition_count WHERE until_ms < $1", tx.Now())
		return err
	})
	return errors.Join(err, s.closeLeft(ctx))
}

// forget drops journeys that led nowhere, and what was typed with them.
func (s *Service) forget(ctx context.Context, tx *database.Tx) error {
	ids, err := since(ctx, tx, "'draft', 'expired', 'canceled'")
	if err != nil {
		return err
	}
	for _, acquisitionID := range ids {
		if err := s.sagas.Cancel(ctx, tx, acquisitionID); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		for _, statement := range []string{
			"DELETE FROM acquisition_checkout WHERE acquisition_id = $1",
			"DELETE FROM acquisition_token WHERE acquisition_id = $1",
			"DELETE FROM acquisition WHERE id = $1",
		} {
			if _, err := tx.Exec(ctx, statement, acquisitionID); err != nil {
				return err
			}
		}
	}
	return nil
}

// lapse ends journeys whose payment nobody came back to: what they hold is given
// back, and they are forgotten later.
func (s *Service) lapse(ctx context.Context, tx *database.Tx) error {
	ids, err := since(ctx, tx, "'checkout', 'awaiting'")
	if err != nil {
		return err
	}
	for _, acquisitionID := range ids {
		err := within(ctx, tx, acquisitionID, func(a *Acquisition) error {
			if err := s.reopen(ctx, tx, a); err != nil {
				return err
			}
			a.State, a.ExpiresMS = Expired, tx.Now()+s.cfg.DraftLife.Milliseconds()
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// since lists journeys in some states that were touched too long ago.
func since(ctx context.Context, tx *database.Tx, states string) (ids []string, err error) {
	rows, err := tx.Query(ctx, "SELECT id FROM acquisition WHERE state IN ("+states+") AND expires_ms < $1 ORDER BY expires_ms LIMIT $2", tx.Now(), sweepBatch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var acquisitionID string
		if err := rows.Scan(&acquisitionID); err != nil {
			return nil, err
		}
		ids = append(ids, acquisitionID)
	}
	return ids, rows.Err()
}

// ending marks a page that was paid besides another one, until its subscription
// has ended at the provider.
const ending = "ending"

// closeLeft closes pages that were left when another one was paid. One that was
// paid too is written into the log; its subscription ends, so that nobody is
// billed for it again, and its money is an invoice that operators send back.
func (s *Service) closeLeft(ctx context.Context) error {
	var left []attempt
	err := s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) (err error) {
		left, err = leftOpen(ctx, tx, sweepBatch)
		return err
	})
	if err != nil {
		return err
	}
	for _, t := range left {
		failed := s.leave(ctx, t)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if failed == nil {
			continue
		}
		s.logger.WarnContext(ctx, "a page that was left could not be closed", "checkout", t.checkoutID, "error", failed)
		// Behind the others: it is tried again with a later sweep.
		if err := s.note(ctx, t.acquisitionID, t, func(*database.Tx, *attempt) bool { return false }); err != nil {
			return err
		}
	}
	return nil
}

// leave closes one page, or ends what was paid on it.
func (s *Service) leave(ctx context.Context, t attempt) error {
	provider := s.providerNamed(t.provider)
	if provider == nil {
		return fault.New(fault.Unavailable, "this installation does not work with %q", t.provider)
	}
	if t.problem == ending {
		return s.endLeft(ctx, t)
	}
	found, err := provider.LookCheckout(ctx, t.checkoutID)
	if err != nil {
		return err
	}
	if found.State != subscription.CheckoutPaid && found.State != subscription.CheckoutExpired {
		closed, err := s.closePage(ctx, provider, t)
		if err != nil || !closed {
			return err
		}
		found.State = subscription.CheckoutExpired
	}
	return s.change(ctx, t.acquisitionID, func(ctx context.Context, tx *database.Tx, a *Acquisition) error {
		t.learn(found)
		if t.state != string(subscription.CheckoutPaid) {
			return t.put(ctx, tx)
		}
		t.problem = ending
		if err := t.put(ctx, tx); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			TenantID: a.TenantID, Actor: itself(), Action: "acquisition.paid_twice", Target: a.ID,
			Facts: map[string]string{"provider": t.provider, "checkout": t.checkoutID, "subscription": t.detail.SubscriptionID},
		})
	})
}

// endLeft ends the subscription of a page that was paid besides another one.
func (s *Service) endLeft(ctx context.Context, t attempt) error {
	a, _, err := s.read(ctx, t.acquisitionID)
	if err != nil || a.TenantID == "" {
		return err // the company is still being made
	}
	if err := s.with.Subscriptions.EndExtra(ctx, a.TenantID, t.provider, t.detail.SubscriptionID); err != nil {
		return err
	}
	return s.note(ctx, t.acquisitionID, t, func(_ *database.Tx, fresh *attempt) bool {
		fresh.problem = ""
		return false
	})
}

// leftOpen lists pages of journeys that were sold by another one.
func leftOpen(ctx context.Context, tx *database.Tx, most int) ([]attempt, error) {
	rows, err := tx.Query(ctx, "SELECT "+attemptColumns+` FROM acquisition_checkout
		WHERE dropped = 1 AND checkout_id <> '' AND (state NOT IN ('expired', 'paid') OR problem = 'ending')
			AND acquisition_id IN (SELECT id FROM acquisition WHERE state IN ('paid', 'active')) ORDER BY updated_ms LIMIT $1`, most)
	if err != nil {
		return nil, err
	}
	return scanAttempts(rows)
}

// lookAgain has the sweeper look at a page that was left and closed: its provider
// tells something of it, and money may have come all the same.
func lookAgain(ctx context.Context, tx *database.Tx, provider, checkoutID string) error {
	_, err := tx.Exec(ctx, `UPDATE acquisition_checkout SET state = 'open' WHERE provider = $1 AND checkout_id = $2 AND dropped = 1 AND state = 'expired'
		AND acquisition_id IN (SELECT id FROM acquisition WHERE state IN ('paid', 'active'))`, provider, checkoutID)
	return err
}
