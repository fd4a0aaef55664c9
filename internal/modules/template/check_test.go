package template

import (
	"strings"
	"testing"

	"prosa/internal/message"
)

func TestWhatBreaksARuleIsRefusedOnItsField(t *testing.T) {
	for name, c := range map[string]struct {
		field  string // empty: allowed
		change func(*Definition)
	}{
		"as it is": {"", func(*Definition) {}},
		"named variables": {"", func(d *Definition) {
			d.Body = "Olá {{nome}}, tudo {{como_vai}}?"
			d.Samples["nome"], d.Samples["como_vai"] = "Ana", "bem"
		}},
		"no body":               {"body", func(d *Definition) { d.Body = " \n" }},
		"a body at its limit":   {"", func(d *Definition) { d.Body = strings.Repeat("é", maxBody) }},
		"a body over its limit": {"body", func(d *Definition) { d.Body = strings.Repeat("é", maxBody+1) }},
		"emoji count twice":     {"body", func(d *Definition) { d.Body = strings.Repeat("👍", maxBody/2+1) }},
		"two empty lines":       {"body", func(d *Definition) { d.Body = "a\n\n\nb" }},
		"five spaces":           {"body", func(d *Definition) { d.Body = "a     b" }},
		"a variable first":      {"body", func(d *Definition) { d.Body = "{{1}} chegou, {{2}} saiu." }},
		"a variable last":       {"body", func(d *Definition) { d.Body = "Saiu {{1}} e {{2}} " }},
		"a gap in the numbers":  {"body", func(d *Definition) { d.Body = "Saiu {{1}} e {{3}}." }},
		"numbers and names":     {"body", func(d *Definition) { d.Body = "Saiu {{1}} e {{nome}}." }},
		"open braces":           {"body", func(d *Definition) { d.Body = "Saiu {{1." }},
		"a capital letter":      {"body", func(d *Definition) { d.Body = "Saiu {{Nome}}." }},
		"a sample is missing":   {"samples.2", func(d *Definition) { delete(d.Samples, "2") }},
		"a button's sample too": {"samples.button.1", func(d *Definition) { delete(d.Samples, "button.1") }},
		"a text header": {"", func(d *Definition) {
			d.Header = &Header{Kind: HeaderText, Text: "Pedido {{1}}"}
			d.Samples["header.1"] = "7"
		}},
		"a long header":              {"header.text", func(d *Definition) { d.Header = &Header{Kind: HeaderText, Text: strings.Repeat("x", 61)} }},
		"two in the header":          {"header.text", func(d *Definition) { d.Header = &Header{Kind: HeaderText, Text: "x {{1}} {{2}}"} }},
		"marks in the header":        {"header.text", func(d *Definition) { d.Header = &Header{Kind: HeaderText, Text: "*x*"} }},
		"an empty header":            {"header.text", func(d *Definition) { d.Header = &Header{Kind: HeaderText} }},
		"another kind of header":     {"header.kind", func(d *Definition) { d.Header = &Header{Kind: "sticker"} }},
		"a header without its file":  {"header.sample", func(d *Definition) { d.Header.Sample = nil }},
		"a header of another type":   {"header.sample", func(d *Definition) { d.Header.Sample.MIME = "image/gif" }},
		"a header too large":         {"header.sample", func(d *Definition) { d.Header.Sample = &message.Media{Blob: "b", MIME: "image/png", Size: 5<<20 + 1} }},
		"a place above":              {"", func(d *Definition) { d.Header = &Header{Kind: HeaderLocation} }},
		"a variable in the footer":   {"footer", func(d *Definition) { d.Footer = "Oi {{1}}" }},
		"a long footer":              {"footer", func(d *Definition) { d.Footer = strings.Repeat("x", 61) }},
		"a long label":               {"buttons.0.text", func(d *Definition) { d.Buttons[0].Text = strings.Repeat("x", 26) }},
		"no label":                   {"buttons.0.text", func(d *Definition) { d.Buttons[0].Text = "" }},
		"an address without a host":  {"buttons.0.url", func(d *Definition) { d.Buttons[0].URL = "/p/{{1}}" }},
		"a variable in the middle":   {"buttons.0.url", func(d *Definition) { d.Buttons[0].URL = "https://a.example/{{1}}/x" }},
		"a variable as the host":     {"buttons.0.url", func(d *Definition) { d.Buttons[0].URL = "https://a.example{{1}}" }},
		"a kind of button elsewhere": {"buttons.0.kind", func(d *Definition) { d.Buttons[0].Kind = "flow" }},
		"three addresses": {"buttons.2.kind", func(d *Definition) {
			d.Buttons = []Button{{Kind: ButtonURL, Text: "a", URL: "https://a.example"}, {Kind: ButtonURL, Text: "b", URL: "https://a.example"}, {Kind: ButtonURL, Text: "c", URL: "https://a.example"}}
		}},
		"labels alike": {"buttons.1.text", func(d *Definition) {
			d.Buttons = []Button{{Kind: ButtonReply, Text: "a"}, {Kind: ButtonReply, Text: "a"}}
		}},
		"quick replies apart": {"buttons", func(d *Definition) {
			d.Buttons = []Button{{Kind: ButtonReply, Text: "a"}, {Kind: ButtonPhone, Text: "b", Phone: "+55 (11) 4000-1000"}, {Kind: ButtonReply, Text: "c"}}
		}},
		"a phone as people write it": {"", func(d *Definition) { d.Buttons = []Button{{Kind: ButtonPhone, Text: "b", Phone: "+55 (11) 4000-1000"}} }},
		"a phone of letters":         {"buttons.0.phone", func(d *Definition) { d.Buttons = []Button{{Kind: ButtonPhone, Text: "b", Phone: "0800-LOJA"}} }},
		"a code":                     {"", func(d *Definition) { d.Buttons = []Button{{Kind: ButtonCode}}; d.Samples["button.1"] = "QUERO10" }},
		"a code too long": {"samples.button.1", func(d *Definition) {
			d.Buttons = []Button{{Kind: ButtonCode}}
			d.Samples["button.1"] = strings.Repeat("X", 16)
		}},
		"eleven buttons": {"buttons", func(d *Definition) {
			d.Buttons = nil
			for n := range 11 {
				d.Buttons = append(d.Buttons, Button{Kind: ButtonReply, Text: itoa(n)})
			}
		}},
	} {
		d := written()
		c.change(&d)
		if err := d.check(); fieldOf(err) != c.field || (err != nil) != (c.field != "") {
			t.Errorf("%s: %v, want a fault on %q", name, err, c.field)
		}
	}
}

func TestNamesAndLanguages(t *testing.T) {
	for _, c := range []struct {
		name, language string
		category       Category
		field          string
	}{
		{"pedido_1", "pt_BR", Utility, ""}, {"a", "en", Marketing, ""}, {"Pedido", "pt_BR", Utility, "name"}, {"pedído", "pt_BR", Utility, "name"},
		{"", "pt_BR", Utility, "name"}, {strings.Repeat("a", 513), "pt_BR", Utility, "name"}, {"a", "português", Utility, "language"}, {"a", "pt-BR", Utility, "language"},
		{"a", "pt_BR", Authentication, "category"}, {"a", "pt_BR", "service", "category"},
	} {
		if err := checkHead(c.name, c.language, c.category); fieldOf(err) != c.field {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
