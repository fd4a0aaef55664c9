package product

import (
	"net/url"
	"strings"
	"unicode"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/message/fold"
	"prosa/internal/platform/database"
)

// State says whether customers may see a product.
type State string

// States of a product.
const (
	Draft    State = "draft"
	Active   State = "active"
	Archived State = "archived"
)

// Limits of a product. Those of texts are bytes, and Meta's own in characters
// are not above them.
const (
	MaxOptions  = 3
	MaxVariants = 100
	MaxImages   = 20
	maxName     = 800
	maxText     = 40_000
	maxWord     = 400
	maxQuantity = 1_000_000_000
)

// Product is something that a company sells, in one or more variants.
type Product struct {
	TenantID    string    `json:"-"`
	ID          string    `json:"id"`
	Handle      string    `json:"handle" doc:"The company's own short name of it, unique."`
	Name        string    `json:"name"`
	Description string    `json:"description"`
	Brand       string    `json:"brand"`
	CategoryID  string    `json:"category_id"`
	State       State     `json:"state" enum:"draft,active,archived"`
	Options     []string  `json:"options" doc:"Names of what its variants differ in, such as Tamanho."`
	Images      []Image   `json:"images"`
	NCM         string    `json:"ncm" doc:"Fiscal code of goods, eight digits; empty when unknown."`
	Variants    []Variant `json:"variants"`
	CreatedMS   int64     `json:"created_ms"`
	UpdatedMS   int64     `json:"updated_ms"`
	Version     int64     `json:"version"`
}

// Image is a picture: at an address of the company's, or a file here.
type Image struct {
	URL  string `json:"url,omitempty"`
	Blob string `json:"blob,omitempty" doc:"Hash of an uploaded picture, public under /public/images."`
	Alt  string `json:"alt,omitempty"`
}

// Variant is what is put into a cart.
type Variant struct {
	ID          string         `json:"id"`
	ProductID   string         `json:"product_id"`
	SKU         string         `json:"sku"`
	Options     []string       `json:"options" doc:"A value for each option of the product."`
	Barcode     string         `json:"barcode"`
	Price       money.Amount   `json:"price" doc:"List price in minor units."`
	SalePrice   money.Amount   `json:"sale_price" doc:"In minor units; 0 for none."`
	SaleFromMS  int64          `json:"sale_from_ms"`
	SaleToMS    int64          `json:"sale_to_ms" doc:"The sale ends before this; 0 for never."`
	Currency    money.Currency `json:"currency"`
	Image       *Image         `json:"image,omitempty"`
	WeightG     int64          `json:"weight_g"`
	MaxPerOrder int64          `json:"max_per_order" doc:"0 for no limit."`
	Tracked     bool           `json:"tracked" doc:"False for what is made to order and never runs out."`
	OnHand      int64          `json:"on_hand"`
	Reserved    int64          `json:"reserved" doc:"Of those on hand, promised to orders."`
	Archived    bool           `json:"archived"`
}

// PriceAt is what a piece costs at a time: the sale price inside its window,
// else the list price.
func (v Variant) PriceAt(nowMS int64) money.Amount {
	if v.SalePrice > 0 && v.SalePrice < v.Price && nowMS >= v.SaleFromMS && (v.SaleToMS == 0 || nowMS < v.SaleToMS) {
		return v.SalePrice
	}
	return v.Price
}

// Available is how many pieces may still be promised.
func (v Variant) Available() int64 {
	if !v.Tracked {
		return maxQuantity
	}
	return v.OnHand - v.Reserved
}

// tidy trims and checks what people or files gave. The error's field is the
// path inside the product.
func (p *Product) tidy() error {
	if database.Text(p.Name+p.Brand) == nil {
		p.Name, p.Brand = oneLine(p.Name), oneLine(p.Brand)
	}
	for _, f := range []struct {
		name  string
		value *string
		most  int
		must  bool
	}{
		{"name", &p.Name, maxName, true}, {"description", &p.Description, maxText, false}, {"brand", &p.Brand, maxWord, false},
		{"handle", &p.Handle, maxWord, false}, {"ncm", &p.NCM, 8, false}, {"category_id", &p.CategoryID, 64, false},
	} {
		*f.value = strings.TrimSpace(*f.value)
		if len(*f.value) > f.most || f.must && *f.value == "" || database.Text(*f.value) != nil {
			return fault.OnField(f.name, "must be text of at most %d bytes", f.most)
		}
	}
	if p.Handle == "" {
		p.Handle = Handle(p.Name)
	}
	if p.NCM != "" && (len(p.NCM) != 8 || strings.Trim(p.NCM, "0123456789") != "") {
		return fault.OnField("ncm", "has eight digits")
	}
	switch p.State {
	case "":
		p.State = Active
	case Draft, Active, Archived:
	default:
		return fault.OnField("state", "must be draft, active or archived")
	}
	if len(p.Options) > MaxOptions {
		return fault.OnField("options", "at most %d", MaxOptions)
	}
	if len(p.Images) > MaxImages {
		return fault.OnField("images", "at most %d", MaxImages)
	}
	for _, image := range p.Images {
		if err := image.check(); err != nil {
			return err
		}
	}
	if len(p.Variants) == 0 || len(p.Variants) > MaxVariants {
		return fault.OnField("variants", "a product has 1 to %d variants", MaxVariants)
	}
	return p.tidyVariants()
}

