package messenger

import (
	"log/slog"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/sandbox/stage"
)

// Config sets a Server up. The zero value is a server in memory with the
// platform's rate limits on.
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

	// Unlimited turns the rate limits off.
	Unlimited bool
	// DeliveryDelay is the time from acceptance to the delivery event; negative:
	// only by hand.
	DeliveryDelay time.Duration
	// Ledger is stage.LedgerFull (default), LedgerLight or LedgerCounts; only the
	// full one keeps transcripts.
	Ledger string

	// WebhookGaps are the pauses before the second, third ... attempt of a
	// webhook; the last one repeats. Default: 1 s doubling to 10 min.
	WebhookGaps []time.Duration
	// WebhookLife is how long a webhook is repeated; default 36 h.
	WebhookLife time.Duration
	// WebhookTimeout bounds one attempt; default 20 s.
	WebhookTimeout time.Duration
	// WebhookBatch is the most events in one webhook; default 100.
	WebhookBatch int
	// WebhookLanes is the number of webhooks under way at the same time to one
	// address; a chat keeps to its lane. Default 4.
	WebhookLanes int

	// FetchHosts are the hosts from which the server fetches files that are sent
	// by address, as Meta does; what cannot be fetched refuses the message. An
	// address of another host is only checked for its form.
	FetchHosts []string
	// MediaLife is how long an address of the CDN works; default 72 h. A story's
	// works 24 h at most.
	MediaLife time.Duration
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
		c.WebhookLife = 36 * time.Hour
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
	if c.MediaLife == 0 {
		c.MediaLife = 72 * time.Hour
	}
	return c
}

// Limits of the platform. Sources: "Send API", "Rate limiting" of the Messenger
// Platform and of Instagram Messaging (2026-03).
const (
	textPerSecond   = 300 // calls a second of an account: text, links, reactions, stickers
	mediaPerSecond  = 10  // calls a second of an account: sound and film
	threadBurst     = 60  // messages at once to one person
	threadPerSecond = 2   // and then so many a second

	replyWindow = 24 * time.Hour     // free answers after a person's last action
	agentWindow = 7 * 24 * time.Hour // of a person at the business, with HUMAN_AGENT
	editTime    = 15 * time.Minute   // in which words can be changed
	maxEdits    = 5
	typingTime  = 20 * time.Second
	storyLife   = 24 * time.Hour
	commentLife = 7 * 24 * time.Hour // in which a comment may be answered in private

	igTokenLife  = 60 * 24 * time.Hour
	igTokenYoung = 24 * time.Hour // before which a token is not renewed

	maxText       = 2000 // characters, Messenger
	maxTextBytes  = 1000 // bytes of UTF-8, Instagram
	maxMetadata   = 1000
	maxQuick      = 13
	maxQuickTitle = 20
	maxPayload    = 1000
	maxButtons    = 3
	maxButtonText = 640
	maxElements   = 10
	maxTitle      = 80

	// pageInbox is the app id of the page's own inbox. Source: "Handover
	// Protocol".
	pageInbox = "263902037430900"
)
