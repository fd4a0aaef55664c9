package job

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// Args is what a job needs to know. It is kept as JSON, so fields are only
// ever added; secrets are not put in it.
type Args interface {
	// Kind names the job, once and for ever: "mail.send".
	Kind() string
}

// Options changes how a job is run. The zero value runs it as soon as a worker
// is free.
type Options struct {
	// At is the earliest time to run it; it may be five seconds late.
	At time.Time
	// Unique makes Enqueue do nothing while a job of the same kind and
	// arguments has not finished.
	Unique bool
	// MaxAttempts bounds the attempts; 0 is 12, which spreads over eleven hours.
	MaxAttempts int
}

// DefaultAttempts is how often a job is tried when its Options don't say.
const DefaultAttempts = 12

// Enqueue writes a job in the caller's transaction.
func Enqueue(ctx context.Context, tx *database.Tx, args Args) error {
	return EnqueueWith(ctx, tx, args, Options{})
}

// EnqueueWith writes a job with options in the caller's transaction.
func EnqueueWith(ctx context.Context, tx *database.Tx, args Args, options Options) error {
	insert := insertOptions(options)
	var err error
	switch inner := tx.Unwrap(ctx).(type) {
	case *sql.Tx:
		err = enqueue(ctx, sqliteQueue, inner, args, insert)
	case pgx.Tx:
		err = enqueue(ctx, postgresQueue, inner, args, insert)
	default:
		return fault.New(fault.Internal, "jobs can't be kept in a %T", inner)
	}
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the job "+args.Kind()+" was not kept")
	}
	return nil
}

func enqueue[Tx any](ctx context.Context, queue func() (*river.Client[Tx], error), tx Tx, args Args, options *river.InsertOpts) error {
	client, err := queue()
	if err != nil {
		return err
	}
	_, err = client.InsertTx(ctx, tx, args, options)
	return err
}

// The clients that only insert hold no connection and no goroutine.
var (
	sqliteQueue = sync.OnceValues(func() (*river.Client[*sql.Tx], error) {
		return newInserter(riversqlite.New(nil))
	})
	postgresQueue = sync.OnceValues(func() (*river.Client[pgx.Tx], error) {
		return newInserter(riverpgxv5.New(nil))
	})
)

func newInserter[Tx any](driver riverdriver.Driver[Tx]) (*river.Client[Tx], error) {
	return river.NewClient(driver, &river.Config{Logger: slog.New(slog.DiscardHandler)})
}

func insertOptions(options Options) *river.InsertOpts {
	insert := &river.InsertOpts{MaxAttempts: options.MaxAttempts, ScheduledAt: options.At}
	if insert.MaxAttempts == 0 {
		insert.MaxAttempts = DefaultAttempts
	}
	if options.Unique {
		insert.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
			rivertype.JobStateRunning, rivertype.JobStateScheduled,
		}}
	}
	return insert
}
