package identity

import (
	"context"
	"errors"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/secret"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// Invitation asks somebody to join a company. Whoever holds its link may
// accept it, so the link is shown once to the admin who makes it.
type Invitation struct {
	ID         string `json:"id"`
	Email      string `json:"email"`
	Role       Role   `json:"role" enum:"attendant,supervisor,admin,cost"`
	InvitedBy  string `json:"invited_by" doc:"Id of the user who made it."`
	State      string `json:"state" enum:"open,accepted,revoked,expired"`
	CreatedMS  int64  `json:"created_ms"`
	ExpiresMS  int64  `json:"expires_ms"`
	AcceptedMS int64  `json:"accepted_ms"`
	RevokedMS  int64  `json:"revoked_ms"`

	tenantID string
}

// settle sets State for the given time.
func (i *Invitation) settle(now int64) {
	switch {
	case i.AcceptedMS > 0:
		i.State = "accepted"
	case i.RevokedMS > 0:
		i.State = "revoked"
	case i.ExpiresMS <= now:
		i.State = "expired"
	default:
		i.State = "open"
	}
}

const invitationColumns = "tenant_id, id, email, role, invited_by, created_ms, expires_ms, accepted_ms, revoked_ms"

func scanInvitation(row database.Row, now int64) (Invitation, error) {
	var i Invitation
	err := row.Scan(&i.tenantID, &i.ID, &i.Email, &i.Role, &i.InvitedBy, &i.CreatedMS, &i.ExpiresMS, &i.AcceptedMS, &i.RevokedMS)
	i.settle(now)
	return i, err
}

// Invite makes an invitation and its token; an open one for the same e-mail is
// revoked. Errors: fault.Invalid, fault.Conflict with reason already_member.
func (s *Service) Invite(ctx context.Context, who Principal, tenantID, email string, role Role) (invitation Invitation, token secret.Text, err error) {
	if err := checkRole(role); err != nil {
		return Invitation{}, token, err
	}
	if email, err = cleanEmail("email", email); err != nil {
		return Invitation{}, token, err
	}
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if err := notAMember(ctx, tx, tenantID, email); err != nil {
			return err
		}
		if err := s.replaceInvitation(ctx, tx, tenantID, email); err != nil {
			return err
		}
		var hash string
		token, hash = newToken()
		invitation = Invitation{
			ID: id.New(id.Invitation, tx.Now()), Email: email, Role: role, InvitedBy: who.User.ID,
			CreatedMS: tx.Now(), ExpiresMS: tx.Now() + s.cfg.InviteLife.Milliseconds(), tenantID: tenantID,
		}
		invitation.settle(tx.Now())
		_, err := tx.Exec(ctx, `
			INSERT INTO invitation (tenant_id, id, email, role, token_hash, invited_by, created_ms, expires_ms, accepted_ms, revoked_ms)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0)`,
			tenantID, invitation.ID, email, string(role), hash, who.User.ID, invitation.CreatedMS, invitation.ExpiresMS)
		if err != nil {
			return err
		}
		if err := s.postInvitation(ctx, tx, who, invitation, token); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			TenantID: tenantID, Actor: who.Actor(), Action: "invitation.created", Target: invitation.ID,
			Facts: map[string]string{"email": email, "role": string(role)}, IP: who.ClientIP,
		})
	})
	return invitation, token, err
}

