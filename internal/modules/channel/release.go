package channel

import (
	"context"

	"prosa/internal/platform/database"
)

// ReturnQuarantined lets a piece wait again that was taken for a replay which
// then failed. One that was not taken stays as it is.
func (s *Service) ReturnQuarantined(ctx context.Context, quarantinedID string) error {
	return s.db.Write(ctx, database.Platform("quarantine: an operator's replay failed, the piece waits again"), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE quarantine SET state = 'waiting' WHERE id = $1 AND state = 'replayed'`, quarantinedID)
		return err
	})
}
