package database

import (
	"context"
	"database/sql"
	"errors"
)

// maxStatements bounds the prepared statements that a connection keeps. The
// house has a few hundred; IN lists of many lengths could make more.
const maxStatements = 600

// liteConn is a connection with the statements prepared on it: those that
// database/sql streams rows of, and those that run beside it (liteStatement).
type liteConn struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt
	directs    map[string]*liteStatement
}

func newLiteConn(ctx context.Context, pool *sql.DB) (*liteConn, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &liteConn{conn: conn, statements: map[string]*sql.Stmt{}, directs: map[string]*liteStatement{}}, nil
}

// prepare gives the kept statement for the query. Statements belong to the
// connection, not to the transaction, but run inside the transaction that is
// open on it.
func (c *liteConn) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if statement, ok := c.statements[query]; ok {
		return statement, nil
	}
	if err := c.makeRoom(); err != nil {
		return nil, err
	}
	statement, err := c.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c.statements[query] = statement
	return statement, nil
}

func (c *liteConn) makeRoom() error {
	if len(c.statements)+len(c.directs) < maxStatements {
		return nil
	}
	return c.forget()
}

func (c *liteConn) forget() error {
	var failures []error
	for _, statement := range c.statements {
		failures = append(failures, statement.Close())
	}
	clear(c.statements)
	failures = append(failures, c.conn.Raw(func(any) error {
		var failures []error
		for _, statement := range c.directs {
			failures = append(failures, statement.close())
		}
		return errors.Join(failures...)
	}))
	clear(c.directs)
	return errors.Join(failures...)
}

func (c *liteConn) close() error { return errors.Join(c.forget(), c.conn.Close()) }

// liteSession is an open transaction on a connection.
type liteSession struct {
	lite     *lite
	conn     *liteConn
	tx       *sql.Tx
	readOnly bool
	idle     chan *liteConn
	pending  []deferred
}

// running gives the context for a statement. The writer's statements are short
// and are not interrupted half-way: SQLite would roll the whole transaction
// back, and the driver would pay a goroutine a statement to watch for it.
func (s *liteSession) running(ctx context.Context) context.Context {
	if s.readOnly {
		return ctx
	}
	return context.WithoutCancel(ctx)
}

// flush runs what was put off. It runs no sooner than on PostgreSQL, so that
// nobody relies on more than is promised.
func (s *liteSession) flush(ctx context.Context) error {
	pending := s.pending
	s.pending = nil
	for _, p := range pending {
		var scan func(i int, row Row) error
		if p.scan != nil {
			scan = func(_ int, row Row) error { return p.scan(row) }
		}
		if _, err := s.loop(ctx, p.query, [][]any{p.args}, scan); err != nil {
			return err
		}
	}
	return nil
}

func (s *liteSession) later(query string, args []any, scan func(row Row) error) error {
	s.pending = append(s.pending, deferred{query, args, scan})
	return nil
}

func (s *liteSession) laterAll(query string, args [][]any) error {
	for _, row := range args {
		s.pending = append(s.pending, deferred{query: query, args: row})
	}
	return nil
}

func (s *liteSession) exec(ctx context.Context, query string, args []any) (rows int64, err error) {
	if err := s.flush(ctx); err != nil {
		return 0, err
	}
	err = s.conn.direct(s.running(ctx), query, func(ctx context.Context, statement *liteStatement) (err error) {
		rows, err = statement.run(ctx, args, 0, nil)
		return err
	})
	return rows, err
}

func (s *liteSession) query(ctx context.Context, query string, args []any) (source, error) {
	if err := s.flush(ctx); err != nil {
		return nil, err
	}
	ctx = s.running(ctx)
	statement, err := s.conn.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := statement.QueryContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	return liteRows{rows}, nil
}

func (s *liteSession) each(ctx context.Context, query string, args [][]any, scan func(i int, row Row) error) (total int64, err error) {
	if err := s.flush(ctx); err != nil {
		return 0, err
	}
	return s.loop(ctx, query, args, scan)
}

// loop runs the prepared statement for each row of arguments.
func (s *liteSession) loop(ctx context.Context, query string, args [][]any, scan func(i int, row Row) error) (total int64, err error) {
	err = s.conn.direct(s.running(ctx), query, func(ctx context.Context, statement *liteStatement) error {
		for i, row := range args {
			if err := ctx.Err(); err != nil {
				return err
			}
			n, err := statement.run(ctx, row, i, scan)
			total += n
			if err != nil {
				return err
			}
		}
		return nil
	})
	return total, err
}

// all is each: a prepared statement in a loop is SQLite's quickest way.
func (s *liteSession) all(ctx context.Context, query string, args [][]any, scan func(i int, row Row) error) (int64, error) {
	return s.each(ctx, query, args, scan)
}

func (s *liteSession) commit(ctx context.Context) error {
	if err := s.flush(ctx); err != nil {
		_ = s.rollback() // the first error is the one to tell
		return err
	}
	defer s.release()
	err := s.tx.Commit()
	if err == nil && !s.readOnly {
		s.lite.written.Add(1)
	}
	return err
}

func (s *liteSession) rollback() error {
	defer s.release()
	return s.tx.Rollback()
}

func (s *liteSession) release() { s.idle <- s.conn }

func (s *liteSession) unwrap(ctx context.Context) (any, error) { return s.tx, s.flush(ctx) }

func (s *liteSession) roundTrips() int { return 0 }

// liteRows gives sql.Rows the shape of a source.
type liteRows struct{ rows *sql.Rows }

func (r liteRows) Next() bool             { return r.rows.Next() }
func (r liteRows) Scan(dest ...any) error { return r.rows.Scan(dest...) }
func (r liteRows) Err() error             { return r.rows.Err() }

// Close drops the error of closing: what ended the rows early is in Err.
func (r liteRows) Close() { _ = r.rows.Close() }
