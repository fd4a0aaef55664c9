package product

import (
	"context"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/page"
	"prosa/internal/event"
	"prosa/internal/platform/database"
)

// Kind is why stock moved.
type Kind string

// Kinds of movement.
const (
	Receive Kind = "receive" // goods came in
	Adjust  Kind = "adjust"  // counted, broken, lost
	Held    Kind = "hold"    // promised to an order
	Release Kind = "release" // the promise ended
	Sold    Kind = "sell"    // a promise was kept
	Restock Kind = "restock" // came back after it was sold
)

// OutOfStock is the reason of a refusal for want of pieces.
const OutOfStock = "out_of_stock"

// Movement is one row of the ledger.
type Movement struct {
	ID            string `json:"id"`
	VariantID     string `json:"variant_id"`
	Kind          Kind   `json:"kind" enum:"receive,adjust,hold,release,sell,restock"`
	Cause         string `json:"cause" doc:"What moved it: an order, or the movement itself."`
	OnHandDelta   int64  `json:"on_hand_delta"`
	ReservedDelta int64  `json:"reserved_delta"`
	Reason        string `json:"reason"`
	ActorKind     string `json:"actor_kind"`
	ActorID       string `json:"actor_id"`
	AtMS          int64  `json:"at_ms"`
}

// Level is the stock of a variant after a movement; the data of stock.updated.
type Level struct {
	TenantID  string `json:"-"`
	VariantID string `json:"variant_id"`
	OnHand    int64  `json:"on_hand"`
	Reserved  int64  `json:"reserved"`
}

// Envelope is the event that tells of the level.
func (l Level) Envelope() (event.Envelope, error) {
	envelope, err := envelopeOf(event.StockUpdated, l)
	envelope.TenantID = l.TenantID
	return envelope, err
}

// Take is a number of pieces of a variant.
type Take struct {
	VariantID string
	Quantity  int64
}

// sorted sums what is asked of each variant, in the order in which rows are
// locked.
func sorted(takes []Take) []Take {
	sum := map[string]int64{}
	for _, take := range takes {
		sum[take.VariantID] += take.Quantity
	}
	list := make([]Take, 0, len(sum))
	for variantID, quantity := range sum {
		list = append(list, Take{variantID, quantity})
	}
	slices.SortFunc(list, func(a, b Take) int { return strings.Compare(a.VariantID, b.VariantID) })
	return list
}

// Holding is a holder's business with the stock.
type Holding struct {
	TenantID string
	Holder   string // the order
	// Cause is the holder and the count of its change, so that a change that is
	// worked on twice moves nothing twice.
	Cause  string
	Reason string
	By     event.Actor
}

// Hold promises pieces to a holder, all or none. Variants that are not tracked
// are passed over. Errors: fault.Refused with reason out_of_stock, the variant
// in Field: the caller must give its transaction up.
func (s *Service) Hold(ctx context.Context, tx *database.Tx, h Holding, takes []Take, expiresMS int64) ([]Level, error) {
	takes = sorted(takes)
	args := make([][]any, len(takes))
	for i, take := range takes {
		if take.Quantity <= 0 || take.Quantity > maxQuantity {
			return nil, fault.OnField("quantity", "must be between 1 and %d", maxQuantity)
		}
		args[i] = []any{h.TenantID, take.VariantID, take.Quantity}
	}
	found := make([]bool, len(takes))
	var levels []Level
	var moves []Movement
	var holds [][]any
	_, err := tx.Each(ctx, `UPDATE stock SET reserved = reserved + CASE WHEN tracked THEN CAST($3 AS BIGINT) ELSE 0 END, version = version + 1
		WHERE tenant_id = $1 AND variant_id = $2 AND (NOT tracked OR on_hand - reserved >= CAST($3 AS BIGINT)) RETURNING tracked, on_hand, reserved`, args,
		func(i int, row database.Row) error {
			level, tracked := Level{TenantID: h.TenantID, VariantID: takes[i].VariantID}, false
			if err := row.Scan(&tracked, &level.OnHand, &level.Reserved); err != nil {
				return err
			}
			found[i] = true
			if tracked {
				levels = append(levels, level)
				moves = append(moves, Movement{VariantID: takes[i].VariantID, Kind: Held, Cause: h.Cause, ReservedDelta: takes[i].Quantity, Reason: h.Reason})
				holds = append(holds, []any{h.TenantID, h.Holder, takes[i].VariantID, takes[i].Quantity, expiresMS})
			}
			return nil
		})
	if err != nil {
		return nil, err
	}
	if short := slices.Index(found, false); short >= 0 {
		return nil, tooFew(takes[short].VariantID)
	}
	tx.LaterAll(`INSERT INTO stock_hold (tenant_id, holder, variant_id, quantity, expires_ms) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (tenant_id, holder, variant_id) DO UPDATE SET quantity = stock_hold.quantity + excluded.quantity, expires_ms = excluded.expires_ms`, holds)
	writeMovements(tx, h.TenantID, moves, h.By)
	return levels, nil
}

