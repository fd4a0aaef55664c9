package outbox

import (
	"context"
	"slices"
	"strings"

	"prosa/internal/base/id"
	"prosa/internal/platform/database"
	"prosa/internal/platform/shard"
)

// row is an event that waits to be published.
type row struct {
	id             string
	conversationID string
	seq            int64
	envelope       string
}

// waiting reads the next rows of the shard that are not published, oldest
// first, those of a conversation by their sequence.
func waiting(ctx context.Context, db *database.DB, shard, limit int) ([]row, error) {
	var rows []row
	err := db.Read(ctx, database.Platform("a shard's events are of many companies"), func(ctx context.Context, tx *database.Tx) error {
		found, err := tx.Query(ctx, `SELECT id, conversation_id, seq, envelope FROM outbox
			WHERE shard = $1 AND published_ms = 0 ORDER BY id LIMIT $2`, shard, limit)
		if err != nil {
			return err
		}
		defer found.Close()
		for found.Next() {
			var r row
			if err := found.Scan(&r.id, &r.conversationID, &r.seq, &r.envelope); err != nil {
				return err
			}
			rows = append(rows, r)
		}
		return found.Err()
	})
	order(rows)
	return rows, err
}

// order puts the rows of each conversation that carry a sequence into its
// order, in the places that they have among the others. Ids alone don't give
// it: within a millisecond they are random.
func order(rows []row) {
	places := map[string][]int{}
	for i, r := range rows {
		if r.conversationID != "" && r.seq > 0 {
			places[r.conversationID] = append(places[r.conversationID], i)
		}
	}
	for _, at := range places {
		if len(at) < 2 {
			continue
		}
		sorted := make([]row, len(at))
		for n, i := range at {
			sorted[n] = rows[i]
		}
		slices.SortStableFunc(sorted, func(a, b row) int { return int(a.seq - b.seq) })
		for n, i := range at {
			rows[i] = sorted[n]
		}
	}
}

// mark notes that the rows are on the stream in the frame of that number.
func mark(ctx context.Context, db *database.DB, lease shard.Lease, number int64, ids []string) error {
	return db.Write(ctx, database.Platform("a shard's events are of many companies"), func(ctx context.Context, tx *database.Tx) error {
		if err := lease.Fence(ctx, tx); err != nil {
			return err
		}
		rows := make([][]any, len(ids))
		for i, rowID := range ids {
			rows[i] = []any{number, rowID}
		}
		_, err := tx.Each(ctx, "UPDATE outbox SET published_ms = $1 WHERE id = $2", rows, nil)
		return err
	})
}

// numbers gives for each shard the number of the last frame whose rows are
// marked.
func numbers(ctx context.Context, db *database.DB) (map[int]int64, error) {
	last := map[int]int64{}
	err := db.Read(ctx, database.Platform("a shard's events are of many companies"), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, "SELECT shard, MAX(published_ms) FROM outbox WHERE published_ms > 0 GROUP BY shard")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var shard int
			var number int64
			if err := rows.Scan(&shard, &number); err != nil {
				return err
			}
			last[shard] = number
		}
		return rows.Err()
	})
	return last, err
}

// loss is a stretch of a shard's frames that the stream has lost.
type loss struct {
	shard       int
	after, upTo int64
}

// refill has the rows of lost frames wait again and gives the stream a new
// epoch, unless another relay did all that already. It tells how many rows wait
// again.
func refill(ctx context.Context, db *database.DB, lease shard.Lease, losses []loss) (total int64, err error) {
	err = db.Write(ctx, database.Platform("a shard's events are of many companies"), func(ctx context.Context, tx *database.Tx) error {
		total = 0
		if err := lease.Fence(ctx, tx); err != nil {
			return err
		}
		for _, l := range losses {
			n, err := tx.Exec(ctx, `UPDATE outbox SET published_ms = 0
				WHERE shard = $1 AND published_ms > $2 AND published_ms <= $3`, l.shard, l.after, l.upTo)
			if err != nil {
				return err
			}
			total += n
			tx.Notify(topic, l.shard)
		}
		if total == 0 {
			return nil
		}
		return renewEpoch(ctx, tx)
	})
	return total, err
}

// prune deletes up to limit rows of the shard that were made and published
// before that time, and tells how many. The time stands in the id, so that the
// key finds them and no further index is needed.
func prune(ctx context.Context, db *database.DB, lease shard.Lease, beforeMS int64, limit int) (deleted int64, err error) {
	err = db.Write(ctx, database.Platform("a shard's events are of many companies"), func(ctx context.Context, tx *database.Tx) error {
		if err := lease.Fence(ctx, tx); err != nil {
			return err
		}
		deleted, err = tx.Exec(ctx, `DELETE FROM outbox WHERE id IN (
				SELECT id FROM outbox WHERE id < $1 AND shard = $2 AND published_ms > 0 AND published_ms < $3
				ORDER BY id LIMIT $4)`, firstID(beforeMS), lease.Shard, beforeMS, limit)
		return err
	})
	return deleted, err
}

// firstID sorts before all ids made at that time or later, and behind all that
// were made before.
func firstID(ms int64) string {
	made := id.Derive(id.Event, ms)
	// The first ten digits behind the prefix are the 48 bits of the time: three
	// in the first, five in each other.
	cut := strings.IndexByte(made, '_') + 1
	return made[:cut+10]
}
