package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"prosa/internal/adapters/manual"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/subscription"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// openBilling makes what companies pay, by contracts that were signed offline.
func (h *house) openBilling(logger *slog.Logger) *subscription.Service {
	h.t.Helper()
	s := subscription.New(defaults[subscription.Config](h.t), subscription.Deps{
		DB: h.db, Plans: h.plans, Companies: h.tenancy, People: identity.Admins, Post: h.mail, Site: "http://prosa.example.com", Logger: logger,
		Used: func(ctx context.Context, tenantID string) (map[tenancy.Meter]int64, error) {
			return map[tenancy.Meter]int64{tenancy.Attendants: 2}, nil
		},
	})
	s.Bind(manual.New(s))
	h.billing = s
	return s
}

// sells publishes a plan and gives its version.
func (h *house) sells(slug string, monthly money.Amount, attendants int64) plan.Version {
	h.t.Helper()
	text := plan.Text{PT: slug, EN: slug}
	by := tenancy.By{Actor: event.Actor{Kind: "operator", ID: "usr_x"}}
	v, err := h.plans.Create(context.Background(), slug, tenancy.Massivo, plan.Content{
		Name: text, Summary: text, Features: []plan.Text{text}, Currency: money.BRL, Monthly: monthly, Annual: 10 * monthly,
		Limits: map[tenancy.Meter]tenancy.Limit{tenancy.Attendants: {Count: attendants, Over: tenancy.Block}},
	}, by)
	if err == nil {
		v, err = h.plans.Publish(context.Background(), v.ID, by)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return v
}

func contractOf(version plan.Version, word string) map[string]any {
	return map[string]any{
		"version_id": version.ID, "interval": "month", "price_minor": version.Monthly, "start_ms": 0, "due_days": 5, "reason": "assinado em papel",
		"payer": map[string]any{"kind": "company", "legal_name": word + " Ltda", "tax_id": "12.ABC.345/01DE-35", "email": "fiscal@" + strings.ToLower(word) + ".example.com"},
	}
}

func TestACompanyLivesOnItsPlan(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		small, large := h.sells("pequeno", 10_000, 5), h.sells("grande", 30_000, 10)
		tiny := h.sells("minimo", 5_000, 1)
		company := "/operator/companies/" + h.root.tenantID()
		h.root.get("/billing").want(http.StatusOK) // without a plan
		h.root.call(http.MethodPost, company+"/subscription", contractOf(small, "Alfa")).want(http.StatusOK)
		h.root.call(http.MethodPost, company+"/subscription", contractOf(small, "Alfa")).wantProblem(http.StatusConflict, fault.Conflict, "subscribed")
		b := decode[billing](h.root.get("/billing?locale=en").want(http.StatusOK))
		if b.Subscription == nil || b.Subscription.State != subscription.Active || b.Plan.VersionID != small.ID || len(b.Offers) != 3 || len(b.Due) != 1 || b.Due[0].Payer.TaxID != "12ABC34501DE35" {
			t.Fatalf("%+v", b)
		}
		// Paid by the bank, noted by an operator.
		invoice := b.Due[0]
		h.root.call(http.MethodPost, company+"/invoices/"+invoice.ID+"/paid", map[string]any{"paid_ms": 0, "reason": "extrato do banco"}).want(http.StatusOK)
		h.root.call(http.MethodPost, company+"/invoices/"+invoice.ID+"/paid", map[string]any{"paid_ms": 0, "reason": "extrato do banco"}).wantProblem(http.StatusConflict, fault.Refused, "not_payable")
		h.root.get("/billing/pay-url").wantProblem(http.StatusConflict, fault.Refused, "nothing_due")
		h.root.get("/billing/method-page").wantProblem(http.StatusConflict, fault.Refused, "no_method_page")
		// What is previewed is what is charged.
		want := map[string]any{"version_id": large.ID, "interval": "month"}
		p := decode[subscription.Preview](h.root.call(http.MethodPost, "/billing/preview", want).want(http.StatusOK))
		if p.Due != 20_000 || p.AtEnd {
			t.Fatalf("%+v", p)
		}
		want["token"] = "another"
		h.root.call(http.MethodPost, "/billing/change", want).wantProblem(http.StatusConflict, fault.Conflict, "preview_stale")
		want["token"] = p.Token
		h.root.call(http.MethodPost, "/billing/change", want).want(http.StatusOK)
		if b := decode[billing](h.root.get("/billing").want(http.StatusOK)); b.Plan.VersionID != large.ID {
			t.Fatalf("%+v", b.Plan)
		}
		if err := h.billing.Sweep(context.Background()); err != nil {
			t.Fatal(err)
		}
		// Less: at the end, and only if it fits.
		less := map[string]any{"version_id": tiny.ID, "interval": "month"}
		less["token"] = decode[subscription.Preview](h.root.call(http.MethodPost, "/billing/preview", less).want(http.StatusOK)).Token
		h.root.call(http.MethodPost, "/billing/change", less).wantProblem(http.StatusConflict, fault.Refused, "plan_too_small")
		less = map[string]any{"version_id": small.ID, "interval": "month"}
		less["token"] = decode[subscription.Preview](h.root.call(http.MethodPost, "/billing/preview", less).want(http.StatusOK)).Token
		h.root.call(http.MethodPost, "/billing/change", less).want(http.StatusOK)
		h.root.call(http.MethodDelete, "/billing/change", nil).want(http.StatusNoContent)
		// To the end and back.
		h.root.call(http.MethodPost, "/billing/cancel", map[string]any{"reason": "caro demais"}).want(http.StatusOK)
		h.root.call(http.MethodPost, "/billing/resume", nil).want(http.StatusOK)
		h.root.call(http.MethodPost, "/billing/resume", nil).wantProblem(http.StatusConflict, fault.Refused, "not_ending")
		h.root.call(http.MethodPost, "/billing/checkout", map[string]any{"version_id": large.ID, "interval": "month"}).wantProblem(http.StatusConflict, fault.Refused, "no_vendor")
		// The books.
		payer := map[string]any{"kind": "person", "legal_name": "Ana", "tax_id": "529.982.247-25", "email": "ana@alfa.example.com"}
		h.root.call(http.MethodPut, "/billing/payer", payer).want(http.StatusOK)
		payer["tax_id"] = "529.982.247-26"
		h.root.call(http.MethodPut, "/billing/payer", payer).want(http.StatusUnprocessableEntity)
		h.root.call(http.MethodPut, company+"/invoices/"+invoice.ID+"/nfse", map[string]any{"nfse_number": "2026/7"}).want(http.StatusOK)
		file := h.root.get("/billing/invoices.csv").want(http.StatusOK)
		if text := string(file.body); !strings.Contains(text, "2026/7") || !strings.Contains(text, "12ABC34501DE35") || !strings.HasPrefix(file.header.Get("Content-Type"), "text/csv") {
			t.Errorf("%s: %s", file.header, text)
		}
		h.root.get(company + "/invoices.csv").want(http.StatusOK)
		if list := h.root.get("/billing/invoices").want(http.StatusOK); !strings.Contains(string(list.body), invoice.Number) {
			t.Errorf("%s", list.body)
		}
		// Money goes back by two people.
		refund := h.root.call(http.MethodPost, company+"/refund", map[string]any{"invoice_id": invoice.ID, "amount_minor": 0, "reason": "pago duas vezes"}).want(http.StatusCreated).text("id")
		h.root.call(http.MethodPost, company+"/refund/"+refund, map[string]any{"approve": true}).wantProblem(http.StatusConflict, fault.Refused, "second_person")
		other := subscription.By{Actor: event.Actor{Kind: "operator", ID: "usr_otto"}}
		if _, err := h.billing.DecideRefund(context.Background(), h.root.tenantID(), refund, true, other); err != nil {
			t.Fatal(err)
		}
		if seen := h.root.get(company + "/subscription").want(http.StatusOK); !strings.Contains(string(seen.body), refund) {
			t.Errorf("%s", seen.body)
		}
		h.root.call(http.MethodPost, company+"/trial", map[string]any{"until_ms": 1, "reason": "mais uma semana"}).wantProblem(http.StatusConflict, fault.Refused, "trial_at_vendor")
	})
}

