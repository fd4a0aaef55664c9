// Package mercadopago takes payments through a company's own account at Mercado
// Pago: Pix and boleto by the Orders API, and everything else, cards above all,
// by the vendor's hosted checkout, so that no card number ever comes near us.
//
// Orders go through the vendor's SDK, by its seam for an HTTP client: requester
// names the configured base address and our own idempotency key, where the SDK
// has its host built in and makes a random key a call. Preferences and payments
// are called by hand, since the SDK counts their money in floats.
//
// Invariants:
//
//   - What makes or moves money carries a key made of the payment's or refund's
//     id, and the body is a function of what is stored: a repetition after a lost
//     answer or a crash is the same request, and the vendor answers it with what
//     it made the first time. (net/http repeats a request with that header by
//     itself when a kept connection turns out dead: harmless for the same reason.)
//     There are no retries here; payment repeats by its own sweeps.
//   - Amounts are decimal texts on both ways, never floats.
//   - A callback is a hint: it is verified, and then the vendor is asked.
//   - Tokens leave in the Authorization header only, and no error shows them.
//
// Sources: mercadopago.com.br/developers, "Orders API" (create, get, cancel,
// refund, status), "Checkout Pro" (preferences), "Payments" (search, refunds),
// "Webhooks" (signature); the SDK's source, v1.8.0.
package mercadopago
