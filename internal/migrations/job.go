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
func upJobs(ctx context.Context, engine database.Engine, db *sql.DB) error {
	if engine == database.SQLite {
		return upRiver(ctx, riversqlite.New(db))
	}
	pool, err := poolLike(ctx, db)
	if err != nil {
		return err
	}
	defer pool.Close()
	return upRiver(ctx, riverpgxv5.New(pool))
}

func upRiver[Tx any](ctx context.Context, driver riverdriver.Driver[Tx]) error {
	migrator, err := newRiver(driver)
	if err != nil {
		return err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrations of the job queue: %w", err)
	}
	return nil
}

// jobVersions are the migrations of the job queue that we carry: the same on
// both engines.
func jobVersions() ([]int64, error) {
	migrator, err := newRiver(riversqlite.New(nil))
	if err != nil {
		return nil, err
	}
	var list []int64
	for _, one := range migrator.AllVersions() {
		list = append(list, int64(one.Version))
	}
	return list, nil
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
	list, err := jobVersions()
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(len(list))
}
