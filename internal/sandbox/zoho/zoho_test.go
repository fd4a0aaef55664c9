package zoho

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
)

// crm is a simulator with a client and its tokens.
type crm struct {
	t       *testing.T
	server  *Server
	http    *httptest.Server
	clock   *clock.Manual
	refresh string
	token   string
}

func start(t *testing.T, config Config) *crm {
	t.Helper()
	c := &crm{t: t, clock: clock.NewManual(time.UnixMilli(1_795_000_000_000))}
	config.Clock = c.clock
	c.open(config)
	if _, err := c.server.PutClient(Client{ID: "1000.APP", Secret: "s3cret"}); err != nil {
		t.Fatal(err)
	}
	code, err := c.server.NewCode(Code{Client: "1000.APP"})
	if err != nil {
		t.Fatal(err)
	}
	got := c.grant(url.Values{"grant_type": {"authorization_code"}, "code": {code.Code}}, http.StatusOK)
	c.refresh, c.token = got["refresh_token"].(string), got["access_token"].(string)
	return c
}

func (c *crm) open(config Config) {
	c.t.Helper()
	var err error
	if c.server, err = New(config); err != nil {
		c.t.Fatal(err)
	}
	c.http = httptest.NewServer(c.server)
	c.t.Cleanup(c.http.Close)
}

func (c *crm) grant(form url.Values, want int) object {
	c.t.Helper()
	if form.Get("client_id") == "" {
		form.Set("client_id", "1000.APP")
	}
	if form.Get("client_secret") == "" {
		form.Set("client_secret", "s3cret")
	}
	answer, err := http.PostForm(c.http.URL+"/oauth/v2/token", form)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.read(answer, want)
}

func (c *crm) read(answer *http.Response, want int) object {
	c.t.Helper()
	defer answer.Body.Close()
	raw, _ := io.ReadAll(answer.Body)
	if answer.StatusCode != want {
		c.t.Fatalf("%s %s answers %d %s, want %d", answer.Request.Method, answer.Request.URL.Path, answer.StatusCode, raw, want)
	}
	var got object
	if len(raw) > 0 && json.Unmarshal(raw, &got) != nil {
		c.t.Fatalf("%s", raw)
	}
	return got
}

func (c *crm) call(method, path string, body any, want int) object {
	c.t.Helper()
	raw, _ := json.Marshal(body)
	request, err := http.NewRequest(method, c.http.URL+path, bytes.NewReader(raw))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Zoho-oauthtoken "+c.token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.read(answer, want)
}

// upsert writes records and gives their answers.
func (c *crm) upsert(module string, unique []string, want int, records ...object) []object {
	c.t.Helper()
	body := object{"data": records, "trigger": []string{}}
	if unique != nil {
		body["duplicate_check_fields"] = unique
	}
	got := c.call(http.MethodPost, "/crm/v8/"+module+"/upsert", body, want)
	views := []object{}
	list, _ := got["data"].([]any)
	for _, one := range list {
		views = append(views, one.(object))
	}
	if len(views) == 0 {
		views = append(views, got)
	}
	return views
}

func codes(views []object) string {
	var list []string
	for _, view := range views {
		list = append(list, fmt.Sprint(view["code"], "/", view["action"], "/", view["duplicate_field"]))
	}
	return strings.Join(list, " ")
}

func idOf(view object) string { return view["details"].(object)["id"].(string) }

