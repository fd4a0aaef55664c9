package move

import (
	"context"
	"encoding/json"
	"errors"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// Side of a move.
const (
	Source = "source"
	Target = "target"
)

// Step is how far a side has come.
type Step string

// Steps of the source, and those of the target.
const (
	Planned Step = "planned"
	Copied  Step = "copied"
	Paused  Step = "paused"
	Left    Step = "left"    // carried out: what comes is sent on
	Stayed  Step = "stayed"  // called off
	Settled Step = "settled" // nothing that came before the platforms knew is left
	Closed  Step = "closed"  // its data is gone here

	Checked   Step = "checked"
	Laid      Step = "laid"    // loaded and equal
	Cutting   Step = "cutting" // the verdict is asked for: nothing is discarded any more unless it is against it
	Landed    Step = "landed"
	Opened    Step = "opened"
	Discarded Step = "discarded"
)

// Move is a move as one side knows it.
type Move struct {
	ID        string `json:"id"`
	CompanyID string `json:"company_id"`
	Side      string `json:"side"`
	Step      Step   `json:"step"`
	TargetURL string `json:"target_url,omitempty"`
	UntilMS   int64  `json:"until_ms,omitempty"`
	Facts     Facts  `json:"facts"`
	CreatedMS int64  `json:"created_ms"`
	UpdatedMS int64  `json:"updated_ms"`
}

// gone reports whether the source knows that the company has left.
func (m Move) gone() bool { return m.Step == Left || m.Step == Settled || m.Step == Closed }

// Facts are what a side measured.
type Facts struct {
	DrainedMS int64 `json:"drained_ms,omitempty"` // since when nothing new was begun
	FrozenMS  int64 `json:"frozen_ms,omitempty"`  // since when nothing was written
	LandedMS  int64 `json:"landed_ms,omitempty"`
	OpenedMS  int64 `json:"opened_ms,omitempty"`
	Manifest  int   `json:"manifest,omitempty"`
	SentOn    int64 `json:"sent_on,omitempty"` // pieces, by this side
	Gone      int64 `json:"gone,omitempty"`    // rows deleted
}

func (s *Service) find(ctx context.Context, moveID string) (m Move, err error) {
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) (err error) {
		m, err = find(ctx, tx, moveID)
		return err
	})
	return m, err
}

const moveColumns = "SELECT id, company_id, side, step, target_url, until_ms, facts, created_ms, updated_ms FROM company_move "

func find(ctx context.Context, tx *database.Tx, moveID string) (Move, error) {
	m, err := scanMove(tx.QueryRow(ctx, moveColumns+"WHERE id = $1", moveID))
	if errors.Is(err, database.ErrNoRows) {
		return m, fault.New(fault.NotFound, "no such move here")
	}
	return m, err
}

func scanMove(row database.Row) (m Move, err error) {
	var facts string
	if err := row.Scan(&m.ID, &m.CompanyID, &m.Side, &m.Step, &m.TargetURL, &m.UntilMS, &facts, &m.CreatedMS, &m.UpdatedMS); err != nil {
		return m, err
	}
	return m, fault.Wrap(json.Unmarshal([]byte(facts), &m.Facts), fault.Internal, "the facts of a move can't be read")
}

// List gives the moves of a company, or all with an empty id, oldest first.
func (s *Service) List(ctx context.Context, companyID string) (list []Move, err error) {
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		list = []Move{}
		rows, err := tx.Query(ctx, moveColumns+"WHERE company_id = $1 OR $1 = '' ORDER BY id", companyID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			m, err := scanMove(rows)
			if err != nil {
				return err
			}
			list = append(list, m)
		}
		return rows.Err()
	})
	return list, err
}

// note writes how far a side has come, unless step is empty; change may add what
// was measured.
func (s *Service) note(ctx context.Context, moveID, companyID, side string, step Step, change func(m *Move)) (m Move, err error) {
	err = s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		m, err = find(ctx, tx, moveID)
		switch {
		case fault.Is(err, fault.NotFound):
			m = Move{ID: moveID, CompanyID: companyID, Side: side, CreatedMS: tx.Now()}
		case err != nil:
			return err
		case m.Side != side:
			return fault.Refuse("side", "this installation is the %s of the move", m.Side)
		}
		if m.UpdatedMS = tx.Now(); step != "" {
			m.Step = step
		}
		if change != nil {
			change(&m)
		}
		facts, err := json.Marshal(m.Facts)
		if err != nil {
			return fault.Wrap(err, fault.Internal, "the facts of a move could not be written")
		}
		_, err = tx.Exec(ctx, `INSERT INTO company_move (id, company_id, side, step, target_url, until_ms, facts, created_ms, updated_ms)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET step = excluded.step, target_url = excluded.target_url,
			until_ms = excluded.until_ms, facts = excluded.facts, updated_ms = excluded.updated_ms`,
			m.ID, m.CompanyID, m.Side, string(m.Step), m.TargetURL, m.UntilMS, string(facts), m.CreatedMS, m.UpdatedMS)
		return err
	})
	return m, err
}
