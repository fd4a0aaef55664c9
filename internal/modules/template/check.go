package template

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/platform/database"
)

// Limits in UTF-16 units (Business Management API, components of templates).
const (
	maxName   = 512
	maxHeader = 60
	maxBody   = 1024
	maxFooter = 60
	maxLabel  = 25
	maxURL    = 2000
	maxPhone  = 20
	maxCode   = 15
	maxPlace  = 100
)

// How many buttons a template may have, by kind and in all.
const maxButtons = 10

var most = map[string]int{ButtonReply: maxButtons, ButtonURL: 2, ButtonPhone: 1, ButtonCode: 1}

// Files of headers: MIME types and bytes (Cloud API, supported media types).
var headerFiles = map[string]struct {
	types []string
	most  int64
}{
	HeaderImage:    {[]string{"image/jpeg", "image/png"}, 5 << 20},
	HeaderVideo:    {[]string{"video/mp4", "video/3gpp"}, 16 << 20},
	HeaderDocument: {[]string{"application/pdf"}, 100 << 20},
}

var (
	validName     = regexp.MustCompile(`^[a-z0-9_]+$`)
	validLanguage = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z]{2,4})?$`)
	validPhone    = regexp.MustCompile(`^\+?[0-9]{6,19}$`)
)

func size(text string) int { return message.Size{Unit: message.UTF16}.Of(text) }

func within(field, text string, limit int) error {
	if n := size(text); n > limit {
		return fault.OnField(field, "has %d characters; at most %d are allowed", n, limit)
	}
	if err := database.Text(text); err != nil {
		return fault.OnField(field, "the text is not valid")
	}
	return nil
}

// checkHead holds the name, language and category against the rules.
func checkHead(name, language string, category Category) error {
	switch {
	case !validName.MatchString(name) || len(name) > maxName:
		return fault.OnField("name", "use 1 to %d small letters without accents, digits and underscores", maxName)
	case !validLanguage.MatchString(language):
		return fault.OnField("language", "is not a language of WhatsApp, such as pt_BR")
	case category == Authentication:
		return fault.OnField("category", "templates with codes for signing in are made at WhatsApp Manager; here they can be sent")
	case category != Marketing && category != Utility:
		return fault.OnField("category", "must be marketing or utility")
	}
	return nil
}

// check holds what a person wrote against the platform's rules of form, and
// fills in the format. The first rule that is broken comes back, on its field.
func (d *Definition) check() error {
	body, err := d.checkBody()
	if err != nil {
		return err
	}
	var header []piece
	if d.Header != nil && d.Header.Kind == HeaderText {
		if header, err = pieces("header.text", d.Header.Text); err != nil {
			return err
		}
	}
	d.Format = formatOf(body, header)
	if err := checkVariables("body", body, d.Format); err != nil {
		return err
	}
	if err := checkEdges("body", body); err != nil {
		return err
	}
	for _, check := range []func() error{func() error { return d.checkHeader(header) }, d.checkFooter, d.checkButtons, d.checkSamples} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (d *Definition) checkBody() ([]piece, error) {
	d.Body = strings.ReplaceAll(d.Body, "\r\n", "\n")
	if strings.TrimSpace(d.Body) == "" {
		return nil, fault.OnField("body", "write the message")
	}
	if err := within("body", d.Body, maxBody); err != nil {
		return nil, err
	}
	if strings.Contains(d.Body, "\n\n\n") {
		return nil, fault.OnField("body", "at most one empty line between paragraphs")
	}
	if strings.Contains(d.Body, "     ") {
		return nil, fault.OnField("body", "at most four spaces in a row")
	}
	return pieces("body", d.Body)
}

func (d *Definition) checkHeader(parsed []piece) error {
	h := d.Header
	if h == nil {
		return nil
	}
	switch h.Kind {
	case HeaderText:
		h.Sample = nil
		if strings.TrimSpace(h.Text) == "" {
			return fault.OnField("header.text", "write the header, or leave it out")
		}
		if err := within("header.text", h.Text, maxHeader); err != nil {
			return err
		}
		if strings.ContainsAny(h.Text, "\n*_~`") {
			return fault.OnField("header.text", "a header has one line, without the marks * _ ~ `")
		}
		if len(named(parsed)) > 1 {
			return fault.OnField("header.text", "a header holds at most one variable")
		}
		return checkVariables("header.text", parsed, d.Format)
	case HeaderImage, HeaderVideo, HeaderDocument:
		h.Text = ""
		return checkFile("header.sample", h.Kind, h.Sample)
	case HeaderLocation:
		h.Text, h.Sample = "", nil
		return nil
	default:
		return fault.OnField("header.kind", "must be text, image, video, document or location")
	}
}

