package meta

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// templateUse is a template as a message uses it.
type templateUse struct {
	name, language string
	header, body   []parameterUse
	buttons        []buttonUse
	cards          []templateUse
	offer          bool
}

// parameterUse is a value that a message gives.
type parameterUse struct {
	kind, name, value string
}

type buttonUse struct {
	kind   string // sub_type
	index  int
	values []parameterUse
}

// readTemplate checks the form of a template object; whether it fits the
// template itself is decided against the account's templates.
func readTemplate(template object, d *draft) {
	template.only("name", "language", "components", "namespace")
	use := &templateUse{name: template.text("name", 512)}
	language := template.object("language")
	language.only("code", "policy")
	use.language = language.text("code", 0)
	if language.has("policy") {
		language.one("policy", "deterministic")
	}
	if template.has("components") {
		for _, component := range template.list("components") {
			readComponent(component, use, d)
		}
	}
	d.template = use
}

func readComponent(component object, use *templateUse, d *draft) {
	kind := strings.ToLower(component.text("type", 0))
	switch kind {
	case "header", "body":
		component.only("type", "parameters")
		values := []parameterUse{}
		for _, parameter := range component.list("parameters") {
			values = append(values, readParameter(parameter, d))
		}
		if kind == "body" {
			use.body = values
		} else {
			use.header = values
		}
	case "button":
		readButtonUse(component, use, d)
	case "carousel":
		cards := component.list("cards")
		if len(cards) < 1 || len(cards) > 10 {
			component.check.fail(wrong("Invalid cards count. Min allowed cards: 1, Max allowed cards: 10"))
		}
		for i, card := range cards {
			if int(card.number("card_index")) != i {
				component.check.fail(wrong("Card index must be %d", i))
			}
			inner := templateUse{}
			for _, part := range card.list("components") {
				readComponent(part, &inner, d)
			}
			use.cards = append(use.cards, inner)
		}
	case "limited_time_offer":
		use.offer = true
		for _, parameter := range component.list("parameters") {
			parameter.object("limited_time_offer").number("expiration_time_ms")
		}
	case "order_status":
	default:
		component.check.fail(invalid("Param %s must be one of {HEADER, BODY, BUTTON, CAROUSEL, LIMITED_TIME_OFFER} - got %q.", component.at("type"), kind))
	}
}

func readButtonUse(component object, use *templateUse, d *draft) {
	component.only("type", "sub_type", "index", "parameters")
	button := buttonUse{kind: strings.ToLower(component.text("sub_type", 0)), index: int(component.number("index"))}
	switch button.kind {
	case "quick_reply", "url", "copy_code", "catalog", "mpm", "flow", "order_details", "voice_call":
	default:
		component.check.fail(invalid("Param %s is not a button sub_type - got %q.", component.at("sub_type"), button.kind))
	}
	if button.index < 0 || button.index > 9 {
		component.check.fail(invalid("Param %s must be between 0 and 9.", component.at("index")))
	}
	if component.has("parameters") {
		for _, parameter := range component.list("parameters") {
			button.values = append(button.values, readParameter(parameter, d))
		}
	}
	use.buttons = append(use.buttons, button)
}

// readParameter checks one parameter and gives the text that it puts in.
func readParameter(parameter object, d *draft) parameterUse {
	use := parameterUse{kind: strings.ToLower(parameter.text("type", 0)), name: parameter.maybe("parameter_name", 0)}
	switch use.kind {
	case "text":
		use.value = parameter.text("text", 1024)
	case "currency":
		use.value = parameter.object("currency").text("fallback_value", 0)
	case "date_time":
		use.value = parameter.object("date_time").text("fallback_value", 0)
	case "image", "video", "document":
		media := parameter.object(use.kind)
		media.only("id", "link", "filename")
		readReference(media, use.kind, d)
	case "location":
		readCoordinates(parameter.object("location"))
	case "payload":
		use.value = parameter.text("payload", 256)
	case "coupon_code":
		use.value = parameter.text("coupon_code", 15)
	case "action", "order_status":
	default:
		parameter.check.fail(invalid("Param %s is not a parameter type - got %q.", parameter.at("type"), use.kind))
	}
	return use
}

func templateKey(waba, name, language string) string { return waba + "/" + name + "/" + language }

// useTemplate holds a message against the account's template; the caller holds
// the lock. It gives what the customer sees and the category.
func (s *Server) useTemplate(waba string, use *templateUse) (*Shown, string, *graphError) {
	template := s.templates[templateKey(waba, use.name, use.language)]
	if template == nil {
		e := whatsappError(132001, "Template name does not exist in the translation", fmt.Sprintf("template name (%s) does not exist in %s", use.name, use.language))
		e.status = http.StatusNotFound
		return nil, "", e
	}
	switch template.Status {
	case "PAUSED":
		return nil, "", whatsappError(132015, "Template is paused", "Template is paused due to low quality")
	case "DISABLED":
		return nil, "", whatsappError(132016, "Template is disabled", "Template is disabled")
	case "APPROVED":
	default:
		return nil, "", whatsappError(132001, "Template name does not exist in the translation", "The template is not approved")
	}
	d := template.definition()
	if err := use.fits(&d, ""); err != nil {
		return nil, "", err
	}
	shown := use.shown(&d)
	return &shown, strings.ToLower(template.Category), nil
}

