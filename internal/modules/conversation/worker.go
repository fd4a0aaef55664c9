package conversation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/platform/database"
	"prosa/internal/platform/shard"
	"prosa/internal/platform/stream"
)

const (
	// fetchFrames is how many frames are taken from the stream at once, and
	// manyFrames how many show that more are on their way: those are worth
	// moreWait, since a fuller batch costs less an event.
	fetchFrames = 256
	manyFrames  = 32
	moreWait    = 2 * time.Millisecond
	// idleWait is how long an idle worker waits for a frame.
	idleWait = time.Second
	// soloAttempts is how often an event that fails by itself is tried before it
	// becomes a dead letter.
	soloAttempts = 3
	firstPause   = 50 * time.Millisecond
	longestPause = 5 * time.Second
)

// worker reads the frames of a shard and does them, a batch in a transaction.
// It is a shard.Job.
type worker struct {
	service *Service
	streams Streams
}

// Worker makes the job that consumes in.channel.<shard>.
func (s *Service) Worker(streams Streams) shard.Job { return &worker{service: s, streams: streams} }

// Subject is where the gateway puts the frames of a shard.
func Subject(shard int) string { return fmt.Sprintf("in.channel.%d", shard) }

// deadSubject is where events go that can't be done.
const deadSubject = "dead.conversation"

// Run implements shard.Job. It returns when the lease is lost or ctx ends.
func (w *worker) Run(ctx context.Context, lease shard.Lease) error {
	consumer, err := w.streams.Consume(ctx, stream.In, stream.ConsumerName("conversation", lease.Shard, lease.Epoch), Subject(lease.Shard))
	if err != nil {
		return err
	}
	defer consumer.Close()
	r := &run{service: w.service, dead: w.bury, fence: lease, shard: lease.Shard, backlog: newBacklog(), set: set{behind: map[string]bool{}}}
	for {
		if err := r.bringBack(ctx); err != nil {
			return err
		}
		if err := r.fetch(ctx, consumer); err != nil {
			return err
		}
		if err := r.next(ctx); err != nil {
			return err
		}
	}
}

// bury keeps an event that can't be done, as a frame of its own.
func (w *worker) bury(ctx context.Context, raw event.Raw) error {
	_, err := w.streams.Publish(ctx, deadSubject, event.AppendFrame(nil, []event.Raw{raw}))
	return err
}

// run is one ownership of a shard.
type run struct {
	service *Service
	dead    func(ctx context.Context, raw event.Raw) error
	fence   Fence
	shard   int
	backlog *backlog
	began   time.Time // when the last batch did

	set       set
	returning bool // what was put aside is being done
}

// fetch fills the backlog up to a batch. It waits for a first event as long as
// it takes, and for more when the batch before was a moment ago or when a crowd
// is coming in: a fuller batch costs less an event.
func (r *run) fetch(ctx context.Context, consumer *stream.Consumer) error {
	wait := idleWait
	if r.service.aside != nil && (r.service.aside.Busy() || len(r.set.behind) > 0) {
		wait = asideSoon
	}
	if r.backlog.size > 0 {
		wait = 0
	}
	for r.backlog.size < r.service.cfg.BatchEvents {
		messages, err := consumer.Fetch(ctx, fetchFrames, wait)
		if fault.Is(err, fault.Unavailable) && ctx.Err() == nil {
			r.service.logger.WarnContext(ctx, "the stream is away", "shard", r.shard, "error", err)
			return sleep(ctx, idleWait)
		}
		if err != nil {
			return err
		}
		for _, m := range messages {
			r.push(ctx, m)
		}
		early := r.service.cfg.BatchEvery - time.Since(r.began)
		switch {
		case r.backlog.size == 0:
			return ctx.Err()
		case len(messages) >= manyFrames:
			wait = moreWait
		case early > 0:
			if err := sleep(ctx, early); err != nil {
				return err
			}
			wait = 0
		default:
			return ctx.Err()
		}
	}
	return ctx.Err()
}

func (r *run) push(ctx context.Context, m stream.Message) {
	raws, err := event.ReadFrame(m.Data)
	if err != nil {
		// A frame that the gateway did not write: keep it whole, for an operator.
		raws = []event.Raw{{ReceivedMS: time.Now().UnixMilli(), Problem: "the frame can't be read: " + fault.MessageOf(err), Body: m.Data}}
	}
	if len(raws) == 0 {
		r.acked(ctx, m.Ack())
		return
	}
	r.backlog.push(raws, m.Ack)
}

func (r *run) acked(ctx context.Context, err error) {
	if err != nil {
		r.service.logger.WarnContext(ctx, "a frame could not be acknowledged and will come again", "shard", r.shard, "error", err)
	}
}

