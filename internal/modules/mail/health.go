package mail

import (
	"context"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// lateAfter is how long the letter with a new company's way in may take before
// operators are told. Source: reference acquisition, section 2 (class S).
const lateAfter = 10 * time.Minute

// lateMost bounds the late letters that are listed.
const lateMost = 200

// urgent are the templates without which a paid company can't begin.
var urgent = []string{SignupWelcome, SignupReminder}

// Health tells how sending is going.
type Health struct {
	Circuit
	Failures    int64         `json:"failures"`
	Waiting     int64         `json:"waiting" doc:"Letters that are to be sent."`
	SuccessMS   int64         `json:"success_ms" doc:"When a letter was taken last, 0 for never."`
	Reasons     []ReasonCount `json:"reasons" doc:"Of letters of the last week that did not arrive."`
	Late        int64         `json:"late" doc:"Letters with a new company's way in that did not arrive within ten minutes."`
	LateSinceMS int64         `json:"late_since_ms" doc:"When the oldest of them was written."`
}

// ReasonCount is how many letters did not arrive for a reason.
type ReasonCount struct {
	Reason string `json:"reason"`
	Count  int64  `json:"count"`
}

// Health reads how sending is going, for operators.
func (s *Service) Health(ctx context.Context) (h Health, err error) {
	err = s.db.Read(ctx, database.Platform("how the mails of all companies are going"), func(ctx context.Context, tx *database.Tx) error {
		h = Health{Reasons: []ReasonCount{}}
		if s.sender != nil {
			if h.Circuit, err = loadCircuit(ctx, tx, s.sender.Name(), ""); err != nil {
				return err
			}
			h.Failures = h.Circuit.failures
		}
		err := tx.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(CASE WHEN state = 'queued' THEN 1 ELSE 0 END), 0) AS BIGINT),
				CAST(COALESCE(MAX(CASE WHEN state IN ('accepted', 'delivered') THEN updated_ms ELSE 0 END), 0) AS BIGINT) FROM mail_letter`).Scan(&h.Waiting, &h.SuccessMS)
		if err != nil {
			return err
		}
		if h.Reasons, err = reasons(ctx, tx); err != nil {
			return err
		}
		late, err := s.late(ctx, tx)
		h.Late = int64(len(late))
		if len(late) > 0 {
			h.LateSinceMS = late[0].CreatedMS
		}
		return err
	})
	return h, err
}

func reasons(ctx context.Context, tx *database.Tx) ([]ReasonCount, error) {
	list := []ReasonCount{}
	rows, err := tx.Query(ctx, `SELECT reason, COUNT(*) FROM mail_letter WHERE reason NOT IN ('', 'withdrawn') AND created_ms > $1 GROUP BY reason ORDER BY reason`,
		tx.Now()-usualLife.Milliseconds())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c ReasonCount
		if err := rows.Scan(&c.Reason, &c.Count); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

// Late gives the letters without which a paid company can't begin and that did
// not arrive in time, oldest first, at most 200. One that has no use any more is
// none of them.
func (s *Service) Late(ctx context.Context) (list []Status, err error) {
	err = s.db.Read(ctx, database.Platform("operators see whose way in did not arrive"), func(ctx context.Context, tx *database.Tx) error {
		list, err = s.late(ctx, tx)
		return err
	})
	return list, err
}

func (s *Service) late(ctx context.Context, tx *database.Tx) ([]Status, error) {
	// A vendor that tells what became of a letter is waited for; of others, to have
	// taken it is all that will ever be known.
	arrived := "'delivered', 'accepted'"
	if _, tells := s.sender.(Listener); tells {
		arrived = "'delivered'"
	}
	return scanLetters(ctx, tx, `SELECT `+letterColumns+` FROM mail_letter
		WHERE state NOT IN (`+arrived+`) AND data <> '' AND expires_ms > $1 AND created_ms <= $2 AND reason <> 'withdrawn' AND template IN (`+database.List(len(urgent), 4)+`)
		ORDER BY created_ms, id LIMIT $3`, append([]any{tx.Now(), tx.Now() - lateAfter.Milliseconds(), lateMost}, database.Strings(urgent)...)...)
}

// Probe lets a letter try an open circuit now. Error: fault.Refused with reason
// circuit_closed when there is nothing to try.
func (s *Service) Probe(ctx context.Context) error {
	errClosed := fault.Refuse("circuit_closed", "the sender is not known to be in trouble")
	if s.sender == nil {
		return errClosed
	}
	return s.db.Write(ctx, database.Platform("the mail circuit belongs to the installation"), func(ctx context.Context, tx *database.Tx) error {
		open, err := tx.Exec(ctx, `UPDATE mail_circuit SET probe_ms = $2 WHERE sender = $1 AND opened_ms > 0`, s.sender.Name(), tx.Now())
		if err == nil && open == 0 {
			return errClosed
		}
		tx.Notify(topic, 0)
		return err
	})
}
