package crm

import (
	"time"

	"prosa/internal/base/fault"
)

// Config tunes how the CRM is called.
type Config struct {
	AtOnce    int           `env:"PROSA_CRM_AT_ONCE" default:"3" doc:"Calls to the CRM under way at a time, of one process. The vendor allows 5 to 25 of all processes together, by edition."`
	Lease     time.Duration `env:"PROSA_CRM_LEASE" default:"30s" doc:"How long one process may take to fetch an access token for all, before another one tries; longer than the vendor's time-out."`
	Cooldown  time.Duration `env:"PROSA_CRM_COOLDOWN" default:"10m" doc:"How long no access token is asked for after the vendor said that too many were."`
	ShapeLife time.Duration `env:"PROSA_CRM_SHAPE_LIFE" default:"24h" doc:"How long what the CRM told of its fields (lengths, above all) is believed."`
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	switch {
	case c.AtOnce < 1 || c.AtOnce > 100:
		return fault.OnField("PROSA_CRM_AT_ONCE", "must be from 1 to 100")
	case c.Lease < time.Second:
		return fault.OnField("PROSA_CRM_LEASE", "must be at least a second")
	case c.Cooldown < time.Minute:
		return fault.OnField("PROSA_CRM_COOLDOWN", "must be at least a minute")
	case c.ShapeLife < time.Minute:
		return fault.OnField("PROSA_CRM_SHAPE_LIFE", "must be at least a minute")
	}
	return nil
}

// Times that the vendor's limits dictate: a token lives an hour, ten are given in
// ten minutes.
const (
	// refreshAge is the age at which a token gets a successor, of the hour that it
	// lives; the rest is for calls under way.
	refreshAge = 50 * time.Minute
	// expiryMargin is how long before its end a token is not used any more.
	expiryMargin = 30 * time.Second
	// youngAge is the age under which a refused token is not replaced: at that pace
	// a vendor that refuses all gives five in ten minutes.
	youngAge = 2 * time.Minute
	// lockedRest and downRest are the cooldowns after other troubles.
	lockedRest = time.Minute
	downRest   = 5 * time.Second
	// successEvery is how often a success is written down.
	successEvery = time.Minute
)