// SellNow sells pieces that nobody promised before, all or none: an order that
// need not wait for its payment. Errors are those of Hold.
func (s *Service) SellNow(ctx context.Context, tx *database.Tx, h Holding, takes []Take) ([]Level, error) {
	takes = sorted(takes)
	args := make([][]any, len(takes))
	for i, take := range takes {
		if take.Quantity <= 0 || take.Quantity > maxQuantity {
			return nil, fault.OnField("quantity", "must be between 1 and %d", maxQuantity)
		}
		args[i] = []any{h.TenantID, take.VariantID, take.Quantity}
	}
	found := make([]bool, len(takes))
	var levels []Level
	var moves []Movement
	_, err := tx.Each(ctx, `UPDATE stock SET on_hand = on_hand - CASE WHEN tracked THEN CAST($3 AS BIGINT) ELSE 0 END, version = version + 1
		WHERE tenant_id = $1 AND variant_id = $2 AND (NOT tracked OR on_hand - reserved >= CAST($3 AS BIGINT)) RETURNING tracked, on_hand, reserved`, args,
		func(i int, row database.Row) error {
			level, tracked := Level{TenantID: h.TenantID, VariantID: takes[i].VariantID}, false
			if err := row.Scan(&tracked, &level.OnHand, &level.Reserved); err != nil {
				return err
			}
			if found[i] = true; tracked {
				levels = append(levels, level)
				moves = append(moves, Movement{VariantID: takes[i].VariantID, Kind: Sold, Cause: h.Cause, OnHandDelta: -takes[i].Quantity, Reason: h.Reason})
			}
			return nil
		})
	if err != nil {
		return nil, err
	}
	if short := slices.Index(found, false); short >= 0 {
		return nil, tooFew(takes[short].VariantID)
	}
	writeMovements(tx, h.TenantID, moves, h.By)
	return levels, nil
}

func tooFew(variantID string) error {
	return &fault.Error{Code: fault.Refused, Reason: OutOfStock, Field: variantID, Message: "there are not enough pieces left"}
}

// Release ends a holder's promises, all of them (nil), or some pieces. What is
// not held is passed over: a promise ends once.
func (s *Service) Release(ctx context.Context, tx *database.Tx, h Holding, takes []Take) ([]Level, error) {
	return s.end(ctx, tx, h, takes, Release)
}

// Sell keeps a holder's promises: the pieces leave the stock.
func (s *Service) Sell(ctx context.Context, tx *database.Tx, h Holding) ([]Level, error) {
	return s.end(ctx, tx, h, nil, Sold)
}

