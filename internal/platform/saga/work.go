package saga

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// errOvertaken ends a run whose step is no longer this process's: its lease ran
// out, a signal or an operator finished it, or the journey was canceled.
var errOvertaken = errors.New("the step was overtaken")

// awayPause is how long a step rests whose outcome could not be written, since
// the database was away.
const awayPause = 5 * time.Second

// away is a database that did not take an outcome: no fault of the step.
type away struct{ error }

// work runs a claimed step and notes how it went.
func (s *Service) work(ctx context.Context, c claimed) {
	defer s.leave(c.Circuit)
	commit, err := s.call(ctx, c)
	switch {
	case ctx.Err() != nil:
		err = s.release(context.WithoutCancel(ctx), c)
	case errors.Is(err, errOvertaken):
	default:
		if err == nil {
			if err = s.complete(ctx, c, commit); fault.Is(err, fault.Unavailable) {
				err = &away{err}
			}
		}
		if err != nil && !errors.Is(err, errOvertaken) {
			err = s.note(ctx, c, err)
		}
	}
	if err != nil && !errors.Is(err, errOvertaken) && ctx.Err() == nil {
		s.logger.ErrorContext(ctx, "a step's fate could not be noted; it runs again when its lease is over", "journey", c.SagaID, "step", c.Step, "error", err)
	}
}

// call makes the step's calls, with its lease renewed meanwhile.
func (s *Service) call(ctx context.Context, c claimed) (commit Commit, err error) {
	limited, stop := context.WithTimeout(ctx, s.cfg.Limit)
	defer stop()
	running, overtake := context.WithCancelCause(limited)
	defer overtake(nil)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.hold(running, c, overtake)
	}()
	commit, err = guarded(func() (Commit, error) {
		return c.step.Run(running, Job{SagaID: c.SagaID, Step: c.Step, Attempt: c.Attempt + 1, Output: c.outputs, Mended: c.Mended})
	})
	overtaken := errors.Is(context.Cause(running), errOvertaken)
	overtake(nil)
	<-done
	if overtaken {
		return nil, errOvertaken
	}
	return commit, err
}

// guarded turns a panic of a module's code into its failure: one journey must not
// end the process for all.
func guarded[T any](fn func() (T, error)) (out T, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("defect: %v at %s", broken, debug.Stack())
		}
	}()
	return fn()
}

// hold renews the lease until ctx ends, and overtakes the run when it is lost.
func (s *Service) hold(ctx context.Context, c claimed, overtake context.CancelCauseFunc) {
	tick := time.NewTicker(s.cfg.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		held := int64(1)
		err := s.db.Write(ctx, database.Platform("the lease of a step of any journey is renewed"), func(ctx context.Context, tx *database.Tx) (err error) {
			held, err = tx.Exec(ctx, `UPDATE saga_step SET run_ms = $4 WHERE saga_id = $1 AND name = $2 AND claim = $3 AND state = 'running'`,
				c.SagaID, c.Step, c.claim, tx.Now()+s.cfg.Lease.Milliseconds())
			return err
		})
		if err == nil && held == 0 {
			overtake(errOvertaken)
			return
		}
	}
}

// fenced takes the journey's lock for the outcome of a run, and tells whether
// there were news meanwhile. Error: errOvertaken.
func fenced(ctx context.Context, tx *database.Tx, c claimed) (j journey, nudged bool, err error) {
	if j, err = lock(ctx, tx, c.SagaID); err != nil {
		return j, false, err
	}
	var count int64
	err = tx.QueryRow(ctx, `SELECT nudged FROM saga_step WHERE saga_id = $1 AND name = $2 AND claim = $3 AND state = 'running'`, c.SagaID, c.Step, c.claim).Scan(&count)
	if errors.Is(err, database.ErrNoRows) {
		err = errOvertaken
	}
	return j, count > 0, err
}

// complete writes what follows from the calls, ends the step, and makes those
// behind it due: in one transaction.
func (s *Service) complete(ctx context.Context, c claimed, commit Commit) error {
	closed := false
	err := s.db.Write(ctx, database.Platform("what follows from a step of any journey, whose company it may make"), func(ctx context.Context, tx *database.Tx) error {
		closed = false
		if _, _, err := fenced(ctx, tx, c); err != nil {
			return err
		}
		output := ""
		if commit != nil {
			var err error
			if output, err = guarded(func() (string, error) { return commit(ctx, tx) }); err != nil {
				return err
			}
			if err := checkOutput(output); err != nil {
				return err
			}
		}
		// What is committed may have ended the step, or the journey, by itself.
		j, _, err := fenced(ctx, tx, c)
		if err == nil {
			if err = finish(ctx, tx, j, c.Step, Done, output, ""); err == nil {
				err = s.advance(ctx, tx, j)
			}
		}
		if err != nil && !errors.Is(err, errOvertaken) {
			return err
		}
		wasOpen, _, err := circuitAfter(ctx, tx, c.Circuit, nil)
		closed = wasOpen
		return err
	})
	if err == nil && closed {
		err = s.free(ctx, c.Circuit)
	}
	return err
}

