package outbox

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/event"
	"prosa/internal/platform/database"
	"prosa/internal/platform/shard"
)

// row is what one transaction told of a shard.
type row struct {
	id     string
	pieces []piece
}

// piece is one envelope as JSON, with what its place depends on.
type piece struct {
	conversationID string
	seq            int64
	envelope       string
}

// rowsAtOnce bounds the rows of one look; those of a quiet shard are small.
const rowsAtOnce = 64

// waiting reads the next rows of the shard that are not published, oldest
// first, as many as a frame takes and one at least, and tells whether there
// are more.
func waiting(ctx context.Context, db *database.DB, shard int) (rows []row, more bool, err error) {
	err = db.Read(ctx, database.Platform("a shard's events are of many companies"), func(ctx context.Context, tx *database.Tx) error {
		rows, more = nil, false
		found, err := tx.Query(ctx, `SELECT o.id, b.heads, b.envelopes FROM outbox o JOIN outbox_body b ON b.id = o.id
			WHERE o.shard = $1 AND o.published_ms = 0 ORDER BY o.id LIMIT $2`, shard, rowsAtOnce)
		if err != nil {
			return err
		}
		defer found.Close()
		count, bytes := 0, 0
		for found.Next() {
			var r row
			var heads, envelopes string
			if err := found.Scan(&r.id, &heads, &envelopes); err != nil {
				return err
			}
			if r.pieces, err = unpack(heads, envelopes); err != nil {
				return fault.Wrap(err, fault.Internal, "the outbox row "+r.id+" is unreadable")
			}
			count, bytes = count+len(r.pieces), bytes+len(envelopes)
			if len(rows) > 0 && (count > event.FrameMaxEvents || frameSize(count, bytes) > event.FrameMaxBytes) {
				more = true
				return nil
			}
			rows = append(rows, r)
		}
		more = len(rows) == rowsAtOnce
		return found.Err()
	})
	return rows, more, err
}

// unpack cuts the envelopes of a row.
func unpack(heads, envelopes string) ([]piece, error) {
	var pieces []piece
	for line := range strings.Lines(heads) {
		var p piece
		size, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		seq, conversationID, ok := strings.Cut(rest, " ")
		length, lengthErr := strconv.Atoi(size)
		p.seq, _ = strconv.ParseInt(seq, 10, 64)
		if !ok || lengthErr != nil || length < 0 || length > len(envelopes) {
			return nil, fault.New(fault.Internal, "%q is no head of an envelope", line)
		}
		p.conversationID, p.envelope, envelopes = conversationID, envelopes[:length], envelopes[length:]
		pieces = append(pieces, p)
	}
	if envelopes != "" || len(pieces) == 0 {
		return nil, fault.New(fault.Internal, "heads and envelopes do not fit together")
	}
	return pieces, nil
}

// order puts the envelopes of each conversation that carry a sequence into its
// order, in the places that they have among the others. The order of rows alone
// doesn't give it: PostgreSQL commits late ones, and within a millisecond ids
// are random.
func order(pieces []piece) {
	places := map[string][]int{}
	for i, p := range pieces {
		if p.conversationID != "" && p.seq > 0 {
			places[p.conversationID] = append(places[p.conversationID], i)
		}
	}
	for _, at := range places {
		if len(at) < 2 {
			continue
		}
		sorted := make([]piece, len(at))
		for n, i := range at {
			sorted[n] = pieces[i]
		}
		slices.SortStableFunc(sorted, func(a, b piece) int { return cmp.Compare(a.seq, b.seq) })
		for n, i := range at {
			pieces[i] = sorted[n]
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
		_, err := tx.All(ctx, "UPDATE outbox SET published_ms = $1 WHERE id = $2", rows, nil)
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
		var ids [][]any
		if _, err := tx.Each(ctx, `DELETE FROM outbox WHERE id IN (
				SELECT id FROM outbox WHERE id < $1 AND shard = $2 AND published_ms > 0 AND published_ms < $3
				ORDER BY id LIMIT $4) RETURNING id`, [][]any{{firstID(beforeMS), lease.Shard, beforeMS, limit}},
			func(_ int, row database.Row) error {
				var rowID string
				err := row.Scan(&rowID)
				ids = append(ids, []any{rowID})
				return err
			}); err != nil {
			return err
		}
		deleted = int64(len(ids))
		_, err := tx.All(ctx, `DELETE FROM outbox_body WHERE id = $1`, ids, nil)
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
