package stripe

import (
	"net/url"
	"slices"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
)

func (s *Server) checkoutRoutes(api routes) {
	api("POST /v1/checkout/sessions", s.createSession)
	api("GET /v1/checkout/sessions", func(c *call) (object, *apiError) {
		of, by := c.text("customer"), c.text("subscription")
		return paged(c, "/v1/checkout/sessions", s.sessions, func(one *session) bool {
			return (of == "" || one.Customer == of) && (by == "" || one.Subscription == by)
		}, s.viewSession)
	})
	api("GET /v1/checkout/sessions/{id}", getting(s, "checkout.session", func() *table[session] { return s.sessions }, s.viewSession))
	api("POST /v1/checkout/sessions/{id}/expire", s.expireSession)
	api("POST /v1/billing_portal/sessions", s.createPortal)
}

func (s *Server) createSession(c *call) (object, *apiError) {
	now := s.now()
	made := &session{
		ID: s.newID("cs_test_"), Customer: c.need("customer"), Reference: c.text("client_reference_id"), Metadata: c.pairs("metadata"),
		SubMetadata: c.pairs("subscription_data[metadata]"), TrialDays: c.number("subscription_data[trial_period_days]"),
		Success: c.need("success_url"), Cancel: c.text("cancel_url"), Locale: c.text("locale"), Methods: c.list("payment_method_types"),
		BoletoDays: c.number("payment_method_options[boleto][expires_after_days]"), PixSeconds: c.number("payment_method_options[pix][expires_after_seconds]"),
		Status: open, PaymentStatus: unpaid, Created: now.Unix(), Expires: now.Add(sessionLife).Unix(),
	}
	if at := c.number("expires_at"); at != 0 {
		made.Expires = at
	}
	c.one("mode", "subscription")
	c.one("payment_method_collection", "always", "if_required")
	p := s.linePrice(c)
	if made.Coupon = c.text("discounts[0][coupon]"); made.Coupon != "" && s.coupons.get(made.Coupon) == nil {
		c.fail(missing("coupon", made.Coupon, "discounts[0][coupon]"))
	}
	s.checkSession(c, made, now)
	if refused := c.done(); refused != nil {
		return nil, refused
	}
	made.Price = s.prices.put(p.ID, p).ID
	return s.viewSession(s.sessions.put(made.ID, made)), nil
}

// linePrice takes the one line of a checkout: a price by id, or one made for it.
func (s *Server) linePrice(c *call) *price {
	if c.number("line_items[0][quantity]") != 1 {
		c.fail(invalid("", "This simulator sells one of each.", "line_items[0][quantity]"))
	}
	if priceID := c.text("line_items[0][price]"); priceID != "" {
		if known := s.prices.get(priceID); known != nil {
			return known
		}
		c.fail(missing("price", priceID, "line_items[0][price]"))
		return &price{}
	}
	return s.priceParams(c.form, "line_items[0][price_data]")
}

func (s *Server) checkSession(c *call, made *session, now time.Time) {
	if len(made.Methods) == 0 {
		made.Methods = []string{byCard}
	}
	for _, one := range made.Methods {
		if !slices.Contains([]string{byCard, byPix, byBoleto}, one) {
			c.fail(invalid("", "The payment method type provided: "+one+" is invalid.", "payment_method_types"))
		}
	}
	life := time.Unix(made.Expires, 0).Sub(now)
	switch {
	case made.Customer != "" && s.customers.get(made.Customer) == nil:
		c.fail(missing("customer", made.Customer, "customer"))
	case !isURL(made.Success):
		c.fail(invalid("url_invalid", "Not a valid URL", "success_url"))
	case made.Cancel != "" && !isURL(made.Cancel):
		c.fail(invalid("url_invalid", "Not a valid URL", "cancel_url"))
	case life < 30*time.Minute-time.Minute || life > 24*time.Hour+time.Minute:
		c.fail(invalid("", "The expires_at timestamp must be between 30 minutes and 24 hours from now.", "expires_at"))
	case made.TrialDays < 0 || made.TrialDays > 730:
		c.fail(invalid("", "trial_period_days must be between 1 and 730", "subscription_data[trial_period_days]"))
	case made.TrialDays > 0 && slices.Contains(made.Methods, byPix):
		c.fail(invalid("", "pix cannot be used when there is nothing to pay at once.", "payment_method_types"))
	case made.BoletoDays < 0 || made.BoletoDays > 60:
		c.fail(invalid("", "expires_after_days must be between 0 and 60", "payment_method_options[boleto][expires_after_days]"))
	case made.PixSeconds != 0 && (made.PixSeconds < 10 || made.PixSeconds > 1209600):
		c.fail(invalid("", "expires_after_seconds must be between 10 and 1209600", "payment_method_options[pix][expires_after_seconds]"))
	case made.Locale != "" && !slices.Contains([]string{"auto", "pt", "pt-BR", "en"}, made.Locale):
		c.fail(invalid("", "Invalid locale", "locale"))
	case len(made.Reference) > 200:
		c.fail(invalid("", "client_reference_id is longer than 200 characters", "client_reference_id"))
	}
}

func isURL(text string) bool {
	target, err := url.Parse(text)
	return err == nil && target.Host != "" && (target.Scheme == "https" || target.Scheme == "http")
}

func (s *Server) expireSession(c *call) (object, *apiError) {
	one := s.sessions.get(c.id)
	if refused := c.done(); refused != nil {
		return nil, refused
	}
	switch {
	case one == nil:
		return nil, missing("checkout.session", c.id, "id")
	case one.Status != open:
		return nil, invalid("", `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of `+one.Status+".", "")
	}
	s.closeSession(one)
	return s.viewSession(one), nil
}

