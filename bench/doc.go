// Package bench loads a running Prosa through its gateway, as a platform
// would, and measures what comes back.
//
// Method: an open loop. Message i is due at start + i/rate whether or not
// those before it were answered, and every latency counts from that intended
// time, so that a stall is seen by everybody who would have felt it
// (no coordinated omission). Each message is signed as Meta signs and is a POST
// of its own; the provider answers each send, and reports sent, delivered and
// read for it, in batches, through the same gateway.
//
// What is checked: exactly one reply to each message, to the one who wrote it,
// in the order in which they wrote.
package bench
