package zoho

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/crm"
	"prosa/internal/platform/httpclient"
)

var update = flag.Bool("update", false, "write the goldens")

var ctx = context.Background()

// wire is a vendor whose calls are kept, each answered as the test says.
type wire struct {
	*Vendor
	access crm.Access
	said   bytes.Buffer
	answer func(w http.ResponseWriter, r *http.Request)
}

func newWire(t *testing.T) *wire {
	t.Helper()
	w := &wire{}
	w.answer = func(rw http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(rw, `{"data":[{"code":"SUCCESS","status":"success","action":"insert","details":{"id":"4150"}}]}`)
	}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.said.WriteString(r.Method + " " + r.URL.RequestURI() + "\n")
		for _, name := range []string{"Authorization", "Content-Type"} {
			if value := r.Header.Get(name); value != "" {
				w.said.WriteString(name + ": " + value + "\n")
			}
		}
		if len(body) > 0 {
			var pretty bytes.Buffer
			if json.Indent(&pretty, body, "", "  ") != nil {
				pretty.Reset()
				pretty.Write(body)
			}
			w.said.WriteString("\n" + pretty.String() + "\n")
		}
		w.said.WriteString("\n")
		w.answer(rw, r)
	}))
	t.Cleanup(server.Close)
	cfg := Config{AccountsURL: server.URL, Timeout: 5 * time.Second}
	client, err := httpclient.Provider(cfg.Limits(), cfg.Bases()...)
	if err != nil {
		t.Fatal(err)
	}
	w.Vendor, w.access = New(cfg, client), crm.Access{APIDomain: server.URL, Token: secret.New("1000.token")}
	return w
}

func (w *wire) session(fields ...crm.Field) crm.Session {
	settings := w.Usual()
	settings.Pipeline = "Standard (Standard)"
	settings.Stages[crm.StageActive] = "Ativado"
	settings.LeadStatus = "Not Contacted"
	return crm.Session{Access: w.access, Settings: settings, Fields: fields}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
	}
}

// What leaves for Zoho, byte for byte.
func TestRequestsAreTheContract(t *testing.T) {
	deal := crm.Deal{
		ContractID: "CTR-000123", Name: "Aurora – Profissional – CTR-000123", Amount: 199000, Currency: "BRL", ClosingMS: 1_795_400_000_000,
		AccountID: "4150001", ContactID: "4150002", Stage: crm.StageWon,
	}
	for name, call := range map[string]func(w *wire) error{
		"account": func(w *wire) error {
			_, err := w.Account(ctx, w.session(), crm.Account{
				Key: "acq_1", Name: "Aurora Comércio Ltda", TaxID: "12ABC34501DE35", Phone: "+5519999990000", Street: "Rua A, 10", City: "Campinas", State: "SP", ZIP: "13010000", Country: "Brasil",
			})
			return err
		},
		"account_shortened": func(w *wire) error {
			_, err := w.Account(ctx, w.session(crm.Field{Name: "Account_Name", Length: 10}, crm.Field{Name: "CNPJ", Length: 5}, crm.Field{Name: "Billing_City", Length: 30}),
				crm.Account{Name: "Ação e Reação Comércio", TaxID: "12ABC34501DE35", City: "Campinas"})
			return err
		},
		"contact": func(w *wire) error {
			_, err := w.Contact(ctx, w.session(), crm.Contact{Email: "bia@example.com", Name: "Beatriz de Sá  Lima", Phone: "+5519999990000", AccountID: "4150001"})
			return err
		},
		"contact_of_one_word": func(w *wire) error {
			_, err := w.Contact(ctx, w.session(), crm.Contact{Email: "bia@example.com", Name: "Bia"})
			return err
		},
		"deal": func(w *wire) error { _, err := w.Deal(ctx, w.session(), deal); return err },
		"stage": func(w *wire) error {
			_, err := w.Stage(ctx, w.session(), "CTR-000123", "4150003", crm.StageActive)
			return err
		},
		"lead": func(w *wire) error {
			_, err := w.Lead(ctx, w.session(), crm.Lead{Email: "caio@example.com", Company: "Caio ME", Note: "Parou no pagamento"})
			return err
		},
		"organization": func(w *wire) error {
			w.answer = func(rw http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(rw, `{"org":[{"company_name":"Aurora"}]}`)
			}
			_, err := w.Organization(ctx, w.access)
			return err
		},
		"fields": func(w *wire) error { _, err := w.Fields(ctx, w.access, crm.EntityDeal); return err },
		"refresh": func(w *wire) error {
			w.answer = func(rw http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(rw, `{"access_token":"1000.x","api_domain":"https://www.zohoapis.com","expires_in":3600}`)
			}
			_, err := w.Refresh(ctx, crm.App{Centre: "us", ClientID: "1000.ID", Secret: secret.New("s3cret")}, secret.New("1000.refresh"))
			return err
		},
		"redeem": func(w *wire) error {
			w.answer = func(rw http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(rw, `{"access_token":"1000.x","refresh_token":"1000.r","api_domain":"https://www.zohoapis.com","expires_in":3600}`)
			}
			_, err := w.Redeem(ctx, crm.App{Centre: "ca", ClientID: "1000.ID", Secret: secret.New("s3cret")}, "1000.code")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t)
			if err := call(w); err != nil {
				t.Fatal(err)
			}
			golden(t, name, w.said.String())
		})
	}
}

