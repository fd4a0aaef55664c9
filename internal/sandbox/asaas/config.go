package asaas

import (
	"log/slog"
	"time"

	"prosa/internal/base/clock"
)

// Config sets a Server up. The zero value is a server in memory.
type Config struct {
	// Dir is the state folder; empty keeps everything in memory.
	Dir string
	// PublicURL is the address under which this server is reached, without a final
	// slash; the pages of bills stand there.
	PublicURL string
	Clock     clock.Clock // nil is the machine's
	Seed      int64       // makes fault probabilities repeatable
	Logger    *slog.Logger
	Latency   time.Duration // added to every call

	// WebhookGaps are the pauses before the second, third ... attempt of a
	// callback; the last one ends it.
	WebhookGaps []time.Duration
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.PublicURL == "" {
		c.PublicURL = "http://localhost"
	}
	if len(c.WebhookGaps) == 0 {
		c.WebhookGaps = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, 12 * time.Hour}
	}
	return c
}

// Settings can be changed while the server runs.
type Settings struct {
	LatencyMS int64 `json:"latency_ms"`
}

// Limits of the platform.
const (
	aheadDays      = 40               // bills of subscriptions are made so long before their day
	webhookTimeout = 10 * time.Second // of one attempt
	settleEvery    = time.Second      // how often what became due is looked for
	maxBody        = 1 << 20          // bytes
	pageMost       = 100              // entries of a list
	descriptionMax = 500              // characters
	leastCents     = 500              // of a bill
)
