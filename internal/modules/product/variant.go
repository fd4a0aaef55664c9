package product

import (
	"context"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// OfVariant reads the product that a variant belongs to, with all its variants.
// Error: fault.NotFound.
func (s *Service) OfVariant(ctx context.Context, tenantID, variantID string) (p Product, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		var productID string
		if err := tx.QueryRow(ctx, `SELECT product_id FROM variant WHERE tenant_id = $1 AND id = $2`, tenantID, variantID).Scan(&productID); err != nil {
			return absent(err, "variant")
		}
		found, err := loadProducts(ctx, tx, tenantID, []string{productID}, "")
		if err == nil && len(found) == 0 {
			return fault.New(fault.NotFound, "no such product")
		}
		if err == nil {
			p = found[0]
		}
		return err
	})
	return p, err
}
