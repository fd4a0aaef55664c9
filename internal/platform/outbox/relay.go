package outbox

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
	"prosa/internal/platform/shard"
)

// streamName is the stream that the relay fills.
const streamName = "EVENT"

func subject(shard int) string { return "event." + strconv.Itoa(shard) }

// Stream is what the relay needs of the streams; platform/stream fills it.
type Stream interface {
	Append(ctx context.Context, subject string, data []byte, id string, after uint64) (seq uint64, err error)
	Last(ctx context.Context, name, subject string) (seq uint64, id string, err error)
	Waiting(ctx context.Context, name string) (time.Time, error)
	Life() int64
	OnWake(fn func(shard int)) (stop func())
}

const (
	// poll finds what no wake-up told.
	poll = time.Second
	// keep is how long published rows stay, so that a lost end of the stream can
	// be filled again: a disk that was not synced lags by half a minute.
	keep = 5 * time.Minute
	// slack is how much later than its rows say a frame may stand on the stream:
	// they are numbered by our clock before the frame is sent.
	slack = time.Minute
	// pruneEvery and pruneBatch: often and little, so that the writer is never
	// held long.
	pruneEvery = 20 * time.Second
	pruneBatch = 100
	// gather is the least time between two frames of a shard that doesn't lag: each
	// costs a commit, which on SQLite the one writer pays, and no eye sees 20 ms.
	gather = 20 * time.Millisecond
	// pauses after a failure.
	firstPause = 50 * time.Millisecond
	lastPause  = 2 * time.Second
)

// Relay is the job of a shard's owner that publishes its outbox.
type Relay struct {
	db     *database.DB
	stream Stream
	logger *slog.Logger

	keep, pruneEvery time.Duration
}

var _ shard.Job = (*Relay)(nil)

// NewRelay makes the relay.
func NewRelay(db *database.DB, stream Stream, logger *slog.Logger) *Relay {
	return &Relay{db: db, stream: stream, logger: logger, keep: keep, pruneEvery: pruneEvery}
}

// Run publishes what waits in the lease's shard until ctx ends. While the
// stream or the database is away it goes on trying. It returns fault.Conflict
// when the lease has passed on.
func (r *Relay) Run(ctx context.Context, lease shard.Lease) error {
	wake := make(chan struct{}, 1)
	ring := func(number int) {
		if number == lease.Shard {
			select {
			case wake <- struct{}{}:
			default:
			}
		}
	}
	defer r.stream.OnWake(ring)()
	defer r.db.OnNotify(topic, ring)()
	w := &worker{Relay: r, lease: lease, life: -1, pruned: time.Now()}
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	pause := firstPause
	for ctx.Err() == nil {
		begun := time.Now()
		more, err := w.step(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case fault.Is(err, fault.Conflict):
			return err
		case err != nil:
			r.logger.Warn("events can't be relayed", "shard", lease.Shard, "again_in", pause, "error", err)
			if !sleep(ctx, pause) {
				return nil
			}
			pause = min(2*pause, lastPause)
			continue
		}
		pause = firstPause
		if err := w.prune(ctx); err != nil && ctx.Err() == nil {
			r.logger.Warn("old events can't be deleted", "shard", lease.Shard, "error", err)
		}
		if more {
			continue
		}
		select {
		case <-ctx.Done():
		case <-wake:
			sleep(ctx, gather-time.Since(begun))
		case <-ticker.C:
		}
	}
	return nil
}

// sleep reports false when ctx ended meanwhile.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// worker is the relay at work under one lease.
type worker struct {
	*Relay
	lease shard.Lease

	life   int64  // the connection in which the end of the stream was compared
	last   uint64 // sequence of the last message on the subject
	number int64  // of the last frame, on the stream or marked

	unmarked []string // rows that are on the stream in frame number, to be marked
	pruned   time.Time
}

