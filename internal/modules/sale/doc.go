// Package sale sells in conversations: it joins products, carts, orders and
// payments with what is said to customers. It owns the tables sale_setting,
// sale_said, sale_bill and sale_cursor.
//
// It answers what bots ask of the shop ("shop.*"), composes goods, bills and
// order news in the customer's language and in the form that the channel has for
// them, and follows the events of orders so that customers hear of each step and
// waiting bots go on.
//
// Invariants:
//
//   - What a bot asks is answered in its turn's own transaction. A rule that says
//     no is an answer with a reason and a sentence, and nothing of it is written.
//   - Whatever is said about an order is said once a cause: the cause is a row of
//     sale_said, written in the transaction of the message. So events may come
//     twice, and the process may die at any point.
//   - What is said follows from the order as it stands, not from the event: an
//     event that comes late says nothing that is not true any more.
//   - What may not be sent to the customer stands in the thread as a private note.
//   - What a channel took in its own form and could not deliver is said in words,
//     while it is still true.
//   - Goods are shown in a channel's own catalog only where the catalog shows them
//     all, and our stock has them all.
//   - A reference of a bill is never used twice.
//   - Money is only read here: prices, sums and states are those of order.
//   - Rows are taken in one order: sale_said, conversation, cart, order.
//
// Events in: order.placed, order.paid, order.updated, payment.ready,
// payment.failed, message.created of carts, and message.updated of bills and
// news that were not delivered. Events out: none of its own.
package sale
