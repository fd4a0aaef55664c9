package product

import (
	"context"
	"strings"

	"prosa/internal/platform/database"
)

// Entry is a variant as catalogs of other houses are told of it.
type Entry struct {
	VariantID string
	ProductID string
	// Sold reports whether customers may have it.
	Sold bool
}

// Entries walks over all variants of a company, archived ones too, in the order
// of their ids; after is the last id of the call before.
func (s *Service) Entries(ctx context.Context, tx *database.Tx, tenantID, after string, limit int) ([]Entry, error) {
	rows, err := tx.Query(ctx, `SELECT v.id, v.product_id, p.state, v.archived FROM variant v JOIN product p ON p.tenant_id = v.tenant_id AND p.id = v.product_id
		WHERE v.tenant_id = $1 AND v.id > $2 ORDER BY v.id LIMIT $3`, tenantID, after, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Entry
	for rows.Next() {
		var e Entry
		var state State
		var archived bool
		if err := rows.Scan(&e.VariantID, &e.ProductID, &state, &archived); err != nil {
			return nil, err
		}
		e.Sold = state == Active && !archived
		list = append(list, e)
	}
	return list, rows.Err()
}

// Load reads products with their variants by their ids; those that the company
// does not have are left out.
func (s *Service) Load(ctx context.Context, tx *database.Tx, tenantID string, productIDs []string) ([]Product, error) {
	var list []Product
	for len(productIDs) > 0 {
		some := productIDs[:min(len(productIDs), database.MaxList)]
		productIDs = productIDs[len(some):]
		found, err := loadProducts(ctx, tx, tenantID, some, "")
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	return list, nil
}

// Shelves names the categories of a company with those above them, as
// "Roupas > Camisetas", by their ids.
func (s *Service) Shelves(ctx context.Context, tx *database.Tx, tenantID string) (map[string]string, error) {
	all, err := loadCollections(ctx, tx, tenantID)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]Collection, len(all))
	for _, c := range all {
		byID[c.ID] = c
	}
	paths := map[string]string{}
	for _, c := range all {
		if c.Kind != Category {
			continue
		}
		path := []string{c.Name}
		for parent, steps := byID[c.ParentID], 0; parent.ID != "" && steps < 9; parent, steps = byID[parent.ParentID], steps+1 {
			path = append([]string{parent.Name}, path...)
		}
		paths[c.ID] = strings.Join(path, " > ")
	}
	return paths, nil
}
