package realtime

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/identity"
)

// Reasons of a resync.
const (
	unknownEpoch = "unknown_epoch"
	tooOld       = "too_old"
)

type resync struct {
	Reason string `json:"reason"`
}

type hello struct {
	Epoch   string `json:"epoch"`
	Resumed bool   `json:"resumed"`
}

type goodbye struct {
	Reason string `json:"reason"`
}

// client is one connected browser. The hub fills its queue; its own goroutine,
// that of the request, writes.
type client struct {
	viewer Viewer
	// What the browser saw last, when it resumes.
	resuming bool
	epoch    string
	last     position

	queue  chan *entry
	doubt  chan struct{} // an event may have taken away what the connection rests on
	done   chan struct{}
	once   sync.Once
	reason string // of the goodbye, set before done is closed
}

// bye ends the connection with a reason; the first one counts.
func (c *client) bye(reason string) {
	c.once.Do(func() {
		c.reason = reason
		close(c.done)
	})
}

// offer queues an event for a person who may see it. A full queue ends the
// connection: the browser resumes behind the last event that it got.
func (c *client) offer(e *entry) {
	if mayRead(&c.viewer.Principal, &e.envelope) {
		c.put(e)
	}
}

func (c *client) control(words []byte) { c.put(&entry{light: true, words: words}) }

func (c *client) put(e *entry) {
	select {
	case c.queue <- e:
	default:
		c.bye("slow")
	}
}

// judge raises doubt when an event may take away what the connection rests on.
// The event may be older than the connection (it was on its way while the
// person signed in anew), so that the session itself is asked, before anything
// that was queued behind the event is written.
func (c *client) judge(e *event.Envelope) {
	if affects(&c.viewer.Principal, e) {
		select {
		case c.doubt <- struct{}{}:
		default: // it is doubted already
		}
	}
}

// settled waits until the hub knows where the stream stands, which it does
// moments after the start. Error: fault.Unavailable.
func (h *Hub) settled(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, h.cfg.ReplayWait)
	defer cancel()
	select {
	case <-h.ready:
		return nil
	case <-ctx.Done():
		return fault.New(fault.Unavailable, "live updates are not ready yet")
	}
}

// Serve writes events to a browser until it leaves or is told goodbye.
// lastEventID is the id of the last event that it saw, empty for none. An error
// means that nothing was written: fault.Unavailable, fault.RateLimited.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, viewer Viewer, lastEventID string) error {
	if err := h.settled(r.Context()); err != nil {
		return err
	}
	c := &client{viewer: viewer, queue: make(chan *entry, h.cfg.Queue), doubt: make(chan struct{}, 1), done: make(chan struct{})}
	if lastEventID != "" {
		c.resuming = true
		c.epoch, c.last, _ = parseID(lastEventID) // what can't be read is of no known epoch
	}
	at, err := h.admit(c)
	if err != nil {
		return err
	}
	defer h.dismiss(c)
	out := &writer{w: w, control: http.NewResponseController(w), wait: h.cfg.WriteWait}
	header := w.Header()
	header.Set("Content-Type", "text/event-stream; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // nginx would hold events back
	w.WriteHeader(http.StatusOK)
	// What can't be written any more has nobody to be told to.
	if h.open(r.Context(), c, out, at) == nil {
		_ = h.pump(r.Context(), c, out)
	}
	return nil
}

// open greets the browser and brings it up to where the stream stood when it
// came in.
func (h *Hub) open(ctx context.Context, c *client, out *writer, at welcome) error {
	if !c.resuming {
		return out.write(control("hello", hello{Epoch: at.epoch}))
	}
	if c.epoch != at.epoch {
		return h.openAnew(c, out, at, unknownEpoch)
	}
	if at.covered && c.last.seq <= at.head {
		if err := out.write(control("hello", hello{at.epoch, true})); err != nil {
			return err
		}
		for _, e := range at.replay {
			if mayRead(&c.viewer.Principal, &e.envelope) {
				if err := out.write(e.bytes()); err != nil {
					return err
				}
			}
			c.last = e.at
		}
		return nil
	}
	return h.openFromStream(ctx, c, out, at)
}

func (h *Hub) openAnew(c *client, out *writer, at welcome, reason string) error {
	c.last = position{at.head, maxIndex} // what was queued meanwhile is behind it
	return out.write(append(control("hello", hello{Epoch: at.epoch}), control("resync", resync{reason})...))
}

const maxIndex = int(^uint(0) >> 1)

var errReached = errors.New("the replay is complete")

