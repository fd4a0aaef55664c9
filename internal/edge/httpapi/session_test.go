package httpapi

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/modules/identity"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

func TestSignInAndOut(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		b := h.browser()
		b.get("/session").wantProblem(http.StatusUnauthorized, fault.Unauthorized, "")
		b.call(http.MethodPost, "/session", map[string]any{"email": "ana@alfa.example.com", "password": "wrong password"}).
			wantProblem(http.StatusUnauthorized, fault.Unauthorized, "bad_credentials")
		b.call(http.MethodPost, "/session", map[string]any{"email": "nobody@alfa.example.com", "password": "wrong password"}).
			wantProblem(http.StatusUnauthorized, fault.Unauthorized, "bad_credentials")
		signedIn := b.call(http.MethodPost, "/session", map[string]any{"email": "ana@alfa.example.com", "password": password}).want(http.StatusCreated)
		me := decode[me](signedIn)
		if me.User.Name != "Ana" || me.Company == nil || me.Company.Name != "Padaria Alfa" || me.Role != identity.Admin ||
			!slices.Contains(me.Permissions, identity.PlatformOperate) || !me.Features.Demo || len(me.Companies) != 1 {
			t.Fatalf("signed in as %+v", me)
		}
		cookie := signedIn.header.Get("Set-Cookie")
		for _, part := range []string{"sid=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=3600"} {
			if !strings.Contains(cookie, part) {
				t.Errorf("the cookie lacks %s: %s", part, cookie)
			}
		}
		sessions := b.get("/sessions").want(http.StatusOK)
		if strings.Count(string(sessions.body), `"current":true`) != 1 || strings.Contains(string(sessions.body), b.jar["sid"]) {
			t.Fatalf("sessions: %s", sessions.body)
		}
		token := b.jar["sid"]
		b.call(http.MethodDelete, "/session", nil).want(http.StatusNoContent)
		if b.jar["sid"] != "" {
			t.Fatal("the cookie stays after signing out")
		}
		b.jar["sid"] = token
		b.get("/session").wantProblem(http.StatusUnauthorized, fault.Unauthorized, "")
	})
}

func TestGuessersWait(t *testing.T) {
	h := open(t, databasetest.Open(t))
	b := h.browser()
	var last *answer
	for range 7 {
		last = b.call(http.MethodPost, "/session", map[string]any{"email": "ana@alfa.example.com", "password": "guess guess"})
	}
	last.wantProblem(http.StatusTooManyRequests, fault.RateLimited, "too_many_attempts")
	if wait := last.header.Get("Retry-After"); wait == "" || wait == "0" {
		t.Fatalf("Retry-After is %q", wait)
	}
}

// The cookie goes along with a call from anywhere; the call does not.
func TestWritesFromElsewhereAreRefused(t *testing.T) {
	h := open(t, databasetest.Open(t))
	host, err := url.Parse(h.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		header http.Header
		method string
		want   int
	}{
		{http.Header{"Sec-Fetch-Site": {"cross-site"}}, http.MethodPatch, http.StatusForbidden},
		{http.Header{"Sec-Fetch-Site": {"same-site"}}, http.MethodPatch, http.StatusForbidden},
		{http.Header{"Origin": {"https://evil.example.org"}}, http.MethodPatch, http.StatusForbidden},
		{http.Header{"Origin": {"null"}}, http.MethodPatch, http.StatusForbidden},
		{http.Header{"Sec-Fetch-Site": {"same-origin"}}, http.MethodPatch, http.StatusOK},
		{http.Header{"Origin": {"http://" + host.Host}}, http.MethodPatch, http.StatusOK},
		{http.Header{"Origin": {"http://prosa.example.com"}}, http.MethodPatch, http.StatusOK}, // the public URL, behind a proxy
		{http.Header{"Sec-Fetch-Site": {"cross-site"}}, http.MethodGet, http.StatusOK},
	} {
		h.root.header = one.header
		path, body := "/me", any(map[string]any{"locale": "en"})
		if one.method == http.MethodGet {
			path, body = "/session", nil
		}
		got := h.root.call(one.method, path, body)
		if got.status != one.want {
			t.Errorf("%s with %v: %d, want %d: %s", one.method, one.header, got.status, one.want, got.body)
		}
		if one.want == http.StatusForbidden {
			got.wantProblem(http.StatusForbidden, fault.Forbidden, "cross_site")
		}
	}
}

func TestRolesOpenWhatTheyHold(t *testing.T) {
	h := open(t, databasetest.Open(t))
	supervisor := h.join(h.root, "sara@alfa.example.com", "Sara", identity.Supervisor)
	attendant := h.join(h.root, "atena@alfa.example.com", "Atena", identity.Attendant)
	people := map[string]identity.Role{}
	clients := map[string]*client{"supervisor": supervisor, "attendant": attendant}
	people["supervisor"], people["attendant"] = identity.Supervisor, identity.Attendant
	for _, op := range allOperations(t) {
		permission, _ := op.Extensions[permissionKey].(string)
		if permission == string(anybody) || permission == string(signedIn) || op.Method != http.MethodGet || op.OperationID == "stream-events" {
			continue
		}
		path := strings.NewReplacer("{conversation}", "x", "{contact}", "x", "{channel}", "x", "{bot}", "x", "{message}", "x").Replace(op.path)
		for name, who := range clients {
			got := who.get(path)
			if refused := got.status == http.StatusForbidden; refused == people[name].May(identity.Permission(permission)) {
				t.Errorf("%s asks for %s and answers a %s with %d", op.OperationID, permission, name, got.status)
			}
		}
		if got := h.browser().get(path); got.status != http.StatusUnauthorized {
			t.Errorf("%s answers a stranger with %d", op.OperationID, got.status)
		}
	}
}

