package phone

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/sandbox/mercadopago"
	"prosa/internal/sandbox/meta"
	"prosa/internal/sandbox/metacatalog"
	"prosa/internal/sandbox/stage"
)

// Catalog is what the phones need of the catalogs' simulator;
// *metacatalog.Server fills it.
type Catalog interface {
	CatalogOf(wabaID string) (id string, ok bool)
	CommerceOf(phoneID string) (cart, visible bool)
	Item(catalogID, retailerID string) (metacatalog.Item, bool)
	Items(catalogID, after string, limit int) []metacatalog.Item
}

// Bank pays Pix codes and boleto lines at the simulated provider;
// *mercadopago.Server fills it.
type Bank interface {
	Pay(mercadopago.Pay) (mercadopago.Pay, error)
}

// Storefront is a page of a business's catalog as its customers see it.
type Storefront struct {
	CatalogID string    `json:"catalog_id"`
	Cart      bool      `json:"cart"` // customers may fill one
	Items     []Product `json:"items"`
	After     string    `json:"after,omitempty"` // where the next page begins
}

// storefrontPage is how many items one page shows.
const storefrontPage = 30

// orderPart is the bill inside order details.
type orderPart struct {
	Status      string
	Description string
	Items       []struct {
		ID       string `json:"retailer_id"`
		Name     string
		Amount   cents
		Sale     *cents `json:"sale_amount"`
		Quantity int
	}
	Subtotal, Tax, Shipping, Discount cents
}

type cents struct{ Value int64 }

type paySetting struct {
	Pix    struct{ Code string } `json:"pix_dynamic_code"`
	Link   struct{ URI string }  `json:"payment_link"`
	Boleto struct {
		Line string `json:"digitable_line"`
	}
}

// product draws an item that a message names; what the catalog does not show
// any more is Gone.
func (h *Handler) product(catalogID, retailerID string) Product {
	p := Product{ID: retailerID}
	if h.config.Catalog == nil {
		return p
	}
	item, known := h.config.Catalog.Item(catalogID, retailerID)
	if !known || !item.Visible {
		p.Name, p.Gone = item.Name, true
		return p
	}
	return productOf(item)
}

func productOf(item metacatalog.Item) Product {
	p := Product{
		ID: item.RetailerID, Name: item.Name, Description: item.Description, Image: item.Image, Link: item.Link,
		PriceText: item.Price, ListPrice: item.ListPrice, Currency: item.Currency, SoldOut: item.Availability == "out of stock",
	}
	if item.Variant != "" {
		p.Name += " · " + item.Variant // siblings share their title
	}
	if amount, err := money.ParseDecimal(item.Amount); err == nil {
		p.Amount = int64(amount)
	}
	return p
}

// storefront is the catalog that a number's customers may open; nil when there
// is none.
func (h *Handler) storefront(number string) *Storefront {
	if h.config.Catalog == nil {
		return nil
	}
	for _, each := range h.config.Meta.Numbers() {
		if each.ID != number {
			continue
		}
		catalog, ok := h.config.Catalog.CatalogOf(each.WABA)
		cart, visible := h.config.Catalog.CommerceOf(number)
		if !ok || !visible {
			return nil
		}
		return &Storefront{CatalogID: catalog, Cart: cart, Items: []Product{}}
	}
	return nil
}

func (h *Handler) getCatalog(r *http.Request) (any, error) {
	where, err := readChat(r.PathValue("chat"))
	if err != nil {
		return nil, err
	}
	shown := h.storefront(where.number)
	if shown == nil {
		return nil, fault.New(fault.NotFound, "this business shows no catalog")
	}
	limit := storefrontPage
	if text := r.URL.Query().Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > 100 {
			return nil, fault.OnField("limit", "must be between 1 and 100")
		}
	}
	items := h.config.Catalog.Items(shown.CatalogID, r.URL.Query().Get("after"), limit)
	for _, item := range items {
		shown.Items = append(shown.Items, productOf(item))
	}
	if len(items) == limit {
		shown.After = items[limit-1].RetailerID
	}
	return shown, nil
}

// Paid is what became of a payment that a telephone's owner made.
type Paid struct {
	// Provider says that the simulated provider took the money and tells the
	// business; else no bank is behind the code, and only the telephone knows.
	Provider bool  `json:"provider"`
	Amount   int64 `json:"amount,omitempty"` // minor units
}

