package subscription

import (
	"prosa/internal/base/money"
)

// State is how a subscription stands.
type State string

// States of a subscription, from good to over.
const (
	Trialing  State = "trialing"
	Active    State = "active"
	PastDue   State = "past_due"
	ReadOnly  State = "read_only"
	Suspended State = "suspended"
	Ended     State = "ended"
)

// company gives the state of the company that goes with it, as tenancy names
// them.
func (s State) company() string {
	switch s {
	case Trialing:
		return string(Active)
	case Ended:
		return "canceled"
	default:
		return string(s)
	}
}

// severity orders what a company may still do.
func severity(company string) int {
	switch company {
	case "active":
		return 0
	case "past_due":
		return 1
	case "read_only":
		return 2
	case "suspended":
		return 3
	case "canceled":
		return 4
	default:
		return 5
	}
}

// Subscription is a company's life on a plan, as it was last read.
type Subscription struct {
	TenantID       string         `json:"-"`
	ID             string         `json:"id"`
	Provider       string         `json:"provider" doc:"Who takes the money: stripe, asaas, manual; empty while nobody does (a trial without a way to pay)."`
	CustomerID     string         `json:"-"`
	ExternalID     string         `json:"-"`
	VersionID      string         `json:"version_id" doc:"Of the plan."`
	Interval       Interval       `json:"interval" enum:"month,year"`
	Price          money.Amount   `json:"price_minor" doc:"Of an interval."`
	Discount       money.Amount   `json:"discount_minor"`
	DiscountCycles int            `json:"discount_cycles" doc:"0 is for ever."`
	Currency       money.Currency `json:"currency"`
	State          State          `json:"state" enum:"trialing,active,past_due,read_only,suspended,ended"`
	PeriodStartMS  int64          `json:"period_start_ms"`
	PeriodEndMS    int64          `json:"period_end_ms"`
	TrialEndMS     int64          `json:"trial_end_ms" doc:"0 for none."`
	EndsAtPeriod   bool           `json:"ends_at_period" doc:"It was canceled and ends with the paid period."`
	EndedMS        int64          `json:"ended_ms" doc:"0 while it runs."`
	Method         string         `json:"method" doc:"card, pix, boleto; empty while unknown."`
	Brand          string         `json:"brand" doc:"Of a card, to recognize it."`
	Last4          string         `json:"last4"`
	OverdueMS      int64          `json:"overdue_ms" doc:"Since when a payment is missing, 0 for not."`
	Reason         string         `json:"reason" doc:"Why it ends, as the company said."`
	CreatedMS      int64          `json:"created_ms"`

	told    string // the company's state as it was last set from here
	dueMS   int64
	looks   int64 // that failed, one after another
	problem string
	version int64
}

// runs reports whether a vendor holds the subscription and will bill it.
func (s Subscription) runs() bool { return s.Provider != "" && s.State != Ended }

// Payer is whom the invoices of a company are made out to: what a fiscal
// document needs, besides the service.
type Payer struct {
	Kind                  string `json:"kind" maxLength:"10" doc:"company or person; empty while it is not known."`
	LegalName             string `json:"legal_name" maxLength:"150"`
	TaxID                 string `json:"tax_id" maxLength:"20" doc:"CNPJ or CPF."`
	StateRegistration     string `json:"state_registration,omitempty" maxLength:"20" doc:"Inscrição estadual, or ISENTO."`
	MunicipalRegistration string `json:"municipal_registration,omitempty" maxLength:"20"`
	Regime                string `json:"regime,omitempty" maxLength:"20" doc:"simples, presumido, real."`
	ISSWithheld           bool   `json:"iss_withheld,omitempty" doc:"The payer keeps the ISS and pays it in the seller's place."`
	Email                 string `json:"email" maxLength:"254" doc:"Where fiscal documents go."`
	Phone                 string `json:"phone,omitempty" maxLength:"20"`
	ZIP                   string `json:"zip,omitempty" maxLength:"10"`
	Street                string `json:"street,omitempty" maxLength:"120"`
	Number                string `json:"number,omitempty" maxLength:"20"`
	Complement            string `json:"complement,omitempty" maxLength:"60"`
	District              string `json:"district,omitempty" maxLength:"60"`
	City                  string `json:"city,omitempty" maxLength:"60"`
	CityCode              string `json:"city_code,omitempty" maxLength:"7" doc:"Of the IBGE."`
	State                 string `json:"state,omitempty" maxLength:"2"`
}

// customer tells a vendor who pays.
func (p Payer) customer(tenantID, locale string) Customer {
	return Customer{
		Reference: tenantID, Name: p.LegalName, Email: p.Email, TaxID: p.TaxID, Phone: p.Phone, Locale: locale,
		Address: Address{ZIP: p.ZIP, Street: p.Street, Number: p.Number, Complement: p.Complement, District: p.District, City: p.City, State: p.State},
	}
}

// Start is how a subscription begins.
type Start struct {
	// Provider, CustomerID and SubscriptionID name it at the vendor; all empty for
	// a trial for which nobody takes money yet.
	Provider, CustomerID, SubscriptionID string
	VersionID                            string
	Interval                             Interval
	Price, Discount                      money.Amount
	DiscountCycles                       int
	Currency                             money.Currency
	TrialEndMS, PeriodEndMS              int64
	State                                State // Trialing or Active
	Payer                                Payer
}
