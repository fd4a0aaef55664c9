// Package metacatalog writes and reads Meta's product catalogs over the Graph
// API: batches of items and what became of them, what a catalog holds, which
// catalog a WhatsApp Business Account shows, and what customers of a number see
// of it. It implements listing.Meta.
//
// Invariants:
//
//   - Every push is an upsert of whole rows or a deletion, so that a repetition
//     after a lost answer does no harm. There are no retries here: listing paces
//     and repeats.
//   - Prices pass as the texts that they are: nothing here counts money, and no
//     price that Meta shows is read as a number.
//   - Every error is a *fault.Error, decided by Meta's code; the one exception is
//     code 1, which Meta uses for "too many bytes" and for "unknown", and only its
//     sentence tells which.
//   - A token leaves in the Authorization header only, and never shows in an
//     error or the exchange log.
//   - What can't be read in one member of an item is left out, and the item goes
//     on: an item that went missing here would count as gone at Meta.
//
// Sources: Graph API reference, Product Catalog: items_batch,
// check_batch_request_status, products; Product Item; WhatsApp Business Account:
// product_catalogs; WhatsApp commerce settings (OpenAPI v23.0); "Rate Limiting";
// Webhooks reference, object catalog.
package metacatalog
