package storefront

import (
	"sync"
	"time"

	"prosa/internal/base/clock"
)

// maxSubjects bounds what a gate remembers; when it is full it forgets all, and
// everybody begins anew.
const maxSubjects = 20_000

// gate lets a subject pass so many times a minute. It counts in this process
// only: with several of them each lets so many through.
type gate struct {
	clock  clock.Clock
	most   int
	mu     sync.Mutex
	minute int64
	seen   map[string]int
}

func newGate(most int, clock clock.Clock) *gate {
	return &gate{clock: clock, most: most, seen: map[string]int{}}
}

// pass counts the subject and reports whether it may go on.
func (g *gate) pass(subject string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turn()
	g.seen[subject]++
	return g.seen[subject] <= g.most
}

// closed reports whether the subject has had all of its minute, without
// counting.
func (g *gate) closed(subject string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turn()
	return g.seen[subject] >= g.most
}

func (g *gate) turn() {
	if minute := g.clock.Now().Unix() / int64(time.Minute/time.Second); minute != g.minute || len(g.seen) >= maxSubjects {
		g.minute = minute
		clear(g.seen)
	}
}
