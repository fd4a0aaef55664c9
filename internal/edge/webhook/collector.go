package webhook

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"prosa/internal/event"
)

const (
	// storeTimeout bounds the storing of a frame: platforms wait about so long.
	storeTimeout = 10 * time.Second
	// keepBuffer is the largest buffer that is kept for the next frame.
	keepBuffer = 2 * event.FrameMaxBytes
	// gather is the least time from one frame of a shard to the next: what comes
	// close together shares a sync of the disk. The first after a pause never
	// waits.
	gather = 4 * time.Millisecond
	// complainEvery spaces the log lines of a shard that can't be stored.
	complainEvery = 5 * time.Second
)

// receipt waits for the shards that a body went to.
type receipt struct {
	left   sync.WaitGroup
	mu     sync.Mutex
	failed error
}

func newReceipt(shards int) *receipt {
	r := &receipt{}
	r.left.Add(shards)
	return r
}

// done is called once for each shard.
func (r *receipt) done(err error) {
	if err != nil {
		r.mu.Lock()
		r.failed = err
		r.mu.Unlock()
	}
	r.left.Done()
}

func (r *receipt) wait() error {
	r.left.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed
}

// parcel is what one request brings to one shard.
type parcel struct {
	pieces  []piece
	receipt *receipt
	failed  error // of a frame that held some of it
	left    int   // pieces not stored yet
}

// collector stores the events of one shard, in the order in which they come,
// one frame at a time. While a frame is being stored the next one gathers.
type collector struct {
	handler *Handler
	subject string
	queue   chan *parcel
	waiting atomic.Int64 // events offered and not stored yet

	// Of the goroutine of run alone:
	frame   []event.Raw
	owners  []*parcel // of each event in the frame
	bytes   int
	buffer  []byte
	stored  time.Time // when the last frame was begun
	lastLog time.Time
}

func newCollector(shard int, h *Handler) *collector {
	return &collector{
		handler: h,
		subject: "in.channel." + strconv.Itoa(shard),
		// Every parcel holds at least one event, so the channel never blocks an
		// offer that is within the limit.
		queue: make(chan *parcel, h.cfg.Queue+1),
	}
}

// offer takes the pieces in, or refuses when too much waits already. A request
// larger than the whole queue is taken when nothing waits.
func (c *collector) offer(pieces []piece, r *receipt) bool {
	count := int64(len(pieces))
	if now := c.waiting.Add(count); now > int64(c.handler.cfg.Queue) && now != count {
		c.waiting.Add(-count)
		return false
	}
	c.handler.metrics.waiting.Add(float64(count))
	c.queue <- &parcel{pieces: pieces, receipt: r, left: len(pieces)}
	return true
}

// run stores until the queue is closed and empty.
func (c *collector) run() {
	for first := range c.queue {
		if early := gather - time.Since(c.stored); early > 0 && c.waiting.Load() < event.FrameMaxEvents {
			time.Sleep(early)
		}
		c.add(first)
		for more := true; more; {
			select {
			case next, ok := <-c.queue:
				if more = ok; ok {
					c.add(next)
				}
			default:
				more = false
			}
		}
		c.flush()
	}
}

// add puts a parcel into the frame, storing frames as they get full.
func (c *collector) add(p *parcel) {
	for i := range p.pieces {
		raw := &p.pieces[i].raw
		size := len(raw.Body) + len(raw.TenantID) + len(raw.AccountID) + len(raw.Channel) + len(raw.Problem) + 32
		if len(c.frame) > 0 && (len(c.frame) == event.FrameMaxEvents || c.bytes+size > event.FrameMaxBytes) {
			c.flush()
		}
		c.frame = append(c.frame, *raw)
		c.owners = append(c.owners, p)
		c.bytes += size
	}
}

// flush stores the frame and tells those who wait for it.
func (c *collector) flush() {
	if len(c.frame) == 0 {
		return
	}
	c.stored = time.Now()
	c.buffer = event.AppendFrame(c.buffer[:0], c.frame)
	err := c.publish()
	m := &c.handler.metrics
	m.frameEvents.Observe(float64(len(c.frame)))
	m.frameBytes.Observe(float64(len(c.buffer)))
	m.waiting.Sub(float64(len(c.frame)))
	c.waiting.Add(-int64(len(c.frame)))
	for _, p := range c.owners {
		if err != nil {
			p.failed = err
		}
		if p.left--; p.left == 0 {
			p.receipt.done(p.failed)
		}
	}
	clear(c.frame)
	clear(c.owners)
	c.frame, c.owners, c.bytes = c.frame[:0], c.owners[:0], 0
	if cap(c.buffer) > keepBuffer {
		c.buffer = nil
	}
}

func (c *collector) publish() error {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	_, err := c.handler.Publisher.Publish(ctx, c.subject, c.buffer)
	if err != nil && time.Since(c.lastLog) > complainEvery {
		c.lastLog = time.Now()
		c.handler.Logger.Warn("webhooks can't be stored", "subject", c.subject, "events", len(c.frame), "error", err)
	}
	return err
}
