package conversation

import (
	"context"

	"prosa/internal/message"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
)

// gathering is an album on its way to a bot: its files come as several messages,
// and the bot answers all of them in one turn, some time after the last.
type gathering struct {
	key   string // Media.Album
	seq   int64  // number of its first message
	dueMS int64  // when the bot gets its turn; 0 when it has had it
}

// albumOf gives the album that a content is part of, empty for none.
func albumOf(c message.Content) string {
	if c.Media == nil {
		return ""
	}
	return c.Media.Album
}

// collect lets the bot wait for the rest of an album that the message is part
// of. It reports false for a message that is part of none.
func (b *batch) collect(e *entry, m *Message) bool {
	key := albumOf(m.Content)
	wait := b.s.cfg.GatherAlbum.Milliseconds()
	if key == "" || wait == 0 {
		return false
	}
	switch {
	case e.Gather.key != key:
		e.Gather = gathering{key: key, seq: m.Seq, dueMS: b.now + wait}
	case e.Gather.dueMS > 0:
		e.Gather.dueMS = b.now + wait
	default:
		// The bot has answered this album: a file that comes so late is only stored.
	}
	e.dirty = true
	return true
}

// gathered gives the turn of the album that the conversation's bot waits for,
// when something else was said meanwhile: first things first.
func (b *batch) gathered(ctx context.Context, p person, i *item) (*TurnRequest, error) {
	e := b.latest[p]
	if e == nil || e.Gather.dueMS == 0 || i.quiet() || !i.speaks() || albumOf(i.in.Content) == e.Gather.key {
		return nil, nil
	}
	if e.Owner.Kind != Bot || e.held() {
		return nil, nil
	}
	b.adopt(e)
	request, err := albumTurn(ctx, b.tx, e)
	if err != nil || request == nil {
		return nil, err
	}
	request.Contact = i.facts()
	return request, nil
}

// albumTurn makes one turn of all files of the gathered album: the first
// message, with the caption of whichever has one, and the files.
func albumTurn(ctx context.Context, tx *database.Tx, e *entry) (*TurnRequest, error) {
	rows, err := tx.Query(ctx, `SELECT `+messageColumns+` FROM message
		WHERE tenant_id = $1 AND conversation_id = $2 AND seq >= $3 AND direction = 'in' ORDER BY seq LIMIT 50`, e.TenantID, e.ID, e.Gather.seq)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var files []*Message
	for rows.Next() {
		m, err := scanMessage(rows)
		if err != nil {
			return nil, err
		}
		files = append(files, m)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	key := e.Gather.key
	e.Gather.dueMS, e.dirty = 0, true
	var first *Message
	for _, m := range append(files, e.added...) {
		if m.Direction != message.In || albumOf(m.Content) != key {
			continue
		}
		if first == nil {
			copied := *m
			first = &copied
		} else if first.Content.Text == "" {
			first.Content.Text = m.Content.Text
		}
		first.Content.Album = append(first.Content.Album, *m.Content.Media)
	}
	if first == nil {
		return nil, nil
	}
	return &TurnRequest{
		TenantID: e.TenantID, ConversationID: e.ID, BotID: e.Owner.ID, Channel: e.Channel, AccountID: e.AccountID, Cause: CustomerWrote,
		MessageID: first.ID, Content: first.Content, AtMS: first.AtMS, New: first.Seq == 1,
	}, nil
}

// answerAlbums gives bots their turns on albums that are complete: nothing more
// came for a while.
func (s *Service) answerAlbums(ctx context.Context, fence Fence, shard int) error {
	const due = `SELECT tenant_id, id FROM conversation WHERE shard = $1 AND gather_ms > 0 AND gather_ms <= $2
		AND ` + hold.Out + ` ORDER BY gather_ms LIMIT $3`
	return s.serveDue(ctx, fence, shard, due, func(ctx context.Context, tx *database.Tx, w *work, c *Conversation) error {
		if c.Gather.dueMS == 0 || c.Gather.dueMS > tx.Now() {
			return nil
		}
		e := w.take(c)
		if c.Owner.Kind != Bot || c.held() {
			e.Gather.dueMS, e.dirty = 0, true
			return nil
		}
		request, err := albumTurn(ctx, tx, e)
		if err == nil && request != nil {
			err = s.turn(ctx, tx, w, e, *request)
		}
		return err
	})
}
