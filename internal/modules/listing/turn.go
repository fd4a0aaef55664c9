package listing

import (
	"context"
	"errors"
	"sync"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/service"
)

const (
	// catalogsAtOnce are worked on at a time, so that one that Meta answers slowly
	// holds up few others.
	catalogsAtOnce = 4
	// leaseFor is longer than any step takes.
	leaseFor = 3 * time.Minute
	// turnSteps and turnFor bound a turn; what is left comes with the next one.
	turnSteps = 40
	turnFor   = 20 * time.Second
	// parkFor is how long a catalog waits when Meta is away, or refuses us.
	parkAway    = 30 * time.Second
	parkRefused = 15 * time.Minute
	// Above easeAt percent of its hour a catalog slows down, above stopAt it waits.
	easeAt  = 75
	stopAt  = 95
	easeFor = time.Minute
	stopFor = 10 * time.Minute
	// pruneEvery is how often old prices are forgotten.
	pruneEvery = time.Hour
)

// Sweeper does what is due for all catalogs.
func (s *Service) Sweeper() service.Service {
	return service.Service{Name: "catalogs", Run: func(ctx context.Context) error {
		tick := time.NewTicker(s.cfg.TickEvery)
		defer tick.Stop()
		var pruned time.Time
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
			if _, err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
				s.Logger.ErrorContext(ctx, "catalogs could not be swept", "error", err)
			}
			if now := s.Clock.Now(); now.Sub(pruned) > pruneEvery {
				pruned = now
				if err := s.prune(ctx); err != nil && ctx.Err() == nil {
					s.Logger.ErrorContext(ctx, "old prices could not be forgotten", "error", err)
				}
			}
		}
	}, StopTimeout: time.Minute}
}

