package storefront

import (
	"context"
	"net/http"
	"slices"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/message"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
)

// reachFor is how long placing an order waits for the vendor's code; the page of
// the order goes on waiting.
const reachFor = 5 * time.Second

// deliveryPage asks where the order goes.
type deliveryPage struct {
	frame
	Root   string
	Asked  bool // a place was named
	Form   order.Delivery
	CEP    string
	Note   string
	Quotes []quote
	Homes  bool // one of the quotes needs an address
	Flaws  map[string]string
}

// quote is a way in which the order could go.
type quote struct {
	ZoneID, Name, Promise string
	Pickup, Chosen        bool
	Price                 money.Amount
}

func (s *site) showDelivery(v *visit) error {
	if len(v.shop.cart.Lines) == 0 {
		return v.see(v.shop.root + "/cart")
	}
	form := readDelivery(v.r.URL.Query())
	form.note = v.shop.cart.Note
	if !v.r.URL.Query().Has("cep") && !v.r.URL.Query().Has("neighbourhood") {
		form.delivery = v.shop.cart.Delivery
	} else {
		form.delivery.Address, form.delivery.City = v.shop.cart.Delivery.Address, v.shop.cart.Delivery.City
	}
	return v.showDelivery(http.StatusOK, form, map[string]string{})
}

func (v *visit) showDelivery(status int, form deliveryForm, flaws map[string]string) error {
	d := form.delivery
	page := deliveryPage{
		frame: v.room(v.say("delivery.title")), Root: v.shop.root, Form: d, CEP: spellCEP(d.CEP), Note: form.note, Flaws: flaws, Asked: d.CEP != "" || d.Neighbourhood != "",
	}
	place := order.Delivery{CEP: d.CEP, Neighbourhood: d.Neighbourhood}
	if form.cepFlaw {
		flaws["cep"] = v.say("delivery.cepUnread")
		place.CEP, page.Asked = "", place.Neighbourhood != ""
	}
	list, err := v.site.deps.Orders.Quotes(v.ctx, v.shop.tenantID, place, v.shop.cart.Subtotal)
	if err != nil {
		return err
	}
	for _, q := range list {
		pickup := q.Zone.Kind == order.Pickup
		page.Homes = page.Homes || !pickup
		page.Quotes = append(page.Quotes, quote{q.Zone.ID, q.Zone.Name, q.Zone.Promise, pickup, q.Zone.ID == d.ZoneID, q.Price})
	}
	if len(page.Quotes) > 0 && !slices.ContainsFunc(page.Quotes, func(q quote) bool { return q.Chosen }) {
		page.Quotes[0].Chosen = true
	}
	v.show(status, "delivery.html", page)
	return nil
}

