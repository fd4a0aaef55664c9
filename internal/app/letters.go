package app

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"prosa/internal/base/fault"
	"prosa/internal/base/page"
	"prosa/internal/edge/httpapi"
	"prosa/internal/event"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/sale"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/stream"
)

// letters shows operators the DEAD stream: what consumers could not work on.
type letters struct {
	streams *stream.Stream
	replay  httpapi.Replay
}

// List implements httpapi.Letters, newest first. A letter's id is its sequence
// on the stream.
func (l letters) List(ctx context.Context, cursor string, limit int) (list page.List[httpapi.Letter], err error) {
	list.Items = []httpapi.Letter{}
	var before uint64
	if _, err := page.Decode(cursor, &before); err != nil {
		return list, err
	}
	state, err := l.streams.State(ctx, stream.Dead)
	if err != nil || state.Messages == 0 {
		return list, err
	}
	if before == 0 {
		before = state.Last + 1
	}
	size := page.Size(limit)
	var all []httpapi.Letter
	err = l.streams.Each(ctx, stream.Dead, state.First, before-1, func(seq uint64, subject string, data []byte) error {
		all = append(all, letterOf(seq, subject, data))
		return nil
	})
	if err != nil {
		return list, err
	}
	slices.Reverse(all)
	if len(all) > size {
		all = all[:size]
		last, err := strconv.ParseUint(all[size-1].ID, 10, 64)
		if err != nil {
			return list, fault.Wrap(err, fault.Internal, "a letter's id is no number")
		}
		list.Next = page.Encode(last)
	}
	list.Items = append(list.Items, all...)
	return list, nil
}

func letterOf(seq uint64, subject string, data []byte) httpapi.Letter {
	letter := httpapi.Letter{ID: strconv.FormatUint(seq, 10), Consumer: strings.TrimPrefix(subject, "dead."), Body: shown(data)}
	raws, err := event.ReadFrame(data)
	if err == nil && len(raws) > 0 {
		letter.Reason, letter.AtMS, letter.Body = raws[0].Problem, raws[0].ReceivedMS, shown(raws[0].Body)
	}
	return letter
}

func shown(body []byte) string {
	if utf8.Valid(body) {
		return string(body)
	}
	return base64.StdEncoding.EncodeToString(body)
}

// Replay implements httpapi.Letters: the pieces go back to where they came
// from, then the letter is forgotten.
func (l letters) Replay(ctx context.Context, letterID string) error {
	seq, data, err := l.read(ctx, letterID)
	if err != nil {
		return err
	}
	raws, err := event.ReadFrame(data)
	if err != nil {
		return fault.Refuse("unreadable", "the letter is not a frame that can be given back")
	}
	for _, raw := range raws {
		raw.Problem = ""
		if err := l.replay(ctx, raw); err != nil {
			return err
		}
	}
	return l.streams.Delete(ctx, stream.Dead, seq)
}

// Drop implements httpapi.Letters.
func (l letters) Drop(ctx context.Context, letterID string) error {
	seq, _, err := l.read(ctx, letterID)
	if err != nil {
		return err
	}
	return l.streams.Delete(ctx, stream.Dead, seq)
}

func (l letters) read(ctx context.Context, letterID string) (seq uint64, data []byte, err error) {
	absent := fault.New(fault.NotFound, "no such letter")
	seq, parse := strconv.ParseUint(letterID, 10, 64)
	if parse != nil {
		return 0, nil, absent
	}
	found := errors.New("found")
	err = l.streams.Each(ctx, stream.Dead, seq, seq, func(at uint64, _ string, body []byte) error {
		if at != seq {
			return absent
		}
		data = slices.Clone(body)
		return found
	})
	switch {
	case errors.Is(err, found):
		return seq, data, nil
	case err != nil:
		return 0, nil, err
	default:
		return 0, nil, absent
	}
}

// replay gives a piece back to the shard of its account, and an event to who
// follows it.
func (h *house) replay(ctx context.Context, raw event.Raw) error {
	raw.Problem = ""
	if raw.Channel == sale.Letter {
		return h.followAgain(ctx, raw.Body)
	}
	if raw.Channel == tenancy.Letter {
		return h.tenancy.Recount(ctx, raw.Body)
	}
	subject := conversation.Subject(channel.Shard(raw.AccountID, "", h.cfg.Shards.Count))
	_, err := h.streams.Publish(ctx, subject, event.AppendFrame(nil, []event.Raw{raw}))
	return err
}
