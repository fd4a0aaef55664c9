package order

import (
	"context"

	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/modules/payment"
	"prosa/internal/modules/product"
	"prosa/internal/platform/database"
)

// Tell writes events into the outbox in the caller's transaction; app binds it
// to outbox.Write with the company's shard.
type Tell func(ctx context.Context, tx *database.Tx, envelopes ...event.Envelope) error

// Contacts makes sure that a customer is the company's own. Error:
// fault.NotFound.
type Contacts interface {
	KnowContact(ctx context.Context, tx *database.Tx, tenantID, contactID string) error
}

// Stock is what order asks of product.
type Stock interface {
	Offers(ctx context.Context, tx *database.Tx, tenantID string, variantIDs []string) (map[string]product.Offer, error)
	OffersLater(tx *database.Tx, query string, args []any, more []string, dest []any, take func(o product.Offer))
	Hold(ctx context.Context, tx *database.Tx, h product.Holding, takes []product.Take, expiresMS int64) ([]product.Level, error)
	Fits(ctx context.Context, tx *database.Tx, tenantID string, takes []product.Take) (bool, error)
	Release(ctx context.Context, tx *database.Tx, h product.Holding, takes []product.Take) ([]product.Level, error)
	Sell(ctx context.Context, tx *database.Tx, h product.Holding) ([]product.Level, error)
	SellNow(ctx context.Context, tx *database.Tx, h product.Holding, takes []product.Take) ([]product.Level, error)
	Restock(ctx context.Context, tx *database.Tx, h product.Holding, takes []product.Take) ([]product.Level, error)
}

// Payments is what order asks of payment.
type Payments interface {
	Terms(tx *database.Tx, tenantID string) *payment.Terms
	Ask(ctx context.Context, tx *database.Tx, in payment.Request) (payment.Payment, error)
	Close(ctx context.Context, tx *database.Tx, tenantID, orderID string, kind payment.Kind, by event.Actor) error
	Owe(ctx context.Context, tx *database.Tx, tenantID, orderID string, owed money.Amount, reason string) error
	Load(ctx context.Context, tx *database.Tx, tenantID, orderID string) ([]payment.Payment, []payment.Refund, error)
}
