package payment

import (
	"context"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/platform/database"
)

const paymentColumns = `tenant_id, id, order_id, provider, method, state, amount, paid, refunded, currency, external_id, code, link, verified, expires_ms,
	created_ms, updated_ms, version`

func scanPayment(row database.Row) (p Payment, err error) {
	err = row.Scan(&p.TenantID, &p.ID, &p.OrderID, &p.Choice.Provider, &p.Choice.Method, &p.State, &p.Amount, &p.Paid, &p.Refunded, &p.Currency,
		&p.ExternalID, &p.Code, &p.Link, &p.Verified, &p.ExpiresMS, &p.CreatedMS, &p.UpdatedMS, &p.Version)
	return p, err
}

func insertPayment(tx *database.Tx, p Payment, lookMS int64) {
	tx.Later(nil, `INSERT INTO payment (`+paymentColumns+`, look_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		p.TenantID, p.ID, p.OrderID, p.Choice.Provider, string(p.Choice.Method), string(p.State), int64(p.Amount), int64(p.Paid), int64(p.Refunded),
		string(p.Currency), p.ExternalID, p.Code, p.Link, p.Verified, p.ExpiresMS, p.CreatedMS, p.UpdatedMS, p.Version, lookMS)
}

func updatePayment(ctx context.Context, tx *database.Tx, p Payment, lookMS int64) error {
	_, err := tx.Exec(ctx, `UPDATE payment SET state = $3, paid = $4, refunded = $5, external_id = $6, code = $7, link = $8, updated_ms = $9, version = $10,
		look_ms = $11 WHERE tenant_id = $1 AND id = $2`,
		p.TenantID, p.ID, string(p.State), int64(p.Paid), int64(p.Refunded), p.ExternalID, p.Code, p.Link, p.UpdatedMS, p.Version, lookMS)
	return err
}

// loadPayment reads and locks one payment.
func loadPayment(ctx context.Context, tx *database.Tx, tenantID, paymentID string) (Payment, error) {
	p, err := scanPayment(tx.QueryRow(ctx, `SELECT `+paymentColumns+` FROM payment WHERE tenant_id = $1 AND id = $2`+tx.ForUpdate(), tenantID, paymentID))
	return p, absent(err, "payment")
}

// loadPayments reads those of an order, oldest first.
func loadPayments(ctx context.Context, tx *database.Tx, tenantID, orderID string) ([]Payment, error) {
	rows, err := tx.Query(ctx, `SELECT `+paymentColumns+` FROM payment WHERE tenant_id = $1 AND order_id = $2 ORDER BY id`, tenantID, orderID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Payment{}
	for rows.Next() {
		p, err := scanPayment(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

func sumsOf(ctx context.Context, tx *database.Tx, tenantID, orderID string) (sums Sums, err error) {
	err = tx.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(paid), 0) AS BIGINT), CAST(COALESCE(SUM(refunded), 0) AS BIGINT) FROM payment
		WHERE tenant_id = $1 AND order_id = $2`, tenantID, orderID).Scan(&sums.Paid, &sums.Refunded)
	return sums, err
}

func insertFacts(ctx context.Context, tx *database.Tx, p *Payment, facts []Fact, by event.Actor) error {
	var args [][]any
	for _, f := range facts {
		if f.AtMS == 0 {
			f.AtMS = tx.Now()
		}
		args = append(args, []any{p.TenantID, p.ID, f.Key, string(f.Kind), int64(f.Amount), by.Kind, by.ID, f.Note, f.AtMS, tx.Now()})
	}
	if _, err := tx.Each(ctx, `INSERT INTO payment_fact (tenant_id, payment_id, key, kind, amount, actor_kind, actor_id, note, at_ms, seen_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (tenant_id, payment_id, key) DO NOTHING`, args, nil); err != nil {
		return err
	}
	// A vendor names what it sent back by an id of its own.
	var done [][]any
	for _, f := range facts {
		if f.Kind == WasRefunded && f.refundID != "" {
			done = append(done, []any{p.TenantID, f.refundID, tx.Now()})
		}
	}
	_, err := tx.Each(ctx, `UPDATE refund SET state = 'done', next_ms = 0, updated_ms = $3 WHERE tenant_id = $1 AND id = $2`, done, nil)
	return err
}