// next does one batch and acknowledges the frames that are done with it.
func (r *run) next(ctx context.Context) error {
	batch := r.backlog.take(r.service.cfg.BatchEvents, r.service.cfg.BatchShare)
	if len(batch) == 0 {
		return ctx.Err()
	}
	r.began = time.Now()
	raws := make([]event.Raw, len(batch))
	for n := range batch {
		raws[n] = batch[n].raw
	}
	raws, err := r.sift(ctx, raws)
	if err != nil {
		return err
	}
	if err := r.do(ctx, raws); err != nil {
		return err
	}
	for _, done := range batch {
		if done.frame.left--; done.frame.left == 0 {
			r.acked(ctx, done.frame.ack())
		}
	}
	return nil
}

// do reads the pieces and processes them; what can't be read is quarantined.
func (r *run) do(ctx context.Context, raws []event.Raw) error {
	var fresh accounts
	if err := r.persist(ctx, func() (err error) {
		fresh, err = r.service.unknownAccounts(ctx, raws)
		return err
	}); err != nil {
		return err
	}
	items, bad, reasons := r.service.parse(raws, fresh)
	if len(bad) > 0 {
		if err := r.persist(ctx, func() error { return r.service.quarantine(ctx, bad, reasons) }); err != nil {
			return err
		}
	}
	if len(items) == 0 {
		return nil
	}
	return r.settle(ctx, items)
}

// quarantine keeps pieces that can't be read. Some have no company.
func (s *Service) quarantine(ctx context.Context, raws []event.Raw, reasons []string) error {
	return s.db.Write(ctx, database.Platform("pieces in quarantine may have no company"), func(ctx context.Context, tx *database.Tx) error {
		return s.deliverer.Quarantine(ctx, tx, raws, reasons)
	})
}

// settle processes a batch whatever it takes. While the database is away it
// waits. A batch that fails is halved until the bad event stands alone, which
// becomes a dead letter; its neighbours are done. Order stays: the first half
// goes first.
func (r *run) settle(ctx context.Context, items []*item) error {
	err := r.persist(ctx, func() error { return r.service.processAll(ctx, r.fence, r.shard, items) })
	var fenced errFenced
	companyID, stands := standsStill(err)
	switch {
	case err == nil, ctx.Err() != nil:
		return err
	case stands:
		return r.refused(ctx, items, companyID)
	case errors.As(err, &fenced):
		return err
	case len(items) > 1:
		half := len(items) / 2
		if err := r.settle(ctx, items[:half]); err != nil {
			return err
		}
		return r.settle(ctx, items[half:])
	}
	for attempt := 1; attempt < soloAttempts; attempt++ {
		if err := sleep(ctx, firstPause<<attempt); err != nil {
			return err
		}
		err = r.persist(ctx, func() error { return r.service.processAll(ctx, r.fence, r.shard, items) })
		if companyID, stands := standsStill(err); stands {
			return r.refused(ctx, items, companyID)
		}
		if err == nil || ctx.Err() != nil || errors.As(err, &fenced) {
			return err
		}
	}
	return r.bury(ctx, items[0], err)
}

// bury gives up on one event: it goes to the dead letters and, with the
// reason, to quarantine.
func (r *run) bury(ctx context.Context, i *item, cause error) error {
	r.service.logger.ErrorContext(ctx, "an event can't be done", "shard", r.shard, "account", i.raw.AccountID, "error", cause)
	raw := i.raw
	raw.Problem = "it could not be done: " + cause.Error()
	return r.persist(ctx, func() error {
		if err := r.dead(ctx, raw); err != nil {
			return err
		}
		return r.service.quarantine(ctx, []event.Raw{i.raw}, []string{raw.Problem})
	})
}

// persist repeats fn while what it needs is away.
func (r *run) persist(ctx context.Context, fn func() error) error {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := fn()
		if _, stands := standsStill(err); stands || !fault.Is(err, fault.Unavailable) || ctx.Err() != nil {
			return err
		}
		var fenced errFenced
		if errors.As(err, &fenced) && !fault.Is(fenced.cause, fault.Unavailable) {
			return err
		}
		r.service.logger.WarnContext(ctx, "a batch waits", "shard", r.shard, "error", err)
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
}

// processAll is process; when the bots fail it runs again with a savepoint a
// turn, and when two workers made the same conversation at once it runs again
// and finds it.
func (s *Service) processAll(ctx context.Context, fence Fence, shard int, items []*item) error {
	careful := false
	for attempt := 0; ; attempt++ {
		err := s.process(ctx, fence, shard, items, careful)
		var bots errBots
		switch {
		case errors.As(err, &bots) && !careful:
			careful = true
		case database.IsUnique(err) && attempt < 3:
		default:
			return err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
