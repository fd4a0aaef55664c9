package identity

import (
	"context"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// Members lists the active members of a company by name.
func (s *Service) Members(ctx context.Context, tenantID string) (list []Member, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		list, err = members(ctx, tx, tenantID)
		return err
	})
	return list, err
}

// Member gives one active member. Error: fault.NotFound.
func (s *Service) Member(ctx context.Context, tenantID, userID string) (m Member, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		m, err = member(ctx, tx, tenantID, userID)
		return err
	})
	return m, err
}

// MemberByEmail gives the active member of a company who has the e-mail, in the
// caller's transaction. Error: fault.NotFound.
func (s *Service) MemberByEmail(ctx context.Context, tx *database.Tx, tenantID, email string) (Member, error) {
	email, err := cleanEmail("email", email)
	if err != nil {
		return Member{}, fault.New(fault.NotFound, "no such member")
	}
	user, err := userByEmail(ctx, tx, email)
	if err != nil {
		return Member{}, err
	}
	return member(ctx, tx, tenantID, user.ID)
}

// AddMember makes a user, or takes the one who has the e-mail, and adds them to
// a company: for seeds and for the command line. Errors: fault.Invalid.
func (s *Service) AddMember(ctx context.Context, tenantID string, draft Draft, role Role) (User, error) {
	if err := checkRole(role); err != nil {
		return User{}, err
	}
	user, err := s.newUser(ctx, draft)
	if err != nil {
		return User{}, err
	}
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		known, err := userByEmail(ctx, tx, user.Email)
		if err != nil {
			return err
		}
		if known.ID != "" {
			user = known
		} else if err := insertUser(ctx, tx, user); err != nil {
			return err
		}
		if err := putMember(ctx, tx, tenantID, user.ID, role); err != nil {
			return err
		}
		return s.noteMember(ctx, tx, tenancy.By{Actor: event.Actor{Kind: "system"}}, tenantID, user.ID, "member.added", map[string]string{"role": string(role)})
	})
	return user, err
}

// SetRole changes a member's role. Errors: fault.Invalid, fault.NotFound,
// fault.Conflict with reason last_admin.
func (s *Service) SetRole(ctx context.Context, who Principal, userID string, role Role) (m Member, err error) {
	if err := checkRole(role); err != nil {
		return Member{}, err
	}
	tenantID := who.TenantID()
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if m, err = member(ctx, tx, tenantID, userID); err != nil {
			return err
		}
		if role != Admin {
			if err := keepAnAdmin(ctx, tx, tenantID, userID); err != nil {
				return err
			}
		}
		facts := map[string]string{"from": string(m.Role), "to": string(role)}
		m.Role, m.Version = role, m.Version+1
		tx.Notify(rights, 0)
		_, err := tx.Exec(ctx, "UPDATE member SET role = $3, version = $4 WHERE tenant_id = $1 AND user_id = $2", tenantID, userID, string(role), m.Version)
		if err != nil {
			return err
		}
		if err := rotateSoon(ctx, tx, userID); err != nil {
			return err
		}
		return s.noteMember(ctx, tx, who.By(), tenantID, userID, "member.role_changed", facts)
	})
	return m, err
}

// RemoveMember takes a member out of the company at once. Errors:
// fault.NotFound, fault.Conflict with reason last_admin.
func (s *Service) RemoveMember(ctx context.Context, who Principal, userID string) error {
	tenantID := who.TenantID()
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		m, err := member(ctx, tx, tenantID, userID)
		if err != nil {
			return err
		}
		if err := keepAnAdmin(ctx, tx, tenantID, userID); err != nil {
			return err
		}
		tx.Notify(rights, 0)
		_, err = tx.Exec(ctx, "UPDATE member SET state = $3, version = version + 1 WHERE tenant_id = $1 AND user_id = $2", tenantID, userID, stateRemoved)
		if err != nil {
			return err
		}
		return s.noteMember(ctx, tx, who.By(), tenantID, userID, "member.removed", map[string]string{"email": m.Email})
	})
}

// keepAnAdmin refuses a change that takes the last admin away. The lock on all
// admins makes two admins who demote each other take turns.
func keepAnAdmin(ctx context.Context, tx *database.Tx, tenantID, userID string) error {
	rows, err := tx.Query(ctx, `SELECT user_id FROM member
		WHERE tenant_id = $1 AND role = 'admin' AND state = 'active' ORDER BY user_id`+tx.ForUpdate(), tenantID)
	if err != nil {
		return err
	}
	defer rows.Close()
	others, among := 0, false
	for rows.Next() {
		var admin string
		if err := rows.Scan(&admin); err != nil {
			return err
		}
		if admin == userID {
			among = true
		} else {
			others++
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if among && others == 0 {
		return &fault.Error{Code: fault.Conflict, Reason: "last_admin", Message: "a company keeps at least one admin"}
	}
	return nil
}

// noteMember writes the log's entry and the event of a changed membership.
func (s *Service) noteMember(ctx context.Context, tx *database.Tx, by tenancy.By, tenantID, userID, action string, facts map[string]string) error {
	err := audit.Write(ctx, tx, audit.Entry{TenantID: tenantID, Actor: by.Actor, Action: action, Target: userID, Facts: facts, IP: by.IP})
	if err != nil {
		return err
	}
	return s.tell(ctx, tx, tenantID, event.MemberUpdated, by.Actor, struct {
		UserID string `json:"user_id"`
	}{userID})
}
