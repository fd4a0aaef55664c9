package order

import (
	"cmp"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/modules/product"
	"prosa/internal/platform/database"
)

// Source is where a change of a cart, or an order, comes from.
type Source string

// Sources.
const (
	FromBot       Source = "bot"
	FromWhatsApp  Source = "whatsapp"
	FromWeb       Source = "web"
	FromAttendant Source = "attendant"
)

// Limits of a cart.
const (
	MaxLines    = 100
	MaxQuantity = 9_999
	maxNote     = 4_000
)

// Cart is what a customer is about to order, priced at the time of reading.
type Cart struct {
	TenantID   string         `json:"-"`
	ID         string         `json:"id"`
	ContactID  string         `json:"contact_id"`
	Lines      []CartLine     `json:"lines"`
	CouponCode string         `json:"coupon_code"`
	Coupon     string         `json:"coupon_flaw,omitempty" doc:"Why the coupon does not count just now: a reason such as coupon_expired."`
	Delivery   Delivery       `json:"delivery"`
	Shipping   string         `json:"delivery_flaw,omitempty" doc:"Why the delivery can't be had: a reason such as no_delivery."`
	Note       string         `json:"note"`
	Currency   money.Currency `json:"currency"`
	Subtotal   money.Amount   `json:"subtotal"`
	Discount   money.Amount   `json:"discount"`
	Freight    money.Amount   `json:"shipping"`
	Total      money.Amount   `json:"total"`
	Moved      bool           `json:"moved" doc:"A price is not the one that the customer was told."`
	Short      bool           `json:"short" doc:"A line can't be had in its quantity."`
	UpdatedMS  int64          `json:"updated_ms"`
	Version    int64          `json:"version" doc:"0 while there is no cart."`
}

// CartLine is a variant in a cart.
type CartLine struct {
	VariantID string       `json:"variant_id"`
	ProductID string       `json:"product_id"`
	SKU       string       `json:"sku"`
	Name      string       `json:"name"`
	Options   []string     `json:"options"`
	Image     string       `json:"image"`
	Quantity  int64        `json:"quantity"`
	Available int64        `json:"available" doc:"How many can be had; 0 for what is not sold any more."`
	ListPrice money.Amount `json:"list_price"`
	Price     money.Amount `json:"price"`
	ToldPrice money.Amount `json:"told_price" doc:"What the customer was told last."`
	Discount  money.Amount `json:"discount" doc:"The line's part of the coupon."`
	Total     money.Amount `json:"total"`
}

// Change is an edit of a cart.
type Change struct {
	TenantID  string
	ContactID string
	// Version is the version that was seen; 0 does not care. Adding never needs
	// one.
	Version   int64
	Source    Source
	By        event.Actor
	VariantID string
	// Add is how many pieces more, or fewer when below zero.
	Add int64
	// Set is the new quantity, when Add is 0; 0 removes the line.
	Set int64
}

func (c Change) check() error {
	switch {
	case c.VariantID == "" || c.ContactID == "":
		return fault.OnField("variant_id", "a variant and a customer must be named")
	case c.Add < -MaxQuantity || c.Add > MaxQuantity || c.Set < 0 || c.Set > MaxQuantity:
		return fault.OnField("quantity", "must be between 0 and %d", MaxQuantity)
	}
	return nil
}

// line is a row of cart_line.
type line struct {
	variantID string
	quantity  int64
	told      money.Amount
	// honoured is a lower price that was promised until a time.
	honoured   money.Amount
	honouredMS int64
	addedMS    int64
}

// compare puts the lines of a cart into the order in which they came.
func (l line) compare(other line) int {
	return cmp.Or(cmp.Compare(l.addedMS, other.addedMS), cmp.Compare(l.variantID, other.variantID))
}

// priceAt is what a piece of the line costs at a time.
func (l line) priceAt(offer product.Offer, nowMS int64) money.Amount {
	price := offer.PriceAt(nowMS)
	if l.honoured > 0 && nowMS < l.honouredMS {
		return min(price, l.honoured)
	}
	return price
}

// havable is how many pieces of an offer one order may have.
func havable(offer product.Offer) int64 {
	if !offer.Sellable() {
		return 0
	}
	most := max(offer.Available(), 0)
	if offer.MaxPerOrder > 0 {
		most = min(most, offer.MaxPerOrder)
	}
	return min(most, MaxQuantity)
}

// price joins lines with offers and sums them up. Coupon and freight come
// after.
func (c *Cart) price(lines []line, offers map[string]product.Offer, nowMS int64) error {
	c.Lines, c.Currency, c.Subtotal = []CartLine{}, money.BRL, 0
	for _, l := range lines {
		offer, known := offers[l.variantID]
		shown := CartLine{VariantID: l.variantID, Quantity: l.quantity, ToldPrice: l.told, Options: []string{}}
		if known {
			shown.ProductID, shown.SKU, shown.Name, shown.Options, shown.Image = offer.ProductID, offer.SKU, offer.Name, offer.Options, faceOf(offer)
			shown.ListPrice, shown.Price, shown.Available = offer.Price, l.priceAt(offer, nowMS), havable(offer)
		}
		var err error
		if shown.Total, err = shown.Price.Times(l.quantity); err != nil {
			return err
		}
		c.Short = c.Short || shown.Available < l.quantity
		c.Moved = c.Moved || l.told > 0 && l.told != shown.Price
		if c.Subtotal += shown.Total; c.Subtotal > money.Max {
			return fault.New(fault.TooLarge, "the sum is above what the house takes")
		}
		c.Lines = append(c.Lines, shown)
	}
	c.Total = c.Subtotal
	return nil
}

// reduce spreads a discount over the lines and sets the freight.
func (c *Cart) reduce(discount, freight money.Amount) {
	c.Discount, c.Freight = min(discount, c.Subtotal), freight
	weights := make([]money.Amount, len(c.Lines))
	for i, l := range c.Lines {
		weights[i] = l.Total
	}
	for i, part := range money.Split(c.Discount, weights) {
		c.Lines[i].Discount = part
		c.Lines[i].Total -= part
	}
	c.Total = c.Subtotal - c.Discount + c.Freight
}

func faceOf(offer product.Offer) string {
	if offer.ImageURL != "" {
		return offer.ImageURL
	}
	return offer.ImageSum
}

// Entry is who did what to a cart.
type Entry struct {
	Version   int64       `json:"version"`
	Source    Source      `json:"source" enum:"bot,whatsapp,web,attendant"`
	Action    string      `json:"action"`
	VariantID string      `json:"variant_id"`
	Quantity  int64       `json:"quantity"`
	Actor     event.Actor `json:"actor"`
	AtMS      int64       `json:"at_ms"`
}

func checkNote(note string) error {
	if len(note) > maxNote || database.Text(note) != nil {
		return fault.OnField("note", "must be text of at most %d bytes", maxNote)
	}
	return nil
}
