package stripe

import (
	"fmt"
	"slices"
	"strconv"

	"prosa/internal/base/money"
)

func stamped(n int64) string { return strconv.FormatInt(n, 10) }

func amount(n int64) money.Amount { return money.Amount(n) }

func (s *Server) invoiceRoutes(api routes) {
	api("POST /v1/invoices", s.createInvoice)
	api("GET /v1/invoices", func(c *call) (object, *apiError) {
		by, of, status := c.text("subscription"), c.text("customer"), c.one("status", draft, open, paid, "uncollectible", void)
		return paged(c, "/v1/invoices", s.invoices, func(v *invoice) bool {
			return (by == "" || v.Subscription == by) && (of == "" || v.Customer == of) && (status == "" || v.Status == status)
		}, s.viewInvoice)
	})
	api("GET /v1/invoices/{id}", getting(s, "invoice", func() *table[invoice] { return s.invoices }, s.viewInvoice))
	api("POST /v1/invoices/create_preview", s.preview)
	api("POST /v1/invoices/{id}/finalize", s.finalizeInvoice)
	api("POST /v1/invoices/{id}/pay", s.payInvoice)
	api("POST /v1/invoices/{id}/void", s.voidInvoice)
	api("POST /v1/invoiceitems", s.createItem)
	api("GET /v1/invoiceitems", func(c *call) (object, *apiError) {
		of, in, pending := c.text("customer"), c.text("invoice"), c.flag("pending")
		return paged(c, "/v1/invoiceitems", s.items, func(i *invoiceItem) bool {
			return !i.Deleted && (of == "" || i.Customer == of) && (in == "" || i.Invoice == in) && (!pending || i.Invoice == "")
		}, viewItem)
	})
	api("DELETE /v1/invoiceitems/{id}", s.deleteItem)
	api("GET /v1/invoice_payments", s.listPayments)
}

func (s *Server) createInvoice(c *call) (object, *apiError) {
	v := &invoice{
		ID: s.newID("in_"), Customer: c.need("customer"), Subscription: c.text("subscription"), Currency: c.text("currency"), Status: draft, Reason: "manual",
		Description: c.text("description"), Metadata: c.pairs("metadata"), Lines: []line{}, Created: s.now().Unix(),
	}
	c.one("collection_method", "charge_automatically")
	c.flag("auto_advance")
	include := c.one("pending_invoice_items_behavior", "include", "exclude") == "include"
	if v.Customer != "" && s.customers.get(v.Customer) == nil {
		c.fail(missing("customer", v.Customer, "customer"))
	}
	if v.Subscription != "" && s.subscriptions.get(v.Subscription) == nil {
		c.fail(missing("subscription", v.Subscription, "subscription"))
	}
	if refused := c.done(); refused != nil {
		return nil, refused
	}
	if include {
		s.takeItems(v)
	}
	s.sum(v)
	return s.viewInvoice(s.invoices.put(v.ID, v)), nil
}

// takeItems puts the items that wait for the payer's next invoice on it.
func (s *Server) takeItems(v *invoice) {
	for _, i := range s.items.oldest(func(i *invoiceItem) bool {
		return !i.Deleted && i.Invoice == "" && i.Customer == v.Customer && (i.Subscription == "" || i.Subscription == v.Subscription)
	}) {
		i.Invoice = v.ID
		s.items.put(i.ID, i)
		v.Lines = append(v.Lines, s.itemLine(i))
	}
}

func (s *Server) itemLine(i *invoiceItem) line {
	return line{ID: s.newID("il_"), Description: i.Description, Amount: i.Amount, Start: i.Created, End: i.Created, Item: i.ID}
}

// sum adds an invoice up, before the payer's credit.
func (s *Server) sum(v *invoice) {
	v.Total = -v.Discount
	for _, l := range v.Lines {
		v.Total += l.Amount
	}
	v.Due = max(v.Total, 0)
}

// periodLine is what a subscription's present period costs.
func (s *Server) periodLine(u *subscription) line {
	p := s.prices.get(u.Price)
	l := line{ID: s.newID("il_"), Description: "1 × " + s.products.get(p.Product).Name, Amount: p.Amount, Start: u.PeriodStart, End: u.PeriodEnd}
	if u.Status == trialing {
		l.Amount, l.Description = 0, "Trial period for "+s.products.get(p.Product).Name
	}
	return l
}

// newInvoice makes a subscription's invoice, final at once. The vendor leaves a
// renewal as a draft for an hour first.
func (s *Server) newInvoice(u *subscription, reason string, lines ...line) *invoice {
	v := s.draftInvoice(u, reason, lines...)
	s.finalize(v)
	return v
}

