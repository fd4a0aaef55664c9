package subscription

import (
	"context"
	"errors"
	"net/http"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

const (
	noticeMax = 200 // bytes of an id or a kind
	// noticeTries and the growing pauses bound how long a callback is acted on;
	// subscriptions are read without one too.
	noticeTries = 12
	noticePause = int64(5 * time.Second / time.Millisecond)
)

func (n Notice) sound() bool {
	for _, text := range []string{n.EventID, n.Kind, n.CheckoutID, n.SubscriptionID, n.BillID} {
		if len(text) > noticeMax || database.Text(text) != nil {
			return false
		}
	}
	return n.EventID != "" && (n.CheckoutID != "" || n.SubscriptionID != "" || n.BillID != "")
}

// Hear verifies a vendor's callback and returns when it is stored; what it leads
// to happens at once, but later. Errors: fault.NotFound for a vendor that this
// installation does not work with, fault.Unauthorized, fault.Invalid, and others
// when it could not be stored.
func (s *Service) Hear(ctx context.Context, vendor string, header http.Header, body []byte) error {
	provider, ok := s.providers[vendor]
	if !ok {
		return fault.New(fault.NotFound, "no such vendor")
	}
	notices, err := provider.Verify(header, body)
	if err != nil || len(notices) == 0 {
		return err
	}
	return s.db.Write(ctx, database.Platform("a vendor's callback names no company"), func(ctx context.Context, tx *database.Tx) error {
		for _, n := range notices {
			if !n.sound() {
				continue // signed, and yet about nothing of ours
			}
			_, err := tx.Exec(ctx, `INSERT INTO plan_notice (vendor, event_id, kind, checkout_id, subscription_id, bill_id, at_ms, next_ms, tries, problem, received_ms)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', $8) ON CONFLICT (vendor, event_id) DO NOTHING`,
				vendor, n.EventID, n.Kind, n.CheckoutID, n.SubscriptionID, n.BillID, n.AtMS, tx.Now())
			if err != nil {
				return err
			}
		}
		tx.Notify(topic, 0)
		return nil
	})
}

// waiting is a callback that is not acted on yet.
type waiting struct {
	Notice
	vendor string
	tries  int64
}

func (s *Service) dueNotices(ctx context.Context, tx *database.Tx) (list []waiting, err error) {
	rows, err := tx.Query(ctx, `SELECT vendor, event_id, kind, checkout_id, subscription_id, bill_id, at_ms, tries FROM plan_notice
		WHERE next_ms > 0 AND next_ms <= $1 ORDER BY next_ms, event_id LIMIT $2`, tx.Now(), s.cfg.SweepBatch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var w waiting
		if err := rows.Scan(&w.vendor, &w.EventID, &w.Kind, &w.CheckoutID, &w.SubscriptionID, &w.BillID, &w.AtMS, &w.tries); err != nil {
			return nil, err
		}
		list = append(list, w)
	}
	return list, rows.Err()
}

// act reads again what a callback is about, and notes that it was.
func (s *Service) act(ctx context.Context, w waiting) error {
	failed := s.follow(ctx, w)
	if ctx.Err() != nil {
		return ctx.Err() // it is still stored, for the next life
	}
	err := s.db.Write(ctx, database.Platform("a vendor's callback names no company"), func(ctx context.Context, tx *database.Tx) error {
		next, problem := int64(0), ""
		if failed != nil {
			problem = short(failed.Error())
			if w.tries+1 < noticeTries {
				next = tx.Now() + noticePause<<w.tries
			}
		}
		_, err := tx.Exec(ctx, `UPDATE plan_notice SET next_ms = $3, tries = tries + 1, problem = $4 WHERE vendor = $1 AND event_id = $2`, w.vendor, w.EventID, next, problem)
		return err
	})
	return errors.Join(failed, err)
}

// subject is what of ours a callback is about.
type subject struct {
	tenantID   string
	externalID string // the vendor's subscription
	wishID     string // a checkout of a company
}

func (s *Service) follow(ctx context.Context, w waiting) (err error) {
	if tracer, ok := s.providers[w.vendor].(Tracer); ok {
		if w.Notice, err = tracer.Trace(ctx, w.Notice); err != nil {
			return err
		}
	}
	var about []subject
	err = s.db.Write(ctx, database.Platform("a vendor's callback names no company"), func(ctx context.Context, tx *database.Tx) (err error) {
		about = nil
		if about, err = subjects(ctx, tx, w); err != nil || w.CheckoutID == "" || s.checkouts == nil {
			return err
		}
		return s.checkouts.CheckoutNews(ctx, tx, w.vendor, w.CheckoutID)
	})
	if err != nil {
		return err
	}
	for _, a := range about {
		if a.wishID != "" {
			err = errors.Join(err, s.grant(ctx, a.tenantID, a.wishID, true))
			continue
		}
		err = errors.Join(err, s.look(ctx, a.tenantID, w.vendor, a.externalID))
	}
	return err
}

func subjects(ctx context.Context, tx *database.Tx, w waiting) (list []subject, err error) {
	for _, q := range []struct{ query, key string }{
		{`SELECT tenant_id, external_id, '' FROM subscription WHERE provider = $1 AND external_id = $2`, w.SubscriptionID},
		{`SELECT tenant_id, external_id, '' FROM invoice WHERE provider = $1 AND bill_id = $2`, w.BillID},
		{`SELECT tenant_id, '', id FROM wish WHERE $1 <> '' AND external_id = $2 AND kind = 'checkout'`, w.CheckoutID},
	} {
		if q.key == "" {
			continue
		}
		var a subject
		err := tx.QueryRow(ctx, q.query, w.vendor, q.key).Scan(&a.tenantID, &a.externalID, &a.wishID)
		if errors.Is(err, database.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if len(list) == 0 || list[len(list)-1] != a {
			list = append(list, a)
		}
	}
	return list, nil
}
