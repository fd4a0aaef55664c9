package job

import (
	"time"

	"prosa/internal/base/fault"
)

// Config says how jobs are run by this process.
type Config struct {
	Workers int           `env:"PROSA_JOB_WORKERS" default:"20" doc:"Jobs that run at once in this process."`
	Timeout time.Duration `env:"PROSA_JOB_TIMEOUT" default:"1m" doc:"How long one attempt at a job may take."`
	Rescue  time.Duration `env:"PROSA_JOB_RESCUE" default:"75s" doc:"When a job whose process died is taken up again; more than the time-out."`
	Poll    time.Duration `env:"PROSA_JOB_POLL" default:"100ms" doc:"How often waiting jobs are looked for."`
	Grace   time.Duration `env:"PROSA_JOB_GRACE" default:"10s" doc:"How long a stop waits for running jobs before it cancels them."`
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	switch {
	case c.Workers < 1 || c.Workers > 1000:
		return fault.OnField("PROSA_JOB_WORKERS", "must be from 1 to 1000")
	case c.Timeout <= 0:
		return fault.OnField("PROSA_JOB_TIMEOUT", "must be more than 0")
	case c.Rescue <= c.Timeout:
		return fault.OnField("PROSA_JOB_RESCUE", "must be more than PROSA_JOB_TIMEOUT, or a job would run twice at once")
	case c.Poll < time.Millisecond:
		return fault.OnField("PROSA_JOB_POLL", "must be at least 1ms")
	case c.Grace < 0:
		return fault.OnField("PROSA_JOB_GRACE", "must not be negative")
	}
	return nil
}
