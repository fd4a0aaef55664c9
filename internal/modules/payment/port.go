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
	// Ready tells that a payment can be paid now, Lost that its vendor refused it;
	// both in the transaction in which that became known.
	Ready(ctx context.Context, tx *database.Tx, p Payment, by event.Actor) error
	Lost(ctx context.Context, tx *database.Tx, p Payment, by event.Actor) error
	// Bill tells what a vendor may want to know of the order. Error:
	// fault.NotFound.
	Bill(ctx context.Context, tx *database.Tx, tenantID, orderID string) (Bill, error)
}

// Bill is what a vendor may want to know of an order and who pays it.
type Bill struct {
	Number string // as it is dictated
	Name   string
	TaxID  string // CPF or CNPJ
	// Where the goods go, as the customer said.
	CEP, Street, Neighbourhood, City string
}

// Reasons of a vendor's fault.Refused.
const (
	// RefusedByVendor: asking again changes nothing.
	RefusedByVendor = "payment_refused"
	// WrongCredentials: an admin has to mend the account; payments wait for it.
	WrongCredentials = "payment_credentials"
)

// Sealer keeps credentials: what is sealed for one place opens for that place
// only.
type Sealer interface {
	Seal(aad string, plain []byte) (string, error)
	Open(aad, sealed string) ([]byte, error)
}

// Vendor is a Provider at which companies have accounts, and which calls back.
type Vendor interface {
	Provider
	// Methods are those that it knows.
	Methods() []Method
	// Test asks whether the account's credentials work.
	Test(ctx context.Context, account Account) error
	// Verify makes sure that a callback is the vendor's and fresh, and reads it.
	// Error: fault.Unauthorized.
	Verify(account Account, call Callback) (Notice, error)
	// Trace asks the vendor which payment of ours a notice is about; empty for
	// none.
	Trace(ctx context.Context, account Account, notice Notice) (paymentID string, err error)
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
	CreatedMS int64
	ExpiresMS int64
	Bill      Bill
}

// Answered is what the payer gets.
type Answered struct {
	ExternalID string
	Code       string // Pix copia e cola, or the line of a boleto
	Link       string
}

// Returned is money to be sent back.
type Returned struct {
	TenantID   string
	RefundID   string // the idempotency key
	ExternalID string
	Amount     money.Amount
}
