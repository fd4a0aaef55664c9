package hold

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"prosa/internal/platform/database"
)

// lookEvery is how often the gate looks at the table: how long a process may go
// on beginning things for a company that drains.
const lookEvery = 500 * time.Millisecond

// Gate knows in memory which companies stand still, as it saw a moment ago. A
// nil one knows of nobody.
type Gate struct {
	db     *database.DB
	levels atomic.Pointer[map[string]Level]
	news   chan struct{}

	mu       sync.Mutex // of looking, and of what follows
	watchers []func()
}

// NewGate makes a gate that knows of nobody until it looks.
func NewGate(db *database.DB) *Gate { return &Gate{db: db, news: make(chan struct{}, 1)} }

// Level tells how a company stands, empty for one that works.
func (g *Gate) Level(companyID string) Level {
	if g == nil {
		return ""
	}
	if levels := g.levels.Load(); levels != nil {
		return (*levels)[companyID]
	}
	return ""
}

// Holds reports whether nothing is to be begun for a company.
func (g *Gate) Holds(companyID string) bool {
	level := g.Level(companyID)
	return level != "" && level != Landing
}

// Sealed reports whether nothing may be written for a company.
func (g *Gate) Sealed(companyID string) bool {
	switch g.Level(companyID) {
	case Frozen, Moved, Arriving:
		return true
	default:
		return false
	}
}

// Busy reports whether any company stands still.
func (g *Gate) Busy() bool {
	if g == nil {
		return false
	}
	levels := g.levels.Load()
	return levels != nil && len(*levels) > 0
}

// Companies gives those that stand still, with their levels. The map is not to
// be changed.
func (g *Gate) Companies() map[string]Level {
	if levels := g.levels.Load(); levels != nil {
		return *levels
	}
	return nil
}

// OnRelease has fn called when a company works again that was held: before the
// gate says so, so that who remembers what was due can look anew first. fn is
// quick and asks the gate nothing.
func (g *Gate) OnRelease(fn func()) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.watchers = append(g.watchers, fn)
}

// Look reads the table now.
func (g *Gate) Look(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	list, err := List(ctx, g.db)
	if err != nil {
		return err
	}
	fresh := make(map[string]Level, len(list))
	for _, h := range list {
		fresh[h.CompanyID] = h.Level
	}
	for companyID := range g.Companies() {
		if level := fresh[companyID]; g.Holds(companyID) && (level == "" || level == Landing) {
			for _, watch := range g.watchers {
				watch()
			}
			break
		}
	}
	g.levels.Store(&fresh)
	return nil
}

// Prod has the gate look soon: somebody was refused who did not know.
func (g *Gate) Prod() {
	if g == nil {
		return
	}
	select {
	case g.news <- struct{}{}:
	default:
	}
}

// Run looks again and again until ctx ends. While the database is away what was
// known stands: nothing can be written then anyway.
func (g *Gate) Run(ctx context.Context, logger *slog.Logger) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-g.news:
		}
		if err := g.Look(ctx); err != nil && ctx.Err() == nil {
			logger.DebugContext(ctx, "who stands still could not be read; what was known stands", "error", err)
		}
	}
}
