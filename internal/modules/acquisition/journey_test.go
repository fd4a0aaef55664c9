package acquisition

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/secret"
	"prosa/internal/modules/crm"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/subscription"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
	"prosa/internal/platform/saga"
)

// From the page of prices to the first sign-in.
func TestACompanyComesToUs(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		v := b.begins(b.basic, "")
		if j := v.looks(); j.State != Draft || j.Next != nextCompany || j.Version.Name != "basico" || j.Quote.Price != 10_000 || !slices.Contains(j.Missing, "tax_id") {
			t.Fatalf("at first: %+v", j)
		}
		p := acme("ana@acme.example.com")
		p.SampleCatalog = ptr(true)
		if j := v.fills(p); j.Next != nextEmail || len(j.Problems) != 0 || j.Company.TaxID != "12ABC34501DE35" || j.Company.State != "SP" || j.Person.Phone != "5511987654321" {
			t.Fatalf("filled in: %+v", j)
		}
		v.proves()
		if j := v.looks(); j.Next != nextTerms {
			t.Fatalf("proven: %+v", j)
		}
		v.agrees()
		j := v.pays()
		if j.State != Checkout || j.Next != nextPayment || j.Checkout == nil || !strings.HasPrefix(j.Checkout.URL, "https://pay.example.com/") || j.ContractNo != "CTR-000001" {
			t.Fatalf("at the payment: %+v %+v", j, j.Checkout)
		}
		page := v.page()
		if w := page.wish; w.Price != 10_000 || w.Interval != subscription.Monthly || w.SuccessURL != "https://prosa.example.com/assinar/retorno" || w.Reference != j.ID || w.PlanRef != b.basic.ID {
			t.Errorf("the provider was asked for %+v", w)
		}
		v.psp.pay(page)
		v.notice(page.id)
		v.sweep()
		j = v.looks()
		if j.State != Active || j.Next != nextActivate || !j.ActivationReady || j.CompanyName != "ACME" || j.Letter == nil {
			t.Fatalf("paid: %+v", j)
		}
		for _, step := range j.Steps {
			if want := map[string]string{"activation": "waiting"}[step.Name]; step.State != "done" && step.State != want {
				t.Errorf("step %+v", step)
			}
		}
		checkFounded(t, b, v, page)
		checkActivated(t, b, v)
	})
}

// checkFounded looks at all that a company begins with.
func checkFounded(t *testing.T, b *bench, v *visitor, page *paperCheckout) {
	t.Helper()
	a := v.row()
	companies := b.companies()
	if len(companies) != 1 || companies[0].ID != a.TenantID || companies[0].TaxID != "12ABC34501DE35" || companies[0].State != tenancy.Active || companies[0].Slug != "acme" {
		t.Fatalf("companies: %+v", companies)
	}
	sub, err := b.subscriptions.Of(ctx, a.TenantID)
	if err != nil || sub.ExternalID != "sub of "+page.id || sub.Price != 10_000 || sub.VersionID != b.basic.ID || sub.State != subscription.Active {
		t.Errorf("the subscription: %+v, %v", sub, err)
	}
	b.must(b.db.Read(ctx, database.Company(a.TenantID), func(ctx context.Context, tx *database.Tx) error {
		granted, err := tenancy.EntitlementsOf(ctx, tx, a.TenantID)
		if granted.Limits[tenancy.Attendants].Count != 2 {
			t.Errorf("granted: %+v", granted)
		}
		return err
	}))
	if len(b.bots.made) != 3 || b.bots.made[a.TenantID+" loja"] != "Loja" || b.goods[a.TenantID] != 1 {
		t.Errorf("bots %v, goods %v", b.bots.made, b.goods)
	}
	if deals := b.relations.deals(); !slices.Equal(deals, []string{"deal CTR-000001"}) || b.relations.records["deal CTR-000001"] != "100.00 ACME - basico - CTR-000001" || b.relations.stages["CTR-000001"] != crm.StageWon {
		t.Errorf("the CRM has %v", b.relations.records)
	}
}

// checkActivated lets the first admin come, by the link of the letter, which is
// that of the page.
func checkActivated(t *testing.T, b *bench, v *visitor) {
	t.Helper()
	welcome := b.letters.last(mail.SignupWelcome)
	url, err := b.ActivationLink(ctx, v.token)
	if err != nil || url != welcome.Data["link"] || !strings.HasPrefix(url, "https://prosa.example.com/invitation#") || welcome.To != "ana@acme.example.com" {
		t.Fatalf("the links are %s and %+v: %v", url, welcome, err)
	}
	_, opens, _ := strings.Cut(url, "#")
	grant, err := b.identity.Accept(ctx, secret.New(opens), identity.Draft{Name: "Ana Souza", Password: secret.New("correct horse battery"), Locale: "pt-BR"}, identity.Client{})
	if err != nil || grant.Principal.TenantID() != v.row().TenantID || grant.Principal.Role != identity.Admin {
		t.Fatalf("the first admin: %+v, %v", grant, err)
	}
	b.sweep() // heard of at once
	if j := v.looks(); j.Next != nextDone || j.ActivationReady {
		t.Errorf("after the activation: %+v", j)
	}
	if b.relations.stages["CTR-000001"] != crm.StageActive {
		t.Errorf("the stage is %v", b.relations.stages)
	}
	_, err = b.ActivationLink(ctx, v.token)
	wants(t, err, "activated")
	for name, step := range v.steps() {
		if step.State != saga.Done && name != stepRehearsal {
			t.Errorf("%s is %s: %s", name, step.State, step.Problem)
		}
	}
}

