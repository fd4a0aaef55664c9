package identity

import (
	"context"
	"encoding/json"
	"errors"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// Service holds the use cases; each opens its own transactions. Passwords are
// hashed outside of them.
type Service struct {
	cfg      Config
	db       *database.DB
	emit     Emit
	clock    clock.Clock
	hasher   *hasher
	known    *principals
	post     Post                                                                  // nil until bound
	joined   func(ctx context.Context, tx *database.Tx, invitationID string) error // nil until bound
	sealer   Sealer
	passkeys parties
}

// New makes the service.
func New(cfg Config, db *database.DB, emit Emit, clock clock.Clock) *Service {
	return &Service{cfg: cfg, db: db, emit: emit, clock: clock, hasher: newHasher(cfg), known: newPrincipals(db, cfg.SessionTrust), passkeys: relyingParties(cfg)}
}

// everyCompany is the scope of what happens before a company is known.
func everyCompany() database.Scope {
	return database.Platform("a person signs in before a company is known, and may belong to several")
}

var (
	errNoSession = fault.New(fault.NotFound, "no such session")
	errSignedOut = fault.New(fault.Unauthorized, "nobody is signed in")
	errBadLogin  = &fault.Error{Code: fault.Unauthorized, Reason: "bad_credentials", Message: "the e-mail or the password is wrong"}
)

// SignIn opens a session for an e-mail and its password, or begins the second
// step (Grant.Challenge) where the person has a factor. Errors:
// fault.Unauthorized with reason bad_credentials, *Throttled,
// fault.Unavailable when too many sign in at once.
func (s *Service) SignIn(ctx context.Context, email string, password secret.Text, client Client) (Grant, error) {
	email, err := cleanEmail("email", email)
	if err != nil {
		// Not an address: nobody has it, and the answer is that of nobody.
		email = "invalid"
	}
	user, err := s.prove(ctx, email, password, client)
	if err != nil {
		return Grant{}, err
	}
	return s.enter(ctx, user, client)
}

// enter opens a session for somebody whose password was right, or begins their
// second step.
func (s *Service) enter(ctx context.Context, user User, client Client) (Grant, error) {
	if user.factors > 0 {
		step, err := s.challengeFor(ctx, user, client, "")
		return Grant{Challenge: step}, err
	}
	return s.open(ctx, user, client, "session.opened", proofPassword, func(ctx context.Context, tx *database.Tx) error {
		if err := stillEnough(ctx, tx, user); err != nil {
			return err
		}
		return succeeded(ctx, tx, user.Email, client)
	})
}

// stillEnough locks the account of somebody whose password was right a moment
// ago, and makes sure that it still is and still is enough: the hash takes a
// while, in which the person may have chased a thief out. Error: errBadLogin.
func stillEnough(ctx context.Context, tx *database.Tx, seen User) error {
	now, err := lockUser(ctx, tx, seen.ID)
	if errors.Is(err, errSignedOut) || err == nil && (now.passwordHash != seen.passwordHash || now.factors > 0 && seen.factors == 0) {
		return errBadLogin
	}
	return err
}

// prove finds the user of an e-mail and checks the password, with the limits.
func (s *Service) prove(ctx context.Context, email string, password secret.Text, client Client) (User, error) {
	var user User
	err := s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) (err error) {
		if err := attempt(ctx, tx, subjects(email, client)); err != nil {
			return err
		}
		user, err = userByEmail(ctx, tx, email)
		return err
	})
	if err != nil {
		return User{}, err
	}
	ok, err := s.hasher.matches(ctx, user.passwordHash, password)
	switch {
	case err != nil:
		return User{}, err
	case !ok || user.state != stateActive:
		return User{}, errBadLogin
	}
	return user, nil
}

