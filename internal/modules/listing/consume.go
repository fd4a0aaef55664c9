package listing

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/product"
	"prosa/internal/platform/database"
	"prosa/internal/platform/service"
)

// Stream is what the follower needs of the streams; platform/stream fills it.
type Stream interface {
	Tail(ctx context.Context, stream string, fromSeq uint64, fn func(seq uint64, data []byte) error) error
	Bounds(ctx context.Context, stream string) (first, last uint64, err error)
}

const (
	eventStream = "EVENT"
	cursorName  = "shop"
	// gatherFor is how long what happened is gathered before it is written.
	gatherFor = time.Second
	// followLease is how long a follower is believed to live after its last word.
	followLease = 20 * time.Second
	// rememberEvery is how often the place in the stream is written when nothing
	// of the shop's happens; less is read twice after a restart.
	rememberEvery = 5 * time.Second
)

// Follower hears of products and stock and marks items as to be compared. One
// process follows at a time.
func (s *Service) Follower(stream func() Stream, epoch func(ctx context.Context) (string, error)) service.Service {
	return service.Service{Name: "catalog follower", Run: func(ctx context.Context) error {
		for ctx.Err() == nil {
			err := s.follow(ctx, stream(), epoch)
			if err != nil && ctx.Err() == nil && !errors.Is(err, errOther) {
				s.Logger.WarnContext(ctx, "catalogs wait for the stream of events", "error", err)
			}
			select {
			case <-ctx.Done():
			case <-time.After(2 * time.Second):
			}
		}
		return nil
	}}
}

var (
	errOther = errors.New("another process follows")
	errEpoch = errors.New("the stream of events began anew")
)

// follow takes one life of the stream.
func (s *Service) follow(ctx context.Context, stream Stream, epochs func(ctx context.Context) (string, error)) error {
	epoch, err := epochs(ctx)
	if err != nil {
		return err
	}
	first, last, err := stream.Bounds(ctx, eventStream)
	if err != nil {
		return err
	}
	from, err := s.enter(ctx, epoch, first, last)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	g := &gathering{service: s, epoch: epoch, seq: from - 1, wrote: from - 1}
	var writing sync.WaitGroup
	writing.Go(func() {
		tick := time.NewTicker(gatherFor)
		defer tick.Stop()
		for n := 1; ; n++ {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			err := g.write(ctx, n%int(rememberEvery/gatherFor) == 0)
			if now, epochErr := epochs(ctx); err == nil && epochErr == nil && now != epoch {
				err = errEpoch
			}
			if err != nil {
				cancel(err)
				return
			}
		}
	})
	err = stream.Tail(ctx, eventStream, from, func(seq uint64, data []byte) error {
		g.hear(seq, data)
		return nil
	})
	cancel(nil)
	writing.Wait()
	return cmp.Or(context.Cause(ctx), err)
}

