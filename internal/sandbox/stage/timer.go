package stage

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// Timers runs functions later, one after the other, on the goroutine that
// runs Run: thousands of waiting statuses cost one goroutine. The functions
// must be short. What is due when Run is not running waits for it.
type Timers struct {
	mu   sync.Mutex
	heap timerHeap
	seq  uint64
	wake chan struct{}
}

// NewTimers makes an empty set.
func NewTimers() *Timers { return &Timers{wake: make(chan struct{}, 1)} }

// After runs fn once the duration has passed, in order of due time and, for
// equal ones, of the calls.
func (t *Timers) After(d time.Duration, fn func()) {
	t.mu.Lock()
	t.seq++
	first := len(t.heap) == 0
	due := time.Now().Add(d)
	if !first && due.Before(t.heap[0].due) {
		first = true
	}
	heap.Push(&t.heap, timer{due: due, seq: t.seq, fn: fn})
	t.mu.Unlock()
	if first {
		select {
		case t.wake <- struct{}{}:
		default:
		}
	}
}

// Clear forgets all that waits.
func (t *Timers) Clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.heap = nil
}

// Run fires timers until the context ends.
func (t *Timers) Run(ctx context.Context) {
	alarm := time.NewTimer(time.Hour)
	defer alarm.Stop()
	for {
		wait := t.fire()
		alarm.Reset(wait)
		select {
		case <-ctx.Done():
			return
		case <-alarm.C:
		case <-t.wake:
		}
	}
}

// fire runs all that is due and gives the time until the next.
func (t *Timers) fire() time.Duration {
	for {
		t.mu.Lock()
		if len(t.heap) == 0 {
			t.mu.Unlock()
			return time.Hour
		}
		if wait := time.Until(t.heap[0].due); wait > 0 {
			t.mu.Unlock()
			return wait
		}
		next := heap.Pop(&t.heap).(timer)
		t.mu.Unlock()
		next.fn()
	}
}

type timer struct {
	due time.Time
	seq uint64
	fn  func()
}

type timerHeap []timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	if h[i].due.Equal(h[j].due) {
		return h[i].seq < h[j].seq
	}
	return h[i].due.Before(h[j].due)
}
func (h timerHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *timerHeap) Push(x any)   { *h = append(*h, x.(timer)) }
func (h *timerHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	old[len(old)-1] = timer{}
	*h = old[:len(old)-1]
	return last
}
