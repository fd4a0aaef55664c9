package listing

import (
	"context"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/message/fold"
	"prosa/internal/platform/database"
)

const (
	// manyLooks are better answered by reading the whole catalog.
	manyLooks = 1000
	// settleFor is how long what Meta took may be missing in what it shows.
	settleFor = 10 * time.Minute
	// readPause is how long a reading that broke off waits to begin anew.
	readPause = 30 * time.Second
)

// look asks about items that are not settled at Meta; false when none is due.
func (t *turn) look(ctx context.Context) (did bool, err error) {
	if t.readBeganMS > 0 {
		return false, nil // the reading under way finds them
	}
	var items []item
	var count int
	err = t.DB.Read(ctx, database.Company(t.tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		if items, err = loadItems(ctx, tx, t.tenantID, t.id, `AND look_ms > 0 AND look_ms <= $3 ORDER BY look_ms, retailer_id LIMIT $4`, tx.Now(), MaxSome); err != nil || len(items) < MaxSome {
			return err
		}
		return tx.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM listing_item WHERE tenant_id = $1 AND catalog_id = $2 AND look_ms > 0 AND look_ms <= $3 LIMIT $4) q`,
			t.tenantID, t.id, tx.Now(), manyLooks).Scan(&count)
	})
	if err != nil || len(items) == 0 {
		return false, err
	}
	if count >= manyLooks {
		return true, t.write(ctx, func(ctx context.Context, tx *database.Tx) error {
			t.readMS = tx.Now()
			_, err := tx.Exec(ctx, `UPDATE listing_item SET look_ms = 0 WHERE tenant_id = $1 AND catalog_id = $2 AND look_ms > 0 AND look_ms <= $3`, t.tenantID, t.id, tx.Now())
			return err
		})
	}
	return true, t.ask(ctx, items)
}

// ask reads some items at Meta.
func (t *turn) ask(ctx context.Context, items []item) error {
	ids := make([]string, len(items))
	for n, i := range items {
		ids[n] = i.retailerID
	}
	found, usage, err := t.Meta.ReadSome(ctx, t.account, t.id, ids)
	if err != nil {
		return err
	}
	t.heed(usage, false)
	seen := make(map[string]Seen, len(found))
	for _, f := range found {
		seen[f.RetailerID] = clean(f)
	}
	return t.write(ctx, func(ctx context.Context, tx *database.Tx) error {
		fresh, err := loadNamed(ctx, tx, t.tenantID, t.id, ids)
		if err != nil {
			return err
		}
		var keep, gone []item
		for _, i := range fresh {
			f, there := seen[i.retailerID]
			i.lookLater(tx.Now())
			switch {
			case there:
				i.take(f, tx.Now())
			case i.wanted == wantAbsent && i.sentHandle == "" || i.wanted == wantForeign:
				gone = append(gone, i)
				continue
			default:
				i.seen, i.seenMS = Seen{}, 0
				i.missing(tx.Now())
			}
			keep = append(keep, i)
		}
		if err := dropItems(ctx, tx, t.tenantID, t.id, gone); err != nil {
			return err
		}
		return saveItems(ctx, tx, t.tenantID, t.id, keep)
	})
}

// missing is told of an item that Meta does not show. What it took a while ago
// is sent again.
func (i *item) missing(nowMS int64) {
	if i.wanted == wantListed && i.sentHash != "" && i.sentHash != unsure && i.sentHandle == "" && i.problem == "" && i.sentMS+settleFor.Milliseconds() <= nowMS {
		i.again(nowMS)
	}
}

// read reads a page of the whole catalog when that is due; false when it is
// not.
func (t *turn) read(ctx context.Context) (did bool, err error) {
	if t.readBeganMS == 0 {
		if t.readMS == 0 || t.readMS > t.now() {
			return false, nil
		}
		t.readBeganMS, t.readAfter, t.readMS = t.now(), "", 0
	}
	page, err := t.Meta.Read(ctx, t.account, t.id, t.readAfter, MaxPage)
	if reasonOf(err) == ReasonRefused && t.readAfter != "" {
		// Places in a reading expire: it begins anew.
		t.readBeganMS, t.readAfter, t.readMS = 0, "", t.now()+readPause.Milliseconds()
		return true, t.write(ctx, nil)
	}
	if err != nil {
		return true, err
	}
	t.heed(page.Usage, false)
	t.well()
	if page.Total > 0 {
		t.total = int64(page.Total)
	}
	t.readAfter = page.After
	began := t.readBeganMS
	return true, t.write(ctx, func(ctx context.Context, tx *database.Tx) error {
		if err := t.keep(ctx, tx, page.Items); err != nil || page.After != "" {
			return err
		}
		t.readBeganMS, t.seenMS = 0, tx.Now()
		return t.sweepUnseen(ctx, tx, began)
	})
}

// keep stores a page of what Meta holds; what we don't know is Meta's own.
func (t *turn) keep(ctx context.Context, tx *database.Tx, page []Seen) error {
	ids := make([]string, 0, len(page))
	for _, seen := range page {
		if seen.RetailerID != "" && database.Text(seen.RetailerID) == nil {
			ids = append(ids, seen.RetailerID)
		}
	}
	known, err := loadNamed(ctx, tx, t.tenantID, t.id, ids)
	if err != nil {
		return err
	}
	strays, err := t.strays(ctx, tx, ids, known)
	if err != nil {
		return err
	}
	items := make([]item, 0, len(ids))
	done := map[string]bool{}
	for _, seen := range page {
		seen = clean(seen)
		if seen.RetailerID == "" || done[seen.RetailerID] {
			continue
		}
		done[seen.RetailerID] = true
		i, ours := known[seen.RetailerID]
		if stray, is := strays[seen.RetailerID]; is {
			i = stray
		} else if !ours {
			i = item{retailerID: seen.RetailerID, wanted: wantForeign, touched: 1}
			i.folded = fold.Text(seen.Name + " " + seen.RetailerID)
		}
		if i.looks > 0 && seen.Review == "pending" && i.lookMS == 0 {
			i.lookLater(tx.Now())
		}
		i.take(seen, tx.Now())
		items = append(items, i)
	}
	return saveItems(ctx, tx, t.tenantID, t.id, items)
}

// strays are items that we once sent and forgot, as when the catalog was
// disconnected meanwhile: nobody typed them by hand. They are compared with
// their variants, and go when those are not sold any more.
func (t *turn) strays(ctx context.Context, tx *database.Tx, ids []string, known map[string]item) (map[string]item, error) {
	var lost []string
	for _, retailerID := range ids {
		if _, ours := known[retailerID]; !ours && strings.HasPrefix(retailerID, string(id.Variant)+"_") {
			lost = append(lost, retailerID)
		}
	}
	if len(lost) == 0 {
		return nil, nil
	}
	variants, err := t.Products.Offers(ctx, tx, t.tenantID, lost)
	if err != nil || len(variants) == 0 {
		return nil, err
	}
	strays, args := map[string]item{}, [][]any{}
	for _, retailerID := range lost {
		if v, ours := variants[retailerID]; ours {
			strays[retailerID] = item{retailerID: retailerID, variantID: retailerID, productID: v.ProductID, wanted: wantListed, touched: 1, dirtyMS: tx.Now(), sentHash: unsure}
			args = append(args, []any{t.tenantID, t.id, retailerID})
		}
	}
	// A variant that stands under another id stands there only.
	_, err = tx.All(ctx, `SELECT variant_id FROM listing_item WHERE tenant_id = $1 AND catalog_id = $2 AND variant_id = $3 AND variant_id <> ''`, args, func(_ int, row database.Row) error {
		var variantID string
		err := row.Scan(&variantID)
		stray := strays[variantID]
		stray.variantID, stray.wanted = "", wantAbsent
		strays[variantID] = stray
		return err
	})
	return strays, err
}

// sweepUnseen draws the conclusions of a whole reading: what it did not see is
// gone, unless Meta took it after the reading began.
func (t *turn) sweepUnseen(ctx context.Context, tx *database.Tx, beganMS int64) error {
	unseen, err := loadItems(ctx, tx, t.tenantID, t.id, `AND seen_ms < $3 AND sent_ms < $3 AND sent_handle = '' ORDER BY retailer_id`+tx.ForUpdate(), beganMS)
	if err != nil {
		return err
	}
	var keep, gone []item
	for _, i := range unseen {
		switch {
		case i.wanted == wantForeign:
			gone = append(gone, i)
		case i.wanted == wantAbsent:
			if i.dirtyMS == 0 {
				gone = append(gone, i)
			}
		case i.seenMS > 0 || i.sentHash != "" && i.problem == "":
			i.seen, i.seenMS = Seen{}, 0
			i.missing(tx.Now())
			keep = append(keep, i)
		}
	}
	if err := dropItems(ctx, tx, t.tenantID, t.id, gone); err != nil {
		return err
	}
	return saveItems(ctx, tx, t.tenantID, t.id, keep)
}

// plain makes a text of Meta's storable.
func plain(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "�"), "\x00", "")
}

// clean makes what Meta said storable, and spells it as we do.
func clean(s Seen) Seen {
	for _, text := range []*string{&s.RetailerID, &s.ItemID, &s.Group, &s.Name, &s.Description, &s.Link, &s.Image, &s.Price, &s.SalePrice, &s.Currency,
		&s.Availability, &s.Condition, &s.Brand} {
		*text = plain(*text)
	}
	for _, word := range []*string{&s.Review, &s.ImageStatus, &s.Visibility, &s.Availability} {
		*word = strings.ToLower(plain(*word))
	}
	s.Description = cut(s.Description, 1000) // it is shown by nobody; enough for an import
	return s
}

// Refresh asks Meta about one item now. Errors: fault.NotFound, and Meta's.
func (s *Service) Refresh(ctx context.Context, tenantID, catalogID, retailerID string) (Item, error) {
	t, err := s.open(ctx, tenantID, catalogID)
	if err != nil {
		return Item{}, err
	}
	i, err := s.item(ctx, tenantID, catalogID, retailerID)
	if err != nil {
		return Item{}, err
	}
	found, _, err := s.Meta.ReadSome(ctx, t.account, catalogID, []string{retailerID})
	if err != nil {
		return i.view(), err
	}
	err = s.DB.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		fresh, err := loadNamed(ctx, tx, tenantID, catalogID, []string{retailerID})
		if err != nil {
			return err
		}
		var known bool
		if i, known = fresh[retailerID]; !known {
			return fault.New(fault.NotFound, "no such item")
		}
		switch {
		case len(found) > 0:
			i.take(clean(found[0]), tx.Now())
		case i.wanted == wantForeign || i.wanted == wantAbsent && i.sentHandle == "":
			return dropItems(ctx, tx, tenantID, catalogID, []item{i})
		default:
			i.seen, i.seenMS = Seen{}, 0
		}
		items := []item{i}
		err = saveItems(ctx, tx, tenantID, catalogID, items)
		i = items[0]
		return err
	})
	return i.view(), err
}

// open gives a catalog with whom Meta is asked as, for a person's question.
func (s *Service) open(ctx context.Context, tenantID, catalogID string) (t turn, err error) {
	t = turn{Service: s}
	err = s.DB.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		t.catalog, err = loadCatalog(ctx, tx, tenantID, catalogID)
		return err
	})
	if err != nil {
		return t, err
	}
	if t.readParkedMS > s.now() && t.problem == "" {
		return t, &fault.Error{Code: fault.RateLimited, Reason: ReasonLimited, Message: "Meta takes no questions just now; try again later"}
	}
	t.account, err = s.Accounts.Account(ctx, tenantID, t.accountID)
	return t, err
}
