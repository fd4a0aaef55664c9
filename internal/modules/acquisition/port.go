package acquisition

import (
	"context"

	"prosa/internal/base/secret"
	"prosa/internal/modules/crm"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/subscription"
	"prosa/internal/platform/database"
	"prosa/internal/platform/saga"
)

// Sagas runs the steps of journeys; *saga.Service fills it.
type Sagas interface {
	Start(ctx context.Context, tx *database.Tx, kind, sagaID string) error
	// Nudge makes a step that waits look now.
	Nudge(ctx context.Context, tx *database.Tx, sagaID, step string) error
	Cancel(ctx context.Context, tx *database.Tx, sagaID string) error
	Of(ctx context.Context, tx *database.Tx, sagaID string) ([]saga.Status, error)
	// What operators do.
	RetryStep(ctx context.Context, tx *database.Tx, sagaID, step string, mended map[string]string) error
	MarkDone(ctx context.Context, tx *database.Tx, sagaID, step, output string) error
	Skip(ctx context.Context, tx *database.Tx, sagaID, step, note string) error
}

// Post sends letters once the caller's transaction is committed; *mail.Service
// fills it.
type Post interface {
	// Works tells whether letters go anywhere.
	Works() bool
	Send(ctx context.Context, tx *database.Tx, l mail.Letter) error
	Withdraw(ctx context.Context, tx *database.Tx, tenantID, key string) error
	// Of tells how far letters are, by key.
	Of(ctx context.Context, tenantID string, keys []string) (map[string]mail.Status, error)
}

// Inviter invites the first admin of a company; *identity.Service fills it.
type Inviter interface {
	InviteFirst(ctx context.Context, tx *database.Tx, f identity.First) (identity.Invitation, error)
	InvitationIn(ctx context.Context, tx *database.Tx, tenantID, invitationID string) (identity.Invitation, error)
	HoldsInvitation(ctx context.Context, tx *database.Tx, tenantID, invitationID string, token secret.Text) (bool, error)
	HasAdmin(ctx context.Context, tx *database.Tx, tenantID string) (bool, error)
	InvitationLink(token secret.Text) string
}

// Subscriptions begins what a company pays from now on; *subscription.Service
// fills it.
type Subscriptions interface {
	Begin(ctx context.Context, tx *database.Tx, tenantID string, start subscription.Start) error
	// EndExtra ends a subscription that was paid besides the company's own, and
	// makes invoices of what was paid for it. Twice is as once.
	EndExtra(ctx context.Context, tenantID, vendor, externalID string) error
}

// Bots asks the bot builder for the bots that a company begins with.
type Bots interface {
	// Make makes a draft of a ready flow in the caller's transaction. Error:
	// fault.Refused with reason plan_limit when the plan holds no more bots.
	Make(ctx context.Context, tx *database.Tx, tenantID string, bot TradeBot) (botID string, err error)
}

// Goods fills a company's shop with something to try.
type Goods interface {
	// Sample imports the sample catalog of a trade; twice is as once.
	Sample(ctx context.Context, tenantID, trade string) error
}

// Rehearsal gives a company a simulated number with its first bot, so that it
// can be written to at once; nil where there are no simulators.
type Rehearsal interface {
	// Open may be called twice for one company.
	Open(ctx context.Context, tenantID, botID string) error
}

// CRM is where sales people see who bought; *crm.Service fills it. Errors of all
// calls: crm.ErrOff, *crm.Trouble.
type CRM interface {
	Account(ctx context.Context, a crm.Account) (string, error)
	Contact(ctx context.Context, c crm.Contact) (string, error)
	Deal(ctx context.Context, d crm.Deal) (string, error)
	Stage(ctx context.Context, contractID, dealID string, stage crm.Stage) error
	Lead(ctx context.Context, l crm.Lead) (string, error)
}
