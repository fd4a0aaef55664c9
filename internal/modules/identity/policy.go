package identity

import (
	"context"
	"errors"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/mail"
	"prosa/internal/platform/database"
)

// Whom of its people a company asks for a second factor.
const (
	RequireNobody    = "nobody"
	RequireAdmins    = "admins"
	RequireEverybody = "everybody"
)

// covers tells whether a company's rule asks a factor of a role.
func covers(required string, role Role) bool {
	return required == RequireEverybody && role != "" || required == RequireAdmins && role == Admin
}

// policyOf gives a company's rule.
func policyOf(ctx context.Context, tx *database.Tx, tenantID string) (required string, err error) {
	err = tx.QueryRow(ctx, "SELECT required FROM factor_policy WHERE tenant_id = $1", tenantID).Scan(&required)
	if errors.Is(err, database.ErrNoRows) {
		return RequireNobody, nil
	}
	return required, err
}

// FactorPolicy tells whom of its people a company asks for a second factor.
func (s *Service) FactorPolicy(ctx context.Context, tenantID string) (required string, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		required, err = policyOf(ctx, tx, tenantID)
		return err
	})
	return required, err
}

// SetFactorPolicy changes the rule; who has no factor is led to set one up with
// the next call. Error: fault.Invalid.
func (s *Service) SetFactorPolicy(ctx context.Context, who Principal, required string) error {
	if !slices.Contains([]string{RequireNobody, RequireAdmins, RequireEverybody}, required) {
		return fault.OnField("required", "must be %s, %s or %s", RequireNobody, RequireAdmins, RequireEverybody)
	}
	tenantID := who.TenantID()
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		tx.Notify(rights, 0)
		_, err := tx.Exec(ctx, `INSERT INTO factor_policy (tenant_id, required, changed_ms) VALUES ($1, $2, $3)
			ON CONFLICT (tenant_id) DO UPDATE SET required = $2, changed_ms = $3`, tenantID, required, tx.Now())
		if err != nil {
			return err
		}
		return noteFactor(ctx, tx, who, tenantID, "company.factor_policy", map[string]string{"required": required})
	})
}

// required tells whether a person needs a second factor: staff always, others
// where one of their companies asks for it. The demo's people do not.
func (s *Service) required(ctx context.Context, tx *database.Tx, user User) (bool, error) {
	if user.Staff() && !s.cfg.Demo {
		return true, nil
	}
	companies, _, err := memberships(ctx, tx, user.ID)
	if err != nil {
		return false, err
	}
	for _, company := range companies {
		rule, err := policyOf(ctx, tx, company.ID)
		if err != nil || covers(rule, company.Role) {
			return err == nil, err
		}
	}
	return false, nil
}

// mustEnrol tells whether the person of a session has to set up a factor before
// anything else. It is the one place where that is decided.
func (s *Service) mustEnrol(ctx context.Context, tx *database.Tx, user User, session Session) (bool, error) {
	switch {
	case session.Proof == proofDemo:
		return false, nil
	case user.reenrol:
		return true, nil
	case user.factors > 0:
		return false, nil
	}
	return s.required(ctx, tx, user)
}

// ResetMemberFactors takes the factors of a member who lost them away: an admin
// does it for who is below them and works nowhere else; of others an operator
// decides. See resetFactors. Errors: fault.NotFound, fault.Refused with reason
// operator_decides.
func (s *Service) ResetMemberFactors(ctx context.Context, who Principal, userID string) error {
	tenantID := who.TenantID()
	// Whether the person works elsewhere stands in no single company.
	return s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		m, err := member(ctx, tx, tenantID, userID)
		if err != nil {
			return err
		}
		user, err := lockUser(ctx, tx, userID)
		if err != nil {
			return fault.New(fault.NotFound, "no such member")
		}
		companies, _, err := memberships(ctx, tx, userID)
		if err != nil {
			return err
		}
		if m.Role == Admin || user.Staff() || len(companies) > 1 {
			return fault.Refuse("operator_decides", "the factors of an admin, or of somebody who works for several companies, are removed by the platform's operators")
		}
		return s.resetFactors(ctx, tx, who, user, []string{tenantID}, map[string]string{"email": user.Email})
	})
}

// ResetFactors is ResetMemberFactors for operators: of anybody but themselves,
// with a reason. Errors: fault.NotFound, fault.Invalid, fault.Refused with reason
// own_factors.
func (s *Service) ResetFactors(ctx context.Context, who Principal, email, reason string) error {
	reason, err := cleanReason(reason)
	if err != nil {
		return err
	}
	if email, err = cleanEmail("email", email); err != nil {
		return err
	}
	return s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		user, err := userByEmail(ctx, tx, email)
		if err != nil {
			return err
		}
		if user.ID == "" || user.state != stateActive {
			return fault.New(fault.NotFound, "nobody has this e-mail")
		}
		if user.ID == who.User.ID {
			return fault.Refuse("own_factors", "somebody else has to do that for you")
		}
		companies, _, err := memberships(ctx, tx, user.ID)
		if err != nil {
			return err
		}
		tenants := []string{""} // the platform's own log
		for _, company := range companies {
			tenants = append(tenants, company.ID)
		}
		return s.resetFactors(ctx, tx, who, user, tenants, map[string]string{"email": user.Email, "reason": reason})
	})
}

// resetFactors takes all factors of a person away, ends their sessions and has
// them set up a new one at their next sign-in. Where letters go, the password
// goes too and a letter leads to another: whoever talked an admin into this
// holds neither.
func (s *Service) resetFactors(ctx context.Context, tx *database.Tx, who Principal, user User, tenants []string, facts map[string]string) error {
	for _, statement := range []string{
		"DELETE FROM factor WHERE user_id = $1",
		"DELETE FROM recovery_code WHERE user_id = $1",
		"DELETE FROM login_challenge WHERE user_id = $1",
		"UPDATE app_user SET reenrol = TRUE, version = version + 1 WHERE id = $1",
	} {
		if _, err := tx.Exec(ctx, statement, user.ID); err != nil {
			return err
		}
	}
	if err := s.endAll(ctx, tx, user); err != nil {
		return err
	}
	if s.Posts() {
		user.passwordHash = ""
		if err := saveUser(ctx, tx, user); err != nil {
			return err
		}
		if err := wishReset(ctx, tx, user.Email, who.ClientIP); err != nil {
			return err
		}
	}
	actor := who.Actor()
	for _, tenantID := range tenants {
		if tenantID != who.TenantID() || who.Role == "" {
			actor = who.User.Actor()
		}
		err := audit.Write(ctx, tx, audit.Entry{TenantID: tenantID, Actor: actor, Action: "factor.reset", Target: user.ID, Facts: facts, IP: who.ClientIP})
		if err != nil {
			return err
		}
	}
	return s.notice(ctx, tx, user, mail.FactorRemoved, who.ClientIP)
}

// tellRevoked lets go of the stream of a session that ended.
func (s *Service) tellRevoked(ctx context.Context, tx *database.Tx, one Session, who Principal) error {
	return s.tell(ctx, tx, one.activeTenantID, event.SessionRevoked, who.Actor(), revoked{UserID: one.userID, SessionID: one.ID})
}
