package app

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func apart() ServerConfig {
	return ServerConfig{
		Environment: "prod", Line: "massivo", Grace: time.Second, PublicURL: "https://app.example.com", SiteURL: "https://www.example.com", OperatorURL: "https://staff.example.net",
		APIURL: "https://api.example.com", GatewayURL: "https://hooks.example.com",
		OldHosts: []string{"painel.example.com=app.example.com", "example.com=www.example.com"},
	}
}

// asked gives what a request is answered, by a handler that says where it came
// through.
func asked(c ServerConfig, method, address string) *http.Response {
	served := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "served "+r.URL.Path) })
	out := httptest.NewRecorder()
	c.hosts().route(served).ServeHTTP(out, httptest.NewRequest(method, address, nil))
	return out.Result()
}

func TestEachSurfaceAnswersUnderItsNameOnly(t *testing.T) {
	const served, missing, nowhere = http.StatusOK, http.StatusNotFound, http.StatusMisdirectedRequest
	for address, want := range map[string]int{
		"https://app.example.com/":                         served,
		"https://APP.example.com:443/inbox":                served,
		"https://app.example.com./inbox":                   served,
		"https://app.example.com/api/v1/session":           served,
		"https://app.example.com/webhooks/whatsapp/1":      served, // registered before the gateway had a name
		"https://app.example.com/operator":                 missing,
		"https://app.example.com/operator/journeys":        missing,
		"https://app.example.com/operators":                served, // a page like any other
		"https://www.example.com/planos":                   served,
		"https://www.example.com/assinar/retorno":          served,
		"https://www.example.com/api/v1/plans":             served,
		"https://www.example.com/assets/site.js":           served,
		"https://www.example.com/favicon.ico":              served,
		"https://www.example.com/operator":                 missing,
		"https://www.example.com/webhooks/whatsapp/1":      missing,
		"https://staff.example.net/operator":               served,
		"https://staff.example.net/api/v1/operator/x":      served,
		"https://staff.example.net/webhooks/whatsapp/1":    missing,
		"https://api.example.com/api/v1/session":           served,
		"https://api.example.com/":                         missing,
		"https://api.example.com/webhooks/whatsapp/1":      missing,
		"https://hooks.example.com/webhooks/whatsapp/1":    served,
		"https://hooks.example.com/api/v1/session":         missing,
		"https://hooks.example.com/":                       missing,
		"https://painel.example.com/webhooks/whatsapp/1":   served, // platforms follow no redirect
		"https://other.example.com/":                       nowhere,
		"https://other.example.com/webhooks/whatsapp/1":    nowhere,
		"https://app.example.com.evil.example/operator":    nowhere,
		"https://staff.example.net.evil.example/operator/": nowhere,
	} {
		if got := asked(apart(), http.MethodGet, address).StatusCode; got != want {
			t.Errorf("%s: %d, want %d", address, got, want)
		}
	}
}

func TestPagesOfAnotherSurfaceAreSentOnWithPathAndQuery(t *testing.T) {
	for from, to := range map[string]string{
		"https://painel.example.com/orders/7?x=1&y=%20a":  "https://app.example.com/orders/7?x=1&y=%20a",
		"https://example.com/planos?line=massivo":         "https://www.example.com/planos?line=massivo",
		"https://painel.example.com//evil.example/x":      "https://app.example.com/evil.example/x",
		"https://app.example.com/assinar/retorno?id=acq":  "https://www.example.com/assinar/retorno?id=acq",
		"https://www.example.com/inbox/cnv_1?tab=notes":   "https://app.example.com/inbox/cnv_1?tab=notes",
		"https://staff.example.net/planos":                "https://www.example.com/planos",
		"https://staff.example.net/setup?a=b":             "https://app.example.com/setup?a=b",
		"https://painel.example.com/api/v1/orders?page=2": "https://app.example.com/api/v1/orders?page=2",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			answer := asked(apart(), method, from)
			if answer.StatusCode != http.StatusPermanentRedirect || answer.Header.Get("Location") != to {
				t.Errorf("%s %s: %d to %q, want %q", method, from, answer.StatusCode, answer.Header.Get("Location"), to)
			}
		}
	}
	for from, to := range map[string]string{"https://www.example.com/": "/planos", "https://staff.example.net/": "/operator"} {
		if answer := asked(apart(), http.MethodGet, from); answer.StatusCode != http.StatusFound || answer.Header.Get("Location") != to {
			t.Errorf("%s: %d to %q", from, answer.StatusCode, answer.Header.Get("Location"))
		}
	}
}

