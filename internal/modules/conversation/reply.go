package conversation

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

// Limits of what a person may write.
const (
	MaxText      = 20_000 // characters; a long text leaves in several messages
	maxClientKey = 100    // bytes
)

// ReplyInput is a person's message to the customer.
type ReplyInput struct {
	TenantID       string
	ConversationID string
	By             Viewer
	// ClientKey makes a repeated request the same message.
	ClientKey string
	Content   message.Content
	// QuoteID is our id of the message that this one answers.
	QuoteID string
	// Template takes the place of Content: it is filled in when it is sent.
	Template *TemplateAsk
}

// Reply sends a person's message. A conversation that nobody or a bot owns
// becomes theirs; the customer no longer waits. The same ClientKey with the
// same content gives the same message again.
//
// Errors: Refused "not_owner" when another person has it, "resolved",
// "window_closed", "contact_blocked"; Conflict "key_reused" for a ClientKey of
// another message; Invalid for an empty or too long text.
func (s *Service) Reply(ctx context.Context, in ReplyInput) (Message, error) {
	if in.Template != nil {
		in.Content = in.Template.content()
	}
	if err := checkContent(in.Content); err != nil {
		return Message{}, err
	}
	return s.write(ctx, in, func(ctx context.Context, tx *database.Tx, w *work, e *entry) (*Message, error) {
		switch {
		case e.State == Resolved:
			return nil, fault.Refuse("resolved", "the conversation has ended; reopen it first")
		case e.Owner.Kind == Human && !e.OwnedBy(in.By.UserID):
			return nil, fault.Refuse("not_owner", "%s has this conversation", e.Owner.Name)
		}
		if _, err := s.admit(e.Conversation, e.TenantID, in.Content.Kind, true, tx.Now()); err != nil {
			return nil, err
		}
		if err := s.fillIn(ctx, tx, e.AccountID, &in); err != nil {
			return nil, err
		}
		if err := s.wanted(ctx, tx, e.TenantID, e.ContactID, in.Content); err != nil {
			return nil, err
		}
		if err := s.carried(e.Conversation, in.Content, ""); err != nil {
			return nil, err
		}
		if !e.OwnedBy(in.By.UserID) || e.State == Snoozed {
			change := Change{To: Open, Owner: in.By.owner(), Actor: in.By.actor(), Cause: event.Manual}
			if err := w.move(e, change); err != nil {
				return nil, err
			}
		}
		m := &Message{Content: in.Content, Sender: in.By.sender(), ClientKey: in.ClientKey}
		quote := ""
		if in.QuoteID != "" {
			quoted, err := loadMessage(ctx, tx, in.TenantID, in.QuoteID)
			if err != nil || quoted.ConversationID != in.ConversationID {
				return nil, fault.OnField("quote_id", "no such message in this conversation")
			}
			m.QuotedID, quote = quoted.ID, quoted.ExternalID
		}
		w.send(e, m, quote)
		e.WaitingMS = 0
		return m, moveCursor(ctx, tx, e.TenantID, e.ID, in.By.UserID, e.Seq)
	})
}

// NoteInput is a private note.
type NoteInput struct {
	TenantID       string
	ConversationID string
	By             Viewer
	ClientKey      string
	Text           string
}

// Note adds what only attendants see. It changes neither owner nor state.
func (s *Service) Note(ctx context.Context, in NoteInput) (Message, error) {
	content := message.Content{Kind: message.Note, Text: in.Text}
	if err := checkContent(content); err != nil {
		return Message{}, err
	}
	whole := ReplyInput{TenantID: in.TenantID, ConversationID: in.ConversationID, By: in.By, ClientKey: in.ClientKey, Content: content}
	return s.write(ctx, whole, func(ctx context.Context, tx *database.Tx, w *work, e *entry) (*Message, error) {
		m := &Message{Direction: message.Internal, Content: content, Sender: in.By.sender(), ClientKey: in.ClientKey, AtMS: w.now}
		w.add(e, m)
		return m, nil
	})
}

func (v Viewer) sender() Sender { return Sender{Kind: fromUser, ID: v.UserID, Name: v.Name} }

// write adds a person's message once.
func (s *Service) write(ctx context.Context, in ReplyInput,
	add func(ctx context.Context, tx *database.Tx, w *work, e *entry) (*Message, error)) (written Message, err error) {
	if len(in.ClientKey) > maxClientKey || database.Text(in.ClientKey) != nil {
		return written, fault.OnField("client_key", "at most %d bytes of text", maxClientKey)
	}
	_, err = s.change(ctx, in.TenantID, in.ConversationID, 0, &in.By, func(ctx context.Context, tx *database.Tx, w *work, e *entry) error {
		if in.ClientKey != "" {
			// The row is locked, so a second request of the same key waits here.
			before, err := byClientKey(ctx, tx, in.TenantID, in.ConversationID, in.ClientKey)
			if err != nil {
				return err
			}
			if before != nil {
				written = *before
				return in.sameAs(before)
			}
		}
		m, err := add(ctx, tx, w, e)
		if err == nil {
			written = *m
		}
		return err
	})
	return written, err
}

// errKeyReused answers a key that stands for something else already.
func errKeyReused() error {
	return &fault.Error{Code: fault.Conflict, Reason: "key_reused", Message: "this key was used for another message"}
}

