// Package payment owns how orders are paid: what was asked, what happened, and
// what has to go back.
//
// Invariants:
//
//   - A payment's state is a function of the set of facts about it. A fact counts
//     once, by its key; so facts may come twice, late, in any order, by a callback
//     or by a poll, and the end is the same.
//
//   - There is one door for facts, Confirm. It takes the order's row first, then
//     the payment's, and tells the order the sums in the same transaction.
//
//   - Paid and refunded of a payment are the sums of its facts, never flags.
//
//   - The refunds that wait and are under way are what the order says is owed, no
//     more and no less; a refund that was done is a fact.
//
//   - No vendor is called inside a transaction. What a vendor is asked carries our
//     id as its idempotency key.
//
//   - A callback is verified and stored before it is answered, and says only whom
//     to ask about what: callback and poll both go through Reach.
//
//   - An account's credentials are sealed, and leave only towards its vendor.
//
// A static Pix key and payment on delivery need no vendor: a person confirms
// them, and until then they are labelled as not verified.
//
// Events out: none of its own; order tells of the sums. Events in: none.
package payment