// Where nothing has a name of its own, every name serves everything: a machine in
// a cupboard is called by its address.
func TestOneNameServesAll(t *testing.T) {
	c := ServerConfig{Environment: "dev", Line: "massivo", Grace: time.Second, PublicURL: "http://localhost:8080", GatewayURL: "http://127.0.0.1:8080", OperatorURL: "http://localhost:9090"}
	if err := c.Validate(); err != nil || c.consoleApart() {
		t.Fatalf("another port is taken for another host: %v", err)
	}
	for _, address := range []string{"http://localhost:8080/operator", "http://192.168.0.7/planos", "http://box/webhooks/whatsapp/1"} {
		if got := asked(c, http.MethodGet, address).StatusCode; got != http.StatusOK {
			t.Errorf("%s: %d", address, got)
		}
	}
}

func TestADemoIsLookedAtUnderAnyOfItsNames(t *testing.T) {
	c := ServerConfig{Environment: "dev", Demo: true, PublicURL: "http://localhost:8080", GatewayURL: "http://127.0.0.1:8080", OperatorURL: "http://operator.localhost:8080"}
	for address, want := range map[string]int{
		"http://localhost:8080/": 200, "http://127.0.0.1:8080/sandbox/meta": 200, "http://192.168.0.7:8080/inbox": 200, "http://127.0.0.1:8080/webhooks/x": 200,
		"http://operator.localhost:8080/operator": 200, "http://localhost:8080/operator": 404, "http://127.0.0.1:8080/operator": 404,
	} {
		if got := asked(c, http.MethodGet, address).StatusCode; got != want {
			t.Errorf("%s: %d, want %d", address, got, want)
		}
	}
}

func TestAddressesOfSurfacesThatCannotBe(t *testing.T) {
	if err := apart().Validate(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(c *ServerConfig)
		field  string
	}{
		"operators with everybody":     {func(c *ServerConfig) { c.OperatorURL = c.PublicURL }, "PROSA_OPERATOR_URL"},
		"operators on another port":    {func(c *ServerConfig) { c.OperatorURL = "https://app.example.com:8443" }, "PROSA_OPERATOR_URL"},
		"operators nowhere":            {func(c *ServerConfig) { c.OperatorURL = "" }, "PROSA_OPERATOR_URL"},
		"operators with the site":      {func(c *ServerConfig) { c.OperatorURL = c.SiteURL }, "PROSA_OPERATOR_URL"},
		"the gateway at the operators": {func(c *ServerConfig) { c.GatewayURL = c.OperatorURL }, "PROSA_GATEWAY_URL"},
		"the API at the operators":     {func(c *ServerConfig) { c.APIURL = c.OperatorURL + ":444" }, "PROSA_API_URL"},
		"a path":                       {func(c *ServerConfig) { c.SiteURL = "https://www.example.com/shop" }, "PROSA_SITE_URL"},
		"no host":                      {func(c *ServerConfig) { c.SiteURL = "www.example.com" }, "PROSA_SITE_URL"},
		"http beside https":            {func(c *ServerConfig) { c.APIURL = "http://api.example.com" }, "PROSA_API_URL"},
		"an old name of now":           {func(c *ServerConfig) { c.OldHosts = []string{"app.example.com=www.example.com"} }, "PROSA_OLD_HOSTS"},
		"an old name to nowhere":       {func(c *ServerConfig) { c.OldHosts = []string{"a.example.com=evil.example"} }, "PROSA_OLD_HOSTS"},
		"an old name without a new":    {func(c *ServerConfig) { c.OldHosts = []string{"a.example.com"} }, "PROSA_OLD_HOSTS"},
		"an old address":               {func(c *ServerConfig) { c.OldHosts = []string{"https://a.example.com=app.example.com"} }, "PROSA_OLD_HOSTS"},
	} {
		changed := apart()
		c.change(&changed)
		if err := changed.Validate(); err == nil || !strings.Contains(err.Error(), c.field) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
