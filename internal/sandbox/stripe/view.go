package stripe

import (
	"slices"
	"strings"
)

func orNil[T comparable](value T) any {
	var zero T
	if value == zero {
		return nil
	}
	return value
}

func listOf(url string, views []object, more bool) object {
	if views == nil {
		views = []object{}
	}
	return object{"object": "list", "url": url, "has_more": more, "data": views}
}

func (s *Server) viewCustomer(c *customer) object {
	address := any(nil)
	if len(c.Address) > 0 {
		full := object{}
		for _, name := range []string{"city", "country", "line1", "line2", "postal_code", "state"} {
			full[name] = orNil(c.Address[name])
		}
		address = full
	}
	return object{
		"id": c.ID, "object": "customer", "name": orNil(c.Name), "email": orNil(c.Email), "phone": orNil(c.Phone), "address": address,
		"balance": c.Balance, "metadata": c.Metadata, "preferred_locales": c.Locales, "created": c.Created, "livemode": false,
	}
}

func viewProduct(p *product) object {
	return object{"id": p.ID, "object": "product", "name": p.Name, "active": true, "metadata": p.Metadata, "created": p.Created, "livemode": false, "type": "service"}
}

func viewPrice(p *price) object {
	return object{
		"id": p.ID, "object": "price", "active": true, "billing_scheme": "per_unit", "currency": p.Currency, "unit_amount": p.Amount, "product": p.Product,
		"lookup_key": orNil(p.Lookup), "type": "recurring", "recurring": object{"interval": p.Interval, "interval_count": 1, "usage_type": "licensed"},
		"created": p.Created, "livemode": false,
	}
}

func viewCoupon(c *coupon) object {
	return object{
		"id": c.ID, "object": "coupon", "name": orNil(c.Name), "amount_off": c.AmountOff, "currency": c.Currency, "duration": c.Duration,
		"duration_in_months": orNil(c.Months), "valid": true, "created": c.Created, "livemode": false,
	}
}

func (s *Server) viewSession(c *session) object {
	p := s.prices.get(c.Price)
	url := any(nil)
	if c.Status == open {
		url = s.config.PublicURL + "/c/pay/" + c.ID
	}
	total := p.Amount - s.discount(c.Coupon, p.Amount)
	if c.TrialDays > 0 {
		total = 0
	}
	return object{
		"id": c.ID, "object": "checkout.session", "mode": "subscription", "ui_mode": "hosted", "status": c.Status, "payment_status": c.PaymentStatus,
		"customer": c.Customer, "client_reference_id": orNil(c.Reference), "subscription": orNil(c.Subscription), "invoice": orNil(c.Invoice), "payment_intent": nil,
		"amount_subtotal": p.Amount, "amount_total": total, "currency": p.Currency, "payment_method_types": c.Methods, "payment_method_collection": "always",
		"success_url": c.Success, "cancel_url": orNil(c.Cancel), "locale": orNil(c.Locale), "metadata": c.Metadata, "url": url,
		"created": c.Created, "expires_at": c.Expires, "livemode": false,
	}
}

func (s *Server) viewSubscription(u *subscription) object {
	item := object{
		"id": u.Item, "object": "subscription_item", "subscription": u.ID, "quantity": 1, "price": viewPrice(s.prices.get(u.Price)),
		"current_period_start": u.PeriodStart, "current_period_end": u.PeriodEnd, "created": u.Created, "metadata": object{},
	}
	return object{
		"id": u.ID, "object": "subscription", "status": u.Status, "customer": u.Customer, "items": listOf("/v1/subscription_items?subscription="+u.ID, []object{item}, false),
		"currency": s.prices.get(u.Price).Currency, "collection_method": "charge_automatically", "cancel_at_period_end": u.EndsAtEnd, "canceled_at": orNil(u.CanceledAt),
		"cancel_at": nil, "ended_at": orNil(u.EndedAt), "trial_end": orNil(u.TrialEnd), "default_payment_method": orNil(u.Method), "latest_invoice": orNil(u.Latest),
		"metadata": u.Metadata, "created": u.Created, "start_date": u.Created, "livemode": false,
	}
}