// checkFile holds a file against what a header of the kind takes.
func checkFile(field, kind string, file *message.Media) error {
	rule := headerFiles[kind]
	if file == nil || file.Blob == "" {
		return fault.OnField(field, "choose a file for the header")
	}
	mime, _, _ := strings.Cut(file.MIME, ";")
	switch {
	case !slices.Contains(rule.types, strings.ToLower(strings.TrimSpace(mime))):
		return fault.OnField(field, "a header of kind %s takes files of type %s", kind, strings.Join(rule.types, ", "))
	case file.Size > rule.most:
		return fault.OnField(field, "the file has %d bytes; at most %d are allowed", file.Size, rule.most)
	}
	return nil
}

func (d *Definition) checkFooter() error {
	if d.Footer == "" {
		return nil
	}
	if strings.TrimSpace(d.Footer) == "" || strings.Contains(d.Footer, "\n") {
		return fault.OnField("footer", "write one line, or leave the footer out")
	}
	if strings.Contains(d.Footer, "{{") {
		return fault.OnField("footer", "a footer holds no variables")
	}
	return within("footer", d.Footer, maxFooter)
}

func (d *Definition) checkButtons() error {
	if len(d.Buttons) > maxButtons {
		return fault.OnField("buttons", "at most %d buttons", maxButtons)
	}
	count, labels, groups := map[string]int{}, map[string]bool{}, 0
	for n := range d.Buttons {
		b := &d.Buttons[n]
		field := "buttons." + strconv.Itoa(n)
		limit, known := most[b.Kind]
		if !known {
			return fault.OnField(field+".kind", "must be quick_reply, url, phone_number or copy_code")
		}
		if count[b.Kind]++; count[b.Kind] > limit {
			return fault.OnField(field+".kind", "at most %d of this kind", limit)
		}
		if n == 0 || (d.Buttons[n-1].Kind == ButtonReply) != (b.Kind == ButtonReply) {
			groups++
		}
		if err := b.check(field); err != nil {
			return err
		}
		if labels[b.Text] && b.Text != "" {
			return fault.OnField(field+".text", "two buttons have the same label")
		}
		labels[b.Text] = true
	}
	if groups > 2 {
		return fault.OnField("buttons", "put the quick replies together: the other buttons stand before or behind all of them")
	}
	return nil
}

func (b *Button) check(field string) error {
	if b.Kind != ButtonCode {
		b.Text = strings.TrimSpace(b.Text)
		if b.Text == "" {
			return fault.OnField(field+".text", "write the label")
		}
		if strings.ContainsAny(b.Text, "\n{}") {
			return fault.OnField(field+".text", "a label is one line without variables")
		}
		if err := within(field+".text", b.Text, maxLabel); err != nil {
			return err
		}
	}
	switch b.Kind {
	case ButtonURL:
		b.Phone = ""
		return checkURL(field+".url", b.URL)
	case ButtonPhone:
		b.URL = ""
		b.Phone = strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) || strings.ContainsRune("()-.", r) {
				return -1
			}
			return r
		}, b.Phone)
		if !validPhone.MatchString(b.Phone) || len(b.Phone) > maxPhone {
			return fault.OnField(field+".phone", "write the number with its country, such as +5511940001000")
		}
	default:
		b.URL, b.Phone = "", ""
	}
	return nil
}

// checkURL takes an address with at most one variable, {{1}}, at its end.
func checkURL(field, text string) error {
	if err := within(field, text, maxURL); err != nil {
		return err
	}
	fixed, variable := strings.CutSuffix(text, "{{1}}")
	if strings.ContainsAny(fixed, "{} \t\n") {
		return fault.OnField(field, "an address holds at most one variable, {{1}}, at its end")
	}
	parsed, err := url.Parse(fixed)
	if err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http" {
		return fault.OnField(field, "must be a whole address that begins with https://")
	}
	if variable && parsed.Path == "" && parsed.RawQuery == "" {
		return fault.OnField(field, "put a / before the variable: who decides the host must be you")
	}
	return nil
}

// checkSamples wants a sample for each variable and drops the others.
func (d *Definition) checkSamples() error {
	kept := map[string]string{}
	for _, v := range d.variables() {
		if strings.HasPrefix(v.Key, "header.") && d.Header.Kind == HeaderLocation {
			continue // the platform wants none
		}
		sample := oneLine(d.Samples[v.Key])
		if sample == "" {
			return fault.OnField("samples."+v.Key, "give an example of this variable: reviewers see it")
		}
		if err := within("samples."+v.Key, sample, v.Max); err != nil {
			return err
		}
		kept[v.Key] = sample
	}
	d.Samples = kept
	return nil
}

func buttonKey(n int) string { return "button." + strconv.Itoa(n+1) }

// oneLine puts a value on one line: the platform takes no line breaks, tabs or
// more than four spaces in a row in a parameter (132018 else).
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
