package tenancy

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"prosa/internal/platform/database"
	"prosa/internal/platform/service"
)

// Serving is what the house does for a company just now.
type Serving struct {
	// Bots answer its customers.
	Bots bool
	// Sends leave for its customers.
	Sends bool
}

// standing remembers the few companies that are not served in full, so that the
// path of messages asks no database.
type standing struct {
	exceptions atomic.Pointer[map[string]Serving]
}

// refreshEvery is how long another process's change may take to be noticed.
const refreshEvery = 10 * time.Second

// Serves tells what is done for a company, from memory: as Standings noticed
// last. Whatever was not heard of is served.
func (s *Service) Serves(tenantID string) Serving {
	if known := s.standing.exceptions.Load(); known != nil {
		if found, ok := (*known)[tenantID]; ok {
			return found
		}
	}
	return Serving{Bots: true, Sends: true}
}

// Refresh reads which companies are not served in full.
func (s *Service) Refresh(ctx context.Context) error {
	fresh := map[string]Serving{}
	err := s.db.Read(ctx, database.Platform("who is suspended or has used up its plan is known for all companies"), func(ctx context.Context, tx *database.Tx) error {
		// Twice for one company: what is off more stands.
		for _, q := range []struct {
			query string
			args  []any
			what  Serving
		}{
			{"SELECT tenant_id FROM entitlement WHERE silent_ms > $1", []any{tx.Now()}, Serving{Sends: true}},
			{"SELECT id FROM tenant WHERE state IN ('suspended', 'canceled', 'erased')", nil, Serving{}},
		} {
			rows, err := tx.Query(ctx, q.query, q.args...)
			if err != nil {
				return err
			}
			for rows.Next() {
				var tenantID string
				if err := rows.Scan(&tenantID); err != nil {
					rows.Close()
					return err
				}
				fresh[tenantID] = q.what
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		s.standing.exceptions.Store(&fresh)
	}
	return err
}

// Standings keeps Serves true: at once after a change of this process, within
// ten seconds after another's.
func (s *Service) Standings(logger *slog.Logger) service.Service {
	news := make(chan struct{}, 1)
	return service.Service{
		Start: s.Refresh,
		Run: func(ctx context.Context) error {
			defer s.db.OnNotify(Topic, func(int) {
				select {
				case news <- struct{}{}:
				default:
				}
			})()
			// What changed between Start and here has rung for nobody.
			for wait := time.Duration(0); ; wait = refreshEvery {
				timer := time.NewTimer(wait)
				select {
				case <-ctx.Done():
					timer.Stop()
					return nil
				case <-news:
				case <-timer.C:
				}
				timer.Stop()
				if err := s.Refresh(ctx); err != nil && ctx.Err() == nil {
					logger.ErrorContext(ctx, "who is suspended could not be read; what was known stands", "error", err)
				}
			}
		},
	}
}
