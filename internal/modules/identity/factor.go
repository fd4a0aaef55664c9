package identity

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/mail"
	"prosa/internal/platform/database"
)

// Kinds of factors.
const (
	KindApp     = "totp"
	KindPasskey = "passkey"
)

// How a session proved its person. proofDemo is the one click of a demo, which
// nobody could prove by anything else.
const (
	proofPassword = "password"
	proofRecovery = "recovery"
	proofDemo     = "demo"
)

// Factor proves a person beside the password.
type Factor struct {
	ID        string `json:"id"`
	Kind      string `json:"kind" enum:"totp,passkey"`
	Name      string `json:"name"`
	CreatedMS int64  `json:"created_ms"`
	UsedMS    int64  `json:"used_ms"`

	userID      string
	handle      string
	plain       []byte // the seed, or the credential as JSON
	lastStep    int64
	confirmedMS int64
}

// Factors is what somebody has to prove themselves by.
type Factors struct {
	Items []Factor `json:"items"`
	// RecoveryLeft is the number of unused recovery codes.
	RecoveryLeft int64 `json:"recovery_left"`
	// Required tells that the last factor can't be removed.
	Required bool `json:"required"`
	// Passkeys tells whether this installation takes passkeys: it needs a name.
	Passkeys bool `json:"passkeys"`
	// StepUp is how a sensitive action is confirmed: password, or the factors.
	StepUp []string `json:"step_up"`
}

var (
	errNoSealer = fault.New(fault.Unavailable, "this process can't keep second factors")
	errNoFactor = fault.New(fault.NotFound, "no such factor")
)

// Sealer keeps the secrets of factors; *secretbox.Box fills it.
type Sealer interface {
	Seal(aad string, plain []byte) (string, error)
	Open(aad, sealed string) ([]byte, error)
}

// BindSealer gives the service what seals factors. Until then none can be set up.
func (s *Service) BindSealer(sealer Sealer) { s.sealer = sealer }

const factorColumns = "id, user_id, kind, name, sealed, handle, last_step, created_ms, confirmed_ms, used_ms"

func (s *Service) scanFactor(row database.Row) (Factor, error) {
	var f Factor
	var sealed string
	err := row.Scan(&f.ID, &f.userID, &f.Kind, &f.Name, &sealed, &f.handle, &f.lastStep, &f.CreatedMS, &f.confirmedMS, &f.UsedMS)
	if errors.Is(err, database.ErrNoRows) {
		return Factor{}, errNoFactor
	}
	if err != nil {
		return Factor{}, err
	}
	if s.sealer == nil {
		return Factor{}, errNoSealer
	}
	f.plain, err = s.sealer.Open("factor:"+f.ID, sealed)
	return f, err
}

// findFactor gives the first factor that a condition of ours names. Error:
// fault.NotFound.
func (s *Service) findFactor(ctx context.Context, tx *database.Tx, condition string, args ...any) (Factor, error) {
	return s.scanFactor(tx.QueryRow(ctx, "SELECT "+factorColumns+" FROM factor WHERE "+condition, args...))
}

