package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"prosa/internal/modules/audit"
	"prosa/internal/modules/identity"
)

func (a *api) registerArchive() {
	handle(a, route{
		id: "get-archive", method: http.MethodGet, path: "/archive", tag: "company", needs: identity.BillingManage, endless: true,
		summary: "All that the company has here, as a ZIP of JSON lines with a manifest; also for a company that is suspended or has ended.",
	}, a.getArchive)
}

type archiveInput struct {
	Files bool `query:"files" doc:"With the pictures and the files of messages."`
}

func (a *api) getArchive(ctx context.Context, in *archiveInput) (*huma.StreamResponse, error) {
	who := caller(ctx)
	by := audit.Entry{TenantID: who.TenantID(), Actor: who.Actor(), IP: who.ClientIP}
	name := who.Company.Slug + "-" + a.deps.Clock.Now().UTC().Format("2006-01-02") + ".zip"
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		request, writer := humago.Unwrap(ctx)
		// A server that can't bound a write has its own limits.
		_ = http.NewResponseController(writer).SetWriteDeadline(time.Now().Add(archiveTimeout))
		writer.Header().Set("Content-Type", "application/zip")
		writer.Header().Set("Content-Disposition", dispositionOf("attachment", name))
		writer.Header().Set("Cache-Control", "no-store")
		if err := a.deps.Archive.Write(request.Context(), by, in.Files, writer); err != nil {
			a.deps.Logger.WarnContext(request.Context(), "an archive of a company broke off", "company", by.TenantID, "error", err)
			panic(http.ErrAbortHandler) // half an archive must not look like a whole one
		}
	}}, nil
}

// archiveTimeout is for a whole company over a slow line.
const archiveTimeout = 2 * time.Hour
