package zoho

import (
	"log/slog"
	"time"

	"prosa/internal/base/clock"
)

// Config sets a Server up. The zero value is a server in memory.
type Config struct {
	// Dir is the state folder; empty keeps everything in memory.
	Dir string
	// PublicURL is the address under which this server is reached, without a final
	// slash; it is the api_domain of tokens.
	PublicURL string
	Clock     clock.Clock // nil is the machine's
	Seed      int64       // makes fault probabilities repeatable
	Logger    *slog.Logger
	Latency   time.Duration // added to every call
	Credits   int64         // calls of a day; 0 is 50,000
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.PublicURL == "" {
		c.PublicURL = "http://localhost"
	}
	if c.Credits == 0 {
		c.Credits = 50_000
	}
	return c
}

// Limits of the platform. Source: "Access and refresh tokens", "API limits".
const (
	codeLife     = 3 * time.Minute
	tokenLife    = time.Hour
	tokensIn     = 10 * time.Minute
	tokensMost   = 10 // in tokensIn, for a refresh token
	tokensLive   = 15 // of a refresh token
	refreshMost  = 20 // of a client
	recordsMost  = 100
	creditWindow = 24 * time.Hour
	maxBody      = 1 << 20 // bytes
)
