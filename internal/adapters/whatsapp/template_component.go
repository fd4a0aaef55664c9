package whatsapp

import (
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/adapters/meta"
	"prosa/internal/modules/template"
)

// templateComponent is a component as a template is made of it (Business
// Management API, template components).
type templateComponent struct {
	Type    string           `json:"type"`
	Format  string           `json:"format,omitempty"`
	Text    string           `json:"text,omitempty"`
	Example *templateExample `json:"example,omitzero"`
	Buttons []templateButton `json:"buttons,omitempty"`
}

// templateExample shows the reviewers what stands at the variables: by number in
// one row, or by name.
type templateExample struct {
	Header      []string       `json:"header_text,omitempty"`
	Handle      []string       `json:"header_handle,omitempty"`
	Body        [][]string     `json:"body_text,omitempty"`
	HeaderNamed []namedExample `json:"header_text_named_params,omitempty"`
	BodyNamed   []namedExample `json:"body_text_named_params,omitempty"`
}

type namedExample struct {
	Name    string `json:"param_name"`
	Example string `json:"example"`
}

// templateButton's Example is a list of whole addresses for a URL, and one code
// for a code to copy; Meta reads either out as a list.
type templateButton struct {
	Type    string         `json:"type"`
	Text    string         `json:"text,omitempty"`
	URL     string         `json:"url,omitempty"`
	Phone   string         `json:"phone_number,omitempty"`
	Example jsontext.Value `json:"example,omitzero"`
}

// componentsOf writes a definition in Meta's form.
func componentsOf(draft template.Draft) []templateComponent {
	d := draft.Definition
	var list []templateComponent
	if h := d.Header; h != nil {
		header := templateComponent{Type: "HEADER", Format: strings.ToUpper(h.Kind)}
		switch {
		case h.Kind == template.HeaderText:
			header.Text, header.Example = h.Text, examples(d, "header.")
		case draft.Handle != "":
			header.Example = &templateExample{Handle: []string{draft.Handle}}
		}
		list = append(list, header)
	}
	list = append(list, templateComponent{Type: "BODY", Text: d.Body, Example: examples(d, "")})
	if d.Footer != "" {
		list = append(list, templateComponent{Type: "FOOTER", Text: d.Footer})
	}
	if len(d.Buttons) > 0 {
		row := templateComponent{Type: "BUTTONS"}
		for n, b := range d.Buttons {
			row.Buttons = append(row.Buttons, buttonOf(b, d.Samples["button."+strconv.Itoa(n+1)]))
		}
		list = append(list, row)
	}
	return list
}

