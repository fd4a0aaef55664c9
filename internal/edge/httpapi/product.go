package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"prosa/internal/base/money"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/product"
)

type productOutput struct{ Body product.Product }

func (a *api) registerProduct() {
	read := func(id, path, summary string) route {
		return route{id: id, method: http.MethodGet, path: path, tag: "product", needs: identity.ProductRead, summary: summary}
	}
	write := func(id, method, path, summary string) route {
		return route{id: id, method: method, path: path, tag: "product", needs: identity.ProductWrite, summary: summary}
	}
	handle(a, read("list-products", "/products", "Products, newest first, or those that hold all words of q, accents and plurals aside."), a.listProducts)
	handle(a, read("get-product", "/products/{product}", "One product with its variants and their stock."), a.getProduct)
	create := write("create-product", http.MethodPost, "/products", "A new product. Conflicts: handle_taken, sku_taken.")
	create.status = http.StatusCreated
	handle(a, create, a.createProduct)
	handle(a, write("change-product", http.MethodPut, "/products/{product}",
		"Change a product whole. Variants are met by id, else by SKU; those left out are archived; stock is not changed here."), a.changeProduct)
	handle(a, write("set-product-state", http.MethodPost, "/products/{product}/state", "Show, hide or archive a product."), a.setProductState)
	file := write("import-products", http.MethodPost, "/products/import",
		"A CSV file of products in the form field file: our headers, a feed of Meta's, or an export of Shopify. A dry run keeps nothing.")
	file.bodyMax = product.MaxFile + formOverhead
	handle(a, file, a.importProducts)
	export := read("export-products", "/products/export", "All products as CSV, which import-products reads again.")
	export.endless = true
	handle(a, export, a.exportProducts)
	picture := write("upload-product-picture", http.MethodPost, "/products/pictures", "A JPEG or PNG for the catalog, in the form field file. Anybody may fetch it from then on.")
	picture.bodyMax, picture.status = product.MaxPicture+formOverhead, http.StatusCreated
	handle(a, picture, a.uploadPicture)
	handle(a, route{
		id: "get-product-picture", method: http.MethodGet, path: "/public/images/{company}/{hash}", tag: "product", needs: anybody, endless: true,
		summary: "A picture of a catalog, at an address that never changes: Meta and customers fetch it.",
	}, a.getPicture)
}

type listProductsInput struct {
	Paging
	Query        string        `query:"q" maxLength:"200"`
	State        product.State `query:"state" enum:"draft,active,archived" doc:"All when absent."`
	CategoryID   string        `query:"category_id" maxLength:"64"`
	CollectionID string        `query:"collection_id" maxLength:"64"`
}

func (a *api) listProducts(ctx context.Context, in *listProductsInput) (*listing[product.Product], error) {
	return listed(a.deps.Products.List(ctx, product.Search{
		TenantID: caller(ctx).TenantID(), Query: in.Query, State: in.State, CategoryID: in.CategoryID, CollectionID: in.CollectionID, Cursor: in.Cursor, Limit: in.Limit,
	}))
}

// ProductPath names a product in the path. huma reads embedded fields of exported types only.
type ProductPath struct {
	Product string `path:"product" maxLength:"64"`
}

func (a *api) getProduct(ctx context.Context, in *ProductPath) (*productOutput, error) {
	found, err := a.deps.Products.Get(ctx, caller(ctx).TenantID(), in.Product)
	return &productOutput{found}, err
}

// productBody is a product as people give it.
type productBody struct {
	Handle      string          `json:"handle,omitempty" maxLength:"400" doc:"Made of the name when absent."`
	Name        string          `json:"name" minLength:"1" maxLength:"800"`
	Description string          `json:"description,omitempty" maxLength:"40000"`
	Brand       string          `json:"brand,omitempty" maxLength:"400"`
	CategoryID  string          `json:"category_id,omitempty" maxLength:"64"`
	State       product.State   `json:"state,omitempty" enum:"draft,active,archived"`
	Options     []string        `json:"options,omitempty" maxItems:"3"`
	Images      []product.Image `json:"images,omitempty" maxItems:"20"`
	NCM         string          `json:"ncm,omitempty" maxLength:"8"`
	Variants    []variantBody   `json:"variants" minItems:"1" maxItems:"100"`
	Version     int64           `json:"version,omitempty" doc:"The version that was seen; a later one is a conflict."`
}

type variantBody struct {
	ID          string         `json:"id,omitempty" maxLength:"64"`
	SKU         string         `json:"sku" minLength:"1" maxLength:"100"`
	Options     []string       `json:"options,omitempty" maxItems:"3"`
	Barcode     string         `json:"barcode,omitempty" maxLength:"64"`
	Price       money.Amount   `json:"price" minimum:"0" doc:"In minor units."`
	SalePrice   money.Amount   `json:"sale_price,omitempty" minimum:"0"`
	SaleFromMS  int64          `json:"sale_from_ms,omitempty" minimum:"0"`
	SaleToMS    int64          `json:"sale_to_ms,omitempty" minimum:"0"`
	Image       *product.Image `json:"image,omitempty"`
	WeightG     int64          `json:"weight_g,omitempty" minimum:"0"`
	MaxPerOrder int64          `json:"max_per_order,omitempty" minimum:"0"`
	Tracked     *bool          `json:"tracked,omitempty" doc:"True when absent."`
	OnHand      int64          `json:"on_hand,omitempty" minimum:"0" doc:"The first count of a new variant."`
}

