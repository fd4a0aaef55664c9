package identity

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// freshFor is how long a proof counts for sensitive actions (ASVS 7.5.1).
const freshFor = 10 * time.Minute

var errFactorNeeded = &fault.Error{Code: fault.Forbidden, Reason: "factor_needed", Message: "the second factor is asked for"}

// Fresh reports whether the person proved themselves lately. The one-click people
// of a demo have nothing to prove themselves by.
func (p Principal) Fresh(nowMS int64) bool {
	return p.Session.Proof == proofDemo || nowMS-p.Session.ProvedMS < freshFor.Milliseconds()
}

func stepUpKey(who Principal) string { return "step_up:" + who.Session.ID }

// AskStepUp gives what the browser's passkeys are to be asked, as JSON. Error:
// fault.NotFound without passkeys.
func (s *Service) AskStepUp(ctx context.Context, who Principal) (options json.RawMessage, err error) {
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		asked, ceremony, err := s.askPasskey(ctx, tx, who.User, who.Host)
		if err != nil {
			return err
		}
		if asked == nil {
			return errNoFactor
		}
		options = asked
		return s.putChallenge(ctx, tx, challenge{key: stepUpKey(who), purpose: "step_up", userID: who.User.ID}, ceremony)
	})
	return options, err
}

// StepUp proves again who is signed in, for the sensitive actions of the next ten
// minutes, and has the session's token replaced. With a second factor the
// password is not enough. Errors: fault.Forbidden with reason bad_code,
// wrong_password or factor_needed, fault.Unauthorized with reason
// challenge_over, *Throttled.
func (s *Service) StepUp(ctx context.Context, who Principal, proof Proof, client Client) error {
	if who.User.factors == 0 {
		_, err := s.prove(ctx, who.User.Email, proof.Password, client)
		if fault.Is(err, fault.Unauthorized) {
			return &fault.Error{Code: fault.Forbidden, Reason: "wrong_password", Field: "password", Message: "the password is wrong"}
		}
		if err != nil {
			return err
		}
		return s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
			// A factor may have been set up since the person was recognized.
			if user, err := lockUser(ctx, tx, who.User.ID); err != nil || user.factors > 0 {
				return cmp.Or[error](err, errFactorNeeded)
			}
			if err := succeeded(ctx, tx, who.User.Email, client); err != nil {
				return err
			}
			return proved(ctx, tx, who)
		})
	}
	if proof.Code == "" && len(proof.Passkey) == 0 {
		return errFactorNeeded
	}
	var begun challenge
	var err error
	if len(proof.Passkey) > 0 {
		if begun, err = s.tryChallenge(ctx, stepUpKey(who)); err != nil {
			return &fault.Error{Code: fault.Forbidden, Reason: "challenge_over", Message: "this took too long or failed too often: begin again"}
		}
	}
	if err := s.countFactorTry(ctx, who.User); err != nil {
		return err
	}
	proof.Recovery = "" // for the door alone
	return s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		user, err := lockUser(ctx, tx, who.User.ID)
		if err != nil {
			return err
		}
		how, err := s.takeProof(ctx, tx, user, begun, proof, client)
		if err != nil {
			return err
		}
		if how == "" {
			return &fault.Error{Code: fault.Forbidden, Reason: "bad_code", Field: "code", Message: "this code is wrong or was used already"}
		}
		if how == KindPasskey {
			if err := endChallenge(ctx, tx, begun); err != nil {
				return err
			}
		}
		if err := forgetTries(ctx, tx, user); err != nil {
			return err
		}
		return proved(ctx, tx, who)
	})
}

// proved notes that the person of a session proved themselves just now.
func proved(ctx context.Context, tx *database.Tx, who Principal) error {
	tx.Notify(rights, 0)
	_, err := tx.Exec(ctx, "UPDATE login_session SET proved_ms = $2, rotate = TRUE WHERE id = $1 AND revoked_ms = 0", who.Session.ID, tx.Now())
	return err
}