func TestATrialWithoutPaymentBeginsAtOnce(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		v := b.arrives("ana@acme.example.com", b.trial)
		j, err := v.Pay(ctx, v.token, "", home)
		if err != nil || j.State != Paid || j.Next != nextWaiting {
			t.Fatalf("%+v, %v", j, err)
		}
		v.sweep()
		a := v.row()
		sub, err := b.subscriptions.Of(ctx, a.TenantID)
		if err != nil || a.State != Active || sub.State != subscription.Trialing || sub.TrialEndMS != a.PaidMS+14*24*time.Hour.Milliseconds() || sub.Provider != "" {
			t.Errorf("%+v %+v, %v", a, sub, err)
		}
		if len(b.psp.calls) != 0 || v.steps()[stepCheckout].State != saga.Skipped {
			t.Errorf("the provider was asked: %v", b.psp.calls)
		}
		if len(b.relations.deals()) != 1 {
			t.Error("the CRM does not know")
		}
	})
}

func TestATrialWithAMethodOfPaymentGoesByThePage(t *testing.T) {
	b := lite(t)
	v := b.arrives("ana@acme.example.com", b.later)
	v.pays()
	if w := v.page().wish; w.TrialDays != 7 {
		t.Errorf("the provider was asked for %+v", w)
	}
	v.psp.pay(v.page())
	v.notice(v.page().id)
	v.sweep()
	sub, err := b.subscriptions.Of(ctx, v.row().TenantID)
	if err != nil || sub.State != subscription.Trialing || sub.ExternalID == "" {
		t.Errorf("%+v, %v", sub, err)
	}
}

func TestTheFirstAdminWhoDoesNotComeIsWrittenTo(t *testing.T) {
	b := lite(t)
	v := b.arrives("ana@acme.example.com", b.trial)
	v.pays()
	counts := []int{}
	for range 5 {
		b.pass(24 * time.Hour)
		counts = append(counts, len(b.letters.all(mail.SignupReminder)))
	}
	if !slices.Equal(counts, []int{1, 1, 2, 2, 2}) {
		t.Errorf("reminders by the day: %v", counts)
	}
	first := b.letters.all(mail.SignupReminder)[0]
	if first.Data["link"] != b.letters.last(mail.SignupWelcome).Data["link"] {
		t.Error("the reminder's link is another one: that of the welcome would be void")
	}
	// The invitation ends; the page gives a new link, once and for all letters.
	b.pass(4 * 24 * time.Hour)
	url, err := b.ActivationLink(ctx, v.token)
	if err != nil || url == first.Data["link"] {
		t.Fatalf("a link that has ended: %s, %v", url, err)
	}
	_, opens, _ := strings.Cut(url, "#")
	if _, err := b.identity.Open(ctx, secret.New(opens)); err != nil {
		t.Error(err)
	}
	for range 3 {
		b.must(b.SendActivation(ctx, v.token))
		b.clock.Advance(time.Second)
	}
	wants(t, b.SendActivation(ctx, v.token), "too_many_letters")
	if b.letters.last(mail.SignupWelcome).Data["link"] != url {
		t.Error("a letter that was asked for again leads elsewhere")
	}
	again, err := b.Reactivate(ctx, v.row().ID, olga.Actor, "")
	if err != nil || again == url {
		t.Fatalf("an operator got %s, %v", again, err)
	}
	if _, err := b.identity.Open(ctx, secret.New(opens)); err == nil {
		t.Error("the link of before the operator's opens still")
	}
}

func TestBotsBeyondThePlanAreLeftOut(t *testing.T) {
	b := lite(t)
	b.bots.most = 1
	v := b.arrives("ana@acme.example.com", b.trial)
	v.pays()
	if len(b.bots.made) != 1 || v.steps()[stepBots].State != saga.Done || v.steps()[stepBots].Output != "bot_loja" {
		t.Errorf("%v %+v", b.bots.made, v.steps()[stepBots])
	}
}

func TestCompaniesOfOneNameGetShortNamesOfTheirOwn(t *testing.T) {
	b := lite(t)
	for i, number := range []string{"11.222.333/0001-81", "11.444.777/0001-61", "00.000.000/0001-91"} {
		v := b.begins(b.trial, "")
		p := acme("ana" + string(rune('a'+i)) + "@acme.example.com")
		p.TaxID = &number
		v.fills(p)
		v.proves()
		v.agrees()
		v.pays()
	}
	var slugs []string
	for _, company := range b.companies() {
		slugs = append(slugs, company.Slug)
	}
	slices.Sort(slugs)
	if !slices.Equal(slugs, []string{"acme", "acme-2", "acme-3"}) {
		t.Errorf("slugs: %v", slugs)
	}
}