func TestCodesWorkOnceAndShortly(t *testing.T) {
	c := start(t, Config{})
	code, err := c.server.NewCode(Code{Client: "1000.APP"})
	if err != nil {
		t.Fatal(err)
	}
	form := func() url.Values { return url.Values{"grant_type": {"authorization_code"}, "code": {code.Code}} }
	for name, change := range map[string]func(url.Values){
		"invalid_client":         func(f url.Values) { f.Set("client_id", "1000.OTHER") },
		"invalid_client_secret":  func(f url.Values) { f.Set("client_secret", "wrong") },
		"invalid_code":           func(f url.Values) { f.Set("code", "1000.none") },
		"unsupported_grant_type": func(f url.Values) { f.Set("grant_type", "password") },
	} {
		wish := form()
		change(wish)
		if got := c.grant(wish, http.StatusOK); got["error"] != name || got["access_token"] != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
	got := c.grant(form(), http.StatusOK)
	if got["refresh_token"] == nil || got["token_type"] != "Bearer" || got["expires_in"] != float64(3600) || got["api_domain"] == "" {
		t.Fatalf("%v", got)
	}
	if got := c.grant(form(), http.StatusOK); got["error"] != "invalid_code" {
		t.Fatalf("a code works twice: %v", got)
	}
	late, _ := c.server.NewCode(Code{Client: "1000.APP"})
	c.clock.Advance(3 * time.Minute)
	if got := c.grant(url.Values{"grant_type": {"authorization_code"}, "code": {late.Code}}, http.StatusOK); got["error"] != "invalid_code" {
		t.Fatalf("a code of 3 minutes works: %v", got)
	}
	if _, err := c.server.NewCode(Code{Client: "1000.OTHER"}); err == nil {
		t.Error("a code for a client that is none")
	}
}

func TestTokensEndAreThrottledAndRevoked(t *testing.T) {
	c := start(t, Config{})
	refresh := func(want int) object {
		t.Helper()
		return c.grant(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {c.refresh}}, want)
	}
	for range 9 { // the code's was the first of ten
		if got := refresh(http.StatusOK); got["access_token"] == nil || got["refresh_token"] != nil {
			t.Fatalf("%v", got)
		}
	}
	if got := refresh(http.StatusBadRequest); got["error"] != "Access Denied" || got["status"] != "failure" {
		t.Fatalf("%v", got)
	}
	c.call(http.MethodGet, "/crm/v8/org", nil, http.StatusOK) // the first still lives
	c.clock.Advance(10 * time.Minute)
	for range 6 { // 16 live: the first ends
		refresh(http.StatusOK)
	}
	if got := c.call(http.MethodGet, "/crm/v8/org", nil, http.StatusUnauthorized); got["code"] != "INVALID_TOKEN" {
		t.Fatalf("%v", got)
	}
	c.token = refresh(http.StatusOK)["access_token"].(string)
	c.call(http.MethodGet, "/crm/v8/org", nil, http.StatusOK)
	c.clock.Advance(time.Hour)
	c.call(http.MethodGet, "/crm/v8/org", nil, http.StatusUnauthorized)
	c.token = refresh(http.StatusOK)["access_token"].(string)
	if got, err := c.server.Revoke(Ending{Client: "1000.APP"}); err != nil || got.Ended != 1 {
		t.Fatal(got, err)
	}
	c.call(http.MethodGet, "/crm/v8/org", nil, http.StatusUnauthorized)
	if got := refresh(http.StatusOK); got["error"] != "invalid_code" {
		t.Fatalf("a revoked token: %v", got)
	}
	if calls := c.server.Calls(); calls["tokens"] != 18 || calls["throttled"] != 1 {
		t.Errorf("%v", calls)
	}
}

func TestTheOldestRefreshTokenEnds(t *testing.T) {
	c := start(t, Config{})
	for range refreshMost {
		c.clock.Advance(time.Minute)
		if _, err := c.server.NewRefresh(Refresh{Client: "1000.APP"}); err != nil {
			t.Fatal(err)
		}
	}
	alive := 0
	for _, refresh := range c.server.refreshes {
		if !refresh.Revoked {
			alive++
		}
	}
	if alive != refreshMost {
		t.Errorf("%d refresh tokens live", alive)
	}
}

