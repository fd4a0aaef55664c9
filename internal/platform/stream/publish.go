package stream

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"prosa/internal/base/fault"
)

// Publish waits until the message is stored; on IN and DEAD that means synced
// to the disk. Errors: fault.Unavailable when it can't be stored now (no
// connection, full stream, full disk), fault.TooLarge. After Unavailable it may
// have been stored all the same.
func (s *Stream) Publish(ctx context.Context, subject string, data []byte) (seq uint64, err error) {
	return s.publish(ctx, &nats.Msg{Subject: subject, Data: data}, "publish on "+subject)
}

// Append publishes on a subject of EVENT with an id, but only if after is the
// sequence of the last message on the subject, 0 for none. A last message with
// the same id counts as this one. Errors: those of Publish, and
// fault.Conflict when the subject ends elsewhere: read Last.
func (s *Stream) Append(ctx context.Context, subject string, data []byte, id string, after uint64) (seq uint64, err error) {
	msg := &nats.Msg{Subject: subject, Data: data, Header: nats.Header{jetstream.MsgIDHeader: {id}}}
	seq, err = s.publish(ctx, msg, "append to "+subject, jetstream.WithExpectLastSequencePerSubject(after))
	if fault.Is(err, fault.Conflict) {
		// The server looks at the sequence before the id, so it may be this very
		// message, whose answer was lost, that stands there.
		if last, lastID, lookErr := s.Last(ctx, Event, subject); lookErr == nil && lastID == id {
			return last, nil
		}
	}
	return seq, err
}

func (s *Stream) publish(ctx context.Context, msg *nats.Msg, doing string, options ...jetstream.PublishOpt) (uint64, error) {
	if err := s.Ready(); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	defer context.AfterFunc(s.line.Load(), cancel)()
	ack, err := s.js.PublishMsg(ctx, msg, options...)
	if err != nil {
		s.complain(err)
		return 0, classify(err, doing)
	}
	return ack.Sequence, nil
}

// Last gives the sequence and id of the last message on a subject; zeros when
// there is none.
func (s *Stream) Last(ctx context.Context, name, subject string) (seq uint64, id string, err error) {
	stream, err := s.js.Stream(ctx, name)
	if err != nil {
		return 0, "", classify(err, "read the end of "+subject)
	}
	last, err := stream.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, "", nil
	}
	if err != nil {
		return 0, "", classify(err, "read the end of "+subject)
	}
	return last.Sequence, last.Header.Get(jetstream.MsgIDHeader), nil
}

// Waiting gives the time of the oldest message that a durable consumer of the
// stream has not acknowledged; the zero time when all have passed everything.
func (s *Stream) Waiting(ctx context.Context, name string) (time.Time, error) {
	stream, err := s.js.Stream(ctx, name)
	if err != nil {
		return time.Time{}, classify(err, "read the consumers of "+name)
	}
	var oldest time.Time
	list := stream.ListConsumers(ctx)
	for info := range list.Info() {
		if info.Config.Durable == "" || info.NumPending == 0 && info.NumAckPending == 0 {
			continue
		}
		first, err := stream.GetMsg(ctx, info.AckFloor.Stream+1, jetstream.WithGetMsgSubject(or(info.Config.FilterSubject, ">")))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue // it went by age in between
		}
		if err != nil {
			return time.Time{}, classify(err, "read the consumers of "+name)
		}
		if oldest.IsZero() || first.Time.Before(oldest) {
			oldest = first.Time
		}
	}
	return oldest, classify(list.Err(), "read the consumers of "+name)
}
