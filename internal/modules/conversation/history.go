package conversation

import (
	"context"

	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

// What was said before an account was connected (coexistence import) comes in
// pieces that need not be in order. It is kept in one conversation a customer
// and account that was over before it began: it is read, never answered, counts
// as unread for nobody, opens no window and tells no event. Its messages are
// numbered by their time, so that the thread is in order however they came.

// pastSeq is how many numbers a millisecond of the past has.
const pastSeq = 1000

// loadPasts reads the conversations of the past of these people, for change.
func loadPasts(ctx context.Context, tx *database.Tx, people []person) (map[person]*Conversation, error) {
	found := make(map[person]*Conversation, len(people))
	if len(people) == 0 {
		return found, nil
	}
	err := loadPeople(ctx, tx, people, found, `SELECT `+conversationColumns+` FROM conversation
		WHERE tenant_id = $1 AND account_id = $2 AND contact_id = $3 AND past ORDER BY id LIMIT 1`+tx.ForUpdate())
	return found, err
}

// recall puts what was said before into its place.
func (b *batch) recall(ctx context.Context, p person, i *item) error {
	e := b.pasts[p]
	if e == nil {
		c := &Conversation{
			TenantID: p.tenant, AccountID: p.account, Channel: i.account.Channel, ContactID: p.contact, ContactName: i.known.Name,
			Blocked: i.known.Blocked, Shard: b.shard, Addresses: i.in.From, Past: true,
		}
		e = b.create(c)
		e.quiet, c.LastMS = true, 0
		b.pasts[p] = e
		if err := b.move(e, b.byCustomer(Change{To: Resolved}, i)); err != nil {
			return err
		}
	}
	if b.byID[e.ID] == nil {
		b.byID[e.ID] = e
		b.entries = append(b.entries, e)
	}
	plainContent(&i.in.Content)
	at := b.clamp(i.at())
	seq, err := b.pastNumber(ctx, e, at)
	if err != nil {
		return err
	}
	m := &Message{
		ID: i.messageID, Direction: message.In, Content: i.in.Content, Sender: Sender{Kind: fromCustomer, ID: e.ContactID, Name: e.ContactName},
		Status: message.Delivered, ExternalID: plain(i.in.ExternalID), AtMS: at, Seq: seq,
	}
	if i.in.Kind == channel.InEcho {
		m.Direction, m.Status, m.SentMS, m.Sender = message.Out, message.Sent, at, Sender{Kind: fromUser}
	}
	if i.in.QuotedID != "" {
		if m.QuotedID = b.quotes[i.target(i.in.QuotedID)]; m.QuotedID == "" {
			m.QuotedID = plain(i.in.QuotedID)
		}
	}
	b.store(e, m)
	if seq > e.Seq {
		e.Seq = seq
		e.Preview = message.Preview(m.Content, b.locale(e.TenantID))
		e.PreviewKind, e.PreviewBy = m.Content.Kind, m.Direction
	}
	e.LastMS, e.ResolvedMS = max(e.LastMS, at), max(e.LastMS, at)
	b.wantMedia(e, m)
	return nil
}

// pastNumber gives the next free number at a time.
func (b *batch) pastNumber(ctx context.Context, e *entry, atMS int64) (seq int64, err error) {
	seq = atMS * pastSeq
	if !e.fresh {
		err = b.tx.QueryRow(ctx, `SELECT COALESCE(MAX(seq) + 1, $3) FROM message WHERE tenant_id = $1 AND conversation_id = $2 AND seq >= $3 AND seq < $4`,
			e.TenantID, e.ID, seq, seq+pastSeq).Scan(&seq)
	}
	for _, m := range e.added {
		if m.Seq/pastSeq == atMS && m.Seq >= seq {
			seq = m.Seq + 1
		}
	}
	return seq, err
}