func (s *Server) draftInvoice(u *subscription, reason string, lines ...line) *invoice {
	v := &invoice{
		ID: s.newID("in_"), Customer: u.Customer, Subscription: u.ID, Currency: s.prices.get(u.Price).Currency, Reason: reason, Status: draft,
		Lines: slices.Clone(lines), Metadata: map[string]string{}, Created: s.now().Unix(),
	}
	for _, l := range lines {
		if l.Amount > 0 && s.couponCounts(u) {
			v.Discount = s.discount(u.Coupon, l.Amount)
			if s.coupons.get(u.Coupon).Duration == "once" {
				u.Coupon = ""
			}
		}
	}
	s.takeItems(v)
	u.Latest = v.ID
	s.subscriptions.put(u.ID, u)
	s.sum(v)
	s.invoices.put(v.ID, v)
	s.emit("invoice.created", s.viewInvoice(v))
	return v
}

func (s *Server) couponCounts(u *subscription) bool {
	return s.coupons.get(u.Coupon) != nil && (u.CouponEnd == 0 || s.now().Unix() < u.CouponEnd)
}

// finalize gives an invoice its number and its amount, with the payer's credit.
func (s *Server) finalize(v *invoice) {
	s.sum(v)
	of := s.customers.get(v.Customer)
	switch {
	case v.Total < 0:
		of.Balance += v.Total
		s.customers.put(of.ID, of)
	case of.Balance < 0:
		used := min(-of.Balance, v.Total)
		of.Balance += used
		v.Due = v.Total - used
		s.customers.put(of.ID, of)
	}
	s.state.Number++
	s.saveState()
	v.Status, v.Number = open, fmt.Sprintf("SANDBOX-%04d", s.state.Number)
	s.invoices.put(v.ID, v)
	s.emit("invoice.finalized", s.viewInvoice(v))
}

func (s *Server) invoiceOf(c *call, status string) (*invoice, *apiError) {
	v := s.invoices.get(c.id)
	if refused := c.done(); refused != nil {
		return nil, refused
	}
	switch {
	case v == nil:
		return nil, missing("invoice", c.id, "id")
	case v.Status == paid && status == open:
		return nil, invalid("invoice_already_paid", "Invoice is already paid", "")
	case v.Status != status:
		return nil, invalid("invoice_not_editable", "This invoice is "+v.Status+", not "+status+".", "")
	}
	return v, nil
}

func (s *Server) finalizeInvoice(c *call) (object, *apiError) {
	c.flag("auto_advance")
	v, refused := s.invoiceOf(c, draft)
	if refused != nil {
		return nil, refused
	}
	s.finalize(v)
	if v.Due == 0 {
		s.settle(v, nil)
	}
	return s.viewInvoice(v), nil
}

func (s *Server) payInvoice(c *call) (object, *apiError) {
	v, refused := s.invoiceOf(c, open)
	if refused != nil {
		return nil, refused
	}
	if i := s.intents.get(v.Intent); i != nil && i.Status == needsAction {
		return nil, errMustAct
	}
	if refused := s.collect(v); refused != nil {
		return nil, refused
	}
	return s.viewInvoice(v), nil
}

func (s *Server) voidInvoice(c *call) (object, *apiError) {
	v, refused := s.invoiceOf(c, open)
	if refused != nil {
		return nil, refused
	}
	s.void(v)
	if u := s.subscriptions.get(v.Subscription); u != nil && u.Status == incomplete && v.Reason == "subscription_create" {
		s.end(u, "incomplete_expired")
	}
	return s.viewInvoice(v), nil
}

func (s *Server) void(v *invoice) {
	v.Status, v.VoidedAt, v.NextAttempt = void, s.now().Unix(), 0
	s.invoices.put(v.ID, v)
	if i := s.intents.get(v.Intent); i != nil && i.Status != succeeded {
		i.Status = canceled
		s.intents.put(i.ID, i)
		s.emit("payment_intent.canceled", s.viewIntent(i))
	}
	s.emit("invoice.voided", s.viewInvoice(v))
}

