// Package clock gives the time to what must not read it by itself, so that a
// test can set it and a rule can be replayed.
package clock

import (
	"sync"
	"time"
)

// Clock tells the time.
type Clock interface {
	Now() time.Time
}

// System is the machine's clock.
type System struct{}

// Now implements Clock.
func (System) Now() time.Time { return time.Now() }

// Manual is a clock that only moves when told; for tests and simulations. The
// zero value stands at the zero time.
type Manual struct {
	mu  sync.Mutex
	now time.Time
}

// NewManual gives a clock that stands at now.
func NewManual(now time.Time) *Manual { return &Manual{now: now} }

// Now implements Clock.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Advance moves the clock forward by d.
func (m *Manual) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
}

// MS is the house's way to store a time: milliseconds since the Unix epoch.
func MS(t time.Time) int64 { return t.UnixMilli() }

// FromMS reads a stored time, in UTC.
func FromMS(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
