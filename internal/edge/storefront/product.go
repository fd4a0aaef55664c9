package storefront

import (
	"net/http"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/modules/product"
)

// few is from how many pieces on a page says that they are the last ones.
const few = 5

// goodPage is a product in one of its variants.
type goodPage struct {
	frame
	Good good
	// Add is where the form goes that puts it into the cart; empty on the public
	// page.
	Add      string
	Quantity int64
	Flaw     string
}

// good is what a page shows of a variant.
type good struct {
	VariantID   string
	Name        string
	Brand       string
	Description []string // paragraphs
	Pictures    []picture
	Options     []option
	Price       money.Amount
	ListPrice   money.Amount // above Price, or 0
	Off         int64        // per cent, rounded down
	Currency    money.Currency
	Available   int64
	Most        int64 // how many one order may take of it
	Few, Made   bool  // the last pieces; made to order
	Tone        int   // of the tile where there is no picture
	Letter      string
}

type picture struct{ URL, Alt string }

// option is one of the things that variants differ in.
type option struct {
	Name   string
	Values []value
}

type value struct {
	Text    string
	URL     string
	Chosen  bool
	SoldOut bool
}

func (s *site) showProduct(v *visit) error {
	tenantID, variantID, ok := s.deps.Links.product(v.r.PathValue("ticket"))
	if !ok {
		return v.guessed()
	}
	f, err := v.of(tenantID, "")
	if err != nil {
		return err
	}
	p, chosen, err := v.sold(tenantID, variantID)
	if err != nil {
		return err
	}
	page := goodPage{frame: f, Good: v.good(&f, p, chosen, func(variantID string) string { return s.path(s.deps.Links.Product(tenantID, variantID)) })}
	address := s.deps.Links.Product(tenantID, variantID)
	if f.Talks, err = v.talks(tenantID, v.say("talk.want", fullName(p, chosen), address), variantID); err != nil {
		return err
	}
	f.Title = fullName(p, chosen)
	f.Card = v.card(f.Company, p, chosen, address)
	page.frame = f
	header := v.w.Header()
	header.Del("X-Robots-Tag")
	header.Set("Cache-Control", "public, max-age=60")
	header.Set("Referrer-Policy", "no-referrer") // there is no form on it
	v.show(http.StatusOK, "product.html", page)
	return nil
}

// path is an address of ours without its host: a page stays where the browser
// found it.
func (s *site) path(link string) string { return strings.TrimPrefix(link, s.deps.PublicURL) }

// sold reads the product of a variant that customers may see. Error:
// fault.NotFound.
func (v *visit) sold(tenantID, variantID string) (product.Product, product.Variant, error) {
	p, err := v.site.deps.Products.OfVariant(v.ctx, tenantID, variantID)
	if err != nil {
		return p, product.Variant{}, err
	}
	at := slices.IndexFunc(p.Variants, func(o product.Variant) bool { return o.ID == variantID && !o.Archived })
	if at < 0 || p.State != product.Active {
		return p, product.Variant{}, fault.New(fault.NotFound, "it is not sold any more")
	}
	return p, p.Variants[at], nil
}

// fullName is a product's name with its options: "Camiseta (P, azul)".
func fullName(p product.Product, chosen product.Variant) string {
	if len(chosen.Options) == 0 {
		return p.Name
	}
	return p.Name + " (" + strings.Join(chosen.Options, ", ") + ")"
}

