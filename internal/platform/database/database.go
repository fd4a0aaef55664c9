package database

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine    Engine
	clock     clock.Clock
	observe   func(Outcome)
	backend   backend
	listeners listeners
	fence     fence
}

// backend is what an engine does for DB.
type backend interface {
	// begin opens a transaction. setting is the spelled scope.
	begin(ctx context.Context, setting string, readOnly bool) (session, error)
	ping(ctx context.Context) error
	handle() any
	close() error
}

// session is one open transaction of an engine. commit and rollback end it and
// give its connection back.
type session interface {
	exec(ctx context.Context, query string, args []any) (int64, error)
	query(ctx context.Context, query string, args []any) (source, error)
	each(ctx context.Context, query string, args [][]any, scan func(i int, row Row) error) (int64, error)
	all(ctx context.Context, query string, args [][]any, scan func(i int, row Row) error) (int64, error)
	// later and laterAll put a statement off; it runs before the next one.
	later(query string, args []any, scan func(row Row) error) error
	laterAll(query string, args [][]any) error
	flush(ctx context.Context) error
	commit(ctx context.Context) error
	rollback() error
	unwrap(ctx context.Context) (any, error)
	roundTrips() int
}

// source is a stream of rows of an engine.
type source interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close()
}

// Open opens the database that cfg means. On PostgreSQL it refuses a role that
// row level security doesn't bind (a superuser, or one with BYPASSRLS). It does
// not migrate.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	open := openSQLite
	if cfg.Engine() == Postgres {
		open = openPostgres
	}
	backend, err := open(ctx, cfg)
	if err != nil {
		return nil, classify(err)
	}
	return &DB{engine: cfg.Engine(), clock: cfg.Clock, observe: cfg.Observe, backend: backend}, nil
}

// OpenOwner opens a plain handle with the right to change the schema: for
// migrations only. On PostgreSQL it signs in by OwnerURL and may touch the rows
// of all companies.
func OpenOwner(ctx context.Context, cfg Config) (*sql.DB, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	open := openSQLiteOwner
	if cfg.Engine() == Postgres {
		open = openPostgresOwner
	}
	db, err := open(cfg)
	if err != nil {
		return nil, classify(err)
	}
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(classify(err), db.Close())
	}
	return db, nil
}

// Engine tells which engine this is.
func (db *DB) Engine() Engine { return db.engine }

// Close waits for open transactions and closes the database.
func (db *DB) Close() error { return db.backend.close() }

// Ping reports whether the database answers; fault.Unavailable when not.
func (db *DB) Ping(ctx context.Context) error { return classify(db.backend.ping(ctx)) }

// Unwrap gives the engine's own pool for platform/job and measurements: a
// *sql.DB (SQLite, of one connection beside the writer's) or *pgxpool.Pool.
// Nothing scopes what runs on it.
func (db *DB) Unwrap() any { return db.backend.handle() }

// maxAttempts bounds how often Write tries a transaction that lost against
// another one.
const maxAttempts = 6

// Write runs fn in one read-write transaction (SQLite: the single writer). The
// error of fn rolls it back and is returned as it is. A serialization failure
// or deadlock on PostgreSQL runs fn again from the start: what fn changes
// outside the transaction it must set, not add to.
//
// Errors: fault.Unavailable when the database is away, full or busy.
func (db *DB) Write(ctx context.Context, scope Scope, fn func(ctx context.Context, tx *Tx) error) error {
	for attempt := 1; ; attempt++ {
		hooks, err := db.run(ctx, scope, false, fn)
		if err == nil {
			for _, hook := range hooks {
				hook()
			}
			return nil
		}
		if attempt == maxAttempts || !isRetryable(err) {
			return err
		}
		if waitErr := pause(ctx, attempt); waitErr != nil {
			return err
		}
	}
}

// Read runs fn in one read-only transaction that sees one state of the
// database from its first statement to its last.
func (db *DB) Read(ctx context.Context, scope Scope, fn func(ctx context.Context, tx *Tx) error) error {
	_, err := db.run(ctx, scope, true, fn)
	return err
}

// running marks a context that belongs to an open transaction.
type running struct{}

func (db *DB) run(ctx context.Context, scope Scope, readOnly bool, fn func(ctx context.Context, tx *Tx) error) (hooks []func(), err error) {
	if ctx.Value(running{}) == db {
		return nil, fault.New(fault.Internal, "a transaction inside a transaction: pass the Tx on instead")
	}
	setting, err := scope.setting()
	if err != nil {
		return nil, err
	}
	asked := time.Now()
	session, err := db.backend.begin(ctx, setting, readOnly)
	if err != nil {
		return nil, classify(err)
	}
	began := time.Now()
	defer func() {
		db.observe(Outcome{ReadOnly: readOnly, Waited: began.Sub(asked), Took: time.Since(began), RoundTrips: session.roundTrips(), Err: err})
	}()
	tx := &Tx{session: session, engine: db.engine, now: clock.MS(db.clock.Now()), listeners: &db.listeners}
	done := false
	defer func() {
		if !done { // fn panicked, or ended its goroutine as t.FailNow does
			_ = tx.end()
			_ = session.rollback()
		}
	}()
	if !readOnly {
		db.fence.stand(tx, scope.tenants)
	}
	err = fn(context.WithValue(ctx, running{}, db), tx)
	done = true
	if endErr := tx.end(); err == nil {
		err = endErr
	}
	if err != nil {
		// The connection is dropped when the rollback fails, which ends the
		// transaction as well; the first error is the one to tell.
		_ = session.rollback()
		return nil, err
	}
	if err := session.commit(ctx); err != nil {
		return nil, classify(err)
	}
	return tx.hooks, nil
}

// pause waits before the next attempt: about 2, 4, 8, 16, 32 ms with jitter, so
// that two transactions that met don't meet again.
func pause(ctx context.Context, attempt int) error {
	step := time.Millisecond << attempt
	timer := time.NewTimer(step/2 + rand.N(step))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
