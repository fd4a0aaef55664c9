package identity

import (
	"context"
	"errors"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
)

// CostReader is what an invitation makes of somebody who is to read costs. It is
// no role of a company: it stands on invitations alone, and who takes one gets
// User.Cost and no membership.
const CostReader Role = "cost"

// Reader is somebody who reads what the platform costs, and is no operator.
type Reader struct {
	UserID  string `json:"user_id"`
	Name    string `json:"name"`
	Email   string `json:"email"`
	Secured bool   `json:"secured" doc:"A second factor is set up; without one nothing is shown."`
}

// Readers lists who reads costs, and the latest invitations to do so.
func (s *Service) Readers(ctx context.Context) (readers []Reader, invitations []Invitation, err error) {
	err = s.db.Read(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		readers, invitations = []Reader{}, []Invitation{}
		rows, err := tx.Query(ctx, "SELECT "+userColumns+" FROM app_user WHERE cost = TRUE AND state = $1 ORDER BY name, id", stateActive)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			user, err := scanUser(rows)
			if err != nil {
				return err
			}
			readers = append(readers, Reader{user.ID, user.Name, user.Email, user.factors > 0 && !user.reenrol})
		}
		if err := rows.Err(); err != nil {
			return err
		}
		invitations, err = readerInvitations(ctx, tx)
		return err
	})
	return readers, invitations, err
}

func readerInvitations(ctx context.Context, tx *database.Tx) ([]Invitation, error) {
	list := []Invitation{}
	rows, err := tx.Query(ctx, "SELECT "+invitationColumns+" FROM invitation WHERE tenant_id = '' AND role = $1 ORDER BY id DESC LIMIT 200", string(CostReader))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		invitation, err := scanInvitation(rows, tx.Now())
		if err != nil {
			return nil, err
		}
		list = append(list, invitation)
	}
	return list, rows.Err()
}

// AddReader makes a user, or takes the one who has the e-mail, and lets them read
// costs: for seeds. Who reads costs already stays as they are. Error:
// fault.Invalid.
func (s *Service) AddReader(ctx context.Context, draft Draft) (User, error) {
	user, err := s.newUser(ctx, draft)
	if err != nil {
		return User{}, err
	}
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		known, err := userByEmail(ctx, tx, user.Email)
		if err != nil {
			return err
		}
		if known.ID != "" {
			user = known
		} else if err := insertUser(ctx, tx, user); err != nil {
			return err
		}
		if user.Cost {
			return nil
		}
		if err := setReader(ctx, tx, user.ID, true); err != nil {
			return err
		}
		user.Cost = true
		return audit.Write(ctx, tx, audit.Entry{Actor: event.Actor{Kind: "system"}, Action: "cost_reader.added", Target: user.ID, Facts: map[string]string{"email": user.Email}})
	})
	return user, err
}

// InviteReader invites somebody to read costs, as Invite does to a company; an
// open invitation for the same e-mail is revoked. The token is shown once.
// Errors: fault.Invalid, fault.Conflict with reason already_member.
func (s *Service) InviteReader(ctx context.Context, who Principal, email string) (invitation Invitation, token secret.Text, err error) {
	if email, err = cleanEmail("email", email); err != nil {
		return Invitation{}, token, err
	}
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		user, err := userByEmail(ctx, tx, email)
		if err != nil {
			return err
		}
		if user.Staff() {
			return &fault.Error{Code: fault.Conflict, Reason: "already_member", Field: "email", Message: "this person reads the costs already"}
		}
		if err := s.replaceInvitation(ctx, tx, "", email); err != nil {
			return err
		}
		var hash string
		token, hash = newToken()
		invitation = Invitation{
			ID: id.New(id.Invitation, tx.Now()), Email: email, Role: CostReader, InvitedBy: who.User.ID,
			CreatedMS: tx.Now(), ExpiresMS: tx.Now() + s.cfg.InviteLife.Milliseconds(),
		}
		invitation.settle(tx.Now())
		_, err = tx.Exec(ctx, `
			INSERT INTO invitation (tenant_id, id, email, role, token_hash, invited_by, created_ms, expires_ms, accepted_ms, revoked_ms)
			VALUES ('', $1, $2, $3, $4, $5, $6, $7, 0, 0)`,
			invitation.ID, email, string(CostReader), hash, who.User.ID, invitation.CreatedMS, invitation.ExpiresMS)
		if err != nil {
			return err
		}
		if err := s.postInvitation(ctx, tx, who, invitation, token); err != nil {
			return err
		}
		return noteReader(ctx, tx, who, "cost_reader.invited", invitation.ID, email)
	})
	return invitation, token, err
}

// RevokeReader closes an open invitation to read costs. Error: fault.NotFound.
func (s *Service) RevokeReader(ctx context.Context, who Principal, invitationID string) error {
	return s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		changed, err := tx.Exec(ctx, `UPDATE invitation SET revoked_ms = $3
			WHERE tenant_id = '' AND id = $1 AND role = $2 AND accepted_ms = 0 AND revoked_ms = 0`, invitationID, string(CostReader), tx.Now())
		if err != nil {
			return err
		}
		if changed == 0 {
			return fault.New(fault.NotFound, "no such open invitation")
		}
		if err := s.withdrawInvitation(ctx, tx, "", invitationID); err != nil {
			return err
		}
		return noteReader(ctx, tx, who, "cost_reader.revoked", invitationID, "")
	})
}

// RemoveReader takes the power to read costs away; all sessions of the person
// end. Error: fault.NotFound.
func (s *Service) RemoveReader(ctx context.Context, who Principal, userID string) error {
	return s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		user, err := lockUser(ctx, tx, userID)
		if errors.Is(err, errSignedOut) || err == nil && !user.Cost {
			return fault.New(fault.NotFound, "nobody with this id reads costs")
		}
		if err != nil {
			return err
		}
		if err := setReader(ctx, tx, userID, false); err != nil {
			return err
		}
		if err := s.endAll(ctx, tx, user); err != nil {
			return err
		}
		return noteReader(ctx, tx, who, "cost_reader.removed", userID, user.Email)
	})
}

// joinReaders lets somebody read costs who took the invitation to.
func (s *Service) joinReaders(ctx context.Context, tx *database.Tx, invitation Invitation, user User, client Client, proof string) (Grant, error) {
	if err := setReader(ctx, tx, user.ID, true); err != nil {
		return Grant{}, err
	}
	// Who was signed in with fewer rights gets new tokens with the new ones.
	if err := rotateSoon(ctx, tx, user.ID); err != nil {
		return Grant{}, err
	}
	user.Cost = true
	if err := noteReader(ctx, tx, Principal{User: user, ClientIP: client.IP}, "cost_reader.joined", user.ID, invitation.Email); err != nil {
		return Grant{}, err
	}
	return s.openIn(ctx, tx, user, client, "session.opened", proof)
}

func setReader(ctx context.Context, tx *database.Tx, userID string, reads bool) error {
	tx.Notify(rights, 0)
	_, err := tx.Exec(ctx, "UPDATE app_user SET cost = $2, version = version + 1 WHERE id = $1", userID, reads)
	return err
}

// noteReader writes into the platform's own log.
func noteReader(ctx context.Context, tx *database.Tx, who Principal, action, target, email string) error {
	facts := map[string]string{}
	if email != "" {
		facts["email"] = email
	}
	return audit.Write(ctx, tx, audit.Entry{Actor: who.User.Actor(), Action: action, Target: target, Facts: facts, IP: who.ClientIP})
}
