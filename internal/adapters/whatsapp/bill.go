package whatsapp

import (
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/message"
)

// bill asks for a payment: by Meta's own message where it may be used, else in
// words, with the Pix code alone in a message, since a long tap copies one.
func (r *rendering) bill(content message.Content) error {
	if content.Bill == nil {
		return fault.OnField("bill", "a bill without its lines")
	}
	bill := content.Bill.Worded(r.out.Language)
	if err := bill.Check(); err != nil {
		return err
	}
	settings := settingsOf(&bill)
	if !bill.Native || bill.Currency != money.BRL || len(settings) == 0 || !r.brazilian() {
		return r.writtenBill(content.Text, &bill)
	}
	shop := message.LimitsOf(message.WhatsApp).Shop
	text := content.Text
	if !shop.Body.Fits(text) {
		if err := r.texts(text); err != nil {
			return err
		}
		text = ""
	}
	if strings.TrimSpace(text) == "" {
		text = bill.Title(r.out.Language) // Meta refuses one without a body
	}
	interactive := &interactiveBody{
		Type: "order_details", Body: words(text), Footer: words(message.LimitsOf(message.WhatsApp).Footer.Cut(bill.Footer)),
		Action: actionBody{Name: "review_and_pay", Parameters: payParameters{
			Reference: bill.Reference, Type: "physical-goods", Payment: "br", Settings: settings,
			Currency: string(bill.Currency), Total: cents(bill.Total), Order: orderOf(&bill),
		}},
	}
	return r.interactive(interactive, func(plain *rendering) error { return plain.writtenBill(text, &bill) })
}

// brazilian reports whether the customer's address is one: Meta delivers
// payments to no other.
func (r *rendering) brazilian() bool {
	if r.base.To != "" {
		return strings.HasPrefix(strings.TrimPrefix(r.base.To, "+"), "55")
	}
	return strings.HasPrefix(r.base.Recipient, "BR.")
}

// settingsOf gives the ways to pay in Meta's form; none when there is a Pix
// code that cannot be shown in it, since that is what most will pay by.
func settingsOf(bill *message.Bill) []paySetting {
	var settings []paySetting
	if pix := bill.Pix; pix != nil && pix.Code != "" {
		switch pix.KeyType {
		case "CPF", "CNPJ", "EMAIL", "PHONE", "EVP":
		default:
			return nil
		}
		if pix.Key == "" || pix.Merchant == "" {
			return nil
		}
		settings = append(settings, paySetting{Type: "pix_dynamic_code", Pix: &payPix{Code: pix.Code, Merchant: pix.Merchant, Key: pix.Key, KeyType: pix.KeyType}})
	}
	if bill.Link != "" {
		settings = append(settings, paySetting{Type: "payment_link", Link: &payLink{bill.Link}})
	}
	if bill.Boleto != "" {
		settings = append(settings, paySetting{Type: "boleto", Boleto: &payLine{bill.Boleto}})
	}
	return settings
}

func orderOf(bill *message.Bill) payOrder {
	shop := message.LimitsOf(message.WhatsApp).Shop
	order := payOrder{Status: "pending", Subtotal: cents(bill.Subtotal), Tax: cents(bill.Tax)}
	for _, line := range bill.Lines {
		item := payItem{RetailerID: line.RetailerID, Name: shop.ItemName.Cut(line.Name), Amount: cents(line.Price), Quantity: line.Quantity}
		if item.RetailerID == "" {
			item.RetailerID = bill.Number // a line typed by hand stands in no catalog
		}
		if line.Sale > 0 {
			sale := cents(line.Sale)
			item.Sale = &sale
		}
		order.Items = append(order.Items, item)
	}
	if bill.Shipping > 0 {
		shipping := cents(bill.Shipping)
		order.Shipping = &shipping
	}
	if bill.Discount > 0 {
		discount := cents(bill.Discount)
		order.Discount = &discount
	}
	return order
}

func cents(amount money.Amount) sum { return sum{Value: int64(amount), Offset: 100} }

// writtenBill is the bill in words, over a button that opens the page to pay
// on; then the code alone, its picture, and the line of the boleto.
func (r *rendering) writtenBill(text string, bill *message.Bill) error {
	page, label := bill.Link, bill.Pay
	if page == "" {
		page, label = bill.Page, bill.View
	}
	written := bill.Written(text, r.out.Language)
	if bill.Link != "" && bill.Page != "" {
		written += "\n\n" + bill.View + ": " + bill.Page
	}
	hasCode := bill.Pix != nil && bill.Pix.Code != ""
	if hasCode {
		written += "\n\n" + bill.CodeTitle(r.out.Language)
	}
	if err := r.withButton(written, label, page); err != nil {
		return err
	}
	if hasCode {
		code := &textBody{Body: bill.Pix.Code}
		if err := r.add("text", nil, func(q *request) { q.Text = code }); err != nil {
			return err
		}
	}
	if bill.QR != nil && bill.QR.Blob != "" {
		if err := r.media(message.Content{Kind: message.Image, Text: bill.ScanTitle(r.out.Language), Media: bill.QR}); err != nil {
			return err
		}
	}
	if bill.Boleto != "" {
		return r.texts(bill.BoletoTitle(r.out.Language) + "\n" + bill.Boleto)
	}
	return nil
}

// withButton sends a text of any length, its end over a button that opens a
// page, if there is one.
func (r *rendering) withButton(text, label, page string) error {
	room := message.LimitsOf(message.WhatsApp).Shop.Body
	if page == "" {
		return r.texts(text)
	}
	if !room.Fits(text) {
		if err := r.texts(text); err != nil {
			return err
		}
		text = label
	}
	return r.door("", text, "", label, page)
}

// steps are Meta's words for how far an order is.
var steps = map[message.OrderStep]string{
	message.StepPending: "pending", message.StepProcessing: "processing", message.StepPartShip: "partially-shipped",
	message.StepShipped: "shipped", message.StepCompleted: "completed", message.StepCanceled: "canceled",
}

// progress tells how far an order is: under its bill where Meta showed one,
// else in words.
func (r *rendering) progress(content message.Content) error {
	progress := content.Progress
	if progress == nil {
		return fault.OnField("progress", "news of an order without its step")
	}
	written := func(r *rendering) error {
		return r.withButton(progress.Written(content.Text, r.out.Language), progress.Viewed(r.out.Language), progress.Page)
	}
	limits := message.LimitsOf(message.WhatsApp)
	step, known := steps[progress.Step]
	if !progress.Native || progress.Reference == "" || !known || !limits.Shop.Body.Fits(content.Text) || !r.brazilian() {
		return written(r)
	}
	body := content.Text
	if strings.TrimSpace(body) == "" {
		body = limits.Shop.Body.Cut((&message.Progress{Number: progress.Number, Step: progress.Step}).Written("", r.out.Language))
	}
	return r.interactive(&interactiveBody{
		Type: "order_status", Body: words(body),
		Action: actionBody{Name: "review_order", Parameters: statusParameters{
			Reference: progress.Reference, Order: statusOrder{Status: step, Description: limits.Shop.Note.Cut(progress.Note)},
		}},
	}, written)
}
