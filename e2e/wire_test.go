package e2e

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// wire is a TCP connection to a server that a test can cut and mend: the
// server itself is shared with others.
type wire struct {
	to       string
	listener net.Listener

	mu    sync.Mutex
	down  bool
	pairs map[net.Conn]net.Conn
}

func newWire(t *testing.T, to string) *wire {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{to: to, listener: listener, pairs: map[net.Conn]net.Conn{}}
	t.Cleanup(func() {
		_ = listener.Close()
		w.cut()
	})
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return // closed
			}
			go w.carry(connection)
		}
	}()
	return w
}

func (w *wire) carry(near net.Conn) {
	defer near.Close()
	w.mu.Lock()
	down := w.down
	w.mu.Unlock()
	if down {
		return
	}
	far, err := net.Dial("tcp", w.to)
	if err != nil {
		return
	}
	defer far.Close()
	w.mu.Lock()
	if w.down {
		w.mu.Unlock()
		return
	}
	w.pairs[near] = far
	w.mu.Unlock()
	go func() {
		_, _ = io.Copy(far, near)
		_ = far.Close()
	}()
	_, _ = io.Copy(near, far)
	w.mu.Lock()
	delete(w.pairs, near)
	w.mu.Unlock()
}

// cut ends all connections and refuses new ones.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = true
	for near, far := range w.pairs {
		_ = near.Close()
		_ = far.Close()
	}
}

// mend lets connections through again.
func (w *wire) mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = false
}

// instead gives the URL with the wire's address in place of the server's.
func (w *wire) instead(t *testing.T, address string) string {
	t.Helper()
	parsed, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	parsed.Host = w.listener.Addr().String()
	return parsed.String()
}

func hostOf(t *testing.T, address string) string {
	t.Helper()
	parsed, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Host
}
