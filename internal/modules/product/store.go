package product

import (
	"context"
	"encoding/json"
	"errors"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

const productColumns = `tenant_id, id, handle, name, description, brand, category_id, state, options, images, ncm, created_ms, updated_ms, version`

// variantColumns need variant as v and stock as s.
const variantColumns = `v.id, v.product_id, v.sku, v.options, v.barcode, v.price, v.sale_price, v.sale_from_ms, v.sale_to_ms, v.currency, v.image,
	v.weight_g, v.max_per_order, v.archived, s.tracked, s.on_hand, s.reserved`

const variantTables = `variant v JOIN stock s ON s.tenant_id = v.tenant_id AND s.variant_id = v.id`

// loadProducts reads products with their variants, in the order of their ids.
// Those that don't exist are left out.
func loadProducts(ctx context.Context, tx *database.Tx, tenantID string, ids []string, lock string) ([]Product, error) {
	list := []Product{}
	if len(ids) == 0 {
		return list, nil
	}
	args := append([]any{tenantID}, database.Strings(ids)...)
	rows, err := tx.Query(ctx, `SELECT `+productColumns+` FROM product WHERE tenant_id = $1 AND id IN (`+database.List(len(ids), 2)+`) ORDER BY id`+lock, args...)
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for rows.Next() {
		p := Product{Variants: []Variant{}}
		var options, images string
		if err := rows.Scan(&p.TenantID, &p.ID, &p.Handle, &p.Name, &p.Description, &p.Brand, &p.CategoryID, &p.State, &options, &images,
			&p.NCM, &p.CreatedMS, &p.UpdatedMS, &p.Version); err != nil {
			rows.Close()
			return nil, err
		}
		if err := errors.Join(unpack(options, &p.Options), unpack(images, &p.Images)); err != nil {
			rows.Close()
			return nil, err
		}
		at[p.ID] = len(list)
		list = append(list, p)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	rows, err = tx.Query(ctx, `SELECT `+variantColumns+` FROM `+variantTables+` WHERE v.tenant_id = $1 AND v.product_id IN (`+database.List(len(ids), 2)+`)
		ORDER BY v.product_id, v.position, v.id`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		v, err := scanVariant(rows)
		if err != nil {
			return nil, err
		}
		if i, ok := at[v.ProductID]; ok {
			list[i].Variants = append(list[i].Variants, v)
		}
	}
	return list, rows.Err()
}

// scanVariant reads variantColumns and what follows them.
func scanVariant(row database.Row, more ...any) (v Variant, err error) {
	var options, image string
	if err := row.Scan(append([]any{&v.ID, &v.ProductID, &v.SKU, &options, &v.Barcode, &v.Price, &v.SalePrice, &v.SaleFromMS, &v.SaleToMS, &v.Currency,
		&image, &v.WeightG, &v.MaxPerOrder, &v.Archived, &v.Tracked, &v.OnHand, &v.Reserved}, more...)...); err != nil {
		return v, err
	}
	if image != "" {
		v.Image = &Image{}
		if err := unpack(image, v.Image); err != nil {
			return v, err
		}
	}
	return v, unpack(options, &v.Options)
}

const (
	offerColumns = variantColumns + `, p.name, p.state, p.images`
	offerTables  = variantTables + ` JOIN product p ON p.tenant_id = v.tenant_id AND p.id = v.product_id`
	offerQuery   = `SELECT ` + offerColumns + ` FROM ` + offerTables + ` WHERE v.tenant_id = $1 AND `
)

// scanOffer reads offerColumns and what follows them.
func scanOffer(row database.Row, more ...any) (o Offer, err error) {
	var images string
	if o.Variant, err = scanVariant(row, append([]any{&o.Name, &o.State, &images}, more...)...); err == nil {
		err = o.face(images)
	}
	return o, err
}

// offersOf reads variants with what is sold of their products, each looked up by
// its key: a plan for a list of keys reads the company's whole shelf where the
// tables were not analyzed yet.
func offersOf(ctx context.Context, tx *database.Tx, tenantID string, variantIDs []string) (map[string]Offer, error) {
	offers := make(map[string]Offer, len(variantIDs))
	args, asked := make([][]any, 0, len(variantIDs)), make(map[string]bool, len(variantIDs))
	for _, variantID := range variantIDs {
		if !asked[variantID] {
			asked[variantID] = true
			args = append(args, []any{tenantID, variantID})
		}
	}
	_, err := tx.All(ctx, offerQuery+`v.id = $2`, args, func(_ int, row database.Row) error {
		o, err := scanOffer(row)
		offers[o.ID] = o
		return err
	})
	return offers, err
}

// offersLater is offersOf with the next statement, for the variants that a query
// of the caller's names in its column variant_id; its $1 is the company. more are
// columns of the query that are read beside each, into dest.
func offersLater(tx *database.Tx, query string, args []any, more []string, dest []any, take func(o Offer)) {
	columns := offerColumns
	for _, column := range more {
		columns += ", wanted." + column
	}
	tx.Later(func(row database.Row) error {
		o, err := scanOffer(row, dest...)
		if err == nil {
			take(o)
		}
		return err
	}, tx.LookUp(columns, offerTables, `v.tenant_id = $1 AND v.id = wanted.variant_id`, query), args...)
}

// loadOffers reads variants with what is sold of their products, by a column.
func loadOffers(ctx context.Context, tx *database.Tx, tenantID, column string, keys []string) (map[string]Offer, error) {
	offers := make(map[string]Offer, len(keys))
	for len(keys) > 0 {
		some := keys[:min(len(keys), database.MaxList)]
		keys = keys[len(some):]
		rows, err := tx.Query(ctx, offerQuery+column+` IN (`+database.List(len(some), 2)+`)`, append([]any{tenantID}, database.Strings(some)...)...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			o, err := scanOffer(rows)
			if err != nil {
				rows.Close()
				return nil, err
			}
			offers[o.ID] = o
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return offers, nil
}

// face chooses the picture of an offer: its own, else the product's first.
func (o *Offer) face(images string) error {
	shown := o.Image
	if shown == nil {
		var all []Image
		if err := unpack(images, &all); err != nil || len(all) == 0 {
			return err
		}
		shown = &all[0]
	}
	o.ImageURL, o.ImageSum = shown.URL, shown.Blob
	return nil
}

// writeProduct stores a product and its variants. New variants get a row of
// stock without pieces.
func writeProduct(ctx context.Context, tx *database.Tx, p *Product, fresh map[string]bool) error {
	if p.Options == nil {
		p.Options = []string{}
	}
	if p.Images == nil {
		p.Images = []Image{}
	}
	options, images, err := pack(p.Options, p.Images)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO product (`+productColumns+`, folded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT (tenant_id, id) DO UPDATE SET handle = excluded.handle, name = excluded.name, description = excluded.description, brand = excluded.brand,
		category_id = excluded.category_id, state = excluded.state, options = excluded.options, images = excluded.images, ncm = excluded.ncm,
		updated_ms = excluded.updated_ms, version = excluded.version, folded = excluded.folded`,
		p.TenantID, p.ID, p.Handle, p.Name, p.Description, p.Brand, p.CategoryID, string(p.State), options, images, p.NCM, p.CreatedMS, p.UpdatedMS, p.Version, p.folded())
	if database.IsUnique(err) {
		return &fault.Error{Code: fault.Conflict, Reason: "handle_taken", Field: "handle", Message: "another product has this short name"}
	}
	if err != nil {
		return err
	}
	var variants, stocks [][]any
	for i, v := range p.Variants {
		image := ""
		if v.Image != nil {
			if image, _, err = pack(v.Image, nil); err != nil {
				return err
			}
		}
		options, _, err := pack(v.Options, nil)
		if err != nil {
			return err
		}
		variants = append(variants, []any{p.TenantID, v.ID, p.ID, v.SKU, i, options, v.Barcode, int64(v.Price), int64(v.SalePrice), v.SaleFromMS, v.SaleToMS,
			string(v.Currency), image, v.WeightG, v.MaxPerOrder, v.Archived})
		onHand := int64(0)
		if fresh[v.ID] {
			onHand = v.OnHand
		}
		stocks = append(stocks, []any{p.TenantID, v.ID, v.Tracked, onHand})
	}
	// What is archived goes first and gives its SKU free.
	for _, archived := range []bool{true, false} {
		var some [][]any
		for i, v := range p.Variants {
			if v.Archived == archived {
				some = append(some, variants[i])
			}
		}
		_, err = tx.Each(ctx, `INSERT INTO variant (tenant_id, id, product_id, sku, position, options, barcode, price, sale_price, sale_from_ms, sale_to_ms,
			currency, image, weight_g, max_per_order, archived) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
			ON CONFLICT (tenant_id, id) DO UPDATE SET sku = excluded.sku, position = excluded.position, options = excluded.options, barcode = excluded.barcode,
			price = excluded.price, sale_price = excluded.sale_price, sale_from_ms = excluded.sale_from_ms, sale_to_ms = excluded.sale_to_ms,
			currency = excluded.currency, image = excluded.image, weight_g = excluded.weight_g, max_per_order = excluded.max_per_order, archived = excluded.archived`,
			some, nil)
		if database.IsUnique(err) {
			return &fault.Error{Code: fault.Conflict, Reason: "sku_taken", Field: "variants.sku", Message: "another product has a variant with this SKU"}
		}
		if err != nil {
			return err
		}
	}
	_, err = tx.Each(ctx, `INSERT INTO stock (tenant_id, variant_id, tracked, on_hand, reserved, version) VALUES ($1, $2, $3, $4, 0, 1)
		ON CONFLICT (tenant_id, variant_id) DO UPDATE SET tracked = excluded.tracked`, stocks, nil)
	return err
}

func pack(first, second any) (string, string, error) {
	a, err := json.Marshal(first)
	if err != nil {
		return "", "", fault.Wrap(err, fault.Internal, "a product could not be encoded")
	}
	b, err := json.Marshal(second)
	return string(a), string(b), fault.Wrap(err, fault.Internal, "a product could not be encoded")
}

func unpack(text string, into any) error {
	return fault.Wrap(json.Unmarshal([]byte(text), into), fault.Internal, "a stored product is unreadable")
}
