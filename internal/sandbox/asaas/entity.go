package asaas

import (
	"encoding/json"
	"net/http"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"rsc.io/qr"

	"prosa/internal/base/br"
	"prosa/internal/base/money"
	"prosa/internal/sandbox/stage"
)

// read reads a body; an unknown field is dropped, as the vendor does.
func (c *call) read(into any) bool { return json.Unmarshal(c.body, into) == nil }

var errBody = invalid("invalid_object", "O objeto informado não pôde ser lido.")

// page answers a list.
func page[T any](r *http.Request, all []T, view func(T) object) stage.Answer {
	number := func(name string, usual, most int) int {
		n, err := strconv.Atoi(r.URL.Query().Get(name))
		if err != nil || n < 0 {
			return usual
		}
		return min(n, most)
	}
	limit, offset := max(number("limit", 10, pageMost), 1), number("offset", 0, len(all))
	end := min(offset+limit, len(all))
	views := []object{}
	for _, one := range all[offset:end] {
		views = append(views, view(one))
	}
	return stage.JSON(http.StatusOK, object{"object": "list", "hasMore": end < len(all), "totalCount": len(all), "limit": limit, "offset": offset, "data": views})
}

func (s *Server) listCustomers(c *call) stage.Answer {
	var list []*Customer
	for _, one := range s.customers {
		if !one.Gone && matches(c.Request, "externalReference", one.Values["externalReference"]) && matches(c.Request, "cpfCnpj", one.Values["cpfCnpj"]) {
			list = append(list, one)
		}
	}
	slices.SortFunc(list, func(a, b *Customer) int { return strings.Compare(a.ID, b.ID) })
	return page(c.Request, list, (*Customer).view)
}

// matches reports whether a filter of the query, if given, is met.
func matches(r *http.Request, name string, value any) bool {
	wish := r.URL.Query().Get(name)
	return wish == "" || wish == value
}

func (c *Customer) view() object {
	view := object{"object": "customer", "id": c.ID, "deleted": c.Gone}
	for name, value := range c.Values {
		view[name] = value
	}
	return view
}

func (s *Server) createCustomer(c *call) stage.Answer {
	values := object{}
	if !c.read(&values) {
		return errBody
	}
	text := func(name string) string { value, _ := values[name].(string); return value }
	_, isCPF := br.CPF(text("cpfCnpj"))
	_, isCNPJ := br.CNPJ(text("cpfCnpj"))
	switch {
	case text("name") == "":
		return invalid("invalid_name", "O nome deve ser informado.")
	case !isCPF && !isCNPJ:
		return invalid("invalid_cpfCnpj", "O CPF/CNPJ informado é inválido.")
	}
	if email := text("email"); email != "" {
		if parsed, err := mail.ParseAddress(email); err != nil || parsed.Address != email {
			return invalid("invalid_email", "O email informado é inválido.")
		}
	}
	if phone := text("mobilePhone"); phone != "" && (len(phone) < 10 || len(phone) > 11 || strings.Trim(phone, "0123456789") != "") {
		return invalid("invalid_mobilePhone", "O celular informado é inválido.")
	}
	made := &Customer{ID: s.newID("cus"), Values: values}
	s.saveCustomer(made)
	return stage.JSON(http.StatusOK, made.view())
}

// wish is the body of what makes or changes a subscription or a payment. A nil
// field was not given.
type wish struct {
	Customer    *string      `json:"customer"`
	BillingType *string      `json:"billingType"`
	Value       *json.Number `json:"value"`
	NextDue     *string      `json:"nextDueDate"`
	Due         *string      `json:"dueDate"`
	Cycle       *string      `json:"cycle"`
	Status      *string      `json:"status"`
	Description *string      `json:"description"`
	Reference   *string      `json:"externalReference"`
	Pending     bool         `json:"updatePendingPayments"`
	Callback    *struct {
		SuccessURL string `json:"successUrl"`
	} `json:"callback"`
}

