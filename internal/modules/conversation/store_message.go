package conversation

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

const messageColumns = `tenant_id, id, conversation_id, seq, direction, kind, content, sender_kind, sender_id, sender_name, status, error_code, ` +
	`error_text, external_id, quoted_id, client_key, reactions, at_ms, created_ms, sent_ms, delivered_ms, read_ms, edited_ms, deleted_ms, version, former, played_ms`

// scanStored reads a message and leaves its content as it is stored.
func scanStored(row database.Row, more ...any) (*Message, error) {
	var m Message
	var reactions, former string
	err := row.Scan(append([]any{&m.TenantID, &m.ID, &m.ConversationID, &m.Seq, &m.Direction, &m.Kind, &m.stored, &m.Sender.Kind, &m.Sender.ID, &m.Sender.Name,
		&m.Status, &m.ErrorCode, &m.ErrorText, &m.ExternalID, &m.QuotedID, &m.ClientKey, &reactions, &m.AtMS, &m.CreatedMS, &m.SentMS,
		&m.DeliveredMS, &m.ReadMS, &m.EditedMS, &m.DeletedMS, &m.Version, &former, &m.PlayedMS}, more...)...)
	if err != nil {
		return nil, err
	}
	if reactions != "" {
		if err := json.Unmarshal([]byte(reactions), &m.reacted); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "the reactions of message "+m.ID+" are unreadable")
		}
		for who, last := range m.reacted {
			m.shows(who, last.Emoji)
		}
	}
	if former != "" {
		if err := json.Unmarshal([]byte(former), &m.Former); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "the former words of message "+m.ID+" are unreadable")
		}
	}
	return &m, nil
}

func scanMessage(row database.Row) (*Message, error) {
	m, err := scanStored(row)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(m.stored), &m.Content); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the content of message "+m.ID+" is unreadable")
	}
	m.stored = ""
	return m, nil
}

// loadMessages reads messages by their keys for change, in key order; those
// that don't exist are left out.
func loadMessages(ctx context.Context, tx *database.Tx, places []place) (map[place]*Message, error) {
	slices.SortFunc(places, func(a, b place) int { return strings.Compare(a.tenant+a.id, b.tenant+b.id) })
	places = slices.Compact(places)
	args := make([][]any, len(places))
	for i, p := range places {
		args[i] = []any{p.tenant, p.id}
	}
	found := make(map[place]*Message, len(places))
	_, err := tx.All(ctx, `SELECT `+messageColumns+` FROM message WHERE tenant_id = $1 AND id = $2`+tx.ForUpdate(), args,
		func(i int, row database.Row) error {
			m, err := scanMessage(row)
			found[places[i]] = m
			return err
		})
	return found, err
}

// loadSettled reads the messages that changes are about for change, in key
// order; those that don't exist are left out.
func loadSettled(ctx context.Context, tx *database.Tx, changes []channel.Change) (map[place]*settled, error) {
	places := make([]place, len(changes))
	for i, change := range changes {
		places[i] = place{change.TenantID, change.MessageID}
	}
	slices.SortFunc(places, func(a, b place) int { return strings.Compare(a.tenant+a.id, b.tenant+b.id) })
	places = slices.Compact(places)
	args := make([][]any, len(places))
	for i, p := range places {
		args[i] = []any{p.tenant, p.id}
	}
	suffix := tx.ForUpdate()
	if suffix != "" {
		suffix += " OF m"
	}
	found := make(map[place]*settled, len(places))
	_, err := tx.All(ctx, `SELECT m.`+strings.ReplaceAll(messageColumns, ", ", ", m.")+`, c.account_id, c.addresses, c.owner_kind, c.owner_id, c.shard, c.event_seq
		FROM message m JOIN conversation c ON c.tenant_id = m.tenant_id AND c.id = m.conversation_id
		WHERE m.tenant_id = $1 AND m.id = $2`+suffix, args,
		func(i int, row database.Row) (err error) {
			var m settled
			m.Message, err = scanStored(row, &m.account, &m.addresses, &m.ownerKind, &m.ownerID, &m.shard, &m.eventSeq)
			found[places[i]] = &m
			return err
		})
	return found, err
}

