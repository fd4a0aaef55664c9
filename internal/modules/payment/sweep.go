package payment

import (
	"context"
	"errors"
	"sync"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/service"
)

// Sweeper asks vendors: for payments that were begun, about those that wait,
// and to send refunds.
func (s *Service) Sweeper() service.Service {
	return service.Service{Name: "payments", Run: func(ctx context.Context) error {
		tick := time.NewTicker(s.cfg.SweepEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
			if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
				s.logger.ErrorContext(ctx, "payments could not be swept", "error", err)
			}
		}
	}}
}

// named is a row of a company.
type named struct{ tenantID, id string }

// Sweep asks vendors about all that is due, once. The trouble of one payment is
// not another's: it is told and tried again.
func (s *Service) Sweep(ctx context.Context) error {
	if len(s.providers) == 0 {
		return nil
	}
	var looks, sends []named
	err := s.db.Read(ctx, database.Platform("payments and refunds of any company that are due"), func(ctx context.Context, tx *database.Tx) (err error) {
		if looks, err = s.due(ctx, tx, `SELECT tenant_id, id FROM payment WHERE look_ms > 0 AND look_ms <= $1 AND `+hold.Out+` ORDER BY look_ms LIMIT $2`); err != nil {
			return err
		}
		sends, err = s.due(ctx, tx, `SELECT tenant_id, id FROM refund WHERE next_ms > 0 AND next_ms <= $1 AND `+hold.Out+` ORDER BY next_ms LIMIT $2`)
		return err
	})
	if err != nil {
		return err
	}
	for _, work := range []struct {
		rows []named
		fn   func(ctx context.Context, tenantID, id string) error
	}{{looks, s.reach}, {sends, s.send}} {
		abreast(work.rows, func(row named) {
			if err := work.fn(ctx, row.tenantID, row.id); err != nil && ctx.Err() == nil {
				s.logger.WarnContext(ctx, "a vendor of payments could not be asked and is asked again", "tenant", row.tenantID, "id", row.id, "error", err)
			}
		})
	}
	return ctx.Err()
}

// callsAtOnce is how many vendors' calls of one sweep are under way at a time, so
// that one that does not answer holds up few others.
const callsAtOnce = 8

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

func (s *Service) due(ctx context.Context, tx *database.Tx, query string) ([]named, error) {
	rows, err := tx.Query(ctx, query, tx.Now(), s.cfg.SweepBatch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []named
	for rows.Next() {
		var n named
		if err := rows.Scan(&n.tenantID, &n.id); err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, rows.Err()
}

// Reach brings a payment and its vendor to the same state: it is asked for when
// the vendor does not know it, else looked at, and closed there when it is
// closed here. A callback calls it too: what a callback says is a hint only.
// Errors: fault.NotFound, and the vendor's.
func (s *Service) Reach(ctx context.Context, tenantID, paymentID string) (Payment, error) {
	var p Payment
	err := s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		p, err = scanPayment(tx.QueryRow(ctx, `SELECT `+paymentColumns+` FROM payment WHERE tenant_id = $1 AND id = $2`, tenantID, paymentID))
		return absent(err, "payment")
	})
	if err != nil {
		return p, err
	}
	provider := s.providers[p.Choice.Provider]
	if provider == nil {
		return p, nil
	}
	if p.ExternalID == "" {
		if !p.Open() {
			return p, s.look(ctx, p, 0) // it was closed before the vendor heard of it
		}
		return s.ask(ctx, provider, p)
	}
	if p.State == Expired || p.State == Canceled {
		if err := provider.Cancel(ctx, tenantID, p.ExternalID); err != nil {
			return p, err
		}
	}
	facts, err := provider.Look(ctx, tenantID, p.ExternalID)
	if err != nil {
		return p, err
	}
	by := event.Actor{Kind: "system", ID: provider.Name()}
	if len(facts) > 0 {
		if p, err = s.Confirm(ctx, tenantID, paymentID, facts, by); err != nil {
			return p, err
		}
	}
	next := int64(0)
	if p.Open() {
		next = s.cfg.LookEvery.Milliseconds()
	}
	return p, s.look(ctx, p, next)
}

// reach is Reach for the sweeper: what failed is tried again later.
func (s *Service) reach(ctx context.Context, tenantID, paymentID string) error {
	p, err := s.Reach(ctx, tenantID, paymentID)
	if err != nil && p.ID != "" {
		if later := s.look(ctx, p, s.cfg.LookEvery.Milliseconds()); later != nil {
			return later
		}
	}
	return err
}