func TestAStageFindsTheDealByItsContract(t *testing.T) {
	w := newWire(t)
	found := `{"data":[{"id":"77","Contract_ID":"CTR-000124"},{"id":"88","Contract_ID":"CTR-000123"}]}`
	w.answer = func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/search"):
			if found == "" {
				rw.WriteHeader(http.StatusNoContent)
				return
			}
			_, _ = io.WriteString(rw, found)
		case strings.HasSuffix(r.URL.Path, "/Deals/13"):
			rw.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(rw, `{"data":[{"code":"INVALID_DATA","details":{"api_name":"id","json_path":"$.data[0].id"},"message":"the id given seems to be invalid","status":"error"}]}`)
		default:
			_, _ = io.WriteString(rw, `{"data":[{"code":"SUCCESS","status":"success","details":{"id":"`+filepath.Base(r.URL.Path)+`"}}]}`)
		}
	}
	for _, dealID := range []string{"", "13"} { // unknown, and deleted by somebody
		written, err := w.Stage(ctx, w.session(), "CTR-000123", dealID, crm.StageCanceled)
		if err != nil || written.ID != "88" {
			t.Fatalf("from %q: %+v %v", dealID, written, err)
		}
	}
	golden(t, "stage_found", w.said.String())
	found = ""
	_, err := w.Stage(ctx, w.session(), "CTR-000123", "13", crm.StageCanceled)
	if got := trouble(t, err); got.Kind != crm.Refused || got.Ours != "contract_id" {
		t.Fatalf("%+v", got)
	}
	if _, err := w.Stage(ctx, w.session(), "", "13", crm.StageCanceled); trouble(t, err).Kind != crm.Refused {
		t.Fatal(err)
	}
}

func TestSearchValuesAreEscaped(t *testing.T) {
	if got := escape(`A(1),\B`); got != `A\(1\)\,\\B` {
		t.Error(got)
	}
}

// A token goes to the vendor's hosts only, whatever an answer names.
func TestTokensGoNowhereElse(t *testing.T) {
	w := newWire(t)
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("somebody else was called") }))
	defer other.Close()
	_, err := w.Organization(ctx, crm.Access{APIDomain: other.URL, Token: secret.New("1000.token")})
	if got := trouble(t, err); got.Kind != crm.Locked || strings.Contains(got.Message, "1000.token") {
		t.Fatalf("%+v", got)
	}
	w.answer = func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, other.URL, http.StatusFound) }
	if _, err := w.Organization(ctx, w.access); trouble(t, err).Kind == crm.Refused {
		t.Fatal(err)
	}
	if _, err := w.Refresh(ctx, crm.App{Centre: "br"}, secret.Text{}); trouble(t, err).Kind != crm.Locked {
		t.Fatal(err)
	}
}

func TestALostAnswerIsDown(t *testing.T) {
	w := newWire(t)
	w.answer = func(rw http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(rw).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	}
	_, err := w.Deal(ctx, w.session(), crm.Deal{ContractID: "CTR-1", AccountID: "1", Stage: crm.StageWon})
	if got := trouble(t, err); got.Kind != crm.Down {
		t.Fatalf("%+v", got)
	}
	w.answer = func(rw http.ResponseWriter, _ *http.Request) {
		chunk := bytes.Repeat([]byte(" "), 1<<20)
		for range answerMax>>20 + 1 {
			_, _ = rw.Write(chunk)
		}
	}
	if _, err := w.Organization(ctx, w.access); trouble(t, err).Kind != crm.Down {
		t.Fatal(err)
	}
}

// Canada's accounts are not under zoho.ca, and each centre's API is pinned.
func TestCentres(t *testing.T) {
	cfg := Config{Timeout: time.Second}
	want := map[string][2]string{
		"us": {"https://accounts.zoho.com", "https://www.zohoapis.com"}, "eu": {"https://accounts.zoho.eu", "https://www.zohoapis.eu"},
		"in": {"https://accounts.zoho.in", "https://www.zohoapis.in"}, "au": {"https://accounts.zoho.com.au", "https://www.zohoapis.com.au"},
		"jp": {"https://accounts.zoho.jp", "https://www.zohoapis.jp"}, "cn": {"https://accounts.zoho.com.cn", "https://www.zohoapis.com.cn"},
		"sa": {"https://accounts.zoho.sa", "https://www.zohoapis.sa"}, "ca": {"https://accounts.zohocloud.ca", "https://www.zohoapis.ca"},
		"uk": {"https://accounts.zoho.uk", "https://www.zohoapis.uk"},
	}
	bases := strings.Join(cfg.Bases(), " ") + " "
	for key, urls := range want {
		if got, ok := cfg.accounts(key); !ok || got != urls[0] || !strings.Contains(bases, urls[0]+" ") || !strings.Contains(bases, urls[1]+" ") {
			t.Errorf("%s: %s, pinned %s", key, got, bases)
		}
	}
	if len(New(cfg, nil).Centres()) != len(want) {
		t.Error("a centre is not offered, or not tested")
	}
	over := Config{AccountsURL: "http://127.0.0.1:1", Timeout: time.Second}
	if got := over.Bases(); len(got) != 1 || got[0] != over.AccountsURL {
		t.Errorf("beside the simulator %v may be called", got)
	}
	for _, bad := range []Config{{}, {Timeout: time.Second, AccountsURL: "ftp://x"}, {Timeout: time.Second, AccountsURL: "http://x/"}} {
		if !fault.Is(bad.Validate(), fault.Invalid) {
			t.Errorf("%+v is taken", bad)
		}
	}
	if err := over.Validate(); err != nil {
		t.Error(err)
	}
}