func (s *site) setDelivery(v *visit) error {
	form := readDelivery(v.r.PostForm)
	flaws := map[string]string{}
	zones, err := s.deps.Orders.Zones(v.ctx, v.shop.tenantID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(zones, func(z order.Zone) bool { return z.ID == form.delivery.ZoneID && z.Active })
	switch {
	case form.cepFlaw:
		return v.showDelivery(http.StatusUnprocessableEntity, form, flaws)
	case at < 0:
		flaws["zone"] = v.say("delivery.choose")
	case zones[at].Kind != order.Pickup && form.delivery.Address == "":
		flaws["address"] = v.say("delivery.addressNeeded")
	}
	if len(flaws) > 0 {
		return v.showDelivery(http.StatusUnprocessableEntity, form, flaws)
	}
	if zones[at].Kind == order.Pickup { // where somebody lives is not needed then
		form.delivery = order.Delivery{ZoneID: form.delivery.ZoneID}
	}
	_, err = s.deps.Orders.SetDelivery(v.ctx, v.change(), form.delivery, form.note)
	switch {
	case fault.Is(err, fault.Refused):
		flaws["zone"] = v.reason(reasonOf(err))
		return v.showDelivery(http.StatusUnprocessableEntity, form, flaws)
	case fault.Is(err, fault.Invalid):
		flaws["address"] = v.say("delivery.unread")
		return v.showDelivery(http.StatusUnprocessableEntity, form, flaws)
	case err != nil:
		return err
	default:
		return v.see(v.shop.root + "/pay")
	}
}

// payPage is the last look before an order is placed.
type payPage struct {
	frame
	Root    string
	Cart    order.Cart
	Choices []way
	Form    order.Customer
	Key     string
	Flaws   map[string]string
	Tax     bool // one of the ways needs a CPF or CNPJ
}

// way is a way to pay.
type way struct {
	Value, Name, Text string
	Chosen, Tax       bool
}

func (s *site) showPay(v *visit) error {
	cart := v.shop.cart
	switch {
	case len(cart.Lines) == 0 || cart.Short:
		return v.see(v.shop.root + "/cart")
	case cart.Delivery == order.Delivery{} || cart.Shipping != "":
		return v.see(v.shop.root + "/delivery")
	}
	customer := order.Customer{Name: firstOf(v.shop.who.Name, v.shop.who.Profile)}
	for _, address := range v.shop.who.Addresses {
		if address.Kind == message.WaID && customer.Phone == "" {
			customer.Phone = "+" + address.Value
		}
	}
	return v.showPay(http.StatusOK, payForm{customer: customer}, map[string]string{})
}

func (v *visit) showPay(status int, form payForm, flaws map[string]string) error {
	choices, err := v.site.deps.Payments.Choices(v.ctx, v.shop.tenantID)
	if err != nil {
		return err
	}
	cart := v.shop.cart
	page := payPage{frame: v.room(v.say("pay.title")), Root: v.shop.root, Cart: cart, Form: form.customer, Flaws: flaws}
	// The cart as it was seen, once: the same button pressed twice is one order.
	page.Key = cart.ID + "." + decimal(cart.Version)
	slices.SortStableFunc(choices, func(a, b payment.Choice) int { return ease(a) - ease(b) })
	for _, choice := range choices {
		w := way{Value: choice.Provider + "/" + string(choice.Method), Chosen: choice == form.choice, Tax: choice.Method == payment.Slip}
		key := "way." + string(choice.Method)
		switch {
		case !choice.Prepaid():
			key = "way.delivery." + string(choice.Method)
		case choice.Provider == payment.PixKey:
			key = "way.key"
		}
		w.Name, w.Text = v.say(key), v.say(key+".text")
		page.Tax = page.Tax || w.Tax
		page.Choices = append(page.Choices, w)
	}
	if len(page.Choices) > 0 && !slices.ContainsFunc(page.Choices, func(w way) bool { return w.Chosen }) {
		page.Choices[0].Chosen = true
	}
	v.show(status, "pay.html", page)
	return nil
}

// ease orders the ways to pay: what confirms itself at once comes first.
func ease(choice payment.Choice) int {
	switch {
	case !choice.Prepaid():
		return 4
	case choice.Provider == payment.PixKey:
		return 1
	case choice.Method == payment.Pix:
		return 0
	case choice.Method == payment.Slip:
		return 3
	default:
		return 2
	}
}

// place places the order that the customer saw, once.
func (s *site) place(v *visit) error {
	form := readPay(v.r.PostForm)
	flaws := form.check(v)
	if len(flaws) > 0 {
		return v.showPay(http.StatusUnprocessableEntity, form, flaws)
	}
	placed, err := s.deps.Orders.Place(v.ctx, order.Place{
		TenantID: v.shop.tenantID, ContactID: v.shop.contactID, ConversationID: v.shop.conversationID, Source: order.FromWeb, Payment: form.choice,
		Customer: form.customer, Expected: &form.expected, Key: "store/" + v.shop.contactID + "/" + form.key, By: v.shop.by(),
	})
	if err == nil {
		s.hurry(v.ctx, placed)
		return v.see(s.path(s.deps.Links.Order(placed.TenantID, placed.ID)))
	}
	reason := reasonOf(err)
	// What was refused is shown with the cart as it is now.
	if now, again := s.deps.Orders.Cart(v.ctx, v.shop.tenantID, v.shop.contactID); again == nil {
		v.shop.cart = now
	}
	switch {
	case fault.Is(err, fault.Conflict) || reason == "cart_empty":
		return v.see(v.shop.root + "?ok=placed")
	case reason == "price_moved":
		return v.showPay(http.StatusConflict, form, map[string]string{"total": v.say("pay.moved", price(form.expected, v.shop.cart.Currency), price(v.shop.cart.Total, v.shop.cart.Currency))})
	case reason == "no_such_payment":
		return v.showPay(http.StatusUnprocessableEntity, form, map[string]string{"pay": v.reason(reason)})
	case reason == "no_delivery":
		return v.see(v.shop.root + "/delivery")
	case fault.Is(err, fault.Refused):
		return v.showCart(http.StatusConflict, cartFlaw{whole: v.reason(reason)})
	case fault.Is(err, fault.Invalid) && fieldOf(err) == "customer":
		return v.showPay(http.StatusUnprocessableEntity, form, map[string]string{"name": v.say("pay.unread")})
	default:
		return err
	}
}

// check says what is lacking, at its field.
func (p *payForm) check(v *visit) map[string]string {
	flaws := map[string]string{}
	if p.customer.Name == "" {
		flaws["name"] = v.say("pay.nameNeeded")
	}
	if p.choice.Provider == "" {
		flaws["pay"] = v.say("pay.choose")
	}
	plain, ok := taxID(p.customer.TaxID)
	switch {
	case p.customer.TaxID != "" && !ok:
		flaws["tax_id"] = v.say("pay.taxUnread")
	case p.customer.TaxID == "" && p.choice.Method == payment.Slip:
		flaws["tax_id"] = v.say("pay.taxNeeded")
	case ok:
		p.customer.TaxID = plain
	}
	if !p.seen || len(p.key) < 8 {
		flaws["total"] = v.say("pay.again")
	}
	return flaws
}

// hurry asks the vendor at once, since the customer waits for the code. What
// fails here is done by the sweeper.
func (s *site) hurry(ctx context.Context, o order.Order) {
	ctx, cancel := context.WithTimeout(ctx, reachFor)
	defer cancel()
	for _, p := range o.Payments {
		if p.State != payment.Created {
			continue
		}
		if _, err := s.deps.Payments.Reach(ctx, o.TenantID, p.ID); err != nil {
			s.deps.Logger.DebugContext(ctx, "a payment was not asked for at once", "payment", p.ID, "error", err)
		}
	}
}