func TestUpsertLooksByTheFieldsThatItIsTold(t *testing.T) {
	c := start(t, Config{})
	by := []string{"CNPJ"}
	one := c.upsert("Accounts", by, http.StatusOK, object{"Account_Name": "Padaria Central", "CNPJ": "12ABC34501DE35"})
	if codes(one) != "SUCCESS/insert/<nil>" {
		t.Fatal(codes(one))
	}
	again := c.upsert("Accounts", by, http.StatusOK, object{"Account_Name": "Padaria Nova", "CNPJ": "12abc34501de35"})
	if codes(again) != "SUCCESS/update/CNPJ" || idOf(again[0]) != idOf(one[0]) {
		t.Fatal(codes(again))
	}
	two := c.upsert("Accounts", by, http.StatusOK, object{"Account_Name": "Padaria Nova", "CNPJ": "11222333000181"})
	if codes(two) != "SUCCESS/insert/<nil>" || len(c.server.Records("Accounts")) != 2 {
		t.Fatal(codes(two))
	}
	// Without fields the vendor compares names, and finds a homonym; its own tax id
	// then is a change of that company.
	merged := c.upsert("Accounts", nil, http.StatusOK, object{"Account_Name": "padaria nova", "CNPJ": "11444777000161"})
	if codes(merged) != "SUCCESS/update/Account_Name" || idOf(merged[0]) != idOf(one[0]) {
		t.Fatalf("%s %v", codes(merged), merged)
	}
	if twin := c.upsert("Accounts", nil, http.StatusBadRequest, object{"Account_Name": "Outra", "CNPJ": "11222333000181"}); codes(twin) != "DUPLICATE_DATA/<nil>/<nil>" ||
		twin[0]["details"].(object)["duplicate_record"].(object)["id"] != idOf(two[0]) {
		t.Fatalf("%v", twin)
	}
	for _, bad := range [][]string{{"Phone"}, {"Nothing"}} {
		if got := c.upsert("Accounts", bad, http.StatusBadRequest, object{"Account_Name": "X"}); got[0]["code"] != "INVALID_DATA" {
			t.Errorf("%v: %v", bad, got)
		}
	}
}

func TestRecordsAreValidated(t *testing.T) {
	c := start(t, Config{})
	account := idOf(c.upsert("Accounts", []string{"CNPJ"}, http.StatusOK, object{"Account_Name": "Aurora", "CNPJ": "1"})[0])
	good := func() object {
		return object{"Deal_Name": "D", "Contract_ID": "CTR-1", "Stage": "Closed Won", "Amount": 1990.5, "Closing_Date": "2026-11-22", "Account_Name": object{"id": account}}
	}
	for name, w := range map[string]struct {
		change     object
		code, path string
	}{
		"a name of 121":      {object{"Deal_Name": strings.Repeat("á", 121)}, "INVALID_DATA", "$.data[0].Deal_Name"},
		"no name":            {object{"Deal_Name": ""}, "MANDATORY_NOT_FOUND", "$.data[0].Deal_Name"},
		"no stage":           {object{"Stage": nil}, "MANDATORY_NOT_FOUND", "$.data[0].Stage"},
		"a stage of nobody":  {object{"Stage": "Won"}, "INVALID_DATA", "$.data[0].Stage"},
		"an amount in words": {object{"Amount": "1990"}, "INVALID_DATA", "$.data[0].Amount"},
		"a day of Brazil":    {object{"Closing_Date": "22/11/2026"}, "INVALID_DATA", "$.data[0].Closing_Date"},
		"an account by name": {object{"Account_Name": "Aurora"}, "INVALID_DATA", "$.data[0].Account_Name"},
		"an unknown account": {object{"Account_Name": object{"id": "1"}}, "INVALID_DATA", "$.data[0].Account_Name.id"},
	} {
		record := good()
		for key, value := range w.change {
			record[key] = value
		}
		got := c.upsert("Deals", []string{"Contract_ID"}, http.StatusBadRequest, record)[0]
		if got["code"] != w.code || got["details"].(object)["json_path"] != w.path {
			t.Errorf("%s: %v", name, got)
		}
	}
	bad := good()
	bad["Stage"], bad["Closing_Date"] = "Won", "tomorrow"
	if got := c.upsert("Deals", []string{"Contract_ID"}, http.StatusBadRequest, bad)[0]; got["code"] != "MULTIPLE_OR_MULTI_ERRORS" || len(got["details"].(object)["errors"].([]any)) != 2 {
		t.Errorf("%v", got)
	}
	// Mixed: 207, in the order of the request.
	other := good()
	other["Contract_ID"], other["Unknown_Field"] = "CTR-2", "dropped in silence"
	if got := c.upsert("Deals", []string{"Contract_ID"}, http.StatusMultiStatus, bad, other); codes(got) != "MULTIPLE_OR_MULTI_ERRORS/<nil>/<nil> SUCCESS/insert/<nil>" {
		t.Error(codes(got))
	}
	deal := c.server.Records("Deals")[0]
	if _, kept := deal.Values["Unknown_Field"]; kept || fmt.Sprint(deal.Values["Amount"]) != "1990.5" {
		t.Errorf("%v", deal.Values)
	}
	for path, code := range map[string]string{"/crm/v8/Potentials/upsert": "INVALID_MODULE", "/crm/v8/Deals/convert": "INVALID_URL_PATTERN"} {
		want := map[string]int{"INVALID_MODULE": 400, "INVALID_URL_PATTERN": 404}[code]
		if got := c.call(http.MethodPost, path, object{"data": []object{good()}}, want); got["code"] != code {
			t.Errorf("%s: %v", path, got)
		}
	}
	if got := c.upsert("Contacts", []string{"Email"}, http.StatusBadRequest, object{"Last_Name": "L", "Email": "not one"})[0]; got["code"] != "INVALID_DATA" {
		t.Errorf("%v", got)
	}
}

