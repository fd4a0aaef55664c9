package subscription

import (
	"context"

	"prosa/internal/modules/mail"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// Plans is what subscription asks of the plans that are sold; *plan.Service does
// it.
type Plans interface {
	// Version reads a version, also one that is not sold any more; VersionIn does
	// it in the caller's transaction. Error: fault.NotFound.
	Version(ctx context.Context, versionID string) (plan.Version, error)
	VersionIn(ctx context.Context, tx *database.Tx, versionID string) (plan.Version, error)
	// Public are the versions that are sold now to companies of a product line.
	Public(ctx context.Context, line string) ([]plan.Version, error)
}

// Companies moves companies from state to state; *tenancy.Service does it.
type Companies interface {
	Move(ctx context.Context, tx *database.Tx, tenantID string, move tenancy.Move) (tenancy.Company, error)
}

// Used tells what a company has in use now, by meter.
type Used func(ctx context.Context, tenantID string) (map[tenancy.Meter]int64, error)

// Post sends letters; *mail.Service does.
type Post interface {
	Send(ctx context.Context, tx *database.Tx, l mail.Letter) error
}

// Checkouts are those of companies that are not there yet; acquisition has them.
type Checkouts interface {
	// CheckoutNews tells that something changed about a checkout, in the
	// transaction in which that is noted. One that is not known is no error.
	CheckoutNews(ctx context.Context, tx *database.Tx, vendor, checkoutID string) error
}
