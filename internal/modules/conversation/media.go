package conversation

import (
	"context"

	"prosa/internal/message"
	"prosa/internal/platform/database"
)

// wantMedia has the files of a message fetched, where it has some.
func (b *batch) wantMedia(e *entry, m *Message) {
	for _, file := range remoteFiles(&m.Content) {
		b.media = append(b.media, MediaWanted{e.TenantID, e.AccountID, m.ID, *file})
	}
}

// SetMedia writes what became of a file that came from a platform: fetched, or
// given up on. A file that an edit has put another in the place of is forgotten.
// Error: fault.NotFound.
func (s *Service) SetMedia(ctx context.Context, tx *database.Tx, tenantID, messageID string, media message.Media) error {
	m, err := loadMessage(ctx, tx, tenantID, messageID)
	if err != nil {
		return err
	}
	c, err := lock(ctx, tx, tenantID, m.ConversationID)
	if err != nil {
		return err
	}
	taken := false
	for _, file := range remoteFiles(&m.Content) {
		if file.Remote == media.Remote {
			*file, taken = media, true
		}
	}
	if !taken {
		return nil
	}
	w := s.newWork(tx)
	w.touch(w.take(c), m)
	return s.flush(ctx, tx, w)
}

// remoteFiles are the files of a content that lie at its platform.
func remoteFiles(c *message.Content) (files []*message.Media) {
	if c.Media != nil && c.Media.Remote != "" {
		files = append(files, c.Media)
	}
	for n := range c.Album {
		if c.Album[n].Remote != "" {
			files = append(files, &c.Album[n])
		}
	}
	return files
}
