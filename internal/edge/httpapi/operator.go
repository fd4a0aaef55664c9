package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/identity"
)

// Replay gives a quarantined piece back to the stream that it came from.
type Replay func(ctx context.Context, raw event.Raw) error

func (a *api) registerOperator() {
	handle(a, route{
		id: "list-quarantine", method: http.MethodGet, path: "/quarantine", tag: "operator", needs: identity.PlatformOperate,
		summary: "Pieces of webhooks that could not be routed or read and wait, newest first.",
	}, func(ctx context.Context, in *Paging) (*listing[channel.Quarantined], error) {
		return listed(a.deps.Channels.ListQuarantine(ctx, in.Cursor, in.Limit))
	})
	handle(a, route{
		id: "replay-quarantined", method: http.MethodPost, path: "/quarantine/{entry}/replay", tag: "operator", needs: identity.PlatformOperate, status: http.StatusNoContent,
		summary: "Try a piece again.",
	}, a.replayQuarantined)
	handle(a, route{
		id: "drop-quarantined", method: http.MethodPost, path: "/quarantine/{entry}/drop", tag: "operator", needs: identity.PlatformOperate, fresh: true, status: http.StatusNoContent,
		summary: "Set a piece aside.",
	}, a.dropQuarantined)
	handle(a, route{
		id: "list-dead-letters", method: http.MethodGet, path: "/dead-letters", tag: "operator", needs: identity.PlatformOperate,
		summary: "What consumers could not work on, newest first.",
	}, func(ctx context.Context, in *Paging) (*listing[Letter], error) {
		return listed(a.deps.Letters.List(ctx, in.Cursor, in.Limit))
	})
	handle(a, route{
		id: "replay-dead-letter", method: http.MethodPost, path: "/dead-letters/{letter}/replay", tag: "operator", needs: identity.PlatformOperate, status: http.StatusNoContent,
		summary: "Give a letter back to its consumer.",
	}, a.replayLetter)
	handle(a, route{
		id: "drop-dead-letter", method: http.MethodPost, path: "/dead-letters/{letter}/drop", tag: "operator", needs: identity.PlatformOperate, fresh: true, status: http.StatusNoContent,
		summary: "Forget a letter.",
	}, a.dropLetter)
}

type quarantineInput struct {
	Entry string `path:"entry" maxLength:"64"`
}

func (a *api) replayQuarantined(ctx context.Context, in *quarantineInput) (*struct{}, error) {
	raw, err := a.deps.Channels.TakeQuarantined(ctx, in.Entry, "replayed")
	if err != nil {
		return nil, err
	}
	if raw.TenantID == "" || raw.AccountID == "" {
		return nil, a.putBack(ctx, in.Entry, fault.Refuse("unrouted", "the piece names no account of ours: connect the number first"))
	}
	if err := a.deps.Replay(ctx, raw); err != nil {
		return nil, a.putBack(ctx, in.Entry, err)
	}
	a.note(ctx, "quarantine.replayed", in.Entry, nil)
	return nil, nil
}

// putBack lets a piece wait again whose replay failed; the failure is what the
// caller is told.
func (a *api) putBack(ctx context.Context, entryID string, failure error) error {
	if err := a.deps.Channels.ReturnQuarantined(context.WithoutCancel(ctx), entryID); err != nil {
		a.deps.Logger.ErrorContext(ctx, "a quarantined piece is marked as replayed and was not", "entry", entryID, "error", err)
	}
	return failure
}

func (a *api) dropQuarantined(ctx context.Context, in *quarantineInput) (*struct{}, error) {
	if _, err := a.deps.Channels.TakeQuarantined(ctx, in.Entry, "dropped"); err != nil {
		return nil, err
	}
	a.note(ctx, "quarantine.dropped", in.Entry, nil)
	return nil, nil
}

type letterInput struct {
	Letter string `path:"letter" maxLength:"64"`
}

func (a *api) replayLetter(ctx context.Context, in *letterInput) (*struct{}, error) {
	if err := a.deps.Letters.Replay(ctx, in.Letter); err != nil {
		return nil, err
	}
	a.note(ctx, "dead_letter.replayed", in.Letter, nil)
	return nil, nil
}

func (a *api) dropLetter(ctx context.Context, in *letterInput) (*struct{}, error) {
	if err := a.deps.Letters.Drop(ctx, in.Letter); err != nil {
		return nil, err
	}
	a.note(ctx, "dead_letter.dropped", in.Letter, nil)
	return nil, nil
}
