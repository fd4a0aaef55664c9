package conversation

import (
	"context"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/platform/database"
)

// SayInput is the company's own word to a customer: what the house tells by
// itself, whoever owns the conversation.
type SayInput struct {
	TenantID       string
	ConversationID string
	// Key makes a repetition the same message.
	Key     string
	Content message.Content // of kind note: seen by the company's people only
	// Sender is the system, a bot, or the person who had it said.
	Sender Sender
	// Unsaid is the private note that is left in the thread when the message may
	// not leave now, so that nobody takes silence for an answer. Without it that
	// is an error.
	Unsaid string
}

// Say is SayIn in a transaction of its own.
func (s *Service) Say(ctx context.Context, in SayInput) (said Message, err error) {
	err = s.db.Write(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		said, err = s.SayIn(ctx, tx, in)
		return err
	})
	return said, err
}

// SayIn says the company's own word, once a key. It changes neither owner nor
// state, and a customer who waits for a person goes on waiting. A conversation
// that has ended passes the word on to the one that the customer is in now.
//
// Errors: NotFound, Refused "window_closed", "contact_blocked" or
// "company_suspended" without a note to leave, Invalid.
func (s *Service) SayIn(ctx context.Context, tx *database.Tx, in SayInput) (Message, error) {
	if err := in.check(); err != nil {
		return Message{}, err
	}
	if before, err := byClientKey(ctx, tx, in.TenantID, in.ConversationID, in.Key); err != nil || before != nil {
		return orNone(before), err
	}
	c, err := s.present(ctx, tx, in.TenantID, in.ConversationID)
	if err != nil {
		return Message{}, err
	}
	// Once more, now that nobody else can write into it.
	if before, err := byClientKey(ctx, tx, in.TenantID, c.ID, in.Key); err != nil || before != nil {
		return orNone(before), err
	}
	w := s.newWork(tx)
	e := w.take(c)
	m := &Message{Content: in.Content, Sender: in.Sender, ClientKey: in.Key}
	plainContent(&m.Content)
	_, refused := s.admit(c, in.TenantID, in.Content.Kind, false, tx.Now())
	if refused == nil {
		if refused = s.wanted(ctx, tx, in.TenantID, c.ContactID, in.Content); refused != nil && !fault.Is(refused, fault.Refused) {
			return Message{}, refused
		}
	}
	switch {
	case in.Content.Kind == message.Note:
		m.Direction, m.AtMS = message.Internal, w.now
		w.add(e, m)
	case refused == nil:
		w.send(e, m, "")
	case in.Unsaid == "":
		return Message{}, refused
	default:
		m.Direction, m.AtMS, m.Content = message.Internal, w.now, message.Content{Kind: message.Note, Text: plain(in.Unsaid)}
		w.add(e, m)
	}
	return *m, s.flush(ctx, tx, w)
}

func (in SayInput) check() error {
	if in.Key == "" || len(in.Key) > maxClientKey || database.Text(in.Key) != nil {
		return fault.OnField("key", "must be 1 to %d bytes of text", maxClientKey)
	}
	switch in.Sender.Kind {
	case fromBot, fromSystem, fromUser:
		return nil
	default:
		return fault.OnField("sender", "the company's word is said by the system, a bot or a person")
	}
}

func orNone(m *Message) Message {
	if m == nil {
		return Message{}
	}
	return *m
}

// present locks the conversation, or, when it has ended, the one that the same
// customer is in now on the same account.
func (s *Service) present(ctx context.Context, tx *database.Tx, tenantID, conversationID string) (*Conversation, error) {
	key := place{tenantID, conversationID}
	found, err := loadPlaces(ctx, tx, []place{key}, false)
	if err != nil {
		return nil, err
	}
	c := found[key]
	if c == nil {
		return nil, errAbsent()
	}
	if c.Live() {
		return lock(ctx, tx, tenantID, conversationID)
	}
	who := person{tenantID, c.AccountID, c.ContactID}
	latest, err := loadLatest(ctx, tx, []person{who})
	if err != nil || latest[who] == nil {
		return c, err
	}
	return latest[who], nil
}

// Spoken finds what a key made in a conversation; false when it made nothing.
// Error: fault.NotFound when the viewer sees no such conversation.
func (s *Service) Spoken(ctx context.Context, tenantID, conversationID string, by Viewer, key string) (m Message, ok bool, err error) {
	if _, err := s.Get(ctx, tenantID, conversationID, by); err != nil {
		return m, false, err
	}
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		before, err := byClientKey(ctx, tx, tenantID, conversationID, key)
		m, ok = orNone(before), before != nil
		return err
	})
	return m, ok, err
}

// Hold takes the conversation's row for the caller's transaction, or, when it
// has ended, that of the one in which SayIn would speak. Whoever also writes
// rows of other modules takes it first. Error: fault.NotFound.
func (s *Service) Hold(ctx context.Context, tx *database.Tx, tenantID, conversationID string) (Conversation, error) {
	c, err := s.present(ctx, tx, tenantID, conversationID)
	if err != nil {
		return Conversation{}, err
	}
	return *c, nil
}
