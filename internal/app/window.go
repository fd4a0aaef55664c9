package app

import (
	"prosa/internal/sandbox/meta"
	"prosa/internal/sandbox/metacatalog"
)

// window shows the simulated messages what the simulated catalogs hold: what
// one refuses to name, the other does not show.
type window struct{ *metacatalog.Server }

var _ meta.Catalog = window{}

// Good implements meta.Catalog.
func (w window) Good(catalogID, retailerID string) (meta.Good, bool) {
	item, ok := w.Item(catalogID, retailerID)
	return meta.Good{Name: item.Name, Price: item.Amount, Currency: item.Currency, Visible: item.Visible}, ok
}
