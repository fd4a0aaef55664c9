// Package meta simulates Meta's Graph API for the WhatsApp Cloud API, as a
// reading of its own of Meta's documents: what the product's adapter gets
// wrong, this package refuses. It is stateful and keeps its state in a folder,
// so that it can be the witness of a test that kills the product, and so that
// a company can try its bot without an account at Meta.
//
// One Server answers three families of paths:
//
//   - the Graph API: /v{NN}.0/... (or without the version), with the vendor's
//     limits, error bodies and codes;
//   - media downloads: /media/..., with the Bearer token that asked for the
//     address, for five minutes;
//   - the control API: /_sandbox/..., which plays everything that is not the
//     business: the app's dashboard, the customers and their telephones, and
//     the faults of the network. See control.go for its routes.
//
// Webhooks are batched, signed over the raw bytes (non-ASCII as lowercase
// escapes, as Meta sends them) and repeated with growing gaps until they are
// answered by 2xx. First attempts keep the order of a chat; repeats do not.
//
// Goods are those of a Catalog that is joined to the server: messages, carts and
// questions name only what it shows. Bills add up to the cent, in whole numbers;
// an order goes forward only, and payments are for accounts and customers in
// Brazil (payment.go).
//
// Templates live as Meta's do (library.go): they are checked when they are made,
// reviewed after a while, paused, rated and recategorised by the control API, and
// each message is held against its template's components. What a company does in
// its own phone app, and what the platform says of the account, is in company.go;
// what a customer does besides writing in gesture.go.
//
// Objects that are not WhatsApp's (pages, Instagram accounts) would be new
// node kinds in graph.go and new envelopes in webhook.go; apps, tokens, media,
// faults, the ledger and the delivery of webhooks are already theirs.
//
// Sources: Meta's Cloud API reference and its OpenAPI description v23.0 of
// 2025-11-21; where a text of an error is not documented it follows what the
// platform was seen to answer. Code points are counted where a limit says
// characters.
//
// Invariants: a message that was answered with an id is in the ledger and in
// the journal before the answer leaves; a status only moves forward; nothing
// that is shown carries a token or a secret, except what the control API lists
// as its own set-up.
package meta
