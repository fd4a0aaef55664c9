package acquisition

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/platform/database"
)

// Kinds of tokens.
const (
	cookieToken = "cookie" // a browser's
	linkToken   = "link"   // in a letter, to go on elsewhere
)

// linkLife is how long a letter's link opens a journey.
const linkLife = 7 * 24 * time.Hour

// newToken makes 256 random bits and what is stored of them. A plain hash is
// enough: nobody guesses a random token.
func newToken() (token secret.Text, hash string) {
	var bits [32]byte
	_, _ = rand.Read(bits[:])
	token = secret.New(base64.RawURLEncoding.EncodeToString(bits[:]))
	return token, hashOf(token.Reveal())
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// giveToken stores a new token that opens a journey.
func giveToken(ctx context.Context, tx *database.Tx, a Acquisition, kind string, life time.Duration) (secret.Text, error) {
	token, hash := newToken()
	_, err := tx.Exec(ctx, "INSERT INTO acquisition_token (token_hash, acquisition_id, kind, email, expires_ms) VALUES ($1, $2, $3, $4, $5)",
		hash, a.ID, kind, a.Email, tx.Now()+life.Milliseconds())
	return token, err
}

// opened finds the journey of a token and the e-mail that the token was mailed
// to. Error: fault.NotFound with reason no_journey.
func opened(ctx context.Context, tx *database.Tx, token secret.Text, kind, lock string) (a Acquisition, email string, err error) {
	if token.IsZero() {
		return a, "", errNoJourney()
	}
	var acquisitionID string
	err = tx.QueryRow(ctx, "SELECT acquisition_id, email FROM acquisition_token WHERE token_hash = $1 AND kind = $2 AND expires_ms > $3",
		hashOf(token.Reveal()), kind, tx.Now()).Scan(&acquisitionID, &email)
	if errors.Is(err, database.ErrNoRows) {
		return a, "", errNoJourney()
	}
	if err != nil {
		return a, "", err
	}
	a, err = load(ctx, tx, acquisitionID, lock)
	return a, email, err
}

// shutOut takes the tokens of a journey back that a condition names; $2 is its
// first argument.
func shutOut(ctx context.Context, tx *database.Tx, acquisitionID, condition string, args ...any) error {
	_, err := tx.Exec(ctx, "DELETE FROM acquisition_token WHERE acquisition_id = $1 AND "+condition, append([]any{acquisitionID}, args...)...)
	return err
}

// Throttled is the error of somebody who asks too often: fault.RateLimited with
// the time to wait.
type Throttled struct {
	fault *fault.Error
	after time.Duration
}

// Error implements error.
func (t *Throttled) Error() string { return t.fault.Error() }

// Unwrap gives the fault.
func (t *Throttled) Unwrap() error { return t.fault }

// RetryAfter is how long to wait.
func (t *Throttled) RetryAfter() time.Duration { return t.after }

// limit is how often something may be asked for within a window of time.
type limit struct {
	most   int64
	window time.Duration
	reason string
}

var (
	beginsAnHour  = limit{60, time.Hour, "too_many_attempts"}    // journeys of one address
	guessesADay   = limit{200, 24 * time.Hour, "too_many_codes"} // codes tried from one address
	codesAnHour   = limit{3, time.Hour, "too_many_codes"}        // mailed to one e-mail
	linksAnHour   = limit{3, time.Hour, "too_many_letters"}      // mailed to one e-mail
	numbersAnHour = limit{20, time.Hour, "too_many_attempts"}    // tax numbers of one journey
	asksAnHour    = limit{20, time.Hour, "too_many_attempts"}    // for letters, from one address
)

// count notes one more of subject. Error: *Throttled when there were enough.
func count(ctx context.Context, tx *database.Tx, subject string, of limit) error {
	var hits, until int64
	err := tx.QueryRow(ctx, `INSERT INTO acquisition_count (subject, hits, until_ms) VALUES ($1, 1, $2)
		ON CONFLICT (subject) DO UPDATE SET
			hits = CASE WHEN acquisition_count.until_ms <= $3 THEN 1 ELSE acquisition_count.hits + 1 END,
			until_ms = CASE WHEN acquisition_count.until_ms <= $3 THEN $2 ELSE acquisition_count.until_ms END
		RETURNING hits, until_ms`, subject, tx.Now()+of.window.Milliseconds(), tx.Now()).Scan(&hits, &until)
	if err != nil || hits <= of.most {
		return err
	}
	return &Throttled{
		fault: &fault.Error{Code: fault.RateLimited, Reason: of.reason, Message: "this was asked for too often; wait a while and try again"},
		after: time.Duration(until-tx.Now()) * time.Millisecond,
	}
}