// replaceInvitation closes the open invitations of an e-mail, and keeps their
// letters from being sent.
func (s *Service) replaceInvitation(ctx context.Context, tx *database.Tx, tenantID, email string) error {
	rows, err := tx.Query(ctx, `UPDATE invitation SET revoked_ms = $3
		WHERE tenant_id = $1 AND email = $2 AND accepted_ms = 0 AND revoked_ms = 0 RETURNING id`, tenantID, email, tx.Now())
	if err != nil {
		return err
	}
	defer rows.Close()
	var closed []string
	for rows.Next() {
		var invitationID string
		if err := rows.Scan(&invitationID); err != nil {
			return err
		}
		closed = append(closed, invitationID)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close()
	return s.withdrawInvitation(ctx, tx, tenantID, closed...)
}

func notAMember(ctx context.Context, tx *database.Tx, tenantID, email string) error {
	var n int64
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM member m JOIN app_user u ON u.id = m.user_id
		WHERE m.tenant_id = $1 AND m.state = 'active' AND u.email = $2`, tenantID, email).Scan(&n)
	if err == nil && n > 0 {
		err = &fault.Error{Code: fault.Conflict, Reason: "already_member", Field: "email", Message: "this person is a member already"}
	}
	return err
}

// Invitations lists the last 200 invitations of a company, newest first.
func (s *Service) Invitations(ctx context.Context, tenantID string) ([]Invitation, error) {
	list := []Invitation{}
	err := s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, "SELECT "+invitationColumns+" FROM invitation WHERE tenant_id = $1 ORDER BY id DESC LIMIT 200", tenantID)
		if err != nil {
			return err
		}
		defer rows.Close()
		list = list[:0]
		for rows.Next() {
			invitation, err := scanInvitation(rows, tx.Now())
			if err != nil {
				return err
			}
			list = append(list, invitation)
		}
		return rows.Err()
	})
	return list, err
}

// Revoke closes an open invitation. Error: fault.NotFound.
func (s *Service) Revoke(ctx context.Context, who Principal, invitationID string) error {
	tenantID := who.TenantID()
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		changed, err := tx.Exec(ctx, `UPDATE invitation SET revoked_ms = $3
			WHERE tenant_id = $1 AND id = $2 AND accepted_ms = 0 AND revoked_ms = 0`, tenantID, invitationID, tx.Now())
		if err != nil {
			return err
		}
		if changed == 0 {
			return fault.New(fault.NotFound, "no such open invitation")
		}
		if err := s.withdrawInvitation(ctx, tx, tenantID, invitationID); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{TenantID: tenantID, Actor: who.Actor(), Action: "invitation.revoked", Target: invitationID, IP: who.ClientIP})
	})
}

// Letter is what the holder of a link sees.
type Letter struct {
	Invitation Invitation
	Company    tenancy.Company
	// HasAccount says that the e-mail has an account: its password is asked for
	// instead of a new one.
	HasAccount bool

	user User
}

var errNoInvitation = fault.New(fault.NotFound, "this invitation is unknown, used, revoked or too old")

// Open shows the invitation of a token. Error: fault.NotFound when it can't be
// accepted.
func (s *Service) Open(ctx context.Context, token secret.Text) (letter Letter, err error) {
	err = s.db.Read(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		letter, err = readLetter(ctx, tx, hashToken(token), "")
		return err
	})
	return letter, err
}

func readLetter(ctx context.Context, tx *database.Tx, tokenHash, lock string) (letter Letter, err error) {
	letter.Invitation, err = scanInvitation(tx.QueryRow(ctx, "SELECT "+invitationColumns+" FROM invitation WHERE token_hash = $1"+lock, tokenHash), tx.Now())
	if errors.Is(err, database.ErrNoRows) || err == nil && letter.Invitation.State != "open" {
		return Letter{}, errNoInvitation
	}
	if err != nil {
		return Letter{}, err
	}
	if letter.Invitation.Role == CostReader {
		letter.Company.Name = platformName
	} else if letter.Company, err = tenancy.Load(ctx, tx, letter.Invitation.tenantID); err != nil {
		return Letter{}, err
	}
	if letter.Company.State == tenancy.Erased {
		return Letter{}, errNoInvitation
	}
	letter.user, err = userByEmail(ctx, tx, letter.Invitation.Email)
	letter.HasAccount = letter.user.ID != ""
	return letter, err
}

// Accept takes an invitation and signs the person in, looking at that company;
// somebody with a second factor gives it first (Grant.Challenge).
// Errors: fault.NotFound, fault.Invalid, and for somebody with an account those
// of SignIn.
func (s *Service) Accept(ctx context.Context, token secret.Text, draft Draft, client Client) (grant Grant, err error) {
	letter, err := s.Open(ctx, token)
	if err != nil {
		return Grant{}, err
	}
	draft.Email, draft.Operator = letter.Invitation.Email, false
	user := letter.user
	if letter.HasAccount {
		user, err = s.prove(ctx, draft.Email, draft.Password, client)
	} else {
		user, err = s.newUser(ctx, draft)
	}
	if err != nil {
		return Grant{}, err
	}
	if letter.HasAccount && user.factors > 0 {
		// Taken by the second step, as any other way in.
		step, err := s.challengeFor(ctx, user, client, hashToken(token))
		return Grant{Challenge: step}, err
	}
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		if letter.HasAccount {
			if err := stillEnough(ctx, tx, user); err != nil {
				return err
			}
		}
		grant, err = s.join(ctx, tx, hashToken(token), user, client, proofPassword)
		return err
	})
	return grant, err
}

func (s *Service) join(ctx context.Context, tx *database.Tx, tokenHash string, user User, client Client, proof string) (Grant, error) {
	// Read again under a lock: the link may be used twice at once.
	letter, err := readLetter(ctx, tx, tokenHash, tx.ForUpdate())
	if err != nil {
		return Grant{}, err
	}
	switch {
	case letter.HasAccount && letter.user.ID != user.ID:
		// Another invitation of the same e-mail made the account since we looked;
		// nobody has proved its password here.
		return Grant{}, errAccountMade()
	case letter.HasAccount:
		if err := succeeded(ctx, tx, user.Email, client); err != nil {
			return Grant{}, err
		}
	default:
		if err := insertUser(ctx, tx, user); err != nil {
			return Grant{}, err
		}
	}
	invitation := letter.Invitation
	if _, err := tx.Exec(ctx, "UPDATE invitation SET accepted_ms = $3 WHERE tenant_id = $1 AND id = $2", invitation.tenantID, invitation.ID, tx.Now()); err != nil {
		return Grant{}, err
	}
	if invitation.Role == CostReader {
		return s.joinReaders(ctx, tx, invitation, user, client, proof)
	}
	if err := putMember(ctx, tx, invitation.tenantID, user.ID, invitation.Role); err != nil {
		return Grant{}, err
	}
	who := Principal{User: user, Role: invitation.Role, ClientIP: client.IP}
	if err := s.noteMember(ctx, tx, who.By(), invitation.tenantID, user.ID, "member.joined", map[string]string{"role": string(invitation.Role)}); err != nil {
		return Grant{}, err
	}
	if s.joined != nil {
		if err := s.joined(ctx, tx, invitation.ID); err != nil {
			return Grant{}, err
		}
	}
	grant, err := s.openIn(ctx, tx, user, client, "session.opened", proof)
	if err != nil {
		return Grant{}, err
	}
	session := grant.Principal.Session
	session.activeTenantID = invitation.tenantID
	tx.Notify(rights, 0)
	if _, err := tx.Exec(ctx, "UPDATE login_session SET active_tenant_id = $2 WHERE id = $1", session.ID, session.activeTenantID); err != nil {
		return Grant{}, err
	}
	grant.Principal, err = s.assemble(ctx, tx, session)
	grant.Principal.ClientIP = client.IP
	return grant, err
}
