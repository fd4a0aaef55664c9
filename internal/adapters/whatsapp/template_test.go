package whatsapp

import (
	"context"
	"errors"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/template"
)

var updateTemplates = flag.Bool("update-templates", false, "write the goldens of templates anew")

// asked is what the platform was asked.
type asked struct {
	line, body string
	header     http.Header
}

type quiet struct{ seen []channel.Exchange }

func (q *quiet) Record(e channel.Exchange) { q.seen = append(q.seen, e) }

// templatesAt gives the adapter before a platform that answers by method and
// path.
func templatesAt(t *testing.T, answers map[string]string) (*Templates, channel.Account, *[]asked, *quiet) {
	t.Helper()
	var calls []asked
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		calls = append(calls, asked{r.Method + " " + r.URL.RequestURI(), string(body), r.Header})
		answer, known := answers[r.Method+" "+r.URL.Path]
		if after := r.URL.Query().Get("after"); after != "" {
			answer, known = answers[r.Method+" "+r.URL.Path+"?"+after]
		}
		switch {
		case !known:
			w.WriteHeader(http.StatusNotFound)
		case strings.Contains(answer, `"error"`):
			w.WriteHeader(http.StatusBadRequest)
		}
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	log := &quiet{}
	config := Config{BaseURL: server.URL, Version: "v25.0", Timeout: 20 * time.Second, UploadTimeout: 20 * time.Second}
	adapter := NewTemplates(config, Deps{HTTP: server.Client(), Recorder: log, Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler)})
	account := channel.Account{TenantID: "ten_1", ID: "cha_1", Settings: map[string]string{WABAID: "100"}, Credentials: map[string]secret.Text{meta.Token: secret.New("EAAsecrettoken")}}
	return adapter, account, &calls, log
}

func goldenTemplate(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "template", name)
	if *updateTemplates {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(got+"\n"), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || strings.TrimRight(string(want), "\n") != got {
		t.Errorf("%s: %v\n%s", name, err, got)
	}
}

func drafts() map[string]template.Draft {
	return map[string]template.Draft{
		"positional": {Name: "pedido", Language: "pt_BR", Category: template.Utility, Definition: template.Definition{
			Format: template.Positional, Header: &template.Header{Kind: template.HeaderText, Text: "Pedido {{1}}"}, Body: "Olá {{1}}, {{2}}, {{3}}, {{4}}, {{5}}, {{6}}, {{7}}, {{8}}, {{9}}, {{10}} fim.", Footer: "SAIR para sair",
			Buttons: []template.Button{{Kind: template.ButtonReply, Text: "Ok"}, {Kind: template.ButtonURL, Text: "Ver", URL: "https://l.example/{{1}}"}, {Kind: template.ButtonPhone, Text: "Ligar", Phone: "+5511"}, {Kind: template.ButtonCode}},
			Samples: map[string]string{"1": "a", "2": "b", "3": "c", "4": "d", "5": "e", "6": "f", "7": "g", "8": "h", "9": "i", "10": "j", "header.1": "77", "button.2": "x", "button.4": "QUERO"},
		}},
		"named": {Name: "oi", Language: "en_US", Category: template.Marketing, Definition: template.Definition{
			Format: template.Named, Header: &template.Header{Kind: template.HeaderText, Text: "Hi {{name}}"}, Body: "Dear {{name}}, come by {{day}}!", Samples: map[string]string{"name": "Ana", "day": "noon", "header.name": "Ana"},
		}},
		"image": {Name: "foto", Language: "pt_BR", Category: template.Marketing, Handle: "4::h", Definition: template.Definition{Header: &template.Header{Kind: template.HeaderImage}, Body: "Veja."}},
	}
}

func TestTemplatesAreWrittenAsThePlatformWantsThem(t *testing.T) {
	for name, draft := range drafts() {
		adapter, account, calls, _ := templatesAt(t, map[string]string{
			"POST /v25.0/100/message_templates": `{"id":"900","status":"PENDING","category":"MARKETING"}`, "POST /v25.0/900": `{"success":true}`,
		})
		made, err := adapter.Create(context.Background(), account, draft)
		if err != nil || made.ExternalID != "900" || made.Status != template.Pending || made.Category != template.Marketing {
			t.Fatalf("%s: %+v, %v", name, made, err)
		}
		goldenTemplate(t, name+".json", (*calls)[0].body)
		if err := adapter.Edit(context.Background(), account, "900", draft); err != nil {
			t.Fatal(err)
		}
		if edit := (*calls)[1].body; strings.Contains(edit, `"name":"`+draft.Name) || strings.Contains(edit, `"language"`) {
			t.Errorf("an edit names %s", edit)
		}
	}
}

