package sale

import (
	"context"
	"errors"
	"time"

	"prosa/internal/platform/database"
)

// saidOf gives the causes of an order about which something was said.
func saidOf(ctx context.Context, tx *database.Tx, tenantID, orderID string) (map[string]bool, error) {
	rows, err := tx.Query(ctx, `SELECT key FROM sale_said WHERE tenant_id = $1 AND order_id = $2`, tenantID, orderID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	said := map[string]bool{}
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		said[key] = true
	}
	return said, rows.Err()
}

// claim makes a cause ours to speak about; false when somebody has spoken.
func claim(ctx context.Context, tx *database.Tx, tenantID, orderID, key string) (bool, error) {
	made, err := tx.Exec(ctx, `INSERT INTO sale_said (tenant_id, key, order_id, message_id, at_ms) VALUES ($1, $2, $3, '', $4)
		ON CONFLICT (tenant_id, key) DO NOTHING`, tenantID, key, orderID, tx.Now())
	return made > 0, err
}

func noteSaid(ctx context.Context, tx *database.Tx, tenantID, key, messageID string) error {
	_, err := tx.Exec(ctx, `UPDATE sale_said SET message_id = $3 WHERE tenant_id = $1 AND key = $2`, tenantID, key, messageID)
	return err
}

// orderOfKey gives the order that something was said about, empty for nothing.
func orderOfKey(ctx context.Context, tx *database.Tx, tenantID, key string) (orderID string, err error) {
	err = tx.QueryRow(ctx, `SELECT order_id FROM sale_said WHERE tenant_id = $1 AND key = $2`, tenantID, key).Scan(&orderID)
	if errors.Is(err, database.ErrNoRows) {
		return "", nil
	}
	return orderID, err
}

// messageOfKey gives the message in which a cause was spoken about, empty for
// none.
func messageOfKey(ctx context.Context, tx *database.Tx, tenantID, key string) (messageID string, err error) {
	err = tx.QueryRow(ctx, `SELECT message_id FROM sale_said WHERE tenant_id = $1 AND key = $2`, tenantID, key).Scan(&messageID)
	if errors.Is(err, database.ErrNoRows) {
		return "", nil
	}
	return messageID, err
}

// plainBill notes that a bill was not delivered in the channel's own form.
func plainBill(ctx context.Context, tx *database.Tx, tenantID, orderID, reference string) error {
	_, err := tx.Exec(ctx, `UPDATE sale_bill SET native = FALSE WHERE tenant_id = $1 AND order_id = $2 AND reference = $3`, tenantID, orderID, reference)
	return err
}

// sentBill is a row of sale_bill.
type sentBill struct {
	seq       int64
	paymentID string
	reference string
	native    bool
}

// lastBill gives the newest bill of an order; a zero one when none was sent.
func lastBill(ctx context.Context, tx *database.Tx, tenantID, orderID string) (b sentBill, err error) {
	err = tx.QueryRow(ctx, `SELECT seq, payment_id, reference, native FROM sale_bill WHERE tenant_id = $1 AND order_id = $2 ORDER BY seq DESC LIMIT 1`, tenantID, orderID).
		Scan(&b.seq, &b.paymentID, &b.reference, &b.native)
	if errors.Is(err, database.ErrNoRows) {
		return sentBill{}, nil
	}
	return b, err
}

func insertBill(ctx context.Context, tx *database.Tx, tenantID, orderID, paymentID string, b sentBill, remindMS int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO sale_bill (tenant_id, order_id, seq, payment_id, reference, native, remind_ms, created_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, tenantID, orderID, b.seq, paymentID, b.reference, b.native, remindMS, tx.Now())
	return err
}

// loadCursor gives how far a shard was followed; the zero time when never.
func (s *Service) loadCursor(ctx context.Context, shard int) (at time.Time, err error) {
	err = s.db.Read(ctx, database.Platform("the events of a shard are of many companies"), func(ctx context.Context, tx *database.Tx) error {
		var ms int64
		err := tx.QueryRow(ctx, `SELECT at_ms FROM sale_cursor WHERE shard = $1`, shard).Scan(&ms)
		if errors.Is(err, database.ErrNoRows) {
			return nil
		}
		at = time.UnixMilli(ms)
		return err
	})
	return at, err
}

func (s *Service) saveCursor(ctx context.Context, fence Fence, shard int, at time.Time) error {
	return s.db.Write(ctx, database.Platform("the events of a shard are of many companies"), func(ctx context.Context, tx *database.Tx) error {
		if err := fence.Fence(ctx, tx); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO sale_cursor (shard, at_ms) VALUES ($1, $2) ON CONFLICT (shard) DO UPDATE SET at_ms = excluded.at_ms`,
			shard, at.UnixMilli())
		return err
	})
}
