package tenancy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/shard"
	"prosa/internal/platform/stream"
)

const (
	fetchFrames = 64
	idleWait    = time.Second
	// countPause lets messages gather, so that a busy shard is counted in few
	// transactions and the path of messages keeps the database.
	countPause = 500 * time.Millisecond
	// again is how far behind its place a follower begins: clocks differ, and a
	// frame may be stored a little before the one that was handed out before it.
	again       = 2 * time.Minute
	cursorEvery = 10 * time.Second
	forgetEvery = time.Hour
)

// Streams is what the follower asks of platform/stream.
type Streams interface {
	ConsumeSince(ctx context.Context, name, consumer, filter string, since func() time.Time) (*stream.Consumer, error)
	Publish(ctx context.Context, subject string, data []byte) (seq uint64, err error)
}

// Letter marks a dead letter of the follower, where others name a channel.
const Letter = "usage"

// deadSubject is where frames go that could not be read.
const deadSubject = "dead.usage"

// Fence is an owner's claim on its shard; shard.Lease is one.
type Fence interface {
	Fence(ctx context.Context, tx *database.Tx) error
}

// Follower counts what happened in a shard. It is a shard.Job. What it had not
// noted when it died it reads again, and counts once.
type Follower struct {
	service *Service
	streams Streams
	logger  *slog.Logger
}

// Follower makes the job that consumes event.<shard>.
func (s *Service) Follower(streams Streams, logger *slog.Logger) *Follower {
	return &Follower{s, streams, logger}
}

// Run implements shard.Job. It returns when the lease is lost, when the
// database is away, or when ctx ends.
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
	consumer, err := f.streams.ConsumeSince(ctx, stream.Event, stream.ConsumerName("usage", lease.Shard, lease.Epoch), fmt.Sprintf("event.%d", lease.Shard), from)
	if err != nil {
		return err
	}
	defer consumer.Close()
	noted, saved := at, time.Now()
	var forgot time.Time
	for ctx.Err() == nil {
		batch, err := consumer.Fetch(ctx, fetchFrames, idleWait)
		if err != nil {
			return err
		}
		frames := make([][]byte, len(batch))
		for i, m := range batch {
			frames[i] = m.Data
		}
		if err := f.Count(ctx, lease, frames); err != nil {
			return err
		}
		for _, m := range batch {
			if m.At.After(at) {
				at = m.At
			}
			if err := m.Ack(); err != nil {
				return err
			}
		}
		if at.After(noted) && time.Since(saved) >= cursorEvery {
			if err := f.service.saveCursor(ctx, lease, lease.Shard, at); err != nil {
				return err
			}
			noted, saved = at, time.Now()
		}
		if lease.Shard == 0 && time.Since(forgot) >= forgetEvery {
			if err := f.service.forget(ctx); err != nil {
				return err
			}
			forgot = time.Now()
		}
		if len(batch) > 0 && len(batch) < fetchFrames {
			select {
			case <-ctx.Done():
			case <-time.After(countPause):
			}
		}
	}
	return nil
}

// mark is what the frames that matter hold; others are not even decoded.
var mark = []byte(`"type":"` + event.MessageCreated + `"`)

// Count counts frames of events in one transaction. They may come any number of
// times and in any pieces.
func (f *Follower) Count(ctx context.Context, fence Fence, frames [][]byte) error {
	var messages []said
	var tenants []string
	for _, frame := range frames {
		if !bytes.Contains(frame, mark) {
			continue
		}
		var envelopes []event.Envelope
		if err := json.Unmarshal(frame, &envelopes); err != nil {
			f.logger.ErrorContext(ctx, "a frame of events could not be read and is put aside, not counted", "error", err)
			if err := f.bury(ctx, frame); err != nil {
				return err
			}
			continue
		}
		for _, e := range envelopes {
			if m, counts := saidIn(e); counts && checkID(m.tenantID) == nil {
				messages, tenants = append(messages, m), append(tenants, m.tenantID)
			}
		}
	}
	for len(messages) > 0 {
		slices.Sort(tenants)
		err := f.service.db.Write(ctx, database.Companies(slices.Compact(slices.Clone(tenants))), func(ctx context.Context, tx *database.Tx) error {
			if err := fence.Fence(ctx, tx); err != nil {
				return err
			}
			return f.service.count(ctx, tx, slices.Clone(messages))
		})
		companyID, level, stands := hold.Refused(err)
		if !stands || level != hold.Moved {
			return err
		}
		// It was counted before the company left; the others' go on.
		messages = slices.DeleteFunc(messages, func(m said) bool { return m.tenantID == companyID })
		tenants = slices.DeleteFunc(tenants, func(tenantID string) bool { return tenantID == companyID })
	}
	return nil
}

// bury keeps a frame that could not be read, for an operator to give back to a
// binary that can.
func (f *Follower) bury(ctx context.Context, frame []byte) error {
	letter := event.Raw{Channel: Letter, ReceivedMS: time.Now().UnixMilli(), Problem: "the frame of events is unreadable", Body: frame}
	_, err := f.streams.Publish(ctx, deadSubject, event.AppendFrame(nil, []event.Raw{letter}))
	return err
}

// Recount counts a frame that was put aside. Error: Refused ("unreadable") while
// it still can't be read.
func (s *Service) Recount(ctx context.Context, frame []byte) error {
	var envelopes []event.Envelope
	if err := json.Unmarshal(frame, &envelopes); err != nil {
		return fault.Refuse("unreadable", "the letter is no frame of events")
	}
	f := Follower{service: s}
	return f.Count(ctx, nobodys{}, [][]byte{frame})
}

// nobodys is the claim of who counts outside of a shard: each message is counted
// once, whoever counts it.
type nobodys struct{}

// Fence implements Fence.
func (nobodys) Fence(context.Context, *database.Tx) error { return nil }

func (s *Service) loadCursor(ctx context.Context, shard int) (at time.Time, err error) {
	err = s.db.Read(ctx, database.Platform("the events of a shard are of many companies"), func(ctx context.Context, tx *database.Tx) error {
		var ms int64
		err := tx.QueryRow(ctx, "SELECT at_ms FROM usage_cursor WHERE shard = $1", shard).Scan(&ms)
		if errors.Is(err, database.ErrNoRows) {
			return nil
		}
		at = time.UnixMilli(ms)
		return err
	})
	return at, err
}

func (s *Service) saveCursor(ctx context.Context, fence Fence, shard int, at time.Time) error {
	return s.db.Write(ctx, database.Platform("the events of a shard are of many companies"), func(ctx context.Context, tx *database.Tx) error {
		if err := fence.Fence(ctx, tx); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "INSERT INTO usage_cursor (shard, at_ms) VALUES ($1, $2) ON CONFLICT (shard) DO UPDATE SET at_ms = excluded.at_ms", shard, at.UnixMilli())
		return err
	})
}
