package identity

import (
	"context"
	"errors"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
)

// First is the invitation of a company's first admin: made by the system with
// the company, and told by who made the company.
type First struct {
	TenantID string
	// InvitationID and Token are made by the caller, who writes the letter.
	InvitationID string
	Token        secret.Text // 256 random bits
	Email        string
	Actor        event.Actor
}

// InviteFirst makes the invitation in the caller's transaction; open ones of the
// same e-mail are closed. It sends no letter. Errors: fault.Invalid,
// fault.Conflict with reason already_member.
func (s *Service) InviteFirst(ctx context.Context, tx *database.Tx, f First) (Invitation, error) {
	email, err := cleanEmail("email", f.Email)
	if err != nil {
		return Invitation{}, err
	}
	if err := notAMember(ctx, tx, f.TenantID, email); err != nil {
		return Invitation{}, err
	}
	if err := s.replaceInvitation(ctx, tx, f.TenantID, email); err != nil {
		return Invitation{}, err
	}
	invitation := Invitation{
		ID: f.InvitationID, Email: email, Role: Admin, CreatedMS: tx.Now(), ExpiresMS: tx.Now() + s.cfg.InviteLife.Milliseconds(), tenantID: f.TenantID,
	}
	invitation.settle(tx.Now())
	_, err = tx.Exec(ctx, `
		INSERT INTO invitation (tenant_id, id, email, role, token_hash, invited_by, created_ms, expires_ms, accepted_ms, revoked_ms)
		VALUES ($1, $2, $3, $4, $5, '', $6, $7, 0, 0)`,
		f.TenantID, invitation.ID, email, string(Admin), hashToken(f.Token), invitation.CreatedMS, invitation.ExpiresMS)
	if err != nil {
		return Invitation{}, err
	}
	return invitation, audit.Write(ctx, tx, audit.Entry{
		TenantID: f.TenantID, Actor: f.Actor, Action: "invitation.created", Target: invitation.ID, Facts: map[string]string{"email": email, "role": string(Admin)},
	})
}

// InvitationIn reads an invitation in the caller's transaction. Error:
// fault.NotFound.
func (s *Service) InvitationIn(ctx context.Context, tx *database.Tx, tenantID, invitationID string) (Invitation, error) {
	invitation, err := scanInvitation(tx.QueryRow(ctx, "SELECT "+invitationColumns+" FROM invitation WHERE tenant_id = $1 AND id = $2", tenantID, invitationID), tx.Now())
	if errors.Is(err, database.ErrNoRows) {
		return Invitation{}, fault.New(fault.NotFound, "no such invitation")
	}
	return invitation, err
}

// HasAdmin tells, in the caller's transaction, whether somebody administers a
// company.
func (s *Service) HasAdmin(ctx context.Context, tx *database.Tx, tenantID string) (bool, error) {
	var n int64
	err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM member WHERE tenant_id = $1 AND role = 'admin' AND state = 'active'", tenantID).Scan(&n)
	return n > 0, err
}

// HoldsInvitation tells, in the caller's transaction, whether a token is that of
// an invitation.
func (s *Service) HoldsInvitation(ctx context.Context, tx *database.Tx, tenantID, invitationID string, token secret.Text) (bool, error) {
	var n int64
	err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM invitation WHERE tenant_id = $1 AND id = $2 AND token_hash = $3", tenantID, invitationID, hashToken(token)).Scan(&n)
	return n > 0, err
}

// BindJoined names who hears, in the transaction, that an invitation was taken.
// app calls it once, before anything runs.
func (s *Service) BindJoined(joined func(ctx context.Context, tx *database.Tx, invitationID string) error) {
	s.joined = joined
}
