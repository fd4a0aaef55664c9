package meta

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// definition is what a template is made of, read from its components. Source:
// "Template components" and "Message templates" of the Business Management API.
type definition struct {
	named      bool
	headerKind string // "", TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION
	headerText string
	header     []string // variables, in the order of their first use
	bodyText   string
	body       []string
	footer     string
	buttons    []templateButton
	cards      []definition
	offer      bool
}

type templateButton struct {
	Type    string
	Text    string
	URL     string
	Phone   string
	Example []string
}

// variable says whether the address of a button ends in one.
func (b templateButton) variable() bool { return strings.Contains(b.URL, "{{") }

// Subcodes of refused templates.
const (
	subcodeLong      = 2388040
	subcodeHeader    = 2388047
	subcodeBody      = 2388072
	subcodeFooter    = 2388073
	subcodeNameTaken = 2388024
	subcodeNameKept  = 2388023
	subcodeFewWords  = 2388293
	subcodeEdge      = 2388299
	subcodeEdits     = 2388025 // no edit is allowed now
)

// templateError is the error of a template that breaks a rule.
func templateError(subcode int, title, text string, args ...any) *graphError {
	e := invalid("Invalid parameter")
	e.Message = "Invalid parameter"
	e.Subcode, e.UserTitle, e.UserMsg = subcode, title, fmt.Sprintf(text, args...)
	return e
}

var (
	templateName     = regexp.MustCompile(`^[a-z0-9_]{1,512}$`)
	templateLanguage = regexp.MustCompile(`^[a-z]{2,3}(_[A-Za-z]{2,4})?$`)
	variableForm     = regexp.MustCompile(`\{\{([^{}]*)\}\}`)
	variableName     = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)
)

// variables lists the variables of a text in the order of their first use.
// Positional ones must count from 1 without a gap.
func variables(text string, named bool) ([]string, bool) {
	var found []string
	for _, match := range variableForm.FindAllStringSubmatch(text, -1) {
		name := strings.TrimSpace(match[1])
		if !slices.Contains(found, name) {
			found = append(found, name)
		}
		if _, err := strconv.Atoi(name); named && !variableName.MatchString(name) || !named && err != nil {
			return found, false
		}
	}
	if !named {
		sort.Slice(found, func(i, j int) bool { a, _ := strconv.Atoi(found[i]); b, _ := strconv.Atoi(found[j]); return a < b })
		for i, name := range found {
			if name != strconv.Itoa(i+1) {
				return found, false
			}
		}
	}
	return found, true
}

// readDefinition checks components; review says that they are new, so that
// examples must be there.
func readDefinition(components []object, named, review bool) (definition, *graphError) {
	d := definition{named: named}
	seen := map[string]bool{}
	for _, component := range components {
		kind := strings.ToUpper(component.text("type", 0))
		if seen[kind] {
			return d, templateError(subcodeBody, "Template components are not valid", "There is more than one component of type %s.", kind)
		}
		seen[kind] = true
		var err *graphError
		switch kind {
		case "HEADER":
			err = d.readHeader(component, review)
		case "BODY":
			err = d.readBody(component, review)
		case "FOOTER":
			d.footer = component.maybe("text", 0)
			err = d.checkFooter(component)
		case "BUTTONS":
			err = d.readButtons(component)
		case "CAROUSEL":
			err = d.readCards(component, review)
		case "LIMITED_TIME_OFFER":
			d.offer = true
			if offer := component.object("limited_time_offer").maybe("text", 0); utf8.RuneCountInString(offer) > 16 {
				err = templateError(subcodeLong, "Offer text is too long", "The text of a limited-time offer has at most 16 characters.")
			}
		default:
			err = invalid("Param components[]['type'] must be one of {HEADER, BODY, FOOTER, BUTTONS, CAROUSEL, LIMITED_TIME_OFFER} - got %q.", kind)
		}
		if err == nil {
			err = component.check.err
		}
		if err != nil {
			return d, err
		}
	}
	return d, nil
}

