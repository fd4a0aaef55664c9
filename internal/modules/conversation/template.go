package conversation

import (
	"context"
	"encoding/json"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/platform/database"
)

// Templates fills message templates in; template.Service is one.
type Templates interface {
	// Fill makes a message of one of the company's templates for an account.
	// header is the file of a header that shows one; nil takes the template's own.
	// Errors: NotFound, Refused with a sentence for an attendant, Invalid on
	// "values.KEY" or "header".
	Fill(ctx context.Context, tx *database.Tx, tenantID, accountID, templateID string, values map[string]string, header *message.Media) (message.TemplateRef, error)
	// Category is what the platform calls a template now, empty for one that is
	// gone.
	Category(ctx context.Context, tx *database.Tx, tenantID, templateID string) (string, error)
	// Failed is told that the platform refused a message of a template, with its
	// code and words.
	Failed(ctx context.Context, tx *database.Tx, tenantID, accountID string, ref message.TemplateRef, code, text string, atMS int64) error
}

// TemplateAsk names a template and what is put into it.
type TemplateAsk struct {
	TemplateID string
	Values     map[string]string
	Header     *message.Media
}

// BindTemplates names who fills templates in. app calls it once, before the
// start; without it none can be sent.
func (s *Service) BindTemplates(templates Templates) { s.templates = templates }

// content stands for the template until it is filled in.
func (a *TemplateAsk) content() message.Content {
	return message.Content{Kind: message.Template, Template: &message.TemplateRef{ID: a.TemplateID}}
}

// fillIn puts the values into the template that a reply names.
func (s *Service) fillIn(ctx context.Context, tx *database.Tx, accountID string, in *ReplyInput) error {
	if in.Template == nil {
		return nil
	}
	if s.templates == nil {
		return fault.Refuse("no_templates", "no templates can be sent here")
	}
	ref, err := s.templates.Fill(ctx, tx, in.TenantID, accountID, in.Template.TemplateID, in.Template.Values, in.Template.Header)
	if err != nil {
		return err
	}
	in.Content = message.Content{Kind: message.Template, Template: &ref}
	if ref.Shown != nil {
		in.Content.Text = ref.Shown.Text
	}
	return nil
}

// sameTemplate reports whether a message is of the template that is asked for:
// what it was filled with may have been another approval of it.
func (a *TemplateAsk) sameTemplate(before *Message) bool {
	t := before.Content.Template
	return t != nil && t.ID == a.TemplateID
}

// tellTemplates tells of templates whose messages were refused.
func (s *Service) tellTemplates(ctx context.Context, tx *database.Tx, moved []*settled) error {
	for _, m := range moved {
		if s.templates == nil || m.Status != message.Failed || m.Kind != message.Template {
			continue
		}
		var content message.Content // the row was read without it
		if err := json.Unmarshal([]byte(m.stored), &content); err != nil || content.Template == nil {
			continue
		}
		if err := s.templates.Failed(ctx, tx, m.TenantID, m.account, *content.Template, m.ErrorCode, m.ErrorText, tx.Now()); err != nil {
			return err
		}
	}
	return nil
}
