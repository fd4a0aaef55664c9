package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/message"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/template"
)

func (a *api) registerTemplate() {
	at := func(id, method, path, summary string) route {
		needs := identity.TemplateManage
		if method == http.MethodGet {
			needs = identity.TemplateRead
		}
		return route{id: id, method: method, path: "/templates" + path, tag: "template", needs: needs, summary: summary}
	}
	handle(a, at("list-templates", http.MethodGet, "", "WhatsApp's message templates of the company, by name."), a.listTemplates)
	handle(a, at("list-template-accounts", http.MethodGet, "/accounts", "The WhatsApp accounts, with when the templates of each were read."),
		func(ctx context.Context, _ *struct{}) (*all[template.Place], error) {
			return whole(a.deps.Templates.Places(ctx, caller(ctx).TenantID()))
		})
	create := at("create-template", http.MethodPost, "", "Have WhatsApp review a new template. Errors name the field. Reasons: template_exists, template_name_kept, template_too_many, template_form, template_credentials, template_refused, no_waba.")
	create.status = http.StatusCreated
	handle(a, create, a.createTemplate)
	handle(a, at("sync-templates", http.MethodPost, "/sync", "Read the templates of an account at WhatsApp now."), a.syncTemplates)
	handle(a, at("get-template", http.MethodGet, "/{template}", "A template with its history."), a.getTemplate)
	handle(a, at("edit-template", http.MethodPut, "/{template}", "Replace the content of a template, which is reviewed again. Reasons: template_edits (an approved one: once in 24 hours, ten times in 30 days; not while under review), and those of a new one."), a.editTemplate)
	remove := at("delete-template", http.MethodDelete, "/{template}", "Delete a template at WhatsApp and here; the name of an approved one stays taken for 30 days.")
	remove.status = http.StatusNoContent
	handle(a, remove, a.deleteTemplate)
	preview := at("preview-template", http.MethodPost, "/{template}/preview", "The template as the customer would see it with these values.")
	preview.needs = identity.TemplateRead
	handle(a, preview, a.previewTemplate)
}

// TemplatePath names a template in the path.
type TemplatePath struct {
	Template string `path:"template" maxLength:"64"`
}

type listTemplatesInput struct {
	Paging
	AccountID string            `query:"account_id" maxLength:"64" doc:"A channel account; those of its business account."`
	Status    template.Status   `query:"status" maxLength:"40" doc:"approved, pending, rejected, paused, disabled, ..."`
	Category  template.Category `query:"category" enum:"marketing,utility,authentication"`
	Language  string            `query:"language" maxLength:"16"`
	Query     string            `query:"q" maxLength:"200" doc:"In names and words."`
	Sendable  bool              `query:"sendable" doc:"Only those that may be sent."`
}

func (a *api) listTemplates(ctx context.Context, in *listTemplatesInput) (*listing[template.Template], error) {
	return listed(a.deps.Templates.List(ctx, template.Search{
		TenantID: caller(ctx).TenantID(), AccountID: in.AccountID, Status: in.Status, Category: in.Category, Language: in.Language, Query: in.Query,
		Sendable: in.Sendable, Cursor: in.Cursor, Limit: in.Limit,
	}))
}

// TemplateContent is the content of a template as a person writes it.
type TemplateContent struct {
	Header  *headerDraft      `json:"header,omitempty"`
	Body    string            `json:"body" minLength:"1" maxLength:"4096" doc:"At most 1,024 characters; variables as {{1}} or {{first_name}}."`
	Footer  string            `json:"footer,omitempty" maxLength:"240"`
	Buttons []template.Button `json:"buttons,omitempty" maxItems:"10"`
	Samples map[string]string `json:"samples,omitempty" doc:"By key of the variable: \"1\", \"header.1\", \"button.1\"."`
}

type headerDraft struct {
	Kind   string `json:"kind" enum:"text,image,video,document,location"`
	Text   string `json:"text,omitempty" maxLength:"240"`
	Upload string `json:"upload,omitempty" maxLength:"64" doc:"Id of an upload of one's own: the example of a file. Absent in an edit: the one that it has."`
}

