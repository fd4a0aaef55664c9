package template

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/message"
)

var update = flag.Bool("update", false, "write the goldens anew")

func approved(d Definition) *Template {
	return &Template{ID: "tpl_1", Name: "aviso", Language: "pt_BR", Category: Utility, Status: Approved, Definition: d}
}

func fieldOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Field
	}
	return ""
}

// What goes to the platform, for each kind of header and button.
func TestComponentsOfAMessage(t *testing.T) {
	photo := &message.Media{Blob: "photo", MIME: "image/jpeg", Name: "f.jpg", Size: 9}
	pdf := &message.Media{Blob: "pdf", MIME: "application/pdf", Name: "nota.pdf", Size: 9}
	for name, c := range map[string]struct {
		d      Definition
		values map[string]string
		header *message.Media
	}{
		"plain":      {d: Definition{Format: Positional, Body: "Olá."}},
		"positional": {d: Definition{Format: Positional, Body: "Olá {{2}} e {{1}} e {{2}}."}, values: map[string]string{"1": "um", "2": "dois\nlinhas"}},
		"named": {d: Definition{Format: Named, Header: &Header{Kind: HeaderText, Text: "Oi {{nome}}"}, Body: "Pedido {{numero}} de {{nome}}."},
			values: map[string]string{"header.nome": "Ana", "nome": "Ana Souza", "numero": "7"}},
		"image":    {d: Definition{Header: &Header{Kind: HeaderImage}, Body: "Veja."}, header: photo},
		"document": {d: Definition{Header: &Header{Kind: HeaderDocument, Sample: pdf}, Body: "Segue."}},
		"location": {d: Definition{Header: &Header{Kind: HeaderLocation}, Body: "Aqui."},
			values: map[string]string{"header.latitude": "-23,5", "header.longitude": "-46.6", "header.name": "Loja", "header.address": "Rua A, 1"}},
		"buttons": {d: Definition{Body: "Escolha.", Buttons: []Button{
			{Kind: ButtonReply, Text: "Sair"}, {Kind: ButtonURL, Text: "Ver", URL: "https://loja.example/p/{{1}}"}, {Kind: ButtonURL, Text: "Site", URL: "https://loja.example"},
			{Kind: ButtonPhone, Text: "Ligar", Phone: "+551140001000"}, {Kind: ButtonCode}, {Kind: "flow", Text: "Formulário"},
		}}, values: map[string]string{"button.2": "1001?a=b c", "button.5": "QUERO10"}},
		"code": {d: Definition{Format: Positional, Body: "*{{1}}* é o seu código.", Buttons: []Button{{Kind: ButtonOTP, Text: "Copiar"}}}, values: map[string]string{"1": "123456"}},
	} {
		ref, err := approved(c.d).fill(c.values, c.header)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := json.MarshalIndent(ref, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", "filled", name+".json")
		if *update {
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, append(got, '\n'), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil || string(got) != strings.TrimRight(string(want), "\n") {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
}

func TestFillingRefusesWhatIsNotWhole(t *testing.T) {
	d := Definition{Format: Positional, Header: &Header{Kind: HeaderText, Text: "Oi {{1}}"}, Body: "Pedido {{1}} pronto.",
		Buttons: []Button{{Kind: ButtonURL, Text: "Ver", URL: "https://loja.example/{{1}}"}}}
	whole := map[string]string{"header.1": "Ana", "1": "7", "button.1": "7"}
	for want, change := range map[string]func(map[string]string){
		"values.header.1": func(v map[string]string) { delete(v, "header.1") },
		"values.1":        func(v map[string]string) { v["1"] = " \n" },
		"values.button.1": func(v map[string]string) { v["button.1"] = "" },
		"values.2":        func(v map[string]string) { v["2"] = "x" },
		"values":          func(v map[string]string) { v["1"] = strings.Repeat("x", maxBody-5) },
	} {
		values := map[string]string{}
		for key, value := range whole {
			values[key] = value
		}
		change(values)
		if _, err := approved(d).fill(values, nil); fieldOf(err) != want {
			t.Errorf("%v, want a fault on %s", err, want)
		}
	}
	picture := Definition{Header: &Header{Kind: HeaderImage}, Body: "x"}
	for name, header := range map[string]*message.Media{
		"none": nil, "another type": {Blob: "b", MIME: "image/webp"}, "too large": {Blob: "b", MIME: "image/png", Size: 6 << 20}, "no bytes": {MIME: "image/png"},
	} {
		if _, err := approved(picture).fill(nil, header); fieldOf(err) != "header" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := approved(d).fill(whole, &message.Media{Blob: "b", MIME: "image/png"}); fieldOf(err) != "header" {
		t.Errorf("a file where none is shown: %v", err)
	}
	for status, want := range map[Status]string{
		Pending: "template_not_approved", Rejected: "template_not_approved", Paused: "template_paused", Disabled: "template_disabled", Gone: "template_gone", "archived": "template_not_approved",
	} {
		one := approved(d)
		one.Status = status
		if _, err := one.fill(whole, nil); templateReasonIn(err) != want {
			t.Errorf("%s: %v", status, err)
		}
	}
	foreign := approved(Definition{Body: "x", Foreign: []string{"carousel"}})
	if _, err := foreign.fill(nil, nil); templateReasonIn(err) != "template_foreign" {
		t.Errorf("%v", err)
	}
}

// Whatever is written and whatever it is filled with: what the customer is shown
// has no gap, stays within the limits, and the platform gets one parameter a
// variable, in its order.
func TestFillingLeavesNoGap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.IntRange(0, 12).Draw(t, "variables")
		name := func(n int) string { return string(rune('a'+n)) + "_x" }
		format := rapid.SampledFrom([]Format{Positional, Named}).Draw(t, "format")
		words := rapid.StringOfN(rapid.SampledFrom([]rune("abc é\n*_👍")), 1, 8, -1)
		body := "x" + words.Draw(t, "before")
		values := map[string]string{}
		for n := range count {
			key := name(n)
			if format == Positional {
				key = strings.Repeat("", 0) + itoa(n+1)
			}
			body += "{{" + key + "}}" + words.Draw(t, "between")
			values[key] = rapid.StringMatching(`[a-z{}0-9 ]{0,9}[a-z]`).Draw(t, "value")
		}
		body += "."
		d := Definition{Body: body}
		parsed, err := pieces("body", body)
		if err != nil {
			t.Fatal(err)
		}
		d.Format = formatOf(parsed)
		if err := checkVariables("body", parsed, d.Format); err != nil {
			t.Fatalf("%q: %v", body, err)
		}
		ref, err := approved(d).fill(values, nil)
		if err != nil {
			t.Fatalf("%q: %v", body, err)
		}
		if size(ref.Shown.Text) > maxBody {
			t.Fatalf("%d units", size(ref.Shown.Text))
		}
		var components []component
		if len(ref.Components) > 0 {
			if err := json.Unmarshal(ref.Components, &components); err != nil {
				t.Fatal(err)
			}
		}
		parameters := 0
		for _, c := range components {
			for n, p := range c.Parameters {
				parameters++
				key := p.Name
				if format == Positional {
					key = itoa(n + 1)
				}
				if p.Text != oneLine(values[key]) {
					t.Fatalf("parameter %d is %q", n, p.Text)
				}
				if !strings.Contains(ref.Shown.Text, p.Text) {
					t.Fatalf("%q is not shown in %q", p.Text, ref.Shown.Text)
				}
			}
		}
		if parameters != count || len(approved(d).variables()) != count {
			t.Fatalf("%d parameters for %d variables", parameters, count)
		}
		// One value short is refused by its name.
		if count > 0 {
			missing := d.variables()[rapid.IntRange(0, count-1).Draw(t, "missing")].Key
			delete(values, missing)
			if _, err := approved(d).fill(values, nil); fieldOf(err) != "values."+missing {
				t.Fatalf("without %s: %v", missing, err)
			}
			if p := d.preview(values); len(p.Missing) != 1 || p.Missing[0] != missing {
				t.Fatalf("preview misses %v", p.Missing)
			}
		}
	})
}

func itoa(n int) string {
	if n >= 10 {
		return itoa(n/10) + itoa(n%10)
	}
	return string(rune('0' + n))
}

// Parsing loses nothing, and what it takes for a variable is a valid one.
func FuzzPieces(f *testing.F) {
	for _, seed := range []string{"", "Olá {{1}}", "{{nome}} {{2}}", "{{", "}}", "{{}}", "{{ 1 }}x", "{{{1}}}", "{{01}}", "{{Nome}}", "a{{1}}{{2}}b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := pieces("body", text)
		if err != nil {
			return
		}
		back := join(list, func(string) (string, bool) { return "", false })
		if !strings.Contains(text, "{{ ") && !strings.Contains(text, " }}") && !strings.ContainsAny(text, "\t\n\r\v\f\u0085\u00a0\u2003") && back != text {
			t.Fatalf("%q came back as %q", text, back)
		}
		again, err := pieces("body", back)
		if err != nil || len(again) != len(list) {
			t.Fatalf("%q is read otherwise the second time: %v", back, err)
		}
		for _, name := range named(list) {
			if !validVariable(name) {
				t.Fatalf("%q is taken for a variable", name)
			}
		}
	})
}

func TestAddressesStayAddresses(t *testing.T) {
	for value, want := range map[string]string{
		"1001": "1001", "a b": "a%20b", "ação": "a%C3%A7%C3%A3o", "x?y=1&z=%20": "x?y=1&z=%20", "<\n>": "%3C%0A%3E",
	} {
		if got := addressSafe(value); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}
