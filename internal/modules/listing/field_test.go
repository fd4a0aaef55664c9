package listing

import (
	"strings"
	"testing"
	"unicode/utf8"

	"prosa/internal/modules/product"
)

func TestFieldsOfAnItem(t *testing.T) {
	m := maker{tenantID: alfa, store: "Loja Alfa", shelves: map[string]string{"col_1": "Roupas > Camisetas"}, links: links{}}
	p := product.Product{
		ID: "prd_1", Name: "CAMISETA LISA", Description: "<p>Malha &amp; algodão. Veja https://x.example/a</p>", CategoryID: "col_1", Options: []string{"Tamanho", "Cor", "Manga: tipo"},
		Images: []product.Image{{Blob: "abc"}, {URL: "https://x.example/2.jpg"}, {Blob: "abc"}},
	}
	v := product.Variant{ID: "var_1", Options: []string{"P", "Azul", "longa, fina"}, Price: 4990, SalePrice: 3990, SaleFromMS: 1_700_000_000_000, Currency: "BRL", Tracked: true, OnHand: 5, Reserved: 2, Barcode: "7891000315507"}
	f, reason := m.fields(p, v)
	if reason != "" {
		t.Fatal(reason)
	}
	want := Fields{
		Title: "Camiseta Lisa", Description: "Malha & algodão. Veja", Availability: InStock, Condition: "new", Price: "49.90 BRL", SalePrice: "39.90 BRL",
		SaleWindow: "2023-11-14T22:13Z/2099-12-31T00:00Z", Link: "https://loja.example/p/var_1", Image: "https://loja.example/i/abc", MoreImages: []string{"https://x.example/2.jpg"},
		Brand: "Loja Alfa", GTIN: "7891000315507", Group: "prd_1", Size: "P", Color: "Azul", Attributes: "Manga  tipo:longa  fina", Quantity: 3,
		ProductType: "Roupas > Camisetas", Label: "Roupas",
	}
	if f.hash() != want.hash() {
		t.Errorf("fields\n%+v\nwant\n%+v", f, want)
	}
	v.Reserved, v.SalePrice = 5, 0
	if f, _ = m.fields(p, v); f.Availability != OutOfStock || f.Quantity != 0 || f.SalePrice != "" || f.SaleWindow != "" {
		t.Errorf("sold out: %+v", f)
	}
	v.Tracked = false
	if f, _ = m.fields(p, v); f.Availability != InStock || f.Quantity != -1 {
		t.Errorf("made to order: %+v", f)
	}
	v.Price = 0
	if _, reason = m.fields(p, v); reason != noPrice {
		t.Errorf("without a price: %s", reason)
	}
	p.Images, v.Price = nil, 100
	if _, reason = m.fields(p, v); reason != noImage {
		t.Errorf("without a picture: %s", reason)
	}
	v.Image = &product.Image{URL: "https://x.example/v.jpg"}
	if f, reason = m.fields(p, v); reason != "" || f.Image != "https://x.example/v.jpg" {
		t.Errorf("a picture of its own: %s %s", f.Image, reason)
	}
	p.Description, p.Brand = "  ", "Malha Boa"
	if f, _ = m.fields(p, v); f.Description != "Camiseta Lisa - Malha Boa" {
		t.Errorf("without a description: %q", f.Description)
	}
}

func TestBarcodesAreSentWhenTheyAreRight(t *testing.T) {
	for code, want := range map[string]bool{"7891000315507": true, "96385074": true, "036000291452": true, "10012345678902": true,
		"7891000315508": false, "789100031550": false, "abc": false, "": false, "78910003155O7": false} {
		if got := gtin(code) != ""; got != want {
			t.Errorf("gtin(%s) is %v, want %v", code, got, want)
		}
	}
}

func TestMetasWordsAreUnderstood(t *testing.T) {
	for words, want := range map[string]string{
		"Image is too small. It must be at least 500x500": "image_small", "IMAGE_FETCH_FAILED": "image_unreachable", "Unsupported image format webp": "image_format",
		"This item violates our Commerce Policies": "policy", "Title must not be all caps": "title", "sale price must be lower": "sale_price", "Invalid price": "price",
		"Invalid link": "link", "A required field is missing": "missing", "quelque chose": "",
	} {
		if got := classify(words); got != want {
			t.Errorf("%q is %q, want %q", words, got, want)
		}
	}
}

// Whatever people write, what is sent is valid text within Meta's bounds.
func FuzzTexts(f *testing.F) {
	f.Add("CAMISETA <b>boa</b>", "https://x.example &lt;b&gt; texto")
	f.Add(strings.Repeat("ação ", 2000), "<"+strings.Repeat("a", 600)+">")
	f.Fuzz(func(t *testing.T, name, text string) {
		if !utf8.ValidString(name) || !utf8.ValidString(text) {
			t.Skip()
		}
		head := title(name)
		body := description(product.Product{Description: text}, head, "Loja")
		if utf8.RuneCountInString(head) > maxTitle || utf8.RuneCountInString(body) > maxDescription || !utf8.ValidString(head) || !utf8.ValidString(body) {
			t.Errorf("%q %q", head, body)
		}
		if strings.Contains(strings.ToLower(body), "https://") && !strings.Contains(head, "https://") && !strings.Contains(head, "HTTPS://") {
			t.Errorf("an address is left in %q of %q", body, text)
		}
	})
}

func TestConfigIsChecked(t *testing.T) {
	good := Config{FlushEvery: 1, TickEvery: 1, CompareEvery: 1, PriceFor: 1, Rows: 1}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Config){
		"flush": func(c *Config) { c.FlushEvery = 0 }, "slow": func(c *Config) { c.FlushEvery = 1 << 50 }, "rows": func(c *Config) { c.Rows = MaxRows + 1 }, "none": func(c *Config) { c.Rows = 0 },
	} {
		c := good
		if spoil(&c); c.Validate() == nil {
			t.Errorf("%s passes", name)
		}
	}
}
