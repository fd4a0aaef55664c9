package database

import (
	"context"

	"prosa/internal/base/fault"
)

// Tx is an open transaction. It belongs to one goroutine and ends with the
// function that got it.
type Tx struct {
	session session
	engine  Engine
	now     int64
	open    *Rows // not closed yet
	broken  error // the first failed statement; nothing runs after it
	hooks   []func()

	listeners *listeners
}

var (
	errEnded    = fault.New(fault.Internal, "the transaction has ended")
	errRowsOpen = fault.New(fault.Internal, "the rows of the statement before are still open")
)

// Now is the transaction's time: milliseconds since the Unix epoch.
func (tx *Tx) Now() int64 { return tx.now }

// Engine tells which engine runs the transaction.
func (tx *Tx) Engine() Engine { return tx.engine }

// ForUpdate gives the text that locks the rows of a SELECT to which it is
// appended: " FOR UPDATE" on PostgreSQL, nothing on SQLite, where the writer is
// alone anyway. Take rows in key order.
func (tx *Tx) ForUpdate() string {
	if tx.engine == Postgres {
		return " FOR UPDATE"
	}
	return ""
}

// LookUp spells a query for the rows of tables that belong to each row of another
// query, which the condition calls wanted. PostgreSQL looks them up one after the
// other, as SQLite does anyway: left alone it may join the other way around, and
// read all that a company has.
func (tx *Tx) LookUp(columns, tables, condition, wanted string) string {
	if tx.engine == Postgres {
		return "SELECT q.* FROM (" + wanted + ") AS wanted, LATERAL (SELECT " + columns + " FROM " + tables + " WHERE " + condition + " OFFSET 0) AS q"
	}
	return "SELECT " + columns + " FROM (" + wanted + ") AS wanted CROSS JOIN " + tables + " WHERE " + condition
}

// Exec runs one statement and tells how many rows it changed.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (rows int64, err error) {
	if err := tx.ready(ctx); err != nil {
		return 0, err
	}
	rows, err = tx.session.exec(ctx, query, args)
	return rows, tx.note(err)
}

// Query runs one statement that returns rows. Close them, or read to the end,
// before the next statement.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	if err := tx.ready(ctx); err != nil {
		return nil, err
	}
	source, err := tx.session.query(ctx, query, args)
	if err != nil {
		return nil, tx.note(err)
	}
	tx.open = &Rows{source: source, tx: tx}
	return tx.open, nil
}

// QueryRow prepares one statement that returns at most one row; it runs when
// the row is scanned. No row is ErrNoRows.
func (tx *Tx) QueryRow(ctx context.Context, query string, args ...any) Row {
	return &single{ctx: ctx, tx: tx, query: query, args: args}
}

// Each runs one statement for each row of args, in as few round trips as the
// engine allows. scan, which may be nil, is called for every row returned, with
// the index of its row of arguments; the statement then needs a RETURNING or is
// a SELECT, and the rows told are the rows returned. scan must not use the
// transaction.
func (tx *Tx) Each(ctx context.Context, query string, args [][]any, scan func(i int, row Row) error) (rows int64, err error) {
	if err := tx.ready(ctx); err != nil {
		return 0, err
	}
	if len(args) == 0 {
		return 0, nil
	}
	rows, err = tx.session.each(ctx, query, args, scan)
	return rows, tx.note(err)
}

// All is Each for rows of which no two touch the same row of a table, or lock
// it: the engine may then run one statement for all of them, which on
// PostgreSQL costs a fraction. The query is an INSERT .. VALUES, an UPDATE or
// DELETE .. WHERE, or a SELECT that names the columns that it returns; its
// arguments are texts, numbers, truths and bytes. SELECTs look their rows up,
// and lock them, in the order of args; what they return comes in any order,
// with the index of its row of arguments. For an INSERT that returns rows the
// index says nothing: return the key.
func (tx *Tx) All(ctx context.Context, query string, args [][]any, scan func(i int, row Row) error) (rows int64, err error) {
	if err := tx.ready(ctx); err != nil {
		return 0, err
	}
	if len(args) == 0 {
		return 0, nil
	}
	rows, err = tx.session.all(ctx, query, args, scan)
	return rows, tx.note(err)
}

// AfterCommit has fn called after the commit, in the order given; never when
// the transaction is rolled back. For wake-ups: fn must be quick.
func (tx *Tx) AfterCommit(fn func()) { tx.hooks = append(tx.hooks, fn) }

// Unwrap gives the engine's own transaction to platform/job: *sql.Tx or pgx.Tx;
// nil when what was put off before failed, which spoils the transaction.
func (tx *Tx) Unwrap(ctx context.Context) any {
	if tx.ready(ctx) != nil {
		return nil
	}
	inner, err := tx.session.unwrap(ctx)
	if tx.note(err) != nil {
		return nil
	}
	return inner
}

func (tx *Tx) ready(ctx context.Context) error {
	switch {
	case tx.broken != nil:
		return tx.broken
	case tx.open != nil:
		return errRowsOpen
	default:
		return ctx.Err()
	}
}

// note remembers the failure of a statement and classifies it.
func (tx *Tx) note(err error) error {
	if err == nil {
		return nil
	}
	err = classify(err)
	if tx.broken == nil {
		tx.broken = err
	}
	return err
}

// end closes what the function left open: the engine must not touch rows of a
// connection that is at work for another transaction. It tells what stands
// against a commit.
func (tx *Tx) end() error {
	left := tx.open != nil
	if left {
		tx.open.Close()
	}
	err := tx.broken
	if err == nil && left {
		err = fault.New(fault.Internal, "a transaction ends with rows that were not closed")
	}
	tx.broken = errEnded
	return err
}

// Row is one row of a result.
type Row interface {
	// Scan copies the columns into dest; ErrNoRows when there is no row.
	Scan(dest ...any) error
}

// Rows is the result of Query.
type Rows struct {
	source source
	tx     *Tx
	closed bool
}

// Next moves to the next row; at the end, or on an error, it closes the rows
// and reports false.
func (r *Rows) Next() bool {
	if r.closed {
		return false
	}
	if r.source.Next() {
		return true
	}
	r.Close()
	return false
}

// Scan copies the columns of the row into dest.
func (r *Rows) Scan(dest ...any) error { return r.source.Scan(dest...) }

// Err tells what ended the rows early.
func (r *Rows) Err() error { return r.tx.note(r.source.Err()) }

// Close ends the rows. It may be called again.
func (r *Rows) Close() {
	if r.closed {
		return
	}
	r.closed = true
	r.tx.open = nil
	r.source.Close()
	// An error of the rows spoils the transaction even if nobody asks Err.
	_ = r.tx.note(r.source.Err())
}

type single struct {
	ctx   context.Context
	tx    *Tx
	query string
	args  []any
}

func (s *single) Scan(dest ...any) error {
	rows, err := s.tx.Query(s.ctx, s.query, s.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return ErrNoRows
	}
	if err := rows.Scan(dest...); err != nil {
		return err
	}
	rows.Close()
	return rows.Err()
}
