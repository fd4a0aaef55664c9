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
	rows, err := tx.Query(ctx, "SELECT id FROM acquisition WHERE state IN ('draft', 'expired', 'canceled') AND expires_ms < $1 ORDER BY expires_ms LIMIT $2", tx.Now(), sweepBatch)
	if err != nil {
		return err
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var acquisitionID string
		if err := rows.Scan(&acquisitionID); err != nil {
			return err
		}
		ids = append(ids, acquisitionID)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close()
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

// closeLeft closes pages that were left when another one was paid. One that was
// paid too is money that has to go back: that is written into the log and shown
// to operators, who refund it.
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
		provider := s.providerNamed(t.provider)
		if provider == nil {
			continue
		}
		found, err := provider.LookCheckout(ctx, t.checkoutID)
		if err == nil && found.State != subscription.CheckoutPaid && found.State != subscription.CheckoutExpired {
			err = s.closePage(ctx, provider, t)
			found.State = subscription.CheckoutExpired
		}
		if err != nil {
			// It is looked at again with the next sweep.
			s.logger.WarnContext(ctx, "a page that was left could not be closed", "checkout", t.checkoutID, "error", err)
			continue
		}
		err = s.change(ctx, t.acquisitionID, func(ctx context.Context, tx *database.Tx, a *Acquisition) error {
			t.learn(found)
			if err := t.put(ctx, tx); err != nil || t.state != string(subscription.CheckoutPaid) {
				return err
			}
			return audit.Write(ctx, tx, audit.Entry{
				TenantID: a.TenantID, Actor: itself(), Action: "acquisition.paid_twice", Target: a.ID,
				Facts: map[string]string{"provider": t.provider, "checkout": t.checkoutID, "subscription": t.detail.SubscriptionID},
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// leftOpen lists pages of journeys that were sold by another one.
func leftOpen(ctx context.Context, tx *database.Tx, most int) ([]attempt, error) {
	rows, err := tx.Query(ctx, "SELECT "+attemptColumns+` FROM acquisition_checkout
		WHERE dropped = 1 AND checkout_id <> '' AND state NOT IN ('expired', 'paid')
			AND acquisition_id IN (SELECT id FROM acquisition WHERE state IN ('paid', 'active')) ORDER BY updated_ms LIMIT $1`, most)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []attempt
	for rows.Next() {
		t, err := scanAttempt(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, rows.Err()
}
