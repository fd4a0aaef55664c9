package template

import (
	"encoding/json"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/message"
)

// fill makes a message of an approved template. The error says what is missing,
// on "values.KEY" or "header".
func (t *Template) fill(values map[string]string, header *message.Media) (message.TemplateRef, error) {
	if err := refuse(t); err != nil {
		return message.TemplateRef{}, err
	}
	f := filling{d: &t.Definition, values: values}
	if err := f.all(header); err != nil {
		return message.TemplateRef{}, err
	}
	components, err := json.Marshal(f.components)
	if err != nil {
		return message.TemplateRef{}, fault.Wrap(err, fault.Internal, "a template could not be written")
	}
	ref := message.TemplateRef{ID: t.ID, Name: t.Name, Language: t.Language, Category: string(t.Category), Header: f.header, Shown: &f.shown}
	if len(f.components) > 0 {
		ref.Components = components
	}
	return ref, nil
}

// refuse says in a sentence why a template can't be sent.
func refuse(t *Template) error {
	switch t.obstacle() {
	case "":
		return nil
	case "paused":
		return fault.Refuse("template_paused", "WhatsApp has paused the template %s because of its low quality; it comes back by itself", t.Name)
	case "disabled":
		return fault.Refuse("template_disabled", "WhatsApp has disabled the template %s because of its low quality", t.Name)
	case "gone":
		return fault.Refuse("template_gone", "WhatsApp has no template %s any more", t.Name)
	case "foreign":
		return fault.Refuse("template_foreign", "the template %s has parts that can't be filled in here: %s", t.Name, strings.Join(t.Foreign, ", "))
	default:
		return fault.Refuse("template_not_approved", "WhatsApp has not approved the template %s yet", t.Name)
	}
}

// filling is a template on its way to a customer.
type filling struct {
	d          *Definition
	values     map[string]string
	components []component
	header     *message.Media
	shown      message.TemplateShown
}

// component is one of a template message (Cloud API, template object).
type component struct {
	Type       string      `json:"type"`
	SubType    string      `json:"sub_type,omitempty"`
	Index      string      `json:"index,omitempty"`
	Parameters []parameter `json:"parameters"`
}

type parameter struct {
	Type     string      `json:"type"`
	Name     string      `json:"parameter_name,omitempty"`
	Text     string      `json:"text,omitempty"`
	Code     string      `json:"coupon_code,omitempty"`
	Image    *fileBody   `json:"image,omitempty"`
	Video    *fileBody   `json:"video,omitempty"`
	Document *fileBody   `json:"document,omitempty"`
	Location *placeBody  `json:"location,omitempty"`
	Action   *actionBody `json:"action,omitempty"`
}

type actionBody struct {
	Token string `json:"flow_token"`
}

// fileBody gets its id when the file has been uploaded.
type fileBody struct {
	Name string `json:"filename,omitempty"`
}

type placeBody struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
}

func (f *filling) all(header *message.Media) error {
	for key := range f.values {
		if !f.knows(key) {
			return fault.OnField("values."+key, "the template has no such variable")
		}
	}
	if err := f.head(header); err != nil {
		return err
	}
	text, err := f.text("body", "", f.d.Body, maxBody)
	if err != nil {
		return err
	}
	f.shown.Text, f.shown.Footer = text, f.d.Footer
	return f.buttons()
}

func (f *filling) knows(key string) bool {
	for _, v := range f.d.variables() {
		if v.Key == key {
			return true
		}
	}
	return false
}

// value gives what a variable is filled with. Error: fault.Invalid on it.
func (f *filling) value(key string, limit int) (string, error) {
	value := oneLine(f.values[key])
	if value == "" {
		return "", fault.OnField("values."+key, "is missing")
	}
	return value, within("values."+key, value, limit)
}

// text fills a text in and adds its component; what it grows to is bounded as
// the text itself is.
func (f *filling) text(kind, prefix, source string, limit int) (string, error) {
	parsed := meant(source)
	part := component{Type: kind}
	filled := map[string]string{}
	for _, name := range inOrder(named(parsed), f.d.Format) {
		value, err := f.value(prefix+name, limit)
		if err != nil {
			return "", err
		}
		filled[name] = value
		p := parameter{Type: "text", Text: value}
		if f.d.Format == Named {
			p.Name = name
		}
		part.Parameters = append(part.Parameters, p)
	}
	text := join(parsed, func(name string) (string, bool) { value, ok := filled[name]; return value, ok })
	if n := size(text); n > limit {
		return "", fault.OnField("values", "with these values the %s has %d characters; at most %d are allowed", kind, n, limit)
	}
	if len(part.Parameters) > 0 {
		f.components = append(f.components, part)
	}
	return text, nil
}

// inOrder sorts numbered variables by their number, which is how the platform
// counts parameters. Names are told by name and stay.
func inOrder(names []string, format Format) []string {
	if format != Positional {
		return names
	}
	sorted := make([]string, 0, len(names))
	for n := 1; len(sorted) < len(names) && n < 1000; n++ {
		for _, name := range names {
			if name == strconv.Itoa(n) {
				sorted = append(sorted, name)
			}
		}
	}
	return sorted
}

