package sale

import (
	"context"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/message/fold"
	"prosa/internal/modules/product"
	"prosa/internal/platform/database"
)

// good is a product as bots know it, by the variant that stands for it: the
// only one, or the first that can be had.
type good struct {
	ProductID   string       `json:"product_id"`
	VariantID   string       `json:"variant_id"`
	Name        string       `json:"name"`
	Description string       `json:"description"`
	Price       money.Amount `json:"price"`
	ListPrice   money.Amount `json:"list_price"`
	PriceText   string       `json:"price_text"`
	Available   bool         `json:"available"`
	Left        int64        `json:"left"`     // how many one order may have
	Variants    int          `json:"variants"` // that can be had
	ImageURL    string       `json:"image_url"`
	Link        string       `json:"link"`

	picture string // hash of an uploaded picture
	options []string
}

// productShelf reads the goods of one company in a transaction.
type productShelf struct {
	*Service
	tx       *database.Tx
	tenantID string
	products *product.Service
}

func (s *Service) shelfOf(tx *database.Tx, tenantID string) *productShelf {
	return &productShelf{s, tx, tenantID, s.products.Within(tx)}
}

// Limits of what is shown at once.
const (
	pageOfTen  = 10
	mostShown  = 30  // what a list of WhatsApp carries
	mostPages  = 999 // behind which nobody looks
	unboundedN = 9_999
)

// had is how many pieces of a variant a customer may have now.
func had(p *product.Product, v *product.Variant) int64 {
	if v.Archived || p.State != product.Active {
		return 0
	}
	most := max(v.Available(), 0)
	if v.MaxPerOrder > 0 {
		most = min(most, v.MaxPerOrder)
	}
	return min(most, unboundedN)
}

// goodOf makes the good of a product; of one variant when it is named. It is
// false when nothing of it can be had.
func (f *productShelf) goodOf(p *product.Product, variantID string) (g good, ok bool) {
	var chosen *product.Variant
	for i := range p.Variants {
		v := &p.Variants[i]
		if had(p, v) == 0 {
			continue
		}
		g.Variants++
		if chosen == nil && (variantID == "" || v.ID == variantID) {
			chosen = v
		}
	}
	if chosen == nil {
		return g, false
	}
	g.ProductID, g.VariantID, g.Name, g.Description, g.options = p.ID, chosen.ID, p.Name, p.Description, chosen.Options
	if variantID != "" && len(chosen.Options) > 0 && g.Variants > 1 {
		g.Name += " (" + strings.Join(chosen.Options, ", ") + ")"
	}
	g.Price, g.ListPrice, g.Available, g.Left = chosen.PriceAt(f.tx.Now()), chosen.Price, true, had(p, chosen)
	g.PriceText, g.Link = reais(g.Price), f.links.Product(f.tenantID, chosen.ID)
	image := chosen.Image
	if image == nil && len(p.Images) > 0 {
		image = &p.Images[0]
	}
	if image != nil {
		if g.ImageURL, g.picture = image.URL, image.Blob; g.ImageURL == "" && g.picture != "" {
			g.ImageURL = f.picture(f.tenantID, g.picture)
		}
	}
	return g, true
}

// find gives goods by words or by a shelf, page by page, and whether there are
// more.
func (f *productShelf) find(ctx context.Context, query, collection string, limit, page int) (list []good, more bool, err error) {
	limit, page = bounded(limit, pageOfTen, mostShown), min(max(page, 0), mostPages)
	in := product.Search{TenantID: f.tenantID, Query: query, State: product.Active, InStock: true, Skip: page * limit, Limit: limit}
	if collection != "" {
		shelf, err := f.collection(ctx, collection)
		if err != nil {
			return nil, false, err
		}
		if in.CollectionID = shelf.ID; shelf.Kind == product.Category {
			in.CollectionID, in.CategoryID = "", shelf.ID
		}
	}
	found, err := f.products.List(ctx, in)
	if err != nil {
		return nil, false, err
	}
	list = []good{}
	for i := range found.Items {
		if g, ok := f.goodOf(&found.Items[i], ""); ok {
			list = append(list, g)
		}
	}
	return list, found.Next != "" && page < mostPages, nil
}

func bounded(n, usual, most int) int {
	if n <= 0 {
		return usual
	}
	return min(n, most)
}

