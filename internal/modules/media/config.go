package media

import "prosa/internal/base/fault"

// Config bounds what files cost.
type Config struct {
	Max     int64 `env:"PROSA_MEDIA_MAX" default:"104857600" doc:"Largest file of a customer that is fetched, in bytes."`
	Drawing int   `env:"PROSA_MEDIA_DRAWING" default:"2" doc:"Pictures that are made small at once in this process; each may take 100 MB for a moment."`
}

// Default is the configuration of an empty environment.
func Default() Config { return Config{Max: 100 << 20, Drawing: 2} }

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	if c.Max < 1<<20 {
		return fault.OnField("PROSA_MEDIA_MAX", "must be at least 1048576")
	}
	if c.Drawing < 1 || c.Drawing > 64 {
		return fault.OnField("PROSA_MEDIA_DRAWING", "must be from 1 to 64")
	}
	return nil
}
