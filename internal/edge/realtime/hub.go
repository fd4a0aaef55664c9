package realtime

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/event"
)

// eventStream is the name of the stream of what happened.
const eventStream = "EVENT"

// Source is what the hub needs of the streams; platform/stream fills it.
type Source interface {
	// Tail calls fn for each message from fromSeq on, in order, until ctx ends or
	// fn fails.
	Tail(ctx context.Context, stream string, fromSeq uint64, fn func(seq uint64, data []byte) error) error
	// Bounds gives the sequences of the first and the last message kept.
	Bounds(ctx context.Context, stream string) (first, last uint64, err error)
}

// Epoch names the present life of the EVENT stream; platform/outbox keeps it.
type Epoch func(ctx context.Context) (string, error)

// Hub follows the stream and feeds the browsers of this process.
type Hub struct {
	cfg    Config
	source Source
	epochs Epoch
	logger *slog.Logger

	mu      sync.Mutex
	epoch   string
	head    uint64 // the last sequence that was fanned out
	history history
	rooms   map[string]map[*client]bool // by company
	people  map[string]int              // connections by user
	count   int
	left    time.Time // when the last browser went
	closed  bool
	light   light
	gone    sync.WaitGroup // writers still at work
	ready   chan struct{}  // closed once the hub knows where the stream stands
}

// New makes a hub; Run makes it work.
func New(cfg Config, source Source, epochs Epoch, logger *slog.Logger) *Hub {
	return &Hub{
		cfg: cfg, source: source, epochs: epochs, logger: logger,
		history: history{most: cfg.KeepEvents, mostB: cfg.KeepBytes},
		rooms:   map[string]map[*client]bool{}, people: map[string]int{},
		light: newLight(), ready: make(chan struct{}), left: time.Now(),
	}
}

// epochEvery is how often the hub looks whether the stream was refilled.
const epochEvery = 2 * time.Second

