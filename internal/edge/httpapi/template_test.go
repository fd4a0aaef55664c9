package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"prosa/internal/base/clock"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/template"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/outbox"
)

// paperTemplates is a WhatsApp that approves what it is given, by account.
type paperTemplates struct {
	mu   sync.Mutex
	held map[string][]template.Seen
}

func (p *paperTemplates) List(_ context.Context, account channel.Account, _ string) (template.Page, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return template.Page{Items: p.held[account.ID]}, nil
}

func (p *paperTemplates) Create(_ context.Context, account channel.Account, draft template.Draft) (template.Made, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held[account.ID] = append(p.held[account.ID], template.Seen{
		ExternalID: "ext-" + draft.Name, Name: draft.Name, Language: draft.Language, Category: draft.Category, Status: template.Approved, Definition: draft.Definition,
	})
	return template.Made{ExternalID: "ext-" + draft.Name, Status: template.Pending, Category: draft.Category}, nil
}

func (*paperTemplates) Edit(context.Context, channel.Account, string, template.Draft) error {
	return nil
}

func (*paperTemplates) Delete(context.Context, channel.Account, string, string) error { return nil }

func (*paperTemplates) UploadHeader(context.Context, channel.Account, template.File) (string, error) {
	return "handle", nil
}

// asWhatsApp takes any account of the company for one of WhatsApp.
type asWhatsApp struct{ *channel.Service }

func posing(account channel.Account, err error) (channel.Account, error) {
	account.Channel, account.Settings = message.WhatsApp, map[string]string{"waba_id": "waba-" + account.ID}
	return account, err
}

func (a asWhatsApp) Get(ctx context.Context, tenantID, accountID string) (channel.Account, error) {
	return posing(a.Service.Get(ctx, tenantID, accountID))
}

func (a asWhatsApp) Account(ctx context.Context, tx *database.Tx, tenantID, accountID string) (channel.Account, error) {
	return posing(a.Service.Account(ctx, tx, tenantID, accountID))
}

func (a asWhatsApp) List(ctx context.Context, tenantID string) ([]channel.Account, error) {
	list, err := a.Service.List(ctx, tenantID)
	for n := range list {
		list[n], _ = posing(list[n], nil)
	}
	return list, err
}

func (h *house) openTemplates(logger *slog.Logger) *template.Service {
	return template.New(template.Deps{
		DB: h.db, Platform: &paperTemplates{held: map[string][]template.Seen{}}, Accounts: asWhatsApp{h.channels}, Blobs: h.blobs, Clock: clock.System{}, Logger: logger,
		Emit: func(ctx context.Context, tx *database.Tx, envelopes ...event.Envelope) error {
			return outbox.Write(ctx, tx, 0, envelopes...)
		},
		Later: func(context.Context, *database.Tx, string, string) error { return nil },
	})
}

func templateBody(account, name string) map[string]any {
	return map[string]any{
		"account_id": account, "name": name, "language": "pt_BR", "category": "utility", "body": "Olá {{1}}, o pedido de " + name + " saiu.", "samples": map[string]any{"1": "Ana"},
	}
}

// writeTemplate gives a company an approved template.
func writeTemplate(admin *client, account, name string) string {
	made := admin.call(http.MethodPost, "/templates", templateBody(account, name)).want(http.StatusCreated).text("id")
	admin.call(http.MethodPost, "/templates/sync", map[string]any{"account_id": account}).want(http.StatusOK)
	return made
}

