package plan

import (
	"context"

	"prosa/internal/platform/database"
)

// Service holds the use cases; those that take a transaction run in it, the
// others open their own.
type Service struct{ db *database.DB }

// New makes the service.
func New(db *database.DB) *Service { return &Service{db} }

// everybody is the scope of plans and coupons, which belong to no company.
func everybody() database.Scope {
	return database.Platform("plans and coupons are the platform's")
}

// Public gives what is sold in a product line, in the order of the page of
// prices.
func (s *Service) Public(ctx context.Context, line string) (list []Version, err error) {
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		list, err = listVersions(ctx, tx, "v.state = 'published' AND p.state = 'open' AND p.line = $1", line)
		return err
	})
	return list, err
}

// Version gives one edition of a plan, whatever its state. Error:
// fault.NotFound.
func (s *Service) Version(ctx context.Context, versionID string) (v Version, err error) {
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		v, err = loadVersion(ctx, tx, versionID)
		return err
	})
	return v, err
}

// VersionIn is Version in the caller's transaction.
func (s *Service) VersionIn(ctx context.Context, tx *database.Tx, versionID string) (Version, error) {
	return loadVersion(ctx, tx, versionID)
}