func loadMessage(ctx context.Context, tx *database.Tx, tenantID, messageID string) (*Message, error) {
	found, err := loadMessages(ctx, tx, []place{{tenantID, messageID}})
	if err != nil {
		return nil, err
	}
	if m := found[place{tenantID, messageID}]; m != nil {
		return m, nil
	}
	return nil, fault.New(fault.NotFound, "no such message")
}

// byClientKey gives the message that the browser's key made before, or nil.
func byClientKey(ctx context.Context, tx *database.Tx, tenantID, conversationID, key string) (*Message, error) {
	m, err := scanMessage(tx.QueryRow(ctx, `SELECT `+messageColumns+` FROM message
		WHERE tenant_id = $1 AND conversation_id = $2 AND client_key = $3 AND client_key <> ''`, tenantID, conversationID, key))
	if errors.Is(err, database.ErrNoRows) {
		return nil, nil
	}
	return m, err
}

func writeMessages(ctx context.Context, tx *database.Tx, w *work) error {
	var inserts [][]any
	var changed []*Message
	for _, e := range w.entries {
		for _, m := range e.added {
			args, err := messageArgs(m)
			if err != nil {
				return err
			}
			inserts = append(inserts, args)
		}
		changed = append(changed, e.changed...)
	}
	if _, err := tx.All(ctx, `INSERT INTO message (tenant_id, id, content, status, error_code, error_text, external_id, reactions, sent_ms,
		delivered_ms, read_ms, edited_ms, deleted_ms, version, former, played_ms, conversation_id, seq, direction, kind, sender_kind, sender_id,
		sender_name, quoted_id, client_key, at_ms, created_ms) VALUES (`+database.List(27, 1)+`)`, inserts, nil); err != nil {
		return err
	}
	return updateMessages(ctx, tx, changed)
}

func updateMessages(ctx context.Context, tx *database.Tx, changed []*Message) error {
	slices.SortFunc(changed, func(a, b *Message) int { return strings.Compare(a.TenantID+a.ID, b.TenantID+b.ID) })
	updates := make([][]any, len(changed))
	for i, m := range changed {
		args, err := messageArgs(m)
		if err != nil {
			return err
		}
		updates[i] = append(args[:16:16], string(m.Kind))
	}
	_, err := tx.All(ctx, `UPDATE message SET content = $3, status = $4, error_code = $5, error_text = $6, external_id = $7, reactions = $8,
		sent_ms = $9, delivered_ms = $10, read_ms = $11, edited_ms = $12, deleted_ms = $13, version = $14, former = $15, played_ms = $16, kind = $17
		WHERE tenant_id = $1 AND id = $2`, updates, nil)
	return err
}

// updateStatuses writes what reports change and leaves the rest of the row
// alone.
func updateStatuses(ctx context.Context, tx *database.Tx, changed []*settled) error {
	updates := make([][]any, len(changed))
	for i, m := range changed {
		updates[i] = []any{m.TenantID, m.ID, string(m.Status), m.ErrorCode, m.ErrorText, m.ExternalID, m.SentMS, m.DeliveredMS, m.ReadMS, m.Version, m.PlayedMS}
	}
	_, err := tx.All(ctx, `UPDATE message SET status = $3, error_code = $4, error_text = $5, external_id = $6, sent_ms = $7, delivered_ms = $8,
		read_ms = $9, version = $10, played_ms = $11 WHERE tenant_id = $1 AND id = $2`, updates, nil)
	return err
}

