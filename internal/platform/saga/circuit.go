package saga

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// Rules of a circuit: five failures within a minute open it, then one step a
// minute tries. Source: reference acquisition, section 2.
const (
	circuitFailures = 5
	circuitMinute   = int64(time.Minute / time.Millisecond)
	longestSilence  = int64(time.Hour / time.Millisecond) // that an integration may ask for
)

// Circuit tells how an integration that steps need is doing.
type Circuit struct {
	Name      string  `json:"name"`
	Open      bool    `json:"open" doc:"It is in trouble: its steps wait, one a minute tries."`
	SinceMS   int64   `json:"since_ms"`
	Failures  int64   `json:"failures" doc:"Within the last minute in which it failed."`
	Problem   string  `json:"problem"`
	ProbeMS   int64   `json:"probe_ms" doc:"When the next step tries."`
	SuccessMS int64   `json:"success_ms" doc:"When it answered last, 0 for never."`
	Parked    int64   `json:"parked" doc:"Steps that wait for it."`
	Classes   []Count `json:"classes" doc:"The troubled steps by what is the matter."`

	firstMS int64
}

// Count is how many steps have a class of problem.
type Count struct {
	Class string `json:"class"`
	Count int64  `json:"count"`
}

// Circuits tells how the integrations of the known kinds are doing, by name.
func (s *Service) Circuits(ctx context.Context) (list []Circuit, err error) {
	err = s.db.Read(ctx, database.Platform("circuits belong to the installation"), func(ctx context.Context, tx *database.Tx) error {
		known := map[string]*Circuit{}
		for _, name := range s.circuitNames() {
			known[name] = &Circuit{Name: name, Classes: []Count{}}
		}
		if err := readCircuits(ctx, tx, known); err != nil {
			return err
		}
		if err := countSteps(ctx, tx, known); err != nil {
			return err
		}
		list = list[:0]
		for _, c := range known {
			list = append(list, *c)
		}
		slices.SortFunc(list, func(a, b Circuit) int { return strings.Compare(a.Name, b.Name) })
		return nil
	})
	return list, err
}

// Probe lets a step of an open circuit try now. Errors: fault.Refused with reason
// circuit_closed when there is nothing to try.
func (s *Service) Probe(ctx context.Context, name string) error {
	return s.db.Write(ctx, database.Platform("circuits belong to the installation"), func(ctx context.Context, tx *database.Tx) error {
		open, err := tx.Exec(ctx, `UPDATE saga_circuit SET probe_ms = $2 WHERE name = $1 AND opened_ms > 0`, name, tx.Now())
		if err == nil && open == 0 {
			return fault.Refuse("circuit_closed", "the integration %s is not known to be in trouble", name)
		}
		tx.Notify(topic, 0)
		return err
	})
}

// circuitNames lists the integrations that the known kinds need.
func (s *Service) circuitNames() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, kind := range s.kinds {
		for _, step := range kind.Steps {
			if step.Circuit != "" && !slices.Contains(names, step.Circuit) {
				names = append(names, step.Circuit)
			}
		}
	}
	return names
}

func readCircuits(ctx context.Context, tx *database.Tx, known map[string]*Circuit) error {
	rows, err := tx.Query(ctx, `SELECT name, failures, opened_ms, probe_ms, success_ms, problem FROM saga_circuit`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var c Circuit
		if err := rows.Scan(&c.Name, &c.Failures, &c.SinceMS, &c.ProbeMS, &c.SuccessMS, &c.Problem); err != nil {
			return err
		}
		if held, ok := known[c.Name]; ok {
			c.Open, c.Classes = c.SinceMS > 0, held.Classes
			*held = c
		}
	}
	return rows.Err()
}

