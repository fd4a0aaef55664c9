package acquisition

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/mail"
	"prosa/internal/platform/database"
)

// The code that proves an e-mail (ASVS 6.5: random, short-lived, few tries).
const (
	codeSize  = 8
	codeLife  = 10 * time.Minute
	codeTries = 5
)

// codeAlphabet has no two characters that look alike: no 0 and O, no 1, I and L.
const codeAlphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// newCode makes a code: 8 of 31 characters are 39 bits, against 5 tries.
func newCode() string {
	code := make([]byte, 0, codeSize)
	var bits [1]byte
	for len(code) < codeSize {
		_, _ = rand.Read(bits[:])
		// Those behind the last multiple would make some characters likelier.
		if n := int(bits[0]); n < 256/len(codeAlphabet)*len(codeAlphabet) {
			code = append(code, codeAlphabet[n%len(codeAlphabet)])
		}
	}
	return string(code)
}

// readCode brings a typed code to its form: upper case, without what people put
// between.
func readCode(typed string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '.' {
			return -1
		}
		return r
	}, strings.ToUpper(typed))
}

// codeHash binds a code to its journey and e-mail.
func codeHash(a Acquisition, code string) string {
	return hashOf(a.ID + "\x00" + a.Email + "\x00" + code)
}

// SendCode mails a new code; the one before counts no more. Errors: fault.NotFound
// with reason no_journey; fault.Refused with reasons email_missing,
// email_proven and mail_off; *Throttled with reason too_many_codes.
func (s *Service) SendCode(ctx context.Context, token secret.Text, visitor Visitor) error {
	return s.write(ctx, token, func(ctx context.Context, tx *database.Tx, a *Acquisition) error {
		switch {
		case !isEmail(a.Email):
			return fault.Refuse("email_missing", "there is no e-mail to prove yet")
		case a.EmailProvenMS > 0:
			return fault.Refuse("email_proven", "the e-mail is proven already")
		case !s.post.Works():
			return fault.Refuse("mail_off", "this installation sends no mail")
		}
		if err := count(ctx, tx, "ask:"+visitor.network(), asksAnHour); err != nil {
			return err
		}
		if err := count(ctx, tx, "code:"+a.Email, codesAnHour); err != nil {
			return err
		}
		code := newCode()
		a.codeHash, a.codeTries, a.codeUntilMS = codeHash(*a, code), 0, tx.Now()+codeLife.Milliseconds()
		return s.post.Send(ctx, tx, mail.Letter{
			Key: "signup_code:" + a.ID + ":" + a.codeHash[:16], Template: mail.SignupCode, Locale: a.Locale, To: a.Email, Name: a.Person.Name, ExpiresMS: a.codeUntilMS,
			Data: map[string]string{"code": code[:4] + "-" + code[4:], "minutes": "10", "link": s.cfg.SiteURL + buyPage},
		})
	})
}

// Prove takes the code that was mailed. Errors: fault.Refused with reasons
// bad_code, code_expired (there is none, or it is too old) and code_tries (too
// many wrong ones: ask for another).
func (s *Service) Prove(ctx context.Context, token secret.Text, typed string, visitor Visitor) (Journey, error) {
	var refusal error
	err := s.write(ctx, token, func(ctx context.Context, tx *database.Tx, a *Acquisition) error {
		refusal = nil
		if a.EmailProvenMS > 0 {
			return nil
		}
		if err := count(ctx, tx, "guess:"+visitor.network(), guessesADay); err != nil {
			return err
		}
		switch {
		case a.codeHash == "" || a.codeUntilMS <= tx.Now():
			refusal = fault.Refuse("code_expired", "the code is too old: ask for another one")
		case a.codeTries >= codeTries:
			refusal = fault.Refuse("code_tries", "too many wrong codes: ask for another one")
		case subtle.ConstantTimeCompare([]byte(a.codeHash), []byte(codeHash(*a, readCode(typed)))) != 1:
			// Counted, so the transaction must not be undone.
			a.codeTries++
			refusal = fault.Refuse("bad_code", "the code is wrong")
		default:
			a.EmailProvenMS, a.codeHash, a.codeTries, a.codeUntilMS = tx.Now(), "", 0, 0
		}
		return nil
	})
	if err == nil {
		err = refusal
	}
	if err != nil {
		return Journey{}, err
	}
	return s.Look(ctx, token)
}
