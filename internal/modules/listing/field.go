package listing

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"html"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"prosa/internal/base/clock"
	"prosa/internal/message/fold"
	"prosa/internal/modules/product"
)

// Bounds of texts, in characters. Meta takes titles of 200 and rejects many
// above 150.
const (
	maxTitle       = 150
	maxDescription = 5000
	maxBrand       = 100
	maxMoreImages  = 10
)

// Reasons why an item is not sent.
const (
	noImage = "no_image"
	noPrice = "no_price"
	noLink  = "no_link"
)

// maker makes items of products.
type maker struct {
	tenantID string
	store    string            // the company's name
	shelves  map[string]string // names of categories by their ids
	links    Links
}

// fields gives the item of a variant, or the reason why Meta would not take it.
func (m maker) fields(p product.Product, v product.Variant) (f Fields, reason string) {
	f = Fields{
		Title: title(p.Name), Condition: "new", Price: v.Price.Decimal() + " " + string(v.Currency), Link: m.links.Product(m.tenantID, v.ID),
		Brand: cut(or(p.Brand, m.store), maxBrand), Group: p.ID, GTIN: gtin(v.Barcode), ProductType: m.shelves[p.CategoryID],
		Availability: InStock, Quantity: -1,
	}
	f.Description = description(p, f.Title, f.Brand)
	_, f.Label, _ = strings.Cut(" > "+f.ProductType, " > ")
	f.Label, _, _ = strings.Cut(f.Label, " > ")
	if v.Tracked {
		f.Quantity = max(v.Available(), 0)
		if f.Quantity == 0 {
			f.Availability = OutOfStock
		}
	}
	if v.SalePrice > 0 && v.SalePrice < v.Price {
		f.SalePrice = v.SalePrice.Decimal() + " " + string(v.Currency)
		f.SaleWindow = window(v.SaleFromMS, v.SaleToMS)
	}
	m.pictures(&f, p, v)
	options(&f, p.Options, v.Options)
	switch {
	case f.Image == "":
		return f, noImage
	case v.Price <= 0:
		return f, noPrice
	case f.Link == "":
		return f, noLink
	}
	return f, ""
}

// pictures puts the variant's picture first, then the product's.
func (m maker) pictures(f *Fields, p product.Product, v product.Variant) {
	images := p.Images
	if v.Image != nil {
		images = append([]product.Image{*v.Image}, images...)
	}
	seen := map[string]bool{}
	for _, image := range images {
		address := image.URL
		if image.Blob != "" {
			address = m.links.Image(m.tenantID, image.Blob)
		}
		switch {
		case address == "" || seen[address]:
		case f.Image == "":
			f.Image = address
		case len(f.MoreImages) < maxMoreImages:
			f.MoreImages = append(f.MoreImages, address)
		}
		seen[address] = true
	}
}

// Names of options, folded, by the fields that Meta has for them.
var optionField = map[string]func(*Fields, string){
	"cor": setColor, "color": setColor, "colour": setColor,
	"tamanho": setSize, "tam": setSize, "size": setSize,
	"estampa": setPattern, "padrao": setPattern, "pattern": setPattern,
	"material": setMaterial, "tecido": setMaterial,
}

func setColor(f *Fields, value string)    { f.Color = value }
func setSize(f *Fields, value string)     { f.Size = value }
func setPattern(f *Fields, value string)  { f.Pattern = value }
func setMaterial(f *Fields, value string) { f.Material = value }

// options puts the values of a variant into their fields; the others become
// "Name:Value" pairs, in which Meta knows no escape.
func options(f *Fields, names, values []string) {
	var pairs []string
	plain := strings.NewReplacer(",", " ", ":", " ")
	for i, name := range names {
		if i >= len(values) {
			break
		}
		value := cut(values[i], 100)
		if set := optionField[fold.Text(name)]; set != nil {
			set(f, value)
			continue
		}
		pairs = append(pairs, strings.TrimSpace(plain.Replace(name))+":"+strings.TrimSpace(plain.Replace(value)))
	}
	f.Attributes = strings.Join(pairs, ",")
}

