package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// quarantined puts a piece into quarantine and gives its id.
func (h *house) quarantined(raw event.Raw, reason string) string {
	h.t.Helper()
	err := h.db.Write(context.Background(), database.Platform("a test puts a piece into quarantine"), func(ctx context.Context, tx *database.Tx) error {
		return h.channels.Quarantine(ctx, tx, []event.Raw{raw}, []string{reason})
	})
	if err != nil {
		h.t.Fatal(err)
	}
	list, err := h.channels.ListQuarantine(context.Background(), "", 1)
	if err != nil || len(list.Items) == 0 {
		h.t.Fatal(list, err)
	}
	return list.Items[0].ID
}

func TestOperatorsReplayWhatWasQuarantined(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		account := h.connect(h.root, "Telegram", "111:token-of-the-first-bot")
		body, err := json.Marshal(channel.Inbound{Kind: channel.InIgnored})
		if err != nil {
			t.Fatal(err)
		}
		id := h.quarantined(event.Raw{TenantID: h.root.tenantID(), AccountID: account, Channel: "telegram", ReceivedMS: 1, Body: body}, "a defect of that day")
		if got := h.root.get("/quarantine").want(http.StatusOK); !strings.Contains(string(got.body), "a defect of that day") {
			t.Fatalf("quarantine: %s", got.body)
		}
		h.root.call(http.MethodPost, "/quarantine/"+id+"/replay", nil).want(http.StatusNoContent)
		h.root.call(http.MethodPost, "/quarantine/"+id+"/replay", nil).wantProblem(http.StatusConflict, fault.Conflict, "")
		if got := h.root.get("/quarantine"); strings.Contains(string(got.body), id) {
			t.Fatalf("still waiting: %s", got.body)
		}
		stray := h.quarantined(event.Raw{Channel: "telegram", ReceivedMS: 1, Body: body}, "unknown account")
		h.root.call(http.MethodPost, "/quarantine/"+stray+"/replay", nil).wantProblem(http.StatusConflict, fault.Refused, "unrouted")
		h.root.call(http.MethodPost, "/quarantine/"+stray+"/drop", nil).want(http.StatusNoContent) // it waited again
		h.root.call(http.MethodPost, "/quarantine/qrt_none/drop", nil).wantProblem(http.StatusNotFound, fault.NotFound, "")
		for _, action := range []string{"quarantine.replayed", "quarantine.dropped"} {
			if log := h.root.get("/audit"); !strings.Contains(string(log.body), action) {
				t.Errorf("%s is not in the log", action)
			}
		}
	})
}

func TestAReplayThatFailsLosesNothing(t *testing.T) {
	h := open(t, databasetest.Open(t))
	account := h.connect(h.root, "Telegram", "111:token-of-the-first-bot")
	id := h.quarantined(event.Raw{TenantID: h.root.tenantID(), AccountID: account, Channel: "telegram", ReceivedMS: 1, Body: []byte("{}")}, "x")
	a := &api{deps: Deps{Channels: h.channels, Logger: h.logger(), Replay: func(context.Context, event.Raw) error { return errors.New("the stream is away") }}}
	if _, err := a.replayQuarantined(context.Background(), &quarantineInput{Entry: id}); err == nil {
		t.Fatal("the failure was swallowed")
	}
	if got := h.root.get("/quarantine").want(http.StatusOK); !strings.Contains(string(got.body), id) {
		t.Fatalf("the piece does not wait any more: %s", got.body)
	}
}

func TestOperatorsHandleDeadLetters(t *testing.T) {
	h := open(t, databasetest.Open(t))
	h.letters.letters = []Letter{{ID: "1", Consumer: "conversation", Reason: "x"}, {ID: "2", Consumer: "conversation", Reason: "y"}}
	if got := h.root.get("/dead-letters").want(http.StatusOK); strings.Count(string(got.body), "consumer") != 2 {
		t.Fatalf("letters: %s", got.body)
	}
	h.root.call(http.MethodPost, "/dead-letters/1/replay", nil).want(http.StatusNoContent)
	h.root.call(http.MethodPost, "/dead-letters/2/drop", nil).want(http.StatusNoContent)
	h.root.call(http.MethodPost, "/dead-letters/2/drop", nil).wantProblem(http.StatusNotFound, fault.NotFound, "")
	if got := h.root.get("/dead-letters").want(http.StatusOK); !strings.Contains(string(got.body), `"items":[]`) {
		t.Fatalf("letters: %s", got.body)
	}
}

