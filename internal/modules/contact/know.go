package contact

import (
	"context"
	"errors"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// KnowContact makes sure, in the caller's transaction, that a contact is the
// company's own. Error: fault.NotFound.
func (s *Service) KnowContact(ctx context.Context, tx *database.Tx, tenantID, contactID string) error {
	var known string
	err := tx.QueryRow(ctx, `SELECT id FROM contact WHERE tenant_id = $1 AND id = $2`, tenantID, contactID).Scan(&known)
	if errors.Is(err, database.ErrNoRows) {
		return fault.New(fault.NotFound, "no such contact")
	}
	return err
}