func (b productBody) product(tenantID, productID string) product.Product {
	p := product.Product{
		TenantID: tenantID, ID: productID, Handle: b.Handle, Name: b.Name, Description: b.Description, Brand: b.Brand, CategoryID: b.CategoryID, State: b.State,
		Options: b.Options, Images: b.Images, NCM: b.NCM, Version: b.Version,
	}
	for _, v := range b.Variants {
		p.Variants = append(p.Variants, product.Variant{
			ID: v.ID, SKU: v.SKU, Options: v.Options, Barcode: v.Barcode, Price: v.Price, SalePrice: v.SalePrice, SaleFromMS: v.SaleFromMS, SaleToMS: v.SaleToMS,
			Image: v.Image, WeightG: v.WeightG, MaxPerOrder: v.MaxPerOrder, Tracked: v.Tracked == nil || *v.Tracked, OnHand: v.OnHand,
		})
	}
	return p
}

type createProductInput struct{ Body productBody }

func (a *api) createProduct(ctx context.Context, in *createProductInput) (*productOutput, error) {
	who := caller(ctx)
	saved, err := a.deps.Products.Save(ctx, in.Body.product(who.TenantID(), ""), who.Actor())
	return &productOutput{saved}, err
}

type changeProductInput struct {
	ProductPath
	Body productBody
}

func (a *api) changeProduct(ctx context.Context, in *changeProductInput) (*productOutput, error) {
	who := caller(ctx)
	saved, err := a.deps.Products.Save(ctx, in.Body.product(who.TenantID(), in.Product), who.Actor())
	return &productOutput{saved}, err
}

type productStateInput struct {
	ProductPath
	Body struct {
		State product.State `json:"state" enum:"draft,active,archived"`
	}
}

func (a *api) setProductState(ctx context.Context, in *productStateInput) (*productOutput, error) {
	who := caller(ctx)
	saved, err := a.deps.Products.SetState(ctx, who.TenantID(), in.Product, in.Body.State, who.Actor())
	return &productOutput{saved}, err
}

type importInput struct {
	DryRun  bool `query:"dry_run"`
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true"`
	}]
}

type reportOutput struct{ Body product.Report }

func (a *api) importProducts(ctx context.Context, in *importInput) (*reportOutput, error) {
	who := caller(ctx)
	report, err := a.deps.Products.Import(ctx, who.TenantID(), in.RawBody.Data().File, in.DryRun, who.Actor())
	return &reportOutput{report}, errors.Join(err, in.RawBody.Form.RemoveAll())
}

func (a *api) exportProducts(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	tenantID := caller(ctx).TenantID()
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		request, writer := humago.Unwrap(ctx)
		_ = http.NewResponseController(writer).SetWriteDeadline(time.Now().Add(fileTimeout))
		writer.Header().Set("Content-Type", "text/csv; charset=utf-8")
		writer.Header().Set("Content-Disposition", dispositionOf("attachment", "produtos.csv"))
		if err := a.deps.Products.Export(request.Context(), tenantID, writer); err != nil {
			a.deps.Logger.WarnContext(request.Context(), "an export of products broke off", "error", err)
			panic(http.ErrAbortHandler) // half a file must not look like a whole one
		}
	}}, nil
}

type pictureInput struct {
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true"`
	}]
}

type pictureOutput struct {
	Body struct {
		product.Picture
		URL string `json:"url" doc:"Where anybody may fetch it."`
	}
}

func (a *api) uploadPicture(ctx context.Context, in *pictureInput) (*pictureOutput, error) {
	tenantID := caller(ctx).TenantID()
	added, err := a.deps.Products.AddPicture(ctx, tenantID, in.RawBody.Data().File)
	out := &pictureOutput{}
	out.Body.Picture, out.Body.URL = added, a.deps.GatewayURL+Prefix+"/public/images/"+tenantID+"/"+added.Hash
	return out, errors.Join(err, in.RawBody.Form.RemoveAll())
}

type publicPictureInput struct {
	Company string `path:"company" maxLength:"64" pattern:"^ten_[0-9a-z]+$"`
	Hash    string `path:"hash" maxLength:"64" pattern:"^[0-9a-f]+$"`
}

func (a *api) getPicture(ctx context.Context, in *publicPictureInput) (*huma.StreamResponse, error) {
	picture, content, err := a.deps.Products.Picture(ctx, in.Company, in.Hash)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		defer content.Close() // it was only read
		request, writer := humago.Unwrap(ctx)
		_ = http.NewResponseController(writer).SetWriteDeadline(time.Now().Add(fileTimeout))
		header := writer.Header()
		header.Set("Content-Type", picture.MIME)
		header.Set("Cache-Control", "public, max-age=31536000, immutable") // another picture has another address
		header.Set("Cross-Origin-Resource-Policy", "cross-origin")
		header.Set("Etag", `"`+picture.Hash+`"`)
		http.ServeContent(writer, request, "", time.Time{}, content)
	}}, nil
}
