// Package shard shares the shards of the conversations out among the
// processes, by leases in the database.
//
// There is one lease a shard, and it serves all that the shard's owner does:
// consume what comes in, send what goes out, relay the outbox, fire timers. So
// there is one fence and one fail-over (docs/adr/0004).
//
// Invariants:
//
//   - Every new owner of a shard gets a higher epoch. Lease.Fence, the first
//     statement of each transaction that an owner makes, refuses all epochs but
//     the newest: a process that was paused and comes back changes nothing.
//   - On PostgreSQL the fence holds the lease row until its transaction ends,
//     and a take-over waits for it. On SQLite the writer is alone.
//   - Live processes hold equal shares: they differ by one shard at most.
//   - A process that stops gives its shards back at once; those of one that
//     died are taken when the lease runs out. Its jobs have ended before a
//     lease is given back.
//   - An owner that can't renew in time ends its jobs by itself before others
//     may take its shards, by its own steady clock.
//
// Expiry compares the clocks of the processes, so hosts must agree to within a
// fraction of the TTL; if they don't, shards move too early or late, and the
// fence still holds.
package shard
