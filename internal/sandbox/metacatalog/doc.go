// Package metacatalog simulates the catalog of Meta behind the Graph API, as a
// reading of its own of Meta's documents: catalogs of a business, their
// connection to a WhatsApp Business Account, the commerce settings of a number,
// batches of items with their slow and partial processing, what the catalog
// holds, and the review of each item. It stands beside sandbox/meta under one
// host: Owns says whose a call is.
//
// It is stateful and keeps its state in a folder, so that it can be the witness
// of a test that kills the product, and so that a company can try its shop
// without an account at Meta. A catalog may hold tens of thousands of items:
// what depends on time alone (a batch's progress, a review, a picture's fetch)
// is told from the clock when it is asked for, and costs no timer an item.
//
// How a batch goes: rows that break a rule are named at once in
// validation_status and are not taken; the others wait behind a handle and are
// applied later, all in one moment; what fails then (an update of what does not
// exist, a sale price above the price) is in the handle's errors only. A row
// that was applied starts a review, and a new picture a fetch.
//
// The control API (control.go) makes accounts, injects faults into calls and
// webhooks, and dooms items: refused when applied, rejected by the review,
// without a picture, hidden.
//
// Sources: Meta's Graph API reference, Product Catalog: items_batch,
// check_batch_request_status, products; WhatsApp Business Account: product
// catalogs, commerce settings; "Catalog Batch API", "Rate Limiting"; Webhooks
// reference, object catalog. The OpenAPI description v23.0 of 2025-11-21 has the
// commerce settings only.
//
// Invariants: what was answered is in the journal before the answer leaves; a
// batch is applied once, also over a crash; an item's number never changes, so
// that a page of the read-back misses and repeats nothing that stands still;
// nothing that is shown carries a token or a secret; money is decimal text and
// integers, never a float.
package metacatalog