func TestFieldsAreCheckedAgainstWhatIsWritten(t *testing.T) {
	v := New(Config{}, nil)
	settings := v.Usual()
	unique := crm.Field{Type: "text", Length: 50, Unique: true}
	named := func(name string) crm.Field { f := unique; f.Name = name; return f }
	stage := crm.Field{Name: "Stage", Type: "picklist", Mandatory: true, Values: []string{"Closed Won", "Closed Lost"}}
	source := crm.Field{Name: "Lead_Source", Type: "picklist", Values: []string{"Site"}}
	good := func() map[crm.Entity][]crm.Field {
		return map[crm.Entity][]crm.Field{
			crm.EntityAccount: {{Name: "Account_Name", Mandatory: true}, named("CNPJ")},
			crm.EntityContact: {{Name: "Last_Name", Mandatory: true}},
			crm.EntityDeal:    {named("Contract_ID"), stage, source},
		}
	}
	if found := v.Check(settings, good()); len(found) != 0 {
		t.Fatalf("a good CRM: %+v", found)
	}
	for name, c := range map[string]struct {
		change func(f map[crm.Entity][]crm.Field, s *crm.Settings)
		want   crm.Finding
	}{
		"no tax id": {func(f map[crm.Entity][]crm.Field, _ *crm.Settings) { f[crm.EntityAccount] = f[crm.EntityAccount][:1] },
			crm.Finding{Entity: crm.EntityAccount, Field: "CNPJ", Code: "missing", Blocks: true}},
		"a tax id that is not unique": {func(f map[crm.Entity][]crm.Field, _ *crm.Settings) { f[crm.EntityAccount][1].Unique = false },
			crm.Finding{Entity: crm.EntityAccount, Field: "CNPJ", Code: "not_unique", Blocks: true}},
		"a tax id that is a number": {func(f map[crm.Entity][]crm.Field, _ *crm.Settings) { f[crm.EntityAccount][1].Type = "bigint" },
			crm.Finding{Entity: crm.EntityAccount, Field: "CNPJ", Code: "missing", Value: "text", Blocks: true}},
		"a short tax id": {func(f map[crm.Entity][]crm.Field, _ *crm.Settings) { f[crm.EntityAccount][1].Length = 13 },
			crm.Finding{Entity: crm.EntityAccount, Field: "CNPJ", Code: "too_short", Value: "14", Blocks: true}},
		"a stage that is none": {func(_ map[crm.Entity][]crm.Field, s *crm.Settings) { s.Stages[crm.StageActive] = "Ativado" },
			crm.Finding{Entity: crm.EntityDeal, Field: "Stage", Code: "unknown_value", Value: "Ativado", Blocks: true}},
		"a source that is none": {func(_ map[crm.Entity][]crm.Field, s *crm.Settings) { s.LeadSource = "Feira" },
			crm.Finding{Entity: crm.EntityDeal, Field: "Lead_Source", Code: "unknown_value", Value: "Feira"}},
		"a pipeline where there is none": {func(_ map[crm.Entity][]crm.Field, s *crm.Settings) { s.Pipeline = "Vendas" },
			crm.Finding{Entity: crm.EntityDeal, Field: "Pipeline", Code: "missing", Value: "Vendas"}},
		"a mandatory field of theirs": {func(f map[crm.Entity][]crm.Field, _ *crm.Settings) {
			f[crm.EntityContact] = append(f[crm.EntityContact], crm.Field{Name: "Birthday", Mandatory: true})
		}, crm.Finding{Entity: crm.EntityContact, Field: "Birthday", Code: "mandatory", Blocks: true}},
		"leads": {func(f map[crm.Entity][]crm.Field, s *crm.Settings) {
			f[crm.EntityLead], s.LeadStatus = []crm.Field{source}, "New"
		}, crm.Finding{Entity: crm.EntityLead, Field: "Lead_Status", Code: "missing", Value: "New"}},
	} {
		fields, s := good(), v.Usual()
		c.change(fields, &s)
		if found := v.Check(s, fields); len(found) != 1 || found[0] != c.want {
			t.Errorf("%s: %+v", name, found)
		}
	}
}
