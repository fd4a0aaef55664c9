package environment

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

func TestNotesSayWhatHappened(t *testing.T) {
	zone := time.FixedZone("America/Sao_Paulo", -3*60*60)
	for _, kind := range []Kind{LeaseTaken, LeaseExtended, LeaseEnded, GoesOff, CameUp, WentDown, Restarted, Failed} {
		note := Note{Deployment: "massivo-homolog", Kind: kind, Who: "ana", Why: "100% de teste", EndsMS: time.Date(2026, 8, 3, 23, 0, 0, 0, time.UTC).UnixMilli()}
		note.say(zone)
		for _, text := range []string{note.Text, note.TextEN} {
			if !strings.HasPrefix(text, "massivo-homolog") || strings.Contains(text, "%!") || len(text) < 20 {
				t.Errorf("%s: %q", kind, text)
			}
		}
		if kind == GoesOff && (!strings.Contains(note.Text, "20:00") || !strings.Contains(note.TextEN, "20:00")) {
			t.Errorf("the end is not in the deployment's time: %s", note.Text)
		}
		if kind == LeaseTaken && !strings.Contains(note.Text, "ana (100% de teste)") {
			t.Errorf("%s", note.Text)
		}
	}
}

func TestTheWebhookHearsAndKeepsItsAddress(t *testing.T) {
	var heard []Note
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var note Note
		if err := json.Unmarshal(body, &note); err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s: %v", r.Method, body, err)
		}
		heard = append(heard, note)
		w.WriteHeader(status)
	}))
	tell := Webhook(server.Client(), secret.New(server.URL+"/hooks/s3cr3t"))
	if err := tell(t.Context(), Note{Deployment: "massivo-homolog", Kind: GoesOff, Text: "olá"}); err != nil || len(heard) != 1 || heard[0].Text != "olá" {
		t.Fatal(heard, err)
	}
	status = http.StatusForbidden
	if err := tell(t.Context(), Note{}); !fault.Is(err, fault.Unavailable) || strings.Contains(err.Error(), "s3cr3t") {
		t.Fatal(err)
	}
	server.Close()
	if err := tell(t.Context(), Note{}); !fault.Is(err, fault.Unavailable) || strings.Contains(err.Error(), "s3cr3t") {
		t.Fatal(err)
	}
}

func TestProbe(t *testing.T) {
	if probe, err := Probe(nil); probe != nil || err != nil {
		t.Fatal("nobody is asked, and yet ", err)
	}
	if _, err := Probe([]string{"nowhere"}); !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
	ready := true
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	probe, err := Probe([]string{server.URL + "/readyz", server.URL + "/readyz"})
	if err != nil {
		t.Fatal(err)
	}
	if err := probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	ready = false
	if err := probe(t.Context()); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "503") {
		t.Fatal(err)
	}
	server.Close()
	if err := probe(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Fatal(err)
	}
}

func TestConfig(t *testing.T) {
	good := Config{Power: "aws", Leases: secret.New("/var/lib/prosa/leases"), Notify: secret.New("https://chat.example.com/hook"), Ready: []string{"http://127.0.0.1:8090/readyz"}}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Config){
		"PROSA_ENVIRONMENT_LEASES_URL": func(c *Config) { c.Leases = secret.New("s3://k:hidden@host/") },
		"PROSA_ENVIRONMENT_POWER":      func(c *Config) { c.Power = "steam" },
		"PROSA_ENVIRONMENT_PAUSE":      func(c *Config) { c.Pause = time.Hour },
		"PROSA_ENVIRONMENT_NOTIFY_URL": func(c *Config) { c.Notify = secret.New("hidden") },
		"PROSA_ENVIRONMENT_READY_URLS": func(c *Config) { c.Ready = []string{"127.0.0.1:8090"} },
	} {
		c := good
		change(&c)
		if err := c.Validate(); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
