package conversation

import (
	"context"
	"errors"
	"slices"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/platform/hold"
)

// How often a shard's owner looks for pieces that may come back: often while a
// company stands still here, now and then else, since what another deployment
// sends on may come late.
const (
	asideSoon  = 50 * time.Millisecond
	asideLater = time.Second
)

// set is what an owner knows of what its shard has put aside.
type set struct {
	behind map[string]bool // companies with pieces put aside: more of theirs go behind those
	looked time.Time
}

// sift puts aside what can't be worked on now and gives the rest. What was put
// aside is on the disk when it returns, so the frame it came in may go.
func (r *run) sift(ctx context.Context, raws []event.Raw) ([]event.Raw, error) {
	aside := r.service.aside
	if aside == nil || !aside.Busy() && len(r.set.behind) == 0 {
		return raws, nil
	}
	var now, later []event.Raw
	for _, raw := range raws {
		if raw.Problem == "" && (r.set.behind[raw.TenantID] || aside.Waits(raw.TenantID)) {
			later = append(later, raw)
		} else {
			now = append(now, raw)
		}
	}
	return now, r.putAside(ctx, later)
}

func (r *run) putAside(ctx context.Context, raws []event.Raw) error {
	if len(raws) == 0 {
		return nil
	}
	if err := r.persist(ctx, func() error { return r.service.aside.Keep(ctx, r.shard, raws) }); err != nil {
		return err
	}
	for _, raw := range raws {
		r.set.behind[raw.TenantID] = true
	}
	return nil
}

// refused deals with a batch that was refused since a company stands still: its
// items are put aside, in their order, and the rest is done. The memory of who
// stands still was too old, so it is brought up to date.
func (r *run) refused(ctx context.Context, items []*item, companyID string) error {
	if r.service.aside == nil {
		return sleep(ctx, firstPause)
	}
	if err := r.persist(ctx, func() error { return r.service.aside.Look(ctx) }); err != nil {
		return err
	}
	var later []event.Raw
	var rest []*item
	for _, i := range items {
		if i.raw.TenantID == companyID {
			later = append(later, i.raw)
		} else {
			rest = append(rest, i)
		}
	}
	if len(later) > 0 && r.returning {
		return errStands
	}
	if len(later) == 0 { // something else of the company's went along with the batch
		if err := sleep(ctx, firstPause); err != nil {
			return err
		}
	}
	if err := r.putAside(ctx, later); err != nil || len(rest) == 0 {
		return err
	}
	return r.settle(ctx, rest)
}

// errStands ends the return of pieces whose company stands still again.
var errStands = fault.New(fault.Conflict, "the company stands still again")

// bringBack does what was put aside and may be done now, before anything newer
// of the same company.
func (r *run) bringBack(ctx context.Context) error {
	aside := r.service.aside
	if aside == nil {
		return nil
	}
	every := asideLater
	if aside.Busy() || len(r.set.behind) > 0 {
		every = asideSoon
	}
	if time.Since(r.set.looked) < every {
		return nil
	}
	defer func() { r.set.looked, r.returning = time.Now(), false }()
	r.returning = true
	for ctx.Err() == nil {
		var kept []hold.Kept
		if err := r.persist(ctx, func() (err error) {
			kept, err = aside.Next(ctx, r.shard, r.service.cfg.BatchEvents)
			return err
		}); err != nil {
			return err
		}
		if len(kept) == 0 {
			break
		}
		// A company at a time, so that one that stands still again holds nobody up.
		for len(kept) > 0 {
			n := slices.IndexFunc(kept, func(k hold.Kept) bool { return k.Raw.TenantID != kept[0].Raw.TenantID })
			if n < 0 {
				n = len(kept)
			}
			if err := r.back(ctx, kept[:n]); err != nil {
				return err
			}
			kept = kept[n:]
		}
	}
	return r.persist(ctx, func() (err error) {
		r.set.behind, err = aside.Behind(ctx, r.shard)
		return err
	})
}

func (r *run) back(ctx context.Context, kept []hold.Kept) error {
	raws, ids := make([]event.Raw, len(kept)), make([]string, len(kept))
	for i, k := range kept {
		raws[i], ids[i] = k.Raw, k.ID
	}
	err := r.do(ctx, raws)
	if errors.Is(err, errStands) {
		return nil
	}
	if err != nil {
		return err
	}
	return r.persist(ctx, func() error { return r.service.aside.Done(ctx, ids) })
}

// standsStill names the company that an error of a transaction is about.
func standsStill(err error) (companyID string, ok bool) {
	companyID, _, ok = hold.Refused(err)
	return companyID, ok
}