func (v *visit) good(f *frame, p product.Product, chosen product.Variant, link func(variantID string) string) good {
	now := v.site.deps.Clock.Now().UnixMilli()
	g := good{
		VariantID: chosen.ID, Name: p.Name, Brand: p.Brand, Price: chosen.PriceAt(now), Currency: chosen.Currency, Available: max(chosen.Available(), 0),
		Made: !chosen.Tracked, Options: options(p, chosen, link), Tone: tone(p.ID), Letter: letter(p.Name),
	}
	for paragraph := range strings.SplitSeq(p.Description, "\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph != "" {
			g.Description = append(g.Description, paragraph)
		}
	}
	if g.Price < chosen.Price {
		g.ListPrice, g.Off = chosen.Price, int64((chosen.Price-g.Price)*100/chosen.Price)
	}
	g.Few = chosen.Tracked && g.Available > 0 && g.Available <= few
	g.Most = min(g.Available, 99)
	if chosen.MaxPerOrder > 0 {
		g.Most = min(g.Most, chosen.MaxPerOrder)
	}
	images := p.Images
	if chosen.Image != nil {
		images = append([]product.Image{*chosen.Image}, slices.DeleteFunc(slices.Clone(images), func(i product.Image) bool {
			return i.URL == chosen.Image.URL && i.Blob == chosen.Image.Blob
		})...)
	}
	for _, image := range images {
		if address := f.picture(p.TenantID, image); address != "" {
			g.Pictures = append(g.Pictures, picture{address, firstOf(image.Alt, p.Name)})
		}
	}
	return g
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// options are the choices of a product. A value leads to the variant that
// differs from the chosen one in that value only, else to the first that has it.
func options(p product.Product, chosen product.Variant, link func(variantID string) string) []option {
	list := make([]option, 0, len(p.Options))
	for i, name := range p.Options {
		o := option{Name: name}
		for _, candidate := range p.Variants {
			if candidate.Archived || i >= len(candidate.Options) || slices.ContainsFunc(o.Values, func(v value) bool { return v.Text == candidate.Options[i] }) {
				continue
			}
			target := nearest(p.Variants, chosen, i, candidate)
			o.Values = append(o.Values, value{
				Text: candidate.Options[i], URL: link(target.ID), Chosen: i < len(chosen.Options) && chosen.Options[i] == candidate.Options[i], SoldOut: target.Available() <= 0,
			})
		}
		list = append(list, o)
	}
	return list
}

func nearest(all []product.Variant, chosen product.Variant, at int, first product.Variant) product.Variant {
	wanted := slices.Clone(chosen.Options)
	if at < len(wanted) {
		wanted[at] = first.Options[at]
	}
	for _, v := range all {
		if !v.Archived && slices.Equal(v.Options, wanted) {
			return v
		}
	}
	return first
}

// tone is which of the tiles' colours a thing without a picture has.
func tone(id string) int {
	sum := 0
	for _, c := range []byte(id) {
		sum += int(c)
	}
	return sum % 6
}

// letter is what stands on such a tile.
func letter(name string) string {
	for _, r := range name {
		return strings.ToUpper(string(r))
	}
	return ""
}

// card is what crawlers read of a variant's page.
func (v *visit) card(company string, p product.Product, chosen product.Variant, address string) *card {
	now := v.site.deps.Clock.Now().UnixMilli()
	current, availability := chosen.PriceAt(now), "in stock"
	if chosen.Available() <= 0 {
		availability = "out of stock"
	}
	c := &card{
		URL: address, Title: fullName(p, chosen), Description: clean(firstOf(p.Description, v.say("talk.from", fullName(p, chosen), company)), 500), Site: company,
		Locale: strings.ReplaceAll(v.lang, "-", "_"), Amount: chosen.Price.Decimal(), Currency: string(chosen.Currency), Availability: availability, ID: chosen.ID, Group: p.ID, Brand: p.Brand,
	}
	if current < chosen.Price {
		c.SaleAmount = current.Decimal()
	}
	images := []string{}
	for _, image := range append(own(chosen), p.Images...) {
		switch {
		case image.Blob != "":
			images = append(images, v.site.deps.ImageURL+picturePath(p.TenantID, image.Blob))
		case image.URL != "":
			images = append(images, image.URL)
		}
	}
	state := schema + "InStock"
	if chosen.Available() <= 0 {
		state = schema + "OutOfStock"
	}
	c.Data = map[string]any{
		"@context": schema, "@type": "Product", "productID": chosen.ID, "sku": chosen.SKU, "name": c.Title, "description": c.Description, "url": address,
		"offers": map[string]any{
			"@type": "Offer", "price": current.Decimal(), "priceCurrency": string(chosen.Currency), "availability": state,
			"itemCondition": schema + "NewCondition", "url": address, "seller": map[string]any{"@type": "Organization", "name": company},
		},
	}
	if len(images) > 0 {
		c.Image, c.Data["image"] = images[0], images
	}
	if p.Brand != "" {
		c.Data["brand"] = map[string]any{"@type": "Brand", "name": p.Brand}
	}
	if len(p.Options) > 0 {
		c.Data["inProductGroupWithID"] = p.ID
	}
	return c
}

func own(v product.Variant) []product.Image {
	if v.Image == nil {
		return nil
	}
	return []product.Image{*v.Image}
}
