package stripe

import (
	"time"

	"prosa/internal/base/money"
)

func (s *Server) subscriptionRoutes(api routes) {
	api("GET /v1/subscriptions", func(c *call) (object, *apiError) {
		of := c.text("customer")
		status := c.text("status")
		return paged(c, "/v1/subscriptions", s.subscriptions, func(u *subscription) bool {
			return (of == "" || u.Customer == of) && (status == u.Status || status == "all" || status == "" && u.Status != canceled)
		}, s.viewSubscription)
	})
	api("GET /v1/subscriptions/{id}", getting(s, "subscription", func() *table[subscription] { return s.subscriptions }, s.viewSubscription))
	api("POST /v1/subscriptions/{id}", s.updateSubscription)
	api("DELETE /v1/subscriptions/{id}", s.cancelSubscription)
}

// change is what an update of a subscription asks for.
type change struct {
	price     *price // nil: stays
	anew      bool   // a new period begins now
	proration string
	behavior  string
	metadata  map[string]string
	trialEnd  int64 // 0: stays
	method    string
	endsAtEnd *bool
}

func (s *Server) updateSubscription(c *call) (object, *apiError) {
	u := s.subscriptions.get(c.id)
	if u == nil {
		return nil, missing("subscription", c.id, "id")
	}
	wish := s.changeParams(c, u)
	if refused := c.done(); refused != nil {
		return nil, refused
	}
	if u.Status == canceled || u.Status == "incomplete_expired" {
		return nil, invalid("", "A canceled subscription can only update its cancellation_details and metadata.", "")
	}
	if refused := s.change(u, wish); refused != nil {
		return nil, refused
	}
	return s.viewSubscription(u), nil
}

func (s *Server) changeParams(c *call, u *subscription) change {
	wish := change{
		proration: c.one("proration_behavior", "none", "create_prorations", "always_invoice"),
		behavior:  c.one("payment_behavior", "allow_incomplete", "error_if_incomplete"),
		metadata:  c.pairs("metadata"), method: c.text("default_payment_method"), trialEnd: c.number("trial_end"),
	}
	if anchor := c.one("billing_cycle_anchor", "now", "unchanged"); anchor == "now" {
		wish.anew = true
	}
	if c.has("cancel_at_period_end") {
		ends := c.flag("cancel_at_period_end")
		wish.endsAtEnd = &ends
	}
	if c.count("items") > 0 {
		if item := c.need("items[0][id]"); item != u.Item {
			c.fail(missing("subscription_item", item, "items[0][id]"))
		}
		wish.price = s.priceParams(c.form, "items[0][price_data]")
	}
	if wish.method != "" && s.methods.get(wish.method) == nil {
		c.fail(missing("payment_method", wish.method, "default_payment_method"))
	}
	if wish.trialEnd != 0 && wish.trialEnd <= s.now().Unix() {
		c.fail(invalid("", "trial_end must be in the future", "trial_end"))
	}
	return wish
}

// change does an update, all of it or nothing.
func (s *Server) change(u *subscription, wish change) *apiError {
	old := s.prices.get(u.Price)
	// Another interval always begins a new period, save in a trial.
	anew := (wish.anew || wish.price != nil && wish.price.Interval != old.Interval) && u.Status != trialing
	if anew && wish.behavior == "error_if_incomplete" {
		if refused := s.wouldRefuse(u); refused != nil {
			return refused
		}
	}
	u.Metadata = merged(u.Metadata, wish.metadata)
	if wish.method != "" {
		u.Method = wish.method
	}
	if wish.endsAtEnd != nil {
		u.EndsAtEnd, u.CanceledAt = *wish.endsAtEnd, 0
		if u.EndsAtEnd {
			u.CanceledAt = s.now().Unix()
		}
	}
	if wish.trialEnd != 0 {
		u.Status, u.TrialEnd, u.PeriodEnd = trialing, wish.trialEnd, wish.trialEnd
	}
	if wish.price != nil {
		s.prices.put(wish.price.ID, wish.price)
		if wish.proration != "none" && !anew && u.Status != trialing {
			s.prorate(u, old, wish.price)
		}
		u.Price = wish.price.ID
	}
	s.subscriptions.put(u.ID, u)
	switch {
	case anew:
		now := s.now()
		u.PeriodStart, u.AnchorDay = now.Unix(), now.Day()
		u.PeriodEnd = next(now, s.prices.get(u.Price).Interval, u.AnchorDay).Unix()
		s.subscriptions.put(u.ID, u)
		_ = s.collect(s.newInvoice(u, "subscription_update", s.periodLine(u))) // shown by the invoice
	case wish.proration == "always_invoice" && wish.price != nil:
		_ = s.collect(s.newInvoice(u, "subscription_update"))
	}
	s.emit("customer.subscription.updated", s.viewSubscription(u))
	return nil
}

