package product

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/page"
	"prosa/internal/event"
	"prosa/internal/platform/database"
)

// importBatch is how many products one transaction of an import saves.
const importBatch = 50

// Report is what became, or would become, of a file.
type Report struct {
	Dialect string `json:"dialect" enum:"prosa,meta,shopify"`
	DryRun  bool   `json:"dry_run"`
	Rows    int    `json:"rows"`
	Created int    `json:"created" doc:"Products."`
	Changed int    `json:"changed" doc:"Products."`
	Refused int    `json:"refused" doc:"Products with flaws; the others are taken."`
	Flaws   []Flaw `json:"flaws"`
}

// Import reads a file of products: ours, a feed of Meta's or an export of
// Shopify. Products are met by their handles. A product with a flaw is left out
// whole and its flaws are told by row and column; the others are saved. A dry
// run does the same and keeps nothing. Stock that a file tells is counted stock:
// what is on hand becomes that number, unless more is promised to orders.
func (s *Service) Import(ctx context.Context, tenantID string, content io.Reader, dryRun bool, by event.Actor) (Report, error) {
	sheet, err := readFile(content)
	if err != nil {
		return Report{}, err
	}
	report := Report{Dialect: sheet.dialect, DryRun: dryRun, Rows: sheet.rows, Flaws: sheet.flaws}
	if report.Flaws == nil {
		report.Flaws = []Flaw{}
	}
	for start := 0; start < len(sheet.products); start += importBatch {
		some := sheet.products[start:min(start+importBatch, len(sheet.products))]
		if err := s.importSome(ctx, tenantID, some, &report, by); err != nil {
			return report, err
		}
	}
	slices.SortStableFunc(report.Flaws, func(a, b Flaw) int { return a.Row - b.Row })
	return report, nil
}

// errDry gives a transaction up whose work was only to be looked at.
var errDry = fault.New(fault.Internal, "a dry run keeps nothing")

// importSome saves products in one transaction. One that is refused would spoil
// it, so such products are found and left out, and the transaction begins anew.
func (s *Service) importSome(ctx context.Context, tenantID string, drafts []draft, report *Report, by event.Actor) error {
	drafts = slices.DeleteFunc(slices.Clone(drafts), func(d draft) bool {
		if d.flawed {
			report.Refused++
		}
		return d.flawed
	})
	for len(drafts) > 0 {
		created, at := 0, 0
		err := s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
			created = 0
			categories, err := loadCollections(ctx, tx, tenantID)
			if err != nil {
				return err
			}
			for at = range drafts {
				made, err := s.importOne(ctx, tx, tenantID, drafts[at], &categories, by)
				if err != nil {
					return err
				}
				if made {
					created++
				}
			}
			if report.DryRun {
				return errDry
			}
			return nil
		})
		if err == nil || errors.Is(err, errDry) {
			report.Created += created
			report.Changed += len(drafts) - created
			return nil
		}
		switch fault.CodeOf(err) {
		case fault.Invalid, fault.Conflict, fault.NotFound, fault.Refused:
			var f *fault.Error
			errors.As(err, &f)
			report.Flaws = append(report.Flaws, Flaw{drafts[at].row, strings.TrimPrefix(f.Field, "variants."), f.Message})
			report.Refused++
			drafts = slices.Delete(drafts, at, at+1)
		default:
			return err
		}
	}
	return nil
}

// importOne saves one product and counts its stock.
func (s *Service) importOne(ctx context.Context, tx *database.Tx, tenantID string, d draft, categories *[]Collection, by event.Actor) (made bool, err error) {
	p := clone(d.Product)
	p.TenantID = tenantID
	if p.CategoryID, err = categoryNamed(ctx, tx, tenantID, d.category, categories); err != nil {
		return false, err
	}
	ids, err := texts(tx.Query(ctx, `SELECT id FROM product WHERE tenant_id = $1 AND handle = $2`, tenantID, p.Handle))
	if err != nil {
		return false, err
	}
	before, err := loadProducts(ctx, tx, tenantID, ids, "")
	if err != nil {
		return false, err
	}
	if len(before) > 0 {
		p.ID = before[0].ID
		if len(p.Images) == 0 {
			p.Images = before[0].Images
		}
	}
	counts := map[string]int64{}
	for _, v := range p.Variants {
		counts[v.SKU] = v.OnHand
	}
	saved, err := s.save(ctx, tx, p, by)
	if err != nil {
		return false, err
	}
	for _, v := range saved.Variants {
		if want, told := counts[v.SKU]; told && d.counted[v.SKU] && !v.Archived && v.Tracked && want != v.OnHand {
			if err := s.count(ctx, tx, tenantID, v, want, by); err != nil {
				return false, err
			}
		}
	}
	return len(ids) == 0, nil
}

