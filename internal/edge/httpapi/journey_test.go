package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"prosa/internal/adapters/manual"
	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/acquisition"
	"prosa/internal/modules/crm"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/subscription"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/saga"
)

// journeys are the ways of companies to us, in a house.
type journeys struct {
	sagas     *saga.Service
	signup    *acquisition.Service
	relations *relations
}

// relations is a CRM that answers as the test says.
type relations struct {
	mu      sync.Mutex
	trouble error
}

func (r *relations) answer(id string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return id, r.trouble
}

func (r *relations) answers(trouble error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trouble = trouble
}

func (r *relations) Account(context.Context, crm.Account) (string, error) { return r.answer("account") }
func (r *relations) Contact(context.Context, crm.Contact) (string, error) { return r.answer("contact") }
func (r *relations) Deal(context.Context, crm.Deal) (string, error)       { return r.answer("deal") }
func (r *relations) Lead(context.Context, crm.Lead) (string, error)       { return "", nil }
func (r *relations) Stage(context.Context, string, string, crm.Stage) error {
	_, err := r.answer("")
	return err
}

// firstThings are those of a new company, of which these tests need none.
type firstThings struct{}

func (firstThings) Make(context.Context, *database.Tx, string, acquisition.TradeBot) (string, error) {
	return "bot_first", nil
}
func (firstThings) Sample(context.Context, string, string) error { return nil }

func (h *house) openSagas(logger *slog.Logger) *saga.Service {
	h.sagas = saga.New(defaults[saga.Config](h.t), h.db, logger)
	return h.sagas
}

func (h *house) openSignup(logger *slog.Logger) *acquisition.Service {
	h.t.Helper()
	h.relations = &relations{}
	h.signup = acquisition.New(defaults[acquisition.Config](h.t), acquisition.Deps{
		DB: h.db, Plans: h.plans, Sagas: h.sagas, Post: h.mail, Providers: []subscription.Provider{manual.New(h.billing)}, Subscriptions: h.billing, Inviter: h.identity,
		Bots: firstThings{}, Goods: firstThings{}, CRM: h.relations, Keys: [][]byte{[]byte("a key that is only for these tests")}, Logger: logger,
	})
	h.billing.BindCheckouts(h.signup)
	if err := h.sagas.Register(h.signup.Journey()); err != nil {
		h.t.Fatal(err)
	}
	return h.signup
}

// offers publishes a plan that is tried without a payment.
func (h *house) offers() plan.Version {
	h.t.Helper()
	text := plan.Text{PT: "Teste", EN: "Trial"}
	v, err := h.plans.Create(context.Background(), "teste", "massivo", plan.Content{
		Name: text, Summary: text, Features: []plan.Text{text}, Currency: "BRL", Monthly: 10_000, Annual: 100_000, TrialDays: 14,
	}, tenancy.By{Actor: event.Actor{Kind: "operator", ID: "usr_x"}})
	if err == nil {
		v, err = h.plans.Publish(context.Background(), v.ID, tenancy.By{Actor: event.Actor{Kind: "operator", ID: "usr_x"}})
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return v
}

// comes brings a company to us, up to what is made for it; its journey's id.
func (h *house) comes(email string, version plan.Version) string {
	h.t.Helper()
	ctx, home := context.Background(), acquisition.Visitor{IP: "203.0.113.7"}
	must := func(err error) {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
	}
	text := func(s string) *string { return &s }
	yes := true
	token, journey, err := h.signup.Begin(ctx, acquisition.Beginning{VersionID: version.ID, Interval: "month", Locale: "pt-BR"}, home)
	must(err)
	_, err = h.signup.Change(ctx, token, acquisition.Patch{
		Name: text("Ana Souza"), Email: text(email), Phone: text("(11) 98765-4321"), Kind: text("company"), TaxID: text("12.ABC.345/01DE-35"), TaxIDConfirmed: &yes, SecondContract: &yes,
		LegalName: text("ACME Comércio Ltda"), TradeName: text("ACME"), ZIP: text("01310-100"), Street: text("Avenida Paulista"), Number: text("1000"),
		District: text("Bela Vista"), City: text("São Paulo"), State: text("SP"), CityCode: text("3550308"), Trade: text("varejo"),
	})
	must(err)
	must(h.signup.SendCode(ctx, token, home))
	h.post()
	letters := h.outbox.to(email)
	_, err = h.signup.Prove(ctx, token, letters[len(letters)-1].Data["code"], home)
	must(err)
	terms, err := acquisition.CurrentTerms("pt-BR")
	must(err)
	_, err = h.signup.Agree(ctx, token, terms.Version, terms.Hash, home)
	must(err)
	_, err = h.signup.Pay(ctx, token, "", home)
	must(err)
	must(h.sagas.Sweep(ctx))
	return journey.ID
}

func stepsOf(a *answer) map[string]saga.Status {
	a.t.Helper()
	found := map[string]saga.Status{}
	for _, step := range decode[struct {
		Steps []saga.Status `json:"steps"`
	}](a).Steps {
		found[step.Step] = step
	}
	return found
}

// An operator sees where a purchase stands, corrects what the CRM refuses, and
// leaves a trace; the company works all the while.
func TestOperatorsHelpAJourneyAlong(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		version := h.offers()
		h.relations.answers(&crm.Trouble{Kind: crm.Refused, Ours: "phone", Message: "Phone is too long"})
		id := h.comes("ana@acme.example.com", version)
		path := "/operator/journeys/" + id
		seen := h.root.get(path).want(http.StatusOK)
		steps := stepsOf(seen)
		account := steps["account"]
		if account.State != saga.Attention || account.Field != "phone" || steps["company"].State != saga.Done || !account.May(saga.ActMend) || steps["company"].May(saga.ActSkip) {
			t.Fatalf("steps: %s", seen.body)
		}
		if got := seen.text("letters", "0", "template"); got != mail.SignupWelcome {
			t.Errorf("letters: %s", seen.body)
		}
		for _, query := range []string{"?attention=true", "?q=acme", "?q=12ABC34501DE35", "?state=active"} {
			list := h.root.get("/operator/journeys" + query).want(http.StatusOK)
			if list.text("items", "0", "id") != id || list.text("items", "0", "attention") != "account" || list.text("items", "0", "problem") != "Phone is too long" {
				t.Errorf("%s: %s", query, list.body)
			}
		}
		if got := h.root.get("/operator/journeys?q=nobody"); strings.Contains(string(got.body), id) {
			t.Errorf("found by another's name: %s", got.body)
		}
		h.root.call(http.MethodPost, path+"/steps/account/retry", map[string]any{"reason": "no"}).want(http.StatusUnprocessableEntity)
		h.root.call(http.MethodPost, path+"/steps/account/done", map[string]any{"reason": "made by hand"}).wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
		h.root.call(http.MethodPost, path+"/steps/payment/skip", map[string]any{"reason": "they are friends"}).wantProblem(http.StatusConflict, fault.Refused, "step_state")
		h.root.call(http.MethodPost, path+"/cancel", map[string]any{"reason": "too late for that"}).wantProblem(http.StatusConflict, fault.Refused, "company_made")

		h.relations.answers(nil)
		h.root.call(http.MethodPost, path+"/steps/account/retry", map[string]any{"reason": "the phone was wrong", "mended": map[string]string{"phone": "+551133334444"}}).want(http.StatusNoContent)
		h.root.call(http.MethodPost, path+"/steps/contact/done", map[string]any{"reason": "was there before", "external_id": "zc_77"}).wantProblem(http.StatusConflict, fault.Refused, "step_state")
		if err := h.sagas.Sweep(context.Background()); err != nil {
			t.Fatal(err)
		}
		h.root.call(http.MethodPost, path+"/steps/activation/skip", map[string]any{"reason": "the admin is on holiday"}).want(http.StatusNoContent)
		link := h.root.call(http.MethodPost, path+"/activation-link", nil).want(http.StatusOK).text("url")
		if !strings.Contains(link, "#") {
			t.Errorf("the way in: %s", link)
		}
		seen = h.root.get(path).want(http.StatusOK)
		steps = stepsOf(seen)
		if steps["deal"].State != saga.Done || steps["account"].Mended["phone"] == "" || steps["activation"].Problem != "the admin is on holiday" {
			t.Errorf("steps: %s", seen.body)
		}
		for _, action := range []string{"acquisition.step_mended", "acquisition.step_skipped", "acquisition.activation_reissued"} {
			if !strings.Contains(string(seen.body), action) {
				t.Errorf("%s is not in the log: %s", action, seen.body)
			}
		}
		h.root.get("/operator/journeys/acq_none").want(http.StatusNotFound)
		h.root.call(http.MethodPost, "/operator/journeys/acq_none/steps/deal/skip", map[string]any{"reason": "there is none"}).want(http.StatusNotFound)
	})
}

