package listing

import (
	"context"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/base/page"
	"prosa/internal/event"
	"prosa/internal/message/fold"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/product"
	"prosa/internal/platform/database"
)

// Search is what a list of items is asked for; empty members ask for nothing.
type Search struct {
	TenantID  string
	CatalogID string
	State     State
	Reason    string
	ProductID string
	Query     string // words; all must be found, accents aside
	Cursor    string
	Limit     int
}

// Items pages through the items of a catalog. Error: fault.NotFound.
func (s *Service) Items(ctx context.Context, in Search) (list page.List[Item], err error) {
	if database.Text(in.Query) != nil {
		return list, fault.OnField("q", "must be plain text")
	}
	after := ""
	if _, err := page.Decode(in.Cursor, &after); err != nil {
		return list, err
	}
	size := page.Size(in.Limit)
	where := strings.Builder{}
	where.WriteString(`AND retailer_id > $3`)
	args := []any{after}
	also := func(condition string, value any) {
		args = append(args, value)
		where.WriteString(` AND ` + condition + ` ` + database.List(1, len(args)+2))
	}
	if in.State != "" {
		also(`state =`, string(in.State))
	}
	if in.Reason != "" {
		also(`reason =`, in.Reason)
	}
	if in.ProductID != "" {
		also(`product_id =`, in.ProductID)
	}
	words := strings.Fields(fold.Text(in.Query))
	for _, word := range words[:min(len(words), 6)] {
		also(`folded LIKE`, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(word)+"%")
		where.WriteString(` ESCAPE '\'`)
	}
	args = append(args, size+1)
	where.WriteString(` ORDER BY retailer_id LIMIT ` + database.List(1, len(args)+2))
	list.Items = []Item{}
	err = s.DB.Read(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		if _, err := loadCatalog(ctx, tx, in.TenantID, in.CatalogID); err != nil {
			return err
		}
		found, err := loadItems(ctx, tx, in.TenantID, in.CatalogID, where.String(), args...)
		for n := range found {
			list.Items = append(list.Items, found[n].view())
		}
		return err
	})
	if len(list.Items) > size {
		list.Items = list.Items[:size]
		list.Next = page.Encode(list.Items[size-1].RetailerID)
	}
	return list, err
}

// item reads one item. Error: fault.NotFound.
func (s *Service) item(ctx context.Context, tenantID, catalogID, retailerID string) (i item, err error) {
	err = s.DB.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		i, err = scanItem(tx.QueryRow(ctx, `SELECT `+itemColumns+` FROM listing_item WHERE tenant_id = $1 AND catalog_id = $2 AND retailer_id = $3`, tenantID, catalogID, retailerID))
		return absent(err, "item")
	})
	return i, err
}

