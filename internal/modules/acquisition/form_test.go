package acquisition

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/modules/mail"
)

func TestWhatIsTypedIsKeptAndWhatIsWrongIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		patch Patch
		field string
		code  string // empty for none
	}{
		"a CNPJ with letters":                 {Patch{TaxID: ptr("12abc34501de35")}, "tax_id", ""},
		"a CNPJ with a wrong digit":           {Patch{TaxID: ptr("12.ABC.345/01DE-36")}, "tax_id", "invalid_cnpj"},
		"14 equal digits":                     {Patch{TaxID: ptr("11111111111111")}, "tax_id", "invalid_cnpj"},
		"a CPF of a person":                   {Patch{Kind: ptr("person"), TaxID: ptr("529.982.247-25")}, "tax_id", ""},
		"a CNPJ of a person":                  {Patch{Kind: ptr("person"), TaxID: ptr("11.222.333/0001-81")}, "tax_id", "invalid_cpf"},
		"an e-mail without a domain":          {Patch{Email: ptr("ana@acme")}, "email", "invalid_email"},
		"an e-mail with a name":               {Patch{Email: ptr("Ana <ana@acme.com>")}, "email", "invalid_email"},
		"a state that is none":                {Patch{State: ptr("XX")}, "state", "unknown"},
		"a postal code of 7 digits":           {Patch{ZIP: ptr("0131010")}, "zip", "invalid_zip"},
		"a phone without its area":            {Patch{Phone: ptr("98765-4321")}, "phone", "invalid_phone"},
		"a registration of Minas of 12":       {Patch{State: ptr("MG"), StateRegistration: ptr("062307904008")}, "state_registration", "registration_doubtful"},
		"a registration of Minas of 13":       {Patch{State: ptr("MG"), StateRegistration: ptr("062.307904/0081")}, "state_registration", ""},
		"a company free of the registration":  {Patch{StateRegistration: ptr("Isento")}, "state_registration", ""},
		"a trade that we do not know":         {Patch{Trade: ptr("astrologia")}, "trade", "unknown"},
		"a number of a city that is too long": {Patch{CityCode: ptr("35503080")}, "city_code", "invalid_city_code"},
	} {
		a := Acquisition{}
		if err := a.apply(c.patch); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		at := slices.IndexFunc(a.flaws(), func(p Problem) bool { return p.Field == c.field })
		switch {
		case c.code == "" && at >= 0:
			t.Errorf("%s: told as %+v", name, a.flaws()[at])
		case c.code != "" && (at < 0 || a.flaws()[at].Code != c.code):
			t.Errorf("%s: %+v, want %s", name, a.flaws(), c.code)
		}
	}
	a := Acquisition{}
	for _, bad := range []string{strings.Repeat("x", fieldMax+1), "a\x00b", "\xff"} {
		if err := a.apply(Patch{LegalName: &bad}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad[:min(len(bad), 5)], err)
		}
	}
}

// A number that is typed anew is not the one that was confirmed.
func TestAConfirmationIsOfOneNumber(t *testing.T) {
	a := Acquisition{}
	for _, step := range []struct {
		patch     Patch
		confirmed bool
	}{
		{Patch{TaxID: ptr("11.222.333/0001-81"), TaxIDConfirmed: ptr(true)}, true},
		{Patch{TaxID: ptr("11222333000181")}, true},
		{Patch{TaxID: ptr("11.444.777/0001-61")}, false},
		{Patch{TaxIDConfirmed: ptr(true)}, true},
	} {
		if err := a.apply(step.patch); err != nil || a.Company.TaxIDConfirmed != step.confirmed {
			t.Errorf("%+v: confirmed %v, %v", step, a.Company.TaxIDConfirmed, err)
		}
	}
}

func TestACodeIsShortLivedAndHardToGuess(t *testing.T) {
	b := lite(t)
	v := b.begins(b.basic, "")
	wants(t, b.SendCode(ctx, v.token, home), "email_missing")
	v.fills(acme("ana@acme.example.com"))
	prove := func(code string) error { _, err := b.Prove(ctx, v.token, code, home); return err }
	wants(t, prove("AAAA-AAAA"), "code_expired") // there is none yet
	b.must(b.SendCode(ctx, v.token, home))
	code := b.letters.last(mail.SignupCode).Data["code"]
	if !codeShape.MatchString(code) {
		t.Errorf("the code is %q", code)
	}
	for range codeTries {
		wants(t, prove("AAAA-AAAA"), "bad_code")
	}
	wants(t, prove(code), "code_tries")
	b.must(b.SendCode(ctx, v.token, home))
	wants(t, prove(code), "bad_code") // the one before counts no more
	b.clock.Advance(codeLife)
	wants(t, prove(b.letters.last(mail.SignupCode).Data["code"]), "code_expired")
	b.must(b.SendCode(ctx, v.token, home))
	wants(t, b.SendCode(ctx, v.token, home), "too_many_codes")
	// A change of the address is another address.
	last := b.letters.last(mail.SignupCode).Data["code"]
	v.fills(Patch{Email: ptr("bia@acme.example.com")})
	wants(t, prove(last), "code_expired")
	v.fills(Patch{Email: ptr("ana@acme.example.com")})
	wants(t, prove(last), "code_expired")
	b.clock.Advance(time.Hour)
	b.must(b.SendCode(ctx, v.token, home))
	b.must(prove(strings.ToLower(strings.ReplaceAll(b.letters.last(mail.SignupCode).Data["code"], "-", " "))))
	if j := v.fills(Patch{Email: ptr("carla@acme.example.com")}); j.Person.EmailProven {
		t.Error("another address counts as proven")
	}
}

