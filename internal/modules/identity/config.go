package identity

import (
	"time"

	"prosa/internal/base/fault"
)

// Config says how sign-in works.
type Config struct {
	// Demo lets anybody sign in as the sample company's people without a password.
	Demo bool `env:"-"`
	// PublicURL is where browsers reach us, without a path; links in letters are
	// built on it.
	PublicURL string `env:"-"`

	SessionIdle time.Duration `env:"PROSA_SESSION_IDLE" default:"336h" doc:"A session ends after this long without use."`
	SessionLife time.Duration `env:"PROSA_SESSION_LIFE" default:"2160h" doc:"A session ends after this long in any case."`
	// SessionTrust bounds for how long a sign-out or a lost right may be unknown to
	// another process; in the one that changed it, it counts at once.
	SessionTrust time.Duration `env:"PROSA_SESSION_TRUST" default:"1s" doc:"A process reads a session and its person's rights again after this long; what it changes itself counts at once. 0 reads at each request."`

	InviteLife time.Duration `env:"PROSA_INVITE_LIFE" default:"168h" doc:"An invitation's link works this long."`

	// Argon2id, RFC 9106; the defaults are OWASP's second recommendation.
	HashMemoryKiB uint32 `env:"PROSA_HASH_MEMORY_KIB" default:"19456" doc:"Memory of one password hash, in KiB."`
	HashTime      uint32 `env:"PROSA_HASH_TIME" default:"2" doc:"Passes of one password hash."`
	HashAtOnce    int    `env:"PROSA_HASH_AT_ONCE" default:"2" doc:"Password hashes at the same time; further sign-ins wait."`
}

// Default is the configuration of an empty environment.
func Default() Config {
	return Config{
		SessionIdle: 14 * 24 * time.Hour, SessionLife: 90 * 24 * time.Hour, InviteLife: 7 * 24 * time.Hour, SessionTrust: time.Second,
		HashMemoryKiB: 19456, HashTime: 2, HashAtOnce: 2,
	}
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	switch {
	case c.SessionIdle < time.Minute || c.SessionLife < c.SessionIdle:
		return fault.OnField("PROSA_SESSION_LIFE", "must not be shorter than PROSA_SESSION_IDLE, which is at least a minute")
	case c.InviteLife < time.Minute:
		return fault.OnField("PROSA_INVITE_LIFE", "must be at least a minute")
	case c.SessionTrust < 0 || c.SessionTrust > time.Minute:
		return fault.OnField("PROSA_SESSION_TRUST", "must be between 0 and a minute")
	case c.HashMemoryKiB < 64 || c.HashTime < 1 || c.HashAtOnce < 1:
		return fault.OnField("PROSA_HASH_MEMORY_KIB", "memory must be at least 64 KiB, time and number at least 1")
	}
	return nil
}
