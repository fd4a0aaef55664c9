package app

import (
	"context"
	"io"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/conversation"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/job"
)

// mediaFetch is the job that fetches a file that a customer sent. The message
// is visible at once, with a placeholder; this fills it in.
type mediaFetch struct {
	TenantID  string        `json:"tenant_id"`
	AccountID string        `json:"account_id"`
	MessageID string        `json:"message_id"`
	Media     message.Media `json:"media"`
}

// Kind implements job.Args.
func (mediaFetch) Kind() string { return "channel.fetch_media" }

// mediaQueue fills conversation.MediaQueue with durable jobs.
type mediaQueue struct{}

// Want implements conversation.MediaQueue.
func (mediaQueue) Want(ctx context.Context, tx *database.Tx, wanted []conversation.MediaWanted) error {
	for _, w := range wanted {
		if err := job.EnqueueWith(ctx, tx, mediaFetch{w.TenantID, w.AccountID, w.MessageID, w.Media}, job.Options{Unique: true}); err != nil {
			return err
		}
	}
	return nil
}

// mediaMax is the largest file that a platform lets a customer send.
const mediaMax = 100 << 20

func (h *house) fetchMedia(ctx context.Context, j job.Job[mediaFetch]) error {
	args := j.Args
	body, media, err := h.channel.Fetch(ctx, args.TenantID, args.AccountID, args.Media)
	switch {
	case fault.Is(err, fault.Refused), fault.Is(err, fault.NotFound):
		media.State = "failed" // it will never come
		return h.setMedia(ctx, args, media)
	case err != nil:
		return h.giveUp(ctx, j, err)
	}
	defer func() { _ = body.Close() }()
	ref, err := h.blobs.Put(ctx, args.TenantID, body, mediaMax)
	if err != nil {
		return h.giveUp(ctx, j, err)
	}
	media.Blob, media.Size, media.SHA256, media.State = ref.Hash, ref.Size, ref.Hash, "ready"
	return h.setMedia(ctx, args, media)
}

// giveUp passes the error on for another try, and marks the file as failed
// when this was the last.
func (h *house) giveUp(ctx context.Context, j job.Job[mediaFetch], cause error) error {
	if !j.Last {
		return cause
	}
	media := j.Args.Media
	media.State = "failed"
	if err := h.setMedia(ctx, j.Args, media); err != nil {
		return err
	}
	return job.Cancel(cause)
}

func (h *house) setMedia(ctx context.Context, args mediaFetch, media message.Media) error {
	return h.db.Write(ctx, database.Company(args.TenantID), func(ctx context.Context, tx *database.Tx) error {
		return h.conversation.SetMedia(ctx, tx, args.TenantID, args.MessageID, media)
	})
}

// outgoing gives adapters the bytes of a file of ours.
type outgoing struct{ store blob.Store }

// Open implements the adapters' Blobs.
func (o outgoing) Open(ctx context.Context, tenantID, key string) (io.ReadCloser, int64, error) {
	return o.store.Open(ctx, tenantID, key)
}
