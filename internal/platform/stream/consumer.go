package stream

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"prosa/internal/base/fault"
)

const (
	// ackWait is how long a message may be worked on before it comes again.
	ackWait = time.Minute
	// Read ahead for each consumer: enough for the next batch while one is worked
	// on, bounded in bytes since one message may be several MiB.
	prefetchMessages = 64
	prefetchBytes    = 2 * MaxPayload
)

// Consumer hands out the messages of a subject to the owner of a shard.
type Consumer struct {
	stream *Stream
	name   string // of the stream
	base   string // name without epoch
	epoch  int64
	filter string
	since  func() time.Time // nil: from the first message

	closing chan struct{}
	close   sync.Once

	mu   sync.Mutex
	flow *flow
}

// flow is one subscription's life.
type flow struct {
	inbox chan jetstream.Msg
	ended chan struct{} // closed when no more will come
	once  sync.Once
	err   error // why it ended
	stop  func()
	life  int64 // the connection that it was made on
}

func (f *flow) end(err error) {
	f.once.Do(func() {
		f.err = err
		close(f.ended)
	})
}

// Message is one message in hand. It comes again when it is neither
// acknowledged nor terminated, also after a crash: deal with it idempotently.
type Message struct {
	Data []byte
	Seq  uint64
	// Redelivered tells that this consumer had it before. A new owner of the shard
	// starts with a new consumer, which doesn't know what the old one had.
	Redelivered bool
	At          time.Time // when the stream stored it
	msg         jetstream.Msg
}

// Ack says that the message is dealt with. It is not waited for: when it gets
// lost, the message comes again.
func (m Message) Ack() error { return classify(m.msg.Ack(), "acknowledge") }

// Term says that the message must not come again although it was not dealt
// with.
func (m Message) Term() error { return classify(m.msg.Term(), "terminate") }

// ConsumerName names the consumer of a job on a shard for one epoch of its
// lease.
func ConsumerName(job string, shard int, epoch int64) string {
	return fmt.Sprintf("%s-%d-%d", job, shard, epoch)
}

// Consume opens the consumer name (see ConsumerName: what stands behind the
// last hyphen is its epoch) on the messages of a stream whose subject matches
// filter. Consumers of older epochs are deleted, so that what they did not
// acknowledge comes at once. Errors: fault.Conflict when there is a newer
// epoch, fault.Invalid for a name without epoch, fault.Unavailable.
func (s *Stream) Consume(ctx context.Context, name, consumer, filter string) (*Consumer, error) {
	return s.ConsumeSince(ctx, name, consumer, filter, nil)
}