// What was written is read back the same.
func TestTemplatesAreReadBack(t *testing.T) {
	for name, draft := range drafts() {
		body, err := templateJSON(draft, true)
		if err != nil {
			t.Fatal(err)
		}
		seen, ok := readTemplate(body)
		if !ok || seen.Name != draft.Name || seen.Category != draft.Category || seen.Definition.Body != draft.Definition.Body || seen.Definition.Footer != draft.Definition.Footer {
			t.Errorf("%s: %+v", name, seen)
		}
		for key, sample := range draft.Definition.Samples {
			if seen.Definition.Samples[key] != sample {
				t.Errorf("%s: the sample of %s is %q", name, key, seen.Definition.Samples[key])
			}
		}
		if draft.Definition.Format == template.Named && seen.Definition.Format != template.Named {
			t.Errorf("%s is %s", name, seen.Definition.Format)
		}
	}
}

func TestTemplatesAreListedPageByPage(t *testing.T) {
	adapter, account, calls, _ := templatesAt(t, map[string]string{
		"GET /v25.0/100/message_templates": `{"data":[{"id":"1","name":"a","language":"pt_BR","status":"REJECTED","category":"UTILITY","rejected_reason":"SCAM","quality_score":{"score":"GREEN","date":1},
			"components":[{"type":"BODY","text":"Olá"},{"type":"BUTTONS","buttons":[{"type":"COPY_CODE","text":"Copy","example":["X1"]},{"type":"MPM","text":"Ver"}]}]},{"id":"9"},7],
			"paging":{"cursors":{"after":"c1"},"next":"https://x"}}`,
		"GET /v25.0/100/message_templates?c1": `{"data":[{"id":2,"name":"b","language":"pt_BR","status":"APPROVED","category":"AUTHENTICATION","rejected_reason":"NONE","components":[{"type":"BODY","text":"*{{1}}* é o código.","example":{"body_text":[["1234"]]}},
			{"type":"BUTTONS","buttons":[{"type":"URL","text":"Copiar","url":"https://www.whatsapp.com/otp/code/?code=otp{{1}}"}]}]},{"name":"c","language":"en","status":"APPROVED","category":"MARKETING","components":[{"type":"CAROUSEL","cards":[]},{"type":"HEADER","format":"GIF"}]}],"paging":{"cursors":{"after":"c2"}}}`,
	})
	first, err := adapter.List(context.Background(), account, "")
	if err != nil || first.Next != "c1" || len(first.Items) != 1 {
		t.Fatalf("%+v, %v", first, err)
	}
	a := first.Items[0]
	if a.Status != template.Rejected || a.Reason != "SCAM" || a.Quality != "green" || a.Definition.Samples["button.1"] != "X1" || strings.Join(a.Definition.Foreign, ",") != "button mpm" {
		t.Errorf("%+v", a)
	}
	second, err := adapter.List(context.Background(), account, first.Next)
	if err != nil || second.Next != "" || len(second.Items) != 2 {
		t.Fatalf("%+v, %v", second, err)
	}
	if b := second.Items[0]; b.ExternalID != "2" || b.Reason != "" || b.Definition.Buttons[0].Kind != template.ButtonOTP || b.Definition.Samples["1"] != "1234" {
		t.Errorf("%+v", b)
	}
	if c := second.Items[1]; strings.Join(c.Definition.Foreign, ",") != "carousel,header gif" {
		t.Errorf("%+v", c)
	}
	if line := (*calls)[0].line; !strings.Contains(line, "fields=id%2Cname%2Clanguage") || !strings.Contains(line, "limit=100") {
		t.Errorf("asked %s", line)
	}
}

