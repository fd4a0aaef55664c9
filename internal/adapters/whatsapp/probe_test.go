package whatsapp

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

func TestProbe(t *testing.T) {
	adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v25.0/200100300400":
			if !strings.Contains(r.URL.Query().Get("fields"), "display_phone_number") {
				t.Errorf("fields %s", r.URL.RawQuery)
			}
			_, _ = io.WriteString(w, `{"id":"200100300400","display_phone_number":"+55 11 4000-1000","verified_name":"Loja Aurora","quality_rating":"GREEN"}`)
		case "/v25.0/900800700600/subscribed_apps":
			_, _ = io.WriteString(w, `{"data":[{"whatsapp_business_api_data":{"id":"1"},"override_callback_uri":"https://prosa.example/h"}]}`)
		}
	})
	probe, err := adapter.Probe(t.Context(), testAccount())
	if err != nil {
		t.Fatal(err)
	}
	if probe.ExternalID != "200100300400" || probe.Display != "+55 11 4000-1000" || probe.Name != "Loja Aurora" ||
		probe.Facts["quality"] != "GREEN" || probe.Facts["subscribed_apps"] != "1" || probe.Facts["webhook"] != "https://prosa.example/h" {
		t.Errorf("probe %+v", probe)
	}
	blank := testAccount()
	blank.ExternalID = ""
	if _, err := adapter.Probe(t.Context(), blank); !fault.Is(err, fault.Invalid) {
		t.Errorf("no number: %v", err)
	}
}

func TestProbeTellsARefusedToken(t *testing.T) {
	adapter, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(401)
		_, _ = io.WriteString(w, `{"error":{"code":190,"message":"Session has expired"}}`)
	})
	if _, err := adapter.Probe(t.Context(), testAccount()); !fault.Is(err, fault.Refused) || !strings.Contains(err.Error(), "expired") {
		t.Errorf("got %v", err)
	}
}

func TestSubscribe(t *testing.T) {
	adapter, book := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var body map[string]string
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.URL.Path != "/v25.0/900800700600/subscribed_apps" ||
			body["override_callback_uri"] != "https://prosa.example/h" || body["verify_token"] != "verify-me" {
			t.Errorf("%s %v %v", r.URL.Path, body, err)
		}
		_, _ = io.WriteString(w, `{"success":true}`)
	})
	account := testAccount()
	if err := adapter.Subscribe(t.Context(), account, "https://prosa.example/h"); err != nil {
		t.Fatal(err)
	}
	if log := book.all(); len(log) != 1 || strings.Contains(log[0].Request, "verify-me") {
		t.Errorf("recorded %+v", log)
	}
	account.Credentials["verify_token"] = secret.Text{}
	if err := adapter.Subscribe(t.Context(), account, "https://prosa.example/h"); !fault.Is(err, fault.Invalid) {
		t.Errorf("no verify token: %v", err)
	}
	account.Settings = nil
	if err := adapter.Subscribe(t.Context(), account, "https://prosa.example/h"); !fault.Is(err, fault.Invalid) {
		t.Errorf("no business account: %v", err)
	}
}