// oneLine takes out of a name what would tear the lines of a cart apart, or turn
// the price behind it around: line breaks, control characters and those that
// change the direction of a text (Unicode Standard Annex 9).
func oneLine(name string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		default:
			return r
		}
	}, name)), " ")
}

func (p *Product) tidyVariants() error {
	skus, values := map[string]bool{}, map[string]bool{}
	for i := range p.Variants {
		v := &p.Variants[i]
		v.SKU, v.Barcode = strings.TrimSpace(v.SKU), strings.TrimSpace(v.Barcode)
		if v.Currency == "" {
			v.Currency = money.BRL
		}
		if v.Options == nil {
			v.Options = []string{}
		}
		for n, value := range v.Options {
			if database.Text(value) == nil {
				v.Options[n] = oneLine(value)
			}
		}
		key := fold.Text(strings.Join(v.Options, "\x1f"))
		switch {
		case v.SKU == "" || len(v.SKU) > 100 || database.Text(v.SKU) != nil:
			return fault.OnField("variants.sku", "must be text of 1 to 100 bytes")
		case skus[v.SKU]:
			return fault.OnField("variants.sku", "%s is there twice", v.SKU)
		case len(v.Barcode) > 64 || database.Text(v.Barcode) != nil:
			return fault.OnField("variants.barcode", "must be text of at most 64 bytes")
		case len(v.Options) != len(p.Options):
			return fault.OnField("variants.options", "%s needs a value for each of the %d options", v.SKU, len(p.Options))
		case values[key]:
			return fault.OnField("variants.options", "%s has the same options as another one", v.SKU)
		case v.Price.Check() != nil:
			return fault.OnField("variants.price", "%s", fault.MessageOf(v.Price.Check()))
		case v.SalePrice.Check() != nil || v.SalePrice > 0 && v.SalePrice >= v.Price:
			return fault.OnField("variants.sale_price", "a sale price is below the list price")
		case v.SaleFromMS < 0 || v.SaleToMS < 0 || v.SaleToMS > 0 && v.SaleToMS <= v.SaleFromMS:
			return fault.OnField("variants.sale_to_ms", "a sale ends after it began")
		case v.Currency != money.BRL:
			return fault.OnField("variants.currency", "a company counts in BRL")
		case v.WeightG < 0 || v.MaxPerOrder < 0 || v.OnHand < 0 || max(v.WeightG, v.MaxPerOrder, v.OnHand) > maxQuantity:
			return fault.OnField("variants", "weight, limit and stock lie between 0 and %d", maxQuantity)
		}
		if v.Image != nil {
			if err := v.Image.check(); err != nil {
				return err
			}
		}
		for _, value := range v.Options {
			if strings.TrimSpace(value) == "" || len(value) > maxWord || database.Text(value) != nil {
				return fault.OnField("variants.options", "a value has 1 to %d bytes of text", maxWord)
			}
		}
		skus[v.SKU], values[key] = true, true
	}
	return nil
}

func (i Image) check() error {
	if (i.URL == "") == (i.Blob == "") {
		return fault.OnField("images", "an image has an address or a file")
	}
	if len(i.URL) > 2000 || len(i.Blob) > 64 || len(i.Alt) > maxWord || database.Text(i.URL+i.Alt) != nil {
		return fault.OnField("images", "the address is too long")
	}
	if i.URL != "" {
		address, err := url.Parse(i.URL)
		if err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" {
			return fault.OnField("images", "not an address of the web")
		}
	}
	return nil
}

// Handle makes a short name of a long one: "Pão de Açúcar" is "pao-de-acucar".
func Handle(name string) string {
	var out strings.Builder
	for _, r := range fold.Text(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			out.WriteRune(r)
		case out.Len() > 0 && !strings.HasSuffix(out.String(), "-"):
			out.WriteByte('-')
		}
	}
	handle := out.String()
	if len(handle) > 100 {
		handle = handle[:100]
	}
	return strings.Trim(handle, "-")
}
