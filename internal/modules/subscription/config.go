package subscription

import (
	"time"

	"prosa/internal/base/fault"
)

// Config tunes subscriptions of plans.
type Config struct {
	SweepEvery  time.Duration `env:"PROSA_PLAN_SWEEP_EVERY" default:"1s" doc:"How often it is looked for callbacks to act on, wishes to ask vendors for and subscriptions to read."`
	SweepBatch  int           `env:"PROSA_PLAN_SWEEP_BATCH" default:"50" doc:"Callbacks, wishes and subscriptions worked on in one sweep at most, of each."`
	LookEvery   time.Duration `env:"PROSA_PLAN_LOOK_EVERY" default:"6h" doc:"How often a subscription is read at its vendor without being told."`
	LookSoon    time.Duration `env:"PROSA_PLAN_LOOK_SOON" default:"15m" doc:"The same, while a payment is awaited: callbacks get lost."`
	ReturnAfter time.Duration `env:"PROSA_PLAN_RETURN_WITHIN" default:"1440h" doc:"How long after its end a company may take its subscription up again."`
}

// Validate says which setting cannot be worked with.
func (c Config) Validate() error {
	switch {
	case c.SweepEvery <= 0 || c.SweepBatch < 1:
		return fault.OnField("PROSA_PLAN_SWEEP_EVERY", "must be longer than zero, and PROSA_PLAN_SWEEP_BATCH at least 1")
	case c.LookEvery < time.Minute || c.LookSoon < time.Minute:
		return fault.OnField("PROSA_PLAN_LOOK_EVERY", "must be at least a minute, and PROSA_PLAN_LOOK_SOON too")
	case c.ReturnAfter < 0:
		return fault.OnField("PROSA_PLAN_RETURN_WITHIN", "must not be below zero")
	}
	return nil
}