// definition reads what a person wrote; the file of its header must be an
// upload of the caller.
func (a *api) definition(ctx context.Context, in TemplateContent) (template.Definition, error) {
	d := template.Definition{Body: in.Body, Footer: in.Footer, Buttons: in.Buttons, Samples: in.Samples}
	if in.Header == nil {
		return d, nil
	}
	d.Header = &template.Header{Kind: in.Header.Kind, Text: in.Header.Text}
	if in.Header.Upload == "" {
		return d, nil
	}
	var err error
	d.Header.Sample, err = a.uploaded(ctx, in.Header.Upload)
	return d, err
}

// uploaded gives a file that the caller has uploaded.
func (a *api) uploaded(ctx context.Context, uploadID string) (*message.Media, error) {
	who := caller(ctx)
	upload, err := a.deps.Inbox.Uploaded(ctx, who.TenantID(), who.User.ID, uploadID)
	if err != nil {
		return nil, err
	}
	return upload.Media(false), nil
}

type createTemplateInput struct {
	Body struct {
		AccountID string            `json:"account_id" minLength:"1" maxLength:"64"`
		Name      string            `json:"name" minLength:"1" maxLength:"512" doc:"Small letters, digits and underscores."`
		Language  string            `json:"language" minLength:"2" maxLength:"16" doc:"As WhatsApp writes it: pt_BR, en_US."`
		Category  template.Category `json:"category" enum:"marketing,utility,authentication"`
		TemplateContent
	}
}

type templateOutput struct{ Body template.Template }

func (a *api) createTemplate(ctx context.Context, in *createTemplateInput) (*templateOutput, error) {
	definition, err := a.definition(ctx, in.Body.TemplateContent)
	if err != nil {
		return nil, err
	}
	who := caller(ctx)
	made, err := a.deps.Templates.Create(ctx, template.NewTemplate{
		TenantID: who.TenantID(), AccountID: in.Body.AccountID, Name: in.Body.Name, Language: in.Body.Language, Category: in.Body.Category,
		Definition: definition, By: template.By{Actor: who.Actor(), IP: who.ClientIP},
	})
	return &templateOutput{made}, err
}

type syncTemplatesInput struct {
	Body struct {
		AccountID string `json:"account_id" minLength:"1" maxLength:"64"`
	}
}

type readingOutput struct{ Body template.Reading }

func (a *api) syncTemplates(ctx context.Context, in *syncTemplatesInput) (*readingOutput, error) {
	read, err := a.deps.Templates.Sync(ctx, caller(ctx).TenantID(), in.Body.AccountID)
	return &readingOutput{read}, err
}

type templateDetailOutput struct{ Body template.Detail }

func (a *api) getTemplate(ctx context.Context, in *TemplatePath) (*templateDetailOutput, error) {
	found, err := a.deps.Templates.Get(ctx, caller(ctx).TenantID(), in.Template)
	return &templateDetailOutput{found}, err
}

type editTemplateInput struct {
	TemplatePath
	Body struct {
		Category template.Category `json:"category,omitempty" enum:"marketing,utility" doc:"Of one that is not approved; absent: as it is."`
		TemplateContent
	}
}

func (a *api) editTemplate(ctx context.Context, in *editTemplateInput) (*templateOutput, error) {
	definition, err := a.definition(ctx, in.Body.TemplateContent)
	if err != nil {
		return nil, err
	}
	who := caller(ctx)
	edited, err := a.deps.Templates.Edit(ctx, template.Edit{
		TenantID: who.TenantID(), TemplateID: in.Template, Category: in.Body.Category, Definition: definition, By: template.By{Actor: who.Actor(), IP: who.ClientIP},
	})
	return &templateOutput{edited}, err
}

type deleteTemplateInput struct {
	TemplatePath
	All bool `query:"all_languages" doc:"Every language of the name."`
}

func (a *api) deleteTemplate(ctx context.Context, in *deleteTemplateInput) (*struct{}, error) {
	who := caller(ctx)
	return nil, a.deps.Templates.Delete(ctx, template.Removal{
		TenantID: who.TenantID(), TemplateID: in.Template, AllLanguages: in.All, By: template.By{Actor: who.Actor(), IP: who.ClientIP},
	})
}

type previewTemplateInput struct {
	TemplatePath
	Body struct {
		Values map[string]string `json:"values,omitempty"`
	}
}

type templatePreviewOutput struct{ Body template.Preview }

func (a *api) previewTemplate(ctx context.Context, in *previewTemplateInput) (*templatePreviewOutput, error) {
	shown, err := a.deps.Templates.Preview(ctx, caller(ctx).TenantID(), in.Template, in.Body.Values)
	return &templatePreviewOutput{shown}, err
}
