package httpapi

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"prosa/internal/adapters/zoho"
	"prosa/internal/base/fault"
	"prosa/internal/modules/crm"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/httpclient"
	"prosa/internal/platform/secretbox"
	fakezoho "prosa/internal/sandbox/zoho"
)

// openCRM makes the CRM with a simulated vendor behind it.
func (h *house) openCRM(box *secretbox.Box, logger *slog.Logger) *crm.Service {
	h.t.Helper()
	server := httptest.NewUnstartedServer(nil)
	base := "http://" + server.Listener.Addr().String()
	fake, err := fakezoho.New(fakezoho.Config{PublicURL: base})
	if err != nil {
		h.t.Fatal(err)
	}
	server.Config.Handler = fake
	server.Start()
	h.t.Cleanup(server.Close)
	h.zoho = fake
	cfg := zoho.Config{AccountsURL: base, Timeout: 10 * time.Second}
	client, err := httpclient.Provider(cfg.Limits(), cfg.Bases()...)
	if err != nil {
		h.t.Fatal(err)
	}
	return crm.New(defaults[crm.Config](h.t), h.db, box, zoho.New(cfg, client), logger)
}

func crmSettingsBody() map[string]any {
	return map[string]any{
		"tax_id_field": "CNPJ", "contract_field": "Contract_ID", "pipeline": "", "lead_source": "Site", "lead_status": "", "leads": false, "version": 0,
		"stages": map[string]any{"won": "Closed Won", "active": "Ativado", "canceled": "Closed Lost"},
	}
}

func crmConnectBody() map[string]any {
	return map[string]any{"centre": "us", "client_id": "1000.APP", "client_secret": "s3cret-of-the-crm", "code": "1000.none"}
}

func TestOperatorsConnectTheCRM(t *testing.T) {
	h := open(t, databasetest.Open(t))
	if got := h.root.get("/operator/crm").want(http.StatusOK); got.text("connection", "vendor") != "zoho" || !strings.Contains(string(got.body), "accounts.zohocloud.ca") {
		t.Fatalf("%s", got.body)
	}
	for _, path := range []string{"/operator/crm/test", "/operator/crm/fields"} {
		h.root.call(http.MethodPost, path, nil).wantProblem(http.StatusConflict, fault.Refused, "crm_off")
	}
	if _, err := h.zoho.PutClient(fakezoho.Client{ID: "1000.APP", Secret: "s3cret-of-the-crm"}); err != nil {
		t.Fatal(err)
	}
	h.root.call(http.MethodPost, "/operator/crm/connect", crmConnectBody()).wantProblem(http.StatusConflict, fault.Refused, "crm_refused")
	code, err := h.zoho.NewCode(fakezoho.Code{Client: "1000.APP"})
	if err != nil {
		t.Fatal(err)
	}
	body := crmConnectBody()
	body["code"] = code.Code
	if got := h.root.call(http.MethodPost, "/operator/crm/connect", body).want(http.StatusOK); got.text("organization") == "" || strings.Contains(string(got.body), "s3cret") {
		t.Fatalf("%s", got.body)
	}
	if got := h.root.call(http.MethodPut, "/operator/crm", crmSettingsBody()).want(http.StatusOK); got.text("stages", "active") != "Ativado" {
		t.Fatalf("%s", got.body)
	}
	h.root.call(http.MethodPut, "/operator/crm", crmSettingsBody()).wantProblem(http.StatusConflict, fault.Conflict, "")
	if got := h.root.call(http.MethodPost, "/operator/crm/fields", nil).want(http.StatusOK); !strings.Contains(string(got.body), `"ok":true`) {
		t.Fatalf("%s", got.body)
	}
	if _, err := h.zoho.Revoke(fakezoho.Ending{}); err != nil {
		t.Fatal(err)
	}
	// The token is a moment old, so it is not replaced; what the vendor says is told.
	if got := h.root.call(http.MethodPost, "/operator/crm/test", nil).want(http.StatusOK); got.text("trouble") != "locked" || got.text("problem") == "" {
		t.Fatalf("%s", got.body)
	}
	h.root.call(http.MethodPost, "/operator/crm/disconnect", nil).want(http.StatusNoContent)
	h.root.call(http.MethodPost, "/operator/crm/disconnect", nil).wantProblem(http.StatusNotFound, fault.NotFound, "")
	if strings.Contains(h.logs.String(), "s3cret-of-the-crm") {
		t.Error("the log tells the secret")
	}
}
