package metacatalog

import (
	"strings"

	"prosa/internal/base/money"
)

// Item is what a customer sees of an item; the simulated telephones and the
// simulator of messages ask for it. Prices are texts: Price as it is shown, for
// the present moment, and Amount the same as a decimal ("49.90").
type Item struct {
	RetailerID   string `json:"retailer_id"`
	Group        string `json:"group,omitempty"` // siblings share it
	Name         string `json:"name"`
	Description  string `json:"description,omitempty"`
	Variant      string `json:"variant,omitempty"` // what sets it apart from its siblings: "Azul · M"
	Price        string `json:"price"`
	ListPrice    string `json:"list_price,omitempty"` // while Price is a sale's
	Amount       string `json:"amount"`
	Currency     string `json:"currency"`
	Image        string `json:"image,omitempty"`
	Link         string `json:"link,omitempty"`
	Availability string `json:"availability"`
	// Visible says that the catalog shows it: published and not rejected.
	Visible bool `json:"visible"`
}

// Item gives one item of a catalog.
func (s *Server) Item(catalogID, retailerID string) (Item, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	catalog := s.catalogs[catalogID]
	if catalog == nil || catalog.items[retailerID] == nil {
		return Item{}, false
	}
	return s.shelf(catalog.items[retailerID]), true
}

// Items gives up to limit visible items of a catalog in its order, behind the
// one whose retailer id is after; an unknown one, or none, is the beginning.
func (s *Server) Items(catalogID, after string, limit int) []Item {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	catalog := s.catalogs[catalogID]
	if catalog == nil {
		return nil
	}
	var number int64
	if last := catalog.items[after]; last != nil {
		number = last.Number
	}
	now := s.now().UnixMilli()
	page, _ := catalog.page(number, limit, func(i *item) bool { return i.visible(now) })
	items := make([]Item, len(page))
	for i, one := range page {
		items[i] = s.shelf(one)
	}
	return items
}

// CatalogOf gives the catalog that a WhatsApp Business Account shows.
func (s *Server) CatalogOf(wabaID string) (id string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id = s.wabas[wabaID]
	return id, id != ""
}

// CommerceOf tells whether customers of a number may fill carts, and whether
// they see the storefront.
func (s *Server) CommerceOf(phoneID string) (cart, visible bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	set := s.commerceOf(phoneID)
	return set.Cart, set.Visible
}

func (s *Server) shelf(i *item) Item {
	now := s.now()
	cost, currency, onSale := i.effective(now)
	shown := Item{
		RetailerID: i.Retailer, Group: i.Data["item_group_id"], Name: i.Data["title"], Description: i.Data["description"],
		Price: label(cost, currency), Amount: cost.Decimal(), Currency: currency, Image: i.Data["image_link"], Link: i.Data["link"],
		Availability: i.Data["availability"], Visible: i.visible(now.UnixMilli()),
	}
	var apart []string
	for _, field := range []string{"color", "size", "pattern", "material", "additional_variant_attribute"} {
		if value := i.Data[field]; value != "" && shown.Group != "" {
			apart = append(apart, value)
		}
	}
	shown.Variant = strings.Join(apart, " · ")
	if onSale {
		full, _, _ := amount(i.Data["price"])
		shown.ListPrice = label(full, currency)
	}
	return shown
}

// label writes a price as a telephone shows it: "R$ 49,90".
func label(a money.Amount, currency string) string {
	return strings.Replace(display(a, currency), "R$", "R$ ", 1)
}
