package botrun

import (
	"context"

	"prosa/internal/platform/database"
)

// Wake gives the bot of a conversation a turn because a timer fired: in a
// transaction of its own, under the lock of the conversation's row, by
// conversation.Turns with the cause TimerFired and this timer. A conversation
// that no bot owns any more is left alone, without an error. conversation fills
// it.
type Wake func(ctx context.Context, tenantID, conversationID, timer string) error

// Assign makes a bot the one that answers first on a channel account, in the
// caller's transaction; an empty botID takes it off. NotFound for an unknown
// account. channel fills it.
type Assign func(ctx context.Context, tx *database.Tx, tenantID, accountID, botID string) error
