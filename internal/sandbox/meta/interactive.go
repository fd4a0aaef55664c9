package meta

import (
	"strings"
	"unicode"
)

// readInteractive checks an interactive object of any of its types.
func readInteractive(in object, d *draft) {
	kind := in.one("type", "button", "list", "cta_url", "location_request_message", "request_contact_info",
		"product", "product_list", "catalog_message", "carousel", "flow", "order_details", "order_status",
		"address_message", "call_permission_request", "voice_call")
	d.kind = "interactive." + kind
	in.only("type", "header", "body", "footer", "action")
	in.readHeader(kind, d)
	in.readBody(kind, d)
	if in.has("footer") {
		footer := in.object("footer")
		footer.only("text")
		footer.text("text", 60)
	}
	if kind == "call_permission_request" {
		in.object("action").one("name", "call_permission_request")
		return
	}
	action := in.object("action")
	switch kind {
	case "button":
		readButtons(action, 3)
	case "list":
		readList(action)
	case "cta_url":
		action.one("name", "cta_url")
		action.only("name", "parameters")
		parameters := action.object("parameters")
		parameters.only("display_text", "url")
		parameters.text("display_text", 20)
		parameters.link("url", 2000)
	case "location_request_message":
		action.only("name")
		action.one("name", "send_location")
	case "request_contact_info":
		action.only("name")
		action.one("name", "request_contact_info")
	case "product":
		action.only("catalog_id", "product_retailer_id")
		d.show(action.text("catalog_id", 0), action.text("product_retailer_id", 0))
	case "product_list":
		readProducts(action, d)
	case "catalog_message":
		readCatalog(action, d)
	case "carousel":
		readCarousel(in, action, d)
	case "flow":
		readForm(action)
	case "order_details":
		readOrderDetails(action, d)
	case "order_status":
		readOrderStatus(action, d)
	}
}

func (in object) readHeader(kind string, d *draft) {
	if !in.has("header") {
		if kind == "product_list" {
			in.check.fail(missing("The parameter interactive['header'] is required."))
		}
		return
	}
	header := in.object("header")
	allowed := []string{"text"}
	switch kind {
	case "button", "cta_url", "flow":
		allowed = []string{"text", "image", "video", "document"}
	case "order_details":
		allowed = []string{"image"}
	case "product", "carousel", "catalog_message", "order_status", "location_request_message", "request_contact_info":
		in.check.fail(wrong("Header is not allowed for interactive type %s", kind))
	}
	sort := header.one("type", allowed...)
	header.only("type", sort)
	if sort == "text" {
		header.text("text", 60)
		return
	}
	media := header.object(sort)
	media.only("id", "link", "filename")
	readReference(media, sort, d)
}

func (in object) readBody(kind string, d *draft) {
	if !in.has("body") {
		if kind != "product" {
			in.check.fail(missing("The parameter interactive['body'] is required."))
		}
		return
	}
	most := 1024
	if kind == "list" {
		most = 4096
	}
	body := in.object("body")
	body.only("text")
	d.text = body.text("text", most)
}

// readButtons checks reply buttons. Source: "Interactive reply buttons": at
// most 3, id 256, title 20, both unique.
func readButtons(action object, most int) {
	action.only("buttons")
	buttons := action.list("buttons")
	if len(buttons) < 1 || len(buttons) > most {
		action.check.fail(wrong("Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: %d", most))
	}
	ids, titles := map[string]bool{}, map[string]bool{}
	for _, button := range buttons {
		button.only("type", "reply")
		button.one("type", "reply")
		reply := button.object("reply")
		reply.only("id", "title")
		id := limited(reply, "id", "Button id", 256)
		title := limited(reply, "title", "Button title", 20)
		if ids[id] {
			action.check.fail(wrong("Duplicated button id not allowed"))
		}
		if titles[title] {
			action.check.fail(wrong("Duplicated button title not allowed"))
		}
		ids[id], titles[title] = true, true
	}
}

// limited reads a required label whose length error is the product's own.
func limited(o object, name, label string, most int) string {
	if !o.has(name) {
		o.check.fail(missing("%s is required", label))
		return ""
	}
	text := o.maybe(name, 0)
	if n := len([]rune(text)); n < 1 || n > most || strings.TrimSpace(text) == "" {
		o.check.fail(wrong("%s length invalid. Min length: 1, Max length: %d", label, most))
	}
	return text
}

// readList checks a list. Source: "Interactive list messages": 10 sections, 10
// rows in all, row id 200, title 24, description 72.
func readList(action object) {
	action.only("button", "sections", "name")
	limited(action, "button", "Button label", 20)
	sections := action.list("sections")
	if len(sections) < 1 || len(sections) > 10 {
		action.check.fail(wrong("Invalid sections count. Min allowed sections: 1, Max allowed sections: 10"))
	}
	rows, ids := 0, map[string]bool{}
	for _, section := range sections {
		section.only("title", "rows")
		if len(sections) > 1 || section.has("title") {
			limited(section, "title", "Section title", 24)
		}
		inside := section.list("rows")
		if section.m != nil && len(inside) == 0 {
			action.check.fail(wrong("Invalid rows count. Each section must have at least one row"))
		}
		for _, row := range inside {
			rows++
			row.only("id", "title", "description")
			id := limited(row, "id", "Row id", 200)
			limited(row, "title", "Row title", 24)
			if row.has("description") && row.maybe("description", 0) != "" {
				limited(row, "description", "Row description", 72)
			}
			if ids[id] {
				action.check.fail(wrong("Duplicated row id not allowed"))
			}
			ids[id] = true
		}
	}
	if rows > 10 {
		action.check.fail(wrong("Total row count exceed max allowed count: 10"))
	}
}

// readForm checks a WhatsApp Flow.
func readForm(action object) {
	action.only("name", "parameters")
	action.one("name", "flow")
	p := action.object("parameters")
	p.only("flow_message_version", "flow_id", "flow_name", "flow_cta", "flow_token", "mode", "flow_action", "flow_action_payload")
	p.one("flow_message_version", "3")
	if p.has("flow_id") == p.has("flow_name") && p.m != nil {
		p.check.fail(wrong("Exactly one of flow_id and flow_name is required"))
	}
	limited(p, "flow_cta", "Flow CTA", 30)
	if strings.ContainsFunc(p.maybe("flow_cta", 0), func(char rune) bool { return unicode.Is(unicode.So, char) }) {
		p.check.fail(wrong("Flow CTA must not contain emojis"))
	}
	p.maybe("flow_token", 0)
	if p.has("mode") {
		p.one("mode", "draft", "published")
	}
	action2 := "navigate"
	if p.has("flow_action") {
		action2 = p.one("flow_action", "navigate", "data_exchange")
	}
	if p.has("flow_action_payload") {
		if action2 == "data_exchange" {
			p.check.fail(wrong("flow_action_payload is not allowed with data_exchange"))
		}
		payload := p.object("flow_action_payload")
		payload.only("screen", "data")
		payload.text("screen", 0)
		if payload.has("data") && len(payload.object("data").m) == 0 {
			p.check.fail(wrong("flow_action_payload['data'] must not be empty"))
		}
	}
}
