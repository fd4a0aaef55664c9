package message

import (
	"regexp"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
)

// referenceForm is what WhatsApp takes as the name of a bill (Payments API
// Brazil, reference_id).
var referenceForm = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,35}$`)

// Check refuses a bill that does not add up, before anybody is asked to pay it:
// its lines must come to Subtotal and its parts to Total. Error: fault.Refused
// with reason "bill_sum" or "bill_lines"; "bill_reference" where the channel's
// own form is wanted and the reference has not its form.
func (b *Bill) Check() error {
	if b.Native && !referenceForm.MatchString(b.Reference) {
		return fault.Refuse("bill_reference", "the reference %.40q of the bill must have 1 to 35 letters, digits, _, - and .", b.Reference)
	}
	if len(b.Lines) == 0 {
		return fault.Refuse("bill_lines", "a bill needs at least one line")
	}
	var sum money.Amount
	for _, line := range b.Lines {
		if line.Quantity < 1 || line.Sale < 0 || line.Sale > 0 && line.Sale >= line.Price {
			return fault.Refuse("bill_lines", "the line %q of the bill has no right quantity or price", line.Name)
		}
		total, err := line.Total()
		if err != nil {
			return fault.Refuse("bill_sum", "the line %q of the bill is above what the house takes", line.Name)
		}
		sum += total
	}
	for _, part := range []money.Amount{b.Subtotal, b.Discount, b.Shipping, b.Tax, b.Total} {
		if part.Check() != nil {
			return fault.Refuse("bill_sum", "a part of the bill is no amount: %s", part.Decimal())
		}
	}
	if sum != b.Subtotal {
		return fault.Refuse("bill_sum", "the lines of the bill come to %s and not to its subtotal of %s", sum.Decimal(), b.Subtotal.Decimal())
	}
	if b.Sum() != b.Total {
		return fault.Refuse("bill_sum", "the parts of the bill come to %s and not to its total of %s", b.Sum().Decimal(), b.Total.Decimal())
	}
	return nil
}

// Total is what the line costs. Error: fault.TooLarge above money.Max.
func (l *BillLine) Total() (money.Amount, error) {
	price := l.Price
	if l.Sale > 0 {
		price = l.Sale
	}
	return price.Times(l.Quantity)
}

// Written is the bill in words: its lines, what is added and taken off, and the
// total. Text stands before them.
func (b *Bill) Written(text, language string) string {
	words := shopWordsOf(language)
	var lines strings.Builder
	for _, line := range b.Lines {
		total, err := line.Total()
		if err != nil {
			continue // Check has refused it
		}
		lines.WriteString(strconv.FormatInt(line.Quantity, 10) + " x " + line.Name + ": " + total.Text(b.Currency) + "\n")
	}
	var sums strings.Builder
	sum := func(name string, amount money.Amount) {
		if amount != 0 {
			sums.WriteString(name + ": " + amount.Text(b.Currency) + "\n")
		}
	}
	if b.Subtotal != b.Total {
		sum(words.subtotal, b.Subtotal)
	}
	sum(words.discount, -b.Discount)
	sum(words.shipping, b.Shipping)
	sum(words.tax, b.Tax)
	sums.WriteString(words.total + ": " + b.Total.Text(b.Currency))
	return strings.ToValidUTF8(stack(text, b.Title(language)+"\n"+lines.String(), sums.String(), b.Footer), "\uFFFD")
}

// Title names the order: "Pedido #1023".
func (b *Bill) Title(language string) string {
	return titleOf(b.Number, shopWordsOf(language))
}

func titleOf(number string, words shopWords) string {
	if number == "" {
		return words.order
	}
	return words.order + " #" + number
}

// Worded gives the bill with the labels that it lacks.
func (b Bill) Worded(language string) Bill {
	words := shopWordsOf(language)
	b.Copy, b.Pay, b.View = or(b.Copy, words.copy), or(b.Pay, words.pay), or(b.View, words.view)
	return b
}

// CodeTitle and BoletoTitle introduce the Pix code and the line of a boleto.
func (b *Bill) CodeTitle(language string) string   { return shopWordsOf(language).code }
func (b *Bill) BoletoTitle(language string) string { return shopWordsOf(language).boleto }

// ScanTitle stands under the picture of the Pix code.
func (b *Bill) ScanTitle(language string) string { return shopWordsOf(language).scan }

// Written is the news in words.
func (p *Progress) Written(text, language string) string {
	words := shopWordsOf(language)
	title := ""
	if text == "" {
		title = titleOf(p.Number, words) + ": " + or(words.steps[p.Step], string(p.Step))
	}
	return strings.ToValidUTF8(stack(title, text, p.Note), "\uFFFD")
}

// Viewed is the label of the button that opens the order's page.
func (p *Progress) Viewed(language string) string { return or(p.View, shopWordsOf(language).view) }

// shopWords are our own words in messages of goods and bills.
type shopWords struct {
	catalog, open, take, details, choose, see, goods, sale string
	order, subtotal, discount, shipping, tax               string
	total, copy, pay, view, code, boleto, scan             string
	steps                                                  map[OrderStep]string
}

func shopWordsOf(language string) shopWords {
	if strings.HasPrefix(language, "en") {
		return shopWords{
			catalog: "See what we have for you:", open: "Open the shop", take: "I want it", details: "Details", choose: "Choose a product:",
			see: "See products", goods: "Products", sale: "{now} (was {was})",
			order: "Order", subtotal: "Subtotal", discount: "Discount", shipping: "Delivery", tax: "Taxes", total: "Total",
			copy: "Copy Pix code", pay: "Pay", view: "See order", code: "Pix code to copy:", boleto: "Boleto:",
			scan: "Or read this QR code with your bank's app.",
			steps: map[OrderStep]string{
				StepPending: "received", StepProcessing: "being prepared", StepPartShip: "partly shipped",
				StepShipped: "shipped", StepCompleted: "completed", StepCanceled: "canceled",
			},
		}
	}
	return shopWords{
		catalog: "Veja o que temos para você:", open: "Abrir a loja", take: "Quero este", details: "Ver detalhes", choose: "Escolha um produto:",
		see: "Ver produtos", goods: "Produtos", sale: "{now} (antes {was})",
		order: "Pedido", subtotal: "Subtotal", discount: "Desconto", shipping: "Entrega", tax: "Impostos", total: "Total",
		copy: "Copiar código Pix", pay: "Pagar", view: "Ver pedido", code: "Pix copia e cola:", boleto: "Boleto:",
		scan: "Ou leia este QR code no aplicativo do seu banco.",
		steps: map[OrderStep]string{
			StepPending: "recebido", StepProcessing: "em preparo", StepPartShip: "enviado em parte",
			StepShipped: "enviado", StepCompleted: "concluído", StepCanceled: "cancelado",
		},
	}
}
