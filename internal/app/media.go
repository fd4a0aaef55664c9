package app

import (
	"context"
	"io"

	"prosa/internal/modules/conversation"
	"prosa/internal/modules/media"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
)

// mediaQueue fills conversation.MediaQueue with the jobs of media.
type mediaQueue struct{ media *media.Service }

// Want implements conversation.MediaQueue.
func (q mediaQueue) Want(ctx context.Context, tx *database.Tx, wanted []conversation.MediaWanted) error {
	for _, w := range wanted {
		if err := q.media.Want(ctx, tx, media.Wanted{TenantID: w.TenantID, AccountID: w.AccountID, MessageID: w.MessageID, Media: w.Media}); err != nil {
			return err
		}
	}
	return nil
}

// joinMedia makes what fetches files; it is bound to channels and messages once
// they are there.
func (h *house) joinMedia() {
	h.media = media.New(h.cfg.Media, media.Deps{DB: h.db, Blobs: h.blobs, Clock: h.clock, Logger: h.logger, Locale: h.locales.of})
}

// companies lists all companies, for what looks after each of them.
func (h *house) companies(ctx context.Context) (list []string, err error) {
	for cursor := ""; ; {
		page, err := h.tenancy.List(ctx, cursor, 0)
		if err != nil {
			return nil, err
		}
		for _, company := range page.Items {
			list = append(list, company.ID)
		}
		if cursor = page.Next; cursor == "" {
			return list, nil
		}
	}
}

// outgoing gives adapters the bytes of a file of ours.
type outgoing struct{ store blob.Store }

// Open implements the adapters' Blobs.
func (o outgoing) Open(ctx context.Context, tenantID, key string) (io.ReadCloser, int64, error) {
	return o.store.Open(ctx, tenantID, key)
}
