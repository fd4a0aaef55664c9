// Package outbox carries what happened from the transaction in which it
// happened to the EVENT stream. It owns the tables outbox and stream_epoch.
//
// Write puts envelopes into the caller's transaction; the relay of the shard's
// owner publishes them in frames and marks the rows. Rows are found by their
// mark and never by "id greater than the last", since PostgreSQL commits late
// ones.
//
// Invariants:
//
//   - What is committed is published at least once. Consumers tell a repetition
//     by the envelope's id.
//   - The envelopes of a conversation are published in the order of their
//     sequence, as far as they wait together; a transaction that held the
//     conversation's row has its place before those that took it later.
//   - Every frame of a shard carries a number that is greater than those before
//     it; the rows of a frame are marked with its number. So the last frame on
//     the stream tells which marked rows the stream has lost.
//   - EVENT is written lazily and can lose its end in a crash. A relay that
//     starts, or finds itself on a new connection, compares all shards before it
//     publishes: rows that were lost wait again, and the stream gets a new epoch
//     in the same transaction, so that no browser resumes at a sequence that now
//     names something else.
//   - A frame continues only the end of the subject that the relay knows; an
//     owner of the past is refused by the stream, and by the fence of its lease.
package outbox
