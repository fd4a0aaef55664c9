package whatsapp

import (
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"prosa/internal/base/secret"
	"prosa/internal/modules/channel"
)

const hook = "https://prosa.example/h/1"

// platform answers the calls of a check; a test changes what it must.
func platform(changes map[string]string) http.HandlerFunc {
	answers := map[string]string{
		"debug_token": `{"data":{"app_id":"7","is_valid":true,"expires_at":1795000000,"scopes":["whatsapp_business_management","whatsapp_business_messaging"]}}`,
		"number": `{"id":"200100300400","display_phone_number":"+55 11 4000-1000","verified_name":"Loja","quality_rating":"GREEN","messaging_limit_tier":"TIER_1K",
			"name_status":"APPROVED","status":"CONNECTED","platform_type":"CLOUD_API","webhook_configuration":{"whatsapp_business_account":"` + hook + `","application":"https://other.example"}}`,
		"subscribed_apps": `{"data":[{"whatsapp_business_api_data":{"id":"7"},"override_callback_uri":"` + hook + `"}]}`,
	}
	maps.Copy(answers, changes)
	return func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		if name == "200100300400" {
			name = "number"
		}
		answer := answers[name]
		if strings.Contains(answer, `"error":{"message"`) {
			w.WriteHeader(http.StatusBadRequest)
		}
		_, _ = io.WriteString(w, answer)
	}
}

func stateOf(findings []channel.Finding) map[string]string {
	states := map[string]string{}
	for _, finding := range findings {
		states[finding.Point] = finding.State
	}
	return states
}

func TestCheck(t *testing.T) {
	good := map[string]string{"token": "ok", "permissions": "ok", "account": "ok", "registration": "ok", "webhook": "ok", "subscription": "ok"}
	for name, c := range map[string]struct {
		answers map[string]string
		want    map[string]string // what differs from all being well; "" for a point that is absent
	}{
		"well":              {nil, nil},
		"token withdrawn":   {map[string]string{"debug_token": `{"data":{"is_valid":false,"error":{"code":190,"message":"expired"}}}`}, map[string]string{"token": "bad", "permissions": ""}},
		"token refused":     {map[string]string{"debug_token": `{"error":{"message":"no","code":190}}`}, map[string]string{"token": "bad", "permissions": ""}},
		"a bad moment":      {map[string]string{"debug_token": `{"error":{"message":"later","code":2}}`}, map[string]string{"token": "unknown", "permissions": ""}},
		"one permission":    {map[string]string{"debug_token": `{"data":{"is_valid":true,"scopes":["whatsapp_business_messaging"]}}`}, map[string]string{"permissions": "bad"}},
		"scopes unknown":    {map[string]string{"debug_token": `{"data":{"is_valid":true,"scopes":1}}`}, map[string]string{"permissions": "unknown"}},
		"red":               {map[string]string{"number": `{"id":"1","quality_rating":"RED","status":"CONNECTED","webhook_configuration":{"phone_number":"` + hook + `"}}`}, map[string]string{"account": "warn"}},
		"not registered":    {map[string]string{"number": `{"id":"1","status":"PENDING","webhook_configuration":{"application":"` + hook + `"}}`}, map[string]string{"registration": "bad"}},
		"flagged":           {map[string]string{"number": `{"id":"1","status":"FLAGGED","webhook_configuration":{"application":"` + hook + `"}}`}, map[string]string{"registration": "warn"}},
		"on a telephone":    {map[string]string{"number": `{"id":"1","status":"CONNECTED","platform_type":"NOT_APPLICABLE"}`}, map[string]string{"registration": "bad", "webhook": "unknown"}},
		"webhook elsewhere": {map[string]string{"number": `{"id":"1","status":"CONNECTED","webhook_configuration":{"phone_number":"https://other.example"}}`}, map[string]string{"webhook": "bad"}},
		"no such number":    {map[string]string{"number": `{"error":{"message":"no object","code":100,"error_subcode":33}}`}, map[string]string{"account": "bad", "registration": "", "webhook": ""}},
		"not subscribed":    {map[string]string{"subscribed_apps": `{"data":[]}`}, map[string]string{"subscription": "bad"}},
		"without override":  {map[string]string{"subscribed_apps": `{"data":[{}]}`}, map[string]string{"subscription": "warn"}},
	} {
		adapter, book := serve(t, platform(c.answers))
		findings, err := adapter.Check(t.Context(), testAccount(), hook)
		if err != nil {
			t.Fatal(err)
		}
		want := maps.Clone(good)
		for point, state := range c.want {
			want[point] = state
			if state == "" {
				delete(want, point)
			}
		}
		if got := stateOf(findings); !maps.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		for _, exchange := range book.all() {
			if strings.Contains(exchange.Path+exchange.Request, testToken) {
				t.Errorf("%s: the token is in the exchange log: %+v", name, exchange)
			}
		}
	}
}

func TestCheckTellsFacts(t *testing.T) {
	adapter, _ := serve(t, platform(nil))
	findings, err := adapter.Check(t.Context(), testAccount(), hook)
	if err != nil {
		t.Fatal(err)
	}
	facts := map[string]string{}
	for _, finding := range findings {
		maps.Copy(facts, finding.Facts)
	}
	for fact, want := range map[string]string{"expires_ms": "1795000000000", "quality": "GREEN", "limit": "TIER_1K", "name": "Loja", "status": "CONNECTED", "url": hook} {
		if facts[fact] != want {
			t.Errorf("%s is %q", fact, facts[fact])
		}
	}
	bare := testAccount()
	bare.Settings, bare.Credentials = nil, map[string]secret.Text{"token": secret.New(testToken)}
	findings, err = adapter.Check(t.Context(), bare, hook)
	if states := stateOf(findings); err != nil || states["subscription"] != "unknown" || states["secret"] != "bad" {
		t.Errorf("%v, %v", states, err)
	}
}

func TestDisconnect(t *testing.T) {
	var calls []string
	adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		calls = append(calls, r.Method+" "+r.URL.Path)
		_, _ = io.WriteString(w, `{"success":true}`)
	})
	if err := adapter.Disconnect(t.Context(), testAccount()); err != nil || !slices.Equal(calls, []string{"DELETE /v25.0/900800700600/subscribed_apps"}) {
		t.Errorf("%v, %v", calls, err)
	}
	bare := testAccount()
	bare.Settings = nil
	if err := adapter.Disconnect(t.Context(), bare); err == nil || len(calls) != 1 {
		t.Errorf("%v, %v", calls, err)
	}
}