func (s *Server) viewInvoice(v *invoice) object {
	lines := make([]object, 0, len(v.Lines))
	for _, l := range v.Lines {
		lines = append(lines, object{
			"id": l.ID, "object": "line_item", "amount": l.Amount, "currency": v.Currency, "description": l.Description, "invoice": v.ID,
			"period": object{"start": l.Start, "end": l.End}, "quantity": 1, "livemode": false,
		})
	}
	parent, url := any(nil), any(nil)
	if v.Subscription != "" {
		parent = object{"type": "subscription_details", "quote_details": nil, "subscription_details": object{"subscription": v.Subscription, "metadata": object{}}}
	}
	if v.Status != draft {
		url = s.config.PublicURL + "/i/" + v.ID
	}
	return object{
		"id": v.ID, "object": "invoice", "number": orNil(v.Number), "status": v.Status, "customer": v.Customer, "parent": parent, "billing_reason": v.Reason,
		"currency": v.Currency, "subtotal": v.Total + v.Discount, "total": v.Total, "amount_due": v.Due, "amount_paid": v.Paid, "amount_remaining": v.Due - v.Paid,
		"attempt_count": v.Attempts, "attempted": v.Attempts > 0, "auto_advance": v.Status == open, "collection_method": "charge_automatically",
		"next_payment_attempt": orNil(v.NextAttempt), "description": orNil(v.Description), "due_date": nil, "hosted_invoice_url": url,
		"lines":              listOf("/v1/invoices/"+v.ID+"/lines", lines, false),
		"status_transitions": object{"finalized_at": v.Created, "paid_at": orNil(v.PaidAt), "voided_at": orNil(v.VoidedAt), "marked_uncollectible_at": nil},
		"metadata":           v.Metadata, "created": v.Created, "period_start": v.Created, "period_end": v.Created, "livemode": false,
	}
}

func viewItem(i *invoiceItem) object {
	return object{
		"id": i.ID, "object": "invoiceitem", "customer": i.Customer, "invoice": orNil(i.Invoice), "amount": i.Amount, "currency": i.Currency,
		"description": orNil(i.Description), "metadata": i.Metadata, "date": i.Created, "livemode": false,
	}
}

// viewPayment is how an invoice is paid: basil keeps it apart from both.
func (s *Server) viewPayment(v *invoice) object {
	status := open
	switch v.Status {
	case paid:
		status = paid
	case void, "uncollectible":
		status = canceled
	}
	i := s.intents.get(v.Intent)
	return object{
		"id": "inpay_" + strings.TrimPrefix(v.ID, "in_"), "object": "invoice_payment", "invoice": v.ID, "is_default": true, "status": status,
		"amount_requested": i.Amount, "amount_paid": orNil(v.Paid), "currency": v.Currency, "created": i.Created, "livemode": false,
		"payment": object{"type": "payment_intent", "payment_intent": i.ID},
	}
}

func (s *Server) viewPayments(v *invoice) object {
	var list []object
	if v.Intent != "" {
		list = append(list, s.viewPayment(v))
	}
	return listOf("/v1/invoice_payments?invoice="+v.ID, list, false)
}

func (s *Server) viewIntent(i *intent) object {
	problem, action, charge := any(nil), any(nil), any(nil)
	if i.Problem != "" {
		problem = object{"type": "card_error", "code": i.Problem, "decline_code": orNil(i.Decline), "message": "The payment failed."}
	}
	if i.Status == needsAction {
		action = s.viewAction(i)
	}
	if i.Charged {
		charge = chargeOf(i.ID)
	}
	return object{
		"id": i.ID, "object": "payment_intent", "amount": i.Amount, "currency": i.Currency, "customer": i.Customer, "status": i.Status,
		"payment_method": orNil(i.Method), "last_payment_error": problem, "next_action": action, "latest_charge": charge, "metadata": object{},
		"created": i.Created, "livemode": false,
	}
}

func (s *Server) viewAction(i *intent) any {
	m := s.methods.get(i.Method)
	page := s.config.PublicURL + "/i/" + i.Invoice
	if m != nil && m.Type == byBoleto {
		return object{"type": "boleto_display_details", "boleto_display_details": object{"number": i.Code, "expires_at": i.Expires, "hosted_voucher_url": page, "pdf": page}}
	}
	return object{"type": "pix_display_qr_code", "pix_display_qr_code": object{
		"data": i.Code, "expires_at": i.Expires, "hosted_instructions_url": page, "image_url_svg": page, "image_url_png": page,
	}}
}

