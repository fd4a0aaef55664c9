package saga

import (
	"time"

	"prosa/internal/base/fault"
)

// Config tunes how steps are run.
type Config struct {
	Poll       time.Duration `env:"PROSA_SAGA_POLL" default:"1s" doc:"How often it is looked for steps to run, besides those of this process, which run at once."`
	Workers    int           `env:"PROSA_SAGA_WORKERS" default:"8" doc:"Steps of journeys that a process runs at a time."`
	PerCircuit int           `env:"PROSA_SAGA_PER_CIRCUIT" default:"3" doc:"Of these, how many may call the same outside service."`
	Lease      time.Duration `env:"PROSA_SAGA_LEASE" default:"30s" doc:"A step whose process has not been heard of for this long runs elsewhere."`
	Limit      time.Duration `env:"PROSA_SAGA_LIMIT" default:"2m" doc:"How long the calls of one step may take."`

	// Process names this process to operators.
	Process string `env:"-"`
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	switch {
	case c.Poll <= 0:
		return fault.OnField("PROSA_SAGA_POLL", "must be longer than zero")
	case c.Workers < 1:
		return fault.OnField("PROSA_SAGA_WORKERS", "must be at least 1")
	case c.PerCircuit < 1:
		return fault.OnField("PROSA_SAGA_PER_CIRCUIT", "must be at least 1")
	case c.Lease < time.Second:
		return fault.OnField("PROSA_SAGA_LEASE", "must be at least a second")
	case c.Limit <= 0:
		return fault.OnField("PROSA_SAGA_LIMIT", "must be longer than zero")
	}
	return nil
}
