package listing

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

const itemColumns = `retailer_id, variant_id, product_id, wanted, name, folded, image, touched, dirty_ms, sent_hash, sent_handle, sent_ms, sent_price, sent_sale,
	tries, problem, problem_text, seen_ms, seen, look_ms, looks, shown, state, reason`

func scanItem(row database.Row) (i item, err error) {
	var seen string
	if err := row.Scan(&i.retailerID, &i.variantID, &i.productID, &i.wanted, &i.name, &i.folded, &i.image, &i.touched, &i.dirtyMS, &i.sentHash, &i.sentHandle,
		&i.sentMS, &i.sentPrice, &i.sentSale, &i.tries, &i.problem, &i.problemText, &i.seenMS, &seen, &i.lookMS, &i.looks, &i.shown, &i.state, &i.reason); err != nil {
		return i, err
	}
	if seen == "" {
		return i, nil
	}
	return i, fault.Wrap(json.Unmarshal([]byte(seen), &i.seen), fault.Internal, "a stored item of a catalog is unreadable")
}

// loadItems reads items of a catalog; where begins behind its two arguments.
func loadItems(ctx context.Context, tx *database.Tx, tenantID, catalogID, where string, args ...any) ([]item, error) {
	rows, err := tx.Query(ctx, `SELECT `+itemColumns+` FROM listing_item WHERE tenant_id = $1 AND catalog_id = $2 `+where, append([]any{tenantID, catalogID}, args...)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []item
	for rows.Next() {
		i, err := scanItem(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, i)
	}
	return list, rows.Err()
}

// loadNamed reads items by their retailer ids, to be written: they are locked,
// in key order. Those that are not there are left out.
func loadNamed(ctx context.Context, tx *database.Tx, tenantID, catalogID string, retailerIDs []string) (map[string]item, error) {
	// Each by its key: a list of ids is compared with every item of the catalog.
	found, args := make(map[string]item, len(retailerIDs)), make([][]any, 0, len(retailerIDs))
	for _, retailerID := range slices.Compact(slices.Sorted(slices.Values(retailerIDs))) {
		args = append(args, []any{tenantID, catalogID, retailerID})
	}
	_, err := tx.All(ctx, `SELECT `+itemColumns+` FROM listing_item WHERE tenant_id = $1 AND catalog_id = $2 AND retailer_id = $3`+tx.ForUpdate(), args,
		func(_ int, row database.Row) error {
			i, err := scanItem(row)
			found[i.retailerID] = i
			return err
		})
	return found, err
}

// saveItems writes what a turn has learned. A change that came in meanwhile
// stays to be compared; whose an item is, others say.
func saveItems(ctx context.Context, tx *database.Tx, tenantID, catalogID string, items []item) error {
	args := make([][]any, len(items))
	for n := range items {
		i := &items[n]
		i.judge()
		seen := ""
		if i.seenMS > 0 {
			raw, err := json.Marshal(i.seen)
			if err != nil {
				return fault.Wrap(err, fault.Internal, "an item of a catalog could not be encoded")
			}
			seen = string(raw)
		}
		args[n] = []any{
			tenantID, catalogID, i.retailerID, i.variantID, i.productID, i.wanted, i.name, i.folded, i.image, i.touched, i.dirtyMS, i.sentHash, i.sentHandle,
			i.sentMS, i.sentPrice, i.sentSale, i.tries, i.problem, i.problemText, i.seenMS, seen, i.lookMS, i.looks, i.shown, string(i.state), i.reason,
		}
	}
	_, err := tx.All(ctx, `INSERT INTO listing_item (tenant_id, catalog_id, `+itemColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
		$15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)
		ON CONFLICT (tenant_id, catalog_id, retailer_id) DO UPDATE SET
		wanted = CASE WHEN listing_item.touched = excluded.touched THEN excluded.wanted ELSE listing_item.wanted END,
		dirty_ms = CASE WHEN listing_item.touched = excluded.touched THEN excluded.dirty_ms ELSE listing_item.dirty_ms END,
		name = excluded.name, folded = excluded.folded, image = excluded.image, sent_hash = excluded.sent_hash, sent_handle = excluded.sent_handle,
		sent_ms = excluded.sent_ms, sent_price = excluded.sent_price, sent_sale = excluded.sent_sale, tries = excluded.tries, problem = excluded.problem,
		problem_text = excluded.problem_text, seen_ms = excluded.seen_ms, seen = excluded.seen, look_ms = excluded.look_ms, looks = excluded.looks,
		shown = excluded.shown, state = excluded.state, reason = excluded.reason`, args, nil)
	return err
}

// dropItems forgets items, unless they were touched meanwhile.
func dropItems(ctx context.Context, tx *database.Tx, tenantID, catalogID string, items []item) error {
	args := make([][]any, len(items))
	for n, i := range items {
		args[n] = []any{tenantID, catalogID, i.retailerID, i.touched}
	}
	_, err := tx.All(ctx, `DELETE FROM listing_item WHERE tenant_id = $1 AND catalog_id = $2 AND retailer_id = $3 AND touched = $4`, args, nil)
	return err
}

const catalogColumns = `tenant_id, id, name, account_id, next_ms, lease, lease_ms, push_parked_ms, read_parked_ms, chunk, usage, compare_ms, compare_after, read_ms,
	read_after, read_began_ms, total, pushed_ms, seen_ms, problem, problem_text, created_ms`

// catalog is a stored row.
type catalog struct {
	tenantID, id, name, accountID string
	nextMS                        int64
	lease                         string
	leaseMS                       int64
	pushParkedMS, readParkedMS    int64
	chunk, usage                  int64
	compareMS                     int64
	compareAfter                  string
	readMS                        int64
	readAfter                     string
	readBeganMS, total            int64
	pushedMS, seenMS              int64
	problem, problemText          string
	createdMS                     int64
}

func scanCatalog(row database.Row) (c catalog, err error) {
	err = row.Scan(&c.tenantID, &c.id, &c.name, &c.accountID, &c.nextMS, &c.lease, &c.leaseMS, &c.pushParkedMS, &c.readParkedMS, &c.chunk, &c.usage, &c.compareMS,
		&c.compareAfter, &c.readMS, &c.readAfter, &c.readBeganMS, &c.total, &c.pushedMS, &c.seenMS, &c.problem, &c.problemText, &c.createdMS)
	return c, err
}

func loadCatalog(ctx context.Context, tx *database.Tx, tenantID, catalogID string) (catalog, error) {
	c, err := scanCatalog(tx.QueryRow(ctx, `SELECT `+catalogColumns+` FROM listing_catalog WHERE tenant_id = $1 AND id = $2`, tenantID, catalogID))
	return c, absent(err, "catalog")
}

func absent(err error, what string) error {
	if errors.Is(err, database.ErrNoRows) {
		return fault.New(fault.NotFound, "no such %s", what)
	}
	return err
}
