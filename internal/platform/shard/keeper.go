package shard

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// Job is one of the things that the owner of a shard does.
type Job interface {
	// Run works until ctx ends, which means that the lease is lost or being given
	// back; it returns soon then, with nothing of it left running. When it
	// returns before, it is run again after a pause.
	Run(ctx context.Context, lease Lease) error
}

// Keeper holds this process's share of the shards and runs the jobs on each.
type Keeper struct {
	db      *database.DB
	process string
	cfg     Config
	logger  *slog.Logger
	jobs    []Job

	mu    sync.Mutex
	held  map[int]*holding
	alive time.Time // when the last round began that reached the tables

	leaving sync.WaitGroup // shards whose jobs are ending
}

// holding is a shard in our hands.
type holding struct {
	lease   Lease
	cancel  context.CancelFunc
	jobs    sync.WaitGroup
	leaving bool // its jobs were told to end
}

// How a job that failed is run again.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 5 * time.Second
	// leaveTimeout bounds the giving back at the end.
	leaveTimeout = 5 * time.Second
)

// NewKeeper makes a keeper; Run makes it work. process names the process among
// all others, also among its own earlier lives. A nil logger is none.
func NewKeeper(db *database.DB, process string, cfg Config, logger *slog.Logger, jobs ...Job) *Keeper {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &Keeper{db: db, process: process, cfg: cfg.WithDefaults(), logger: logger, jobs: jobs, held: map[int]*holding{}}
}

// Run takes and keeps shards until ctx ends, then ends the jobs and gives the
// shards back. While the database is away it goes on trying; its jobs are ended
// in time.
func (k *Keeper) Run(ctx context.Context) error {
	defer k.stop()
	entered := false
	ticker := time.NewTicker(k.cfg.Renew)
	defer ticker.Stop()
	for {
		err := error(nil)
		if !entered {
			err = k.enter(ctx)
			entered = err == nil
		}
		if entered {
			err = k.round(ctx)
		}
		if err != nil && ctx.Err() == nil {
			k.logger.Warn("shards can't be renewed", "error", err)
			k.dropStale()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// round renews, drops what was lost, gives back what is too much and takes what
// is missing.
func (k *Keeper) round(ctx context.Context) error {
	// Measured before the transaction: the lease can't last longer than told.
	begun := time.Now()
	within, cancel := context.WithTimeout(ctx, k.cfg.TTL/2)
	defer cancel()
	r, err := k.beat(within, k.Held())
	if err != nil {
		return err
	}
	k.mu.Lock()
	k.alive = begun
	k.mu.Unlock()
	staying := 0
	for _, lease := range k.Held() {
		switch {
		case k.isLeaving(lease):
		case slices.Contains(r.held, lease):
			if staying++; staying > r.share {
				k.release(lease, true)
			}
		default:
			k.logger.Warn("shard lost to another process", "shard", lease.Shard, "epoch", lease.Epoch)
			k.release(lease, false)
		}
	}
	if missing := r.share - staying; missing > 0 {
		taken, err := k.take(within, missing)
		if err != nil {
			return err
		}
		for _, lease := range taken {
			k.hold(ctx, lease)
		}
	}
	return nil
}

// dropStale ends the jobs when the leases may run out before the next try: the
// tables can't be reached, and others will take over.
func (k *Keeper) dropStale() {
	k.mu.Lock()
	late := time.Since(k.alive) > k.cfg.TTL-2*k.cfg.Renew
	k.mu.Unlock()
	if !late {
		return
	}
	for _, lease := range k.Held() {
		if !k.isLeaving(lease) {
			k.logger.Warn("shard let go: its lease could not be renewed", "shard", lease.Shard, "epoch", lease.Epoch)
			k.release(lease, false)
		}
	}
}

// hold runs the jobs on a shard.
func (k *Keeper) hold(ctx context.Context, lease Lease) {
	k.logger.Debug("shard taken", "shard", lease.Shard, "epoch", lease.Epoch)
	// The jobs end in drop, before the lease is given back.
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	h := &holding{lease: lease, cancel: cancel}
	k.mu.Lock()
	defer k.mu.Unlock()
	before := k.held[lease.Shard]
	k.held[lease.Shard] = h
	for _, job := range k.jobs {
		h.jobs.Go(func() {
			if before != nil {
				before.jobs.Wait() // our own earlier epoch of this shard, still ending
			}
			k.work(life, lease, job)
		})
	}
}

// work runs a job again and again, with growing pauses while it fails.
func (k *Keeper) work(life context.Context, lease Lease, job Job) {
	pause := firstPause
	for {
		begun := time.Now()
		err := job.Run(life, lease)
		if life.Err() != nil {
			return
		}
		if time.Since(begun) > lastPause {
			pause = firstPause
		}
		k.logger.Warn("job of a shard ended early", "shard", lease.Shard, "epoch", lease.Epoch, "again_in", pause, "error", err)
		select {
		case <-life.Done():
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, lastPause)
	}
}

func (k *Keeper) isLeaving(lease Lease) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	h := k.held[lease.Shard]
	return h != nil && h.lease == lease && h.leaving
}

// release tells the jobs on a shard to end and goes on; when they have ended,
// the lease is given back, or only forgotten when it isn't ours any more. Until
// then it is renewed, so that nobody else works beside them.
func (k *Keeper) release(lease Lease, giveBack bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	h := k.held[lease.Shard]
	if h == nil || h.lease != lease || h.leaving {
		return
	}
	h.leaving = true
	h.cancel()
	k.leaving.Go(func() {
		h.jobs.Wait()
		if giveBack {
			ctx, cancel := context.WithTimeout(context.Background(), leaveTimeout)
			defer cancel()
			if err := k.give(ctx, lease); err != nil {
				// Others take it when it runs out.
				k.logger.Warn("shard can't be given back", "shard", lease.Shard, "error", err)
			}
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.held[lease.Shard] == h {
			delete(k.held, lease.Shard)
		}
	})
}

// stop ends all jobs, gives the shards back and leaves the list of processes.
func (k *Keeper) stop() {
	for _, lease := range k.Held() {
		k.release(lease, true)
	}
	k.leaving.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), leaveTimeout)
	defer cancel()
	if err := k.leave(ctx); err != nil {
		k.logger.Warn("the list of processes can't be left", "error", err)
	}
}

// Held gives the leases in hand, by shard, those included whose jobs are ending.
func (k *Keeper) Held() []Lease {
	k.mu.Lock()
	defer k.mu.Unlock()
	var leases []Lease
	for _, shard := range slices.Sorted(maps.Keys(k.held)) {
		leases = append(leases, k.held[shard].lease)
	}
	return leases
}

// Ready tells whether the leases are being renewed: fault.Unavailable when the
// tables could not be reached for a TTL.
func (k *Keeper) Ready() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if time.Since(k.alive) > k.cfg.TTL {
		return fault.New(fault.Unavailable, "the leases of the shards can't be renewed")
	}
	return nil
}
