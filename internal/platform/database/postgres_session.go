package database

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// How a transaction begins. A connection finds rows by their keys, one after the
// other (byKey); transactions that only read may do otherwise, and say so. The
// settings are local to the transaction: a pooled connection goes back without
// them.
const (
	beginWrite = "BEGIN READ WRITE"
	beginRead  = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	scopeWrite = "SELECT set_config('" + scopeSetting + "', $1, true)"
	scopeRead  = scopeWrite + ", set_config('enable_seqscan', 'on', true), set_config('enable_hashjoin', 'on', true), set_config('enable_mergejoin', 'on', true)"
)

// serverSession is an open transaction on PostgreSQL. The BEGIN travels with the
// first statement, what was put off with the next one that is waited for, and
// the last of it with the COMMIT: a round trip costs more than most statements.
type serverSession struct {
	conn     *pgxpool.Conn
	setting  string // the spelled scope
	readOnly bool
	tx       pgx.Tx // nil until BEGIN was sent
	pending  []deferred
	trips    int
}

// send sends the BEGIN if it is due, what was put off, and what fill queues, all
// in one round trip. It reads the answers of the first two; those of fill are
// left to the caller, who closes the results.
func (s *serverSession) send(ctx context.Context, fill func(batch *pgx.Batch)) (pgx.BatchResults, error) {
	var batch pgx.Batch
	begins := s.tx == nil
	if begins {
		begin, scope := beginWrite, scopeWrite
		if s.readOnly {
			begin, scope = beginRead, scopeRead
		}
		batch.BeginTx(pgx.TxOptions{BeginQuery: begin})
		batch.Queue(scope, s.setting)
	}
	pending := s.pending
	s.pending = nil
	for _, p := range pending {
		batch.Queue(p.query, p.args...)
	}
	fill(&batch)
	s.trips++
	results := s.conn.Conn().SendBatch(ctx, &batch)
	if err := s.settle(results, begins, pending); err != nil {
		_ = results.Close() // its error is the one that we have
		return nil, err
	}
	return results, nil
}

// settle reads the answers of the BEGIN and of what was put off.
func (s *serverSession) settle(results pgx.BatchResults, begins bool, pending []deferred) error {
	if begins {
		s.tx = results.Tx()
		for range 2 {
			if _, err := results.Exec(); err != nil {
				return err
			}
		}
	}
	for _, p := range pending {
		if p.scan == nil {
			if _, err := results.Exec(); err != nil {
				return err
			}
			continue
		}
		rows, err := results.Query()
		if err != nil {
			return err
		}
		if _, err := scanAll(rows, p.scan); err != nil {
			return err
		}
	}
	return nil
}

// scanAll calls scan for each row, and closes the rows.
func scanAll(rows pgx.Rows, scan func(row Row) error) (n int64, err error) {
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return n, err
		}
		n++
	}
	return n, rows.Err()
}

// ready reports whether a statement may go by itself: the transaction has begun
// and nothing was put off.
func (s *serverSession) ready() bool { return s.tx != nil && len(s.pending) == 0 }

func (s *serverSession) exec(ctx context.Context, query string, args []any) (int64, error) {
	if s.ready() {
		s.trips++
		tag, err := s.tx.Exec(ctx, query, args...)
		return tag.RowsAffected(), err
	}
	results, err := s.send(ctx, func(batch *pgx.Batch) { batch.Queue(query, args...) })
	if err != nil {
		return 0, err
	}
	tag, err := results.Exec()
	if closeErr := results.Close(); err == nil {
		err = closeErr
	}
	return tag.RowsAffected(), err
}

func (s *serverSession) query(ctx context.Context, query string, args []any) (source, error) {
	return s.rows(ctx, query, args)
}

