package storefront

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/modules/contact"
	"prosa/internal/modules/order"
	"prosa/internal/modules/product"
)

// reasonOver marks a ticket whose time is over.
const reasonOver = "link_over"

// pageSize is how many goods a shelf shows at once.
const pageSize = 24

// shop is whose shop a visit is in.
type shop struct {
	customer
	root    string // its address, without the host
	company string
	who     contact.Contact
	cart    order.Cart
	around  frame
}

// shopper reads the ticket of a customer's shop and what every page of it needs.
// Pages of it that show the cart read it anew after a change.
func (s *site) shopper(fn func(v *visit) error) func(v *visit) error {
	return func(v *visit) error {
		ticket := v.r.PathValue("ticket")
		who, state := s.deps.Links.shop(ticket)
		switch state {
		case wrong:
			return v.guessed()
		case over:
			return &fault.Error{Code: fault.NotFound, Reason: reasonOver, Message: "the link is over"}
		default:
		}
		f, err := v.of(who.tenantID, "")
		if err != nil {
			return err
		}
		v.shop = &shop{customer: who, root: Prefix + "/c/" + ticket, company: f.Company}
		if v.shop.who, err = s.deps.Contacts.Get(v.ctx, who.tenantID, who.contactID); err != nil {
			return err
		}
		if v.shop.who.Blocked {
			return errNothing()
		}
		if v.shop.cart, err = s.deps.Orders.Cart(v.ctx, who.tenantID, who.contactID); err != nil {
			return err
		}
		f.Home, f.Cart = v.shop.root, v.shop.root+"/cart"
		if f.Talks, err = v.talks(who.tenantID, "", ""); err != nil {
			return err
		}
		v.shop.around = f
		return fn(v)
	}
}

// room is the frame of a page of the shop, with the cart as it is now.
func (v *visit) room(title string) frame {
	f := v.shop.around
	f.Title = title
	for _, l := range v.shop.cart.Lines {
		f.Pieces += l.Quantity
	}
	if words, ok := v.words["ok."+v.r.URL.Query().Get("ok")]; ok && v.r.Method == http.MethodGet {
		f.Notice = words
	}
	return f
}

// by is the customer, as the one who changes something.
func (sh *shop) by() event.Actor {
	return event.Actor{Kind: "customer", ID: sh.contactID, Name: firstOf(sh.who.Name, sh.who.Profile)}
}

// shelfPage shows what is sold.
type shelfPage struct {
	frame
	Shelves []shelf
	All     bool // none of them is chosen
	Goods   []tile
	More    string // address of the next page
	Hello   string
	Orders  []recent
}

type shelf struct {
	Name, URL string
	Chosen    bool
}

// tile is a product on a shelf.
type tile struct {
	Name, URL string
	Picture   *picture
	Price     money.Amount // of the cheapest variant
	ListPrice money.Amount
	Off       int64
	Currency  money.Currency
	From      bool // others cost more
	SoldOut   bool
	Tone      int
	Letter    string
	Variants  int64
	VariantID string // the only one, which can be added at once
	Quantity  int64  // of it in the cart
}

// recent is an order that the customer placed.
type recent struct {
	Number  int64
	URL     string
	State   order.State
	Total   money.Amount
	AtMS    int64
	Waiting bool
}

func (s *site) showShop(v *visit) error {
	query := clean(v.r.URL.Query().Get("q"), 200)
	chosen := clean(v.r.URL.Query().Get("c"), 64)
	after := clean(v.r.URL.Query().Get("after"), 200)
	page := shelfPage{frame: v.room(v.shop.company), Hello: firstWord(firstOf(v.shop.who.Name, v.shop.who.Profile)), All: chosen == ""}
	page.Query = query
	shelves, err := s.deps.Products.Collections(v.ctx, v.shop.tenantID)
	if err != nil {
		return err
	}
	search := product.Search{TenantID: v.shop.tenantID, Query: query, State: product.Active, Cursor: after, Limit: pageSize}
	for _, c := range shelves {
		page.Shelves = append(page.Shelves, shelf{c.Name, v.shop.root + "?c=" + url.QueryEscape(c.ID), c.ID == chosen})
		switch {
		case c.ID != chosen:
		case c.Kind == product.Category:
			search.CategoryID = c.ID
		default:
			search.CollectionID = c.ID
		}
	}
	list, err := s.deps.Products.List(v.ctx, search)
	if err != nil {
		return err
	}
	for _, p := range list.Items {
		if t, ok := v.tile(&page.frame, p); ok {
			page.Goods = append(page.Goods, t)
		}
	}
	if list.Next != "" {
		page.More = v.shop.root + "?" + url.Values{"q": {query}, "c": {chosen}, "after": {list.Next}}.Encode()
	}
	if query == "" && chosen == "" && after == "" {
		if page.Orders, err = v.recent(); err != nil {
			return err
		}
	}
	v.show(http.StatusOK, "shop.html", page)
	return nil
}

func firstWord(name string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return word
}