func (d *definition) readHeader(component object, review bool) *graphError {
	d.headerKind = strings.ToUpper(component.text("format", 0))
	switch d.headerKind {
	case "TEXT":
		d.headerText = component.text("text", 0)
		found, ok := variables(d.headerText, d.named)
		d.header = found
		switch {
		case utf8.RuneCountInString(d.headerText) > 60:
			return templateError(subcodeLong, "Header is too long", "The header has at most 60 characters.")
		case !ok || len(found) > 1 || strings.ContainsAny(d.headerText, "\n*_~"):
			return templateError(subcodeHeader, "Header Format is Incorrect", "The message header can't have any new lines, formatting characters, emojis or asterisks, and at most one variable.")
		case review && len(found) == 1 && !examples(component, "header_text", "header_text_named_params", 1):
			return templateError(subcodeHeader, "Header example is missing", "A header with a variable needs an example.")
		}
	case "IMAGE", "VIDEO", "DOCUMENT":
		if review && !examples(component, "header_handle", "", 1) {
			return templateError(subcodeHeader, "Header example is missing", "A header of format %s needs an example: the handle of an uploaded file.", d.headerKind)
		}
	case "LOCATION":
	default:
		return invalid("Param components[]['format'] must be one of {TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION} - got %q.", d.headerKind)
	}
	return nil
}

func (d *definition) readBody(component object, review bool) *graphError {
	d.bodyText = component.maybe("text", 0) // an authentication template has none of its own
	found, ok := variables(d.bodyText, d.named)
	d.body = found
	trimmed := strings.TrimSpace(d.bodyText)
	switch {
	case utf8.RuneCountInString(d.bodyText) > 1024:
		return templateError(subcodeLong, "Body is too long", "The body has at most 1024 characters.")
	case !ok:
		return templateError(subcodeBody, "Variables are not valid", "Variables are numbered from {{1}} without a gap, or have names of lowercase letters, digits and underscores.")
	case strings.HasPrefix(trimmed, "{{") || strings.HasSuffix(trimmed, "}}"):
		return templateError(subcodeEdge, "Variables can't be at the start or end of the template", "The body can't begin or end with a variable.")
	case strings.Contains(d.bodyText, "\n\n\n\n") || strings.Contains(d.bodyText, "     "):
		return templateError(subcodeBody, "Body Format is Incorrect", "The body can't have more than three consecutive new lines or four consecutive spaces.")
	case review && len(strings.Fields(variableForm.ReplaceAllString(d.bodyText, ""))) < len(found)+1 && len(found) > 0:
		return templateError(subcodeFewWords, "This template contains too many variable parameters relative to the message length", "Use fewer variables or more words.")
	case review && len(found) > 0 && !examples(component, "body_text", "body_text_named_params", len(found)):
		return templateError(subcodeBody, "Body example is missing", "The body has %d variables and needs an example of each.", len(found))
	}
	return nil
}

// examples reports whether a component's example has count values, under its
// positional or its named member.
func examples(component object, positional, named string, count int) bool {
	if !component.has("example") {
		return false
	}
	example := component.object("example")
	if values, ok := example.m[named].([]any); ok && named != "" {
		return len(values) == count
	}
	values, _ := example.m[positional].([]any)
	if len(values) == 1 {
		if inner, ok := values[0].([]any); ok { // body_text is a list of lists
			values = inner
		}
	}
	return len(values) == count
}

func (d *definition) checkFooter(component object) *graphError {
	switch {
	case utf8.RuneCountInString(d.footer) > 60:
		return templateError(subcodeLong, "Footer is too long", "The footer has at most 60 characters.")
	case strings.Contains(d.footer, "{{"):
		return templateError(subcodeFooter, "Footer Format is Incorrect", "The footer can't have variables.")
	case d.footer == "" && !component.has("code_expiration_minutes"):
		return templateError(subcodeFooter, "Footer Format is Incorrect", "The footer has no text.")
	}
	return nil
}

// readButtons checks the buttons: ten in all, quick replies in one group, labels
// of 25 characters, two addresses, one telephone, one code.
func (d *definition) readButtons(component object) *graphError {
	buttons := component.list("buttons")
	if len(buttons) == 0 || len(buttons) > 10 {
		return invalid("Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 10")
	}
	counts := map[string]int{}
	groups := 0
	for i, raw := range buttons {
		b := templateButton{Type: strings.ToUpper(raw.text("type", 0)), Text: raw.maybe("text", 0), URL: raw.maybe("url", 2000), Phone: raw.maybe("phone_number", 20)}
		if list, ok := raw.m["example"].([]any); ok {
			for _, item := range list {
				b.Example = append(b.Example, fmt.Sprint(item))
			}
		} else if raw.has("example") {
			b.Example = []string{raw.maybe("example", 0)}
		}
		counts[b.Type]++
		if quick := b.Type == "QUICK_REPLY"; i == 0 || quick != (d.buttons[i-1].Type == "QUICK_REPLY") {
			groups++
		}
		d.buttons = append(d.buttons, b)
		if err := b.check(); err != nil {
			return err
		}
	}
	switch {
	case groups > 2 || groups == 2 && d.buttons[0].Type != "QUICK_REPLY" && d.buttons[len(d.buttons)-1].Type != "QUICK_REPLY":
		return templateError(subcodeBody, "Buttons are not grouped", "Quick replies and other buttons must stand in groups.")
	case counts["URL"] > 2 || counts["PHONE_NUMBER"] > 1 || counts["COPY_CODE"] > 1 || counts["FLOW"] > 1 || counts["OTP"] > 1:
		return templateError(subcodeBody, "Too many buttons of one type", "At most 2 addresses, 1 telephone number, 1 code and 1 form are allowed.")
	}
	return nil
}

