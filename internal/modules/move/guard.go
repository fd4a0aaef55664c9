package move

import (
	"context"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
)

// held is the company of a move while it stands at a level. What a load or a
// deletion writes, it writes only then: whoever brings the company to another
// level waits for the transactions that have looked, and the next one is refused.
type held struct {
	companyID, moveID string
	level             hold.Level
}

// write is a transaction of who holds the company. Error: Conflict when it is not
// held so any more.
func (s *Service) write(ctx context.Context, by held, fn func(ctx context.Context, tx *database.Tx) error) error {
	return s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		h, err := hold.FindIn(ctx, tx, by.companyID)
		if err != nil {
			return err
		}
		if h.MoveID != by.moveID || h.Level != by.level {
			return fault.New(fault.Conflict, "the company is not %s by this move any more: nothing is changed here", by.level)
		}
		return fn(ctx, tx)
	})
}

// shift brings the target to a step, unless may has something against it: may
// sees how far the target is, and how the company stands, in the transaction that
// writes the step. So of two commands at once one comes first.
func (s *Service) shift(ctx context.Context, moveID string, step Step, may func(m Move, h hold.Hold) error) error {
	return s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		m, err := find(ctx, tx, moveID)
		if err != nil {
			return err
		}
		h, err := hold.FindIn(ctx, tx, m.CompanyID)
		if err != nil {
			return err
		}
		if err := may(m, h); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE company_move SET step = $2, updated_ms = $3 WHERE id = $1", moveID, string(step), tx.Now())
		return err
	})
}

// present reports whether a company is here.
func (s *Service) present(ctx context.Context, companyID string) (is bool, err error) {
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		var n int
		err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM "+"tenant WHERE id = $1", companyID).Scan(&n)
		is = n > 0
		return err
	})
	return is, err
}

// belongs refuses a row that is not the company's: who holds the move's key
// brings one company, and nothing into another.
func (t *table) belongs(companyID string, values []any) error {
	column := "tenant_id"
	if t.Name == "tenant" {
		column = "id"
	}
	if at := t.at(column); at >= 0 && values[at] != companyID {
		return fault.Refuse("move_file", "the copy has a row of %s that is not the company's", t.Name)
	}
	return nil
}

// humble leaves out rows of people who do not work for the company (somebody may
// have come while a living one was copied), and makes nobody staff: that is said
// by each installation for itself.
func (t *table) humble(people []string, rows [][]any) [][]any {
	person := t.at("user_id")
	if person < 0 {
		person = t.at("id")
	}
	operator := t.at("operator")
	return slices.DeleteFunc(rows, func(values []any) bool {
		if operator >= 0 {
			values[operator] = false
		}
		who, _ := values[person].(string)
		return !slices.Contains(people, who)
	})
}
