package sale

import (
	"time"

	"prosa/internal/base/fault"
)

// Config tunes the selling in conversations.
type Config struct {
	RemindEvery time.Duration `env:"PROSA_SALE_REMIND_EVERY" default:"5s" doc:"How often it is looked for payers to be reminded before their Pix ends."`
	RemindBatch int           `env:"PROSA_SALE_REMIND_BATCH" default:"200" doc:"Payers reminded in one sweep at most."`
	CursorEvery time.Duration `env:"PROSA_SALE_CURSOR_EVERY" default:"10s" doc:"How often it is noted how far the events of orders were followed; after a restart what came since is looked at again."`
}

// Validate says which setting cannot be worked with.
func (c Config) Validate() error {
	switch {
	case c.RemindEvery <= 0:
		return fault.OnField("PROSA_SALE_REMIND_EVERY", "must be longer than zero")
	case c.RemindBatch < 1:
		return fault.OnField("PROSA_SALE_REMIND_BATCH", "must be at least 1")
	case c.CursorEvery <= 0:
		return fault.OnField("PROSA_SALE_CURSOR_EVERY", "must be longer than zero")
	}
	return nil
}