func TestSearchReadAndUpdate(t *testing.T) {
	c := start(t, Config{})
	account := idOf(c.upsert("Accounts", []string{"CNPJ"}, http.StatusOK, object{"Account_Name": "Aurora (filial), SP", "CNPJ": "1"})[0])
	deal := idOf(c.upsert("Deals", []string{"Contract_ID"}, http.StatusOK, object{"Deal_Name": "D", "Contract_ID": "CTR-1", "Stage": "Closed Won", "Account_Name": object{"id": account}})[0])
	find := func(module, criteria string, want int) object {
		return c.call(http.MethodGet, "/crm/v8/"+module+"/search?"+url.Values{"criteria": {criteria}}.Encode(), nil, want)
	}
	got := find("Deals", "(Contract_ID:equals:CTR-1)", http.StatusOK)
	first := got["data"].([]any)[0].(object)
	if first["id"] != deal || first["Account_Name"].(object)["name"] != "Aurora (filial), SP" {
		t.Fatalf("%v", got)
	}
	if got := find("Deals", "(Contract_ID:equals:CTR-9)", http.StatusNoContent); got != nil {
		t.Fatalf("%v", got)
	}
	find("Accounts", `(Account_Name:equals:Aurora \(filial\)\, SP)`, http.StatusOK)
	find("Accounts", `(Account_Name:equals:Aurora (filial), SP)`, http.StatusBadRequest)
	find("Accounts", `(Nothing:equals:1)`, http.StatusBadRequest)
	find("Accounts", ``, http.StatusBadRequest)
	c.call(http.MethodGet, "/crm/v8/Deals/"+deal, nil, http.StatusOK)
	c.call(http.MethodGet, "/crm/v8/Deals/1", nil, http.StatusNoContent)
	body := object{"data": []object{{"Stage": "Ativado"}}}
	c.call(http.MethodPut, "/crm/v8/Deals/"+deal, body, http.StatusOK)
	if got := c.call(http.MethodPut, "/crm/v8/Deals/1", body, http.StatusBadRequest)["data"].([]any)[0].(object); got["details"].(object)["api_name"] != "id" {
		t.Fatalf("%v", got)
	}
	record := c.server.Records("Deals")[0]
	if record.Values["Stage"] != "Ativado" || record.Writes != 2 || record.Workflows != 1 { // the update had no trigger
		t.Fatalf("%+v", record)
	}
	fields := c.call(http.MethodGet, "/crm/v8/settings/fields?module=Accounts", nil, http.StatusOK)["fields"].([]any)
	unique := 0
	for _, field := range fields {
		unique += len(field.(object)["unique"].(object))
	}
	if unique != 1 {
		t.Errorf("%d unique fields", unique)
	}
}

