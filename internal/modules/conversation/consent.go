package conversation

import (
	"context"
	"encoding/json"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

// marketing is both the topic that customers may want nothing of and the
// category of templates that it is about.
const marketing = "marketing"

// stopped is WhatsApp's error for who stopped marketing messages in the app
// itself (Cloud API, Error Codes).
const stopped = "131050"

// wanted refuses marketing to who wants none. Error: Refused "opted_out".
func (s *Service) wanted(ctx context.Context, tx *database.Tx, tenantID, contactID string, content message.Content) error {
	if s.consents == nil || content.Template == nil {
		return nil
	}
	category := content.Template.Category
	// The platform may call it another thing since it was filled in.
	if s.templates != nil && content.Template.ID != "" && category != marketing {
		now, err := s.templates.Category(ctx, tx, tenantID, content.Template.ID)
		if err != nil {
			return err
		}
		category = now
	}
	if category != marketing {
		return nil
	}
	refuses, err := s.consents.Refuses(ctx, tx, tenantID, contactID, marketing)
	if err == nil && refuses {
		err = fault.Refuse("opted_out", "this customer does not want marketing messages")
	}
	return err
}

// stillWanted is wanted for a template that is about to leave: it may have
// waited, and bots ask nobody.
func (s *Service) stillWanted(ctx context.Context, tx *database.Tx, candidate channel.Candidate, contactID string) error {
	if s.consents == nil || candidate.Kind != message.Template {
		return nil
	}
	var raw string
	if err := tx.QueryRow(ctx, `SELECT content FROM message WHERE tenant_id = $1 AND id = $2`, candidate.TenantID, candidate.MessageID).Scan(&raw); err != nil {
		return absentMessage(err)
	}
	var content message.Content
	if err := json.Unmarshal([]byte(raw), &content); err != nil {
		return fault.Wrap(err, fault.Internal, "the content of message "+candidate.MessageID+" is unreadable")
	}
	return s.wanted(ctx, tx, candidate.TenantID, contactID, content)
}

// consent passes on what customers allow and forbid.
func (b *batch) consent(ctx context.Context) error {
	if b.s.consents == nil {
		return nil
	}
	var said []ConsentWord
	for _, i := range b.items {
		if i.in.Kind != channel.InMessage || i.in.History || i.late {
			continue
		}
		word, byWords := i.in.Content.Consent, false
		if word == nil && (i.in.Content.Kind == message.Text || i.in.Content.Kind == message.Pick) {
			word, byWords = b.s.consents.Reads(i.in.Content.Text), true
		}
		if word != nil {
			said = append(said, ConsentWord{
				TenantID: i.raw.TenantID, AccountID: i.raw.AccountID, ContactID: i.known.ID, MessageID: i.messageID, AtMS: b.clamp(i.at()),
				ByWords: byWords, Consent: *word,
			})
		}
	}
	if len(said) == 0 {
		return nil
	}
	return b.s.consents.Heard(ctx, b.tx, said)
}

// hearRefusals notes who stopped marketing in the platform's own app, where all
// that we get to hear of it is that a message was refused.
func (s *Service) hearRefusals(ctx context.Context, tx *database.Tx, moved []*settled) error {
	if s.consents == nil {
		return nil
	}
	var said []ConsentWord
	for _, m := range moved {
		if code, _, _ := strings.Cut(m.ErrorCode, "/"); m.Status != message.Failed || code != stopped {
			continue
		}
		word := ConsentWord{TenantID: m.TenantID, AccountID: m.account, MessageID: m.ID, AtMS: tx.Now(), ByPlatform: true,
			Consent: message.Consent{Topic: marketing, Text: m.ErrorText}}
		if err := tx.QueryRow(ctx, `SELECT contact_id FROM conversation WHERE tenant_id = $1 AND id = $2`, m.TenantID, m.ConversationID).Scan(&word.ContactID); err != nil {
			return err
		}
		said = append(said, word)
	}
	if len(said) == 0 {
		return nil
	}
	return s.consents.Heard(ctx, tx, said)
}
