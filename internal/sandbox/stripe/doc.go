// Package stripe simulates the part of Stripe by which companies pay their plans,
// as a reading of its own of the vendor's documents (API 2025-08-27.basil):
// customers, products, prices and coupons; hosted checkout of subscriptions;
// subscriptions with their invoices, attempts to pay, refunds and disputes; the
// customer portal; and signed events. It keeps its state in a folder, so that it
// can be the witness of a test that kills the product, and so that a plan can be
// bought without an account.
//
// One Server answers:
//
//   - /v1/...: the API: bearer key, form-encoded parameters of which an unknown one
//     is refused, idempotency keys, expansion, lists by cursor, errors in the
//     vendor's shape;
//   - /c/pay/{session}, /i/{invoice}, /p/session/{portal}: what a payer sees. There
//     is no field for a card number: made-up cards are chosen by a button;
//   - /_sandbox/...: the control API (control.go), which moves the billing clock,
//     pays, lets cards fail, disputes and injects faults.
//
// Time is the machine's with what the control API moved it forward. What falls
// due on the way (renewals, retries, vouchers, trials, pages) happens in order of
// its time. Events are signed at the machine's time, as with the vendor's own test
// clocks, since who hears them compares it with theirs.
//
// Sources: docs.stripe.com/api; /billing/subscriptions/overview; /billing/collection-method;
// /payments/checkout; /payments/boleto; /payments/pix; /webhooks.
//
// Invariants: the same key with the same parameters gives the same answer and one
// effect, with others an idempotency_error; answers of 5xx are stored too; what
// was answered is in the journal before the answer leaves; an invoice is paid
// once; nobody is refunded more than was paid.
package stripe
