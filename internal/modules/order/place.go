package order

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/modules/payment"
	"prosa/internal/modules/product"
	"prosa/internal/platform/database"
)

// Place is the wish to order a customer's cart, or, for an attendant, lines of
// their own.
type Place struct {
	TenantID       string         `json:"-"`
	ContactID      string         `json:"contact_id"`
	ConversationID string         `json:"conversation_id"`
	Source         Source         `json:"source"`
	Payment        payment.Choice `json:"payment"`
	Customer       Customer       `json:"customer"`
	// Expected is the total that the customer agreed to; another one is refused.
	// Nil does not care: an attendant reads the total to the customer.
	Expected *money.Amount `json:"expected"`
	// Lines order without a cart; then Delivery, Coupon and Note count.
	Lines    []Piece  `json:"lines"`
	Delivery Delivery `json:"delivery"`
	Coupon   string   `json:"coupon"`
	Note     string   `json:"note"`
	// Key makes it happen once: the cart and its version, a message's id, or the
	// client's header.
	Key string      `json:"-"`
	By  event.Actor `json:"-"`
}

// Piece is a number of pieces of a variant.
type Piece struct {
	VariantID string `json:"variant_id" maxLength:"64"`
	Quantity  int64  `json:"quantity" minimum:"1" maximum:"9999"`
}

// hash tells two wishes apart.
func (p Place) hash() (string, error) {
	raw, err := json.Marshal(p)
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), fault.Wrap(err, fault.Internal, "the order could not be encoded")
}

func (p *Place) tidy() error {
	for _, text := range []*string{&p.Customer.Name, &p.Customer.Phone, &p.Customer.TaxID} {
		if *text = strings.TrimSpace(*text); len(*text) > 400 || database.Text(*text) != nil {
			return fault.OnField("customer", "must be text of at most 400 bytes")
		}
	}
	switch {
	case len(p.Key) < 8 || len(p.Key) > 200 || database.Text(p.Key) != nil:
		return fault.OnField("key", "an order needs a key of 8 to 200 bytes")
	case len(p.Lines) == 0 && p.ContactID == "":
		return fault.OnField("contact_id", "a customer must be named")
	case len(p.Lines) > MaxLines:
		return fault.OnField("lines", "at most %d", MaxLines)
	}
	for _, l := range p.Lines {
		if l.Quantity < 1 || l.Quantity > MaxQuantity {
			return fault.OnField("lines.quantity", "must be between 1 and %d", MaxQuantity)
		}
	}
	if err := checkNote(p.Note); err != nil {
		return err
	}
	return p.Delivery.tidy()
}

// Place places an order, once a key: a repetition gives the order of the first
// time, and another wish under the same key is a conflict. The order is priced
// here, whatever the cart said. Errors: fault.Invalid, fault.NotFound,
// fault.Conflict, and fault.Refused with reason cart_empty, out_of_stock,
// price_moved, no_delivery, no_such_payment, or that of a coupon.
func (s *Service) Place(ctx context.Context, in Place) (o Order, err error) {
	if err := in.tidy(); err != nil {
		return o, err
	}
	hash, err := in.hash()
	if err != nil {
		return o, err
	}
	place := func() error {
		return s.db.Write(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) (err error) {
			o, err = s.place(ctx, tx, in, hash)
			return err
		})
	}
	if err = place(); database.IsUnique(err) {
		// Somebody with the same key was faster: their order is the answer.
		err = place()
	}
	return o, err
}

