package botrun

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/platform/database"
	"prosa/internal/platform/service"
)

// What is counted of a node.
const (
	entered = "entered"
	exited  = "exit"
	left    = "left" // the session ended here without taking an exit: expired, or handed off
)

const dayMS = int64(24 * time.Hour / time.Millisecond)

// passage is one thing to count.
type passage struct {
	TenantID string `json:"t"`
	BotID    string `json:"b"`
	Number   int64  `json:"v"`
	Node     string `json:"n"`
	What     string `json:"w"`
	Exit     string `json:"e,omitempty"`
	Day      int64  `json:"d"`
}

// tallied is a passage with how often it was made in a batch.
type tallied struct {
	passage
	Total int64 `json:"c"`
}

// saveTally writes what a batch passed, in one row.
func saveTally(ctx context.Context, tx *database.Tx, passed map[passage]int64) error {
	if len(passed) == 0 {
		return nil
	}
	all := make([]tallied, 0, len(passed))
	for p, n := range passed {
		all = append(all, tallied{p, n})
	}
	body, err := json.Marshal(all)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "what a batch of turns passed can't be written")
	}
	_, err = tx.Exec(ctx, "INSERT INTO bot_tally (id, body) VALUES ($1, $2)", id.New(id.Turn, tx.Now()), string(body))
	return err
}

// tallyBatch bounds the rows that one transaction adds up.
const tallyBatch = 200

// Counter is the service that adds up what the turns passed.
func (s *Service) Counter() service.Service {
	return s.ticking("bot counts", s.config.CountEvery, "the counts of bots could not be added up", func(ctx context.Context) error {
		for {
			n, err := s.AddUp(ctx)
			if err != nil || n < tallyBatch {
				return err
			}
		}
	})
}

// ticking makes a service that does something at every tick.
func (s *Service) ticking(name string, every time.Duration, failed string, do func(ctx context.Context) error) service.Service {
	return service.Service{Name: name, Run: func(ctx context.Context) error {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
			if err := do(ctx); err != nil && ctx.Err() == nil {
				s.log.ErrorContext(ctx, failed, slog.Any("error", err))
			}
		}
	}}
}

// AddUp moves up to 200 batches' passages into the counts, each exactly once,
// and tells how many it moved.
func (s *Service) AddUp(ctx context.Context) (batches int, err error) {
	err = s.db.Write(ctx, database.Platform("a batch of turns is of many companies"), func(ctx context.Context, tx *database.Tx) error {
		batches = 0
		sums := map[passage]int64{}
		_, err := tx.Each(ctx, `DELETE FROM bot_tally WHERE id IN (SELECT id FROM bot_tally ORDER BY id LIMIT $1) RETURNING body`,
			[][]any{{tallyBatch}}, func(_ int, row database.Row) error {
				batches++
				var body string
				if err := row.Scan(&body); err != nil {
					return err
				}
				var all []tallied
				if err := json.Unmarshal([]byte(body), &all); err != nil {
					return fault.Wrap(err, fault.Internal, "what a batch of turns passed can't be read")
				}
				for _, t := range all {
					sums[t.passage] += t.Total
				}
				return nil
			})
		if err != nil {
			return err
		}
		return addCounts(ctx, tx, sums)
	})
	return batches, err
}

// addCounts takes the rows in the order of their key, so that two that count
// at once don't wait for each other for ever.
func addCounts(ctx context.Context, tx *database.Tx, sums map[passage]int64) error {
	keys := make([]passage, 0, len(sums))
	for p := range sums {
		keys = append(keys, p)
	}
	slices.SortFunc(keys, func(a, b passage) int {
		return cmp.Or(cmp.Compare(a.TenantID, b.TenantID), cmp.Compare(a.BotID, b.BotID), cmp.Compare(a.Number, b.Number),
			cmp.Compare(a.Node, b.Node), cmp.Compare(a.What, b.What), cmp.Compare(a.Exit, b.Exit), cmp.Compare(a.Day, b.Day))
	})
	args := make([][]any, len(keys))
	for i, p := range keys {
		args[i] = []any{p.TenantID, p.BotID, p.Number, p.Node, p.What, p.Exit, p.Day, sums[p]}
	}
	_, err := tx.Each(ctx, `INSERT INTO bot_count (tenant_id, bot_id, number, node, what, exit, day, total) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (tenant_id, bot_id, number, node, what, exit, day) DO UPDATE SET total = bot_count.total + excluded.total`, args, nil)
	return err
}

// Counts tells how often a version's nodes were passed. It lags by
// PROSA_BOT_COUNT_EVERY.
type Counts struct {
	Number  int64       `json:"version"`
	SinceMS int64       `json:"since_ms" doc:"When the version was published."`
	Nodes   []NodeCount `json:"nodes" nullable:"false"`
}

// NodeCount is what happened at one node.
type NodeCount struct {
	Node    string      `json:"node"`
	Entered int64       `json:"entered"`
	Waiting int64       `json:"waiting" doc:"Sessions that wait here now."`
	Left    int64       `json:"left" doc:"Sessions that ended here without an exit: expired or handed off."`
	Exits   []ExitCount `json:"exits" nullable:"false"`
}

// ExitCount is how often one exit was taken.
type ExitCount struct {
	Exit  string `json:"exit"`
	Count int64  `json:"count"`
}

// Counts gives the numbers of one version, its nodes by name. Error:
// fault.NotFound.
func (s *Service) Counts(ctx context.Context, tenantID, botID string, number int64) (counts Counts, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		version, err := loadNumber(ctx, tx, tenantID, botID, number)
		if err != nil {
			return err
		}
		counts = Counts{Number: number, SinceMS: version.CreatedMS, Nodes: []NodeCount{}}
		rows, err := tx.Query(ctx, `SELECT node, what, exit, CAST(SUM(total) AS BIGINT) FROM bot_count
			WHERE tenant_id = $1 AND bot_id = $2 AND number = $3 GROUP BY node, what, exit ORDER BY node, what, exit`, tenantID, botID, number)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var node, what, exit string
			var total int64
			if err := rows.Scan(&node, &what, &exit, &total); err != nil {
				return err
			}
			counts.at(node).add(what, exit, total)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		running, err := loadRunning(ctx, tx, tenantID, botID)
		if err != nil {
			return err
		}
		for _, r := range running {
			if r.Number == number {
				for node, waiting := range r.Nodes {
					counts.at(node).Waiting = waiting
				}
			}
		}
		slices.SortFunc(counts.Nodes, func(a, b NodeCount) int { return cmp.Compare(a.Node, b.Node) })
		return nil
	})
	return counts, err
}

func (c *Counts) at(node string) *NodeCount {
	for i := range c.Nodes {
		if c.Nodes[i].Node == node {
			return &c.Nodes[i]
		}
	}
	c.Nodes = append(c.Nodes, NodeCount{Node: node, Exits: []ExitCount{}})
	return &c.Nodes[len(c.Nodes)-1]
}

func (n *NodeCount) add(what, exit string, total int64) {
	switch what {
	case entered:
		n.Entered += total
	case left:
		n.Left += total
	default:
		n.Exits = append(n.Exits, ExitCount{exit, total})
	}
}