// look sets when the vendor is asked about a payment next, 0 for never.
func (s *Service) look(ctx context.Context, p Payment, inMS int64) error {
	return s.db.Write(ctx, database.Company(p.TenantID), func(ctx context.Context, tx *database.Tx) error {
		at := int64(0)
		if inMS > 0 {
			at = tx.Now() + inMS
		}
		// A change that came in between has set its own time.
		_, err := tx.Exec(ctx, `UPDATE payment SET look_ms = $3 WHERE tenant_id = $1 AND id = $2 AND version = $4`, p.TenantID, p.ID, at, p.Version)
		return err
	})
}

// ask makes the payment at the vendor and keeps what the payer needs.
func (s *Service) ask(ctx context.Context, provider Provider, p Payment) (Payment, error) {
	in := Asked{
		TenantID: p.TenantID, PaymentID: p.ID, OrderID: p.OrderID, Method: p.Choice.Method, Amount: p.Amount, Currency: p.Currency,
		CreatedMS: p.CreatedMS, ExpiresMS: p.ExpiresMS,
	}
	err := s.db.Read(ctx, database.Company(p.TenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		in.Bill, err = s.orders.Bill(ctx, tx, p.TenantID, p.OrderID)
		return err
	})
	if err != nil {
		return p, err
	}
	answer, err := provider.Ask(ctx, in)
	if refused := new(fault.Error); errors.As(err, &refused) && refused.Reason == RefusedByVendor {
		// Asked again it would say so again; whoever reads the order sees why.
		by := event.Actor{Kind: "system", ID: provider.Name()}
		return s.Confirm(ctx, p.TenantID, p.ID, []Fact{{Key: "asked", Kind: WasFailed, Note: refused.Message, By: by}}, by)
	}
	if err != nil {
		return p, err
	}
	if answer.ExternalID == "" {
		return p, fault.New(fault.Unavailable, "the vendor of the payment gave no id")
	}
	err = s.db.Write(ctx, database.Company(p.TenantID), func(ctx context.Context, tx *database.Tx) error {
		if err := s.orders.LockOrder(ctx, tx, p.TenantID, p.OrderID); err != nil {
			return err
		}
		if p, err = loadPayment(ctx, tx, p.TenantID, p.ID); err != nil {
			return err
		}
		p.ExternalID, p.Code, p.Link = answer.ExternalID, answer.Code, answer.Link
		by := event.Actor{Kind: "system", ID: provider.Name()}
		if err := s.note(ctx, tx, &p, nil, by); err != nil {
			return err
		}
		if p.Open() {
			return s.orders.Ready(ctx, tx, p, by)
		}
		// It was closed while the vendor was asked, who has to hear of it.
		return updatePayment(ctx, tx, p, tx.Now())
	})
	return p, err
}

// send has a vendor send a refund. Its id is the vendor's idempotency key, so a
// repetition sends nothing twice.
func (s *Service) send(ctx context.Context, tenantID, refundID string) error {
	var refund Refund
	var p Payment
	err := s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		if refund, err = claimRefund(ctx, tx, tenantID, refundID, false); err != nil {
			return err
		}
		if _, err = tx.Exec(ctx, `UPDATE refund SET next_ms = $3 WHERE tenant_id = $1 AND id = $2`, tenantID, refundID, tx.Now()+s.cfg.LookEvery.Milliseconds()); err != nil {
			return err
		}
		// Read without its lock, which is taken behind the order's only.
		p, err = scanPayment(tx.QueryRow(ctx, `SELECT `+paymentColumns+` FROM payment WHERE tenant_id = $1 AND id = $2`, tenantID, refund.PaymentID))
		return err
	})
	if err != nil {
		return err
	}
	provider := s.providers[p.Choice.Provider]
	if provider == nil {
		return fault.New(fault.Unavailable, "this installation has no vendor %s", p.Choice.Provider)
	}
	fact, err := provider.PayBack(ctx, Returned{TenantID: tenantID, RefundID: refund.ID, ExternalID: p.ExternalID, Amount: refund.Amount})
	if err != nil {
		return err
	}
	_, err = s.returned(ctx, tenantID, refund, fact, event.Actor{Kind: "system", ID: provider.Name()})
	return err
}

// ByExternal finds a payment by the vendor's id, for callbacks. Error:
// fault.NotFound.
func (s *Service) ByExternal(ctx context.Context, tenantID, provider, externalID string) (paymentID string, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		err := tx.QueryRow(ctx, `SELECT id FROM payment WHERE tenant_id = $1 AND provider = $2 AND external_id = $3`, tenantID, provider, externalID).Scan(&paymentID)
		return absent(err, "payment")
	})
	return paymentID, err
}
