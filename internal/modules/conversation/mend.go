package conversation

import (
	"context"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/message/ability"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

// What a person does to a message that stands: react to it, change its words,
// take it back. Each is a message of ours to the platform that points to the
// other one (QuotedID, Content.Target), and changes that one once the platform
// has accepted it: the thread shows what the customer sees.

// maxEmoji bounds a reaction, in bytes: an emoji of a family with skin colours is
// about 40.
const maxEmoji = 64

// Mending is a person's wish about one message.
type Mending struct {
	TenantID  string
	MessageID string
	By        Viewer
	// ClientKey makes a repeated request the same wish.
	ClientKey string
}

// React reacts to a message, or takes the company's reaction back with an empty
// emoji. Errors: NotFound; Refused "not_owner", "resolved", "not_there", a
// window's or the channel's reason.
func (s *Service) React(ctx context.Context, in Mending, emoji string) (Message, error) {
	if len(emoji) > maxEmoji || database.Text(emoji) != nil || strings.ContainsAny(emoji, " \n") {
		return Message{}, fault.OnField("emoji", "one emoji, or none")
	}
	return s.mendMessage(ctx, in, message.Content{Kind: message.Emoji, Text: emoji}, func(*Conversation, *Message, int64) error { return nil })
}

// Edit gives one's own message other words. Errors: as React, and Refused
// "not_yours", "not_text", "too_long".
func (s *Service) Edit(ctx context.Context, in Mending, text string) (Message, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "" || database.Text(text) != nil:
		return Message{}, fault.OnField("text", "write something first")
	case utf8.RuneCountInString(text) > MaxText:
		return Message{}, fault.OnField("text", "at most %d characters", MaxText)
	}
	return s.mendMessage(ctx, in, message.Content{Kind: message.Amendment, Text: text}, func(c *Conversation, m *Message, _ int64) error {
		limit := message.LimitsOf(c.Channel).Text
		switch {
		case m.Kind != message.Text && m.Content.Media == nil:
			return fault.Refuse("not_text", "only the words of a text or under a file can be changed")
		case m.Content.Media != nil:
			limit = message.LimitsOf(c.Channel).Caption
		case len(message.Split(m.Content.Text, c.Channel)) > 1:
			return fault.Refuse("too_long", "this message left in several parts and can't be changed")
		}
		if !limit.Fits(text) {
			return fault.Refuse("too_long", "the changed text has to fit into one message")
		}
		return in.own(m)
	})
}

// Withdraw takes one's own message back. Errors: as React, and Refused
// "not_yours", "too_old".
func (s *Service) Withdraw(ctx context.Context, in Mending) (Message, error) {
	return s.mendMessage(ctx, in, message.Content{Kind: message.Withdrawal}, func(c *Conversation, m *Message, nowMS int64) error {
		if c.Channel == message.Telegram && nowMS-m.SentMS > ability.WithdrawWithin.Milliseconds() {
			return fault.Refuse("too_old", "a message can be taken back within 48 hours")
		}
		return in.own(m)
	})
}

// own lets people change what they wrote themselves, and who oversees what the
// company wrote.
func (in Mending) own(m *Message) error {
	switch {
	case m.Direction != message.Out:
		return fault.Refuse("not_yours", "only what the company sent can be changed")
	case m.Sender.Kind == fromUser && m.Sender.ID == in.By.UserID, in.By.oversees():
		return nil
	default:
		return fault.Refuse("not_yours", "%s wrote this message", m.Sender.Name)
	}
}

