package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/identity"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// towers is an API whose operators have a host of their own.
type towers struct {
	*house
	handler http.Handler
}

func openTowers(t *testing.T, db *database.DB) *towers {
	t.Helper()
	h := open(t, db)
	handler, err := New(Deps{
		PublicURL: "http://app.example.com", OperatorURL: "http://staff.example.net:8080", Demo: true, SessionLife: time.Hour, Version: "test",
		Identity: h.identity, Mail: h.mail, Tenancy: h.tenancy, Audit: audit.New(db), Channels: h.channels, Letters: h.letters, Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return &towers{h, handler}
}

// ask calls an operation under a host, with a session's cookie.
func (w *towers) ask(method, host, path, token string, headers ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest(method, "http://"+host+Prefix+path, strings.NewReader("{}"))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Cookie", "sid="+token)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	out := httptest.NewRecorder()
	w.handler.ServeHTTP(out, r)
	return out
}

// signIn gives the token of a new session.
func (w *towers) signIn(email string) string {
	w.t.Helper()
	grant, err := w.identity.SignIn(context.Background(), email, secret.New(password), identity.Client{IP: "127.0.0.1"})
	if err != nil {
		w.t.Fatal(err)
	}
	return grant.Token.Reveal()
}

const (
	appHost   = "app.example.com"
	staffHost = "staff.example.net:8080"
)

// Operators' calls answer at their host only; elsewhere they are as if there were
// none, even for operators, and their session carries nobody's powers.
func TestOperatorsCallsAnswerAtTheirHostOnly(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := openTowers(t, db)
		w.company("Beta", "beto@example.com", "Beto")
		root, member := w.signIn(w.root.get("/session").text("user", "email")), w.signIn("beto@example.com")
		for _, path := range []string{"/quarantine", "/dead-letters", "/operator/letters", "/companies"} {
			if got := w.ask(http.MethodGet, staffHost, path, root); got.Code != http.StatusOK {
				t.Errorf("%s at the console: %d %s", path, got.Code, got.Body)
			}
			for name, host := range map[string]string{"the app": appHost, "another": "www.example.com", "one alike": "staff.example.net.evil.example"} {
				if got := w.ask(http.MethodGet, host, path, root); got.Code != http.StatusNotFound || !strings.Contains(got.Body.String(), "no such operation") {
					t.Errorf("%s at %s: %d %s", path, name, got.Code, got.Body)
				}
			}
			if got := w.ask(http.MethodGet, staffHost, path, member); got.Code != http.StatusForbidden {
				t.Errorf("%s at the console by a member: %d", path, got.Code)
			}
		}
		held := func(host, token string) string { return w.ask(http.MethodGet, host, "/session", token).Body.String() }
		if got := held(appHost, root); strings.Contains(got, "platform.operate") || strings.Contains(got, `"operator":true`) {
			t.Errorf("an operator at the app: %s", got)
		}
		if got := held(staffHost, root); !strings.Contains(got, "platform.operate") {
			t.Errorf("an operator at the console: %s", got)
		}
		// A company is not looked at from the console by its people.
		if got := w.ask(http.MethodGet, appHost, "/members", member); got.Code != http.StatusOK {
			t.Errorf("members at the app: %d %s", got.Code, got.Body)
		}
		if got := w.ask(http.MethodGet, staffHost, "/members", member); got.Code != http.StatusForbidden || !strings.Contains(got.Body.String(), "no_company") {
			t.Errorf("members at the console: %d %s", got.Code, got.Body)
		}
	})
}

// A page of another surface is of the same site, and a browser sends it the
// cookie: the console takes writes from its own pages only.
func TestTheConsoleTakesNoWritesOfOtherSurfaces(t *testing.T) {
	w := openTowers(t, databasetest.Open(t))
	root := w.signIn(w.root.get("/session").text("user", "email"))
	write := func(host string, headers ...string) int {
		return w.ask(http.MethodPost, host, "/quarantine/qrt_none/drop", root, headers...).Code
	}
	for name, c := range map[string]struct {
		got, want int
	}{
		"its own page":                {write(staffHost, "Sec-Fetch-Site", "same-origin"), http.StatusNotFound},
		"its own page behind a proxy": {write(staffHost, "Origin", "http://staff.example.net:8080"), http.StatusNotFound},
		"a page of the app":           {write(staffHost, "Sec-Fetch-Site", "same-site", "Origin", "http://app.example.com"), http.StatusForbidden},
		"a page of an old browser":    {write(staffHost, "Origin", "http://app.example.com"), http.StatusForbidden},
		"a page from anywhere":        {write(staffHost, "Sec-Fetch-Site", "cross-site", "Origin", "http://evil.example"), http.StatusForbidden},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", name, c.got, c.want)
		}
	}
	if got := w.ask(http.MethodDelete, appHost, "/sessions", root, "Sec-Fetch-Site", "same-site", "Origin", "http://staff.example.net:8080").Code; got != http.StatusForbidden {
		t.Errorf("the console's page writes at the app: %d", got)
	}
}