// What was answered survives kill -9: the folder is opened again without a
// farewell.
func TestTheStateSurvives(t *testing.T) {
	dir := t.TempDir()
	c := start(t, Config{Dir: dir, PublicURL: "http://zoho.example.com"})
	id := idOf(c.upsert("Accounts", []string{"CNPJ"}, http.StatusOK, object{"Account_Name": "Aurora", "CNPJ": "1"})[0])
	c.upsert("Deals", []string{"Contract_ID"}, http.StatusOK, object{"Deal_Name": "D", "Contract_ID": "CTR-1", "Stage": "Closed Won", "Amount": 10.5})
	if err := c.server.PutFields("Leads", []Field{{Name: "Last_Name", Type: "text"}}); err != nil {
		t.Fatal(err)
	}
	c.call(http.MethodPut, "/_sandbox/settings", Settings{Organization: "Casa Aurora"}, http.StatusOK)
	c.open(Config{Dir: dir, PublicURL: "http://zoho.example.com", Clock: c.clock})
	if got := c.call(http.MethodGet, "/crm/v8/org", nil, http.StatusOK)["org"].([]any)[0].(object)["company_name"]; got != "Casa Aurora" {
		t.Errorf("%v", got)
	}
	if got := c.upsert("Accounts", []string{"CNPJ"}, http.StatusOK, object{"Account_Name": "Aurora", "CNPJ": "1"}); idOf(got[0]) != id {
		t.Errorf("%v", got)
	}
	if got := c.upsert("Accounts", []string{"CNPJ"}, http.StatusOK, object{"Account_Name": "Nova", "CNPJ": "2"}); idOf(got[0]) == id {
		t.Error("an id was given twice")
	}
	if deal := c.server.Records("Deals")[0]; fmt.Sprint(deal.Values["Amount"]) != "10.5" || len(c.server.fields["Leads"]) != 1 {
		t.Errorf("%v", deal.Values)
	}
	if got := c.grant(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {c.refresh}}, http.StatusOK); got["access_token"] == nil {
		t.Errorf("%v", got)
	}
	if err := c.server.Reset(); err != nil || len(c.server.Records("")) != 0 {
		t.Error(err)
	}
}

func TestCreditsRunOut(t *testing.T) {
	c := start(t, Config{Credits: 4})
	header := func(want int) string {
		t.Helper()
		request, _ := http.NewRequest(http.MethodGet, c.http.URL+"/crm/v8/org", nil)
		request.Header.Set("Authorization", "Zoho-oauthtoken "+c.token)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		c.read(answer, want)
		return answer.Header.Get("X-API-CREDITS-REMAINING")
	}
	got := []string{header(200), header(200), header(200), header(200), header(429)}
	if strings.Join(got, ",") != ",,1,0," {
		t.Errorf("%q", got)
	}
	c.clock.Advance(24 * time.Hour)
	c.token = c.grant(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {c.refresh}}, 200)["access_token"].(string)
	header(200)
}