func (s *Service) place(ctx context.Context, tx *database.Tx, in Place, hash string) (Order, error) {
	fromCart := len(in.Lines) == 0
	cart := Cart{TenantID: in.TenantID, ContactID: in.ContactID}
	if fromCart {
		takeOpenCart(tx, &cart)
	}
	known := ""
	tx.Later(func(row database.Row) error { return row.Scan(&known) }, `SELECT id FROM shop_order WHERE tenant_id = $1 AND key = $2`, in.TenantID, in.Key)
	terms := s.payments.Terms(tx, in.TenantID)
	laid := &basket{lines: in.pieces()}
	if fromCart {
		laid = s.basketLater(tx, in.TenantID, in.ContactID, "")
	}
	laid.where = s.zones.ask(tx, in.TenantID)
	err := tx.Flush(ctx)
	switch {
	case err != nil:
		return Order{}, err
	case known != "":
		return s.placedBefore(ctx, tx, in, hash)
	case fromCart && cart.ID == "":
		return Order{}, fault.Refuse("cart_empty", "there is nothing in the cart")
	}
	if !fromCart {
		if err := s.lay(ctx, tx, in, &cart); err != nil {
			return Order{}, err
		}
	}
	coupon, err := s.cost(ctx, tx, &cart, laid, tx.ForUpdate())
	if err != nil {
		return Order{}, err
	}
	if err := cart.ready(in); err != nil {
		return Order{}, err
	}
	o := freeze(in, cart, coupon, tx.Now())
	o.hash, o.terms = hash, terms
	return o, s.write(ctx, tx, &o, fromCart, in.By)
}

// placedBefore gives the order of the first time.
func (s *Service) placedBefore(ctx context.Context, tx *database.Tx, in Place, hash string) (Order, error) {
	before, err := loadOrder(ctx, tx, in.TenantID, "key", in.Key, "")
	switch {
	case err != nil:
		return before, err
	case before.hash != hash:
		return before, fault.New(fault.Conflict, "another order was placed under this key")
	default:
		return before, s.dress(ctx, tx, &before)
	}
}

// lay makes the cart of an order that has lines of its own.
func (s *Service) lay(ctx context.Context, tx *database.Tx, in Place, cart *Cart) error {
	cart.CouponCode, cart.Delivery, cart.Note = couponCode(in.Coupon), in.Delivery, in.Note
	if in.ContactID == "" {
		return nil
	}
	return s.contacts.KnowContact(ctx, tx, in.TenantID, in.ContactID)
}

// pieces are the lines of the wish, each variant once.
func (p Place) pieces() (lines []line) {
	for _, piece := range p.Lines {
		if i := slices.IndexFunc(lines, func(l line) bool { return l.variantID == piece.VariantID }); i >= 0 {
			lines[i].quantity += piece.Quantity
			continue
		}
		lines = append(lines, line{variantID: piece.VariantID, quantity: piece.Quantity})
	}
	return lines
}

// ready tells why a priced cart can't be ordered as it is.
func (c *Cart) ready(in Place) error {
	if len(c.Lines) == 0 {
		return fault.Refuse("cart_empty", "there is nothing in the cart")
	}
	for _, l := range c.Lines {
		if err := c.accepts(l.VariantID); err != nil {
			return err
		}
	}
	switch {
	case c.Coupon != "":
		return fault.Refuse(c.Coupon, "the coupon does not count any more")
	case c.Delivery.empty():
		return fault.Refuse(noDelivery, "it is not said how the order goes to the customer")
	case c.Shipping != "":
		return fault.Refuse(c.Shipping, "nothing of the company's goes there, or not for so little")
	case in.Expected != nil && *in.Expected != c.Total:
		return fault.Refuse("price_moved", "the total is %s now", c.Total.Text(money.BRL))
	}
	return nil
}

// freeze makes the order of a priced cart.
func freeze(in Place, c Cart, coupon *Coupon, nowMS int64) Order {
	o := Order{
		TenantID: in.TenantID, ID: id.New(id.Order, nowMS), ContactID: in.ContactID, ConversationID: in.ConversationID, Source: in.Source, State: AwaitingPayment,
		Currency: c.Currency, Subtotal: c.Subtotal, Discount: c.Discount, Freight: c.Freight, Total: c.Total, Delivery: c.Delivery, Payment: in.Payment,
		Customer: in.Customer, Note: c.Note, CreatedMS: nowMS, UpdatedMS: nowMS, cartID: c.ID, key: in.Key, stock: stockHeld, coupon: coupon,
	}
	if in.Note != "" {
		o.Note = in.Note
	}
	if coupon != nil {
		o.couponID, o.CouponCode = coupon.ID, coupon.Code
	}
	for _, l := range c.Lines {
		o.Lines = append(o.Lines, Line{
			VariantID: l.VariantID, ProductID: l.ProductID, SKU: l.SKU, Name: l.Name, Options: l.Options, Image: l.Image, Quantity: l.Quantity,
			ListPrice: l.ListPrice, Price: l.Price, Discount: l.Discount, Total: l.Total,
		})
	}
	return o
}

