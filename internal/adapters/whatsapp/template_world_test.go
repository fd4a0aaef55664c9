package whatsapp_test

import (
	"strings"
	"testing"

	"prosa/internal/adapters/whatsapp"
	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/template"
	"prosa/internal/platform/httpclient"
	"prosa/internal/sandbox/meta"
)

// A template's whole life, as the adapter and the simulator of Meta read it.
func TestTheSimulatorReviewsTemplates(t *testing.T) {
	w := start(t)
	config := w.config
	client, err := httpclient.Provider(config.Limits(), config.Bases()...)
	if err != nil {
		t.Fatal(err)
	}
	ours := whatsapp.NewTemplates(config, whatsapp.Deps{HTTP: client, Recorder: silent{}, Clock: clock.System{}})
	handle, err := ours.UploadHeader(t.Context(), w.account, template.File{Name: "foto.png", MIME: "image/png", Size: 5, Content: strings.NewReader("bytes")})
	if err != nil || handle == "" {
		t.Fatalf("%q, %v", handle, err)
	}
	draft := template.Draft{Name: "entrega_hoje", Language: "pt_BR", Category: template.Utility, Handle: handle, Definition: template.Definition{
		Format: template.Positional, Header: &template.Header{Kind: template.HeaderImage}, Body: "Olá {{1}}, o pedido {{2}} chega hoje.", Footer: "Aurora",
		Buttons: []template.Button{{Kind: template.ButtonReply, Text: "Obrigada"}, {Kind: template.ButtonURL, Text: "Ver", URL: "https://loja.example/p/{{1}}"}},
		Samples: map[string]string{"1": "Ana", "2": "1001", "button.2": "1001"},
	}}
	made, err := ours.Create(t.Context(), w.account, draft)
	if err != nil || made.ExternalID == "" || made.Status != template.Pending {
		t.Fatalf("%+v, %v", made, err)
	}
	if _, err := ours.Create(t.Context(), w.account, draft); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second of the name: %v", err)
	}
	if _, err := w.platform.DecideTemplate(made.ExternalID, meta.TemplateState{Status: "APPROVED"}); err != nil {
		t.Fatal(err)
	}
	for {
		in := w.next(t)
		if in.Kind != channel.InAccount || in.News == nil || in.News.Kind != channel.NewsTemplateStatus {
			continue
		}
		if in.News.Template != "entrega_hoje" || in.News.Language != "pt_BR" || in.News.Status != "approved" || in.News.TemplateID != made.ExternalID {
			t.Errorf("%+v", in.News)
		}
		break
	}
	var found *template.Seen
	for cursor := ""; ; {
		page, err := ours.List(t.Context(), w.account, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for n := range page.Items {
			if page.Items[n].Name == "entrega_hoje" {
				found = &page.Items[n]
			}
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if found == nil || found.Status != template.Approved || found.Definition.Body != draft.Definition.Body || found.Definition.Samples["2"] != "1001" ||
		found.Definition.Header == nil || found.Definition.Header.Kind != template.HeaderImage || len(found.Definition.Buttons) != 2 || found.Definition.Samples["button.2"] != "1001" {
		t.Fatalf("%+v", found)
	}
	draft.Definition.Body = "Olá {{1}}, seu pedido {{2}} chega hoje."
	if err := ours.Edit(t.Context(), w.account, made.ExternalID, draft); err != nil {
		t.Errorf("an edit: %v", err)
	}
	if err := ours.Delete(t.Context(), w.account, "entrega_hoje", made.ExternalID); err != nil {
		t.Errorf("deleting: %v", err)
	}
}
