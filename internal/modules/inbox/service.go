package inbox

import (
	"prosa/internal/modules/media"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
)

// Service holds the use cases; each opens its own transaction.
type Service struct {
	cfg   Config
	db    *database.DB
	blobs blob.Store
	look  *media.Looker
}

// New makes the service; look reads what files are.
func New(cfg Config, db *database.DB, blobs blob.Store, look *media.Looker) *Service {
	return &Service{cfg: cfg, db: db, blobs: blobs, look: look}
}