func TestCodesHaveNoTwoCharactersThatLookAlike(t *testing.T) {
	seen := map[rune]bool{}
	for range 2000 {
		for _, c := range newCode() {
			seen[c] = true
		}
	}
	if len(seen) != len(codeAlphabet) || seen['0'] || seen['O'] || seen['1'] || seen['I'] || seen['L'] {
		t.Errorf("%d characters of %d", len(seen), len(codeAlphabet))
	}
}

func TestWorkingDaysOfBanks(t *testing.T) {
	for from, want := range map[string]string{
		"2026-11-03": "2026-11-06", // Tuesday to Friday
		"2026-11-06": "2026-11-11", // over a weekend
		"2026-11-18": "2026-11-24", // over Consciência Negra, a Friday
		"2026-12-23": "2026-12-29", // over Christmas, a Friday, and a weekend
		"2027-02-05": "2027-02-12", // over Carnaval
		"2027-05-25": "2027-05-31", // over Corpus Christi
	} {
		day, err := time.ParseInLocation("2006-01-02", from, houseZone())
		if err != nil {
			t.Fatal(err)
		}
		if got := time.UnixMilli(workdays(day.UnixMilli(), 3)).In(houseZone()).Format("2006-01-02"); got != want {
			t.Errorf("three working days behind %s are %s, want %s", from, got, want)
		}
	}
}

// The trades name templates of the bot builder, and both languages say the same.
func TestTradesHaveTheirBots(t *testing.T) {
	english := Trades("en")
	for i, trade := range Trades("pt-BR") {
		if trade.Key != english[i].Key || trade.Name == english[i].Name || len(trade.Bots) == 0 || len(trade.Bots) != len(english[i].Bots) {
			t.Errorf("%+v and %+v", trade, english[i])
		}
		for _, bot := range trade.Bots {
			if _, err := os.Stat(filepath.Join("..", "flow", "template", bot.Template+".json")); err != nil || bot.Name == "" {
				t.Errorf("%s begins with %+v: %v", trade.Key, bot, err)
			}
		}
	}
	if got := botsOf("", "pt-BR"); got[0].Template != "recepcao" {
		t.Errorf("who tells no trade begins with %+v", got)
	}
}

func TestTermsAreWhatWasAcceptedByteForByte(t *testing.T) {
	b := lite(t)
	v := b.begins(b.basic, "")
	for _, locale := range []string{"pt-BR", "en"} {
		terms, err := CurrentTerms(locale)
		if err != nil || terms.Hash != hashOf(terms.Markdown) || !strings.Contains(terms.Markdown, terms.Version) || terms.Title == "" {
			t.Errorf("%s: %+v, %v", locale, terms, err)
		}
		j, err := b.Agree(ctx, v.token, terms.Version, terms.Hash, home)
		if err != nil || j.Terms.Hash != terms.Hash || v.row().Terms.IP != home.IP || v.row().Terms.Locale != locale {
			t.Errorf("%s: %+v, %v", locale, j.Terms, err)
		}
	}
	_, err := b.Agree(ctx, v.token, termsVersion, hashOf("another text"), home)
	wants(t, err, "terms_changed")
	file, name, err := b.Contract(ctx, v.token)
	if err != nil || name != "contrato.pdf" || !strings.Contains(string(file), v.row().Terms.Hash[:40]) {
		t.Errorf("the contract %s of %d bytes: %v", name, len(file), err)
	}
}

// Whether a company is here is told to who proved an e-mail; nobody goes through
// all numbers with it.
func TestTaxNumbersAreNotTriedOneByOne(t *testing.T) {
	b := lite(t)
	v := b.arrives("ana@acme.example.com", b.basic)
	numbers := []string{"11.222.333/0001-81", "11.444.777/0001-61"}
	var err error
	tries := 0
	for err == nil && tries < 100 {
		_, err = b.Change(ctx, v.token, Patch{TaxID: &numbers[tries%2]})
		tries++
	}
	wants(t, err, "too_many_attempts")
	if tries < 15 || tries > 30 {
		t.Errorf("refused after %d", tries)
	}
	b.clock.Advance(time.Hour)
	v.fills(Patch{TaxID: &numbers[tries%2]})
}
