package move

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"

	"prosa/internal/event"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
)

// Piece is a piece of a webhook that was put aside.
type Piece struct {
	ID string
	// Shard is the one that it came in on.
	Shard int
	event.Raw
}

// Turns of pieces: what another deployment sent on goes before what came here.
const (
	sentOn   = 0
	directly = 1
)

// Pieces keeps the pieces of companies that stand still.
type Pieces struct {
	db   *database.DB
	mu   sync.Mutex
	last int64 // number given last
}

// NewPieces makes the keeper.
func NewPieces(db *database.DB) *Pieces { return &Pieces{db: db} }

// Keep puts pieces of a shard aside, in their order. Only the shard's owner calls
// it.
func (p *Pieces) Keep(ctx context.Context, shard int, raws []event.Raw) error {
	return p.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		var newest string
		if err := tx.QueryRow(ctx, "SELECT COALESCE(MAX(id), '') FROM move_piece WHERE shard = $1", shard).Scan(&newest); err != nil {
			return err
		}
		rows := make([][]any, len(raws))
		for i, raw := range raws {
			rows[i] = []any{p.name(newest, tx.Now(), shard), raw.TenantID, shard, directly, raw.AccountID, raw.Channel, raw.Body, raw.ReceivedMS}
		}
		_, err := tx.Each(ctx, insertPiece, rows, nil)
		return err
	})
}

// name gives an id behind all others of the shard, also behind those that are
// gone: the other side may still have them. Beside the time it holds a number,
// since many come in one millisecond.
func (p *Pieces) name(newest string, nowMS int64, shard int) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var before int64
	_, _ = fmt.Sscanf(newest, "%016d", &before) // none: 0
	p.last = max(p.last+1, before+1, nowMS*1000)
	var mark [6]byte
	_, _ = rand.Read(mark[:]) // never fails since Go 1.24
	return fmt.Sprintf("%016d-%04d-%x", p.last, shard, mark)
}

const insertPiece = `INSERT INTO move_piece (id, company_id, shard, turn, account_id, channel, body, received_ms)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING`

// Take keeps what another deployment sent on, under the ids that it has there:
// what is sent twice is kept once.
func (p *Pieces) Take(ctx context.Context, pieces []Piece) error {
	return p.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		rows := make([][]any, len(pieces))
		for i, one := range pieces {
			rows[i] = []any{one.ID, one.TenantID, one.Shard, sentOn, one.AccountID, one.Channel, one.Body, one.ReceivedMS}
		}
		_, err := tx.Each(ctx, insertPiece, rows, nil)
		return err
	})
}

const pieceColumns = "SELECT id, company_id, shard, account_id, channel, body, received_ms FROM move_piece WHERE "

// Next gives pieces of a shard that may be worked on now: all of companies that
// work, and what was sent on of those that land.
func (p *Pieces) Next(ctx context.Context, shard, limit int) ([]Piece, error) {
	return p.list(ctx, pieceColumns+"shard = $1 AND ("+hold.Working+" OR turn = 0 AND "+hold.Lands+") ORDER BY company_id, turn, id LIMIT $2", shard, limit)
}

// Of gives the pieces of a company on a shard, in their order.
func (p *Pieces) Of(ctx context.Context, companyID string, shard, limit int) ([]Piece, error) {
	return p.list(ctx, pieceColumns+"shard = $1 AND company_id = $3 ORDER BY turn, id LIMIT $2", shard, limit, companyID)
}

func (p *Pieces) list(ctx context.Context, query string, args ...any) (list []Piece, err error) {
	err = p.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		list = nil
		rows, err := tx.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var one Piece
			if err := rows.Scan(&one.ID, &one.TenantID, &one.Shard, &one.AccountID, &one.Channel, &one.Body, &one.ReceivedMS); err != nil {
				return err
			}
			one.Body = append([]byte{}, one.Body...) // the rows' own memory is used again
			list = append(list, one)
		}
		return rows.Err()
	})
	return list, err
}

// Done forgets pieces.
func (p *Pieces) Done(ctx context.Context, ids []string) error {
	return p.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		rows := make([][]any, len(ids))
		for i := range ids {
			rows[i] = []any{ids[i]}
		}
		_, err := tx.Each(ctx, "DELETE FROM move_piece WHERE id = $1", rows, nil)
		return err
	})
}

// Behind names the companies with pieces of a shard.
func (p *Pieces) Behind(ctx context.Context, shard int) (map[string]bool, error) {
	found := map[string]bool{}
	err := p.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		clear(found)
		rows, err := tx.Query(ctx, "SELECT DISTINCT company_id FROM move_piece WHERE shard = $1", shard)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var companyID string
			if err := rows.Scan(&companyID); err != nil {
				return err
			}
			found[companyID] = true
		}
		return rows.Err()
	})
	return found, err
}

// Count tells how many pieces of a company wait.
func (p *Pieces) Count(ctx context.Context, companyID string) (count int64, err error) {
	err = p.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*) FROM move_piece WHERE company_id = $1", companyID).Scan(&count)
	})
	return count, err
}

// Oldest tells when the first of a company's pieces came in, 0 for none.
func (p *Pieces) Oldest(ctx context.Context, companyID string) (receivedMS int64, err error) {
	err = p.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT COALESCE(MIN(received_ms), 0) FROM move_piece WHERE company_id = $1", companyID).Scan(&receivedMS)
	})
	return receivedMS, err
}

// drop forgets what a company's move left, when it is called off at the target.
func (p *Pieces) drop(ctx context.Context, companyID string) error {
	return p.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM move_piece WHERE company_id = $1", companyID)
		return err
	})
}
