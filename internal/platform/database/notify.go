package database

import "sync"

// listeners hear within the process of commits that rang for a topic.
type listeners struct {
	mu   sync.Mutex
	next int
	all  map[string]map[int]func(key int)
}

func (l *listeners) call(topic string, key int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, fn := range l.all[topic] {
		fn(key)
	}
}

// Notify has the listeners of the topic called with key after the commit. It
// lets code that has nothing but a transaction wake what works behind it.
func (tx *Tx) Notify(topic string, key int) {
	tx.AfterCommit(func() { tx.listeners.call(topic, key) })
}

// OnNotify has fn called after every commit, through this handle, of a
// transaction that notified the topic, until stop is called. fn must be quick,
// must not call OnNotify or stop, and may be called from several goroutines.
func (db *DB) OnNotify(topic string, fn func(key int)) (stop func()) {
	l := &db.listeners
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = map[string]map[int]func(int){}
	}
	if l.all[topic] == nil {
		l.all[topic] = map[int]func(int){}
	}
	number := l.next
	l.next++
	l.all[topic][number] = fn
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.all[topic], number)
	}
}
