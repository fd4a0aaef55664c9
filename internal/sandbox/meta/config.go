package meta

import (
	"log/slog"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/sandbox/stage"
)

// Config sets a Server up. The zero value is a server in memory that passes
// every status on at once, with the vendor's rate limits on.
type Config struct {
	// Dir is the state folder; empty keeps everything in memory.
	Dir string
	// PublicURL is the address under which this server is reached, without a
	// final slash; media addresses start with it.
	PublicURL string
	// Clock stamps messages and decides windows and rates; nil is the
	// machine's. Delays are always real.
	Clock clock.Clock
	// Seed makes fault probabilities repeatable.
	Seed   int64
	Logger *slog.Logger // nil: silent

	// Latency is added to every Graph call.
	Latency time.Duration
	// StatusDelays are the times from one status to the next.
	StatusDelays StatusDelays
	// Review is how long a new template waits for its approval; negative: until
	// the control API decides.
	Review time.Duration
	// Unlimited turns the rate limits off.
	Unlimited bool
	// Ledger is stage.LedgerFull (default), LedgerLight or LedgerCounts; only
	// the full one keeps transcripts and media of chats.
	Ledger string

	// WebhookGaps are the pauses before the second, third ... attempt of a
	// webhook; the last one repeats. Default: 1 s doubling to 10 min.
	WebhookGaps []time.Duration
	// WebhookLife is how long a webhook is repeated; default 7 days.
	WebhookLife time.Duration
	// WebhookTimeout bounds one attempt; default 20 s.
	WebhookTimeout time.Duration
	// WebhookBatch is the most events in one webhook; default 100.
	WebhookBatch int
	// WebhookLanes is the number of webhooks under way at the same time to one
	// address; a chat keeps to its lane. Default 4.
	WebhookLanes int

	// FetchLinks makes the server fetch media links, as Meta does: a link that
	// cannot be fetched fails the message with 131053. Off, a link is only
	// checked for its form.
	FetchLinks bool
}

// StatusDelays are the times from acceptance to sent, from sent to delivered
// and from delivered to read. A negative one stops there: the status comes
// only when a phone or the control API says so.
type StatusDelays struct {
	Sent, Delivered, Read time.Duration
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if len(c.WebhookGaps) == 0 {
		for gap := time.Second; gap < 10*time.Minute; gap *= 2 {
			c.WebhookGaps = append(c.WebhookGaps, gap)
		}
		c.WebhookGaps = append(c.WebhookGaps, 10*time.Minute)
	}
	if c.WebhookLife == 0 {
		c.WebhookLife = 7 * 24 * time.Hour
	}
	if c.WebhookTimeout == 0 {
		c.WebhookTimeout = 20 * time.Second
	}
	if c.WebhookBatch <= 0 {
		c.WebhookBatch = 100
	}
	if c.WebhookLanes <= 0 {
		c.WebhookLanes = 4
	}
	if c.Ledger == "" {
		c.Ledger = stage.LedgerFull
	}
	return c
}

// Limits of the platform. Source: Cloud API reference, "Throughput" and "Pair
// rate limits".
const (
	defaultPerSecond = 80        // messages a second for a number
	pairBurst        = 45        // messages at once to one customer
	pairPerSecond    = 1.0 / 6.0 // and then one every 6 s
	replyWindow      = 24 * time.Hour
	typingTime       = 25 * time.Second
	mediaURLLife     = 5 * time.Minute
	uploadLife       = 30 * 24 * time.Hour
	inboundMediaLife = 7 * 24 * time.Hour
)
