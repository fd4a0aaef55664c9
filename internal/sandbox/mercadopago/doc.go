// Package mercadopago simulates the part of Mercado Pago that a shop uses:
// orders paid by Pix or boleto (/v1/orders), hosted checkout for everything
// else (/checkout/preferences and its page), payments (/v1/payments) and their
// notifications, as a reading of its own of the vendor's documents. It is
// stateful and keeps its state in a folder, so that it can be the witness of a
// test that kills the product, and so that a company can try its shop without
// an account: the vendor has no local trigger, and people test with real money there.
//
// One Server answers:
//
//   - the API: bearer token, JSON, X-Idempotency-Key on what makes or moves
//     money, errors in the vendor's shape;
//   - /checkout/v1/redirect: the hosted page of a preference, with a button for
//     each outcome, and /pix: where a code is pasted and paid as in a bank's app;
//   - the control API: /_sandbox/... (control.go), which makes sellers, pays,
//     refuses, lets time run out and injects faults.
//
// A notification is signed as the vendor does: x-signature "ts=...,v1=..." with
// HMAC-SHA256 over "id:<data.id, lower-cased>;request-id:<x-request-id>;ts:<ts>;".
// It carries only an id: the shop asks for the rest. One that is not answered by
// 200 or 201 is repeated with growing gaps.
//
// Sources: mercadopago.com.br/developers, "Orders API" (create, get, cancel,
// refund; status and status_detail), "Checkout Pro" (preferences), "Webhooks"
// (signature, repetition), and the vendor's own Go client for the shapes.
//
// Invariants: the same idempotency key with the same body gives the same answer
// and one effect, with another body 409; a status only moves along its table; a
// paid order can't expire; what was answered is in the journal before the answer
// leaves; tokens never appear in what is shown.
package mercadopago
