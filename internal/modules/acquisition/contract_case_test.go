package acquisition

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/subscription"
)

var update = flag.Bool("update", false, "write the goldens anew")

// signed is a purchase whose terms were accepted in a language, three hours
// before midnight of Greenwich on New Year's Eve: in Brasília it is still that
// day.
func signed(t *testing.T, locale string) Acquisition {
	t.Helper()
	a := Acquisition{ID: "acq_1", Interval: subscription.Monthly, ContractNo: "CTR-000123", Company: Company{Kind: kindCompany}}
	if err := a.apply(acme("ana@acme.example.com")); err != nil {
		t.Fatal(err)
	}
	terms, err := CurrentTerms(locale)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2027, 1, 1, 2, 59, 59, 0, time.UTC)
	a.Terms = Accepted{Version: terms.Version, Hash: terms.Hash, Locale: locale, IP: "2001:db8::7", AtMS: at.UnixMilli()}
	return a
}

func professional() plan.Version {
	return plan.Version{ID: "plv_1", Number: 3, Content: plan.Content{Name: plan.Text{PT: "Profissional", EN: "Professional"}}}
}

// shownText matches a line of a page: its font, its place, and its text.
var shownText = regexp.MustCompile(`(?s)BT /(F\d) ([\d.]+) Tf \d+ ([\d.]+) Td \((.*?)\) Tj ET\n`)

