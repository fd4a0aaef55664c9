package stripe

import (
	"fmt"
	"strings"
	"time"

	"prosa/internal/base/br"
	"prosa/internal/base/fault"
	"prosa/internal/base/money"
)

func (s *Server) paymentRoutes(api routes) {
	api("GET /v1/payment_intents", func(c *call) (object, *apiError) {
		of := c.text("customer")
		return paged(c, "/v1/payment_intents", s.intents, func(i *intent) bool { return of == "" || i.Customer == of }, s.viewIntent)
	})
	api("GET /v1/payment_intents/{id}", getting(s, "payment_intent", func() *table[intent] { return s.intents }, s.viewIntent))
	api("POST /v1/refunds", s.createRefund)
	api("GET /v1/refunds", func(c *call) (object, *apiError) {
		of := c.text("payment_intent")
		return paged(c, "/v1/refunds", s.refunds, func(r *refund) bool { return of == "" || r.Intent == of }, viewRefund)
	})
	api("GET /v1/disputes", func(c *call) (object, *apiError) {
		of := c.text("payment_intent")
		return paged(c, "/v1/disputes", s.disputes, func(d *dispute) bool { return of == "" || d.Intent == of }, viewDispute)
	})
}

// bad is a card that is taken and then refused by its bank each time.
func (m *method) bad() bool { return m.Type == byCard && m.Last4 == "0341" }

// collect tries to have an open invoice paid by the subscription's way to pay; the
// caller holds the lock. The refusal is what an API call would be answered.
func (s *Server) collect(v *invoice) *apiError {
	if v.Due == 0 {
		s.settle(v, nil)
		return nil
	}
	u := s.subscriptions.get(v.Subscription)
	if u == nil || s.methods.get(u.Method) == nil {
		return invalid("", "There is no default_payment_method set on this Customer or Invoice.", "")
	}
	m := s.methods.get(u.Method)
	i := s.intents.get(v.Intent)
	if i == nil {
		i = &intent{ID: s.newID("pi_"), Customer: v.Customer, Invoice: v.ID, Amount: v.Due, Currency: v.Currency, Created: s.now().Unix()}
		v.Intent = i.ID
	}
	i.Method = m.ID
	v.Attempts++
	switch {
	case m.Type != byCard:
		s.issue(v, i, u, m)
		return errMustAct
	case u.Fails != 0 || m.bad():
		s.countFail(u)
		s.refuse(v, i, u)
		return errNoFunds
	}
	s.settle(v, i)
	return nil
}

// issue gives out a Pix code or a boleto.
func (s *Server) issue(v *invoice, i *intent, u *subscription, m *method) {
	life := pixLife
	if u.PixSeconds > 0 {
		life = time.Duration(u.PixSeconds) * time.Second
	}
	if m.Type == byBoleto {
		life = boletoLife
		if u.BoletoDays > 0 {
			life = time.Duration(u.BoletoDays) * 24 * time.Hour
		}
		i.Code = slipLine(s.state.Number, i.Amount)
	} else {
		i.Code = s.pixCode(i)
	}
	i.Status, i.Expires, i.Problem, i.Decline = needsAction, s.now().Add(life).Unix(), "", ""
	v.NextAttempt = 0
	s.intents.put(i.ID, i)
	s.invoices.put(v.ID, v)
	s.emit("payment_intent.requires_action", s.viewIntent(i))
}

func (s *Server) pixCode(i *intent) string {
	short := i.ID[max(len(i.ID)-25, 0):]
	code, err := br.Pix{URL: "pix.sandbox.example/" + strings.TrimPrefix(i.ID, "pi_"), Name: "Prosa", City: "Sao Paulo", Amount: i.Amount, TxID: short}.Code()
	if err != nil {
		return "PIX-" + i.ID // cannot be: all of it is well formed
	}
	return code
}

// slipLine makes a boleto's line of 47 digits: a bank, the invoice's number and
// the amount.
func slipLine(number int64, total money.Amount) string {
	free := fmt.Sprintf("%025d", number)
	blocks := []string{"2379" + free[:5], free[5:15], free[15:]}
	for i, block := range blocks {
		blocks[i] = block + checkDigit(block)
	}
	return blocks[0] + blocks[1] + blocks[2] + "1" + fmt.Sprintf("%014d", int64(total))
}

