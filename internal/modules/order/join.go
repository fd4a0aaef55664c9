package order

import (
	"context"
	"slices"
	"strings"

	"prosa/internal/base/id"
	"prosa/internal/platform/database"
)

// Adopt makes the carts and orders of one customer those of another, who turned
// out to be the same person, and gives the ids of what moved. An open cart stays
// where it is when the other has one too.
func (s *Service) Adopt(ctx context.Context, tx *database.Tx, tenantID, from, to string) (moved []string, err error) {
	for _, statement := range []string{
		`UPDATE cart SET contact_id = $3 WHERE tenant_id = $1 AND contact_id = $2 AND (state <> 'open' OR NOT EXISTS (
			SELECT 1 FROM cart c WHERE c.tenant_id = $1 AND c.contact_id = $3 AND c.state = 'open')) RETURNING id`,
		`UPDATE shop_order SET contact_id = $3 WHERE tenant_id = $1 AND contact_id = $2 RETURNING id`,
	} {
		if _, err := tx.Each(ctx, statement, [][]any{{tenantID, from, to}}, func(_ int, row database.Row) error {
			var rowID string
			err := row.Scan(&rowID)
			moved = append(moved, rowID)
			return err
		}); err != nil {
			return nil, err
		}
	}
	slices.Sort(moved)
	return moved, s.creditUses(ctx, tx, tenantID, moved, to)
}

// Restore gives back what Adopt moved from one customer to another.
func (s *Service) Restore(ctx context.Context, tx *database.Tx, tenantID, from, to string, moved []string) error {
	var carts, orders [][]any
	for _, rowID := range moved {
		args := []any{tenantID, rowID, to, from}
		if strings.HasPrefix(rowID, string(id.Cart)+"_") {
			carts = append(carts, args)
		} else {
			orders = append(orders, args)
		}
	}
	// An open cart stays when its owner began another meanwhile.
	if _, err := tx.Each(ctx, `UPDATE cart SET contact_id = $4 WHERE tenant_id = $1 AND id = $2 AND contact_id = $3 AND (state <> 'open' OR NOT EXISTS (
		SELECT 1 FROM cart c WHERE c.tenant_id = $1 AND c.contact_id = $4 AND c.state = 'open'))`, carts, nil); err != nil {
		return err
	}
	if _, err := tx.Each(ctx, `UPDATE shop_order SET contact_id = $4 WHERE tenant_id = $1 AND id = $2 AND contact_id = $3`, orders, nil); err != nil {
		return err
	}
	return s.creditUses(ctx, tx, tenantID, moved, from)
}

// creditUses lets the coupons of orders count for whose orders they are.
func (s *Service) creditUses(ctx context.Context, tx *database.Tx, tenantID string, orders []string, contactID string) error {
	var rows [][]any
	for _, orderID := range orders {
		rows = append(rows, []any{tenantID, orderID, contactID})
	}
	_, err := tx.Each(ctx, `UPDATE coupon_use SET contact_id = $3 WHERE tenant_id = $1 AND order_id = $2`, rows, nil)
	return err
}