func loadFacts(ctx context.Context, tx *database.Tx, tenantID, paymentID string) ([]Fact, error) {
	rows, err := tx.Query(ctx, `SELECT key, kind, amount, note, at_ms, actor_kind, actor_id FROM payment_fact WHERE tenant_id = $1 AND payment_id = $2
		ORDER BY key`, tenantID, paymentID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Fact{}
	for rows.Next() {
		var f Fact
		if err := rows.Scan(&f.Key, &f.Kind, &f.Amount, &f.Note, &f.AtMS, &f.By.Kind, &f.By.ID); err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, rows.Err()
}

const refundColumns = `id, payment_id, order_id, amount, state, reason, next_ms, created_ms`

func scanRefund(row database.Row) (r Refund, err error) {
	var nextMS int64
	err = row.Scan(&r.ID, &r.PaymentID, &r.OrderID, &r.Amount, &r.State, &r.Reason, &nextMS, &r.CreatedMS)
	r.ByHand = r.State == RefundPending && nextMS == 0
	return r, err
}

func loadRefunds(ctx context.Context, tx *database.Tx, tenantID, orderID string) ([]Refund, error) {
	rows, err := tx.Query(ctx, `SELECT `+refundColumns+` FROM refund WHERE tenant_id = $1 AND order_id = $2 ORDER BY id`, tenantID, orderID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Refund{}
	for rows.Next() {
		r, err := scanRefund(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// setRefund brings the waiting refund of a payment to an amount; 0 takes it
// back.
func (s *Service) setRefund(ctx context.Context, tx *database.Tx, p Payment, waiting *Refund, amount money.Amount, reason string) error {
	switch {
	case waiting == nil && amount == 0, waiting != nil && waiting.Amount == amount:
		return nil
	case waiting == nil:
		nextMS := int64(0)
		if p.Choice.vendor() {
			nextMS = tx.Now()
		}
		_, err := tx.Exec(ctx, `INSERT INTO refund (tenant_id, id, payment_id, order_id, amount, state, reason, next_ms, created_ms, updated_ms)
			VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8, $8)`, p.TenantID, id.New(id.Refund, tx.Now()), p.ID, p.OrderID, int64(amount), reason, nextMS, tx.Now())
		return err
	case amount == 0:
		_, err := tx.Exec(ctx, `DELETE FROM refund WHERE tenant_id = $1 AND id = $2 AND state = 'pending'`, p.TenantID, waiting.ID)
		return err
	default:
		_, err := tx.Exec(ctx, `UPDATE refund SET amount = $3, reason = $4, updated_ms = $5 WHERE tenant_id = $1 AND id = $2 AND state = 'pending'`,
			p.TenantID, waiting.ID, int64(amount), reason, tx.Now())
		return err
	}
}

// claimRefund marks a waiting refund as under way, so that its amount stands
// while it is sent. One that is under way already is given again, since whoever
// sent it may not have lived to tell.
func claimRefund(ctx context.Context, tx *database.Tx, tenantID, refundID string, byHand bool) (Refund, error) {
	r, err := scanRefund(tx.QueryRow(ctx, `SELECT `+refundColumns+` FROM refund WHERE tenant_id = $1 AND id = $2`+tx.ForUpdate(), tenantID, refundID))
	if err != nil {
		return r, absent(err, "refund")
	}
	if r.State == RefundDone || byHand && r.State == RefundPending && !r.ByHand {
		return r, fault.New(fault.Conflict, "the refund does not wait for a person")
	}
	_, err = tx.Exec(ctx, `UPDATE refund SET state = 'sending', updated_ms = $3 WHERE tenant_id = $1 AND id = $2`, tenantID, refundID, tx.Now())
	return r, err
}
