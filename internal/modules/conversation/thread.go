package conversation

import (
	"context"
	"encoding/json"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/base/page"
	"prosa/internal/event"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

// Thread gives messages of a conversation before a number, oldest first, and
// whether there are earlier ones; before 0 gives the newest. Looking at a
// thread marks nothing as read.
func (s *Service) Thread(ctx context.Context, tenantID, conversationID string, by Viewer, before int64, limit int) ([]Message, bool, error) {
	if before <= 0 {
		before = 1 << 62
	}
	list, more, err := s.messages(ctx, tenantID, conversationID, by, `seq < $3 ORDER BY seq DESC`, before, limit)
	slices.Reverse(list)
	return list, more, err
}

// After gives messages behind a number, oldest first, and whether there are
// later ones: what a browser missed.
func (s *Service) After(ctx context.Context, tenantID, conversationID string, by Viewer, seq int64, limit int) ([]Message, bool, error) {
	return s.messages(ctx, tenantID, conversationID, by, `seq > $3 ORDER BY seq`, seq, limit)
}

func (s *Service) messages(ctx context.Context, tenantID, conversationID string, by Viewer, where string, seq int64, limit int) (list []Message, more bool, err error) {
	size := page.Size(limit)
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if _, err := s.seen(ctx, tx, tenantID, conversationID, by); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT `+messageColumns+` FROM message WHERE tenant_id = $1 AND conversation_id = $2 AND `+where+` LIMIT $4`,
			tenantID, conversationID, seq, size+1)
		if err != nil {
			return err
		}
		defer rows.Close()
		list = []Message{}
		for rows.Next() {
			m, err := scanMessage(rows)
			if err != nil {
				return err
			}
			list = append(list, *m)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		rows.Close()
		return priced(ctx, tx, tenantID, conversationID, list)
	})
	if len(list) > size {
		list, more = list[:size], true
	}
	return list, more, err
}

// Message gives one message with its conversation's row. Error: NotFound.
func (s *Service) Message(ctx context.Context, tenantID, messageID string, by Viewer) (m Message, c Conversation, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		found, err := scanMessage(tx.QueryRow(ctx, `SELECT `+messageColumns+` FROM message WHERE tenant_id = $1 AND id = $2`, tenantID, messageID))
		if err != nil {
			return absentMessage(err)
		}
		home, err := s.seen(ctx, tx, tenantID, found.ConversationID, by)
		if err != nil {
			return absentMessage(err)
		}
		m, c = *found, *home
		return nil
	})
	return m, c, err
}

// MarkRead moves the person's own cursor, never back, and tells the person's
// other browsers. When the owner has read, the customer's app may show it; a
// look by anybody else tells the customer nothing.
func (s *Service) MarkRead(ctx context.Context, tenantID, conversationID string, by Viewer, seq int64) error {
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		c, err := s.seen(ctx, tx, tenantID, conversationID, by)
		if err != nil {
			return err
		}
		seq = min(seq, c.Seq)
		before, err := cursor(ctx, tx, tenantID, conversationID, by.UserID)
		if err != nil || seq <= before {
			return err
		}
		if err := moveCursor(ctx, tx, tenantID, conversationID, by.UserID, seq); err != nil {
			return err
		}
		data, err := json.Marshal(ReadEvent{conversationID, by.UserID, seq})
		if err != nil {
			return fault.Wrap(err, fault.Internal, "the event could not be encoded")
		}
		if err := s.tell(ctx, tx, c.Shard, event.Envelope{
			Version: event.Version, TenantID: tenantID, Type: event.ConversationRead, AtMS: tx.Now(), ConversationID: conversationID, Seq: c.EventSeq,
			Actor: by.actor(), Cause: event.Manual, Viewers: &event.Viewers{UserIDs: []string{by.UserID}}, Data: data,
		}); err != nil {
			return err
		}
		if s.signal == nil || !c.OwnedBy(by.UserID) || before >= c.LastInSeq {
			return nil
		}
		return s.showRead(ctx, tx, c, before, seq)
	})
}

// showRead has the customer's app show its ticks up to the last message that
// the owner read.
func (s *Service) showRead(ctx context.Context, tx *database.Tx, c *Conversation, before, seq int64) error {
	rows, err := tx.Query(ctx, `SELECT external_id FROM message WHERE tenant_id = $1 AND conversation_id = $2 AND seq > $3 AND seq <= $4
		AND direction = 'in' AND external_id <> '' ORDER BY seq DESC LIMIT 1`, c.TenantID, c.ID, before, seq)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		return rows.Err()
	}
	var externalID string
	if err := rows.Scan(&externalID); err != nil {
		return err
	}
	tx.AfterCommit(func() { s.signal(c.TenantID, c.AccountID, c.Addresses, channel.Signal{ReadUpTo: externalID}) })
	return nil
}