// Push has items sent as soon as Meta takes them, also those that are as they
// were sent: the named ones, or all that have a problem, behind a comparison of
// everything. Error: fault.NotFound.
func (s *Service) Push(ctx context.Context, tenantID, catalogID string, retailerIDs []string) error {
	return s.DB.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if _, err := loadCatalog(ctx, tx, tenantID, catalogID); err != nil {
			return err
		}
		const mark = `UPDATE listing_item SET touched = touched + 1, dirty_ms = $3, sent_hash = CASE WHEN sent_hash = '' THEN '' ELSE '` + unsure + `' END, tries = 0, problem = '', problem_text = '', state = $4, reason = $5
			WHERE tenant_id = $1 AND catalog_id = $2 AND wanted = 'listed' AND `
		args := []any{tenantID, catalogID, int64(atOnce), string(Waiting), "to_send"}
		if len(retailerIDs) == 0 {
			if _, err := tx.Exec(ctx, mark+`problem <> ''`, args...); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE listing_catalog SET compare_ms = $3, next_ms = $3 WHERE tenant_id = $1 AND id = $2 AND account_id <> ''`, tenantID, catalogID, tx.Now())
			return err
		}
		if len(retailerIDs) > database.MaxList {
			return fault.OnField("items", "at most %d at once", database.MaxList)
		}
		marked, err := tx.Exec(ctx, mark+`retailer_id IN (`+database.List(len(retailerIDs), 6)+`)`, append(args, database.Strings(retailerIDs)...)...)
		if err != nil {
			return err
		}
		if marked == 0 {
			return fault.New(fault.NotFound, "no such item")
		}
		return due(ctx, tx, tenantID, catalogID, tx.Now())
	})
}

// Import makes a product of an item that only Meta knows, at a price that a
// person says: Meta's is a text. Called twice it makes one product. Errors:
// fault.NotFound, fault.Conflict for an item that is ours already, and those of
// product.Save.
func (s *Service) Import(ctx context.Context, tenantID, catalogID, retailerID string, price money.Amount, by event.Actor) (product.Product, error) {
	i, err := s.item(ctx, tenantID, catalogID, retailerID)
	if err != nil {
		return product.Product{}, err
	}
	if i.wanted != wantForeign {
		return product.Product{}, fault.New(fault.Conflict, "this item is in your catalog already")
	}
	if price <= 0 {
		return product.Product{}, fault.OnField("price", "must be above 0")
	}
	made := product.Product{
		TenantID: tenantID, Name: or(i.seen.Name, retailerID), Description: i.seen.Description, Brand: i.seen.Brand, State: product.Active,
		Variants: []product.Variant{{SKU: retailerID, Options: []string{}, Price: price, Currency: money.BRL}},
	}
	if strings.HasPrefix(i.seen.Image, "http") {
		made.Images = []product.Image{{URL: i.seen.Image}}
	}
	// Whoever tried before and came half way has left a product with this SKU.
	variantID, productID, err := s.bySKU(ctx, tenantID, retailerID)
	if err != nil {
		return made, err
	}
	if variantID == "" {
		for _, handle := range []string{"", product.Handle(made.Name + " " + retailerID)} {
			made.Handle = handle
			saved, err := s.Products.Save(ctx, made, by)
			if reasonOf(err) == "handle_taken" && handle == "" {
				continue
			}
			if err != nil {
				return made, err
			}
			made, variantID, productID = saved, saved.Variants[0].ID, saved.ID
			break
		}
	}
	made.ID = productID
	return made, s.DB.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		// The event of the new product may have come first and made an item of its
		// own, which was not sent yet or has to go.
		if _, err := tx.Exec(ctx, `DELETE FROM listing_item WHERE tenant_id = $1 AND catalog_id = $2 AND variant_id = $3 AND variant_id <> '' AND retailer_id <> $4 AND sent_ms = 0`,
			tenantID, catalogID, variantID, retailerID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE listing_item SET variant_id = '', wanted = 'absent', touched = touched + 1, dirty_ms = $5
			WHERE tenant_id = $1 AND catalog_id = $2 AND variant_id = $3 AND variant_id <> '' AND retailer_id <> $4`, tenantID, catalogID, variantID, retailerID, tx.Now()); err != nil {
			return err
		}
		mapped, err := tx.Exec(ctx, `UPDATE listing_item SET variant_id = $4, product_id = $5, wanted = 'listed', touched = touched + 1, dirty_ms = $6, state = 'waiting', reason = 'to_send'
			WHERE tenant_id = $1 AND catalog_id = $2 AND retailer_id = $3 AND (variant_id = '' OR variant_id = $4)`, tenantID, catalogID, retailerID, variantID, productID, tx.Now())
		if err != nil {
			return err
		}
		if mapped == 0 {
			return fault.New(fault.NotFound, "no such item")
		}
		if err := audit.Write(ctx, tx, audit.Entry{TenantID: tenantID, Actor: by, Action: "listing.imported", Target: retailerID, Facts: map[string]string{"product": productID}}); err != nil {
			return err
		}
		return due(ctx, tx, tenantID, catalogID, tx.Now()+s.cfg.FlushEvery.Milliseconds())
	})
}

