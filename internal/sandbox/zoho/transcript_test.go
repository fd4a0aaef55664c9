package zoho

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the goldens anew")

// drawn are the tokens and codes, which are random.
var drawn = regexp.MustCompile(`1000\.[0-9a-f]{32}\.[0-9a-f]{32}`)

// transcript is calls with their answers, tokens counted instead of drawn.
type transcript struct {
	*crm
	text  bytes.Buffer
	known map[string]string
}

func record(t *testing.T, config Config) *transcript {
	t.Helper()
	return &transcript{crm: start(t, config), known: map[string]string{}}
}

func (g *transcript) plain(text string) string {
	return drawn.ReplaceAllStringFunc(text, func(token string) string {
		if g.known[token] == "" {
			g.known[token] = fmt.Sprintf("token-%d", len(g.known)+1)
		}
		return g.known[token]
	})
}

// says writes a remark between calls.
func (g *transcript) says(remark string) { fmt.Fprintf(&g.text, "# %s\n\n", remark) }

// does makes a call with the token and writes both down.
func (g *transcript) does(method, path, body string) object {
	g.t.Helper()
	request, err := http.NewRequest(method, g.http.URL+path, strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Zoho-oauthtoken "+g.token)
	return g.sends(request, body)
}

// asks posts a form to the endpoint for tokens.
func (g *transcript) asks(pairs ...string) object {
	g.t.Helper()
	form := url.Values{}
	shown := ""
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
		shown += "\n  " + pairs[i] + "=" + pairs[i+1]
	}
	request, err := http.NewRequest(http.MethodPost, g.http.URL+"/oauth/v2/token", strings.NewReader(form.Encode()))
	if err != nil {
		g.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return g.sends(request, strings.TrimPrefix(shown, "\n"))
}

func (g *transcript) sends(request *http.Request, shown string) object {
	g.t.Helper()
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		g.t.Fatal(err)
	}
	defer answer.Body.Close()
	var raw bytes.Buffer
	if _, err := raw.ReadFrom(answer.Body); err != nil {
		g.t.Fatal(err)
	}
	got := object{}
	pretty := ""
	if raw.Len() > 0 {
		if err := json.Unmarshal(raw.Bytes(), &got); err != nil {
			g.t.Fatalf("%s: %v", raw.Bytes(), err)
		}
		text, err := json.MarshalIndent(got, "", "  ")
		if err != nil {
			g.t.Fatal(err)
		}
		pretty = string(text) + "\n"
	}
	path, err := url.QueryUnescape(request.URL.RequestURI())
	if err != nil {
		g.t.Fatal(err)
	}
	fmt.Fprintf(&g.text, "%s %s\n", request.Method, path)
	if shown != "" {
		if len(shown) > 1000 {
			shown = fmt.Sprintf("%s... (%d bytes)", shown[:100], len(shown))
		}
		fmt.Fprintf(&g.text, "%s\n", g.plain(shown))
	}
	fmt.Fprintf(&g.text, "%d\n%s\n", answer.StatusCode, g.plain(pretty))
	return got
}

// holds compares what was written with the golden.
func (g *transcript) holds(name string) {
	g.t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			g.t.Fatal(err)
		}
		if err := os.WriteFile(file, g.text.Bytes(), 0o644); err != nil {
			g.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		g.t.Fatal(err)
	}
	got, old := strings.Split(g.text.String(), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(got), len(old)) {
		if got[i] != old[i] {
			g.t.Fatalf("%s, line %d says %q, was %q; if that is right, run with -update", file, i+1, got[i], old[i])
		}
	}
	if len(got) != len(old) {
		g.t.Fatalf("%s has %d lines, had %d; if that is right, run with -update", file, len(got), len(old))
	}
}

// TestTranscriptOfTokens is the life of a connection: a code that becomes
// tokens, tokens that end, are throttled and are taken back.
func TestTranscriptOfTokens(t *testing.T) {
	g := record(t, Config{PublicURL: "http://zoho.example.com"})
	client := []string{"client_id", "1000.APP", "client_secret", "s3cret"}
	with := func(pairs ...string) []string { return append(append([]string{}, client...), pairs...) }
	code, err := g.server.NewCode(Code{Client: "1000.APP"})
	if err != nil {
		t.Fatal(err)
	}
	g.says("a refusal answers 200")
	g.asks("client_id", "1000.NOBODY", "client_secret", "s3cret", "grant_type", "authorization_code", "code", code.Code)
	g.asks("client_id", "1000.APP", "client_secret", "wrong", "grant_type", "authorization_code", "code", code.Code)
	g.asks(with("grant_type", "authorization_code")...)
	g.asks(with("grant_type", "client_credentials")...)
	g.asks(with()...)
	g.says("none of them has used the code up")
	granted := g.asks(with("grant_type", "authorization_code", "code", code.Code)...)
	g.asks(with("grant_type", "authorization_code", "code", code.Code)...)
	g.says("a refresh token is no access token, an access token is no refresh token")
	g.token = granted["refresh_token"].(string)
	g.does(http.MethodGet, "/crm/v8/org", "")
	g.asks(with("grant_type", "refresh_token", "refresh_token", granted["access_token"].(string))...)
	g.token = granted["access_token"].(string)
	g.does(http.MethodGet, "/crm/v8/org", "")
	g.says("an hour later")
	g.clock.Advance(time.Hour)
	g.does(http.MethodGet, "/crm/v8/org", "")
	g.token = g.asks(with("grant_type", "refresh_token", "refresh_token", granted["refresh_token"].(string))...)["access_token"].(string)
	g.does(http.MethodGet, "/crm/v8/org", "")
	g.says("its owner takes it back")
	if _, err := g.server.Revoke(Ending{Client: "1000.APP"}); err != nil {
		t.Fatal(err)
	}
	g.does(http.MethodGet, "/crm/v8/org", "")
	g.asks(with("grant_type", "refresh_token", "refresh_token", granted["refresh_token"].(string))...)
	g.holds("tokens")
}

