// Package webhook is the door through which the messaging platforms tell us
// things: it verifies, cuts up, routes, stores and answers. Nothing is looked up
// in the database and nothing is interpreted: that is the worker's, behind the
// stream.
//
// Invariants:
//
//   - 200 is answered only when every piece of the body is on the disk. What
//     can't be stored now is 503, and the platform repeats it.
//   - The signature is checked over the raw body before anything in it is read.
//     A wrong one is 401 without a word; nothing computed is ever sent back.
//   - A piece reaches only an account whose own secret matched. One that names
//     another account, of whatever company, is quarantined, not delivered.
//   - What can't be read is kept with the reason, and its neighbours go on.
//   - While the snapshot of the accounts is stale, "unknown" is not a verdict:
//     the platform is asked to repeat.
//   - Memory is bounded: bodies in hand and events waiting have limits, beyond
//     which the answer is 503.
//
// Many pieces share one sync of the disk: each shard has a collector that packs
// what has come into one frame while the frame before is being stored. It never
// lingers to wait for more.
package webhook
