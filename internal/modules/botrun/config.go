package botrun

import (
	"time"

	"prosa/internal/base/fault"
)

// Config tunes the running of bots.
type Config struct {
	Timezone   string        `env:"PROSA_BOT_TIMEZONE" default:"America/Sao_Paulo" doc:"Where flows read the hour and the date (IANA name)."`
	SweepEvery time.Duration `env:"PROSA_BOT_SWEEP_EVERY" default:"1s" doc:"How often the timers of sessions are looked at."`
	SweepBatch int           `env:"PROSA_BOT_SWEEP_BATCH" default:"200" doc:"Timers fired in one sweep at most."`
	Versions   int           `env:"PROSA_BOT_VERSIONS" default:"1024" doc:"Compiled versions of flows kept in memory."`
}

// Validate says which setting cannot be worked with.
func (c Config) Validate() error {
	if _, err := time.LoadLocation(c.Timezone); err != nil {
		return fault.OnField("PROSA_BOT_TIMEZONE", "%q is not an IANA time zone", c.Timezone)
	}
	switch {
	case c.SweepEvery <= 0:
		return fault.OnField("PROSA_BOT_SWEEP_EVERY", "must be longer than zero")
	case c.SweepBatch < 1:
		return fault.OnField("PROSA_BOT_SWEEP_BATCH", "must be at least 1")
	case c.Versions < 1:
		return fault.OnField("PROSA_BOT_VERSIONS", "must be at least 1")
	}
	return nil
}

// location gives the zone of the flows. It was checked by Validate; without the
// zone data of the system, UTC is still an answer.
func (c Config) location() *time.Location {
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return time.UTC
	}
	return zone
}
