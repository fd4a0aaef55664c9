package identity

import (
	"context"
	"errors"

	"prosa/internal/base/fault"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

const userColumns = `id, email, name, password_hash, operator, cost, locale, state, reenrol,
	(SELECT COUNT(*) FROM factor WHERE factor.user_id = app_user.id AND factor.confirmed_ms > 0)`

func scanUser(row database.Row) (User, error) {
	var u User
	err := row.Scan(&u.ID, &u.Email, &u.Name, &u.passwordHash, &u.Operator, &u.Cost, &u.Locale, &u.state, &u.reenrol, &u.factors)
	return u, err
}

func userByID(ctx context.Context, tx *database.Tx, id string) (User, error) {
	return scanUser(tx.QueryRow(ctx, "SELECT "+userColumns+" FROM app_user WHERE id = $1", id))
}

// userByEmail gives the zero User when there is none.
func userByEmail(ctx context.Context, tx *database.Tx, email string) (User, error) {
	user, err := scanUser(tx.QueryRow(ctx, "SELECT "+userColumns+" FROM app_user WHERE email = $1", email))
	if errors.Is(err, database.ErrNoRows) {
		return User{}, nil
	}
	return user, err
}

// insertUser adds a user. Error: fault.Conflict when the e-mail has an account.
func insertUser(ctx context.Context, tx *database.Tx, user User) error {
	made, err := tx.Exec(ctx, `
		INSERT INTO app_user (id, email, name, password_hash, operator, locale, state, created_ms, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1) ON CONFLICT (email) DO NOTHING`,
		user.ID, user.Email, user.Name, user.passwordHash, user.Operator, user.Locale, user.state, tx.Now())
	if err == nil && made == 0 {
		err = errAccountMade()
	}
	return err
}

func errAccountMade() error { return fault.New(fault.Conflict, "this e-mail has an account already") }

func saveUser(ctx context.Context, tx *database.Tx, user User) error {
	tx.Notify(rights, 0)
	_, err := tx.Exec(ctx, `
		UPDATE app_user SET name = $2, password_hash = $3, locale = $4, state = $5, version = version + 1 WHERE id = $1`,
		user.ID, user.Name, user.passwordHash, user.Locale, user.state)
	return err
}

func anyUser(ctx context.Context, tx *database.Tx) (bool, error) {
	var n int64
	err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM (SELECT id FROM app_user LIMIT 1) AS one").Scan(&n)
	return n > 0, err
}

// putMember adds a user to a company, or lets one who was removed come back.
// Error: fault.Refused with reason plan_limit.
func putMember(ctx context.Context, tx *database.Tx, tenantID, userID string, role Role) error {
	if err := admitMember(ctx, tx, tenantID, userID); err != nil {
		return err
	}
	tx.Notify(rights, 0)
	_, err := tx.Exec(ctx, `
		INSERT INTO member (tenant_id, user_id, role, state, created_ms, version) VALUES ($1, $2, $3, 'active', $4, 1)
		ON CONFLICT (tenant_id, user_id) DO UPDATE SET role = $3, state = 'active', version = member.version + 1`,
		tenantID, userID, string(role), tx.Now())
	return err
}

const memberColumns = "m.user_id, u.name, u.email, m.role, m.state, m.created_ms, m.version"

func scanMember(row database.Row) (Member, error) {
	var m Member
	err := row.Scan(&m.UserID, &m.Name, &m.Email, &m.Role, &m.State, &m.CreatedMS, &m.Version)
	return m, err
}

func members(ctx context.Context, tx *database.Tx, tenantID string) ([]Member, error) {
	rows, err := tx.Query(ctx, "SELECT "+memberColumns+` FROM member m JOIN app_user u ON u.id = m.user_id
		WHERE m.tenant_id = $1 AND m.state = 'active' ORDER BY u.name, m.user_id`, tenantID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Member{}
	for rows.Next() {
		member, err := scanMember(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, member)
	}
	return list, rows.Err()
}

func member(ctx context.Context, tx *database.Tx, tenantID, userID string) (Member, error) {
	m, err := scanMember(tx.QueryRow(ctx, "SELECT "+memberColumns+` FROM member m JOIN app_user u ON u.id = m.user_id
		WHERE m.tenant_id = $1 AND m.user_id = $2 AND m.state = 'active'`, tenantID, userID))
	if errors.Is(err, database.ErrNoRows) {
		return Member{}, fault.New(fault.NotFound, "no such member")
	}
	return m, err
}

// memberships lists the companies of a user, the oldest membership first. The
// transaction must be of platform scope.
func memberships(ctx context.Context, tx *database.Tx, userID string) ([]Membership, []tenancy.Company, error) {
	rows, err := tx.Query(ctx, "SELECT tenant_id, role FROM member WHERE user_id = $1 AND state = 'active' ORDER BY created_ms, tenant_id", userID)
	if err != nil {
		return nil, nil, err
	}
	list := []Membership{}
	var ids []string
	for rows.Next() {
		var m Membership
		if err := rows.Scan(&m.ID, &m.Role); err != nil {
			rows.Close()
			return nil, nil, err
		}
		list, ids = append(list, m), append(ids, m.ID)
	}
	if err := rows.Err(); err != nil {
		return nil, nil, err
	}
	companies, err := tenancy.LoadAll(ctx, tx, ids)
	for i := range list {
		for _, company := range companies {
			if company.ID == list[i].ID {
				list[i].Name, list[i].Slug, list[i].State = company.Name, company.Slug, company.State
			}
		}
	}
	return list, companies, err
}

const sessionColumns = "id, user_id, active_tenant_id, created_ms, seen_ms, expires_ms, ip, agent, proof, proved_ms, rotate"

func scanSession(row database.Row) (Session, error) {
	var s Session
	err := row.Scan(&s.ID, &s.userID, &s.activeTenantID, &s.CreatedMS, &s.SeenMS, &s.ExpiresMS, &s.IP, &s.Agent, &s.Proof, &s.ProvedMS, &s.rotate)
	return s, err
}

// sessionByToken finds the live session of a token, or of one that was replaced a
// moment ago.
func sessionByToken(ctx context.Context, tx *database.Tx, hash string, now int64) (Session, error) {
	session, err := scanSession(tx.QueryRow(ctx, "SELECT "+sessionColumns+` FROM login_session
		WHERE token_hash = $1 AND revoked_ms = 0 AND expires_ms > $2`, hash, now))
	if !errors.Is(err, database.ErrNoRows) {
		return session, err
	}
	return scanSession(tx.QueryRow(ctx, "SELECT "+sessionColumns+` FROM login_session
		WHERE old_hash = $1 AND old_until_ms > $2 AND revoked_ms = 0 AND expires_ms > $2`, hash, now))
}

func insertSession(ctx context.Context, tx *database.Tx, session Session, tokenHash string) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO login_session (id, token_hash, user_id, active_tenant_id, created_ms, seen_ms, expires_ms, revoked_ms, ip, agent, proof, proved_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11)`,
		session.ID, tokenHash, session.userID, session.activeTenantID, session.CreatedMS, session.SeenMS, session.ExpiresMS, session.IP, session.Agent, session.Proof, session.ProvedMS)
	return err
}

// sessions lists the live sessions of a user, the last used first.
func sessions(ctx context.Context, tx *database.Tx, userID string) ([]Session, error) {
	rows, err := tx.Query(ctx, "SELECT "+sessionColumns+` FROM login_session
		WHERE user_id = $1 AND revoked_ms = 0 AND expires_ms > $2 ORDER BY seen_ms DESC, id DESC`, userID, tx.Now())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Session{}
	for rows.Next() {
		session, err := scanSession(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, session)
	}
	return list, rows.Err()
}
