package listing

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/message/fold"
	"prosa/internal/modules/product"
	"prosa/internal/platform/database"
)

const (
	// gatherChunks bound how many changes are compared for one push.
	gatherChunks = 30
	// atOnce is the time of a change that must not wait for others.
	atOnce = 1
	// firstCheck is when a handle is asked about first.
	firstCheck = 5 * time.Second
	// siftPause follows a row for whose sake Meta refused a whole call.
	siftPause = 5 * time.Minute
)

// load is what a push carries.
type load struct {
	items  []item
	rows   []Row
	prices []offered // of items whose prices are others than before
}

// push sends a part of what differs; false when nothing is due.
func (t *turn) push(ctx context.Context) (did bool, err error) {
	cargo, did, err := t.gather(ctx)
	if err != nil || len(cargo.rows) == 0 {
		return did, err
	}
	if err := t.doubt(ctx, cargo); err != nil {
		return true, err
	}
	answer, err := t.Meta.Push(ctx, t.account, t.id, cargo.rows)
	switch reasonOf(err) {
	case ReasonTooMuch:
		return true, t.halve(ctx, cargo, "too_large", "")
	case ReasonRefused:
		return true, t.sift(ctx, cargo, err)
	}
	if err != nil {
		return true, err
	}
	t.well()
	t.heed(answer.Usage, true)
	// What passed once may pass when it is a little larger.
	if int64(len(cargo.rows)) >= t.chunk {
		t.chunk = min(t.chunk+t.chunk/8+1, int64(t.cfg.Rows))
	}
	err = t.told(ctx, cargo, answer)
	if errors.Is(err, errLost) {
		// This process slept; what it sent came late, perhaps behind newer rows.
		return true, errors.Join(err, t.disown(context.WithoutCancel(ctx), cargo))
	}
	return true, err
}

// doubt notes, before rows go, that what Meta holds of them is not known: when
// the answer is lost, or this process is, they are sent again even if the
// product is by then as it was before.
func (t *turn) doubt(ctx context.Context, cargo load) error {
	return t.write(ctx, func(ctx context.Context, tx *database.Tx) error {
		return t.mark(ctx, tx, cargo, `sent_hash = '`+unsure+`'`)
	})
}

// disown has rows sent again that were sent without the lease.
func (t *turn) disown(ctx context.Context, cargo load) error {
	return t.DB.Write(ctx, database.Company(t.tenantID), func(ctx context.Context, tx *database.Tx) error {
		if err := t.mark(ctx, tx, cargo, `sent_hash = '`+unsure+`', touched = touched + 1, dirty_ms = CASE WHEN dirty_ms > 0 THEN dirty_ms ELSE 1 END`); err != nil {
			return err
		}
		return due(ctx, tx, t.tenantID, t.id, tx.Now())
	})
}

func (t *turn) mark(ctx context.Context, tx *database.Tx, cargo load, set string) error {
	args := make([][]any, len(cargo.rows))
	for n, row := range cargo.rows {
		args[n] = []any{t.tenantID, t.id, row.RetailerID}
	}
	_, err := tx.All(ctx, `UPDATE listing_item SET `+set+` WHERE tenant_id = $1 AND catalog_id = $2 AND retailer_id = $3`, args, nil)
	return err
}