// enter takes the lease and tells where to go on. Where events were lost,
// everything is compared.
func (s *Service) enter(ctx context.Context, epoch string, first, last uint64) (from uint64, err error) {
	err = s.DB.Write(ctx, database.Platform("how far the events of all companies' shops are known"), func(ctx context.Context, tx *database.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO listing_cursor (name, epoch, seq, lease, lease_ms) VALUES ($1, '', 0, '', 0) ON CONFLICT (name) DO NOTHING`, cursorName); err != nil {
			return err
		}
		var known, lease string
		var seq, leaseMS int64
		if err := tx.QueryRow(ctx, `SELECT epoch, seq, lease, lease_ms FROM listing_cursor WHERE name = $1`+tx.ForUpdate(), cursorName).Scan(&known, &seq, &lease, &leaseMS); err != nil {
			return err
		}
		if lease != s.Process && leaseMS > tx.Now() {
			return errOther
		}
		at := uint64(max(seq, 0))
		if known != epoch || at+1 < first || at > last {
			at = last
			// What happened in between is not known: all catalogs are compared.
			if _, err := tx.Exec(ctx, `UPDATE listing_catalog SET compare_ms = $1, next_ms = $1 WHERE account_id <> ''`, tx.Now()); err != nil {
				return err
			}
		}
		from = at + 1
		_, err := tx.Exec(ctx, `UPDATE listing_cursor SET epoch = $2, seq = $3, lease = $4, lease_ms = $5 WHERE name = $1`,
			cursorName, epoch, int64(at), s.Process, tx.Now()+followLease.Milliseconds())
		return err
	})
	return from, err
}

// gathering is what was heard and not written yet.
type gathering struct {
	service *Service
	epoch   string

	mu    sync.Mutex
	seq   uint64                      // heard
	wrote uint64                      // written
	shops map[string]map[string]entry // entries by company and variant
}

// hear reads a frame of events. Most are not about the shop, and cost a search
// for two words.
func (g *gathering) hear(seq uint64, data []byte) {
	var found []event.Envelope
	if bytes.Contains(data, []byte(`"`+event.StockUpdated+`"`)) || bytes.Contains(data, []byte(`"`+event.ProductUpdated+`"`)) {
		if err := json.Unmarshal(data, &found); err != nil {
			g.service.Logger.Error("a frame of events is unreadable; catalogs learn of it with their next comparison", "seq", seq, "error", err)
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, envelope := range found {
		g.note(envelope)
	}
	g.seq = seq
}

func (g *gathering) note(envelope event.Envelope) {
	add := func(e entry) {
		if e.variantID == "" || envelope.TenantID == "" {
			return
		}
		if g.shops == nil {
			g.shops = map[string]map[string]entry{}
		}
		if g.shops[envelope.TenantID] == nil {
			g.shops[envelope.TenantID] = map[string]entry{}
		}
		if before := g.shops[envelope.TenantID][e.variantID]; before.sold {
			e.sold, e.productID = true, or(e.productID, before.productID)
		}
		g.shops[envelope.TenantID][e.variantID] = e
	}
	switch envelope.Type {
	case event.StockUpdated:
		var level product.Level
		if json.Unmarshal(envelope.Data, &level) == nil {
			add(entry{variantID: level.VariantID})
		}
	case event.ProductUpdated:
		var data product.Event
		if json.Unmarshal(envelope.Data, &data) == nil {
			for _, v := range data.Product.Variants {
				add(entry{variantID: v.ID, productID: data.Product.ID, sold: data.Product.State == product.Active && !v.Archived})
			}
		}
	}
}

// write marks what was gathered and remembers the place, in one transaction.
// After an error the follower begins again at the place that is remembered.
func (g *gathering) write(ctx context.Context, always bool) error {
	g.mu.Lock()
	shops, seq := g.shops, g.seq
	g.shops = nil
	g.mu.Unlock()
	if len(shops) == 0 && !always {
		return nil
	}
	companies := make([]string, 0, len(shops))
	for tenantID := range shops {
		companies = append(companies, tenantID)
	}
	slices.Sort(companies)
	s := g.service
	return s.DB.Write(ctx, database.Platform("marks items of the companies whose shops changed"), func(ctx context.Context, tx *database.Tx) error {
		// The lease fences a process that slept: its place is behind another's.
		kept, err := tx.Exec(ctx, `UPDATE listing_cursor SET seq = $2, lease_ms = $3 WHERE name = $1 AND epoch = $4 AND lease = $5 AND seq <= $2`,
			cursorName, int64(seq), tx.Now()+followLease.Milliseconds(), g.epoch, s.Process)
		if err != nil {
			return err
		}
		if kept == 0 {
			return errOther
		}
		catalogs, err := catalogsOf(ctx, tx, companies)
		if err != nil {
			return err
		}
		for _, tenantID := range companies {
			if len(catalogs[tenantID]) == 0 {
				continue
			}
			entries := make([]entry, 0, len(shops[tenantID]))
			for _, e := range shops[tenantID] {
				entries = append(entries, e)
			}
			slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.variantID, b.variantID) })
			if err := s.touchAll(ctx, tx, tenantID, catalogs[tenantID], entries); err != nil {
				return err
			}
		}
		return nil
	})
}

// catalogsOf gives the connected catalogs of companies.
func catalogsOf(ctx context.Context, tx *database.Tx, companies []string) (map[string][]string, error) {
	found := map[string][]string{}
	for len(companies) > 0 {
		some := companies[:min(len(companies), database.MaxList)]
		companies = companies[len(some):]
		rows, err := tx.Query(ctx, `SELECT tenant_id, id FROM listing_catalog WHERE account_id <> '' AND tenant_id IN (`+database.List(len(some), 1)+`) ORDER BY tenant_id, id`,
			database.Strings(some)...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var tenantID, id string
			if err := rows.Scan(&tenantID, &id); err != nil {
				rows.Close()
				return nil, err
			}
			found[tenantID] = append(found[tenantID], id)
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Hear tells that Meta is done with a batch (webhook catalog, field
// items_batch): it need not be waited for. What it says is asked for again.
func (s *Service) Hear(ctx context.Context, catalogID, handle string) error {
	if catalogID == "" || handle == "" || len(catalogID)+len(handle) > 2000 || database.Text(catalogID+handle) != nil {
		return fault.New(fault.Invalid, "a notice names a catalog and a handle")
	}
	return s.DB.Write(ctx, database.Platform("the company whose catalog Meta names"), func(ctx context.Context, tx *database.Tx) error {
		var tenantID string
		err := tx.QueryRow(ctx, `UPDATE listing_batch SET next_ms = $3 WHERE catalog_id = $1 AND handle = $2 AND next_ms > $3 RETURNING tenant_id`, catalogID, handle, tx.Now()).Scan(&tenantID)
		if errors.Is(err, database.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		return due(ctx, tx, tenantID, catalogID, tx.Now())
	})
}
