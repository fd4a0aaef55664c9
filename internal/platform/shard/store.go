package shard

import (
	"context"
	"errors"

	"prosa/internal/platform/database"
)

// target is what process_beat calls the processes that share the shards.
const target = "worker"

// round is what one look at the tables told.
type round struct {
	held []Lease // ours by the tables
	// share is how many shards are ours by right.
	share int
}

// beat renews what is held, gives a sign of life and tells where things stand.
func (k *Keeper) beat(ctx context.Context, held []Lease) (r round, err error) {
	err = k.db.Write(ctx, database.Platform("shards are shared by all companies"), func(ctx context.Context, tx *database.Tx) error {
		r = round{}
		now, ttl := tx.Now(), k.cfg.TTL.Milliseconds()
		_, err := tx.Exec(ctx, `INSERT INTO process_beat (process, target, at_ms) VALUES ($1, $2, $3)
			ON CONFLICT (process) DO UPDATE SET at_ms = excluded.at_ms`, k.process, target, now)
		if err != nil {
			return err
		}
		rows := make([][]any, len(held))
		for i, lease := range held {
			rows[i] = []any{lease.Shard, k.process, lease.Epoch, now + ttl}
		}
		// A lease that ran out and that nobody took is still ours.
		_, err = tx.Each(ctx, `UPDATE shard_lease SET expires_ms = $4
			WHERE shard = $1 AND owner = $2 AND epoch = $3 RETURNING shard, epoch`, rows,
			func(_ int, row database.Row) error {
				var lease Lease
				if err := row.Scan(&lease.Shard, &lease.Epoch); err != nil {
					return err
				}
				r.held = append(r.held, lease)
				return nil
			})
		if err != nil {
			return err
		}
		var processes, before int
		err = tx.QueryRow(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN process < $1 THEN 1 ELSE 0 END), 0)
			FROM process_beat WHERE target = $2 AND at_ms > $3`, k.process, target, now-ttl).Scan(&processes, &before)
		if err != nil {
			return err
		}
		r.share = share(k.cfg.Count, processes, before)
		return nil
	})
	return r, err
}

// share gives the shards that are the right of a process with so many others
// before it in order: all get the same, and the first ones what is left over.
func share(shards, processes, before int) int {
	processes = max(processes, 1)
	mine := shards / processes
	if before < shards%processes {
		mine++
	}
	return mine
}

// take takes up to wanted shards that nobody holds.
func (k *Keeper) take(ctx context.Context, wanted int) (taken []Lease, err error) {
	err = k.db.Write(ctx, database.Platform("shards are shared by all companies"), func(ctx context.Context, tx *database.Tx) error {
		taken = nil
		now := tx.Now()
		free, err := k.free(ctx, tx, now, wanted)
		if err != nil {
			return err
		}
		for _, shard := range free {
			lease := Lease{Shard: shard}
			err := tx.QueryRow(ctx, `UPDATE shard_lease SET owner = $1, epoch = epoch + 1, expires_ms = $2
				WHERE shard = $3 AND expires_ms <= $4 RETURNING epoch`,
				k.process, now+k.cfg.TTL.Milliseconds(), shard, now).Scan(&lease.Epoch)
			if errors.Is(err, database.ErrNoRows) {
				continue
			}
			if err != nil {
				return err
			}
			taken = append(taken, lease)
		}
		return nil
	})
	return taken, err
}

func (k *Keeper) free(ctx context.Context, tx *database.Tx, now int64, wanted int) ([]int, error) {
	rows, err := tx.Query(ctx, `SELECT shard FROM shard_lease WHERE shard < $1 AND expires_ms <= $2
		ORDER BY shard LIMIT $3`+grab(tx), k.cfg.Count, now, wanted)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var free []int
	for rows.Next() {
		var shard int
		if err := rows.Scan(&shard); err != nil {
			return nil, err
		}
		free = append(free, shard)
	}
	return free, rows.Err()
}

// give gives a shard back, so that others may take it at once.
func (k *Keeper) give(ctx context.Context, lease Lease) error {
	return k.db.Write(ctx, database.Platform("shards are shared by all companies"), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE shard_lease SET owner = '', expires_ms = 0
			WHERE shard = $1 AND owner = $2 AND epoch = $3`, lease.Shard, k.process, lease.Epoch)
		return err
	})
}

// enter makes the rows of the shards where they don't exist yet. Rows beyond
// the count are of an earlier one: it warns, since what waits in them would wait
// for ever.
func (k *Keeper) enter(ctx context.Context) error {
	beyond := 0
	err := k.db.Write(ctx, database.Platform("shards are shared by all companies"), func(ctx context.Context, tx *database.Tx) error {
		rows := make([][]any, k.cfg.Count)
		for shard := range rows {
			rows[shard] = []any{shard}
		}
		_, err := tx.Each(ctx, `INSERT INTO shard_lease (shard, owner, epoch, expires_ms) VALUES ($1, '', 0, 0)
			ON CONFLICT (shard) DO NOTHING`, rows, nil)
		if err != nil {
			return err
		}
		return tx.QueryRow(ctx, "SELECT COUNT(*) FROM shard_lease WHERE shard >= $1", k.cfg.Count).Scan(&beyond)
	})
	if err == nil && beyond > 0 {
		k.logger.Warn("there were more shards before: what still waits in the others is not worked on until the count is raised again",
			"setting", "PROSA_SHARDS", "count", k.cfg.Count, "before", k.cfg.Count+beyond)
	}
	return err
}

// leave takes the process off the list, so that the others' shares grow, and
// sweeps off those that died long ago.
func (k *Keeper) leave(ctx context.Context) error {
	return k.db.Write(ctx, database.Platform("shards are shared by all companies"), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM process_beat WHERE process = $1 OR at_ms < $2",
			k.process, tx.Now()-100*k.cfg.TTL.Milliseconds())
		return err
	})
}
