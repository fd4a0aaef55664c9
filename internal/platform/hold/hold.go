package hold

import (
	"context"
	"errors"
	"slices"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// Level says how still a company stands; see the package comment.
type Level string

// Levels. The empty one is a company like any other.
const (
	Draining Level = "draining"
	Frozen   Level = "frozen"
	Moved    Level = "moved"
	Arriving Level = "arriving"
	Landing  Level = "landing"
)

// order is that in which a move may raise its hold.
var order = []Level{Draining, Frozen, Moved, Arriving, Landing}

// Out is the condition by which a query for work that is due leaves out what
// belongs to companies that stand still.
const Out = "tenant_id NOT IN (SELECT company_id FROM company_hold WHERE level <> 'landing')"

// Working and Lands are conditions on a column company_id: that the company works
// like any other, and that it lands.
const (
	Working = "company_id NOT IN (SELECT company_id FROM company_hold)"
	Lands   = "company_id IN (SELECT company_id FROM company_hold WHERE level = 'landing')"
)

// Hold is one row: how a company stands.
type Hold struct {
	CompanyID string
	Level     Level
	MoveID    string
	SinceMS   int64
	// PassedMS: what happened until then has reached everybody who follows the
	// events.
	PassedMS int64
}

// still is the refusal of a transaction. It is Unavailable with reason "moving",
// or Refused with reason "moved" once the company has left for good.
type still struct {
	companyID string
	level     Level
}

// Error implements error.
func (s *still) Error() string { return s.fault().Error() }

// Unwrap gives the code and the sentence.
func (s *still) Unwrap() error { return s.fault() }

// RetryAfter tells callers of the API when to come back.
func (s *still) RetryAfter() time.Duration { return 10 * time.Second }

func (s *still) fault() *fault.Error {
	if s.level == Moved {
		return &fault.Error{Code: fault.Refused, Reason: "moved", Message: "the company lives in another installation now"}
	}
	return &fault.Error{Code: fault.Unavailable, Reason: "moving", Message: "the company is being moved to another installation; it is back in a moment"}
}

// Refused tells whether err is the refusal of a transaction that named a company
// which stands still, and which company that is.
func Refused(err error) (companyID string, level Level, ok bool) {
	var s *still
	if !errors.As(err, &s) {
		return "", "", false
	}
	return s.companyID, s.level, true
}

// Check is the same refusal for who looks at the gate before they begin; nil for
// a company that works.
func (g *Gate) Check(companyID string) error {
	if level := g.Level(companyID); level != "" && level != Landing {
		return &still{companyID, level}
	}
	return nil
}

// Admit is Check for a person's call: in the pause people may look (reads) and
// not write; a company that has left, or is not open yet, shows nothing here.
func (g *Gate) Admit(companyID string, reads bool) error {
	if level := g.Level(companyID); reads && level != Moved && level != Arriving {
		return nil
	}
	return g.Check(companyID)
}

// Fence has every transaction of the database that names companies refused when
// one of them stands still. app sets it once, before anything is written.
func Fence(db *database.DB) {
	db.FenceBy("SELECT company_id, level FROM company_hold WHERE level IN ('frozen', 'moved', 'arriving')", func(companyID, level string) error {
		return &still{companyID, Level(level)}
	})
}

// scope is that of the rows of this table, and of a company that stands still:
// no company's transaction may write for it.
func scope() database.Scope {
	return database.Platform("a company that stands still is written to by nobody but those who move it")
}

// Find gives how a company stands; the zero Hold when it works like any other.
func Find(ctx context.Context, db *database.DB, companyID string) (h Hold, err error) {
	err = db.Read(ctx, scope(), func(ctx context.Context, tx *database.Tx) (err error) {
		h, err = FindIn(ctx, tx, companyID)
		return err
	})
	return h, err
}

// FindIn is Find in the caller's transaction.
func FindIn(ctx context.Context, tx *database.Tx, companyID string) (h Hold, err error) {
	err = tx.QueryRow(ctx, "SELECT company_id, level, move_id, since_ms, passed_ms FROM company_hold WHERE company_id = $1", companyID).
		Scan(&h.CompanyID, &h.Level, &h.MoveID, &h.SinceMS, &h.PassedMS)
	if errors.Is(err, database.ErrNoRows) {
		return Hold{}, nil
	}
	return h, err
}

// List gives all companies that stand still.
func List(ctx context.Context, db *database.DB) (list []Hold, err error) {
	err = db.Read(ctx, scope(), func(ctx context.Context, tx *database.Tx) error {
		list = nil
		rows, err := tx.Query(ctx, "SELECT company_id, level, move_id, since_ms, passed_ms FROM company_hold ORDER BY company_id")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var h Hold
			if err := rows.Scan(&h.CompanyID, &h.Level, &h.MoveID, &h.SinceMS, &h.PassedMS); err != nil {
				return err
			}
			list = append(list, h)
		}
		return rows.Err()
	})
	return list, err
}

// Set brings a company to a level for a move and gives the time of it. When it
// returns, the level is true for every transaction that begins, and none that
// began before it is still under way. A level that stands already changes
// nothing. Errors: fault.Conflict when another move holds the company, or this one
// at a later level: a hold goes forward, or is lifted.
func Set(ctx context.Context, db *database.DB, companyID, moveID string, level Level) (sinceMS int64, err error) {
	err = db.Write(ctx, scope(), func(ctx context.Context, tx *database.Tx) error {
		if err := alone(ctx, tx); err != nil {
			return err
		}
		h, err := FindIn(ctx, tx, companyID)
		switch {
		case err != nil:
			return err
		case h.MoveID != "" && h.MoveID != moveID:
			return fault.New(fault.Conflict, "the move %s holds the company", h.MoveID)
		case h.Level == level:
			sinceMS = h.SinceMS
			return nil
		case slices.Index(order, h.Level) > slices.Index(order, level):
			return fault.New(fault.Conflict, "the company is %s already, by another command of the move", h.Level)
		}
		sinceMS = tx.Now()
		_, err = tx.Exec(ctx, `INSERT INTO company_hold (company_id, level, move_id, since_ms, passed_ms) VALUES ($1, $2, $3, $4, 0)
			ON CONFLICT (company_id) DO UPDATE SET level = excluded.level, since_ms = excluded.since_ms, passed_ms = 0`, companyID, string(level), moveID, sinceMS)
		return err
	})
	return sinceMS, err
}

// Lift lets a company work again. One that another move holds stays as it is.
func Lift(ctx context.Context, db *database.DB, companyID, moveID string) error {
	return db.Write(ctx, scope(), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM company_hold WHERE company_id = $1 AND move_id = $2", companyID, moveID)
		return err
	})
}

// Thaw is Lift for who brought the company to a level, at sinceMS: when it stands
// at another one by now, it stays as it is.
func Thaw(ctx context.Context, db *database.DB, companyID, moveID string, sinceMS int64) error {
	return db.Write(ctx, scope(), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM company_hold WHERE company_id = $1 AND move_id = $2 AND since_ms = $3", companyID, moveID, sinceMS)
		return err
	})
}

// Pass notes how far the work of this installation has come, for the companies
// at a level: what happened until then is done by everybody whom it concerns.
func Pass(ctx context.Context, db *database.DB, level Level, passedMS int64) error {
	return db.Write(ctx, scope(), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE company_hold SET passed_ms = $1 WHERE level = $2 AND passed_ms < $1", passedMS, string(level))
		return err
	})
}
