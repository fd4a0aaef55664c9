package webhook

import (
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/event"
)

// bodyMax is the largest webhook body, in bytes. Meta sends at most 3 MiB.
const bodyMax = event.EventMaxBytes

// Config bounds what the gateway holds in memory.
type Config struct {
	Queue       int           `env:"PROSA_GATEWAY_QUEUE" default:"4096" doc:"Most events of a shard that wait to be stored; beyond that platforms are asked to repeat."`
	BodiesMB    int           `env:"PROSA_GATEWAY_BODIES_MB" default:"128" doc:"Most MiB of webhook bodies in hand at once; beyond that platforms are asked to repeat."`
	BodyTimeout time.Duration `env:"PROSA_GATEWAY_BODY_TIMEOUT" default:"10s" doc:"How long a platform may take to send a body."`
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	c = c.withDefaults()
	switch {
	case c.Queue < event.FrameMaxEvents:
		return fault.OnField("PROSA_GATEWAY_QUEUE", "must be at least %d", event.FrameMaxEvents)
	case c.BodiesMB < 4:
		return fault.OnField("PROSA_GATEWAY_BODIES_MB", "must be at least 4")
	case c.BodyTimeout < time.Second:
		return fault.OnField("PROSA_GATEWAY_BODY_TIMEOUT", "must be at least a second")
	}
	return nil
}

func (c Config) withDefaults() Config {
	if c.Queue == 0 {
		c.Queue = 4096
	}
	if c.BodiesMB == 0 {
		c.BodiesMB = 128
	}
	if c.BodyTimeout == 0 {
		c.BodyTimeout = 10 * time.Second
	}
	return c
}
