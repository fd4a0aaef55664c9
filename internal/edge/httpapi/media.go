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
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/inbox"
	"prosa/internal/modules/media"
)

// formOverhead is what a form adds to the file in it, in bytes.
const formOverhead = 64 << 10

func (a *api) registerMedia() {
	handle(a, route{
		id: "upload-media", method: http.MethodPost, path: "/media", tag: "media", needs: identity.InboxReply, status: http.StatusCreated,
		bodyMax: max(a.deps.UploadMax, 1<<20) + formOverhead, summary: "A file to be sent, in the form field file; with poster, a picture of a film's first moment. The kind is read from its bytes.",
	}, a.uploadMedia)
	handle(a, route{
		id: "list-media-limits", method: http.MethodGet, path: "/media/limits", tag: "media", needs: identity.InboxRead,
		summary: "What each channel takes of each kind of file.",
	}, a.listMediaLimits)
	handle(a, route{
		id: "get-media", method: http.MethodGet, path: "/media/{message}", tag: "media", needs: identity.InboxRead, endless: true,
		summary: "The file of a message, whole or in ranges. What a browser could run is given as a download only. Reasons: media_pending, media_failed.",
	}, a.getMedia)
	handle(a, route{
		id: "get-media-thumb", method: http.MethodGet, path: "/media/{message}/thumb", tag: "media", needs: identity.InboxRead, endless: true,
		summary: "A small JPEG of a message's picture, or of its film's first moment, where there is one.",
	}, a.getThumb)
	handle(a, route{
		id: "retry-media", method: http.MethodPost, path: "/media/{message}/retry", tag: "media", needs: identity.InboxReply, status: http.StatusAccepted,
		summary: "Fetch a customer's file again that was given up on. Reason: nothing_to_fetch.",
	}, a.retryMedia)
}

type uploadInput struct {
	RawBody huma.MultipartFormFiles[struct {
		File   huma.FormFile `form:"file" required:"true"`
		Poster huma.FormFile `form:"poster" required:"false"`
	}]
}

type uploadOutput struct{ Body inbox.Upload }

func (a *api) uploadMedia(ctx context.Context, in *uploadInput) (*uploadOutput, error) {
	who, form := caller(ctx), in.RawBody.Data()
	file := inbox.File{Name: form.File.Filename, Claimed: form.File.ContentType, Content: form.File.File}
	if form.Poster.IsSet {
		file.Poster = form.Poster.File
	}
	upload, err := a.deps.Inbox.Upload(ctx, who.TenantID(), who.User.ID, file)
	// What a form spilled to disk goes with the request.
	return &uploadOutput{upload}, errors.Join(err, in.RawBody.Form.RemoveAll())
}

// attached gives an upload as it goes out in a conversation. Errors: NotFound;
// Refused "media_type", "media_size" by the conversation's channel.
func (a *api) attached(ctx context.Context, who identity.Principal, conversationID string, wanted postMedia) (message.Kind, *message.Media, error) {
	upload, err := a.deps.Inbox.Uploaded(ctx, who.TenantID(), who.User.ID, wanted.Upload)
	if err != nil {
		return "", nil, err
	}
	home, err := a.deps.Conversations.Get(ctx, who.TenantID(), conversationID, viewerOf(who))
	if err != nil {
		return "", nil, err
	}
	return upload.For(home.Channel, wanted.Voice)
}

type mediaLimitsOutput struct {
	Body struct {
		Items []channelMediaLimits `json:"items" nullable:"false"`
	}
}

type channelMediaLimits struct {
	Channel message.Channel `json:"channel" enum:"whatsapp,telegram,messenger,instagram"`
	Kinds   []media.Limit   `json:"kinds" nullable:"false"`
}

func (a *api) listMediaLimits(context.Context, *struct{}) (*mediaLimitsOutput, error) {
	out := &mediaLimitsOutput{}
	for _, channel := range []message.Channel{message.WhatsApp, message.Telegram, message.Messenger, message.Instagram} {
		out.Body.Items = append(out.Body.Items, channelMediaLimits{channel, media.LimitsOf(channel, a.deps.UploadMax)})
	}
	return out, nil
}

