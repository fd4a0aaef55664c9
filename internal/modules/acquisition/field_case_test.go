package acquisition

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/modules/subscription"
)

// textFields gives the fields of a patch that are texts, by their name outside.
func textFields(t *testing.T) map[string]int {
	t.Helper()
	fields := map[string]int{}
	for i := range reflect.TypeFor[Patch]().NumField() {
		field := reflect.TypeFor[Patch]().Field(i)
		if field.Type == reflect.TypeFor[*string]() {
			fields[outside(field.Name)] = i
		}
	}
	if len(fields) != 23 {
		t.Fatalf("a patch has %d texts: look whether each is bounded", len(fields))
	}
	return fields
}

// outside spells a Go name as JSON does here: TaxIDConfirmed is tax_id_confirmed.
func outside(name string) string {
	name = strings.NewReplacer("VersionID", "version_id", "TaxID", "tax_id", "ZIP", "zip").Replace(name)
	var out strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' {
			if i > 0 {
				out.WriteByte('_')
			}
			r += 'a' - 'A'
		}
		out.WriteRune(r)
	}
	return out.String()
}

// Each text is bounded in characters, holds no bytes that the database refuses,
// and the refusal names the field as the form does.
func TestEachTextIsBounded(t *testing.T) {
	for name, at := range textFields(t) {
		set := func(value string) (Acquisition, error) {
			var p Patch
			reflect.ValueOf(&p).Elem().Field(at).Set(reflect.ValueOf(&value))
			a := Acquisition{}
			return a, a.apply(p)
		}
		most := fieldMax
		switch name {
		case "interval":
			continue // the edge takes one of two words
		case "email":
			most = 254
		}
		if _, err := set(strings.Repeat("x", most)); err != nil {
			t.Errorf("%s of %d characters: %v", name, most, err)
		}
		for what, bad := range map[string]string{"too long": strings.Repeat("x", most+1), "NUL": "a\x00b", "no UTF-8": "\xff\xfe"} {
			if name == "email" && what == "no UTF-8" {
				continue // folding makes U+FFFD of it: it is kept, and told as wrong
			}
			_, err := set(bad)
			f, ok := err.(*fault.Error)
			if !ok || f.Code != fault.Invalid || f.Field != name {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
		if name == "email" {
			continue
		}
		if _, err := set(strings.Repeat("ã", most)); err != nil {
			t.Errorf("%s of %d characters of two bytes: %v", name, most, err)
		}
	}
}

// What is typed reaches what is kept: no field is forgotten, none is another's.
func TestEachFieldIsKept(t *testing.T) {
	for name, at := range textFields(t) {
		value := "x-" + name
		var p Patch
		reflect.ValueOf(&p).Elem().Field(at).Set(reflect.ValueOf(&value))
		a := Acquisition{Company: Company{Kind: kindCompany}}
		if err := a.apply(p); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		raw, err := json.Marshal(struct {
			Acquisition
			TaxIDFound string
		}{a, a.taxID})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(strings.ToLower(string(raw)), `"`+value+`"`); got != 1 {
			t.Errorf("%s is kept %d times: %s", name, got, raw)
		}
	}
	a := Acquisition{}
	yes := true
	if err := a.apply(Patch{ISSWithheld: &yes, SampleCatalog: &yes, SecondContract: &yes, TaxIDConfirmed: &yes}); err != nil ||
		!a.Company.ISSWithheld || !a.SampleCatalog || !a.SecondContract || !a.Company.TaxIDConfirmed {
		t.Errorf("flags: %+v, %v", a, err)
	}
	before := a
	if err := a.apply(Patch{}); err != nil || !reflect.DeepEqual(a, before) {
		t.Errorf("nothing typed changed %+v to %+v, %v", before, a, err)
	}
}

// Rules of the form that look at one value alone.
func TestRulesOfTheForm(t *testing.T) {
	type rule struct {
		field string
		patch func(*string) Patch
		good  []string
		bad   []string
		code  string
	}
	for _, r := range []rule{
		{"email", func(v *string) Patch { return Patch{Email: v} }, []string{"ana@acme.com.br", "ANA+plano@acme.io", "a@b.co"}, []string{"ana", "@acme.com", "ana@", "ana@acme", "a b@acme.com", "ana@acme.com,bia@acme.com", "ana@@acme.com"}, "invalid_email"},
		{"fiscal_email", func(v *string) Patch { return Patch{FiscalEmail: v} }, []string{"NFe@Acme.com.br"}, []string{"nfe", "NFe <nfe@acme.com.br>"}, "invalid_email"},
		{"phone", func(v *string) Patch { return Patch{Phone: v} }, []string{"(11) 98765-4321", "+55 11 98765-4321", "1132321000", "5511987654321"}, []string{"98765-4321", "1", "(00) 98765-4321", "+1 212 555 0100", "onze"}, "invalid_phone"},
		{"tax_id", func(v *string) Patch { return Patch{TaxID: v} }, []string{"12.ABC.345/01DE-35", "12abc34501de35", "11.222.333/0001-81", " 11222333000181 "}, []string{"12.ABC.345/01DE-53", "11.222.333/0001-18", "00000000000000", "529.982.247-25", "12.ABC.345/01D-35", "não"}, "invalid_cnpj"},
		{"zip", func(v *string) Patch { return Patch{ZIP: v} }, []string{"01310-100", "01310100", "01.310-100"}, []string{"0131010", "013101000", "CEP"}, "invalid_zip"},
		{"state", func(v *string) Patch { return Patch{State: v} }, append(slices.Clone(states), "sp", "Df"), []string{"XX", "S", "São Paulo", "EX"}, "unknown"},
		{"regime", func(v *string) Patch { return Patch{Regime: v} }, regimes, []string{"Simples", "lucro", "real "[:3]}, "unknown"},
		{"city_code", func(v *string) Patch { return Patch{CityCode: v} }, []string{"3550308", "0000000"}, []string{"355030", "35503080", "35503o8", "-355030"}, "invalid_city_code"},
		{"interval", func(v *string) Patch { return Patch{Interval: v} }, []string{"month", "year"}, []string{"week", "Month", "monthly"}, "unknown"},
		{"kind", func(v *string) Patch { return Patch{Kind: v} }, []string{"company", "person", ""}, []string{"Company", "firma"}, "unknown"},
		{"state_registration", func(v *string) Patch { return Patch{StateRegistration: v} }, []string{"", "ISENTO", "isento", "110.042.490.114", "12345678", "12345678901234"}, []string{"1234567", "123456789012345", "ISENTA", "110.042.490.11x"}, "registration_doubtful"},
	} {
		told := func(value string) string {
			a := Acquisition{Company: Company{Kind: kindCompany}}
			if err := a.apply(r.patch(&value)); err != nil {
				t.Fatalf("%s %q: %v", r.field, value, err)
			}
			for _, p := range a.flaws() {
				if p.Field == r.field {
					if p.Message == "" || p.Warning != (p.Code == "registration_doubtful") {
						t.Errorf("%s %q: %+v", r.field, value, p)
					}
					return p.Code
				}
			}
			return ""
		}
		for _, good := range r.good {
			if got := told(good); got != "" {
				t.Errorf("%s %q is told as %s", r.field, good, got)
			}
		}
		for _, bad := range r.bad {
			if got := told(bad); got != r.code {
				t.Errorf("%s %q is told as %q, want %s", r.field, bad, got, r.code)
			}
		}
	}
	// By state: rural producers of São Paulo, and Minas with its 13.
	for _, c := range []struct {
		state, number string
		doubtful      bool
	}{
		{"SP", "P-01100424.3/002", false}, {"SP", "p011004243002", false}, {"SP", "P0110042430", true}, {"RJ", "P011004243002", true},
		{"MG", "0623079040081", false}, {"MG", "12345678", true}, {"MG", "ISENTO", false},
	} {
		if got := !plausibleRegistration(Company{State: c.state, StateRegistration: c.number}); got != c.doubtful {
			t.Errorf("%s of %s: doubtful %t", c.number, c.state, got)
		}
	}
}

// What is missing is told in the order of the pages, and each field that is
// filled in leaves the list alone.
func TestWhatIsMissingComesInTheOrderOfThePages(t *testing.T) {
	a := Acquisition{Company: Company{Kind: kindCompany}}
	want := []string{"version_id", "interval", "name", "email", "phone", "tax_id", "legal_name", "zip", "street", "number", "district", "city", "state", "email_proof", "terms"}
	if got := a.missing(); !slices.Equal(got, want) {
		t.Fatalf("of nothing: %v", got)
	}
	full := acme("ana@acme.example.com")
	full.TaxIDConfirmed = nil
	full.VersionID, full.Interval = ptr("plv_1"), ptr("year")
	if err := a.apply(full); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		do   func()
		want string
	}{
		{func() {}, "[tax_id_confirmed email_proof terms]"},
		{func() { a.Company.TaxIDConfirmed = true }, "[email_proof terms]"},
		{func() { a.Terms.AtMS = 1 }, "[email_proof]"},
		{func() { a.EmailProvenMS = 1 }, "[]"},
		{func() { a.Company.LegalName = "" }, "[legal_name]"},
		{func() { a.Company.Kind = kindPerson }, "[]"},
		{func() { a.Person.Name = "" }, "[name]"},
	} {
		step.do()
		if got := fmt.Sprint(a.missing()); got != step.want {
			t.Errorf("missing %s, want %s", got, step.want)
		}
	}
}

func TestSettingsThatCanNotBeWorkedWith(t *testing.T) {
	if err := defaults[Config](t).Validate(); err != nil {
		t.Fatalf("the defaults: %v", err)
	}
	for name, c := range map[string]struct {
		spoil func(*Config)
		field string
	}{
		"looked at all the time":           {func(c *Config) { c.PollEvery = time.Second - 1 }, "PROSA_SIGNUP_POLL_EVERY"},
		"expired ones all the time":        {func(c *Config) { c.LateEvery = 0 }, "PROSA_SIGNUP_POLL_EVERY"},
		"forgotten while they are typed":   {func(c *Config) { c.DraftLife = time.Hour - 1 }, "PROSA_SIGNUP_DRAFT_LIFE"},
		"leads at once":                    {func(c *Config) { c.LeadAfter = time.Minute - 1 }, "PROSA_SIGNUP_LEAD_AFTER"},
		"no day to pay":                    {func(c *Config) { c.DueDays = 0 }, "PROSA_SIGNUP_DUE_DAYS"},
		"a boleto of two months":           {func(c *Config) { c.DueDays = 31 }, "PROSA_SIGNUP_DUE_DAYS"},
		"a reminder before the welcome":    {func(c *Config) { c.RemindAfter = []time.Duration{0} }, "PROSA_SIGNUP_REMIND_AFTER"},
		"the second reminder is the first": {func(c *Config) { c.RemindAfter = []time.Duration{time.Hour, time.Hour} }, "PROSA_SIGNUP_REMIND_AFTER"},
		"reminders in another order":       {func(c *Config) { c.RemindAfter = []time.Duration{2, 3, 1} }, "PROSA_SIGNUP_REMIND_AFTER"},
	} {
		bad := defaults[Config](t)
		c.spoil(&bad)
		if f, ok := bad.Validate().(*fault.Error); !ok || f.Field != c.field {
			t.Errorf("%s: %v, want one of %s", name, bad.Validate(), c.field)
		}
	}
	edge := defaults[Config](t)
	edge.PollEvery, edge.LateEvery, edge.DraftLife, edge.LeadAfter, edge.DueDays, edge.RemindAfter = time.Second, time.Second, time.Hour, time.Minute, 30, nil
	if err := edge.Validate(); err != nil {
		t.Errorf("the least that works: %v", err)
	}
}

// Where companies do not buy by themselves, nothing begins.
func TestWhereNobodyBuysNothingBegins(t *testing.T) {
	b := lite(t)
	begin := func(want Beginning) error { _, _, err := b.Begin(ctx, want, home); return err }
	wants(t, begin(Beginning{VersionID: b.basic.ID, Interval: "week"}), "interval_not_offered")
	if err := begin(Beginning{VersionID: "plv_none", Interval: "month"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("a plan that is none: %v", err)
	}
	b.cfg.Line = "corporativo"
	wants(t, begin(Beginning{VersionID: b.basic.ID, Interval: "month"}), "signup_closed")
	b.cfg.Line = ""
	if err := begin(Beginning{VersionID: b.basic.ID, Interval: "month", Coupon: "  "}); err != nil {
		t.Errorf("an installation without a line: %v", err)
	}
	providers := b.providers
	b.providers = []subscription.Provider{}
	wants(t, begin(Beginning{VersionID: b.basic.ID, Interval: "month"}), "signup_closed")
	if got := b.Methods(); len(got) != 0 {
		t.Errorf("nobody takes money, and one pays by %v", got)
	}
	b.providers = providers
	if got := fmt.Sprint(b.Methods()); got != "[card pix boleto]" {
		t.Errorf("methods %s", got)
	}
}