func TestWhoSeesAndChangesWhatIsPaid(t *testing.T) {
	h := open(t, databasetest.Open(t))
	small := h.sells("pequeno", 10_000, 5)
	company := h.root.tenantID()
	h.root.call(http.MethodPost, "/operator/companies/"+company+"/subscription", contractOf(small, "Alfa")).want(http.StatusOK)
	attendant := h.join(h.root, "ze@alfa.example.com", "Zé", identity.Attendant)
	supervisor := h.join(h.root, "rita@alfa.example.com", "Rita", identity.Supervisor)
	attendant.get("/billing").wantProblem(http.StatusForbidden, fault.Forbidden, "role")
	supervisor.get("/billing").want(http.StatusOK)
	supervisor.call(http.MethodPost, "/billing/cancel", map[string]any{"reason": "x"}).wantProblem(http.StatusForbidden, fault.Forbidden, "role")
	supervisor.get("/operator/companies/" + company + "/subscription").want(http.StatusForbidden)
	// Also while nothing else may be done.
	admin := h.company("Padaria Beta", "bia@beta.example.com", "Bia")
	beta := admin.tenantID()
	for _, state := range []string{"read_only", "suspended", "canceled"} {
		h.root.call(http.MethodPost, "/operator/companies/"+beta+"/state", map[string]any{"state": state, "reason": "for the test"}).want(http.StatusOK)
		admin.get("/billing").want(http.StatusOK)
		admin.get("/billing/invoices.csv").want(http.StatusOK)
		admin.call(http.MethodPost, "/billing/cancel", map[string]any{"reason": "x"}).wantProblem(http.StatusNotFound, fault.NotFound, "no_subscription")
	}
}

