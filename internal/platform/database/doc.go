// Package database runs the house's SQL on SQLite (embedded, the default) and
// on PostgreSQL, from one SQL text.
//
// Invariants:
//
//   - Every statement runs inside a transaction, and every transaction names the
//     companies that it may touch (Scope). PostgreSQL enforces the scope by row
//     level security; on SQLite it is the caller's word.
//   - A transaction has one time: Tx.Now, taken when it begins.
//   - A statement that fails spoils its transaction on both engines: whatever
//     follows is refused and nothing is committed. PostgreSQL knows no other
//     way, so SQLite, on which most tests run, must not be kinder.
//   - What was put off (Tx.Later) runs before the next statement that is waited
//     for, or with the commit, in the order given.
//   - Rows are closed before the next statement of the same transaction runs,
//     for the same reason.
//   - Transactions don't nest: a Write or Read inside another one's function is
//     an error, since on SQLite it would wait for itself for ever.
//   - What AfterCommit was given runs after the commit, and only then.
//
// SQLite has one writing connection and several reading ones, each with its own
// cache of prepared statements; synchronous=FULL, so that a commit survives a
// power cut. A goroutine moves the write-ahead log into the file in quiet
// moments, off the path of the writer.
//
// The SQL that both engines take: placeholders $1 by number, ON CONFLICT .. DO
// UPDATE .. RETURNING, CTEs, window functions, partial indexes, row values for
// keyset paging, UPDATE .. FROM, CAST. Not: "::", now(), ILIKE, "= ANY($1)",
// "->>", GREATEST, data-modifying CTEs, FOR UPDATE SKIP LOCKED. An untyped
// "$1 IS NULL" and a SUM of BIGINT need a CAST on PostgreSQL.
package database