func TestFaultsAreInjected(t *testing.T) {
	c := start(t, Config{})
	rule := func(do object) {
		t.Helper()
		do["on"], do["kind"], do["count"] = "call", "upsert", 1
		c.call(http.MethodPost, "/_sandbox/faults", do, http.StatusCreated)
	}
	account := object{"Account_Name": "Aurora", "CNPJ": "1"}
	for status, code := range map[int]string{500: "INTERNAL_ERROR", 503: "INTERNAL_ERROR", 429: "TOO_MANY_REQUESTS", 401: "INVALID_TOKEN", 403: "NO_PERMISSION", 404: "INVALID_URL_PATTERN", 412: "ALREADY_MODIFIED", 400: "DEPENDENT_SERVICE_ERROR"} {
		rule(object{"do": "status", "status": status})
		if got := c.upsert("Accounts", []string{"CNPJ"}, status, account)[0]; got["code"] != code {
			t.Errorf("%d: %v", status, got)
		}
	}
	if len(c.server.Records("")) != 0 {
		t.Fatal("a refused call wrote")
	}
	rule(object{"do": "cut_after"})
	request, _ := http.NewRequest(http.MethodPost, c.http.URL+"/crm/v8/Accounts/upsert", strings.NewReader(`{"data":[{"Account_Name":"Aurora","CNPJ":"1"}],"duplicate_check_fields":["CNPJ"]}`))
	request.Header.Set("Authorization", "Zoho-oauthtoken "+c.token)
	if answer, err := http.DefaultClient.Do(request); err == nil {
		answer.Body.Close()
		t.Fatal("the answer was not lost")
	}
	if len(c.server.Records("Accounts")) != 1 {
		t.Fatal("the effect was lost with the answer")
	}
	c.call(http.MethodPut, "/_sandbox/settings", Settings{Away: true}, http.StatusOK)
	c.call(http.MethodGet, "/crm/v8/org", nil, http.StatusInternalServerError)
	c.call(http.MethodPost, "/_sandbox/faults", object{"on": "call", "kind": "token", "do": "status", "status": 401}, http.StatusCreated)
	if got := c.grant(url.Values{}, http.StatusOK); got["error"] != "invalid_code" {
		t.Errorf("%v", got)
	}
	if got := c.call(http.MethodGet, "/_sandbox/faults", nil, http.StatusOK); len(got["faults"].([]any)) != 10 {
		t.Errorf("%v", got)
	}
	c.call(http.MethodDelete, "/_sandbox/faults", nil, http.StatusOK)
	c.call(http.MethodDelete, "/_sandbox/faults/none", nil, http.StatusNotFound)
	c.call(http.MethodPost, "/_sandbox/clients", Client{ID: "x"}, http.StatusUnprocessableEntity)
	c.call(http.MethodDelete, "/_sandbox/records/none", nil, http.StatusNotFound)
	if raw, _ := json.Marshal(c.call(http.MethodGet, "/_sandbox/clients", nil, http.StatusOK)); bytes.Contains(raw, []byte("s3cret")) {
		t.Errorf("%s", raw)
	}
}

// People see what the CRM holds, take it off line, and get a code that works.
func TestPages(t *testing.T) {
	c := start(t, Config{})
	account := idOf(c.upsert("Accounts", []string{"CNPJ"}, http.StatusOK, object{"Account_Name": "Aurora <b>", "CNPJ": "12ABC34501DE35"})[0])
	c.upsert("Contacts", []string{"Email"}, http.StatusOK, object{"First_Name": "Bia", "Last_Name": "Lima", "Email": "bia@example.com", "Account_Name": object{"id": account}})
	page := func(method, path string, form url.Values) string {
		t.Helper()
		request, _ := http.NewRequest(method, c.http.URL+path, strings.NewReader(form.Encode()))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		raw, _ := io.ReadAll(answer.Body)
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("%s %s answers %d", method, path, answer.StatusCode)
		}
		return string(raw)
	}
	shown := page(http.MethodGet, "/", nil)
	for _, want := range []string{"Contas (1)", "Aurora &lt;b&gt;", "12ABC34501DE35", "Contatos (1)", "bia@example.com", "Negócios (0)"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if !strings.Contains(page(http.MethodPost, "/away", url.Values{"away": {"1"}}), "Fora do ar") {
		t.Error("it is not off line")
	}
	if strings.Contains(page(http.MethodPost, "/away", nil), "Fora do ar") {
		t.Error("it is still off line")
	}
	console := page(http.MethodPost, "/console", nil)
	codes := regexp.MustCompile(`<code>([^<]+)</code>`).FindAllStringSubmatch(console, -1)
	if len(codes) != 3 {
		t.Fatal(console)
	}
	got := c.grant(url.Values{"client_id": {codes[0][1]}, "client_secret": {codes[1][1]}, "grant_type": {"authorization_code"}, "code": {codes[2][1]}}, http.StatusOK)
	if got["refresh_token"] == nil {
		t.Fatalf("%v", got)
	}
}