// TestTranscriptOfAContract is the life of a contract in the CRM: a lead that is
// not known, a company, its person, its deal, the deal's stage as time goes.
func TestTranscriptOfAContract(t *testing.T) {
	g := record(t, Config{PublicURL: "http://zoho.example.com"})
	g.does(http.MethodGet, "/crm/v8/settings/fields?module=Deals", "")
	g.does(http.MethodGet, "/crm/v8/Leads/search?email=bia@aurora.example", "")
	g.does(http.MethodPost, "/crm/v8/Leads/upsert",
		`{"data":[{"Last_Name":"Lima","First_Name":"Bia","Company":"Aurora","Email":"bia@aurora.example","Lead_Source":"Site","Lead_Status":"Not Contacted"}],"duplicate_check_fields":["Email"],"trigger":["workflow"]}`)
	g.does(http.MethodGet, "/crm/v8/Leads/search?email=BIA@aurora.example", "")
	g.says("the lead bought: a company, by its CNPJ of letters")
	account := idOf(g.does(http.MethodPost, "/crm/v8/Accounts/upsert",
		`{"data":[{"Account_Name":"Padaria Aurora Ltda","CNPJ":"12ABC34501DE35","Phone":"+55 19 3232-1000","Billing_City":"Campinas","Billing_State":"SP"}],"duplicate_check_fields":["CNPJ"],"trigger":[]}`)["data"].([]any)[0].(object))
	g.clock.Advance(time.Minute)
	g.does(http.MethodPost, "/crm/v8/Accounts/upsert",
		`{"data":[{"Account_Name":"Padaria Aurora S/A","CNPJ":"12abc34501de35"}],"duplicate_check_fields":["CNPJ"],"trigger":[]}`)
	contact := idOf(g.does(http.MethodPost, "/crm/v8/Contacts/upsert",
		`{"data":[{"First_Name":"Bia","Last_Name":"Lima","Email":"bia@aurora.example","Account_Name":{"id":"`+account+`"}}],"duplicate_check_fields":["Email"],"trigger":[]}`)["data"].([]any)[0].(object))
	deal := idOf(g.does(http.MethodPost, "/crm/v8/Deals/upsert",
		`{"data":[{"Deal_Name":"Padaria Aurora: Profissional","Stage":"Closed Won","Amount":1990.50,"Closing_Date":"2026-11-23","Contract_ID":"CTR-2026-000001","Account_Name":{"id":"`+account+`"},"Contact_Name":{"id":"`+contact+`"}}],"duplicate_check_fields":["Contract_ID"],"trigger":["workflow"]}`)["data"].([]any)[0].(object))
	g.does(http.MethodGet, "/crm/v8/Deals/search?criteria="+url.QueryEscape("(Contract_ID:equals:CTR-2026-000001)"), "")
	g.says("the company came in: the stage alone moves, and no workflow runs")
	g.clock.Advance(30 * time.Minute)
	g.does(http.MethodPut, "/crm/v8/Deals/"+deal, `{"data":[{"Stage":"Ativado"}],"trigger":[]}`)
	g.does(http.MethodGet, "/crm/v8/Deals/"+deal, "")
	g.says("a person removes the deal: the next write makes another one")
	g.does(http.MethodDelete, "/_sandbox/records/"+deal, "")
	g.does(http.MethodPut, "/crm/v8/Deals/"+deal, `{"data":[{"Stage":"Closed Lost"}]}`)
	g.does(http.MethodGet, "/crm/v8/Deals/"+deal, "")
	g.does(http.MethodPost, "/crm/v8/Deals/upsert",
		`{"data":[{"Deal_Name":"Padaria Aurora: Profissional","Stage":"Closed Won","Contract_ID":"CTR-2026-000001"}],"duplicate_check_fields":["Contract_ID"]}`)
	g.does(http.MethodGet, "/_sandbox/records?module=Deals", "")
	g.holds("contract")
}

