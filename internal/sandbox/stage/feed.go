package stage

import "sync"

// Feed hands each published value to every subscriber. A subscriber that does
// not keep up is cut off by closing its channel: it must read everything again
// rather than miss something in silence. The zero value is ready.
type Feed[T any] struct {
	mu   sync.Mutex
	subs map[chan T]struct{}
}

// Subscribe gives a channel of what is published from now on, holding up to
// buffer values, and the function that ends it. Ending twice is fine.
func (f *Feed[T]) Subscribe(buffer int) (<-chan T, func()) {
	ch := make(chan T, buffer)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.subs == nil {
		f.subs = map[chan T]struct{}{}
	}
	f.subs[ch] = struct{}{}
	return ch, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.drop(ch)
	}
}

func (f *Feed[T]) drop(ch chan T) {
	if _, there := f.subs[ch]; there {
		delete(f.subs, ch)
		close(ch)
	}
}

// Publish gives value to every subscriber without waiting for any.
func (f *Feed[T]) Publish(value T) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for ch := range f.subs {
		select {
		case ch <- value:
		default:
			f.drop(ch)
		}
	}
}

// Close ends every subscription.
func (f *Feed[T]) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for ch := range f.subs {
		f.drop(ch)
	}
}
