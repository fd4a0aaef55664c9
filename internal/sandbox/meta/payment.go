package meta

import (
	"regexp"
)

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
	p.one("payment_type", "br")
	p.one("currency", "BRL")
	d.country = true
	total := minor(p.object("total_amount"))
	settings := p.list("payment_settings")
	if p.m != nil && len(settings) == 0 {
		p.check.fail(wrong("At least one payment setting is required"))
	}
	for _, setting := range settings {
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
	sum := int64(0)
	for _, item := range items {
		item.only("retailer_id", "name", "amount", "quantity", "sale_amount", "image", "country_of_origin", "importer_name", "importer_address")
		item.text("retailer_id", 0)
		item.text("name", 60)
		price := minor(item.object("amount"))
		if item.has("sale_amount") {
			sale := minor(item.object("sale_amount"))
			if sale >= price {
				item.check.fail(wrong("%s must be less than the amount", item.at("sale_amount")))
			}
			price = sale
		}
		quantity := item.whole("quantity")
		if quantity < 1 {
			item.check.fail(wrong("Item quantity must be at least 1"))
		}
		sum += price * quantity
	}
	subtotal := minor(order.object("subtotal"))
	expected := subtotal + minor(order.object("tax"))
	for name, sign := range map[string]int64{"shipping": 1, "discount": -1} {
		if order.has(name) {
			expected += sign * minor(order.object(name))
		}
	}
	if sum != subtotal {
		order.check.fail(wrong("Order subtotal is not the sum of its items"))
	}
	if expected != total {
		order.check.fail(wrong("Order total_amount must be equal to subtotal + tax + shipping - discount"))
	}
}

// minor gives an amount in minor units.
func minor(amount object) int64 {
	if amount.m == nil {
		return 0
	}
	amount.only("value", "offset", "description", "discount_program_name")
	if offset := amount.whole("offset"); offset != 100 {
		amount.check.fail(wrong("%s must be 100", amount.at("offset")))
	}
	value := amount.whole("value")
	if value < 0 || value > 1e15 {
		amount.check.fail(wrong("%s must be a whole number of cents", amount.at("value")))
		return 0
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

// readOrderStatus checks the news of an order. Source: "Payments API for
// Brazil", order_status.
func readOrderStatus(action object, d *draft) {
	action.only("name", "parameters")
	action.one("name", "review_order")
	p := action.object("parameters")
	p.only("reference_id", "order", "payment")
	d.payment = p.text("reference_id", 35)
	d.country = true
	if p.has("order") || !p.has("payment") {
		order := p.object("order")
		order.only("status", "description")
		d.orderStatus = order.one("status", "pending", "processing", "partially-shipped", "shipped", "completed", "canceled")
		order.maybe("description", 120)
	}
	if p.has("payment") {
		payment := p.object("payment")
		payment.only("status", "timestamp")
		d.paid = payment.one("status", "captured", "failed", "pending") == "captured"
	}
}

// bill is what is known of an order that was sent for payment.
type bill struct {
	customer string
	status   string // of the order
	paid     bool
}

// orderMoves are the statuses that may follow one another.
var orderMoves = map[string][]string{
	"pending":           {"processing", "partially-shipped", "shipped", "completed", "canceled"},
	"processing":        {"partially-shipped", "shipped", "completed", "canceled"},
	"partially-shipped": {"shipped", "completed", "canceled"},
	"shipped":           {"completed", "canceled"},
}

// readPayment decides about a payment or the news of one: who may send it, and
// whether the order can go where it is told to. The caller holds the lock.
func (s *Server) readPayment(number Number, d *draft, address string) *graphError {
	if d.payment == "" {
		return nil
	}
	waba := s.wabas[number.WABA]
	if country(digits(number.Display)) != "BR" || waba != nil && waba.Payments == PaymentsOff {
		return wrong("This WhatsApp Business Account is not eligible for payments in Brazil")
	}
	known := s.bills[number.ID+"/"+d.payment]
	if d.kind == "interactive.order_details" {
		if known != nil {
			return wrong("reference_id %s was already used by another message", d.payment)
		}
		return nil
	}
	if known == nil || known.customer != address {
		if !s.ledger.Full() {
			return nil
		}
		return wrong("reference_id %s is of no order that was sent to this recipient", d.payment)
	}
	if d.orderStatus == "" || d.orderStatus == known.status {
		return nil
	}
	if d.orderStatus == "canceled" && (known.paid || known.status != "pending") {
		return whatsappError(2047, "Could not change order status to 'canceled'", "An order cannot be canceled after its payment succeeded or is pending")
	}
	for _, next := range orderMoves[known.status] {
		if next == d.orderStatus {
			return nil
		}
	}
	return whatsappError(2046, "New order status was not correctly transitioned", "The order status cannot go from "+known.status+" to "+d.orderStatus)
}

// keepPayment writes down what a message says of an order; the caller holds the
// lock.
func (s *Server) keepPayment(message *Message) {
	if message.Payment == "" {
		return
	}
	key := message.Number + "/" + message.Payment
	if s.bills[key] == nil {
		s.bills[key] = &bill{customer: message.Customer, status: "pending"}
	}
	known := s.bills[key]
	known.paid = known.paid || message.Paid
	if message.OrderStatus != "" {
		known.status = message.OrderStatus
	}
}