// read gives what a reader of a PDF of ours sees, a line each, a page's end as
// "---". Bold lines are marked.
func read(t *testing.T, file []byte) string {
	t.Helper()
	var out strings.Builder
	for i, page := range regexp.MustCompile(`(?s)stream\n(.*?)endstream`).FindAllSubmatch(file, -1) {
		if i > 0 {
			out.WriteString("---\n")
		}
		for _, line := range shownText.FindAllSubmatch(page[1], -1) {
			if string(line[1]) == "F2" {
				out.WriteString("** ")
			}
			text := strings.NewReplacer(`\(`, "(", `\)`, ")", `\\`, `\`).Replace(string(line[4]))
			for _, c := range []byte(text) {
				switch c {
				case 0x80:
					out.WriteRune('€')
				case 0x97:
					out.WriteRune('—')
				default:
					out.WriteRune(rune(c)) // as Latin-1 has it
				}
			}
			out.WriteByte('\n')
		}
	}
	return out.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	now, old := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range min(len(now), len(old)) {
		if now[i] != old[i] {
			t.Fatalf("%s, line %d says %q, was %q; if that is right, run with -update", file, i+1, now[i], old[i])
		}
	}
	if len(now) != len(old) {
		t.Fatalf("%s has %d lines, had %d; if that is right, run with -update", file, len(now), len(old))
	}
}

// The contract is, in each language, the terms, who agreed, to what, and when.
func TestTheContractAsItIsRead(t *testing.T) {
	quote := &Quote{Currency: money.BRL, Price: 199_000, Discount: 19_900, Coupon: "DEZ", TrialDays: 14}
	for _, locale := range []string{"pt-BR", "en"} {
		file, err := signed(t, locale).contract(professional(), quote)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "contract."+locale+".txt", read(t, file))
		again, err := signed(t, locale).contract(professional(), quote)
		if err != nil || !bytes.Equal(again, file) {
			t.Errorf("%s: the same contract is other bytes: %v", locale, err)
		}
	}
}

// What a contract says of its customer and its price, by what is known.
func TestWhatAContractSaysOfItsCustomer(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*Acquisition, *Quote)
		says    []string
		not     []string
		noQuote bool
	}{
		"a company": {func(*Acquisition, *Quote) {}, []string{"ACME Comércio Ltda, CNPJ 12.ABC.345/01DE-35", "CEP 01310-100", "São Paulo/SP", "Contrato CTR-000123", "por mês"}, []string{"CPF", "Desconto", "Teste de"}, false},
		"a person": {func(a *Acquisition, _ *Quote) {
			a.Company = Company{Kind: kindPerson, ZIP: "01310100", Street: "Rua (A)", Number: "s/n", District: "Centro", City: "Mogi", State: "SP"}
			a.taxID = "52998224725"
		}, []string{"Ana Souza, CPF 529.982.247-25", "Rua (A), s/n"}, []string{"CNPJ", "ACME"}, false},
		"a year":                            {func(a *Acquisition, _ *Quote) { a.Interval = subscription.Annual }, []string{"R$ 1.000,00 por ano"}, []string{"por mês"}, false},
		"a coupon":                          {func(_ *Acquisition, q *Quote) { q.Discount, q.Coupon = 10_000, "DEZ" }, []string{"Desconto de R$ 100,00 por período (DEZ)"}, nil, false},
		"a trial":                           {func(_ *Acquisition, q *Quote) { q.TrialDays = 7 }, []string{"Teste de 7 dias"}, nil, false},
		"before it is no":                   {func(a *Acquisition, _ *Quote) { a.ContractNo = "" }, nil, []string{"Contrato CTR"}, false},
		"a plan that has no price any more": {func(*Acquisition, *Quote) {}, []string{"Profissional, versão 3 (plv_1)"}, []string{"por mês"}, true},
		"the day is Brasília's":             {func(*Acquisition, *Quote) {}, []string{"31/12/2026 23:59:59 (-03)", "2001:db8::7"}, []string{"01/01/2027"}, false},
		"a name of many alphabets":          {func(a *Acquisition, _ *Quote) { a.Company.LegalName = "Łódź & Ñandú €" }, []string{"?ód? & Ñandú €, CNPJ"}, nil, false},
	} {
		a, quote := signed(t, "pt-BR"), &Quote{Currency: money.BRL, Price: 100_000}
		c.change(&a, quote)
		if c.noQuote {
			quote = nil
		}
		file, err := a.contract(professional(), quote)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_, facts, _ := strings.Cut(strings.ReplaceAll(read(t, file), "\u00a0", " "), "** Cliente\n") // behind the terms
		for _, want := range c.says {
			if !strings.Contains(facts, want) {
				t.Errorf("%s: %q is not in\n%s", name, want, facts)
			}
		}
		for _, not := range c.not {
			if strings.Contains(facts, not) {
				t.Errorf("%s: %q is in\n%s", name, not, facts)
			}
		}
	}
	a := signed(t, "pt-BR")
	a.Terms.Hash = hashOf("what the program said a year ago")
	if _, err := a.contract(professional(), nil); reasonOf(err) != "terms_changed" || !fault.Is(err, fault.Refused) {
		t.Errorf("a text that is gone: %v", err)
	}
}

// Both languages promise the same: as many chapters, and the same numbers in the
// same order in each.
func TestTheTermsPromiseTheSameInBothLanguages(t *testing.T) {
	numbers := regexp.MustCompile(`\d[\d./-]*\d|\d`)
	chapters := func(locale string) []string {
		terms, err := CurrentTerms(locale)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(terms.Markdown, "\n## ")
	}
	portuguese, english := chapters("pt-BR"), chapters("en")
	if len(portuguese) != 9 || len(english) != len(portuguese) {
		t.Fatalf("%d and %d chapters", len(portuguese), len(english))
	}
	for i := range portuguese {
		pt, en := numbers.FindAllString(portuguese[i], -1), numbers.FindAllString(english[i], -1)
		if !slices.Equal(pt, en) {
			t.Errorf("chapter %d: %v and %v", i, pt, en)
		}
		if strings.Count(portuguese[i], "\n\n") != strings.Count(english[i], "\n\n") {
			t.Errorf("chapter %d has not as many paragraphs in both languages", i)
		}
	}
	for _, other := range []string{"", "fr", "EN", "pt"} {
		if terms, err := CurrentTerms(other); err != nil || !strings.HasPrefix(terms.Markdown, "# Termos de uso") {
			t.Errorf("%q: %.30q, %v", other, terms.Markdown, err)
		}
	}
}

// Days in letters are the house's, in the words of the language.
func TestDaysInLetters(t *testing.T) {
	for _, c := range []struct {
		at     string
		pt, en string
	}{
		{"2026-03-01T02:59:59Z", "28/02/2026", "February 28, 2026"},
		{"2026-03-01T03:00:00Z", "01/03/2026", "March 1, 2026"},
		{"2028-02-29T12:00:00Z", "29/02/2028", "February 29, 2028"},
		{"2027-01-01T00:00:00Z", "31/12/2026", "December 31, 2026"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(day("pt-BR", at.UnixMilli()), " ", day("en", at.UnixMilli())); got != c.pt+" "+c.en {
			t.Errorf("%s is %s, want %s %s", c.at, got, c.pt, c.en)
		}
	}
}
