package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"prosa/internal/base/fault"
)

// FileName is the name of the SQLite file in the data folder.
const FileName = "prosa.db"

const (
	busyTimeout = 5 * time.Second
	// keeperPatience is how long cutting the log down waits for readers; the
	// writer waits with it.
	keeperPatience = 200 * time.Millisecond
	// closeTimeout is how long Close waits for transactions that still run.
	closeTimeout = 15 * time.Second
	// journalLimit is what a write-ahead log is cut back to, in bytes.
	journalLimit = 64 << 20
	// autoCheckpoint is the net under the checkpoint goroutine, in pages of
	// 4 KiB: the writer itself checkpoints when the log outgrew it.
	autoCheckpoint = 16000
)

// lite is the SQLite backend: one writing connection, several reading ones.
// What is not wanted at once is opened when it is first wanted: a connection
// reads the whole schema before anything else, which is milliseconds of a start.
type lite struct {
	pool     *sql.DB // the connections below
	jobs     *sql.DB // one more writing connection, for handle
	writer   chan *liteConn
	readers  chan *liteConn
	unopened chan struct{} // one a reader that nobody needed so far
	cacheKB  int           // of a reader
	written  atomic.Int64  // count of commits, for the checkpoint goroutine
	stop     context.CancelFunc
	done     sync.WaitGroup
}

// liteSource names the file with the settings of a connection.
func liteSource(path string, cacheKB int, more url.Values) string {
	settings := url.Values{"_pragma": {
		fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()),
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"temp_store(MEMORY)",
		"foreign_keys(ON)",
		fmt.Sprintf("cache_size(-%d)", cacheKB),
		fmt.Sprintf("journal_size_limit(%d)", journalLimit),
		fmt.Sprintf("wal_autocheckpoint(%d)", autoCheckpoint),
	}}
	for name, values := range more {
		settings[name] = values
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + settings.Encode()
}

func litePath(cfg Config) (string, error) {
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return "", err
	}
	// Nobody else on the machine has business in the company's messages.
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fault.Wrap(err, fault.Unavailable, "the data folder can't be made")
	}
	// SQLite would make the file readable to all, and gives its log the same
	// rights as the file.
	path := filepath.Join(dir, FileName)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", fault.Wrap(err, fault.Unavailable, "the database file can't be opened")
	}
	return path, file.Close()
}

func immediate() url.Values { return url.Values{"_txlock": {"immediate"}} }

func openSQLiteOwner(cfg Config) (*sql.DB, error) {
	path, err := litePath(cfg)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", liteSource(path, 2048, immediate()))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

func openSQLite(ctx context.Context, cfg Config) (backend, error) {
	path, err := litePath(cfg)
	if err != nil {
		return nil, err
	}
	l := &lite{
		writer: make(chan *liteConn, 1), readers: make(chan *liteConn, cfg.Readers), unopened: make(chan struct{}, cfg.Readers),
		cacheKB: max(cfg.CacheKB/4, 256),
	}
	// The first connection turns the file to WAL; the readers need it so.
	if l.pool, err = sql.Open("sqlite", liteSource(path, cfg.CacheKB, immediate())); err != nil {
		return nil, err
	}
	if l.jobs, err = sql.Open("sqlite", liteSource(path, 2048, immediate())); err != nil {
		return nil, errors.Join(err, l.pool.Close())
	}
	l.jobs.SetMaxOpenConns(1)
	writer, err := newLiteConn(ctx, l.pool)
	if err != nil {
		return nil, errors.Join(err, l.pool.Close(), l.jobs.Close())
	}
	l.writer <- writer
	for range cfg.Readers {
		l.unopened <- struct{}{}
	}
	background, stop := context.WithCancel(context.Background())
	l.stop = stop
	l.done.Go(func() { l.checkpoint(background, path+"-wal") })
	return l, nil
}

// openReader opens one more connection that reads.
func (l *lite) openReader(ctx context.Context) (*liteConn, error) {
	reader, err := newLiteConn(ctx, l.pool)
	if err != nil {
		return nil, err
	}
	if _, err := reader.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA query_only = ON; PRAGMA cache_size = -%d", l.cacheKB)); err != nil {
		return nil, errors.Join(err, reader.close())
	}
	return reader, nil
}

