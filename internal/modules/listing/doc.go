// Package listing owns what Meta holds of a company's products: which catalog
// stands behind which WhatsApp account, what every item should be there, what
// was sent, what Meta shows, and why customers can't see an item.
//
// Invariants:
//
//   - An item has three sides: what it should be (made of the product when it is
//     compared), what was sent (a hash), and what was seen. It is sent when the
//     first two differ, and its state is a function of all three.
//
//   - What is due are rows: a process that is killed anywhere leaves nothing
//     behind but work that is done again, and Meta takes the same twice.
//
//   - One process at a time works on a catalog, by a lease; what it learned is
//     written only while it holds it.
//
//   - Meta is not called inside a transaction, nor before the time that it told.
//
//   - An item is gone only when a whole reading that began after it was sent did
//     not find it, after the reading's last page.
//
//   - Prices at Meta are texts and are never read: what was published is what we
//     sent.
//
// Events out: none. Events in: product.updated, stock.updated, from the EVENT
// stream; lost ones are made good by comparing everything.
package listing
