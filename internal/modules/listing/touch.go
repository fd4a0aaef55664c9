package listing

import (
	"context"
	"slices"

	"prosa/internal/platform/database"
)

// entry is a variant that has to be compared.
type entry struct {
	variantID, productID string
	// sold adds the variant to catalogs that don't have it yet; what is not sold
	// concerns only those that do.
	sold bool
}

// touch marks variants as to be compared in a catalog, and has the catalog
// looked at when changes were gathered for a while.
func (s *Service) touch(ctx context.Context, tx *database.Tx, tenantID, catalogID string, entries []entry, dueMS int64) error {
	if len(entries) == 0 {
		return nil
	}
	ids := make([]string, len(entries))
	for n, e := range entries {
		ids[n] = e.variantID
	}
	known := map[string]bool{}
	// The first change of an item decides when it is due: later ones must not
	// hold it back. The index holds variants that are named, and is used only for a
	// statement that says so. Many variants a statement: while a first large catalog
	// comes, PostgreSQL may go on by a plan that it made for an empty table, and then
	// reads all items for each statement.
	for some := range slices.Chunk(ids, database.MaxList) {
		rows, err := tx.Query(ctx, `UPDATE listing_item SET touched = touched + 1, dirty_ms = CASE WHEN dirty_ms > 0 THEN dirty_ms ELSE $3 END
			WHERE tenant_id = $1 AND catalog_id = $2 AND variant_id IN (`+database.List(len(some), 4)+`) AND variant_id <> '' RETURNING variant_id`,
			append([]any{tenantID, catalogID, tx.Now()}, database.Strings(some)...)...)
		if err != nil {
			return err
		}
		for rows.Next() {
			var variantID string
			if err := rows.Scan(&variantID); err != nil {
				rows.Close()
				return err
			}
			known[variantID] = true
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	var fresh [][]any
	for _, e := range entries {
		if e.sold && !known[e.variantID] {
			known[e.variantID] = true
			fresh = append(fresh, []any{tenantID, catalogID, e.variantID, e.variantID, e.productID, wantListed, int64(1), tx.Now(), string(Waiting), "to_send"})
		}
	}
	// One that Meta was seen to hold before we knew it as ours becomes ours.
	if _, err := tx.All(ctx, `INSERT INTO listing_item (tenant_id, catalog_id, retailer_id, variant_id, product_id, wanted, touched, dirty_ms, state, reason,
		name, folded, image, sent_hash, sent_handle, sent_ms, sent_price, sent_sale, tries, problem, problem_text, seen_ms, seen, look_ms, looks, shown)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', '', '', '', 0, '', '', 0, '', '', 0, '', 0, 0, FALSE)
		ON CONFLICT (tenant_id, catalog_id, retailer_id) DO UPDATE SET variant_id = excluded.variant_id, product_id = excluded.product_id, wanted = excluded.wanted,
		touched = listing_item.touched + 1, dirty_ms = excluded.dirty_ms`, fresh, nil); err != nil {
		return err
	}
	return due(ctx, tx, tenantID, catalogID, dueMS)
}

// due has a catalog looked at by a time, if not before.
func due(ctx context.Context, tx *database.Tx, tenantID, catalogID string, atMS int64) error {
	_, err := tx.Exec(ctx, `UPDATE listing_catalog SET next_ms = $3 WHERE tenant_id = $1 AND id = $2 AND (next_ms = 0 OR next_ms > $3)`, tenantID, catalogID, atMS)
	return err
}

// touchAll marks variants of a company in all of its catalogs.
func (s *Service) touchAll(ctx context.Context, tx *database.Tx, tenantID string, catalogIDs []string, entries []entry) error {
	for _, catalogID := range catalogIDs {
		if err := s.touch(ctx, tx, tenantID, catalogID, entries, tx.Now()+s.cfg.FlushEvery.Milliseconds()); err != nil {
			return err
		}
	}
	return nil
}
