package order

import (
	"time"

	"prosa/internal/base/fault"
)

// Config tunes carts and orders.
type Config struct {
	SweepEvery time.Duration `env:"PROSA_ORDER_SWEEP_EVERY" default:"2s" doc:"How often it is looked for orders whose payment did not come in time."`
	SweepBatch int           `env:"PROSA_ORDER_SWEEP_BATCH" default:"200" doc:"Orders expired in one sweep at most."`
}

// Validate says which setting cannot be worked with.
func (c Config) Validate() error {
	switch {
	case c.SweepEvery <= 0:
		return fault.OnField("PROSA_ORDER_SWEEP_EVERY", "must be longer than zero")
	case c.SweepBatch < 1:
		return fault.OnField("PROSA_ORDER_SWEEP_BATCH", "must be at least 1")
	}
	return nil
}
