// Package manual keeps contracts that were signed offline: nobody takes the
// money but the seller's bank account, and an operator records what came.
//
// A contract is the sum of its lines: opened, changed, paid, refunded, to end,
// to go on, ended. What it owes at a time is computed from them and never
// stored, so that a line that was forgotten and entered late counts as if it
// had been there.
package manual
