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

	// Origins are further pages of ours that browsers show, beside PublicURL.
	Origins []string `env:"-"`

	PasskeyDomain string `env:"PROSA_PASSKEY_DOMAIN" doc:"Domain that passkeys are bound to at all of our hosts that lie in it; empty binds each to the host where it was registered."`

	SessionIdle  time.Duration `env:"PROSA_SESSION_IDLE" default:"8h" doc:"A session of an attendant or a supervisor ends after this long without use. The one-click people of a demo have two weeks."`
	SessionLife  time.Duration `env:"PROSA_SESSION_LIFE" default:"12h" doc:"A session of an attendant or a supervisor ends after this long in any case."`
	AdminIdle    time.Duration `env:"PROSA_SESSION_IDLE_ADMIN" default:"30m" doc:"As PROSA_SESSION_IDLE, for who is an admin of any company."`
	AdminLife    time.Duration `env:"PROSA_SESSION_LIFE_ADMIN" default:"12h" doc:"As PROSA_SESSION_LIFE, for who is an admin of any company."`
	OperatorIdle time.Duration `env:"PROSA_SESSION_IDLE_OPERATOR" default:"15m" doc:"As PROSA_SESSION_IDLE, for the platform's operators."`
	OperatorLife time.Duration `env:"PROSA_SESSION_LIFE_OPERATOR" default:"8h" doc:"As PROSA_SESSION_LIFE, for the platform's operators."`
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
		SessionIdle: 8 * time.Hour, SessionLife: 12 * time.Hour, AdminIdle: 30 * time.Minute, AdminLife: 12 * time.Hour,
		OperatorIdle: 15 * time.Minute, OperatorLife: 8 * time.Hour, InviteLife: 7 * 24 * time.Hour, SessionTrust: time.Second,
		HashMemoryKiB: 19456, HashTime: 2, HashAtOnce: 2,
	}
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	for name, l := range map[string]life{
		"PROSA_SESSION_LIFE": {c.SessionIdle, c.SessionLife}, "PROSA_SESSION_LIFE_ADMIN": {c.AdminIdle, c.AdminLife}, "PROSA_SESSION_LIFE_OPERATOR": {c.OperatorIdle, c.OperatorLife},
	} {
		if l.idle < time.Minute || l.most < l.idle {
			return fault.OnField(name, "must not be shorter than the time without use, which is at least a minute")
		}
	}
	switch {
	case c.InviteLife < time.Minute:
		return fault.OnField("PROSA_INVITE_LIFE", "must be at least a minute")
	case c.SessionTrust < 0 || c.SessionTrust > time.Minute:
		return fault.OnField("PROSA_SESSION_TRUST", "must be between 0 and a minute")
	case c.HashMemoryKiB < 64 || c.HashTime < 1 || c.HashAtOnce < 1:
		return fault.OnField("PROSA_HASH_MEMORY_KIB", "memory must be at least 64 KiB, time and number at least 1")
	}
	return nil
}
