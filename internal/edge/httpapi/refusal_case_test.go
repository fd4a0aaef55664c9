package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/subscription"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

var operatorHand = tenancy.By{Actor: event.Actor{Kind: "operator", ID: "usr_x"}}

// refusals are the reasons that a test has heard from the API.
type refusals map[string]bool

// refuses makes a call that must be refused for the reason.
func (r refusals) refuses(c *client, method, path string, body any, status int, code fault.Code, reason string) *answer {
	c.h.t.Helper()
	r[reason] = true
	return c.call(method, path, body).wantProblem(status, code, reason)
}

// promisedReasons are those that the summaries of a file's routes tell.
func promisedReasons(t *testing.T, file string) []string {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, told := range regexp.MustCompile(`Reasons?: ([^"]*)"`).FindAllStringSubmatch(string(source), -1) {
		for _, reason := range regexp.MustCompile(`[a-z]+(_[a-z]+)+|activated|subscribed`).FindAllString(told[1], -1) {
			if !slices.Contains(list, reason) {
				list = append(list, reason)
			}
		}
	}
	return list
}

// covers fails for each reason that is promised and was not heard, but for those
// that a test of the module hears.
func (r refusals) covers(t *testing.T, file string, elsewhere ...string) {
	t.Helper()
	promised := promisedReasons(t, file)
	for _, reason := range promised {
		if r[reason] == slices.Contains(elsewhere, reason) {
			t.Errorf("%s promises the reason %s: heard %t, said to be heard elsewhere %t", file, reason, r[reason], slices.Contains(elsewhere, reason))
		}
	}
	if len(promised) < 10 {
		t.Errorf("%s promises %v only: are its summaries read rightly?", file, promised)
	}
}

func (h *house) saves(p plan.Promotion) {
	h.t.Helper()
	p.Active = true
	if _, err := h.plans.SavePromotion(context.Background(), p, operatorHand); err != nil {
		h.t.Fatal(err)
	}
}

