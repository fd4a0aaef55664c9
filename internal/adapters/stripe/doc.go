// Package stripe lets companies pay their plans at Stripe: a hosted checkout to
// which the payer is sent, subscriptions with their invoices, and the vendor's
// own page on which a payer changes how they pay. No card number ever comes near
// us; what is kept of a card is its brand and its last four digits.
//
// The calls are those of the vendor's library; what carries them is ours
// (backend): it names the configured address, says nothing of this machine,
// keeps no logs and repeats nothing, since whoever asks repeats durably.
//
// Invariants:
//
//   - What makes or moves something carries an idempotency key made of the
//     caller's, and the vendor answers the same key by what it made the first
//     time. It forgets keys after a day at the earliest, so what must not happen
//     twice is looked for first, by the key in its metadata.
//   - An answer of 5xx is stored under its key and given again. A stored one, which
//     the vendor marks, is passed by with the next number behind the key, once the
//     look says that nothing was made.
//   - A callback is a hint: it is verified, and what it names is read again.
//   - The secret key leaves in the Authorization header only; no error shows it, or
//     the data of a payer.
//   - Proration is counted by us, by the day. Stripe is told to prorate nothing and
//     gets the amount as a line of its own.
//
// Sources: docs.stripe.com/api, version 2025-08-27.basil: "Idempotent requests",
// "Errors", "Customers", "Checkout Sessions", "Subscriptions", "Invoices", "Invoice
// Payments", "Create a preview invoice", "Refunds", "Customer portal sessions";
// docs.stripe.com/webhooks, "Verify webhook signatures"; the changelog of basil
// (periods on subscription items, invoice.parent, invoice payments); the source of
// stripe-go v82.5.1.
package stripe
