// Package stage is the plumbing that every simulator of this folder stands
// on and that knows no vendor: a journal that survives kill -9, rules that
// inject faults, a ledger that bears witness, token buckets, timers, and a
// feed of changes. What a vendor's protocol says belongs in that vendor's
// package, each a reading of its own of the vendor's documents.
//
// Invariants: what Journal.Flush returned from is read again by the next Open,
// whatever happened to the process; a fault rule with a count fires exactly
// that often; a Feed never blocks who publishes.
package stage
