package aws

import "time"

// Config says which accounts there are.
type Config struct {
	// Accounts that may be called.
	Accounts []Account
	// IssuerKey signs the tokens of the made-up identity providers (HS256; the
	// real ones sign by RS256 and publish the key). Empty: no token is believed.
	IssuerKey []byte
	// Now is the clock by which databases, machines and tasks come up and go. When
	// it is nil the real one runs and they do so at once: nobody waits for a
	// stand-in.
	Now func() time.Time

	paced bool // by a clock that somebody turns
}

// Account is one of the imitated accounts.
type Account struct {
	ID   string // twelve digits
	Name string
}

// Region is where clients of the stand-in may say that they are; any is taken.
const Region = "sa-east-1"

// AccessKey gives the long-lived key of an account's first user. Its secret is
// Secret; who knows the account's id knows both, as with every simulator here.
func AccessKey(account string) string { return "AKIA0000" + account }

// Secret is the secret of every key.
const Secret = "stand-in"

func (c Config) withDefaults() Config {
	c.paced = c.Now != nil
	if !c.paced {
		c.Now = time.Now
	}
	return c
}

// takes is how long something lasts here of what it lasts with the vendor.
func (c *call) takes(length time.Duration) time.Duration {
	if !c.server.config.paced {
		return 0
	}
	return length
}