// rows runs one statement and streams its rows.
func (s *serverSession) rows(ctx context.Context, query string, args []any) (pgx.Rows, error) {
	if s.ready() {
		s.trips++
		return s.tx.Query(ctx, query, args...)
	}
	results, err := s.send(ctx, func(batch *pgx.Batch) { batch.Queue(query, args...) })
	if err != nil {
		return nil, err
	}
	rows, err := results.Query()
	if err != nil {
		_ = results.Close()
		return nil, err
	}
	return &lastRows{Rows: rows, results: results}, nil
}

// lastRows are the rows of the last statement of a batch; closing them ends the
// batch.
type lastRows struct {
	pgx.Rows
	results pgx.BatchResults
	err     error
}

// Next implements pgx.Rows; at the end the connection is free again.
func (r *lastRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.Close()
	return false
}

// Close implements pgx.Rows.
func (r *lastRows) Close() {
	r.Rows.Close()
	r.err = r.results.Close()
}

// Err implements pgx.Rows.
func (r *lastRows) Err() error {
	if err := r.Rows.Err(); err != nil {
		return err
	}
	return r.err
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
	results, err := s.send(ctx, func(batch *pgx.Batch) {
		for _, row := range args {
			batch.Queue(query, row...)
		}
	})
	if err != nil {
		return 0, err
	}
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
		n, err := scanAll(rows, func(row Row) error { return scan(start+i, row) })
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

func (s *serverSession) later(query string, args []any, scan func(row Row) error) error {
	s.pending = append(s.pending, deferred{query, args, scan})
	return nil
}

func (s *serverSession) laterAll(query string, args [][]any) error {
	if len(args) == 1 {
		return s.later(query, args[0], nil)
	}
	for start := 0; start < len(args); start += maxBatch {
		columns, types, err := columnsOf(args[start:min(start+maxBatch, len(args))])
		if err != nil {
			return err
		}
		joined, err := joinRows(query, types)
		if err != nil {
			return err
		}
		s.pending = append(s.pending, deferred{query: joined.text, args: columns})
	}
	return nil
}

// commit sends what was put off with the COMMIT behind it; where one of them
// fails, PostgreSQL passes the COMMIT over.
func (s *serverSession) commit(ctx context.Context) error {
	if s.tx == nil && len(s.pending) == 0 {
		s.conn.Release() // nothing was asked
		return nil
	}
	// The commit is not cut short by the caller's patience: whether it
	// happened would be unknown.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	// A scan may fail yet, which must undo all.
	var err error
	if slices.ContainsFunc(s.pending, func(p deferred) bool { return p.scan != nil }) {
		err = s.flush(ctx)
	}
	var results pgx.BatchResults
	if err == nil {
		results, err = s.send(ctx, func(batch *pgx.Batch) { batch.Queue("COMMIT") })
	}
	if err == nil {
		tag, commitErr := results.Exec()
		if commitErr == nil && tag.String() == "ROLLBACK" {
			commitErr = pgx.ErrTxCommitRollback
		}
		if err = results.Close(); commitErr != nil {
			err = commitErr
		}
	}
	if err != nil {
		_ = s.rollback() // the first error is the one to tell
		return err
	}
	s.conn.Release()
	return nil
}

// rollback ends the transaction, if it has begun, and gives the connection back;
// the pool drops one that is not at rest.
func (s *serverSession) rollback() error {
	defer s.conn.Release()
	s.pending = nil
	conn := s.conn.Conn()
	if conn.IsClosed() || conn.PgConn().TxStatus() == 'I' {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	s.trips++
	_, err := conn.Exec(ctx, "ROLLBACK")
	return err
}

// unwrap begins the transaction and runs what was put off: whoever works on it
// beside us must find it as the caller left it.
func (s *serverSession) unwrap(ctx context.Context) (any, error) {
	if err := s.flush(ctx); err != nil {
		return nil, err
	}
	return s.tx, nil
}

func (s *serverSession) flush(ctx context.Context) error {
	if s.ready() {
		return nil
	}
	results, err := s.send(ctx, func(*pgx.Batch) {})
	if err != nil {
		return err
	}
	return results.Close()
}

func (s *serverSession) roundTrips() int { return s.trips }
