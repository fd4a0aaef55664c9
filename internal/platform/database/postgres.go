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
	settings.RuntimeParams["application_name"] = "prosa migrate"
	// The policies bind the owner too; a migration that moves rows needs all.
	settings.RuntimeParams[scopeSetting] = everyone
	return stdlib.OpenDB(*settings), nil
}

// scopeSetting is the session variable that the row level security policies
// read.
const scopeSetting = "prosa.tenants"

// byKey has a transaction that writes find its rows by their keys, one after the
// other. A plan is kept that was made while a table was empty, and would then
// read all of it.
const byKey = "; SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"

// begin opens the transaction and names its scope in one round trip. The scope
// is local to the transaction: a pooled connection goes back without it.
func (s *server) begin(ctx context.Context, setting string, readOnly bool) (session, error) {
	// Scope.setting made sure that nothing in setting needs quoting.
	query := "BEGIN READ WRITE; SET LOCAL " + scopeSetting + " = '" + setting + "'" + byKey
	if readOnly {
		query = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL " + scopeSetting + " = '" + setting + "'"
	}
	if s.closed.Load() {
		return nil, errClosed
	}
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: query})
	if err != nil {
		return nil, err
	}
	return &serverSession{tx: tx}, nil
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

// serverSession is an open transaction on PostgreSQL.
type serverSession struct{ tx pgx.Tx }

func (s *serverSession) exec(ctx context.Context, query string, args []any) (int64, error) {
	tag, err := s.tx.Exec(ctx, query, args...)
	return tag.RowsAffected(), err
}

func (s *serverSession) query(ctx context.Context, query string, args []any) (source, error) {
	return s.tx.Query(ctx, query, args...)
}

func (s *serverSession) each(ctx context.Context, query string, args [][]any, scan func(i int, row Row) error) (int64, error) {
	var total int64
	for start := 0; start < len(args); start += maxBatch {
		n, err := s.batch(ctx, query, args[start:min(start+maxBatch, len(args))], start, scan)
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

func (s *serverSession) batch(ctx context.Context, query string, args [][]any, start int, scan func(i int, row Row) error) (total int64, err error) {
	var batch pgx.Batch
	for _, row := range args {
		batch.Queue(query, row...)
	}
	results := s.tx.SendBatch(ctx, &batch)
	defer func() {
		if closeErr := results.Close(); err == nil {
			err = closeErr
		}
	}()
	for i := range args {
		if scan == nil {
			tag, err := results.Exec()
			if err != nil {
				return total, err
			}
			total += tag.RowsAffected()
			continue
		}
		rows, err := results.Query()
		if err != nil {
			return total, err
		}
		for rows.Next() {
			if err := scan(start+i, rows); err != nil {
				rows.Close()
				return total, err
			}
			total++
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return total, err
		}
	}
	return total, nil
}

func (s *serverSession) commit(ctx context.Context) error {
	// The commit is not cut short by the caller's patience: whether it
	// happened would be unknown.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	return s.tx.Commit(ctx)
}

func (s *serverSession) rollback() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return s.tx.Rollback(ctx)
}

func (s *serverSession) unwrap() any { return s.tx }
