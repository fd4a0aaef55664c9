package mercadopago

import (
	"log/slog"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/sandbox/stage"
)

// Config sets a Server up. The zero value is a server in memory.
type Config struct {
	// Dir is the state folder; empty keeps everything in memory.
	Dir string
	// PublicURL is the address under which this server is reached, without a
	// final slash; the hosted pages stand there.
	PublicURL string
	Clock     clock.Clock // nil is the machine's
	Seed      int64       // makes fault probabilities repeatable
	Logger    *slog.Logger
	Latency   time.Duration // added to every call

	// WebhookGaps are the pauses before the second, third ... attempt of a
	// notification; the last one ends it. Default: those of the vendor's document
	// (15 and 30 minutes, 6 and 48 hours, 96 hours three times).
	WebhookGaps []time.Duration
	// WebhookTimeout bounds one attempt; default 22 s, as the vendor says.
	WebhookTimeout time.Duration
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if len(c.WebhookGaps) == 0 {
		c.WebhookGaps = []time.Duration{15 * time.Minute, 30 * time.Minute, 6 * time.Hour, 48 * time.Hour, 96 * time.Hour, 96 * time.Hour, 96 * time.Hour}
	}
	if c.WebhookTimeout == 0 {
		c.WebhookTimeout = 22 * time.Second
	}
	return c
}

// Settings can be changed while the server runs.
type Settings struct {
	LatencyMS int64 `json:"latency_ms"`
}

// Limits of the platform. Source: Orders API, "Create order"; Pix: "expiration
// time from 30 minutes to 30 days, 24 hours when absent".
const (
	maxReference = 64
	maxBody      = 1 << 20 // bytes
	pixLeast     = 30 * time.Minute
	pixMost      = 30 * 24 * time.Hour
	pixUsual     = 24 * time.Hour
	boletoUsual  = 3 * 24 * time.Hour
)

const ledgerMode = stage.LedgerFull
