package app

import (
	"context"
	"encoding/json"
	"time"

	"prosa/internal/adapters/whatsapp"
	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/consent"
	"prosa/internal/modules/flow"
	"prosa/internal/modules/template"
	"prosa/internal/platform/database"
	"prosa/internal/platform/httpclient"
	"prosa/internal/platform/job"
)

// Templates are read once a day, and within templateRounds of a connection.
const (
	templateRounds = 10 * time.Minute
	templateAge    = 24 * time.Hour
)

// templateSync reads the templates of one account.
type templateSync struct {
	TenantID  string `json:"tenant_id"`
	AccountID string `json:"account_id"`
}

// Kind implements job.Args.
func (templateSync) Kind() string { return "template.sync" }

// templateRound looks for accounts whose templates have to be read.
type templateRound struct{}

// Kind implements job.Args.
func (templateRound) Kind() string { return "template.round" }

// joinTemplates makes the templates of WhatsApp.
func (h *house) joinTemplates(recorder channel.Recorder) error {
	client, err := httpclient.Provider(h.cfg.WhatsApp.Limits(), h.cfg.WhatsApp.Bases()...)
	if err != nil {
		return err
	}
	h.templates = template.New(template.Deps{
		DB: h.db, Platform: whatsapp.NewTemplates(h.cfg.WhatsApp, whatsapp.Deps{HTTP: client, Recorder: recorder, Clock: h.clock, Logger: h.logger}),
		Accounts: h.channel, Blobs: h.blobs, Emit: h.tellShop, Later: readTemplatesLater, Clock: h.clock, Logger: h.logger,
	})
	h.conversation.BindTemplates(h.templates)
	h.channel.Directory().OnChange(h.readNewcomers())
	if err := job.Register(h.jobs, h.readTemplates); err != nil {
		return err
	}
	if err := job.Register(h.jobs, h.findTemplates); err != nil {
		return err
	}
	h.jobs.Every(templateRounds, templateRound{})
	return nil
}

// readTemplatesLater implements template.Later.
func readTemplatesLater(ctx context.Context, tx *database.Tx, tenantID, accountID string) error {
	return job.EnqueueWith(ctx, tx, templateSync{tenantID, accountID}, job.Options{Unique: true, MaxAttempts: 5})
}

// readNewcomers gives what asks for a reading of accounts that were not there at
// the last change; those of the start are the rounds' matter.
func (h *house) readNewcomers() func() {
	var known map[string]bool
	return func() {
		before := known
		known = map[string]bool{}
		for _, account := range h.channel.Directory().Of(message.WhatsApp) {
			known[account.ID+account.Settings[whatsapp.WABAID]] = true
			if before == nil || before[account.ID+account.Settings[whatsapp.WABAID]] || account.Settings[whatsapp.WABAID] == "" {
				continue
			}
			err := h.db.Write(context.Background(), database.Company(account.TenantID), func(ctx context.Context, tx *database.Tx) error {
				return readTemplatesLater(ctx, tx, account.TenantID, account.ID)
			})
			if err != nil {
				h.logger.Warn("the templates of a new account wait for the next round", "account", account.ID, "error", err)
			}
		}
	}
}

// readTemplates runs a reading. What a person has to mend is not tried again:
// the next round does.
func (h *house) readTemplates(ctx context.Context, j job.Job[templateSync]) error {
	_, err := h.templates.Sync(ctx, j.Args.TenantID, j.Args.AccountID)
	if err != nil && !fault.Is(err, fault.Unavailable) && !fault.Is(err, fault.RateLimited) && !fault.Is(err, fault.Internal) {
		return job.Cancel(err)
	}
	return err
}

// findTemplates asks for a reading of each account that had none for a day.
func (h *house) findTemplates(ctx context.Context, _ job.Job[templateRound]) error {
	oldest := clock.MS(h.clock.Now()) - templateAge.Milliseconds()
	companies := map[string]bool{}
	for _, account := range h.channel.Directory().Of(message.WhatsApp) {
		companies[account.TenantID] = true
	}
	for tenantID := range companies {
		places, err := h.templates.Places(ctx, tenantID)
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, place := range places {
			if place.WABA == "" || seen[place.WABA] || place.TriedMS > oldest {
				continue
			}
			seen[place.WABA] = true
			if err := h.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
				return readTemplatesLater(ctx, tx, tenantID, place.AccountID)
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

// answerTemplate lets bots fill templates in: what can't be is an answer that is
// not OK, with the reason.
func (h *house) answerTemplate(ctx context.Context, tx *database.Tx, question botrun.Question) (flow.Answer, error) {
	var asked flow.TemplateRequest
	if err := json.Unmarshal(question.Request, &asked); err != nil {
		return flow.Answer{}, fault.New(fault.Invalid, "the question can't be read")
	}
	ref, err := h.templates.FillNamed(ctx, tx, question.TenantID, question.AccountID, asked.Name, asked.Language, asked.Values, asked.Header)
	if err != nil {
		return flow.Answer{}, err
	}
	if template.Category(ref.Category) == template.Marketing {
		refuses, err := h.consent.Refuses(ctx, tx, question.TenantID, question.ContactID, consent.Marketing)
		if err != nil {
			return flow.Answer{}, err
		}
		if refuses {
			return flow.Answer{}, fault.Refuse("opted_out", "this customer does not want marketing messages")
		}
	}
	content := message.Content{Kind: message.Template, Template: &ref}
	if ref.Shown != nil {
		content.Text = ref.Shown.Text
	}
	body, err := json.Marshal(map[string]any{"content": content})
	return flow.Answer{OK: err == nil, Body: string(body)}, err
}

// sendable implements builder.Templates with a module that is made after it.
func (h *house) sendable(ctx context.Context, tenantID string) ([]string, error) {
	return h.templates.Sendable(ctx, tenantID)
}
