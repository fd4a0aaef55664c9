// Package saga runs journeys of several steps that outlive processes, days and
// outages of others: a row a step, in our own database. It knows no business
// word; modules say which steps a kind of journey has and what each does. It
// owns the tables saga, saga_step and saga_circuit.
//
// Invariants:
//
//   - A step runs only when all before it are done or skipped.
//
//   - A step's calls (Run) are made outside of any transaction. What follows from
//     them (Commit), the end of the step, and that its followers are due, is one
//     transaction. A process that dies in between repeats the calls: they carry
//     keys made of ids, never of attempts, so that the outside does them once.
//
//   - A step runs in one place at a time, by a lease that is renewed while it
//     runs. Who lost its lease, or was overtaken by a signal, can't finish it: the
//     number of the claim is compared in the transaction that would.
//
//   - Whoever changes a journey takes the lock of its row first, then those of its
//     steps, and that of a circuit last.
//
//   - An integration in trouble opens its circuit. Its steps wait without using up
//     attempts, one a minute tries, and a success lets all go.
//
//   - A step that can't go on stands in attention until an operator acts, or what
//     it waits for comes by a signal. Nothing is ever given up or dropped.
//
// What wakes it: the commit of a transaction that made a step due, in this
// process at once, in others by a poll.
//
// Source of the retry classes and of the circuit's rules: reference acquisition,
// sections 2 and 6.
package saga