func (s *Server) createItem(c *call) (object, *apiError) {
	c.need("amount")
	i := &invoiceItem{
		ID: s.newID("ii_"), Customer: c.need("customer"), Subscription: c.text("subscription"), Invoice: c.text("invoice"), Amount: amount(c.number("amount")),
		Currency: c.need("currency"), Description: c.text("description"), Metadata: c.pairs("metadata"), Created: s.now().Unix(),
	}
	v := s.invoices.get(i.Invoice)
	switch {
	case i.Customer != "" && s.customers.get(i.Customer) == nil:
		c.fail(missing("customer", i.Customer, "customer"))
	case i.Invoice != "" && v == nil:
		c.fail(missing("invoice", i.Invoice, "invoice"))
	case v != nil && v.Status != draft:
		c.fail(invalid("invoice_not_editable", "This invoice is no longer editable.", "invoice"))
	}
	if refused := c.done(); refused != nil {
		return nil, refused
	}
	if v != nil {
		v.Lines = append(v.Lines, s.itemLine(i))
		s.sum(v)
		s.invoices.put(v.ID, v)
	}
	return viewItem(s.items.put(i.ID, i)), nil
}

func (s *Server) deleteItem(c *call) (object, *apiError) {
	i := s.items.get(c.id)
	if refused := c.done(); refused != nil {
		return nil, refused
	}
	switch {
	case i == nil || i.Deleted:
		return nil, missing("invoiceitem", c.id, "id")
	case i.Invoice != "":
		return nil, invalid("invoice_not_editable", "This item is on an invoice.", "")
	}
	i.Deleted = true
	s.items.put(i.ID, i)
	return object{"id": i.ID, "object": "invoiceitem", "deleted": true}, nil
}

// listPayments finds how an invoice is paid, or what a payment was for.
func (s *Server) listPayments(c *call) (object, *apiError) {
	in, by := c.text("invoice"), c.text("payment[payment_intent]")
	c.one("payment[type]", "payment_intent", "charge")
	c.one("status", open, paid, canceled)
	if by == "" && in == "" {
		c.fail(invalid("parameter_missing", "Pass an invoice or a payment.", "invoice"))
	}
	return paged(c, "/v1/invoice_payments", s.invoices, func(v *invoice) bool {
		return v.Intent != "" && (in == "" || v.ID == in) && (by == "" || v.Intent == by)
	}, s.viewPayment)
}

// preview shows the invoice that lines, and a change of a subscription, would
// make; nothing of it is kept.
func (s *Server) preview(c *call) (object, *apiError) {
	v := &invoice{ID: s.newID("upcoming_in_"), Customer: c.text("customer"), Subscription: c.text("subscription"), Currency: c.text("currency"), Status: draft, Reason: "upcoming", Metadata: map[string]string{}, Created: s.now().Unix()}
	for n := range c.count("invoice_items") {
		at := "invoice_items[" + strconv.Itoa(n) + "]"
		c.need(at + "[currency]")
		v.Lines = append(v.Lines, line{ID: s.newID("il_"), Description: c.text(at + "[description]"), Amount: amount(c.number(at + "[amount]")), Start: v.Created, End: v.Created})
	}
	if u := s.subscriptions.get(v.Subscription); u != nil {
		v.Customer = u.Customer
		s.previewChange(c, u, v)
	} else if v.Subscription != "" {
		c.fail(missing("subscription", v.Subscription, "subscription"))
	}
	of := s.customers.get(v.Customer)
	if of == nil {
		c.fail(missing("customer", v.Customer, "customer"))
	}
	if refused := c.done(); refused != nil {
		return nil, refused
	}
	s.sum(v)
	if of.Balance < 0 {
		v.Due = max(v.Due+of.Balance, 0)
	}
	return s.viewInvoice(v), nil
}

func (s *Server) previewChange(c *call, u *subscription, v *invoice) {
	const details = "subscription_details"
	behavior := c.one(details+"[proration_behavior]", "none", "create_prorations", "always_invoice")
	c.one(details+"[billing_cycle_anchor]", "now", "unchanged")
	old := s.prices.get(u.Price)
	changed := old
	v.Currency = old.Currency
	if c.count(details+"[items]") > 0 {
		c.need(details + "[items][0][id]")
		changed = s.priceParams(c.form, details+"[items][0][price_data]")
		if changed.Product == "" || s.products.get(changed.Product) == nil {
			return // said already
		}
	}
	if behavior != "none" && changed != old {
		v.Lines = append(v.Lines, s.prorationLines(u, old, changed)...)
	}
	if behavior != "always_invoice" {
		after := next(s.now(), changed.Interval, u.AnchorDay).Unix()
		v.Lines = append(v.Lines, line{ID: s.newID("il_"), Description: "1 × " + s.products.get(changed.Product).Name, Amount: changed.Amount, Start: u.PeriodEnd, End: after})
	}
}
