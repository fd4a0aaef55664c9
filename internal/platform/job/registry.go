package job

import (
	"context"
	"database/sql"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// Registry holds what this process knows to run. Fill it before NewRunner.
type Registry struct {
	workers  *river.Workers
	periodic []*river.PeriodicJob
	kinds    []string
}

// NewRegistry gives an empty registry.
func NewRegistry() *Registry { return &Registry{workers: river.NewWorkers()} }

// Kinds lists the kinds registered, in the order of registration.
func (r *Registry) Kinds() []string { return r.kinds }

// Job is one attempt at a job.
type Job[T Args] struct {
	Args    T
	ID      int64
	Attempt int // from 1
	// Last tells that no attempt follows if this one fails.
	Last bool

	row *river.Job[T]
}

// Register says what runs the jobs of T's kind. run returns nil when the job is
// done, Cancel(err) when trying again is useless, Later(d) to be asked again
// without counting an attempt, and any other error to be tried again. Its
// context ends at the time-out and when a stop can't wait longer.
//
// Registering a kind twice is an error.
func Register[T Args](r *Registry, run func(ctx context.Context, job Job[T]) error) error {
	worker := river.WorkFunc(func(ctx context.Context, row *river.Job[T]) error {
		return run(ctx, Job[T]{Args: row.Args, ID: row.ID, Attempt: row.Attempt, Last: row.Attempt >= row.MaxAttempts, row: row})
	})
	if err := river.AddWorkerSafely(r.workers, worker); err != nil {
		return fault.Wrap(err, fault.Internal, "the job can't be registered")
	}
	var zero T
	r.kinds = append(r.kinds, zero.Kind())
	return nil
}

// Every has a job enqueued at each interval, once in all processes together,
// and once soon after a start. An interval under a minute belongs in a ticking
// service instead.
func (r *Registry) Every(interval time.Duration, args Args) {
	options := &river.PeriodicJobOpts{ID: args.Kind(), RunOnStart: true}
	r.periodic = append(r.periodic, river.NewPeriodicJob(river.PeriodicInterval(interval), func() (river.JobArgs, *river.InsertOpts) {
		// Unique, so that a slow one is not run beside itself.
		return args, insertOptions(Options{Unique: true, MaxAttempts: 1})
	}, options))
}

// Complete marks the job as done in the transaction that holds its effect: both
// are kept or neither. Return nil afterwards.
func (j Job[T]) Complete(ctx context.Context, tx *database.Tx) error {
	var err error
	switch inner := tx.Unwrap(ctx).(type) {
	case *sql.Tx:
		_, err = river.JobCompleteTx[*riversqlite.Driver](ctx, inner, j.row)
	case pgx.Tx:
		_, err = river.JobCompleteTx[*riverpgxv5.Driver](ctx, inner, j.row)
	}
	return err
}

// Cancel wraps the error of a job that no further attempt can mend.
func Cancel(err error) error { return river.JobCancel(err) }

// Later asks for the job to be run again after d, which counts as no attempt.
// The queue's scheduler adds up to five seconds.
func Later(d time.Duration) error { return river.JobSnooze(d) }
