package httpapi

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/inbox"
)

// formOverhead is what a form adds to the file in it, in bytes.
const formOverhead = 64 << 10

func (a *api) registerMedia() {
	handle(a, route{
		id: "upload-media", method: http.MethodPost, path: "/media", tag: "media", needs: identity.InboxReply, status: http.StatusCreated,
		bodyMax: max(a.deps.UploadMax, 1<<20) + formOverhead, summary: "A file to be sent, in the form field file. The kind is read from its bytes.",
	}, a.uploadMedia)
	handle(a, route{
		id: "get-media", method: http.MethodGet, path: "/media/{message}", tag: "media", needs: identity.InboxRead, endless: true,
		summary: "The file of a message, whole or in ranges. What a browser could run is given as a download only.",
	}, a.getMedia)
}

type uploadInput struct {
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true"`
	}]
}

type uploadOutput struct{ Body inbox.Upload }

func (a *api) uploadMedia(ctx context.Context, in *uploadInput) (*uploadOutput, error) {
	who, file := caller(ctx), in.RawBody.Data().File
	upload, err := a.deps.Inbox.Upload(ctx, who.TenantID(), who.User.ID, inbox.File{Name: file.Filename, Claimed: file.ContentType, Content: file.File})
	// What a form spilled to disk goes with the request.
	return &uploadOutput{upload}, errors.Join(err, in.RawBody.Form.RemoveAll())
}

func (a *api) getMedia(ctx context.Context, in *messageInput) (*huma.StreamResponse, error) {
	who := caller(ctx)
	found, _, err := a.deps.Conversations.Message(ctx, who.TenantID(), in.Message, viewerOf(who))
	if err != nil {
		return nil, err
	}
	media := found.Content.Media
	if media == nil || found.DeletedMS > 0 {
		return nil, fault.New(fault.NotFound, "the message has no file")
	}
	if media.Blob == "" {
		return nil, &fault.Error{Code: fault.NotFound, Reason: "media_" + orPending(media.State), Message: "the file is not here"}
	}
	content, _, err := a.deps.Blobs.Open(ctx, who.TenantID(), media.Blob)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		defer content.Close() // it was only read
		request, writer := humago.Unwrap(ctx)
		// A server that can't bound a write has its own limits.
		_ = http.NewResponseController(writer).SetWriteDeadline(time.Now().Add(fileTimeout))
		serveMedia(writer, request, media, content)
	}}, nil
}

func orPending(state string) string {
	if state == "" {
		return "pending"
	}
	return state
}

// shown are the types that a browser draws without running anything; all else
// is a download of bytes.
var shown = map[string]bool{
	"image/jpeg": true, "image/png": true, "image/gif": true, "image/webp": true,
	"audio/aac": true, "audio/amr": true, "audio/mpeg": true, "audio/mp4": true, "audio/ogg": true, "audio/opus": true, "audio/wav": true, "audio/webm": true,
	"video/mp4": true, "video/3gpp": true, "video/webm": true,
}

// serveMedia writes a file that a stranger may have made.
func serveMedia(w http.ResponseWriter, r *http.Request, media *message.Media, content io.ReadSeeker) {
	kind, _, _ := strings.Cut(media.MIME, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	disposition := "inline"
	if !shown[kind] {
		kind, disposition = "application/octet-stream", "attachment"
	}
	header := w.Header()
	header.Set("Content-Type", kind)
	header.Set("Content-Disposition", dispositionOf(disposition, media.Name))
	header.Set("Cache-Control", "private, max-age=31536000, immutable") // a message's file never changes
	header.Set("Etag", `"`+media.Blob+`"`)
	http.ServeContent(w, r, "", time.Time{}, content)
}

// dispositionOf spells the header by RFC 6266; a name that can't be spelled is
// left out.
func dispositionOf(disposition, name string) string {
	if name == "" {
		return disposition
	}
	if spelled := mime.FormatMediaType(disposition, map[string]string{"filename": name}); spelled != "" {
		return spelled
	}
	return disposition
}