// window spells the time of a sale. Meta wants both ends: one that is open lies
// far off, at a fixed time, so that the item stays the same.
func window(fromMS, toMS int64) string {
	if fromMS == 0 && toMS == 0 {
		return ""
	}
	if toMS == 0 {
		toMS = time.Date(2099, 12, 31, 0, 0, 0, 0, time.UTC).UnixMilli()
	}
	if fromMS == 0 {
		fromMS = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	}
	const layout = "2006-01-02T15:04Z"
	return clock.FromMS(fromMS).Format(layout) + "/" + clock.FromMS(toMS).Format(layout)
}

// title is a name without shouting, which Meta rejects.
func title(name string) string {
	name = cut(oneLine(name), maxTitle)
	if strings.ToUpper(name) != name || strings.ToLower(name) == name || utf8.RuneCountInString(name) < 5 {
		return name
	}
	words := strings.Fields(strings.ToLower(name))
	for i, word := range words {
		first, size := utf8.DecodeRuneInString(word)
		words[i] = string(unicode.ToUpper(first)) + word[size:]
	}
	return strings.Join(words, " ")
}

var (
	markup  = regexp.MustCompile(`<[^<>]{1,500}>`)
	address = regexp.MustCompile(`(?i)\b(?:https?://|www\.)\S+`)
)

// description is plain text without addresses; Meta wants one, and not the
// title again.
func description(p product.Product, title, brand string) string {
	text := html.UnescapeString(markup.ReplaceAllString(p.Description, " "))
	text = oneLine(address.ReplaceAllString(text, ""))
	if text == "" || strings.EqualFold(text, title) {
		text = title + " - " + brand
	}
	return cut(text, maxDescription)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// cut shortens a text to a number of characters.
func cut(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:most-1])) + "…"
}

func or(text, standard string) string {
	if text == "" {
		return standard
	}
	return text
}

// gtin is a barcode of goods (GTIN-8, 12, 13, 14) with a right check digit;
// Meta rejects items with wrong ones.
func gtin(code string) string {
	switch len(code) {
	case 8, 12, 13, 14:
	default:
		return ""
	}
	sum := 0
	for i := range len(code) {
		if code[i] < '0' || code[i] > '9' {
			return ""
		}
		weight := 1
		if (len(code)-i)%2 == 0 {
			weight = 3
		}
		sum += weight * int(code[i]-'0')
	}
	if sum%10 != 0 {
		return ""
	}
	return code
}

// hash names what was sent: a digest, and which of the optional fields were
// there.
func (f Fields) hash() string {
	raw, err := json.Marshal(f)
	if err != nil {
		return "" // texts and numbers can't fail
	}
	sum := sha256.Sum256(raw)
	var there strings.Builder
	for n, field := range f.optional() {
		if field.there {
			there.WriteByte(byte('a' + n))
		}
	}
	return hex.EncodeToString(sum[:16]) + "." + there.String()
}

type optional struct {
	name  string
	there bool
}

// optional are the fields that an item may lose again, in an order that stays:
// the hashes of what was sent name them by their places.
func (f Fields) optional() []optional {
	return []optional{
		{"gtin", f.GTIN != ""}, {"color", f.Color != ""}, {"size", f.Size != ""}, {"pattern", f.Pattern != ""}, {"material", f.Material != ""},
		{"additional_variant_attribute", f.Attributes != ""}, {"product_type", f.ProductType != ""}, {"custom_label_0", f.Label != ""},
		{"additional_image_link", len(f.MoreImages) > 0}, {Quantity, f.Quantity >= 0},
	}
}

// cleared are the fields that Meta may hold of an item and that it has no more.
// An item that we never sent was typed by hand, and keeps what was typed.
func (i *item) cleared(f Fields) (names []string) {
	_, before, certain := strings.Cut(i.sentHash, ".")
	if i.sentHash == "" {
		return nil
	}
	// What was refused stands in for what Meta holds: all is cleared that may be.
	certain = certain && i.problem == ""
	for n, field := range f.optional() {
		if !field.there && (!certain || strings.IndexByte(before, byte('a'+n)) >= 0) {
			names = append(names, field.name)
		}
	}
	return names
}
