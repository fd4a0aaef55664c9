package sale

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/conversation"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/shard"
	"prosa/internal/platform/stream"
)

const (
	fetchFrames = 64
	idleWait    = time.Second
	// again is how far behind its place a follower begins: clocks differ, and a
	// frame may be stored a little before the one that was handed out before it.
	again = 2 * time.Minute
	// tries is how often an event is tried before it is put aside.
	tries      = 6
	firstPause = 200 * time.Millisecond
	// longestPause is between two tries while the database is away.
	longestPause = 5 * time.Second
)

// Letter marks a dead letter of the follower, where others name a channel.
const Letter = "sale"

// deadSubject is where events go that could not be followed.
const deadSubject = "dead.sale"

// Fence is an owner's claim on its shard; shard.Lease is one.
type Fence interface {
	Fence(ctx context.Context, tx *database.Tx) error
}

// Follower reads what happened in a shard and says what has to be said. It is a
// shard.Job. What it had not noted when it died it reads again: speaking once is
// the business of sale_said, not of the stream.
type Follower struct {
	service *Service
	streams Streams
	pause   time.Duration // after the first failure of an event; it doubles
}

// Follower makes the job that consumes event.<shard>.
func (s *Service) Follower(streams Streams) *Follower {
	return &Follower{service: s, streams: streams, pause: firstPause}
}

// Run implements shard.Job. It returns when the lease is lost or ctx ends.
func (f *Follower) Run(ctx context.Context, lease shard.Lease) error {
	at, err := f.service.loadCursor(ctx, lease.Shard)
	if err != nil {
		return err
	}
	from := func() time.Time {
		if at.IsZero() {
			return at
		}
		return at.Add(-again)
	}
	consumer, err := f.streams.ConsumeSince(ctx, stream.Event, stream.ConsumerName("sale", lease.Shard, lease.Epoch), fmt.Sprintf("event.%d", lease.Shard), from)
	if err != nil {
		return err
	}
	defer consumer.Close()
	noted, saved := at, time.Now()
	for ctx.Err() == nil {
		batch, err := consumer.Fetch(ctx, fetchFrames, idleWait)
		if err != nil {
			return err
		}
		for _, m := range batch {
			if err := f.frame(ctx, m.Data); err != nil {
				return err
			}
			if m.At.After(at) {
				at = m.At
			}
			if err := m.Ack(); err != nil {
				return err
			}
		}
		if at.After(noted) && time.Since(saved) >= f.service.cfg.CursorEvery {
			if err := f.service.saveCursor(ctx, lease, lease.Shard, at); err != nil {
				return err
			}
			noted, saved = at, time.Now()
		}
	}
	return nil
}

// marks are what the frames that matter hold. Most hold none: they are not even
// decoded, since every message of every company passes here.
var marks = [][]byte{
	[]byte(`"type":"` + event.OrderPlaced + `"`), []byte(`"type":"` + event.OrderPaid + `"`), []byte(`"type":"` + event.OrderUpdated + `"`),
	[]byte(`"type":"` + event.PaymentReady + `"`), []byte(`"type":"` + event.PaymentFailed + `"`),
	[]byte(`"kind":"` + string(message.Cart) + `"`), []byte(`"kind":"` + string(message.Invoice) + `"`), []byte(`"kind":"` + string(message.OrderNews) + `"`),
}

