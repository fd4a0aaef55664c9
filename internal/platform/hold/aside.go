package hold

import (
	"context"

	"prosa/internal/event"
)

// Aside keeps pieces that came for companies that stand still while they move
// to another deployment.
type Aside interface {
	// Waits reports whether what comes in for a company now is put aside. It is
	// asked for every piece, so it answers from memory.
	Waits(tenantID string) bool
	// Busy reports whether any company's pieces are.
	Busy() bool
	// Look brings that memory up to date.
	Look(ctx context.Context) error
	// Keep puts pieces of a shard aside, in their order.
	Keep(ctx context.Context, shard int, raws []event.Raw) error
	// Next gives pieces of the shard that may be worked on now, those of one
	// company together and in their order.
	Next(ctx context.Context, shard, limit int) ([]Kept, error)
	// Done forgets pieces.
	Done(ctx context.Context, ids []string) error
	// Behind names the companies that have pieces of the shard put aside.
	Behind(ctx context.Context, shard int) (map[string]bool, error)
}

// Kept is a piece that was put aside.
type Kept struct {
	ID  string
	Raw event.Raw
}
