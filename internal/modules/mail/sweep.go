package mail

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
	"prosa/internal/platform/service"
)

// callsAtOnce is how many mails of one sweep are under way at a time.
const callsAtOnce = 4

// forgetEvery is how often what has no use any more is removed; eventsKept is
// longer than any vendor repeats an event.
const (
	forgetEvery = time.Hour
	eventsKept  = 7 * 24 * time.Hour
)

// Sweeper sends letters for as long as it runs: those of this process at once,
// others and repetitions by a tick.
func (s *Service) Sweeper() service.Service {
	return service.Service{Name: "mails", Run: func(ctx context.Context) error {
		tick, forget := time.NewTicker(s.cfg.SweepEvery), time.NewTicker(forgetEvery)
		defer tick.Stop()
		defer forget.Stop()
		for {
			work := s.Sweep
			select {
			case <-ctx.Done():
				return nil
			case <-forget.C:
				work = s.Forget
			case <-s.wake:
			case <-tick.C:
			}
			if err := work(ctx); err != nil && ctx.Err() == nil {
				s.logger.ErrorContext(ctx, "mails could not be swept", "error", err)
			}
		}
	}}
}

// Sweep works on all letters that are due, once. The trouble of one is not
// another's.
func (s *Service) Sweep(ctx context.Context) error {
	var due []Status
	err := s.db.Read(ctx, database.Platform("letters of any company that are due"), func(ctx context.Context, tx *database.Tx) (err error) {
		due, err = dueLetters(ctx, tx, s.cfg.SweepBatch)
		return err
	})
	if err != nil || len(due) == 0 {
		return err
	}
	ready, err := s.sort(ctx, due)
	if err != nil {
		return err
	}
	places := make(chan struct{}, callsAtOnce)
	var all sync.WaitGroup
	for _, letter := range ready {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			if err := s.post(ctx, letter); err != nil && ctx.Err() == nil {
				s.logger.ErrorContext(ctx, "a mail's fate could not be noted; it is looked at again", "letter", letter.ID, "error", err)
			}
		})
	}
	all.Wait()
	return ctx.Err()
}

