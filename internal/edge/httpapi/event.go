package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"prosa/internal/edge/realtime"
	"prosa/internal/modules/identity"
)

func (a *api) registerEvent() {
	handle(a, route{
		id: "stream-events", method: http.MethodGet, path: "/events", tag: "event", needs: identity.InboxRead, endless: true,
		summary: "Live updates as server-sent events (text/event-stream): hello, the types of internal/event, resync, bye.",
	}, a.streamEvents)
}

type eventsInput struct {
	LastEventID string `header:"Last-Event-ID" maxLength:"100" doc:"Id of the last event that was seen."`
	Last        string `query:"last" maxLength:"100" doc:"The same, for the first connection of a page."`
}

func (a *api) streamEvents(ctx context.Context, in *eventsInput) (*huma.StreamResponse, error) {
	viewer := realtime.Viewer{Principal: caller(ctx)}
	lastID := in.LastEventID
	if lastID == "" {
		lastID = in.Last
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		request, writer := humago.Unwrap(ctx)
		viewer.Check = func(checkCtx context.Context) (identity.Principal, error) {
			return a.authenticate(request.WithContext(checkCtx))
		}
		if err := a.deps.Live.Serve(writer, request, viewer, lastID); err != nil {
			writeProblem(writer, request, err)
		}
	}}, nil
}
