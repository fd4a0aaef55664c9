package message

import "prosa/internal/base/money"

// Shelf shows goods: one (kind Product), several (Products), or the way into
// the whole catalog (Catalog). Content.Text is the body.
//
// With a CatalogID the channel's own catalog is used, and every Goods stands in
// it by its RetailerID (WhatsApp: product, product_list, carousel,
// catalog_message). Without one, the channel shows cards, buttons and links of
// what it can; a tap on a good answers its Option, like the tap on a choice.
type Shelf struct {
	CatalogID string    `json:"catalog_id,omitempty"`
	Header    string    `json:"header,omitempty"`
	Footer    string    `json:"footer,omitempty"`
	Button    string    `json:"button,omitempty"`   // label that opens a list, or takes a good
	Carousel  bool      `json:"carousel,omitempty"` // side by side rather than as a list
	Sections  []Section `json:"sections,omitempty"`
	// Link opens the company's own shop page for this customer.
	Link string `json:"link,omitempty"`
}

// Section is a titled part of a shelf.
type Section struct {
	Title string  `json:"title,omitempty"`
	Goods []Goods `json:"goods"`
}

// Goods is something for sale, as it is shown.
type Goods struct {
	RetailerID  string         `json:"retailer_id,omitempty"`
	Option      string         `json:"option,omitempty"` // what a tap answers; at most 64 bytes
	Name        string         `json:"name"`
	Description string         `json:"description,omitempty"`
	Price       money.Amount   `json:"price"`                // what it costs now, minor units
	ListPrice   money.Amount   `json:"list_price,omitempty"` // when it is above Price
	Currency    money.Currency `json:"currency"`
	Image       *Media         `json:"image,omitempty"`     // bytes of ours, by Blob
	ImageURL    string         `json:"image_url,omitempty"` // a public address, when there is no Blob
	Link        string         `json:"link,omitempty"`      // its public page
}

// Goods gives the goods of all sections in their order.
func (s *Shelf) Goods() []Goods {
	var all []Goods
	for _, section := range s.Sections {
		all = append(all, section.Goods...)
	}
	return all
}

// Bill asks for the payment of an order. Content.Text is the body.
type Bill struct {
	// Reference names the message at the vendor: at most 35 of letters, digits,
	// "_", "-" and ".", never used twice.
	Reference string         `json:"reference"`
	Number    string         `json:"number"` // of the order, as it is dictated
	Lines     []BillLine     `json:"lines"`
	Subtotal  money.Amount   `json:"subtotal"`
	Discount  money.Amount   `json:"discount,omitempty"`
	Shipping  money.Amount   `json:"shipping,omitempty"`
	Tax       money.Amount   `json:"tax,omitempty"`
	Total     money.Amount   `json:"total"` // Subtotal + Tax + Shipping - Discount
	Currency  money.Currency `json:"currency"`
	Pix       *PixCode       `json:"pix,omitempty"`
	Boleto    string         `json:"boleto,omitempty"` // the line to type
	Link      string         `json:"link,omitempty"`   // the vendor's page of payment
	Page      string         `json:"page,omitempty"`   // the order's page of ours
	ExpiresMS int64          `json:"expires_ms,omitempty"`
	// Native says that the channel's own form of a bill may be used; else it is
	// text, with the QR picture.
	Native bool `json:"native,omitempty"`
	// QR is the picture of the Pix code, PNG, by Blob.
	QR *Media `json:"qr,omitempty"`
	// Footer and the words for buttons stand in the customer's language.
	Footer string `json:"footer,omitempty"`
	Copy   string `json:"copy,omitempty"` // "Copiar código Pix"
	Pay    string `json:"pay,omitempty"`  // "Pagar"
	View   string `json:"view,omitempty"` // "Ver pedido"
}

// BillLine is a line of a bill.
type BillLine struct {
	RetailerID string       `json:"retailer_id"`
	Name       string       `json:"name"`
	Quantity   int64        `json:"quantity"`
	Price      money.Amount `json:"price"`          // a piece, list
	Sale       money.Amount `json:"sale,omitempty"` // a piece, when it is less than Price
}

// PixCode is what a payer's bank app reads.
type PixCode struct {
	Code     string `json:"code"` // copia e cola
	Merchant string `json:"merchant,omitempty"`
	Key      string `json:"key,omitempty"`
	KeyType  string `json:"key_type,omitempty"` // CPF, CNPJ, EMAIL, PHONE, EVP
}

// Sum is what the parts come to; a bill whose Total is another one is refused.
func (b *Bill) Sum() money.Amount { return b.Subtotal + b.Tax + b.Shipping - b.Discount }

// OrderStep is how far an order is, in the words that channels have for it.
type OrderStep string

// Steps of an order (WhatsApp order_status).
const (
	StepPending    OrderStep = "pending"
	StepProcessing OrderStep = "processing"
	StepPartShip   OrderStep = "partially_shipped"
	StepShipped    OrderStep = "shipped"
	StepCompleted  OrderStep = "completed"
	StepCanceled   OrderStep = "canceled"
)

// Progress tells how far an order is. Content.Text is the sentence.
type Progress struct {
	// Reference is that of the bill it follows; empty when there was none, and
	// then it is sent as text.
	Reference string    `json:"reference,omitempty"`
	Number    string    `json:"number"`
	Step      OrderStep `json:"step"`
	Note      string    `json:"note,omitempty"` // at most 120 characters, shown under the step
	Page      string    `json:"page,omitempty"`
	View      string    `json:"view,omitempty"` // "Ver pedido"
	Native    bool      `json:"native,omitempty"`
}

// ProductRef names a product in a channel's catalog.
type ProductRef struct {
	CatalogID  string `json:"catalog_id"`
	RetailerID string `json:"retailer_id"`
}