// SignInDemo opens a session as the first member of a role, or as the first who
// reads costs, without a password. Error: fault.NotFound unless this is the demo.
func (s *Service) SignInDemo(ctx context.Context, role Role, client Client) (Grant, error) {
	if !s.cfg.Demo {
		return Grant{}, fault.New(fault.NotFound, "this is not the demo")
	}
	first, args := `SELECT user_id FROM member WHERE role = $1 AND state = 'active' ORDER BY created_ms, tenant_id, user_id LIMIT 1`, []any{string(role)}
	if role == CostReader {
		first, args = "SELECT id FROM app_user WHERE cost = TRUE AND state = $1 ORDER BY id LIMIT 1", []any{stateActive}
	} else if err := checkRole(role); err != nil {
		return Grant{}, err
	}
	var user User
	err := s.db.Read(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		var userID string
		if err := tx.QueryRow(ctx, first, args...).Scan(&userID); err != nil {
			return err
		}
		var err error
		user, err = userByID(ctx, tx, userID)
		return err
	})
	if errors.Is(err, database.ErrNoRows) {
		return Grant{}, fault.New(fault.NotFound, "the demo has no %s", role)
	}
	if err != nil {
		return Grant{}, err
	}
	return s.open(ctx, user, client, "session.opened_demo", proofDemo, nil)
}

// open makes a session. also, which may be nil, runs in its transaction first.
func (s *Service) open(ctx context.Context, user User, client Client, action, proof string, also func(context.Context, *database.Tx) error) (grant Grant, err error) {
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		if also != nil {
			if err := also(ctx, tx); err != nil {
				return err
			}
		}
		grant, err = s.openIn(ctx, tx, user, client, action, proof)
		return err
	})
	return grant, err
}

func (s *Service) openIn(ctx context.Context, tx *database.Tx, user User, client Client, action, proof string) (Grant, error) {
	token, hash := newToken()
	session := Session{
		ID: id.New(id.Session, tx.Now()), userID: user.ID, CreatedMS: tx.Now(), SeenMS: tx.Now(),
		IP: client.IP, Agent: client.Agent[:min(len(client.Agent), 200)], Proof: proof, ProvedMS: tx.Now(),
	}
	if database.Text(session.Agent) != nil {
		session.Agent = ""
	}
	companies, _, err := memberships(ctx, tx, user.ID)
	if err != nil {
		return Grant{}, err
	}
	if session.activeTenantID, err = firstCompany(ctx, tx, user.ID, companies); err != nil {
		return Grant{}, err
	}
	session.ExpiresMS = s.cfg.lifeOf(user, companies, proof).endsAt(tx.Now(), tx.Now())
	if err := insertSession(ctx, tx, session, hash); err != nil {
		return Grant{}, err
	}
	err = audit.Write(ctx, tx, audit.Entry{TenantID: session.activeTenantID, Actor: user.Actor(), Action: action, Target: user.ID, Facts: map[string]string{"proof": proof}, IP: client.IP})
	if err != nil {
		return Grant{}, err
	}
	principal, err := s.assemble(ctx, tx, session)
	principal.ClientIP = client.IP
	return Grant{Token: token, Principal: principal}, err
}

// firstCompany is the one that the user looked at last, else the first that
// may work, else the first, else none.
func firstCompany(ctx context.Context, tx *database.Tx, userID string, companies []Membership) (string, error) {
	var last string
	err := tx.QueryRow(ctx, `
		SELECT active_tenant_id FROM login_session WHERE user_id = $1 AND active_tenant_id <> '' ORDER BY seen_ms DESC, id DESC LIMIT 1`,
		userID).Scan(&last)
	if err != nil && !errors.Is(err, database.ErrNoRows) {
		return "", err
	}
	first := ""
	for _, company := range companies {
		if company.ID == last && company.State.Works() {
			return last, nil
		}
		if first == "" && company.State.Works() {
			first = company.ID
		}
	}
	if first == "" && len(companies) > 0 {
		first = companies[0].ID
	}
	return first, nil
}

