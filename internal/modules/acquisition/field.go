package acquisition

import (
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"

	"prosa/internal/base/br"
	"prosa/internal/base/card"
	"prosa/internal/base/fault"
	"prosa/internal/modules/subscription"
	"prosa/internal/platform/database"
)

// Patch is what was typed since the last time; nil leaves a field as it is.
type Patch struct {
	Name                  *string
	Email                 *string
	Phone                 *string
	VersionID             *string
	Interval              *string
	Coupon                *string
	Kind                  *string
	TaxID                 *string
	TaxIDConfirmed        *bool
	LegalName             *string
	TradeName             *string
	StateRegistration     *string
	MunicipalRegistration *string
	Regime                *string
	FiscalEmail           *string
	ISSWithheld           *bool
	ZIP                   *string
	Street                *string
	Number                *string
	Complement            *string
	District              *string
	City                  *string
	CityCode              *string
	State                 *string
	Trade                 *string
	SampleCatalog         *bool
	SecondContract        *bool
}

// fieldMax bounds what is stored of a field, in characters.
const fieldMax = 200

// cardTyped is said where a card's number stands in a field of ours: none is kept,
// not even in a draft.
const cardTyped = "holds a card's number: cards are typed on the page of the payment alone"

// Problem is something wrong with what was typed. It keeps nothing from being
// saved.
type Problem struct {
	Field   string `json:"field"`
	Code    string `json:"code" doc:"required_form, unknown, company_exists, plan_withdrawn, coupon_unknown, coupon_expired, coupon_exhausted, coupon_not_for_plan; warnings: registration_doubtful."`
	Message string `json:"message" doc:"For a developer, in English."`
	Warning bool   `json:"warning" doc:"It keeps nobody from going on."`
}

// apply puts what was typed into the journey, as typed but for blanks around it.
// Error: fault.Invalid for what can't be stored at all.
func (a *Acquisition) apply(p Patch) error {
	texts := []struct {
		name string
		from *string
		into *string
	}{
		{"name", p.Name, &a.Person.Name}, {"phone", p.Phone, &a.Person.Phone},
		{"version_id", p.VersionID, &a.VersionID}, {"coupon", p.Coupon, &a.Coupon},
		{"kind", p.Kind, &a.Company.Kind}, {"tax_id", p.TaxID, &a.Company.TaxID},
		{"legal_name", p.LegalName, &a.Company.LegalName}, {"trade_name", p.TradeName, &a.Company.TradeName},
		{"state_registration", p.StateRegistration, &a.Company.StateRegistration},
		{"municipal_registration", p.MunicipalRegistration, &a.Company.MunicipalRegistration},
		{"regime", p.Regime, &a.Company.Regime}, {"fiscal_email", p.FiscalEmail, &a.Company.FiscalEmail},
		{"zip", p.ZIP, &a.Company.ZIP}, {"street", p.Street, &a.Company.Street}, {"number", p.Number, &a.Company.Number},
		{"complement", p.Complement, &a.Company.Complement}, {"district", p.District, &a.Company.District},
		{"city", p.City, &a.Company.City}, {"city_code", p.CityCode, &a.Company.CityCode}, {"state", p.State, &a.Company.State},
		{"trade", p.Trade, &a.Trade},
	}
	before := a.taxID
	for _, text := range texts {
		if text.from == nil {
			continue
		}
		value := strings.TrimSpace(*text.from)
		if utf8.RuneCountInString(value) > fieldMax {
			return fault.OnField(text.name, "has at most %d characters", fieldMax)
		}
		if err := database.Text(value); err != nil {
			return fault.OnField(text.name, "%s", fault.MessageOf(err))
		}
		if card.Within(value) {
			return fault.OnField(text.name, "%s", cardTyped)
		}
		*text.into = value
	}
	for _, flag := range []struct{ from, into *bool }{
		{p.TaxIDConfirmed, &a.Company.TaxIDConfirmed}, {p.ISSWithheld, &a.Company.ISSWithheld},
		{p.SampleCatalog, &a.SampleCatalog}, {p.SecondContract, &a.SecondContract},
	} {
		if flag.from != nil {
			*flag.into = *flag.from
		}
	}
	if p.Interval != nil {
		a.Interval = subscription.Interval(*p.Interval)
	}
	if p.Email != nil {
		if err := a.setEmail(*p.Email); err != nil {
			return err
		}
	}
	a.settle()
	if a.taxID != before {
		// What was confirmed is not what stands there now.
		a.Company.TaxIDConfirmed = p.TaxIDConfirmed != nil && *p.TaxIDConfirmed
		a.SecondContract = p.SecondContract != nil && *p.SecondContract
	}
	return nil
}

// setEmail takes an address; one that was proven counts only as it was.
func (a *Acquisition) setEmail(typed string) error {
	email := strings.ToLower(strings.TrimSpace(typed))
	if len(email) > 254 {
		return fault.OnField("email", "has at most 254 characters")
	}
	if err := database.Text(email); err != nil {
		return fault.OnField("email", "%s", fault.MessageOf(err))
	}
	if card.Within(email) {
		return fault.OnField("email", "%s", cardTyped)
	}
	if email != a.Email {
		a.Email, a.EmailProvenMS = email, 0
		a.codeHash, a.codeTries, a.codeUntilMS = "", 0, 0
	}
	return nil
}

