package stream

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"prosa/internal/base/fault"
)

// Reset is the reason of the fault that ends a Tail when the stream has lost
// messages that were handed out: their sequences will name others.
const Reset = "stream_reset"

// tailCheck is how often a quiet tail looks whether the server has changed.
const tailCheck = 500 * time.Millisecond

// Tail hands out the messages of a stream in order, beginning with sequence
// from (0: what comes from now on), until ctx ends, which gives nil, or fn
// returns an error, which it returns. Messages that are gone by age are passed
// over. While the server is away it waits. Error: fault.Conflict with reason
// Reset when the stream's end was lost.
func (s *Stream) Tail(ctx context.Context, name string, from uint64, fn func(seq uint64, data []byte) error) error {
	state, err := s.State(ctx, name)
	if err != nil {
		return err
	}
	t := &tail{stream: s, name: name, next: from, life: s.Life()}
	switch {
	case from == 0:
		t.next = state.Last + 1
	case from > state.Last+1:
		return resetFault(name)
	}
	for {
		err := t.read(ctx, fn)
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // told to stop
		case !fault.Is(err, fault.Unavailable) || errors.Is(err, errStopped):
			return unwrapStopped(err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(tailCheck):
		}
	}
}

type tail struct {
	stream *Stream
	name   string
	next   uint64    // the sequence to come
	at     time.Time // of the message before it, zero when none was seen
	life   int64     // the connection in which all that was last checked
}

func resetFault(name string) error {
	return &fault.Error{Code: fault.Conflict, Reason: Reset, Message: "the stream " + name + " has lost its end"}
}

// stopped carries an error of the reader through, whatever its code.
type stopped struct{ err error }

var errStopped = errors.New("stopped by the reader")

func (s stopped) Error() string        { return s.err.Error() }
func (s stopped) Unwrap() error        { return s.err }
func (s stopped) Is(target error) bool { return target == errStopped }

func unwrapStopped(err error) error {
	var s stopped
	if errors.As(err, &s) {
		return s.err
	}
	return err
}

// read reads until something is wrong.
func (t *tail) read(ctx context.Context, fn func(seq uint64, data []byte) error) error {
	if err := t.verify(ctx); err != nil {
		return err
	}
	consumer, err := t.stream.js.OrderedConsumer(ctx, t.name, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:   t.next,
	})
	if err != nil {
		return classify(err, "follow "+t.name)
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessagesWithBytesLimit(prefetchMessages, prefetchBytes))
	if err != nil {
		return classify(err, "follow "+t.name)
	}
	defer messages.Stop()
	for {
		step, cancel := context.WithTimeout(ctx, tailCheck)
		msg, err := messages.Next(jetstream.NextContext(step))
		cancel()
		if ctx.Err() != nil {
			return nil
		}
		if checkErr := t.verify(ctx); checkErr != nil {
			return checkErr
		}
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nats.ErrTimeout) {
			continue
		}
		if err != nil {
			return classify(err, "follow "+t.name)
		}
		meta, err := msg.Metadata()
		if err != nil {
			return classify(err, "follow "+t.name)
		}
		if meta.Sequence.Stream < t.next {
			continue
		}
		if err := fn(meta.Sequence.Stream, msg.Data()); err != nil {
			return stopped{err}
		}
		t.next, t.at = meta.Sequence.Stream+1, meta.Timestamp
	}
}

// verify makes sure, once a connection, that the stream still holds what was
// handed out.
func (t *tail) verify(ctx context.Context) error {
	life := t.stream.Life()
	if life == t.life {
		return nil
	}
	stream, err := t.stream.js.Stream(ctx, t.name)
	if err != nil {
		return classify(err, "follow "+t.name)
	}
	state := stream.CachedInfo().State
	if state.LastSeq+1 < t.next {
		return resetFault(t.name)
	}
	if !t.at.IsZero() && state.FirstSeq < t.next {
		before, err := stream.GetMsg(ctx, t.next-1)
		if errors.Is(err, jetstream.ErrMsgNotFound) || err == nil && !before.Time.Equal(t.at) {
			return resetFault(t.name)
		}
		if err != nil {
			return classify(err, "follow "+t.name)
		}
	}
	t.life = life
	return nil
}