// Run follows the stream until ctx ends, then tells the browsers goodbye and
// waits for them. While the stream is away browsers stay connected and are
// served again when it is back.
func (h *Hub) Run(ctx context.Context) error {
	ticking := make(chan struct{})
	go func() {
		defer close(ticking)
		h.tick(ctx)
	}()
	for ctx.Err() == nil {
		if err := h.follow(ctx); err != nil && ctx.Err() == nil {
			h.logger.WarnContext(ctx, "live updates wait for the stream of events", "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
	<-ticking
	h.Close()
	return nil
}

// follow takes one life of the stream: from where the hub stands, or from its
// end when the epoch is a new one.
func (h *Hub) follow(ctx context.Context) error {
	epoch, err := h.epochs(ctx)
	if err != nil {
		return err
	}
	first, last, err := h.source.Bounds(ctx, eventStream)
	if err != nil {
		return err
	}
	from := h.enter(epoch, first, last)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go h.watchEpoch(ctx, cancel, epoch)
	return h.source.Tail(ctx, eventStream, from, func(seq uint64, data []byte) error {
		h.publish(ctx, epoch, seq, data)
		return nil
	})
}

// watchEpoch ends a life of the stream when another begins.
func (h *Hub) watchEpoch(ctx context.Context, end func(), epoch string) {
	ticker := time.NewTicker(epochEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if now, err := h.epochs(ctx); err == nil && now != epoch {
				end()
				return
			}
		}
	}
}

// enter decides where to go on. A hub that fell out of the stream's retained
// tail, or that meets a new epoch, has everybody fetch anew.
func (h *Hub) enter(epoch string, first, last uint64) (from uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	known := h.epoch != ""
	reason := ""
	switch {
	case known && h.epoch != epoch:
		reason = unknownEpoch
	case known && (h.head+1 < first || h.head > last):
		reason = tooOld
	}
	if !known || reason != "" {
		h.epoch, h.head = epoch, last
		h.history.reset(last + 1)
	}
	if reason != "" {
		for _, room := range h.rooms {
			for c := range room {
				c.control(control("resync", resync{reason}))
			}
		}
	}
	if !known {
		close(h.ready)
	}
	return h.head + 1
}

// unwatched is how long frames are still kept for a browser that may come back.
const unwatched = 2 * time.Minute

// pass goes past a frame unread when nobody has been there for a while. Whoever
// comes then fetches anew.
func (h *Hub) pass(epoch string, seq uint64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.count > 0 || time.Since(h.left) < unwatched {
		return false
	}
	if seq > h.head && epoch == h.epoch {
		h.head = seq
		h.history.reset(seq + 1)
	}
	return true
}

// publish fans one frame out. A frame that can't be read is told in the log
// and passed over: it would be as unreadable the next time.
func (h *Hub) publish(ctx context.Context, epoch string, seq uint64, data []byte) {
	if h.pass(epoch, seq) {
		return
	}
	entries, err := readFrame(epoch, seq, data)
	if err != nil {
		h.logger.ErrorContext(ctx, "a frame of events can't be read", "seq", seq, "error", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if seq <= h.head || epoch != h.epoch {
		return // a reconnected tail repeats, or an old life still talks
	}
	h.head = seq
	for _, e := range entries {
		h.history.add(e)
		h.fan(e)
	}
}

// fan gives one event to everybody who may see it, with h.mu held.
func (h *Hub) fan(e *entry) {
	if e.envelope.Type == event.SessionRevoked {
		// The person may look at another company than the event names.
		for _, room := range h.rooms {
			for c := range room {
				c.judge(&e.envelope)
			}
		}
		return
	}
	room := h.rooms[e.envelope.TenantID]
	if len(room) == 0 {
		return
	}
	for c := range room {
		c.judge(&e.envelope)
		c.offer(e)
	}
	if changesCounts(e.envelope.Type) {
		h.light.counts[e.envelope.TenantID] = true
	}
}

// Close says goodbye to all browsers and waits until their connections have
// ended. No new ones are taken.
func (h *Hub) Close() {
	h.mu.Lock()
	h.closed = true
	for _, room := range h.rooms {
		for c := range room {
			c.bye("shutdown")
		}
	}
	h.mu.Unlock()
	h.gone.Wait()
}

// Connections tells how many browsers are connected.
func (h *Hub) Connections() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.count
}

// admit registers a client and tells where the stream stands. Errors:
// fault.Unavailable while stopping or full, fault.RateLimited for one person
// with too many connections.
func (h *Hub) admit(c *client) (welcome, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	user := c.viewer.Principal.User.ID
	switch {
	case h.closed:
		return welcome{}, fault.New(fault.Unavailable, "the server is stopping")
	case h.count >= h.cfg.Connections:
		return welcome{}, fault.New(fault.Unavailable, "too many live connections")
	case h.people[user] >= h.cfg.PerUser:
		return welcome{}, fault.New(fault.RateLimited, "too many live connections of one person")
	}
	tenantID := c.viewer.Principal.TenantID()
	if h.rooms[tenantID] == nil {
		h.rooms[tenantID] = map[*client]bool{}
	}
	h.rooms[tenantID][c] = true
	h.people[user]++
	h.count++
	h.gone.Add(1)
	h.light.presence[tenantID] = true
	w := welcome{epoch: h.epoch, head: h.head}
	if c.resuming && c.epoch == h.epoch {
		if behind, ok := h.history.after(c.last); ok {
			w.replay, w.covered = append(w.replay, behind...), true
		}
	}
	return w, nil
}

func (h *Hub) dismiss(c *client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	tenantID, user := c.viewer.Principal.TenantID(), c.viewer.Principal.User.ID
	delete(h.rooms[tenantID], c)
	if len(h.rooms[tenantID]) == 0 {
		delete(h.rooms, tenantID)
	}
	if h.people[user]--; h.people[user] <= 0 {
		delete(h.people, user)
	}
	h.count--
	h.left = time.Now()
	h.light.presence[tenantID] = true
	h.gone.Done()
}

// welcome is where the stream stood when a client came in.
type welcome struct {
	epoch string
	head  uint64
	// replay is what the client missed, when the history covers it.
	replay  []*entry
	covered bool
}
