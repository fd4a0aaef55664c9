package metacatalog

import (
	"log/slog"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
)

// Config sets a Server up. The zero value is a server in memory that works
// batches off at once, with the vendor's rate limits on.
type Config struct {
	// Dir is the state folder; empty keeps everything in memory.
	Dir string
	// PublicURL is the address under which this server is reached, without a
	// final slash; the addresses of next pages start with it.
	PublicURL string
	Clock     clock.Clock // decides all progress; nil is the machine's
	Seed      int64       // makes fault probabilities repeatable
	Logger    *slog.Logger
	// Directory knows accounts that were not made here; nil: none.
	Directory Directory

	// Latency is added to every Graph call.
	Latency time.Duration
	// Delays are how long things take; they can be changed while it runs.
	Delays Delays
	// Unlimited turns the rate limits off.
	Unlimited bool
	// HandleLife is how long a batch can be asked for; default 24 h.
	HandleLife time.Duration

	// WebhookGaps are the pauses before the second, third ... attempt of a
	// webhook; the last one ends it. Default: 1 s doubling to about an hour.
	WebhookGaps []time.Duration
	// WebhookTimeout bounds one attempt; default 20 s.
	WebhookTimeout time.Duration
}

// Delays are the times from one state to the next.
type Delays struct {
	Start  time.Duration // from the acceptance of a batch to its start
	Finish time.Duration // from there to its end, when its rows are applied
	Review time.Duration // from there to the verdict on an item
	Image  time.Duration // and to the end of its picture's fetch
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.HandleLife == 0 {
		c.HandleLife = 24 * time.Hour
	}
	if len(c.WebhookGaps) == 0 {
		for gap := time.Second; gap < time.Hour; gap *= 2 {
			c.WebhookGaps = append(c.WebhookGaps, gap)
		}
	}
	if c.WebhookTimeout == 0 {
		c.WebhookTimeout = 20 * time.Second
	}
	return c
}

// Settings can be changed while the server runs. Times are in milliseconds.
type Settings struct {
	LatencyMS int64 `json:"latency_ms"`
	StartMS   int64 `json:"start_ms"`
	FinishMS  int64 `json:"finish_ms"`
	ReviewMS  int64 `json:"review_ms"`
	ImageMS   int64 `json:"image_ms"`
	// RateLimits turns the hourly limits on. Users are the people who saw the
	// catalog in the last 28 days, from which both limits are made; PerHour, when
	// positive, is the limit of batch calls instead.
	RateLimits bool `json:"rate_limits"`
	Users      int  `json:"users"`
	PerHour    int  `json:"per_hour,omitempty"`
	// MaxBytes bounds a batch; 0: the vendor's 28 MB.
	MaxBytes int `json:"max_bytes,omitempty"`
}

func (c Config) settings() Settings {
	return Settings{
		LatencyMS: c.Latency.Milliseconds(), StartMS: c.Delays.Start.Milliseconds(), FinishMS: c.Delays.Finish.Milliseconds(),
		ReviewMS: c.Delays.Review.Milliseconds(), ImageMS: c.Delays.Image.Milliseconds(), RateLimits: !c.Unlimited, Users: 1,
	}
}

func (s Settings) check() error {
	for name, value := range map[string]int64{
		"latency_ms": s.LatencyMS, "start_ms": s.StartMS, "finish_ms": s.FinishMS, "review_ms": s.ReviewMS, "image_ms": s.ImageMS,
		"users": int64(s.Users), "per_hour": int64(s.PerHour), "max_bytes": int64(s.MaxBytes),
	} {
		if value < 0 {
			return fault.OnField(name, "must not be negative")
		}
	}
	return nil
}

// Limits of the platform. Sources: items_batch, "Limitations" (5,000 items, 28
// MB); Product Catalog, "Fields" of an item; "Rate Limiting", catalogs.
const (
	maxRows        = 5000
	maxBatchBytes  = 28 << 20
	maxID          = 100
	maxTitle       = 200
	niceTitle      = 150
	maxDescription = 9999
	maxBrand       = 100
	maxLabel       = 100
	maxType        = 750
	maxPictures    = 20
	maxPage        = 1000
	usualPage      = 25
	sampleErrors   = 50     // of check_batch_request_status: "does not include all errors"
	batchBase      = 200    // calls an hour
	readBase       = 20_000 // calls an hour
)
