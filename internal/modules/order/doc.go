// Package order owns carts, coupons, delivery and orders.
//
// Invariants:
//
//   - A customer has one open cart, which bot, WhatsApp, web link and attendant
//     edit alike. Its row is taken by every edit, so that twenty "one more" at
//     once are twenty pieces in one line.
//   - A cart has no prices of its own: it is priced when it is read. An order has
//     no others than its own: they are frozen when it is placed, and the sums
//     agree to the centavo.
//   - Placing an order happens once a key. In its one transaction the stock is
//     held, the coupon counted, the number drawn and the payment asked for.
//   - An order stands on two axes: its state, which steps tells, and its money,
//     which are sums over payments. What is owed back is a function of the two.
//   - Stock is held while a payment is awaited, sold when the order is confirmed,
//     and freed when it expires or is canceled; each once.
//   - Every change is a row of order_event with actor and reason.
//   - Rows are taken in one order: cart, order, payments, coupon, counter, stock by
//     variant.
//   - What an edit or an order rests on is read in its own transaction, behind the
//     lock of the cart. Zones are remembered between transactions by their version,
//     which is read there; only a list of quotes may be a second old.
//
// Events out: cart.updated, order.placed, order.paid, order.updated, and
// stock.updated for what its orders moved. Events in: none; payment calls
// LockOrder and Settle.
package order