// A name ends with a dot or not, in any case and with any port (RFC 9110, 4.2.3).
func TestTheConsoleKnowsItsNameHoweverItIsWritten(t *testing.T) {
	w := openTowers(t, databasetest.Open(t))
	root := w.signIn(w.root.get("/session").text("user", "email"))
	for host, want := range map[string]int{
		"staff.example.net": http.StatusOK, "STAFF.Example.NET:443": http.StatusOK, "staff.example.net.": http.StatusOK, "staff.example.net.:8080": http.StatusOK,
		"app.example.com.": http.StatusNotFound, "app.example.com:staff.example.net": http.StatusNotFound, "staff.example.net@app.example.com": http.StatusNotFound,
	} {
		r := httptest.NewRequest(http.MethodGet, Prefix+"/companies", nil)
		r.Host = host
		for _, name := range []string{"X-Forwarded-Host", "X-Original-Host", "Forwarded"} { // which nobody listens to
			r.Header.Set(name, "host=staff.example.net")
		}
		r.Header.Set("Cookie", "sid="+root)
		out := httptest.NewRecorder()
		w.handler.ServeHTTP(out, r)
		if out.Code != want {
			t.Errorf("%s: %d, want %d", host, out.Code, want)
		}
	}
}

// What somebody is told about themselves at the door is what they are behind it.
func TestSigningInTellsWhatOneIsAtThisHost(t *testing.T) {
	w := openTowers(t, databasetest.Open(t))
	w.company("Beta", "beto@example.com", "Beto")
	login := func(host, email string) string {
		r := httptest.NewRequest(http.MethodPost, "http://"+host+Prefix+"/session", strings.NewReader(`{"email":"`+email+`","password":"`+password+`"}`))
		r.Header.Set("Content-Type", "application/json")
		out := httptest.NewRecorder()
		w.handler.ServeHTTP(out, r)
		if out.Code != http.StatusCreated {
			t.Fatalf("%s at %s: %d %s", email, host, out.Code, out.Body)
		}
		return out.Body.String()
	}
	if got := login(appHost, w.root.get("/session").text("user", "email")); strings.Contains(got, "platform.operate") || strings.Contains(got, `"operator":true`) {
		t.Errorf("an operator at the app: %s", got)
	}
	if got := login(staffHost, "beto@example.com"); !strings.Contains(got, `"permissions":[]`) || strings.Contains(got, `"company":`) {
		t.Errorf("a member at the console: %s", got)
	}
	// Nor does a look that was opened at the console open the company at the app.
	tenantID := w.tenantOf("beto@example.com")
	root := w.signIn(w.root.get("/session").text("user", "email"))
	w.root.call(http.MethodPost, "/operator/companies/"+tenantID+"/support", map[string]any{"reason": "for the test"}).want(http.StatusCreated)
	for host, sees := range map[string]bool{appHost: false, staffHost: true} {
		r := httptest.NewRequest(http.MethodPatch, "http://"+host+Prefix+"/session", strings.NewReader(`{"company_id":"`+tenantID+`"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Cookie", "sid="+root)
		out := httptest.NewRecorder()
		w.handler.ServeHTTP(out, r)
		if got := strings.Contains(out.Body.String(), "Beta"); got != sees {
			t.Errorf("a look at %s: %d %s", host, out.Code, out.Body)
		}
	}
}

// tenantOf gives the company of somebody who has one.
func (w *towers) tenantOf(email string) string {
	w.t.Helper()
	grant, err := w.identity.SignIn(context.Background(), email, secret.New(password), identity.Client{IP: "127.0.0.1"})
	if err != nil {
		w.t.Fatal(err)
	}
	return grant.Principal.TenantID()
}

// Another host's cookies must not be ours: they name no domain.
func TestCookiesAreBoundToTheirHost(t *testing.T) {
	for _, secure := range []bool{true, false} {
		a := &api{secure: secure, deps: Deps{SessionLife: time.Hour}}
		for _, cookie := range []http.Cookie{a.signedInCookie(secret.New("x")), a.signedOutCookie()} {
			if cookie.Domain != "" || cookie.Path != "/" || cookie.Secure != secure || !cookie.HttpOnly {
				t.Errorf("cookie: %+v", cookie)
			}
		}
	}
}

func TestAConsoleOnTheHostOfAllIsNone(t *testing.T) {
	for address, apart := range map[string]bool{"": false, "https://app.example.com": false, "https://APP.example.com:8443": false, "https://staff.example.com": true} {
		a, _, err := build(Deps{PublicURL: "https://app.example.com", OperatorURL: address, Logger: slog.New(slog.DiscardHandler)})
		if err != nil || (a.console != nil) != apart {
			t.Errorf("%q: %v, %v", address, a.console, err)
		}
	}
	if _, _, err := build(Deps{PublicURL: "https://app.example.com", OperatorURL: "staff", Logger: slog.New(slog.DiscardHandler)}); !fault.Is(err, fault.Invalid) {
		t.Errorf("an address without a host: %v", err)
	}
}

// A demo offers at each host whom it can do something for.
func TestADemoOffersWhoBelongsToTheHost(t *testing.T) {
	w := openTowers(t, databasetest.Open(t))
	for host, roles := range map[string]string{appHost: `["attendant","supervisor","admin"]`, staffHost: `["admin","cost"]`} {
		if got := w.ask(http.MethodGet, host, "/setup", "").Body.String(); !strings.Contains(got, `"demo_roles":`+roles) {
			t.Errorf("at %s: %s", host, got)
		}
	}
}
