package payment

import (
	"time"

	"prosa/internal/base/fault"
)

// Config tunes payments.
type Config struct {
	SweepEvery  time.Duration `env:"PROSA_PAYMENT_SWEEP_EVERY" default:"2s" doc:"How often it is looked for payments and refunds that vendors have to be asked about."`
	LookEvery   time.Duration `env:"PROSA_PAYMENT_LOOK_EVERY" default:"1m" doc:"How often a vendor is asked about a payment that waits, besides its callbacks."`
	NoticeEvery time.Duration `env:"PROSA_PAYMENT_NOTICE_EVERY" default:"500ms" doc:"How often it is looked for vendors' callbacks that were stored, to act on them."`
	SweepBatch  int           `env:"PROSA_PAYMENT_SWEEP_BATCH" default:"100" doc:"Payments and refunds looked at in one sweep at most."`
}

// Validate says which setting cannot be worked with.
func (c Config) Validate() error {
	switch {
	case c.SweepEvery <= 0:
		return fault.OnField("PROSA_PAYMENT_SWEEP_EVERY", "must be longer than zero")
	case c.LookEvery <= 0:
		return fault.OnField("PROSA_PAYMENT_LOOK_EVERY", "must be longer than zero")
	case c.NoticeEvery <= 0:
		return fault.OnField("PROSA_PAYMENT_NOTICE_EVERY", "must be longer than zero")
	case c.SweepBatch < 1:
		return fault.OnField("PROSA_PAYMENT_SWEEP_BATCH", "must be at least 1")
	}
	return nil
}