// write stores a new order with all that comes with it. What is contended, the
// counter and the rows of stock, is taken in one round trip behind all that can be
// written without them; the next one carries the rest and the commit.
func (s *Service) write(ctx context.Context, tx *database.Tx, o *Order, fromCart bool, by event.Actor) error {
	t := told{tenantID: o.TenantID, by: by}
	if fromCart {
		tx.Later(nil, `UPDATE cart SET state = 'submitted', order_id = $3, updated_ms = $4, version = version + 1 WHERE tenant_id = $1 AND id = $2`,
			o.TenantID, o.cartID, o.ID, tx.Now())
	}
	if err := useCoupon(ctx, tx, o); err != nil {
		return err
	}
	o.Version = 1
	waits := o.Total > 0 && o.Payment.Prepaid()
	events := []Event{{Kind: "placed", To: AwaitingPayment, Facts: map[string]string{"total": o.Total.Decimal(), "source": string(o.Source)}, Actor: by}}
	if !waits {
		events = append(events, Event{Kind: "moved", From: AwaitingPayment, To: Confirmed, Reason: "placed", Actor: by})
	}
	if err := errors.Join(logNew(tx, o, events...), insertLines(tx, o)); err != nil {
		return err
	}
	tx.Later(func(row database.Row) error { return row.Scan(&o.Number) }, `INSERT INTO order_counter (tenant_id, last) VALUES ($1, 101)
		ON CONFLICT (tenant_id) DO UPDATE SET last = order_counter.last + 1 RETURNING last`, o.TenantID)
	levels, err := s.hold(ctx, tx, o, waits, by)
	if err != nil {
		return err
	}
	if o.Total > 0 {
		asked, err := s.payments.Ask(ctx, tx, o.request(o.Total))
		if err != nil {
			return err
		}
		o.Payments, o.ExpiresMS = []payment.Payment{asked}, asked.ExpiresMS
	}
	if !waits {
		o.State, o.ExpiresMS = Confirmed, 0
	}
	o.weigh()
	if err := insertOrder(tx, o); err != nil {
		return err
	}
	if err := t.add(event.OrderPlaced, Placed{*o}); err != nil {
		return err
	}
	if err := t.levels(levels); err != nil {
		return err
	}
	return s.tell(ctx, tx, t.envelopes...)
}

// hold takes the pieces of a new order: promised while a payment is awaited,
// else sold at once.
func (s *Service) hold(ctx context.Context, tx *database.Tx, o *Order, waits bool, by event.Actor) ([]product.Level, error) {
	if waits {
		return s.stock.Hold(ctx, tx, o.holding("placed", by), o.takes(), 0)
	}
	o.stock = stockSold
	return s.stock.SellNow(ctx, tx, o.holding("placed", by), o.takes())
}

func (o *Order) request(amount money.Amount) payment.Request {
	return payment.Request{TenantID: o.TenantID, OrderID: o.ID, Number: "PEDIDO" + strconv.FormatInt(o.Number, 10), Choice: o.Payment, Amount: amount, Currency: o.Currency, Terms: o.terms}
}

// holding is the order's business with the stock; the count of its log makes
// each cause its own.
func (o *Order) holding(reason string, by event.Actor) product.Holding {
	return product.Holding{TenantID: o.TenantID, Holder: o.ID, Cause: o.ID + "/" + strconv.FormatInt(o.Version, 10) + "/" + reason, Reason: reason, By: by}
}

// confirm makes the order one to be prepared: what was held is sold.
func (s *Service) confirm(ctx context.Context, tx *database.Tx, o *Order, reason string, by event.Actor) ([]product.Level, error) {
	levels, err := s.stock.Sell(ctx, tx, o.holding("confirmed", by))
	if err != nil {
		return nil, err
	}
	from := o.State
	o.State, o.stock, o.ExpiresMS, o.revivable = Confirmed, stockSold, 0, false
	return levels, s.log(ctx, tx, o, Event{Kind: "moved", From: from, To: Confirmed, Reason: reason, Actor: by})
}
