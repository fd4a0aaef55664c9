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

// GiveBack implements contact.Holder. Whose stop it was that came while the two
// were one, nobody can tell: it holds for both. A yes stays where it is.
func (s *Service) GiveBack(ctx context.Context, tx *database.Tx, merge contact.Joining) error {
	rows := make([][]any, len(merge.Moved))
	for i, entryID := range merge.Moved {
		rows[i] = []any{merge.TenantID, entryID, merge.To, merge.From}
	}
	if _, err := tx.Each(ctx, `UPDATE consent_entry SET contact_id = $4 WHERE tenant_id = $1 AND id = $2 AND contact_id = $3`, rows, nil); err != nil {
		return err
	}
	stops, err := collect(tx.Query(ctx, `SELECT `+entryColumns+` FROM consent_entry e WHERE tenant_id = $1 AND contact_id = $2 AND NOT granted AND created_ms >= $3
		AND NOT EXISTS (SELECT 1 FROM consent_entry o WHERE o.tenant_id = $1 AND o.contact_id = $4 AND o.topic = e.topic AND o.at_ms = e.at_ms AND NOT o.granted)
		ORDER BY id`, merge.TenantID, merge.To, merge.AtMS, merge.From))
	if err != nil {
		return err
	}
	for _, stop := range stops {
		stop.ContactID, stop.MessageID, stop.Token = merge.From, "", "" // the message brought one entry already
		if err := s.Record(ctx, tx, stop); err != nil {
			return err
		}
	}
	return nil
}