func chargeOf(intentID string) string { return "ch_" + strings.TrimPrefix(intentID, "pi_") }

func viewCharge(i *intent) object {
	return object{
		"id": chargeOf(i.ID), "object": "charge", "amount": i.Amount, "amount_captured": i.Amount, "amount_refunded": i.Refunded, "currency": i.Currency,
		"customer": i.Customer, "payment_intent": i.ID, "payment_method": orNil(i.Method), "paid": true, "captured": true, "status": succeeded,
		"refunded": i.Refunded == i.Amount, "disputed": i.Disputed, "metadata": object{}, "created": i.Created, "livemode": false,
	}
}

func viewMethod(m *method) object {
	view := object{"id": m.ID, "object": "payment_method", "type": m.Type, "customer": m.Customer, "created": m.Created, "livemode": false, "metadata": object{}}
	switch m.Type {
	case byCard:
		view[byCard] = object{"brand": m.Brand, "last4": m.Last4, "exp_month": 12, "exp_year": 2034, "country": "BR", "funding": "credit"}
	default:
		view[m.Type] = object{}
	}
	return view
}

func viewRefund(r *refund) object {
	return object{
		"id": r.ID, "object": "refund", "amount": r.Amount, "currency": r.Currency, "payment_intent": r.Intent, "charge": chargeOf(r.Intent),
		"status": succeeded, "reason": nil, "metadata": r.Metadata, "created": r.Created,
	}
}

func viewDispute(d *dispute) object {
	return object{
		"id": d.ID, "object": "dispute", "amount": d.Amount, "currency": d.Currency, "payment_intent": d.Intent, "charge": chargeOf(d.Intent),
		"status": d.Status, "reason": "fraudulent", "metadata": object{}, "created": d.Created, "livemode": false,
	}
}

// byID gives any object by its id, nil for none.
func (s *Server) byID(id string) object {
	kind, _, _ := strings.Cut(id, "_")
	switch kind {
	case "cus":
		return found(s.customers, id, s.viewCustomer)
	case "price":
		return found(s.prices, id, viewPrice)
	case "sub":
		return found(s.subscriptions, id, s.viewSubscription)
	case "in":
		return found(s.invoices, id, s.viewInvoice)
	case "pi":
		return found(s.intents, id, s.viewIntent)
	case "pm":
		return found(s.methods, id, viewMethod)
	case "ch":
		return found(s.intents, "pi_"+strings.TrimPrefix(id, "ch_"), viewCharge)
	}
	return found(s.products, id, viewProduct) // whose ids are free
}

func found[T any](t *table[T], id string, view func(*T) object) object {
	if row := t.get(id); row != nil {
		return view(row)
	}
	return nil
}

// references are the fields that may be expanded.
func references() []string {
	return []string{"customer", "subscription", "invoice", "payment_intent", "default_payment_method", "payment_method", "latest_invoice", "latest_charge", "charge", "product", "payments"}
}

// expand puts whole objects in the place of ids along a path.
func (s *Server) expand(view object, path []string, whole string) *apiError {
	name, rest := path[0], path[1:]
	if name == "data" {
		views, ok := view["data"].([]object)
		if !ok || len(rest) == 0 {
			return invalid("", "This property cannot be expanded ("+whole+").", "expand")
		}
		for _, one := range views {
			if refused := s.expand(one, rest, whole); refused != nil {
				return refused
			}
		}
		return nil
	}
	if name == "payments" && view["object"] == "invoice" {
		if _, there := view[name]; !there {
			view[name] = s.viewPayments(s.invoices.get(view["id"].(string)))
		}
	}
	value, there := view[name]
	if id, isID := value.(string); isID && slices.Contains(references(), name) {
		view[name] = s.byID(id)
		value = view[name]
	}
	next, isObject := value.(object)
	switch {
	case !there, value != nil && !isObject:
		return invalid("", "This property cannot be expanded ("+whole+").", "expand")
	case value == nil || len(rest) == 0:
		return nil
	}
	return s.expand(next, rest, whole)
}