// check says what is wrong with what was given.
func (w wish) check(today string) (amount money.Amount, refused *stage.Answer) {
	no := func(code, description string) (money.Amount, *stage.Answer) {
		answer := invalid(code, description)
		return 0, &answer
	}
	if w.BillingType != nil && !slices.Contains([]string{"UNDEFINED", "BOLETO", "CREDIT_CARD", "PIX"}, *w.BillingType) {
		return no("invalid_billingType", "A forma de pagamento informada é inválida.")
	}
	if w.Cycle != nil && monthsOf(*w.Cycle) == 0 {
		return no("invalid_cycle", "O ciclo informado é inválido.")
	}
	for _, day := range []*string{w.NextDue, w.Due} {
		if day == nil {
			continue
		}
		if _, err := time.Parse(time.DateOnly, *day); err != nil || *day < today {
			return no("invalid_dueDate", "A data de vencimento é inválida ou já passou.")
		}
	}
	if w.Description != nil && utf8.RuneCountInString(*w.Description) > descriptionMax {
		return no("invalid_description", "A descrição tem no máximo 500 caracteres.")
	}
	if w.Value != nil {
		var err error
		if amount, err = money.ParseDecimal(w.Value.String()); err != nil || amount < leastCents {
			return no("invalid_value", "O valor mínimo de uma cobrança é R$ 5,00.")
		}
	}
	return amount, nil
}

