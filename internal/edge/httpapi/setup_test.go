package httpapi

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/outbox"
)

// bare is a platform that nobody set up, by the given public URL.
func bare(t *testing.T, db *database.DB, publicURL string, demo bool) *house {
	t.Helper()
	h := &house{t: t, db: db, logs: &safeBuffer{}, contract: newPromised(t)}
	cfg := cheap()
	cfg.Demo = demo
	h.identity = identity.New(cfg, db, outbox.Write, clock.System{})
	handler, err := New(Deps{
		PublicURL: publicURL, Demo: demo, Version: "v1", SessionLife: time.Hour, Identity: h.identity,
		Tenancy: tenancy.New(db, outbox.Write, clock.System{}), Audit: audit.New(db), Clock: clock.System{}, Logger: slog.New(slog.NewTextHandler(h.logs, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	h.server = httptest.NewServer(handler)
	t.Cleanup(h.server.Close)
	return h
}

func TestFirstRun(t *testing.T) {
	h := bare(t, databasetest.Open(t), "https://prosa.example.com", false)
	b := h.browser()
	if got := decode[map[string]any](b.get("/setup").want(http.StatusOK)); got["needed"] != true || got["demo"] != false || got["secure"] != true || got["version"] != "v1" || len(got["demo_roles"].([]any)) != 0 {
		t.Fatalf("before: %v", got)
	}
	token, err := h.identity.SetupToken(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	input := map[string]any{"token": "guess", "company_name": "Alfa", "name": "Ana", "email": "ana@example.com", "password": password}
	b.call(http.MethodPost, "/setup", input).wantProblem(http.StatusForbidden, fault.Forbidden, "bad_token")
	input["token"] = token.Reveal()
	done := b.call(http.MethodPost, "/setup", input).want(http.StatusCreated)
	if cookie := done.header.Get("Set-Cookie"); !strings.HasPrefix(cookie, "__Host-sid=") || !strings.Contains(cookie, "; Secure") {
		t.Fatalf("by https the cookie is %s", cookie)
	}
	b.call(http.MethodPost, "/setup", input).wantProblem(http.StatusConflict, fault.Conflict, "setup_done")
	if got := decode[map[string]any](b.get("/setup").want(http.StatusOK)); got["needed"] != false {
		t.Fatalf("after: %v", got)
	}
	b.call(http.MethodPost, "/demo/session", map[string]any{"role": "admin"}).wantProblem(http.StatusNotFound, fault.NotFound, "")
}

func TestDemoSignIn(t *testing.T) {
	h := open(t, databasetest.Open(t))
	b := h.browser()
	if got := decode[map[string]any](b.get("/setup").want(http.StatusOK)); fmt.Sprint(got["demo_roles"]) != "[attendant supervisor admin cost]" {
		t.Errorf("where staff has no host of its own one enters as %v", got["demo_roles"])
	}
	b.call(http.MethodPost, "/demo/session", map[string]any{"role": "cost"}).wantProblem(http.StatusNotFound, fault.NotFound, "")
	got := b.call(http.MethodPost, "/demo/session", map[string]any{"role": "admin"}).want(http.StatusCreated)
	if got.text("user", "name") != "Ana" {
		t.Fatalf("signed in: %s", got.body)
	}
	b.call(http.MethodPost, "/demo/session", map[string]any{"role": "supervisor"}).wantProblem(http.StatusNotFound, fault.NotFound, "")
	b.call(http.MethodPost, "/demo/session", map[string]any{"role": "owner"}).wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
}

func TestAPublicURLThatIsNoneIsRefused(t *testing.T) {
	for _, bad := range []string{"", "prosa", "://"} {
		if _, err := New(Deps{PublicURL: bad, Logger: slog.New(slog.DiscardHandler)}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