// collection finds a shelf by its id or its name.
func (f *productShelf) collection(ctx context.Context, wanted string) (product.Collection, error) {
	all, err := f.products.Collections(ctx, f.tenantID)
	if err != nil {
		return product.Collection{}, err
	}
	folded := fold.Text(wanted)
	at := slices.IndexFunc(all, func(c product.Collection) bool { return c.ID == wanted })
	if at < 0 {
		at = slices.IndexFunc(all, func(c product.Collection) bool { return fold.Text(c.Name) == folded })
	}
	if at < 0 {
		return product.Collection{}, fault.New(fault.NotFound, "no such collection")
	}
	return all[at], nil
}

// named gives goods by the ids of products, in their order; what can't be had is
// left out.
func (f *productShelf) named(ctx context.Context, productIDs []string) ([]good, error) {
	productIDs = productIDs[:min(len(productIDs), mostShown)]
	found, err := f.products.Some(ctx, f.tx, f.tenantID, productIDs)
	if err != nil {
		return nil, err
	}
	list := []good{}
	for _, id := range productIDs {
		if p, ok := found[id]; ok {
			if g, ok := f.goodOf(&p, ""); ok {
				list = append(list, g)
			}
		}
	}
	return list, nil
}

// exactly gives goods by the ids of variants, in their order; what can't be had
// is left out.
func (f *productShelf) exactly(ctx context.Context, variantIDs []string) ([]good, error) {
	variantIDs = variantIDs[:min(len(variantIDs), mostShown)]
	offers, err := f.products.Offers(ctx, f.tx, f.tenantID, variantIDs)
	if err != nil {
		return nil, err
	}
	var productIDs []string
	for _, offer := range offers {
		if !slices.Contains(productIDs, offer.ProductID) {
			productIDs = append(productIDs, offer.ProductID)
		}
	}
	found, err := f.products.Some(ctx, f.tx, f.tenantID, productIDs)
	if err != nil {
		return nil, err
	}
	list := []good{}
	for _, id := range variantIDs {
		if p, ok := found[offers[id].ProductID]; ok {
			if g, ok := f.goodOf(&p, id); ok {
				list = append(list, g)
			}
		}
	}
	return list, nil
}

func (a *asking) search(ctx context.Context) (any, error) {
	list, more, err := a.products.find(ctx, a.Query, a.request.Collection, bounded(a.Limit, pageOfTen, pageOfTen), a.Page)
	return map[string]any{"goods": list, "more": more}, err
}

func (a *asking) collections(ctx context.Context) (any, error) {
	all, err := a.products.products.Collections(ctx, a.TenantID)
	type named struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	list := []named{}
	for _, c := range all {
		list = append(list, named{c.ID, c.Name})
	}
	return map[string]any{"collections": list}, err
}

// variant is one that a customer may choose.
type variant struct {
	VariantID string   `json:"variant_id"`
	Options   []string `json:"options"`
	Name      string   `json:"name"`
	PriceText string   `json:"price_text"`
	Available bool     `json:"available"`
	Left      int64    `json:"left"`
}

func (a *asking) variants(ctx context.Context) (any, error) {
	found, err := a.products.products.Some(ctx, a.tx, a.TenantID, []string{a.ProductID})
	if err != nil {
		return nil, err
	}
	p, ok := found[a.ProductID]
	if !ok || p.State != product.Active {
		return nil, fault.New(fault.NotFound, "no such product")
	}
	list := []variant{}
	for i := range p.Variants {
		v := &p.Variants[i]
		if n := had(&p, v); n > 0 {
			name := p.Name
			if len(v.Options) > 0 {
				name += " (" + strings.Join(v.Options, ", ") + ")"
			}
			list = append(list, variant{v.ID, v.Options, name, reais(v.PriceAt(a.tx.Now())), true, n})
		}
	}
	return map[string]any{"name": p.Name, "options": p.Options, "variants": list}, nil
}

// about tells of what a customer asked about in the channel's own catalog.
func (a *asking) about(ctx context.Context) (any, error) {
	if a.listing == nil {
		return nil, fault.New(fault.NotFound, "no such catalog")
	}
	known, err := a.listing.Resolve(ctx, a.tx, a.TenantID, a.CatalogID, []string{a.RetailerID})
	if err != nil {
		return nil, err
	}
	list, err := a.products.exactly(ctx, []string{known[a.RetailerID]})
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "no such item")
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}