func (s *Service) mendMessage(ctx context.Context, in Mending, content message.Content, allowed func(c *Conversation, m *Message, nowMS int64) error) (Message, error) {
	about, _, err := s.Message(ctx, in.TenantID, in.MessageID, in.By)
	if err != nil {
		return Message{}, err
	}
	content.Target = about.ExternalID
	wish := ReplyInput{TenantID: in.TenantID, ConversationID: about.ConversationID, By: in.By, ClientKey: in.ClientKey, Content: content, QuoteID: about.ID}
	return s.write(ctx, wish, func(ctx context.Context, tx *database.Tx, w *work, e *entry) (*Message, error) {
		m, err := loadMessage(ctx, tx, in.TenantID, in.MessageID)
		if err != nil {
			return nil, err
		}
		switch {
		case e.State == Resolved:
			return nil, fault.Refuse("resolved", "the conversation has ended; reopen it first")
		case m.ExternalID == "" || m.DeletedMS != 0 || m.Direction == message.Internal || m.alters():
			return nil, fault.Refuse("not_there", "the customer does not see this message")
		}
		if err := mayTouch(in.By, e.Conversation); err != nil {
			return nil, err
		}
		if err := allowed(e.Conversation, m, tx.Now()); err != nil {
			return nil, err
		}
		if _, err := s.admit(e.Conversation, e.TenantID, content.Kind, true, tx.Now()); err != nil {
			return nil, err
		}
		content.Target = m.ExternalID
		if err := s.carried(e.Conversation, content, ""); err != nil {
			return nil, err
		}
		done := &Message{Content: content, Sender: in.By.sender(), ClientKey: in.ClientKey, QuotedID: m.ID}
		w.send(e, done, "")
		return done, nil
	})
}

// carried asks the channel whether it can carry a person's message at all, so
// that a refusal is said before anything is stored. Errors: the channel's, a
// sentence for an attendant.
func (s *Service) carried(c *Conversation, content message.Content, quote string) error {
	adapter, ok := s.directory.Adapter(c.Channel)
	if !ok {
		return nil // the delivery says so
	}
	_, err := adapter.Render(channel.Outbound{
		To: c.Addresses, Content: content, QuoteID: quote, Ours: "dlv_00000000000000000000000000", Human: true, Language: s.locale(c.TenantID),
	})
	if err != nil && !fault.Is(err, fault.Refused) && !fault.Is(err, fault.Invalid) {
		return nil
	}
	return err
}

// mend changes the messages that ours are about which the platform has just
// accepted.
func (s *Service) mend(ctx context.Context, tx *database.Tx, moved []*settled) error {
	var wanted []place
	for _, m := range moved {
		if m.landed && m.alters() {
			wanted = append(wanted, place{m.TenantID, m.QuotedID})
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	about, err := loadMessages(ctx, tx, wanted)
	if err != nil {
		return err
	}
	var homes []place
	for _, m := range about {
		homes = append(homes, place{m.TenantID, m.ConversationID})
	}
	found, err := loadPlaces(ctx, tx, homes, true)
	if err != nil {
		return err
	}
	w := s.newWork(tx)
	for _, m := range moved {
		target := about[place{m.TenantID, m.QuotedID}]
		if !m.landed || !m.alters() || target == nil {
			continue
		}
		var content message.Content
		if err := json.Unmarshal([]byte(m.stored), &content); err != nil {
			return fault.Wrap(err, fault.Internal, "the content of message "+m.ID+" is unreadable")
		}
		e := w.take(found[place{target.TenantID, target.ConversationID}])
		switch content.Kind {
		case message.Emoji:
			target.react(reactedCompany, content.Text, m.CreatedMS)
		case message.Amendment:
			after := target.Content
			after.Text = content.Text
			w.amend(e, target, after, m.CreatedMS)
		case message.Withdrawal:
			w.withdraw(e, target, m.CreatedMS)
		}
		w.touch(e, target)
	}
	return s.flush(ctx, tx, w)
}

// react sets or takes back a reaction, and reports whether anything changed. The
// latest by the platform's clock stands; of two at the same time, which is a
// second on some platforms, the one that came last.
func (m *Message) react(who, emoji string, atMS int64) bool {
	if atMS < m.reacted[who].AtMS {
		return false
	}
	changed := emoji != m.Reactions[who] || atMS != m.reacted[who].AtMS
	if m.reacted == nil {
		m.reacted = map[string]lastEmoji{}
	}
	m.reacted[who] = lastEmoji{emoji, atMS}
	m.shows(who, emoji)
	return changed
}

// shows puts a reaction where people see it, or takes it away.
func (m *Message) shows(who, emoji string) {
	if m.Reactions == nil {
		m.Reactions = map[string]string{}
	}
	if m.Reactions[who] = emoji; emoji == "" {
		delete(m.Reactions, who)
	}
}
