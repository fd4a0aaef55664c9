package messenger

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

const hook = "https://prosa.example/webhooks/messenger/h"

// graph answers for a page that is set up well; change overrides paths.
func graph(t *testing.T, change map[string]string) (*Adapter, *notebook, *[]string) {
	t.Helper()
	asked := &[]string{}
	answers := map[string]string{
		"GET /v25.0/" + testPage:                         `{"id":"` + testPage + `","name":"Loja Aurora","username":"loja.aurora"}`,
		"GET /v25.0/" + testPage + "/subscribed_apps":    `{"data":[{"id":"910","subscribed_fields":["` + strings.Join(fields, `","`) + `"]},{"id":"7","subscribed_fields":["feed"]}]}`,
		"POST /v25.0/" + testPage + "/subscribed_apps":   `{"success":true}`,
		"DELETE /v25.0/" + testPage + "/subscribed_apps": `{"success":true}`,
		"GET /v25.0/debug_token":                         `{"data":{"app_id":"910","is_valid":true,"expires_at":0,"scopes":["pages_messaging","pages_manage_metadata"]}}`,
		"GET /v25.0/910/subscriptions":                   `{"data":[{"object":"instagram","callback_url":"x","active":true},{"object":"page","callback_url":"` + hook + `","active":true}]}`,
		"POST /v25.0/910/subscriptions":                  `{"success":true}`,
		"GET /v25.0/5550001112223":                       `{"first_name":"Ana","last_name":"Souza","profile_pic":"https://scontent.fbcdn.net/a","locale":"pt_BR"}`,
	}
	adapter, book := serve(t, func(w http.ResponseWriter, r *http.Request) {
		key := r.Method + " " + r.URL.Path
		body, _ := io.ReadAll(r.Body)
		*asked = append(*asked, strings.TrimSpace(key+" "+r.URL.RawQuery+" "+r.Header.Get("Authorization")+" "+string(body)))
		answer, ok := change[key]
		if !ok {
			answer = answers[key]
		}
		if strings.HasPrefix(answer, "!") {
			w.WriteHeader(http.StatusBadRequest)
			answer = answer[1:]
		}
		_, _ = io.WriteString(w, answer)
	})
	return adapter, book, asked
}

func TestProbe(t *testing.T) {
	adapter, _, _ := graph(t, nil)
	probe, err := adapter.Probe(t.Context(), testAccount())
	if err != nil || probe.ExternalID != testPage || probe.Name != "Loja Aurora" || probe.Display != "@loja.aurora" || !strings.Contains(probe.Facts["subscribed_fields"], "standby") {
		t.Errorf("%+v, %v", probe, err)
	}
	blank := testAccount()
	blank.ExternalID = ""
	if _, err := adapter.Probe(t.Context(), blank); !fault.Is(err, fault.Invalid) {
		t.Errorf("no page: %v", err)
	}
	adapter, _, _ = graph(t, map[string]string{"GET /v25.0/" + testPage: `!{"error":{"code":190,"message":"the session has expired"}}`})
	if _, err := adapter.Probe(t.Context(), testAccount()); !fault.Is(err, fault.Refused) || !strings.Contains(err.Error(), "expired") {
		t.Errorf("token: %v", err)
	}
}

