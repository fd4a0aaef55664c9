package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/modules/identity"
	"prosa/internal/modules/product"
)

func (a *api) registerCollection() {
	write := func(id, method, path, summary string) route {
		return route{id: id, method: method, path: "/collections" + path, tag: "product", needs: identity.ProductWrite, summary: summary}
	}
	handle(a, route{
		id: "list-collections", method: http.MethodGet, path: "/collections", tag: "product", needs: identity.ProductRead, summary: "All categories and lists.",
	}, a.listCollections)
	create := write("create-collection", http.MethodPost, "", "A new category or list. Conflict: name_taken.")
	create.status = http.StatusCreated
	handle(a, create, a.createCollection)
	handle(a, write("change-collection", http.MethodPut, "/{collection}", "Rename or move a category or list."), a.changeCollection)
	remove := write("delete-collection", http.MethodDelete, "/{collection}", "Remove it; its products stay. Reason: not_empty.")
	remove.status = http.StatusNoContent
	handle(a, remove, a.deleteCollection)
	items := write("set-collection-items", http.MethodPut, "/{collection}/products", "Put products on a list, in this order and no others.")
	items.status = http.StatusNoContent
	handle(a, items, a.setItems)
}

func (a *api) listCollections(ctx context.Context, _ *struct{}) (*all[product.Collection], error) {
	return whole(a.deps.Products.Collections(ctx, caller(ctx).TenantID()))
}

type collectionBody struct {
	Kind     product.Shelf `json:"kind" enum:"category,list"`
	ParentID string        `json:"parent_id,omitempty" maxLength:"64"`
	Name     string        `json:"name" minLength:"1" maxLength:"400"`
	Position int64         `json:"position,omitempty"`
}

type collectionOutput struct{ Body product.Collection }

// CollectionPath names a collection in the path. huma reads embedded fields of exported types only.
type CollectionPath struct {
	Collection string `path:"collection" maxLength:"64"`
}

func (a *api) saveCollection(ctx context.Context, id string, b collectionBody) (*collectionOutput, error) {
	who := caller(ctx)
	saved, err := a.deps.Products.SaveCollection(ctx, product.Collection{
		TenantID: who.TenantID(), ID: id, Kind: b.Kind, ParentID: b.ParentID, Name: b.Name, Position: b.Position,
	}, who.Actor())
	return &collectionOutput{saved}, err
}

type createCollectionInput struct{ Body collectionBody }

func (a *api) createCollection(ctx context.Context, in *createCollectionInput) (*collectionOutput, error) {
	return a.saveCollection(ctx, "", in.Body)
}

type changeCollectionInput struct {
	CollectionPath
	Body collectionBody
}

func (a *api) changeCollection(ctx context.Context, in *changeCollectionInput) (*collectionOutput, error) {
	return a.saveCollection(ctx, in.Collection, in.Body)
}

func (a *api) deleteCollection(ctx context.Context, in *CollectionPath) (*struct{}, error) {
	who := caller(ctx)
	return nil, a.deps.Products.DeleteCollection(ctx, who.TenantID(), in.Collection, who.Actor())
}

type itemsInput struct {
	CollectionPath
	Body struct {
		Products []string `json:"products" maxItems:"500"`
	}
}

func (a *api) setItems(ctx context.Context, in *itemsInput) (*struct{}, error) {
	return nil, a.deps.Products.SetItems(ctx, caller(ctx).TenantID(), in.Collection, in.Body.Products)
}
