package conversation

import (
	"context"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/shard"
)

const (
	// sweepMost bounds what one sweep does in one transaction.
	sweepMost   = 200
	parkedEvery = 30 * time.Second
	keysEvery   = time.Hour
)

// sweeper is the shard's clock: it wakes snoozed conversations, shows edits and
// reactions whose message never came, and forgets old keys. It is a shard.Job.
type sweeper struct{ service *Service }

// Sweeper makes the job.
func (s *Service) Sweeper() shard.Job { return &sweeper{s} }

// Run implements shard.Job.
func (w *sweeper) Run(ctx context.Context, lease shard.Lease) error {
	tick := time.NewTicker(w.service.cfg.SweepEvery)
	defer tick.Stop()
	var parked, keys time.Time
	for {
		var now time.Time
		select {
		case <-ctx.Done():
			return ctx.Err()
		case now = <-tick.C:
		}
		err := w.service.wakeSnoozed(ctx, lease, lease.Shard)
		if err == nil {
			err = w.service.answerAlbums(ctx, lease, lease.Shard)
		}
		if err == nil && now.Sub(parked) >= parkedEvery {
			parked = now
			err = w.service.showParked(ctx, lease, lease.Shard)
		}
		if err == nil && lease.Shard == 0 && now.Sub(keys) >= keysEvery {
			keys = now
			err = w.service.forgetKeys(ctx)
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case fault.Is(err, fault.Conflict):
			return err // the shard was lost
		case err != nil:
			w.service.logger.ErrorContext(ctx, "a sweep failed and is tried again", "shard", lease.Shard, "error", err)
		}
	}
}

// wakeSnoozed brings back the conversations whose time has come: to their
// owner, else into the queue.
func (s *Service) wakeSnoozed(ctx context.Context, fence Fence, shard int) error {
	const due = `SELECT tenant_id, id FROM conversation WHERE shard = $1 AND snoozed_until_ms > 0 AND snoozed_until_ms <= $2
		AND ` + hold.Out + ` ORDER BY snoozed_until_ms LIMIT $3`
	return s.serveDue(ctx, fence, shard, due, func(_ context.Context, tx *database.Tx, w *work, c *Conversation) error {
		if c.State != Snoozed || c.SnoozedMS == 0 || c.SnoozedMS > tx.Now() {
			return nil
		}
		change := Change{To: Queued, Actor: Actor{Kind: fromSystem}, Cause: event.Auto, Reason: "time"}
		if c.Owner.Kind == Human {
			change.To, change.Owner = Open, c.Owner
		}
		return w.move(w.take(c), change)
	})
}

// serveDue serves the conversations of a shard whose time has come, in one
// transaction of its owner. due gives their company and id for the shard, the
// present time and the most that are taken; serve finds them locked, and looks
// again whether they are still due.
func (s *Service) serveDue(ctx context.Context, fence Fence, shard int, due string,
	serve func(ctx context.Context, tx *database.Tx, w *work, c *Conversation) error) error {
	var places []place
	err := s.db.Read(ctx, database.Platform("conversations of the shard whose time has come, of any company"), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, due, shard, tx.Now(), sweepMost)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var p place
			if err := rows.Scan(&p.tenant, &p.id); err != nil {
				return err
			}
			places = append(places, p)
		}
		return rows.Err()
	})
	if err != nil || len(places) == 0 {
		return err
	}
	return s.db.Write(ctx, companiesOf(places), func(ctx context.Context, tx *database.Tx) error {
		if fence != nil {
			if err := fence.Fence(ctx, tx); err != nil {
				return err
			}
		}
		found, err := loadPlaces(ctx, tx, places, true)
		if err != nil {
			return err
		}
		w := s.newWork(tx)
		for _, p := range places {
			c := found[p]
			if c == nil {
				continue
			}
			if err := serve(ctx, tx, w, c); err != nil {
				return err
			}
		}
		return s.flush(ctx, tx, w)
	})
}

func companiesOf(places []place) database.Scope {
	seen := map[string]bool{}
	var tenants []string
	for _, p := range places {
		if !seen[p.tenant] {
			seen[p.tenant] = true
			tenants = append(tenants, p.tenant)
		}
	}
	return database.Companies(tenants)
}

// showParked shows edits and reactions by themselves whose message did not come
// in time; what deletes a message that nobody has is dropped.
func (s *Service) showParked(ctx context.Context, fence Fence, shard int) error {
	var raws []event.Raw
	var keys [][]any
	err := s.db.Read(ctx, database.Platform("parked events of the shard, of any company"), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT tenant_id, account_id, target, key, channel, body, received_ms FROM parked_event
			WHERE shard = $1 AND parked_ms <= $2 AND `+hold.Out+` LIMIT $3`, shard, tx.Now()-s.cfg.ParkFor.Milliseconds(), sweepMost)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var raw event.Raw
			var target, key string
			if err := rows.Scan(&raw.TenantID, &raw.AccountID, &target, &key, &raw.Channel, &raw.Body, &raw.ReceivedMS); err != nil {
				return err
			}
			raws, keys = append(raws, raw), append(keys, []any{raw.TenantID, raw.AccountID, target, key})
		}
		return rows.Err()
	})
	if err != nil || len(raws) == 0 {
		return err
	}
	items, bad, reasons := s.parse(raws, nil)
	if len(bad) > 0 {
		if err := s.quarantine(ctx, bad, reasons); err != nil {
			return err
		}
	}
	var shown []*item
	for _, i := range items {
		if i.in.Kind == channel.InRevoke || i.in.Content.Kind == "" || i.in.Content.Kind == message.Emoji && i.in.Content.Text == "" || len(i.in.From) == 0 {
			continue
		}
		i.late = true
		shown = append(shown, i)
	}
	if len(shown) > 0 {
		if err := s.processAll(ctx, fence, shard, shown); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, database.Platform("parked events of the shard, of any company"), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Each(ctx, `DELETE FROM parked_event WHERE tenant_id = $1 AND account_id = $2 AND target = $3 AND key = $4`, keys, nil)
		return err
	})
}

// forgetKeys deletes the keys of webhooks that no platform repeats any more.
// It walks the table by its key, reading beside the writer, and deletes in
// small transactions: an index by age would cost every message.
func (s *Service) forgetKeys(ctx context.Context) error {
	const chunk = 2000
	at := [3]string{}
	for {
		var old [][]any
		seen := 0
		err := s.db.Read(ctx, database.Platform("old keys of any company are forgotten"), func(ctx context.Context, tx *database.Tx) error {
			rows, err := tx.Query(ctx, `SELECT tenant_id, account_id, key, at_ms FROM inbound_key
				WHERE (tenant_id, account_id, key) > ($1, $2, $3) ORDER BY tenant_id, account_id, key LIMIT $4`, at[0], at[1], at[2], chunk)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var atMS int64
				if err := rows.Scan(&at[0], &at[1], &at[2], &atMS); err != nil {
					return err
				}
				seen++
				if atMS <= tx.Now()-s.cfg.KeysFor.Milliseconds() {
					old = append(old, []any{at[0], at[1], at[2]})
				}
			}
			return rows.Err()
		})
		if err != nil {
			return err
		}
		if len(old) > 0 {
			if err := s.db.Write(ctx, database.Platform("old keys of any company are forgotten"), func(ctx context.Context, tx *database.Tx) error {
				_, err := tx.Each(ctx, `DELETE FROM inbound_key WHERE tenant_id = $1 AND account_id = $2 AND key = $3`, old, nil)
				return err
			}); err != nil {
				return err
			}
		}
		if seen < chunk {
			return nil
		}
	}
}
