package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/modules/identity"
	"prosa/internal/modules/product"
)

func (a *api) registerGoods() {
	handle(a, route{
		id: "list-goods", method: http.MethodGet, path: "/goods", tag: "product", needs: identity.ProductRead,
		summary: "What stands behind the ids that a channel's messages name: variants, or their SKUs. Unknown ones are left out.",
	}, a.listGoods)
}

type listGoodsInput struct {
	CatalogID string   `query:"catalog_id" maxLength:"64" doc:"The channel's catalog that the ids are of."`
	IDs       []string `query:"id" minItems:"1" maxItems:"100" doc:"Separated by commas."`
}

func (a *api) listGoods(ctx context.Context, in *listGoodsInput) (*all[product.Goods], error) {
	return whole(a.deps.Products.Goods(ctx, caller(ctx).TenantID(), in.CatalogID, in.IDs, a.deps.Listing.Resolve))
}
