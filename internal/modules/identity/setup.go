package identity

import (
	"context"
	"slices"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/secret"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// SetupNeeded reports whether the platform has no user yet.
func (s *Service) SetupNeeded(ctx context.Context) (needed bool, err error) {
	err = s.db.Read(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		some, err := anyUser(ctx, tx)
		needed = !some
		return err
	})
	return needed, err
}

// SetupToken makes a token that opens the first-run page for half an hour, for
// boot to print.
// It is zero when the platform is set up. Several processes that boot together
// each print one; the first used closes all.
func (s *Service) SetupToken(ctx context.Context) (token secret.Text, err error) {
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		token = secret.Text{}
		some, err := anyUser(ctx, tx)
		if err != nil || some {
			return err
		}
		var hash string
		token, hash = newToken()
		_, err = tx.Exec(ctx, "INSERT INTO setup_token (token_hash, created_ms, used_ms) VALUES ($1, $2, 0)", hash, tx.Now())
		return err
	})
	return token, err
}

// setupLife is how long a token opens the first-run page: it stands in a log.
const setupLife = 30 * time.Minute

// Setup is the input of the first run.
type Setup struct {
	Token   secret.Text
	Company tenancy.Draft
	// User becomes the first operator of the platform and the first admin of the
	// company.
	User Draft
}

var (
	errSetUp    = &fault.Error{Code: fault.Conflict, Reason: "setup_done", Message: "the platform is set up already"}
	errBadToken = &fault.Error{Code: fault.Forbidden, Reason: "bad_token", Field: "token", Message: "this is not the token that the server printed when it started, or it is older than half an hour: start it again for another"}
)

// SetUp makes the first company and its admin, who also is the first operator,
// and signs them in. Errors: fault.Conflict with reason setup_done,
// fault.Forbidden with reason bad_token, fault.Invalid.
func (s *Service) SetUp(ctx context.Context, setup Setup, client Client) (grant Grant, err error) {
	// Told from the token first, so that a stranger can't have passwords hashed.
	err = s.db.Read(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		return checkSetup(ctx, tx, setup.Token)
	})
	if err != nil {
		return Grant{}, err
	}
	setup.User.Operator = true
	user, err := s.newUser(ctx, setup.User)
	if err != nil {
		return Grant{}, err
	}
	tenantID := id.New(id.Tenant, clock.MS(s.clock.Now()))
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		if err := useSetupToken(ctx, tx, setup.Token); err != nil {
			return err
		}
		company, err := tenancy.Insert(ctx, tx, tenantID, setup.Company)
		if err != nil {
			return err
		}
		if err := insertUser(ctx, tx, user); err != nil {
			return err
		}
		if err := putMember(ctx, tx, company.ID, user.ID, Admin); err != nil {
			return err
		}
		err = audit.Write(ctx, tx, audit.Entry{TenantID: company.ID, Actor: user.Actor(), Action: "company.created", Target: company.ID, IP: client.IP})
		if err != nil {
			return err
		}
		grant, err = s.openIn(ctx, tx, user, client, "session.opened", proofPassword)
		return err
	})
	return grant, err
}

func checkSetup(ctx context.Context, tx *database.Tx, token secret.Text) error {
	some, err := anyUser(ctx, tx)
	if err != nil {
		return err
	}
	if some {
		return errSetUp
	}
	var n int64
	err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM setup_token WHERE token_hash = $1 AND used_ms = 0 AND created_ms > $2",
		hashToken(token), tx.Now()-setupLife.Milliseconds()).Scan(&n)
	if err == nil && n == 0 {
		err = errBadToken
	}
	return err
}

// useSetupToken closes all tokens at once, which also makes two first runs at
// the same time take turns: the second finds none left.
func useSetupToken(ctx context.Context, tx *database.Tx, token secret.Text) error {
	rows, err := tx.Query(ctx, "UPDATE setup_token SET used_ms = $1 WHERE used_ms = 0 RETURNING token_hash", tx.Now())
	if err != nil {
		return err
	}
	defer rows.Close()
	var hashes []string
	for rows.Next() {
		var hash string
		if err := rows.Scan(&hash); err != nil {
			return err
		}
		hashes = append(hashes, hash)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	switch {
	case len(hashes) == 0:
		return errSetUp
	case !slices.Contains(hashes, hashToken(token)):
		return errBadToken
	}
	return nil
}

// newUser checks a draft and hashes its password.
func (s *Service) newUser(ctx context.Context, draft Draft) (user User, err error) {
	user = User{ID: id.New(id.User, clock.MS(s.clock.Now())), Operator: draft.Operator, state: stateActive}
	if user.Email, err = cleanEmail("email", draft.Email); err != nil {
		return User{}, err
	}
	if user.Name, err = cleanName("name", draft.Name); err != nil {
		return User{}, err
	}
	if user.Locale, err = cleanLocale(draft.Locale); err != nil {
		return User{}, err
	}
	if err := checkPassword("password", draft.Password, user.Email); err != nil {
		return User{}, err
	}
	user.passwordHash, err = s.hasher.hash(ctx, draft.Password)
	return user, err
}
