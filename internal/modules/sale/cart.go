package sale

import (
	"context"
	"fmt"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/order"
	"prosa/internal/platform/database"
)

// cart is a customer's cart as bots know it.
type cart struct {
	Lines        []cartLine   `json:"lines"`
	Count        int64        `json:"count"` // pieces
	Empty        bool         `json:"empty"`
	Moved        bool         `json:"moved"`
	Short        bool         `json:"short"`
	Coupon       string       `json:"coupon"`
	CouponFlaw   string       `json:"coupon_flaw"`
	DeliveryText string       `json:"delivery_text"`
	DeliveryFlaw string       `json:"delivery_flaw"`
	SubtotalText string       `json:"subtotal_text"`
	DiscountText string       `json:"discount_text"`
	ShippingText string       `json:"shipping_text"`
	Total        money.Amount `json:"total"`
	TotalText    string       `json:"total_text"`
	Text         string       `json:"text"` // all of it as a message
}

type cartLine struct {
	VariantID string       `json:"variant_id"`
	Name      string       `json:"name"`
	Options   []string     `json:"options"`
	Quantity  int64        `json:"quantity"`
	Available int64        `json:"available"`
	Price     money.Amount `json:"price"`
	Total     money.Amount `json:"total"`
	PriceText string       `json:"price_text"`
	TotalText string       `json:"total_text"`
}

// cartOf brings a cart into the bots' form.
func cartOf(c order.Cart, v vocabulary) cart {
	out := cart{
		Lines: []cartLine{}, Empty: len(c.Lines) == 0, Moved: c.Moved, Short: c.Short, Coupon: c.CouponCode, CouponFlaw: c.Coupon, DeliveryFlaw: c.Shipping,
		DeliveryText: deliveryText(c.Delivery), SubtotalText: reais(c.Subtotal), Total: c.Total, TotalText: reais(c.Total),
	}
	if c.Discount > 0 {
		out.DiscountText = reais(c.Discount)
	}
	if out.DeliveryText != "" && c.Shipping == "" {
		out.ShippingText = v.price(c.Freight)
	}
	for _, l := range c.Lines {
		gross := l.Total + l.Discount
		out.Count += l.Quantity
		out.Lines = append(out.Lines, cartLine{l.VariantID, l.Name, l.Options, l.Quantity, l.Available, l.Price, gross, reais(l.Price), reais(gross)})
	}
	out.Text = out.write(v)
	return out
}

// write is the cart as a message.
func (c cart) write(v vocabulary) string {
	if c.Empty {
		return v.cartEmpty
	}
	lines := []string{}
	for _, l := range c.Lines {
		name := l.Name
		if len(l.Options) > 0 {
			name += " (" + strings.Join(l.Options, ", ") + ")"
		}
		text := fmt.Sprintf("%d × %s: %s", l.Quantity, name, l.TotalText)
		if l.Available < l.Quantity {
			rest := v.gone
			if l.Available > 0 {
				rest = fmt.Sprintf(v.only, l.Available)
			}
			text += " (" + rest + ")"
		}
		lines = append(lines, text)
	}
	if c.DiscountText != "" || c.ShippingText != "" {
		lines = append(lines, "", v.subtotal+": "+c.SubtotalText)
	}
	if c.DiscountText != "" {
		lines = append(lines, fmt.Sprintf("%s (%s): -%s", v.discount, c.Coupon, c.DiscountText))
	}
	if c.ShippingText != "" {
		lines = append(lines, fmt.Sprintf("%s (%s): %s", v.delivery, c.DeliveryText, c.ShippingText))
	}
	lines = append(lines, v.total+": "+c.TotalText)
	if c.Moved {
		lines = append(lines, "", v.moved)
	}
	return strings.Join(lines, "\n")
}

func deliveryText(d order.Delivery) string {
	text := d.ZoneName
	if d.Kind != order.Pickup && d.Address != "" {
		if text += ", " + d.Address; d.ZoneName == "" {
			text = d.Address
		}
	}
	if d.Promise != "" {
		text += ", " + d.Promise
	}
	return text
}

// body answers with a cart that was changed.
func (a *asking) body(c order.Cart, err error) (any, error) { return cartOf(c, a.words), err }

func (a *asking) add(ctx context.Context) (any, error) {
	if a.Quantity < 1 {
		return nil, fault.OnField("quantity", "must be at least 1")
	}
	in := a.change()
	in.VariantID, in.Add = a.VariantID, a.Quantity
	return a.body(a.orders.ChangeLine(ctx, in))
}

func (a *asking) set(ctx context.Context) (any, error) {
	in := a.change()
	in.VariantID, in.Set = a.VariantID, a.Quantity
	return a.body(a.orders.ChangeLine(ctx, in))
}

func (a *asking) clear(ctx context.Context) (any, error) {
	return a.body(a.orders.Clear(ctx, a.change()))
}

// cart tells what is in the cart. A price that moved is told once: after that
// it is the one that the customer knows.
func (a *asking) cart(ctx context.Context) (any, error) {
	c, err := a.orders.Cart(ctx, a.TenantID, a.ContactID)
	if err == nil && c.Moved {
		err = a.orders.Told(ctx, a.TenantID, a.ContactID)
	}
	return a.body(c, err)
}

func (a *asking) coupon(ctx context.Context) (any, error) {
	return a.body(a.orders.SetCoupon(ctx, a.change(), a.Code))
}