type mediaInput struct {
	Message string `path:"message" maxLength:"64"`
	Item    int    `query:"item" minimum:"0" maximum:"20" doc:"Which file, from 0, of a message that holds several."`
}

// mediumOf gives the file of a message that the caller sees.
func (a *api) mediumOf(ctx context.Context, in *mediaInput) (*message.Media, conversation.Conversation, error) {
	who := caller(ctx)
	found, home, err := a.deps.Conversations.Message(ctx, who.TenantID(), in.Message, viewerOf(who))
	if err != nil {
		return nil, home, err
	}
	files := filesOf(found.Content)
	if found.DeletedMS > 0 || in.Item >= len(files) {
		return nil, home, fault.New(fault.NotFound, "the message has no file")
	}
	return files[in.Item], home, nil
}

// filesOf lists the files of a message, in the order in which they are shown.
func filesOf(c message.Content) (files []*message.Media) {
	if c.Media != nil {
		files = append(files, c.Media)
	}
	if c.Template != nil && c.Template.Header != nil {
		files = append(files, c.Template.Header)
	}
	for i := range c.Album {
		files = append(files, &c.Album[i])
	}
	for i := range c.Deck {
		if c.Deck[i].Media != nil {
			files = append(files, c.Deck[i].Media)
		}
	}
	return files
}

func (a *api) getMedia(ctx context.Context, in *mediaInput) (*huma.StreamResponse, error) {
	medium, _, err := a.mediumOf(ctx, in)
	if err != nil {
		return nil, err
	}
	if medium.Blob == "" {
		return nil, &fault.Error{Code: fault.NotFound, Reason: "media_" + orPending(medium.State), Message: "the file is not here"}
	}
	return a.stream(ctx, medium.Blob, medium.MIME, medium.Name)
}

func (a *api) getThumb(ctx context.Context, in *mediaInput) (*huma.StreamResponse, error) {
	medium, _, err := a.mediumOf(ctx, in)
	if err != nil {
		return nil, err
	}
	if medium.Thumb == "" {
		return nil, fault.New(fault.NotFound, "there is no small picture of this")
	}
	return a.stream(ctx, medium.Thumb, "image/jpeg", "")
}

func (a *api) retryMedia(ctx context.Context, in *MessagePath) (*struct{}, error) {
	medium, home, err := a.mediumOf(ctx, &mediaInput{Message: in.Message})
	if err != nil {
		return nil, err
	}
	return nil, a.deps.Media.Retry(ctx, media.Wanted{TenantID: caller(ctx).TenantID(), AccountID: home.AccountID, MessageID: in.Message, Media: *medium})
}

// stream answers with a blob of the caller's company.
func (a *api) stream(ctx context.Context, hash, kind, name string) (*huma.StreamResponse, error) {
	content, _, err := a.deps.Blobs.Open(ctx, caller(ctx).TenantID(), hash)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		defer content.Close() // it was only read
		request, writer := humago.Unwrap(ctx)
		// A server that can't bound a write has its own limits.
		_ = http.NewResponseController(writer).SetWriteDeadline(time.Now().Add(fileTimeout))
		serveMedia(writer, request, served{hash: hash, kind: kind, name: name}, content)
	}}, nil
}

// served is what a browser is told of a blob.
type served struct{ hash, kind, name string }

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

// serveMedia writes a file that a stranger may have made. Should a browser take
// it for a page in spite of its type, the page can do nothing.
func serveMedia(w http.ResponseWriter, r *http.Request, f served, content io.ReadSeeker) {
	kind, _, _ := strings.Cut(f.kind, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	disposition := "inline"
	if !shown[kind] {
		kind, disposition = media.Download, "attachment"
	}
	header := w.Header()
	header.Set("Content-Type", kind)
	header.Set("Content-Disposition", dispositionOf(disposition, f.name))
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cache-Control", "private, max-age=31536000, immutable") // a message's file never changes
	header.Set("Etag", `"`+f.hash+`"`)
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
