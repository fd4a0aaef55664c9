package saga

import (
	"context"
	"errors"
	"sync"
	"time"

	"prosa/internal/platform/database"
	"prosa/internal/platform/service"
)

// errTaken undoes a claim that somebody else has made.
var errTaken = errors.New("the step is another one's")

// claimed is a step that this process has.
type claimed struct {
	Status
	step    Step
	outputs map[string]string
}

// Sweeper runs steps for as long as it runs: those that a commit of this process
// made due at once, others by a poll.
func (s *Service) Sweeper() service.Service {
	return service.Service{Name: "journeys", StopTimeout: s.cfg.Lease, Run: func(ctx context.Context) error {
		tick := time.NewTicker(s.cfg.Poll)
		defer tick.Stop()
		var all sync.WaitGroup
		defer all.Wait()
		for {
			taken, err := s.take(ctx)
			if err != nil && ctx.Err() == nil {
				s.logger.ErrorContext(ctx, "no steps of journeys could be taken", "error", err)
			}
			for _, c := range taken {
				all.Go(func() {
					s.work(ctx, c)
					s.ring() // a place is free
				})
			}
			select {
			case <-ctx.Done():
				return nil
			case <-s.wake:
			case <-tick.C:
			}
		}
	}}
}

// Sweep works on the steps that are due, and on those that become so by it,
// until there is none.
func (s *Service) Sweep(ctx context.Context) error {
	for {
		taken, err := s.take(ctx)
		if err != nil || len(taken) == 0 {
			return err
		}
		var all sync.WaitGroup
		for _, c := range taken {
			all.Go(func() { s.work(ctx, c) })
		}
		all.Wait()
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// take claims steps that are due, as many as this process has places for.
func (s *Service) take(ctx context.Context) ([]claimed, error) {
	places, full := s.places()
	if places <= 0 {
		return nil, nil
	}
	if err := s.takeBack(ctx); err != nil {
		return nil, err
	}
	var ready, probes []Status
	err := s.db.Read(ctx, database.Platform("the steps of all journeys that are due"), func(ctx context.Context, tx *database.Tx) (err error) {
		if ready, err = dueSteps(ctx, tx, full, places); err != nil {
			return err
		}
		probes, err = probeSteps(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	var taken []claimed
	claim := func(list []Status, probe bool) error {
		for _, status := range list {
			if len(taken) == places || !s.admit(status.Circuit) {
				continue
			}
			c, err := s.claim(ctx, status, probe)
			if err != nil {
				s.leave(status.Circuit)
				if errors.Is(err, errTaken) {
					continue
				}
				return err
			}
			taken = append(taken, c)
		}
		return nil
	}
	err = errors.Join(claim(probes, true), claim(ready, false))
	if len(taken) == 0 {
		return nil, err
	}
	if err != nil {
		s.logger.ErrorContext(ctx, "not all steps that are due could be taken", "error", err)
	}
	return taken, nil // what was claimed is run, whatever happened to the rest
}

// places tells how many steps may be begun, and which circuits have as many as
// they may.
func (s *Service) places() (free int, full []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	free = s.cfg.Workers
	for name, count := range s.busy {
		free -= count
		if name != "" && count >= s.cfg.PerCircuit {
			full = append(full, name)
		}
	}
	return free, full
}

// admit takes a place for a step; leave gives it back.
func (s *Service) admit(circuit string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if circuit != "" && s.busy[circuit] >= s.cfg.PerCircuit {
		return false
	}
	s.busy[circuit]++
	return true
}

func (s *Service) leave(circuit string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy[circuit]--
}

// takeBack makes steps due again whose process has not been heard of.
func (s *Service) takeBack(ctx context.Context) error {
	var lost []Status
	err := s.db.Read(ctx, database.Platform("the steps of all journeys whose process is gone"), func(ctx context.Context, tx *database.Tx) (err error) {
		lost, err = scanSteps(ctx, tx, `SELECT `+stepColumns+` FROM saga_step s WHERE s.run_ms > 0 AND s.run_ms <= $1 AND s.state = 'running' ORDER BY s.run_ms LIMIT 50`, tx.Now())
		return err
	})
	if err != nil {
		return err
	}
	for _, status := range lost {
		if err := s.recover(ctx, status); err != nil {
			return err
		}
	}
	return nil
}

// dueSteps are those whose time has come and whose integration works and has a
// place.
func dueSteps(ctx context.Context, tx *database.Tx, full []string, limit int) ([]Status, error) {
	query := `SELECT ` + stepColumns + ` FROM saga_step s WHERE s.run_ms > 0 AND s.run_ms <= $1 AND s.state <> 'running'
		AND NOT EXISTS (SELECT 1 FROM saga_circuit c WHERE c.name = s.circuit AND c.opened_ms > 0)`
	if len(full) > 0 {
		query += ` AND s.circuit NOT IN (` + database.List(len(full), 3) + `)`
	}
	return scanSteps(ctx, tx, query+` ORDER BY s.run_ms, s.saga_id, s.name LIMIT $2`, append([]any{tx.Now(), limit}, database.Strings(full)...)...)
}

// probeSteps gives one step for each open circuit that may be tried now, were it
// due or not.
func probeSteps(ctx context.Context, tx *database.Tx) ([]Status, error) {
	return scanSteps(ctx, tx, `SELECT `+stepColumns+` FROM saga_circuit c JOIN saga_step s ON s.circuit = c.name
			AND (s.saga_id, s.name) IN (SELECT f.saga_id, f.name FROM saga_step f WHERE f.circuit = c.name AND f.run_ms > 0 AND f.state <> 'running'
				ORDER BY f.run_ms, f.saga_id, f.name LIMIT 1)
		WHERE c.opened_ms > 0 AND c.probe_ms <= $1`, tx.Now())
}

// claim makes a step ours for as long as its lease. Error: errTaken.
func (s *Service) claim(ctx context.Context, status Status, probe bool) (c claimed, err error) {
	kind := s.kind(status.kind)
	step, known := kind.step(status.Step)
	err = s.db.Write(ctx, database.Platform("a step of any journey is claimed"), func(ctx context.Context, tx *database.Tx) error {
		c = claimed{Status: status, step: step, outputs: map[string]string{}}
		if !known || step.Run == nil {
			return errTaken // a newer binary knows it
		}
		c.claim, c.State, c.nudged = status.claim+1, Running, false
		mine, err := tx.Exec(ctx, `UPDATE saga_step SET state = 'running', claim = $3, owner = $4, run_ms = $5, nudged = 0, updated_ms = $6
			WHERE saga_id = $1 AND name = $2 AND claim = $7 AND state = $8 AND run_ms > 0`,
			status.SagaID, status.Step, c.claim, s.cfg.Process, tx.Now()+s.cfg.Lease.Milliseconds(), tx.Now(), status.claim, string(status.State))
		if err != nil {
			return err
		}
		if mine == 0 {
			return errTaken
		}
		if probe {
			if may, err := mayProbe(ctx, tx, step.Circuit); err != nil || !may {
				return errors.Join(err, errTaken)
			}
		}
		rows, err := tx.Query(ctx, `SELECT name, output FROM saga_step WHERE saga_id = $1 AND state = 'done'`, status.SagaID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name, output string
			if err := rows.Scan(&name, &output); err != nil {
				return err
			}
			c.outputs[name] = output
		}
		return rows.Err()
	})
	return c, err
}

// mostLost is how many runs in a row may be lost with their process, before the
// step is taken for what ends it.
const mostLost = 20

// recover takes a step back from a process that has not been heard of. That uses
// up no try: most such processes were stopped, not brought down by the step.
func (s *Service) recover(ctx context.Context, status Status) error {
	state, runs := Due, true
	class, problem := status.Class, status.Problem
	if status.lost+1 >= mostLost {
		state, runs, class, problem = Attention, false, "lost", "each process that ran it went away"
	}
	s.logger.WarnContext(ctx, "a step's process has not been heard of", "journey", status.SagaID, "step", status.Step, "owner", status.Owner)
	return s.db.Write(ctx, database.Platform("a step of any journey is taken back"), func(ctx context.Context, tx *database.Tx) error {
		next := int64(0)
		if runs {
			next = tx.Now()
			tx.Notify(topic, 0)
		}
		_, err := tx.Exec(ctx, `UPDATE saga_step SET state = $4, lost = lost + 1, claim = claim + 1, run_ms = $5, class = $6, problem = $7, updated_ms = $8
			WHERE saga_id = $1 AND name = $2 AND claim = $3 AND state = 'running' AND run_ms <= $8`,
			status.SagaID, status.Step, status.claim, string(state), next, class, problem, tx.Now())
		return err
	})
}
