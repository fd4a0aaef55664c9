package listing

import (
	"context"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// checkAfter are the pauses between the questions about a handle; the last
// repeats.
var checkAfter = []time.Duration{5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute}

// forgottenAfter is when a handle that is still not done is given up; Meta
// forgets them after a day or two.
const forgottenAfter = 24 * time.Hour

// batch is what Meta works on.
type batch struct {
	handle        string
	sentMS, polls int64
}

// check asks what became of one handle that is due; false when none is.
func (t *turn) check(ctx context.Context) (did bool, err error) {
	var b batch
	err = t.DB.Read(ctx, database.Company(t.tenantID), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT handle, sent_ms, polls FROM listing_batch WHERE tenant_id = $1 AND catalog_id = $2 AND next_ms <= $3 ORDER BY next_ms, handle LIMIT 1`,
			t.tenantID, t.id, tx.Now())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			did = true
			if err := rows.Scan(&b.handle, &b.sentMS, &b.polls); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	if err != nil || !did {
		return did, err
	}
	answer, err := t.Meta.Check(ctx, t.account, t.id, b.handle)
	lost := fault.Is(err, fault.NotFound)
	if err != nil && !lost {
		return true, err
	}
	t.heed(answer.Usage, false)
	if !lost && answer.Status == WorkRunning {
		if t.now()-b.sentMS < forgottenAfter.Milliseconds() {
			return true, t.checkLater(ctx, b)
		}
		lost = true
	}
	return true, t.finish(ctx, b, answer, lost || answer.Status == WorkFailed)
}

func (t *turn) checkLater(ctx context.Context, b batch) error {
	return t.write(ctx, func(ctx context.Context, tx *database.Tx) error {
		pause := checkAfter[min(b.polls+1, int64(len(checkAfter)-1))]
		_, err := tx.Exec(ctx, `UPDATE listing_batch SET polls = polls + 1, next_ms = $4 WHERE tenant_id = $1 AND catalog_id = $2 AND handle = $3`,
			t.tenantID, t.id, b.handle, tx.Now()+pause.Milliseconds())
		return err
	})
}

// finish settles the items of a handle. When the handle failed or is forgotten,
// what became of them is not known: they are sent again, and read.
func (t *turn) finish(ctx context.Context, b batch, answer Checked, unknown bool) error {
	words := map[string][]string{}
	for _, p := range answer.Problems {
		if len(p.Errors) > 0 {
			words[p.RetailerID] = append(words[p.RetailerID], p.Errors...)
		}
	}
	for _, retailerID := range answer.Invalid {
		if words[retailerID] == nil {
			words[retailerID] = []string{""}
		}
	}
	return t.write(ctx, func(ctx context.Context, tx *database.Tx) error {
		items, err := loadItems(ctx, tx, t.tenantID, t.id, `AND sent_handle = $3 AND sent_handle <> '' ORDER BY retailer_id`+tx.ForUpdate(), b.handle)
		if err != nil {
			return err
		}
		var refused []item
		for n := range items {
			i := &items[n]
			i.sentHandle, i.looks = "", 0
			errs := words[i.retailerID]
			switch {
			case len(errs) > 0:
				i.refuse(errs)
				if strings.Join(errs, "") == "" {
					i.problem = "not_taken"
				}
				refused = append(refused, *i)
			case unknown:
				i.again(tx.Now())
			}
			i.lookLater(tx.Now())
		}
		if err := unpublished(ctx, tx, t.tenantID, t.id, refused); err != nil {
			return err
		}
		if err := saveItems(ctx, tx, t.tenantID, t.id, items); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `DELETE FROM listing_batch WHERE tenant_id = $1 AND catalog_id = $2 AND handle = $3`, t.tenantID, t.id, b.handle)
		return err
	})
}