// recent are the customer's newest orders that still matter.
func (v *visit) recent() ([]recent, error) {
	list, err := v.site.deps.Orders.List(v.ctx, order.Search{TenantID: v.shop.tenantID, ContactID: v.shop.contactID, Limit: 3})
	if err != nil {
		return nil, err
	}
	orders := make([]recent, len(list.Items))
	for i, o := range list.Items {
		orders[i] = recent{
			o.Number, v.site.path(v.site.deps.Links.Order(o.TenantID, o.ID)), o.State, o.Total, o.CreatedMS, o.State == order.AwaitingPayment,
		}
	}
	return orders, nil
}

// tile is a product as a shelf shows it; ok is false when none of its variants is
// sold.
func (v *visit) tile(f *frame, p product.Product) (t tile, ok bool) {
	now := v.site.deps.Clock.Now().UnixMilli()
	live := slices.DeleteFunc(slices.Clone(p.Variants), func(o product.Variant) bool { return o.Archived })
	if len(live) == 0 {
		return t, false
	}
	// What can be had comes first, and the cheapest of it.
	best := slices.MinFunc(live, func(a, b product.Variant) int {
		if gone, other := a.Available() <= 0, b.Available() <= 0; gone != other {
			if gone {
				return 1
			}
			return -1
		}
		return int(a.PriceAt(now) - b.PriceAt(now))
	})
	t = tile{
		Name: p.Name, URL: v.shop.root + "/p/" + best.ID, Price: best.PriceAt(now), Currency: best.Currency, SoldOut: best.Available() <= 0, Tone: tone(p.ID),
		Letter: letter(p.Name), Variants: int64(len(live)),
	}
	t.From = slices.ContainsFunc(live, func(o product.Variant) bool { return o.PriceAt(now) > t.Price })
	if t.Price < best.Price {
		t.ListPrice, t.Off = best.Price, int64((best.Price-t.Price)*100/best.Price)
	}
	if len(live) == 1 {
		t.VariantID = best.ID
		for _, l := range v.shop.cart.Lines {
			if l.VariantID == best.ID {
				t.Quantity = l.Quantity
			}
		}
	}
	for _, image := range append(own(best), p.Images...) {
		if address := f.picture(p.TenantID, image); address != "" {
			t.Picture = &picture{address, firstOf(image.Alt, p.Name)}
			break
		}
	}
	return t, true
}

// showGood is a product inside the customer's shop.
func (s *site) showGood(v *visit) error {
	return v.showGood(http.StatusOK, v.r.PathValue("variant"), 1, "")
}

func (v *visit) showGood(status int, variantID string, quantity int64, flaw string) error {
	p, chosen, err := v.sold(v.shop.tenantID, variantID)
	if err != nil {
		return err
	}
	page := goodPage{frame: v.room(fullName(p, chosen)), Add: v.shop.root + "/add", Quantity: quantity, Flaw: flaw}
	page.Good = v.good(&page.frame, p, chosen, func(variantID string) string { return v.shop.root + "/p/" + variantID })
	if page.Talks, err = v.talks(v.shop.tenantID, v.say("talk.ask", fullName(p, chosen)), variantID); err != nil {
		return err
	}
	v.show(status, "product.html", page)
	return nil
}

// addLine puts pieces into the cart.
func (s *site) addLine(v *visit) error {
	form := readLine(v.r.PostForm)
	if form.variantID == "" || form.quantity < 1 {
		return fault.OnField("quantity", "at least one")
	}
	change := v.change()
	change.VariantID, change.Add = form.variantID, form.quantity
	_, err := s.deps.Orders.ChangeLine(v.ctx, change)
	switch {
	case fault.Is(err, fault.Refused):
		return v.showGood(http.StatusUnprocessableEntity, form.variantID, form.quantity, v.shortage(form.variantID, err))
	case err != nil:
		return err
	case form.back == "shop":
		return v.see(v.shop.root + "?ok=added")
	default:
		return v.see(v.shop.root + "/cart?ok=added")
	}
}

// change is an edit of the cart by its customer.
func (v *visit) change() order.Change {
	return order.Change{TenantID: v.shop.tenantID, ContactID: v.shop.contactID, Source: order.FromWeb, By: v.shop.by()}
}

// shortage says how many there are, when that is why it was refused.
func (v *visit) shortage(variantID string, err error) string {
	if reasonOf(err) != product.OutOfStock {
		return v.reason(reasonOf(err))
	}
	_, chosen, err := v.sold(v.shop.tenantID, variantID)
	if err != nil || chosen.Available() <= 0 {
		return v.reason(product.OutOfStock)
	}
	most := chosen.Available()
	if chosen.MaxPerOrder > 0 && chosen.MaxPerOrder < most {
		return v.say("short.perOrder", chosen.MaxPerOrder)
	}
	for _, l := range v.shop.cart.Lines {
		if l.VariantID == variantID {
			return v.say("short.have", most, l.Quantity)
		}
	}
	return v.say("short.only", most)
}
