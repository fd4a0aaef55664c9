package identity

import (
	"context"
	"net/netip"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// limit says how many failures of a subject are free and how long each further
// one closes the door: first, then twice as long each time, up to most.
type limit struct {
	free        int64
	first, most time.Duration
}

var (
	perEmail   = limit{free: 5, first: 30 * time.Second, most: 15 * time.Minute}
	perAddress = limit{free: 30, first: 30 * time.Second, most: 15 * time.Minute}
)

// forgetAfter is how long without a failure clears a subject.
const forgetAfter = time.Hour

func (l limit) closedFor(failures int64) time.Duration {
	over := failures - l.free
	if over < 0 {
		return 0
	}
	return min(l.first<<min(over, 16), l.most)
}

// Throttled is the error of somebody who guesses: fault.RateLimited with the
// time to wait.
type Throttled struct {
	fault *fault.Error
	after time.Duration
}

// Error implements error.
func (t *Throttled) Error() string { return t.fault.Error() }

// Unwrap gives the fault.
func (t *Throttled) Unwrap() error { return t.fault }

// RetryAfter is how long the door stays closed.
func (t *Throttled) RetryAfter() time.Duration { return t.after }

// subject is what an attempt counts for.
type subject struct {
	name  string
	limit limit
}

// subjects come in one order, so that attempts never wait for each other in a
// circle.
func subjects(email string, client Client) []subject {
	return []subject{{"email:" + email, perEmail}, {"ip:" + network(client.IP), perAddress}}
}

// network gives what one household has: an IPv4 address, or the /64 of an IPv6
// one, which its owner changes at will.
func network(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil || addr.Unmap().Is4() {
		return ip
	}
	prefix, err := addr.Prefix(64)
	if err != nil {
		return ip
	}
	return prefix.String()
}

// attempt counts a failure ahead of the password check, so that guesses sent
// all at once count too; succeeded takes it back. Error: *Throttled.
func attempt(ctx context.Context, tx *database.Tx, of []subject) error {
	for _, subject := range of {
		var failures, until int64
		// The condition of the update is that of forgetting; the lock that it
		// takes makes concurrent guesses queue up.
		err := tx.QueryRow(ctx, `
			INSERT INTO login_attempt (subject, failures, last_ms, until_ms) VALUES ($1, 1, $2, 0)
			ON CONFLICT (subject) DO UPDATE SET
				failures = CASE WHEN login_attempt.last_ms < $3 THEN 1 ELSE login_attempt.failures + 1 END,
				last_ms = $2
			RETURNING failures, until_ms`,
			subject.name, tx.Now(), tx.Now()-forgetAfter.Milliseconds()).Scan(&failures, &until)
		if err != nil {
			return err
		}
		if until > tx.Now() {
			return &Throttled{
				fault: &fault.Error{Code: fault.RateLimited, Reason: "too_many_attempts", Message: "too many failed attempts; wait a moment and try again"},
				after: time.Duration(until-tx.Now()) * time.Millisecond,
			}
		}
		if closed := subject.limit.closedFor(failures); closed > 0 {
			_, err := tx.Exec(ctx, "UPDATE login_attempt SET until_ms = $2 WHERE subject = $1", subject.name, tx.Now()+closed.Milliseconds())
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// succeeded clears the e-mail's count and takes back this attempt of the
// address, which may belong to many people.
func succeeded(ctx context.Context, tx *database.Tx, email string, client Client) error {
	if _, err := tx.Exec(ctx, "DELETE FROM login_attempt WHERE subject = $1", "email:"+email); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "UPDATE login_attempt SET failures = failures - 1, until_ms = 0 WHERE subject = $1 AND failures > 0",
		"ip:"+network(client.IP))
	return err
}
