package listing

import (
	"context"

	"prosa/internal/platform/database"
)

// compareRows is how many variants of a comparison are marked in one
// transaction.
const compareRows = 2000

// compare marks a part of the company's variants as to be compared; behind the
// last part it plans the next comparison and has the catalog read.
func (t *turn) compare(ctx context.Context) error {
	after := t.compareAfter
	return t.write(ctx, func(ctx context.Context, tx *database.Tx) error {
		found, err := t.Products.Entries(ctx, tx, t.tenantID, after, compareRows)
		if err != nil {
			return err
		}
		entries := make([]entry, len(found))
		for n, e := range found {
			entries[n] = entry{variantID: e.VariantID, productID: e.ProductID, sold: e.Sold}
		}
		if err := t.touch(ctx, tx, t.tenantID, t.id, entries, tx.Now()); err != nil {
			return err
		}
		if len(found) == compareRows {
			t.compareAfter = found[len(found)-1].VariantID
			return nil
		}
		t.compareAfter, t.compareMS = "", tx.Now()+t.cfg.CompareEvery.Milliseconds()
		t.readMS = tx.Now()
		return nil
	})
}
