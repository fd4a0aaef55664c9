package conversation

import (
	"context"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

func picture(remote string) message.Content {
	return message.Content{Kind: message.Image, Media: &message.Media{Remote: remote, State: "pending"}}
}

func (h *house) fetched(messageID, remote string) {
	h.t.Helper()
	h.writeTx(func(ctx context.Context, tx *database.Tx) error {
		return h.SetMedia(ctx, tx, h.company, messageID, message.Media{Remote: remote, Blob: "blob_" + remote, State: "ready"})
	})
}

func (h *house) remotes() (list []string) {
	for _, w := range h.wanted {
		list = append(list, w.Media.Remote)
	}
	h.wanted = nil
	return list
}

func TestAFileThatTookThePlaceOfAnotherIsFetchedToo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		first := h.from(1, channel.Inbound{Key: "m1", Content: picture("one")})
		h.deliver(first)
		c := h.only()
		id := h.thread(c.ID)[0].ID
		h.remotes()
		edit := func(key, words, remote string) {
			content := picture(remote)
			content.Text = words
			h.clock.Advance(time.Second)
			h.deliver(h.from(1, channel.Inbound{Kind: channel.InEdit, Key: key, Target: "m1", Content: content}))
		}
		edit("e", "new words", "one")
		if got := h.remotes(); got != nil {
			t.Errorf("new words fetched %v", got)
		}
		edit("e2", "", "two")
		if got := h.remotes(); len(got) != 1 || got[0] != "two" {
			t.Fatalf("fetched %v", got)
		}
		// The job of the first file was under way: it has lost its place.
		h.fetched(id, "two")
		h.fetched(id, "one")
		if m := h.thread(c.ID)[0]; m.Content.Media.Remote != "two" || m.Content.Media.Blob != "blob_two" {
			t.Errorf("%+v", m.Content.Media)
		}
		h.writeTx(func(ctx context.Context, tx *database.Tx) error {
			if err := h.SetMedia(ctx, tx, h.company, "msg_none", message.Media{Remote: "one"}); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			return nil
		})
	})
}

func TestTheFilesOfAnAlbumFromThePlatformsAppAreFetched(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.deliver(h.says(1, "oi"))
		album := message.Content{Kind: message.Album, Album: []message.Media{{Remote: "a", State: "pending"}, {Remote: "b", State: "pending"}}}
		h.deliver(h.from(1, channel.Inbound{Kind: channel.InEcho, ExternalID: "x", Content: album}))
		if got := h.remotes(); len(got) != 2 || got[0] != "a" || got[1] != "b" {
			t.Fatalf("fetched %v", got)
		}
		c := h.only()
		at := -1
		list := h.thread(c.ID)
		for n := range list {
			if list[n].Kind == message.Album {
				at = n
			}
		}
		h.fetched(list[at].ID, "b")
		files := h.thread(c.ID)[at].Content
		if files.Media != nil || files.Album[0].State != "pending" || files.Album[1].Blob != "blob_b" {
			t.Errorf("%+v", files)
		}
	})
}
