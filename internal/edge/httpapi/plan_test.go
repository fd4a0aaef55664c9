package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// admit fills the ports of the modules that don't know tenancy, as app does.
func (h *house) admit(meter tenancy.Meter) func(context.Context, *database.Tx, string, func(context.Context) (int64, error)) error {
	return func(ctx context.Context, tx *database.Tx, tenantID string, count func(context.Context) (int64, error)) error {
		return tenancy.Admit(ctx, tx, tenantID, meter, 1, count)
	}
}

// word gives what stands at a place of an answer, as text.
func (a *answer) word(path ...string) string {
	a.t.Helper()
	value := decode[any](a)
	for _, name := range path {
		switch holder := value.(type) {
		case []any:
			at, err := strconv.Atoi(name)
			if err != nil || at >= len(holder) {
				a.t.Fatalf("%s has no %v: %s", a.what, path, a.body)
			}
			value = holder[at]
		case map[string]any:
			value = holder[name]
		default:
			a.t.Fatalf("%s has no %v: %s", a.what, path, a.body)
		}
	}
	if number, ok := value.(float64); ok {
		return strconv.FormatFloat(number, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

// eventually waits for what happens behind the streams.
func (h *house) eventually(what string, happened func() bool) {
	h.t.Helper()
	look, late := time.NewTicker(20*time.Millisecond), time.After(patience)
	defer look.Stop()
	for !happened() {
		select {
		case <-look.C:
		case <-late:
			h.t.Fatalf("it did not happen: %s", what)
		}
	}
}

// entitle gives a company what a version of a plan grants.
func (h *house) entitle(tenantID, versionID string) {
	h.t.Helper()
	version, err := h.plans.Version(context.Background(), versionID)
	if err == nil {
		err = h.db.Write(context.Background(), database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
			return tenancy.Entitle(ctx, tx, tenantID, version.Entitlements())
		})
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestOperatorsSellPlans(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		nobody := h.browser()
		if got := nobody.get("/plans").want(http.StatusOK); string(got.body) == "" || got.word("open") != "false" || strings.Contains(string(got.body), "slug") {
			t.Fatalf("a fresh installation sells %s", got.body)
		}
		h.root.call(http.MethodPost, "/operator/plans/sample", nil).want(http.StatusCreated)
		h.root.call(http.MethodPost, "/operator/plans/sample", nil).wantProblem(http.StatusConflict, fault.Conflict, "plans_exist")
		page := nobody.get("/plans?locale=en").want(http.StatusOK)
		if page.word("open") != "true" || page.word("items", "0", "name") != "Essential" || page.word("items", "0", "limits", "3", "meter") != "conversations" || page.word("methods", "0") != "card" {
			t.Fatalf("%s", page.body)
		}
		if name := nobody.get("/plans").word("items", "0", "name"); name != "Essencial" {
			t.Fatalf("in Portuguese it is called %s", name)
		}
		plans := h.root.get("/operator/plans").want(http.StatusOK)
		planID, sold := plans.word("items", "0", "id"), plans.word("items", "0", "versions", "0", "id")
		draft := h.root.call(http.MethodPost, "/operator/plans/"+planID+"/draft", nil).want(http.StatusCreated)
		content := map[string]any{
			"name": map[string]any{"pt": "Essencial 2", "en": "Essential 2"}, "summary": map[string]any{"pt": "Resumo", "en": "Summary"}, "features": []any{},
			"highlight": false, "currency": "BRL", "monthly": 15900, "annual": 159000, "trial_days": 7, "trial_needs_payment": false,
			"limits": map[string]any{"bots": map[string]any{"count": 1, "over": "block", "overage_price": 0}},
		}
		version := "/operator/plan-versions/" + draft.word("id")
		h.root.call(http.MethodPut, version, map[string]any{"revision": 1, "content": content}).want(http.StatusOK)
		h.root.call(http.MethodPut, version, map[string]any{"revision": 1, "content": content}).wantProblem(http.StatusConflict, fault.Conflict, "revision")
		if got := h.root.get(version + "/preview?locale=en").want(http.StatusOK); got.word("name") != "Essential 2" || got.word("limits", "2", "count") != "1" {
			t.Fatalf("%s", got.body)
		}
		if got := nobody.get("/plans").word("items", "0", "version_id"); got != sold {
			t.Fatalf("before it is published %s is sold", got)
		}
		h.root.call(http.MethodPost, version+"/publish", nil).want(http.StatusOK)
		h.root.call(http.MethodPut, version, map[string]any{"revision": 2, "content": content}).wantProblem(http.StatusConflict, fault.Conflict, "plan_published")
		h.root.call(http.MethodDelete, version, nil).wantProblem(http.StatusConflict, fault.Conflict, "plan_published")
		if got := nobody.get("/plans").word("items", "0", "version_id"); got != draft.word("id") {
			t.Fatalf("published %s, sold %s", draft.word("id"), got)
		}
		h.root.call(http.MethodPatch, "/operator/plans/"+planID, map[string]any{"position": 9}).want(http.StatusOK)
		if got := nobody.get("/plans").word("items", "2", "slug"); got != "essencial" {
			t.Fatalf("last on the page is %s", got)
		}
		h.root.call(http.MethodPost, version+"/withdraw", nil).want(http.StatusOK)
		made := h.root.call(http.MethodPost, "/operator/plans", map[string]any{"slug": "novo", "line": "massivo", "content": content}).want(http.StatusCreated)
		h.root.call(http.MethodDelete, "/operator/plan-versions/"+made.word("id"), nil).want(http.StatusNoContent)

		coupon := h.root.call(http.MethodPost, "/operator/promotions", map[string]any{"code": "natal", "percent": 2000, "cycles": 3, "most": 10, "active": true}).want(http.StatusCreated)
		h.root.call(http.MethodPost, "/operator/promotions", map[string]any{"code": "NATAL", "percent": 1, "active": true}).wantProblem(http.StatusConflict, fault.Conflict, "code_taken")
		h.root.call(http.MethodPut, "/operator/promotions/"+coupon.word("id"), map[string]any{"code": "NATAL", "amount": 500, "active": true}).want(http.StatusOK)
		if got := h.root.get("/operator/promotions").want(http.StatusOK); got.word("items", "0", "amount") != "500" || got.word("items", "0", "code") != "NATAL" {
			t.Fatalf("%s", got.body)
		}
		// None of it is for a company's people.
		bia := h.join(h.root, "bia@alfa.example.com", "Bia", identity.Admin)
		bia.get("/operator/plans").wantProblem(http.StatusForbidden, fault.Forbidden, "")
		bia.get("/operator/companies").wantProblem(http.StatusForbidden, fault.Forbidden, "")
	})
}

func TestAPlanBitesWhereThingsAreMadeAndIsSeenLive(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		h.tenancy.BindCounts(map[tenancy.Meter]tenancy.Count{tenancy.Attendants: identity.CountMembers, tenancy.Channels: h.channels.CountIn, tenancy.Bots: h.bots.CountIn})
		tenantID := h.root.tenantID()
		if got := h.root.get("/usage").want(http.StatusOK); got.word("plan_version_id") != "" || got.word("items", "2", "limit") != "-1" {
			t.Fatalf("without a plan %s", got.body)
		}
		content := map[string]any{
			"name": map[string]any{"pt": "Um", "en": "One"}, "summary": map[string]any{"pt": "Um só", "en": "Just one"}, "features": []any{},
			"highlight": false, "currency": "BRL", "monthly": 100, "annual": 1000, "trial_days": 0, "trial_needs_payment": false,
			"limits": map[string]any{
				"attendants": map[string]any{"count": 1, "over": "block", "overage_price": 0}, "channels": map[string]any{"count": 1, "over": "block", "overage_price": 0},
				"bots": map[string]any{"count": 1, "over": "block", "overage_price": 0}, "conversations": map[string]any{"count": 1, "over": "block", "overage_price": 0},
			},
		}
		made := h.root.call(http.MethodPost, "/operator/plans", map[string]any{"slug": "um", "line": "massivo", "content": content}).want(http.StatusCreated)
		h.root.call(http.MethodPost, "/operator/plan-versions/"+made.word("id")+"/publish", nil).want(http.StatusOK)
		h.entitle(tenantID, made.word("id"))

		bot := func(name string) *answer {
			return h.root.call(http.MethodPost, "/bots", map[string]any{"name": name, "definition": botFlow("oi")})
		}
		bot("Primeiro").want(http.StatusCreated)
		bot("Segundo").wantProblem(http.StatusConflict, fault.Refused, "plan_limit")
		account := h.connect(h.root, "Telegram", "111:token-of-the-first-bot")
		h.root.call(http.MethodPost, "/channels", map[string]any{
			"channel": "telegram", "name": "Outro", "credentials": map[string]any{"token": "333:token-of-another-bot"},
		}).wantProblem(http.StatusConflict, fault.Refused, "plan_limit")
		invited := h.root.call(http.MethodPost, "/invitations", map[string]any{"email": "bia@alfa.example.com", "role": "attendant"}).want(http.StatusCreated)
		_, token, _ := strings.Cut(invited.word("link"), "#")
		accept := map[string]any{"token": token, "name": "Bia", "password": password}
		h.browser().call(http.MethodPost, "/invitation/accept", accept).wantProblem(http.StatusConflict, fault.Refused, "plan_limit")

		// An operator grants another seat for an hour, with a reason.
		company := "/operator/companies/" + tenantID
		grant := map[string]any{"meter": "attendants", "extra": 1, "expires_ms": time.Now().Add(time.Hour).UnixMilli(), "reason": "uma semana de festa"}
		granted := h.root.call(http.MethodPost, company+"/grants", grant).want(http.StatusCreated)
		bia := h.browser()
		bia.call(http.MethodPost, "/invitation/accept", accept).want(http.StatusCreated)
		bia.get("/usage").wantProblem(http.StatusForbidden, fault.Forbidden, "role")

		// What customers write is counted behind the stream.
		h.writes(h.root, account, "500", "Caio", "oi", nil)
		usage := func() *answer { return h.root.get("/usage?locale=en").want(http.StatusOK) }
		h.eventually("the first conversation is counted", func() bool { return usage().word("items", "3", "used") == "1" })
		got := usage()
		want := "2 1 1 block 100 reached | 1 1 0 block 100 reached | 1 1 0 block 100 reached | 1 1 0 block 100 reached | 1 -1 0 block 0 ok | true One"
		var lines []string
		for n := range 5 {
			item := func(name string) string { return got.word("items", fmt.Sprint(n), name) }
			lines = append(lines, strings.Join([]string{item("used"), item("limit"), item("granted"), item("over"), item("percent"), item("level")}, " "))
		}
		if seen := strings.Join(append(lines, got.word("silent")+" "+got.word("plan_name")), " | "); seen != want {
			t.Fatalf("seen %s\nwant %s", seen, want)
		}
		inspected := h.root.get(company).want(http.StatusOK)
		if inspected.word("plan", "slug") != "um" || inspected.word("usage", "3", "used") != "1" || inspected.word("grants", "0", "reason") != "uma semana de festa" || inspected.word("next_states", "0") != "past_due" {
			t.Fatalf("%s", inspected.body)
		}
		h.root.call(http.MethodDelete, company+"/grants/"+granted.word("id"), nil).want(http.StatusNoContent)

		// Found by what people know of it.
		planID := h.root.get("/operator/plans").word("items", "0", "id")
		for query, count := range map[string]int{"q=padaria+alfa": 1, "q=nobody": 0, "state=active": 1, "state=suspended": 0, "plan=" + planID: 1, "plan=pln_none": 0} {
			if got := h.root.get("/operator/companies?" + query).want(http.StatusOK); strings.Count(string(got.body), `"slug":"padaria-alfa"`) != count {
				t.Errorf("%s: %s", query, got.body)
			}
		}
		// Read only: looked at and paid, not changed.
		state := func(to string) *answer {
			return h.root.call(http.MethodPost, company+"/state", map[string]any{"state": to, "reason": "the bill is open"})
		}
		state("read_only").want(http.StatusOK)
		h.root.get("/bots").want(http.StatusOK)
		h.root.get("/usage").want(http.StatusOK)
		bot("Terceiro").wantProblem(http.StatusForbidden, fault.Forbidden, "company_read_only")
		state("suspended").want(http.StatusOK)
		h.root.get("/bots").wantProblem(http.StatusForbidden, fault.Forbidden, "company_suspended")
		h.root.get("/usage").want(http.StatusOK)
		state("erased").wantProblem(http.StatusConflict, fault.Refused, "state_way")
		h.root.call(http.MethodPost, company+"/state", map[string]any{"state": "active", "reason": "x"}).want(http.StatusUnprocessableEntity)
		state("active").want(http.StatusOK)
	})
}
