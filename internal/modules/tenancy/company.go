package tenancy

import (
	"strings"
	"time"
	"unicode/utf8"

	"prosa/internal/base/fault"
	"prosa/internal/base/place"
	"prosa/internal/message/fold"
	"prosa/internal/platform/database"
)

// Product lines: many companies together, or one in an installation of its own.
const (
	Massivo    = place.Massivo
	Enterprise = place.Enterprise
)

// Defaults of a new company.
const (
	DefaultLocale   = "pt-BR"
	DefaultTimezone = "America/Sao_Paulo"
)

// Company is a client company.
type Company struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Slug      string `json:"slug"`
	Line      string `json:"line" enum:"massivo,enterprise"`
	State     State  `json:"state" enum:"active,past_due,read_only,suspended,canceled,erased"`
	StateMS   int64  `json:"state_ms" doc:"Since when."`
	TaxID     string `json:"tax_id" doc:"CNPJ or CPF without punctuation; empty when nobody said it."`
	Locale    string `json:"locale" enum:"pt-BR,en"`
	Timezone  string `json:"timezone" doc:"IANA name."`
	CreatedMS int64  `json:"created_ms"`
	Version   int64  `json:"version"`
}

// Draft is a company to be made. Empty fields take defaults; an empty Slug is
// made of the name.
type Draft struct {
	Name     string
	Slug     string
	Line     string
	Locale   string
	Timezone string
	// TaxID is a CNPJ or CPF without punctuation, empty when nobody said it.
	TaxID string
}

// complete fills the defaults and checks the rules. Error: fault.Invalid.
func (d Draft) complete() (Draft, error) {
	d.Name = strings.TrimSpace(d.Name)
	d.Line = or(d.Line, Massivo)
	d.Locale = or(d.Locale, DefaultLocale)
	d.Timezone = or(d.Timezone, DefaultTimezone)
	d.Slug = or(d.Slug, Slug(d.Name))
	if err := checkName(d.Name); err != nil {
		return d, err
	}
	if !place.IsLine(d.Line) {
		return d, fault.OnField("line", "must be one of %s", strings.Join(place.Lines(), ", "))
	}
	if err := checkLocale(d.Locale); err != nil {
		return d, err
	}
	if err := checkTimezone(d.Timezone); err != nil {
		return d, err
	}
	d.TaxID = strings.ToUpper(strings.TrimSpace(d.TaxID))
	if len(d.TaxID) > taxIDMax || database.Text(d.TaxID) != nil {
		return d, fault.OnField("tax_id", "must have at most %d characters", taxIDMax)
	}
	if d.Slug == "" || len(d.Slug) > slugMax || Slug(d.Slug) != d.Slug {
		return d, fault.OnField("slug", "must be 1 to %d letters without accents, digits and single hyphens", slugMax)
	}
	return d, nil
}

const (
	slugMax = 48
	nameMax = 120
	// taxIDMax is that of a CNPJ.
	taxIDMax = 14
)

// Slug makes a slug of a name: folded, with hyphens for all that is not a
// letter or digit; "empresa" when nothing is left.
func Slug(name string) string {
	var slug strings.Builder
	hyphen := false
	for _, c := range fold.Text(name) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			if hyphen && slug.Len() > 0 {
				slug.WriteByte('-')
			}
			hyphen = false
			slug.WriteRune(c)
		} else {
			hyphen = true
		}
		if slug.Len() >= slugMax-1 {
			break
		}
	}
	return or(slug.String(), "empresa")
}

// folded is what operators search.
func (c Company) folded() string {
	return fold.Text(c.Name + " " + c.Slug + " " + c.TaxID)
}

func checkName(name string) error {
	if err := database.Text(name); err != nil {
		return fault.OnField("name", "%s", fault.MessageOf(err))
	}
	if n := utf8.RuneCountInString(name); n == 0 || n > nameMax {
		return fault.OnField("name", "must have 1 to %d characters", nameMax)
	}
	return nil
}

func checkLocale(locale string) error {
	if locale != "pt-BR" && locale != "en" {
		return fault.OnField("locale", "must be pt-BR or en")
	}
	return nil
}

func checkTimezone(name string) error {
	// Local is the server's zone, which says nothing of the company's.
	if _, err := time.LoadLocation(name); err != nil || name == "" || name == "Local" {
		return fault.OnField("timezone", "%q is not an IANA time zone", name)
	}
	return nil
}

func or(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}