// assemble reads the person behind a live session. Error: fault.Unauthorized
// when the account was disabled, or the demo that opened the session is over.
func (s *Service) assemble(ctx context.Context, tx *database.Tx, session Session) (Principal, error) {
	if session.Proof == proofDemo && !s.cfg.Demo {
		return Principal{}, errSignedOut // nobody proved anything, and this is no demo any more
	}
	user, err := userByID(ctx, tx, session.userID)
	if errors.Is(err, database.ErrNoRows) || err == nil && user.state != stateActive {
		return Principal{}, errSignedOut
	}
	if err != nil {
		return Principal{}, err
	}
	list, companies, err := memberships(ctx, tx, user.ID)
	if err != nil {
		return Principal{}, err
	}
	principal := Principal{Session: session, User: user, Companies: list}
	principal.Session.life = s.cfg.lifeOf(user, list, session.Proof)
	if principal.MustEnrol, err = s.mustEnrol(ctx, tx, user, session); err != nil {
		return Principal{}, err
	}
	for i, membership := range list {
		if membership.ID != session.activeTenantID {
			continue
		}
		principal.Role = list[i].Role
		for _, company := range companies {
			if company.ID == membership.ID {
				principal.Company = company
			}
		}
	}
	if principal.Role == "" {
		return s.lookingIn(ctx, tx, principal)
	}
	return principal, nil
}

// lookingIn lets an operator see the company that they were given a look into.
func (s *Service) lookingIn(ctx context.Context, tx *database.Tx, principal Principal) (_ Principal, err error) {
	principal.Support, err = lookIn(ctx, tx, principal.User, principal.Session.activeTenantID)
	if err != nil || principal.Support == nil {
		return principal, err
	}
	principal.Role = Supervisor // to see what others own; May takes all else away
	principal.Company, err = tenancy.Load(ctx, tx, principal.Session.activeTenantID)
	return principal, err
}

// Authenticate gives who is behind a session's token, and lets the session
// live on. It reads the database once in Config.SessionTrust, and whenever this
// process changed anybody's rights. Error: fault.Unauthorized.
func (s *Service) Authenticate(ctx context.Context, token secret.Text) (principal Principal, err error) {
	if token.IsZero() {
		return Principal{}, errSignedOut
	}
	now, hash := clock.MS(s.clock.Now()), hashToken(token)
	principal, generation, ok := s.known.find(hash, now)
	if ok {
		return principal, nil
	}
	err = s.db.Read(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		session, err := sessionByToken(ctx, tx, hash, now)
		if errors.Is(err, database.ErrNoRows) {
			return errSignedOut
		}
		if err != nil {
			return err
		}
		principal, err = s.assemble(ctx, tx, session)
		return err
	})
	if err != nil {
		return Principal{}, err
	}
	if now-principal.Session.SeenMS >= principal.Session.life.touchEvery().Milliseconds() {
		if err := s.touch(ctx, &principal.Session, now); err != nil {
			return principal, err
		}
	}
	s.known.keep(hash, principal, now, generation)
	return principal, nil
}

// touch notes that a session is in use, which moves its end, up to its longest
// life.
func (s *Service) touch(ctx context.Context, session *Session, now int64) error {
	session.SeenMS = now
	session.ExpiresMS = session.life.endsAt(session.CreatedMS, now)
	return s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE login_session SET seen_ms = $2, expires_ms = $3 WHERE id = $1", session.ID, session.SeenMS, session.ExpiresMS)
		return err
	})
}

// Sessions lists the person's live sessions, the last used first.
func (s *Service) Sessions(ctx context.Context, who Principal) (list []Session, err error) {
	err = s.db.Read(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		list, err = sessions(ctx, tx, who.User.ID)
		return err
	})
	return list, err
}

// SignOut ends the session that asks.
func (s *Service) SignOut(ctx context.Context, who Principal) error {
	return s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		tx.Notify(rights, 0)
		if _, err := tx.Exec(ctx, "UPDATE login_session SET revoked_ms = $2 WHERE id = $1 AND revoked_ms = 0", who.Session.ID, tx.Now()); err != nil {
			return err
		}
		return s.noteRevoked(ctx, tx, who, who.Session.ID, "session.closed")
	})
}