// wouldRefuse tells what would keep an invoice of now from being paid at once.
func (s *Server) wouldRefuse(u *subscription) *apiError {
	m := s.methods.get(u.Method)
	switch {
	case m == nil || m.Type != byCard:
		return errSubMustAct
	case u.Fails != 0 || m.bad():
		s.countFail(u)
		return errNoFunds
	}
	return nil
}

func (s *Server) countFail(u *subscription) {
	if u.Fails > 0 {
		u.Fails--
		s.subscriptions.put(u.ID, u)
	}
}

// prorate makes the lines of a change of price within a period, to the second, as
// items that wait for the next invoice.
func (s *Server) prorate(u *subscription, old, changed *price) {
	for _, l := range s.prorationLines(u, old, changed) {
		i := &invoiceItem{
			ID: s.newID("ii_"), Customer: u.Customer, Subscription: u.ID, Amount: l.Amount, Currency: changed.Currency, Description: l.Description,
			Metadata: map[string]string{}, Created: s.now().Unix(),
		}
		s.items.put(i.ID, i)
	}
}

func (s *Server) prorationLines(u *subscription, old, changed *price) []line {
	now := s.now().Unix()
	left, whole := max(u.PeriodEnd-now, 0), max(u.PeriodEnd-u.PeriodStart, 1)
	return []line{
		{ID: s.newID("il_"), Description: "Unused time on " + s.products.get(old.Product).Name, Amount: -share(old.Amount, left, whole), Start: now, End: u.PeriodEnd},
		{ID: s.newID("il_"), Description: "Remaining time on " + s.products.get(changed.Product).Name, Amount: share(changed.Amount, left, whole), Start: now, End: u.PeriodEnd},
	}
}

// share is left/whole of an amount, half up.
func share(of money.Amount, left, whole int64) money.Amount {
	return money.Amount((int64(of)*left*2 + whole) / (whole * 2))
}

func (s *Server) cancelSubscription(c *call) (object, *apiError) {
	u := s.subscriptions.get(c.id)
	c.flag("prorate")
	c.flag("invoice_now")
	if refused := c.done(); refused != nil {
		return nil, refused
	}
	if u == nil || u.Status == canceled {
		return nil, missing("subscription", c.id, "id")
	}
	s.end(u, canceled)
	return s.viewSubscription(u), nil
}

// end ends a subscription now. Open invoices stay, and are not collected any more.
func (s *Server) end(u *subscription, status string) {
	now := s.now().Unix()
	u.Status, u.EndedAt = status, now
	if u.CanceledAt == 0 {
		u.CanceledAt = now
	}
	s.subscriptions.put(u.ID, u)
	for _, v := range s.invoices.newest(func(v *invoice) bool { return v.Subscription == u.ID && v.NextAttempt > 0 }) {
		v.NextAttempt = 0
		s.invoices.put(v.ID, v)
	}
	if status == canceled {
		s.emit("customer.subscription.deleted", s.viewSubscription(u))
		return
	}
	s.emit("customer.subscription.updated", s.viewSubscription(u))
}

// next is a month or a year later, on the day of the anchor or the month's last.
func next(from time.Time, interval string, anchorDay int) time.Time {
	from = from.UTC()
	months := 1
	if interval == "year" {
		months = 12
	}
	first := time.Date(from.Year(), from.Month()+time.Month(months), 1, from.Hour(), from.Minute(), from.Second(), 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(anchorDay, last)-1)
}
