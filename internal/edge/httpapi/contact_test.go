package httpapi

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/modules/contact"
	"prosa/internal/modules/identity"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func TestACustomerIsFoundRenamedAndBlocked(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h, _, conversationPath := desk(t, db)
		attendant := h.join(h.root, "atena@alfa.example.com", "Atena", identity.Attendant)
		contactID := h.root.get(conversationPath).text("contact_id")
		path := "/contacts/" + contactID
		found := decode[contact.Contact](attendant.get(path).want(http.StatusOK))
		if found.Name != "Cliente Um" || len(found.Addresses) == 0 {
			t.Fatalf("found %+v", found)
		}
		changed := decode[contact.Contact](attendant.call(http.MethodPatch, path, map[string]any{
			"name": "Dona Lúcia", "fields": map[string]string{"aniversário": "12/03"}, "version": found.Version,
		}).want(http.StatusOK))
		if changed.Name != "Dona Lúcia" || changed.Fields["aniversário"] != "12/03" || changed.Version <= found.Version {
			t.Fatalf("changed %+v", changed)
		}
		attendant.call(http.MethodPatch, path, map[string]any{"name": "late", "version": found.Version}).wantProblem(http.StatusConflict, fault.Conflict, "")
		for query, want := range map[string]bool{"lucia": true, "500": true, "ninguém": false} {
			if got := attendant.get("/contacts?q=" + query).want(http.StatusOK); strings.Contains(string(got.body), contactID) != want {
				t.Errorf("?q=%s: %s", query, got.body)
			}
		}
		if row := attendant.get(conversationPath).want(http.StatusOK); row.text("contact_name") != "Dona Lúcia" {
			t.Fatalf("the list row keeps the old name: %s", row.body)
		}
		if got := attendant.get(path + "/conversations").want(http.StatusOK); !strings.Contains(string(got.body), contactID) {
			t.Fatalf("conversations: %s", got.body)
		}
		attendant.call(http.MethodPost, path+"/block", map[string]any{"blocked": true}).wantProblem(http.StatusForbidden, fault.Forbidden, "role")
		if got := decode[contact.Contact](h.root.call(http.MethodPost, path+"/block", map[string]any{"blocked": true}).want(http.StatusOK)); !got.Blocked {
			t.Fatalf("blocked %+v", got)
		}
		h.root.call(http.MethodPost, conversationPath+"/take", nil)
		h.root.call(http.MethodPost, conversationPath+"/messages", map[string]any{"text": "x"}, "Idempotency-Key", "key-00001").
			wantProblem(http.StatusConflict, fault.Refused, "contact_blocked")
		if log := h.root.get("/audit"); !strings.Contains(string(log.body), "contact.blocked") {
			t.Error("the block is not in the log")
		}
	})
}