// postPay pays a Pix code or a boleto line, as a bank's app would.
func (h *Handler) postPay(r *http.Request) (any, error) {
	var wish struct {
		Code string `json:"code"`
	}
	if err := stage.ReadJSON(r, &wish); err != nil {
		return nil, err
	}
	if strings.TrimSpace(wish.Code) == "" {
		return nil, fault.OnField("code", "is missing")
	}
	if h.config.Bank == nil {
		return Paid{}, nil
	}
	paid, err := h.config.Bank.Pay(mercadopago.Pay{Code: wish.Code})
	switch {
	case fault.Is(err, fault.NotFound):
		return Paid{}, nil // a key of the company's own: no provider is behind it
	case err != nil:
		return nil, err
	}
	return Paid{Provider: true, Amount: int64(paid.Amount)}, nil
}

// drawGoods fills a bubble that shows goods of a catalog.
func (h *Handler) drawGoods(b *Bubble, in graphInteractive, m meta.Message) {
	b.CatalogID = in.Action.CatalogID
	switch in.Type {
	case "product":
		b.Kind, b.Products = "product", []Product{h.product(b.CatalogID, in.Action.ProductID)}
	case "product_list":
		b.Kind = "products"
		for _, section := range in.Action.Sections {
			for _, item := range section.Products {
				p := h.product(b.CatalogID, item.ID)
				p.Section = section.Title
				b.Products = append(b.Products, p)
			}
		}
	case "catalog_message":
		b.Kind = "catalog"
		front := h.storefront(m.Number)
		if front == nil {
			return
		}
		b.CatalogID = front.CatalogID
		if thumbnail := in.Action.Parameters.Thumbnail; thumbnail != "" {
			b.Products = []Product{h.product(front.CatalogID, thumbnail)}
		} else {
			for _, item := range h.config.Catalog.Items(front.CatalogID, "", 1) {
				b.Products = []Product{productOf(item)}
			}
		}
	}
}

// drawCards draws a carousel, of media or of goods.
func (h *Handler) drawCards(b *Bubble, in graphInteractive, chosen string) {
	b.Kind = "carousel"
	for _, card := range in.Action.Cards {
		drawn := Card{Header: h.graphHeader(card.Header), Text: card.Body.Text, Rows: replyRows(card.Action.Buttons, chosen)}
		if card.Action.Name == "cta_url" {
			drawn.Rows = [][]Choice{{{ID: "url", Text: card.Action.Parameters.DisplayText, Kind: "url", Value: card.Action.Parameters.URL}}}
		}
		if card.Action.ProductID != "" {
			b.CatalogID = card.Action.CatalogID
			product := h.product(card.Action.CatalogID, card.Action.ProductID)
			drawn.Product = &product
		}
		b.Cards = append(b.Cards, drawn)
	}
}

// drawPayment draws order details and order statuses. The page offers to copy
// and to pay what stands in it.
func drawPayment(b *Bubble, in graphInteractive) {
	p := in.Action.Parameters
	b.Kind = in.Type
	b.Payment = &Payment{
		Reference: p.Reference, Total: p.Total.Value, Currency: p.Currency, Status: p.Order.Status, Description: p.Order.Description,
		Subtotal: p.Order.Subtotal.Value, Discount: p.Order.Discount.Value, Shipping: p.Order.Shipping.Value, Tax: p.Order.Tax.Value,
	}
	for _, item := range p.Order.Items {
		line := PaymentLine{Name: item.Name, Quantity: item.Quantity, Price: item.Amount.Value}
		if item.Sale != nil {
			line.Price = item.Sale.Value
		}
		b.Payment.Lines = append(b.Payment.Lines, line)
	}
	for _, setting := range p.Settings {
		if setting.Pix.Code != "" {
			b.Payment.PixCode = setting.Pix.Code
		}
		if setting.Boleto.Line != "" {
			b.Payment.Boleto = setting.Boleto.Line
		}
		if setting.Link.URI != "" {
			b.Payment.Link = setting.Link.URI
		}
	}
}

// about is the product that a customer's message asks about; nil for none.
func (h *Handler) about(content json.RawMessage) (catalogID string, p *Product) {
	var message struct {
		Context struct {
			Referred *meta.ProductRef `json:"referred_product"`
		}
	}
	if json.Unmarshal(content, &message) != nil || message.Context.Referred == nil {
		return "", nil
	}
	ref := message.Context.Referred
	product := h.product(ref.CatalogID, ref.RetailerID)
	return ref.CatalogID, &product
}
