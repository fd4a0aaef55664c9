package acquisition

import (
	"slices"

	"prosa/internal/base/money"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/saga"
)

// Journey is what a visitor sees of their way to us.
type Journey struct {
	ID              string        `json:"id"`
	State           State         `json:"state" enum:"draft,checkout,awaiting,paid,active,expired,canceled"`
	Locale          string        `json:"locale" enum:"pt-BR,en"`
	Version         *Offer        `json:"version,omitempty" doc:"The plan; absent when it is gone."`
	Interval        string        `json:"interval" doc:"month or year."`
	Quote           *Quote        `json:"quote,omitempty"`
	Person          PersonView    `json:"person"`
	Company         Company       `json:"company"`
	SecondContract  bool          `json:"second_contract"`
	Trade           string        `json:"trade"`
	SampleCatalog   bool          `json:"sample_catalog"`
	Terms           *TermsView    `json:"terms,omitempty" doc:"Absent until accepted."`
	Checkout        *CheckoutView `json:"checkout,omitempty" doc:"Of the latest try."`
	ContractNo      string        `json:"contract_no"`
	Steps           []StepView    `json:"steps"`
	ActivationReady bool          `json:"activation_ready" doc:"The company is there and waits for its first admin."`
	CompanyName     string        `json:"company_name"`
	Problems        []Problem     `json:"problems"`
	Missing         []string      `json:"missing" doc:"Fields to be filled in before it can be paid, in the order of the pages; email_proof and terms among them."`
	Next            string        `json:"next" enum:"plan,company,email,terms,payment,waiting,activate,done"`
	Letter          *LetterView   `json:"letter,omitempty" doc:"The welcome, once it was written."`
	ExpiresMS       int64         `json:"expires_ms" doc:"When it is forgotten, if it leads nowhere."`
}

// PersonView is who buys.
type PersonView struct {
	Name        string `json:"name"`
	Email       string `json:"email"`
	EmailProven bool   `json:"email_proven"`
	Phone       string `json:"phone"`
}

// TermsView says which terms were accepted.
type TermsView struct {
	Version    string `json:"version"`
	Hash       string `json:"hash"`
	AcceptedMS int64  `json:"accepted_ms"`
}

// CheckoutView is how far the payment is.
type CheckoutView struct {
	Provider   string `json:"provider"`
	URL        string `json:"url" doc:"The provider's page; empty while it is being opened."`
	State      string `json:"state" enum:"asked,open,pending,paid,failed,expired"`
	Method     string `json:"method" doc:"card, pix, boleto; empty before it was chosen."`
	PixCode    string `json:"pix_code"`
	BoletoLine string `json:"boleto_line"`
	BoletoURL  string `json:"boleto_url"`
	DueMS      int64  `json:"due_ms"`
	ExpiresMS  int64  `json:"expires_ms"`
	Problem    string `json:"problem" doc:"declined, refused, trouble (it is being tried again); empty for none."`
}

// StepView is a part of what follows the payment.
type StepView struct {
	Name  string `json:"name" enum:"payment,company,bots,catalog,letter,activation"`
	State string `json:"state" enum:"waiting,running,done,trouble"`
	AtMS  int64  `json:"at_ms"`
}

// LetterView is how far the welcome letter is.
type LetterView struct {
	State  string `json:"state"`
	Reason string `json:"reason"`
}

// Pages that a visitor goes to next.
const (
	nextPlan     = "plan"
	nextCompany  = "company"
	nextEmail    = "email"
	nextTerms    = "terms"
	nextPayment  = "payment"
	nextWaiting  = "waiting"
	nextActivate = "activate"
	nextDone     = "done"
)

// facts are what a journey is seen with.
type facts struct {
	offer    *Offer
	quote    *Quote
	attempts []attempt
	steps    []saga.Status
	problems []Problem
	name     string // of the company that was made
}

// view shows a journey to its visitor.
func (a Acquisition) view(f facts) Journey {
	j := Journey{
		ID: a.ID, State: a.State, Locale: a.Locale, Version: f.offer, Interval: string(a.Interval), Quote: f.quote,
		Person:  PersonView{Name: a.Person.Name, Email: a.Email, EmailProven: a.EmailProvenMS > 0, Phone: a.Person.Phone},
		Company: a.Company, SecondContract: a.SecondContract, Trade: a.Trade, SampleCatalog: a.SampleCatalog,
		ContractNo: a.ContractNo, Steps: publicSteps(f.steps, a.PaidMS), CompanyName: or(f.name, a.known()),
		Problems: f.problems, Missing: a.missing(), ExpiresMS: a.ExpiresMS,
	}
	if a.Terms.AtMS > 0 {
		j.Terms = &TermsView{Version: a.Terms.Version, Hash: a.Terms.Hash, AcceptedMS: a.Terms.AtMS}
	}
	if n := len(f.attempts); n > 0 && a.State != Draft {
		j.Checkout = f.attempts[n-1].view(f.steps)
	}
	activated := stateOf(f.steps, stepActivation) == saga.Done
	j.ActivationReady = a.State == Active && !activated
	j.Next = a.next(f.problems, activated)
	return j
}