// reachBilling lists how somebody of a company would reach for another's money.
func reachBilling(other estate) map[string][]attempt {
	company := "/operator/companies/" + other.tenant
	invoice := company + "/invoices/" + id.New(id.Invoice, 1)
	want := map[string]any{"version_id": id.New(id.PlanVersion, 1), "interval": "month"}
	sign := map[string]any{"version_id": id.New(id.PlanVersion, 1), "interval": "month", "token": "x"}
	payer := map[string]any{"kind": "person", "legal_name": "Ana", "tax_id": "529.982.247-25", "email": "ana@example.com"}
	return map[string][]attempt{
		"get-billing":              blind("/billing"),
		"preview-plan-change":      {{path: "/billing/preview", body: want}},
		"change-plan":              {{path: "/billing/change", body: sign}},
		"drop-plan-change":         {{path: "/billing/change"}},
		"start-plan-checkout":      {{path: "/billing/checkout", body: want}},
		"cancel-plan":              {{path: "/billing/cancel", body: map[string]any{"reason": ""}}},
		"resume-plan":              {{path: "/billing/resume"}},
		"get-pay-url":              {{path: "/billing/pay-url"}},
		"get-method-page":          {{path: "/billing/method-page"}},
		"set-payer":                {{path: "/billing/payer", body: payer, status: []int{http.StatusOK, http.StatusForbidden}}},
		"list-invoices":            blind("/billing/invoices"),
		"export-invoices":          blind("/billing/invoices.csv"),
		"get-company-subscription": {{path: company + "/subscription"}},
		"open-contract":            {{path: company + "/subscription", body: map[string]any{"version_id": "x", "interval": "month", "price_minor": 1, "start_ms": 0, "due_days": 0, "payer": payer, "reason": "a stranger"}}},
		"extend-trial":             {{path: company + "/trial", body: map[string]any{"until_ms": 1, "reason": "a stranger"}}},
		"record-invoice-paid":      {{path: invoice + "/paid", body: map[string]any{"paid_ms": 0, "reason": "a stranger"}}},
		"set-invoice-nfse":         {{path: invoice + "/nfse", body: map[string]any{"nfse_number": "1"}}},
		"export-company-invoices":  {{path: company + "/invoices.csv"}},
		"request-refund":           {{path: company + "/refund", body: map[string]any{"invoice_id": "x", "amount_minor": 0, "reason": "a stranger"}}},
		"decide-refund":            {{path: company + "/refund/" + id.New(id.Wish, 1), body: map[string]any{"approve": true}}},
	}
}