// sameAs reports whether the message that the key made is what is asked for
// now. What happens to a message after it was written (its status, the name of
// its sender) does not count.
func (in ReplyInput) sameAs(before *Message) error {
	sender := in.By.sender()
	if before.Sender.Kind != sender.Kind || before.Sender.ID != sender.ID || before.QuotedID != in.QuoteID {
		return errKeyReused()
	}
	if in.Template != nil {
		if !in.Template.sameTemplate(before) {
			return errKeyReused()
		}
		return nil
	}
	asked, err := (&Message{Content: in.Content}).contentJSON()
	if err != nil {
		return err
	}
	stood, err := (&Message{Content: before.Content}).contentJSON()
	if err != nil {
		return err
	}
	if asked != stood {
		return errKeyReused()
	}
	return nil
}

// checkContent reports what a person may not send.
func checkContent(c message.Content) error {
	if err := database.Text(c.Text); err != nil {
		return fault.OnField("text", "the text is not valid")
	}
	if utf8.RuneCountInString(c.Text) > MaxText {
		return fault.OnField("text", "at most %d characters", MaxText)
	}
	switch c.Kind {
	case message.Text, message.Note:
		if strings.TrimSpace(c.Text) == "" {
			return fault.OnField("text", "write something first")
		}
	case message.Image, message.Video, message.Audio, message.Document, message.Sticker:
		if c.Media == nil {
			return fault.OnField("media", "a file is missing")
		}
	case message.Place:
		if p := c.Place; p == nil || !(p.Latitude >= -90 && p.Latitude <= 90 && p.Longitude >= -180 && p.Longitude <= 180) {
			return fault.OnField("location", "the latitude is -90 to 90, the longitude -180 to 180")
		}
	case message.Links:
		return checkLinks(c)
	case message.Cards:
		return checkCards(c.Cards)
	case message.Options, message.Template, message.Product, message.Products, message.Catalog:
	default:
		return fault.OnField("kind", "a person can't send a message of the kind %q", c.Kind)
	}
	return nil
}

// Limits of what a person puts together.
const (
	maxLinks = 10
	maxCards = 10
)

// checkLinks wants words and addresses that a browser opens.
func checkLinks(c message.Content) error {
	if strings.TrimSpace(c.Text) == "" {
		return fault.OnField("text", "write something above the buttons")
	}
	if len(c.Links) == 0 || len(c.Links) > maxLinks {
		return fault.OnField("links", "1 to %d buttons", maxLinks)
	}
	for n, link := range c.Links {
		address, err := url.Parse(link.URL)
		switch {
		case strings.TrimSpace(link.Title) == "" || database.Text(link.Title) != nil:
			return fault.OnField(fmt.Sprintf("links[%d].title", n), "a button needs words")
		case err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" || address.User != nil:
			return fault.OnField(fmt.Sprintf("links[%d].url", n), "not the address of a page")
		}
	}
	return nil
}

// checkCards wants names and at least one way to reach each.
func checkCards(cards []message.Card) error {
	if len(cards) == 0 || len(cards) > maxCards {
		return fault.OnField("contacts", "1 to %d contacts", maxCards)
	}
	for n, card := range cards {
		at := fmt.Sprintf("contacts[%d]", n)
		switch {
		case strings.TrimSpace(card.Name) == "" || database.Text(card.Name) != nil:
			return fault.OnField(at+".name", "a contact needs a name")
		case len(card.Phones) == 0 && len(card.Emails) == 0:
			return fault.OnField(at+".phones", "a contact needs a phone number or an e-mail address")
		}
		for _, text := range slices.Concat(card.Phones, card.Emails) {
			if text == "" || len(text) > 200 || database.Text(text) != nil {
				return fault.OnField(at+".phones", "a phone number or an e-mail address is not valid")
			}
		}
	}
	return nil
}

// SendAgain makes a new attempt of a message that failed, or of which nobody
// knows whether it arrived. Errors: Refused "nothing_to_repeat",
// "window_closed", "opted_out".
func (s *Service) SendAgain(ctx context.Context, tenantID, messageID string, by Viewer) (again Message, err error) {
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		m, err := loadMessage(ctx, tx, tenantID, messageID)
		if err != nil {
			return err
		}
		c, err := lock(ctx, tx, tenantID, m.ConversationID)
		if err != nil {
			return err
		}
		if !s.cfg.sees(by, c) {
			return fault.New(fault.NotFound, "no such message")
		}
		if m.Status != message.Failed && m.Status != message.Unknown {
			return fault.Refuse("nothing_to_repeat", "the message has not failed")
		}
		if _, err := s.admit(c, tenantID, m.Kind, m.Sender.Kind == fromUser, tx.Now()); err != nil {
			return err
		}
		if err := s.wanted(ctx, tx, tenantID, c.ContactID, m.Content); err != nil {
			return err
		}
		m.Status, m.ErrorCode, m.ErrorText, m.ExternalID = message.Queued, "", "", ""
		m.SentMS, m.DeliveredMS, m.ReadMS, m.PlayedMS = 0, 0, 0, 0
		w := s.newWork(tx)
		w.touch(w.take(c), m)
		if err := s.flush(ctx, tx, w); err != nil {
			return err
		}
		if err := s.deliverer.SendAgain(ctx, tx, tenantID, messageID); err != nil {
			return err
		}
		again = *m
		return nil
	})
	return again, err
}

// Typing shows the customer that somebody writes, where the channel can.
func (s *Service) Typing(ctx context.Context, tenantID, conversationID string, by Viewer) error {
	row, err := s.Get(ctx, tenantID, conversationID, by)
	if err != nil {
		return err
	}
	if s.signal != nil && row.OwnedBy(by.UserID) {
		s.signal(tenantID, row.AccountID, row.Addresses, channel.Signal{Typing: true})
	}
	return nil
}
