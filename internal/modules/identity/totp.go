package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"net/url"
	"strconv"
	"strings"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
)

// What code apps are told, and all of them take: RFC 6238 with the defaults of
// the key URI format.
const (
	totpIssuer  = "Prosa"
	totpPeriod  = 30 // seconds
	totpDigits  = otp.DigitsSix
	totpSeed    = 20 // bytes, what RFC 4226 (4, R6) advises
	totpPending = 15 * 60 * 1000
)

// code gives the code of a step.
func code(seed []byte, step int64, digits otp.Digits, algorithm otp.Algorithm) (string, error) {
	return hotp.GenerateCodeCustom(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(seed), uint64(step),
		hotp.ValidateOpts{Digits: digits, Algorithm: algorithm})
}

// stepOf finds the step that a code belongs to, among those around now that lie
// behind last: each code works once (ASVS 6.5.1). skew is how many steps a
// clock may go wrong. It looks at every step whatever it finds.
func stepOf(seed []byte, given string, nowMS, last, skew int64) (step int64, ok bool, err error) {
	given = strings.ReplaceAll(strings.TrimSpace(given), " ", "")
	now := nowMS / 1000 / totpPeriod
	for at := now - skew; at <= now+skew; at++ {
		want, err := code(seed, at, totpDigits, otp.AlgorithmSHA1)
		if err != nil {
			return 0, false, err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(given)) == 1 && at > last {
			step, ok = at, true
		}
	}
	return step, ok, nil
}

// skewOf is how far a person's clock may be off: half a minute both ways, which
// lets a code live for 90 s where ASVS 6.5.5 asks for 30; the platform's staff gets
// no more than the step itself.
func skewOf(user User) int64 {
	if user.Staff() {
		return 0
	}
	return 1
}

// AppSeed is what a code app is told, shown once.
type AppSeed struct {
	FactorID string
	Secret   string // base32, for typing
	URI      string // otpauth://, for a QR code
}

// AddApp begins the enrolment of a code app. Nothing changes until its first
// code is given to ConfirmApp, within a quarter of an hour.
func (s *Service) AddApp(ctx context.Context, who Principal) (AppSeed, error) {
	if s.sealer == nil {
		return AppSeed{}, errNoSealer
	}
	seed := make([]byte, totpSeed)
	_, _ = rand.Read(seed)
	out := AppSeed{Secret: base32.StdEncoding.EncodeToString(seed)}
	out.URI = "otpauth://totp/" + url.PathEscape(totpIssuer+":"+who.User.Email) + "?" + url.Values{
		"secret": {out.Secret}, "issuer": {totpIssuer}, "period": {strconv.Itoa(totpPeriod)}, "digits": {totpDigits.String()},
	}.Encode()
	err := s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM factor WHERE user_id = $1 AND kind = $2 AND confirmed_ms = 0", who.User.ID, KindApp); err != nil {
			return err
		}
		f := Factor{ID: id.New(id.Factor, tx.Now()), Kind: KindApp, Name: "", CreatedMS: tx.Now(), userID: who.User.ID, plain: seed}
		out.FactorID = f.ID
		return s.insertFactor(ctx, tx, f)
	})
	return out, err
}

// ConfirmApp makes the code app a factor by its first code; it takes the place of
// the app before. Recovery codes come with the first factor, shown once. All
// other sessions end. Errors: fault.Invalid with reason bad_code,
// fault.NotFound, *Throttled.
func (s *Service) ConfirmApp(ctx context.Context, who Principal, name, given string) (codes []string, err error) {
	if name, err = factorName(name, "App"); err != nil {
		return nil, err
	}
	if err := s.countFactorTry(ctx, who.User); err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		codes = nil
		user, err := lockUser(ctx, tx, who.User.ID)
		if err != nil {
			return err
		}
		f, err := s.findFactor(ctx, tx, "user_id = $1 AND kind = $2 AND confirmed_ms = 0 AND created_ms > $3", user.ID, KindApp, tx.Now()-totpPending)
		if err != nil {
			return err
		}
		// The clock of a phone that is set up just now may be told to be wrong.
		step, ok, err := stepOf(f.plain, given, tx.Now(), 0, skewOf(user))
		if err != nil {
			return err
		}
		if !ok {
			return errBadCode("code")
		}
		if _, err := tx.Exec(ctx, "DELETE FROM factor WHERE user_id = $1 AND kind = $2 AND confirmed_ms > 0", user.ID, KindApp); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE factor SET name = $2, last_step = $3, confirmed_ms = $4, used_ms = $4 WHERE id = $1", f.ID, name, step, tx.Now())
		if err != nil {
			return err
		}
		codes, err = s.factorAdded(ctx, tx, who, user, f)
		return err
	})
	return codes, err
}

// takeApp holds a code against the person's app and uses it up.
func (s *Service) takeApp(ctx context.Context, tx *database.Tx, user User, given string) (bool, error) {
	f, err := s.findFactor(ctx, tx, "user_id = $1 AND kind = $2 AND confirmed_ms > 0", user.ID, KindApp)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	step, ok, err := stepOf(f.plain, given, tx.Now(), f.lastStep, skewOf(user))
	if err != nil || !ok {
		return false, err
	}
	// The same code sent twice at once finds the step taken.
	used, err := tx.Exec(ctx, "UPDATE factor SET last_step = $2, used_ms = $3 WHERE id = $1 AND last_step < $2", f.ID, step, tx.Now())
	return used > 0, err
}

// errBadCode refuses a code without a word on why.
func errBadCode(field string) error {
	return &fault.Error{Code: fault.Invalid, Reason: "bad_code", Field: field, Message: "this code is wrong or was used already"}
}

// noteFactor writes a change of somebody's factors into the log.
func noteFactor(ctx context.Context, tx *database.Tx, who Principal, userID, action string, facts map[string]string) error {
	return audit.Write(ctx, tx, audit.Entry{TenantID: who.TenantID(), Actor: who.Actor(), Action: action, Target: userID, Facts: facts, IP: who.ClientIP})
}
