// Package share splits an exact amount of money by weights into shares that sum
// to it exactly. It is pure.
//
// Invariants:
//
//   - The shares of an amount sum to the amount, to the last 1e-18, whatever the
//     weights are; a credit (a negative amount) is split as its opposite is.
//   - The same amount and weights give the same shares, in whichever order the
//     weights come: what rounding leaves over goes, 1e-18 each, to the largest
//     remainders, and of equal ones to the smaller key.
//   - Nobody gets less than its weight says rounded down, or more than that
//     rounded up.
//   - Who weighs nothing gets nothing, unless nobody weighs anything: then the
//     split is even, and says so by its method.
package share