func TestATemplateIsWrittenApprovedAndSent(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		account := h.connect(h.root, "alfa telegram", "111111111:token-of-the-company-alfa")
		refused := h.root.call(http.MethodPost, "/templates", map[string]any{"account_id": account, "name": "Aviso", "language": "pt_BR", "category": "utility", "body": "x"}).want(http.StatusUnprocessableEntity)
		if refused.text("field") != "name" {
			t.Errorf("a name in capitals: %s", refused.body)
		}
		upload := h.root.call(http.MethodPost, "/media", file(t, "x.txt", "no picture")).want(http.StatusCreated).text("id")
		withFile := templateBody(account, "aviso")
		withFile["header"] = map[string]any{"kind": "image", "upload": upload}
		if refused := h.root.call(http.MethodPost, "/templates", withFile).want(http.StatusUnprocessableEntity); refused.text("field") != "header.sample" {
			t.Errorf("a text for a picture: %s", refused.body)
		}
		id := writeTemplate(h.root, account, "aviso")
		if got := h.root.get("/templates?sendable=true&q=pedido&account_id="+account).want(http.StatusOK).text("items", "0", "id"); got != id {
			t.Errorf("found %s", got)
		}
		if got := h.root.call(http.MethodPost, "/templates/"+id+"/preview", map[string]any{"values": map[string]any{"1": "Bia"}}).want(http.StatusOK).text("shown", "text"); got != "Olá Bia, o pedido de aviso saiu." {
			t.Errorf("preview %q", got)
		}
		talk, _ := h.writes(h.root, account, "100", "Cliente", "oi", nil)
		path := "/conversations/" + talk + "/messages"
		attendant := h.join(h.root, "caio@alfa.example.com", "Caio", identity.Attendant)
		missing := attendant.call(http.MethodPost, path, map[string]any{"template": map[string]any{"template_id": id}}, "Idempotency-Key", "template-1").want(http.StatusUnprocessableEntity)
		if missing.text("field") != "values.1" {
			t.Errorf("without a value: %s", missing.body)
		}
		ask := map[string]any{"template": map[string]any{"template_id": id, "values": map[string]any{"1": "Bia"}}}
		sent := attendant.call(http.MethodPost, path, ask, "Idempotency-Key", "template-2").want(http.StatusCreated)
		if sent.text("content", "template", "shown", "text") != "Olá Bia, o pedido de aviso saiu." || sent.text("content", "kind") != "template" {
			t.Errorf("sent: %s", sent.body)
		}
		again := attendant.call(http.MethodPost, path, ask, "Idempotency-Key", "template-2").want(http.StatusCreated)
		if again.text("id") != sent.text("id") {
			t.Errorf("the same request is another message")
		}
		attendant.call(http.MethodPost, path, map[string]any{"template": map[string]any{"template_id": "tpl_other"}}, "Idempotency-Key", "template-2").want(http.StatusConflict)
		attendant.get("/templates/accounts").want(http.StatusOK)
		for _, denied := range []*answer{
			attendant.call(http.MethodPost, "/templates", templateBody(account, "outro")), attendant.call(http.MethodPost, "/templates/sync", map[string]any{"account_id": account}),
			attendant.call(http.MethodDelete, "/templates/"+id, nil),
		} {
			denied.want(http.StatusForbidden)
		}
		supervisor := h.join(h.root, "sara@alfa.example.com", "Sara", identity.Supervisor)
		edited := map[string]any{"body": "Oi {{1}}, seu pedido saiu.", "samples": map[string]any{"1": "Ana"}}
		if got := supervisor.call(http.MethodPut, "/templates/"+id, edited).want(http.StatusOK).text("status"); got != "pending" {
			t.Errorf("an edited one is %s", got)
		}
		detail := supervisor.get("/templates/" + id).want(http.StatusOK)
		if !strings.Contains(string(detail.body), `"edited"`) {
			t.Errorf("history: %s", detail.body)
		}
		supervisor.call(http.MethodDelete, "/templates/"+id+"?all_languages=true", nil).want(http.StatusNoContent)
		supervisor.get("/templates/" + id).want(http.StatusNotFound)
	})
}

// reachTemplates lists how somebody would reach for another company's templates.
func reachTemplates(other estate) map[string][]attempt {
	path := "/templates/" + other.template
	return map[string][]attempt{
		"list-templates":         append(blind("/templates"), attempt{path: "/templates?account_id=" + other.account}),
		"list-template-accounts": blind("/templates/accounts"),
		"create-template":        {{path: "/templates", body: templateBody(other.account, "estranho")}},
		"sync-templates":         {{path: "/templates/sync", body: map[string]any{"account_id": other.account}}},
		"get-template":           {{path: path}},
		"edit-template":          {{path: path, body: map[string]any{"body": "x"}}},
		"delete-template":        {{path: path}, {path: path + "?all_languages=true"}},
		"preview-template":       {{path: path + "/preview", body: map[string]any{}}},
	}
}