// ConsumeSince is Consume for a stream that keeps what was acknowledged: it
// begins with the first message that was stored at or after the time, which is
// asked for again whenever the subscription is made anew. The zero time is the
// beginning.
func (s *Stream) ConsumeSince(ctx context.Context, name, consumer, filter string, since func() time.Time) (*Consumer, error) {
	base, epoch, err := splitName(consumer)
	if err != nil {
		return nil, err
	}
	c := &Consumer{stream: s, name: name, base: base, epoch: epoch, filter: filter, since: since, closing: make(chan struct{})}
	if c.flow, err = c.open(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

func splitName(name string) (base string, epoch int64, err error) {
	cut := strings.LastIndexByte(name, '-')
	if cut > 0 {
		if epoch, err := strconv.ParseInt(name[cut+1:], 10, 64); err == nil {
			return name[:cut], epoch, nil
		}
	}
	return "", 0, fault.New(fault.Invalid, "the consumer %q has no epoch behind its last hyphen", name)
}

// open takes the subject over and subscribes.
func (c *Consumer) open(ctx context.Context) (*flow, error) {
	js := c.stream.js
	life := c.stream.Life()
	if err := c.takeOver(ctx, js); err != nil {
		return nil, err
	}
	config := jetstream.ConsumerConfig{
		Durable:       fmt.Sprintf("%s-%d", c.base, c.epoch),
		FilterSubject: c.filter,
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       ackWait,
		MaxDeliver:    -1,
		MaxAckPending: 4 * prefetchMessages,
		// What is acknowledged leaves the stream, which is all the memory that a
		// work queue needs; when the server forgets the consumer, Fetch makes it
		// again.
		MemoryStorage: true,
	}
	if c.since != nil {
		if from := c.since(); !from.IsZero() {
			config.DeliverPolicy, config.OptStartTime = jetstream.DeliverByStartTimePolicy, &from
		}
	}
	consumer, err := js.CreateOrUpdateConsumer(ctx, c.name, config)
	if apiCode(err) == codeNotUnique {
		// Another epoch came in between: look again who is the newer.
		return nil, fault.Wrap(err, fault.Unavailable, "another consumer of "+c.filter+" came in between")
	}
	if err != nil {
		return nil, classify(err, "make a consumer of "+c.filter)
	}
	return c.subscribe(consumer, life)
}

// takeOver deletes the consumers of older epochs, and our own of before: what
// it had handed out and not acknowledged comes again at once, in its place.
func (c *Consumer) takeOver(ctx context.Context, js jetstream.JetStream) error {
	stream, err := js.Stream(ctx, c.name)
	if err != nil {
		return classify(err, "take over "+c.filter)
	}
	list := stream.ConsumerNames(ctx)
	var older []string
	for name := range list.Name() {
		base, epoch, err := splitName(name)
		switch {
		case err != nil || base != c.base:
		case epoch > c.epoch:
			return fault.New(fault.Conflict, "%s has a consumer of epoch %d, newer than %d", c.filter, epoch, c.epoch)
		default:
			older = append(older, name)
		}
	}
	if err := list.Err(); err != nil {
		return classify(err, "take over "+c.filter)
	}
	for _, name := range older {
		if err := stream.DeleteConsumer(ctx, name); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
			return classify(err, "take over "+c.filter)
		}
	}
	return nil
}

func (c *Consumer) subscribe(consumer jetstream.Consumer, life int64) (*flow, error) {
	f := &flow{inbox: make(chan jetstream.Msg, prefetchMessages), ended: make(chan struct{}), life: life}
	receive := func(msg jetstream.Msg) {
		select {
		case f.inbox <- msg:
		case <-f.ended:
		case <-c.closing:
		}
	}
	subscription, err := consumer.Consume(receive,
		jetstream.PullMaxMessagesWithBytesLimit(prefetchMessages, prefetchBytes),
		jetstream.ConsumeErrHandler(func(_ jetstream.ConsumeContext, err error) {
			if endsFlow(err) {
				f.end(err)
			}
		}))
	if err != nil {
		return nil, classify(err, "consume "+c.filter)
	}
	f.stop = subscription.Stop
	return f, nil
}

// endsFlow tells the errors after which a subscription gets nothing more from
// those that it mends by itself. A missing heartbeat may mean a server that
// came back without the consumer.
func endsFlow(err error) bool {
	for _, final := range []error{
		jetstream.ErrConsumerDeleted, jetstream.ErrConsumerNotFound, jetstream.ErrNoHeartbeat,
		jetstream.ErrConnectionClosed, jetstream.ErrServerShutdown, jetstream.ErrBadRequest,
	} {
		if errors.Is(err, final) {
			return true
		}
	}
	return false
}

// Fetch waits at most wait for a message and takes with it what else has
// arrived, at most max. No message in that time is no error. Errors:
// fault.Conflict when a newer epoch has taken over, or the consumer is closed;
// fault.Unavailable when the server is away: call again after a pause.
func (c *Consumer) Fetch(ctx context.Context, max int, wait time.Duration) ([]Message, error) {
	f, err := c.current(ctx)
	if err != nil {
		return nil, err
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	var batch []Message
	select {
	case msg := <-f.inbox:
		batch = append(batch, message(msg))
	case <-timer.C:
		return nil, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-c.closing:
		return nil, errClosed
	case <-f.ended:
		if _, err := c.current(ctx); err != nil {
			return nil, err
		}
		return nil, nil
	}
	for len(batch) < max {
		select {
		case msg := <-f.inbox:
			batch = append(batch, message(msg))
		default:
			return batch, nil
		}
	}
	return batch, nil
}

var errClosed = fault.New(fault.Conflict, "the consumer is closed")

// current gives the subscription, made again when it has ended.
func (c *Consumer) current(ctx context.Context) (*flow, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.closing:
		return nil, errClosed
	case <-c.flow.ended:
	default:
		if c.flow.life == c.stream.Life() {
			return c.flow, nil
		}
		// A server that was killed comes back without the consumer, and the
		// subscription would learn of it by missing heartbeats only, much later.
		c.flow.end(jetstream.ErrConsumerNotFound)
	}
	c.flow.stop()
	fresh, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	c.flow = fresh
	return fresh, nil
}

func message(msg jetstream.Msg) Message {
	m := Message{Data: msg.Data(), msg: msg}
	if meta, err := msg.Metadata(); err == nil { // every JetStream message has them
		m.Seq, m.Redelivered, m.At = meta.Sequence.Stream, meta.NumDelivered > 1, meta.Timestamp
	}
	return m
}

// Close ends the subscription. The consumer stays for its successor to delete.
func (c *Consumer) Close() {
	c.close.Do(func() {
		close(c.closing)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.flow.stop()
	})
}
