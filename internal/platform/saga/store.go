package saga

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// States of a journey.
const (
	journeyRunning  = "running"
	journeyDone     = "done"
	journeyCanceled = "canceled"
)

// journey is the row of a saga, locked.
type journey struct{ id, kind, state string }

// lock takes the journey's row, before any of its steps. Error: fault.NotFound.
func lock(ctx context.Context, tx *database.Tx, sagaID string) (journey, error) {
	j := journey{id: sagaID}
	err := tx.QueryRow(ctx, `SELECT kind, state FROM saga WHERE id = $1`+tx.ForUpdate(), sagaID).Scan(&j.kind, &j.state)
	return j, notFound(err)
}

func notFound(err error) error {
	if errors.Is(err, database.ErrNoRows) {
		return fault.New(fault.NotFound, "no such journey")
	}
	return err
}

const stepColumns = `s.saga_id, s.name, s.kind, s.state, s.circuit, s.claim, s.owner, s.attempt, s.lost, s.run_ms, s.signaled, s.nudged, s.output, s.mended, s.class, s.field, s.problem, s.updated_ms`

func scanStep(row database.Row) (Status, error) {
	var s Status
	var signaled, nudged int64
	var mended string
	err := row.Scan(&s.SagaID, &s.Step, &s.kind, &s.State, &s.Circuit, &s.claim, &s.Owner, &s.Attempt, &s.lost, &s.RunMS, &signaled, &nudged,
		&s.Output, &mended, &s.Class, &s.Field, &s.Problem, &s.UpdatedMS)
	if err != nil {
		return s, err
	}
	s.signaled, s.nudged, s.Mended = signaled == 1, nudged == 1, map[string]string{}
	if err := json.Unmarshal([]byte(mended), &s.Mended); err != nil {
		return s, fault.Wrap(err, fault.Internal, "what was corrected of a step can't be read")
	}
	return s, nil
}

func scanSteps(ctx context.Context, tx *database.Tx, query string, args ...any) ([]Status, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Status{}
	for rows.Next() {
		step, err := scanStep(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, step)
	}
	return list, rows.Err()
}

// stepsOf reads the steps of a journey in the order of its kind.
func (s *Service) stepsOf(ctx context.Context, tx *database.Tx, sagaID, kindName string) ([]Status, error) {
	steps, err := scanSteps(ctx, tx, `SELECT `+stepColumns+` FROM saga_step s WHERE s.saga_id = $1 ORDER BY s.name`, sagaID)
	if err != nil {
		return nil, err
	}
	kind := s.kind(kindName)
	place := func(name string) int {
		return slices.IndexFunc(kind.Steps, func(step Step) bool { return step.Name == name })
	}
	slices.SortStableFunc(steps, func(a, b Status) int { return place(a.Step) - place(b.Step) })
	return steps, nil
}

// before gives the steps that must be settled before that one and are not. A
// journey that was begun by an older binary may lack steps: nobody waits for
// those.
func before(kind Kind, name string, steps []Status) []string {
	step, _ := kind.step(name)
	var open []string
	for _, other := range steps {
		if slices.Contains(step.After, other.Step) && !other.State.settled() {
			open = append(open, other.Step)
		}
	}
	return open
}

// one reads the step of a locked journey. Error: fault.NotFound.
func (s *Service) one(ctx context.Context, tx *database.Tx, j journey, name string) (Status, error) {
	steps, err := s.stepsOf(ctx, tx, j.id, j.kind)
	if err != nil {
		return Status{}, err
	}
	for _, status := range s.shown(j.kind, steps) {
		if status.Step == name {
			return status, nil
		}
	}
	return Status{}, fault.New(fault.NotFound, "the journey has no step %s", name)
}

// shown sets what follows from the rows of a whole journey.
func (s *Service) shown(kindName string, steps []Status) []Status {
	kind := s.kind(kindName)
	list := slices.Clone(steps)
	for i := range list {
		step, _ := kind.step(list[i].Step)
		list[i].settle(before(kind, step.Name, steps), step.Run != nil)
	}
	return list
}

func insertStep(ctx context.Context, tx *database.Tx, j journey, step Step) error {
	_, err := tx.Exec(ctx, `INSERT INTO saga_step (saga_id, name, kind, state, circuit, claim, owner, attempt, lost, run_ms, signaled, nudged,
			output, mended, class, field, problem, updated_ms)
		VALUES ($1, $2, $3, 'waiting', $4, 0, '', 0, 0, 0, 0, 0, '', '{}', '', '', '', $5)`, j.id, step.Name, j.kind, step.Circuit, tx.Now())
	return err
}

// finish ends a step of a locked journey. A run of it that is under way is
// overtaken.
func finish(ctx context.Context, tx *database.Tx, j journey, name string, state State, output, note string) error {
	_, err := tx.Exec(ctx, `UPDATE saga_step SET state = $3, claim = claim + 1, run_ms = 0, lost = 0, signaled = 0, nudged = 0,
			output = $4, class = '', field = '', problem = $5, updated_ms = $6
		WHERE saga_id = $1 AND name = $2`, j.id, name, string(state), output, clip(note), tx.Now())
	return err
}

// due makes a step of a locked journey run now, with all its tries.
func due(ctx context.Context, tx *database.Tx, j journey, name string) error {
	_, err := tx.Exec(ctx, `UPDATE saga_step SET state = 'due', attempt = 0, lost = 0, run_ms = $3, updated_ms = $3
		WHERE saga_id = $1 AND name = $2`, j.id, name, tx.Now())
	return err
}

// advance makes due what waits for nothing any more, and ends the journey when
// all its steps are settled.
func (s *Service) advance(ctx context.Context, tx *database.Tx, j journey) error {
	steps, err := s.stepsOf(ctx, tx, j.id, j.kind)
	if err != nil || j.state == journeyCanceled {
		return err
	}
	kind := s.kind(j.kind)
	for again := true; again; {
		again = false
		for i := range steps {
			status := &steps[i]
			if status.State != Waiting || status.RunMS > 0 || len(before(kind, status.Step, steps)) > 0 {
				continue
			}
			step, _ := kind.step(status.Step)
			switch {
			case status.signaled:
				status.State, again = Done, true
				err = finish(ctx, tx, j, status.Step, Done, status.Output, "")
			case step.Run != nil:
				status.State, status.RunMS = Due, tx.Now()
				err = due(ctx, tx, j, status.Step)
			}
			if err != nil {
				return err
			}
		}
	}
	state := journeyDone
	if slices.ContainsFunc(steps, func(status Status) bool { return !status.State.settled() }) {
		state = journeyRunning
	}
	if state != j.state {
		_, err = tx.Exec(ctx, `UPDATE saga SET state = $2, updated_ms = $3 WHERE id = $1`, j.id, state, tx.Now())
	}
	tx.Notify(topic, 0)
	return err
}