// confirmed lists a person's factors in use, the oldest first.
func (s *Service) confirmed(ctx context.Context, tx *database.Tx, userID string) ([]Factor, error) {
	rows, err := tx.Query(ctx, "SELECT "+factorColumns+" FROM factor WHERE user_id = $1 AND confirmed_ms > 0 ORDER BY created_ms, id", userID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Factor{}
	for rows.Next() {
		f, err := s.scanFactor(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, rows.Err()
}

func (s *Service) insertFactor(ctx context.Context, tx *database.Tx, f Factor) error {
	if s.sealer == nil {
		return errNoSealer
	}
	sealed, err := s.sealer.Seal("factor:"+f.ID, f.plain)
	if err != nil {
		return err
	}
	made, err := tx.Exec(ctx, `INSERT INTO factor (id, user_id, kind, name, sealed, handle, last_step, created_ms, confirmed_ms, used_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
		f.ID, f.userID, f.Kind, f.Name, sealed, f.handle, f.lastStep, f.CreatedMS, f.confirmedMS, f.UsedMS)
	if err == nil && made == 0 {
		err = &fault.Error{Code: fault.Conflict, Reason: "passkey_known", Message: "this passkey is in use already"}
	}
	return err
}

// Factors lists what the person proves themselves by.
func (s *Service) Factors(ctx context.Context, who Principal) (out Factors, err error) {
	err = s.db.Read(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		if out.Items, err = s.confirmed(ctx, tx, who.User.ID); err != nil {
			return err
		}
		if out.RecoveryLeft, err = codesLeft(ctx, tx, who.User.ID); err != nil {
			return err
		}
		out.Required, err = s.required(ctx, tx, who.User)
		return err
	})
	out.Passkeys, out.StepUp = s.TakesPasskeys(who.Host), s.methods(out.Items, who.Host)
	return out, err
}

// methods are the ways to prove a person again at a host who has these factors.
// With a factor the password alone is not enough, even where none can be used: no
// path is weaker than the door (ASVS 6.3.4).
func (s *Service) methods(factors []Factor, host string) []string {
	if len(factors) == 0 {
		return []string{proofPassword}
	}
	list := []string{}
	for _, f := range factors {
		if f.Kind == KindPasskey {
			if kept, err := keptPasskey(f); err != nil || !s.passkeys.takes(s.passkeys.at(host), kept) {
				continue // of another host
			}
		}
		if !slices.Contains(list, f.Kind) {
			list = append(list, f.Kind)
		}
	}
	slices.Sort(list) // the easiest first
	return list
}

// factorName cleans the name of a factor.
func factorName(name, usual string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		name = usual
	}
	if utf8.RuneCountInString(name) > 60 || database.Text(name) != nil {
		return "", fault.OnField("name", "must have at most 60 characters")
	}
	return name, nil
}

// lockUser reads an account under a lock. Error: fault.Unauthorized when it
// ended.
func lockUser(ctx context.Context, tx *database.Tx, userID string) (User, error) {
	user, err := scanUser(tx.QueryRow(ctx, "SELECT "+userColumns+" FROM app_user WHERE id = $1"+tx.ForUpdate(), userID))
	if errors.Is(err, database.ErrNoRows) || err == nil && user.state != stateActive {
		return User{}, errSignedOut
	}
	return user, err
}

// factorAdded does what follows a new factor: where the person came in by a
// recovery code the factors before count as lost and go; recovery codes are made
// where there are none; other sessions end (ASVS 7.4.3) and this one gets a new
// token; the person is written to.
func (s *Service) factorAdded(ctx context.Context, tx *database.Tx, who Principal, user User, added Factor) (codes []string, err error) {
	if user.reenrol {
		if _, err := tx.Exec(ctx, "DELETE FROM factor WHERE user_id = $1 AND id <> $2", user.ID, added.ID); err != nil {
			return nil, err
		}
		if _, err := tx.Exec(ctx, "UPDATE app_user SET reenrol = FALSE, version = version + 1 WHERE id = $1", user.ID); err != nil {
			return nil, err
		}
	}
	left, err := codesLeft(ctx, tx, user.ID)
	if err != nil {
		return nil, err
	}
	if left == 0 || user.reenrol {
		if codes, err = putCodes(ctx, tx, user.ID); err != nil {
			return nil, err
		}
	}
	if err := s.factorChanged(ctx, tx, who); err != nil {
		return nil, err
	}
	if err := forgetTries(ctx, tx, user); err != nil {
		return nil, err
	}
	if err := noteFactor(ctx, tx, who, user.ID, "factor.added", map[string]string{"kind": added.Kind}); err != nil {
		return nil, err
	}
	return codes, s.notice(ctx, tx, user, mail.FactorAdded, who.ClientIP)
}

// factorChanged ends the person's other sessions and has this one's token
// replaced.
func (s *Service) factorChanged(ctx context.Context, tx *database.Tx, who Principal) error {
	if err := s.endOthers(ctx, tx, who); err != nil {
		return err
	}
	return rotateSoon(ctx, tx, who.User.ID)
}

// RenameFactor names a factor anew. Errors: fault.Invalid, fault.NotFound.
func (s *Service) RenameFactor(ctx context.Context, who Principal, factorID, name string) error {
	name, err := factorName(name, "")
	if err != nil {
		return err
	}
	if name == "" {
		return fault.OnField("name", "must not be empty")
	}
	return s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		changed, err := tx.Exec(ctx, "UPDATE factor SET name = $3 WHERE id = $1 AND user_id = $2 AND confirmed_ms > 0", factorID, who.User.ID, name)
		if err == nil && changed == 0 {
			err = errNoFactor
		}
		return err
	})
}

// RemoveFactor removes a factor. Errors: fault.NotFound, fault.Refused with
// reason factor_required where the last one is demanded.
func (s *Service) RemoveFactor(ctx context.Context, who Principal, factorID string) error {
	return s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		user, err := lockUser(ctx, tx, who.User.ID)
		if err != nil {
			return err
		}
		f, err := s.findFactor(ctx, tx, "id = $1 AND user_id = $2 AND confirmed_ms > 0", factorID, user.ID)
		if err != nil {
			return err
		}
		if user.factors == 1 {
			required, err := s.required(ctx, tx, user)
			if err != nil {
				return err
			}
			if required {
				return fault.Refuse("factor_required", "a second factor is demanded: set up another one first")
			}
			if _, err := tx.Exec(ctx, "DELETE FROM recovery_code WHERE user_id = $1", user.ID); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, "DELETE FROM factor WHERE id = $1", f.ID); err != nil {
			return err
		}
		if err := s.factorChanged(ctx, tx, who); err != nil {
			return err
		}
		if err := noteFactor(ctx, tx, who, user.ID, "factor.removed", map[string]string{"kind": f.Kind}); err != nil {
			return err
		}
		return s.notice(ctx, tx, user, mail.FactorRemoved, who.ClientIP)
	})
}

// endOthers ends the person's other sessions and lets go of their streams.
func (s *Service) endOthers(ctx context.Context, tx *database.Tx, who Principal) error {
	live, err := sessions(ctx, tx, who.User.ID)
	if err != nil {
		return err
	}
	if err := revokeOthers(ctx, tx, who.User.ID, who.Session.ID); err != nil {
		return err
	}
	for _, other := range live {
		if other.ID == who.Session.ID {
			continue
		}
		if err := s.tell(ctx, tx, other.activeTenantID, event.SessionRevoked, who.Actor(), revoked{UserID: who.User.ID, SessionID: other.ID}); err != nil {
			return err
		}
	}
	return nil
}

// rawJSON is a small helper's result: a value as JSON that can't fail to be one.
func rawJSON(value any) (json.RawMessage, error) {
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "a value could not be written as JSON")
	}
	return encoded, nil
}
