package identity

import (
	"context"
	"log/slog"
	"time"

	"prosa/internal/platform/service"
)

// sweepEvery is how often what has no use any more is removed.
const sweepEvery = time.Hour

// Sweeper sweeps now and then, for as long as it runs.
func (s *Service) Sweeper(logger *slog.Logger) service.Service {
	return service.Service{Name: "sign-in sweeper", Run: func(ctx context.Context) error {
		tick := time.NewTicker(sweepEvery)
		defer tick.Stop()
		for {
			if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
				logger.WarnContext(ctx, "old sessions and failures could not be swept", "error", err)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	}}
}