// With the CRM away companies work at once; operators see what waits, and have it
// tried.
func TestOperatorsSeeIntegrationsInTrouble(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		version := h.offers()
		one := func(name string) integration {
			t.Helper()
			for _, i := range decode[struct{ Items []integration }](h.root.get("/operator/integrations").want(http.StatusOK)).Items {
				if i.Name == name {
					return i
				}
			}
			t.Fatalf("no integration %s", name)
			return integration{}
		}
		if i := one("zoho"); i.Circuit.Open || i.Configured || i.Kind != "crm" {
			t.Errorf("before: %+v", i)
		}
		h.root.call(http.MethodPost, "/operator/integrations/zoho/probe", nil).wantProblem(http.StatusConflict, fault.Refused, "circuit_closed")
		h.root.call(http.MethodPost, "/operator/integrations/bag/probe", nil).wantProblem(http.StatusConflict, fault.Refused, "circuit_closed")
		h.root.call(http.MethodPost, "/operator/integrations/none/probe", nil).want(http.StatusNotFound)
		h.relations.answers(&crm.Trouble{Kind: crm.Locked, Message: "the token was revoked"})
		id := h.comes("ana@acme.example.com", version)
		if i := one("zoho"); !i.Circuit.Open || i.Circuit.Parked != 1 || i.Circuit.Problem != "the token was revoked" || len(i.Errors) != 1 || i.Errors[0] != (saga.Count{Class: "locked", Count: 1}) {
			t.Errorf("in trouble: %+v", i)
		}
		if steps := stepsOf(h.root.get("/operator/journeys/" + id)); steps["company"].State != saga.Done || !steps["account"].Parked {
			t.Errorf("steps: %+v", steps)
		}
		h.relations.answers(nil)
		h.root.call(http.MethodPost, "/operator/integrations/zoho/probe", nil).want(http.StatusNoContent)
		if err := h.sagas.Sweep(context.Background()); err != nil {
			t.Fatal(err)
		}
		if i := one("zoho"); i.Circuit.Open || i.SuccessMS == 0 {
			t.Errorf("after: %+v", i)
		}
		if i := one("bag"); i.Kind != "mail" || !i.Configured || i.Late != 0 {
			t.Errorf("mail: %+v", i)
		}
		if late := h.root.get("/operator/letters?late=true").want(http.StatusOK); strings.Contains(string(late.body), "welcome") {
			t.Errorf("late at once: %s", late.body)
		}
	})
}