// openFromStream replays from the stream's retained tail: the hub's memory does
// not reach back to what the browser saw.
func (h *Hub) openFromStream(ctx context.Context, c *client, out *writer, at welcome) error {
	first, last, err := h.source.Bounds(ctx, eventStream)
	switch {
	case err != nil || c.last.seq < first:
		return h.openAnew(c, out, at, tooOld)
	case c.last.seq > last:
		return h.openAnew(c, out, at, unknownEpoch)
	}
	if err := out.write(control("hello", hello{at.epoch, true})); err != nil {
		return err
	}
	if c.last.seq > at.head {
		return nil // it came from a process that is ahead of this one
	}
	from := c.last
	replay, cancel := context.WithTimeout(ctx, h.cfg.ReplayWait)
	defer cancel()
	err = h.source.Tail(replay, eventStream, from.seq, func(seq uint64, data []byte) error {
		if seq > at.head {
			return errReached
		}
		if err := h.replayFrame(c, out, from, seq, data); err != nil {
			return err
		}
		if seq == at.head {
			return errReached
		}
		return nil
	})
	if errors.Is(err, errReached) {
		return nil
	}
	if ctx.Err() != nil || out.failed {
		return err
	}
	// The rest could not be read in time: what was sent stands, the rest is
	// fetched anew.
	c.last = position{at.head, maxIndex}
	return out.write(control("resync", resync{tooOld}))
}

func (h *Hub) replayFrame(c *client, out *writer, from position, seq uint64, data []byte) error {
	entries, err := readFrame(c.epoch, seq, data)
	if err != nil {
		return nil //nolint:nilerr // told in the log when it was published
	}
	for _, e := range entries {
		if e.at.compare(from) <= 0 {
			continue
		}
		if mayRead(&c.viewer.Principal, &e.envelope) {
			if err := out.write(e.bytes()); err != nil {
				return err
			}
		}
		c.last = e.at
	}
	return nil
}

// pump writes what the hub queues until the connection ends.
func (h *Hub) pump(ctx context.Context, c *client, out *writer) error {
	beat := time.NewTicker(h.cfg.Beat)
	defer beat.Stop()
	recheck := time.NewTicker(h.cfg.Recheck)
	defer recheck.Stop()
	if err := out.flush(); err != nil {
		return err
	}
	for {
		// A goodbye goes before what is queued: the browser resumes behind it.
		select {
		case <-c.done:
			return out.end(control("bye", goodbye{c.reason}))
		default:
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.done:
		case <-c.doubt:
			c.recheck(ctx)
		case e := <-c.queue:
			if c.doubted(ctx) {
				continue
			}
			if err := c.write(out, e); err != nil {
				return err
			}
		case <-beat.C:
			if err := out.write([]byte(": beat\n\n")); err != nil {
				return err
			}
		case <-recheck.C:
			c.recheck(ctx)
		}
		if len(c.queue) == 0 {
			if err := out.flush(); err != nil {
				return err
			}
		}
	}
}

func (c *client) write(out *writer, e *entry) error {
	switch {
	case e.light:
		return out.write(e.bytes())
	case e.epoch == c.epochOr(e) && e.at.compare(c.last) <= 0:
		return nil // told by the replay already
	}
	c.last, c.epoch = e.at, e.epoch
	return out.write(e.bytes())
}

// epochOr is the epoch that c.last belongs to: a client that did not resume
// has none yet, and takes that of its first event.
func (c *client) epochOr(e *entry) string {
	if c.epoch == "" {
		return e.epoch
	}
	return c.epoch
}

// recheck ends the connection of a session that ended, or whose rights are no
// longer those it was opened with. Who can't be checked connects anew.
func (c *client) recheck(ctx context.Context) {
	now, err := c.viewer.Check(ctx)
	switch {
	case fault.Is(err, fault.Unauthorized):
		c.bye("revoked")
	case err != nil || !sameRights(now, c.viewer.Principal):
		c.bye("changed")
	}
}

// doubted settles a doubt that was raised before an item was queued, and
// reports whether the connection has to end: the item is then not written.
func (c *client) doubted(ctx context.Context) bool {
	select {
	case <-c.doubt:
		c.recheck(ctx)
	default:
	}
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

func sameRights(a, b identity.Principal) bool {
	return a.TenantID() == b.TenantID() && a.Role == b.Role && a.Company.State == b.Company.State &&
		a.MustEnrol == b.MustEnrol && (a.Support == nil) == (b.Support == nil)
}

// writer writes to a browser with a time limit.
type writer struct {
	w       http.ResponseWriter
	control *http.ResponseController
	wait    time.Duration
	failed  bool
}

func (w *writer) write(wire []byte) error {
	// Not every server can bound a write; the one that can't has its own limits.
	_ = w.control.SetWriteDeadline(time.Now().Add(w.wait))
	_, err := w.w.Write(wire)
	w.failed = w.failed || err != nil
	return err
}

func (w *writer) flush() error {
	err := w.control.Flush()
	w.failed = w.failed || err != nil
	return err
}

func (w *writer) end(wire []byte) error {
	if err := w.write(wire); err != nil {
		return err
	}
	return w.flush()
}