func (s *Server) closeSession(one *session) {
	one.Status = expired
	s.sessions.put(one.ID, one)
	s.emit("checkout.session.expired", s.viewSession(one))
}

func (s *Server) createPortal(c *call) (object, *apiError) {
	made := &portal{ID: s.newID("bps_"), Customer: c.need("customer"), Return: c.text("return_url"), Created: s.now().Unix()}
	c.one("flow_data[type]", "payment_method_update")
	c.one("flow_data[after_completion][type]", "redirect", "portal_homepage")
	c.text("flow_data[after_completion][redirect][return_url]")
	c.text("locale")
	if made.Customer != "" && s.customers.get(made.Customer) == nil {
		c.fail(missing("customer", made.Customer, "customer"))
	}
	if refused := c.done(); refused != nil {
		return nil, refused
	}
	s.portals.put(made.ID, made)
	return object{
		"id": made.ID, "object": "billing_portal.session", "customer": made.Customer, "return_url": orNil(made.Return), "created": made.Created,
		"url": s.config.PublicURL + "/p/session/" + made.ID, "livemode": false,
	}, nil
}

// What a payer does on the hosted page.
const (
	chooseCard     = "card"
	chooseDeclined = "declined"
	choosePix      = "pix"
	chooseBoleto   = "boleto"
)

// choose is what a payer does on the page of a checkout; the caller holds the
// lock. Errors: fault.NotFound, fault.Refused, fault.Invalid.
func (s *Server) choose(sessionID, action string) (*session, error) {
	one := s.sessions.get(sessionID)
	switch {
	case one == nil:
		return nil, fault.New(fault.NotFound, "no such checkout")
	case one.Status != open:
		return one, fault.Refuse(one.Status, "the checkout is %s", one.Status)
	case action == chooseDeclined && slices.Contains(one.Methods, byCard):
		s.refuseCard(one)
		return one, nil
	case !slices.Contains(one.Methods, action):
		return one, fault.OnField("action", "this checkout does not offer %q", action)
	}
	s.begin(one, s.newMethod(one.Customer, action))
	return one, nil
}

// refuseCard is a card that its bank refuses: the page stays open.
func (s *Server) refuseCard(one *session) {
	p := s.prices.get(one.Price)
	i := &intent{
		ID: s.newID("pi_"), Customer: one.Customer, Amount: p.Amount - s.discount(one.Coupon, p.Amount), Currency: p.Currency, Status: needsMethod,
		Problem: errNoFunds.code, Decline: errNoFunds.decline, Created: s.now().Unix(),
	}
	s.intents.put(i.ID, i)
	one.Refused = true
	s.sessions.put(one.ID, one)
	s.emit("payment_intent.payment_failed", s.viewIntent(i))
}

func (s *Server) newMethod(customerID, kind string) *method {
	m := &method{ID: s.newID("pm_"), Customer: customerID, Type: kind, Created: s.now().Unix()}
	if kind == byCard {
		m.Brand, m.Last4 = "visa", "4242"
	}
	return s.methods.put(m.ID, m)
}

// begin completes a checkout: the subscription begins, with its first invoice.
func (s *Server) begin(one *session, m *method) {
	now := s.now()
	p := s.prices.get(one.Price)
	u := &subscription{
		ID: s.newID("sub_"), Item: s.newID("si_"), Customer: one.Customer, Price: one.Price, Method: m.ID, Metadata: one.SubMetadata, AnchorDay: now.Day(),
		BoletoDays: one.BoletoDays, PixSeconds: one.PixSeconds, PeriodStart: now.Unix(), Created: now.Unix(), Status: incomplete,
	}
	s.grant(u, one.Coupon)
	u.PeriodEnd = next(now, p.Interval, u.AnchorDay).Unix()
	if one.TrialDays > 0 {
		end := now.Add(time.Duration(one.TrialDays) * 24 * time.Hour)
		u.Status, u.TrialEnd, u.PeriodEnd, u.AnchorDay = trialing, end.Unix(), end.Unix(), end.Day()
	}
	s.subscriptions.put(u.ID, u)
	s.emit("customer.subscription.created", s.viewSubscription(u))
	v := s.newInvoice(u, "subscription_create", s.periodLine(u))
	_ = s.collect(v)   // a card is good here; a voucher is awaited
	v.Session = one.ID // from now on what is paid is told of the session too
	s.invoices.put(v.ID, v)
	one.Status, one.Subscription, one.Invoice = complete, u.ID, v.ID
	if v.Status == paid {
		one.PaymentStatus = paid
		if v.Total == 0 {
			one.PaymentStatus = "no_payment_required"
		}
	}
	s.sessions.put(one.ID, one)
	s.emit("checkout.session.completed", s.viewSession(one))
}

// grant gives a subscription the discount of a coupon.
func (s *Server) grant(u *subscription, couponID string) {
	c := s.coupons.get(couponID)
	if c == nil {
		return
	}
	u.Coupon = c.ID
	if c.Duration == "repeating" {
		u.CouponEnd = time.Unix(u.PeriodStart, 0).UTC().AddDate(0, int(c.Months), 0).Unix()
	}
}

// discount is what a coupon takes off an amount.
func (s *Server) discount(couponID string, of money.Amount) money.Amount {
	if c := s.coupons.get(couponID); c != nil {
		return min(c.AmountOff, of)
	}
	return 0
}
