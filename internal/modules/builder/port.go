package builder

import (
	"context"

	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/flow/stand"
	"prosa/internal/platform/database"
)

// Emit puts events into the outbox in the caller's transaction; it is
// outbox.Write.
type Emit func(ctx context.Context, tx *database.Tx, shard int, envelopes ...event.Envelope) error

// Accounts gives a company's channel accounts, with the bot that answers first
// on each. channel fills it.
type Accounts func(ctx context.Context, tenantID string) ([]Account, error)

// Goods gives some of what a company sells, for simulated purchases; none is
// fine. product fills it.
type Goods func(ctx context.Context, tenantID string) ([]stand.Product, error)

// Account is a number, page or bot of a messaging app on which a bot answers
// first.
type Account struct {
	ID      string          `json:"id"`
	Channel message.Channel `json:"channel"`
	Name    string          `json:"name"`
	BotID   string          `json:"-"`
}

// Sendable gives the message templates that the company can send, each as
// name/language.
type Sendable func(ctx context.Context, tenantID string) ([]string, error)