func TestAnAttendantGivesConversationsToNobodyElse(t *testing.T) {
	h := open(t, databasetest.Open(t))
	attendant := h.join(h.root, "atena@alfa.example.com", "Atena", identity.Attendant)
	account := h.connect(h.root, "Telegram", "111:token-of-the-first-bot")
	conversationID, _ := h.writes(h.root, account, "500", "Cliente", "oi", nil)
	path := "/conversations/" + conversationID + "/assign"
	attendant.call(http.MethodPost, path, map[string]any{"user_id": h.root.userID()}).wantProblem(http.StatusForbidden, fault.Forbidden, "role")
	got := attendant.call(http.MethodPost, path, map[string]any{"user_id": attendant.userID()}).want(http.StatusOK)
	if got.text("owner_name") != "Atena" || got.text("state") != "open" {
		t.Fatalf("assigned: %s", got.body)
	}
	h.root.call(http.MethodPost, path, map[string]any{"user_id": h.root.userID()}).want(http.StatusOK)
	attendant.get("/conversations/"+conversationID).wantProblem(http.StatusNotFound, fault.NotFound, "")
}

func TestPasswordAndNameChange(t *testing.T) {
	h := open(t, databasetest.Open(t))
	h.root.call(http.MethodPatch, "/me", map[string]any{"new_password": "a much better one", "current_password": "wrong"}).
		wantProblem(http.StatusForbidden, fault.Forbidden, "wrong_password")
	h.root.call(http.MethodPatch, "/me", map[string]any{"new_password": "short", "current_password": password}).
		wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "weak_password")
	got := h.root.call(http.MethodPatch, "/me", map[string]any{"name": "Ana Maria", "new_password": "a much better one", "current_password": password}).want(http.StatusOK)
	if got.text("user", "name") != "Ana Maria" {
		t.Fatalf("changed to %s", got.body)
	}
	h.browser().call(http.MethodPost, "/session", map[string]any{"email": "ana@alfa.example.com", "password": "a much better one"}).want(http.StatusCreated)
}

func TestWhoLooksAtNoCompanyIsTold(t *testing.T) {
	h := open(t, databasetest.Open(t))
	bia := h.join(h.root, "bia@alfa.example.com", "Bia", identity.Attendant)
	h.root.call(http.MethodDelete, "/members/"+bia.userID(), nil).want(http.StatusNoContent)
	bia.get("/conversations").wantProblem(http.StatusForbidden, fault.Forbidden, "no_company")
	beta := h.company("Beta", "bruno@beta.example.com", "Bruno")
	tenantID := beta.tenantID()
	h.root.call(http.MethodPost, "/operator/companies/"+tenantID+"/state", map[string]any{"state": "suspended", "reason": "for the test"}).want(http.StatusOK)
	beta.get("/conversations").wantProblem(http.StatusForbidden, fault.Forbidden, "company_suspended")
	if me := decode[me](beta.get("/session").want(http.StatusOK)); !slices.Equal(me.Permissions, []identity.Permission{identity.BillingManage, identity.BillingRead}) || me.Company.State != "suspended" {
		t.Fatalf("suspended: %+v", me)
	}
	h.root.call(http.MethodPost, "/operator/companies/"+tenantID+"/state", map[string]any{"state": "active", "reason": "for the test"}).want(http.StatusOK)
	beta.get("/conversations").want(http.StatusOK)
}

func TestTwoCompaniesOfOnePerson(t *testing.T) {
	h := open(t, databasetest.Open(t))
	beta := h.company("Beta", "bruno@beta.example.com", "Bruno")
	link := beta.call(http.MethodPost, "/invitations", map[string]any{"email": "ana@alfa.example.com", "role": "attendant"}).want(http.StatusCreated).text("link")
	_, token, _ := strings.Cut(link, "#")
	opened := h.browser().call(http.MethodPost, "/invitation/open", map[string]any{"token": token}).want(http.StatusOK)
	if opened.text("company_name") != "Beta" || !strings.Contains(string(opened.body), `"has_account":true`) {
		t.Fatalf("opened: %s", opened.body)
	}
	b := h.browser()
	b.call(http.MethodPost, "/invitation/accept", map[string]any{"token": token, "password": "another password"}).
		wantProblem(http.StatusUnauthorized, fault.Unauthorized, "bad_credentials")
	joined := decode[me](b.call(http.MethodPost, "/invitation/accept", map[string]any{"token": token, "password": password}).want(http.StatusCreated))
	if joined.Company.Name != "Beta" || len(joined.Companies) != 2 || joined.Role != identity.Attendant {
		t.Fatalf("joined: %+v", joined)
	}
	back := b.call(http.MethodPatch, "/session", map[string]any{"company_id": h.root.tenantID()}).want(http.StatusOK)
	if back.text("company", "name") != "Padaria Alfa" || back.text("role") != "admin" {
		t.Fatalf("switched: %s", back.body)
	}
	b.call(http.MethodPost, "/invitation/accept", map[string]any{"token": token, "password": password}).wantProblem(http.StatusNotFound, fault.NotFound, "")
}
