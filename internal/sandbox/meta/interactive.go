package meta

import (
	"math"
	"regexp"
	"strings"
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
		action.text("catalog_id", 0)
		action.text("product_retailer_id", 0)
	case "product_list":
		readProducts(action)
	case "catalog_message":
		action.only("name", "parameters")
		action.one("name", "catalog_message")
		if action.has("parameters") {
			action.object("parameters").only("thumbnail_product_retailer_id")
		}
	case "carousel":
		readCarousel(action, d)
	case "flow":
		readForm(action)
	case "order_details":
		readOrderDetails(action, d)
	case "order_status":
		readOrderStatus(action)
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
		allowed = []string{"text", "image", "video", "document"}
	case "product", "carousel", "location_request_message", "request_contact_info":
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

func readProducts(action object) {
	action.only("catalog_id", "sections", "name")
	action.text("catalog_id", 0)
	sections := action.list("sections")
	if len(sections) < 1 || len(sections) > 10 {
		action.check.fail(wrong("Invalid sections count. Min allowed sections: 1, Max allowed sections: 10"))
	}
	items := 0
	for _, section := range sections {
		section.only("title", "product_items")
		if len(sections) > 1 || section.has("title") {
			limited(section, "title", "Section title", 24)
		}
		for _, item := range section.list("product_items") {
			items++
			item.only("product_retailer_id")
			item.text("product_retailer_id", 0)
		}
	}
	if items < 1 || items > 30 {
		action.check.fail(wrong("Invalid product count. Min allowed products: 1, Max allowed products: 30"))
	}
}

func readCarousel(action object, d *draft) {
	action.only("cards")
	cards := action.list("cards")
	if len(cards) < 2 || len(cards) > 10 {
		action.check.fail(wrong("Invalid cards count. Min allowed cards: 2, Max allowed cards: 10"))
	}
	kind := ""
	for i, card := range cards {
		card.only("card_index", "type", "header", "body", "action")
		if int(card.number("card_index")) != i {
			action.check.fail(wrong("Card index must be %d", i))
		}
		header := card.object("header")
		media := header.one("type", "image", "video")
		readReference(header.object(media), media, d)
		if card.has("body") {
			text := card.object("body").text("text", 160)
			if strings.Count(text, "\n") > 2 {
				action.check.fail(wrong("Card body must have at most 2 line breaks"))
			}
		}
		inner := card.object("action")
		this := "buttons"
		if inner.has("name") {
			this = inner.one("name", "cta_url")
			parameters := inner.object("parameters")
			parameters.text("display_text", 20)
			parameters.link("url", 2000)
		} else {
			readButtons(object{check: inner.check, path: inner.path, m: map[string]any{"buttons": inner.m["buttons"]}}, 2)
		}
		if kind != "" && kind != this {
			action.check.fail(wrong("All cards must have the same kind of buttons"))
		}
		kind = this
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
	}
}

var referenceForm = regexp.MustCompile(`^[A-Za-z0-9_.\-]{1,35}$`)

// readOrderDetails checks a Pix or link payment. Source: "Payments API for
// Brazil": the total is subtotal + tax + shipping - discount.
func readOrderDetails(action object, d *draft) {
	action.only("name", "parameters")
	action.one("name", "review_and_pay")
	p := action.object("parameters")
	p.only("reference_id", "type", "payment_type", "currency", "total_amount", "payment_settings", "order", "beneficiaries")
	d.payment = p.text("reference_id", 0)
	if d.payment != "" && !referenceForm.MatchString(d.payment) {
		p.check.fail(wrong("reference_id must have 1 to 35 characters of A-Z, a-z, 0-9, _, . and -"))
	}
	p.one("type", "digital-goods", "physical-goods")
	if p.has("payment_type") {
		p.one("payment_type", "br")
	}
	p.one("currency", "BRL")
	d.country = true
	total := readAmount(p.object("total_amount"))
	for _, setting := range p.list("payment_settings") {
		readPaymentSetting(setting)
	}
	if !p.has("order") {
		return
	}
	order := p.object("order")
	order.only("status", "items", "subtotal", "tax", "shipping", "discount", "catalog_id", "expiration")
	order.one("status", "pending")
	items := order.list("items")
	if order.m != nil && len(items) == 0 {
		order.check.fail(wrong("An order must have at least one item"))
	}
	sum := 0.0
	for _, item := range items {
		item.only("retailer_id", "name", "amount", "quantity", "sale_amount", "image", "country_of_origin", "importer_name", "importer_address")
		item.text("retailer_id", 0)
		item.text("name", 60)
		price := readAmount(item.object("amount"))
		if item.has("sale_amount") {
			price = readAmount(item.object("sale_amount"))
		}
		quantity := item.number("quantity")
		if quantity < 1 {
			item.check.fail(wrong("Item quantity must be at least 1"))
		}
		sum += price * quantity
	}
	subtotal := readAmount(order.object("subtotal"))
	expected := subtotal + readAmount(order.object("tax"))
	for name, sign := range map[string]float64{"shipping": 1, "discount": -1} {
		if order.has(name) {
			expected += sign * readAmount(order.object(name))
		}
	}
	if math.Abs(sum-subtotal) > 0.5 {
		order.check.fail(wrong("Order subtotal is not the sum of its items"))
	}
	if math.Abs(expected-total) > 0.5 {
		order.check.fail(wrong("Order total_amount must be equal to subtotal + tax + shipping - discount"))
	}
}

// readAmount gives minor units.
func readAmount(amount object) float64 {
	if amount.m == nil {
		return 0
	}
	amount.only("value", "offset", "description", "discount_program_name")
	if offset := amount.number("offset"); offset != 100 {
		amount.check.fail(wrong("%s must be 100", amount.at("offset")))
	}
	value := amount.number("value")
	if value < 0 || value != math.Trunc(value) {
		amount.check.fail(wrong("%s must be a whole number of cents", amount.at("value")))
	}
	return value
}

func readPaymentSetting(setting object) {
	kind := setting.one("type", "pix_dynamic_code", "boleto", "payment_link", "offsite_card_pay", "payment_gateway")
	setting.only("type", kind)
	inner := setting.object(kind)
	switch kind {
	case "pix_dynamic_code":
		inner.only("code", "merchant_name", "key", "key_type")
		inner.text("code", 0)
		inner.text("merchant_name", 0)
		inner.text("key", 0)
		inner.one("key_type", "CPF", "CNPJ", "EMAIL", "PHONE", "EVP")
	case "boleto":
		inner.only("digitable_line")
		inner.text("digitable_line", 0)
	case "payment_link":
		inner.only("uri")
		inner.link("uri", 0)
	case "offsite_card_pay":
		inner.only("last_four_digits", "credential_id")
		inner.text("last_four_digits", 4)
		inner.text("credential_id", 0)
	}
}

func readOrderStatus(action object) {
	action.only("name", "parameters")
	action.one("name", "review_order")
	p := action.object("parameters")
	p.only("reference_id", "order", "payment")
	p.text("reference_id", 35)
	order := p.object("order")
	order.only("status", "description")
	order.one("status", "pending", "processing", "partially-shipped", "shipped", "completed", "canceled")
	order.maybe("description", 120)
	if p.has("payment") {
		payment := p.object("payment")
		payment.only("status", "timestamp")
		payment.one("status", "captured", "failed", "pending")
	}
}
