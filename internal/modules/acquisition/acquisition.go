package acquisition

import (
	"prosa/internal/base/money"
	"prosa/internal/modules/subscription"
	"prosa/internal/modules/tenancy"
)

// State is how far a journey is.
type State string

// States of a journey.
const (
	Draft    State = "draft"    // being filled in
	Checkout State = "checkout" // the provider's page is open
	Awaiting State = "awaiting" // a boleto or a Pix was issued, the money is awaited
	Paid     State = "paid"     // the company is being made
	Active   State = "active"   // the company is there
	Expired  State = "expired"  // not paid in time; money that comes later counts
	Canceled State = "canceled" // given up
)

// sold tells whether there is no way back to the plans.
func (s State) sold() bool { return s == Paid || s == Active }

// Acquisition is one company on its way to us.
type Acquisition struct {
	ID             string
	TenantID       string // empty until the company was made
	State          State
	Locale         string // pt-BR or en
	Email          string // folded
	EmailProvenMS  int64
	Person         Person
	Company        Company
	SecondContract bool
	VersionID      string // of the plan
	Interval       subscription.Interval
	Coupon         string
	Terms          Accepted
	Provider       string // who takes the money, empty before the first checkout
	CustomerID     string
	Try            int64 // counts checkouts
	ContractNo     string
	InvitationID   string // of the first admin
	Trade          string
	SampleCatalog  bool
	CreatedMS      int64
	UpdatedMS      int64
	PaidMS         int64
	ExpiresMS      int64 // when a journey that led nowhere is dropped

	taxID       string
	codeHash    string
	codeTries   int64
	codeUntilMS int64
}

// Person is who buys, and becomes the first admin.
type Person struct {
	Name  string `json:"name"`
	Phone string `json:"phone"`
}

// Company is who is billed, as typed: what is wrong with it is told in
// Journey.Problems.
type Company struct {
	Kind                  string `json:"kind" enum:"company,person"`
	TaxID                 string `json:"tax_id" doc:"CNPJ, or CPF of a person."`
	TaxIDConfirmed        bool   `json:"tax_id_confirmed" doc:"It was shown back and confirmed: its check digits don't notice each mistake."`
	LegalName             string `json:"legal_name"`
	TradeName             string `json:"trade_name"`
	StateRegistration     string `json:"state_registration" doc:"Inscrição estadual, or ISENTO."`
	MunicipalRegistration string `json:"municipal_registration"`
	Regime                string `json:"regime" enum:",simples,presumido,real,mei"`
	FiscalEmail           string `json:"fiscal_email"`
	ISSWithheld           bool   `json:"iss_withheld"`
	ZIP                   string `json:"zip"`
	Street                string `json:"street"`
	Number                string `json:"number"`
	Complement            string `json:"complement"`
	District              string `json:"district"`
	City                  string `json:"city"`
	CityCode              string `json:"city_code" doc:"IBGE's number of the municipality."`
	State                 string `json:"state" doc:"Two letters."`
}

// Kinds of buyers.
const (
	kindCompany = "company"
	kindPerson  = "person"
)

// billed is the name on contract and bills.
func (a Acquisition) billed() string {
	if a.Company.Kind == kindPerson {
		return or(a.Company.LegalName, a.Person.Name)
	}
	return a.Company.LegalName
}

// known is the name that people know the company by.
func (a Acquisition) known() string { return or(a.Company.TradeName, a.billed()) }

func or(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}

// Accepted is the proof that the terms were accepted; the zero value is that
// they were not.
type Accepted struct {
	Version string `json:"version"`
	Hash    string `json:"hash"` // SHA-256 of the text's bytes, in hexadecimal
	Locale  string `json:"locale"`
	IP      string `json:"ip"`
	AtMS    int64  `json:"at_ms"`
}

// Quote is what a plan costs this buyer.
type Quote struct {
	Currency       money.Currency `json:"currency"`
	Price          money.Amount   `json:"price_minor" doc:"Of an interval, before the discount."`
	Discount       money.Amount   `json:"discount_minor" doc:"Taken off each of the first discount_cycles intervals."`
	DiscountCycles int            `json:"discount_cycles" doc:"0 with a discount is for ever."`
	First          money.Amount   `json:"first_minor" doc:"Of the first bill."`
	TrialDays      int            `json:"trial_days"`
	FirstDueMS     int64          `json:"first_due_ms"`
	Coupon         string         `json:"coupon"`
	CouponProblem  string         `json:"coupon_problem" doc:"Why the coupon that was typed counts for nothing: coupon_unknown, coupon_expired, coupon_exhausted, coupon_not_for_plan; empty for none."`
}

// Offer is a version of a plan, in the words of one language.
type Offer struct {
	VersionID         string         `json:"version_id"`
	Slug              string         `json:"slug"`
	Name              string         `json:"name"`
	Summary           string         `json:"summary"`
	Features          []string       `json:"features"`
	Highlight         bool           `json:"highlight"`
	Currency          money.Currency `json:"currency"`
	Monthly           money.Amount   `json:"monthly_minor"`
	Annual            money.Amount   `json:"annual_minor"`
	TrialDays         int            `json:"trial_days"`
	TrialNeedsPayment bool           `json:"trial_needs_payment"`
	Limits            []OfferLimit   `json:"limits"`
}

// OfferLimit is how much of something a plan holds.
type OfferLimit struct {
	Meter   tenancy.Meter `json:"meter" enum:"attendants,channels,bots,conversations,messages"`
	Count   int64         `json:"count" doc:"-1 is without limit."`
	Over    tenancy.Over  `json:"over" enum:"block,overage"`
	Overage money.Amount  `json:"overage_minor" doc:"Of each one above the limit."`
}

// free tells whether an offer begins without any payment.
func (o Offer) free() bool { return o.TrialDays > 0 && !o.TrialNeedsPayment }