// Sweep does what is due, once, and tells for how many catalogs something was.
// The trouble of one is not another's.
func (s *Service) Sweep(ctx context.Context) (worked int, err error) {
	type named struct{ tenantID, id string }
	var list []named
	err = s.DB.Read(ctx, database.Platform("catalogs of any company for which something is due"), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT tenant_id, id FROM listing_catalog WHERE next_ms > 0 AND next_ms <= $1 AND lease_ms <= $1 AND `+hold.Out+` ORDER BY next_ms LIMIT 100`, tx.Now())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var n named
			if err := rows.Scan(&n.tenantID, &n.id); err != nil {
				return err
			}
			list = append(list, n)
		}
		return rows.Err()
	})
	if err != nil {
		return 0, err
	}
	places := make(chan struct{}, catalogsAtOnce)
	var all sync.WaitGroup
	for _, n := range list {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			if err := s.work(ctx, n.tenantID, n.id); err != nil && ctx.Err() == nil {
				s.Logger.WarnContext(ctx, "a catalog could not be worked on and is tried again", "tenant", n.tenantID, "catalog", n.id, "error", err)
			}
		})
	}
	all.Wait()
	return len(list), ctx.Err()
}

// turn is the work on one catalog while its lease is held.
type turn struct {
	*Service
	catalog
	stored  catalog // as the table has it
	account Account
	maker   maker
}

var errLost = errors.New("another process took the catalog over")

// work does what is due for a catalog.
func (s *Service) work(ctx context.Context, tenantID, catalogID string) error {
	t := &turn{Service: s, catalog: catalog{tenantID: tenantID, id: catalogID}}
	held, err := t.take(ctx)
	if err != nil || !held {
		return err
	}
	err = t.run(ctx)
	if errors.Is(err, errLost) {
		return nil
	}
	// A turn that was told to stop gives the lease back all the same.
	release, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return errors.Join(err, t.release(release))
}

// take takes the lease.
func (t *turn) take(ctx context.Context) (held bool, err error) {
	lease := id.New(id.Lease, t.now())
	err = t.DB.Write(ctx, database.Company(t.tenantID), func(ctx context.Context, tx *database.Tx) error {
		found, err := scanCatalog(tx.QueryRow(ctx, `UPDATE listing_catalog SET lease = $3, lease_ms = $4 WHERE tenant_id = $1 AND id = $2 AND lease_ms <= $5 AND account_id <> ''
			RETURNING `+catalogColumns, t.tenantID, t.id, lease, tx.Now()+leaseFor.Milliseconds(), tx.Now()))
		if errors.Is(err, database.ErrNoRows) {
			held = false
			return nil
		}
		t.catalog, t.stored, held = found, found, err == nil
		return err
	})
	return held, err
}

// run takes steps until nothing is due.
func (t *turn) run(ctx context.Context) (err error) {
	if t.account, err = t.Accounts.Account(ctx, t.tenantID, t.accountID); err != nil {
		return t.park(ctx, err, true, true)
	}
	t.maker = maker{tenantID: t.tenantID, links: t.Links}
	if t.maker.store, err = t.Store(ctx, t.tenantID); err != nil {
		return err
	}
	until := time.Now().Add(turnFor) // of this machine: other catalogs wait meanwhile
	for range turnSteps {
		did, err := t.step(ctx)
		if err != nil || !did || ctx.Err() != nil || time.Now().After(until) {
			return err
		}
	}
	return nil
}

// step does one thing that is due; false when nothing is.
func (t *turn) step(ctx context.Context) (did bool, err error) {
	if t.compareMS <= t.now() {
		return true, t.compare(ctx)
	}
	asks := []func(context.Context) (bool, error){t.check, t.look, t.read}
	if t.readParkedMS > t.now() {
		asks = nil
	}
	for _, ask := range asks {
		if did, err := ask(ctx); err != nil {
			return true, t.park(ctx, err, false, true)
		} else if did {
			return true, nil
		}
	}
	if t.pushParkedMS > t.now() {
		return false, nil
	}
	did, err = t.push(ctx)
	if err != nil {
		return true, t.park(ctx, err, true, false)
	}
	return did, nil
}

// write runs a transaction that happens only while the lease is held, makes the
// lease longer, and stores what the turn knows of the catalog.
func (t *turn) write(ctx context.Context, fn func(ctx context.Context, tx *database.Tx) error) error {
	var stored catalog
	err := t.DB.Write(ctx, database.Company(t.tenantID), func(ctx context.Context, tx *database.Tx) error {
		if fn != nil {
			if err := fn(ctx, tx); err != nil {
				return err
			}
		}
		c, was := &t.catalog, t.stored
		// What somebody else has set meanwhile (compare now, go on) holds.
		err := tx.QueryRow(ctx, `UPDATE listing_catalog SET lease_ms = $4,
			push_parked_ms = CASE WHEN push_parked_ms = $5 THEN $6 ELSE push_parked_ms END, read_parked_ms = CASE WHEN read_parked_ms = $7 THEN $8 ELSE read_parked_ms END,
			compare_ms = CASE WHEN compare_ms = $9 THEN $10 ELSE compare_ms END, read_ms = CASE WHEN read_ms = $11 THEN $12 ELSE read_ms END,
			chunk = $13, usage = $14, compare_after = $15, read_after = $16, read_began_ms = $17, total = $18, pushed_ms = $19, seen_ms = $20,
			problem = $21, problem_text = $22
			WHERE tenant_id = $1 AND id = $2 AND lease = $3 RETURNING push_parked_ms, read_parked_ms, compare_ms, read_ms`,
			c.tenantID, c.id, c.lease, tx.Now()+leaseFor.Milliseconds(), was.pushParkedMS, c.pushParkedMS, was.readParkedMS, c.readParkedMS,
			was.compareMS, c.compareMS, was.readMS, c.readMS, c.chunk, c.usage, c.compareAfter, c.readAfter, c.readBeganMS, c.total, c.pushedMS, c.seenMS,
			c.problem, c.problemText).Scan(&stored.pushParkedMS, &stored.readParkedMS, &stored.compareMS, &stored.readMS)
		if errors.Is(err, database.ErrNoRows) {
			return errLost
		}
		return err
	})
	if err == nil {
		t.stored = stored
		t.pushParkedMS, t.readParkedMS, t.compareMS, t.readMS = stored.pushParkedMS, stored.readParkedMS, stored.compareMS, stored.readMS
	}
	return err
}

// heed slows the catalog down as Meta's header of usage asks.
func (t *turn) heed(usage Usage, push bool) {
	t.usage = int64(usage.Percent)
	wait := time.Duration(usage.RegainMS) * time.Millisecond
	switch {
	case wait > 0:
	case usage.Percent >= stopAt:
		wait = stopFor
	case usage.Percent >= easeAt:
		wait = easeFor
	default:
		return
	}
	until := t.now() + wait.Milliseconds()
	if push {
		t.pushParkedMS = max(t.pushParkedMS, until)
	} else {
		t.readParkedMS = max(t.readParkedMS, until)
	}
}

// park has a catalog wait after a failed call. The error is told only when it
// is none of Meta's.
func (t *turn) park(ctx context.Context, cause error, push, read bool) error {
	var known *fault.Error
	if errors.Is(cause, errLost) || ctx.Err() != nil || !errors.As(cause, &known) {
		return cause
	}
	until, wait := UntilOf(cause), parkAway
	switch known.Reason {
	case ReasonLimited:
		wait = max(time.Duration(until-t.now())*time.Millisecond, time.Minute)
	case ReasonCredentials, ReasonPermission, ReasonRefused:
		t.problem, t.problemText = known.Reason, plain(known.Message)
		wait = parkRefused
		// The token is one for both.
		push, read = push || known.Reason != ReasonRefused, read || known.Reason != ReasonRefused
	default:
		if known.Code == fault.NotFound {
			t.problem, t.problemText, wait = "account", known.Message, parkRefused
		}
		t.Logger.WarnContext(ctx, "Meta could not be asked about a catalog", "tenant", t.tenantID, "catalog", t.id, "error", cause)
	}
	if push {
		t.pushParkedMS = t.now() + wait.Milliseconds()
	}
	if read {
		t.readParkedMS = t.now() + wait.Milliseconds()
	}
	return t.write(ctx, nil)
}

// well forgets a problem that is no more.
func (t *turn) well() { t.problem, t.problemText = "", "" }

// release gives the lease back and says when the catalog is due next. The row
// is locked first: who touches items afterwards makes it due again.
func (t *turn) release(ctx context.Context) error {
	return t.DB.Write(ctx, database.Company(t.tenantID), func(ctx context.Context, tx *database.Tx) error {
		c, err := scanCatalog(tx.QueryRow(ctx, `SELECT `+catalogColumns+` FROM listing_catalog WHERE tenant_id = $1 AND id = $2 AND lease = $3`+tx.ForUpdate(), t.tenantID, t.id, t.lease))
		if errors.Is(err, database.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		next, err := t.next(ctx, tx, c)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE listing_catalog SET lease_ms = 0, lease = '', next_ms = $4 WHERE tenant_id = $1 AND id = $2 AND lease = $3`, t.tenantID, t.id, t.lease, next)
		return err
	})
}

