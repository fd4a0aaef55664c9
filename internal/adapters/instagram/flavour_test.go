package instagram

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

const hook = "https://prosa.example/webhooks/instagram/h"

func to() []message.Address {
	return []message.Address{{Kind: message.IGSID, Value: "1254459154682919"}}
}

func byLogin() channel.Account {
	account := testAccount()
	account.Settings = map[string]string{Flavour: ByLogin}
	return account
}

// graph answers for both flavours of an account that is set up well; change
// overrides paths. Instagram's own host lies below /ig.
func graph(t *testing.T, change map[string]string) (*Adapter, *notebook, *[]string) {
	t.Helper()
	asked := &[]string{}
	answers := map[string]string{
		"GET /v25.0/" + testPage:                            `{"id":"` + testPage + `","name":"Loja Aurora","instagram_business_account":{"id":"` + testIG + `"}}`,
		"GET /v25.0/me":                                     `{"id":"` + testPage + `","name":"Loja Aurora","instagram_business_account":{"id":"` + testIG + `"}}`,
		"GET /v25.0/" + testPage + "/subscribed_apps":       `{"data":[{"id":"910","subscribed_fields":["` + strings.Join(pageFields, `","`) + `"]}]}`,
		"POST /v25.0/" + testPage + "/subscribed_apps":      `{"success":true}`,
		"GET /v25.0/debug_token":                            `{"data":{"app_id":"910","is_valid":true,"scopes":["instagram_basic","instagram_manage_messages","pages_manage_metadata"]}}`,
		"GET /v25.0/910/subscriptions":                      `{"data":[{"object":"instagram","callback_url":"` + hook + `","active":true}]}`,
		"GET /v25.0/" + testIG:                              `{"id":"` + testIG + `","username":"loja.aurora","name":"Aurora"}`,
		"GET /v25.0/9":                                      `{"id":"9","username":"outra"}`,
		"POST /v25.0/910/subscriptions":                     `{"success":true}`,
		"POST /v25.0/" + testPage + "/messages":             `{"recipient_id":"1254459154682919","message_id":"aWd9"}`,
		"POST /v25.0/me/messages":                           `{"recipient_id":"1254459154682919","message_id":"aWd9"}`,
		"POST /v25.0/" + testPage + "/message_attachments":  `{"attachment_id":"77"}`,
		"GET /v25.0/1254459154682919":                       `{"name":"Ana","username":"ana.s","profile_pic":"https://scontent.cdninstagram.com/a"}`,
		"GET /ig/v25.0/me":                                  `{"id":"5551","user_id":"` + testIG + `","username":"loja.aurora","name":"Aurora","account_type":"BUSINESS"}`,
		"GET /ig/v25.0/" + testIG + "/subscribed_apps":      `{"data":[{"subscribed_fields":["` + strings.Join(fields, `","`) + `"]}]}`,
		"POST /ig/v25.0/" + testIG + "/subscribed_apps":     `{"success":true}`,
		"DELETE /ig/v25.0/" + testIG + "/subscribed_apps":   `{"success":true}`,
		"POST /ig/v25.0/" + testIG + "/messages":            `{"recipient_id":"1254459154682919","message_id":"aWd9"}`,
		"POST /ig/v25.0/" + testIG + "/message_attachments": `{"attachment_id":"77"}`,
		"GET /ig/v25.0/1254459154682919":                    `{"name":"Ana","username":"ana.s"}`,
		"GET /ig/v25.0/refresh_access_token":                `{"access_token":"IGQW-brand-new","token_type":"bearer","expires_in":5184000}`,
	}
	adapter, book := serve(t, func(w http.ResponseWriter, r *http.Request) {
		key := r.Method + " " + r.URL.Path
		body, _ := io.ReadAll(r.Body)
		*asked = append(*asked, strings.TrimSpace(key+" "+r.URL.RawQuery+" "+string(body)))
		if got := r.Header.Get("Authorization"); got != "Bearer "+testToken && got != "Bearer 910|app-secret" {
			t.Errorf("%s with %q", key, got)
		}
		answer, ok := change[key]
		if !ok {
			answer, ok = answers[key]
		}
		if !ok {
			t.Errorf("nobody answers %s", key)
		}
		if strings.HasPrefix(answer, "!") {
			w.WriteHeader(http.StatusBadRequest)
			answer = answer[1:]
		}
		_, _ = io.WriteString(w, answer)
	})
	return adapter, book, asked
}

