package meter

import (
	"cmp"
	"context"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/platform/database"
	"prosa/internal/platform/service"
)

// flushEvery is how much of what a process counted a kill can lose.
const flushEvery = time.Minute

// Tally counts in memory what no table holds. It is safe for concurrent use; an
// Add costs some hundred nanoseconds.
type Tally struct {
	db     *database.DB
	clock  clock.Clock
	logger *slog.Logger

	mu   sync.Mutex
	sums map[tallied]int64

	// Of the last sample of the process; only the flusher touches them.
	sampled time.Time
	cpu     time.Duration
}

type tallied struct {
	day, companyID string
	kind           Kind
}

// NewTally makes an empty tally.
func NewTally(db *database.DB, clock clock.Clock, logger *slog.Logger) *Tally {
	return &Tally{db: db, clock: clock, logger: logger, sums: map[tallied]int64{}}
}

// Request counts a call that somebody of a company made of the API.
func (t *Tally) Request(companyID string, took time.Duration) {
	if companyID == "" {
		return
	}
	day := dayOf(clock.MS(t.clock.Now()))
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sums[tallied{day, companyID, APIRequests}]++
	t.sums[tallied{day, companyID, APIMicros}] += max(1, took.Microseconds())
}

// Service writes the counts down every minute, and once more when it stops. A
// database that is away is waited for: what was counted stays.
func (t *Tally) Service() service.Service {
	return service.Service{
		Start: func(context.Context) error {
			t.sampled = t.clock.Now()
			t.cpu, _ = processTime()
			return nil
		},
		Run: func(ctx context.Context) error {
			ticker := time.NewTicker(flushEvery)
			defer ticker.Stop()
			for {
				select {
				case <-ctx.Done():
					last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
					defer cancel()
					t.flushed(last)
					return nil
				case <-ticker.C:
					t.flushed(ctx)
				}
			}
		},
	}
}

func (t *Tally) flushed(ctx context.Context) {
	if err := t.Flush(ctx); err != nil && ctx.Err() == nil {
		t.logger.WarnContext(ctx, "what was counted for the ledger of costs could not be written down; it is tried again", "error", err)
	}
}

// Flush writes what was counted, with the CPU that the process used since the
// last time.
func (t *Tally) Flush(ctx context.Context) error {
	t.sample()
	t.mu.Lock()
	taken := t.sums
	t.sums = map[tallied]int64{}
	t.mu.Unlock()
	err := t.write(ctx, taken)
	if err != nil {
		t.mu.Lock()
		for key, count := range taken {
			t.sums[key] += count
		}
		t.mu.Unlock()
	}
	return err
}

// sample counts what the process used, and could have used, since the last time.
func (t *Tally) sample() {
	used, ok := processTime()
	if !ok {
		return
	}
	now := t.clock.Now()
	day := dayOf(clock.MS(now))
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.sampled.IsZero() {
		t.sums[tallied{day, "", ProcessMillis}] += (used - t.cpu).Milliseconds()
		t.sums[tallied{day, "", CapacityMillis}] += now.Sub(t.sampled).Milliseconds() * int64(runtime.GOMAXPROCS(0))
	}
	// What milliseconds leave over waits for the next sample.
	t.cpu, t.sampled = t.cpu+(used-t.cpu).Truncate(time.Millisecond), now
}

func (t *Tally) write(ctx context.Context, sums map[tallied]int64) error {
	keys := make([]tallied, 0, len(sums))
	for key, count := range sums {
		if count > 0 {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	// In one order in all processes, so that none waits for another crosswise.
	slices.SortFunc(keys, func(a, b tallied) int {
		return cmp.Or(strings.Compare(a.day, b.day), strings.Compare(a.companyID, b.companyID), strings.Compare(string(a.kind), string(b.kind)))
	})
	rows := make([][]any, len(keys))
	for i, key := range keys {
		rows[i] = []any{key.day, key.companyID, string(key.kind), sums[key]}
	}
	return t.db.Write(ctx, database.Platform("what all companies used is counted together"), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.All(ctx, `INSERT INTO finops_tally (day, company_id, kind, amount) VALUES ($1, $2, $3, $4)
			ON CONFLICT (day, company_id, kind) DO UPDATE SET amount = finops_tally.amount + excluded.amount`, rows, nil)
		return err
	})
}