// shown is the template with its values.
func (use *templateUse) shown(d *definition) Shown {
	out := Shown{
		Header: fill(d.headerText, d.header, use.header), HeaderKind: d.headerKind,
		Text: fill(d.bodyText, d.body, use.body), Footer: d.footer,
	}
	if d.headerKind == "TEXT" {
		out.HeaderKind = ""
	}
	for i, button := range d.buttons {
		b := ShownButton{Type: button.Type, Text: button.Text, Value: or(button.URL, button.Phone)}
		if b.Type == "QUICK_REPLY" {
			b.Value = button.Text // unless the message gives a payload
		}
		for _, given := range use.buttons {
			if given.index != i || len(given.values) == 0 {
				continue
			}
			b.Value = given.values[0].value
			if button.Type == "URL" {
				b.Value = variableForm.ReplaceAllLiteralString(button.URL, given.values[0].value)
			}
		}
		out.Buttons = append(out.Buttons, b)
	}
	for i := range use.cards {
		out.Cards = append(out.Cards, use.cards[i].shown(&d.cards[i]))
	}
	return out
}

// fill puts values at the places of a text's variables.
func fill(text string, names []string, values []parameterUse) string {
	for i, value := range values {
		name := value.name
		if name == "" && i < len(names) {
			name = names[i]
		}
		text = strings.ReplaceAll(text, "{{"+name+"}}", value.value)
	}
	return text
}

// counted is the error of too many or too few parameters.
func counted(place string, got, want int) *graphError {
	return whatsappError(132000, "Number of parameters does not match the expected number of params",
		fmt.Sprintf("%s: number of localizable_params (%d) does not match the expected number of params (%d)", place, got, want))
}

// mismatched is the error of a parameter of another kind.
func mismatched(place, what string, args ...any) *graphError {
	return whatsappError(132012, "Parameter format does not match format in the created template", place+": "+fmt.Sprintf(what, args...))
}

// fits holds the parameters against the definition, component by component.
func (use *templateUse) fits(d *definition, place string) *graphError {
	if err := use.headerFits(d, place+"header"); err != nil {
		return err
	}
	if err := valuesFit(use.body, d.body, d.named, place+"body"); err != nil {
		return err
	}
	if err := use.buttonsFit(d, place+"button"); err != nil {
		return err
	}
	if use.offer && !d.offer {
		return mismatched(place+"limited_time_offer", "the template has no offer")
	}
	if len(use.cards) != len(d.cards) {
		return counted(place+"carousel", len(use.cards), len(d.cards))
	}
	for i := range use.cards {
		if err := use.cards[i].fits(&d.cards[i], fmt.Sprintf("%scards[%d]: ", place, i)); err != nil {
			return err
		}
	}
	return nil
}

func (use *templateUse) headerFits(d *definition, place string) *graphError {
	switch d.headerKind {
	case "", "TEXT":
		return valuesFit(use.header, d.header, d.named, place)
	}
	want := strings.ToLower(d.headerKind)
	if len(use.header) == 0 {
		return mismatched(place, "Format mismatch, expected %s, received UNKNOWN", d.headerKind)
	}
	if len(use.header) > 1 {
		return counted(place, len(use.header), 1)
	}
	if use.header[0].kind != want {
		return mismatched(place, "Format mismatch, expected %s, received %s", d.headerKind, strings.ToUpper(use.header[0].kind))
	}
	return nil
}

func valuesFit(values []parameterUse, names []string, named bool, place string) *graphError {
	if len(values) != len(names) {
		return counted(place, len(values), len(names))
	}
	for _, value := range values {
		switch {
		case value.kind != "text" && value.kind != "currency" && value.kind != "date_time":
			return mismatched(place, "a variable takes no %s", value.kind)
		case named && !slices.Contains(names, value.name):
			return mismatched(place, "Parameter name (%s) is missing or unknown", value.name)
		case !named && value.name != "":
			return mismatched(place, "the variables of the template have no names")
		case strings.Contains(value.value, "\n") || strings.Contains(value.value, "\t") || strings.Contains(value.value, "     "):
			return mismatched(place, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
		}
	}
	return nil
}

// subTypes are the kinds of button that a component may fill, with the kind of
// their parameter.
var subTypes = map[string][2]string{
	"QUICK_REPLY": {"quick_reply", "payload"}, "URL": {"url", "text"}, "OTP": {"url", "text"}, "COPY_CODE": {"copy_code", "coupon_code"},
	"CATALOG": {"catalog", "action"}, "MPM": {"mpm", "action"}, "FLOW": {"flow", "action"}, "ORDER_DETAILS": {"order_details", "action"}, "VOICE_CALL": {"voice_call", "payload"},
}

func (use *templateUse) buttonsFit(d *definition, place string) *graphError {
	given := map[int]bool{}
	for _, button := range use.buttons {
		if button.index >= len(d.buttons) {
			return mismatched(place, "there is no button at index %d", button.index)
		}
		want := subTypes[d.buttons[button.index].Type]
		if want[0] != button.kind {
			return mismatched(place, "Button at index %d is of type %s, not %s", button.index, d.buttons[button.index].Type, button.kind)
		}
		for _, value := range button.values {
			if value.kind != want[1] && (button.kind != "quick_reply" || value.kind != "text") { // older messages give a text
				return mismatched(place, "Button at index %d takes %s, not %s", button.index, want[1], value.kind)
			}
		}
		if button.kind == "url" && (len(button.values) == 1) != (d.buttons[button.index].variable() || d.buttons[button.index].Type == "OTP") {
			return mismatched(place, "Button at index %d: the address of the template has %d variables", button.index, strings.Count(d.buttons[button.index].URL, "{{"))
		}
		given[button.index] = len(button.values) > 0
	}
	for i, button := range d.buttons {
		if (button.variable() || button.Type == "COPY_CODE" || button.Type == "OTP") && !given[i] {
			return missing("buttons: Button at index %s of type %s requires a parameter", strconv.Itoa(i), button.Type)
		}
	}
	return nil
}