// TestEachFlavourSpeaksAtItsHost sends words and a picture by both.
func TestEachFlavourSpeaksAtItsHost(t *testing.T) {
	unnamed := testAccount()
	unnamed.Settings = nil
	for _, c := range []struct {
		name     string
		account  channel.Account
		node     string
		platform bool
	}{
		{"page", testAccount(), "/v25.0/" + testPage, true},
		{"page of the token", unnamed, "/v25.0/me", true},
		{"login", byLogin(), "/ig/v25.0/" + testIG, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			adapter, _, asked := graph(t, map[string]string{"POST /v25.0/me/message_attachments": `{"attachment_id":"77"}`})
			parts, err := adapter.Render(channel.Outbound{To: to(), Content: message.Content{
				Kind: message.Image, Text: "a praia", Media: &message.Media{MIME: "image/png", Blob: "photo"},
			}})
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range parts {
				receipt, err := adapter.Send(t.Context(), c.account, part)
				if err != nil || receipt.ExternalID != "aWd9" || receipt.Learned[0] != to()[0] {
					t.Errorf("%+v, %v", receipt, err)
				}
			}
			all := *asked
			if len(all) != 3 || !strings.HasPrefix(all[0], "POST "+c.node+"/message_attachments") || strings.Contains(all[0], `name="platform"`) != c.platform ||
				!strings.HasPrefix(all[1], "POST "+c.node+"/messages") || !strings.Contains(all[1], `{"type":"image","payload":{"attachment_id":"77"}}`) || !strings.Contains(all[2], "a praia") {
				t.Errorf("asked %v", all)
			}
			if err := adapter.Signal(t.Context(), c.account, to(), channel.Signal{Typing: true}); err != nil || !strings.Contains((*asked)[3], "typing_on") {
				t.Errorf("%v, %v", *asked, err)
			}
			if profile, err := adapter.Profile(t.Context(), c.account, to()); err != nil || profile.Name != "Ana" || profile.Username != "ana.s" {
				t.Errorf("%+v, %v", profile, err)
			}
		})
	}
}

func TestProbe(t *testing.T) {
	for name, account := range map[string]channel.Account{"page": testAccount(), "login": byLogin()} {
		adapter, _, _ := graph(t, nil)
		probe, err := adapter.Probe(t.Context(), account)
		if err != nil || probe.ExternalID != testIG || probe.Display != "@loja.aurora" || probe.Name != "Aurora" || !strings.Contains(probe.Facts["subscribed_fields"], "messages") {
			t.Errorf("%s: %+v, %v", name, probe, err)
		}
		if name == "login" && probe.Facts["account_type"] != "BUSINESS" {
			t.Errorf("%+v", probe)
		}
	}
	adapter, _, _ := graph(t, map[string]string{"GET /v25.0/" + testPage: `{"id":"` + testPage + `","name":"Loja"}`})
	if _, err := adapter.Probe(t.Context(), testAccount()); !fault.Is(err, fault.Refused) || !strings.Contains(err.Error(), "linked") {
		t.Errorf("not linked: %v", err)
	}
	adapter, _, _ = graph(t, map[string]string{"GET /ig/v25.0/me": `!{"error":{"code":190,"message":"expired"}}`})
	if _, err := adapter.Probe(t.Context(), byLogin()); !fault.Is(err, fault.Refused) {
		t.Errorf("expired: %v", err)
	}
}

