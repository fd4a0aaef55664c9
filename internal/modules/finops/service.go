package finops

import (
	"log/slog"
	"sync"

	"prosa/internal/base/clock"
	"prosa/internal/platform/database"
)

// Service holds the use cases of the ledger. Those that need the time of a
// transaction take it from there; the clock is for what happens outside.
type Service struct {
	cfg    Config
	db     *database.DB
	clock  clock.Clock
	logger *slog.Logger

	// allocating is held while the shares of a month are made.
	allocating sync.Mutex
	// names tells companies' names by id, those that are known here; nil until bound.
	names Names
	// power tells when environments were off; nil until bound.
	power Power
}

// New makes the service.
func New(cfg Config, db *database.DB, clock clock.Clock, logger *slog.Logger) *Service {
	return &Service{cfg: cfg, db: db, clock: clock, logger: logger}
}

// everybody is the scope of the ledger, which belongs to no company.
func everybody() database.Scope {
	return database.Platform("the cost ledger is the platform's")
}
