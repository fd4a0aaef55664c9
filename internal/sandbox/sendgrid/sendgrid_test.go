package sendgrid

import (
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"prosa/internal/sandbox/stage"
)

const mailBody = `{"from":{"email":"prosa@example.com"},"subject":"Oi","personalizations":[{"to":[{"email":"ana@example.com"}],"custom_args":{"letter_id":"ltr_1"}}],"content":[{"type":"text/plain","value":"Oi"}]}`

func call(t *testing.T, s *Server, method, path, body string) (int, string, http.Header) {
	t.Helper()
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer SG.x")
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, request)
	return answer.Code, answer.Body.String(), answer.Header()
}

func TestWhatTheVendorRefuses(t *testing.T) {
	s, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	many := strings.TrimSuffix(strings.Repeat(`"c",`, 11), ",")
	for field, body := range map[string]string{
		"from.email":                     strings.Replace(mailBody, "prosa@example.com", "nobody", 1),
		"personalizations":               strings.Replace(mailBody, `"personalizations":[{"to":[{"email":"ana@example.com"}],"custom_args":{"letter_id":"ltr_1"}}],`, "", 1),
		"personalizations.0.to.0.email":  strings.Replace(mailBody, "ana@example.com", "ana", 1),
		"personalizations.0.to":          strings.Replace(mailBody, `{"email":"ana@example.com"}`, `{"email":"ana@example.com"},{"email":"ANA@example.com"}`, 1),
		"subject":                        strings.Replace(mailBody, `"subject":"Oi",`, "", 1),
		"content":                        strings.Replace(mailBody, `,"content":[{"type":"text/plain","value":"Oi"}]`, "", 1),
		"content.0":                      strings.Replace(mailBody, `"value":"Oi"`, `"value":""`, 1),
		"reply_to.email":                 strings.Replace(mailBody, `"subject"`, `"reply_to":{"email":"x"},"subject"`, 1),
		"categories":                     strings.Replace(mailBody, `"subject"`, `"categories":[`+many+`],"subject"`, 1),
		"personalizations.0.custom_args": strings.Replace(mailBody, "ltr_1", strings.Repeat("x", mostArgs), 1),
		"null":                           strings.Replace(mailBody, `"subject"`, `"subjekt":"x","subject"`, 1),
	} {
		status, answer, _ := call(t, s, http.MethodPost, "/v3/mail/send", body)
		want := `"field":"` + field + `"`
		if field == "null" {
			want = `"field":null`
		}
		if status != http.StatusBadRequest || !strings.Contains(answer, want) {
			t.Errorf("%s: %d %s", field, status, answer)
		}
	}
	html := strings.Replace(mailBody, `[{"type":"text/plain"`, `[{"type":"text/html","value":"x"},{"type":"text/plain"`, 1)
	if status, _, _ := call(t, s, http.MethodPost, "/v3/mail/send", html); status != http.StatusBadRequest {
		t.Errorf("HTML before plain text: %d", status)
	}
	if len(s.Mails()) != 0 {
		t.Error("a refused mail was kept")
	}
	unsigned := httptest.NewRecorder()
	s.ServeHTTP(unsigned, httptest.NewRequest(http.MethodPost, "/v3/mail/send", strings.NewReader(mailBody)))
	if unsigned.Code != http.StatusUnauthorized {
		t.Errorf("without a key: %d", unsigned.Code)
	}
	if status, _, _ := call(t, s, http.MethodGet, "/v3/none", ""); status != http.StatusNotFound {
		t.Errorf("another path: %d", status)
	}
}

// The witness of a test that kills the product: what was answered is known
// after a restart, with the same key.
func TestTheStateOutlivesTheProcess(t *testing.T) {
	dir := t.TempDir()
	open := func() *Server {
		s, err := New(Config{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := open()
	status, _, header := call(t, first, http.MethodPost, "/v3/mail/send", strings.ReplaceAll(mailBody, "ana@", "bounce@"))
	if status != http.StatusAccepted || header.Get("X-Message-Id") == "" {
		t.Fatalf("%d, %v", status, header)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := open()
	defer func() { _ = second.Close() }()
	if second.PublicKey() != first.PublicKey() || second.PublicKey() == "" {
		t.Error("events would be signed by another key")
	}
	mails := second.Mails()
	if len(mails) != 1 || mails[0].ID != header.Get("X-Message-Id") || mails[0].Outcome != "bounce" {
		t.Errorf("mails: %+v", mails)
	}
	if _, body, _ := call(t, second, http.MethodGet, "/v3/suppression/bounces/bounce@example.com", ""); !strings.Contains(body, "bounce@example.com") {
		t.Errorf("the bounced address is forgotten: %s", body)
	}
	if status, _, _ := call(t, second, http.MethodDelete, "/v3/suppression/bounces/bounce@example.com", ""); status != http.StatusNoContent {
		t.Errorf("cleared: %d", status)
	}
	if status, _, _ := call(t, second, http.MethodDelete, "/v3/suppression/bounces/bounce@example.com", ""); status != http.StatusNotFound {
		t.Errorf("cleared twice: %d", status)
	}
	if _, body, _ := call(t, second, http.MethodGet, "/_sandbox/mails", ""); !strings.Contains(body, "ltr_1") {
		t.Errorf("the page of mails: %s", body)
	}
}

// Events are signed, told twice where a fault says so, and repeated until they
// are taken.
func TestEventsAreToldUntilTheyAreTaken(t *testing.T) {
	type heard struct {
		id     string
		event  string
		signed bool
	}
	calls := make(chan heard, 20)
	refusals := 1
	s, err := New(Config{WebhookGaps: []time.Duration{time.Millisecond, time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		signature, err := base64.StdEncoding.DecodeString(r.Header.Get("X-Twilio-Email-Event-Webhook-Signature"))
		if err != nil {
			t.Error(err)
		}
		sum := sha256.Sum256(append([]byte(r.Header.Get("X-Twilio-Email-Event-Webhook-Timestamp")), body...))
		var events []map[string]any
		if err := json.Unmarshal(body, &events); err != nil {
			t.Error(err)
		}
		if events[0]["event"] == "processed" && refusals > 0 {
			refusals--
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		calls <- heard{events[0]["sg_event_id"].(string), events[0]["event"].(string), ecdsa.VerifyASN1(&s.signing.PublicKey, sum[:], signature)}
	}))
	defer hook.Close()
	if status, _, _ := call(t, s, http.MethodPut, "/_sandbox/webhook", `{"url":"`+hook.URL+`"}`); status != http.StatusOK {
		t.Fatal(status)
	}
	if _, err := s.rules.Add(stage.Rule{On: "webhook", Kind: "delivered", Do: stage.DoDuplicate}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	if status, _, _ := call(t, s, http.MethodPost, "/v3/mail/send", mailBody); status != http.StatusAccepted {
		t.Fatal(status)
	}
	told := map[string]map[string]int{"processed": {}, "delivered": {}}
	for range 4 {
		select {
		case one := <-calls:
			told[one.event][one.id]++
			if !one.signed {
				t.Errorf("%s is not signed", one.event)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("told only %v", told)
		}
	}
	for event, ids := range told {
		if len(ids) != 1 {
			t.Errorf("%s was told under %d ids", event, len(ids))
		}
		for _, n := range ids {
			if n != 2 {
				t.Errorf("%s was told %d times", event, n)
			}
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}