func (s *Service) end(ctx context.Context, tx *database.Tx, h Holding, takes []Take, kind Kind) ([]Level, error) {
	held, err := loadHolds(ctx, tx, h.TenantID, h.Holder)
	if err != nil {
		return nil, err
	}
	whole := takes == nil
	if whole {
		for variantID, quantity := range held {
			takes = append(takes, Take{variantID, quantity})
		}
	}
	var stocks, holds [][]any
	var moves []Movement
	for _, take := range sorted(takes) {
		quantity := min(take.Quantity, held[take.VariantID])
		if quantity <= 0 {
			continue
		}
		gone := int64(0)
		if kind == Sold {
			gone = quantity
		}
		stocks = append(stocks, []any{h.TenantID, take.VariantID, quantity, gone})
		holds = append(holds, []any{h.TenantID, h.Holder, take.VariantID, quantity})
		moves = append(moves, Movement{VariantID: take.VariantID, Kind: kind, Cause: h.Cause, OnHandDelta: -gone, ReservedDelta: -quantity, Reason: h.Reason})
	}
	if len(stocks) == 0 {
		return nil, nil
	}
	levels, err := s.step(ctx, tx, h.TenantID, `UPDATE stock SET reserved = reserved - $3, on_hand = on_hand - $4, version = version + 1
		WHERE tenant_id = $1 AND variant_id = $2 RETURNING variant_id, on_hand, reserved`, stocks)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Each(ctx, `DELETE FROM stock_hold WHERE tenant_id = $1 AND holder = $2 AND variant_id = $3 AND quantity = $4`, holds, nil); err != nil {
		return nil, err
	}
	if whole {
		writeMovements(tx, h.TenantID, moves, h.By)
		return levels, nil
	}
	if _, err := tx.Each(ctx, `UPDATE stock_hold SET quantity = quantity - $4 WHERE tenant_id = $1 AND holder = $2 AND variant_id = $3 AND quantity > $4`,
		holds, nil); err != nil {
		return nil, err
	}
	writeMovements(tx, h.TenantID, moves, h.By)
	return levels, nil
}

// Restock puts pieces back that were sold. Variants that are not tracked are
// passed over.
func (s *Service) Restock(ctx context.Context, tx *database.Tx, h Holding, takes []Take) ([]Level, error) {
	var stocks [][]any
	quantities := map[string]int64{}
	for _, take := range sorted(takes) {
		stocks = append(stocks, []any{h.TenantID, take.VariantID, take.Quantity})
		quantities[take.VariantID] = take.Quantity
	}
	levels, err := s.step(ctx, tx, h.TenantID, `UPDATE stock SET on_hand = on_hand + $3, version = version + 1
		WHERE tenant_id = $1 AND variant_id = $2 AND tracked RETURNING variant_id, on_hand, reserved`, stocks)
	if err != nil {
		return nil, err
	}
	var moves []Movement
	for _, level := range levels {
		moves = append(moves, Movement{VariantID: level.VariantID, Kind: Restock, Cause: h.Cause, OnHandDelta: quantities[level.VariantID], Reason: h.Reason})
	}
	writeMovements(tx, h.TenantID, moves, h.By)
	return levels, nil
}

// Move is what people do to the stock of a variant.
type Move struct {
	TenantID  string
	VariantID string
	// Quantity is added: below zero for what was broken or lost.
	Quantity int64
	Reason   string
	By       event.Actor
}

// Move adds pieces or takes some away. What is promised to orders can't be
// taken away. Errors: fault.NotFound, fault.Invalid, fault.Refused with reason
// out_of_stock.
func (s *Service) Move(ctx context.Context, in Move) (level Level, err error) {
	if in.Quantity == 0 || in.Quantity > maxQuantity || in.Quantity < -maxQuantity {
		return level, fault.OnField("quantity", "must not be 0")
	}
	if len(in.Reason) > maxWord || database.Text(in.Reason) != nil {
		return level, fault.OnField("reason", "must be text of at most %d bytes", maxWord)
	}
	err = s.db.Write(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		offers, err := offersOf(ctx, tx, in.TenantID, []string{in.VariantID})
		if err != nil {
			return err
		}
		if _, ok := offers[in.VariantID]; !ok {
			return fault.New(fault.NotFound, "no such variant")
		}
		levels, err := s.step(ctx, tx, in.TenantID, `UPDATE stock SET on_hand = on_hand + $3, version = version + 1
			WHERE tenant_id = $1 AND variant_id = $2 AND on_hand + $3 >= reserved AND on_hand + $3 <= $4 RETURNING variant_id, on_hand, reserved`,
			[][]any{{in.TenantID, in.VariantID, in.Quantity, int64(maxQuantity)}})
		if err != nil {
			return err
		}
		if len(levels) == 0 {
			return fault.Refuse(OutOfStock, "so many pieces can't be taken away: they are not there, or are promised to orders")
		}
		level = levels[0]
		kind := Receive
		if in.Quantity < 0 {
			kind = Adjust
		}
		writeMovements(tx, in.TenantID, []Movement{{VariantID: in.VariantID, Kind: kind, OnHandDelta: in.Quantity, Reason: in.Reason}}, in.By)
		return s.announce(ctx, tx, event.StockUpdated, in.By, level)
	})
	return level, err
}

