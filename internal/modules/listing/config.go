package listing

import (
	"time"

	"prosa/internal/base/fault"
)

// Config tunes what is told to Meta, and how often.
type Config struct {
	FlushEvery   time.Duration `env:"PROSA_LISTING_FLUSH_EVERY" default:"20s" doc:"How long changes of products and stock are gathered before they are sent to Meta; a new shop may send 200 times an hour."`
	TickEvery    time.Duration `env:"PROSA_LISTING_TICK_EVERY" default:"1s" doc:"How often it is looked for catalogs for which something is due."`
	CompareEvery time.Duration `env:"PROSA_LISTING_COMPARE_EVERY" default:"24h" doc:"How often all products are compared with Meta's catalog and the whole catalog is read."`
	Rows         int           `env:"PROSA_LISTING_ROWS" default:"2000" doc:"Items of one call to Meta at most; Meta may ask for fewer, and gets them."`
	PriceFor     time.Duration `env:"PROSA_LISTING_PRICE_FOR" default:"720h" doc:"How long prices that were published are remembered after they were replaced."`
}

// Validate says which setting cannot be worked with.
func (c Config) Validate() error {
	for name, d := range map[string]time.Duration{
		"PROSA_LISTING_FLUSH_EVERY": c.FlushEvery, "PROSA_LISTING_TICK_EVERY": c.TickEvery, "PROSA_LISTING_COMPARE_EVERY": c.CompareEvery, "PROSA_LISTING_PRICE_FOR": c.PriceFor,
	} {
		if d <= 0 {
			return fault.OnField(name, "must be longer than zero")
		}
	}
	if c.FlushEvery > 15*time.Minute {
		return fault.OnField("PROSA_LISTING_FLUSH_EVERY", "Meta wants prices and stock within 15 minutes")
	}
	if c.Rows < 1 || c.Rows > MaxRows {
		return fault.OnField("PROSA_LISTING_ROWS", "must lie between 1 and %d", MaxRows)
	}
	return nil
}
