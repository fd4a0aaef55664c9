package storefront

import (
	"net/http"

	"prosa/internal/base/fault"
	"prosa/internal/modules/order"
)

// cartPage is the customer's cart, with what is wrong with it at its place.
type cartPage struct {
	frame
	Cart  order.Cart
	Lines []cartLine
	Flaw  string // of the whole
	// Code is what was typed as a coupon, CouponFlaw why it does not count.
	Code, CouponFlaw string
	Ready            bool // it can be ordered as it stands
	Root             string
}

type cartLine struct {
	order.CartLine
	URL     string
	Picture string
	Tone    int
	Letter  string
	Flaw    string
	Moved   bool
	Gone    bool // not sold any more
}

// cartFlaw is what went wrong with a change of the cart.
type cartFlaw struct {
	variantID, line string
	code, coupon    string
	whole           string
}

func (s *site) showCart(v *visit) error { return v.showCart(http.StatusOK, cartFlaw{}) }

func (v *visit) showCart(status int, flaw cartFlaw) error {
	page := cartPage{frame: v.room(v.say("cart.title")), Cart: v.shop.cart, Flaw: flaw.whole, Code: v.shop.cart.CouponCode, CouponFlaw: flaw.coupon, Root: v.shop.root}
	if flaw.code != "" {
		page.Code = flaw.code
	}
	if flaw.coupon == "" && v.shop.cart.Coupon != "" {
		page.CouponFlaw = v.reason(v.shop.cart.Coupon)
	}
	page.Ready = len(v.shop.cart.Lines) > 0 && !v.shop.cart.Short
	for _, l := range v.shop.cart.Lines {
		shown := cartLine{
			CartLine: l, Picture: page.kept(v.shop.tenantID, l.Image), Tone: tone(l.ProductID), Letter: letter(l.Name),
			Moved: l.ToldPrice > 0 && l.ToldPrice != l.Price, Gone: l.ProductID == "" || l.Available == 0,
		}
		if l.ProductID != "" {
			shown.URL = v.shop.root + "/p/" + l.VariantID
		} else {
			shown.Name = v.say("cart.gone")
		}
		switch {
		case l.VariantID == flaw.variantID && flaw.line != "":
			shown.Flaw = flaw.line
		case shown.Gone:
			shown.Flaw = v.say("cart.soldOut")
		case l.Available < l.Quantity:
			shown.Flaw = v.say("short.only", l.Available)
		}
		page.Lines = append(page.Lines, shown)
	}
	v.show(status, "cart.html", page)
	return nil
}

// setLine brings a line to a quantity; 0 takes it out.
func (s *site) setLine(v *visit) error {
	form := readLine(v.r.PostForm)
	if form.quantity < 0 {
		return v.showCart(http.StatusUnprocessableEntity, cartFlaw{variantID: form.variantID, line: v.say("cart.unread")})
	}
	change := v.change()
	change.VariantID, change.Set = form.variantID, form.quantity
	_, err := s.deps.Orders.ChangeLine(v.ctx, change)
	switch {
	case fault.Is(err, fault.Refused):
		return v.showCart(http.StatusUnprocessableEntity, cartFlaw{variantID: form.variantID, line: v.shortage(form.variantID, err)})
	case err != nil:
		return err
	case form.quantity == 0:
		return v.see(v.shop.root + "/cart?ok=removed")
	default:
		return v.see(v.shop.root + "/cart")
	}
}

func (s *site) setCoupon(v *visit) error {
	code := clean(v.r.PostForm.Get("code"), 40)
	_, err := s.deps.Orders.SetCoupon(v.ctx, v.change(), code)
	switch {
	case fault.Is(err, fault.Refused):
		return v.showCart(http.StatusUnprocessableEntity, cartFlaw{code: code, coupon: v.reason(reasonOf(err))})
	case err != nil:
		return err
	case code == "":
		return v.see(v.shop.root + "/cart")
	default:
		return v.see(v.shop.root + "/cart?ok=coupon")
	}
}
