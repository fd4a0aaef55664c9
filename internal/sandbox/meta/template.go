package meta

import (
	"fmt"
	"net/http"
	"sort"
	"strings"

	"prosa/internal/sandbox/stage"
)

// templateUse is a template as a message uses it.
type templateUse struct {
	name, language   string
	body, buttons    int
	hasBody          bool
	values           []string
	headerParameters int
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
		parameters := component.list("parameters")
		if kind == "body" {
			use.hasBody, use.body = true, len(parameters)
		} else {
			use.headerParameters = len(parameters)
		}
		for _, parameter := range parameters {
			value := readParameter(parameter, d)
			if kind == "body" {
				use.values = append(use.values, value)
			}
		}
	case "button":
		component.only("type", "sub_type", "index", "parameters")
		sub := strings.ToLower(component.text("sub_type", 0))
		switch sub {
		case "quick_reply", "url", "copy_code", "catalog", "mpm", "flow", "order_details", "voice_call":
		default:
			component.check.fail(invalid("Param %s is not a button sub_type - got %q.", component.at("sub_type"), sub))
		}
		if index := component.number("index"); index < 0 || index > 9 {
			component.check.fail(invalid("Param %s must be between 0 and 9.", component.at("index")))
		}
		use.buttons++
		if component.has("parameters") {
			for _, parameter := range component.list("parameters") {
				if parameter.maybe("type", 0) == "payload" {
					parameter.text("payload", 256)
				}
			}
		}
	case "carousel":
		cards := component.list("cards")
		if len(cards) < 1 || len(cards) > 10 {
			component.check.fail(wrong("Invalid cards count. Min allowed cards: 1, Max allowed cards: 10"))
		}
	case "limited_time_offer", "order_status":
	default:
		component.check.fail(invalid("Param %s must be one of {HEADER, BODY, BUTTON, CAROUSEL, LIMITED_TIME_OFFER} - got %q.", component.at("type"), kind))
	}
}

// readParameter checks one parameter and gives the text that it puts in.
func readParameter(parameter object, d *draft) string {
	kind := strings.ToLower(parameter.text("type", 0))
	switch kind {
	case "text":
		return parameter.text("text", 1024)
	case "currency":
		return parameter.object("currency").text("fallback_value", 0)
	case "date_time":
		return parameter.object("date_time").text("fallback_value", 0)
	case "image", "video", "document":
		media := parameter.object(kind)
		media.only("id", "link", "filename")
		readReference(media, kind, d)
	case "location":
		readCoordinates(parameter.object("location"))
	case "payload", "action", "coupon_code", "order_status":
	default:
		parameter.check.fail(invalid("Param %s is not a parameter type - got %q.", parameter.at("type"), kind))
	}
	return ""
}

func templateKey(waba, name, language string) string { return waba + "/" + name + "/" + language }

// useTemplate holds a message against the account's template; the caller holds
// the lock. It gives the text that the customer reads.
func (s *Server) useTemplate(waba string, use *templateUse) (string, string, *graphError) {
	template := s.templates[templateKey(waba, use.name, use.language)]
	if template == nil {
		e := whatsappError(132001, "Template name does not exist in the translation", fmt.Sprintf("template name (%s) does not exist in %s", use.name, use.language))
		e.status = http.StatusNotFound
		return "", "", e
	}
	switch template.Status {
	case "PAUSED":
		return "", "", whatsappError(132015, "Template is paused", "Template is paused due to low quality")
	case "DISABLED":
		return "", "", whatsappError(132016, "Template is disabled", "Template is disabled")
	case "APPROVED":
	default:
		return "", "", whatsappError(132001, "Template name does not exist in the translation", "The template is not approved")
	}
	if use.body != template.Parameters {
		return "", "", whatsappError(132000, "Number of parameters does not match the expected number of params",
			fmt.Sprintf("body: number of localizable_params (%d) does not match the expected number of params (%d)", use.body, template.Parameters))
	}
	text := template.Body
	for i, value := range use.values {
		text = strings.ReplaceAll(text, fmt.Sprintf("{{%d}}", i+1), value)
	}
	return text, strings.ToLower(template.Category), nil
}

func (s *Server) listTemplates(c *call, waba WABA) (stage.Answer, *graphError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	items := []map[string]any{}
	for _, template := range s.templates {
		if template.WABA != waba.ID || c.param("name") != "" && !strings.Contains(template.Name, c.param("name")) {
			continue
		}
		components := []map[string]any{}
		if template.Header != "" {
			components = append(components, map[string]any{"type": "HEADER", "format": "TEXT", "text": template.Header})
		}
		components = append(components, map[string]any{"type": "BODY", "text": template.Body})
		items = append(items, map[string]any{
			"name": template.Name, "language": template.Language, "status": template.Status,
			"category": template.Category, "id": hashDigits(templateKey(template.WABA, template.Name, template.Language), 16),
			"components": components,
		})
	}
	sort.Slice(items, func(i, j int) bool { return fmt.Sprint(items[i]["id"]) < fmt.Sprint(items[j]["id"]) })
	return stage.JSON(http.StatusOK, map[string]any{"data": items, "paging": map[string]any{}}), nil
}
