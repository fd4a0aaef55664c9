package storefront

import (
	"net/url"
	"strconv"
	"strings"

	"prosa/internal/base/br"
	"prosa/internal/base/money"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
)

// What a form may hold of each text, in bytes.
const (
	maxID   = 64
	maxWord = 200
	maxLong = 1000
)

// lineForm is a variant and how many.
type lineForm struct {
	variantID string
	quantity  int64 // -1 for what is no number
	back      string
}

func readLine(form url.Values) lineForm {
	l := lineForm{variantID: clean(form.Get("variant"), maxID), quantity: -1, back: form.Get("back")}
	if quantity, err := strconv.ParseInt(clean(form.Get("quantity"), 10), 10, 64); err == nil && quantity >= 0 && quantity <= order.MaxQuantity {
		l.quantity = quantity
		switch form.Get("step") { // of the buttons beside the field
		case "1":
			l.quantity = min(quantity+1, order.MaxQuantity)
		case "-1":
			l.quantity = max(quantity-1, 0)
		}
	}
	return l
}

// deliveryForm is where an order shall go.
type deliveryForm struct {
	delivery order.Delivery
	note     string
	cepFlaw  bool // what was typed is no CEP
}

func readDelivery(form url.Values) deliveryForm {
	d := deliveryForm{note: clean(form.Get("note"), 2*maxLong)}
	d.delivery = order.Delivery{
		ZoneID: clean(form.Get("zone"), maxID), Neighbourhood: clean(form.Get("neighbourhood"), maxWord), Address: clean(form.Get("address"), maxLong),
		City: clean(form.Get("city"), maxWord), CEP: clean(form.Get("cep"), 20),
	}
	if d.delivery.CEP != "" {
		digits, ok := br.CEP(d.delivery.CEP)
		if d.cepFlaw = !ok; ok {
			d.delivery.CEP = digits
		}
	}
	return d
}

// payForm is how an order shall be paid, and by whom.
type payForm struct {
	choice   payment.Choice
	customer order.Customer
	expected money.Amount
	seen     bool // the total that was seen was told
	key      string
}

func readPay(form url.Values) payForm {
	p := payForm{customer: order.Customer{
		Name: clean(form.Get("name"), maxWord), Phone: clean(form.Get("phone"), 40), TaxID: clean(form.Get("tax_id"), 20),
	}}
	provider, method, _ := strings.Cut(clean(form.Get("pay"), 60), "/")
	p.choice = payment.Choice{Provider: provider, Method: payment.Method(method)}
	if total, err := strconv.ParseInt(clean(form.Get("total"), 20), 10, 64); err == nil && money.Amount(total).Check() == nil {
		p.expected, p.seen = money.Amount(total), true
	}
	p.key = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '.' {
			return r
		}
		return -1
	}, clean(form.Get("key"), maxID))
	return p
}

// taxID tells whether the text is a CPF or CNPJ, and gives it plain.
func taxID(text string) (string, bool) {
	if digits, ok := br.CPF(text); ok {
		return digits, true
	}
	return br.CNPJ(text)
}

// spellCEP writes eight digits as 00000-000.
func spellCEP(cep string) string {
	if len(cep) != 8 {
		return cep
	}
	return cep[:5] + "-" + cep[5:]
}