// TestTranscriptOfRefusals is what the vendor documents that it refuses, with the
// place in the call that is wrong.
func TestTranscriptOfRefusals(t *testing.T) {
	g := record(t, Config{PublicURL: "http://zoho.example.com"})
	by := `"duplicate_check_fields":["CNPJ"]`
	account := idOf(g.upsert("Accounts", []string{"CNPJ"}, http.StatusOK, object{"Account_Name": "Aurora", "CNPJ": "1"})[0])
	other := idOf(g.upsert("Accounts", []string{"CNPJ"}, http.StatusOK, object{"Account_Name": "Boreal", "CNPJ": "2"})[0])
	post := func(module, body string) { g.does(http.MethodPost, "/crm/v8/"+module+"/upsert", body) }
	g.says("the call itself")
	post("Accounts", `[`)
	post("Accounts", `{}`)
	post("Accounts", `{"data":[]}`)
	post("Accounts", `{"data":[`+strings.TrimSuffix(strings.Repeat(`{"Account_Name":"A"},`, 101), ",")+`]}`)
	post("Potentials", `{"data":[{"Deal_Name":"D"}]}`)
	g.does(http.MethodGet, "/crm/v8/settings/fields?module=Potentials", "")
	g.does(http.MethodGet, "/crm/v2/org", "")
	g.does(http.MethodGet, "/crm/v8/Potentials/1", "")
	g.does(http.MethodPut, "/crm/v8/Potentials/1", `{"data":[{}]}`)
	g.says("a field that can not be looked up by, and one that is none")
	post("Accounts", `{"data":[{"Account_Name":"A"}],"duplicate_check_fields":["CNPJ","Phone"]}`)
	post("Accounts", `{"data":[{"Account_Name":"A"}],"duplicate_check_fields":["Cnpj"]}`)
	g.says("values, one kind each")
	post("Accounts", `{"data":[{"CNPJ":"3"}],`+by+`}`)
	post("Accounts", `{"data":[{"Account_Name":null,"CNPJ":"3"}],`+by+`}`)
	post("Accounts", `{"data":[{"Account_Name":["A"],"CNPJ":"3"}],`+by+`}`)
	post("Accounts", `{"data":[{"Account_Name":"A","CNPJ":"12.ABC.345/01DE-35."}],`+by+`}`)
	post("Accounts", `{"data":[{"Account_Name":"A","CNPJ":"3","Phone":"ligue já"}],`+by+`}`)
	post("Accounts", `{"data":[{"Account_Name":"A","CNPJ":"3","Employees":"12"}],`+by+`}`)
	post("Contacts", `{"data":[{"Last_Name":"L","Email":"Bia <bia@aurora.example>"}]}`)
	post("Contacts", `{"data":[{"Last_Name":"L","Account_Name":{"name":"Aurora"}}]}`)
	post("Contacts", `{"data":[{"Last_Name":"L","Account_Name":{"id":"4150868000000000999"}}]}`)
	post("Deals", `{"data":[{"Deal_Name":"D","Stage":"Ganho"}]}`)
	post("Deals", `{"data":[{"Deal_Name":"D","Stage":"Closed Won","Closing_Date":"2026-02-29"}]}`)
	post("Deals", `{"data":[{"Amount":"1.990,50","Closing_Date":"amanhã"}]}`)
	g.says("a unique value that another record has, made and changed")
	post("Accounts", `{"data":[{"Account_Name":"Aurora","CNPJ":"2"}]}`)
	g.does(http.MethodPut, "/crm/v8/Accounts/"+account, `{"data":[{"CNPJ":"2"}]}`)
	g.says("what a record has may be written again")
	g.does(http.MethodPut, "/crm/v8/Accounts/"+other, `{"data":[{"CNPJ":"2"}]}`)
	g.says("a record of another module, and two at once")
	g.does(http.MethodPut, "/crm/v8/Contacts/"+account, `{"data":[{"Last_Name":"L"}]}`)
	g.does(http.MethodPut, "/crm/v8/Accounts/"+account, `{"data":[{"CNPJ":"5"},{"CNPJ":"6"}]}`)
	g.says("some were good")
	post("Accounts", `{"data":[{"Account_Name":"Cadente","CNPJ":"3"},{"CNPJ":"4"},{"Account_Name":"Dourada","CNPJ":"3"}],`+by+`}`)
	g.says("searches")
	for _, query := range []string{
		"", "criteria=" + url.QueryEscape("CNPJ:equals:1"), "criteria=" + url.QueryEscape("(CNPJ:starts_with:1)"), "criteria=" + url.QueryEscape("((CNPJ:equals:1)or(CNPJ:equals:2))"),
		"criteria=" + url.QueryEscape("(Cnpj:equals:1)"), "criteria=" + url.QueryEscape("(CNPJ:equals:)"), "email=a@b.example",
	} {
		g.does(http.MethodGet, "/crm/v8/Accounts/search?"+query, "")
	}
	g.does(http.MethodGet, "/crm/v8/Potentials/search?criteria="+url.QueryEscape("(CNPJ:equals:1)"), "")
	g.says("without a token that lives")
	g.token = "1000.none"
	g.does(http.MethodGet, "/crm/v8/org", "")
	post("Accounts", `{"data":[{"Account_Name":"Perdida","CNPJ":"9"}]}`)
	if records := g.server.Records("Accounts"); len(records) != 3 {
		t.Errorf("there are %d companies, want the two of the beginning and one that was good", len(records))
	}
	g.holds("refusals")
}
