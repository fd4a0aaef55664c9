package consent

import (
	"context"

	"prosa/internal/modules/contact"
	"prosa/internal/platform/database"
)

// Holds implements contact.Holder.
func (s *Service) Holds() string { return "consent" }

// TakeOver implements contact.Holder: what either said speaks for both.
func (s *Service) TakeOver(ctx context.Context, tx *database.Tx, merge contact.Joining) (moved []string, err error) {
	_, err = tx.Each(ctx, `UPDATE consent_entry SET contact_id = $3 WHERE tenant_id = $1 AND contact_id = $2 RETURNING id`,
		[][]any{{merge.TenantID, merge.From, merge.To}}, func(_ int, row database.Row) error {
			var entryID string
			err := row.Scan(&entryID)
			moved = append(moved, entryID)
			return err
		})
	return moved, err
}

// GiveBack implements contact.Holder.
func (s *Service) GiveBack(ctx context.Context, tx *database.Tx, merge contact.Joining) error {
	rows := make([][]any, len(merge.Moved))
	for i, entryID := range merge.Moved {
		rows[i] = []any{merge.TenantID, entryID, merge.To, merge.From}
	}
	_, err := tx.Each(ctx, `UPDATE consent_entry SET contact_id = $4 WHERE tenant_id = $1 AND id = $2 AND contact_id = $3`, rows, nil)
	return err
}
