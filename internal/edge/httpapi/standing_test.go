package httpapi

import (
	"context"
	"net/http"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/hold"
)

// A company that moves is looked at and not written for; one that has moved shows
// nothing. Its people hear why from their session, operators from its page.
func TestACompanyThatStandsStill(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		beta := h.company("Beta Doces", "bruno@beta.example.com", "Bruno")
		if err := db.Write(t.Context(), database.Platform("a move that a command began"), func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO company_move (id, company_id, side, step, target_url, until_ms, facts, created_ms, updated_ms)
				VALUES ('mve_1', $1, 'source', 'paused', '', 0, '{}', 1, 1)`, beta.tenantID())
			return err
		}); err != nil {
			t.Fatal(err)
		}
		type standing struct {
			Standing string
			Moves    []companyMove
		}
		rename := map[string]any{"name": "Beta Salgados"}
		for _, stage := range []struct {
			level         hold.Level
			standing      string
			reads, writes int
			reason        string
		}{
			{"", "", http.StatusOK, http.StatusOK, ""},
			{hold.Draining, "moving", http.StatusOK, http.StatusServiceUnavailable, "moving"},
			{hold.Moved, "moved", http.StatusConflict, http.StatusConflict, "moved"},
		} {
			if stage.level != "" {
				if _, err := hold.Set(t.Context(), db, beta.tenantID(), "mve_1", stage.level); err != nil {
					t.Fatal(err)
				}
			}
			if err := h.gate.Look(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := decode[standing](beta.get("/session").want(http.StatusOK)); got.Standing != stage.standing {
				t.Errorf("%q: the session says %q", stage.level, got.Standing)
			}
			if got := decode[standing](h.root.get("/operator/companies/" + beta.tenantID()).want(http.StatusOK)); got.Standing != stage.standing || len(got.Moves) != 1 || got.Moves[0].Side != "source" {
				t.Errorf("%q: operators see %+v", stage.level, got)
			}
			beta.get("/members").want(stage.reads)
			written := beta.call(http.MethodPatch, "/company", rename).want(stage.writes)
			if stage.reason != "" {
				written.wantProblem(stage.writes, map[string]fault.Code{"moving": fault.Unavailable, "moved": fault.Refused}[stage.reason], stage.reason)
			}
			h.root.call(http.MethodPatch, "/company", map[string]any{"name": "Alfa"}).want(http.StatusOK)
		}
	})
}
