package httpapi

import (
	"net/http"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/modules/acquisition"
	"prosa/internal/modules/mail"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// A purchase through the API, as the public pages make it.
func TestACompanyBuysThroughTheAPI(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		version := h.offers()
		browser := h.browser()
		browser.call(http.MethodGet, "/signup", nil).wantProblem(http.StatusNotFound, fault.NotFound, "no_journey")
		browser.call(http.MethodPost, "/signup", map[string]any{"version_id": "plv_none", "interval": "month", "locale": "pt-BR"}).want(http.StatusNotFound)
		browser.call(http.MethodPost, "/signup", map[string]any{"version_id": version.ID, "interval": "month", "locale": "pt-BR"}).want(http.StatusCreated)
		if browser.jar["acq"] == "" {
			t.Fatal("there is no cookie")
		}
		first := browser.call(http.MethodPost, "/signup/checkout", map[string]any{})
		first.wantProblem(http.StatusConflict, fault.Refused, "journey_incomplete")
		if !strings.Contains(string(first.body), `"field":"tax_id"`) {
			t.Errorf("what is missing is not told: %s", first.body)
		}
		browser.call(http.MethodPatch, "/signup", map[string]any{"unknown": "x"}).want(http.StatusUnprocessableEntity)
		wrong := browser.call(http.MethodPatch, "/signup", map[string]any{"tax_id": "12.ABC.345/01DE-36", "email": "ana@"}).want(http.StatusOK)
		if wrong.text("problems", "0", "field") == "" || wrong.text("company", "tax_id") != "12.ABC.345/01DE-36" {
			t.Errorf("what is wrong is neither kept nor told: %s", wrong.body)
		}
		browser.call(http.MethodPatch, "/signup", filledIn("ana@acme.example.com")).want(http.StatusOK)
		h.provesEmail(browser, "ana@acme.example.com")
		terms := browser.get("/terms?locale=en").want(http.StatusOK)
		browser.call(http.MethodPost, "/signup/terms", map[string]any{"version": terms.text("version"), "hash": strings.Repeat("0", 64)}).wantProblem(http.StatusConflict, fault.Conflict, "terms_changed")
		browser.call(http.MethodPost, "/signup/terms", map[string]any{"version": terms.text("version"), "hash": terms.text("hash")}).want(http.StatusOK)
		browser.call(http.MethodPost, "/signup/activation", nil).wantProblem(http.StatusConflict, fault.Refused, "not_ready")
		if paid := browser.call(http.MethodPost, "/signup/checkout", map[string]any{}).want(http.StatusOK); paid.text("state") != "paid" {
			t.Fatalf("the trial: %s", paid.body)
		}
		if err := h.sagas.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if seen := browser.get("/signup").want(http.StatusOK); seen.text("next") != "activate" || seen.text("letter", "state") == "" {
			t.Errorf("after the payment: %s", seen.body)
		}
		contract := browser.get("/signup/contract.pdf").want(http.StatusOK)
		if contract.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(string(contract.body), "%PDF-") {
			t.Errorf("the contract: %v", contract.header)
		}
		link := browser.call(http.MethodPost, "/signup/activation", nil).want(http.StatusOK).text("url")
		_, token, _ := strings.Cut(link, "#")
		h.browser().call(http.MethodPost, "/invitation/accept", map[string]any{"token": token, "name": "Ana Souza", "password": password}).want(http.StatusCreated)
		browser.call(http.MethodPost, "/signup/activation", nil).wantProblem(http.StatusConflict, fault.Refused, "activated")
		browser.call(http.MethodPatch, "/signup", map[string]any{"city": "Campinas"}).wantProblem(http.StatusConflict, fault.Refused, "journey_locked")
		// Another browser sees nothing of it, and a made-up token opens nothing.
		h.browser().call(http.MethodGet, "/signup", nil).want(http.StatusNotFound)
		h.browser().call(http.MethodPost, "/signup/open", map[string]any{"token": browser.jar["acq"]}).wantProblem(http.StatusNotFound, fault.NotFound, "no_journey")
	})
}

// filledIn is a form that is filled in rightly.
func filledIn(email string) map[string]any {
	return map[string]any{
		"name": "Ana Souza", "email": email, "phone": "(11) 98765-4321", "kind": "company", "tax_id": "12.ABC.345/01DE-35", "tax_id_confirmed": true,
		"legal_name": "ACME Comércio Ltda", "trade_name": "ACME", "zip": "01310-100", "street": "Avenida Paulista", "number": "1000", "district": "Bela Vista",
		"city": "São Paulo", "state": "SP", "city_code": "3550308", "trade": "varejo",
	}
}

// provesEmail types the code that was mailed.
func (h *house) provesEmail(browser *client, email string) {
	h.t.Helper()
	browser.call(http.MethodPost, "/signup/code", nil).want(http.StatusNoContent)
	h.post()
	letters := h.outbox.to(email)
	code := letters[len(letters)-1].Data["code"]
	browser.call(http.MethodPost, "/signup/proof", map[string]any{"code": strings.ToLower(code)}).want(http.StatusOK)
}

func TestWhoLeftGoesOnElsewhere(t *testing.T) {
	h := open(t, databasetest.Open(t))
	version := h.offers()
	browser := h.browser()
	browser.call(http.MethodPost, "/signup", map[string]any{"version_id": version.ID, "interval": "year", "locale": "en"}).want(http.StatusCreated)
	browser.call(http.MethodPatch, "/signup", filledIn("ana@acme.example.com")).want(http.StatusOK)
	elsewhere := h.browser()
	for _, email := range []string{"nobody@acme.example.com", "ana@acme.example.com"} {
		elsewhere.call(http.MethodPost, "/signup/resume", map[string]any{"email": email}).want(http.StatusNoContent)
	}
	h.post()
	if len(h.outbox.to("nobody@acme.example.com")) != 0 {
		t.Error("somebody without a purchase got a letter")
	}
	letters := h.outbox.to("ana@acme.example.com")
	if len(letters) != 1 || letters[0].Template != mail.SignupResume {
		t.Fatalf("letters: %+v", letters)
	}
	_, token, _ := strings.Cut(letters[0].Data["link"], "#")
	seen := elsewhere.call(http.MethodPost, "/signup/open", map[string]any{"token": token}).want(http.StatusOK)
	if seen.text("company", "legal_name") != "ACME Comércio Ltda" || !strings.Contains(string(seen.body), `"email_proven":true`) || elsewhere.jar["acq"] == browser.jar["acq"] {
		t.Errorf("elsewhere: %s", seen.body)
	}
	if elsewhere.call(http.MethodPost, "/signup/cancel", nil).want(http.StatusOK).text("state") != string(acquisition.Canceled) {
		t.Error("the purchase goes on")
	}
	// Whoever typed the address first never proved it: it is no longer theirs.
	browser.call(http.MethodGet, "/signup", nil).wantProblem(http.StatusNotFound, fault.NotFound, "no_journey")
}
