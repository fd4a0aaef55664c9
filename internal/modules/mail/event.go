package mail

import (
	"context"
	"net/http"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

const eventIDMax = 300 // bytes

// Hear verifies a vendor's call about mails and returns when what it tells is
// stored. Errors: fault.NotFound when the sender has no events,
// fault.Unauthorized, fault.Invalid, and others when it could not be stored.
func (s *Service) Hear(ctx context.Context, vendor string, header http.Header, body []byte) error {
	listener, ok := s.sender.(Listener)
	if !ok || s.sender.Name() != vendor {
		return fault.New(fault.NotFound, "no mails are sent by %s here", vendor)
	}
	events, err := listener.Verify(header, body)
	if err != nil {
		return err
	}
	return s.Tell(ctx, events)
}

// Tell acts on events of a vendor; those heard before, and of letters that are
// not ours, change nothing.
func (s *Service) Tell(ctx context.Context, events []Event) error {
	return s.db.Write(ctx, database.Platform("a vendor tells of letters of any company"), func(ctx context.Context, tx *database.Tx) error {
		for _, e := range events {
			if e.ID == "" || len(e.ID) > eventIDMax || e.LetterID == "" || database.Text(e.ID) != nil || database.Text(e.LetterID) != nil {
				continue
			}
			status, err := byID(ctx, tx, e.LetterID, tx.ForUpdate())
			if fault.Is(err, fault.NotFound) {
				continue // the vendor's account sends other mail too
			}
			if err != nil {
				return err
			}
			fresh, err := tx.Exec(ctx, `INSERT INTO mail_event (event_id, received_ms) VALUES ($1, $2) ON CONFLICT (event_id) DO NOTHING`, e.ID, tx.Now())
			if err != nil {
				return err
			}
			if fresh == 0 {
				continue
			}
			if err := s.apply(ctx, tx, status, e); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) apply(ctx context.Context, tx *database.Tx, status Status, e Event) error {
	if e.Suppress != "" {
		if err := suppress(ctx, tx, status, e.Suppress, clip(e.Note)); err != nil {
			return err
		}
	}
	state := status.State.forward(e.Kind.state())
	if state == status.State {
		if e.Kind != WasDeferred || state != Accepted {
			return nil
		}
		// It stays on its way; the page shows why it takes so long.
		_, err := tx.Exec(ctx, `UPDATE mail_letter SET problem = $3, updated_ms = $4 WHERE tenant_id = $1 AND id = $2`, status.TenantID, status.ID, clip(e.Note), tx.Now())
		return err
	}
	reason, data := e.Reason, status.sealed
	if state == Delivered || state == Accepted {
		reason = ""
	}
	if state == Delivered {
		data = "" // it arrived; nobody needs the link but who got it
	}
	_, err := tx.Exec(ctx, `UPDATE mail_letter SET state = $3, reason = $4, problem = $5, data = $6, next_ms = 0, updated_ms = $7 WHERE tenant_id = $1 AND id = $2`,
		status.TenantID, status.ID, string(state), reason, clip(e.Note), data, tx.Now())
	return err
}