func checkDigit(digits string) string {
	sum, weight := 0, 2
	for i := len(digits) - 1; i >= 0; i-- {
		product := int(digits[i]-'0') * weight
		sum += product/10 + product%10
		weight = 3 - weight
	}
	return fmt.Sprint((10 - sum%10) % 10)
}

// refuse is a card that its bank refused.
func (s *Server) refuse(v *invoice, i *intent, u *subscription) {
	i.Status, i.Problem, i.Decline = needsMethod, errNoFunds.code, errNoFunds.decline
	s.intents.put(i.ID, i)
	s.emit("payment_intent.payment_failed", s.viewIntent(i))
	s.unpaid(v, u)
}

// unpaid is an invoice whose payment failed: it is tried again, until the
// subscription counts as unpaid. One that was made by hand changes nothing there.
func (s *Server) unpaid(v *invoice, u *subscription) {
	recurring := v.Reason != "manual"
	if gaps := retryGaps(); recurring && v.Attempts <= len(gaps) {
		v.NextAttempt = s.now().Add(gaps[max(v.Attempts-1, 0)]).Unix()
	} else {
		v.NextAttempt = 0
	}
	s.invoices.put(v.ID, v)
	s.emit("invoice.payment_failed", s.viewInvoice(v))
	if !recurring || u.Status != active && u.Status != pastDue {
		return
	}
	u.Status = pastDue
	if v.NextAttempt == 0 && s.methods.get(u.Method).Type == byCard {
		u.Status = unpaid
	}
	s.subscriptions.put(u.ID, u)
	s.emit("customer.subscription.updated", s.viewSubscription(u))
}

// settle marks an invoice paid; i is nil when nothing was left to be paid.
func (s *Server) settle(v *invoice, i *intent) {
	v.Status, v.Paid, v.PaidAt, v.NextAttempt = paid, v.Due, s.now().Unix(), 0
	s.invoices.put(v.ID, v)
	if i != nil {
		i.Status, i.Charged, i.Problem, i.Decline = succeeded, true, "", ""
		s.intents.put(i.ID, i)
		s.emit("payment_intent.succeeded", s.viewIntent(i))
		s.emit("charge.succeeded", viewCharge(i))
	}
	s.emit("invoice.paid", s.viewInvoice(v))
	if u := s.subscriptions.get(v.Subscription); u != nil && (u.Status == incomplete || u.Status == pastDue || u.Status == unpaid) {
		u.Status = active
		s.subscriptions.put(u.ID, u)
		s.emit("customer.subscription.updated", s.viewSubscription(u))
	}
	if one := s.sessions.get(v.Session); one != nil {
		one.PaymentStatus = paid
		s.sessions.put(one.ID, one)
		s.emit("checkout.session.async_payment_succeeded", s.viewSession(one))
	}
}

// lapse is a voucher whose time is over.
func (s *Server) lapse(i *intent) {
	i.Status, i.Problem = needsMethod, "payment_intent_payment_attempt_expired"
	s.intents.put(i.ID, i)
	s.emit("payment_intent.payment_failed", s.viewIntent(i))
	v := s.invoices.get(i.Invoice)
	u := s.subscriptions.get(v.Subscription)
	if u.Status != incomplete {
		s.unpaid(v, u)
		v.NextAttempt = 0 // there is nothing that could be charged again
		s.invoices.put(v.ID, v)
		return
	}
	s.emit("invoice.payment_failed", s.viewInvoice(v))
	s.void(v)
	s.end(u, "incomplete_expired")
	if one := s.sessions.get(v.Session); one != nil {
		s.emit("checkout.session.async_payment_failed", s.viewSession(one))
	}
}

