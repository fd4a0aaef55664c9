// Package subscription is a company's life on a plan: what it pays, changes of
// plan, failed payments and the way back, the end.
//
// Invariants:
//
//   - The truth about money is the vendor's. A callback only says what to read
//     again, and what is due is read without being told; so callbacks may come
//     twice, late, in any order or not at all, and the end is the same.
//
//   - What was read is stored only when nothing was stored since the reading
//     began: an old answer never overwrites a newer one.
//
//   - A company's standing is a function of its subscription, its invoices and
//     the time (judge). Every rung of the ladder is left by paying. Nobody climbs
//     on old news: a rung is taken only right after the vendor was read.
//
//   - No vendor is called inside a transaction. What a vendor is asked for is a
//     row first, a wish, whose id is the key: a crash between the call and the
//     commit ends in the same call again, which asks nothing twice.
//
//   - What is previewed is what is charged: a change names the preview that was
//     seen, which is computed again and has to be the same.
//
//   - Invoices carry numbers of our own, a series a year without gaps, and are
//     never deleted.
//
// Events out: none of its own; tenancy tells of the company's state. Events in:
// none.
package subscription
