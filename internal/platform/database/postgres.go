package database

import (
	"context"
	"database/sql"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"prosa/internal/base/fault"
)

// maxBatch bounds the statements that go to PostgreSQL in one round trip, and
// with them the memory of their answers.
const maxBatch = 1000

// server is the PostgreSQL backend.
type server struct {
	pool   *pgxpool.Pool
	closed atomic.Bool
}

func openPostgres(ctx context.Context, cfg Config) (backend, error) {
	settings, err := pgxpool.ParseConfig(cfg.URL.Reveal())
	if err != nil {
		return nil, fault.OnField("PROSA_DATABASE_URL", "not a PostgreSQL URL") // the parser's text may hold the password
	}
	if err := trust(&settings.ConnConfig.Config, cfg.CA); err != nil {
		return nil, err
	}
	settings.MaxConns = int32(cfg.PoolSize)
	settings.MaxConnIdleTime = 5 * time.Minute
	if settings.ConnConfig.ConnectTimeout == 0 {
		settings.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	settings.ConnConfig.RuntimeParams["application_name"] = "prosa"
	settings.ConnConfig.RuntimeParams["timezone"] = "UTC"
	// A process that hangs inside a transaction must not hold its row locks
	// for ever.
	settings.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "60000"
	// Statements are few and run again and again by their keys: a plan of their
	// own for each array of arguments would cost more than they do.
	settings.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	byKey(settings.ConnConfig.RuntimeParams)
	// Compiling takes longer than all that we ask, and byKey's prices set it off.
	settings.ConnConfig.RuntimeParams["jit"] = "off"
	pool, err := pgxpool.NewWithConfig(ctx, settings)
	if err != nil {
		return nil, err
	}
	if err := refuseUnbound(ctx, pool); err != nil {
		pool.Close()
		return nil, err
	}
	return &server{pool: pool}, nil
}

// byKey has a connection find rows by their keys, one after the other: a plan is
// kept that was made while a table was empty, and would then read all of it.
// Writes need that, and are the hot path; so it is not said anew in each.
func byKey(settings map[string]string) {
	for _, way := range []string{"enable_seqscan", "enable_hashjoin", "enable_mergejoin"} {
		settings[way] = "off"
	}
}

// refuseUnbound returns an error when row level security does not bind the role
// that we signed in as.
func refuseUnbound(ctx context.Context, pool *pgxpool.Pool) error {
	var role string
	var unbound bool
	err := pool.QueryRow(ctx, "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").Scan(&role, &unbound)
	if err != nil {
		return err
	}
	if unbound {
		return fault.New(fault.Refused, "the database role %q is a superuser or bypasses row level security, so companies would not be kept apart: sign in as the app role", role)
	}
	return nil
}

func openPostgresOwner(cfg Config) (*sql.DB, error) {
	if cfg.OwnerURL.IsZero() {
		return nil, fault.OnField("PROSA_DATABASE_OWNER_URL", "migrations need the role that owns the tables")
	}
	settings, err := pgx.ParseConfig(cfg.OwnerURL.Reveal())
	if err != nil {
		return nil, fault.OnField("PROSA_DATABASE_OWNER_URL", "not a PostgreSQL URL")
	}
	if err := trust(&settings.Config, cfg.CA); err != nil {
		return nil, err
	}
	settings.RuntimeParams["application_name"] = "prosa migrate"
	// The policies bind the owner too; a migration that moves rows needs all.
	settings.RuntimeParams[scopeSetting] = everyone
	return stdlib.OpenDB(*settings), nil
}

// scopeSetting is the session variable that the row level security policies
// read.
const scopeSetting = "prosa.tenants"

// begin takes a connection for a transaction, which begins with its first
// statement.
func (s *server) begin(ctx context.Context, setting string, readOnly bool) (session, error) {
	if s.closed.Load() {
		return nil, errClosed
	}
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	return &serverSession{conn: conn, setting: setting, readOnly: readOnly}, nil
}

func (s *server) ping(ctx context.Context) error {
	if s.closed.Load() {
		return errClosed
	}
	return s.pool.Ping(ctx)
}

func (s *server) handle() any { return s.pool }

func (s *server) close() error {
	s.closed.Store(true)
	s.pool.Close() // waits for open transactions
	return nil
}