func TestOperatorsMakeCompaniesAndAdminsChangeTheirs(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		beta := h.company("Beta Doces", "bruno@beta.example.com", "Bruno")
		h.root.call(http.MethodPost, "/companies", map[string]any{"name": "Beta Doces"}).wantProblem(http.StatusConflict, fault.Conflict, "slug_taken")
		alone := h.root.call(http.MethodPost, "/companies", map[string]any{"name": "Gama", "slug": "gama-1", "line": "enterprise", "locale": "en", "timezone": "UTC"}).want(http.StatusCreated)
		if alone.text("company", "slug") != "gama-1" || strings.Contains(string(alone.body), "link") {
			t.Fatalf("made: %s", alone.body)
		}
		list := h.root.get("/companies?limit=2").want(http.StatusOK)
		rest := h.root.get("/companies?limit=2&cursor=" + list.text("next")).want(http.StatusOK)
		if n := strings.Count(string(list.body)+string(rest.body), `"slug"`); n != 3 {
			t.Fatalf("%d companies: %s %s", n, list.body, rest.body)
		}
		changed := decode[tenancy.Company](beta.call(http.MethodPatch, "/company", map[string]any{"name": "Beta Salgados", "timezone": "America/Recife"}).want(http.StatusOK))
		if changed.Name != "Beta Salgados" || changed.Slug != "beta-doces" || beta.get("/company").text("timezone") != "America/Recife" {
			t.Fatalf("changed %+v", changed)
		}
		beta.call(http.MethodPatch, "/company", map[string]any{"timezone": "Mars/Base"}).wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
		attendant := h.join(beta, "rita@beta.example.com", "Rita", identity.Attendant)
		attendant.call(http.MethodPatch, "/company", map[string]any{"name": "x"}).wantProblem(http.StatusForbidden, fault.Forbidden, "role")
	})
}

func TestPeopleComeAndGo(t *testing.T) {
	h := open(t, databasetest.Open(t))
	bia := h.join(h.root, "bia@alfa.example.com", "Bia", identity.Attendant)
	list := h.root.get("/members").want(http.StatusOK)
	if !strings.Contains(string(list.body), "bia@alfa.example.com") || !strings.Contains(string(list.body), "ana@alfa.example.com") {
		t.Fatalf("members: %s", list.body)
	}
	h.root.call(http.MethodPost, "/invitations", map[string]any{"email": "bia@alfa.example.com", "role": "admin"}).wantProblem(http.StatusConflict, fault.Conflict, "already_member")
	h.root.call(http.MethodPost, "/invitations", map[string]any{"email": "not an address", "role": "admin"}).wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
	if got := h.root.call(http.MethodPatch, "/members/"+bia.userID(), map[string]any{"role": "supervisor"}).want(http.StatusOK); got.text("role") != "supervisor" {
		t.Fatalf("changed: %s", got.body)
	}
	h.root.call(http.MethodPatch, "/members/"+h.root.userID(), map[string]any{"role": "attendant"}).wantProblem(http.StatusConflict, fault.Conflict, "last_admin")
	h.root.call(http.MethodDelete, "/members/"+h.root.userID(), nil).wantProblem(http.StatusConflict, fault.Conflict, "last_admin")
	made := h.root.call(http.MethodPost, "/invitations", map[string]any{"email": "cid@alfa.example.com", "role": "attendant"}).want(http.StatusCreated)
	h.root.call(http.MethodDelete, "/invitations/"+made.text("invitation", "id"), nil).want(http.StatusNoContent)
	_, token, _ := strings.Cut(made.text("link"), "#")
	h.browser().call(http.MethodPost, "/invitation/open", map[string]any{"token": token}).wantProblem(http.StatusNotFound, fault.NotFound, "")
	if got := h.root.get("/invitations").want(http.StatusOK); !strings.Contains(string(got.body), `"state":"revoked"`) || strings.Contains(string(got.body), token) {
		t.Fatalf("invitations: %s", got.body)
	}
}
