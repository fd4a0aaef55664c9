package migrations

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"prosa/internal/platform/database"
)

// upJobs brings the tables of the job queue up to date.
func upJobs(ctx context.Context, engine database.Engine, db *sql.DB) (int, error) {
	if engine == database.SQLite {
		return upRiver(ctx, riversqlite.New(db))
	}
	pool, err := poolLike(ctx, db)
	if err != nil {
		return 0, err
	}
	defer pool.Close()
	return upRiver(ctx, riverpgxv5.New(pool))
}

// pendingJobs counts the migrations of the job queue that the database lacks.
func pendingJobs(ctx context.Context, engine database.Engine, db *sql.DB) (int, error) {
	if engine == database.SQLite {
		return lacksRiver(ctx, riversqlite.New(db))
	}
	pool, err := poolLike(ctx, db)
	if err != nil {
		return 0, err
	}
	defer pool.Close()
	return lacksRiver(ctx, riverpgxv5.New(pool))
}

func upRiver[Tx any](ctx context.Context, driver riverdriver.Driver[Tx]) (int, error) {
	migrator, err := newRiver(driver)
	if err != nil {
		return 0, err
	}
	result, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	if err != nil {
		return 0, fmt.Errorf("migrations of the job queue: %w", err)
	}
	return len(result.Versions), nil
}

func lacksRiver[Tx any](ctx context.Context, driver riverdriver.Driver[Tx]) (int, error) {
	migrator, err := newRiver(driver)
	if err != nil {
		return 0, err
	}
	existing, err := migrator.ExistingVersions(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrations of the job queue: %w", err)
	}
	return max(len(migrator.AllVersions())-len(existing), 0), nil
}

func newRiver[Tx any](driver riverdriver.Driver[Tx]) (*rivermigrate.Migrator[Tx], error) {
	return rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
}

// poolLike opens a pool that signs in as db does: River's PostgreSQL driver
// knows pgx's pool only.
func poolLike(ctx context.Context, db *sql.DB) (*pgxpool.Pool, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	var pool *pgxpool.Pool
	err = conn.Raw(func(driver any) error {
		pgx, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("migrations: PostgreSQL by the driver %T", driver)
		}
		settings, err := pgxpool.ParseConfig(pgx.Conn().Config().ConnString())
		if err != nil {
			return err
		}
		settings.ConnConfig, settings.MaxConns = pgx.Conn().Config(), 2
		pool, err = pgxpool.NewWithConfig(ctx, settings)
		return err
	})
	return pool, err
}

// riverVersion names the newest migration of the job queue that we carry.
func riverVersion() string {
	migrator, err := newRiver(riversqlite.New(nil))
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(len(migrator.AllVersions()))
}
