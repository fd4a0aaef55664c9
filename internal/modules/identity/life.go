package identity

import (
	"context"
	"slices"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/secret"
	"prosa/internal/platform/database"
)

// life is how long a session lives: without use, and in any case.
type life struct{ idle, most time.Duration }

// demoLife is that of the one-click people of a demo.
var demoLife = life{14 * 24 * time.Hour, 90 * 24 * time.Hour}

// lifeOf gives how long a person's session lives, by the most that they may do
// anywhere: the more, the shorter.
func (c Config) lifeOf(user User, companies []Membership, proof string) life {
	admin := slices.ContainsFunc(companies, func(m Membership) bool { return m.Role == Admin })
	switch {
	case proof == proofDemo:
		return demoLife
	case user.Staff():
		return life{c.OperatorIdle, c.OperatorLife}
	case admin:
		return life{c.AdminIdle, c.AdminLife}
	}
	return life{c.SessionIdle, c.SessionLife}
}

// Longest is the longest that any session lives, for the cookie.
func (c Config) Longest() time.Duration {
	longest := max(c.SessionLife, c.AdminLife, c.OperatorLife)
	if c.Demo {
		longest = max(longest, demoLife.most)
	}
	return longest
}

// touchEvery bounds how often the use of a session is written down: a small part
// of what it may idle, so that its end comes hardly early.
func (l life) touchEvery() time.Duration { return min(5*time.Minute, l.idle/5) }

// endsAt is when a session ends that is used now.
func (l life) endsAt(createdMS, nowMS int64) int64 {
	return min(nowMS+l.idle.Milliseconds(), createdMS+l.most.Milliseconds())
}

// overlap is how long a replaced token still counts, for calls under way.
const overlap = 30 * time.Second

// rotateSoon has the tokens of a person's sessions replaced at their next call:
// what they may do, or how they proved themselves, changed (ASVS 7.2.4).
func rotateSoon(ctx context.Context, tx *database.Tx, userID string) error {
	tx.Notify(rights, 0)
	_, err := tx.Exec(ctx, "UPDATE login_session SET rotate = TRUE WHERE user_id = $1 AND revoked_ms = 0", userID)
	return err
}

// RotationDue tells that the session is to get a new token.
func (p Principal) RotationDue() bool { return p.Session.rotate }

// Rotate replaces a session's token. It gives none to whoever comes second; the
// token before counts for half a minute more.
func (s *Service) Rotate(ctx context.Context, who Principal) (token secret.Text, err error) {
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		token = secret.Text{}
		fresh, hash := newToken()
		tx.Notify(rights, 0)
		mine, err := tx.Exec(ctx, `UPDATE login_session SET old_hash = token_hash, old_until_ms = $3, token_hash = $2, rotate = FALSE
			WHERE id = $1 AND rotate = TRUE AND revoked_ms = 0`, who.Session.ID, hash, tx.Now()+overlap.Milliseconds())
		if err == nil && mine > 0 {
			token = fresh
		}
		return err
	})
	return token, err
}

// EndSession ends one of the person's sessions. Error: fault.NotFound.
func (s *Service) EndSession(ctx context.Context, who Principal, sessionID string) error {
	return s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		live, err := sessions(ctx, tx, who.User.ID)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(live, func(one Session) bool { return one.ID == sessionID })
		if at < 0 {
			return errNoSession
		}
		return s.endSession(ctx, tx, who, live[at], "session.closed")
	})
}

// endSession ends a session of anybody's, by who.
func (s *Service) endSession(ctx context.Context, tx *database.Tx, who Principal, one Session, action string) error {
	tx.Notify(rights, 0)
	if _, err := tx.Exec(ctx, "UPDATE login_session SET revoked_ms = $2 WHERE id = $1 AND revoked_ms = 0", one.ID, tx.Now()); err != nil {
		return err
	}
	if err := noteFactor(ctx, tx, who, one.userID, action, map[string]string{"session": one.ID}); err != nil {
		return err
	}
	return s.tellRevoked(ctx, tx, one, who)
}

// EndOtherSessions ends all sessions of the person but the one that asks.
func (s *Service) EndOtherSessions(ctx context.Context, who Principal) error {
	return s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		if err := s.endOthers(ctx, tx, who); err != nil {
			return err
		}
		return noteFactor(ctx, tx, who, who.User.ID, "session.others_closed", nil)
	})
}

// EndMemberSessions ends the sessions in which a member looks at the company
// (ASVS 7.4.5). Error: fault.NotFound.
func (s *Service) EndMemberSessions(ctx context.Context, who Principal, userID string) error {
	tenantID := who.TenantID()
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if _, err := member(ctx, tx, tenantID, userID); err != nil {
			return err
		}
		live, err := sessions(ctx, tx, userID)
		if err != nil {
			return err
		}
		for _, one := range live {
			if one.activeTenantID != tenantID {
				continue
			}
			if err := s.endSession(ctx, tx, who, one, "session.closed_by_admin"); err != nil {
				return err
			}
		}
		return nil
	})
}

// now is the service's time.
func (s *Service) now() int64 { return clock.MS(s.clock.Now()) }