func (b templateButton) check() *graphError {
	if utf8.RuneCountInString(b.Text) > 25 {
		return templateError(subcodeLong, "Button label is too long", "A label has at most 25 characters.")
	}
	if b.Text == "" && b.Type != "OTP" && b.Type != "COPY_CODE" && b.Type != "MPM" && b.Type != "CATALOG" && b.Type != "SPM" {
		return templateError(subcodeBody, "Button label is missing", "A button of type %s needs a text.", b.Type)
	}
	switch b.Type {
	case "QUICK_REPLY", "FLOW", "OTP", "CATALOG", "MPM", "SPM", "VOICE_CALL", "ORDER_DETAILS":
	case "URL":
		bare := variableForm.ReplaceAllString(b.URL, "x")
		address, err := url.Parse(bare)
		if err != nil || address.Host == "" {
			return templateError(subcodeBody, "Button address is not valid", "%q is no address.", b.URL)
		}
		if n := strings.Count(b.URL, "{{"); n > 1 || n == 1 && !strings.HasSuffix(b.URL, "}}") {
			return templateError(subcodeBody, "Button address is not valid", "An address has at most one variable, at its end.")
		}
		if b.variable() && len(b.Example) == 0 {
			return templateError(subcodeBody, "Button example is missing", "An address with a variable needs an example.")
		}
	case "PHONE_NUMBER":
		if digits(b.Phone) == "" {
			return templateError(subcodeBody, "Button telephone number is not valid", "%q is no telephone number.", b.Phone)
		}
	case "COPY_CODE":
		if len(b.Example) == 0 || utf8.RuneCountInString(b.Example[0]) > 15 {
			return templateError(subcodeBody, "Button example is not valid", "A code needs an example of at most 15 characters.")
		}
	default:
		return invalid("Param buttons[]['type'] must be one of {QUICK_REPLY, URL, PHONE_NUMBER, COPY_CODE, OTP, FLOW, CATALOG, MPM, SPM, VOICE_CALL, ORDER_DETAILS} - got %q.", b.Type)
	}
	return nil
}

func (d *definition) readCards(component object, review bool) *graphError {
	cards := component.list("cards")
	if len(cards) < 2 || len(cards) > 10 {
		return templateError(subcodeBody, "Carousel is not valid", "A carousel has 2 to 10 cards.")
	}
	for _, card := range cards {
		read, err := readDefinition(card.list("components"), d.named, review)
		if err != nil {
			return err
		}
		if utf8.RuneCountInString(read.bodyText) > 160 {
			return templateError(subcodeLong, "Card body is too long", "The body of a card has at most 160 characters.")
		}
		if len(d.cards) > 0 && (d.cards[0].headerKind != read.headerKind || len(d.cards[0].buttons) != len(read.buttons)) {
			return templateError(subcodeBody, "Carousel is not valid", "All cards must have the same components.")
		}
		d.cards = append(d.cards, read)
	}
	return nil
}

// definition reads a kept template, which was right when it was kept.
func (t *Template) definition() definition {
	check := &checker{}
	body := check.decode(append(append([]byte(`{"components":`), t.Components...), '}'))
	if check.err != nil {
		return definition{}
	}
	d, _ := readDefinition(body.list("components"), t.Format == formatNamed, false)
	return d
}

// plainComponents are those of a template that the control API made of a body,
// a header and quick replies.
func plainComponents(t Template) json.RawMessage {
	components := []map[string]any{}
	if t.Header != "" {
		components = append(components, map[string]any{"type": "HEADER", "format": "TEXT", "text": t.Header})
	}
	components = append(components, map[string]any{"type": "BODY", "text": t.Body})
	if t.Buttons > 0 {
		buttons := []map[string]any{}
		for i := range t.Buttons {
			buttons = append(buttons, map[string]any{"type": "QUICK_REPLY", "text": fmt.Sprint("Opção ", i+1)})
		}
		components = append(components, map[string]any{"type": "BUTTONS", "buttons": buttons})
	}
	raw, err := json.Marshal(components)
	if err != nil {
		return json.RawMessage("[]")
	}
	return raw
}
