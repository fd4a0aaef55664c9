package listing

import (
	"context"

	"prosa/internal/base/money"
	"prosa/internal/platform/database"
)

// published notes the prices of items that were sent at the transaction's time
// and differ from those sent before: the others end.
func published(ctx context.Context, tx *database.Tx, tenantID, catalogID string, sent []offered) error {
	var begun [][]any
	for _, o := range sent {
		for _, price := range o.prices {
			begun = append(begun, []any{tenantID, catalogID, o.retailerID, int64(price), string(o.currency), tx.Now(), int64(0)})
		}
	}
	ended := make([][]any, len(sent))
	for n, o := range sent {
		ended[n] = []any{tenantID, catalogID, tx.Now(), o.retailerID}
	}
	if _, err := tx.All(ctx, `UPDATE listing_price SET until_ms = $3 WHERE tenant_id = $1 AND catalog_id = $2 AND retailer_id = $4 AND until_ms = 0`, ended, nil); err != nil {
		return err
	}
	_, err := tx.All(ctx, `INSERT INTO listing_price (tenant_id, catalog_id, retailer_id, price, currency, from_ms, until_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (tenant_id, catalog_id, retailer_id, currency, price, from_ms) DO UPDATE SET until_ms = 0`, begun, nil)
	return err
}

// offered are the prices of an item: its own and, when there is one, the sale's.
type offered struct {
	retailerID string
	prices     []money.Amount
	currency   money.Currency
}

// unpublished takes the prices of items back that Meta did not take after all:
// those that stood before stand still.
func unpublished(ctx context.Context, tx *database.Tx, tenantID, catalogID string, items []item) error {
	args := make([][]any, len(items))
	for n, i := range items {
		args[n] = []any{tenantID, catalogID, i.retailerID, i.sentMS}
	}
	if _, err := tx.All(ctx, `DELETE FROM listing_price WHERE tenant_id = $1 AND catalog_id = $2 AND retailer_id = $3 AND from_ms = $4`, args, nil); err != nil {
		return err
	}
	_, err := tx.All(ctx, `UPDATE listing_price SET until_ms = 0 WHERE tenant_id = $1 AND catalog_id = $2 AND retailer_id = $3 AND until_ms = $4`, args, nil)
	return err
}
