// Package listing owns what Meta holds of a company's products: which catalog
// stands behind which WhatsApp account, what every item should be there, what
// was sent, what Meta shows, and why customers can't see an item.
package listing