// next is when something is due for a catalog.
func (s *Service) next(ctx context.Context, tx *database.Tx, c catalog) (int64, error) {
	next := c.compareMS
	earlier := func(at, parked int64) {
		if at > 0 {
			next = min(next, max(at, parked))
		}
	}
	earlier(c.readMS, c.readParkedMS)
	if c.readBeganMS > 0 {
		earlier(c.readBeganMS, c.readParkedMS)
	}
	var dirty, batch, look int64
	err := tx.QueryRow(ctx, `SELECT
		(SELECT COALESCE(MIN(dirty_ms), 0) FROM listing_item WHERE tenant_id = $1 AND catalog_id = $2 AND dirty_ms > 0),
		(SELECT COALESCE(MIN(next_ms), 0) FROM listing_batch WHERE tenant_id = $1 AND catalog_id = $2),
		(SELECT COALESCE(MIN(look_ms), 0) FROM listing_item WHERE tenant_id = $1 AND catalog_id = $2 AND look_ms > 0)`, c.tenantID, c.id).Scan(&dirty, &batch, &look)
	if dirty > 0 {
		earlier(max(dirty+s.cfg.FlushEvery.Milliseconds(), c.pushedMS+s.cfg.FlushEvery.Milliseconds()), c.pushParkedMS)
	}
	earlier(batch, c.readParkedMS)
	earlier(look, c.readParkedMS)
	return next, err
}

// prune forgets prices that nobody's telephone shows any more.
func (s *Service) prune(ctx context.Context) error {
	return s.DB.Write(ctx, database.Platform("forgets old prices of all companies"), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM listing_price WHERE until_ms > 0 AND until_ms < $1`, tx.Now()-s.cfg.PriceFor.Milliseconds())
		return err
	})
}
