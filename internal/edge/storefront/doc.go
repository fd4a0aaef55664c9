// Package storefront serves the pages that a company's customers open from a
// conversation: a product, their own shop with the one cart, their order with
// its payment, and the picture of a Pix code.
//
// The pages are made on the server and work without a script; the small script
// copies codes, counts down and follows an order. A page is opened by the ticket
// in its address (base/ticket) and by nothing else: there is no session and no
// cookie.
//
// Invariants:
//
//   - Company, customer and order are read from the ticket, never from a form, so
//     that no page shows what is another company's or another customer's.
//   - A customer's shop ends by itself; product pages are for everybody, Meta's
//     crawler included; all others are kept from search engines and caches.
//   - Addresses hold capabilities: they are neither logged nor told to other
//     sites.
//   - Prices, stock and totals are read when the page is made; what is placed is
//     the total that the customer saw, or nothing.
package storefront
