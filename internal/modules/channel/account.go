package channel

import (
	"prosa/internal/base/secret"
	"prosa/internal/message"
)

// State says whether an account may be used.
type State string

// States of an account. Stopped keeps the queue: a person must reconnect it.
const (
	Active   State = "active"
	Stopped  State = "stopped"  // the provider refused the token or blocked the number
	Disabled State = "disabled" // switched off by the company
	Drafted  State = "draft"    // being set up: its hook answers, it claims nothing
)

// Account is a company's connection to one number, page or bot.
type Account struct {
	TenantID string
	ID       string // cha_...
	Channel  message.Channel
	Name     string
	// ExternalID is the platform's id of our side, by which events are routed:
	// phone_number_id, page id, Instagram id, or the Telegram bot's id.
	ExternalID string
	// Display is what customers know it by: "+55 11 4000-1000", "@loja_bot".
	Display string
	// Hook is the random path segment of its webhook URL. Accounts that belong
	// to the same app of the company share it.
	Hook string
	// Shared reference data of the vendor, such as "waba_id".
	Settings map[string]string
	// Credentials by name: "token", "app_secret", "verify_token", "hook_secret".
	Credentials map[string]secret.Text
	// BotID is the bot that answers first, empty for none.
	BotID string
	State State
	// StoppedWhy is a sentence for a person when State is Stopped.
	StoppedWhy string
	Version    int64
	// LastWebhookMS and LastSentMS show the health of the connection.
	LastWebhookMS int64
	LastSentMS    int64
	CreatedMS     int64
}

// Credential gives one of the account's secrets, zero when it has none.
func (a Account) Credential(name string) secret.Text { return a.Credentials[name] }
