package meta

import (
	"slices"
	"strings"

	"prosa/internal/base/fault"
)

// Catalog is what this server asks about goods; whoever simulates Meta's
// catalogs fills it.
type Catalog interface {
	// CatalogOf gives the catalog connected to a business account.
	CatalogOf(wabaID string) (id string, ok bool)
	Good(catalogID, retailerID string) (Good, bool)
}

// Good is an item of a catalog as customers see it.
type Good struct {
	Name     string
	Price    string // decimal text of the currency's major unit, "49.90"
	Currency string
	Visible  bool // approved, not hidden, not archived
}

// ProductRef names an item of a catalog.
type ProductRef struct {
	CatalogID  string `json:"catalog_id"`
	RetailerID string `json:"product_retailer_id"`
}

// Join lets the server ask a catalog about the goods that messages and carts
// name; before, it takes any. The catalog may ask this server in turn: none of
// its locks is held then.
func (s *Server) Join(catalog Catalog) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catalog = catalog
}

func (s *Server) joined() Catalog {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.catalog
}

// show notes a good that a message names.
func (d *draft) show(catalogID, retailerID string) {
	d.goods = append(d.goods, ProductRef{catalogID, retailerID})
}

// readCatalog checks a catalog message: the header is the vendor's own.
func readCatalog(action object, d *draft) {
	action.only("name", "parameters")
	action.one("name", "catalog_message")
	d.catalog = true
	if !action.has("parameters") {
		return
	}
	parameters := action.object("parameters")
	parameters.only("thumbnail_product_retailer_id")
	if parameters.has("thumbnail_product_retailer_id") {
		d.show("", parameters.text("thumbnail_product_retailer_id", 0))
	}
}

// readProducts checks a list of products. Source: "Share products": 10
// sections, 30 products in all, a title of 24 for each of several sections.
func readProducts(action object, d *draft) {
	action.only("catalog_id", "sections", "name")
	catalogID := action.text("catalog_id", 0)
	sections := action.list("sections")
	if len(sections) < 1 || len(sections) > 10 {
		action.check.fail(wrong("Invalid sections count. Min allowed sections: 1, Max allowed sections: 10"))
	}
	items := 0
	for _, section := range sections {
		section.only("title", "product_items")
		if len(sections) > 1 || section.has("title") {
			limited(section, "title", "Section title", 24)
		}
		products := section.list("product_items")
		if section.m != nil && len(products) == 0 {
			action.check.fail(wrong("Invalid product count. Each section must have at least one product"))
		}
		for _, item := range products {
			items++
			item.only("product_retailer_id")
			d.show(catalogID, item.text("product_retailer_id", 0))
		}
	}
	if items < 1 || items > 30 {
		action.check.fail(wrong("Invalid product count. Min allowed products: 1, Max allowed products: 30"))
	}
}

// readCarousel checks a carousel of products or of pictures. Sources:
// "Interactive product carousel messages", "Interactive media carousel
// messages" (2025-12): 2 to 10 cards, a body and nothing else around them, the
// same kind and number of buttons on each.
func readCarousel(in, action object, d *draft) {
	if in.has("footer") {
		in.check.fail(wrong("Footer is not allowed for interactive type carousel"))
	}
	action.only("cards")
	cards := action.list("cards")
	if len(cards) < 2 || len(cards) > 10 {
		action.check.fail(wrong("Invalid cards count. Min allowed cards: 2, Max allowed cards: 10"))
	}
	first := cardKind{}
	for i, card := range cards {
		if int(card.number("card_index")) != i {
			action.check.fail(wrong("Card index must be %d", i))
		}
		kind := readCard(card, d)
		if i > 0 && kind != first {
			action.check.fail(wrong("All cards must have the same kind and number of buttons"))
		}
		first = kind
	}
}

// cardKind is what all cards of a carousel have in common.
type cardKind struct {
	kind    string
	header  string
	buttons int
}

