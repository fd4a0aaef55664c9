package stream

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go/jetstream"

	"prosa/internal/base/fault"
)

// Each hands out the messages that a stream holds from one sequence to
// another, both included, in order; those that are gone are passed over. An
// error of fn ends it and is returned. It is for operators who look, not for
// work: each message is a request of its own.
func (s *Stream) Each(ctx context.Context, name string, from, to uint64, fn func(seq uint64, subject string, data []byte) error) error {
	held, err := s.js.Stream(ctx, name)
	if err != nil {
		return classify(err, "look at the stream "+name)
	}
	for next := from; next <= to; {
		// The first message at or behind next, on any subject.
		msg, err := held.GetMsg(ctx, next, jetstream.WithGetMsgSubject(">"))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil
		}
		if err != nil {
			return classify(err, "read the stream "+name)
		}
		if msg.Sequence > to {
			return nil
		}
		if err := fn(msg.Sequence, msg.Subject, msg.Data); err != nil {
			return err
		}
		next = msg.Sequence + 1
	}
	return nil
}

// Delete takes one message off a stream. Error: fault.NotFound when it is not
// there.
func (s *Stream) Delete(ctx context.Context, name string, seq uint64) error {
	held, err := s.js.Stream(ctx, name)
	if err != nil {
		return classify(err, "look at the stream "+name)
	}
	err = held.DeleteMsg(ctx, seq)
	if errors.Is(err, jetstream.ErrMsgNotFound) || errors.Is(err, jetstream.ErrMsgDeleteUnsuccessful) {
		return fault.New(fault.NotFound, "the stream %s has no message %d", name, seq)
	}
	return classify(err, "delete from the stream "+name)
}
