package saga

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"strings"
	"sync"

	"prosa/internal/base/fault"
	"prosa/internal/base/page"
	"prosa/internal/platform/database"
)

// topic is rung by transactions that make a step due.
const topic = "saga.due"

const (
	problemMax = 400  // bytes kept of what is said against a step
	outputMax  = 8000 // bytes of what a step leaves for those behind it
)

// Service holds the kinds of journeys and runs their steps.
type Service struct {
	cfg    Config
	db     *database.DB
	logger *slog.Logger
	wake   chan struct{}

	mu    sync.Mutex
	kinds map[string]Kind
	busy  map[string]int // steps that run in this process, by circuit
}

// New makes the service; it knows no kind of journey yet.
func New(cfg Config, db *database.DB, logger *slog.Logger) *Service {
	s := &Service{cfg: cfg, db: db, logger: logger, wake: make(chan struct{}, 1), kinds: map[string]Kind{}, busy: map[string]int{}}
	db.OnNotify(topic, func(int) { s.ring() })
	return s
}

// ring has the sweeper look at once.
func (s *Service) ring() {
	select {
	case s.wake <- struct{}{}:
	default: // it is about to look
	}
}

// Register adds a kind of journey. Error: fault.Internal for one whose steps
// can't all be reached, or a name that is taken.
func (s *Service) Register(kind Kind) error {
	if err := kind.check(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.kinds[kind.Name]; taken {
		return fault.New(fault.Internal, "two kinds of journeys are called %s", kind.Name)
	}
	s.kinds[kind.Name] = kind
	return nil
}

func (s *Service) kind(name string) Kind {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kinds[name]
}

// Start begins a journey in the caller's transaction. The same one begun twice is
// no error. Errors: fault.Conflict when the id has a journey of another kind.
func (s *Service) Start(ctx context.Context, tx *database.Tx, kindName, sagaID string) error {
	kind := s.kind(kindName)
	if kind.Name == "" || sagaID == "" {
		return fault.New(fault.Internal, "no kind of journey is called %q, or it has no id", kindName)
	}
	made, err := tx.Exec(ctx, `INSERT INTO saga (id, kind, state, created_ms, updated_ms) VALUES ($1, $2, $3, $4, $4) ON CONFLICT (id) DO NOTHING`,
		sagaID, kindName, journeyRunning, tx.Now())
	if err != nil {
		return err
	}
	j, err := lock(ctx, tx, sagaID)
	switch {
	case err != nil:
		return err
	case j.kind != kindName:
		return fault.New(fault.Conflict, "the journey is one of another kind")
	case made == 0:
		return nil
	}
	for _, step := range kind.Steps {
		if err := insertStep(ctx, tx, j, step); err != nil {
			return err
		}
	}
	return s.advance(ctx, tx, j)
}

// Signal completes a step in the caller's transaction: what it waits for has
// come. Before its turn it is remembered; a step that is over stays as it is, and
// a run that is under way is overtaken. Errors: fault.NotFound.
func (s *Service) Signal(ctx context.Context, tx *database.Tx, sagaID, step, output string) error {
	if err := checkOutput(output); err != nil {
		return err
	}
	j, status, err := s.locked(ctx, tx, sagaID, step)
	switch {
	case err != nil || status.State.settled():
		return err
	case len(status.Blocked) > 0:
		_, err = tx.Exec(ctx, `UPDATE saga_step SET signaled = 1, output = $3, updated_ms = $4 WHERE saga_id = $1 AND name = $2 AND signaled = 0`,
			sagaID, step, output, tx.Now())
		return err
	}
	if err := finish(ctx, tx, j, step, Done, output, ""); err != nil {
		return err
	}
	return s.advance(ctx, tx, j)
}

// Nudge has a step look now: there are news of what it asks about. One that
// stands in attention is tried again; one that is not its turn yet, or has nothing
// to run, stays as it is. Errors: fault.NotFound.
func (s *Service) Nudge(ctx context.Context, tx *database.Tx, sagaID, step string) error {
	j, status, err := s.locked(ctx, tx, sagaID, step)
	switch {
	case err != nil || len(status.Blocked) > 0:
		return err
	case status.State == Running:
		_, err = tx.Exec(ctx, `UPDATE saga_step SET nudged = 1 WHERE saga_id = $1 AND name = $2`, sagaID, step)
	case status.State == Attention, (status.State == Due || status.State == Waiting) && status.RunMS > 0:
		err = due(ctx, tx, j, step)
		tx.Notify(topic, 0)
	}
	return err
}

// RetryStep runs a step now, with all its tries; mended is data that an operator
// corrected and may be empty. Errors: fault.NotFound; fault.Refused with reason
// step_state when the step is not one to be run.
func (s *Service) RetryStep(ctx context.Context, tx *database.Tx, sagaID, step string, mended map[string]string) error {
	j, status, err := s.may(ctx, tx, sagaID, step, ActRetry)
	if err != nil {
		return err
	}
	maps.Copy(status.Mended, mended)
	text, err := json.Marshal(status.Mended)
	if err != nil {
		return err
	}
	if err := checkOutput(string(text)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE saga_step SET mended = $3 WHERE saga_id = $1 AND name = $2`, sagaID, step, string(text)); err != nil {
		return err
	}
	if err := due(ctx, tx, j, step); err != nil {
		return err
	}
	return s.advance(ctx, tx, j)
}

// MarkDone completes a step that was done by hand. Errors as of RetryStep.
func (s *Service) MarkDone(ctx context.Context, tx *database.Tx, sagaID, step, output string) error {
	if err := checkOutput(output); err != nil {
		return err
	}
	j, _, err := s.may(ctx, tx, sagaID, step, ActDone)
	if err != nil {
		return err
	}
	if err := finish(ctx, tx, j, step, Done, output, ""); err != nil {
		return err
	}
	return s.advance(ctx, tx, j)
}

// Skip goes on without a step; note says why. Errors as of RetryStep.
func (s *Service) Skip(ctx context.Context, tx *database.Tx, sagaID, step, note string) error {
	j, _, err := s.may(ctx, tx, sagaID, step, ActSkip)
	if err != nil {
		return err
	}
	if err := finish(ctx, tx, j, step, Skipped, "", note); err != nil {
		return err
	}
	return s.advance(ctx, tx, j)
}

// Cancel ends a journey: what is not settled never runs, and a run that is under
// way commits nothing. What has been done stays done. Errors: fault.NotFound.
func (s *Service) Cancel(ctx context.Context, tx *database.Tx, sagaID string) error {
	j, err := lock(ctx, tx, sagaID)
	if err != nil || j.state != journeyRunning {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE saga SET state = $2, updated_ms = $3 WHERE id = $1`, sagaID, journeyCanceled, tx.Now()); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE saga_step SET state = 'canceled', claim = claim + 1, run_ms = 0, updated_ms = $2
		WHERE saga_id = $1 AND state IN ('waiting', 'due', 'running', 'attention')`, sagaID, tx.Now())
	return err
}

// Of tells how far the steps of a journey are, in the order of its kind. Error:
// fault.NotFound.
func (s *Service) Of(ctx context.Context, tx *database.Tx, sagaID string) ([]Status, error) {
	var kind string
	if err := tx.QueryRow(ctx, `SELECT kind FROM saga WHERE id = $1`, sagaID).Scan(&kind); err != nil {
		return nil, notFound(err)
	}
	steps, err := s.stepsOf(ctx, tx, sagaID, kind)
	if err != nil {
		return nil, err
	}
	open, err := openCircuits(ctx, tx)
	steps = s.shown(kind, steps)
	for i := range steps {
		steps[i].Parked = open[steps[i].Circuit] && (steps[i].State == Due || steps[i].State == Waiting && steps[i].RunMS > 0)
	}
	return steps, err
}

// Attention lists the steps that wait for an operator, those of the newest
// journeys first.
func (s *Service) Attention(ctx context.Context, cursor string, limit int) (list page.List[Status], err error) {
	last := [2]string{"~", ""} // behind any id
	if _, err := page.Decode(cursor, &last); err != nil {
		return list, err
	}
	size := page.Size(limit)
	err = s.db.Read(ctx, database.Platform("operators see the troubled steps of all journeys"), func(ctx context.Context, tx *database.Tx) error {
		list.Items, err = scanSteps(ctx, tx, `SELECT `+stepColumns+` FROM saga_step s WHERE s.state = 'attention' AND (s.saga_id, s.name) < ($1, $2)
			ORDER BY s.saga_id DESC, s.name DESC LIMIT $3`, last[0], last[1], size+1)
		return err
	})
	if err != nil {
		return list, err
	}
	if len(list.Items) > size {
		list.Items = list.Items[:size]
		end := list.Items[size-1]
		list.Next = page.Encode([2]string{end.SagaID, end.Step})
	}
	for i := range list.Items {
		step, _ := s.kind(list.Items[i].kind).step(list.Items[i].Step)
		list.Items[i].settle(nil, step.Run != nil)
	}
	return list, nil
}

// Troubled gives for each of the journeys that has one a step that stands in
// attention.
func (s *Service) Troubled(ctx context.Context, sagaIDs []string) (map[string]Status, error) {
	found := map[string]Status{}
	if len(sagaIDs) == 0 {
		return found, nil
	}
	err := s.db.Read(ctx, database.Platform("operators see the troubled steps of all journeys"), func(ctx context.Context, tx *database.Tx) error {
		list, err := scanSteps(ctx, tx, `SELECT `+stepColumns+` FROM saga_step s WHERE s.state = 'attention' AND s.saga_id IN (`+database.List(len(sagaIDs), 1)+`) ORDER BY s.updated_ms DESC, s.name`,
			database.Strings(sagaIDs)...)
		clear(found)
		for _, status := range list {
			found[status.SagaID] = status // the oldest trouble stays
		}
		return err
	})
	return found, err
}

// locked takes the lock of a journey and reads one of its steps.
func (s *Service) locked(ctx context.Context, tx *database.Tx, sagaID, step string) (journey, Status, error) {
	j, err := lock(ctx, tx, sagaID)
	if err != nil {
		return j, Status{}, err
	}
	status, err := s.one(ctx, tx, j, step)
	return j, status, err
}

// may is locked for what an operator does.
func (s *Service) may(ctx context.Context, tx *database.Tx, sagaID, step string, action Action) (journey, Status, error) {
	j, status, err := s.locked(ctx, tx, sagaID, step)
	if err == nil && (j.state == journeyCanceled || !status.May(action)) {
		err = fault.Refuse("step_state", "the step is %s, which takes no %s", status.State, action)
	}
	return j, status, err
}

func checkOutput(output string) error {
	if len(output) > outputMax {
		return fault.New(fault.TooLarge, "a step leaves at most %d bytes", outputMax)
	}
	return database.Text(output)
}

// clip bounds what is kept of somebody's words and makes it one line.
func clip(text string) string {
	text = strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, text), "")
	if len(text) > problemMax {
		text = strings.ToValidUTF8(text[:problemMax], "")
	}
	return text
}