// quote is a way in which the cart could go.
type quote struct {
	ZoneID    string         `json:"zone_id"`
	Kind      order.ZoneKind `json:"kind"`
	Label     string         `json:"label"`
	Promise   string         `json:"promise"`
	Price     money.Amount   `json:"price"`
	PriceText string         `json:"price_text"`
}

func (a *asking) quotes(ctx context.Context) (any, error) {
	c, err := a.orders.Cart(ctx, a.TenantID, a.ContactID)
	if err != nil {
		return nil, err
	}
	found, err := a.orders.Quotes(ctx, a.TenantID, order.Delivery{CEP: a.CEP, Neighbourhood: a.Neighbourhood}, c.Subtotal)
	if err != nil {
		return nil, err
	}
	list := []quote{}
	for _, q := range found {
		list = append(list, quote{q.Zone.ID, q.Zone.Kind, q.Zone.Name, q.Zone.Promise, q.Price, a.words.price(q.Price)})
	}
	return map[string]any{"quotes": list}, nil
}

func (a *asking) delivery(ctx context.Context) (any, error) {
	d := order.Delivery{ZoneID: a.ZoneID, CEP: a.CEP, Neighbourhood: a.Neighbourhood, Address: a.Address, City: a.City}
	if d.ZoneID == "" && a.request.Kind == order.Pickup {
		zones, err := a.orders.Zones(ctx, a.TenantID)
		if err != nil {
			return nil, err
		}
		for _, z := range zones {
			if z.Kind == order.Pickup && z.Active {
				d.ZoneID = z.ID
				break
			}
		}
		if d.ZoneID == "" {
			return nil, fault.Refuse("no_delivery", "nothing can be picked up")
		}
	}
	return a.body(a.orders.SetDelivery(ctx, a.change(), d, a.Note))
}

// received is what became of a cart that a customer sent.
type received struct {
	Cart        cart     `json:"cart"`
	Unavailable []string `json:"unavailable"`
	Moved       bool     `json:"moved"`
	Confirm     bool     `json:"confirm"`
}

func (a *asking) receive(ctx context.Context) (any, error) {
	sent, err := a.decodeOrder()
	if err != nil {
		return nil, err
	}
	receipt, err := a.take(ctx, a.tx, taking{a.TenantID, a.AccountID, a.ContactID, a.MessageID, sent, a.by()})
	if err != nil {
		return nil, err
	}
	out := received{Cart: cartOf(receipt.Cart, a.words), Unavailable: []string{}, Moved: receipt.Cart.Moved, Confirm: receipt.Confirm}
	for _, m := range receipt.Missing {
		out.Unavailable = append(out.Unavailable, missingText(m, a.words))
	}
	if out.Moved {
		err = a.orders.Told(ctx, a.TenantID, a.ContactID)
	}
	return out, err
}

func missingText(m order.Missing, v vocabulary) string {
	if m.Taken > 0 {
		return m.Name + " (" + fmt.Sprintf(v.only, m.Taken) + ")"
	}
	return m.Name
}

// taking is a cart that a message brought.
type taking struct {
	tenantID, accountID, contactID, messageID string
	cart                                      message.Order
	by                                        event.Actor
}

// take puts a sent cart into the customer's own, once a message, whoever does
// it. Errors: fault.Refused with reason catalog_foreign, currency or cart_empty.
func (s *Service) take(ctx context.Context, tx *database.Tx, in taking) (order.Receipt, error) {
	if s.listing == nil || in.messageID == "" {
		return order.Receipt{}, errForeign()
	}
	catalogID, _, err := s.listing.CatalogOf(ctx, tx, in.tenantID, in.accountID)
	if err != nil {
		return order.Receipt{}, err
	}
	if catalogID == "" || catalogID != in.cart.CatalogID {
		return order.Receipt{}, errForeign()
	}
	setting, err := loadSetting(ctx, tx, in.tenantID)
	if err != nil {
		return order.Receipt{}, err
	}
	var ids []string
	for _, item := range in.cart.Items {
		ids = append(ids, item.RetailerID)
	}
	known, err := s.listing.Resolve(ctx, tx, in.tenantID, catalogID, ids)
	if err != nil {
		return order.Receipt{}, err
	}
	honour := setting.HonourHours * 3600_000
	sent := order.Sent{
		TenantID: in.tenantID, ContactID: in.contactID, Key: "message/" + in.messageID, By: in.by, HonourUntilMS: tx.Now() + honour,
		Shown: func(ctx context.Context, tx *database.Tx, l order.SentLine) (bool, error) {
			return s.listing.PublishedSince(ctx, tx, in.tenantID, catalogID, l.RetailerID, l.Price, l.Currency, tx.Now()-honour)
		},
	}
	for _, item := range in.cart.Items {
		price, err := money.ParseDecimal(item.Price)
		if err != nil {
			return order.Receipt{}, err
		}
		sent.Lines = append(sent.Lines, order.SentLine{
			VariantID: known[item.RetailerID], RetailerID: item.RetailerID, Quantity: item.Quantity, Price: price, Currency: money.Currency(item.Currency),
		})
	}
	return s.orders.Within(tx).Receive(ctx, sent)
}

func errForeign() error { return fault.Refuse("catalog_foreign", "the cart is of another catalog") }
