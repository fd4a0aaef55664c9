package stream

import (
	"strconv"
	"strings"
	"sync"

	"github.com/nats-io/nats.go"

	"prosa/internal/base/fault"
)

const wakeSubject = "wake."

// wakes knows who wants to be woken in this process.
type wakes struct {
	mu        sync.Mutex
	next      int
	listeners map[int]func(shard int)
}

// listen passes on the wake-ups of other processes.
func (w *wakes) listen(conn *nats.Conn) error {
	_, err := conn.Subscribe(wakeSubject+"*", func(msg *nats.Msg) {
		if shard, err := strconv.Atoi(strings.TrimPrefix(msg.Subject, wakeSubject)); err == nil {
			w.call(shard)
		}
	})
	if err == nil {
		// Not before the server knows of it.
		err = conn.FlushTimeout(connectTimeout)
	}
	return fault.Wrap(err, fault.Unavailable, "wake-ups can't be heard")
}

func (w *wakes) call(shard int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, fn := range w.listeners {
		fn(shard)
	}
}

// Wake tells the owner of the shard, in whatever process, that there is
// something to do. It is not stored and may be lost: owners also poll.
func (s *Stream) Wake(shard int) {
	s.wake.call(shard)
	if s.host == nil {
		// Lost when the server is away; the poll finds what it was about.
		_ = s.conn.Publish(wakeSubject+strconv.Itoa(shard), nil)
	}
}

// OnWake has fn called for every wake-up until stop is called. fn must be quick
// and must not call OnWake, stop or Wake.
func (s *Stream) OnWake(fn func(shard int)) (stop func()) {
	w := &s.wake
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.listeners == nil {
		w.listeners = map[int]func(int){}
	}
	key := w.next
	w.next++
	w.listeners[key] = fn
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.listeners, key)
	}
}
