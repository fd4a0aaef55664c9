package conversation

import (
	"context"
	"encoding/json"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/contact"
	"prosa/internal/platform/database"
)

// Holds implements contact.Holder.
func (s *Service) Holds() string { return "conversation" }

// TakeOver implements contact.Holder. Two open conversations of one account
// cannot be one: a person ends one of them first. Error: fault.Refused
// "both_open".
//
// The name is emptied so that the contact's own word, which follows in the same
// transaction, writes the rows and tells the browsers.
func (s *Service) TakeOver(ctx context.Context, tx *database.Tx, merge contact.Joining) (moved []string, err error) {
	var clashes int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM conversation a JOIN conversation b ON b.tenant_id = a.tenant_id AND b.account_id = a.account_id
		WHERE a.tenant_id = $1 AND a.contact_id = $2 AND b.contact_id = $3 AND a.state <> 'resolved' AND b.state <> 'resolved'`,
		merge.TenantID, merge.From, merge.To).Scan(&clashes); err != nil {
		return nil, err
	}
	if clashes > 0 {
		return nil, fault.Refuse("both_open", "both have an open conversation on the same channel: end one of them first")
	}
	_, err = tx.All(ctx, `UPDATE conversation SET contact_id = $3, contact_name = '' WHERE tenant_id = $1 AND contact_id = $2 RETURNING id`,
		[][]any{{merge.TenantID, merge.From, merge.To}}, func(_ int, row database.Row) error {
			var conversationID string
			err := row.Scan(&conversationID)
			moved = append(moved, conversationID)
			return err
		})
	slices.Sort(moved)
	return moved, err
}

// GiveBack implements contact.Holder: also what was begun since by one of the
// addresses that go back belongs to their owner.
func (s *Service) GiveBack(ctx context.Context, tx *database.Tx, merge contact.Joining) error {
	since, err := begunBy(ctx, tx, merge)
	if err != nil {
		return err
	}
	ids := append(slices.Clone(merge.Moved), since...)
	slices.Sort(ids)
	for _, conversationID := range slices.Compact(ids) {
		if _, err := tx.Exec(ctx, `UPDATE conversation SET contact_id = $4, contact_name = '' WHERE tenant_id = $1 AND id = $2 AND contact_id = $3`,
			merge.TenantID, conversationID, merge.To, merge.From); err != nil {
			return err
		}
	}
	return nil
}

// begunBy gives the conversations since the merge that run over one of its
// addresses.
func begunBy(ctx context.Context, tx *database.Tx, merge contact.Joining) (ids []string, err error) {
	rows, err := tx.Query(ctx, `SELECT id, addresses FROM conversation WHERE tenant_id = $1 AND contact_id = $2 AND created_ms >= $3 ORDER BY id`,
		merge.TenantID, merge.To, merge.AtMS)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var conversationID, text string
		if err := rows.Scan(&conversationID, &text); err != nil {
			return nil, err
		}
		var addresses []message.Address
		if err := json.Unmarshal([]byte(text), &addresses); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "the addresses of conversation "+conversationID+" are unreadable")
		}
		if slices.ContainsFunc(addresses, func(a message.Address) bool { return slices.Contains(merge.Addresses, a) }) {
			ids = append(ids, conversationID)
		}
	}
	return ids, rows.Err()
}