func (f *filling) head(given *message.Media) error {
	h := f.d.Header
	if h == nil || h.Kind == HeaderText || h.Kind == HeaderLocation {
		if given != nil {
			return fault.OnField("header", "the template shows no file above its words")
		}
	}
	if h == nil {
		return nil
	}
	switch h.Kind {
	case HeaderText:
		text, err := f.text("header", "header.", h.Text, maxHeader)
		f.shown.Header = text
		return err
	case HeaderLocation:
		return f.place()
	}
	if given == nil {
		given = h.Sample
	}
	if err := checkFile("header", h.Kind, given); err != nil {
		return err
	}
	file, p := *given, parameter{Type: h.Kind}
	switch h.Kind {
	case HeaderImage:
		p.Image = &fileBody{}
	case HeaderVideo:
		p.Video = &fileBody{}
	default:
		p.Document = &fileBody{Name: file.Name}
	}
	f.header, f.components = &file, append(f.components, component{Type: "header", Parameters: []parameter{p}})
	return nil
}

func (f *filling) place() error {
	var place placeBody
	for _, angle := range []struct {
		key   string
		into  *float64
		limit float64
	}{{"header.latitude", &place.Latitude, 90}, {"header.longitude", &place.Longitude, 180}} {
		text, err := f.value(angle.key, maxPlace)
		if err != nil {
			return err
		}
		number, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
		if err != nil || !(number >= -angle.limit && number <= angle.limit) {
			return fault.OnField("values."+angle.key, "must be a number of degrees, at most %v", angle.limit)
		}
		*angle.into = number
	}
	for _, words := range []struct {
		key  string
		into *string
	}{{"header.name", &place.Name}, {"header.address", &place.Address}} {
		text, err := f.value(words.key, maxPlace)
		if err != nil {
			return err
		}
		*words.into = text
	}
	f.shown.Header = place.Name + "\n" + place.Address
	f.components = append(f.components, component{Type: "header", Parameters: []parameter{{Type: "location", Location: &place}}})
	return nil
}

func (f *filling) buttons() error {
	for n, b := range f.d.Buttons {
		label := b.Text
		part := component{Type: "button", SubType: b.Kind, Index: strconv.Itoa(n)}
		switch {
		case b.Kind == ButtonURL && strings.Contains(b.URL, "{{"):
			value, err := f.value(buttonKey(n), maxURL)
			if err != nil {
				return err
			}
			value = addressSafe(value)
			if n := size(strings.Replace(b.URL, "{{1}}", value, 1)); n > maxURL {
				return fault.OnField("values."+buttonKey(n), "the address has %d characters; at most %d are allowed", n, maxURL)
			}
			part.Parameters = []parameter{{Type: "text", Text: value}}
		case b.Kind == ButtonCode:
			value, err := f.value(buttonKey(n), maxCode)
			if err != nil {
				return err
			}
			part.Parameters = []parameter{{Type: "coupon_code", Code: value}}
			if label == "" {
				label = value
			}
		case b.Kind == "flow":
			// A form wants its button named; the token is Meta's own default.
			part.Parameters = []parameter{{Type: "action", Action: &actionBody{Token: "unused"}}}
		case b.Kind == ButtonOTP:
			// The code stands in the body, and the button copies it.
			value, err := f.value("1", maxCode)
			if err != nil {
				return err
			}
			part.SubType, part.Parameters = ButtonURL, []parameter{{Type: "text", Text: value}}
		}
		f.shown.Buttons = append(f.shown.Buttons, label)
		if len(part.Parameters) > 0 {
			f.components = append(f.components, part)
		}
	}
	return nil
}

// addressSafe escapes what can't stand in an address; what is escaped already
// stays as it is.
func addressSafe(value string) string {
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%"
	var out strings.Builder
	for i := range len(value) {
		if strings.IndexByte(plain, value[i]) >= 0 {
			out.WriteByte(value[i])
		} else {
			out.WriteString("%" + strings.ToUpper(strconv.FormatUint(uint64(value[i])|0x100, 16)[1:]))
		}
	}
	return out.String()
}

// Preview is a template as the customer would see it, with what is still
// missing.
type Preview struct {
	Shown   message.TemplateShown `json:"shown"`
	Missing []string              `json:"missing" doc:"Keys of variables without a value; in the preview they stand as they are written."`
}

// preview fills in what there is.
func (d *Definition) preview(values map[string]string) Preview {
	p := Preview{Missing: []string{}}
	for _, v := range d.variables() {
		if oneLine(values[v.Key]) == "" {
			p.Missing = append(p.Missing, v.Key)
		}
	}
	show := func(prefix, source string) string {
		return join(meant(source), func(name string) (string, bool) { value := oneLine(values[prefix+name]); return value, value != "" })
	}
	if d.Header != nil && d.Header.Kind == HeaderText {
		p.Shown.Header = show("header.", d.Header.Text)
	}
	p.Shown.Text, p.Shown.Footer = show("", d.Body), d.Footer
	for _, b := range d.Buttons {
		p.Shown.Buttons = append(p.Shown.Buttons, b.Text)
	}
	return p
}
