package job

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// Runner runs the jobs of a registry in this process. Several processes may run
// the jobs of one database.
type Runner struct {
	client client
	logger *slog.Logger
}

// client is what Runner needs of River, whose clients differ by engine.
type client interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
}

// NewRunner makes a runner; it runs nothing before Start.
func NewRunner(db *database.DB, registry *Registry, cfg Config, logger *slog.Logger) (*Runner, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	logger = logger.With("service", "job")
	settings := &river.Config{
		Workers:              registry.workers,
		PeriodicJobs:         registry.periodic,
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: cfg.Workers}},
		FetchPollInterval:    cfg.Poll,
		FetchCooldown:        min(cfg.Poll, river.FetchCooldownDefault),
		JobTimeout:           cfg.Timeout,
		RescueStuckJobsAfter: cfg.Rescue,
		SoftStopTimeout:      cfg.Grace,
		ErrorHandler:         &reporter{logger},
		// The app role owns no index that it could rebuild.
		ReindexerIndexNames: []string{},
		Logger:              slog.New(louder{logger.Handler()}),
	}
	var runner client
	var err error
	switch pool := db.Unwrap().(type) {
	case *sql.DB:
		runner, err = newClient(riversqlite.New(pool), settings)
	case *pgxpool.Pool:
		runner, err = newClient(riverpgxv5.New(pool), settings)
	default:
		err = fmt.Errorf("jobs can't be kept in a %T", pool)
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the jobs can't be run")
	}
	return &Runner{client: runner, logger: logger}, nil
}

func newClient[Tx any](driver riverdriver.Driver[Tx], settings *river.Config) (client, error) {
	made, err := river.NewClient(driver, settings)
	if err != nil {
		return nil, err // not made: a typed nil would look like a client
	}
	return made, nil
}

// Name names the service.
func (r *Runner) Name() string { return "job" }

// Start begins to run jobs and returns. The runner outlives ctx; Stop ends it.
func (r *Runner) Start(ctx context.Context) error {
	return r.client.Start(context.WithoutCancel(ctx))
}

// Stop takes no more jobs and waits for those that run; after the configured
// grace, or when ctx ends, it cancels them, and they run again later. It may be
// called twice.
func (r *Runner) Stop(ctx context.Context) error {
	if err := r.client.Stop(ctx); err == nil || ctx.Err() == nil {
		return err
	}
	return r.client.StopAndCancel(context.WithoutCancel(ctx))
}

// reporter tells of failed attempts.
type reporter struct{ logger *slog.Logger }

// HandleError implements river.ErrorHandler.
func (r *reporter) HandleError(ctx context.Context, row *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	level := slog.LevelWarn
	if row.Attempt >= row.MaxAttempts {
		level = slog.LevelError
	}
	r.logger.Log(ctx, level, "a job failed", "kind", row.Kind, "job_id", row.ID, "attempt", row.Attempt, "of", row.MaxAttempts, "error", err)
	return nil
}

// HandlePanic implements river.ErrorHandler.
func (r *reporter) HandlePanic(ctx context.Context, row *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	r.logger.ErrorContext(ctx, "a job panicked", "kind", row.Kind, "job_id", row.ID, "attempt", row.Attempt, "panic", value, "trace", trace)
	return nil
}

// louder passes on only what River says at warning level and above: its
// everyday notes would drown ours.
type louder struct{ slog.Handler }

// Enabled implements slog.Handler.
func (l louder) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && l.Handler.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (l louder) WithAttrs(attrs []slog.Attr) slog.Handler { return louder{l.Handler.WithAttrs(attrs)} }

// WithGroup implements slog.Handler.
func (l louder) WithGroup(name string) slog.Handler { return louder{l.Handler.WithGroup(name)} }