// step publishes and marks one frame and tells whether more waits.
func (w *worker) step(ctx context.Context) (more bool, err error) {
	if len(w.unmarked) > 0 {
		if err := w.mark(ctx); err != nil {
			return false, err
		}
	}
	if life := w.stream.Life(); life != w.life {
		if err := w.compare(ctx); err != nil {
			return false, err
		}
		w.life = life
	}
	rows, more, err := waiting(ctx, w.db, w.lease.Shard)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	frame, ids := pack(rows)
	number := max(time.Now().UnixMilli(), w.number+1)
	seq, err := w.stream.Append(ctx, subject(w.lease.Shard), frame, frameID(w.lease.Shard, number), w.last)
	switch {
	case fault.Is(err, fault.Conflict):
		// The subject ends elsewhere: by age, by a loss, by an owner of the past
		// that was quicker than the fence. Look again, if we are still the owner.
		w.life = -1
		return true, w.fence(ctx)
	case fault.Is(err, fault.TooLarge):
		// It would stop the shard for ever; the tables hold what it tells.
		w.logger.Error("event too large for the stream, left out", "shard", w.lease.Shard, "id", ids[0], "bytes", len(frame))
	case err != nil:
		// It may have been stored all the same.
		w.life = -1
		return false, err
	default:
		w.last = seq
	}
	w.number, w.unmarked = number, ids
	return more, w.mark(ctx)
}

func (w *worker) mark(ctx context.Context) error {
	if err := mark(ctx, w.db, w.lease, w.number, w.unmarked); err != nil {
		return err
	}
	w.unmarked = nil
	return nil
}

func (w *worker) fence(ctx context.Context) error {
	return w.db.Write(ctx, database.Platform("a shard's events are of many companies"), w.lease.Fence)
}

// pack makes a frame, a JSON array, of the envelopes of all rows.
func pack(rows []row) (frame []byte, ids []string) {
	var pieces []piece
	bytes := 0
	for _, r := range rows {
		ids = append(ids, r.id)
		pieces = append(pieces, r.pieces...)
	}
	order(pieces)
	for _, p := range pieces {
		bytes += len(p.envelope)
	}
	frame = append(make([]byte, 0, frameSize(len(pieces), bytes)), '[')
	for i, p := range pieces {
		if i > 0 {
			frame = append(frame, ',')
		}
		frame = append(frame, p.envelope...)
	}
	return append(frame, ']'), ids
}

// frameID names a frame on the stream; frameNumber reads it.
func frameID(shard int, number int64) string { return fmt.Sprintf("%d-%d", shard, number) }

func frameNumber(text string) int64 {
	_, digits, _ := strings.Cut(text, "-")
	number, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0 // no frame, or none of ours: then all marked rows are missing
	}
	return number
}

// compare finds out where the stream ends and has what it lost wait again.
func (w *worker) compare(ctx context.Context) error {
	// In this order: what was marked before was on the stream before.
	marked, err := numbers(ctx, w.db)
	if err != nil {
		return err
	}
	var losses []loss
	if _, ok := marked[w.lease.Shard]; !ok {
		marked[w.lease.Shard] = 0
	}
	for number, upTo := range marked {
		seq, frame, err := w.stream.Last(ctx, streamName, subject(number))
		if err != nil {
			return err
		}
		present := frameNumber(frame)
		if present < upTo {
			losses = append(losses, loss{shard: number, after: present, upTo: upTo})
		}
		if number == w.lease.Shard {
			w.last, w.number = seq, max(present, upTo)
		}
	}
	if len(losses) == 0 {
		return nil
	}
	rows, err := refill(ctx, w.db, w.lease, losses)
	if err != nil {
		return err
	}
	if rows > 0 {
		w.logger.Warn("the event stream had lost its end: filled again, with a new epoch", "rows", rows)
	}
	return nil
}

// prune deletes old rows that every durable consumer has passed, every so
// often.
func (w *worker) prune(ctx context.Context) error {
	if time.Since(w.pruned) < w.pruneEvery {
		return nil
	}
	w.pruned = time.Now()
	before := time.Now().Add(-w.keep)
	oldest, err := w.stream.Waiting(ctx, streamName)
	if err != nil {
		return err
	}
	if !oldest.IsZero() && oldest.Add(-slack).Before(before) {
		before = oldest.Add(-slack)
	}
	for {
		deleted, err := prune(ctx, w.db, w.lease, before.UnixMilli(), pruneBatch)
		if err != nil {
			return err
		}
		if deleted < pruneBatch {
			return nil
		}
	}
}
