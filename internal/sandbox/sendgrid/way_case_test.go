package sendgrid

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/sandbox/stage"
)

// told gives the events that a server would post, as "event to list of details",
// in the order in which they happen. Nothing runs, so nothing is posted.
func told(t *testing.T, s *Server) []string {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	type moment struct {
		at   float64
		id   string
		text string
	}
	var moments []moment
	for _, c := range s.calls {
		var events []map[string]any
		if err := json.Unmarshal(c.Body, &events); err != nil || len(events) != 1 {
			t.Fatalf("%s: %v", c.Body, err)
		}
		e := events[0]
		text := fmt.Sprint(e["event"])
		for _, field := range []string{"type", "status", "reason", "response", "attempt", "letter_id"} {
			if e[field] != nil {
				text += fmt.Sprintf(" %s=%v", field, e[field])
			}
		}
		if !strings.HasPrefix(fmt.Sprint(e["sg_message_id"]), s.mails[len(s.mails)-1].ID+".") {
			t.Errorf("%s is not of the mail", text)
		}
		moments = append(moments, moment{e["timestamp"].(float64), fmt.Sprint(e["sg_event_id"]), text})
	}
	slices.SortFunc(moments, func(a, b moment) int { return int(a.at - b.at) })
	seen := map[string]bool{}
	var list []string
	for _, m := range moments {
		if seen[m.id] {
			t.Errorf("two events have the id %s", m.id)
		}
		seen[m.id] = true
		list = append(list, m.text)
	}
	return list
}

// The way of a mail is decided by the local part of its recipient, and the second
// mail to an address that bounced or complained is dropped for the list that it
// is on. Source: "Event Webhook Reference".
func TestTheWayOfAMail(t *testing.T) {
	const args = " letter_id=ltr_1"
	for local, c := range map[string]struct {
		way     []string
		outcome string
		list    string // the path of the list that it is on then
		second  string
	}{
		"ana":           {[]string{"processed" + args, "delivered response=250 OK" + args}, "delivered", "", ""},
		"bouncer":       {[]string{"processed" + args, "delivered response=250 OK" + args}, "delivered", "", ""},
		"BOUNCE":        {[]string{"processed" + args, "bounce type=bounce status=5.1.1 reason=550 5.1.1 The email account that you tried to reach does not exist." + args}, "bounce", "/v3/suppression/bounces/", "Bounced Address"},
		"block+7":       {[]string{"processed" + args, "bounce type=blocked status=4.7.1 reason=451 4.7.1 Please try again later" + args}, "blocked", "", ""},
		"defer":         {[]string{"processed" + args, "deferred response=450 4.2.1 mailbox busy attempt=1" + args, "delivered response=250 OK" + args}, "delivered", "", ""},
		"spam+ana":      {[]string{"processed" + args, "delivered response=250 OK" + args, "spamreport" + args}, "delivered", "/v3/suppression/spam_reports/", "Spam Reporting Address"},
		"unsubscribe+1": {[]string{"processed" + args, "delivered response=250 OK" + args, "unsubscribe" + args}, "delivered", "/v3/asm/suppressions/global/", "Unsubscribed Address"},
	} {
		s, err := New(Config{WebhookURL: "http://hook.example.com", EventDelay: time.Second, Clock: clock.NewManual(time.Unix(1_795_000_000, 0))})
		if err != nil {
			t.Fatal(err)
		}
		body := strings.Replace(mailBody, "ana@example.com", local+"@example.com", 1)
		if status, answer, header := call(t, s, http.MethodPost, "/v3/mail/send", body); status != http.StatusAccepted || answer != "" || header.Get("X-Message-Id") == "" {
			t.Fatalf("%s: %d %s", local, status, answer)
		}
		if got := told(t, s); !slices.Equal(got, c.way) {
			t.Errorf("%s goes %q, want %q", local, got, c.way)
		}
		if got := s.Mails()[0].Outcome; got != c.outcome {
			t.Errorf("%s: %s, want %s", local, got, c.outcome)
		}
		for _, list := range lists {
			_, shown, _ := call(t, s, http.MethodGet, list.path+strings.ToLower(local)+"@example.com", "")
			if on := strings.Contains(shown, "@example.com"); on != (list.path == c.list) {
				t.Errorf("%s is on %s: %t", local, list.name, on)
			}
		}
		clear(s.calls)
		call(t, s, http.MethodPost, "/v3/mail/send", body)
		want := c.way
		if c.second != "" {
			want = []string{"dropped reason=" + c.second + args}
		}
		if got := told(t, s); !slices.Equal(got, want) {
			t.Errorf("the second to %s goes %q, want %q", local, got, want)
		}
		if c.list == "" {
			continue
		}
		// Off the list it is tried again; off another list it is not.
		for _, list := range lists {
			wantStatus := http.StatusNotFound
			if list.path == c.list {
				wantStatus = http.StatusNoContent
			}
			if status, _, _ := call(t, s, http.MethodDelete, list.path+strings.ToLower(local)+"@example.com", ""); status != wantStatus {
				t.Errorf("%s off %s: %d, want %d", local, list.name, status, wantStatus)
			}
		}
		clear(s.calls)
		call(t, s, http.MethodPost, "/v3/mail/send", body)
		if got := told(t, s); !slices.Equal(got, c.way) {
			t.Errorf("%s off its list goes %q", local, got)
		}
	}
}

