package tenancy

import (
	"context"

	"prosa/internal/platform/database"
)

// HasTaxID tells whether a company that was not erased has the CNPJ or CPF,
// without punctuation. The scope of tx must reach all companies.
func HasTaxID(ctx context.Context, tx *database.Tx, taxID string) (bool, error) {
	var n int64
	err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM tenant WHERE tax_id = $1 AND tax_id <> '' AND state <> 'erased'", taxID).Scan(&n)
	return n > 0, err
}