func TestSubscribeAndDisconnect(t *testing.T) {
	adapter, book, asked := graph(t, nil)
	if err := adapter.Subscribe(t.Context(), testAccount(), hook); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(*asked, "\n")
	for _, want := range []string{
		"POST /v25.0/910/subscriptions  Bearer 910|app-secret", `"object":"page"`, `"callback_url":"` + hook + `"`, `"verify_token":"verify-me"`,
		"POST /v25.0/" + testPage + "/subscribed_apps subscribed_fields=messages%2Cmessaging_postbacks", "Bearer " + testToken,
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
	for _, field := range []string{"messages", "message_reads", "message_echoes", "message_edits", "messaging_handovers", "standby"} {
		if !strings.Contains(all, field) {
			t.Errorf("%s is not asked for", field)
		}
	}
	if log := fmt.Sprint(book.all()); strings.Contains(log, "app-secret") || strings.Contains(log, "verify-me") || strings.Contains(log, testToken) {
		t.Errorf("a secret shows in %s", log)
	}

	*asked = nil
	unknown := testAccount()
	unknown.Settings = nil
	if err := adapter.Subscribe(t.Context(), unknown, hook); err != nil || len(*asked) != 1 {
		t.Errorf("an unknown app: %v, %v", *asked, err)
	}
	if err := adapter.Disconnect(t.Context(), testAccount()); err != nil || !strings.HasPrefix((*asked)[1], "DELETE /v25.0/"+testPage+"/subscribed_apps") {
		t.Errorf("%v, %v", *asked, err)
	}
	noVerify := testAccount()
	noVerify.Credentials["verify_token"] = secret.Text{}
	if err := adapter.Subscribe(t.Context(), noVerify, hook); !fault.Is(err, fault.Invalid) {
		t.Errorf("no verify token: %v", err)
	}
	noVerify.ExternalID = ""
	if err := adapter.Subscribe(t.Context(), noVerify, hook); !fault.Is(err, fault.Invalid) {
		t.Errorf("no page: %v", err)
	}
}

func states(findings []channel.Finding) string {
	var all []string
	for _, f := range findings {
		all = append(all, f.Point+" "+f.State)
	}
	return strings.Join(all, ", ")
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name   string
		change map[string]string
		want   string
	}{
		{"well", nil, "secret ok, token ok, permissions ok, account ok, subscription ok, webhook ok"},
		{"soon over", map[string]string{"GET /v25.0/debug_token": `{"data":{"app_id":"910","is_valid":true,"expires_at":1763900000,"scopes":["pages_messaging"]}}`},
			"secret ok, token warn, permissions bad, account ok, subscription ok, webhook ok"},
		{"of another app", map[string]string{"GET /v25.0/debug_token": `{"data":{"app_id":"11","is_valid":true}}`},
			"secret ok, token bad, permissions bad, account ok, subscription ok, webhook ok"},
		{"wrong secret", map[string]string{"GET /v25.0/debug_token": `!{"error":{"code":190,"message":"Invalid OAuth access token"}}`},
			"secret bad, account ok, subscription ok, webhook ok"},
		{"away", map[string]string{"GET /v25.0/debug_token": `!{"error":{"code":2}}`, "GET /v25.0/" + testPage: `!{"error":{"code":4}}`},
			"secret unknown, account unknown, subscription ok, webhook ok"},
		{"another page", map[string]string{"GET /v25.0/" + testPage: `{"id":"9","name":"Outra"}`},
			"secret ok, token ok, permissions ok, account bad, subscription ok, webhook ok"},
		{"no app", map[string]string{"GET /v25.0/" + testPage + "/subscribed_apps": `{"data":[{"id":"7","subscribed_fields":["feed"]}]}`},
			"secret ok, token ok, permissions ok, account ok, subscription bad, webhook ok"},
		{"some fields", map[string]string{"GET /v25.0/" + testPage + "/subscribed_apps": `{"data":[{"id":"910","subscribed_fields":["messages"]}]}`},
			"secret ok, token ok, permissions ok, account ok, subscription warn, webhook ok"},
		{"elsewhere", map[string]string{"GET /v25.0/910/subscriptions": `{"data":[{"object":"page","callback_url":"https://old.example","active":true}]}`},
			"secret ok, token ok, permissions ok, account ok, subscription ok, webhook bad"},
	} {
		adapter, book, _ := graph(t, c.change)
		findings, err := adapter.Check(t.Context(), testAccount(), hook)
		if got := states(findings); err != nil || got != c.want {
			t.Errorf("%s: %s, %v", c.name, got, err)
		}
		if log := fmt.Sprint(book.all(), findings); strings.Contains(log, testToken) || strings.Contains(log, "app-secret") {
			t.Errorf("%s: a secret shows in %s", c.name, log)
		}
	}
	adapter, _, asked := graph(t, nil)
	bare := testAccount()
	bare.Settings = nil
	findings, err := adapter.Check(t.Context(), bare, hook)
	if got := states(findings); err != nil || got != "account ok, subscription ok, webhook unknown" || strings.Contains(fmt.Sprint(*asked), "debug_token") {
		t.Errorf("an unknown app: %s, %v", got, err)
	}
	bare.ExternalID = ""
	if _, err := adapter.Check(t.Context(), bare, hook); !fault.Is(err, fault.Invalid) {
		t.Errorf("no page: %v", err)
	}
}

func TestProfile(t *testing.T) {
	adapter, _, _ := graph(t, nil)
	profile, err := adapter.Profile(t.Context(), testAccount(), to())
	if err != nil || profile.Name != "Ana Souza" || profile.Language != "pt-BR" || profile.PictureURL == "" {
		t.Errorf("%+v, %v", profile, err)
	}
	if _, err := adapter.Profile(t.Context(), testAccount(), []message.Address{{Kind: message.WaID, Value: "55"}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("no id: %v", err)
	}
	adapter, _, _ = graph(t, map[string]string{"GET /v25.0/5550001112223": `!{"error":{"code":100,"error_subcode":33}}`})
	if _, err := adapter.Profile(t.Context(), testAccount(), to()); !fault.Is(err, fault.Refused) {
		t.Errorf("refused: %v", err)
	}
}

func TestConfigValidate(t *testing.T) {
	good := testConfig("https://graph.facebook.com")
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	if bases := good.Bases(); len(bases) != 1 || bases[0] != good.BaseURL || good.Limits().Timeout < good.UploadTimeout || good.Limits().Redirects >= 0 {
		t.Errorf("the client's bounds: %v, %+v", bases, good.Limits())
	}
	for name, change := range map[string]func(*Config){
		"no host":     func(c *Config) { c.BaseURL = "graph" },
		"version":     func(c *Config) { c.Version = "" },
		"media url":   func(c *Config) { c.MediaHosts = []string{"https://fbcdn.net"} },
		"media empty": func(c *Config) { c.MediaHosts = []string{""} },
	} {
		bad := good
		change(&bad)
		if bad.Validate() == nil {
			t.Errorf("%s passed", name)
		}
	}
}
