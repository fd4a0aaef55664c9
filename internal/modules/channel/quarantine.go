package channel

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/page"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/platform/database"
	"prosa/internal/platform/outbox"
)

// Quarantined is a piece of a webhook that could not be routed or read.
type Quarantined struct {
	TenantID   string          `json:"tenant_id,omitempty"`
	ID         string          `json:"id"`
	AccountID  string          `json:"account_id,omitempty"`
	Channel    message.Channel `json:"channel"`
	Reason     string          `json:"reason"`
	Body       string          `json:"body" doc:"The piece as it came, in base64."`
	ReceivedMS int64           `json:"received_ms"`
	State      string          `json:"state" enum:"waiting,replayed,dropped"`
}

// maxReason bounds a stored reason, in bytes; it may quote what a stranger sent.
const maxReason = 500

func (s *Service) quarantine(ctx context.Context, tx *database.Tx, raws []event.Raw, reasons []string) error {
	rows := make([][]any, len(raws))
	for i, raw := range raws {
		reason := reasons[i]
		if len(reason) > maxReason {
			reason = reason[:maxReason]
		}
		if database.Text(reason) != nil {
			reason = "the reason cannot be shown as text"
		}
		rows[i] = []any{raw.TenantID, id.New(id.Quarantine, tx.Now()), raw.AccountID, raw.Channel, reason,
			base64.StdEncoding.EncodeToString(raw.Body), raw.ReceivedMS}
		if raw.TenantID == "" {
			continue // nobody's yet: only operators see it, by their list
		}
		data, err := json.Marshal(map[string]string{"account_id": raw.AccountID, "reason": reason})
		if err != nil {
			return fault.Wrap(err, fault.Internal, "the event could not be encoded")
		}
		if err := outbox.Write(ctx, tx, Shard(raw.TenantID, "", s.shards), event.Envelope{
			TenantID: raw.TenantID, Type: event.QuarantineAdded, Actor: event.Actor{Kind: "system"}, Cause: event.ByProvider, Data: data,
		}); err != nil {
			return err
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.Each(ctx, `INSERT INTO quarantine (tenant_id, id, account_id, channel, reason, body, received_ms, state)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting')`, rows, nil)
	return err
}

// ListQuarantine pages through what waits, newest first, for operators.
func (s *Service) ListQuarantine(ctx context.Context, cursor string, limit int) (list page.List[Quarantined], err error) {
	var before string
	if _, err := page.Decode(cursor, &before); err != nil {
		return list, err
	}
	if before == "" {
		before = "\U0010FFFF" // behind every identifier
	}
	size := page.Size(limit)
	list.Items = []Quarantined{}
	err = s.db.Read(ctx, database.Platform("quarantine: operators see pieces of every company and of none"), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT tenant_id, id, account_id, channel, reason, body, received_ms, state FROM quarantine
			WHERE state = 'waiting' AND id < $1 ORDER BY id DESC LIMIT $2`, before, size+1)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var q Quarantined
			if err := rows.Scan(&q.TenantID, &q.ID, &q.AccountID, &q.Channel, &q.Reason, &q.Body, &q.ReceivedMS, &q.State); err != nil {
				return err
			}
			list.Items = append(list.Items, q)
		}
		return rows.Err()
	})
	if err == nil && len(list.Items) > size {
		list.Items = list.Items[:size]
		list.Next = page.Encode(list.Items[size-1].ID)
	}
	return list, err
}

// TakeQuarantined gives a waiting piece back for another try and marks it with
// the new state ("replayed" or "dropped"). Errors: NotFound, Conflict when it
// no longer waits.
func (s *Service) TakeQuarantined(ctx context.Context, quarantinedID, state string) (raw event.Raw, err error) {
	err = s.db.Write(ctx, database.Platform("quarantine: an operator replays or drops a piece"), func(ctx context.Context, tx *database.Tx) error {
		var body, was string
		row := tx.QueryRow(ctx, `SELECT tenant_id, account_id, channel, body, received_ms, state FROM quarantine WHERE id = $1`, quarantinedID)
		if err := row.Scan(&raw.TenantID, &raw.AccountID, &raw.Channel, &body, &raw.ReceivedMS, &was); errors.Is(err, database.ErrNoRows) {
			return fault.New(fault.NotFound, "no such piece in quarantine")
		} else if err != nil {
			return err
		}
		if was != "waiting" {
			return fault.New(fault.Conflict, "the piece was %s already", was)
		}
		decoded, err := base64.StdEncoding.DecodeString(body)
		if err != nil {
			return fault.Wrap(err, fault.Internal, "the quarantined piece is unreadable")
		}
		raw.Body = decoded
		_, err = tx.Exec(ctx, `UPDATE quarantine SET state = $2 WHERE id = $1`, quarantinedID, state)
		return err
	})
	return raw, err
}

// Unrouted is the reason with which a piece waits whose account nobody has.
func (p Piece) Unrouted() string { return fmt.Sprintf("unknown account %.100q", p.ExternalID) }

// maxRequeued bounds what one connection brings back at once.
const maxRequeued = 1000

// Requeue gives the pieces back that waited for an account since before it was
// connected, and tells how many those were. Only what was signed with the
// account's own secret counts: another's app may say what it likes.
func (s *Service) Requeue(ctx context.Context, account Account, replay func(ctx context.Context, raw event.Raw) error) (count int, err error) {
	type piece struct{ id, via string }
	var pieces []piece
	err = s.db.Read(ctx, database.Platform("quarantine: pieces of an account that was connected have no company yet"), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, account_id FROM quarantine WHERE tenant_id = '' AND channel = $1 AND reason = $2 AND state = 'waiting' ORDER BY id LIMIT $3`,
			string(account.Channel), Piece{ExternalID: account.ExternalID}.Unrouted(), maxRequeued)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var p piece
			if err := rows.Scan(&p.id, &p.via); err != nil {
				return err
			}
			pieces = append(pieces, p)
		}
		return rows.Err()
	})
	if err != nil {
		return 0, err
	}
	for _, p := range pieces {
		via, known := s.directory.Account(p.via)
		if !known || via.Credential(appSecret).IsZero() || !via.Credential(appSecret).Equal(account.Credential(appSecret).Reveal()) {
			continue
		}
		raw, err := s.TakeQuarantined(ctx, p.id, "replayed")
		if fault.Is(err, fault.Conflict) {
			continue // an operator was faster
		}
		if err != nil {
			return count, err
		}
		raw.TenantID, raw.AccountID, raw.Problem = account.TenantID, account.ID, ""
		if err := replay(ctx, raw); err != nil {
			return count, errors.Join(err, s.ReturnQuarantined(ctx, p.id))
		}
		count++
	}
	return count, nil
}