// Faults of calls: refused without effect, cut before it, cut behind it.
func TestFaultsOfCalls(t *testing.T) {
	for _, c := range []struct {
		rule   stage.Rule
		status int
		mails  int
		header string
	}{
		{stage.Rule{On: "call", Do: stage.DoStatus, Status: http.StatusTooManyRequests, RetryAfter: 30, Count: 1}, http.StatusTooManyRequests, 0, "1795000030"},
		{stage.Rule{On: "call", Do: stage.DoStatus, Status: http.StatusForbidden, Count: 1}, http.StatusForbidden, 0, ""},
		{stage.Rule{On: "call", Do: stage.DoStatus, Status: http.StatusServiceUnavailable, Count: 1}, http.StatusServiceUnavailable, 0, ""},
		{stage.Rule{On: "call", Path: "/suppression", Do: stage.DoStatus, Status: http.StatusInternalServerError, Count: 1}, http.StatusAccepted, 1, ""},
	} {
		s, err := New(Config{Clock: clock.NewManual(time.Unix(1_795_000_000, 0))})
		if err != nil {
			t.Fatal(err)
		}
		rule, err := s.rules.Add(c.rule)
		if err != nil {
			t.Fatal(err)
		}
		status, answer, header := call(t, s, http.MethodPost, "/v3/mail/send", mailBody)
		if status != c.status || len(s.Mails()) != c.mails || header.Get("X-RateLimit-Reset") != c.header {
			t.Errorf("%+v: %d %s, %d mails, reset %q", rule, status, answer, len(s.Mails()), header.Get("X-RateLimit-Reset"))
		}
		if status >= 400 && !strings.HasPrefix(answer, `{"errors":[{`) {
			t.Errorf("%d answers %s", status, answer)
		}
		if c.mails == 0 { // it counted once
			if status, _, _ := call(t, s, http.MethodPost, "/v3/mail/send", mailBody); status != http.StatusAccepted {
				t.Errorf("behind the fault: %d", status)
			}
		}
	}
}

// Only the key of the account opens, and nothing that is shown holds it.
func TestTheKeyIsTheAccounts(t *testing.T) {
	s, err := New(Config{Key: "SG.x"})
	if err != nil {
		t.Fatal(err)
	}
	if status, _, _ := call(t, s, http.MethodPost, "/v3/mail/send", mailBody); status != http.StatusAccepted {
		t.Errorf("the key: %d", status)
	}
	s.config.Key = "SG.other"
	for method, path := range map[string]string{http.MethodPost: "/v3/mail/send", http.MethodGet: "/v3/user/webhooks/event/settings/signed", http.MethodDelete: "/v3/suppression/bounces/a@b.example"} {
		if status, answer, _ := call(t, s, method, path, mailBody); status != http.StatusUnauthorized || !strings.Contains(answer, "expired, or revoked") {
			t.Errorf("%s %s with another key: %d %s", method, path, status, answer)
		}
	}
	if _, shown, _ := call(t, s, http.MethodGet, "/_sandbox/mails", ""); strings.Contains(shown, "SG.") {
		t.Errorf("a key is shown: %s", shown)
	}
}

// One call makes a mail for each recipient, under one id and with its own data.
func TestAMailToMany(t *testing.T) {
	s, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	body := `{"from":{"email":"prosa@example.com","name":"Prosa"},"template_id":"d-1","personalizations":[` +
		`{"to":[{"email":"ana@example.com"},{"email":"bia@example.com"}],"dynamic_template_data":{"code":"A"}},` +
		`{"to":[{"email":"bounce@example.com"}],"dynamic_template_data":{"code":"B"},"custom_args":{"letter_id":"ltr_2"}}],"categories":["plan"]}`
	_, _, header := call(t, s, http.MethodPost, "/v3/mail/send", body)
	var got []string
	for _, m := range s.Mails() {
		if m.ID != header.Get("X-Message-Id") || m.TemplateID != "d-1" || m.From.Name != "Prosa" {
			t.Errorf("%+v", m)
		}
		got = append(got, fmt.Sprint(m.To.Email, " ", m.Data["code"], " ", m.CustomArgs["letter_id"], " ", m.Outcome))
	}
	want := []string{"ana@example.com A  delivered", "bia@example.com A  delivered", "bounce@example.com B ltr_2 bounce"}
	if !slices.Equal(got, want) {
		t.Errorf("mails %q, want %q", got, want)
	}
}
