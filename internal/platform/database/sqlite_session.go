package database

import (
	"context"
	"database/sql"
	"errors"
)

// maxStatements bounds the prepared statements that a connection keeps. The
// house has a few hundred; IN lists of many lengths could make more.
const maxStatements = 600

// liteConn is a connection with the statements prepared on it.
type liteConn struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

func newLiteConn(ctx context.Context, pool *sql.DB) (*liteConn, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &liteConn{conn: conn, statements: map[string]*sql.Stmt{}}, nil
}

// prepare gives the kept statement for the query. Statements belong to the
// connection, not to the transaction, but run inside the transaction that is
// open on it.
func (c *liteConn) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if statement, ok := c.statements[query]; ok {
		return statement, nil
	}
	if len(c.statements) >= maxStatements {
		if err := c.forget(); err != nil {
			return nil, err
		}
	}
	statement, err := c.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c.statements[query] = statement
	return statement, nil
}

func (c *liteConn) forget() error {
	var failures []error
	for _, statement := range c.statements {
		failures = append(failures, statement.Close())
	}
	clear(c.statements)
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

func (s *liteSession) exec(ctx context.Context, query string, args []any) (int64, error) {
	ctx = s.running(ctx)
	statement, err := s.conn.prepare(ctx, query)
	if err != nil {
		return 0, err
	}
	result, err := statement.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (s *liteSession) query(ctx context.Context, query string, args []any) (source, error) {
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

func (s *liteSession) each(ctx context.Context, query string, args [][]any, scan func(i int, row Row) error) (int64, error) {
	inner := s.running(ctx)
	statement, err := s.conn.prepare(inner, query)
	if err != nil {
		return 0, err
	}
	var total int64
	for i, row := range args {
		if err := ctx.Err(); err != nil {
			return total, err
		}
		n, err := one(inner, statement, row, i, scan)
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

func one(ctx context.Context, statement *sql.Stmt, args []any, i int, scan func(i int, row Row) error) (n int64, err error) {
	if scan == nil {
		result, err := statement.ExecContext(ctx, args...)
		if err != nil {
			return 0, err
		}
		return result.RowsAffected()
	}
	rows, err := statement.QueryContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	for rows.Next() {
		if err := scan(i, rows); err != nil {
			return n, errors.Join(err, rows.Close())
		}
		n++
	}
	return n, errors.Join(rows.Err(), rows.Close())
}

func (s *liteSession) commit(context.Context) error {
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

func (s *liteSession) unwrap() any { return s.tx }

// liteRows gives sql.Rows the shape of a source.
type liteRows struct{ rows *sql.Rows }

func (r liteRows) Next() bool             { return r.rows.Next() }
func (r liteRows) Scan(dest ...any) error { return r.rows.Scan(dest...) }
func (r liteRows) Err() error             { return r.rows.Err() }

// Close drops the error of closing: what ended the rows early is in Err.
func (r liteRows) Close() { _ = r.rows.Close() }
