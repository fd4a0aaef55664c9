// Package hold makes a company stand still while it moves to another
// deployment, and keeps it so in the one that it left. It owns the table
// company_hold.
//
// The levels, on the side that a company leaves: Draining (nothing new is begun
// for it), Frozen (nothing is written for it), Moved (for good). On the side
// where it arrives: Arriving (its rows are being laid down, nobody works on
// them), Landing (it works; what comes to it directly waits until what was sent
// on has come).
//
// Invariants:
//
//   - Once Freeze has returned, no transaction that names the company commits,
//     in no process: each looks at the table first (Fence), and Freeze waits for
//     those that have looked. To whoever is refused it is as if the process had
//     died there, which everything in the house survives.
//   - What sweeps for work that is due, for all companies, leaves held ones out
//     in its query (Out): they hold nobody else up.
//   - The Gate is a copy in memory, a moment old, for those who want to stop
//     gently. Nothing rests on it.
package hold
