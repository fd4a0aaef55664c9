package database

import (
	"strings"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

// Engine names a database engine.
type Engine string

// The two engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Config says which database and how much of the machine it may take.
type Config struct {
	URL      secret.Text `env:"PROSA_DATABASE_URL" doc:"PostgreSQL as the app role (postgres://user:password@host/name); empty is SQLite in the data folder." secret:"true"`
	OwnerURL secret.Text `env:"PROSA_DATABASE_OWNER_URL" doc:"PostgreSQL as the role that owns the tables; only 'prosa migrate' uses it." secret:"true"`
	CA       secret.Text `env:"PROSA_DATABASE_CA" doc:"Certificates (PEM) of the authority that signed the PostgreSQL server's. With it no connection is made without TLS, and the server's certificate and name are checked." secret:"true"`
	Dir      string      `env:"PROSA_DATA_DIR" default:"data" doc:"Data folder; the SQLite file prosa.db lives in it."`
	Readers  int         `env:"PROSA_DATABASE_READERS" default:"4" doc:"SQLite: connections that read, beside the one that writes."`
	CacheKB  int         `env:"PROSA_DATABASE_CACHE_KB" default:"32768" doc:"SQLite: page cache of the writer in KiB; each reader gets a quarter of it."`
	PoolSize int         `env:"PROSA_DATABASE_POOL" default:"16" doc:"PostgreSQL: most connections at once."`

	// Clock gives the time of transactions; nil is the machine's clock.
	Clock clock.Clock `env:"-"`
	// Observe is told of every transaction that ended; nil for nobody. It must
	// be quick and safe for concurrent use.
	Observe func(Outcome) `env:"-"`
}

// Outcome is what can be told of a transaction that ended.
type Outcome struct {
	ReadOnly bool
	// Waited is the time until the transaction had a connection (SQLite: until
	// it was alone), Took the time from there to its end.
	Waited, Took time.Duration
	// RoundTrips is how often a server was asked; 0 on SQLite.
	RoundTrips int
	// Err is nil when it was committed.
	Err error
}

// Engine tells which engine the configuration means.
func (c Config) Engine() Engine {
	if c.URL.IsZero() {
		return SQLite
	}
	return Postgres
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	for name, url := range map[string]secret.Text{"PROSA_DATABASE_URL": c.URL, "PROSA_DATABASE_OWNER_URL": c.OwnerURL} {
		if !url.IsZero() && !isPostgresURL(url.Reveal()) {
			return fault.OnField(name, "must start with postgres:// or postgresql://")
		}
	}
	if c.URL.IsZero() && c.Dir == "" {
		return fault.OnField("PROSA_DATA_DIR", "SQLite needs a data folder")
	}
	for name, n := range map[string]int{"PROSA_DATABASE_READERS": c.Readers, "PROSA_DATABASE_CACHE_KB": c.CacheKB, "PROSA_DATABASE_POOL": c.PoolSize} {
		if n < 0 {
			return fault.OnField(name, "must not be negative")
		}
	}
	return nil
}

func isPostgresURL(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// withDefaults fills what a caller that made the Config by hand left at zero.
func (c Config) withDefaults() Config {
	if c.Readers == 0 {
		c.Readers = 4
	}
	if c.CacheKB == 0 {
		c.CacheKB = 32 << 10
	}
	if c.PoolSize == 0 {
		c.PoolSize = 16
	}
	if c.Observe == nil {
		c.Observe = func(Outcome) {}
	}
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	return c
}