func TestSubscribeAndDisconnect(t *testing.T) {
	adapter, _, asked := graph(t, nil)
	if err := adapter.Subscribe(t.Context(), testAccount(), hook); err != nil {
		t.Fatal(err)
	}
	if all := *asked; len(all) != 2 || !strings.Contains(all[0], `"object":"instagram"`) || !strings.Contains(all[0], "messaging_seen") || !strings.HasPrefix(all[1], "POST /v25.0/"+testPage+"/subscribed_apps") {
		t.Errorf("page: %v", all)
	}
	if err := adapter.Disconnect(t.Context(), testAccount()); err != nil || len(*asked) != 2 {
		t.Errorf("the page's subscription was touched: %v, %v", *asked, err)
	}
	if err := adapter.Subscribe(t.Context(), byLogin(), hook); err != nil || !strings.Contains((*asked)[2], "POST /ig/v25.0/"+testIG+"/subscribed_apps subscribed_fields=messages") {
		t.Errorf("login: %v, %v", *asked, err)
	}
	if err := adapter.Disconnect(t.Context(), byLogin()); err != nil || !strings.HasPrefix((*asked)[3], "DELETE /ig/") {
		t.Errorf("login: %v, %v", *asked, err)
	}
	blank := testAccount()
	blank.ExternalID = ""
	if err := adapter.Subscribe(t.Context(), blank, hook); !fault.Is(err, fault.Invalid) {
		t.Errorf("no account: %v", err)
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name    string
		account channel.Account
		change  map[string]string
		want    string
	}{
		{"page", testAccount(), nil, "secret ok, token ok, permissions ok, account ok, subscription ok, webhook ok"},
		{"not linked", testAccount(), map[string]string{"GET /v25.0/" + testPage: `{"id":"` + testPage + `","name":"Loja"}`},
			"secret ok, token ok, permissions ok, account bad, subscription ok, webhook ok"},
		{"another account", testAccount(), map[string]string{"GET /v25.0/" + testPage: `{"id":"1","instagram_business_account":{"id":"9"}}`},
			"secret ok, token ok, permissions ok, account bad, subscription ok, webhook ok"},
		{"login", byLogin(), nil, "account ok, subscription ok, webhook unknown"},
		{"login expired", byLogin(), map[string]string{"GET /ig/v25.0/me": `!{"error":{"code":190}}`}, "account bad, subscription ok, webhook unknown"},
	} {
		adapter, _, _ := graph(t, c.change)
		findings, err := adapter.Check(t.Context(), c.account, hook)
		var got []string
		for _, f := range findings {
			got = append(got, f.Point+" "+f.State)
		}
		if err != nil || strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
	}
	adapter, _, _ := graph(t, nil)
	blank := testAccount()
	blank.ExternalID = ""
	if _, err := adapter.Check(t.Context(), blank, hook); !fault.Is(err, fault.Invalid) {
		t.Errorf("no account: %v", err)
	}
}

// TestRenew: the fresh token is nowhere but in the renewal.
func TestRenew(t *testing.T) {
	adapter, book, asked := graph(t, nil)
	renewal, err := adapter.Renew(t.Context(), byLogin())
	if err != nil || renewal.Token.Reveal() != "IGQW-brand-new" || renewal.ExpiresMS != 1_763_800_000_000+5_184_000_000 {
		t.Errorf("%+v, %v", renewal, err)
	}
	if log := fmt.Sprint(book.all()); strings.Contains(log, "brand-new") || strings.Contains(log, testToken) || !strings.Contains((*asked)[0], "grant_type=ig_refresh_token") {
		t.Errorf("recorded %s", log)
	}
	if _, err := adapter.Renew(t.Context(), testAccount()); !fault.Is(err, fault.Refused) {
		t.Errorf("a page's token: %v", err)
	}
	for answer, code := range map[string]fault.Code{`!{"error":{"code":190,"message":"too old"}}`: fault.Refused, `{}`: fault.Unavailable} {
		adapter, _, _ := graph(t, map[string]string{"GET /ig/v25.0/refresh_access_token": answer})
		if _, err := adapter.Renew(t.Context(), byLogin()); !fault.Is(err, code) {
			t.Errorf("%s: %v", answer, err)
		}
	}
}

func TestFetchOfAStoryThatIsGone(t *testing.T) {
	adapter, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	if _, err := adapter.Fetch(t.Context(), byLogin(), message.Media{Remote: adapter.hosts.Bases[0] + "/story"}); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if _, err := adapter.Fetch(t.Context(), byLogin(), message.Media{Remote: "https://elsewhere.example/story"}); !fault.Is(err, fault.Refused) {
		t.Error(err)
	}
}

func TestConfigValidate(t *testing.T) {
	good := testConfig("https://graph.facebook.com")
	if err := good.Validate(); err != nil || len(good.Bases()) != 2 || good.Limits().Redirects >= 0 {
		t.Errorf("%v, %v", good.Bases(), err)
	}
	for name, change := range map[string]func(*Config){
		"no host":     func(c *Config) { c.BaseURL = "graph" },
		"no login":    func(c *Config) { c.LoginBaseURL = "" },
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