// told stores what Meta answered to a push.
func (t *turn) told(ctx context.Context, cargo load, answer Pushed) error {
	problems := make(map[string]Problem, len(answer.Problems))
	for _, p := range answer.Problems {
		problems[p.RetailerID] = p
	}
	return t.write(ctx, func(ctx context.Context, tx *database.Tx) error {
		t.pushedMS = tx.Now()
		taken, items := 0, slices.Clone(cargo.items)
		for n := range items {
			i, row := &items[n], cargo.rows[n]
			i.sentMS, i.dirtyMS, i.problemText = tx.Now(), 0, ""
			if !row.Delete || i.wanted != wantListed {
				i.problem = "" // what is taken out keeps the reason for which it is
			}
			i.sentHandle, i.sentHash, i.sentPrice, i.sentSale = answer.Handle, "", row.Fields.Price, row.Fields.SalePrice
			if !row.Delete {
				i.sentHash = row.Fields.hash()
			}
			p := problems[i.retailerID]
			switch {
			case len(p.Errors) > 0:
				i.sentHandle = ""
				i.refuse(p.Errors)
			case answer.Handle == "":
				// Meta took nothing and does not say why.
				i.lookLater(tx.Now())
				i.again(tx.Now() + time.Minute.Milliseconds())
			default:
				taken++
				i.problemText = plain(strings.Join(p.Warnings, "\n"))
			}
		}
		if err := saveItems(ctx, tx, t.tenantID, t.id, items); err != nil {
			return err
		}
		fine := slices.DeleteFunc(slices.Clone(cargo.prices), func(o offered) bool { return answer.Handle == "" || len(problems[o.retailerID].Errors) > 0 })
		if err := published(ctx, tx, t.tenantID, t.id, fine); err != nil || answer.Handle == "" {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO listing_batch (tenant_id, catalog_id, handle, items, sent_ms, polls, next_ms) VALUES ($1, $2, $3, $4, $5, 0, $6)
			ON CONFLICT (tenant_id, catalog_id, handle) DO UPDATE SET items = listing_batch.items + excluded.items, next_ms = excluded.next_ms`,
			t.tenantID, t.id, answer.Handle, taken, tx.Now(), tx.Now()+firstCheck.Milliseconds())
		return err
	})
}

// refuse notes that Meta did not take an item, and why.
func (i *item) refuse(words []string) {
	i.problem, i.problemText = or(classify(words...), "other"), plain(strings.Join(words, "\n"))
}

func reasonOf(err error) string {
	var known *fault.Error
	if errors.As(err, &known) {
		return known.Reason
	}
	return ""
}

// halve has the next push be half as large. An item that can't be sent even
// alone is left to people, with the reason.
func (t *turn) halve(ctx context.Context, cargo load, reason, words string) error {
	return t.write(ctx, func(ctx context.Context, tx *database.Tx) error {
		if len(cargo.items) > 1 {
			t.chunk = int64(len(cargo.items) / 2)
			return nil
		}
		i := cargo.items[0]
		i.dirtyMS, i.sentHash = 0, cargo.rows[0].Fields.hash()
		i.problem, i.problemText = reason, words
		t.chunk = int64(t.cfg.Rows)
		return saveItems(ctx, tx, t.tenantID, t.id, []item{i})
	})
}

// sift looks for the row for whose sake Meta refused a whole call, by halves:
// one must not hold up all others. Since the call itself may be what Meta
// refuses, each row that is found is followed by a pause.
func (t *turn) sift(ctx context.Context, cargo load, cause error) error {
	words := plain(fault.MessageOf(cause))
	if len(cargo.items) == 1 {
		if t.pushParkedMS > t.pushedMS { // nothing has passed since the pause before
			t.problem, t.problemText = ReasonRefused, words
		}
		t.pushParkedMS = t.now() + siftPause.Milliseconds()
	}
	return t.halve(ctx, cargo, or(classify(words), "other"), words)
}

// gather compares items that may have changed until a push is full. Those that
// have not are settled on the way. did says that something was settled.
func (t *turn) gather(ctx context.Context) (cargo load, did bool, err error) {
	most := max(int(t.chunk), 1)
	var after item
	for range gatherChunks {
		found, err := t.changed(ctx, after, most)
		if err != nil || len(found) == 0 {
			return cargo, did, err
		}
		if after.retailerID == "" && !t.dueNow(found, most) {
			return cargo, did, nil
		}
		after = found[len(found)-1]
		settled, gone, more, err := t.sort(ctx, found)
		if err != nil {
			return cargo, did, err
		}
		if len(settled)+len(gone) > 0 {
			did = true
			if err := t.write(ctx, func(ctx context.Context, tx *database.Tx) error {
				if err := dropItems(ctx, tx, t.tenantID, t.id, gone); err != nil {
					return err
				}
				return saveItems(ctx, tx, t.tenantID, t.id, settled)
			}); err != nil {
				return cargo, did, err
			}
		}
		cargo.items, cargo.rows, cargo.prices = append(cargo.items, more.items...), append(cargo.rows, more.rows...), append(cargo.prices, more.prices...)
		if len(cargo.rows) >= most || len(found) < most {
			break
		}
	}
	if len(cargo.rows) > most {
		kept := map[string]bool{}
		cargo.items, cargo.rows = cargo.items[:most], cargo.rows[:most]
		for _, i := range cargo.items {
			kept[i.retailerID] = true
		}
		cargo.prices = slices.DeleteFunc(cargo.prices, func(o offered) bool { return !kept[o.retailerID] })
	}
	return cargo, did, nil
}

// dueNow reports whether changes have been gathered for long enough, or are
// enough for a push of their own.
func (t *turn) dueNow(found []item, most int) bool {
	oldest := found[0].dirtyMS
	flush := t.cfg.FlushEvery.Milliseconds()
	return len(found) >= most || oldest <= atOnce || oldest+flush <= t.now() && t.pushedMS+flush <= t.now()
}

// changed reads items that wait to be compared, those that wait longest first.
func (t *turn) changed(ctx context.Context, after item, most int) (found []item, err error) {
	err = t.DB.Read(ctx, database.Company(t.tenantID), func(ctx context.Context, tx *database.Tx) error {
		found, err = loadItems(ctx, tx, t.tenantID, t.id, `AND dirty_ms > 0 AND (dirty_ms, retailer_id) > ($3, $4) ORDER BY dirty_ms, retailer_id LIMIT $5`,
			after.dirtyMS, after.retailerID, most)
		return err
	})
	return found, err
}

// sort compares items with their products: some are as they were sent, some are
// to be forgotten, the others are sent.
func (t *turn) sort(ctx context.Context, found []item) (settled, gone []item, cargo load, err error) {
	type whole struct {
		product product.Product
		variant product.Variant
	}
	variants := map[string]whole{}
	err = t.DB.Read(ctx, database.Company(t.tenantID), func(ctx context.Context, tx *database.Tx) error {
		var ids []string
		for _, i := range found {
			ids = append(ids, i.productID)
		}
		slices.Sort(ids)
		products, err := t.Products.Load(ctx, tx, t.tenantID, slices.Compact(ids))
		if err != nil {
			return err
		}
		for _, p := range products {
			for _, v := range p.Variants {
				variants[v.ID] = whole{p, v}
			}
		}
		t.maker.shelves, err = t.Products.Shelves(ctx, tx, t.tenantID)
		return err
	})
	if err != nil {
		return nil, nil, cargo, err
	}
	for _, i := range found {
		w, known := variants[i.variantID]
		if !known || w.product.State != product.Active || w.variant.Archived {
			i.wanted = wantAbsent
			if i.sentHash == "" && i.sentHandle == "" && i.seenMS == 0 {
				gone = append(gone, i)
				continue
			}
			cargo.add(i, Row{RetailerID: i.retailerID, Delete: true}, &offered{retailerID: i.retailerID})
			continue
		}
		i.wanted = wantListed
		i.face(w.product, w.variant)
		if i.image != "" && !strings.Contains(i.image, "/") {
			i.image = t.Links.Image(t.tenantID, i.image)
		}
		fields, reason := t.maker.fields(w.product, w.variant)
		if reason != "" {
			// What Meta would not take is not sent. An older version would stand there
			// with a price and a stock that are no more: it goes.
			i.problem, i.problemText = reason, ""
			if i.sentHash != "" || i.sentHandle != "" || i.seenMS > 0 {
				cargo.add(i, Row{RetailerID: i.retailerID, Delete: true}, &offered{retailerID: i.retailerID})
				continue
			}
			i.dirtyMS = 0
			settled = append(settled, i)
			continue
		}
		if fields.hash() == i.sentHash && i.problem != noImage && i.problem != noPrice && i.problem != noLink {
			i.dirtyMS = 0
			settled = append(settled, i)
			continue
		}
		var prices *offered
		if fields.Price != i.sentPrice || fields.SalePrice != i.sentSale || i.sentHash == "" || i.problem != "" {
			prices = &offered{retailerID: i.retailerID, prices: []money.Amount{w.variant.Price}, currency: w.variant.Currency}
			if fields.SalePrice != "" {
				prices.prices = append(prices.prices, w.variant.SalePrice)
			}
		}
		cargo.add(i, Row{RetailerID: i.retailerID, Fields: fields, Clear: i.cleared(fields)}, prices)
	}
	return settled, gone, cargo, nil
}

func (l *load) add(i item, row Row, prices *offered) {
	l.items, l.rows = append(l.items, i), append(l.rows, row)
	if prices != nil {
		l.prices = append(l.prices, *prices)
	}
}

// face is how people find an item: by its name, its options and its codes.
func (i *item) face(p product.Product, v product.Variant) {
	i.name = cut(p.Name, maxTitle)
	if options := strings.Join(v.Options, " / "); options != "" {
		i.name += " · " + cut(options, maxTitle)
	}
	i.folded = fold.Text(i.name + " " + v.SKU + " " + i.retailerID)
	images := p.Images
	if v.Image != nil {
		images = []product.Image{*v.Image}
	}
	i.image = ""
	if len(images) > 0 {
		i.image = or(images[0].URL, images[0].Blob)
	}
}