func TestDeletingNamesOneLanguageOrAll(t *testing.T) {
	adapter, account, calls, _ := templatesAt(t, map[string]string{"DELETE /v25.0/100/message_templates": `{"success":true}`})
	for _, external := range []string{"900", ""} {
		if err := adapter.Delete(context.Background(), account, "a", external); err != nil {
			t.Fatal(err)
		}
	}
	if got := (*calls)[0].line + " | " + (*calls)[1].line; got != "DELETE /v25.0/100/message_templates?hsm_id=900&name=a | DELETE /v25.0/100/message_templates?name=a" {
		t.Error(got)
	}
	gone, account, _, _ := templatesAt(t, map[string]string{"DELETE /v25.0/100/message_templates": `{"error":{"code":100,"error_subcode":33,"message":"does not exist"}}`})
	if err := gone.Delete(context.Background(), account, "a", "900"); err != nil {
		t.Errorf("one that is not there: %v", err)
	}
}

func TestAHeadersFileIsShownToThePlatform(t *testing.T) {
	adapter, account, calls, log := templatesAt(t, map[string]string{
		"GET /v25.0/app": `{"id":"55"}`, "POST /v25.0/55/uploads": `{"id":"upload:MTphd?sig=ARZ"}`, "POST /v25.0/upload:MTphd": `{"h":"4::aW"}`,
	})
	handle, err := adapter.UploadHeader(context.Background(), account, template.File{Name: "a b.png", MIME: "image/png", Size: 5, Content: strings.NewReader("bytes")})
	if err != nil || handle != "4::aW" {
		t.Fatalf("%q, %v", handle, err)
	}
	if line := (*calls)[1].line; line != "POST /v25.0/55/uploads?file_length=5&file_name=a+b.png&file_type=image%2Fpng" {
		t.Error(line)
	}
	put := (*calls)[2]
	if put.body != "bytes" || put.header.Get("Authorization") != "OAuth EAAsecrettoken" || put.header.Get("file_offset") != "0" || put.line != "POST /v25.0/upload:MTphd?sig=ARZ" {
		t.Errorf("%+v", put)
	}
	for _, e := range log.seen {
		if text := e.Path + e.Request + e.Response + e.Problem; strings.Contains(text, "EAAsecret") || e.Request == "bytes" || strings.Contains(e.Path, "sig=") {
			t.Errorf("the log holds %s", text)
		}
	}
	account.Settings[AppID] = "56"
	if _, err := adapter.UploadHeader(context.Background(), account, template.File{}); !fault.Is(err, fault.Refused) || (*calls)[3].line[:18] != "POST /v25.0/56/upl" {
		t.Errorf("%v, %s", err, (*calls)[3].line)
	}
}

func TestWhatErrorsMeanForTemplates(t *testing.T) {
	for answer, want := range map[string]struct {
		code   fault.Code
		reason string
		field  string
	}{
		`{"error":{"code":100,"error_subcode":2388024,"message":"m"}}`:                        {fault.Conflict, template.ReasonExists, "name"},
		`{"error":{"code":100,"error_subcode":2388023,"message":"m"}}`:                        {fault.Refused, template.ReasonNameKept, "name"},
		`{"error":{"code":100,"error_subcode":2388019,"message":"m"}}`:                        {fault.Refused, template.ReasonTooMany, ""},
		`{"error":{"code":100,"error_subcode":2388072,"message":"m"}}`:                        {fault.Refused, template.ReasonForm, "body"},
		`{"error":{"code":100,"error_subcode":2388047,"message":"m","error_user_msg":"why"}}`: {fault.Refused, template.ReasonForm, "header"},
		`{"error":{"code":80008,"message":"m"}}`:                                              {fault.RateLimited, "", ""},
		`{"error":{"code":190,"message":"m"}}`:                                                {fault.Refused, template.ReasonCredentials, ""},
		`{"error":{"code":200,"message":"m"}}`:                                                {fault.Refused, template.ReasonCredentials, ""},
		`{"error":{"code":100,"error_subcode":33,"message":"m"}}`:                             {fault.Refused, template.ReasonAbsent, ""},
		`{"error":{"code":2,"message":"m"}}`:                                                  {fault.Unavailable, "", ""},
		`{"error":{"code":100,"message":"m"}}`:                                                {fault.Refused, template.ReasonRefused, ""},
	} {
		adapter, account, _, _ := templatesAt(t, map[string]string{"POST /v25.0/100/message_templates": answer})
		_, err := adapter.Create(context.Background(), account, drafts()["image"])
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != want.code || f.Reason != want.reason || f.Field != want.field {
			t.Errorf("%s: %v", answer, err)
		}
	}
	if _, err := (&Templates{}).List(context.Background(), channel.Account{}, ""); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("without a business account: %v", err)
	}
}
