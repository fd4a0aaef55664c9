package database

import "context"

// deferred is a statement whose outcome nobody waits for yet.
type deferred struct {
	query string
	args  []any
	scan  func(row Row) error // nil: it is run for its effect
}

// Later puts a statement off until the next one that is waited for, or the
// commit: on PostgreSQL they share a round trip. Statements run in the order in
// which they were given. scan, which may be nil, is called for every row
// returned, and has been called when the next statement gives its answer; it
// must not use the transaction. A failure shows there, and spoils the
// transaction as any other.
func (tx *Tx) Later(scan func(row Row) error, query string, args ...any) {
	if tx.mayDefer() {
		_ = tx.note(tx.session.later(query, args, scan))
	}
}

// LaterAll is All that is put off as by Later, for its effect only.
func (tx *Tx) LaterAll(query string, args [][]any) {
	if len(args) > 0 && tx.mayDefer() {
		_ = tx.note(tx.session.laterAll(query, args))
	}
}

// Flush runs what was put off, now.
func (tx *Tx) Flush(ctx context.Context) error {
	if err := tx.ready(ctx); err != nil {
		return err
	}
	return tx.note(tx.session.flush(ctx))
}

// mayDefer reports whether the transaction still takes statements. One that is
// given while rows are open spoils it: there is nobody else to be told.
func (tx *Tx) mayDefer() bool {
	if tx.broken == nil && tx.open != nil {
		tx.broken = errRowsOpen
	}
	return tx.broken == nil
}