func (s *Service) bySKU(ctx context.Context, tenantID, sku string) (variantID, productID string, err error) {
	err = s.DB.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		found, err := s.Products.OffersBySKU(ctx, tx, tenantID, []string{sku})
		variantID, productID = found[sku].ID, found[sku].ProductID
		return err
	})
	return variantID, productID, err
}

// Overview is a catalog with the sums of its items.
type Overview struct {
	ID        string           `json:"id"`
	Name      string           `json:"name"`
	AccountID string           `json:"account_id" doc:"The channel account that Meta is asked as; empty when none is connected any more."`
	Visible   int64            `json:"visible"`
	Waiting   int64            `json:"waiting"`
	Problem   int64            `json:"problem"`
	Foreign   int64            `json:"foreign"`
	Dirty     int64            `json:"dirty" doc:"Items of which a change waits to be sent."`
	Sending   int64            `json:"sending" doc:"Items that Meta works on."`
	Problems  map[string]int64 `json:"problems" doc:"How many items have which problem."`
	Total     int64            `json:"total" doc:"Items that Meta holds, as it told last."`
	Reading   bool             `json:"reading" doc:"The whole catalog is being read."`
	Usage     int64            `json:"usage" doc:"Percent of Meta's limit that are used."`
	// The first time at which Meta takes calls again, when that is still to come.
	ParkedMS int64  `json:"parked_ms" doc:"Meta takes nothing before this; 0 when it does."`
	Trouble  string `json:"trouble" doc:"Why nothing goes on: catalog_credentials, catalog_permission, catalog_refused, account; empty when all is well."`
	Text     string `json:"text" doc:"What Meta says, in its own words."`
	PushedMS int64  `json:"pushed_ms"`
	SeenMS   int64  `json:"seen_ms" doc:"When the whole catalog was read last."`
	DueMS    int64  `json:"due_ms" doc:"When it is looked after next."`
}

// Overviews lists the catalogs of a company.
func (s *Service) Overviews(ctx context.Context, tenantID string) ([]Overview, error) {
	list := []Overview{}
	err := s.DB.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+catalogColumns+` FROM listing_catalog WHERE tenant_id = $1 ORDER BY created_ms, id`, tenantID)
		if err != nil {
			return err
		}
		at := map[string]int{}
		for rows.Next() {
			c, err := scanCatalog(rows)
			if err != nil {
				rows.Close()
				return err
			}
			at[c.id] = len(list)
			list = append(list, c.overview(tx.Now()))
		}
		if err := rows.Err(); err != nil {
			return err
		}
		rows, err = tx.Query(ctx, `SELECT catalog_id, state, reason, COUNT(*), SUM(CASE WHEN dirty_ms > 0 THEN 1 ELSE 0 END), SUM(CASE WHEN sent_handle <> '' THEN 1 ELSE 0 END)
			FROM listing_item WHERE tenant_id = $1 GROUP BY catalog_id, state, reason`, tenantID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id, reason string
			var state State
			var count, dirty, sending int64
			if err := rows.Scan(&id, &state, &reason, &count, &dirty, &sending); err != nil {
				return err
			}
			if n, ok := at[id]; ok {
				list[n].add(state, reason, count, dirty, sending)
			}
		}
		return rows.Err()
	})
	return list, err
}

func (c catalog) overview(nowMS int64) Overview {
	o := Overview{
		ID: c.id, Name: c.name, AccountID: c.accountID, Problems: map[string]int64{}, Total: c.total, Reading: c.readBeganMS > 0, Usage: c.usage,
		Trouble: c.problem, Text: c.problemText, PushedMS: c.pushedMS, SeenMS: c.seenMS, DueMS: c.nextMS,
	}
	if parked := max(c.pushParkedMS, c.readParkedMS); parked > nowMS {
		o.ParkedMS = parked
	}
	return o
}

func (o *Overview) add(state State, reason string, count, dirty, sending int64) {
	o.Dirty += dirty
	o.Sending += sending
	switch state {
	case Visible:
		o.Visible += count
	case Waiting:
		o.Waiting += count
	case Foreign:
		o.Foreign += count
	case Broken:
		o.Problem += count
		o.Problems[reason] += count
	}
}
