package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/modules/identity"
	"prosa/internal/modules/product"
)

func (a *api) registerStock() {
	handle(a, route{
		id: "move-stock", method: http.MethodPost, path: "/variants/{variant}/stock", tag: "product", needs: identity.ProductWrite,
		summary: "Add pieces of a variant, or take some away that are not promised. Reason: out_of_stock.",
	}, a.moveStock)
	handle(a, route{
		id: "list-stock-movements", method: http.MethodGet, path: "/variants/{variant}/movements", tag: "product", needs: identity.ProductRead,
		summary: "The ledger of a variant, newest first.",
	}, a.listMovements)
}

// VariantPath names a variant in the path. huma reads embedded fields of exported types only.
type VariantPath struct {
	Variant string `path:"variant" maxLength:"64"`
}

type moveStockInput struct {
	VariantPath
	Body struct {
		Quantity int64  `json:"quantity" doc:"Pieces added; below 0, taken away."`
		Reason   string `json:"reason,omitempty" maxLength:"400"`
	}
}

type levelOutput struct{ Body product.Level }

func (a *api) moveStock(ctx context.Context, in *moveStockInput) (*levelOutput, error) {
	who := caller(ctx)
	level, err := a.deps.Products.Move(ctx, product.Move{
		TenantID: who.TenantID(), VariantID: in.Variant, Quantity: in.Body.Quantity, Reason: in.Body.Reason, By: who.Actor(),
	})
	return &levelOutput{level}, err
}

type movementsInput struct {
	VariantPath
	Paging
}

func (a *api) listMovements(ctx context.Context, in *movementsInput) (*listing[product.Movement], error) {
	return listed(a.deps.Products.Movements(ctx, caller(ctx).TenantID(), in.Variant, in.Cursor, in.Limit))
}
