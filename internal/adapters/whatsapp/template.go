package whatsapp

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/template"
)

// Templates implements template.Platform: the message templates of a WhatsApp
// business account (Business Management API).
type Templates struct {
	config Config
	http   *http.Client
	graph  *meta.Client
	clock  clock.Clock
	record channel.Recorder
}

var _ template.Platform = (*Templates)(nil)

// NewTemplates makes the platform's side of templates. Deps.Blobs is not used.
func NewTemplates(config Config, deps Deps) *Templates {
	return &Templates{
		config: config, http: deps.HTTP, clock: deps.Clock, record: deps.Recorder,
		graph: meta.NewClient(config.graph(), deps.HTTP, deps.Recorder, deps.Clock),
	}
}

const (
	// templateFields are what is read of a template.
	templateFields = "id,name,language,category,status,components,quality_score,rejected_reason,parameter_format"
	templatePage   = "100" // a page
	// maxTemplates bounds the answer with a page, in bytes: a hundred templates at
	// their limits have about half of it.
	maxTemplates = 4 << 20
)

// anyCode leaves every code to templateFault: a template's errors stop no
// messages.
func anyCode(int, int) (meta.Verdict, bool) { return meta.Verdict{}, false }

// List implements template.Platform.
func (t *Templates) List(ctx context.Context, account channel.Account, cursor string) (template.Page, error) {
	path, err := templatesPath(account)
	if err != nil {
		return template.Page{}, err
	}
	query := url.Values{"fields": {templateFields}, "limit": {templatePage}}
	if cursor != "" {
		query.Set("after", cursor)
	}
	answer, err := t.graph.Do(ctx, account, meta.Call{Verb: http.MethodGet, Path: path, Query: query, MaxAnswer: maxTemplates}, anyCode)
	if err != nil {
		return template.Page{}, templateFault(err)
	}
	var page struct {
		Data   []jsontext.Value `json:"data"`
		Paging struct {
			Cursors struct {
				After string `json:"after"`
			} `json:"cursors"`
			Next string `json:"next"`
		} `json:"paging"`
	}
	if meta.Read(answer, &page) != nil {
		return template.Page{}, fault.New(fault.Unavailable, "WhatsApp's list of templates cannot be read")
	}
	list := template.Page{Items: make([]template.Seen, 0, len(page.Data))}
	for _, raw := range page.Data {
		if seen, ok := readTemplate(raw); ok {
			list.Items = append(list.Items, seen)
		}
	}
	if page.Paging.Next != "" {
		list.Next = page.Paging.Cursors.After
	}
	return list, nil
}

// Create implements template.Platform.
func (t *Templates) Create(ctx context.Context, account channel.Account, draft template.Draft) (template.Made, error) {
	path, err := templatesPath(account)
	if err != nil {
		return template.Made{}, err
	}
	body, err := templateJSON(draft, true)
	if err != nil {
		return template.Made{}, err
	}
	answer, err := t.graph.Do(ctx, account, meta.Call{Verb: http.MethodPost, Path: path, Body: body}, anyCode)
	if err != nil {
		return template.Made{}, templateFault(err)
	}
	var made struct {
		ID       meta.Text `json:"id"`
		Status   string    `json:"status"`
		Category string    `json:"category"`
	}
	if meta.Read(answer, &made) != nil || made.ID == "" {
		return template.Made{}, fault.New(fault.Unavailable, "WhatsApp took the template without naming it: read the templates again")
	}
	return template.Made{
		ExternalID: string(made.ID), Status: template.Status(strings.ToLower(made.Status)), Category: template.Category(strings.ToLower(made.Category)),
	}, nil
}

// Edit implements template.Platform.
func (t *Templates) Edit(ctx context.Context, account channel.Account, externalID string, draft template.Draft) error {
	body, err := templateJSON(draft, false)
	if err != nil {
		return err
	}
	_, err = t.graph.Do(ctx, account, meta.Call{Verb: http.MethodPost, Path: url.PathEscape(externalID), Body: body}, anyCode)
	return templateFault(err)
}

// Delete implements template.Platform.
func (t *Templates) Delete(ctx context.Context, account channel.Account, name, externalID string) error {
	path, err := templatesPath(account)
	if err != nil {
		return err
	}
	query := url.Values{"name": {name}}
	if externalID != "" {
		query.Set("hsm_id", externalID)
	}
	_, err = t.graph.Do(ctx, account, meta.Call{Verb: http.MethodDelete, Path: path, Query: query}, anyCode)
	if err = templateFault(err); templateReason(err) == template.ReasonAbsent {
		return nil
	}
	return err
}

func templatesPath(account channel.Account) (string, error) {
	waba := account.Settings[WABAID]
	if waba == "" {
		return "", fault.OnField("settings."+WABAID, "the WhatsApp Business Account id is missing")
	}
	return url.PathEscape(waba) + "/message_templates", nil
}

// templateBodyJSON is the body of a new or an edited template.
type templateBodyJSON struct {
	Name       string              `json:"name,omitempty"`
	Language   string              `json:"language,omitempty"`
	Category   string              `json:"category,omitempty"`
	Format     string              `json:"parameter_format,omitempty"`
	Components []templateComponent `json:"components"`
}

// templateJSON writes a template; an edit names neither name nor language, which
// stay.
func templateJSON(draft template.Draft, whole bool) ([]byte, error) {
	body := templateBodyJSON{Category: strings.ToUpper(string(draft.Category)), Components: componentsOf(draft)}
	if draft.Definition.Format == template.Named {
		body.Format = "NAMED"
	}
	if whole {
		body.Name, body.Language = draft.Name, draft.Language
	}
	encoded, err := json.Marshal(&body, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return nil, fault.New(fault.Invalid, "the template cannot be written: %s", shape(err))
	}
	return encoded, nil
}