// countSteps adds what waits for each circuit, and what is the matter with it.
func countSteps(ctx context.Context, tx *database.Tx, known map[string]*Circuit) error {
	rows, err := tx.Query(ctx, `SELECT circuit, class, CAST(SUM(CASE WHEN run_ms > 0 AND state <> 'running' THEN 1 ELSE 0 END) AS BIGINT), COUNT(*) FROM saga_step
		WHERE circuit <> '' AND state IN ('due', 'waiting', 'running', 'attention') GROUP BY circuit, class ORDER BY circuit, class`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name, class string
		var parked, count int64
		if err := rows.Scan(&name, &class, &parked, &count); err != nil {
			return err
		}
		c, ok := known[name]
		if !ok {
			continue
		}
		if c.Open {
			c.Parked += parked
		}
		if class != "" {
			c.Classes = append(c.Classes, Count{class, count})
		}
	}
	return rows.Err()
}

func openCircuits(ctx context.Context, tx *database.Tx) (map[string]bool, error) {
	open := map[string]bool{}
	rows, err := tx.Query(ctx, `SELECT name FROM saga_circuit WHERE opened_ms > 0`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		open[name] = true
	}
	return open, rows.Err()
}

// circuitAfter notes that an integration answered (nil) or is in trouble. wasOpen
// and open tell how it was and is.
func circuitAfter(ctx context.Context, tx *database.Tx, name string, outage *Outage) (wasOpen, open bool, err error) {
	if name == "" {
		return false, false, nil
	}
	c := Circuit{Name: name}
	err = tx.QueryRow(ctx, `SELECT failures, first_ms, opened_ms, probe_ms, success_ms, problem FROM saga_circuit WHERE name = $1`+tx.ForUpdate(), name).
		Scan(&c.Failures, &c.firstMS, &c.SinceMS, &c.ProbeMS, &c.SuccessMS, &c.Problem)
	if err != nil && !errors.Is(err, database.ErrNoRows) {
		return false, false, err
	}
	wasOpen = c.SinceMS > 0
	c = c.after(outage, tx.Now())
	_, err = tx.Exec(ctx, `INSERT INTO saga_circuit (name, failures, first_ms, opened_ms, probe_ms, success_ms, problem) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (name) DO UPDATE SET failures = $2, first_ms = $3, opened_ms = $4, probe_ms = $5, success_ms = $6, problem = $7`,
		c.Name, c.Failures, c.firstMS, c.SinceMS, c.ProbeMS, c.SuccessMS, c.Problem)
	return wasOpen, c.SinceMS > 0, err
}

// after gives the circuit after its integration answered (nil) or not.
func (c Circuit) after(outage *Outage, nowMS int64) Circuit {
	if outage == nil {
		return Circuit{Name: c.Name, SuccessMS: nowMS}
	}
	if c.Failures == 0 || nowMS-c.firstMS >= circuitMinute {
		c.Failures, c.firstMS = 0, nowMS
	}
	c.Failures++
	c.Problem = clip(outage.Message)
	if c.SinceMS == 0 && (outage.AtOnce || c.Failures >= circuitFailures) {
		c.SinceMS = nowMS
	}
	if c.SinceMS > 0 {
		c.ProbeMS = nowMS + circuitMinute
		if outage.UntilMS > nowMS {
			c.ProbeMS = min(outage.UntilMS, nowMS+longestSilence)
		}
	}
	return c
}

// mayProbe takes the right to try an open circuit: one a minute, in all
// processes.
func mayProbe(ctx context.Context, tx *database.Tx, name string) (bool, error) {
	taken, err := tx.Exec(ctx, `UPDATE saga_circuit SET probe_ms = $2 WHERE name = $1 AND opened_ms > 0 AND probe_ms <= $3`, name, tx.Now()+circuitMinute, tx.Now())
	return taken == 1, err
}

// free lets the steps go that waited for a circuit that is closed again.
func (s *Service) free(ctx context.Context, name string) error {
	return s.db.Write(ctx, database.Platform("the steps of all journeys that wait for a circuit"), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE saga_step SET run_ms = $2 WHERE circuit = $1 AND state = 'due' AND run_ms > $2`, name, tx.Now())
		tx.Notify(topic, 0)
		return err
	})
}
