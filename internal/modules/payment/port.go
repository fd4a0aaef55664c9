package payment

import (
	"context"

	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/platform/database"
)

// Orders is what payment asks of the module whose orders are paid.
type Orders interface {
	// LockOrder takes the order's row. Everybody takes it before the rows of its
	// payments. Error: fault.NotFound.
	LockOrder(ctx context.Context, tx *database.Tx, tenantID, orderID string) error
	// Settle tells the order the sums of its payments, in the transaction in which
	// they changed.
	Settle(ctx context.Context, tx *database.Tx, tenantID, orderID string, sums Sums, by event.Actor) error
}

// Provider is a vendor of payments. Its calls are made outside of any
// transaction, may be repeated, and carry our ids as idempotency keys.
type Provider interface {
	// Name is stored with payments: "mercadopago".
	Name() string
	// Choices are the methods that the company may offer through it.
	Choices(ctx context.Context, tenantID string) ([]Choice, error)
	// Ask makes the payment at the vendor, or finds the one made before.
	Ask(ctx context.Context, in Asked) (Answered, error)
	// Look reads what happened to the payment.
	Look(ctx context.Context, tenantID, externalID string) ([]Fact, error)
	// Cancel closes a payment that nobody should pay any more.
	Cancel(ctx context.Context, tenantID, externalID string) error
	// PayBack sends money back.
	PayBack(ctx context.Context, in Returned) (Fact, error)
}

// Asked is what a vendor is asked for.
type Asked struct {
	TenantID  string
	PaymentID string // the idempotency key, and the reference in the vendor's books
	OrderID   string
	Method    Method
	Amount    money.Amount
	Currency  money.Currency
	ExpiresMS int64
}

// Answered is what the payer gets.
type Answered struct {
	ExternalID string
	Code       string // Pix copia e cola
	Link       string
}

// Returned is money to be sent back.
type Returned struct {
	TenantID   string
	RefundID   string // the idempotency key
	ExternalID string
	Amount     money.Amount
}