// frame follows the events of one frame, in their order.
func (f *Follower) frame(ctx context.Context, data []byte) error {
	if !slices.ContainsFunc(marks, func(mark []byte) bool { return bytes.Contains(data, mark) }) {
		return nil
	}
	var envelopes []event.Envelope
	if err := json.Unmarshal(data, &envelopes); err != nil {
		f.service.logger.ErrorContext(ctx, "a frame of events could not be read and is passed over", "error", err)
		return nil
	}
	for _, e := range latest(envelopes) {
		if err := f.insist(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// latest leaves of several events of one order the last: what is said follows
// from the order as it stands.
func latest(envelopes []event.Envelope) []event.Envelope {
	seen := map[string]bool{}
	var kept []event.Envelope
	for _, e := range slices.Backward(envelopes) {
		if key := orderIn(e); key != "" {
			if key = e.TenantID + key; seen[key] {
				continue
			}
			seen[key] = true
		}
		kept = append(kept, e)
	}
	slices.Reverse(kept)
	return kept
}

// orderIn gives the order that an event is about, empty for none.
func orderIn(e event.Envelope) string {
	switch e.Type {
	case event.OrderPlaced, event.OrderPaid, event.OrderUpdated, event.PaymentReady, event.PaymentFailed:
	default:
		return ""
	}
	var data struct {
		Order struct {
			ID string `json:"id"`
		} `json:"order"`
	}
	if json.Unmarshal(e.Data, &data) != nil {
		return ""
	}
	return data.Order.ID
}

// insist follows an event until it is done. One that fails again and again is
// put aside, so that it does not stop the others.
func (f *Follower) insist(ctx context.Context, e event.Envelope) error {
	pause := f.pause
	for try := 1; ; try++ {
		err := f.follow(ctx, e)
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		if _, level, stands := hold.Refused(err); stands && level == hold.Moved {
			return nil // it was followed before the company left
		}
		if fault.Is(err, fault.Unavailable) {
			// It is not the event's: all that come behind it would fare alike.
			try, pause = 0, min(pause, longestPause)
		} else if try == tries {
			f.service.logger.ErrorContext(ctx, "an event of the shop could not be followed and is put aside", "tenant", e.TenantID, "type", e.Type, "id", e.ID, "error", err)
			return f.bury(ctx, e, fault.MessageOf(err))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
		pause *= 2
	}
}

// follow takes a panic over an event for the failure that it is: the process
// would meet the same event again.
func (f *Follower) follow(ctx context.Context, e event.Envelope) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			f.service.logger.ErrorContext(ctx, "panic over an event", "id", e.ID, "cause", cause, "stack", string(debug.Stack()))
			err = fault.New(fault.Internal, "a defect of ours: %v", cause)
		}
	}()
	return f.service.Follow(ctx, e)
}

// bury keeps an event that could not be followed, for an operator to give back.
func (f *Follower) bury(ctx context.Context, e event.Envelope, why string) error {
	body, err := json.Marshal(e)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "an event could not be encoded")
	}
	letter := event.Raw{TenantID: e.TenantID, Channel: Letter, ReceivedMS: e.AtMS, Problem: why, Body: body}
	_, err = f.streams.Publish(ctx, deadSubject, event.AppendFrame(nil, []event.Raw{letter}))
	return err
}

// native reports whether a message is in a form that only its channel has.
func native(m conversation.Message) bool {
	switch bill, progress := m.Content.Bill, m.Content.Progress; m.Kind {
	case message.Invoice:
		return bill != nil && bill.Native
	case message.OrderNews:
		return progress != nil && progress.Native
	default:
		return false
	}
}

// Follow does what one event gives to do. It may be called any number of times.
func (s *Service) Follow(ctx context.Context, e event.Envelope) error {
	if orderID := orderIn(e); orderID != "" {
		return s.Tell(ctx, e.TenantID, orderID)
	}
	if e.Type != event.MessageCreated && e.Type != event.MessageUpdated {
		return nil
	}
	var data conversation.MessageEvent
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return fault.Wrap(err, fault.Internal, "an event of a message could not be read")
	}
	m := data.Message
	if m.Status == message.Failed && native(m) {
		return s.sayPlain(ctx, e.TenantID, m)
	}
	if e.Type != event.MessageCreated || m.Direction != message.In || m.Kind != message.Cart || m.Content.Order == nil || data.Conversation == nil {
		return nil
	}
	return s.takeIn(ctx, e.TenantID, *data.Conversation, m)
}
