package identity

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/platform/database"
)

const (
	// challengeLife is how long a second step may take, and challengeTries how
	// often it may fail (ASVS 6.6.3).
	challengeLife  = 5 * time.Minute
	challengeTries = 5
)

// perFactor slows down who has a password and begins again and again.
var perFactor = limit{free: 10, first: 30 * time.Second, most: 15 * time.Minute}

var (
	errChallengeOver = &fault.Error{Code: fault.Unauthorized, Reason: "challenge_over", Message: "this took too long or failed too often: begin again"}
	errBadFactor     = &fault.Error{Code: fault.Unauthorized, Reason: "bad_code", Message: "this code is wrong or was used already"}
)

// Challenge is a second step that somebody has to take. Its token goes into a
// cookie of the browser that began and is shown nowhere else.
type Challenge struct {
	Token     secret.Text
	ExpiresMS int64
	// Methods are totp, passkey and recovery.
	Methods []string
	// Passkey is what the browser is to be asked, as JSON; nil without passkeys.
	Passkey json.RawMessage
}

// Proof is what somebody gives to prove themselves; one of its fields is set.
type Proof struct {
	Password secret.Text
	Code     string // of the app
	Recovery string
	Passkey  json.RawMessage
}

// challenge is a row of login_challenge.
type challenge struct {
	key, purpose, userID, invitationHash string
	session                              webauthn.SessionData
}

// putChallenge writes a challenge; one of the same key is replaced.
func (s *Service) putChallenge(ctx context.Context, tx *database.Tx, c challenge, ceremony *webauthn.SessionData) error {
	asked := ""
	if ceremony != nil {
		encoded, err := rawJSON(ceremony)
		if err != nil {
			return err
		}
		asked = string(encoded)
	}
	_, err := tx.Exec(ctx, `INSERT INTO login_challenge (token_hash, purpose, user_id, invitation_hash, ceremony, tries, expires_ms)
		VALUES ($1, $2, $3, $4, $5, 0, $6)
		ON CONFLICT (token_hash) DO UPDATE SET ceremony = $5, tries = 0, expires_ms = $6`,
		c.key, c.purpose, c.userID, c.invitationHash, asked, tx.Now()+challengeLife.Milliseconds())
	return err
}

// tryChallenge counts a try ahead of it, in a transaction of its own, so that
// tries sent all at once count too. Error: fault.Unauthorized with reason
// challenge_over.
func (s *Service) tryChallenge(ctx context.Context, key string) (c challenge, err error) {
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		c = challenge{key: key}
		var asked string
		err := tx.QueryRow(ctx, `UPDATE login_challenge SET tries = tries + 1 WHERE token_hash = $1 AND expires_ms > $2 AND tries < $3
			RETURNING purpose, user_id, invitation_hash, ceremony`, key, tx.Now(), challengeTries).Scan(&c.purpose, &c.userID, &c.invitationHash, &asked)
		if errors.Is(err, database.ErrNoRows) {
			return errChallengeOver
		}
		if err != nil || asked == "" {
			return err
		}
		if err := json.Unmarshal([]byte(asked), &c.session); err != nil {
			return fault.Wrap(err, fault.Internal, "a stored challenge can't be read")
		}
		return nil
	})
	return c, err
}

// endChallenge uses a challenge up. Error: errChallengeOver for who comes second.
func endChallenge(ctx context.Context, tx *database.Tx, c challenge) error {
	gone, err := tx.Exec(ctx, "DELETE FROM login_challenge WHERE token_hash = $1", c.key)
	if err == nil && gone == 0 {
		err = errChallengeOver
	}
	return err
}

// challengeFor begins the second step of somebody whose password was right.
func (s *Service) challengeFor(ctx context.Context, user User, client Client, invitationHash string) (*Challenge, error) {
	token, hash := newToken()
	out := &Challenge{Token: token}
	err := s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		if err := stillEnough(ctx, tx, user); err != nil {
			return err
		}
		// The password was right: its failures don't count against the person.
		if err := succeeded(ctx, tx, user.Email, client); err != nil {
			return err
		}
		factors, err := s.confirmed(ctx, tx, user.ID)
		if err != nil {
			return err
		}
		left, err := codesLeft(ctx, tx, user.ID)
		if err != nil {
			return err
		}
		out.ExpiresMS, out.Methods = tx.Now()+challengeLife.Milliseconds(), s.methods(factors, client.Host)
		if left > 0 {
			out.Methods = append(out.Methods, proofRecovery)
		}
		options, ceremony, err := s.askPasskey(ctx, tx, user, client.Host)
		if err != nil {
			return err
		}
		out.Passkey = options
		return s.putChallenge(ctx, tx, challenge{key: hash, purpose: "sign_in", userID: user.ID, invitationHash: invitationHash}, ceremony)
	})
	return out, err
}

// countFactorTry counts a try at a person's factors, whatever challenge it is of.
func (s *Service) countFactorTry(ctx context.Context, user User) error {
	return s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		return attempt(ctx, tx, []subject{{"factor:" + user.ID, perFactor}})
	})
}

// forgetTries clears the count of somebody who proved themselves.
func forgetTries(ctx context.Context, tx *database.Tx, user User) error {
	_, err := tx.Exec(ctx, "DELETE FROM login_attempt WHERE subject = $1", "factor:"+user.ID)
	return err
}

// SecondStep finishes a sign-in that SignIn or Accept began. Errors:
// fault.Unauthorized with reason bad_code or challenge_over, *Throttled.
func (s *Service) SecondStep(ctx context.Context, token secret.Text, proof Proof, client Client) (grant Grant, err error) {
	begun, err := s.tryChallenge(ctx, hashToken(token))
	if err != nil {
		return Grant{}, err
	}
	if begun.purpose != "sign_in" {
		return Grant{}, errChallengeOver
	}
	if err := s.countFactorTry(ctx, User{ID: begun.userID}); err != nil {
		return Grant{}, err
	}
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		user, err := lockUser(ctx, tx, begun.userID)
		if err != nil {
			return err
		}
		how, err := s.takeProof(ctx, tx, user, begun, proof, client)
		if err != nil {
			return err
		}
		if how == "" {
			return errBadFactor
		}
		if err := endChallenge(ctx, tx, begun); err != nil {
			return err
		}
		if err := forgetTries(ctx, tx, user); err != nil {
			return err
		}
		if how == proofRecovery {
			if user, err = userByID(ctx, tx, user.ID); err != nil { // it must enrol now
				return err
			}
		}
		if begun.invitationHash != "" {
			grant, err = s.join(ctx, tx, begun.invitationHash, user, client, how)
		} else {
			grant, err = s.openIn(ctx, tx, user, client, "session.opened", how)
		}
		return err
	})
	return grant, err
}

// takeProof tells by which factor somebody proved themselves, empty for none.
func (s *Service) takeProof(ctx context.Context, tx *database.Tx, user User, begun challenge, proof Proof, client Client) (how string, err error) {
	var ok bool
	switch {
	case len(proof.Passkey) > 0:
		how = KindPasskey
		ok, err = s.takePasskey(ctx, tx, user, begun, proof.Passkey)
	case proof.Recovery != "":
		how = proofRecovery
		ok, err = s.takeCode(ctx, tx, user, proof.Recovery, client)
	default:
		how = KindApp
		ok, err = s.takeApp(ctx, tx, user, proof.Code)
	}
	if err != nil || !ok {
		return "", err
	}
	return how, nil
}
