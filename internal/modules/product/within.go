package product

import (
	"context"

	"prosa/internal/platform/database"
)

// Within gives the service inside the caller's transaction: its methods open
// none of their own.
func (s *Service) Within(tx *database.Tx) *Service {
	inside := *s
	inside.db = database.Within(tx)
	return &inside
}

// Some reads products by their ids, in no order; those that the company does
// not have are left out.
func (s *Service) Some(ctx context.Context, tx *database.Tx, tenantID string, productIDs []string) (map[string]Product, error) {
	found, err := loadProducts(ctx, tx, tenantID, productIDs, "")
	byID := make(map[string]Product, len(found))
	for _, p := range found {
		byID[p.ID] = p
	}
	return byID, err
}

// Pictures reads what is known of uploaded pictures by their hashes; those that
// the company does not have are left out.
func (s *Service) Pictures(ctx context.Context, tx *database.Tx, tenantID string, hashes []string) (map[string]Picture, error) {
	found := map[string]Picture{}
	if len(hashes) == 0 {
		return found, nil
	}
	rows, err := tx.Query(ctx, `SELECT hash, mime, size FROM product_image WHERE tenant_id = $1 AND hash IN (`+database.List(len(hashes), 2)+`)`,
		append([]any{tenantID}, database.Strings(hashes)...)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p Picture
		if err := rows.Scan(&p.Hash, &p.MIME, &p.Size); err != nil {
			return nil, err
		}
		found[p.Hash] = p
	}
	return found, rows.Err()
}