// note writes why a step was not completed, and when it is run again.
func (s *Service) note(ctx context.Context, c claimed, failure error) error {
	closed := false
	err := s.db.Write(ctx, database.Platform("a step of any journey failed"), func(ctx context.Context, tx *database.Tx) error {
		closed = false
		j, nudged, err := fenced(ctx, tx, c)
		if err != nil {
			return err
		}
		v := s.judge(c, failure, tx.Now())
		if v.state == Skipped {
			if err := finish(ctx, tx, j, c.Step, Skipped, "", v.problem); err != nil {
				return err
			}
			return s.advance(ctx, tx, j)
		}
		wasOpen, open := false, false
		if v.answered || v.outage != nil {
			// The circuit's row comes last, but for the step's own, which is ours.
			if wasOpen, open, err = circuitAfter(ctx, tx, c.Circuit, v.outage); err != nil {
				return err
			}
		}
		if open {
			v.attempt, v.state, v.next = c.Attempt, Due, tx.Now() // the circuit says when
		}
		if nudged { // it may go otherwise now
			v.state, v.next = Due, tx.Now()
		}
		closed = wasOpen && !open && v.answered
		return s.write(ctx, tx, c, v)
	})
	if err == nil && closed {
		err = s.free(ctx, c.Circuit)
	}
	return err
}

// verdict is what becomes of a step that was not completed.
type verdict struct {
	state    State
	attempt  int64
	next     int64 // 0 for never
	class    string
	field    string
	problem  string
	outage   *Outage // counts on the circuit
	answered bool    // the integration works
}

// judge says what follows from a failure by its type.
func (s *Service) judge(c claimed, failure error, nowMS int64) verdict {
	var (
		wait   *Wait
		halt   *Halt
		omit   *Omit
		outage *Outage
		ours   *away
	)
	switch {
	case errors.As(failure, &wait):
		rest := c.step.Poll
		if rest <= 0 {
			rest = defaultPoll
		}
		v := verdict{state: Waiting, next: nowMS + rest.Milliseconds(), problem: wait.Note, answered: true}
		if wait.UntilMS > nowMS {
			v.next = wait.UntilMS
		}
		return v
	case errors.As(failure, &halt):
		return verdict{state: Attention, attempt: c.Attempt + 1, class: "refused", field: halt.Field, problem: halt.Message, answered: true}
	case errors.As(failure, &omit):
		return verdict{state: Skipped, problem: omit.Note}
	case errors.As(failure, &outage):
		v := retried(c, nowMS)
		v.class, v.problem, v.outage = outage.Class, outage.Message, outage
		if v.class == "" {
			v.class = "down"
		}
		return v
	case errors.As(failure, &ours):
		return verdict{state: Due, attempt: c.Attempt, next: nowMS + awayPause.Milliseconds(), class: "error", problem: failure.Error()}
	default:
		v := retried(c, nowMS)
		v.class, v.problem = "error", failure.Error()
		return v
	}
}

// retried is the next try by the step's class.
func retried(c claimed, nowMS int64) verdict {
	rule, err := c.step.Retry.pauses()
	if err != nil {
		return verdict{state: Attention, attempt: c.Attempt + 1}
	}
	wait, over := rule.after(c.Attempt + 1)
	if over {
		return verdict{state: Attention, attempt: c.Attempt + 1}
	}
	return verdict{state: Due, attempt: c.Attempt + 1, next: nowMS + max(wait.Milliseconds(), 1)}
}

// write stores a verdict.
func (s *Service) write(ctx context.Context, tx *database.Tx, c claimed, v verdict) error {
	if v.class != "" {
		s.logger.WarnContext(ctx, "a step of a journey failed", "journey", c.SagaID, "step", c.Step, "attempt", v.attempt, "class", v.class, "problem", clip(v.problem), "state", v.state)
	}
	_, err := tx.Exec(ctx, `UPDATE saga_step SET state = $4, run_ms = $5, attempt = $6, lost = 0, nudged = 0,
			class = $7, field = $8, problem = $9, updated_ms = $10
		WHERE saga_id = $1 AND name = $2 AND claim = $3 AND state = 'running'`,
		c.SagaID, c.Step, c.claim, string(v.state), v.next, v.attempt, v.class, v.field, clip(v.problem), tx.Now())
	if err == nil {
		tx.Notify(topic, 0)
	}
	return err
}

// release gives a step back that a stopping process could not finish; another one
// repeats it.
func (s *Service) release(ctx context.Context, c claimed) error {
	ctx, stop := context.WithTimeout(ctx, s.cfg.Lease/3)
	defer stop()
	return s.db.Write(ctx, database.Platform("a stopping process gives back a step of any journey"), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE saga_step SET state = 'due', run_ms = $4, claim = claim + 1, updated_ms = $4
			WHERE saga_id = $1 AND name = $2 AND claim = $3 AND state = 'running'`, c.SagaID, c.Step, c.claim, tx.Now())
		return err
	})
}