// sort settles what needs no vendor and marks as sending what goes out now.
func (s *Service) sort(ctx context.Context, due []Status) (ready []Status, err error) {
	err = s.db.Write(ctx, database.Platform("letters of any company that are due"), func(ctx context.Context, tx *database.Tx) error {
		ready = ready[:0]
		may := 0
		if s.sender != nil {
			if may, err = s.mayPost(ctx, tx, due); err != nil {
				return err
			}
		}
		for _, letter := range due {
			switch {
			case letter.State == Sending:
				err = s.lose(ctx, tx, letter)
			case letter.State == Unknown:
				err = s.retry(ctx, tx, letter)
			case letter.State != Queued:
				err = s.rest(ctx, tx, letter)
			case letter.expiresMS <= tx.Now():
				err = s.end(ctx, tx, letter, Failed, ReasonExpired)
			case s.sender == nil:
				err = s.end(ctx, tx, letter, Failed, ReasonOff)
			case may == 0:
				continue // the circuit is open
			default:
				var mine bool
				if mine, err = s.claim(ctx, tx, &letter); mine {
					ready = append(ready, letter)
					may--
				}
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return ready, err
}

// mayPost asks the circuit, if there is anything to be sent.
func (s *Service) mayPost(ctx context.Context, tx *database.Tx, due []Status) (int, error) {
	for _, letter := range due {
		if letter.State == Queued && letter.expiresMS > tx.Now() {
			return admits(ctx, tx, s.sender.Name())
		}
	}
	return 0, nil
}

// claim marks a letter as being sent. Not mine: another process has it, or the
// address takes no mail.
func (s *Service) claim(ctx context.Context, tx *database.Tx, letter *Status) (mine bool, err error) {
	reason, err := suppressed(ctx, tx, letter.To)
	if err != nil {
		return false, err
	}
	if reason != "" {
		return false, s.end(ctx, tx, *letter, Dropped, ReasonSuppressed)
	}
	changed, err := tx.Exec(ctx, `UPDATE mail_letter SET state = 'sending', claim = claim + 1, next_ms = $4, sender = $5, updated_ms = $3
		WHERE tenant_id = $1 AND id = $2 AND state = 'queued' AND next_ms > 0 AND next_ms <= $3 AND claim = $6`,
		letter.TenantID, letter.ID, tx.Now(), tx.Now()+s.cfg.Lease.Milliseconds(), s.sender.Name(), letter.claim)
	letter.claim++
	return changed == 1, err
}

// lose notes that whoever was sending a letter never told how it went.
func (s *Service) lose(ctx context.Context, tx *database.Tx, letter Status) error {
	_, err := tx.Exec(ctx, `UPDATE mail_letter SET state = 'unknown', next_ms = $4, updated_ms = $3
		WHERE tenant_id = $1 AND id = $2 AND state = 'sending' AND claim = $5`,
		letter.TenantID, letter.ID, tx.Now(), tx.Now()+s.cfg.SettleAfter.Milliseconds(), letter.claim)
	return err
}

// retry sends a letter of unknown fate again: no event told of it.
func (s *Service) retry(ctx context.Context, tx *database.Tx, letter Status) error {
	_, err := tx.Exec(ctx, `UPDATE mail_letter SET state = 'queued', next_ms = $3, updated_ms = $3
		WHERE tenant_id = $1 AND id = $2 AND state = 'unknown' AND claim = $4`, letter.TenantID, letter.ID, tx.Now(), letter.claim)
	if err == nil {
		tx.Notify(topic, 0)
	}
	return err
}

// rest takes a letter off the list of those to be looked at.
func (s *Service) rest(ctx context.Context, tx *database.Tx, letter Status) error {
	_, err := tx.Exec(ctx, `UPDATE mail_letter SET next_ms = 0 WHERE tenant_id = $1 AND id = $2 AND state = $3`, letter.TenantID, letter.ID, string(letter.State))
	return err
}

// end closes a letter that was not sent.
func (s *Service) end(ctx context.Context, tx *database.Tx, letter Status, state State, reason string) error {
	_, err := tx.Exec(ctx, `UPDATE mail_letter SET state = $3, reason = $4, next_ms = 0, updated_ms = $5
		WHERE tenant_id = $1 AND id = $2 AND state = 'queued' AND claim = $6`, letter.TenantID, letter.ID, string(state), reason, tx.Now(), letter.claim)
	return err
}

// post hands one letter to the sender and notes how it went.
func (s *Service) post(ctx context.Context, letter Status) error {
	external, err := s.hand(ctx, letter)
	var trouble *Trouble
	if err != nil && !errors.As(err, &trouble) {
		trouble = &Trouble{Kind: Ambiguous, Message: err.Error()}
	}
	if ctx.Err() != nil {
		return nil //nolint:nilerr // stopping: what the vendor did is unknown, and told so by the lease
	}
	if trouble != nil {
		trouble.Message = clip(trouble.Message)
		s.logger.WarnContext(ctx, "a mail was not taken", "letter", letter.ID, "template", letter.Template, "kind", trouble.Kind, "problem", trouble.Message)
	}
	return s.db.Write(ctx, database.Platform("the mail circuit, and a letter of any company"), func(ctx context.Context, tx *database.Tx) error {
		circuit, err := loadCircuit(ctx, tx, s.sender.Name(), tx.ForUpdate())
		if err != nil {
			return err
		}
		probing := circuit.Open
		if err := saveCircuit(ctx, tx, circuit.after(trouble, tx.Now())); err != nil {
			return err
		}
		if probing && trouble == nil {
			tx.Notify(topic, 0) // the others may go
		}
		return s.note(ctx, tx, letter, external, trouble, probing)
	})
}

// hand renders a letter and calls the sender.
func (s *Service) hand(ctx context.Context, letter Status) (externalID string, err error) {
	plain, err := s.sealer.Open(place(letter.TenantID, letter.ID), letter.sealed)
	if err != nil {
		return "", &Trouble{Kind: Refused, Message: "what it says can't be read: " + fault.MessageOf(err)}
	}
	m := Mail{
		LetterID: letter.ID, From: Address{s.cfg.From, s.cfg.FromName}, To: Address{letter.To, letter.name}, ReplyTo: s.cfg.ReplyTo,
		Template: letter.Template, Locale: letter.Locale,
	}
	if err := json.Unmarshal(plain, &m.Data); err != nil {
		return "", &Trouble{Kind: Refused, Message: "what it says can't be read"}
	}
	if m.Content, err = s.book.render(letter.Template, letter.Locale, m.Data); err != nil {
		return "", &Trouble{Kind: Refused, Message: fault.MessageOf(err)}
	}
	return s.sender.Send(ctx, m)
}

// note settles a letter after a call. Events may have told more meanwhile, and
// another claim may have taken it over: then it stays.
func (s *Service) note(ctx context.Context, tx *database.Tx, letter Status, external string, trouble *Trouble, probing bool) error {
	state, next, attempts, reason, problem := Accepted, int64(0), letter.Attempts, "", ""
	if trouble != nil {
		state, problem = Queued, trouble.Message
		if !probing && (trouble.Kind == Down || trouble.Kind == Ambiguous) {
			attempts++
		}
		wait, over := pause(attempts)
		next = tx.Now() + max(wait, firstPause).Milliseconds()
		switch {
		case trouble.Kind == Refused:
			state, next, reason = Failed, 0, ReasonRefused
		case over:
			state, next, reason = Failed, 0, ReasonGaveUp
		case trouble.Kind == Ambiguous:
			state, next = Unknown, tx.Now()+s.cfg.SettleAfter.Milliseconds()
		case trouble.Kind == Throttled || trouble.Kind == Locked || probing:
			next = tx.Now() // the circuit says when
		}
	}
	_, err := tx.Exec(ctx, `UPDATE mail_letter SET state = $4, next_ms = $5, attempts = $6, reason = $7, problem = $8, updated_ms = $9
		WHERE tenant_id = $1 AND id = $2 AND claim = $3 AND state IN ('sending', 'unknown')`,
		letter.TenantID, letter.ID, letter.claim, string(state), next, attempts, reason, problem, tx.Now())
	if err != nil || external == "" {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE mail_letter SET external_id = $4 WHERE tenant_id = $1 AND id = $2 AND claim = $3`, letter.TenantID, letter.ID, letter.claim, clip(external))
	return err
}

// clip bounds what is kept of a vendor's words, in bytes.
func clip(text string) string {
	text = oneLine(text)
	if len(text) > problemMax {
		text = strings.ToValidUTF8(text[:problemMax], "")
	}
	return text
}

// Forget removes what has no use any more: what letters said that are out of
// date, old letters, and events that nobody repeats.
func (s *Service) Forget(ctx context.Context) error {
	return s.db.Write(ctx, database.Platform("letters of all companies are forgotten in time"), func(ctx context.Context, tx *database.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE mail_letter SET data = '' WHERE data <> '' AND expires_ms <= $1 AND next_ms = 0`, tx.Now()); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM mail_letter WHERE created_ms < $1 AND next_ms = 0`, tx.Now()-s.cfg.Keep.Milliseconds()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM mail_event WHERE received_ms < $1`, tx.Now()-eventsKept.Milliseconds())
		return err
	})
}