// payVoucher is a payer who pays a code or a boleto at their bank, or an open
// invoice by card on its page; the caller holds the lock. Errors: fault.NotFound,
// fault.Refused.
func (s *Server) payVoucher(wish Pay) (*invoice, error) {
	v := s.invoices.get(wish.Invoice)
	if one := s.sessions.get(wish.Session); one != nil {
		v = s.invoices.get(one.Invoice)
	}
	if code := strings.TrimSpace(wish.Code); code != "" {
		for _, i := range s.intents.newest(func(i *intent) bool { return i.Code == code }) {
			v = s.invoices.get(i.Invoice)
		}
	}
	if v == nil {
		return nil, fault.New(fault.NotFound, "nothing is to be paid by that")
	}
	if v.Status != open {
		return v, fault.Refuse(v.Status, "the invoice is %s", v.Status)
	}
	i := s.intents.get(v.Intent)
	if wish.Card {
		if i == nil {
			return v, fault.Refuse(v.Status, "nothing was tried yet")
		}
		m := s.newMethod(v.Customer, byCard)
		i.Method = m.ID
		if u := s.subscriptions.get(v.Subscription); u != nil {
			u.Method = m.ID
			s.subscriptions.put(u.ID, u)
		}
	} else if i == nil || i.Status != needsAction {
		return v, fault.Refuse("no_voucher", "no Pix code and no boleto of this invoice can be paid")
	}
	s.settle(v, i)
	return v, nil
}

func (s *Server) createRefund(c *call) (object, *apiError) {
	intentID := c.text("payment_intent")
	if charge := c.text("charge"); charge != "" {
		intentID = "pi_" + strings.TrimPrefix(charge, "ch_")
	}
	c.one("reason", "duplicate", "fraudulent", "requested_by_customer")
	r := &refund{ID: s.newID("re_"), Intent: intentID, Amount: amount(c.number("amount")), Metadata: c.pairs("metadata"), Created: s.now().Unix()}
	i := s.intents.get(intentID)
	switch {
	case i == nil:
		c.fail(missing("payment_intent", intentID, "payment_intent"))
	case !i.Charged:
		c.fail(invalid("charge_not_refundable", "This PaymentIntent does not have a successful charge to refund.", ""))
	case i.Disputed:
		c.fail(invalid("refund_disputed_payment", "The payment has been disputed.", ""))
	case i.Refunded == i.Amount:
		c.fail(invalid("charge_already_refunded", "Charge "+chargeOf(i.ID)+" has already been refunded.", ""))
	case r.Amount < 0 || r.Amount > i.Amount-i.Refunded:
		c.fail(invalid("", "Refund amount is greater than unrefunded amount on charge.", "amount"))
	}
	if refused := c.done(); refused != nil {
		return nil, refused
	}
	if r.Amount == 0 {
		r.Amount = i.Amount - i.Refunded
	}
	r.Currency = i.Currency
	i.Refunded += r.Amount
	s.intents.put(i.ID, i)
	s.refunds.put(r.ID, r)
	s.emit("refund.created", viewRefund(r))
	s.emit("charge.refunded", viewCharge(i))
	return viewRefund(r), nil
}

// dispute opens a chargeback of an invoice, or closes the one there is; the
// caller holds the lock. Errors: fault.NotFound, fault.Refused.
func (s *Server) dispute(wish Dispute) error {
	v := s.invoices.get(wish.Invoice)
	if v == nil || s.intents.get(v.Intent) == nil {
		return fault.New(fault.NotFound, "no such payment")
	}
	i := s.intents.get(v.Intent)
	known := s.disputes.newest(func(d *dispute) bool { return d.Intent == i.ID })
	switch {
	case wish.Outcome == "" && len(known) > 0:
		return fault.Refuse("disputed", "the payment is disputed already")
	case wish.Outcome == "" && !i.Charged:
		return fault.Refuse("unpaid", "nothing was paid")
	case wish.Outcome == "":
		d := &dispute{ID: s.newID("dp_"), Intent: i.ID, Amount: i.Amount - i.Refunded, Currency: i.Currency, Status: "needs_response", Created: s.now().Unix()}
		i.Disputed = true
		s.intents.put(i.ID, i)
		s.disputes.put(d.ID, d)
		s.emit("charge.dispute.created", viewDispute(d))
	case len(known) == 0:
		return fault.New(fault.NotFound, "no such dispute")
	case wish.Outcome != "won" && wish.Outcome != "lost":
		return fault.OnField("outcome", "must be won or lost")
	default:
		known[0].Status = wish.Outcome
		s.disputes.put(known[0].ID, known[0])
		s.emit("charge.dispute.closed", viewDispute(known[0]))
	}
	return nil
}
