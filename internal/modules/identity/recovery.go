package identity

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"strings"

	"prosa/internal/base/secret"
	"prosa/internal/modules/mail"
	"prosa/internal/platform/database"
)

const (
	// recoveryCodes is how many there are at a time.
	recoveryCodes = 10
	// recoveryBytes of randomness let a plain hash be enough (ASVS 6.5.2: 112).
	recoveryBytes = 15
)

// newCode makes a recovery code: 24 characters in groups of four.
func newCode() string {
	var bits [recoveryBytes]byte
	_, _ = rand.Read(bits[:])
	text := base32.StdEncoding.EncodeToString(bits[:])
	var groups []string
	for at := 0; at < len(text); at += 4 {
		groups = append(groups, text[at:at+4])
	}
	return strings.Join(groups, "-")
}

// hashCode is what is stored of a code, however it was typed.
func hashCode(given string) string {
	text := strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(given))
	// Base 32 has none of these digits, so only the letters can be meant.
	return hashToken(secret.New(strings.NewReplacer("0", "O", "1", "I", "8", "B").Replace(text)))
}

// putCodes replaces a person's recovery codes by new ones, shown once.
func putCodes(ctx context.Context, tx *database.Tx, userID string) ([]string, error) {
	if _, err := tx.Exec(ctx, "DELETE FROM recovery_code WHERE user_id = $1", userID); err != nil {
		return nil, err
	}
	codes := make([]string, recoveryCodes)
	for i := range codes {
		codes[i] = newCode()
		if _, err := tx.Exec(ctx, "INSERT INTO recovery_code (user_id, code_hash, used_ms) VALUES ($1, $2, 0)", userID, hashCode(codes[i])); err != nil {
			return nil, err
		}
	}
	return codes, nil
}

func codesLeft(ctx context.Context, tx *database.Tx, userID string) (left int64, err error) {
	err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM recovery_code WHERE user_id = $1 AND used_ms = 0", userID).Scan(&left)
	return left, err
}

// takeCode uses a recovery code up. Who needs one has lost their factors: a new
// one is to be set up before anything else, and the person is written to.
func (s *Service) takeCode(ctx context.Context, tx *database.Tx, user User, given string, client Client) (bool, error) {
	used, err := tx.Exec(ctx, "UPDATE recovery_code SET used_ms = $3 WHERE user_id = $1 AND code_hash = $2 AND used_ms = 0", user.ID, hashCode(given), tx.Now())
	if err != nil || used == 0 {
		return false, err
	}
	tx.Notify(rights, 0)
	if _, err := tx.Exec(ctx, "UPDATE app_user SET reenrol = TRUE, version = version + 1 WHERE id = $1", user.ID); err != nil {
		return false, err
	}
	if err := noteFactor(ctx, tx, Principal{User: user, ClientIP: client.IP}, user.ID, "factor.recovery_used", nil); err != nil {
		return false, err
	}
	return true, s.notice(ctx, tx, user, mail.FactorRemoved, client.IP)
}

// NewRecoveryCodes replaces the recovery codes of somebody with a factor. Error:
// fault.NotFound without one.
func (s *Service) NewRecoveryCodes(ctx context.Context, who Principal) (codes []string, err error) {
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		user, err := lockUser(ctx, tx, who.User.ID)
		if err != nil {
			return err
		}
		if user.factors == 0 {
			return errNoFactor
		}
		if codes, err = putCodes(ctx, tx, user.ID); err != nil {
			return err
		}
		if err := noteFactor(ctx, tx, who, user.ID, "factor.recovery_renewed", nil); err != nil {
			return err
		}
		return s.notice(ctx, tx, user, mail.FactorAdded, who.ClientIP)
	})
	return codes, err
}