// Each reason for which a purchase is refused, as a browser hears it.
func TestEachRefusalOfAPurchase(t *testing.T) {
	h := open(t, databasetest.Open(t))
	r := refusals{}
	post, patch := http.MethodPost, http.MethodPatch
	trial, paid := h.offers(), h.sells("pago", 10_000, 5)
	begin := func(version plan.Version) map[string]any {
		return map[string]any{"version_id": version.ID, "interval": "month", "locale": "pt-BR"}
	}
	// Before anything was begun.
	stranger := h.browser()
	for _, path := range []string{"/signup/code", "/signup/again", "/signup/cancel", "/signup/activation", "/signup/activation/letter"} {
		r.refuses(stranger, post, path, nil, http.StatusNotFound, fault.NotFound, "no_journey")
	}
	r.refuses(stranger, patch, "/signup", map[string]any{"name": "Ana"}, http.StatusNotFound, fault.NotFound, "no_journey")
	r.refuses(stranger, http.MethodGet, "/signup/contract.pdf", nil, http.StatusNotFound, fault.NotFound, "no_journey")
	r.refuses(stranger, post, "/signup/open", map[string]any{"token": "made up"}, http.StatusNotFound, fault.NotFound, "no_journey")
	// The plan.
	old := h.sells("antigo", 5_000, 5)
	if _, err := h.plans.Withdraw(t.Context(), old.ID, operatorHand); err != nil {
		t.Fatal(err)
	}
	stranger.call(post, "/signup", begin(old)).want(http.StatusCreated) // honoured for a month
	err := h.db.Write(t.Context(), database.Platform("a test lets a month pass"), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE plan_version SET withdrawn_ms = 1 WHERE id = $1", old.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r.refuses(h.browser(), post, "/signup", begin(old), http.StatusConflict, fault.Refused, "plan_withdrawn")
	text := plan.Text{PT: "Só por ano", EN: "By the year"}
	yearly, err := h.plans.Create(t.Context(), "ano", tenancy.Massivo, plan.Content{Name: text, Summary: text, Features: []plan.Text{text}, Currency: "BRL", Annual: 90_000}, operatorHand)
	if err == nil {
		yearly, err = h.plans.Publish(t.Context(), yearly.ID, operatorHand)
	}
	if err != nil {
		t.Fatal(err)
	}
	r.refuses(stranger, post, "/signup", begin(yearly), http.StatusConflict, fault.Refused, "interval_not_offered")
	// The e-mail.
	ana := h.browser()
	ana.call(post, "/signup", begin(trial)).want(http.StatusCreated)
	r.refuses(ana, post, "/signup/code", nil, http.StatusConflict, fault.Refused, "email_missing")
	ana.call(patch, "/signup", filledIn("ana@acme.example.com")).want(http.StatusOK)
	r.refuses(ana, post, "/signup/proof", map[string]any{"code": "AAAA-AAAA"}, http.StatusConflict, fault.Refused, "code_expired")
	ana.call(post, "/signup/code", nil).want(http.StatusNoContent)
	h.post() // letters that wait together go in any order
	for range 5 {
		r.refuses(ana, post, "/signup/proof", map[string]any{"code": "AAAA-AAAA"}, http.StatusConflict, fault.Refused, "bad_code")
	}
	r.refuses(ana, post, "/signup/proof", map[string]any{"code": "AAAA-AAAA"}, http.StatusConflict, fault.Refused, "code_tries")
	h.provesEmail(ana, "ana@acme.example.com")
	r.refuses(ana, post, "/signup/code", nil, http.StatusConflict, fault.Refused, "email_proven")
	bia := h.browser()
	bia.call(post, "/signup", begin(paid)).want(http.StatusCreated)
	bia.call(patch, "/signup", map[string]any{"email": "bia@acme.example.com"}).want(http.StatusOK)
	for range 3 {
		bia.call(post, "/signup/code", nil).want(http.StatusNoContent)
	}
	waits := r.refuses(bia, post, "/signup/code", nil, http.StatusTooManyRequests, fault.RateLimited, "too_many_codes")
	if after := waits.header.Get("Retry-After"); after == "" || after == "0" {
		t.Errorf("asked to wait for %q seconds", after)
	}
	// The terms.
	r.refuses(ana, http.MethodGet, "/signup/contract.pdf", nil, http.StatusConflict, fault.Refused, "terms_missing")
	r.refuses(ana, post, "/signup/terms", map[string]any{"version": "2020-01", "hash": strings.Repeat("0", 64)}, http.StatusConflict, fault.Conflict, "terms_changed")
	r.refuses(ana, post, "/signup/checkout", map[string]any{}, http.StatusConflict, fault.Refused, "journey_incomplete")
	agree := func(c *client) {
		terms := c.get("/terms").want(http.StatusOK)
		c.call(post, "/signup/terms", map[string]any{"version": terms.text("version"), "hash": terms.text("hash")}).want(http.StatusOK)
	}
	agree(ana)
	// The coupon, and the way to pay.
	h.saves(plan.Promotion{Code: "VELHO", Percent: 1000, ToMS: 1})
	h.saves(plan.Promotion{Code: "OUTRO", Percent: 1000, Plans: []string{paid.PlanID}})
	h.saves(plan.Promotion{Code: "UM", Percent: 1000, Most: 1})
	for coupon, reason := range map[string]string{"NENHUM": "coupon_unknown", "VELHO": "coupon_expired", "OUTRO": "coupon_not_for_plan"} {
		seen := ana.call(patch, "/signup", map[string]any{"coupon": coupon}).want(http.StatusOK)
		if !strings.Contains(string(seen.body), `"coupon_problem":"`+reason+`"`) {
			t.Errorf("%s is not told before the payment: %s", reason, seen.body)
		}
		r.refuses(ana, post, "/signup/checkout", map[string]any{}, http.StatusConflict, fault.Refused, reason)
	}
	r.refuses(ana, post, "/signup/activation", nil, http.StatusConflict, fault.Refused, "not_ready")
	r.refuses(ana, post, "/signup/activation/letter", nil, http.StatusConflict, fault.Refused, "not_ready")
	ana.call(patch, "/signup", map[string]any{"coupon": "UM"}).want(http.StatusOK)
	ana.call(post, "/signup/checkout", map[string]any{}).want(http.StatusOK)
	if err := h.sagas.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	// What is sold is sold.
	for path, method := range map[string]string{"/signup": patch, "/signup/cancel": post} {
		r.refuses(ana, method, path, map[string]any{}, http.StatusConflict, fault.Refused, "journey_locked")
	}
	// Another purchase of the same company, and of the last coupon.
	carla := h.browser()
	carla.call(post, "/signup", begin(trial)).want(http.StatusCreated)
	carla.call(patch, "/signup", filledIn("carla@acme.example.com")).want(http.StatusOK)
	h.provesEmail(carla, "carla@acme.example.com")
	agree(carla)
	r.refuses(carla, post, "/signup/checkout", map[string]any{}, http.StatusConflict, fault.Conflict, "company_exists")
	carla.call(patch, "/signup", map[string]any{"second_contract": true, "coupon": "UM"}).want(http.StatusOK)
	r.refuses(carla, post, "/signup/checkout", map[string]any{}, http.StatusConflict, fault.Refused, "coupon_exhausted")
	carla.call(patch, "/signup", map[string]any{"coupon": "", "version_id": paid.ID}).want(http.StatusOK)
	r.refuses(carla, post, "/signup/checkout", map[string]any{"method": "card"}, http.StatusConflict, fault.Refused, "method_unknown")
	// The first admin's letters, and the first admin.
	for range 3 {
		ana.call(post, "/signup/activation/letter", nil).want(http.StatusNoContent)
	}
	r.refuses(ana, post, "/signup/activation/letter", nil, http.StatusTooManyRequests, fault.RateLimited, "too_many_letters")
	_, token, _ := strings.Cut(ana.call(post, "/signup/activation", nil).want(http.StatusOK).text("url"), "#")
	h.browser().call(post, "/invitation/accept", map[string]any{"token": token, "name": "Ana Souza", "password": password}).want(http.StatusCreated)
	r.refuses(ana, post, "/signup/activation", nil, http.StatusConflict, fault.Refused, "activated")
	for i := 0; !r["too_many_attempts"]; i++ {
		if got := stranger.call(post, "/signup/resume", map[string]any{"email": fmt.Sprintf("nobody%d@acme.example.com", i)}); got.status != http.StatusNoContent || i > 100 {
			got.wantProblem(http.StatusTooManyRequests, fault.RateLimited, "too_many_attempts")
			r["too_many_attempts"] = true
		}
	}
	r.covers(t, "signup.go", "signup_closed", "mail_off")
}

// Each reason for which a company's wish about its plan is refused.
func TestEachRefusalAboutAPlan(t *testing.T) {
	h := open(t, databasetest.Open(t))
	r := refusals{}
	post := http.MethodPost
	small, large, tiny := h.sells("pequeno", 10_000, 5), h.sells("grande", 30_000, 10), h.sells("minimo", 5_000, 1)
	want := func(version plan.Version, interval string, more ...string) map[string]any {
		body := map[string]any{"version_id": version.ID, "interval": interval}
		for i := 0; i < len(more); i += 2 {
			body[more[i]] = more[i+1]
		}
		return body
	}
	company := "/operator/companies/" + h.root.tenantID()
	refused := func(path string, body any, reason string) {
		t.Helper()
		r.refuses(h.root, post, path, body, http.StatusConflict, fault.Refused, reason)
	}
	// Without a plan.
	for _, call := range [][2]string{{post, "/billing/cancel"}, {post, "/billing/resume"}, {post, "/billing/preview"}} {
		got := h.root.call(call[0], call[1], map[string]any{"reason": "x", "version_id": small.ID, "interval": "month"})
		if got.status != http.StatusNotFound && got.status != http.StatusConflict && got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s without a plan answers %d %s", call[1], got.status, got.body)
		}
	}
	// With one.
	h.root.call(post, company+"/subscription", contractOf(small, "Alfa")).want(http.StatusOK)
	refused("/billing/preview", want(small, "month"), "no_change")
	r.refuses(h.root, post, "/billing/change", want(large, "month", "token", "another"), http.StatusConflict, fault.Conflict, "preview_stale")
	token := decode[subscription.Preview](h.root.call(post, "/billing/preview", want(tiny, "month")).want(http.StatusOK)).Token
	refused("/billing/change", want(tiny, "month", "token", token), "plan_too_small")
	text := plan.Text{PT: "Só por mês", EN: "By the month"}
	monthly, err := h.plans.Create(t.Context(), "mes", tenancy.Massivo, plan.Content{Name: text, Summary: text, Features: []plan.Text{text}, Currency: "BRL", Monthly: 20_000}, operatorHand)
	if err == nil {
		monthly, err = h.plans.Publish(t.Context(), monthly.ID, operatorHand)
	}
	if err != nil {
		t.Fatal(err)
	}
	refused("/billing/preview", want(monthly, "year"), "interval_not_offered")
	refused("/billing/resume", nil, "not_ending")
	refused("/billing/checkout", want(large, "month"), "no_vendor")
	h.root.call(http.MethodGet, "/billing/method-page", nil).wantProblem(http.StatusConflict, fault.Refused, "no_method_page")
	r["no_method_page"] = true
	h.root.call(post, "/billing/cancel", map[string]any{"reason": "caro"}).want(http.StatusOK)
	refused("/billing/cancel", map[string]any{"reason": "caro"}, "plan_ending")
	refused("/billing/preview", want(large, "month"), "plan_ending")
	h.root.call(post, "/billing/resume", nil).want(http.StatusOK)
	// A bill is paid, and there is nothing to pay.
	due := decode[billing](h.root.get("/billing").want(http.StatusOK)).Due
	if len(due) != 1 {
		t.Fatalf("due: %+v", due)
	}
	h.root.call(post, company+"/invoices/"+due[0].ID+"/paid", map[string]any{"paid_ms": time.Now().Add(-time.Minute).UnixMilli(), "reason": "extrato"}).want(http.StatusOK)
	r.refuses(h.root, http.MethodGet, "/billing/pay-url", nil, http.StatusConflict, fault.Refused, "nothing_due")
	// Bodies that say nothing that can be meant.
	for _, body := range []map[string]any{want(plan.Version{ID: "plv_none"}, "month"), want(large, "week"), {"interval": "month"}} {
		if got := h.root.call(post, "/billing/preview", body); got.status != http.StatusNotFound && got.status != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d %s", body, got.status, got.body)
		}
	}
	h.root.call(post, "/billing/cancel", map[string]any{"reason": strings.Repeat("x", 501)}).want(http.StatusUnprocessableEntity)
	r.covers(t, "billing.go", "plan_overdue", "no_running_subscription", "vendor_refused", "change_underway", "too_late", "payer_missing", "subscribed")
}