func given(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func (s *Server) listSubscriptions(c *call) stage.Answer {
	list := slices.DeleteFunc(s.inOrder(), func(sub *Subscription) bool {
		return sub.Gone || !matches(c.Request, "customer", sub.Customer) || !matches(c.Request, "externalReference", sub.Reference)
	})
	return page(c.Request, list, (*Subscription).view)
}

func (sub *Subscription) view() object {
	return object{
		"object": "subscription", "id": sub.ID, "dateCreated": stamped(sub.CreatedMS), "customer": sub.Customer, "billingType": sub.BillingType,
		"value": json.Number(sub.Value.Decimal()), "nextDueDate": sub.NextDue, "cycle": sub.Cycle, "description": sub.Description, "status": sub.Status,
		"externalReference": sub.Reference, "deleted": sub.Gone,
	}
}

func stamped(ms int64) string { return time.UnixMilli(ms).In(brasilia()).Format(time.DateOnly) }

func (s *Server) createSubscription(c *call) stage.Answer {
	var w wish
	if !c.read(&w) {
		return errBody
	}
	amount, refused := w.check(s.today())
	known := s.customers[given(w.Customer)]
	switch {
	case refused != nil:
		return *refused
	case known == nil || known.Gone:
		return invalid("invalid_customer", "Customer inválido ou não informado.")
	case w.Value == nil || w.BillingType == nil || w.NextDue == nil || w.Cycle == nil:
		return invalid("invalid_object", "value, billingType, nextDueDate e cycle são obrigatórios.")
	}
	at, _ := time.Parse(time.DateOnly, *w.NextDue) // checked
	sub := &Subscription{
		ID: s.newID("sub"), Customer: known.ID, BillingType: *w.BillingType, Value: amount, Cycle: *w.Cycle, NextDue: *w.NextDue, Day: at.Day(), Status: "ACTIVE",
		Description: given(w.Description), Reference: given(w.Reference), CreatedMS: s.now().UnixMilli(),
	}
	if w.Callback != nil {
		sub.SuccessURL = w.Callback.SuccessURL
	}
	s.saveSubscription(sub)
	s.makeBill(sub) // the first one at once, however far its day is
	s.settle()
	return stage.JSON(http.StatusOK, sub.view())
}

func (s *Server) subscription(c *call) *Subscription { return s.subscriptions[c.PathValue("id")] }

func (s *Server) getSubscription(c *call) stage.Answer {
	sub := s.subscription(c)
	if sub == nil {
		return missing()
	}
	return stage.JSON(http.StatusOK, sub.view())
}

func (s *Server) changeSubscription(c *call) stage.Answer {
	sub := s.subscription(c)
	var w wish
	switch {
	case sub == nil || sub.Gone:
		return missing()
	case !c.read(&w):
		return errBody
	}
	amount, refused := w.check(s.today())
	switch {
	case refused != nil:
		return *refused
	case given(w.Status) == "ACTIVE" && sub.Status != "ACTIVE" && w.NextDue == nil:
		return invalid("invalid_nextDueDate", "Para reativar a assinatura informe nextDueDate.")
	case w.Status != nil && *w.Status != "ACTIVE" && *w.Status != "INACTIVE":
		return invalid("invalid_status", "O status informado é inválido.")
	}
	set := func(to *string, from *string) {
		if from != nil {
			*to = *from
		}
	}
	set(&sub.BillingType, w.BillingType)
	set(&sub.Cycle, w.Cycle)
	set(&sub.Status, w.Status)
	set(&sub.Description, w.Description)
	set(&sub.Reference, w.Reference)
	if w.NextDue != nil {
		at, _ := time.Parse(time.DateOnly, *w.NextDue) // checked
		sub.NextDue, sub.Day = *w.NextDue, at.Day()
	}
	if w.Value != nil {
		sub.Value = amount
	}
	s.saveSubscription(sub)
	for _, p := range s.paymentsInOrder() {
		if w.Pending && p.Subscription == sub.ID && !p.Gone && p.Status == "PENDING" {
			p.Value, p.Description, p.Reference = sub.Value, sub.Description, sub.Reference
			s.print(p)
			s.savePayment(p)
			s.tell("PAYMENT_UPDATED", p)
		}
	}
	s.settle()
	return stage.JSON(http.StatusOK, sub.view())
}

func (s *Server) deleteSubscription(c *call) stage.Answer {
	sub := s.subscription(c)
	if sub == nil || sub.Gone {
		return missing()
	}
	sub.Gone, sub.Status = true, "INACTIVE"
	s.saveSubscription(sub)
	for _, p := range s.paymentsInOrder() {
		if p.Subscription == sub.ID && p.open() {
			s.takeBack(p)
		}
	}
	return stage.JSON(http.StatusOK, object{"deleted": true, "id": sub.ID})
}

func (s *Server) takeBack(p *Payment) {
	p.Gone = true
	s.savePayment(p)
	s.tell("PAYMENT_DELETED", p)
}

func (s *Server) listPayments(c *call) stage.Answer {
	list := slices.DeleteFunc(s.paymentsInOrder(), func(p *Payment) bool {
		return p.Gone || !matches(c.Request, "customer", p.Customer) || !matches(c.Request, "subscription", p.Subscription) ||
			!matches(c.Request, "externalReference", p.Reference) || !matches(c.Request, "status", p.Status)
	})
	return page(c.Request, list, s.paymentView)
}

// paymentView is a payment in the vendor's shape.
func (s *Server) paymentView(p *Payment) object {
	view := object{
		"object": "payment", "id": p.ID, "dateCreated": stamped(p.CreatedMS), "customer": p.Customer, "billingType": p.BillingType, "status": p.Status,
		"value": json.Number(p.Value.Decimal()), "dueDate": p.Due, "originalDueDate": p.Due, "description": p.Description, "externalReference": p.Reference,
		"invoiceUrl": s.config.PublicURL + "/i/" + strings.TrimPrefix(p.ID, "pay_"), "bankSlipUrl": nil, "deleted": p.Gone,
		"confirmedDate": nil, "clientPaymentDate": nil, "creditCard": nil, "refunds": nil, "subscription": nil,
	}
	if p.Subscription != "" {
		view["subscription"] = p.Subscription
	}
	if p.BillingType == "BOLETO" || p.BillingType == "UNDEFINED" {
		view["bankSlipUrl"] = s.config.PublicURL + "/b/" + strings.TrimPrefix(p.ID, "pay_")
	}
	if p.PaidMS > 0 {
		view["confirmedDate"], view["clientPaymentDate"] = stamped(p.PaidMS), stamped(p.PaidMS)
	}
	if p.Card != "" {
		view["creditCard"] = object{"creditCardNumber": p.Card, "creditCardBrand": "VISA"}
	}
	if len(p.Refunds) > 0 {
		var refunds []object
		for _, refund := range p.Refunds {
			refunds = append(refunds, object{"dateCreated": stamped(refund.AtMS), "status": "DONE", "value": json.Number(refund.Value.Decimal()), "description": refund.Description})
		}
		view["refunds"] = refunds
	}
	return view
}

func (s *Server) createPayment(c *call) stage.Answer {
	var w wish
	if !c.read(&w) {
		return errBody
	}
	amount, refused := w.check(s.today())
	known := s.customers[given(w.Customer)]
	switch {
	case refused != nil:
		return *refused
	case known == nil || known.Gone:
		return invalid("invalid_customer", "Customer inválido ou não informado.")
	case w.Value == nil || w.BillingType == nil || w.Due == nil:
		return invalid("invalid_object", "value, billingType e dueDate são obrigatórios.")
	}
	p := &Payment{
		ID: s.newID("pay"), Customer: known.ID, BillingType: *w.BillingType, Status: "PENDING", Value: amount, Due: *w.Due, Description: given(w.Description),
		Reference: given(w.Reference), CreatedMS: s.now().UnixMilli(),
	}
	s.print(p)
	s.savePayment(p)
	s.tell("PAYMENT_CREATED", p)
	return stage.JSON(http.StatusOK, s.paymentView(p))
}

func (s *Server) payment(c *call) *Payment { return s.payments[c.PathValue("id")] }

func (s *Server) getPayment(c *call) stage.Answer {
	p := s.payment(c)
	if p == nil {
		return missing()
	}
	return stage.JSON(http.StatusOK, s.paymentView(p))
}

func (s *Server) changePayment(c *call) stage.Answer {
	p := s.payment(c)
	var w wish
	switch {
	case p == nil || p.Gone:
		return missing()
	case !c.read(&w):
		return errBody
	case !p.open():
		return invalid("invalid_action", "Só é possível alterar cobranças aguardando pagamento ou vencidas.")
	}
	amount, refused := w.check(s.today())
	if refused != nil {
		return *refused
	}
	if w.Value != nil {
		p.Value = amount
	}
	if w.Due != nil {
		p.Due, p.Status = *w.Due, "PENDING"
	}
	s.print(p)
	s.savePayment(p)
	s.tell("PAYMENT_UPDATED", p)
	return stage.JSON(http.StatusOK, s.paymentView(p))
}

func (s *Server) deletePayment(c *call) stage.Answer {
	p := s.payment(c)
	switch {
	case p == nil || p.Gone:
		return missing()
	case !p.open():
		return invalid("invalid_action", "A cobrança já foi paga e não pode ser removida.")
	}
	s.takeBack(p)
	return stage.JSON(http.StatusOK, object{"deleted": true, "id": p.ID})
}

func (s *Server) pixOf(c *call) stage.Answer {
	p := s.payment(c)
	switch {
	case p == nil || p.Gone:
		return missing()
	case p.BillingType != "PIX" && p.BillingType != "UNDEFINED" || !p.open():
		return invalid("invalid_action", "A cobrança não pode ser paga por Pix.")
	}
	return stage.JSON(http.StatusOK, object{"success": true, "encodedImage": picture(p.PixCode), "payload": p.PixCode, "expirationDate": p.Due + " 23:59:59"})
}

// picture is a QR code as a PNG.
func picture(text string) []byte {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil // a page without its picture still has the code
	}
	return code.PNG()
}

