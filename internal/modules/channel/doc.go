// Package channel owns the connections of companies to messaging platforms
// and everything that leaves through them.
//
// It owns the tables channel_account, delivery, early_status, exchange and
// quarantine. The delivery table is the queue of what goes out: one row a
// part, written in the transaction of the message (Service.Order), sent by the
// owner of its shard (Sender), settled by the platform's word
// (Service.Report).
//
// Invariants:
//   - The parts of a conversation leave one at a time, in the order of (seq,
//     part); a throttled or failing conversation holds nobody else.
//   - A row is marked sending before its call, so that after a crash the
//     ambiguous ones are known. An ambiguous send is settled by the platform's
//     report where it gives one and repeated only when none came; on a platform
//     that reports nothing it becomes unknown and is never repeated by itself.
//   - A delivery's state moves only forward (message.Advances), save for a retry
//     that this package decides.
//   - No network call is made inside a transaction.
//
// Events out: channel.updated. What becomes of messages is told by the module
// that owns them, through Ledger.
package channel
