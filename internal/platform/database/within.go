package database

import "context"

// Opener begins transactions: a *DB does, and Within goes on in one that is
// under way.
type Opener interface {
	Read(ctx context.Context, scope Scope, fn func(ctx context.Context, tx *Tx) error) error
	Write(ctx context.Context, scope Scope, fn func(ctx context.Context, tx *Tx) error) error
}

// Within gives an Opener whose transactions are the caller's own, so that a use
// case that opens one can be part of a larger one. What it writes is committed
// or undone with the rest; it is not run again by itself, and the caller's scope
// must name the company.
func Within(tx *Tx) Opener { return within{tx} }

type within struct{ tx *Tx }

func (w within) Read(ctx context.Context, _ Scope, fn func(ctx context.Context, tx *Tx) error) error {
	return fn(ctx, w.tx)
}

func (w within) Write(ctx context.Context, _ Scope, fn func(ctx context.Context, tx *Tx) error) error {
	return fn(ctx, w.tx)
}
