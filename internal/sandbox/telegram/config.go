package telegram

import (
	"log/slog"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/sandbox/stage"
)

// Config sets a Server up. The zero value is a server in memory with the
// vendor's flood limits on.
type Config struct {
	// Dir is the state folder; empty keeps everything in memory.
	Dir string
	// PublicURL is the address under which this server is reached, without a
	// final slash.
	PublicURL string
	// Clock stamps messages and decides rates; nil is the machine's.
	Clock clock.Clock
	// Seed makes fault probabilities repeatable.
	Seed   int64
	Logger *slog.Logger // nil: silent

	// Latency is added to every call.
	Latency time.Duration
	// Unlimited turns the flood limits off.
	Unlimited bool
	// Ledger is stage.LedgerFull (default), LedgerLight or LedgerCounts; only
	// the full one keeps transcripts.
	Ledger string

	// WebhookGaps are the pauses before the second, third ... attempt of an
	// update; the last one repeats. Default: at once, 2 s, doubling to 64 s.
	WebhookGaps []time.Duration
	// WebhookLife is how long an update is kept; default 24 hours.
	WebhookLife time.Duration
	// WebhookTimeout bounds one attempt; default 60 s.
	WebhookTimeout time.Duration
	// CallbackLife is how long a callback query can be answered; default 60 s.
	CallbackLife time.Duration

	// FetchLinks makes the server fetch files given by URL, as Telegram does.
	FetchLinks bool
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if len(c.WebhookGaps) == 0 {
		c.WebhookGaps = []time.Duration{0}
		for gap := 2 * time.Second; gap <= 64*time.Second; gap *= 2 {
			c.WebhookGaps = append(c.WebhookGaps, gap)
		}
	}
	if c.WebhookLife == 0 {
		c.WebhookLife = 24 * time.Hour
	}
	if c.WebhookTimeout == 0 {
		c.WebhookTimeout = 60 * time.Second
	}
	if c.CallbackLife == 0 {
		c.CallbackLife = time.Minute
	}
	if c.Ledger == "" {
		c.Ledger = stage.LedgerFull
	}
	return c
}

// Limits of the platform. Source: the bots FAQ ("My bot is hitting limits")
// and the manual's methods.
const (
	botPerSecond  = 30.0 // messages of a bot over all chats
	chatPerSecond = 1.0  // messages to one chat,
	chatBurst     = 10.0 // with short bursts
	maxText       = 4096
	maxCaption    = 1024
	maxCallback   = 64 // bytes
	maxButtons    = 100
	maxPhoto      = 10 << 20
	maxUpload     = 50 << 20
	maxDownload   = 20 << 20
	typingTime    = 5 * time.Second
	deleteAge     = 48 * time.Hour
)