// take waits for a connection that is idle, and where none that reads is, opens
// one that was not needed so far.
func (l *lite) take(ctx context.Context, readOnly bool) (*liteConn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	idle, unopened := l.writer, (chan struct{})(nil)
	if readOnly {
		idle, unopened = l.readers, l.unopened
	}
	var conn *liteConn
	select {
	case conn = <-idle:
	default:
		select {
		case conn = <-idle:
		case <-unopened:
			var err error
			if conn, err = l.openReader(context.WithoutCancel(ctx)); err != nil {
				l.unopened <- struct{}{}
				return nil, err
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if conn == nil { // a closed channel
		return nil, errClosed
	}
	return conn, nil
}

func (l *lite) begin(ctx context.Context, _ string, readOnly bool) (session, error) {
	conn, err := l.take(ctx, readOnly)
	if err != nil {
		return nil, err
	}
	idle := l.writer
	if readOnly {
		idle = l.readers
	}
	// database/sql would roll back by itself when ctx ends, behind the back of
	// the statements that run on the connection; so it does not get to see it.
	tx, err := conn.conn.BeginTx(context.WithoutCancel(ctx), &sql.TxOptions{ReadOnly: readOnly})
	if err != nil {
		idle <- conn
		return nil, err
	}
	return &liteSession{lite: l, conn: conn, tx: tx, readOnly: readOnly, idle: idle}, nil
}

func (l *lite) ping(ctx context.Context) error {
	session, err := l.begin(ctx, "", true)
	if err != nil {
		return err
	}
	_, err = session.exec(ctx, "SELECT 1 FROM sqlite_schema LIMIT 1", nil)
	return errors.Join(err, session.rollback())
}

func (l *lite) handle() any { return l.jobs }

func (l *lite) close() error {
	l.stop()
	l.done.Wait()
	timeout := time.NewTimer(closeTimeout)
	defer timeout.Stop()
	var failures []error
	for _, idle := range []chan *liteConn{l.writer, l.readers} {
		for range cap(idle) {
			unopened := l.unopened
			if idle == l.writer {
				unopened = nil
			}
			select {
			case conn := <-idle:
				if conn == nil {
					return nil // closed before
				}
				failures = append(failures, conn.close())
			case <-unopened:
			case <-timeout.C:
				return fault.New(fault.Unavailable, "a transaction still runs after %s", closeTimeout)
			}
		}
		close(idle)
	}
	return errors.Join(append(failures, l.jobs.Close(), l.pool.Close())...)
}

// checkpoint moves the write-ahead log into the file while the writer goes on,
// and cuts the log down in a quiet moment. Without it, constant readers let the
// log grow without bound.
func (l *lite) checkpoint(ctx context.Context, walPath string) {
	const worthwhile = 4 << 20 // bytes of log
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var keeper *sql.Conn // opened when the log is first worth it
	defer func() {
		if keeper != nil {
			_ = keeper.Close() // it goes back to the pool, which tells what is wrong
		}
	}()
	var before int64
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := l.written.Load()
		quiet := now == before
		before = now
		info, err := os.Stat(walPath)
		if err != nil || info.Size() < worthwhile {
			continue
		}
		if keeper == nil {
			if keeper, err = l.openKeeper(ctx); err != nil {
				continue // the writer cuts the log down itself until one can be had
			}
		}
		mode := "PASSIVE" // blocks nobody
		if quiet {
			mode = "TRUNCATE" // waits for readers, so only when nobody writes
		}
		// A busy answer is a row, not an error; an error (disk full) shows in
		// the next write as well, where somebody can be told.
		_, _ = keeper.ExecContext(ctx, "PRAGMA wal_checkpoint("+mode+")")
	}
}

// openKeeper opens the connection that moves the log into the file.
func (l *lite) openKeeper(ctx context.Context) (*sql.Conn, error) {
	keeper, err := l.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := keeper.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d; PRAGMA cache_size = -256", keeperPatience.Milliseconds())); err != nil {
		return nil, errors.Join(err, keeper.Close())
	}
	return keeper, nil
}