// count brings the stock on hand to what was counted.
func (s *Service) count(ctx context.Context, tx *database.Tx, tenantID string, v Variant, want int64, by event.Actor) error {
	levels, err := s.step(ctx, tx, tenantID, `UPDATE stock SET on_hand = on_hand + $3, version = version + 1
		WHERE tenant_id = $1 AND variant_id = $2 AND on_hand + $3 >= reserved RETURNING variant_id, on_hand, reserved`, [][]any{{tenantID, v.ID, want - v.OnHand}})
	if err != nil {
		return err
	}
	if len(levels) == 0 {
		return &fault.Error{Code: fault.Refused, Reason: OutOfStock, Field: "stock", Message: "more pieces of " + v.SKU + " are promised to orders"}
	}
	writeMovements(tx, tenantID, []Movement{{VariantID: v.ID, Kind: Adjust, OnHandDelta: want - v.OnHand, Reason: "counted in a file"}}, by)
	return nil
}

// categoryNamed finds a category by its path ("Bebidas > Sucos") and makes what
// is not there.
func categoryNamed(ctx context.Context, tx *database.Tx, tenantID, path string, all *[]Collection) (string, error) {
	parentID := ""
	for _, name := range strings.Split(path, ">") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if at := slices.IndexFunc(*all, func(c Collection) bool { return c.Kind == Category && c.ParentID == parentID && c.Name == name }); at >= 0 {
			parentID = (*all)[at].ID
			continue
		}
		c := Collection{TenantID: tenantID, Kind: Category, ParentID: parentID, Name: name, CreatedMS: tx.Now()}
		if err := c.fits(*all); err != nil {
			return "", err
		}
		c.ID = id.New(id.Collection, tx.Now())
		if err := writeCollection(ctx, tx, c); err != nil {
			return "", err
		}
		*all = append(*all, c)
		parentID = c.ID
	}
	return parentID, nil
}

// Export writes all products that are not archived as a file of ours, which
// Import reads again.
func (s *Service) Export(ctx context.Context, tenantID string, out io.Writer) error {
	writer := csv.NewWriter(out)
	if err := writer.Write(ours); err != nil {
		return err
	}
	var collections []Collection
	after := ""
	for {
		var products []Product
		err := s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
			if collections == nil {
				if collections, err = loadCollections(ctx, tx, tenantID); err != nil {
					return err
				}
			}
			ids, err := texts(tx.Query(ctx, `SELECT id FROM product WHERE tenant_id = $1 AND id > $2 AND state <> 'archived' ORDER BY id LIMIT $3`,
				tenantID, after, page.MaxSize))
			if err != nil {
				return err
			}
			products, err = loadProducts(ctx, tx, tenantID, ids, "")
			return err
		})
		if err != nil {
			return err
		}
		if len(products) == 0 {
			writer.Flush()
			return writer.Error()
		}
		for _, p := range products {
			if err := exportOne(writer, p, collections); err != nil {
				return err
			}
			after = p.ID
		}
	}
}

func exportOne(writer *csv.Writer, p Product, collections []Collection) error {
	var images []string
	for _, image := range p.Images {
		if image.URL != "" {
			images = append(images, image.URL)
		}
	}
	for _, v := range p.Variants {
		if v.Archived {
			continue
		}
		cells := map[string]string{
			"handle": p.Handle, "name": p.Name, "description": p.Description, "brand": p.Brand, "category": pathOf(p.CategoryID, collections), "state": string(p.State),
			"sku": v.SKU, "barcode": v.Barcode, "price": v.Price.Decimal(), "sale_from": moment(v.SaleFromMS), "sale_to": moment(v.SaleToMS),
			"tracked": strconv.FormatBool(v.Tracked), "weight_g": strconv.FormatInt(v.WeightG, 10), "max_per_order": strconv.FormatInt(v.MaxPerOrder, 10), "ncm": p.NCM,
		}
		if v.Tracked {
			cells["stock"] = strconv.FormatInt(v.OnHand, 10)
		}
		if v.SalePrice > 0 {
			cells["sale_price"] = v.SalePrice.Decimal()
		}
		for i, name := range p.Options {
			cells["option"+strconv.Itoa(i+1)+"_name"], cells["option"+strconv.Itoa(i+1)+"_value"] = name, v.Options[i]
		}
		if len(images) > 0 {
			cells["image_url"], cells["more_image_urls"] = images[0], strings.Join(images[1:], ",")
		}
		record := make([]string, len(ours))
		for i, name := range ours {
			record[i] = guardedCell(cells[name])
		}
		if err := writer.Write(record); err != nil {
			return err
		}
	}
	return nil
}

func pathOf(categoryID string, collections []Collection) string {
	var names []string
	for categoryID != "" && len(names) < 10 {
		at := slices.IndexFunc(collections, func(c Collection) bool { return c.ID == categoryID })
		if at < 0 {
			break
		}
		names = append(names, collections[at].Name)
		categoryID = collections[at].ParentID
	}
	slices.Reverse(names)
	return strings.Join(names, " > ")
}

func moment(ms int64) string {
	if ms == 0 {
		return ""
	}
	return clock.FromMS(ms).Format(time.RFC3339Nano)
}
