package httpapi

import (
	"net/http"
	"strings"
	"testing"

	"prosa/internal/modules/identity"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	payfake "prosa/internal/sandbox/mercadopago"
)

func TestAPaymentAccountIsConnectedAndNeverShown(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		const path = "/payments/accounts/mercadopago"
		if _, err := h.payServer.PutSeller(payfake.Seller{UserID: 1, Name: "Alfa", Token: "APP_USR-of-alfa", Secret: "sign-of-alfa"}); err != nil {
			t.Fatal(err)
		}
		wish := map[string]any{"access_token": "APP_USR-wrong", "webhook_secret": "sign-of-alfa", "payer_email": "caixa@alfa.example.com", "methods": []string{"pix", "link"}}
		h.root.call(http.MethodPost, path+"/test", nil).want(http.StatusNotFound)
		first := h.root.call(http.MethodPut, path, wish).want(http.StatusOK)
		if !strings.Contains(first.text("webhook_url"), "/webhooks/mercadopago/") {
			t.Fatalf("called at %s", first.text("webhook_url"))
		}
		if problem := h.root.call(http.MethodPost, path+"/test", nil).want(http.StatusOK).text("problem"); problem == "" {
			t.Fatal("a wrong token passed")
		}
		h.root.call(http.MethodPut, path, map[string]any{"access_token": "APP_USR-of-alfa", "payer_email": "caixa@alfa.example.com", "methods": []string{"pix"}}).want(http.StatusOK)
		tested := h.root.call(http.MethodPost, path+"/test", nil).want(http.StatusOK)
		if tested.text("problem") != "" || tested.text("webhook_url") != first.text("webhook_url") {
			t.Fatalf("tested: %s", tested.body)
		}
		listed := h.root.get("/payments/accounts").want(http.StatusOK)
		for _, hidden := range []string{"APP_USR-of-alfa", "sign-of-alfa"} {
			if strings.Contains(string(listed.body)+string(tested.body)+h.logs.String(), hidden) {
				t.Fatalf("%s is shown", hidden)
			}
		}
		if choices := h.root.get("/payments/choices").want(http.StatusOK); !strings.Contains(string(choices.body), `"mercadopago"`) {
			t.Fatalf("offered: %s", choices.body)
		}
		attendant := h.join(h.root, "caio@alfa.example.com", "Caio", identity.Attendant)
		attendant.get("/payments/accounts").want(http.StatusForbidden)
		attendant.call(http.MethodPut, path, wish).want(http.StatusForbidden)
		attendant.call(http.MethodDelete, path, nil).want(http.StatusForbidden)
		h.root.call(http.MethodDelete, path, nil).want(http.StatusNoContent)
		h.root.call(http.MethodDelete, path, nil).want(http.StatusNotFound)
	})
}