func (s *Server) boletoOf(c *call) stage.Answer {
	p := s.payment(c)
	switch {
	case p == nil || p.Gone:
		return missing()
	case p.BillingType != "BOLETO" && p.BillingType != "UNDEFINED" || !p.open():
		return invalid("invalid_action", "A cobrança não tem boleto.")
	}
	return stage.JSON(http.StatusOK, object{"identificationField": p.BoletoLine, "nossoNumero": strings.TrimPrefix(p.ID, "pay_"), "barCode": p.BoletoLine})
}

func (s *Server) refundPayment(c *call) stage.Answer {
	p := s.payment(c)
	var w wish
	switch {
	case p == nil || p.Gone:
		return missing()
	case !c.read(&w):
		return errBody
	case !p.paid() && p.refunded() == 0:
		return invalid("invalid_action", "Só é possível estornar cobranças recebidas.")
	case p.BillingType == "BOLETO":
		return invalid("invalid_action", "Boletos são estornados pelo painel.")
	}
	amount := p.Value - p.refunded()
	if w.Value != nil {
		var err error
		if amount, err = money.ParseDecimal(w.Value.String()); err != nil {
			return invalid("invalid_value", "O valor informado é inválido.")
		}
	}
	if amount <= 0 || amount > p.Value-p.refunded() {
		return invalid("invalid_value", "O valor do estorno passa do que foi pago.")
	}
	p.Refunds = append(p.Refunds, Refund{Value: amount, Description: given(w.Description), AtMS: s.now().UnixMilli()})
	event := "PAYMENT_PARTIALLY_REFUNDED"
	if p.refunded() == p.Value {
		p.Status, event = "REFUNDED", "PAYMENT_REFUNDED"
	}
	s.savePayment(p)
	s.tell(event, p)
	return stage.JSON(http.StatusOK, s.paymentView(p))
}