// settle brings fields with one spelling to it, and finds the tax number.
func (a *Acquisition) settle() {
	c := &a.Company
	c.Kind = or(c.Kind, kindCompany)
	c.State = strings.ToUpper(c.State)
	a.taxID = ""
	if number, ok := taxNumber(c.Kind, c.TaxID); ok {
		a.taxID, c.TaxID = number, number
	}
	if zip, ok := br.CEP(c.ZIP); ok {
		c.ZIP = zip
	}
	if phone, ok := br.Phone(a.Person.Phone); ok {
		a.Person.Phone = phone
	}
}

func taxNumber(kind, typed string) (string, bool) {
	if kind == kindPerson {
		return br.CPF(typed)
	}
	return br.CNPJ(typed)
}

// states of Brazil.
var states = []string{"AC", "AL", "AM", "AP", "BA", "CE", "DF", "ES", "GO", "MA", "MG", "MS", "MT", "PA", "PB", "PE", "PI", "PR", "RJ", "RN", "RO", "RR", "RS", "SC", "SE", "SP", "TO"}

// regimes of taxation; empty is not told.
var regimes = []string{"", "simples", "presumido", "real", "mei"}

// flaws tells what is wrong with what was typed; what is empty is missing, not
// wrong.
func (a Acquisition) flaws() []Problem {
	c := a.Company
	list := []Problem{}
	check := func(field, value string, ok bool, code, message string) {
		if value != "" && !ok {
			list = append(list, Problem{Field: field, Code: code, Message: message})
		}
	}
	check("email", a.Email, isEmail(a.Email), "invalid_email", "is not an e-mail address")
	_, phone := br.Phone(a.Person.Phone)
	check("phone", a.Person.Phone, phone, "invalid_phone", "is not a Brazilian number with its area code")
	check("kind", c.Kind, c.Kind == kindCompany || c.Kind == kindPerson, "unknown", "must be company or person")
	code := "invalid_cnpj"
	if c.Kind == kindPerson {
		code = "invalid_cpf"
	}
	check("tax_id", c.TaxID, a.taxID != "", code, "the check digits do not agree")
	check("fiscal_email", c.FiscalEmail, isEmail(strings.ToLower(c.FiscalEmail)), "invalid_email", "is not an e-mail address")
	check("regime", c.Regime, slices.Contains(regimes, c.Regime), "unknown", "is no regime that we know")
	_, zip := br.CEP(c.ZIP)
	check("zip", c.ZIP, zip, "invalid_zip", "must have 8 digits")
	check("state", c.State, slices.Contains(states, c.State), "unknown", "must be the two letters of a state")
	check("city_code", c.CityCode, len(c.CityCode) == 7 && digits(c.CityCode), "invalid_city_code", "IBGE's number has 7 digits")
	check("interval", string(a.Interval), a.Interval == subscription.Monthly || a.Interval == subscription.Annual, "unknown", "must be month or year")
	check("trade", a.Trade, knowsTrade(a.Trade), "unknown", "is no trade that we know")
	if !plausibleRegistration(c) {
		list = append(list, Problem{Field: "state_registration", Code: "registration_doubtful", Message: "does not look like one of that state", Warning: true})
	}
	return list
}

// plausibleRegistration looks at an inscrição estadual from far away: 8 to 14
// digits, 13 in Minas Gerais, or ISENTO. Each state has rules of its own
// (sintegra.gov.br), so a doubt is only a warning.
func plausibleRegistration(c Company) bool {
	number := strings.Map(func(r rune) rune {
		if strings.ContainsRune(".-/ ", r) {
			return -1
		}
		return r
	}, c.StateRegistration)
	switch {
	case number == "" || strings.EqualFold(number, "isento"):
		return true
	case c.State == "MG":
		return len(number) == 13 && digits(number)
	case c.State == "SP" && (number[0] == 'P' || number[0] == 'p'): // rural producers
		return len(number) == 13 && digits(number[1:])
	default:
		return len(number) >= 8 && len(number) <= 14 && digits(number)
	}
}

func digits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

func isEmail(text string) bool {
	parsed, err := mail.ParseAddress(text)
	return err == nil && parsed.Address == text && strings.Contains(text[strings.LastIndexByte(text, '@')+1:], ".")
}

// missing lists what has to be filled in before a plan can be bought, in the
// order of the pages.
func (a Acquisition) missing() []string {
	c := a.Company
	list := []string{}
	need := func(field string, there bool) {
		if !there {
			list = append(list, field)
		}
	}
	need("version_id", a.VersionID != "")
	need("interval", a.Interval != "")
	need("name", a.Person.Name != "")
	need("email", a.Email != "")
	need("phone", a.Person.Phone != "")
	need("tax_id", c.TaxID != "")
	need("tax_id_confirmed", c.TaxIDConfirmed || a.taxID == "")
	need("legal_name", c.LegalName != "" || c.Kind == kindPerson)
	need("zip", c.ZIP != "")
	need("street", c.Street != "")
	need("number", c.Number != "")
	need("district", c.District != "")
	need("city", c.City != "")
	need("state", c.State != "")
	need("email_proof", a.EmailProvenMS > 0)
	need("terms", a.Terms.AtMS > 0)
	return list
}