func readCard(card object, d *draft) cardKind {
	if card.has("type") && card.one("type", "product", "cta_url", "button") == "product" {
		card.only("card_index", "type", "action")
		action := card.object("action")
		action.only("catalog_id", "product_retailer_id")
		d.show(action.text("catalog_id", 0), action.text("product_retailer_id", 0))
		return cardKind{kind: "product"}
	}
	card.only("card_index", "type", "header", "body", "action")
	header := card.object("header")
	kind := cardKind{kind: "quick_reply", header: header.one("type", "image", "video"), buttons: 1}
	readReference(header.object(kind.header), kind.header, d)
	if card.has("body") {
		text := card.object("body").text("text", 160)
		if strings.Count(text, "\n") > 2 {
			card.check.fail(wrong("Card body must have at most 2 line breaks"))
		}
	}
	action := card.object("action")
	if action.has("name") {
		kind.kind = action.one("name", "cta_url")
		parameters := action.object("parameters")
		parameters.text("display_text", 20)
		parameters.link("url", 2000)
		return kind
	}
	action.only("buttons")
	buttons := action.list("buttons")
	kind.buttons = len(buttons)
	if action.m != nil && len(buttons) == 0 {
		card.check.fail(wrong("Invalid buttons count. Min allowed buttons: 1"))
	}
	for _, button := range buttons {
		button.only("type", "quick_reply")
		button.one("type", "quick_reply")
		reply := button.object("quick_reply")
		reply.only("id", "title")
		limited(reply, "id", "Button id", 256)
		limited(reply, "title", "Button title", 20)
	}
	return kind
}

// readGoods holds the goods of a message against the account's catalog; without
// one to ask they are taken as they are.
func (s *Server) readGoods(d *draft, number Number, check *checker) {
	catalog := s.joined()
	if catalog == nil || len(d.goods) == 0 && !d.catalog {
		return
	}
	connected, ok := catalog.CatalogOf(number.WABA)
	if !ok {
		check.fail(wrong("No catalog is connected to this WhatsApp Business Account"))
		return
	}
	for _, ref := range d.goods {
		if ref.CatalogID == "" {
			ref.CatalogID = connected
		}
		if ref.CatalogID != connected {
			check.fail(wrong("The catalog %s is not connected to this WhatsApp Business Account", ref.CatalogID))
			return
		}
		good, there := catalog.Good(connected, ref.RetailerID)
		if !there || !good.Visible {
			check.fail(wrong("Products not found in FB Catalog: product_retailer_id %s of catalog %s", ref.RetailerID, ref.CatalogID))
			return
		}
		if d.text == "" {
			d.text = good.Name
		}
	}
}

// checkGoods holds what a customer does against the catalog, as the telephone
// does: a cart and a question are of goods that it shows, and the telephone
// writes the price that it showed.
func (s *Server) checkGoods(a *Action) error {
	catalog := s.joined()
	if catalog == nil || a.Do != "order" && a.Product == nil {
		return nil
	}
	s.mu.Lock()
	number := s.numbers[a.Number]
	s.mu.Unlock()
	if number == nil {
		return fault.New(fault.NotFound, "no such number")
	}
	connected, ok := catalog.CatalogOf(number.WABA)
	look := func(catalogID, retailerID string) (Good, error) {
		good, there := catalog.Good(catalogID, retailerID)
		if !ok || catalogID != connected || !there || !good.Visible {
			return Good{}, fault.Refuse("not_in_catalog", "the number shows no product %q in a catalog %q", retailerID, catalogID)
		}
		return good, nil
	}
	if a.Product != nil {
		if _, err := look(a.Product.CatalogID, a.Product.RetailerID); err != nil {
			return err
		}
	}
	if a.Do != "order" {
		return nil
	}
	items := slices.Clone(a.Items)
	for i := range items {
		good, err := look(a.CatalogID, items[i].ID)
		if err != nil {
			return err
		}
		if items[i].Price == 0 {
			items[i].shown = good.Price
		}
		items[i].Currency = or(items[i].Currency, good.Currency)
	}
	a.Items = items
	return nil
}