// examples gives the samples of the header ("header.") or of the body ("").
func examples(d template.Definition, prefix string) *templateExample {
	var names []string
	for key := range d.Samples {
		name, ours := strings.CutPrefix(key, prefix)
		if ours && name != "" && !strings.Contains(name, ".") {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.SortFunc(names, func(a, b string) int {
		if len(a) != len(b) && d.Format == template.Positional {
			return len(a) - len(b) // "2" before "10"
		}
		return strings.Compare(a, b)
	})
	var row []string
	var byName []namedExample
	for _, name := range names {
		row = append(row, d.Samples[prefix+name])
		byName = append(byName, namedExample{Name: name, Example: d.Samples[prefix+name]})
	}
	switch named := d.Format == template.Named; {
	case prefix == "" && named:
		return &templateExample{BodyNamed: byName}
	case prefix == "":
		return &templateExample{Body: [][]string{row}}
	case named:
		return &templateExample{HeaderNamed: byName}
	default:
		return &templateExample{Header: row}
	}
}

func buttonOf(b template.Button, sample string) templateButton {
	out := templateButton{Type: strings.ToUpper(b.Kind), Text: b.Text, URL: b.URL, Phone: b.Phone}
	switch {
	case b.Kind == template.ButtonURL && sample != "":
		out.Example = slices.Concat(jsontext.Value("["), quote(nil, strings.Replace(b.URL, "{{1}}", sample, 1)), jsontext.Value("]"))
	case b.Kind == template.ButtonCode:
		out.Text, out.Example = "", quote(nil, sample)
	}
	return out
}

// readTemplate reads a template as Meta lists it; false for what has no name.
func readTemplate(raw jsontext.Value) (template.Seen, bool) {
	var seen template.Seen
	var components jsontext.Value
	var format string
	for name, value := range meta.Members(raw) {
		text, _ := meta.TextOf(value)
		switch string(name) {
		case "id":
			seen.ExternalID = text
		case "name":
			seen.Name = text
		case "language":
			seen.Language = text
		case "category":
			seen.Category = template.Category(strings.ToLower(text))
		case "status":
			seen.Status = template.Status(strings.ToLower(text))
		case "rejected_reason":
			if text != "NONE" {
				seen.Reason = text
			}
		case "parameter_format":
			format = strings.ToLower(text)
		case "quality_score":
			seen.Quality = scoreOf(value)
		case "components":
			components = value
		}
	}
	if seen.Name == "" || seen.Language == "" {
		return seen, false
	}
	seen.Definition = definitionOf(components, template.Format(format), seen.Category)
	return seen, true
}

// scoreOf reads quality_score, an object with a score or the word itself.
func scoreOf(value jsontext.Value) string {
	score, _ := meta.TextOf(value)
	for name, member := range meta.Members(value) {
		if string(name) == "score" {
			score, _ = meta.TextOf(member)
		}
	}
	return strings.ToLower(score)
}

// fillable are the kinds of button that need nothing of us, or what we have.
// Others (products, payments) make a template one that we can't send.
var fillable = []string{
	template.ButtonReply, template.ButtonURL, template.ButtonPhone, template.ButtonCode, template.ButtonOTP, "flow", "catalog", "voice_call",
}

// definitionOf reads components. A part that is of another form than documented
// is as if it were not there; what can't be filled in is named.
func definitionOf(components jsontext.Value, format template.Format, category template.Category) template.Definition {
	d := template.Definition{Format: format, Samples: map[string]string{}}
	elements, _ := meta.Elements(components)
	for _, raw := range elements {
		var c templateComponent
		if meta.Read(raw, &c) != nil {
			// The examples are the part whose form differs most.
			var plain struct {
				Type   string `json:"type"`
				Format string `json:"format"`
				Text   string `json:"text"`
			}
			if meta.Read(raw, &plain) != nil {
				continue
			}
			c = templateComponent{Type: plain.Type, Format: plain.Format, Text: plain.Text}
		}
		switch strings.ToUpper(c.Type) {
		case "HEADER":
			d.Header = &template.Header{Kind: strings.ToLower(c.Format), Text: c.Text}
			sampled(&d, "header.", c.Example)
		case "BODY":
			d.Body = c.Text
			sampled(&d, "", c.Example)
		case "FOOTER":
			d.Footer = c.Text
		case "BUTTONS":
			for n, b := range c.Buttons {
				readButton(&d, n, b, category)
			}
		default:
			d.Foreign = append(d.Foreign, strings.ToLower(c.Type))
		}
	}
	if h := d.Header; h != nil && !slices.Contains([]string{template.HeaderText, template.HeaderImage, template.HeaderVideo, template.HeaderDocument, template.HeaderLocation}, h.Kind) {
		d.Foreign = append(d.Foreign, "header "+h.Kind)
	}
	if d.Format != template.Named {
		d.Format = template.Positional
	}
	return d
}

func sampled(d *template.Definition, prefix string, e *templateExample) {
	if e == nil {
		return
	}
	row, named := e.Header, e.HeaderNamed
	if prefix == "" {
		if row, named = nil, e.BodyNamed; len(e.Body) > 0 {
			row = e.Body[0]
		}
	}
	for n, sample := range row {
		d.Samples[prefix+strconv.Itoa(n+1)] = sample
	}
	for _, n := range named {
		d.Samples[prefix+n.Name], d.Format = n.Example, template.Named
	}
}

func readButton(d *template.Definition, n int, b templateButton, category template.Category) {
	kind := strings.ToLower(b.Type)
	if category == template.Authentication && kind == template.ButtonURL {
		kind = template.ButtonOTP // which is how Meta lists it once it is made
	}
	if !slices.Contains(fillable, kind) {
		d.Foreign = append(d.Foreign, "button "+kind)
	}
	button := template.Button{Kind: kind, Text: b.Text, Phone: b.Phone}
	if kind == template.ButtonURL {
		button.URL = b.URL
	}
	d.Buttons = append(d.Buttons, button)
	sample := firstText(b.Example)
	if sample == "" {
		return
	}
	key := "button." + strconv.Itoa(n+1)
	switch fixed, variable := strings.CutSuffix(button.URL, "{{1}}"); {
	case kind == template.ButtonCode:
		d.Samples[key] = sample
	case kind == template.ButtonURL && variable:
		d.Samples[key] = strings.TrimPrefix(sample, fixed)
	}
}

// firstText gives a text, or the first of a list of texts.
func firstText(value jsontext.Value) string {
	if value.Kind() == '[' {
		var list []string
		if json.Unmarshal(value, &list) != nil || len(list) == 0 {
			return ""
		}
		return list[0]
	}
	text, _ := meta.TextOf(value)
	return text
}