// SignOutEverywhere ends all sessions of the person, the asking one too.
func (s *Service) SignOutEverywhere(ctx context.Context, who Principal) error {
	return s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		if err := revokeOthers(ctx, tx, who.User.ID, ""); err != nil {
			return err
		}
		return s.noteRevoked(ctx, tx, who, "", "session.closed_everywhere")
	})
}

// revokeOthers ends a user's sessions but one, and the sign-ins that wait for
// their second step.
func revokeOthers(ctx context.Context, tx *database.Tx, userID, butID string) error {
	tx.Notify(rights, 0)
	if _, err := tx.Exec(ctx, "DELETE FROM login_challenge WHERE user_id = $1 AND purpose = 'sign_in'", userID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "UPDATE login_session SET revoked_ms = $3 WHERE user_id = $1 AND id <> $2 AND revoked_ms = 0", userID, butID, tx.Now())
	return err
}

// revoked is the data of session.revoked; an empty session means all of the
// user's.
type revoked struct {
	UserID    string `json:"user_id"`
	SessionID string `json:"session_id,omitempty"`
}

func (s *Service) noteRevoked(ctx context.Context, tx *database.Tx, who Principal, sessionID, action string) error {
	err := audit.Write(ctx, tx, audit.Entry{TenantID: who.TenantID(), Actor: who.Actor(), Action: action, Target: who.User.ID, IP: who.ClientIP})
	if err != nil {
		return err
	}
	return s.tell(ctx, tx, who.TenantID(), event.SessionRevoked, who.Actor(), revoked{UserID: who.User.ID, SessionID: sessionID})
}

// tell lets a company's browsers know. Who looks at no company, as staff may,
// watches no stream.
func (s *Service) tell(ctx context.Context, tx *database.Tx, tenantID, kind string, actor event.Actor, data any) error {
	if tenantID == "" {
		return nil
	}
	encoded, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return s.emit(ctx, tx, 0, event.Envelope{
		Version: event.Version, TenantID: tenantID, Type: kind, AtMS: tx.Now(), Actor: actor, Cause: event.Manual, Data: encoded,
	})
}

// Switch makes the session look at another company of the person. Error:
// fault.Forbidden when the person is not a member.
func (s *Service) Switch(ctx context.Context, who Principal, tenantID string) (principal Principal, err error) {
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		session := who.Session
		session.activeTenantID = tenantID
		if principal, err = s.assemble(ctx, tx, session); err != nil {
			return err
		}
		if principal.Role == "" {
			return fault.New(fault.Forbidden, "you are not a member of that company")
		}
		tx.Notify(rights, 0)
		_, err := tx.Exec(ctx, "UPDATE login_session SET active_tenant_id = $2 WHERE id = $1", session.ID, tenantID)
		return err
	})
	principal.ClientIP = who.ClientIP
	return principal, err
}

// Sweep removes what has no use any more: sessions and links to a new password
// that ended a month ago, and
// counts of failures that are forgotten. Call it now and then.
func (s *Service) Sweep(ctx context.Context) error {
	return s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		const month = int64(30 * 24 * 3600 * 1000)
		_, err := tx.Exec(ctx, "DELETE FROM login_session WHERE expires_ms < $1 OR (revoked_ms > 0 AND revoked_ms < $1)", tx.Now()-month)
		if err != nil {
			return err
		}
		if _, err = tx.Exec(ctx, "DELETE FROM password_reset WHERE expires_ms > 0 AND expires_ms < $1", tx.Now()-month); err != nil {
			return err
		}
		if _, err = tx.Exec(ctx, "DELETE FROM login_challenge WHERE expires_ms < $1", tx.Now()); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "DELETE FROM login_attempt WHERE last_ms < $1 AND until_ms < $2", tx.Now()-forgetAfter.Milliseconds(), tx.Now())
		return err
	})
}