// view shows an attempt; trouble of ours with the provider is told from its step.
func (t attempt) view(steps []saga.Status) *CheckoutView {
	v := &CheckoutView{
		Provider: t.provider, URL: t.detail.URL, State: t.state, Method: t.method, PixCode: t.detail.PixCode, BoletoLine: t.detail.BoletoLine,
		BoletoURL: t.detail.BoletoURL, DueMS: t.dueMS, ExpiresMS: t.detail.ExpiresMS, Problem: t.problem,
	}
	for _, step := range steps {
		if slices.Contains([]string{stepCustomer, stepCheckout, stepPayment}, step.Step) && v.Problem == "" && v.URL == "" &&
			(step.State == saga.Attention || step.Parked || step.Attempt > 0) {
			v.Problem = "trouble"
		}
	}
	return v
}

// next tells which page a visitor goes to.
func (a Acquisition) next(problems []Problem, activated bool) string {
	switch a.State {
	case Active:
		if activated {
			return nextDone
		}
		return nextActivate
	case Paid, Awaiting:
		return nextWaiting
	case Checkout, Expired:
		return nextPayment
	case Canceled:
		return nextPlan
	case Draft:
	}
	wrong := map[string]bool{}
	for _, problem := range problems {
		wrong[problem.Field] = wrong[problem.Field] || !problem.Warning
	}
	missing := a.missing()
	if wrong["version_id"] || wrong["interval"] || slices.Contains(missing, "version_id") {
		return nextPlan
	}
	for _, field := range missing {
		if field != "email_proof" && field != "terms" {
			return nextCompany
		}
	}
	for _, isWrong := range wrong {
		if isWrong {
			return nextCompany
		}
	}
	switch {
	case a.EmailProvenMS == 0:
		return nextEmail
	case a.Terms.AtMS == 0:
		return nextTerms
	default:
		return nextPayment
	}
}

// publicSteps shows the saga in the words of a visitor.
func publicSteps(steps []saga.Status, paidMS int64) []StepView {
	list := []StepView{}
	for _, name := range []string{stepPayment, stepCompany, stepBots, stepCatalog, stepLetter, stepActivation} {
		shown := StepView{Name: name, State: "waiting"}
		for _, step := range steps {
			if step.Step != name {
				continue
			}
			switch step.State {
			case saga.Done, saga.Skipped:
				shown.State, shown.AtMS = "done", step.UpdatedMS
			case saga.Running:
				shown.State = "running"
			case saga.Due:
				if name != stepPayment {
					shown.State = "running"
				}
			case saga.Attention:
				shown.State = "trouble"
			case saga.Waiting, saga.Canceled:
			}
		}
		if name == stepPayment && paidMS > 0 {
			shown.State, shown.AtMS = "done", paidMS
		}
		list = append(list, shown)
	}
	return list
}

func stateOf(steps []saga.Status, name string) saga.State {
	for _, step := range steps {
		if step.Step == name {
			return step.State
		}
	}
	return ""
}

// offerOf shows a version in a language.
func offerOf(v plan.Version, locale string) *Offer {
	o := &Offer{
		VersionID: v.ID, Slug: v.Slug, Name: v.Name.In(locale), Summary: v.Summary.In(locale), Features: []string{}, Highlight: v.Highlight,
		Currency: v.Currency, Monthly: v.Monthly, Annual: v.Annual, TrialDays: v.TrialDays, TrialNeedsPayment: v.TrialNeedsPayment, Limits: []OfferLimit{},
	}
	for _, feature := range v.Features {
		o.Features = append(o.Features, feature.In(locale))
	}
	for _, meter := range tenancy.Meters() {
		limit, limited := v.Limits[meter]
		if !limited {
			limit = tenancy.Limit{Count: tenancy.Unlimited, Over: tenancy.Block}
		}
		o.Limits = append(o.Limits, OfferLimit{Meter: meter, Count: limit.Count, Over: limit.Over, Overage: limit.OveragePrice})
	}
	return o
}

func quoteOf(q plan.Quote) *Quote {
	return &Quote{
		Currency: q.Currency, Price: q.Price, Discount: q.Discount, DiscountCycles: q.DiscountCycles, First: q.First,
		TrialDays: q.TrialDays, FirstDueMS: q.FirstDueMS, Coupon: q.CouponCode, CouponProblem: q.CouponProblem,
	}
}

// due is what an interval costs with the discount.
func (q Quote) due() money.Amount { return max(q.Price-q.Discount, 0) }
