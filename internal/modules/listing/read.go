package listing

import (
	"context"
	"errors"
	"slices"

	"prosa/internal/base/money"
	"prosa/internal/platform/database"
)

// Catalog is the catalog that customers of a WhatsApp account are shown.
type Catalog struct {
	ID          string
	CartEnabled bool
	Visible     bool
}

// Catalog tells which catalog stands behind a channel account; false when none
// does.
func (s *Service) Catalog(ctx context.Context, tx *database.Tx, tenantID, accountID string) (c Catalog, ok bool, err error) {
	err = tx.QueryRow(ctx, `SELECT catalog_id, cart_enabled, catalog_visible FROM listing_account WHERE tenant_id = $1 AND account_id = $2`, tenantID, accountID).
		Scan(&c.ID, &c.CartEnabled, &c.Visible)
	if errors.Is(err, database.ErrNoRows) {
		return c, false, nil
	}
	return c, err == nil, err
}

// Shown tells which of the variants a message of the account may show, with
// their ids at Meta: those that Meta holds, has not rejected and shows, and
// whose last state was taken. The catalog's id is empty when the account has
// none. Own stock is the caller's to check.
func (s *Service) Shown(ctx context.Context, tx *database.Tx, tenantID, accountID string, variantIDs []string) (catalogID string, shown map[string]string, err error) {
	shown = map[string]string{}
	for first := true; first || len(variantIDs) > 0; first = false {
		some := variantIDs[:min(len(variantIDs), database.MaxList)]
		variantIDs = variantIDs[len(some):]
		// The catalog's own row comes also where no variant is shown.
		on := `i.variant_id IN ('')`
		if len(some) > 0 {
			on = `i.variant_id IN (` + database.List(len(some), 3) + `)`
		}
		rows, err := tx.Query(ctx, `SELECT a.catalog_id, COALESCE(i.variant_id, ''), COALESCE(i.retailer_id, '') FROM listing_account a
			LEFT JOIN listing_item i ON i.tenant_id = a.tenant_id AND i.catalog_id = a.catalog_id AND i.shown AND i.variant_id <> '' AND `+on+`
			WHERE a.tenant_id = $1 AND a.account_id = $2`, append([]any{tenantID, accountID}, database.Strings(some)...)...)
		if err != nil {
			return "", nil, err
		}
		for rows.Next() {
			var variantID, retailerID string
			if err := rows.Scan(&catalogID, &variantID, &retailerID); err != nil {
				rows.Close()
				return "", nil, err
			}
			if variantID != "" {
				shown[variantID] = retailerID
			}
		}
		if err := rows.Err(); err != nil {
			return "", nil, err
		}
		if catalogID == "" {
			return "", shown, nil
		}
	}
	return catalogID, shown, nil
}

// Resolve tells which variants stand behind ids of a catalog; those that only
// Meta knows are left out.
func (s *Service) Resolve(ctx context.Context, tx *database.Tx, tenantID, catalogID string, retailerIDs []string) (map[string]string, error) {
	found, args := make(map[string]string, len(retailerIDs)), make([][]any, 0, len(retailerIDs))
	for _, retailerID := range slices.Compact(slices.Sorted(slices.Values(retailerIDs))) {
		args = append(args, []any{tenantID, catalogID, retailerID})
	}
	_, err := tx.All(ctx, `SELECT retailer_id, variant_id FROM listing_item WHERE tenant_id = $1 AND catalog_id = $2 AND retailer_id = $3 AND variant_id <> ''`, args,
		func(_ int, row database.Row) error {
			var retailerID, variantID string
			err := row.Scan(&retailerID, &variantID)
			found[retailerID] = variantID
			return err
		})
	return found, err
}

// PublishedSince reports whether the price stood in the catalog at or after a
// time: what a customer's telephone may still show.
func (s *Service) PublishedSince(ctx context.Context, tx *database.Tx, tenantID, catalogID, retailerID string, price money.Amount, currency money.Currency, sinceMS int64) (bool, error) {
	var one int64
	err := tx.QueryRow(ctx, `SELECT 1 FROM listing_price WHERE tenant_id = $1 AND catalog_id = $2 AND retailer_id = $3 AND currency = $4 AND price = $5
		AND (until_ms = 0 OR until_ms >= $6) LIMIT 1`, tenantID, catalogID, retailerID, string(currency), int64(price), sinceMS).Scan(&one)
	if errors.Is(err, database.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// CatalogOf gives the catalog of a channel account, empty for none, and whether
// customers find their way into it at the number.
func (s *Service) CatalogOf(ctx context.Context, tx *database.Tx, tenantID, accountID string) (catalogID string, visible bool, err error) {
	c, _, err := s.Catalog(ctx, tx, tenantID, accountID)
	return c.ID, c.Visible, err
}
