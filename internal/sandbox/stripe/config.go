package stripe

import (
	"log/slog"
	"time"

	"prosa/internal/base/clock"
)

// Config sets a Server up. The zero value is a server in memory that takes any
// key that looks like one.
type Config struct {
	// Dir is the state folder; empty keeps everything in memory.
	Dir string
	// PublicURL is the address under which this server is reached, without a
	// final slash; the hosted pages stand there.
	PublicURL string
	Key       string // the only secret key that is taken; empty takes any
	// WebhookURL is where events go, signed by WebhookSecret; empty posts none.
	// What was set by the control API goes before it.
	WebhookURL    string
	WebhookSecret string
	Clock         clock.Clock // nil is the machine's
	Seed          int64       // makes fault probabilities repeatable
	Logger        *slog.Logger
	// WebhookGaps are the pauses before the second, third ... attempt of an event;
	// the last one ends it. Default: growing, for three days.
	WebhookGaps []time.Duration
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if len(c.WebhookGaps) == 0 {
		c.WebhookGaps = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 10 * time.Hour, 24 * time.Hour, 35 * time.Hour}
	}
	return c
}

// apiVersion is the only one spoken here.
const apiVersion = "2025-08-27.basil"

// Limits and lengths of the vendor.
const (
	maxBody      = 1 << 20 // bytes
	maxKey       = 255     // bytes of an idempotency key
	listUsual    = 10
	listMost     = 100
	sessionLife  = 24 * time.Hour
	pixLife      = 24 * time.Hour
	boletoLife   = 3 * 24 * time.Hour
	webhookTime  = 20 * time.Second
	expandDeep   = 4
	metadataMost = 50
)

// retryGaps are the pauses between the attempts to collect a card, which the
// vendor calls smart retries.
func retryGaps() []time.Duration {
	const day = 24 * time.Hour
	return []time.Duration{3 * day, 4 * day, 7 * day, 7 * day}
}
