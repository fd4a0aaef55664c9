package database

import (
	"database/sql"
	"errors"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"prosa/internal/base/fault"
)

// ErrNoRows is what Row.Scan returns when there is no row.
var ErrNoRows = sql.ErrNoRows

var errClosed = fault.New(fault.Unavailable, "the database is closed")

// IsUnique reports whether err is the violation of a UNIQUE or PRIMARY KEY
// constraint.
func IsUnique(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	return pgCode(err) == "23505"
}

// isRetryable reports whether the same transaction may pass if run again: it
// lost against another one, and nothing of it was kept. On SQLite nothing is
// lost so: a writer waits its turn, and a file that stays busy is away.
func isRetryable(err error) bool {
	code := pgCode(err)
	return code == "40001" || code == "40P01" // serialization_failure, deadlock_detected
}

// classify marks errors that mean "the database is away or full" as
// fault.Unavailable and leaves all others as they are.
func classify(err error) error {
	if err == nil || !isAway(err) {
		return err
	}
	return fault.Wrap(err, fault.Unavailable, "the database is not available")
}

func isAway(err error) bool {
	var already *fault.Error
	if errors.As(err, &already) {
		return false
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
			sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOMEM:
			return true
		}
		return false
	}
	if code := pgCode(err); code != "" {
		switch code[:2] {
		case "08", "53", "58": // connection, resources, system
			return true
		}
		return code == "57P01" || code == "57P02" || code == "57P03" // shutdown, crash, starting up
	}
	var dial *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &dial) || errors.As(err, &network) || pgconn.SafeToRetry(err)
}

func pgCode(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && len(pg.Code) == 5 {
		return pg.Code
	}
	return ""
}
