package app

import (
	"context"

	"prosa/internal/modules/flow/stand"
	"prosa/internal/modules/product"
)

// standSize is how many products a simulated shop sells.
const standSize = 60

// stand gives the newest products of a company to those who try a bot that
// sells: with their prices and stock of this moment, and nothing is taken.
func (h *house) stand(ctx context.Context, tenantID string) ([]stand.Product, error) {
	list, err := h.products.List(ctx, product.Search{TenantID: tenantID, State: product.Active, Limit: standSize})
	if err != nil {
		return nil, err
	}
	now := h.clock.Now().UnixMilli()
	var out []stand.Product
	for _, p := range list.Items {
		shown := stand.Product{ID: p.ID, Name: p.Name, Description: p.Description, Options: p.Options}
		for _, v := range p.Variants {
			if !v.Archived {
				shown.Variants = append(shown.Variants, stand.Variant{ID: v.ID, Options: v.Options, Price: int64(v.PriceAt(now)), Stock: v.Available()})
			}
		}
		if len(shown.Variants) > 0 {
			out = append(out, shown)
		}
	}
	return out, nil
}
