package health

import (
	"context"

	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

// Post writes to the admins of an account's company about an alarm, in the
// transaction in which it was raised or got worse.
type Post func(ctx context.Context, tx *database.Tx, account channel.Account, alarm Alarm) error

// HookURL is where an account's platform has to send its webhooks.
type HookURL func(account channel.Account) string