// Movements pages through the ledger of a variant, newest first. Error:
// fault.NotFound.
func (s *Service) Movements(ctx context.Context, tenantID, variantID, cursor string, limit int) (list page.List[Movement], err error) {
	before := string(id.Movement) + "~"
	if _, err := page.Decode(cursor, &before); err != nil {
		return list, err
	}
	size := page.Size(limit)
	list.Items = []Movement{}
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		var known string
		if err := tx.QueryRow(ctx, `SELECT variant_id FROM stock WHERE tenant_id = $1 AND variant_id = $2`, tenantID, variantID).Scan(&known); err != nil {
			return absent(err, "variant")
		}
		rows, err := tx.Query(ctx, `SELECT id, variant_id, kind, cause, on_hand_delta, reserved_delta, reason, actor_kind, actor_id, at_ms FROM stock_movement
			WHERE tenant_id = $1 AND variant_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4`, tenantID, variantID, before, size+1)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var m Movement
			if err := rows.Scan(&m.ID, &m.VariantID, &m.Kind, &m.Cause, &m.OnHandDelta, &m.ReservedDelta, &m.Reason, &m.ActorKind, &m.ActorID, &m.AtMS); err != nil {
				return err
			}
			list.Items = append(list.Items, m)
		}
		return rows.Err()
	})
	if len(list.Items) > size {
		list.Items = list.Items[:size]
		list.Next = page.Encode(list.Items[size-1].ID)
	}
	return list, err
}

// step runs one change of stock for each row of arguments, which are in the
// order of their variants.
func (s *Service) step(ctx context.Context, tx *database.Tx, tenantID, query string, args [][]any) (levels []Level, err error) {
	_, err = tx.Each(ctx, query, args, func(_ int, row database.Row) error {
		level := Level{TenantID: tenantID}
		if err := row.Scan(&level.VariantID, &level.OnHand, &level.Reserved); err != nil {
			return err
		}
		levels = append(levels, level)
		return nil
	})
	return levels, err
}

func loadHolds(ctx context.Context, tx *database.Tx, tenantID, holder string) (map[string]int64, error) {
	rows, err := tx.Query(ctx, `SELECT variant_id, quantity FROM stock_hold WHERE tenant_id = $1 AND holder = $2`, tenantID, holder)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	held := map[string]int64{}
	for rows.Next() {
		var variantID string
		var quantity int64
		if err := rows.Scan(&variantID, &quantity); err != nil {
			return nil, err
		}
		held[variantID] = quantity
	}
	return held, rows.Err()
}

func writeMovements(tx *database.Tx, tenantID string, moves []Movement, by event.Actor) {
	var args [][]any
	for _, m := range moves {
		m.ID = id.New(id.Movement, tx.Now())
		if m.Cause == "" {
			m.Cause = m.ID
		}
		args = append(args, []any{tenantID, m.VariantID, m.ID, string(m.Kind), m.Cause, m.OnHandDelta, m.ReservedDelta, m.Reason, by.Kind, by.ID, tx.Now()})
	}
	tx.LaterAll(`INSERT INTO stock_movement (tenant_id, variant_id, id, kind, cause, on_hand_delta, reserved_delta, reason, actor_kind, actor_id, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, args)
}

// Fits takes the rows of stock and tells whether a Hold of these pieces would
// pass in this transaction.
func (s *Service) Fits(ctx context.Context, tx *database.Tx, tenantID string, takes []Take) (bool, error) {
	takes = sorted(takes)
	args := make([][]any, len(takes))
	for i, take := range takes {
		args[i] = []any{tenantID, take.VariantID, take.Quantity}
	}
	found, err := tx.Each(ctx, `SELECT variant_id FROM stock WHERE tenant_id = $1 AND variant_id = $2 AND (NOT tracked OR on_hand - reserved >= CAST($3 AS BIGINT))`+tx.ForUpdate(),
		args, func(_ int, row database.Row) error {
			var variantID string
			return row.Scan(&variantID)
		})
	return found == int64(len(takes)), err
}
