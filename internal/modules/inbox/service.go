package inbox

import (
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
)

// Service holds the use cases; each opens its own transaction.
type Service struct {
	cfg   Config
	db    *database.DB
	blobs blob.Store
}

// New makes the service.
func New(cfg Config, db *database.DB, blobs blob.Store) *Service {
	return &Service{cfg: cfg, db: db, blobs: blobs}
}