func messageArgs(m *Message) ([]any, error) {
	content, err := m.contentJSON()
	if err != nil {
		return nil, err
	}
	reactions := ""
	if len(m.reacted) > 0 {
		raw, err := encode(m.reacted)
		if err != nil {
			return nil, err
		}
		reactions = string(raw)
	}
	former := ""
	if len(m.Former) > 0 {
		raw, err := encode(m.Former)
		if err != nil {
			return nil, err
		}
		former = string(raw)
	}
	return []any{m.TenantID, m.ID, content, string(m.Status), m.ErrorCode, m.ErrorText, m.ExternalID, reactions, m.SentMS, m.DeliveredMS,
		m.ReadMS, m.EditedMS, m.DeletedMS, m.Version, former, m.PlayedMS, m.ConversationID, m.Seq, string(m.Direction), string(m.Kind), m.Sender.Kind,
		m.Sender.ID, m.Sender.Name, m.QuotedID, m.ClientKey, m.AtMS, m.CreatedMS}, nil
}

// locate finds our messages behind the platform's ids that events of one
// batch name (quotes, edits, reactions): what came in by its key, what went
// out by channel's word. Unknown ones are left out.
func (s *Service) locate(ctx context.Context, tx *database.Tx, wanted []target) (map[target]string, error) {
	found := make(map[target]string, len(wanted))
	if len(wanted) == 0 {
		return found, nil
	}
	slices.SortFunc(wanted, compareTargets)
	wanted = slices.Compact(wanted)
	args := make([][]any, len(wanted))
	for i, t := range wanted {
		args[i] = []any{t.tenant, t.account, t.external}
	}
	if _, err := tx.All(ctx, `SELECT message_id FROM inbound_key WHERE tenant_id = $1 AND account_id = $2 AND key = $3 AND message_id <> ''`, args,
		func(i int, row database.Row) error {
			var messageID string
			err := row.Scan(&messageID)
			found[wanted[i]] = messageID
			return err
		}); err != nil {
		return nil, err
	}
	// What is left is asked of channel, account by account.
	for i := 0; i < len(wanted); {
		account := wanted[i]
		var left []string
		for ; i < len(wanted) && wanted[i].tenant == account.tenant && wanted[i].account == account.account; i++ {
			if _, ok := found[wanted[i]]; !ok {
				left = append(left, wanted[i].external)
			}
		}
		if len(left) == 0 {
			continue
		}
		ours, err := s.deliverer.Locate(ctx, tx, account.tenant, account.account, left)
		if err != nil {
			return nil, err
		}
		for external, messageID := range ours {
			found[target{account.tenant, account.account, external}] = messageID
		}
	}
	return found, nil
}

// target is a platform's id of a message, on an account.
type target struct{ tenant, account, external string }

func compareTargets(a, b target) int {
	return strings.Compare(a.tenant+"\x00"+a.account+"\x00"+a.external, b.tenant+"\x00"+b.account+"\x00"+b.external)
}

// plain makes a text storable on both engines: valid UTF-8 without NUL.
func plain(text string) string {
	if database.Text(text) == nil {
		return text
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
}

// plainContent makes the words of a content storable. NUL inside its JSON is
// escaped and needs nothing, but the preview is plain text.
func plainContent(c *message.Content) {
	c.Text = plain(c.Text)
	if c.Kind == "" {
		c.Kind = message.Unsupported
	}
}

// cursor gives how far the person has read, 0 for not at all.
func cursor(ctx context.Context, tx *database.Tx, tenantID, conversationID, userID string) (seq int64, err error) {
	err = tx.QueryRow(ctx, `SELECT seq FROM read_cursor WHERE tenant_id = $1 AND conversation_id = $2 AND user_id = $3`, tenantID, conversationID, userID).Scan(&seq)
	if errors.Is(err, database.ErrNoRows) {
		return 0, nil
	}
	return seq, err
}

// moveCursor moves it forward.
func moveCursor(ctx context.Context, tx *database.Tx, tenantID, conversationID, userID string, seq int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO read_cursor (tenant_id, conversation_id, user_id, seq, at_ms) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (tenant_id, conversation_id, user_id) DO UPDATE SET seq = excluded.seq, at_ms = excluded.at_ms WHERE read_cursor.seq < excluded.seq`,
		tenantID, conversationID, userID, seq, tx.Now())
	return err
}

// absentMessage hides whether a message exists at all.
func absentMessage(err error) error {
	if errors.Is(err, database.ErrNoRows) || fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "no such message")
	}
	return err
}
