package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/modules/identity"
	"prosa/internal/platform/database/databasetest"
)

func TestEveryAnswerCarriesTheSafeHeaders(t *testing.T) {
	h := open(t, databasetest.Open(t))
	for _, got := range []*answer{h.root.get("/session"), h.browser().get("/session"), h.root.get("/nothing/here"), h.root.call(http.MethodPost, "/session", "{")} {
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got.header.Get(name) != want {
				t.Errorf("%s (%d): %s is %q", got.what, got.status, name, got.header.Get(name))
			}
		}
		if !strings.Contains(got.header.Get("Content-Security-Policy"), "default-src 'none'") || got.header.Get("X-Request-Id") == "" {
			t.Errorf("%s: %v", got.what, got.header)
		}
	}
}

func TestFailuresHaveOneForm(t *testing.T) {
	h := open(t, databasetest.Open(t))
	h.root.get("/nothing/here").wantProblem(http.StatusNotFound, fault.NotFound, "")
	h.root.call(http.MethodPut, "/session", nil).wantProblem(http.StatusNotFound, fault.NotFound, "")
	h.root.call(http.MethodPatch, "/me", "{").wantProblem(http.StatusBadRequest, fault.Invalid, "")
	h.root.call(http.MethodPatch, "/me", map[string]any{"unknown": 1}).wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
	h.root.get("/conversations?view=everything").wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
	h.root.get("/conversations?limit=900").wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
	h.root.get("/conversations?cursor=%00").wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
	h.root.get("/conversations/x/messages?before=1&after=1").wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
	h.root.call(http.MethodPost, "/conversations/x/messages", map[string]any{"text": "a"}).wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
	h.root.call(http.MethodPatch, "/me", `{"name":"`+strings.Repeat("a", bodyMax)+`"}`).wantProblem(http.StatusRequestEntityTooLarge, fault.TooLarge, "")

	// What was sent is never sent back: it may be a password in the wrong place.
	got := h.root.call(http.MethodPatch, "/me", map[string]any{"locale": "s3cret-in-the-wrong-place"}).want(http.StatusUnprocessableEntity)
	if strings.Contains(string(got.body), "s3cret") {
		t.Fatalf("the value came back: %s", got.body)
	}
	if p := decode[Problem](got); p.Field != "body.locale" || len(p.Errors) != 1 {
		t.Fatalf("the field is not named: %s", got.body)
	}
}

func TestTheLogTellsNoSecrets(t *testing.T) {
	h := open(t, databasetest.Open(t))
	bia := h.join(h.root, "bia@alfa.example.com", "Bia", identity.Attendant)
	bia.get("/contacts?q=segredo-do-cliente").want(http.StatusOK)
	bia.get("/session").want(http.StatusOK)
	log := h.logs.String()
	for _, secret := range []string{password, bia.jar["sid"], h.root.jar["sid"], "segredo-do-cliente"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if !strings.Contains(log, "route=/api/v1/contacts") || !strings.Contains(log, "status=200") || !strings.Contains(log, "user_id=usr_") {
		t.Errorf("the access log lacks what it is for: %s", log)
	}
}

func TestPanicsAreAnsweredAndLogged(t *testing.T) {
	logs := &safeBuffer{}
	handler := outermost(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("a defect") }), 0, slog.New(slog.NewTextHandler(logs, nil)))
	out := httptest.NewRecorder()
	handler.ServeHTTP(out, httptest.NewRequest(http.MethodGet, Prefix+"/x", nil))
	if out.Code != http.StatusInternalServerError || strings.Contains(out.Body.String(), "a defect") || !strings.Contains(logs.String(), "a defect") {
		t.Fatalf("%d %s; log %s", out.Code, out.Body, logs)
	}
}

func TestWhereARequestCameFrom(t *testing.T) {
	for _, one := range []struct {
		proxies   int
		forwarded []string
		want      string
	}{
		{0, []string{"1.2.3.4"}, "192.0.2.1"}, // a stranger may write what they like
		{1, []string{"6.6.6.6, 1.2.3.4"}, "1.2.3.4"},
		{1, []string{"6.6.6.6", "1.2.3.4"}, "1.2.3.4"},
		{2, []string{"6.6.6.6, 1.2.3.4, 10.0.0.1"}, "1.2.3.4"},
		{1, nil, "192.0.2.1"},
		{3, []string{"1.2.3.4"}, "192.0.2.1"},
		{1, []string{"not an address"}, "192.0.2.1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = "192.0.2.1:1234"
		r.Header["X-Forwarded-For"] = one.forwarded
		if got := clientOf(r, one.proxies).IP; got != one.want {
			t.Errorf("%d proxies, %v: %s, want %s", one.proxies, one.forwarded, got, one.want)
		}
	}
}

type waiting struct{ error }

func (waiting) RetryAfter() time.Duration { return 1500 * time.Millisecond }

func TestEveryFaultHasItsStatus(t *testing.T) {
	ctx := context.Background()
	for _, code := range []fault.Code{
		fault.Invalid, fault.Unauthorized, fault.Forbidden, fault.NotFound, fault.Conflict, fault.Refused, fault.TooLarge, fault.RateLimited, fault.Unavailable, fault.Internal,
	} {
		p := problemOf(ctx, fault.New(code, "a sentence"))
		if p.Status < 400 || p.Title == "" || p.Code != string(code) {
			t.Errorf("%s became %+v", code, p)
		}
		if code == fault.Internal && p.Detail == "a sentence" {
			t.Error("what is ours to know was told")
		}
	}
	p := problemOf(ctx, errors.New("pq: password of the database is x"))
	if p.Status != http.StatusInternalServerError || strings.Contains(p.Detail, "password") {
		t.Errorf("an unclassified error became %+v", p)
	}
	if p := problemOf(ctx, fault.Refuse("window_closed", "too late")); p.Status != http.StatusConflict || p.Reason != "window_closed" {
		t.Errorf("a refusal became %+v", p)
	}
	if got := headersOf(waiting{fault.New(fault.RateLimited, "x")}).Get("Retry-After"); got != "2" {
		t.Errorf("Retry-After is %q", got)
	}
	if got := headersOf(fault.New(fault.Unavailable, "x")).Get("Retry-After"); got != "2" {
		t.Errorf("Retry-After is %q", got)
	}
	if got := headersOf(fault.New(fault.NotFound, "x")); len(got) != 0 {
		t.Errorf("headers %v", got)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if p := problemOf(gone, context.Canceled); p.Status != statusClosed {
		t.Errorf("a caller who left became %+v", p)
	}
}
