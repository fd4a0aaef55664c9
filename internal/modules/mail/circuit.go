package mail

import (
	"context"
	"errors"
	"time"

	"prosa/internal/platform/database"
)

// Rules of a circuit: five failures within a minute open it, then one letter a
// minute tries. Source: reference acquisition, section 2.
const (
	circuitFailures = 5
	circuitMinute   = int64(time.Minute / time.Millisecond)
	longestThrottle = 30 * time.Minute
)

// Circuit tells whether a sender works.
type Circuit struct {
	Sender   string `json:"sender" doc:"Who sends mails here; empty for nobody."`
	Open     bool   `json:"open" doc:"The sender is in trouble: letters wait, one a minute tries."`
	SinceMS  int64  `json:"since_ms"`
	ProbeMS  int64  `json:"probe_ms" doc:"When the next letter tries."`
	Problem  string `json:"problem"`
	failures int64
	firstMS  int64
}

// Circuit reads how the sender is.
func (s *Service) Circuit(ctx context.Context) (c Circuit, err error) {
	if s.sender == nil {
		return Circuit{}, nil
	}
	err = s.db.Read(ctx, database.Platform("the mail circuit belongs to the installation"), func(ctx context.Context, tx *database.Tx) error {
		c, err = loadCircuit(ctx, tx, s.sender.Name(), "")
		return err
	})
	return c, err
}

func loadCircuit(ctx context.Context, tx *database.Tx, sender, lock string) (Circuit, error) {
	c := Circuit{Sender: sender}
	err := tx.QueryRow(ctx, `SELECT failures, first_ms, opened_ms, probe_ms, problem FROM mail_circuit WHERE sender = $1`+lock, sender).
		Scan(&c.failures, &c.firstMS, &c.SinceMS, &c.ProbeMS, &c.Problem)
	if errors.Is(err, database.ErrNoRows) {
		err = nil
	}
	c.Open = c.SinceMS > 0
	return c, err
}

// admits tells how many letters may be sent now: all of them (negative), one
// that tries an open circuit, or none. Who is admitted to try has the minute to
// itself, in all processes.
func admits(ctx context.Context, tx *database.Tx, sender string) (int, error) {
	c, err := loadCircuit(ctx, tx, sender, tx.ForUpdate())
	if err != nil || !c.Open {
		return -1, err
	}
	taken, err := tx.Exec(ctx, `UPDATE mail_circuit SET probe_ms = $2 WHERE sender = $1 AND opened_ms > 0 AND probe_ms <= $3`, sender, tx.Now()+circuitMinute, tx.Now())
	return int(taken), err
}

// after gives the circuit after a letter went well (nil) or not.
func (c Circuit) after(trouble *Trouble, nowMS int64) Circuit {
	if trouble == nil || trouble.Kind == Refused {
		return Circuit{Sender: c.Sender} // the vendor answered
	}
	if c.failures == 0 || nowMS-c.firstMS >= circuitMinute {
		c.failures, c.firstMS = 0, nowMS
	}
	c.failures++
	c.Problem = trouble.Message
	atOnce := trouble.Kind == Locked || trouble.Kind == Throttled
	if !c.Open && (atOnce || c.failures >= circuitFailures) {
		c.Open, c.SinceMS = true, nowMS
	}
	if c.Open {
		c.ProbeMS = nowMS + circuitMinute
		if trouble.Kind == Throttled && trouble.UntilMS > nowMS {
			c.ProbeMS = min(trouble.UntilMS, nowMS+longestThrottle.Milliseconds())
		}
	}
	return c
}

func saveCircuit(ctx context.Context, tx *database.Tx, c Circuit) error {
	if c.failures == 0 {
		_, err := tx.Exec(ctx, `DELETE FROM mail_circuit WHERE sender = $1`, c.Sender)
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO mail_circuit (sender, failures, first_ms, opened_ms, probe_ms, problem) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (sender) DO UPDATE SET failures = $2, first_ms = $3, opened_ms = $4, probe_ms = $5, problem = $6`,
		c.Sender, c.failures, c.firstMS, c.SinceMS, c.ProbeMS, c.Problem)
	return err
}
